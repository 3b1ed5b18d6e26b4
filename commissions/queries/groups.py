"""The report's lines summed by agent, project, month, source or clause; the database sums."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.models import Project

from ..models import Line
from .report import SUMS, Totals, totals_of

BY: Mapping[str, Any] = {
    "agent": _("顧問"),
    "project": _("專案"),
    "month": _("月份"),
    "source": _("來源"),
    "clause": _("條款"),
}
"""By what lines are grouped; by clause, a line counts under each clause that it cites."""
KEYS: Mapping[str, Sequence[str]] = {
    "agent": ("agent_id", "agent__name"),
    "project": ("project_id",),
    "month": ("month",),
    "source": ("source",),
    "clause": ("clauses",),
}
RANKS = ("due_cents", "parts", "released_cents", "held_cents", "disputed_cents", "reversed_cents")
"""By what groups are ranked."""
BARS = 12
"""How many groups a chart shows by name; the rest are summed up."""


@dataclass(frozen=True, slots=True)
class Group:
    """What some lines amount to."""

    key: str
    """What an address narrows by; empty where the lines say nothing."""
    name: str
    sums: Totals


@dataclass(frozen=True, slots=True)
class Summary:
    """The groups of some lines, and what all these lines amount to."""

    groups: list[Group]
    totals: Totals


def summary(lines: QuerySet[Line], by: str, projects: Iterable[Project], rank: str = "") -> Summary:
    """What the lines of each group amount to, and all of them. One query.

    Months stand in their order, others the greatest first: by what is due, or by `rank`.
    `projects`: those of the lines.
    """
    found = [
        (row, totals_of(row))
        for row in lines.order_by().values(*KEYS[by]).annotate(**SUMS).order_by(*KEYS[by])
    ]
    whole = reduce(Totals.__add__, (sums for _row, sums in found), Totals())
    if by == "clause":
        groups = _by_clause(found)
    else:
        called = {project.pk: project.name for project in projects}
        groups = [
            Group(str(row[KEYS[by][0]]), _name(row[KEYS[by][-1]], called), sums)
            for row, sums in found
        ]
    if by != "month" or rank:
        name = rank if rank in RANKS else "due_cents"
        groups.sort(key=lambda one: -abs(getattr(one.sums, name)))
    return Summary(groups, whole)


def _by_clause(found: Iterable[tuple[Mapping[str, Any], Totals]]) -> list[Group]:
    """Each clause's own sum: the database grouped by all clauses of a line together."""
    sums: dict[str, Totals] = {}
    for row, one in found:
        for clause in row["clauses"] or [""]:
            sums[clause] = sums.get(clause, Totals()) + one
    return [Group(clause, _name(clause, {}), one) for clause, one in sorted(sums.items())]


def _name(value: Any, called: Mapping[int, str]) -> str:
    if isinstance(value, int):
        return called.get(value, str(value))
    return str(value or gettext("未填"))


def bars(found: Sequence[Group], rest: str) -> list[Group]:
    """The groups that a chart can show by name; whatever follows is one bar called `rest`."""
    if len(found) <= BARS:
        return list(found)
    tail = reduce(Totals.__add__, (one.sums for one in found[BARS - 1 :]), Totals())
    return [*found[: BARS - 1], Group("", rest, tail)]
