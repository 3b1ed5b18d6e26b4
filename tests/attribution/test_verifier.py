"""The verifier agrees with the rule core, and rejects what does not follow."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from attribution import verifier
from attribution.policy.calendar import Span
from attribution.policy.engine import decide
from attribution.policy.facts import Fact, TakenBack
from attribution.policy.parameters import Policy, PolicyError, changed
from attribution.proofs import OUTCOME, as_text, document
from attribution.scenarios import Expectation, Scenario, facts_of, read, scenario_files
from tests.factories.stories import LEADS, START, policies, stories

OWN = Path(__file__).parent.parent / "scenarios"
SHARED = Path(__file__).parents[3] / "shared" / "policy" / "scenarios"
FOLDERS = [folder for folder in (OWN, SHARED) if folder.is_dir()]
STORIES = [story for path in scenario_files(FOLDERS) for story in read(path)]
SOURCE = Path(verifier.__file__)


def proof(
    facts: list[Fact], policy: Policy, lead: str, asof: datetime, known_at: datetime | None = None
) -> dict[str, Any]:
    known_at = known_at or asof
    decision = decide(facts, policy, lead, asof=asof, known_at=known_at)
    made = document(decision, facts, policy, known_at=known_at)
    plain: dict[str, Any] = json.loads(as_text(made))
    return plain


def differences(made: Any) -> list[str]:
    return verifier.differences(json.dumps(made))


def proofs(story: Scenario) -> Iterator[dict[str, Any]]:
    facts = facts_of(story)
    for expectation in story.expectations:
        yield proof(facts, story.policy, expectation.client, expectation.at)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_the_proof_of_every_expectation_verifies(story: Scenario) -> None:
    for made in proofs(story):
        assert differences(made) == []


def test_hindsight_verifies_as_well() -> None:
    for story in STORIES:
        facts = facts_of(story)
        end = max(fact.recorded for fact in facts)
        for expectation in story.expectations:
            made = proof(facts, story.policy, expectation.client, expectation.at, end)
            assert differences(made) == [], story.id


# ── Tampering ──


def other_values(name: str, stated: Any, agents: list[str]) -> list[Any]:
    """Values of that field of an outcome that are not the stated one."""
    others: dict[str, list[Any]] = {
        "owner": [None, *agents, "nobody_known"],
        "valid_until": [None, "2026-01-01", "2099-12-31"],
        "cases": [[], ["collision"], ["poaching"], ["collision", "steering"]],
        "alerts": [[], ["late_entry"], ["duty_breach", "knowing_contact"]],
        "decided_by": ["policy", "negotiation", "supervisor"],
        "credit": [None, *({agent: 100} for agent in agents), {"x": 50, "y": 50}],
        "commission": [None, *({agent: 100} for agent in agents), {"x": 50, "y": 50}],
    }
    if isinstance(stated, list):
        return [value for value in others[name] if sorted(value) != sorted(stated)]
    return [value for value in others[name] if value != stated]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_any_other_outcome_is_rejected(story: Scenario) -> None:
    for made in proofs(story):
        for name in OUTCOME:
            for value in other_values(name, made["outcome"][name], story.agents):
                changed = {**made, "outcome": {**made["outcome"], name: value}}
                found = differences(changed)
                assert len(found) == 1, (name, value)
                assert found[0].startswith(f"{name}: ")


def sorted_lists(outcome: dict[str, Any]) -> dict[str, Any]:
    """Cases and alerts are sets: their order says nothing."""
    return {k: sorted(v) if isinstance(v, list) else v for k, v in outcome.items()}


def tampered_facts(facts: list[Fact], agents: list[str]) -> Iterator[list[Fact]]:
    """The facts with one dropped, one moved by a day or forty, one given to another agent."""
    for place, fact in enumerate(facts):
        yield facts[:place] + facts[place + 1 :]
        for days in (-1, 40):
            times = {"at": fact.at, "recorded": fact.recorded}
            moved = {name: time + timedelta(days=days) for name, time in times.items()}
            yield [*facts[:place], replace(fact, **moved), *facts[place + 1 :]]
        for name in ("agent", "owner", "to", "asked_for", "turn_of", "on_behalf_of"):
            if getattr(fact, name, None) is not None:
                other = next((each for each in agents if each != getattr(fact, name)), "another")
                yield [*facts[:place], replace(fact, **{name: other}), *facts[place + 1 :]]


CHANGES: dict[str, list[Any]] = {
    "call_claim": ["full", "contact"],
    "call_validity": [None, Span(3, "days"), Span(50, "hours")],
    "visit_validity": [None, Span(3, "months"), Span(100, "hours")],
    "extension": [None, Span(3, "months"), Span(30, "hours")],
    "collision_by": ["policy", "supervisor"],
    "party": [frozenset(), frozenset({"family", "friend", "colleague"}), frozenset({"spouse"})],
    "advance_registration": [True, False],
    "known_agent": [True, False],
    "brought_by_client": [True, False],
    "proxy_acknowledged": [True, False],
    "proxy_unfiled_by": ["supervisor", "negotiation"],
    "online_claim": ["none", "contact", "full"],
    "online_validity": [None, Span(9, "days")],
    "report_claim": ["none", "contact", "full"],
    "report_validity": [None, Span(9, "days")],
    "rolling_validity": [None, Span(20, "days")],
    "first_day_counted": [True, False],
    "last_day_counted": [True, False],
    "holiday_roll": ["none", "next"],
    "holidays": [frozenset(), frozenset({date(2026, 4, 10), date(2026, 4, 11)})],
    "weekly_rest": [frozenset(), frozenset({"friday", "saturday"})],
    "extension_mode": ["once", "every", "from_follow_up", "none"],
    "extension_cap": [None, 1],
    "extension_total": [None, Span(35, "days")],
    "required_fields": [frozenset(), frozenset({"name", "source"})],
    "after_lapse": ["next_in_chain", "closing_agent", "on_duty", "supervisor"],
    "claim_back": [None, Span(3, "days")],
    "deal_lookback": [None, Span(5, "days")],
    "helper_share": [0, 40],
    "collision_split": [(), (("same", ()), ("spouse", (90, 10)))],
    "closer_commission": [0, 15],
}


def test_every_parameter_is_changed_in_turn() -> None:
    assert {*CHANGES, "preset"} == {each.name for each in fields(Policy)}


def tampered_policies(story: Scenario) -> Iterator[Policy]:
    """The policy with one parameter changed, where the story's later versions can stand on it."""
    for name, values in CHANGES.items():
        for value in values:
            policy = after = replace(story.policy, **{name: value})
            try:
                for step in story.steps:
                    if step.do == "policy":
                        after = changed(after, step.fields["settings"])
            except PolicyError:
                continue
            if value != getattr(story.policy, name):
                yield policy


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_a_changed_fact_or_parameter_is_rejected_exactly_if_it_changes_the_outcome(
    story: Scenario,
) -> None:
    facts, asked = facts_of(story), story.expectations[-1]
    original = proof(facts, story.policy, *asked_of(asked))
    for tampered in tampered_facts(facts, story.agents):
        rejects(tampered, story.policy, asked, original)
    for policy in tampered_policies(story):
        rejects(facts, policy, asked, original)


