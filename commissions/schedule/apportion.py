"""Rounding: half a cent goes up, and parts always sum to the whole."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeVar

K = TypeVar("K", bound=Any)


def half_up(amount: Fraction) -> int:
    """The nearest cent; half a cent goes up."""
    return int((amount * 2 + 1) // 2)


def apportion(cents: int, weights: Mapping[K, Fraction]) -> dict[K, int]:
    """Divide cents by weight so that the parts sum exactly: the largest remainder takes the odd
    cents; of equal remainders, the smaller key.

    Raises ValueError for a negative weight, or where there is something to divide and no weight.
    """
    if any(weight < 0 for weight in weights.values()):
        raise ValueError("a weight is negative")
    whole = sum(weights.values(), Fraction(0))
    if not whole:
        if cents:
            raise ValueError(f"{cents} cents and nobody to take them")
        return dict.fromkeys(weights, 0)
    exact = {key: weight * cents / whole for key, weight in weights.items()}
    parts = {key: int(amount // 1) for key, amount in exact.items()}
    left = cents - sum(parts.values())
    for key in sorted(parts, key=lambda key: (parts[key] - exact[key], key))[:left]:
        parts[key] += 1
    return parts


def split(amount_cents: int, shares: Mapping[int, int]) -> dict[int, int]:
    """Divide cents by percent, as `apportion`.

    Raises ValueError where the shares do not sum to 100.
    """
    if sum(shares.values()) != 100:
        raise ValueError(f"shares sum to {sum(shares.values())}, not 100")
    return apportion(amount_cents, {key: Fraction(share) for key, share in shares.items()})
