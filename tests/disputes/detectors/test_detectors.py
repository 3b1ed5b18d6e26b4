"""Each detector on a few rows: what it finds, what it leaves alone, and just beside the line."""

from dataclasses import replace
from datetime import timedelta

import pytest

from disputes.detectors import follow_ups, late_entry, notice, steering, tied_buyer, units
from disputes.detectors.models import DetectorName
from disputes.detectors.registry import DETECTORS, find_all
from disputes.detectors.rows import Greeting, Renaming, Rows
from disputes.detectors.ties import MOST_STEPS, STRENGTH, Net
from disputes.detectors.wording import OTHERWISE, TIES, WHAT
from disputes.models import CaseKind
from tests.bench.offices import Office

from .story import AN, BO, CAI, WU, YE, ZHOU, called, came, holds, on, rows, sold, stays, tie, told

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
COPY = "已電話聯繫客戶，客戶表示仍在考慮，約下週再次聯繫"


def found(detector, *story):
    return list(detector.find(rows(*story)))


class TestADealAfterANotice:
    held = holds(YE, AN, 0, 30)

    def test_while_the_other_one_held_him(self):
        deal = sold(YE, BO, 9)
        (one,) = found(notice, self.held, told(YE, BO, 5), deal)
        assert (one.agent, one.party, one.affected) == (BO, YE, (AN,))
        assert deal.fact in one.facts
        assert one.score == notice.WHILE_HELD

    def test_the_moment_of_the_deal_is_no_notice_before_it(self):
        assert not found(notice, self.held, told(YE, BO, 9), sold(YE, BO, 9))

    def test_on_behalf_of_the_owner(self):
        assert not found(notice, self.held, told(YE, BO, 5), sold(YE, BO, 9, assisting=True))

    def test_another_who_was_told_did_not_sell(self):
        assert not found(notice, self.held, told(YE, CAI, 5), sold(YE, BO, 9))

    def test_who_was_told_before_anybody_held_him_was_not_told_of_anybody(self):
        assert not found(notice, holds(YE, AN, 6, 30), told(YE, BO, 5), sold(YE, BO, 9))

    @pytest.mark.parametrize(("day", "is_found"), [(37, True), (37.01, False)])
    def test_at_once_after_the_last_day_is_within_a_week(self, day, is_found):
        assert bool(found(notice, self.held, told(YE, BO, 5), sold(YE, BO, day))) is is_found

    def test_contact_in_secret_says_more(self):
        (plain,) = found(notice, self.held, told(YE, BO, 5), sold(YE, BO, 31))
        (secret,) = found(notice, self.held, told(YE, BO, 5), came(YE, BO, 8), sold(YE, BO, 31))
        assert secret.score - plain.score == notice.CONTACT
        assert [clue.what for clue in secret.path] == ["told", "received", "lapsed", "sold"]

    def test_whom_a_person_gave_the_client(self):
        given = holds(YE, BO, 8, given=8)
        story = holds(YE, AN, 0, 8), given, told(YE, BO, 5), sold(YE, BO, 9)
        assert not found(notice, *story)

    def test_a_ruling_after_the_deal_does_not_undo_it(self):
        given = holds(YE, BO, 8, given=20)
        assert found(notice, holds(YE, AN, 0, 8), given, told(YE, BO, 5), sold(YE, BO, 9))


