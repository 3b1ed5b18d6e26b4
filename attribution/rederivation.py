"""Recomputes every stored decision from the facts and says where they differ; so for the periods.

Compared is the whole decision: the answer, and the reasons stored with it (chain and steps, the
parts in each deal, what lies ahead). The periods of ownership are projected from the ledger of
decisions: whoever reads the ledger alone must come to the same periods. Nothing is repaired: a
difference means that the engine, the facts or the store changed, and a person must look.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from leads.models import ContactEvent, Kind, Lead, Project

from . import decisions, timelines
from .models import Decision, OwnershipPeriod
from .policy import decision as core
from .policy.engine import Fold
from .policy.facts import Fact, Link, Reception, TakenBack, in_order
from .timelines import Rules

ANSWERS = ("owner", "valid_until", "decided_by", "cases", "alerts", "cites", "credit")
"""What is compared besides the stored proof."""
CHUNK = 500
READ_AT_ONCE = 50
"""So many leads' decisions are in memory together, with their proofs."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one stored decision that the facts do not give."""

    lead: int
    event: int | None
    """None: it is about the periods, and not about one event."""
    field: str
    stored: Any
    derived: Any

    def __str__(self) -> str:
        where = "" if self.event is None else f", event {self.event}"
        return (
            f"L-{self.lead:05d}{where}: {self.field}: "
            f"stored {self.stored!r}, derived {self.derived!r}"
        )


def chunks(project: Project | None = None) -> Iterator[list[int]]:
    """The keys of all leads (of a project), in lists of CHUNK."""
    leads = Lead.objects.order_by("pk") if project is None else project.leads.order_by("pk")
    chunk: list[int] = []
    for pk in leads.values_list("pk", flat=True).iterator():
        chunk.append(pk)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def differences(lead_ids: Iterable[int]) -> list[Difference]:
    """What is stored about these leads otherwise than their facts and decisions say.

    What differs is looked at twice: an event recorded between two reads is no difference.
    """
    found = _differences(lead_ids)
    if not found:
        return []
    again = {str(difference) for difference in _differences({each.lead for each in found})}
    return [difference for difference in found if str(difference) in again]


def _differences(lead_ids: Iterable[int]) -> list[Difference]:
    leads = list(
        Lead.objects.filter(pk__in=list(lead_ids)).select_related("project").order_by("pk")
    )
    facts = _facts(leads)
    found: list[Difference] = []
    stored: dict[int, dict[int, Decision]] = {}
    for place, lead in enumerate(leads):
        if place % READ_AT_ONCE == 0:
            stored = _stored(leads[place : place + READ_AT_ONCE])
        rules = timelines.rules_of(lead.project)
        if lead.party_id is None and not _refers(facts[lead.pk]):
            known: list[Fact] = in_order([*rules.facts, *facts[lead.pk]])
        else:
            # Linked now, once, or brought by others: read everything that it rests on.
            known = list(timelines.of_party([lead], lead.project).facts)
        found += _compare(lead.pk, known, rules, stored[lead.pk])
    return [*found, *_periods(leads)]


def _refers(facts: Iterable[Fact]) -> bool:
    return any(
        isinstance(fact, Link | TakenBack)
        or (isinstance(fact, Reception) and fact.brought_by is not None)
        for fact in facts
    )


def _facts(leads: list[Lead]) -> dict[int, list[Fact]]:
    zones = {lead.pk: lead.project.zone for lead in leads}
    rows = (
        ContactEvent.objects.filter(lead__in=zones)
        .order_by("recorded_at", "id")
        .values_list(*timelines.COLUMNS)
    )
    facts: dict[int, list[Fact]] = defaultdict(list)
    for values in rows:
        row = timelines.Row(*values)
        facts[row.lead].append(timelines.fact_of(row, zones[row.lead]))
    others = ContactEvent.objects.filter(other__in=zones, kind=Kind.LINK).values_list(
        *timelines.COLUMNS
    )
    for values in others:
        row = timelines.Row(*values)
        facts[row.other].append(timelines.fact_of(row, zones[row.other]))
    return facts


def _stored(leads: list[Lead]) -> dict[int, dict[int, Decision]]:
    """The stored decisions of these leads, by lead and event."""
    found: dict[int, dict[int, Decision]] = defaultdict(dict)
    for decision in Decision.objects.filter(lead__in=leads):
        found[decision.lead_id][decision.event_id] = decision
    return found


