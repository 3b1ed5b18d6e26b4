"""What joins two parties, how much each kind of tie says, and the path from one to another. Pure.

A strength is how far the tie alone speaks for one purchase by both, between 0 and 1. It is an
office's judgement written down once, not a measured frequency; the benchmark shows what follows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from .rows import Tie

STRENGTH: Mapping[str, float] = {
    # Views for the other one, and says so.
    "proxy": 0.9,
    # One telephone answers for both; or the other's telephone stands at the payment.
    "phone": 0.8,
    "payer_phone": 0.8,
    "contact": 0.7,
    "noted": 0.6,
    # Relatives and one household often want a home each.
    "family": 0.55,
    "address": 0.5,
    # Four figures: among some hundred papers two agree by chance alone.
    "identity": 0.55,
    # A name may be another person's.
    "payer_name": 0.5,
    "brought": 0.4,
    "friend": 0.2,
    "colleague": 0.2,
}
MOST_STEPS = 2
"""Everybody is joined to everybody over three."""


@dataclass(frozen=True, slots=True)
class Path:
    """How one party is joined to another: for each step the ties that lead over it."""

    steps: tuple[tuple[Tie, ...], ...]
    parties: tuple[int, ...]
    """From the first to the last, both included."""

    @property
    def legs(self) -> Iterator[tuple[int, int, Tie]]:
        """Each tie on the way, from one party to the next; of several of one kind the first."""
        for (one, two), step in zip(pairwise(self.parties), self.steps, strict=True):
            for tie in {tie.kind: tie for tie in reversed(step)}.values():
                yield one, two, tie

    @property
    def strength(self) -> float:
        """How much it says: ties side by side support each other, steps weaken."""
        return prod(1 - prod(1 - STRENGTH[kind] for kind in _kinds(step)) for step in self.steps)


def _kinds(step: Iterable[Tie]) -> set[str]:
    return {tie.kind for tie in step}


class Net:
    """All ties, to be walked."""

    def __init__(self, ties: Iterable[Tie]) -> None:
        between: dict[int, dict[int, list[Tie]]] = defaultdict(lambda: defaultdict(list))
        for tie in ties:
            if tie.one != tie.two:
                between[tie.one][tie.two].append(tie)
                between[tie.two][tie.one].append(tie)
        self._between = between

    def paths(self, party: int) -> list[Path]:
        """The strongest path to each party within reach."""
        found: dict[int, Path] = {}
        edge = [Path((), (party,))]
        for _step in range(MOST_STEPS):
            longer = []
            for path in edge:
                for after, ties in self._between.get(path.parties[-1], {}).items():
                    if after in path.parties:
                        continue
                    further = Path((*path.steps, tuple(ties)), (*path.parties, after))
                    longer.append(further)
                    known = found.get(after)
                    if known is None or further.strength > known.strength:
                        found[after] = further
            edge = longer
        return list(found.values())

    def path(self, one: int, two: int) -> Path | None:
        """The strongest path between two parties within reach."""
        return next((path for path in self.paths(one) if path.parties[-1] == two), None)
