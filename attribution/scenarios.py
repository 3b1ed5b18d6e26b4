"""Reads scenario files (an office story with the outcome that the rules must give) and judges them.

The format is strict: unknown keys, wrong types, impossible dates and unknown people are errors that
name file, line and field, so that no expectation is ever silently ignored.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import yaml

from .policy.decision import Decision
from .policy.engine import decide
from .policy.facts import (
    Assignment,
    Assist,
    Channel,
    Complaint,
    Deal,
    Departure,
    Fact,
    Field,
    FollowUp,
    Link,
    Notice,
    PolicyChange,
    ProxyEntry,
    Reception,
    Registration,
    Relation,
    Ruling,
)
from .policy.parameters import Policy, PolicyError, changed, policy

OFFICE_ZONE = "Asia/Shanghai"
RELATIONS: tuple[str, ...] = get_args(Relation)
FINDINGS = ("malicious", "unfounded", "agent_fault", "replace")
CASES = ("collision", "poaching", "name_swap", "steering", "complaint", "departure", "succession")
ALERTS = ("late_entry", "knowing_contact", "duty_breach")
DECIDERS = ("policy", "negotiation", "supervisor")


class ScenarioError(Exception):
    """A malformed scenario file: the file, the line, the field, and what is wrong."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path, self.line, self.reason = path, line, reason


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a timeline: what was done, when, when it was written down, and its fields."""

    do: str
    at: datetime
    recorded: datetime
    fields: Mapping[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold for a client at a moment."""

    client: str
    at: datetime
    fields: Mapping[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """One office story."""

    id: str
    title: str
    clauses: tuple[str, ...]
    policy: Policy
    zone: ZoneInfo
    steps: tuple[Step, ...]
    expectations: tuple[Expectation, ...]
    path: Path

    @property
    def agents(self) -> list[str]:
        """Every agent named in the story, in order of appearance."""
        named: dict[str, None] = {}
        for step in self.steps:
            for key in AGENT_FIELDS:
                if step.fields.get(key) is not None:
                    named.setdefault(step.fields[key])
            for agent in step.fields.get("shares", ()):
                named.setdefault(agent)
        return list(named)

    @property
    def clients(self) -> list[str]:
        """Every client named in the story, in order of appearance."""
        named: dict[str, None] = {}
        for step in self.steps:
            for key in ("client", "with", "brought_by"):
                if step.fields.get(key) is not None:
                    named.setdefault(step.fields[key])
        for expectation in self.expectations:
            named.setdefault(expectation.client)
        return list(named)


AGENT_FIELDS = ("agent", "asked_for", "known_to", "turn_of", "for", "to", "about", "owner")


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One field that did not come out as expected."""

    scenario: str
    client: str
    at: datetime
    field: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return (
            f"{self.scenario}: {self.client} at {self.at:%Y-%m-%d %H:%M:%S}: {self.field}: "
            f"expected {self.expected!r}, found {self.found!r}"
        )


# ── Reading ──

TEXT, FLAG, SHARES = "a text", "true or false", "a mapping of agents to percent"

CHANNELS: tuple[str, ...] = get_args(Channel)
STEPS: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    kind: {
        **dict.fromkeys(required, (TEXT, True)),
        **dict.fromkeys(texts, (TEXT, False)),
        **dict.fromkeys(flags, (FLAG, False)),
    }
    for kind, required, texts, flags in (
        *(
            (
                channel,
                ("agent", "client"),
                ("asked_for", "brought_by", "known_to", "steered_by", "turn_of"),
                ("enquiry", "registered"),
            )
            for channel in CHANNELS
        ),
        ("follow_up", ("agent", "client"), ("for",), ("reached",)),
        ("assist", ("agent", "for", "client"), ("channel",), ("handover",)),
        ("register", ("agent", "client"), ("traits", "introduced_by"), ()),
        ("register_proxy", ("agent", "client"), ("circumstances",), ("acknowledged",)),
        ("notice", ("agent", "client"), (), ()),
        ("link", ("client", "with", "relation"), (), ("same_need", "price_testing")),
        ("depart", ("agent",), (), ()),
        ("assign", ("client", "to"), (), ()),
        ("complaint", ("client", "about"), ("finding", "to"), ()),
        ("rule", ("client", "owner"), (), ()),
        ("policy", (), (), ()),
        ("deal", ("agent", "client"), (), ("assisting",)),
    )
}
EXTRA: Mapping[str, set[str]] = {
    "complaint": {"shares"},
    "rule": {"shares"},
    "policy": {"settings"},
    **{channel: {"fields"} for channel in CHANNELS},
}
"""Fields that are neither a text nor a flag."""
CHOICES = {"relation": RELATIONS, "finding": FINDINGS, "channel": CHANNELS}
ATTRIBUTED = ("credit", "commission")
EXPECTED = {"owner", "valid_until", "cases", "alerts", "decided_by", "cites", *ATTRIBUTED}


class _Lines(yaml.SafeLoader):
    """Keeps the line of each mapping under the key `__line__`, and refuses a key given twice."""


def _mapping(loader: _Lines, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} stands twice", key_node.start_mark
            )
        seen.add(key)
    found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    found["__line__"] = node.start_mark.line + 1
    return found


_Lines.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def scenario_files(paths: Sequence[Path]) -> list[Path]:
    """The YAML files named or below the folders named, in order. Raises ScenarioError if none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml"))
        elif path.is_file():
            found.append(path)
        else:
            raise ScenarioError(path, 0, "no such file or folder")
    return found


def read(path: Path) -> list[Scenario]:
    """The scenarios of one file. Raises ScenarioError with file, line and field."""
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=_Lines)  # noqa: S506
    except UnicodeDecodeError as error:
        raise ScenarioError(path, 1, f"not UTF-8: {error.reason}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScenarioError(path, line, f"not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ScenarioError(path, 1, f"not YAML: {error}") from error
    if loaded is None:
        return []
    if not isinstance(loaded, list):
        raise ScenarioError(path, 1, "a scenario file is a list of scenarios")
    scenarios = [_Reader(path).scenario(item, number) for number, item in enumerate(loaded, 1)]
    seen: set[str] = set()
    for scenario in scenarios:
        if scenario.id in seen:
            raise ScenarioError(path, 1, f"id: {scenario.id!r} stands twice")
        seen.add(scenario.id)
    return scenarios


def _without_lines(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_lines(item) for name, item in value.items() if name != "__line__"}
    return value


class _Reader:
    """Turns the plain values of one file into scenarios, refusing whatever it does not know."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zone = ZoneInfo(OFFICE_ZONE)

    def fail(self, line: int, field: str, reason: str) -> ScenarioError:
        return ScenarioError(self.path, line, f"{field}: {reason}")

    def scenario(self, item: Any, number: int) -> Scenario:
        if not isinstance(item, dict):
            raise ScenarioError(self.path, 1, f"entry {number}: a scenario is a mapping")
        line = item["__line__"]
        known = {"id", "title", "clauses", "policy", "settings", "timezone", "timeline", "expect"}
        self._only(item, known, line)
        for name in ("id", "policy", "timeline", "expect"):
            if name not in item:
                raise self.fail(line, name, "is missing")
        for name in ("id", "title", "policy", "timezone"):
            if name in item and not isinstance(item[name], str):
                raise self.fail(line, name, f"{TEXT}, not {item[name]!r}")
        try:
            self.zone = ZoneInfo(item.get("timezone", OFFICE_ZONE))
        except (KeyError, ValueError, OSError) as error:
            raise self.fail(line, "timezone", f"unknown zone {item['timezone']!r}") from error
        clauses = item.get("clauses", [])
        if not isinstance(clauses, list) or not all(isinstance(c, str) for c in clauses):
            raise self.fail(line, "clauses", f"a list of clause ids, not {clauses!r}")
        rules = self._policy(item, line)
        steps = tuple(self._steps(item["timeline"], rules, line))
        expectations = tuple(self._expectations(item["expect"], steps, line))
        scenario = Scenario(
            id=item["id"],
            title=item.get("title", ""),
            clauses=tuple(clauses),
            policy=rules,
            zone=self.zone,
            steps=steps,
            expectations=expectations,
            path=self.path,
        )
        self._people_known(scenario)
        return scenario

    def _only(self, item: Mapping[Any, Any], known: set[str], line: int) -> None:
        for key in item:
            if key != "__line__" and key not in known:
                raise self.fail(line, str(key), f"unknown key, one of {', '.join(sorted(known))}")

    def _policy(self, item: Mapping[str, Any], line: int) -> Policy:
        try:
            return policy(item["policy"], self._settings(item.get("settings"), line))
        except PolicyError as error:
            raise self.fail(line, error.field, error.reason) from error

    def _settings(self, value: Any, line: int) -> dict[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.fail(line, "settings", f"a mapping of parameters, not {value!r}")
        return {str(name): _without_lines(v) for name, v in value.items() if name != "__line__"}

    def _moment(self, value: Any, field: str, line: int) -> datetime:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, str):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError as error:
                raise self.fail(line, field, f"no such moment: {value!r}") from error
        else:
            raise self.fail(line, field, f"a moment like 2026-03-02 10:00, not {value!r}")
        if moment.tzinfo is not None:
            raise self.fail(line, field, "moments are local to the office, without an offset")
        return moment.replace(tzinfo=self.zone)

    def _steps(self, items: Any, rules: Policy, line: int) -> Iterator[Step]:
        if not isinstance(items, list):
            raise self.fail(line, "timeline", "a list of steps")
        for item in items:
            if not isinstance(item, dict):
                raise self.fail(line, "timeline", f"a step is a mapping, not {item!r}")
            step = self._step(item)
            if step.do == "policy":
                try:
                    rules = changed(rules, step.fields["settings"])
                except PolicyError as error:
                    raise self.fail(step.line, error.field, error.reason) from error
            yield step

    def _step(self, item: dict[str, Any]) -> Step:
        line = item["__line__"]
        do = item.get("do")
        if not isinstance(do, str) or do not in STEPS:
            raise self.fail(line, "do", f"unknown step {do!r}, one of {', '.join(STEPS)}")
        known = STEPS[do]
        extra = EXTRA.get(do, set())
        self._only(item, {"at", "recorded", "do", *known, *extra}, line)
        if "at" not in item:
            raise self.fail(line, "at", "is missing")
        at = self._moment(item["at"], "at", line)
        recorded = self._moment(item["recorded"], "recorded", line) if "recorded" in item else at
        if recorded < at:
            raise self.fail(line, "recorded", "written down before it happened")
        given = {k: v for k, v in item.items() if k not in ("at", "recorded", "do", "__line__")}
        for name, (kind, required) in known.items():
            if name not in given:
                if required:
                    raise self.fail(line, name, f"is missing in a step «{do}»")
                continue
            self._typed(name, kind, given[name], line)
        if "shares" in given:
            given["shares"] = self._shares(given["shares"], "shares", line)
        if "fields" in given:
            given["fields"] = self._register_fields(given["fields"], line)
        if do == "policy":
            given["settings"] = self._settings(given.get("settings"), line)
        if do == "complaint" and given.get("finding") == "replace" and "to" not in given:
            raise self.fail(line, "to", "a replacement names the new agent")
        return Step(do, at, recorded, given, line)

    def _typed(self, name: str, kind: str, value: Any, line: int) -> None:
        if kind == FLAG and not isinstance(value, bool):
            raise self.fail(line, name, f"{FLAG}, not {value!r}")
        if kind == TEXT and (not isinstance(value, str) or (name != "traits" and not value)):
            raise self.fail(line, name, f"{TEXT}, not {value!r}")
        if name in CHOICES and value not in CHOICES[name]:
            raise self.fail(line, name, f"one of {', '.join(CHOICES[name])}, not {value!r}")

    def _register_fields(self, value: Any, line: int) -> frozenset[str]:
        known = get_args(Field)
        if not isinstance(value, list) or not all(each in known for each in value):
            raise self.fail(line, "fields", f"a list of {', '.join(known)}, not {value!r}")
        return frozenset(value)

    def _shares(self, value: Any, field: str, line: int) -> dict[str, int]:
        if not isinstance(value, dict):
            raise self.fail(line, field, f"{SHARES}, not {value!r}")
        shares = {k: v for k, v in value.items() if k != "__line__"}
        for agent, share in shares.items():
            if not isinstance(agent, str) or isinstance(share, bool) or not isinstance(share, int):
                raise self.fail(line, field, f"{SHARES}, not {agent!r}: {share!r}")
            if not 0 <= share <= 100:
                raise self.fail(line, field, f"a share is 0 to 100 percent, not {share}")
        if sum(shares.values()) != 100:
            raise self.fail(line, field, f"shares sum to 100, not {sum(shares.values())}")
        return shares

    def _expectations(
        self, items: Any, steps: tuple[Step, ...], line: int
    ) -> Iterator[Expectation]:
        if not isinstance(items, list):
            raise self.fail(line, "expect", "a list of expectations")
        last = max((step.recorded for step in steps), default=None)
        for item in items:
            if not isinstance(item, dict):
                raise self.fail(line, "expect", f"an expectation is a mapping, not {item!r}")
            at_line = item["__line__"]
            self._only(item, {"client", "at", *EXPECTED}, at_line)
            if not isinstance(item.get("client"), str):
                raise self.fail(at_line, "client", "is missing")
            moment = self._moment(item["at"], "at", at_line) if "at" in item else last
            if moment is None:
                raise self.fail(at_line, "at", "is missing, and there is no step")
            fields = {k: self._expected(k, item[k], at_line) for k in item if k in EXPECTED}
            yield Expectation(item["client"], moment, fields, at_line)

    def _expected(self, name: str, value: Any, line: int) -> Any:
        if name == "owner":
            if value is not None and not isinstance(value, str):
                raise self.fail(line, name, f"an agent or null, not {value!r}")
        elif name == "valid_until":
            return self._day(value, line)
        elif name in ATTRIBUTED:
            return None if value is None else self._shares(value, name, line)
        elif name == "decided_by":
            if value not in DECIDERS:
                raise self.fail(line, name, f"one of {', '.join(DECIDERS)}, not {value!r}")
        else:
            choices = {"cases": CASES, "alerts": ALERTS}.get(name)
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                raise self.fail(line, name, f"a list, not {value!r}")
            for entry in value:
                if choices and entry not in choices:
                    raise self.fail(line, name, f"one of {', '.join(choices)}, not {entry!r}")
        return value

    def _day(self, value: Any, line: int) -> date | None:
        if value is None:
            return None
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise self.fail(line, "valid_until", f"no such day: {value!r}") from error
        if isinstance(day, datetime):
            raise self.fail(line, "valid_until", f"a day, not {value!r}")
        return day

    def _people_known(self, scenario: Scenario) -> None:
        agents, clients = set(scenario.agents), set()
        for step in scenario.steps:
            clients |= {step.fields[k] for k in ("client", "with") if k in step.fields}
        for expectation in scenario.expectations:
            if expectation.client not in clients:
                raise self.fail(
                    expectation.line, "client", f"unknown client {expectation.client!r}"
                )
            named = {expectation.fields.get("owner")}
            for shares in ATTRIBUTED:
                named |= set(expectation.fields.get(shares) or ())
            for agent in named - agents - {None}:
                raise self.fail(expectation.line, "owner", f"unknown agent {agent!r}")


# ── The rule core alone ──


def facts_of(scenario: Scenario) -> list[Fact]:
    """The story as facts of the rule core; names are the story's own."""
    return [_fact(step, number) for number, step in enumerate(scenario.steps, 1)]


def _fact(step: Step, number: int) -> Fact:
    given = step.fields
    times: dict[str, Any] = {"id": number, "at": step.at, "recorded": step.recorded}
    lead: dict[str, Any] = {**times, "lead": given.get("client")}
    match step.do:
        case "call" | "visit" | "online" | "report":
            extra = {
                name: given[name]
                for name in (
                    "asked_for",
                    "brought_by",
                    "known_to",
                    "steered_by",
                    "turn_of",
                    "enquiry",
                    "registered",
                    "fields",
                )
                if name in given
            }
            return Reception(**lead, agent=given["agent"], channel=step.do, **extra)
        case "follow_up":
            return FollowUp(
                **lead,
                agent=given["agent"],
                on_behalf_of=given.get("for"),
                reached=given.get("reached", True),
            )
        case "assist":
            return Assist(
                **lead,
                agent=given["agent"],
                owner=given["for"],
                channel=given.get("channel", "visit"),
                handover=given.get("handover", True),
            )
        case "register":
            return Registration(**lead, agent=given["agent"], traits=given.get("traits", ""))
        case "register_proxy":
            return ProxyEntry(
                **lead,
                agent=given["agent"],
                circumstances=given.get("circumstances", ""),
                acknowledged=given.get("acknowledged", False),
            )
        case "notice":
            return Notice(**lead, agent=given["agent"])
        case "link":
            return Link(
                **lead,
                other=given["with"],
                relation=given["relation"],
                same_need=given.get("same_need", True),
                price_testing=given.get("price_testing", False),
            )
        case "depart":
            return Departure(**times, agent=given["agent"])
        case "assign":
            return Assignment(**lead, to=given["to"])
        case "complaint":
            return Complaint(
                **lead,
                about=given["about"],
                finding=given.get("finding", "open"),
                to=given.get("to"),
                shares=given.get("shares", {}),
            )
        case "rule":
            return Ruling(**lead, owner=given["owner"], shares=given.get("shares", {}))
        case "policy":
            return PolicyChange(**times, settings=given["settings"])
        case _:
            return Deal(**lead, agent=given["agent"], assisting=given.get("assisting", False))


def run(scenario: Scenario) -> list[Shortfall]:
    """What falls short when the rule core alone is asked."""
    facts = facts_of(scenario)

    def ask(client: str, at: datetime) -> Decision:
        return decide(facts, scenario.policy, client, asof=at)

    return shortfalls(scenario, ask)


def shortfalls(scenario: Scenario, ask: Callable[[str, datetime], Decision]) -> list[Shortfall]:
    """The expected fields that the decisions do not show."""
    found: list[Shortfall] = []
    for expectation in scenario.expectations:
        decision = ask(expectation.client, expectation.at)
        for name, expected in expectation.fields.items():
            actual = getattr(decision, name)
            if not _matches(name, expected, actual):
                found.append(
                    Shortfall(
                        scenario.id, expectation.client, expectation.at, name, expected, actual
                    )
                )
    return found


def _matches(name: str, expected: Any, actual: Any) -> bool:
    if name == "cites":
        return set(expected) <= set(actual)
    if name in ("cases", "alerts"):
        return set(expected) == set(actual)
    if name in ATTRIBUTED and expected is not None and actual is not None:
        return {k: v for k, v in expected.items() if v} == {k: v for k, v in actual.items() if v}
    return bool(expected == actual)
