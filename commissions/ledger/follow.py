"""Post for each deal what brings the ledger in line: who is due, and how much of it is free."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from attribution.models import Decision
from attribution.policy import decision as core
from disputes.models import Case
from leads.journal import Held
from leads.models import ContactEvent

from .. import schedule
from ..models import Adjustment, Deal, DealStep, Entry, Period
from ..queries import months
from .book import book
from .postings import Posting, balances, movements
from .sums import sum_up

Place = tuple[int, str]
"""Somebody, and as what."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is posted: a deed, somebody's adjustment, or (neither) a decision."""

    step: DealStep | None = None
    adjustment: Adjustment | None = None
    moves: str = ""
    """The kind of entry by which sums change; empty: accrual and reversal."""


def follow(
    held: Held, decision: core.Decision, stored: Decision, *, contested: bool, now: datetime
) -> None:
    """Bring every deal of the party in line with the decision.

    Commission goes to whom the decision gives it, held while a person must decide about the deal;
    `contested`: a case of the party is open. Where nothing changed, nothing is posted.
    """
    if not decision.deals:
        return
    views = {view.fact: view for view in decision.deals}
    if not Deal.objects.filter(event__in=views).exists():
        return
    period = book(held.project, now)
    deals = list(
        Deal.objects.filter(event__in=views).select_related("plan", "project").order_by("pk")
    )
    by_hand = contested and _opened_by_hand(held, decision)
    same: set[int] = set()
    for deal in deals:
        commission = views[deal.event_id].commission
        divided = {str(agent): share for agent, share in commission.items() if share}
        if divided == deal.credit:
            same.add(deal.pk)
        deal.credit = divided
        deal.contested = by_hand or keeps_back(decision.matters, deal)
        deal.decision = stored
    settle(period, deals, Cause(), now=now, same=same)


def _opened_by_hand(held: Held, decision: core.Decision) -> bool:
    """Does a case hold money that the engine would not hold by itself?

    Somebody brought it, or objected to what the policy says.
    """
    raised = {
        "collision" if m.name == "two_readings" else m.name
        for m in decision.matters
        if m.decider != "policy"
    }
    cases = Case.objects.filter(lead__in=held.members, state=Case.State.OPEN, holds=True)
    return cases.exclude(kind__in=raised).exists()


def keeps_back(matters: Iterable[core.Matter], deal: Deal) -> bool:
    """Must a person decide about this deal first?

    What the policy decides holds no money while it waits to be confirmed. An agent's departure
    concerns what was subscribed after it, never what he had signed.
    """
    for matter in matters:
        if matter.decider == "policy":
            continue
        if matter.name != "departure":
            return True
        left = ContactEvent.objects.filter(pk=matter.fact) if isinstance(matter.fact, int) else None
        if left is None or left.filter(at__lte=deal.subscribed_at).exists():
            return True
    return False


def settle(
    period: Period,
    deals: Iterable[Deal],
    cause: Cause,
    *,
    now: datetime,
    same: Collection[int] = (),
) -> None:
    """Reckon these deals anew, with those whose tier they change, and post the differences.

    Call it under the lock of the book, with deals as they shall be; it saves them. `same`: the
    keys of those divided as before, whose amounts are only corrected.
    """
    given = {deal.pk: deal for deal in deals}
    others = _tally(given)
    correction = replace(cause, adjustment=None, moves=Entry.Kind.CORRECTION)
    for deal in given.values():
        _settle(period, deal, correction if deal.pk in same else cause, now=now)
    for deal in others:
        _settle(period, deal, correction, now=now)


def _tally(given: dict[int, Deal]) -> list[Deal]:
    """Let deals under tiers know where they stand in their month; gives others that moved."""
    moved: dict[int, Deal] = {}
    done: set[tuple[int, str]] = set()
    for deal in given.values():
        plan = deal.plan.schedule()
        month = months.month_of(deal.subscribed_at, deal.project.zone)
        if plan.tiers is None or (deal.plan_id, month) in done:
            continue
        done.add((deal.plan_id, month))
        first, end = months.bounds(month, deal.project.zone)
        together = [
            given.get(one.pk, one)
            for one in Deal.objects.filter(
                plan=deal.plan_id, subscribed_at__gte=first, subscribed_at__lt=end
            )
            .select_related("plan", "project")
            .order_by("subscribed_at", "pk")
        ]
        standing = [one for one in together if one.cancelled_at is None and one.credit]
        found = schedule.tallies(plan, [one.sale() for one in standing])
        for one in standing:
            tally = {str(who): [str(at.before), str(at.total)] for who, at in found[one.pk].items()}
            if tally != one.tally and one.pk not in given:
                moved[one.pk] = one
            one.tally = tally
    return list(moved.values())


def _settle(period: Period, deal: Deal, cause: Cause, *, now: datetime) -> None:
    due, plan = _due(deal), deal.plan.schedule()
    free = schedule.unlocked(plan.milestones, plan.holdback, deal.progress())
    standing = balances(deal)
    posting = Posting(deal, period, now, step=cause.step, adjustment=cause.adjustment)
    for who in sorted({*due, *standing}):
        old = standing.get(who, schedule.Balance())
        new = schedule.lies(due.get(who, 0), old.paid, free, contested=deal.contested)
        posting.add(who, movements(old, new, cause.moves, contested=deal.contested))
    deal.commission_cents = sum(due.values())
    deal.save()
    if posting.write():
        sum_up(deal)


def _due(deal: Deal) -> dict[Place, int]:
    """What everybody is due from a deal, in cents, after what was forfeited and corrected."""
    if deal.cancelled_at is not None:
        return {}
    adjustments = Adjustment.objects.filter(deal=deal).order_by("pk")
    return schedule.due(deal.reckoned().parts, [one.plain() for one in adjustments])
