"""The doors of commissions: a deal is recorded, and the ledger follows in the same transaction."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from leads import journal
from leads.journal import door
from leads.models import Kind, Project, Staff

from . import schedule
from .models import Deal, Plan


class UnitTaken(ValueError):
    """The unit was sold to someone else first."""

    message = _("這個房號已有認購。")


class NoPlan(ValueError):
    """The project had no commission plan on that day."""

    message = _("這個專案當天還沒有佣金方案，請經理先設定。")


@door
def record_deal(
    *,
    lead_id: int,
    agent: Staff,
    unit: str,
    price_cents: int,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
    assisting: bool = False,
) -> Deal:
    """A subscription with money paid, closed by `agent`; `assisting`: on behalf of the owner.

    Commission accrues to whom the decision credits. Raises UnitTaken, NoPlan,
    HappenedInTheFuture, Lead.DoesNotExist. Rests on rules 13 to 15.
    """
    held = journal.hold(lead_id)
    rate = rate_on(held.project, at)
    event = journal.write(
        held,
        kind=Kind.DEAL,
        agent=agent,
        at=at,
        by=by,
        now=now,
        key=key,
        details={"unit": unit, "price_cents": price_cents, "assisting": assisting},
    )
    try:
        with transaction.atomic():
            deal = Deal.objects.create(
                project=held.project,
                lead=held.lead,
                event=event,
                unit=unit,
                price_cents=price_cents,
                subscribed_at=at,
                closed_by=agent,
                commission_cents=schedule.commission(price_cents, rate),
            )
    except IntegrityError as error:
        if "one_deal_per_unit" not in str(error):
            raise
        raise UnitTaken from error
    journal.announce(held, event)
    return deal


def rate_on(project: Project, at: datetime) -> int:
    """The commission rate in force on the day of a moment, in hundredths of a percent."""
    rate = (
        Plan.objects.filter(project=project, effective_from__lte=at.astimezone(project.zone).date())
        .order_by("-effective_from")
        .values_list("rate_permyriad", flat=True)
        .first()
    )
    if rate is None:
        raise NoPlan
    return rate
