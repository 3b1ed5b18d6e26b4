"""Commissions reckoned by hand: each example's figures were worked out on paper, in cents."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commissions import schedule
from commissions.schedule import (
    Adjusted,
    Balance,
    Milestone,
    Part,
    Plan,
    PlanError,
    Progress,
    Rate,
    Sale,
    Slice,
    Tally,
)

WAN = 1_000_000
"""Ten thousand, in cents."""
A, B, C, D, E = 1, 2, 3, 4, 5


def plan(**data):
    return Plan.of({"base": {"percent": "1"}} | data)


def sale(price=100 * WAN, credit=None, key=1, **more):
    return Sale(key, price, credit or {A: 100}, **more)


def parts(plan, one, tally=None):
    return {(p.agent, p.role): p.cents for p in schedule.reckon(plan, one, tally).parts}


def month(plan, *sales):
    """The agents' sums of each sale of a month, in their order."""
    tally = schedule.tallies(plan, sales)
    return [schedule.reckon(plan, one, tally.get(one.key)).cents for one in sales]


def tiers(steps, *, by="count", of="agent", mode="whole"):
    return plan(tiers={"by": by, "of": of, "mode": mode, "steps": steps})


class TestRates:
    def test_01_percent_of_the_price(self):
        # 4,280,000.00 × 0.8 % = 34,240.00
        assert parts(plan(base={"percent": "0.8"}), sale(428 * WAN)) == {(A, "agent"): 3_424_000}

    def test_02_per_mille_of_the_price(self):
        # 1,999,999.99 × 3.5 ‰ = 6,999.999965 → 7,000.00
        assert parts(plan(base={"permille": "3.5"}), sale(199_999_999)) == {(A, "agent"): 700_000}

    def test_03_half_a_cent_goes_up(self):
        # 0.50 × 1 % = 0.005 → 0.01
        assert parts(plan(), sale(50)) == {(A, "agent"): 1}

    def test_04_less_than_half_a_cent_is_nothing(self):
        # 0.49 × 1 % = 0.0049 → 0.00, and nobody has a part
        assert parts(plan(), sale(49)) == {}

    def test_05_a_month_and_a_half_of_rent(self):
        # 8,333.33 × 1.5 = 12,499.995 → 12,500.00
        leasing = plan(base={"rent_months": "1.5"})
        assert parts(leasing, sale(99_999_960, rent_cents=833_333)) == {(A, "agent"): 1_250_000}

    def test_06_an_amount_for_each_type_of_unit(self):
        typed = plan(by_type={"兩房": {"amount": "800000"}, "三房": {"amount": "1200000"}})
        assert parts(typed, sale(unit_type="三房")) == {(A, "agent"): 1_200_000}

    def test_07_a_type_without_its_own_rate_takes_the_base(self):
        typed = plan(by_type={"兩房": {"amount": "800000"}})
        assert parts(typed, sale(unit_type="車位")) == {(A, "agent"): WAN}

    def test_08_nothing_is_paid_at_a_rate_of_nothing(self):
        assert schedule.reckon(plan(base={"percent": "0"}), sale()).cents == 0