def _compare(
    lead: int, facts: list[Fact], rules: Rules, stored: dict[int, Decision]
) -> Iterator[Difference]:
    """Fold the facts one by one and compare at each that has, or must have, a stored decision."""
    fold = Fold(rules.policy)
    told: list[Fact] = []
    left = set(stored)
    for fact in facts:
        told.append(fact)
        if isinstance(fact, TakenBack):
            fold = _afresh(told, rules)
        else:
            fold.apply(fact)
        if not isinstance(fact.id, int):
            continue
        left.discard(fact.id)
        if fact.id in stored:
            derived = fold.decision(lead, fact.recorded)
            yield from _answers(lead, stored[fact.id], derived)
            yield from _reasons(lead, stored[fact.id], derived)
        elif getattr(fact, "lead", None) == lead:
            owner = fold.decision(lead, fact.recorded).owner
            yield Difference(lead, fact.id, "decision", None, owner)
    for event in sorted(left):
        yield Difference(lead, event, "event", event, None)


def _periods(leads: list[Lead]) -> Iterator[Difference]:
    """The periods that the ledger does not give, and those that it gives and are not there."""
    ledger: dict[int, list[tuple[datetime, list[Mapping[str, Any]]]]] = defaultdict(list)
    for lead, at, ahead in (
        Decision.objects.filter(lead__in=leads)
        .order_by("pk")
        .values_list("lead_id", "decided_at", "proof__ahead")
    ):
        ledger[lead].append((at, ahead or []))
    held: dict[int, set[Period]] = defaultdict(set)
    for lead, agent, period in OwnershipPeriod.objects.filter(lead__in=leads).values_list(
        "lead_id", "agent_id", "period"
    ):
        held[lead].add(Period(agent, period.lower, period.upper))
    for each in leads:
        given = set(periods_given(ledger[each.pk]))
        for period in sorted(held[each.pk] - given, key=str):
            yield Difference(each.pk, None, "period", str(period), None)
        for period in sorted(given - held[each.pk], key=str):
            yield Difference(each.pk, None, "period", None, str(period))


class Period(NamedTuple):
    """Who held a client from when to when; `until` None: for good."""

    agent: int
    since: datetime
    until: datetime | None

    def __str__(self) -> str:
        until = "…" if self.until is None else self.until.astimezone(UTC).isoformat()
        return f"{self.agent} {self.since.astimezone(UTC).isoformat()} – {until}"


def periods_given(
    ledger: Iterable[tuple[datetime, Iterable[Mapping[str, Any]]]],
) -> list[Period]:
    """The periods that a ledger of decisions gives: when each was made, and what it drew ahead.

    A decision leaves the past as it was, and draws anew what lies ahead of it.
    """
    found: list[Period] = []
    for at, ahead in ledger:
        drawn = [
            Period(span["agent"], _moment(span["since"]), span["ends"] and _moment(span["ends"]))
            for span in ahead
        ]
        past = [period for period in found if period.since < at]
        running = past[-1] if past and (past[-1].until is None or past[-1].until > at) else None
        if running is not None:
            goes_on = bool(drawn) and drawn[0].agent == running.agent
            past[-1] = running._replace(until=drawn[0].until if goes_on else at)
            drawn = drawn[1:] if goes_on else drawn
        found = past + drawn
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _afresh(told: list[Fact], rules: Rules) -> Fold:
    gone = {fact.of for fact in told if isinstance(fact, TakenBack)}
    fold = Fold(rules.policy)
    for fact in told:
        if fact.id not in gone and not isinstance(fact, TakenBack):
            fold.apply(fact)
    return fold


def _answers(lead: int, stored: Decision, derived: core.Decision) -> Iterator[Difference]:
    credit = stored.credit and {int(agent): share for agent, share in stored.credit.items()}
    texts = {name: tuple(getattr(stored, name)) for name in ("cases", "alerts", "cites")}
    kept = {"owner": stored.owner_id, "credit": credit, **texts}
    for name in ANSWERS:
        was, now = kept.get(name, getattr(stored, name, None)), getattr(derived, name)
        if was != now:
            yield Difference(lead, stored.event_id, name, was, now)


def _reasons(lead: int, stored: Decision, derived: core.Decision) -> Iterator[Difference]:
    """What the stored proof says otherwise: of each part only that which differs."""
    proof = json.loads(json.dumps(decisions.proof(derived)))
    if proof == stored.proof:
        return
    was, now = _parts(stored.proof), _parts(proof)
    for name in sorted(was.keys() | now.keys()):
        before, after = was.get(name, []), now.get(name, [])
        if before != after:
            gone = [item for item in before if item not in after]
            come = [item for item in after if item not in before]
            # The same items in another order: all of them.
            stands = (gone, come) if gone or come else (before, after)
            yield Difference(lead, stored.event_id, name, *map(_text, stands))


def _parts(proof: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The parts of a proof as lists; the commission apart from the deals."""
    parts = {name: part if isinstance(part, list) else [part] for name, part in proof.items()}
    deals = [dict(deal) for deal in parts.get("deals", [])]
    return parts | {"commission": [deal.pop("commission", None) for deal in deals], "deals": deals}


def _text(items: list[Any]) -> str:
    return json.dumps(items, ensure_ascii=False)
