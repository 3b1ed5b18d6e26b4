"""Lists of cases: the queue of those who decide, and an agent's own, covered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, NullIf

from attribution.models import OwnershipPeriod
from leads.access import DECIDERS
from leads.models import ContactEvent, Kind, Lead, Person, Project, Staff

from ..models import Case, CaseKind, Party
from .standing import paid_parts

CASES_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue, and what all of it amounts to."""

    page: Page[Case]
    count: int
    overdue: int
    held_cents: int
    settled: int
    """So many the policy has settled: they wait to be confirmed."""

    def neighbours(self, case: Case | None) -> tuple[Case | None, Case | None]:
        """The cases before and after that one on the page; without it, none and the first."""
        rows = list(self.page.object_list)
        at = next((n for n, row in enumerate(rows) if case and row.pk == case.pk), -1)
        before = rows[at - 1] if at > 0 else None
        return before, rows[at + 1] if at + 1 < len(rows) else None


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case as one of its agents may see it: his own side, nobody else's name."""

    case: Case
    client: str
    """What he himself wrote down; the client's name only while he owns him."""
    owned_now: bool
    won: bool | None
    """None while it is open."""
    held_cents: int
    facts: list[ContactEvent]


def cases_in(projects: Iterable[Project]) -> QuerySet[Case]:
    """Every case of these projects, with the client's name and the commission held."""
    return _whole(Case.objects.filter(project__in=[project.pk for project in projects]))


