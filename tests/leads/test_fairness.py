"""The arithmetic of the fairness table: exact tails, expected counts, and when a remark is due."""

from itertools import product
from math import comb, isclose, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.fairness import FEWEST, Reception, at_least, fair_shares, pairs

chances = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 1 / 3, 0.9, 1.0]), max_size=8)


@given(chances, st.integers(-1, 10))
def test_the_tail_is_what_counting_every_outcome_gives(drawn: list[float], count: int) -> None:
    everything = sum(
        prod(p if hit else 1 - p for p, hit in zip(drawn, outcome, strict=True))
        for outcome in product([True, False], repeat=len(drawn))
        if sum(outcome) >= count
    )
    assert isclose(at_least(count, drawn), everything, abs_tol=1e-12)


def test_the_tail_at_its_ends() -> None:
    assert [at_least(count, [0.5, 0.25]) for count in (-1, 0, 1, 2, 3)] == [1, 1, 0.625, 0.125, 0]
    assert at_least(1, [0.1, 0.1, 1 / 3, 1.0]) == 1.0, "a sum of floats may come out above"


def test_equal_chances_are_the_binomial() -> None:
    expected = sum(comb(20, k) * 0.25**k * 0.75 ** (20 - k) for k in range(9, 21))
    assert at_least(9, [0.25] * 20) == pytest.approx(expected)


def test_a_greeter_who_sends_everybody_to_one_agent_is_remarked() -> None:
    even = [Reception(greeter=1, agent=n % 4, on_duty=(0, 1, 2, 3)) for n in range(20)]
    assert not any(row.remark for row in pairs(even))
    steering = [
        Reception(greeter=2, agent=3, on_duty=(0, 1, 2, 3), steered=n < 3) for n in range(9)
    ]
    rows = pairs([*even, *steering])
    assert [(row.greeter, row.agent) for row in rows if row.remark] == [(2, 3)]
    odd = next(row for row in rows if row.remark)
    assert (odd.count, odd.steered, odd.expected, odd.difference) == (9, 3, 2.25, 6.75)
    assert odd.chance == pytest.approx(0.25**9)


def test_a_pair_tells_what_there_was() -> None:
    found = [Reception(1, 3, (3, 4), named=n < 2, steered=n < 1) for n in range(4)]
    rows = pairs([*found, Reception(1, 4, (3, 4)), Reception(2, 3, (3, 4), named=True)])
    assert [(row.greeter, row.agent, row.count, row.named, row.steered) for row in rows] == [
        (1, 3, 4, 2, 1), (1, 4, 1, 0, 0), (2, 3, 1, 1, 0), (2, 4, 0, 0, 0),
    ]  # fmt: skip


def test_the_fewest_groups_are_enough() -> None:
    assert [row.remark for row in pairs([Reception(1, 3, (3, 4, 5, 6))] * FEWEST)] == [
        True, False, False, False,
    ]  # fmt: skip


def test_the_level_is_shared_among_the_pairs() -> None:
    """One in 32 is odd for a pair alone, and not among two; one in 64 is."""
    assert not any(row.remark for row in pairs([Reception(1, 3, (3, 4))] * 5))
    assert [row.remark for row in pairs([Reception(1, 3, (3, 4))] * 6)] == [True, False]


def test_few_groups_prove_nothing() -> None:
    few = [Reception(1, 3, tuple(range(40))) for _ in range(FEWEST - 1)]
    assert not any(row.remark for row in pairs(few))


def test_who_received_without_being_on_duty_is_counted_with_the_others() -> None:
    rows = {row.agent: row for row in pairs([Reception(1, 9, (1, 2, 3))])}
    assert rows[9].count == 1
    assert {row.expected for row in rows.values()} == {0.25}


@given(
    st.lists(
        st.builds(
            Reception,
            greeter=st.integers(1, 3),
            agent=st.integers(1, 5),
            on_duty=st.sets(st.integers(1, 5), min_size=1).map(lambda found: tuple(sorted(found))),
        ),
        max_size=40,
    )
)
def test_counts_and_expectations_of_a_greeter_both_add_up(found: list[Reception]) -> None:
    rows = pairs(found)
    for greeter in {one.greeter for one in found}:
        mine = [row for row in rows if row.greeter == greeter]
        total = sum(one.greeter == greeter for one in found)
        assert sum(row.count for row in mine) == total
        assert sum(row.expected for row in mine) == pytest.approx(total)
        assert all(0 <= row.chance <= 1 for row in mine)


def test_fair_shares() -> None:
    shares = fair_shares([((1, 2), 4), ((2, 3, 4), 3), ((), 5)])
    assert dict(shares) == {1: 2.0, 2: 3.0, 3: 1.0, 4: 1.0}