class TestShares:
    def test_09_thirds_of_a_hundred_cents(self):
        # 1.00: 33.33…, 33.33…, 33.34 by percent 33/33/34 → 33, 33, 34
        assert schedule.split(100, {A: 33, B: 33, C: 34}) == {A: 33, B: 33, C: 34}

    def test_10_the_largest_remainder_takes_the_odd_cent(self):
        # 987.65: 33 % = 325.9245, 67 % = 661.7255: .9245 → floor 32,592 rest .45; 66,172 rest .55
        assert schedule.split(98_765, {A: 33, B: 67}) == {A: 32_592, B: 66_173}

    def test_11_of_equal_remainders_the_smaller_key(self):
        assert schedule.split(1, {A: 50, B: 50}) == {A: 1, B: 0}

    def test_12_three_odd_cents_of_six_equal_parts(self):
        six = schedule.apportion(9, {n: Fraction(1) for n in range(6)})
        assert six == {0: 2, 1: 2, 2: 2, 3: 1, 4: 1, 5: 1}

    def test_13_a_helper_and_an_introducer(self):
        # 10,000.00: helper 10 % = 1,000.00, introducer 5 % = 500.00, the rest 8,500.00
        helped = plan(helper="10", introducer="5")
        assert parts(helped, sale(helper=B, introducer=C)) == {
            (A, "agent"): 850_000,
            (B, "helper"): 100_000,
            (C, "introducer"): 50_000,
        }

    def test_14_nobody_helped(self):
        assert parts(plan(helper="10"), sale()) == {(A, "agent"): WAN}

    def test_15_the_rest_is_split_by_credit_and_the_odd_cent_stays(self):
        # 99.99: helper 10 % = 9.999; 60 % of 89.991 = 53.9946; 40 % = 35.9964
        # floors 999 + 5399 + 3599 = 9997, two left: remainders .90 (helper), .46 (A), .64 (B)
        found = parts(plan(helper="10"), sale(999_900, {A: 60, B: 40}, helper=C))
        assert found == {(A, "agent"): 5_399, (B, "agent"): 3_600, (C, "helper"): 1_000}

    def test_16_a_team_pool_by_weight(self):
        # 10,000.00: pool 6 % = 600.00 by 1 : 2 → 200.00, 400.00
        team = plan(pool={"percent": "6", "members": {"4": 1, "5": 2}})
        assert parts(team, sale()) == {
            (A, "agent"): 940_000,
            (D, "pool"): 20_000,
            (E, "pool"): 40_000,
        }

    def test_17_an_override_on_top_is_the_companys(self):
        over = plan(override={"percent": "5", "to": 9, "on_top": True})
        found = schedule.reckon(over, sale())
        assert found.cents == 1_050_000
        assert parts(over, sale()) == {(A, "agent"): WAN, (9, "override"): 50_000}

    def test_18_an_override_within(self):
        over = plan(override={"percent": "5", "to": 9})
        assert schedule.reckon(over, sale()).cents == WAN
        assert parts(over, sale()) == {(A, "agent"): 950_000, (9, "override"): 50_000}

    def test_19_one_person_in_two_parts(self):
        found = parts(plan(helper="10"), sale(helper=A))
        assert found == {(A, "agent"): 900_000, (A, "helper"): 100_000}