def _whole(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related(
        "project",
        "lead",
        "decision",
        "opened_by__agent",
        "opened_by__whom",
        "closed_by__by",
        "closed_by__agent",
        "opener",
    ).annotate(client=client_name(), paid=paid_parts_of_row())


def paid_parts_of_row() -> ArraySubquery:
    """Who has a part of the commission of a case's client, in one column."""
    party = Q(pk=OuterRef("lead")) | Q(party=OuterRef("lead__party"))
    return ArraySubquery(paid_parts(party))


def client_name() -> Subquery:
    """What the client of a case is called: name, else traits, of the person written down first."""
    called = Coalesce(NullIf(F("name"), Value("")), F("traits"))
    people = Person.objects.filter(lead=OuterRef("lead")).order_by("pk")
    return Subquery(people.annotate(called=called).values("called")[:1])


def held_cents(agent: Staff) -> Coalesce:
    """The commission that a case keeps back, in cents, of one agent.

    Disputes imports nothing of commissions: the sums are reached through the lead's relations.
    """
    whose = Q(deals__lines__agent=agent)
    party = Lead.objects.filter(Q(pk=OuterRef("lead")) | Q(party=OuterRef("lead__party")))
    sums = (
        party.order_by()
        .values("project")
        .annotate(cents=Sum("deals__lines__held_cents", filter=whose))
    )
    return Coalesce(Subquery(sums.values("cents")), 0)


def queue(cases: QuerySet[Case], *, page: str | None, now: datetime) -> Queue:
    """A page of cases: overdue first, then by the money held, then the oldest. Two queries."""
    totals = cases.aggregate(
        count=Count("pk"),
        overdue=Count("pk", filter=overdue(now)),
        settled=Count("pk", filter=Q(state=Case.State.OPEN, stage=Case.Stage.POLICY)),
        held=Coalesce(Sum("held_cents", filter=Q(state=Case.State.OPEN)), 0),
    )
    paginator = Paginator(InOrder(cases, now), CASES_A_PAGE)
    paginator.count = totals["count"]
    return Queue(
        paginator.get_page(page),
        count=totals["count"],
        overdue=totals["overdue"],
        held_cents=int(totals["held"]),
        settled=totals["settled"],
    )


def overdue(now: datetime) -> Q:
    """What waits too long for somebody; what the policy settled waits for nobody."""
    return Q(state=Case.State.OPEN, due_at__lt=now) & ~Q(stage=Case.Stage.POLICY)


def in_order(cases: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    """Overdue first, then by the money held, then the oldest; put aside ones at the end.

    Closed ones the latest first.
    """
    # Without the first condition those never put aside would be neither, and sorted after both.
    later = Q(later_until__isnull=False, later_until__gt=now, state=Case.State.OPEN)
    return cases.annotate(
        put_aside=_truth(later),
        overdue=_truth(overdue(now)),
    ).order_by(
        "put_aside",
        "-overdue",
        "-held_cents",
        F("closed_at").desc(nulls_last=True),
        "opened_at",
        "pk",
    )


def _truth(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _keys(cases: QuerySet[Case], now: datetime) -> QuerySet[Case, int]:
    """Only the keys, in order: thousands are sorted without what a row shows of them."""
    return in_order(cases.select_related(None), now).values_list("pk", flat=True)


class InOrder(Sequence[Case]):
    """The cases in order, of which only those of a page are read whole. One query a page."""

    def __init__(self, cases: QuerySet[Case], now: datetime) -> None:
        self.cases, self.now = cases, now

    def __getitem__(self, wanted: Any) -> Any:
        shown = self.cases.model.objects.filter(pk__in=_keys(self.cases, self.now)[wanted])
        return in_order(_whole(shown), self.now)

    def __len__(self) -> int:
        return self.cases.count()


def next_open(cases: QuerySet[Case], *, after: Case, now: datetime) -> int | None:
    """The key of what to decide next, that case left aside."""
    open_ones = cases.filter(state=Case.State.OPEN).exclude(pk=after.pk)
    return _keys(open_ones, now).first()


def deciders_besides(project: Project, reader: Staff) -> QuerySet[Staff]:
    """Those who decide cases of a project, but for the reader."""
    people = project.staff.filter(role__in=DECIDERS, is_active=True, departed_at=None)
    return people.exclude(pk=reader.pk).order_by("name", "pk")


def cases_of_agent(agent: Staff, projects: Iterable[Project], *, now: datetime) -> QuerySet[Case]:
    """The cases of whose opening an agent was told, open ones first; but not departures."""
    periods = OwnershipPeriod.objects.filter(
        lead=OuterRef("lead"), agent=agent, period__contains=now
    )
    mine = Party.objects.filter(case=OuterRef("pk"), staff=agent, notified_at__isnull=False)
    return (
        Case.objects.filter(Exists(mine), project__in=[project.pk for project in projects])
        .exclude(kind=CaseKind.DEPARTURE)
        .select_related("project", "lead", "decision", "opened_by", "closed_by")
        .annotate(client=client_name(), own_held=held_cents(agent), owned_now=Exists(periods))
        .order_by(F("closed_at").desc(nulls_first=True), "due_at", "pk")
    )


def own_cases(cases: Iterable[Case], agent: Staff) -> list[OwnCase]:
    """These cases as one of their agents may see them. One query."""
    found = list(cases)
    roots = {case.lead.root_id for case in found}
    facts: dict[int, list[ContactEvent]] = {}
    events = (
        ContactEvent.objects.filter(
            Q(lead__in=roots) | Q(lead__party__in=roots), Q(agent=agent) | Q(whom=agent)
        )
        .exclude(kind__in=(Kind.RULING, Kind.ASSIGNMENT, Kind.COMPLAINT))
        .select_related("lead")
        .order_by("at", "pk")
    )
    for event in events if found else ():
        assert event.lead is not None
        facts.setdefault(event.lead.root_id, []).append(event)
    return [_own(case, agent, facts.get(case.lead.root_id, [])) for case in found]


def _own(case: Case, agent: Staff, facts: list[ContactEvent]) -> OwnCase:
    owned = bool(getattr(case, "owned_now", False))
    written = next((e.details["name"] for e in facts if e.details.get("name")), "")
    closed = case.closed_by
    return OwnCase(
        case=case,
        client=str(getattr(case, "client", "") if owned else written),
        owned_now=owned,
        won=None if closed is None else owned,
        held_cents=int(getattr(case, "own_held", 0)),
        facts=facts,
    )
