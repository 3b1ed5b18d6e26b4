"""How long the rules take for a client with few facts and with many."""

from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter_ns
from zoneinfo import ZoneInfo

from attribution.policy.engine import decide
from attribution.policy.facts import Assist, Fact, FollowUp, Notice, Reception
from attribution.policy.parameters import policy

ZONE = ZoneInfo("Asia/Shanghai")
BEGAN = datetime(2026, 1, 5, 10, 0, tzinfo=ZONE)


def long_story(count: int) -> list[Fact]:
    """A client who is called every few days and comes now and then; a colleague helps."""
    facts: list[Fact] = []
    for number in range(count):
        at = BEGAN + timedelta(days=3 * number, minutes=7 * (number % 50))
        times = {"id": number, "at": at, "recorded": at + timedelta(minutes=4), "lead": 1}
        if number == 0 or number % 9 == 4:
            facts.append(Reception(**times, agent=1, channel="visit", phone_left=True))
        elif number % 10 == 7:
            facts.append(Assist(**times, agent=2, owner=1))
        elif number % 13 == 5:
            facts.append(Notice(**times, agent=3))
        else:
            facts.append(FollowUp(**times, agent=1, reached=number % 3 != 0))
    return facts


def only_read(facts: list[Fact]) -> int:
    """What any answer must at least do: look at every fact."""
    seen = 0
    for fact in facts:
        if fact.recorded >= fact.at and fact.lead == 1:  # type: ignore[attr-defined]
            seen += 1
    return seen


def microseconds(act: Callable[[], object], rounds: int) -> float:
    """The median of many rounds."""
    taken = []
    for _ in range(rounds):
        began = perf_counter_ns()
        act()
        taken.append(perf_counter_ns() - began)
    return median(taken) / 1000


def report(say: Callable[[str], object]) -> None:
    """Print the engine's numbers."""
    house = policy("house")
    say("decide(): the pure rules")
    for count in (20, 200):
        facts = long_story(count)
        asof = facts[-1].recorded
        rounds = 40_000 // count
        microseconds(lambda: decide(facts, house, 1, asof=asof), 20)  # noqa: B023
        whole = microseconds(lambda: decide(facts, house, 1, asof=asof), rounds)  # noqa: B023
        loop = microseconds(lambda: only_read(facts), rounds)  # noqa: B023
        say(
            f"  {count:>4} facts  {whole:9.0f} µs  {whole / count:6.2f} µs a fact"
            f"  {whole / loop:6.1f} × reading them"
        )