class TestTiers:
    FIVE = [["3", "1.5"], ["5", "2"]]

    def test_20_below_the_first_step(self):
        assert month(tiers(self.FIVE), *(sale(key=n) for n in range(2))) == [WAN, WAN]

    def test_21_whole_the_third_deal_lifts_all_three(self):
        assert month(tiers(self.FIVE), *(sale(key=n) for n in range(3))) == [1_500_000] * 3

    def test_22_whole_the_fifth_lifts_all_five_once_more(self):
        assert month(tiers(self.FIVE), *(sale(key=n) for n in range(5))) == [2 * WAN] * 5

    def test_23_excess_only_from_the_third_deal_on(self):
        found = month(tiers(self.FIVE, mode="excess"), *(sale(key=n) for n in range(6)))
        assert found == [WAN, WAN, 1_500_000, 1_500_000, 2 * WAN, 2 * WAN]

    def test_24_half_a_deal_counts_half(self):
        # Five halves are 2.5 deals: not three. Six are three.
        half = {A: 50, B: 50}
        five = [sale(key=n, credit=half) for n in range(5)]
        assert month(tiers(self.FIVE), *five) == [WAN] * 5
        six = [*five, sale(key=6, credit=half)]
        assert month(tiers(self.FIVE), *six) == [1_500_000] * 6

    def test_25_each_agent_has_his_own_tier_within_one_deal(self):
        # A has three deals by the month's end (2 + 1 half + 1 half), B only the two halves.
        half = {A: 50, B: 50}
        sales = [sale(key=1), sale(key=2), sale(key=3, credit=half), sale(key=4, credit=half)]
        # A's half at 1.5 % = 7,500.00, B's half at 1 % = 5,000.00
        assert month(tiers(self.FIVE), *sales) == [1_500_000, 1_500_000, 1_250_000, 1_250_000]
        tally = schedule.tallies(tiers(self.FIVE), sales)
        assert parts(tiers(self.FIVE), sales[2], tally[3]) == {
            (A, "agent"): 750_000,
            (B, "agent"): 500_000,
        }

    def test_26_volume_at_the_very_edge(self):
        # from 5,000,000.00 on 1.2 %: reached exactly by the second deal
        volume = tiers([[str(500 * WAN), "1.2"]], by="volume")
        assert month(volume, sale(300 * WAN), sale(200 * WAN, key=2)) == [3_600_000, 2_400_000]

    def test_27_a_cent_below_the_edge(self):
        volume = tiers([[str(500 * WAN), "1.2"]], by="volume")
        # 2,999,999.99 × 1 % = 29,999.9999 → 30,000.00
        assert month(volume, sale(300 * WAN - 1), sale(200 * WAN, key=2)) == [3 * WAN, 2 * WAN]

    def test_28_excess_volume_splits_the_deal_that_crosses(self):
        # 3,000,000 below, then 3,000,000 of which 2,000,000 at 1 % and 1,000,000 at 1.2 %
        volume = tiers([[str(500 * WAN), "1.2"]], by="volume", mode="excess")
        assert month(volume, sale(300 * WAN), sale(300 * WAN, key=2)) == [3 * WAN, 3_200_000]

    def test_29_excess_volume_over_two_steps_in_one_deal(self):
        # 1,000,000 at 1 %, 1,000,000 at 2 %, 500,000 at 3 % = 10,000 + 20,000 + 15,000
        volume = tiers([[str(100 * WAN), "2"], [str(200 * WAN), "3"]], by="volume", mode="excess")
        assert month(volume, sale(250 * WAN)) == [4_500_000]

    def test_30_everybodys_deals_together(self):
        together = tiers([["2", "2"]], of="project")
        assert month(together, sale(), sale(key=2, credit={B: 100})) == [2 * WAN, 2 * WAN]
        alone = tiers([["2", "2"]])
        assert month(alone, sale(), sale(key=2, credit={B: 100})) == [WAN, WAN]

    def test_31_a_tier_for_amounts(self):
        # 5,000.00 a deal, 6,500.00 each from the second on
        amount = plan(
            base={"amount": "500000"},
            tiers={"by": "count", "of": "agent", "mode": "excess", "steps": [["2", "650000"]]},
        )
        assert month(amount, *(sale(key=n) for n in range(3))) == [500_000, 650_000, 650_000]

    def test_32_a_type_with_its_own_rate_counts_and_keeps_it(self):
        typed = Plan.of(
            {
                "base": {"percent": "1"},
                "by_type": {"車位": {"amount": "100000"}},
                "tiers": {"by": "count", "of": "agent", "mode": "whole", "steps": [["2", "2"]]},
            }
        )
        found = month(typed, sale(), sale(10 * WAN, key=2, unit_type="車位"))
        assert found == [2 * WAN, 100_000]


HALVES = (
    Milestone("subscription", Fraction(0)),
    Milestone("contract", Fraction(50)),
    Milestone("payment", Fraction(50), Fraction(30)),
)


class TestRelease:
    def free(self, milestones=HALVES, holdback=0, cents=3_424_001, **done):
        part = schedule.unlocked(milestones, Fraction(holdback), Progress(**done))
        return schedule.released(cents, part)

    def test_33_nothing_before_the_contract(self):
        assert self.free() == 0

    def test_34_half_by_the_contract_and_half_a_cent_up(self):
        # 34,240.01 / 2 = 17,120.005 → 17,120.01
        assert self.free(contract=True) == 1_712_001

    def test_35_a_cent_below_thirty_percent_is_not_paid(self):
        assert self.free(contract=True, paid_cents=2_999, price_cents=10_000) == 1_712_001

    def test_36_thirty_percent_are(self):
        assert self.free(contract=True, paid_cents=3_000, price_cents=10_000) == 3_424_001

    def test_37_a_tenth_waits_for_the_handover(self):
        # 34,240.01 × 90 % = 30,816.009 → 30,816.01
        assert self.free(holdback=10, contract=True, paid_cents=1, price_cents=1) == 3_081_601
        done = {"contract": True, "paid_cents": 1, "price_cents": 1, "handover": True}
        assert self.free(holdback=10, **done) == 3_424_001

    def test_38_in_proportion_to_what_is_paid(self):
        flowing = (Milestone("payment", Fraction(100), None),)
        assert self.free(flowing, cents=1_000, paid_cents=333, price_cents=1_000) == 333
        assert self.free(flowing, cents=1_000, paid_cents=2_000, price_cents=1_000) == 1_000

    def test_39_a_refund_locks_again(self):
        assert self.free(contract=True, paid_cents=5_000, price_cents=10_000) == 3_424_001
        assert self.free(contract=True, paid_cents=1_000, price_cents=10_000) == 1_712_001

    def test_40_all_by_the_handover(self):
        last = (Milestone("handover", Fraction(100)),)
        assert self.free(last, contract=True, paid_cents=1, price_cents=1) == 0
        assert self.free(last, handover=True) == 3_424_001


