"""The doors of what a client means to buy (needs/3): his profile, his plan, viewings and offers."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from ... import journal
from ...journal import door
from ...models import Staff
from ..models import (
    Answer,
    Offer,
    OfferAnswer,
    PlanStep,
    PlanStepEnd,
    ProfileEntry,
    PurchasePlan,
    Viewing,
)

Sheet = TypeVar("Sheet", ProfileEntry, PurchasePlan)


class StaleSheet(ValueError):
    """Somebody else wrote the sheet anew since the form was opened."""

    message: Any = _("你填寫時，這一頁已有人更新。請看最新內容再存；你填的都還在。")


@door
def write_profile(
    *,
    lead_id: int,
    seen: int,
    by: Staff,
    now: datetime,
    key: UUID,
    motives: Collection[str] = (),
    motive_words: str = "",
    purpose: str = "",
    budget_low: int | None = None,
    budget_high: int | None = None,
    area_low: int | None = None,
    area_high: int | None = None,
    unit_type: str = "",
    payment: str = "",
    decider: str = "",
    decider_words: str = "",
) -> ProfileEntry:
    """Write a client's profile anew; what was known before stays. Money in cents, area in m².

    `seen`: the number of the profile when the form opened, 0 for none. The same `key` is one entry.
    Raises StaleSheet, Lead.DoesNotExist.
    """
    return _anew(
        ProfileEntry,
        lead_id,
        seen,
        by,
        now,
        key,
        motives=list(motives),
        motive_words=motive_words,
        purpose=purpose,
        budget_low=budget_low,
        budget_high=budget_high,
        area_low=area_low,
        area_high=area_high,
        unit_type=unit_type,
        payment=payment,
        decider=decider,
        decider_words=decider_words,
    )


@door
def write_plan(
    *,
    lead_id: int,
    seen: int,
    month: date,
    amount: int,
    probability: int,
    by: Staff,
    now: datetime,
    key: UUID,
    unit_type: str = "",
    note: str = "",
    dropped: bool = False,
) -> PurchasePlan:
    """Write a client's purchase plan anew: any day of the month, cents, percent.

    `dropped`: he does not mean to buy any more. `seen`: as in `write_profile`. Raises StaleSheet,
    Lead.DoesNotExist.
    """
    return _anew(
        PurchasePlan,
        lead_id,
        seen,
        by,
        now,
        key,
        month=month.replace(day=1),
        amount=amount,
        probability=probability,
        unit_type=unit_type,
        note=note,
        dropped=dropped,
    )


@door
def add_plan_step(
    *, lead_id: int, text: str, due: date, by: Staff, now: datetime, key: UUID
) -> PlanStep:
    """Write down what is to be done next towards a purchase. The same `key` is one step."""
    lead = journal.hold(lead_id).lead
    return PlanStep.objects.get_or_create(
        key=key,
        defaults={"lead": lead, "text": text, "due": due, "by": by, "recorded_at": now},
    )[0]


@door
def end_plan_step(
    *, step: PlanStep, done: bool, by: Staff, now: datetime, key: UUID
) -> PlanStepEnd:
    """A next step was done, or is not wanted; the first answer stands."""
    return PlanStepEnd.objects.get_or_create(
        step=step, defaults={"done": done, "by": by, "recorded_at": now, "key": key}
    )[0]


@door
def note_viewing(
    *,
    lead_id: int,
    day: date,
    by: Staff,
    now: datetime,
    key: UUID,
    unit: str = "",
    question: str = "",
) -> Viewing:
    """Write down a unit that the client saw, or what he asked about a price, or both."""
    lead = journal.hold(lead_id).lead
    return Viewing.objects.get_or_create(
        key=key,
        defaults={
            "lead": lead,
            "day": day,
            "unit": unit,
            "question": question,
            "by": by,
            "recorded_at": now,
        },
    )[0]


@door
def make_offer(
    *,
    lead_id: int,
    kind: str,
    day: date,
    by: Staff,
    now: datetime,
    key: UUID,
    permyriad: int | None = None,
    months: int | None = None,
    terms: str = "",
    unit: str = "",
) -> Offer:
    """Write down what the client was offered: a discount in hundredths of a percent, or months."""
    lead = journal.hold(lead_id).lead
    return Offer.objects.get_or_create(
        key=key,
        defaults={
            "lead": lead,
            "kind": Offer.Kind(kind),
            "day": day,
            "permyriad": permyriad,
            "months": months,
            "terms": terms,
            "unit": unit,
            "by": by,
            "recorded_at": now,
        },
    )[0]


@door
def answer_offer(
    *,
    offer: Offer,
    answer: str,
    day: date,
    by: Staff,
    now: datetime,
    key: UUID,
    words: str = "",
) -> OfferAnswer:
    """Write down what the client answered; he may answer again, and the last answer counts."""
    return OfferAnswer.objects.get_or_create(
        key=key,
        defaults={
            "offer": offer,
            "answer": Answer(answer),
            "words": words,
            "day": day,
            "by": by,
            "recorded_at": now,
        },
    )[0]


def _anew(
    model: type[Sheet],
    lead_id: int,
    seen: int,
    by: Staff,
    now: datetime,
    key: UUID,
    **given: Any,
) -> Sheet:
    """Another sheet under the lock of the lead."""
    lead = journal.hold(lead_id).lead
    known = model.objects.filter(key=key, lead=lead).first()
    if known is not None:
        return known
    last = model.objects.filter(lead=lead).aggregate(last=Max("number"))["last"] or 0
    if last != seen:
        raise StaleSheet
    return model.objects.create(
        lead=lead, number=last + 1, by=by, recorded_at=now, key=key, **given
    )
