"""The doors of deals: reserved, subscribed, and everything that is done about a deal after that.

In each of them the ledger follows in the same transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from leads import journal
from leads.journal import HappenedInTheFuture, Held, door
from leads.models import ContactEvent, Kind, Lead, Notification, Person, Phone, Project, Role, Staff

from .. import ledger
from ..models import BuyerPaper, Deal, DealStep, Plan, Reservation, Unit

Step = DealStep.Kind


class UnitTaken(ValueError):
    """The unit is somebody's already; `first` is his reservation."""

    message = _("這個房號已有認購。")

    def __init__(self, first: Reservation | None = None) -> None:
        super().__init__(first)
        self.first = first


class NoPlan(ValueError):
    """The project had no commission plan on that day."""

    message = _("這個專案當天還沒有佣金方案，請經理先設定。")


class NoSuchDeal(ValueError):
    """There is no such deal or reservation any more."""

    message = _("這筆成交或認籌已經不在了。")


class DealClosed(ValueError):
    """The deal was called off: nothing more is done about it."""

    message = _("這筆成交已退房，不能再登記。")


class NotInThisOrder(ValueError):
    """What was done does not fit how far the deal is; `message` says why."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


@door
def reserve_unit(
    *,
    lead_id: int,
    agent: Staff,
    unit: str,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
    deposit_cents: int = 0,
    papers: Mapping[str, str] | None = None,
) -> Reservation:
    """Reserve a unit for a client (認籌). The same `key` reserves once.

    `papers`: what the buyer's papers say, by the fields of `BuyerPaper`.

    Raises UnitTaken with the one who is first, HappenedInTheFuture, Lead.DoesNotExist.
    """
    if at > now:
        raise HappenedInTheFuture
    held = journal.hold(lead_id)
    known = Reservation.objects.filter(key=key).first()
    if known is not None:
        return known
    reservation = _take(
        held.project, unit, lead=held.lead, agent=agent, deposit=deposit_cents, at=at, by=by,
        now=now, key=key,
    )  # fmt: skip
    _keep(papers, reservation, by=by, now=now)
    return reservation


@door
def release_unit(*, reservation_id: int, by: Staff, now: datetime) -> None:
    """Give up a reservation that has not become a deal. Harmless when repeated."""
    found = Reservation.objects.filter(pk=reservation_id, deal=None, ended_at=None)
    found.update(ended_at=now, ended_by=by, ended=Reservation.Ended.RELEASED)


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
    note: str = "",
    rent_cents: int = 0,
    term_months: int = 0,
    helper: Staff | None = None,
    introducer: Staff | None = None,
    buyer: str = "",
    papers: Mapping[str, str] | None = None,
) -> ContactEvent:
    """A subscription with money paid, closed by `agent`; `assisting`: on behalf of the owner.

    `papers`: what the buyer's papers say, by the fields of `BuyerPaper`.
    Of a lease, give rent and term; the price is then the rent of the whole term. Gives the event;
    its `deal` is the deal, also where the same `key` is sent once more.

    Commission accrues to whom the decision credits. Raises UnitTaken, NoPlan,
    HappenedInTheFuture, Lead.DoesNotExist. Rests on rules 13 to 15.
    """
    held = journal.hold(lead_id)
    plan = plan_on(held.project, at)
    if rent_cents:
        price_cents = rent_cents * term_months
    event = journal.write(
        held,
        kind=Kind.DEAL,
        agent=agent,
        at=at,
        by=by,
        now=now,
        key=key,
        details={"unit": unit, "price_cents": price_cents, "assisting": assisting},
        note=note,
    )
    own = Reservation.objects.filter(
        unit__project=held.project,
        unit__number=unit,
        lead__in=held.members,
        deal=None,
        ended_at=None,
    ).first()
    reservation = own or _take(
        held.project, unit, lead=held.lead, agent=agent, deposit=0, at=at, by=by,
        now=event.recorded_at, key=key,
    )  # fmt: skip
    _keep(papers, reservation, by=by, now=event.recorded_at)
    Deal.objects.create(
        project=held.project,
        lead=held.lead,
        event=event,
        plan=plan,
        reservation=reservation,
        unit=unit,
        unit_type=reservation.unit.unit_type,
        price_cents=price_cents,
        rent_cents=rent_cents,
        term_months=term_months,
        subscribed_at=at,
        closed_by=agent,
        helper=helper,
        introducer=introducer,
        buyer=buyer,
        source=_came_by(held),
        commission_cents=0,
    )
    journal.announce(held, event)
    return event


def _keep(
    papers: Mapping[str, str] | None, reservation: Reservation, *, by: Staff, now: datetime
) -> None:
    """Write down what the buyer's papers say, if anybody copied anything."""
    said = {name: value for name, value in (papers or {}).items() if value}
    if said:
        BuyerPaper.objects.create(reservation=reservation, by=by, recorded_at=now, **said)


