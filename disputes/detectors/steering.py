"""One greeter feeds one agent beyond chance (sales/9): exact tails, shared among all questions.

Of each greeter's groups that named nobody, any agent on duty that day might have had each. Those
who named an agent are held against how often the other greeters' groups named him. The data are
cut after whole weeks, so that a quarter is looked at thirteen or fourteen times at most; the level
is shared among these looks, the two questions and the pairs of the table (Bonferroni), so that an
honest office meets a remark about once in twenty quarters.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from leads.fairness import LEVEL, Reception, at_least, pairs

from .rows import Clue, Finding, Greeting, Rows

NAME = "steering"

LOOKS = 14
QUESTIONS = 2
FEWEST = 8
"""So many receptions at least by one agent for one greeter: a habit, not a day."""
EXCESS = 1.4
"""So many times what chance would give: less moves nobody's commission."""


def find(rows: Rows) -> Iterator[Finding]:
    """A finding for each pair in each quarter."""
    by_quarter: dict[tuple[int, int], list[Greeting]] = defaultdict(list)
    whole_weeks = rows.asof.date() - timedelta(days=rows.asof.weekday())
    for one in rows.greetings:
        if one.day < whole_weeks:
            by_quarter[one.day.year, (one.day.month - 1) // 3 + 1].append(one)
    for quarter, found in by_quarter.items():
        yield from _quarter(quarter, sorted(found, key=lambda one: one.arrival))


def _quarter(quarter: tuple[int, int], greetings: Sequence[Greeting]) -> Iterator[Finding]:
    unnamed = [one for one in greetings if not one.named]
    table = pairs(
        Reception(one.greeter, one.agent, one.on_duty, steered=one.steered) for one in unnamed
    )
    level = LEVEL / (max(1, len(table)) * LOOKS * QUESTIONS)
    seen: set[tuple[int, int]] = set()
    for pair in table:
        if pair.chance < level and pair.count >= FEWEST and pair.count >= EXCESS * pair.expected:
            seen.add((pair.greeter, pair.agent))
            mine = [
                one for one in unnamed if (one.greeter, one.agent) == (pair.greeter, pair.agent)
            ]
            yield _finding(quarter, mine, pair.expected, pair.chance, "fed")
    for greeter, agent, expected, chance in _named(greetings, level):
        if (greeter, agent) not in seen:
            mine = [
                one
                for one in greetings
                if one.named and (one.greeter, one.agent) == (greeter, agent)
            ]
            yield _finding(quarter, mine, expected, chance, "named")


def _named(greetings: Sequence[Greeting], level: float) -> Iterator[tuple[int, int, float, float]]:
    """Pairs in which a greeter's groups name an agent oftener than the other greeters' groups."""
    total: dict[int, int] = defaultdict(int)
    named: dict[tuple[int, int], int] = defaultdict(int)
    for one in greetings:
        total[one.greeter] += 1
        named[one.greeter, one.agent] += one.named
    for (greeter, agent), count in named.items():
        others = sum(groups for other, groups in total.items() if other != greeter)
        elsewhere = sum(
            found for (other, whom), found in named.items() if whom == agent and other != greeter
        )
        # Laplace's rule: a rate that nobody has seen yet is small, not nothing.
        rate = (elsewhere + 1) / (others + 2)
        expected = rate * total[greeter]
        chance = at_least(count, [rate] * total[greeter])
        if chance < level and count >= FEWEST and count >= EXCESS * expected:
            yield greeter, agent, expected, chance


def _finding(
    quarter: tuple[int, int], mine: Sequence[Greeting], expected: float, chance: float, what: str
) -> Finding:
    greeter, agent = mine[0].greeter, mine[0].agent
    # From the level of a single look on, each factor of a thousand adds ten points.
    score = min(99, 70 + round(10 * max(0, _thousands(chance))))
    values = {
        "count": len(mine),
        "expected": round(expected, 1),
        "chance": float(f"{chance:.1g}"),
        "steered": sum(one.steered for one in mine),
        "until": max(one.day for one in mine).isoformat(),
        "quarter": f"{quarter[0]}-Q{quarter[1]}",
    }
    clues = [Clue(what, None, agent, greeter, values=values)]
    clues += [
        Clue("sent", None, agent, greeter, party=one.party, fact=one.fact,
             values={"day": one.day.isoformat(), "named": one.named})
        for one in mine[-SHOWN:]
    ]  # fmt: skip
    latest = next((one for one in reversed(mine) if one.party is not None), None)
    return Finding(
        NAME,
        (greeter, agent, *quarter),
        score,
        agent,
        None if latest is None else latest.party,
        facts=tuple(one.fact for one in mine if one.fact is not None),
        path=tuple(clues),
        concerns=(greeter,),
        parties=tuple(dict.fromkeys(one.party for one in mine if one.party is not None)),
    )


SHOWN = 12
"""So many of the receptions stand in the path; all of them among the facts."""


def _thousands(chance: float) -> int:
    """How many factors of a thousand a probability lies below one in ten thousand."""
    found = 0
    while chance < 1e-4 and found < 3:
        chance *= 1000
        found += 1
    return found