class TestATiedBuyer:
    def story(self, *kinds, day=9, fresh=7, **given):
        return [
            came(YE, AN, 0), holds(YE, AN, 0, 30), came(ZHOU, BO, day - fresh),
            sold(ZHOU, BO, day, **given), *(tie(kind, YE, ZHOU) for kind in kinds),
        ]  # fmt: skip

    def test_the_payers_telephone_is_anothers_client(self):
        (one,) = found(tied_buyer, *self.story("payer_phone"))
        assert (one.agent, one.party, one.affected) == (BO, ZHOU, (AN,))
        assert one.parties == (ZHOU, YE)
        assert "tie" in [clue.what for clue in one.path]

    @pytest.mark.parametrize("kind", [k for k, strength in STRENGTH.items() if strength < 0.5])
    def test_a_weak_tie_alone_is_not_enough(self, kind):
        assert not found(tied_buyer, *self.story(kind))

    def test_two_ties_support_each_other(self):
        assert found(tied_buyer, *self.story("brought", "friend"))

    def test_over_a_third_person(self):
        story = self.story()
        path = tie("phone", YE, WU), tie("payer_phone", WU, ZHOU)
        (one,) = found(tied_buyer, *story, *path)
        assert one.parties == (ZHOU, WU, YE)
        assert MOST_STEPS == 2
        further = tie("phone", YE, 40), tie("phone", 40, WU), tie("phone", WU, ZHOU)
        assert not found(tied_buyer, *story, *further)

    def test_a_kinsman_who_has_bought_his_own(self):
        assert not found(tied_buyer, *self.story("family"), sold(YE, AN, 5))

    def test_but_not_one_whose_deal_was_called_off(self):
        assert found(tied_buyer, *self.story("family"), sold(YE, AN, 5, cancelled=True))

    @pytest.mark.parametrize(("fresh", "is_found"), [(10, True), (10.5, False)])
    def test_who_had_been_coming_for_long_needs_more(self, fresh, is_found):
        assert bool(found(tied_buyer, *self.story("family", day=20, fresh=fresh))) is is_found

    def test_a_closer_who_knew_of_the_client(self):
        story = self.story("family", day=20, fresh=15)
        assert found(tied_buyer, *story, told(YE, BO, 16))

    def test_his_own_client_is_nobody_elses(self):
        story = [came(YE, BO, 0), holds(YE, BO, 0, 30), came(ZHOU, BO, 5), sold(ZHOU, BO, 9)]
        assert not found(tied_buyer, *story, tie("phone", YE, ZHOU))

    @pytest.mark.parametrize(("until", "is_found"), [(20, True), (19, False)])
    def test_a_right_that_ended_a_month_before(self, until, is_found):
        story = [
            came(YE, AN, 0), holds(YE, AN, 0, until), came(ZHOU, BO, 45), sold(ZHOU, BO, 49.5),
            tie("phone", YE, ZHOU),
        ]  # fmt: skip
        assert bool(found(tied_buyer, *story)) is is_found

    def test_who_came_after_the_buyer_was_not_hidden_behind_him(self):
        story = [came(ZHOU, BO, 0), came(YE, AN, 2), holds(YE, AN, 2, 30), sold(ZHOU, BO, 9)]
        assert not found(tied_buyer, *story, tie("phone", YE, ZHOU))


class TestUnits:
    def test_three_in_turn_by_connected_people(self):
        turns = stays("1202", YE, 0, 7), stays("1202", ZHOU, 8, 14), stays("1202", YE, 15, 20)
        (one,) = found(units, *turns, tie("address", YE, ZHOU))
        assert one.score == units.SCORES["in_turn"]
        assert one.party == YE
        assert set(one.parties) == {YE, ZHOU}

    def test_strangers_in_turn(self):
        turns = stays("1202", YE, 0, 7), stays("1202", ZHOU, 8, 14), stays("1202", WU, 15, 20)
        assert not found(units, *turns)

    @pytest.mark.parametrize(("until", "is_found"), [(12, False), (12.1, True)])
    def test_two_together_for_nearly_two_weeks(self, until, is_found):
        turns = stays("1202", YE, 0, 6), stays("1202", ZHOU, 6.1, until)
        assert bool(found(units, *turns, tie("family", YE, ZHOU))) is is_found

    def test_a_couple_who_sign(self):
        deal = {"deal": 7, "contracted": on(15)}
        turns = stays("1202", YE, 0, 7), stays("1202", ZHOU, 8, **deal)
        assert not found(units, *turns, tie("family", YE, ZHOU))

    @pytest.mark.parametrize(("again", "is_found"), [(10, True), (10.1, False)])
    def test_what_was_on_the_market_in_between(self, again, is_found):
        turns = stays("1202", YE, 0, 7), stays("1202", ZHOU, again, 20)
        assert bool(found(units, *turns, tie("family", YE, ZHOU))) is is_found

    def test_a_move_to_another_unit(self):
        turns = stays("1202", YE, 0, 7, moved=True), stays("1202", ZHOU, 8, 16)
        assert not found(units, *turns, tie("family", YE, ZHOU))

    def passed(self, times):
        for n in range(times):
            yield stays(f"12{n:02d}", YE, 3 * n, 3 * n + 1)
            yield stays(f"12{n:02d}", 50 + n, 3 * n + 1.2)

    @pytest.mark.parametrize(("times", "is_found"), [(2, False), (3, True)])
    def test_unit_after_unit_passed_on(self, times, is_found):
        got = found(units, *self.passed(times))
        assert bool(got) is is_found
        if is_found:
            assert got[0].party == YE

    @pytest.mark.parametrize(
        ("family", "contracted", "is_found"),
        [(False, None, True), (True, None, False), (False, 3, False), (False, 9, True)],
    )
    def test_another_name_before_the_contract(self, family, contracted, is_found):
        signed = None if contracted is None else on(contracted)
        one = Renaming(7, YE, AN, "1202", on(5), family=family, contracted=signed)
        assert bool(list(units.find(Rows(on(20), renamings=(one,))))) is is_found


