"""Steps under the lock: post what follows from a decision, and keep the sums for the lists."""

from collections import defaultdict
from datetime import datetime
from uuid import uuid4

from django.db.models import Sum

from attribution.models import Decision
from attribution.policy import decision as core
from leads.journal import Held

from . import schedule
from .models import Deal, Entry, Line

Account, Kind = Entry.Account, Entry.Kind


def follow(
    held: Held, decision: core.Decision, stored: Decision, *, contested: bool, now: datetime
) -> None:
    """Post for each deal of the party what brings the ledger in line with the decision.

    Commission goes to whom the decision credits, held while a case is open. Where nothing changed,
    nothing is posted.
    """
    if not decision.deals:
        return
    views = {view.fact: view for view in decision.deals}
    for deal in Deal.objects.filter(event__in=views).order_by("pk"):
        credit = {int(agent): share for agent, share in views[deal.event_id].credit.items()}
        _post(deal, credit, stored, contested=contested, now=now)


def _post(
    deal: Deal, credit: dict[int, int], stored: Decision, *, contested: bool, now: datetime
) -> None:
    account = Account.HELD if contested else Account.RELEASED
    wanted: dict[tuple[int, str], int] = {
        (agent, account): cents
        for agent, cents in schedule.split(deal.commission_cents, credit).items()
        if cents
    }
    standing = balances(deal)
    changes = {
        place: wanted.get(place, 0) - standing.get(place, 0)
        for place in {*wanted, *standing}
        if wanted.get(place, 0) != standing.get(place, 0)
    }
    if not changes:
        return
    posting = uuid4()
    entries = [
        Entry(
            deal=deal,
            project_id=deal.project_id,
            posting=posting,
            kind=_kind(agent, place, cents, changes),
            account=place,
            agent_id=agent,
            amount_cents=cents,
            share=credit.get(agent),
            decision=stored,
            posted_at=now,
        )
        for (agent, place), cents in sorted(changes.items())
    ]
    total = sum(changes.values())
    if total:
        entries.append(
            Entry(
                deal=deal,
                project_id=deal.project_id,
                posting=posting,
                kind=Kind.ACCRUAL if total > 0 else Kind.REVERSAL,
                account=Account.COMPANY,
                amount_cents=-total,
                decision=stored,
                posted_at=now,
            )
        )
    Entry.objects.bulk_create(entries)
    _sum_up(deal, credit, stored)


def _kind(agent: int, place: str, cents: int, changes: dict[tuple[int, str], int]) -> str:
    """Moving between held and released is a hold or a release; the rest accrues or reverses."""
    other = Account.RELEASED if place == Account.HELD else Account.HELD
    if changes.get((agent, other), 0) * cents < 0:
        into_released = (place == Account.RELEASED) == (cents > 0)
        return Kind.RELEASE if into_released else Kind.HOLD
    return Kind.ACCRUAL if cents > 0 else Kind.REVERSAL


def balances(deal: Deal) -> dict[tuple[int, str], int]:
    """What stands to each agent's credit, held and released, in cents."""
    sums = (
        Entry.objects.filter(deal=deal, agent__isnull=False)
        .values_list("agent_id", "account")
        .annotate(cents=Sum("amount_cents"))
    )
    return {(agent, account): cents for agent, account, cents in sums if cents}


def _sum_up(deal: Deal, credit: dict[int, int], stored: Decision) -> None:
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for agent, account, kind, cents in Entry.objects.filter(
        deal=deal, agent__isnull=False
    ).values_list("agent_id", "account", "kind", "amount_cents"):
        sums[agent][account] += cents
        if kind == Kind.REVERSAL:
            sums[agent]["reversed"] += cents
    Line.objects.bulk_create(
        [
            Line(
                deal=deal,
                project_id=deal.project_id,
                agent_id=agent,
                state=_state(cents),
                share=credit.get(agent, 0),
                held_cents=cents[Account.HELD],
                released_cents=cents[Account.RELEASED],
                reversed_cents=cents["reversed"],
                subscribed_at=deal.subscribed_at,
                decision=stored,
            )
            for agent, cents in sums.items()
        ],
        update_conflicts=True,
        unique_fields=["deal", "agent"],
        update_fields=[
            "state",
            "share",
            "held_cents",
            "released_cents",
            "reversed_cents",
            "decision",
        ],
    )


def _state(cents: dict[str, int]) -> str:
    if cents[Account.HELD]:
        return Line.State.HELD
    return Line.State.RELEASED if cents[Account.RELEASED] else Line.State.REVERSED
