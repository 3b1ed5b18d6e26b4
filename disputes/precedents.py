"""How like two cases are by their facts, and what most of the like ones came to. Pure.

A case is a handful of named features, each a word and none of them a person's name. Two cases are
as like as the weights of what they have in common, out of a hundred; nothing is learned, so that
whoever reads a likeness can add it up himself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

WEIGHTS: Mapping[str, int] = {
    "clauses": 20,
    "knew": 18,
    "validity": 16,
    "deal": 14,
    "favours": 10,
    "gap": 8,
    "relation": 6,
    "late": 4,
    "channels": 4,
}
"""What each feature counts for, out of a hundred. Only cases of one kind are compared."""
GAPS = (("same_day", 0), ("days", 3), ("week", 7), ("fortnight", 15), ("month", 31))
"""Up to how many days between the two receptions each word goes; beyond them it is `longer`."""
NO_GAP = "none"
LIKE = 70
"""From here on a case is like enough to be held against a draft."""
NEAREST = 6
FEWEST = 3
"""So many like cases make a habit; fewer are chance."""


@dataclass(frozen=True, slots=True)
class Features:
    """A case's facts as words, without a name in them.

    `clauses`: the ids by which it is open, in order. `gap`: how long after the first reception the
    later one came. `knew`: how the later agent knew of the first (`none`: he did not). `validity`:
    the first right when the matter came up. `deal`: who sold. `favours`: whom the policy favoured.
    `late`: whose entry was late. `relation`: by which link the matter was found. `channels`: how
    the client came to the first and to the later agent.
    """

    clauses: tuple[str, ...]
    gap: str
    knew: str
    validity: str
    deal: str
    favours: str
    late: str
    relation: str
    channels: str

    def as_data(self) -> dict[str, Any]:
        """As it is stored."""
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return data | {"clauses": list(self.clauses)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Features":
        """From what was stored. Raises KeyError, TypeError for anything else."""
        given = {field.name: data[field.name] for field in fields(cls)}
        return cls(**given | {"clauses": tuple(given["clauses"])})


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two cases are, out of a hundred, by what they share and by what they do not."""

    score: int
    shared: tuple[str, ...]
    """The features in common, the weightiest first."""
    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Habit:
    """What the like cases came to."""

    outcome: str
    """The outcome of most of them; empty where there is no such."""
    count: int
    of: int

    def departs(self, outcome: str) -> bool:
        """Would that outcome be another one than most of the like cases had?"""
        return bool(self.outcome and outcome and outcome != self.outcome)


def gap_of(days: int | None) -> str:
    """The word for so many days between two receptions; None: there was one only."""
    if days is None:
        return NO_GAP
    return next((word for word, most in GAPS if days <= most), "longer")


class Yardstick:
    """Weighs other cases of one kind against one. What was weighed once is not weighed again."""

    def __init__(self, one: Features) -> None:
        self.mine = {name: getattr(one, name) for name in WEIGHTS}
        self.weighed: dict[str, dict[Any, float]] = {name: {} for name in WEIGHTS}

    def score(self, data: Mapping[str, Any]) -> int:
        """How like it a case is, out of a hundred, by its features as they are stored."""
        total = 0.0
        for name, known in self.weighed.items():
            value = data[name]
            if name == "clauses":
                value = tuple(value)
            part = known.get(value)
            if part is None:
                part = known[value] = WEIGHTS[name] * _part(name, self.mine[name], value)
            total += part
        return int(total + 0.5)


def likeness(one: Features, two: Features) -> Likeness:
    """How like two cases of one kind are. The same whichever is named first."""
    same = [name for name in WEIGHTS if getattr(one, name) == getattr(two, name)]
    score = Yardstick(one).score(two.as_data())
    return Likeness(score, tuple(same), tuple(name for name in WEIGHTS if name not in same))


def _part(name: str, mine: Any, theirs: Any) -> float:
    """From 0 to 1: how far one feature is the same."""
    if mine == theirs:
        return 1
    if name == "clauses":
        return len({*mine} & {*theirs}) / len({*mine} | {*theirs})
    if name == "gap" and NO_GAP not in (mine, theirs):
        order = [*(word for word, _most in GAPS), "longer"]
        return 0.5 if abs(order.index(mine) - order.index(theirs)) == 1 else 0
    return 0


def habit(outcomes: Iterable[str]) -> Habit:
    """What most of these outcomes are: more than half of at least three."""
    counted = Counter(outcomes)
    total = counted.total()
    most, count = max(counted.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    if total < FEWEST or count * 2 <= total:
        return Habit("", count, total)
    return Habit(most, count, total)
