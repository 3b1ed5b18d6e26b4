"""Whose turn it is: the rule by example, and what holds for every day at the counter."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from leads.rota import (
    PATIENCE,
    Arrived,
    Away,
    Back,
    Begun,
    Board,
    Call,
    Directed,
    Fact,
    Finished,
    Gone,
    MadeUp,
    Objected,
    OnDuty,
    Recorded,
    Serving,
    Skipped,
    Standing,
    board,
)

NINE = datetime(2026, 5, 12, 1, tzinfo=UTC)
ANN, BO, CHO, DAN = 1, 2, 3, 4
ALL = (ANN, BO, CHO, DAN)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def duty(minute: float = 0, agents: tuple[int, ...] = ALL) -> OnDuty:
    return OnDuty(at(minute), agents)


def seen(facts: Sequence[Fact], minute: float) -> Board:
    return board(facts, at(minute))


def called(facts: Sequence[Fact], minute: float) -> list[tuple[int, int | None, str]]:
    """Who is called for which group, and why."""
    return [(call.group, call.agent, call.why) for call in seen(facts, minute).waiting]


def received(group: int, agent: int, since: float, until: float, **came: object) -> list[Fact]:
    """A group that came, was received at once, and left."""
    return [
        Arrived(at(since), group, **came),  # type: ignore[arg-type]
        Begun(at(since), group, agent),
        Finished(at(until), group),
    ]


# ── By example ──


def test_nobody_has_come() -> None:
    empty = seen([duty()], 5)
    assert (empty.waiting, empty.serving) == ((), ())
    assert [one.agent for one in empty.next_up] == list(ALL)
    assert [one.place for one in empty.line] == [1, 2, 3, 4]


def test_the_first_in_order_is_called_and_the_next_follows() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10), Arrived(at(2), 11)]
    assert called(facts, 2) == [(10, ANN, "turn"), (11, BO, "turn")]
    assert [one.agent for one in seen(facts, 2).next_up] == [CHO, DAN]


def test_with_nobody_on_duty_the_group_waits() -> None:
    facts: list[Fact] = [Arrived(at(1), 10)]
    assert called(facts, 5) == [(10, None, "nobody")]
    assert called([*facts, duty(6)], 6) == [(10, ANN, "turn")]


def test_who_does_not_come_in_time_loses_the_turn() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10)]
    last = at(1) + PATIENCE
    assert board(facts, last - timedelta(seconds=1)).waiting[0].agent == ANN
    assert board(facts, last).waiting[0].agent == BO
    assert seen(facts, 5).standing_of(ANN).turns == 1  # type: ignore[union-attr]
    assert called(facts, 1 + 3 * 4) == [(10, None, "nobody")], "all were called, none came"
    later = [*facts, Begun(at(5), 10, BO), Arrived(at(6), 11)]
    assert called(later, 6) == [(11, CHO, "turn")], "the lost turn is not made up"


def test_whoever_comes_receives_and_the_one_called_loses_nothing() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10), Begun(at(2), 10, CHO), Arrived(at(3), 11)]
    assert called(facts, 3) == [(11, ANN, "turn")]


def test_a_skip_with_a_reason_keeps_the_turn_and_without_one_loses_it() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10)]
    for keeps, after in ((True, ANN), (False, CHO)):
        skipped = [*facts, Skipped(at(2), 10, ANN, keeps), *[Begun(at(3), 10, BO)]]
        assert seen(skipped, 3).reception_of(10).agent == BO  # type: ignore[union-attr]
        assert called([*skipped, Arrived(at(4), 11)], 4)[0][1] == after


def test_who_was_busy_makes_his_turn_up_first() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10), Begun(at(1), 10, ANN)]
    for group, agent in ((11, BO), (12, CHO), (13, DAN), (14, BO)):
        facts += received(group, agent, group, group + 0.5)
    facts += [Finished(at(20), 10)]
    standing = seen(facts, 20).next_up[0]
    assert (standing.agent, standing.owed) == (ANN, 1)
    assert called([*facts, Arrived(at(21), 15)], 21) == [(15, ANN, "make_up")]


def test_an_obligatory_reception_gives_the_turn_back() -> None:
    facts: list[Fact] = [
        duty(), *received(10, ANN, 1, 2), *received(11, BO, 3, 4),
        Recorded(at(5), 10, counts=False), Arrived(at(6), 12),
    ]  # fmt: skip
    assert called(facts, 6) == [(12, ANN, "make_up")]
    assert called([*facts, Recorded(at(7), 10, counts=False)], 7) == [(12, ANN, "make_up")], (
        "once only"
    )


def test_a_returning_client_goes_to_his_agent_and_is_no_turn() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10, asked_for=CHO, returning=True)]
    assert called(facts, 1) == [(10, CHO, "asked_for")]
    facts += [Begun(at(1), 10, CHO), Finished(at(9), 10)]
    assert seen(facts, 9).standing_of(CHO).turns == 0  # type: ignore[union-attr]


def test_who_was_said_to_be_returning_and_was_not_is_a_turn() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10, asked_for=CHO, returning=True)]
    facts += [Begun(at(1), 10, CHO), Recorded(at(2), 10, counts=True)]
    assert seen(facts, 9).standing_of(CHO).turns == 1  # type: ignore[union-attr]


def test_a_new_client_who_names_an_agent_is_his_turn() -> None:
    """Else naming, by arrangement with the greeter, would be a way to turns that cost nothing."""
    facts: list[Fact] = [duty(), Arrived(at(1), 10, asked_for=CHO), Begun(at(1), 10, CHO)]
    assert seen(facts, 9).standing_of(CHO).turns == 1  # type: ignore[union-attr]
    assert all(one.owed == 0 for one in seen(facts, 9).line), "the order has not passed anybody"


def test_who_asks_for_somebody_busy_or_away_is_received_by_the_order() -> None:
    for busy in ([Arrived(at(1), 9), Begun(at(1), 9, CHO)], [Away(at(1), CHO, keeps=True)]):
        facts: list[Fact] = [duty(), *busy, Arrived(at(2), 10, asked_for=CHO)]
        assert called(facts, 2) == [(10, ANN, "turn")]


def test_the_named_agent_who_does_not_come_loses_no_turn() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10, asked_for=CHO)]
    assert called(facts, 4) == [(10, ANN, "turn")]
    assert seen(facts, 4).standing_of(CHO).turns == 0  # type: ignore[union-attr]


def test_a_directed_group_waits_for_that_agent() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10), Directed(at(2), 10, DAN)]
    assert called(facts, 60) == [(10, DAN, "directed")]
    assert called([*facts, Arrived(at(3), 11)], 3)[1] == (11, ANN, "turn")
    assert called([*facts, Skipped(at(3), 10, DAN, keeps=True)], 3) == [(10, ANN, "turn")]


def test_whoever_was_called_and_gets_another_group_sent_is_called_no_more_for_the_first() -> None:
    facts: list[Fact] = [
        duty(), Arrived(at(1), 10), Arrived(at(1.5), 11), Directed(at(2), 11, ANN),
    ]  # fmt: skip
    assert [(group, agent) for group, agent, _ in called(facts, 2)] == [(10, BO), (11, ANN)]


def test_joint_reception_and_an_objection() -> None:
    facts: list[Fact] = [duty(agents=(ANN, BO)), *received(9, BO, 0, 100)[:2]]
    facts += [Arrived(at(1), 10), Begun(at(1), 10, ANN), Arrived(at(2), 11)]
    assert called(facts, 2) == [(11, None, "nobody")]
    joined = seen([*facts, Begun(at(3), 11, ANN, beside=10)], 3)
    assert joined.reception_of(11).beside == 10  # type: ignore[union-attr]
    objected = [*facts, Objected(at(3), 11, ANN), Finished(at(4), 10)]
    assert called(objected, 4) == [(11, None, "nobody")], "its agent is not asked again"
    assert called([*objected, Finished(at(5), 9)], 5)[0][1] == BO


def test_away_for_the_office_keeps_the_turns_and_away_for_oneself_does_not() -> None:
    for keeps, expected in ((True, (ANN, "make_up")), (False, (DAN, "turn"))):
        facts: list[Fact] = [duty(), Away(at(1), ANN, keeps)]
        for group, agent in ((10, BO), (11, CHO), (12, DAN), (13, BO), (14, CHO)):
            facts += received(group, agent, group, group + 0.5)
        facts += [Back(at(30), ANN), Arrived(at(31), 15)]
        [(_, agent, why)] = called(facts, 31)
        assert (agent, why) == expected
        if not keeps:
            standing = seen(facts, 31).standing_of(ANN)
            assert standing is not None
            assert (standing.turns, standing.owed) == (2, 0), "level, nothing to make up"


def test_whoever_joins_the_day_late_begins_level() -> None:
    facts: list[Fact] = [duty(agents=(ANN, BO))]
    for group in range(10, 20):
        facts += received(group, (ANN, BO)[group % 2], group, group + 0.5)
    facts += [duty(30, (ANN, BO, CHO))]
    standing = seen(facts, 30).standing_of(CHO)
    assert standing is not None
    assert (standing.turns, standing.owed) == (5, 0)


def test_a_group_that_goes_and_a_turn_given() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10), Gone(at(2), 10)]
    assert (seen(facts, 2).gone, seen(facts, 2).waiting) == ((10,), ())
    assert called([*facts, MadeUp(at(3), DAN), Arrived(at(4), 11)], 4)[0][1] == DAN


def test_facts_about_strangers_change_nothing() -> None:
    odd: list[Fact] = [
        Begun(at(1), 99, ANN), Finished(at(1), 99), Gone(at(1), 99),
        Recorded(at(1), 99, counts=False),
        Directed(at(1), 99, ANN), Skipped(at(1), 99, ANN, keeps=False), Objected(at(1), 99, ANN),
        Away(at(1), 77, keeps=True), Back(at(1), 77), MadeUp(at(1), 77),
    ]  # fmt: skip
    assert seen([duty(), *odd], 2) == seen([duty()], 2)


def test_whoever_is_not_on_duty_may_receive() -> None:
    facts: list[Fact] = [
        duty(),
        Arrived(at(1), 10),
        Begun(at(2), 10, 77),
        Recorded(at(3), 10, counts=False),
    ]
    assert seen(facts, 3).serving[0].agent == 77
    assert all(one.turns == 0 for one in seen(facts, 3).line)


def test_the_whole_counter_at_one_moment() -> None:
    facts: list[Fact] = [
        duty(), *received(10, ANN, 1, 2), Arrived(at(3), 11), Begun(at(4), 11, BO),
        Arrived(at(5), 12), Begun(at(5), 12, BO, beside=11), Away(at(6), CHO, keeps=True),
        Arrived(at(7), 13), Gone(at(8), 13), Arrived(at(9), 14),
    ]  # fmt: skip
    now = seen(facts, 9)
    assert now == Board(
        waiting=(Call(14, DAN, at(9), "turn", at(9) + PATIENCE),),
        serving=(
            Serving(11, BO, at(4), counts=True),
            Serving(12, BO, at(5), counts=True, beside=11),
        ),
        finished=(10,),
        gone=(13,),
        line=(
            Standing(CHO, 3, 0, 0, "away"), Standing(DAN, 4, 0, 0, "called"),
            Standing(ANN, 1, 1, 0, "free"), Standing(BO, 2, 2, 0, "serving"),
        ),
    )  # fmt: skip
    assert now.call_of(14) == now.waiting[0]
    assert now.reception_of(12) == now.serving[1]
    assert now.standing_of(DAN) == now.line[1]
    assert (now.call_of(10), now.reception_of(14), now.standing_of(77)) == (None, None, None)


def test_since_when_somebody_is_called() -> None:
    alone: list[Fact] = [duty(agents=(ANN,)), Arrived(at(1), 9), Begun(at(1), 9, ANN)]
    alone += [Arrived(at(2), 10), Arrived(at(3), 11)]
    assert seen(alone, 3).waiting == (
        Call(10, None, at(2), "nobody"), Call(11, None, at(3), "nobody"),
    )  # fmt: skip
    named: list[Fact] = [duty(), Arrived(at(1), 10, asked_for=BO), Arrived(at(2), 11)]
    assert seen(named, 2).waiting == (
        Call(10, BO, at(1), "asked_for", at(1) + PATIENCE),
        Call(11, ANN, at(2), "turn", at(2) + PATIENCE),
    )
    sent: list[Fact] = [duty(), Arrived(at(1), 10), Directed(at(2), 10, DAN), Arrived(at(3), 11)]
    assert seen(sent, 3).call_of(10) == Call(10, DAN, at(2), "directed")


def test_whoever_does_something_else_is_called_no_more_and_loses_nothing() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10), Arrived(at(1.5), 11)]
    began = [*facts, Begun(at(2), 11, ANN)]
    assert called(began, 2) == [(10, BO, "turn")]
    left = [*facts, Away(at(2), ANN, keeps=True)]
    assert called(left, 2) == [(10, CHO, "turn"), (11, BO, "turn")]
    relieved = [*facts, duty(2, (BO, CHO, DAN))]
    assert called(relieved, 2) == [(10, CHO, "turn"), (11, BO, "turn")]
    assert seen(left, 2).standing_of(ANN) == Standing(ANN, 1, 0, 0, "away")


def test_an_objection_to_the_one_called_keeps_his_turn() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10), Objected(at(2), 10, ANN)]
    assert called(facts, 2) == [(10, BO, "turn")]
    assert seen(facts, 2).standing_of(ANN) == Standing(ANN, 1, 0, 0, "free")


def test_whoever_was_not_called_and_does_not_take_a_group_changes_nothing() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10), Skipped(at(2), 10, BO, keeps=False)]
    assert seen(facts, 2).waiting == (Call(10, ANN, at(1), "turn", at(1) + PATIENCE),)
    assert seen(facts, 2).standing_of(BO) == Standing(BO, 2, 0, 0, "free")


def test_whoever_receives_is_back() -> None:
    facts: list[Fact] = [duty(), Away(at(1), ANN, keeps=True), *received(10, ANN, 2, 3)]
    assert seen(facts, 2).standing_of(ANN) == Standing(ANN, 1, 1, 0, "serving")
    assert seen(facts, 3).standing_of(ANN) == Standing(ANN, 1, 1, 0, "free")


def test_each_turn_given_is_one() -> None:
    facts: list[Fact] = [duty(), MadeUp(at(1), BO), MadeUp(at(2), BO)]
    assert [one.turns for one in seen(facts, 2).line] == [-2, 0, 0, 0]


def test_turns_lost_and_had_add_up_and_the_order_goes_past_who_is_away() -> None:
    facts: list[Fact] = [duty(agents=(ANN, BO)), Away(at(0), BO, keeps=True)]
    facts += [*received(10, ANN, 1, 2), *received(11, ANN, 3, 4), Arrived(at(5), 12)]
    assert seen(facts, 5).standing_of(BO) == Standing(BO, 2, 0, 1, "away")
    assert seen(facts, 8).standing_of(ANN) == Standing(ANN, 1, 3, 0, "free")
    assert seen(facts, 8).standing_of(BO) == Standing(BO, 2, 0, 2, "away")
    assert called([*facts, Back(at(9), BO)], 9) == [(12, BO, "make_up")]


def test_a_reception_that_counts_again_is_a_turn_of_the_order_again() -> None:
    facts: list[Fact] = [duty(agents=(ANN, BO)), Away(at(0), BO, keeps=True)]
    facts += [*received(10, ANN, 1, 2), *received(11, ANN, 3, 4)]
    for minute, counts, turns, owed in ((5, False, 1, 0), (6, True, 2, 1), (7, True, 2, 1)):
        facts.append(Recorded(at(minute), 10, counts=counts))
        assert seen(facts, minute).standing_of(ANN) == Standing(ANN, 1, turns, 0, "free")
        assert seen(facts, minute).standing_of(BO) == Standing(BO, 2, 0, owed, "away")


def test_what_is_written_down_is_shown_while_the_reception_goes_on() -> None:
    facts: list[Fact] = [duty(), Arrived(at(1), 10), Begun(at(1), 10, ANN)]
    for minute, counts in ((2, False), (3, True)):
        facts.append(Recorded(at(minute), 10, counts=counts))
        assert seen(facts, minute).serving == (Serving(10, ANN, at(1), counts),)


def test_alone_on_duty_nobody_goes_past_him() -> None:
    facts: list[Fact] = [duty(agents=(ANN,)), Arrived(at(1), 10)]
    assert called(facts, 1) == [(10, ANN, "turn")]
    assert seen(facts, 1).line == (Standing(ANN, 1, 0, 0, "called"),)


def test_whoever_joins_is_level_with_those_who_keep_their_turns() -> None:
    for keeps, turns in ((True, 1), (False, 2)):
        facts: list[Fact] = [duty(agents=(ANN, BO)), Away(at(0), ANN, keeps)]
        facts += [*received(10, BO, 1, 2), *received(11, BO, 3, 4)]
        joined = seen([*facts, duty(5, (ANN, BO, CHO))], 5)
        assert joined.standing_of(CHO) == Standing(CHO, 3, turns, 0, "free")
    # Whoever came back is counted again, however he left.
    facts = [duty(agents=(ANN, BO)), Away(at(0), ANN, keeps=False), Back(at(0), ANN)]
    facts += [*received(10, BO, 1, 2), *received(11, BO, 3, 4)]
    joined = seen([*facts, duty(5, (ANN, BO, CHO))], 5)
    assert joined.standing_of(CHO) == Standing(CHO, 3, 0, 0, "free")


# ── What holds for every day ──

steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["come", "come", "come", "named", "begin", "begin", "finish", "finish", "skip",
             "direct", "object", "go", "away", "back", "uncount", "wait"]
        ),
        st.integers(0, 7),
        st.booleans(),
    ),
    max_size=40,
)  # fmt: skip


def live(moves: list[tuple[str, int, bool]], agents: int) -> list[Fact]:
    """A day that could have been: each move done to what the board shows at its moment."""
    facts: list[Fact] = [duty(agents=tuple(range(1, agents + 1)))]
    group = 100
    for number, (move, pick, flag) in enumerate(moves, 1):
        now = at(number * 2)
        today = board(facts, now)
        waiting, serving, agent = today.waiting, today.serving, pick % agents + 1
        if move in ("come", "named"):
            group += 1
            facts.append(Arrived(now, group, agent if move == "named" else None, flag))
        elif move == "away":
            facts.append(Away(now, agent, flag))
        elif move == "back":
            facts.append(Back(now, agent))
        elif waiting and move in ("begin", "skip", "direct", "object", "go"):
            call = waiting[pick % len(waiting)]
            if move == "go":
                facts.append(Gone(now, call.group))
            elif move == "direct":
                facts.append(Directed(now, call.group, agent))
            elif move == "object" and serving:
                facts.append(Objected(now, call.group, serving[0].agent))
            elif call.agent is not None:
                skip = Skipped(now, call.group, call.agent, flag)
                facts.append(Begun(now, call.group, call.agent) if move == "begin" else skip)
        elif serving and move in ("finish", "uncount"):
            one = serving[pick % len(serving)]
            facts.append(
                Finished(now, one.group) if move == "finish" else Recorded(now, one.group, flag)
            )
    return facts


@given(steps, st.integers(1, 5))
def test_no_two_groups_call_one_agent_and_nobody_busy_is_called(
    moves: list[tuple[str, int, bool]], agents: int
) -> None:
    facts = live(moves, agents)
    today = board(facts, at(500))
    # Several may be told to wait for one agent; by the order each is called for one group.
    counted = Counter(
        call.agent for call in today.waiting if call.why not in ("directed", "nobody")
    )
    assert set(counted.values()) <= {1}
    for call in board(facts, facts[-1].at).waiting:
        if call.agent is not None and call.why != "directed":
            assert call.agent not in {one.agent for one in today.serving}
            standing = board(facts, facts[-1].at).standing_of(call.agent)
            assert standing is not None
            assert standing.state == "called"


@given(steps, st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_given_does_not_matter(
    moves: list[tuple[str, int, bool]], agents: int, random: Random
) -> None:
    facts = live(moves, agents)
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert board(shuffled, at(300)) == board(facts, at(300))


@given(steps, st.integers(1, 5), st.integers(0, 90))
def test_what_comes_later_changes_nothing_before(
    moves: list[tuple[str, int, bool]], agents: int, minute: int
) -> None:
    facts = live(moves, agents)
    until_then = [fact for fact in facts if fact.at <= at(minute)]
    assert board(facts, at(minute)) == board(until_then, at(minute))


@given(steps, st.integers(1, 5))
def test_whoever_is_called_by_the_order_has_had_no_more_turns_than_anybody_free(
    moves: list[tuple[str, int, bool]], agents: int
) -> None:
    facts = live(moves, agents)
    for came in (fact for fact in facts if isinstance(fact, Arrived)):
        today = board(facts, came.at)
        for call in today.waiting:
            if call.why not in ("turn", "make_up") or call.group != came.group:
                continue
            chosen = today.standing_of(call.agent or 0)
            assert chosen is not None
            skipped = {f.agent for f in facts if isinstance(f, (Skipped, Objected))}
            for one in today.next_up:
                if one.agent not in skipped:
                    assert (chosen.turns, chosen.place) <= (one.turns, one.place)


@given(st.integers(1, 6), st.lists(st.booleans(), max_size=40))
def test_on_a_quiet_day_everybody_gets_the_same_number_of_turns_but_one(
    agents: int, uncounted: list[bool]
) -> None:
    """Each reception is over before the next group comes; some turn out not to count."""
    facts: list[Fact] = [duty(agents=tuple(range(1, agents + 1)))]
    turns = dict.fromkeys(range(1, agents + 1), 0)
    for group, given_back in enumerate(uncounted, 1):
        facts.append(Arrived(at(group * 10), group))
        [call] = seen(facts, group * 10).waiting
        assert call.agent is not None
        facts += [Begun(at(group * 10 + 1), group, call.agent), Finished(at(group * 10 + 5), group)]
        if given_back:
            facts.append(Recorded(at(group * 10 + 6), group, counts=False))
        else:
            turns[call.agent] += 1
        assert max(turns.values()) - min(turns.values()) <= 1


@given(st.integers(2, 6), st.lists(st.integers(1, 120), min_size=1, max_size=30))
def test_however_long_receptions_last_the_turns_even_out_once_all_are_free(
    agents: int, minutes: list[int]
) -> None:
    facts: list[Fact] = [duty(agents=tuple(range(1, agents + 1)))]
    ends: list[tuple[int, int]] = []
    minute = 0
    for group, lasts in enumerate(minutes, 1):
        minute += 7
        facts.append(Arrived(at(minute), group))
        for until, done in sorted(ends):
            if until <= minute:
                facts.append(Finished(at(until), done))
        ends = [(until, done) for until, done in ends if until > minute]
        agent = seen(facts, minute).call_of(group).agent  # type: ignore[union-attr]
        if agent is not None:
            facts.append(Begun(at(minute), group, agent))
            ends.append((minute + lasts, group))
        else:
            facts.append(Gone(at(minute), group))
    minute += 200
    facts += [Finished(at(minute), group) for _, group in ends]
    group = 1000
    turns = sorted(one.turns for one in seen(facts, minute).line)
    for _ in range(sum(turns[-1] - one for one in turns)):
        group, minute = group + 1, minute + 10
        facts.append(Arrived(at(minute), group))
        agent = seen(facts, minute).waiting[0].agent
        assert agent is not None
        facts += [Begun(at(minute), group, agent), Finished(at(minute + 1), group)]
    turns = [one.turns for one in seen(facts, minute + 5).line]
    assert max(turns) - min(turns) <= 1


@given(steps, st.integers(1, 5))
def test_the_line_is_in_the_order_of_turns(moves: list[tuple[str, int, bool]], agents: int) -> None:
    line = board(live(moves, agents), at(200)).line
    assert len(line) == agents
    for one, two in pairwise(line):
        assert (one.turns, one.place) < (two.turns, two.place)
