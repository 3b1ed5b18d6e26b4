"""Too few people are not shown, and nobody can reckon them from what is."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.needs.analysis.veil import LEAST, Line, determined, veil


def test_a_group_of_few_takes_a_second_one_with_it() -> None:
    people = {"lifts": 12, "greening": 3, "repairs": 7}
    assert veil(people, [Line(tuple(people))]) == {"greening", "repairs"}


def test_where_no_total_is_known_only_the_few_are_hidden() -> None:
    assert veil({"lifts": 12, "greening": 3, "repairs": 7}) == {"greening"}


def test_two_groups_that_are_too_few_together_take_a_third() -> None:
    people = {"a": 1, "b": 2, "c": 9, "d": 6}
    assert veil(people, [Line(tuple(people))]) == {"a", "b", "d"}
    assert veil({"a": 3, "b": 2, "c": 9}, [Line(("a", "b", "c"))]) == {"a", "b"}


def test_nobody_is_shown_as_nobody() -> None:
    assert veil({"a": 0, "b": 8, "c": 6}, [Line(("a", "b", "c"))]) == set()


def test_a_rectangle_is_needed_between_known_margins() -> None:
    rows, columns = ("x", "y", "z"), ("1", "2", "3")
    people = {(row, column): 9 for row in rows for column in columns}
    people["x", "1"] = 2
    lines = [Line(tuple((row, column) for column in columns)) for row in rows]
    lines += [Line(tuple((row, column) for row in rows)) for column in columns]
    hidden = veil(people, lines)
    assert len(hidden) == 4
    assert not determined(lines, hidden)


def test_a_hidden_total_is_no_way_around() -> None:
    """A row's total that is hidden follows from the other totals, if these are seen."""
    people = {"a": 3, "b": 8, "a+b": 11, "c": 20, "all": 31}
    lines = [Line(("a", "b"), "a+b"), Line(("a+b", "c"), "all")]
    hidden = veil(people, lines, shown=["all"])
    assert {"a", "b"} <= hidden
    assert not determined(lines, hidden)


@pytest.mark.parametrize(
    ("hidden", "found"),
    [({"a"}, {"a"}), ({"a", "b"}, set()), ({"a", "b", "t"}, set()), ({"t"}, {"t"})],
)
def test_what_follows_from_one_line(hidden: set[str], found: set[str]) -> None:
    assert determined([Line(("a", "b", "c"), "t")], hidden) == found


tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=2, max_size=4
    )
)


@given(tables)
def test_no_hidden_figure_of_a_table_can_be_reckoned(table: list[list[int]]) -> None:
    """Each has another value with which everything that is seen stays as it is."""
    people = {(r, c): count for r, row in enumerate(table) for c, count in enumerate(row)}
    rows, columns = range(len(table)), range(len(table[0]))
    people |= {(r, "t"): sum(table[r]) for r in rows}
    people |= {("t", c): sum(row[c] for row in table) for c in columns}
    people["t", "t"] = sum(map(sum, table))
    lines = [Line(tuple((r, c) for c in columns), (r, "t")) for r in (*rows, "t")]
    lines += [Line(tuple((r, c) for r in rows), ("t", c)) for c in (*columns, "t")]
    hidden = veil(people, lines, shown=[("t", "t")])
    assert {cell for cell, n in people.items() if 0 < n < LEAST and cell != ("t", "t")} <= hidden
    if people["t", "t"] < LEAST or sum(n > 0 for r, n in people.items() if "t" not in r) < 2:
        return
    for line in lines:
        parts = [cell for cell in line.parts if cell in hidden]
        if (
            parts
            and line.total not in hidden
            and any(people[cell] and cell not in hidden and cell != ("t", "t") for cell in people)
        ):
            assert len(parts) > 1
            assert sum(people[cell] for cell in parts) >= LEAST
    if any(n and cell not in hidden and cell != ("t", "t") for cell, n in people.items()):
        _another_world(lines, sorted(hidden, key=str))


def _another_world(lines: list[Line], hidden: list[tuple[object, object]]) -> None:
    """A null space without a zero in the place of any hidden cell: by dense elimination."""
    matrix = [
        [
            Fraction((cell in line.parts) - (cell == line.total))
            for cell in hidden
        ]
        for line in lines
    ]  # fmt: skip
    pivots: list[int] = []
    for column in range(len(hidden)):
        top = len(pivots)
        row = next((r for r in range(top, len(matrix)) if matrix[r][column]), None)
        if row is None:
            continue
        matrix[top], matrix[row] = matrix[row], matrix[top]
        matrix[top] = [value / matrix[top][column] for value in matrix[top]]
        for other in range(len(matrix)):
            if other != top and matrix[other][column]:
                times = matrix[other][column]
                matrix[other] = [
                    a - times * b for a, b in zip(matrix[other], matrix[top], strict=True)
                ]
        pivots.append(column)
    for row, column in enumerate(pivots):
        assert any(value for at, value in enumerate(matrix[row]) if at != column), hidden[column]
