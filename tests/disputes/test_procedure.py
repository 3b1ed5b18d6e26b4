"""The table of the procedure, walked through exhaustively: nothing binds whom nobody heard."""

from collections import deque
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from disputes import procedure
from disputes.procedure import (
    ANSWERS,
    BINDING,
    ENDS,
    GENERAL_MANAGER,
    MOVES,
    POLICY,
    STAGES,
    SUSPECTED,
    Act,
    Calendar,
    Course,
    Stakes,
    Standing,
)

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
WINDOW = timedelta(days=1)
PARTIES = (1, 2)
DECIDERS = (11, 12)
SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"))


def acts(now):
    """Everybody who could do something: each party, two deciders, a stranger, the calendar."""
    yield Act(now)
    for party in PARTIES:
        yield Act(now, party, conflicts=("parties",))
    for decider in DECIDERS:
        yield Act(now, decider, as_decider=True)
    yield Act(now, 11, as_decider=True, grave=True)
    yield Act(now, 11, as_decider=True, conflicts=("claimants",))
    yield Act(now, 99)


def heard(course, party):
    return replace(
        course,
        parties=tuple(replace(s, heard=True) if s.party == party else s for s in course.parties),
    )


def told(course, now):
    return replace(
        course,
        parties=tuple(
            replace(s, notified=now, due=now + WINDOW) if s.notified is None else s
            for s in course.parties
        ),
    )


def after(course, move, act):
    """The case after a move, with what the steps write down about its parties."""
    following = procedure.follow(course, move.event, act)
    if move.event in ("answer", "object"):
        following = heard(following, act.by)
        following = replace(following, objected=following.objected or move.event == "object")
    if move.event == "take_up":
        following = told(following, act.now)
    if following.stage != course.stage:
        following = replace(following, due=act.now + WINDOW, escalates=act.now + 2 * WINDOW)
    return following


@pytest.fixture(scope="module")
def walk():
    """Every step that can be taken from every state that can be reached."""
    return list(steps())


def steps():
    fresh = tuple(Standing(party) for party in PARTIES)
    begun = [
        (Course(stage, parties=fresh, negotiable=negotiable), START)
        for stage, negotiable in product((SUSPECTED, ANSWERS, POLICY), (False, True))
    ]
    begun += [(told(course, START), now) for course, now in begun if course.stage != SUSPECTED]
    begun.append((told(Course(ANSWERS, GENERAL_MANAGER, parties=fresh), START), START))
    seen, waiting = set(begun), deque(begun)
    while waiting:
        course, now = waiting.popleft()
        found = []
        if now < START + 2 * WINDOW:
            found.append((course, now + WINDOW))
        if course.is_open and any(s.notified is None for s in course.parties):
            found.append((told(course, now), now))
        if course.is_open:
            for move in MOVES:
                for act in acts(now):
                    if procedure.obstacles(course, move.event, act) != ():
                        continue
                    following = after(course, move, act)
                    yield course, move, act, following
                    found.append((following, now))
                    if move.event == "hear":
                        found += [(heard(following, party), now) for party in PARTIES]
        for state in found:
            if state not in seen and state[0].is_open:
                seen.add(state)
                waiting.append(state)


def test_no_path_binds_anybody_who_was_not_told_and_heard_or_silent_in_time(walk):
    ends = set()
    for course, move, act, following in walk:
        if following.stage not in BINDING:
            continue
        ends.add(following.stage)
        for standing in course.parties:
            assert standing.notified is not None, (course, move)
            assert standing.heard or standing.due <= act.now, (course, move)
    assert ends == set(BINDING)


def test_no_path_lets_the_wrong_one_decide(walk):
    for course, move, act, following in walk:
        if following.stage in ("ruled", "confirmed", "dismissed", "dropped"):
            assert act.as_decider, move
            assert not act.conflicts, move
        if move.event == "countersign":
            assert act.by != course.drafted_by
        if following.stage == "ruled" and act.grave:
            assert move.event == "countersign"
        if following.stage == "settled":
            assert course.signed >= set(PARTIES)
        if following.stage == "confirmed":
            assert not course.objected


