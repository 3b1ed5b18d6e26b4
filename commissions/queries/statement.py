"""An agent's own commission: the lines of a month, and one line opened to its reasons."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Q, QuerySet, Sum

from leads.models import ContactEvent, Project, Staff

from .. import schedule
from ..models import Entry, Line
from ..models.ledger import Share
from . import months
from .report import Why, owned, why, with_reasons

STEPS_SHOWN = 8
ENTRIES_SHOWN = 40
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
class Posted:
    """One entry of a line: when, what moved where, and on what it rests."""

    at: datetime
    month: str
    kind: str
    account: str
    cents: int
    cause: str
    """What was done about the deal, or somebody's reason; empty: the decision."""
    decision: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """A line opened: why him, why held and until when, how it was computed, each entry."""

    line: Line
    why: Why
    steps: list[Reason]
    slices: tuple[schedule.Slice, ...]
    """The steps of the sum that concern him."""
    base_cents: int
    """The whole commission of the deal, of which others than its agents have a percentage."""
    percent: Fraction | None
    entries: list[Posted]
    """The latest ones, the latest first."""


@dataclass(frozen=True, slots=True)
class Month:
    """What a month of the ledger moved for an agent, in cents."""

    month: str
    accrued_cents: int
    released_cents: int
    held_cents: int
    paid_cents: int
    reversed_cents: int


def month(agent: Staff, month: str, zone: ZoneInfo) -> QuerySet[Line]:
    """An agent's lines of deals subscribed in a month, bare."""
    first, end = months.bounds(month, zone)
    return Line.objects.filter(agent=agent, subscribed_at__gte=first, subscribed_at__lt=end)


def shown(lines: QuerySet[Line], agent: Staff, *, now: datetime) -> QuerySet[Line]:
    """The same lines with their reasons, the latest first."""
    found = owned(with_reasons(lines), agent, now=now).select_related("deal__plan")
    return found.order_by("-subscribed_at", "-pk")


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
    """One of the agent's lines opened. At most four queries."""
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
    reckoned = line.deal.reckoned()
    own_slices = tuple(one for one in reckoned.slices if one.agent == line.agent_id)
    return Reasons(
        line,
        why(line),
        steps[-STEPS_SHOWN:] if line.role == Share.AGENT else [],
        own_slices if line.role == Share.AGENT else (),
        reckoned.cents,
        _percent(line),
        _entries(line),
    )


def _reason(event: ContactEvent, verb: str, last: str | None, cited: list[str]) -> Reason:
    return Reason(
        at=event.at,
        kind=event.get_kind_display(),
        verb=verb,
        clauses=tuple(cited),
        last_day=None if last is None else date.fromisoformat(last),
    )


def _percent(line: Line) -> Fraction | None:
    """Which part of the commission a helper, introducer, team member or supervisor has."""
    plan = line.deal.plan.schedule()
    if line.role == Share.POOL:
        whole = sum(plan.members.values(), Fraction(0))
        return plan.pool * plan.members.get(line.agent_id, Fraction(0)) / whole if whole else None
    return {
        Share.HELPER: plan.helper,
        Share.INTRODUCER: plan.introducer,
        Share.OVERRIDE: plan.override,
    }.get(Share(line.role))


def _entries(line: Line) -> list[Posted]:
    """The latest entries of a line. One query."""
    found = (
        Entry.objects.filter(deal=line.deal_id, agent=line.agent_id, role=line.role)
        .select_related("step", "adjustment", "period")
        .order_by("-pk")
    )
    return [
        Posted(
            at=one.posted_at,
            month=one.period.month,
            kind=one.get_kind_display(),
            account=one.get_account_display(),
            cents=one.amount_cents,
            cause=_cause(one),
            decision=one.decision_id,
        )
        for one in found[:ENTRIES_SHOWN]
    ]


def _cause(entry: Entry) -> str:
    if entry.adjustment is not None:
        return entry.adjustment.reason
    return entry.step.get_kind_display() if entry.step is not None else ""


def by_month(agent: Staff, project: Project, latest: int) -> list[Month]:
    """The latest months of a project's ledger that moved anything for an agent. One query."""
    kinds, accounts = Entry.Kind, Entry.Account

    def cents(*kinds: str, **more: Any) -> Sum:
        """The sum of some kinds of entries."""
        return Sum("amount_cents", filter=Q(kind__in=kinds, **more), default=0)

    rows = (
        Entry.objects.filter(agent=agent, project=project)
        .values("period__month")
        .annotate(
            accrued=cents(kinds.ACCRUAL, kinds.CORRECTION),
            released=cents(kinds.RELEASE, kinds.LOCK, account=accounts.RELEASED),
            held=Sum("amount_cents", filter=Q(account=accounts.HELD), default=0),
            paid=cents(kinds.PAYOUT, account=accounts.PAID),
            gone=cents(kinds.REVERSAL, kinds.CLAWBACK, kinds.FORFEITURE),
        )
        .order_by("-period__month")
    )
    names = ("accrued", "released", "held", "paid", "gone")
    return [
        Month(row["period__month"], *(int(row[name]) for name in names)) for row in rows[:latest]
    ]
