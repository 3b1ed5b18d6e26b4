"""The smallest change of facts that flips the owner, found by asking the engine again."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings

from attribution.policy.engine import decide
from attribution.policy.facts import Departure, Fact, FollowUp, Reception, Registration, Ruling
from attribution.policy.parameters import PRESETS, Policy, changed
from attribution.policy.whatif import Edit, smallest_change
from tests.factories.stories import LEADS, policies, stories

ZONE = ZoneInfo("Asia/Shanghai")
HOUSE = PRESETS["house"]


def on(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{hour:02}:00").replace(tzinfo=ZONE)


def visit(number: int, day: str, agent: str, **given: Any) -> Reception:
    return Reception(
        id=number, at=on(day), recorded=on(day), lead="wang", agent=agent, channel="visit", **given
    )


def follow_up(number: int, day: str, agent: str, **given: Any) -> FollowUp:
    return FollowUp(
        id=number, **{"at": on(day), "recorded": on(day)} | given, lead="wang", agent=agent
    )


def change(facts: list[Fact], asof: str, policy: Policy = HOUSE, **more: Any) -> Any:
    decision = decide(facts, policy, "wang", asof=on(asof), **more)
    return smallest_change(facts, policy, decision, **more)


def test_a_follow_up_by_the_last_day_would_have_kept_it() -> None:
    found = change([visit(1, "03-02", "jia"), visit(2, "04-08", "yi")], "04-20")
    assert found.edits == (
        Edit("follow_up", None, "jia", datetime(2026, 4, 2, 23, 59, tzinfo=ZONE)),
    )
    assert (found.decision.owner, found.decision.valid_until) == ("jia", date(2026, 5, 2))


def test_nobody_reached_or_written_down_too_late_would_have_counted() -> None:
    # A month more than the follow-up at the last minute would be needed by then.
    lapsed = [visit(1, "03-02", "jia"), follow_up(2, "03-20", "jia", reached=False)]
    two = change([*lapsed, visit(3, "05-20", "yi")], "05-25")
    assert [edit.what for edit in two.edits] == ["asked_for"]
    late = [visit(1, "03-02", "jia"), follow_up(2, "04-02", "jia", recorded=on("04-03"))]
    found = change(late, "04-05")
    assert [edit.what for edit in found.edits] == ["follow_up"]
    assert found.decision.owner == "jia"


def test_the_only_claim_would_be_nobodys_without_its_reception() -> None:
    found = change([visit(1, "03-02", "jia")], "03-05")
    assert found.edits == (Edit("not_recorded", 1, "jia", None),)
    assert found.decision.owner is None


def test_a_follow_up_that_had_reached_somebody_would_have_kept_it() -> None:
    # The last day is over by one extension already; only the one that reached nobody is missing.
    facts = [
        visit(1, "03-02", "jia"),
        follow_up(2, "03-20", "jia", reached=False),
        visit(3, "04-08", "yi"),
    ]
    every = changed(HOUSE, {"claim_back": None})
    without = [edit for edit in every_single(facts, "04-20", every) if edit.what == "reached"]
    assert without == [Edit("reached", 2, "jia", None)]


def test_a_follow_up_written_down_in_time_would_have_kept_it() -> None:
    facts = [
        visit(1, "03-02", "jia"),
        follow_up(2, "04-02", "jia", recorded=on("04-03")),
        visit(3, "04-08", "yi"),
    ]
    found = [edit for edit in every_single(facts, "04-20", HOUSE) if edit.what == "in_time"]
    assert found == [Edit("in_time", 2, "jia", on("04-02"))]


def every_single(facts: list[Fact], asof: str, policy: Policy) -> list[Edit]:
    """Every single edit that flips the owner, each tried alone."""
    from attribution.policy.whatif import _apply, _candidates

    decision = decide(facts, policy, "wang", asof=on(asof))
    return [
        candidate[0]
        for candidate in _candidates(facts, decision)
        if decide(_apply(facts, [candidate]), policy, "wang", asof=on(asof)).owner != decision.owner
    ]


def test_a_colleagues_follow_up_counts_for_whom_he_made_it() -> None:
    facts = [
        visit(1, "03-02", "jia"),
        follow_up(2, "03-20", "bing", on_behalf_of="jia", reached=False),
        visit(3, "04-08", "yi"),
    ]
    found = [edit for edit in every_single(facts, "04-20", HOUSE) if edit.what == "reached"]
    assert found == [Edit("reached", 2, "jia", None)]


def test_the_wish_of_a_client_who_came_back_would_have_decided() -> None:
    facts = [visit(1, "01-05", "jia"), visit(2, "03-08", "yi")]
    found = [edit for edit in every_single(facts, "03-20", HOUSE) if edit.what == "asked_for"]
    assert found == [Edit("asked_for", 2, "jia", None)]


def test_an_entry_with_traits_would_have_counted() -> None:
    entry = Registration(
        id=1, at=on("03-01"), recorded=on("03-01"), lead="wang", agent="jia", traits=""
    )
    found = change([entry, visit(2, "03-05", "yi")], "03-10")
    assert found.edits == (Edit("registered", 1, "jia", None),)
    assert (found.decision.owner, found.decision.valid_until) == ("jia", date(2026, 4, 5))


def test_in_an_office_of_hours_the_last_minute_is_meant() -> None:
    hours = changed(HOUSE, {"call_days": None, "visit_validity": "72 hours"})
    found = change([visit(1, "03-02", "jia"), visit(2, "03-08", "yi")], "03-20", hours)
    assert found.edits == (
        Edit("follow_up", None, "jia", datetime(2026, 3, 5, 9, 59, tzinfo=ZONE)),
    )
    assert found.decision.owner == "jia"


def test_what_was_not_known_yet_is_not_changed() -> None:
    facts = [visit(1, "03-02", "jia"), visit(2, "04-08", "yi")]
    # By what was known in March nothing that could be recorded then keeps it until late April.
    assert change(facts, "04-20", known_at=on("03-10")) is None
    assert change(facts, "03-10", known_at=on("03-10")).edits == (
        Edit("not_recorded", 1, "jia", None),
    )


def test_two_changes_are_tried_where_one_is_not_enough_and_no_more_than_asked() -> None:
    facts = [visit(1, "03-02", "jia"), visit(2, "03-03", "jia"), visit(3, "03-04", "jia")]
    decision = decide(facts, HOUSE, "wang", asof=on("03-10"))
    assert smallest_change(facts, HOUSE, decision, most=2) is None
    found = smallest_change(facts, HOUSE, decision, most=3)
    assert found is not None
    assert [(edit.what, edit.fact) for edit in found.edits] == [
        ("not_recorded", 1), ("not_recorded", 2), ("not_recorded", 3),
    ]  # fmt: skip
    assert found.decision.owner is None


def test_one_fact_is_not_changed_in_two_ways_at_once_and_the_others_are_tried() -> None:
    facts = [
        visit(1, "03-02", "jia"), follow_up(2, "03-03", "jia", reached=False),
        visit(3, "03-04", "jia"),
    ]  # fmt: skip
    assert [(edit.what, edit.fact) for edit in change(facts, "03-10").edits] == [
        ("not_recorded", 1), ("not_recorded", 3),
    ]  # fmt: skip


def tried(facts: list[Fact], asof: str) -> list[tuple[Edit, tuple[Fact, ...]]]:
    """Every edit that is tried, and what it adds."""
    from attribution.policy.whatif import _candidates

    decision = decide(facts, HOUSE, "wang", asof=on(asof))
    return [(edit, added) for edit, added, _ in _candidates(facts, decision)]


def test_what_is_tried() -> None:
    moment = datetime(2026, 4, 2, 23, 59, tzinfo=ZONE)
    kept = FollowUp(id="what-if 1", at=moment, recorded=moment, lead="wang", agent="jia")
    facts: list[Fact] = [visit(1, "03-02", "jia"), follow_up(2, "04-20", "jia")]
    without = [(Edit("not_recorded", n, "jia", None), ()) for n in (1, 2)]
    for asof in ("03-10", "04-02"):
        assert tried(facts, asof) == without, "not lapsed, no follow-up is missing"
    assert tried(facts, "04-03") == [(Edit("follow_up", None, "jia", moment), (kept,)), *without]
    left: list[Fact] = [
        facts[0],
        Departure(id=3, at=on("03-05"), recorded=on("03-05"), agent="jia"),
    ]
    assert tried(left, "04-03") == without[:1], "ended, and not by the calendar"
    entry = Registration(id=1, at=on("03-01"), recorded=on("03-01"), lead="wang", agent="jia")
    assert tried([entry], "03-10") == [
        (Edit("registered", 1, "jia", None), (replace(entry, traits="traits"),)),
        without[0],
    ]


def test_a_ruling_repeated_is_not_flipped_by_one_change() -> None:
    rulings: list[Fact] = [
        Ruling(id=n, at=on(f"03-0{n}"), recorded=on(f"03-0{n}"), lead="wang", owner="jia")
        for n in range(2, 7)
    ]
    facts = [visit(1, "03-01", "jia"), *rulings]
    assert change(facts, "03-20") is None


@given(stories(), policies())
@settings(max_examples=25)
def test_the_change_that_is_named_really_flips_the_owner(facts: list[Fact], preset: Any) -> None:
    end = max((fact.recorded for fact in facts), default=on("01-01"))
    for lead in LEADS:
        decision = decide(facts, preset, lead, asof=end)
        found = smallest_change(facts, preset, decision, most=2)
        if found is not None:
            assert found.decision.owner != decision.owner
            assert len(found.edits) <= 2
