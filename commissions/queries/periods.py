"""The months of a project's ledger, and what is to be looked at before one is closed."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from disputes.models import Case
from leads.models import Project

from ..models import Entry, Line, Period
from . import months
from .payable import payable


@dataclass(frozen=True, slots=True)
class Checklist:
    """What stands open as a month is closed, in numbers and cents."""

    entries: int
    held_lines: int
    held_cents: int
    open_cases: int
    owing_cents: int
    """What was paid too much and is set off against the next payout; not positive."""
    payable_cents: int

    def said(self) -> dict[str, int]:
        """As a signature keeps it."""
        return {
            "entries": self.entries,
            "held_lines": self.held_lines,
            "held_cents": self.held_cents,
            "open_cases": self.open_cases,
            "owing_cents": self.owing_cents,
            "payable_cents": self.payable_cents,
        }


@dataclass(frozen=True, slots=True)
class Payout:
    """What one person is paid with a period, in cents."""

    agent: int
    name: str
    username: str
    deals: int
    cents: int


def periods_of(project: Project) -> QuerySet[Period]:
    """The months of a project, the latest first, with their entries and what was paid."""
    paid = Q(entries__kind="payout", entries__account="paid")
    return (
        Period.objects.filter(project=project)
        .annotate(count=Count("entries"), paid=Sum("entries__amount_cents", filter=paid, default=0))
        .prefetch_related("signatures__staff")
        .order_by("-month")
    )


def checklist(project: Project, month: str) -> Checklist:
    """What stands open by the end of a month. Four queries."""
    _first, end = months.bounds(month, project.zone)
    held = Line.objects.filter(project=project, held_cents__gt=0, subscribed_at__lt=end)
    found = held.aggregate(lines=Count("pk"), cents=Sum("held_cents", default=0))
    cases = Case.objects.filter(project=project, state=Case.State.OPEN, opened_at__lt=end)
    entries = Entry.objects.filter(project=project, period__month=month)
    each = [sum(parts.values()) for parts in payable(project.pk, month).values()]
    return Checklist(
        entries=entries.count(),
        held_lines=found["lines"],
        held_cents=int(found["cents"]),
        open_cases=cases.count(),
        owing_cents=sum(cents for cents in each if cents < 0),
        payable_cents=sum(cents for cents in each if cents > 0),
    )


def payouts(period: Period) -> list[Payout]:
    """What everybody is paid with a closed period, by name. One query."""
    rows = (
        Entry.objects.filter(period=period, kind="payout", account="paid")
        .values("agent", "agent__name", "agent__username")
        .annotate(deals=Count("deal", distinct=True), cents=Sum("amount_cents"))
        .order_by("agent__name", "agent")
    )
    return [
        Payout(row["agent"], row["agent__name"], row["agent__username"], row["deals"], row["cents"])
        for row in rows
    ]
