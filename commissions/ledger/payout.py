"""Paying out: what is free by the end of a period is paid, debts set off against it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from ..models import Deal, Period
from ..queries.payable import payable
from .postings import Account, Kind, Movement, Posting
from .sums import sum_up


def pay_out(period: Period, *, now: datetime) -> int:
    """Post that what is payable was paid; gives the cents. Call it under the lock of the book."""
    moved: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for agent, parts in payable(period.project_id, period.month).items():
        if sum(parts.values()) <= 0:
            continue  # he carries his debts on
        for (key, role), cents in parts.items():
            moved[key].append((agent, role, cents))
    paid = 0
    for deal in (
        Deal.objects.filter(pk__in=moved).select_related("decision", "project").order_by("pk")
    ):
        posting = Posting(deal, period, now)
        for agent, role, cents in sorted(moved[deal.pk]):
            posting.add((agent, role), _paid(cents))
            paid += cents
        posting.write()
        sum_up(deal)
    return paid


def _paid(cents: int) -> Iterator[Movement]:
    yield Movement(Kind.PAYOUT, Account.RELEASED, -cents)
    yield Movement(Kind.PAYOUT, Account.PAID, cents)
