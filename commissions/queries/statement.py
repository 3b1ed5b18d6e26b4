"""An agent's own commission: the lines of a month, and one line opened to its reasons."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Q, QuerySet, Sum

from leads.models import ContactEvent, Project, Staff

from .. import schedule
from ..models import Entry, Line
from . import months
from .report import Why, owned, why, with_reasons

STEPS_SHOWN = 8
BETWEEN = ("hold", "release", "lock", "payout")
"""Kinds that move money between a person's own accounts: what went in is what came out."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the decision that concerns the agent: what happened and what it gave."""

    at: datetime
    kind: str
    verb: str
    clauses: tuple[str, ...]
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Move:
    """What a month moved of one deal: by which kind of entry, and how many cents."""

    deal: str
    unit: str
    kind: str
    cents: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Reasons:
    """A line opened: why him, why held and until when, how it was computed."""

    line: Line
    why: Why
    steps: list[Reason]
    slices: tuple[schedule.Slice, ...]
    """The steps of the sum that concern him."""


def month(agent: Staff, month: str, zone: ZoneInfo) -> QuerySet[Line]:
    """An agent's lines of deals subscribed in a month, bare."""
    first, end = months.bounds(month, zone)
    return Line.objects.filter(agent=agent, subscribed_at__gte=first, subscribed_at__lt=end)


def shown(lines: QuerySet[Line], agent: Staff, *, now: datetime) -> QuerySet[Line]:
    """The same lines with their reasons, the latest first."""
    return owned(with_reasons(lines), agent, now=now).order_by("-subscribed_at", "-pk")


def moves(agent: Staff, project: Project, month: str) -> list[Move]:
    """What the ledger's month moved for an agent, by deal and kind. One query."""
    found = (
        Entry.objects.filter(agent=agent, project=project, period__month=month)
        .values("deal", "deal__unit", "kind")
        .annotate(
            into=Sum("amount_cents", filter=Q(amount_cents__gt=0), default=0),
            out=Sum("amount_cents", filter=Q(amount_cents__lt=0), default=0),
            at=Max("posted_at"),
        )
        .order_by("at", "deal", "kind")
    )
    return [
        Move(
            deal=f"D-{row['deal']:04d}",
            unit=row["deal__unit"],
            kind=str(Entry.Kind(row["kind"]).label),
            cents=int(row["into"] if row["kind"] in BETWEEN else row["into"] + row["out"]),
            at=row["at"],
        )
        for row in found
    ]


def reasons(line: Line, agent: Staff) -> Reasons:
    """One of the agent's lines opened. Three queries."""
    proof = line.decision.proof
    own = [step for step in proof["steps"] if step["agent"] == agent.pk and step["fact"]]
    own = [step for step in own if step["verb"] in ("grants", "extends", "settles")]
    facts = ContactEvent.objects.in_bulk({s["fact"] for s in own if isinstance(s["fact"], int)})
    together: dict[tuple[Any, ...], list[str]] = {}
    for step in own:
        if step["fact"] in facts:
            said = together.setdefault((step["fact"], step["verb"], step["last_day"]), [])
            said += [step["clause"]] if step["clause"] not in said else []
    steps = [
        _reason(facts[fact], verb, last, cited) for (fact, verb, last), cited in together.items()
    ]
    return Reasons(line, why(line), steps[-STEPS_SHOWN:], _slices(line))


def _reason(event: ContactEvent, verb: str, last: str | None, cited: list[str]) -> Reason:
    return Reason(
        at=event.at,
        kind=event.get_kind_display(),
        verb=verb,
        clauses=tuple(cited),
        last_day=None if last is None else date.fromisoformat(last),
    )


def _slices(line: Line) -> tuple[schedule.Slice, ...]:
    """The agent's part of the sum, by the plan of the deal."""
    found = line.deal.reckoned().slices
    return tuple(one for one in found if one.agent == line.agent_id)
