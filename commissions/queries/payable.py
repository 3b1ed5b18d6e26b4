"""What closing a month pays: free by its end and free still, debts set off against it."""

from collections import defaultdict

from django.db.models import Q, Sum

from ..models import Entry


def payable(project_id: int, month: str) -> dict[int, dict[tuple[int, str], int]]:
    """What everybody's account holds for the payout of a month ("2026-03"), those who owe included.

    Cents per agent, and of each per deal and role; below zero he owes them, and only agents to
    whom something is left are paid. What was free by the end of the month but is held or taken
    back since, in a later month, stays where it is. One query.
    """
    sums = (
        Entry.objects.filter(project=project_id, account=Entry.Account.RELEASED)
        .values_list("agent_id", "deal_id", "role")
        .annotate(
            then=Sum("amount_cents", filter=Q(period__month__lte=month), default=0),
            today=Sum("amount_cents"),
        )
        .exclude(then=0)
    )
    found: dict[int, dict[tuple[int, str], int]] = defaultdict(dict)
    for agent, deal, role, then, today in sums:
        both = min(then, today) if then > 0 else max(then, today)
        if both * then > 0:
            found[agent][deal, role] = int(both)
    return found