@pytest.mark.parametrize(
    ("data", "field", "why"),
    [
        ({"base": {}}, "base", "no rate"),
        ({"base": {"percent": "1", "amount": 1}}, "base", "no rate"),
        ({"base": {"points": "1"}}, "base", "unknown"),
        ({"base": {"percent": "much"}}, "base", "no number"),
        ({"base": {"percent": 0.8}}, "base", "no number"),
        ({"base": {"percent": True}}, "base", "no number"),
        ({"base": {"percent": "-1"}}, "base", "negative"),
        ({"base": {"percent": "101"}}, "base", "too much"),
        ({"base": {"percent": "1/3"}}, "base", "no number"),
        ({"bonus": 1}, "bonus", "unknown"),
        ({"holdback": "101"}, "holdback", "over 100"),
        ({"by_type": []}, None, None),
        ({"by_type": [1]}, "by_type", "unknown"),
        ({"milestones": [{"at": "contract", "percent": 99}]}, "milestones", "not 100"),
        ({"milestones": []}, "milestones", "not 100"),
        ({"milestones": [{"at": "viewing", "percent": 100}]}, "milestones", "unknown"),
        ({"pool": {"percent": 5}}, "pool", "nobody"),
        ({"pool": {"percent": 5, "members": {"x": 1}}}, "pool", "nobody"),
        ({"override": {"percent": 5}}, "override", "nobody"),
        ({"by_type": {"兩房": {}}}, "by_type", "no rate"),
        ({"base": {"permille": "1000.5"}}, "base", "too much"),
        ({"base": {"rent_months": "120.5"}}, "base", "too much"),
        ({"base": {"amount": str(10**15 + 1)}}, "base", "no number"),
        ({"base": {"percent": "0.0000005"}}, "base", "no number"),
        ({"base": {"percent": "0.0000015"}}, "base", "no number"),
        ({"base": {"percent": "1/0"}}, "base", "no number"),
        ({"base": {"percent": None}}, "base", "no number"),
        ({"pool": {"percent": "101", "members": {"4": 1}}}, "pool", "over 100"),
        ({"pool": {"percent": "x", "members": {"4": 1}}}, "pool", "no number"),
        ({"pool": {"percent": 5, "members": {"4": -1}}}, "pool", "negative"),
        ({"helper": "101"}, "helper", "over 100"),
        ({"helper": "x"}, "helper", "no number"),
        ({"introducer": "101"}, "introducer", "over 100"),
        ({"override": {"percent": "101", "to": 9}}, "override", "over 100"),
        ({"override": {"percent": 5, "to": "x"}}, "override", "nobody"),
        ({"override": {"percent": 40, "to": 9}, "helper": 60}, "pool", "nothing left"),
        ({"override": {"percent": 41, "to": 9}, "helper": 60}, "pool", "nothing left"),
        ({"helper": 100, "override": {"percent": 1, "to": 9, "on_top": True}},
         "pool", "nothing left"),
        ({"milestones": 7}, "milestones", "not 100"),
        ({"milestones": [7]}, "milestones", "unknown"),
        ({"milestones": [{"at": "contract"}]}, "milestones", "not 100"),
        ({"milestones": [{"at": "contract", "percent": 101}]}, "milestones", "over 100"),
        ({"milestones": [{"at": "contract", "percent": 100}, {"at": "handover"},
                         {"at": "handover", "percent": 1}]}, "milestones", "not 100"),
        ({"milestones": [{"at": "payment", "percent": 100, "paid": 101}]},
         "milestones", "over 100"),
        ({"milestones": [{"at": "payment", "percent": 100, "paid": "x"}]},
         "milestones", "no number"),
        ({"tiers": {"by": "count", "of": "agent", "mode": "whole", "steps": 7}},
         "tiers", "no steps"),
        ({"tiers": {"by": "count", "of": "agent", "mode": "whole", "steps": [["x", 1]]}},
         "tiers", "no number"),
        ({"tiers": {"by": "count", "of": "agent", "mode": "whole", "steps": [[1, "x"]]}},
         "tiers", "no number"),
        ({"tiers": {"by": "count", "of": "agent", "mode": "whole", "steps": [[0, 1]]}},
         "tiers", "start"),
        ({"helper": 60, "introducer": 40}, "pool", "nothing left"),
        ({"tiers": {"by": "count"}}, "tiers", "unknown"),
        ({"tiers": {"by": "count", "of": "agent", "mode": "whole"}}, "tiers", "no steps"),
        (
            {"tiers": {"by": "count", "of": "agent", "mode": "whole", "steps": [["2"]]}},
            "tiers",
            "no steps",
        ),
        (
            {"tiers": {"by": "count", "of": "agent", "mode": "whole", "steps": [["2.5", 1]]}},
            "tiers",
            "start",
        ),
        (
            {"tiers": {"by": "volume", "of": "agent", "mode": "whole", "steps": [[5, 1], [5, 2]]}},
            "tiers",
            "not rising",
        ),
    ],
)  # fmt: skip
def test_data_that_make_no_plan(data, field, why):
    if field is None:
        assert plan(**data).by_type == {}
        return
    with pytest.raises(PlanError) as refused:
        plan(**data)
    assert (refused.value.field, refused.value.why) == (field, why)
    assert str(refused.value) == f"{field}: {why}"


