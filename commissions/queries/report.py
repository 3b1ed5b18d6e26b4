"""The ledger as people read it: lines with their reasons, totals, sums per agent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce, JSONObject

from attribution.models import OwnershipPeriod
from disputes.models import Case
from leads.models import Project, Staff

from ..models import Line

SORTS: Mapping[str, tuple[str, ...]] = {
    "day": ("subscribed_at", "deal_id", "-share", "pk"),
    "-day": ("-subscribed_at", "-deal_id", "-share", "pk"),
    "amount": ("due_cents", "subscribed_at", "pk"),
    "-amount": ("-due_cents", "subscribed_at", "pk"),
    "agent": ("agent__name", "agent_id", "subscribed_at", "pk"),
    "-agent": ("-agent__name", "-agent_id", "subscribed_at", "pk"),
}
BARS = 12
"""How many agents a chart shows by name; the rest are summed up."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a list of lines amounts to, in cents; the database sums."""

    lines: int
    agents: int
    due_cents: int
    """What is due now: released and held."""
    released_cents: int
    """Everything released, paid or not."""
    paid_cents: int
    pending_cents: int
    held_cents: int
    held_lines: int
    reversed_cents: int
    """What was accrued once and taken back since; not positive, and no part of what is due."""
    reversed_lines: int


@dataclass(frozen=True, slots=True)
class AgentSum:
    """What an agent's lines amount to, in cents."""

    name: str
    due_cents: int
    released_cents: int
    held_cents: int
    reversed_cents: int


@dataclass(frozen=True, slots=True)
class Why:
    """On what a line rests: by which day it was judged, by which clauses, what keeps it back."""

    basis: str
    clauses: tuple[str, ...]
    case: int | None = None
    case_kind: str = ""
    due_at: datetime | None = None

    @property
    def case_number(self) -> str:
        """The number of the case that keeps the money back."""
        return f"C-{self.case:04d}" if self.case else ""

    @property
    def case_word(self) -> str:
        """What that case is about."""
        return str(Case(kind=self.case_kind).get_kind_display()) if self.case else ""


def lines_in(projects: Iterable[Project]) -> QuerySet[Line]:
    """Every line of these projects, with what is due and on what it rests."""
    return with_reasons(Line.objects.filter(project__in=[project.pk for project in projects]))


def lines_of(agent: Staff, *, now: datetime) -> QuerySet[Line]:
    """An agent's own lines; `owned_now` says whether he may open the client's page."""
    periods = OwnershipPeriod.objects.filter(
        lead=OuterRef("deal__lead"), agent=agent, period__contains=now
    )
    lines = with_reasons(Line.objects.filter(agent=agent))
    return lines.annotate(owned_now=Exists(periods))


def with_reasons(lines: QuerySet[Line]) -> QuerySet[Line]:
    """The same lines with deal, agent, project, how the deal was judged, and the open case."""
    party = Q(lead=OuterRef("deal__lead")) | Q(lead__party=OuterRef("deal__lead__party"))
    cases = (
        Case.objects.filter(party, state=Case.State.OPEN)
        .exclude(decided_by="policy")
        .order_by("due_at", "pk")
    )
    case = cases.values(data=JSONObject(pk="pk", kind="kind", due="due_at"))
    return lines.select_related("deal", "agent", "project").annotate(
        due_cents=F("pending_cents") + F("held_cents") + F("released_cents"),
        judged=KeyTransform("deals", "decision__proof"),
        kept_by=Subquery(case[:1]),
    )


def why(line: Line) -> Why:
    """On what a line rests; give a line that came `with_reasons`."""
    deals: list[dict[str, Any]] = getattr(line, "judged", None) or []
    deal = next((d for d in deals if d["fact"] == line.deal.event_id), None)
    basis, clauses = "deal", ()
    if deal is not None:
        basis = deal["reading"]["basis"] if deal["reading"] else "deal"
        clauses = tuple(deal["clauses"])
    case: dict[str, Any] | None = getattr(line, "kept_by", None)
    if case is None or line.state != Line.State.HELD:
        return Why(basis, clauses)
    return Why(basis, clauses, case["pk"], case["kind"], datetime.fromisoformat(case["due"]))


def totals(lines: QuerySet[Line]) -> Totals:
    """What these lines amount to. One query."""
    held, gone = Q(held_cents__gt=0), Q(reversed_cents__lt=0)
    found = _bare(lines).aggregate(
        lines=Count("pk"),
        agents=Count("agent", distinct=True),
        due=Coalesce(Sum(F("pending_cents") + F("held_cents") + F("released_cents")), 0),
        released=Coalesce(Sum("released_cents"), 0),
        paid=Coalesce(Sum("paid_cents"), 0),
        pending=Coalesce(Sum("pending_cents"), 0),
        held=Coalesce(Sum("held_cents"), 0),
        held_lines=Count("pk", filter=held),
        gone=Coalesce(Sum("reversed_cents"), 0),
        gone_lines=Count("pk", filter=gone),
    )
    return Totals(
        lines=found["lines"],
        agents=found["agents"],
        due_cents=int(found["due"]),
        released_cents=int(found["released"]),
        paid_cents=int(found["paid"]),
        pending_cents=int(found["pending"]),
        held_cents=int(found["held"]),
        held_lines=found["held_lines"],
        reversed_cents=int(found["gone"]),
        reversed_lines=found["gone_lines"],
    )


def _bare(lines: QuerySet[Line]) -> QuerySet[Line]:
    """The same lines without what only a screen needs: the database need not compute it to sum."""
    return Line.objects.filter(pk__in=lines.order_by().values("pk"))


def per_agent(lines: QuerySet[Line]) -> list[AgentSum]:
    """What each agent's lines amount to, the most due first. One query."""
    sums = (
        _bare(lines)
        .values("agent_id", "agent__name")
        .annotate(
            due=Sum(F("pending_cents") + F("held_cents") + F("released_cents")),
            released=Sum("released_cents"),
            held=Sum("held_cents"),
            gone=Sum("reversed_cents"),
        )
        .order_by("-due", "agent__name", "agent_id")
    )
    return [
        AgentSum(
            row["agent__name"],
            int(row["due"]),
            int(row["released"]),
            int(row["held"]),
            int(row["gone"]),
        )
        for row in sums
    ]


def bars(sums: list[AgentSum], rest: str) -> list[AgentSum]:
    """The sums that a chart can show by name; whoever follows is one bar called `rest`."""
    if len(sums) <= BARS:
        return sums
    tail = sums[BARS - 1 :]
    return [
        *sums[: BARS - 1],
        AgentSum(
            rest,
            sum(s.due_cents for s in tail),
            sum(s.released_cents for s in tail),
            sum(s.held_cents for s in tail),
            sum(s.reversed_cents for s in tail),
        ),
    ]


def in_order(lines: QuerySet[Line], sort: str) -> QuerySet[Line]:
    """The lines in the order that the address names; else by day."""
    return lines.order_by(*SORTS.get(sort, SORTS["-day"]))