def _came_by(held: Held) -> str:
    """How the party came, as the first reception says that tells it; empty where none does."""
    told = ContactEvent.objects.filter(lead__in=held.members, details__has_key="source")
    found = told.order_by("at", "pk").values_list("details__source", flat=True).first()
    return str(found or "")[:60]


def plan_on(project: Project, at: datetime) -> Plan:
    """The commission plan in force on the day of a moment. Raises NoPlan."""
    day = at.astimezone(project.zone).date()
    plans = Plan.objects.filter(project=project, effective_from__lte=day)
    plan = plans.order_by("-effective_from").first()
    if plan is None:
        raise NoPlan
    return plan


def _take(
    project: Project,
    number: str,
    *,
    lead: Lead,
    agent: Staff,
    deposit: int,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
) -> Reservation:
    """Reserve a unit, entering it where the list has it not. Raises UnitTaken."""
    unit, _new = Unit.objects.get_or_create(project=project, number=number)
    try:
        with transaction.atomic():
            return Reservation.objects.create(
                unit=unit,
                lead=lead,
                agent=agent,
                deposit_cents=deposit,
                at=at,
                recorded_at=now,
                by=by,
                key=key,
            )
    except IntegrityError as error:
        if "one_live_reservation" not in str(error):
            raise
        first = Reservation.objects.select_related("agent", "lead").filter(unit=unit, ended_at=None)
        raise UnitTaken(first.first()) from error


@door
def record_step(
    *,
    deal_id: int,
    kind: str,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
    amount_cents: int | None = None,
    unit: str = "",
    price_cents: int | None = None,
    buyer: str = "",
    phone: str = "",
    family: bool = False,
    note: str = "",
) -> DealStep:
    """Write down what was done about a deal; `kind` is one of DealStep.Kind.

    contract, handover; payment and refund with `amount_cents`; unit: moved to another `unit`, at
    another `price_cents` if given; name: now in the name of `buyer`, of the same `family` or not
    (sales/7); cancel: called off. Moves and cancellations say why in `note`.

    A buyer whose `phone` (E.164) is another client's is linked to that client, and the engine
    judges anew whose deal it is. The same `key` is written down once.

    Raises NoSuchDeal, DealClosed, NotInThisOrder, UnitTaken, HappenedInTheFuture.
    """
    if at > now:
        raise HappenedInTheFuture
    deal = Deal.objects.select_related("project").filter(pk=deal_id).first()
    if deal is None:
        raise NoSuchDeal
    other = _client_of(deal, phone)
    held = journal.hold_all([deal.lead_id, other] if other else [deal.lead_id])
    # The lead's clock never runs backwards, nor does its deal's.
    now = max([now, *(lead.recorded_at for one in held for lead in one.members)])
    period = ledger.book(deal.project, now)
    known = DealStep.objects.filter(key=key).first()
    if known is not None:
        return known
    deal = Deal.objects.select_related("project", "plan", "reservation__unit").get(pk=deal_id)
    if deal.cancelled_at is not None and kind != Step.REFUND:
        raise DealClosed
    details: dict[str, Any] = {}
    if kind == Step.UNIT:
        details = _move(deal, unit, price_cents, by=by, at=at, now=now)
    elif kind == Step.NAME:
        details = {"from": deal.buyer, "to": buyer, "family": family}
        deal.buyer = buyer
    else:
        _DONE[kind](deal, at, amount_cents or 0)
    if kind == Step.CANCELLATION:
        Reservation.objects.filter(pk=deal.reservation_id).update(
            ended_at=now, ended_by=by, ended=Reservation.Ended.CANCELLED
        )
    step = DealStep.objects.create(
        deal=deal,
        kind=kind,
        at=at,
        recorded_at=now,
        by=by,
        amount_cents=amount_cents if kind in (Step.PAYMENT, Step.REFUND) else None,
        details=details,
        note=note,
        key=key,
    )
    moves = "correction" if kind == Step.UNIT else ""
    ledger.settle(period, [deal], ledger.Cause(step=step, moves=moves), now=now)
    if kind == Step.NAME:
        _rename(held, deal, phone, details, by=by, now=now, note=note)
    return step


def _contract(deal: Deal, at: datetime, _cents: int) -> None:
    if deal.contracted_at is not None:
        raise NotInThisOrder(_("這筆已經簽約了。"))
    if at < deal.subscribed_at:
        raise NotInThisOrder(_("簽約不能早於認購。"))
    deal.contracted_at = at


