"""What a ruling forfeits, posted once: to whom the ruling says, or to the company."""

from datetime import datetime

from attribution.models import Decision
from attribution.policy import decision as core
from disputes.models import Penalty
from leads.journal import Held

from ..models import Adjustment, Deal
from .book import book
from .follow import Cause, settle


def forfeit(held: Held, decision: core.Decision, stored: Decision, *, now: datetime) -> None:
    """Take away what rulings forfeited by the party's deals and the ledger has not posted yet.

    Call it after `follow`: the percent is of what its agent has by the ruling (rule 18). An
    adjustment bears the key of its penalty, so that each is posted once.
    """
    events = [deal.fact for deal in decision.deals if isinstance(deal.fact, int)]
    if not events:
        return
    due = Penalty.objects.filter(
        kind=Penalty.Kind.FORFEITURE, state=Penalty.State.CONFIRMED, deal__in=events
    )
    posted = Adjustment.objects.filter(key__in=due.values("key")).values("key")
    waiting = due.exclude(key__in=posted).select_related("case", "decided_by")
    for penalty in waiting.order_by("pk"):
        period = book(held.project, now)
        deal = Deal.objects.select_related("plan", "project").get(event=penalty.deal_id)
        assert penalty.decided_by is not None, "the database has two signatures"
        adjustment = Adjustment.objects.create(
            deal=deal,
            kind=Adjustment.Kind.FORFEITURE,
            agent_id=penalty.staff_id,
            to_id=penalty.to_id,
            percent=penalty.percent,
            reason=f"{penalty.case} {penalty.clause} {penalty.reason}".strip(),
            by=penalty.decided_by,
            at=now,
            decision=stored,
            key=penalty.key,
        )
        cause = Cause(adjustment=adjustment, moves=Adjustment.Kind.FORFEITURE)
        settle(period, [deal], cause, now=now)
