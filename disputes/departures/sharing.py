"""A fair distribution of a leaver's clients: as many to each, and as many warm ones. Pure.

Clients are dealt out like cards, the signed and the warm ones first, without beginning anew between
the classes: of each class, and of all, nobody gets more than one more than anybody else. Who holds
fewest already is dealt to first. The same clients and agents always give the same shares.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import cycle


class Warmth(IntEnum):
    """How near a client is to the office, the nearest first."""

    SIGNED = 0
    HOT = 1
    WARM = 2
    COLD = 3


HOT_DAYS, WARM_DAYS = 7, 30
"""So many days after the last contact a client is hot, and warm."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A client to be placed, by his key."""

    lead: int
    warmth: Warmth


def warmth_of(last_contact: date | None, today: date, *, signed: bool) -> Warmth:
    """By the day on which the client was last in touch; None: never."""
    if signed:
        return Warmth.SIGNED
    if last_contact is None:
        return Warmth.COLD
    days = (today - last_contact).days
    if days <= HOT_DAYS:
        return Warmth.HOT
    return Warmth.WARM if days <= WARM_DAYS else Warmth.COLD


def share_out(charges: Iterable[Charge], burdens: Mapping[int, int]) -> dict[int, int]:
    """To which agent each client goes, by key; `burdens`: how many each agent holds already.

    Nobody gets anything where there are no agents.
    """
    if not burdens:
        return {}
    agents = cycle(sorted(burdens, key=lambda agent: (burdens[agent], agent)))
    dealt = sorted(charges, key=lambda charge: (charge.warmth, charge.lead))
    return {charge.lead: next(agents) for charge in dealt}
