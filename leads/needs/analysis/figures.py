"""A table of figures behind a chart: what stands in it, of how many, and what is not shown."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .veil import LEAST, Line, veil

HIDDEN = object()
"""Stands where a figure is of fewer than LEAST people, or would tell of one."""


class Money(int):
    """Cents in a column of other figures."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and how its cells are written.

    `form`: text, count, level (1 to 5), days, percent, money (cents), shade (a count, shaded).
    """

    heading: Any
    form: str = "count"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a chart shows. Rows are as long as `columns`; a cell is HIDDEN or None (nothing)."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]] = ()
    count: int = 0
    """Of how many needs, clients or deals it is."""
    people: int = 0
    totals: Sequence[Sequence[Any]] = ()
    """Last rows that sum up."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What is drawn; no hidden figure is in it."""
    finding: str = ""

    @property
    def hidden(self) -> int:
        """How many rows have something that is not shown."""
        return sum(HIDDEN in row for row in self.rows)

    @property
    def drawn(self) -> bool:
        """Is there anything to draw?"""
        return bool(self.data.get("names"))

    @property
    def withheld(self) -> bool:
        """All of it is about too few people."""
        return 0 < self.people < LEAST


def withheld(columns: Sequence[Column], people: int) -> Figures:
    """Nothing is said but that there are too few."""
    return Figures(columns=columns, people=people)


def few(
    rows: Sequence[Mapping[str, Any]],
    key: Callable[[Mapping[str, Any]], Any],
    people: str = "people",
    *,
    adds_up: bool = True,
) -> Collection[Any]:
    """The keys of the rows that are not shown. `adds_up`: their counts add up to one that is."""
    counts = {key(row): int(row[people]) for row in rows}
    lines = [Line(tuple(counts))] if adds_up else []
    return veil(counts, lines)


def masked(row: Sequence[Any], *, hide: bool, kept: int = 1) -> list[Any]:
    """A row of which only the first cells are shown where its group is too small."""
    if not hide:
        return list(row)
    return [cell if number < kept else HIDDEN for number, cell in enumerate(row)]
