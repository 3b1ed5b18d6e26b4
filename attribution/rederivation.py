"""Recomputes every stored decision from the facts and says where they differ.

Nothing is repaired: a difference means that the engine, the facts or the store changed, and a
person must look.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from leads.models import ContactEvent, Kind, Lead, Project

from . import timelines
from .models import Decision
from .policy import decision as core
from .policy.engine import Fold
from .policy.facts import Fact, Link, Reception, TakenBack, in_order
from .timelines import Rules

COMPARED = ("owner", "valid_until", "decided_by", "cases", "alerts", "cites", "credit")
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one stored decision that the facts do not give."""

    lead: int
    event: int
    field: str
    stored: Any
    derived: Any

    def __str__(self) -> str:
        return (
            f"L-{self.lead:05d}, event {self.event}: {self.field}: "
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
    """What the stored decisions of these leads say otherwise than their facts."""
    leads = list(Lead.objects.filter(pk__in=list(lead_ids)).select_related("project"))
    stored = _stored(leads)
    facts = _facts(leads)
    found: list[Difference] = []
    for lead in leads:
        rules = timelines.rules_of(lead.project)
        if lead.party_id is None and not _refers(facts[lead.pk]):
            known: list[Fact] = in_order([*rules.facts, *facts[lead.pk]])
        else:
            # Linked now, once, or brought by others: read everything that it rests on.
            known = list(timelines.of_party([lead], lead.project).facts)
        found += _compare(lead.pk, known, rules, stored[lead.pk])
    return found


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


def _stored(leads: list[Lead]) -> dict[int, dict[int, tuple[Any, ...]]]:
    found: dict[int, dict[int, tuple[Any, ...]]] = defaultdict(dict)
    for lead, event, owner, until, by, cases, alerts, cites, credit in Decision.objects.filter(
        lead__in=leads
    ).values_list(
        "lead_id", "event_id", "owner_id", "valid_until", "decided_by", "cases", "alerts", "cites",
        "credit",
    ):  # fmt: skip
        credit = credit and {int(agent): share for agent, share in credit.items()}
        found[lead][event] = (owner, until, by, tuple(cases), tuple(alerts), tuple(cites), credit)
    return found


def _compare(
    lead: int, facts: list[Fact], rules: Rules, stored: dict[int, tuple[Any, ...]]
) -> Iterator[Difference]:
    """Fold the facts one by one and compare at each that has a stored decision."""
    fold = Fold(rules.policy)
    told: list[Fact] = []
    for fact in facts:
        told.append(fact)
        if isinstance(fact, TakenBack):
            fold = _afresh(told, rules)
        else:
            fold.apply(fact)
        if not isinstance(fact.id, int) or fact.id not in stored:
            continue
        derived = _answer(fold.decision(lead, fact.recorded))
        for name, was, now in zip(COMPARED, stored[fact.id], derived, strict=True):
            if was != now:
                yield Difference(lead, fact.id, name, was, now)


def _afresh(told: list[Fact], rules: Rules) -> Fold:
    gone = {fact.of for fact in told if isinstance(fact, TakenBack)}
    fold = Fold(rules.policy)
    for fact in told:
        if fact.id not in gone and not isinstance(fact, TakenBack):
            fold.apply(fact)
    return fold


def _answer(decision: core.Decision) -> tuple[Any, ...]:
    return tuple(getattr(decision, name) for name in COMPARED)