def _payment(deal: Deal, at: datetime, cents: int) -> None:
    if cents <= 0:
        raise NotInThisOrder(_("寫下金額。"))
    if deal.paid_cents + cents > deal.price_cents:
        raise NotInThisOrder(_("回款超過總價，請看金額對不對。"))
    deal.paid_cents += cents


def _refund(deal: Deal, at: datetime, cents: int) -> None:
    if cents <= 0:
        raise NotInThisOrder(_("寫下金額。"))
    if cents > deal.paid_cents:
        raise NotInThisOrder(_("退款超過已回款的金額。"))
    deal.paid_cents -= cents


def _handover(deal: Deal, at: datetime, _cents: int) -> None:
    if deal.contracted_at is None:
        raise NotInThisOrder(_("還沒簽約，不能交房。"))
    if deal.handed_over_at is not None:
        raise NotInThisOrder(_("這筆已經交房了。"))
    deal.handed_over_at = at


def _cancel(deal: Deal, at: datetime, _cents: int) -> None:
    deal.cancelled_at = at


_DONE: Mapping[str, Any] = {
    Step.CONTRACT: _contract,
    Step.PAYMENT: _payment,
    Step.REFUND: _refund,
    Step.HANDOVER: _handover,
    Step.CANCELLATION: _cancel,
}


def _move(
    deal: Deal, number: str, price_cents: int | None, *, by: Staff, at: datetime, now: datetime
) -> dict[str, Any]:
    """Let the deal have another unit; the old one is free again. Raises UnitTaken."""
    if not number or number == deal.unit:
        raise NotInThisOrder(_("寫下要換到的房號。"))
    before = deal.reservation
    details = {"from": deal.unit, "to": number, "price_before": deal.price_cents}
    after = _take(
        deal.project, number, lead=deal.lead, agent=before.agent,
        deposit=before.deposit_cents, at=at, by=by, now=now, key=uuid4(),
    )  # fmt: skip
    Reservation.objects.filter(pk=before.pk).update(
        ended_at=now, ended_by=by, ended=Reservation.Ended.MOVED
    )
    deal.reservation, deal.unit, deal.unit_type = after, number, after.unit.unit_type
    if price_cents:
        if price_cents < deal.paid_cents:
            raise NotInThisOrder(_("新總價少於已回款，先登記退款。"))
        deal.price_cents = price_cents
        if deal.is_lease:
            deal.rent_cents = price_cents // deal.term_months
    return {**details, "price": deal.price_cents}


def _client_of(deal: Deal, phone: str) -> int | None:
    """Another client of the project with that number, if there is one."""
    if not phone:
        return None
    found = Phone.objects.filter(project=deal.project, number=phone)
    return found.exclude(person__lead=deal.lead_id).values_list("person__lead", flat=True).first()


def _rename(
    held: list[Held],
    deal: Deal,
    phone: str,
    details: Mapping[str, Any],
    *,
    by: Staff,
    now: datetime,
    note: str,
) -> None:
    """A deal goes on in another name (sales/7): who is known is linked, who is new is entered."""
    if len(held) > 1 and held[0].lead.root_id != held[1].lead.root_id:
        members = {lead.pk: lead for one in held for lead in one.members}
        root = min(lead.root_id for lead in members.values())
        for lead in members.values():
            lead.party_id = root
        together = Held(
            held[0].lead, list(members.values()), contested=any(one.contested for one in held)
        )
        journal.append(
            together,
            kind=Kind.LINK,
            agent=None,
            at=now,
            by=by,
            now=now,
            key=uuid4(),
            other_id=held[1].lead.pk,
            details={
                "relation": "family" if details["family"] else "same",
                "same_need": True,
                "price_testing": False,
                "evidence": note,
            },
        )
    elif len(held) == 1:
        person = Person.objects.create(lead=held[0].lead, name=details["to"])
        if phone and not Phone.objects.filter(project=deal.project, number=phone).exists():
            Phone.objects.create(project=deal.project, person=person, number=phone, typed=phone)
    if not details["family"]:
        supervisors = Staff.objects.filter(
            projects=deal.project, role=Role.SUPERVISOR, is_active=True, departed_at=None
        )
        Notification.objects.bulk_create(
            Notification(
                staff=one,
                text=gettext_noop("%(deal)s 換名，新買方不是親屬：請看是不是別人的客戶。"),
                values={"deal": str(deal)},
                url=f"/leads/{deal.lead_id}/deals/",
                created_at=now,
            )
            for one in supervisors
        )
