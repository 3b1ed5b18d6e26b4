"""A view of the report is an address: the same for the screen and for its export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from leads.models import Project, Staff

from ..filters import LineFilter
from ..models import Line
from . import months, report

SORT = "sort"
NARROWING = ("month", "project", "agent", "state", "since", "until")


@dataclass(frozen=True, slots=True)
class View:
    """What an address asks for: the filter, and its lines in order."""

    filter: LineFilter
    lines: QuerySet[Line]


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
    return View(narrowed, report.in_order(narrowed.qs, query.get(SORT, "")))


def with_defaults(query: QueryDict, project: Project, now: datetime) -> QueryDict:
    """Where the address narrows by nothing: this month of the project chosen in the bar."""
    if any(name in query for name in NARROWING):
        return query
    fresh = query.copy()
    fresh["month"] = months.month_of(now, project.zone)
    fresh["project"] = str(project.pk)
    return fresh
