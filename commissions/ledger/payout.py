"""Paying out: what is free by the end of a period is paid, debts set off against it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Sum

from ..models import Deal, Entry, Period
from .postings import Account, Kind, Movement, Posting
from .sums import sum_up


def payable(period: Period) -> dict[int, dict[tuple[int, str], int]]:
    """What is free by the end of a period: cents per agent, and of each per deal and role.

    Only agents to whom something is left after their debts; the others carry them on.
    """
    sums = (
        Entry.objects.filter(
            project=period.project_id, period__month__lte=period.month, account=Account.RELEASED
        )
        .values_list("agent_id", "deal_id", "role")
        .annotate(cents=Sum("amount_cents"))
        .exclude(cents=0)
    )
    found: dict[int, dict[tuple[int, str], int]] = defaultdict(dict)
    for agent, deal, role, cents in sums:
        found[agent][deal, role] = int(cents)
    return {agent: parts for agent, parts in found.items() if sum(parts.values()) > 0}


def pay_out(period: Period, *, now: datetime) -> int:
    """Post that what is free was paid; gives the cents. Call it under the lock of the book."""
    moved: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for agent, parts in payable(period).items():
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