def test_a_plan_says_nothing_by_default_and_everything_is_released_at_once():
    bare = plan()
    assert bare == Plan(Rate("percent", Fraction(1)))
    assert bare.milestones == (Milestone("subscription", Fraction(100)),)
    assert bare.override_on_top is False
    assert schedule.unlocked(bare.milestones, bare.holdback, Progress()) == 1


def test_a_plan_reads_as_it_was_written():
    assert plan(
        by_type={"車位": {"amount": str(10**15)}, "商鋪": {"permille": "1000"},
                 "公寓": {"rent_months": "120"}, "兩房": {"percent": " 100 "}},
        tiers={"by": "volume", "of": "project", "mode": "excess", "steps": [["2.5", "0.000001"]]},
        milestones=[
            {"at": "contract"},
            {"at": "contract", "percent": "40"},
            {"at": "payment", "percent": "35", "paid": "30"},
            {"at": "payment", "percent": "25", "paid": "pro_rata"},
        ],
        holdback="7", helper="3", introducer="2",
        pool={"percent": "6", "members": {"4": "1", "5": "2"}},
        override={"percent": "95", "to": "9", "on_top": True},
    ) == Plan(
        base=Rate("percent", Fraction(1)),
        by_type={
            "車位": Rate("amount", Fraction(10**15)), "商鋪": Rate("permille", Fraction(1000)),
            "公寓": Rate("rent_months", Fraction(120)), "兩房": Rate("percent", Fraction(100)),
        },
        tiers=schedule.Tiers(
            "volume", "project", "excess", ((Fraction("2.5"), Fraction(1, 10**6)),)
        ),
        milestones=(
            Milestone("contract", Fraction(0), Fraction(100)),
            Milestone("contract", Fraction(40), Fraction(100)),
            Milestone("payment", Fraction(35), Fraction(30)),
            Milestone("payment", Fraction(25), None),
        ),
        holdback=Fraction(7), helper=Fraction(3), introducer=Fraction(2), pool=Fraction(6),
        members={4: Fraction(1), 5: Fraction(2)},
        override=Fraction(95), override_to=9, override_on_top=True,
    )  # fmt: skip


