"""Which figures of a table are not shown: those of too few people, and those that tell them.

Standard library only. A figure of fewer than LEAST people is hidden. Where the total of its line is
known, it could be reckoned from the others: so many more are hidden that nobody can.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

LEAST = 5
"""A group of fewer people is not shown."""

Cell = Any
"""Whatever can be the key of a mapping."""


@dataclass(frozen=True, slots=True)
class Line:
    """Cells that add up to another one; `total` is None where their sum is known otherwise."""

    parts: tuple[Cell, ...]
    total: Cell | None = None


def veil(
    people: Mapping[Cell, int], lines: Iterable[Line] = (), shown: Collection[Cell] = ()
) -> set[Cell]:
    """The cells that are not shown, given how many people each is about.

    `shown`: cells that the reader knows anyhow. Of a line whose total is seen, no part or at least
    two with LEAST people between them are hidden; and no hidden cell follows from all lines taken
    together. Where that cannot be had, every cell that is about anybody is hidden.
    """
    open_to_all = set(shown)
    hidden = {cell for cell, count in people.items() if 0 < count < LEAST} - open_to_all
    relations = [_known(line, people) for line in lines]
    order = {cell: number for number, cell in enumerate(people)}
    while hidden:
        told = [line for line in relations if _tells(line, hidden, people)]
        if not told:
            found = determined(relations, hidden)
            told = [line for line in relations if found & set(line.parts) or line.total in found]
        if not told:
            break
        aims = [*map(_cells, told), list(people)]
        more = (_next(cells, people, hidden | open_to_all, order) for cells in aims)
        cell = next((cell for cell in more if cell is not None), None)
        if cell is None:
            break
        hidden.add(cell)
    return hidden


def determined(lines: Sequence[Line], hidden: Collection[Cell]) -> set[Cell]:
    """The hidden cells that follow from what is seen: each line is an equation."""
    rows: list[dict[Cell, Fraction]] = []
    for line in lines:
        row = {cell: Fraction(1) for cell in line.parts if cell in hidden}
        if line.total is not None and line.total in hidden:
            row[line.total] = row.get(line.total, Fraction(0)) - 1
        for other in rows:
            _take(row, other)
        if row:
            lead = next(iter(row))
            scale = row[lead]
            row = {cell: value / scale for cell, value in row.items()}
            for other in rows:
                if lead in other:
                    _subtract(other, row, other[lead])
            rows.append(row)
    return {next(iter(row)) for row in rows if len(row) == 1}


def _take(row: dict[Cell, Fraction], other: Mapping[Cell, Fraction]) -> None:
    lead = next(iter(other), None)
    if lead is not None and lead in row:
        _subtract(row, other, row[lead])


def _subtract(row: dict[Cell, Fraction], other: Mapping[Cell, Fraction], times: Fraction) -> None:
    for cell, value in other.items():
        left = row.get(cell, Fraction(0)) - times * value
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


def _known(line: Line, people: Mapping[Cell, int]) -> Line:
    """The line without cells about nobody: these hide nothing."""
    parts = tuple(cell for cell in line.parts if people.get(cell))
    return Line(parts, line.total if people.get(line.total) else None)


def _cells(line: Line) -> list[Cell]:
    return [*line.parts] if line.total is None else [*line.parts, line.total]


def _tells(line: Line, hidden: Collection[Cell], people: Mapping[Cell, int]) -> bool:
    """Does the total of a line, which is seen, tell of a part or of too few people?"""
    if line.total is not None and line.total in hidden:
        return False
    kept = [cell for cell in line.parts if cell in hidden]
    return bool(kept) and (len(kept) == 1 or sum(people[cell] for cell in kept) < LEAST)


def _next(
    cells: Collection[Cell],
    people: Mapping[Cell, int],
    besides: Collection[Cell],
    order: Mapping[Cell, int],
) -> Cell | None:
    """The cell of the fewest people that is still seen."""
    seen = [cell for cell in cells if people.get(cell) and cell not in besides]
    return min(seen, key=lambda cell: (people[cell], order[cell]), default=None)
