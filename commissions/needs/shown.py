"""The figures of a chart as a page shows them: each cell with its form, shades for calendars."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from leads.needs.analysis.figures import HIDDEN, Column, Figures, Money

SHADES = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its heading, its value, how it is written, how dark it is."""

    heading: Any
    value: Any
    form: str
    shade: int = 0
    first: bool = False

    @property
    def is_hidden(self) -> bool:
        """Its group is too small, or would tell of one."""
        return self.value is HIDDEN


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and last rows of cells."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Sequence[Cell]]


def shown(figures: Figures) -> Table:
    """The table of a chart."""
    darkest = max(
        (
            cell
            for row in figures.rows
            for cell, column in zip(row, figures.columns, strict=True)
            if column.form == "shade" and isinstance(cell, int)
        ),
        default=0,
    )

    def cells(row: Sequence[Any], *, shaded: bool) -> list[Cell]:
        return [
            Cell(
                heading=column.heading,
                value=value,
                form="money" if isinstance(value, Money) else column.form,
                shade=_shade(value, darkest) if shaded and column.form == "shade" else 0,
                first=number == 0,
            )
            for number, (value, column) in enumerate(zip(row, figures.columns, strict=True))
        ]

    return Table(
        columns=figures.columns,
        rows=[cells(row, shaded=True) for row in figures.rows],
        totals=[cells(row, shaded=False) for row in figures.totals],
    )


def bars(figures: Figures) -> list[tuple[str, int, Any]]:
    """The stages of a funnel that are shown: name, number, percent of the first."""
    return [(row[0], row[1], row[2]) for row in figures.rows if HIDDEN not in row[:3]]


def _shade(value: Any, darkest: int) -> int:
    if not isinstance(value, int) or not value:
        return 0
    return max(1, -(-SHADES * value // darkest))