def test_all_but_a_millionth_may_be_given_away():
    on_top = {"percent": "5", "to": 9, "on_top": True}
    assert plan(helper="99.999999", override=on_top).override == 5
    assert plan(helper="60", override={"percent": "39.999999", "to": 9}).helper == 60


def test_nothing_is_released_that_no_milestone_names():
    assert schedule.unlocked((), Fraction(0), Progress()) == Fraction(0)


def test_each_step_of_the_sum_is_shown():
    amount = plan(base={"amount": "500000"})
    halves = schedule.reckon(amount, sale(credit={A: 50, B: 50}))
    half = Fraction(1, 2)
    assert halves.slices == (
        Slice(A, half, Fraction(500_000), Fraction(250_000)),
        Slice(B, half, Fraction(500_000), Fraction(250_000)),
    )
    assert halves.parts == (Part(A, "agent", 250_000), Part(B, "agent", 250_000))


def test_a_tier_that_a_deal_of_several_agents_crosses():
    # 1,000.00 a deal up to two, 1,500.00 beyond: two deals are sold, of the next half is A's.
    amount = plan(
        base={"amount": "100000"},
        tiers={"by": "volume", "of": "agent", "mode": "excess",
               "steps": [[str(150 * WAN), "150000"]]},
    )  # fmt: skip
    two = [sale(), sale(key=2, credit={A: 100})]
    # One that ends at the very edge lies in one tier only.
    edge = sale(150 * WAN)
    assert len(schedule.reckon(amount, edge, schedule.tallies(amount, [edge])[1]).slices) == 1
    tally = schedule.tallies(amount, two)
    half = Fraction(1, 2)
    assert schedule.reckon(amount, two[0], tally[1]).slices == (
        Slice(A, Fraction(1), Fraction(100_000), Fraction(100_000)),
    )
    assert schedule.reckon(amount, two[1], tally[2]).slices == (
        Slice(A, half, Fraction(100_000), Fraction(50_000)),
        Slice(A, half, Fraction(150_000), Fraction(75_000)),
    )
    rent = plan(
        base={"rent_months": "1"},
        tiers={"by": "volume", "of": "agent", "mode": "excess", "steps": [[str(50 * WAN), "2"]]},
    )
    let = sale(credit={A: 50, B: 50}, rent_cents=WAN)
    # Each has 50 million cents of volume: all at the first rate. A second letting: all at the next.
    assert month(rent, let, sale(key=2, credit={A: 50, B: 50}, rent_cents=WAN)) == [WAN, 2 * WAN]
    # Alone, half of his first letting lies beyond already.
    assert month(rent, sale(rent_cents=WAN)) == [1_500_000]


def test_an_introducer_counts_where_both_the_deal_and_the_plan_name_him():
    assert parts(plan(), sale(introducer=C)) == {(A, "agent"): WAN}
    assert parts(plan(introducer="5"), sale()) == {(A, "agent"): WAN}


def test_a_pool_takes_nothing_from_the_helper():
    team = plan(helper="10", pool={"percent": "6", "members": {"4": 1}})
    assert parts(team, sale(helper=B)) == {
        (A, "agent"): 840_000, (B, "helper"): 100_000, (D, "pool"): 60_000,
    }  # fmt: skip


def test_one_agent_whose_deal_lies_in_two_tiers_has_one_part():
    volume = tiers([[str(50 * WAN), "2"]], by="volume", mode="excess")
    tally = schedule.tallies(volume, [sale()])[1]
    assert schedule.reckon(volume, sale(), tally).parts == (Part(A, "agent", 1_500_000),)
    helped = replace(volume, helper=Fraction(10))
    assert parts(helped, sale(helper=B), tally) == {
        (A, "agent"): 1_350_000, (B, "helper"): 150_000,
    }  # fmt: skip


def test_below_nothing_too_parts_sum_and_the_nearest_cent_is_taken():
    assert schedule.apportion(-3, {A: Fraction(1), B: Fraction(1)}) == {A: -1, B: -2}
    assert [schedule.half_up(Fraction(n, 10)) for n in (-7, -5, -4, 4, 5)] == [-1, 0, 0, 0, 1]


# --- After a person's adjustments -----------------------------------------------------------------