def test_every_way_into_a_binding_end_stands_behind_the_guard():
    for move in MOVES:
        if move.target in BINDING:
            assert "heard_out" in move.guards, move


def test_the_table_names_only_what_there_is():
    known = {*STAGES, *ENDS, procedure.SAME, procedure.NEXT, procedure.INSTANCE}
    for move in MOVES:
        assert set(move.origins) <= set(STAGES)
        assert move.target in known
        assert set(move.guards) <= set(procedure.GUARDS)
    pairs = [(origin, move.event) for move in MOVES for origin in move.origins]
    assert len(pairs) == len(set(pairs)), "one line for an event at a stage"
    assert set(procedure.DAYS) == set(STAGES)
    for stage in STAGES:
        assert stage in procedure.PICTURE
    for move in MOVES:
        if move.target not in (procedure.SAME, "moot", "overtaken") and move.event != "aggravate":
            assert move.event in procedure.PICTURE, move.event


def test_every_stage_can_be_left_for_an_end():
    reach = {stage: set() for stage in STAGES}
    for move in MOVES:
        for origin in move.origins:
            targets = {
                procedure.SAME: set(),
                procedure.INSTANCE: {"supervisor", "general_manager"},
                procedure.NEXT: {"supervisor", "general_manager", "negotiation"},
            }.get(move.target, {move.target})
            reach[origin] |= targets
    for _ in STAGES:
        for stage, targets in reach.items():
            reach[stage] = targets.union(*(reach.get(target, set()) for target in targets))
    for stage in STAGES:
        assert reach[stage] & set(BINDING), stage


def test_an_answer_is_in_time_until_the_end_of_the_next_office_day():
    moment = datetime(2026, 3, 2, 15, 30, tzinfo=SHANGHAI.zone)
    due = procedure.answer_due(moment, SHANGHAI)
    assert due == datetime(2026, 3, 4, tzinfo=SHANGHAI.zone)
    standing = Standing(1, moment, due)
    assert not standing.had_his_say(due - timedelta(seconds=1))
    assert standing.had_his_say(due)


def test_closed_days_do_not_count():
    closed = Calendar(
        SHANGHAI.zone, holidays=frozenset({date(2026, 3, 4)}), weekly_rest=frozenset({5, 6})
    )
    monday = datetime(2026, 3, 2, 9, tzinfo=closed.zone)
    assert closed.after(monday, 2) == datetime(2026, 3, 6, tzinfo=closed.zone)
    friday = datetime(2026, 3, 6, 9, tzinfo=closed.zone)
    assert closed.after(friday, 1) == datetime(2026, 3, 10, tzinfo=closed.zone)
    assert closed.before(closed.after(friday, 1), 1) == datetime(2026, 3, 6, tzinfo=closed.zone)
    never = Calendar(SHANGHAI.zone, weekly_rest=frozenset(range(7)))
    assert never.after(monday, 1) == datetime(2026, 3, 4, tzinfo=never.zone)


@pytest.mark.parametrize("pattern", procedure.PATTERNS)
def test_each_pattern_of_conflict_is_seen(pattern):
    stakes = Stakes(**{pattern: frozenset({7})})
    assert procedure.conflicts(7, stakes) == (pattern,)
    assert procedure.conflicts(8, stakes) == ()


def test_an_overdue_case_goes_up_by_itself_and_only_then():
    course = Course("supervisor", due=START, escalates=START + WINDOW)
    assert procedure.by_itself(course, START) is None
    assert procedure.by_itself(course, START + WINDOW) == "escalate"
    up = procedure.follow(course, "escalate", Act(START + WINDOW))
    assert (up.stage, up.instance) == (GENERAL_MANAGER, GENERAL_MANAGER)


def act(by=None, **more):
    return Act(START, by, **more)


