"""Rosters: of some days, in force, of a week."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ... import access
from ...models import Project, Staff
from ..models import Duty, Roster

WEEK = 7


def rosters_of(project: Project, first: date, last: date) -> Sequence[Roster]:
    """Every roster of these days with its duties, the earliest recorded first. Two queries."""
    return list(
        Roster.objects.filter(project=project, day__gte=first, day__lte=last)
        .prefetch_related("duties")
        .order_by("recorded_at", "pk")
    )


def in_force(rosters: Iterable[Roster]) -> dict[date, Roster]:
    """Of several rosters of a day the last one."""
    return {roster.day: roster for roster in rosters}


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Week:
    """A week's rosters: `cells` by day and agent (a place as text, an absence, or empty), and the
    key of the last roster recorded, by which a stale form is known."""

    days: list[date]
    agents: list[Staff]
    cells: Mapping[tuple[date, int], str]
    planned: frozenset[date]
    newest: int


def week_of(project: Project, monday: date) -> Week:
    """The rosters in force in a week. Three queries."""
    days = [monday + timedelta(days=n) for n in range(WEEK)]
    rosters = rosters_of(project, days[0], days[-1])
    cells = {
        (day, duty.staff_id): cell_of(duty)
        for day, roster in in_force(rosters).items()
        for duty in roster.duties.all()
    }
    return Week(
        days=days,
        agents=list(access.agents_of(project)),
        cells=cells,
        planned=frozenset(roster.day for roster in rosters),
        newest=max((roster.pk for roster in rosters), default=0),
    )


def cell_of(duty: Duty) -> str:
    """What a cell of the week says of a duty: its place, or why there is none."""
    return duty.absence or str(duty.place)