MINE = [Part(A, "agent", 1_001), Part(A, "helper", 10), Part(B, "agent", 500), Part(C, "pool", 1)]


@pytest.mark.parametrize(
    ("adjusted", "changed"),
    [
        ([], {}),
        ([Adjusted(A, cents=-1)], {(A, "agent"): 1_000}),
        ([Adjusted(D, cents=7)], {(D, "agent"): 7}),
        ([Adjusted(C, cents=7)], {(C, "agent"): 7}),
        ([Adjusted(A)], {}),
        # Half of 10.01 is 5.005 → 5.01 taken; of 0.10, 0.05.
        ([Adjusted(A, percent=50)], {(A, "agent"): 500, (A, "helper"): 5}),
        ([Adjusted(A, to=B, percent=100)],
         {(A, "agent"): 0, (A, "helper"): 0, (B, "agent"): 1_511}),
        ([Adjusted(A, to=D, percent=100)],
         {(A, "agent"): 0, (A, "helper"): 0, (D, "agent"): 1_011}),
        ([Adjusted(C, percent=100)], {(C, "pool"): 0}),
        ([Adjusted(C, percent=100), Adjusted(C, to=D, percent=100)], {(C, "pool"): 0}),
        ([Adjusted(D, percent=100)], {}),
        ([Adjusted(B, percent=0)], {}),
        # In their order: first 1.00 more, then everything to C; what D owes cannot be forfeited.
        ([Adjusted(B, cents=100), Adjusted(B, to=C, percent=100), Adjusted(D, cents=-5),
          Adjusted(D, to=C, percent=100)],
         {(B, "agent"): 0, (C, "agent"): 600, (D, "agent"): -5}),
    ],
)  # fmt: skip
def test_what_everybody_is_due_after_adjustments(adjusted, changed):
    untouched = {(part.agent, part.role): part.cents for part in MINE}
    assert schedule.due(MINE, adjusted) == untouched | changed


@pytest.mark.parametrize(
    ("due", "paid", "free", "contested", "balance"),
    [
        (1_000, 0, 0, False, Balance(pending=1_000)),
        (1_000, 0, "1/2", False, Balance(pending=500, released=500)),
        (1_001, 100, "1/2", False, Balance(pending=500, released=401, paid=100)),
        (1_000, 1_000, 1, False, Balance(paid=1_000)),
        # Paid too much: he owes it.
        (1_000, 700, "1/2", False, Balance(pending=500, released=-200, paid=700)),
        # Below nothing there is nothing to wait for.
        (-300, 0, "1/2", False, Balance(released=-300)),
        (-300, 200, 0, False, Balance(released=-500, paid=200)),
        (0, 0, "1/2", False, Balance()),
        (1, 0, 0, False, Balance(pending=1)),
        # Contested: all that is not paid is held, whatever was released.
        (1_000, 0, 1, True, Balance(held=1_000)),
        (1_000, 300, 1, True, Balance(held=700, paid=300)),
        (1_000, 1_000, 1, True, Balance(paid=1_000)),
        (1_000, 1_200, 1, True, Balance(released=-200, paid=1_200)),
        (-300, 0, 1, True, Balance(released=-300)),
    ],
)  # fmt: skip
def test_where_the_cents_lie(due, paid, free, contested, balance):
    found = schedule.lies(due, paid, Fraction(free), contested=contested)
    assert found == balance
    assert found.sum == due


def test_what_cannot_be_divided():
    with pytest.raises(ValueError, match="33, not 100"):
        schedule.split(1, {A: 33})
    with pytest.raises(ValueError, match="nobody"):
        schedule.apportion(1, {})
    with pytest.raises(ValueError, match=r"^a weight is negative$"):
        schedule.apportion(1, {A: Fraction(-1), B: Fraction(2)})
    assert schedule.apportion(0, {A: Fraction(0)}) == {A: 0}


# --- Whatever the plan ----------------------------------------------------------------------------

percents = st.integers(0, 1000).map(
    lambda n: str(Fraction(n, 100)) if n % 100 == 0 else f"{n / 100:.2f}"
)