def asked_of(expectation: Expectation) -> tuple[str, datetime]:
    return expectation.client, expectation.at


def rejects(
    facts: list[Fact], policy: Policy, asked: Expectation, original: dict[str, Any]
) -> None:
    """The original outcome beside the tampered facts or policy is refused exactly if it differs."""
    follows = proof(facts, policy, *asked_of(asked))
    rejected = bool(differences({**follows, "outcome": original["outcome"]}))
    differs = sorted_lists(follows["outcome"]) != sorted_lists(original["outcome"])
    assert rejected == differs, (asked, facts, policy)


# ── Random stories ──


@given(stories(), policies())
def test_the_proofs_of_random_stories_verify_under_any_parameters(
    facts: list[Fact], policy: Policy
) -> None:
    end = facts[-1].recorded if facts else START
    for asof, known_at in ((end, end), (end + timedelta(days=400),) * 2, (START, end)):
        for lead in LEADS:
            assert differences(proof(facts, policy, lead, asof, known_at)) == []


# ── What is no proof ──


def sound() -> dict[str, Any]:
    return next(
        proofs(
            next(
                story for story in STORIES if story.id == "version-leasing-1.2-changes-at-midnight"
            )
        )
    )


def broken(*path: Any, value: Any = None, drop: bool = False) -> dict[str, Any]:
    """A sound proof with the value at that path set, or dropped."""
    made = sound()
    inner: Any = made
    for step in path[:-1]:
        inner = inner[step]
    if drop:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return made


