"""Pure arithmetic of commissions: rates and shares, in integer cents. Standard library only."""

from collections.abc import Mapping


def commission(price_cents: int, rate_permyriad: int) -> int:
    """The commission on a price, in cents, rounded half up; the rate in hundredths of a percent."""
    return (price_cents * rate_permyriad + 5_000) // 10_000


def split(amount_cents: int, shares: Mapping[int, int]) -> dict[int, int]:
    """Divide cents by percent so that the parts sum exactly: the largest remainder takes the odd
    cents; of equal remainders, the smaller key.

    Raises ValueError where the shares do not sum to 100.
    """
    if sum(shares.values()) != 100:
        raise ValueError(f"shares sum to {sum(shares.values())}, not 100")
    parts = {key: amount_cents * share // 100 for key, share in shares.items()}
    left = amount_cents - sum(parts.values())
    by_remainder = sorted(shares, key=lambda key: (-(amount_cents * shares[key] % 100), key))
    for key in by_remainder[:left]:
        parts[key] += 1
    return parts
