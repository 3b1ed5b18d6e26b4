"""The smallest change of facts that flips the owner, found by asking the engine again."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings

from attribution.policy.engine import decide
from attribution.policy.facts import Fact, FollowUp, Reception, Ruling
from attribution.policy.parameters import PRESETS
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


def change(facts: list[Fact], asof: str) -> Any:
    decision = decide(facts, HOUSE, "wang", asof=on(asof))
    return smallest_change(facts, HOUSE, decision)


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
