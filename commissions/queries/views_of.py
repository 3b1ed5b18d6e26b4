"""A view of the report is an address: the same for the screen and for its export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from leads.models import Project, Staff

from ..filters import NARROWING, LineFilter
from ..models import Line
from . import groups, months, report

SORT = "sort"
BY = "by"
RANK = "rank"


@dataclass(frozen=True, slots=True)
class View:
    """What an address asks for: the filter, the order of its lines, and by what they are summed."""

    filter: LineFilter
    sort: str
    by: str
    rank: str

    @property
    def lines(self) -> QuerySet[Line]:
        """The lines in their order, with their reasons."""
        return report.in_order(report.with_reasons(self.bare), self.sort)

    @property
    def keys(self) -> QuerySet[Line]:
        """The lines in their order, bare: a page is cut out of these."""
        return report.in_order(self.bare, self.sort)

    @property
    def bare(self) -> QuerySet[Line]:
        """The lines without what only a list shows: the database need not compute it to sum."""
        found: QuerySet[Line] = self.filter.qs
        return found

    @property
    def by_words(self) -> str:
        """By what the lines are summed, in words."""
        return str(groups.BY[self.by])

    def summary(self) -> groups.Summary:
        """What each group of lines, and all of them, amount to. One query."""
        return groups.summary(self.bare, self.by, self.filter.projects, self.rank)


def report_view(query: QueryDict, projects: Sequence[Project]) -> View:
    """The view of that address, within these projects."""
    theirs = Line.objects.filter(agent=OuterRef("pk"), project__in=projects)
    agents = Staff.objects.filter(Exists(theirs))
    narrowed = LineFilter(
        query,
        queryset=report.lines_in(projects),
        projects=projects,
        agents=agents.order_by("name", "pk").only("pk", "name"),
    )
    by, rank = query.get(BY, ""), query.get(RANK, "").removeprefix("-")
    return View(
        narrowed,
        query.get(SORT, ""),
        by if by in groups.BY else "agent",
        rank if rank in groups.RANKS else "",
    )


def with_defaults(query: QueryDict, project: Project, now: datetime) -> QueryDict:
    """Where the address narrows by nothing: this month of the project chosen in the bar."""
    if any(name in query for name in NARROWING):
        return query
    fresh = query.copy()
    fresh["month"] = months.month_of(now, project.zone)
    fresh["project"] = str(project.pk)
    return fresh
