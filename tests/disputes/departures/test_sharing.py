"""Properties of the distribution: as many to each, as many warm ones, always the same."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from disputes.departures.sharing import Charge, Warmth, share_out, warmth_of

TODAY = date(2026, 5, 12)

charges = st.lists(
    st.builds(Charge, st.integers(1, 10_000), st.sampled_from(Warmth)),
    max_size=80,
    unique_by=lambda charge: charge.lead,
)
burdens = st.dictionaries(st.integers(1, 99), st.integers(0, 50), min_size=1, max_size=12)


def spread(counts: Counter[int], agents: dict[int, int]) -> int:
    found = [counts[agent] for agent in agents]
    return max(found) - min(found)


@given(charges, burdens)
def test_everybody_is_placed_once_with_somebody_who_is_there(
    given_charges: list[Charge], agents: dict[int, int]
) -> None:
    shares = share_out(given_charges, agents)
    assert set(shares) == {charge.lead for charge in given_charges}
    assert set(shares.values()) <= set(agents)


@given(charges, burdens)
def test_nobody_gets_more_than_one_more_of_any_warmth_or_of_all(
    given_charges: list[Charge], agents: dict[int, int]
) -> None:
    shares = share_out(given_charges, agents)
    assert spread(Counter(shares.values()), agents) <= 1
    for warmth in Warmth:
        of_it = Counter(shares[c.lead] for c in given_charges if c.warmth == warmth)
        assert spread(of_it, agents) <= 1


@given(charges, burdens)
def test_who_gets_one_more_held_no_more_before(
    given_charges: list[Charge], agents: dict[int, int]
) -> None:
    counts = Counter(share_out(given_charges, agents).values())
    for one in agents:
        for other in agents:
            if counts[one] > counts[other]:
                assert agents[one] <= agents[other]


@given(charges, burdens, st.randoms())
def test_the_order_in_which_they_are_given_does_not_matter(
    given_charges: list[Charge], agents: dict[int, int], chance
) -> None:
    shares = share_out(given_charges, agents)
    shuffled = list(given_charges)
    chance.shuffle(shuffled)
    assert share_out(shuffled, dict(reversed(list(agents.items())))) == shares


@given(charges)
def test_without_colleagues_nobody_is_placed(given_charges: list[Charge]) -> None:
    assert share_out(given_charges, {}) == {}


def test_warmth_is_by_the_last_contact() -> None:
    def after(days: int, *, signed: bool = False) -> Warmth:
        return warmth_of(TODAY - timedelta(days=days), TODAY, signed=signed)

    assert [after(days) for days in (0, 7, 8, 30, 31)] == [
        Warmth.HOT, Warmth.HOT, Warmth.WARM, Warmth.WARM, Warmth.COLD,
    ]  # fmt: skip
    assert warmth_of(None, TODAY, signed=False) == Warmth.COLD
    assert after(90, signed=True) == Warmth.SIGNED