NOTIFIED = tuple(Standing(party, START, START + WINDOW) for party in PARTIES)
DONE = tuple(Standing(party, START, START + WINDOW, heard=True) for party in PARTIES)


@pytest.mark.parametrize(
    ("guard", "course", "doing", "stands"),
    [
        ("heard_out", Course(ANSWERS, parties=DONE), act(), True),
        ("heard_out", Course(ANSWERS, parties=(DONE[0], NOTIFIED[1])), act(), False),
        ("heard_out", Course(ANSWERS, parties=(Standing(1, heard=True),)), act(), False),
        ("heard_out", Course(ANSWERS, parties=(Standing(1, START, START),)), act(), True),
        ("heard_out", Course(ANSWERS, parties=(Standing(1, START),)), act(), False),
        ("party", Course(ANSWERS, parties=NOTIFIED), act(1), True),
        ("party", Course(ANSWERS, parties=NOTIFIED), act(3), False),
        ("party", Course(ANSWERS, parties=(Standing(1), NOTIFIED[1])), act(1), False),
        ("decider", Course(POLICY), act(9, as_decider=True), True),
        ("decider", Course(POLICY), act(9), False),
        ("impartial", Course(POLICY), act(9), True),
        ("impartial", Course(POLICY), act(9, conflicts=("parties",)), False),
        ("second_signature", Course(POLICY), act(9), True),
        ("second_signature", Course(POLICY), act(9, grave=True), False),
        ("another", Course("signature", drafted_by=11), act(12), True),
        ("another", Course("signature", drafted_by=11), act(11), False),
        ("another", Course("signature", drafted_by=11), act(), False),
        ("another", Course("signature"), act(), False),
        ("unopposed", Course(POLICY), act(), True),
        ("unopposed", Course(POLICY, objected=True), act(), False),
        ("all_signed", Course("negotiation", parties=DONE, signed=frozenset({1, 2})), act(), True),
        ("all_signed", Course("negotiation", parties=DONE, signed=frozenset({1})), act(), False),
        ("all_signed", Course("negotiation"), act(), False),
        ("party_decider_or_over", Course("facts", parties=NOTIFIED), act(2), True),
        ("party_decider_or_over", Course("facts", parties=NOTIFIED), act(3), False),
        ("party_decider_or_over", Course("facts", due=START), act(), True),
        ("party_decider_or_over", Course("facts", due=START + WINDOW), act(), False),
        ("party_decider_or_over", Course("facts"), act(), False),
        ("party_decider_or_over", Course("facts", due=START), act(3), False),
        ("party_decider_or_over", Course("facts"), act(9, as_decider=True), True),
        ("party_decider_or_over", Course("facts"),
         act(9, as_decider=True, conflicts=("paid",)), False),
        ("decider_or_long_over", Course("signature"), act(9, as_decider=True), True),
        ("decider_or_long_over", Course("signature", escalates=START), act(9), False),
        ("decider_or_long_over", Course("signature", escalates=START), act(), True),
        ("decider_or_long_over", Course("signature", escalates=START + WINDOW), act(), False),
        ("decider_or_long_over", Course("signature"), act(), False),
    ],
)  # fmt: skip
def test_each_guard_lets_pass_whom_it_should_and_nobody_else(guard, course, doing, stands):
    assert procedure.GUARDS[guard](course, doing) is stands


HEARD = Course("negotiation", parties=DONE, signed=frozenset({7}), drafted_by=8)


