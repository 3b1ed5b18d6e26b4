"""Whole explanations, word for word: what the core wrote down for some stories, and nothing else.

A story's expectations name the outcome; here stands how it came about: each step with its clause,
the chain of claims, the open matters, each deal's reading, and why every other claimant fails.
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from attribution.policy.decision import Decision
from attribution.policy.engine import decide
from attribution.scenarios import Scenario, facts_of, read

STORIES = {story.id: story for path in sorted(Path("tests/scenarios").glob("*.yaml"))
           for story in read(path)}  # fmt: skip
EXPLAINED: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("explanations.yaml").read_text(encoding="utf-8")
)


def plain(value: Any) -> str:
    """A moment to the minute, a day, «–» for nothing."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


def shares(parts: Any) -> str:
    """«luo 60, sun 40»."""
    return ", ".join(f"{agent} {percent}" for agent, percent in parts.items())


def explained(decision: Decision) -> Iterator[str]:
    """The explanation of a decision, a line for each thing said."""
    yield f"{decision.lead} at {plain(decision.asof)}: {plain(decision.owner)}"
    for step in decision.steps:
        day = f" until {plain(step.last_day)}" if step.verb == "extends" else ""
        yield f"{step.fact} {step.clause} {step.verb} {plain(step.agent)}: {step.what}{day}"
    for claim in decision.chain:
        ended = f" ended {plain(claim.ended)} by {claim.ended_by}" if claim.ended else ""
        awaits = " awaits arrival" if claim.awaits_arrival else ""
        moved = f" extended from {plain(claim.extended_from)}" if claim.extended_from else ""
        counted = (
            f" {claim.extensions_since}x since {plain(claim.started)}" if claim.extensions else ""
        )
        until = plain(claim.ends_at or claim.last_day)
        yield (
            f"chain: {claim.agent} {claim.strength} {claim.state} from {plain(claim.begin)}"
            f" to {until} by {' '.join(claim.clauses)} on {claim.fact} under {claim.lead}"
            f"{moved}{counted}{awaits}{ended}"
        )
    for matter in decision.matters:
        yield f"open: {matter.name} for {matter.decider} since {matter.fact}"
    for deal in decision.deals:
        reading = deal.reading
        assert reading is not None, "a deal is always read"
        yield (
            f"deal {deal.fact}: credit {shares(deal.credit)}; commission {shares(deal.commission)};"
            f" {reading.basis} {reading.agent}/{plain(reading.other)} by {' '.join(deal.clauses)}"
        )
    for failure in decision.failures:
        yield (
            f"not {failure.agent} on {failure.fact}: {failure.clause} {failure.why} "
            f"{plain(failure.actual)} / {plain(failure.required)}"
        )
    for span in decision.ahead:
        yield f"ahead: {span.agent} {plain(span.since)} to {plain(span.until)} {plain(span.ends)}"
    if decision.waiting:
        yield f"waits by {decision.waiting}"


def explanation(story: Scenario, question: int) -> list[str]:
    """The explanation of a story at one of the moments that it asks about, counted from 1."""
    asked = story.expectations[question - 1]
    return [*explained(decide(facts_of(story), story.policy, asked.client, asof=asked.at))]


@pytest.mark.parametrize("name", EXPLAINED)
def test_a_story_is_explained_word_for_word(name: str) -> None:
    story, _, question = name.partition(" #")
    assert explanation(STORIES[story], int(question)) == EXPLAINED[name]