@st.composite
def credits_of(draw):
    people = draw(st.lists(st.sampled_from([A, B, C]), min_size=1, max_size=3, unique=True))
    cuts = sorted(
        draw(st.lists(st.integers(0, 100), min_size=len(people) - 1, max_size=len(people) - 1))
    )
    ends = [0, *cuts, 100]
    return {who: ends[n + 1] - ends[n] for n, who in enumerate(people)}


@st.composite
def plans(draw):
    data = {"base": {draw(st.sampled_from(["percent", "permille"])): draw(percents)}}
    if draw(st.booleans()):
        by = draw(st.sampled_from(["count", "volume"]))
        starts = st.integers(1, 6) if by == "count" else st.integers(1, 900 * WAN)
        steps = sorted(draw(st.lists(starts, min_size=1, max_size=3, unique=True)))
        data["tiers"] = {
            "by": by,
            "of": draw(st.sampled_from(["agent", "project"])),
            "mode": draw(st.sampled_from(["whole", "excess"])),
            "steps": [[start, draw(percents)] for start in steps],
        }
    data["helper"], data["introducer"] = draw(percents), draw(percents)
    data["pool"] = {"percent": draw(percents), "members": {"4": 1, "5": draw(st.integers(0, 3))}}
    data["override"] = {"percent": draw(percents), "to": 9, "on_top": draw(st.booleans())}
    data["holdback"] = draw(percents)
    return Plan.of(data)


sales = st.lists(
    st.tuples(
        st.integers(1, 999 * WAN), credits_of(), st.none() | st.just(D), st.none() | st.just(E)
    ),
    min_size=1,
    max_size=7,
)


@given(plans(), sales)
def test_parts_always_sum_and_none_is_negative(plan, drawn):
    found = [
        Sale(n, price, credit, helper=h, introducer=i)
        for n, (price, credit, h, i) in enumerate(drawn)
    ]
    tally = schedule.tallies(plan, found)
    for one in found:
        reckoned = schedule.reckon(plan, one, tally.get(one.key))
        assert sum(part.cents for part in reckoned.parts) == reckoned.cents
        assert all(part.cents > 0 for part in reckoned.parts)
        assert sum(piece.share for piece in reckoned.slices) == 1


@given(plans(), sales)
def test_the_tally_of_a_month_has_no_gaps(plan, drawn):
    found = [Sale(n, price, credit) for n, (price, credit, _h, _i) in enumerate(drawn)]
    reached = {}
    for one in found:
        for who, tally in schedule.tallies(plan, found).get(one.key, {}).items():
            assert tally.before == reached.get(who, 0)
            whole = 1 if plan.tiers.by == "count" else one.price_cents
            share = Fraction(one.credit[who], 100) if who else Fraction(1)
            reached[who] = tally.before + whole * share
            assert tally.total >= reached[who]


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(any))
def test_no_part_is_a_whole_cent_away_from_its_due(cents, weights):
    given_ = {n: Fraction(weight) for n, weight in enumerate(weights)}
    found = schedule.apportion(cents, given_)
    assert sum(found.values()) == cents
    for key, part in found.items():
        assert abs(part - given_[key] * cents / sum(weights)) < 1


@given(
    st.integers(0, 10**10),
    st.lists(st.integers(0, 120), min_size=2, max_size=6).map(sorted),
    st.integers(0, 100),
)
def test_what_is_done_releases_more_and_never_too_much(cents, paid, holdback):
    flowing = (*HALVES[1:2], Milestone("payment", Fraction(50), None))
    free = [
        schedule.released(
            cents,
            schedule.unlocked(
                flowing,
                Fraction(holdback),
                Progress(contract=True, paid_cents=share, price_cents=100),
            ),
        )
        for share in paid
    ]
    assert free == sorted(free)
    assert free[-1] <= cents
    done = Progress(contract=True, handover=True, paid_cents=100, price_cents=100)
    assert schedule.released(cents, schedule.unlocked(flowing, Fraction(holdback), done)) == cents


def test_a_tier_never_crossed_backwards_pays_the_base():
    assert list(
        tiers([["2", "2"]], mode="excess").tiers.rates(
            Fraction(1), Tally(Fraction(0), Fraction(0)), Fraction(0)
        )
    ) == [(1, 1)]