@pytest.mark.parametrize(
    ("course", "event", "doing", "changed"),
    [
        (HEARD, "answer", act(1), {}),
        (HEARD, "hear", act(9, as_decider=True), {}),
        (HEARD, "propose", act(1), {"signed": frozenset({1})}),
        (HEARD, "sign", act(2), {"signed": frozenset({7, 2})}),
        (HEARD, "fail", act(2), {"stage": "supervisor"}),
        (HEARD, "moot", act(), {"stage": "moot"}),
        (replace(HEARD, signed=frozenset(PARTIES)), "settle", act(), {"stage": "settled"}),
        (replace(HEARD, instance=GENERAL_MANAGER), "fail", act(1), {"stage": GENERAL_MANAGER}),
        (replace(HEARD, stage=POLICY), "object", act(1), {"stage": ANSWERS}),
        (replace(HEARD, stage=ANSWERS), "answers_in", act(), {"stage": "supervisor"}),
        (replace(HEARD, stage=ANSWERS, negotiable=True), "answers_in", act(),
         {"stage": "negotiation"}),
        (replace(HEARD, stage=ANSWERS, negotiable=True, instance=GENERAL_MANAGER), "answers_in",
         act(), {"stage": GENERAL_MANAGER}),
        (replace(HEARD, stage="facts", negotiable=True), "facts_in", act(1),
         {"stage": "supervisor"}),
        (replace(HEARD, stage="supervisor"), "draft", act(9, as_decider=True),
         {"stage": "signature", "drafted_by": 9}),
        (replace(HEARD, stage="supervisor"), "escalate", act(9, as_decider=True),
         {"stage": GENERAL_MANAGER, "instance": GENERAL_MANAGER}),
        (replace(HEARD, stage="signature"), "reject", act(9, as_decider=True),
         {"stage": "supervisor"}),
    ],
)  # fmt: skip
def test_a_move_changes_what_it_says_and_nothing_else(course, event, doing, changed):
    assert procedure.follow(course, event, doing) == replace(course, **changed)


def test_what_cannot_be_done_says_why():
    with pytest.raises(procedure.NoSuchMove, match=r"^rule at negotiation$"):
        procedure.follow(HEARD, "rule", act(9, as_decider=True))
    biased = act(9, conflicts=("parties",))
    assert procedure.obstacles(HEARD, "hear", biased) == ("decider", "impartial")
    with pytest.raises(procedure.Refused, match=r"^decider$") as refused:
        procedure.follow(HEARD, "hear", biased)
    assert refused.value.guard == "decider"


@pytest.mark.parametrize(
    ("course", "event"),
    [
        (replace(HEARD, stage=ANSWERS), "answers_in"),
        (replace(HEARD, stage=ANSWERS, parties=NOTIFIED), None),
        (replace(HEARD, signed=frozenset(PARTIES), due=START), "settle"),
        (replace(HEARD, due=START), "fail"),
        (replace(HEARD, due=START + WINDOW), None),
        (Course("facts", due=START), "facts_in"),
        (Course("signature", due=START), None),
        (Course("signature", escalates=START), "escalate"),
        (Course("ruled"), None),
    ],
)
def test_what_the_calendar_or_the_last_answer_brings_about(course, event):
    assert procedure.by_itself(course, START) == event


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_its_own_number_of_days(stage):
    moment = datetime(2026, 3, 2, 15, 30, tzinfo=SHANGHAI.zone)
    last = {"facts": 4, "signature": 4, SUSPECTED: 7, GENERAL_MANAGER: 7}.get(stage, 5)
    end = datetime(2026, 3, last + 1, tzinfo=SHANGHAI.zone)
    assert procedure.due(stage, moment, SHANGHAI) == end


def test_an_appeal_has_five_office_days():
    moment = datetime(2026, 3, 2, 15, 30, tzinfo=SHANGHAI.zone)
    assert procedure.appeal_due(moment, SHANGHAI) == datetime(2026, 3, 8, tzinfo=SHANGHAI.zone)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "UTC", "America/Los_Angeles"])
def test_days_are_those_of_the_office_wherever_the_moment_was_written_down(zone):
    office = Calendar(ZoneInfo(zone))
    for hour in (1, 12, 23):
        moment = datetime(2026, 3, 2, hour, tzinfo=office.zone).astimezone(SHANGHAI.zone)
        due = office.after(moment, 1)
        assert due == datetime(2026, 3, 4, tzinfo=office.zone)
        begin = office.before(due.astimezone(SHANGHAI.zone), 1)
        assert begin == datetime(2026, 3, 2, tzinfo=office.zone)
