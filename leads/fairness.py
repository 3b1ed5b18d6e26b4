"""Whether receptions were spread as chance would spread them: exact arithmetic on counts. Pure.

Under chance each group that comes would be received by any of the agents on duty that day alike.
How many of a greeter's groups one agent would then get is a sum of independent draws with chances
of their own (a Poisson binomial), whose tail can be reckoned exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LEVEL = 0.05
"""So often at most may chance alone give a remark anywhere in a table."""
FEWEST = 5
"""Below so many groups nothing is remarked: there is nothing to see yet."""


@dataclass(frozen=True, slots=True)
class Reception:
    """A group that was received: who greeted it, who received it, who was on duty."""

    greeter: int
    agent: int
    on_duty: tuple[int, ...]
    named: bool = False
    """The client named the agent, as the greeter wrote it down."""
    steered: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A greeter and an agent: what there was, what chance would give, and how odd that is.

    `chance`: the probability that chance alone gives so many or more; `remark`: it is so small that
    somebody should look, with as many pairs in the table as there are.
    """

    greeter: int
    agent: int
    count: int
    named: int
    steered: int
    expected: float
    chance: float
    remark: bool

    @property
    def difference(self) -> float:
        """How many more than expected."""
        return self.count - self.expected


def pairs(receptions: Iterable[Reception]) -> list[Pair]:
    """Every greeter with every agent who was on duty with him or received for him.

    The level is shared among the pairs (Bonferroni), so that a long table does not accuse by its
    length. Greeters by key, within them the oddest first.
    """
    chances: dict[tuple[int, int], list[float]] = defaultdict(list)
    counts: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in receptions:
        agents = one.on_duty if one.agent in one.on_duty else (*one.on_duty, one.agent)
        for agent in agents:
            chances[one.greeter, agent].append(1 / len(agents))
        found = counts[one.greeter, one.agent]
        found[0] += 1
        found[1] += one.named
        found[2] += one.steered
    rows = []
    for (greeter, agent), drawn in chances.items():
        count, named, steered = counts[greeter, agent]
        chance = at_least(count, drawn)
        enough = len(drawn) >= FEWEST
        rows.append(
            Pair(
                greeter=greeter,
                agent=agent,
                count=count,
                named=named,
                steered=steered,
                expected=sum(drawn),
                chance=chance,
                remark=enough and chance < LEVEL / len(chances),
            )
        )
    return sorted(rows, key=lambda row: (row.greeter, row.chance, row.agent))


def at_least(count: int, chances: Sequence[float]) -> float:
    """The probability of at least `count` successes in independent draws, each by its chance."""
    if count <= 0:
        return 1.0
    if count > len(chances):
        return 0.0
    # Of each number of successes below `count` the probability so far; what leaves, has reached it.
    exactly = [1.0] + [0.0] * (count - 1)
    reached = 0.0
    for chance in chances:
        reached += exactly[-1] * chance
        for number in range(count - 1, 0, -1):
            exactly[number] = exactly[number] * (1 - chance) + exactly[number - 1] * chance
        exactly[0] *= 1 - chance
    return min(1.0, reached)


def fair_shares(days: Iterable[tuple[Sequence[int], int]]) -> Mapping[int, float]:
    """By agent, what an even spread would have given: for each day who was on duty and how many
    turns there were."""
    shares: dict[int, float] = defaultdict(float)
    for on_duty, turns in days:
        for agent in on_duty:
            shares[agent] += turns / len(on_duty)
    return shares
