"""The door by which a person takes commission away or corrects it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from leads.journal import door
from leads.models import Staff

from .. import ledger
from ..models import Adjustment, Deal, Line


class NothingToAdjust(ValueError):
    """The agent has no part in the deal, or nothing is said about how much or why."""

    message = _("選出這筆成交有佣金的人，並寫下多少與理由。")


@door
def adjust(
    *,
    deal_id: int,
    kind: str,
    agent: Staff,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    percent: int | None = None,
    cents: int | None = None,
    to: Staff | None = None,
) -> Adjustment:
    """Forfeit `percent` of what an agent has by a deal, to another or to the company; or correct it
    by `cents`. It rests on the decision by which the deal is divided (rule 18).

    Raises NothingToAdjust. The same `key` adjusts once.
    """
    deal = Deal.objects.select_related("project").get(pk=deal_id)
    period = ledger.book(deal.project, now)
    known = Adjustment.objects.filter(key=key).first()
    if known is not None:
        return known
    deal = Deal.objects.select_related("project", "plan").get(pk=deal_id)
    there = Line.objects.filter(deal=deal, agent=agent).exists() and deal.cancelled_at is None
    much = percent if kind == Adjustment.Kind.FORFEITURE else cents
    if deal.decision is None or not there or not much or not reason.strip():
        raise NothingToAdjust
    adjustment = Adjustment.objects.create(
        deal=deal,
        kind=kind,
        agent=agent,
        to=to if kind == Adjustment.Kind.FORFEITURE else None,
        percent=percent if kind == Adjustment.Kind.FORFEITURE else None,
        cents=cents if kind == Adjustment.Kind.CORRECTION else None,
        reason=reason,
        by=by,
        at=now,
        decision=deal.decision,
        key=key,
    )
    ledger.settle(period, [deal], ledger.Cause(adjustment=adjustment, moves=kind), now=now)
    return adjustment