class TestSteering:
    """Ten agents on duty, two greeters; the first greeter's groups mostly go to one agent."""

    duty = tuple(range(1, 11))
    monday = (on(0) - timedelta(days=on(0).weekday())).date()

    def groups(self, greeter, agents, *, named=False, day=None):
        return [
            Greeting(1000 * greeter + n, day or self.monday, greeter, agent, self.duty, named)
            for n, agent in enumerate(agents)
        ]

    def fed(self, count, of=40, **given):
        rest = [2 + n % 9 for n in range(of - count)]
        mine = self.groups(101, [1] * count + rest, **given)
        return [*mine, *self.groups(102, [1 + n % 10 for n in range(40)], day=given.get("day"))]

    def find(self, greetings, asof=20):
        return list(steering.find(Rows(on(asof), greetings=tuple(greetings))))

    def test_many_more_than_chance(self):
        (one,) = self.find(self.fed(20))
        assert one.key[:2] == (101, 1)
        assert one.concerns == (101,)
        assert one.path[0].values["count"] == 20

    def test_a_busy_greeter_who_spreads_them(self):
        assert not self.find(self.groups(101, [1 + n % 10 for n in range(400)]))

    def test_somewhat_more_may_be_chance(self):
        assert not self.find(self.fed(9))

    def test_named_like_everywhere(self):
        groups = [
            one
            for greeter in (101, 102)
            for one in self.groups(greeter, [1] * 20 + [2 + n % 9 for n in range(20)])
        ]
        everywhere = [replace(one, named=one.agent == 1) for one in groups]
        assert not self.find(everywhere)

    def test_named_by_one_greeter_alone(self):
        groups = [replace(one, named=one.greeter == 101 and one.agent == 1) for one in self.fed(25)]
        (one,) = self.find(groups)
        assert one.path[0].what == "named"

    def test_a_week_that_is_not_over_is_not_looked_at(self):
        later = self.monday + timedelta(days=14)
        assert not self.find(self.fed(20, day=later), asof=15)
        assert self.find(self.fed(20, day=later), asof=22)


class TestFollowUps:
    def sitting(self, count=6, gap=60, text=COPY, *, before=24, unreached=(), distinct=True):
        ends = on(30)
        begun = ends - timedelta(hours=before)
        return [
            called(
                100 + n if distinct else YE, AN, begun + n * gap * SECOND,
                text if isinstance(text, str) else text[n % len(text)],
                ends=ends, reached=n not in unreached,
            )
            for n in range(count)
        ]  # fmt: skip

    def test_quick_copied_and_everybody_reached(self):
        (one,) = found(follow_ups, self.sitting())
        assert one.score == 100
        assert one.agent == AN
        assert len(one.facts) == 6

    def test_real_calls_take_time_and_fail(self):
        words = ["考慮首付", "週末帶太太再來看一次房", "嫌東邊戶太貴，想看別的", "要我月底再打給他"]
        assert not found(follow_ups, self.sitting(gap=420, text=words, unreached=(1, 4)))

    def test_short_phrases_are_everybodys(self):
        assert not found(follow_ups, self.sitting(gap=420, text="再考慮"))

    @pytest.mark.parametrize(("gap", "is_found"), [(179, True), (180, False)])
    def test_three_minutes_are_a_call(self, gap, is_found):
        got = found(follow_ups, self.sitting(gap=gap, unreached=(5,)))
        assert bool(got) is is_found

    @pytest.mark.parametrize(("count", "is_found"), [(3, False), (4, True)])
    def test_fewer_than_four_are_no_burst(self, count, is_found):
        assert bool(found(follow_ups, self.sitting(count))) is is_found

    @pytest.mark.parametrize(("before", "is_found"), [(48, True), (49, False)])
    def test_two_days_are_the_end_of_a_period(self, before, is_found):
        assert bool(found(follow_ups, self.sitting(before=before))) is is_found

    def test_one_client_called_again_and_again_is_no_list(self):
        assert not found(follow_ups, self.sitting(distinct=False))

    def copies(self, count, elsewhere=0):
        days = [(n + 1) * 4 for n in range(count)]
        near = [called(100 + n, AN, on(d), COPY, ends=on(d + 1)) for n, d in enumerate(days)]
        other = [called(300 + n, AN, on(n), COPY, ends=on(n + 20)) for n in range(elsewhere)]
        return near + other

    @pytest.mark.parametrize(("count", "is_found"), [(5, False), (6, True)])
    def test_one_sentence_at_the_end_of_every_period(self, count, is_found):
        assert bool(found(follow_ups, self.copies(count))) is is_found

    def test_a_sentence_that_he_always_uses(self):
        assert not found(follow_ups, self.copies(6, elsewhere=4))

    def test_likeness_looks_through_punctuation(self):
        assert follow_ups.likeness([COPY, COPY.replace("，", "。 ")]) == 1.0
        assert follow_ups.likeness([COPY, "約好週六帶太太看三房，請我先算月供"]) < 0.5
        assert follow_ups.likeness([]) == 0.0


