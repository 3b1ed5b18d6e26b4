"""What is done about a deal releases its commission, step by step; a holdback waits longest."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .apportion import half_up

At = Literal["subscription", "contract", "payment", "handover"]


@dataclass(frozen=True, slots=True)
class Milestone:
    """So many percent of each part are released when something is done.

    `paid`, for payments: from which percent of the price on; None: in proportion to what is paid.
    """

    at: At
    percent: Fraction
    paid: Fraction | None = Fraction(100)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a deal is. It was subscribed, or there would be none."""

    contract: bool = False
    handover: bool = False
    paid_cents: int = 0
    price_cents: int = 1

    @property
    def paid(self) -> Fraction:
        """How much of the price is paid, from nothing to all of it."""
        share = Fraction(self.paid_cents, self.price_cents)
        return min(max(share, Fraction(0)), Fraction(1))


def unlocked(milestones: Sequence[Milestone], holdback: Fraction, progress: Progress) -> Fraction:
    """Which part of the commission is released, from nothing to all; `holdback` in percent."""
    found = sum((_reached(one, progress) * one.percent for one in milestones), Fraction(0)) / 100
    return found if progress.handover else found * (100 - holdback) / 100


def released(cents: int, part: Fraction) -> int:
    """How many cents of an amount are released: half a cent up, and all of it in the end."""
    return half_up(cents * part)


def _reached(one: Milestone, progress: Progress) -> Fraction:
    if one.at == "payment":
        if one.paid is None:
            return progress.paid
        return Fraction(progress.paid * 100 >= one.paid)
    done = {
        "subscription": True,
        "contract": progress.contract,
        "handover": progress.handover,
    }
    return Fraction(done[one.at])
