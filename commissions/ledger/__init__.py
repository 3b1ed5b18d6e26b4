"""Steps under the lock: post what follows from a decision or a deed, and keep the sums for lists.

Everything that posts takes the lock of its project's book first, and locks leads before it.
"""

from .book import book, digest, open_period
from .follow import Cause, follow, settle
from .forfeits import forfeit
from .payout import pay_out

__all__ = ["Cause", "book", "digest", "follow", "forfeit", "open_period", "pay_out", "settle"]