class TestLateEntries:
    def work(self, agent, *, after=2, witnessed=True, count=8):
        return [
            came(200 + n, agent, -n - 1, after=after, witnessed=witnessed) for n in range(count)
        ]

    def story(self, *, after=60, asked=True, **given):
        """An writes down a visit at once; Bo's «visit» was 40 minutes before it."""
        first = came(YE, AN, 1)
        late = came(YE, BO, 1 - 40 / 1440, after=42 + after, **given)
        question = told(YE, BO, 1 + 10 / 1440)
        return [first, late, *([question] if asked else [])]

    def test_asked_in_between_and_unlike_him(self):
        (one,) = found(late_entry, self.story(), self.work(BO))
        assert (one.agent, one.affected, one.party) == (BO, (AN,), YE)
        assert [clue.what for clue in one.path][:3] == ["entered", "asked", "entered"]

    def test_who_always_writes_in_the_evening(self):
        assert not found(late_entry, self.story(asked=False), self.work(BO, after=120))

    def test_a_group_that_the_counter_saw(self):
        assert not found(late_entry, self.story(witnessed=True), self.work(BO))

    @pytest.mark.parametrize(("after", "is_found"), [(120, True), (121, False)])
    def test_two_hours_are_soon(self, after, is_found):
        work = self.work(BO, witnessed=False)
        assert bool(found(late_entry, self.story(after=after, asked=False), work)) is is_found

    def test_an_entry_before_the_others_is_first(self):
        first = came(YE, AN, 1, after=60)
        early = came(YE, BO, 1 - 40 / 1440, after=45)
        assert not found(late_entry, first, early, self.work(BO))

    def test_one_that_does_not_claim_to_precede(self):
        later = came(YE, BO, 1 + 5 / 1440, after=60)
        assert not found(late_entry, came(YE, AN, 1), later, told(YE, BO, 1.01), self.work(BO))

    def test_little_is_known_of_a_newcomers_habits(self):
        assert not found(late_entry, self.story(asked=False), self.work(BO, count=4))


class TestTheRegistry:
    def test_every_detector_has_its_words_and_a_kind_of_case(self):
        assert set(DETECTORS) == set(DetectorName.values) == set(WHAT) == set(OTHERWISE)
        assert {one.kind for one in DETECTORS.values()} <= set(CaseKind.values)
        assert set(STRENGTH) == set(TIES)

    def test_nothing_is_found_in_nothing(self):
        assert not list(find_all(rows()))

    def test_the_same_rows_in_another_order_give_the_same_findings(self):
        simulated = Office(3, clients=120).grow().rows
        turned = replace(
            simulated, entries=simulated.entries[::-1], ties=simulated.ties[::-1],
            stays=simulated.stays[::-1], told=simulated.told[::-1],
        )  # fmt: skip
        assert {(one.detector, one.key) for one in find_all(simulated)} == {
            (one.detector, one.key) for one in find_all(turned)
        }


def test_ties_side_by_side_support_each_other_and_steps_weaken():
    net = Net([tie("address", YE, ZHOU), tie("identity", YE, ZHOU), tie("phone", ZHOU, WU)])
    near, far = net.path(YE, ZHOU), net.path(YE, WU)
    assert round(near.strength, 3) == 0.775
    assert round(far.strength, 3) == 0.62
    assert net.path(YE, 99) is None
