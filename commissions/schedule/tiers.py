"""Jump tiers: the more was sold in the month, the higher the rate."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

By = Literal["count", "volume"]
Of = Literal["agent", "project"]
Mode = Literal["whole", "excess"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Where a sale stands in its month: what was sold before it, and by the month's end.

    Deals for tiers by count, cents of price for tiers by volume.
    """

    before: Fraction
    total: Fraction


@dataclass(frozen=True, slots=True)
class Tiers:
    """From which amount on which rate counts.

    `by` count: steps say «from the n-th deal»; by volume: «from so many cents». `mode` whole: once
    the month reaches a step, every sale of the month gets its rate; excess: only what lies beyond.
    `of` agent: each one's own month; project: everybody's together.
    """

    by: By
    of: Of
    mode: Mode
    steps: tuple[tuple[Fraction, Fraction], ...]
    """(from, rate), rising."""

    def rates(
        self, base: Fraction, tally: Tally, size: Fraction
    ) -> Iterator[tuple[Fraction, Fraction]]:
        """The rates for a sale of that size: (part of the sale, rate); the parts sum to one."""
        if self.mode == "whole":
            reached = [rate for start, rate in self.steps if start <= tally.total]
            yield Fraction(1), reached[-1] if reached else base
            return
        if not size:
            yield Fraction(1), base
            return
        # The n-th deal lies between n - 1 and n on the line of deals.
        back = 1 if self.by == "count" else 0
        bounds = [Fraction(0), *(start - back for start, _rate in self.steps)]
        rates = [base, *(rate for _start, rate in self.steps)]
        ends = [*(end for _start, end in pairwise(bounds)), None]
        begin, end = tally.before, tally.before + size
        for low, high, rate in zip(bounds, ends, rates, strict=True):
            inside = (end if high is None else min(end, high)) - max(begin, low)
            if inside > 0:
                yield inside / size, rate