UNREADABLE = {
    "no object": [],
    "unknown format": broken("format", value="guishu-proof/9"),
    "missing field": broken("asof", drop=True),
    "bad moment": broken("asof", value="2026-02-30T10:00:00+08:00"),
    "missing parameter": broken("policy", "call_validity", drop=True),
    "span of the wrong type": broken("policy", "call_validity", value="ten days"),
    "facts are no list": broken("facts", value=7),
    "fact is no object": broken("facts", 0, value="visit"),
    "missing in a fact": broken("facts", 0, "agent", drop=True),
    "no such channel": broken("facts", 0, "channel", value="pigeon"),
    "bad date in a fact": broken("facts", 0, "at", value="soon"),
    "recorded after known_at": broken("facts", 0, "recorded", value="2027-01-01T10:00:00+08:00"),
    "no policy in a change": broken("facts", 1, "policy", drop=True),
    "missing in the outcome": broken("outcome", "owner", drop=True),
}


@pytest.mark.parametrize("made", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_proof_is_refused(made: Any) -> None:
    with pytest.raises((AttributeError, LookupError, TypeError, ValueError)):
        differences(made)


def test_what_a_fact_turns_out_to_be_cannot_be_slipped_in() -> None:
    """A field that only the verifier writes says nothing where a proof brings it."""
    made = sound()
    for fact in made["facts"]:
        fact |= dict.fromkeys([*verifier.MARKS, "late", "since"], True)
    assert differences(made) == []


def test_a_fact_taken_back_is_as_if_it_had_never_been() -> None:
    story = next(story for story in STORIES if story.id == "leasing-1.5-joined-in-the-other-order")
    facts = facts_of(story)
    later = facts[-1].recorded + timedelta(minutes=5)
    facts.append(TakenBack(id="back", at=later, recorded=later, of=facts[-1].id))
    for name in story.clients:
        made = proof(facts, story.policy, name, later)
        assert differences(made) == []
        assert made["outcome"]["cases"] == []


# ── The command, and the file itself ──


def run(path: Path, *command: str) -> tuple[int, list[str], list[str]]:
    ended = subprocess.run(
        [sys.executable, *command, str(path)], capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stdout.splitlines(), ended.stderr.splitlines()


def test_the_command_tells_by_its_exit_status(tmp_path: Path) -> None:
    path, command = tmp_path / "proof.json", ("-m", "attribution.verifier")
    path.write_text(json.dumps(sound(), ensure_ascii=False), encoding="utf-8")
    assert run(path, *command) == (0, [f"verified: {path}"], [])

    path.write_text(json.dumps(broken("outcome", "owner", value="cui")), encoding="utf-8")
    status, lines, errors = run(path, *command)
    assert (status, len(lines), errors) == (1, 1, [])
    assert lines[0].startswith("owner: ")

    for unreadable in ("{", "[]", json.dumps(broken("format", value="other/1")), "\ufeff", "NaN"):
        path.write_text(unreadable, encoding="utf-8")
        status, lines, errors = run(path, *command)
        assert (status, lines, len(errors)) == (2, [], 1)
    path.write_bytes(b"\xff\xfe")
    assert run(path, *command)[0] == 2
    path.write_text("[" * 100_000, encoding="utf-8")
    assert run(path, *command)[0] == 2
    assert run(tmp_path / "absent.json", *command)[0] == 2


def test_a_copy_of_the_file_runs_alone(tmp_path: Path) -> None:
    copy, path = tmp_path / "verify.py", tmp_path / "proof.json"
    copy.write_text(SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    path.write_text(json.dumps(sound()), encoding="utf-8")
    assert run(path, "-I", str(copy)) == (0, [f"verified: {path}"], [])


def test_it_shares_nothing_with_this_project() -> None:
    for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module or ""]
        else:
            continue
        assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
