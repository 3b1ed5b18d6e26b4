"""What everybody is due after a person's adjustments, and where those cents lie."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from .apportion import half_up
from .milestones import released
from .reckoning import Part

Place = tuple[int, str]
"""Somebody, and as what."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Commission forfeited (`percent`, to somebody or to the company) or corrected (`cents`)."""

    agent: int
    to: int | None = None
    percent: int | None = None
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands to somebody's credit by one deal, in cents."""

    pending: int = 0
    held: int = 0
    released: int = 0
    """Free and not paid yet; below zero he owes it."""
    paid: int = 0

    @property
    def sum(self) -> int:
        """Everything he is credited."""
        return self.pending + self.held + self.released + self.paid


def due(parts: Iterable[Part], adjusted: Iterable[Adjusted]) -> dict[Place, int]:
    """What everybody is due, in cents, the adjustments applied in their order."""
    found: dict[Place, int] = {(part.agent, part.role): part.cents for part in parts}
    for one in adjusted:
        own: Place = (one.agent, "agent")
        if one.percent is None:
            found[own] = found.get(own, 0) + (one.cents or 0)
            continue
        for place in [place for place in found if place[0] == one.agent and found[place] > 0]:
            taken = half_up(Fraction(found[place] * one.percent, 100))
            found[place] -= taken
            if one.to is not None:
                found[one.to, "agent"] = found.get((one.to, "agent"), 0) + taken
    return found


def lies(due: int, paid: int, free: Fraction, *, contested: bool) -> Balance:
    """Where the cents of one person lie; `free` is the part that milestones released.

    All that is not paid is held while the deal is contested; what was paid too much he owes.
    """
    if contested:
        held = max(due - paid, 0)
        return Balance(held=held, released=due - paid - held, paid=paid)
    out = due if due < 0 else released(due, free)
    return Balance(pending=due - out, released=out - paid, paid=paid)
