"""From the reservation to the handover: who has the unit, and what each step moves."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from commissions import schedule
from commissions.models import Adjustment, Deal, DealStep, Entry, Line, Period, Plan, Reservation
from commissions.queries import months
from commissions.queries.periods import checklist
from commissions.services import (
    CannotClose,
    DealClosed,
    HappenedInTheFuture,
    NoSuchDeal,
    NotAnAgent,
    NothingToAdjust,
    NotInThisOrder,
    PlanInForce,
    SignedAlready,
    UnitTaken,
    adjust,
    record_step,
    release_unit,
    reserve_unit,
    set_plan,
    sign_period,
)
from disputes.models import Case
from disputes.services import record_complaint
from leads.models import Notification, Phone, Project
from leads.services import record_departure, record_notice
from tests.factories import ProjectFactory, StaffFactory

from .conftest import close, collide, decide, in_balance, own, plan, sell, stands, step

pytestmark = pytest.mark.django_db
WAN = 1_000_000
HALVES = {
    "milestones": [
        {"at": "contract", "percent": 50},
        {"at": "payment", "percent": 50, "paid": 30},
    ]
}


@pytest.fixture
def halves(office):
    """Half by the contract, half once thirty percent are paid; one percent in all."""
    plan(office.project, **HALVES)
    return office


def reserve(office, lead, agent, unit="3 棟 1202", **given):
    common = {"at": office.now, "by": agent, "now": office.now, "key": uuid4()}
    return reserve_unit(lead_id=lead, agent=agent, unit=unit, **(common | given))


class TestOneUnitOneReservation:
    def test_the_second_one_is_told_who_is_first(self, office):
        first = reserve(office, own(office, office.jia), office.jia)
        lead = own(office, office.yi, phone="138 0013 8001")
        with pytest.raises(UnitTaken) as refused:
            reserve(office, lead, office.yi)
        assert refused.value.first == first
        with pytest.raises(UnitTaken):
            sell(office, lead, office.yi)
        assert not Deal.objects.exists()

    def test_the_database_refuses_it(self, office):
        first = reserve(office, own(office, office.jia), office.jia)
        with pytest.raises(IntegrityError, match="one_live_reservation"), transaction.atomic():
            Reservation.objects.create(
                unit=first.unit,
                lead_id=first.lead_id,
                agent=office.yi,
                at=office.now,
                recorded_at=office.now,
                by=office.yi,
            )

    def test_a_reservation_becomes_the_deal_of_its_client(self, office):
        lead = own(office, office.jia)
        first = reserve(
            office, lead, office.jia, deposit_cents=2 * WAN, at=office.now - timedelta(1)
        )
        assert sell(office, lead, office.jia).reservation == first
        assert Reservation.objects.count() == 1

    def test_given_up_it_is_free_again(self, office):
        first = reserve(office, own(office, office.jia), office.jia)
        release_unit(reservation_id=first.pk, by=office.jia, now=office.now)
        release_unit(reservation_id=first.pk, by=office.jia, now=office.now)
        second = reserve(office, own(office, office.yi, phone="138 0013 8001"), office.yi)
        assert second.unit == first.unit

    def test_a_deal_is_not_given_up_like_a_reservation(self, office):
        deal = sell(office, own(office, office.jia), office.jia)
        release_unit(reservation_id=deal.reservation_id, by=office.jia, now=office.now)
        assert Reservation.objects.get().ended_at is None

    def test_the_same_form_twice_reserves_once(self, office):
        lead, key = own(office, office.jia), uuid4()
        assert reserve(office, lead, office.jia, key=key) == reserve(
            office, lead, office.jia, key=key
        )
        with pytest.raises(HappenedInTheFuture):
            reserve(office, lead, office.jia, unit="9", at=office.now + timedelta(hours=1))


class TestMilestones:
    def test_contract_and_payment_release_step_by_step(self, halves):
        deal = sell(halves, own(halves, halves.jia), halves.jia, price_cents=100 * WAN + 50)
        assert stands(deal, halves.jia) == (WAN + 1, 0, 0, 0, 0)
        step(halves, deal, "contract")
        assert stands(deal, halves.jia) == (500_000, 0, 500_001, 0, 0)
        step(halves, deal, "payment", amount_cents=30 * WAN)
        assert stands(deal, halves.jia)[2] == 500_001
        step(halves, deal, "payment", amount_cents=15)
        assert stands(deal, halves.jia) == (0, 0, WAN + 1, 0, 0)
        named = Entry.objects.filter(kind="release").values_list("step__kind", flat=True)
        assert set(named) == {"contract", "payment"}
        assert in_balance()

    def test_a_refund_locks_what_it_had_released(self, halves):
        deal = sell(halves, own(halves, halves.jia), halves.jia, price_cents=100 * WAN)
        step(halves, deal, "contract")
        step(halves, deal, "payment", amount_cents=40 * WAN)
        step(halves, deal, "refund", amount_cents=20 * WAN)
        assert stands(deal, halves.jia) == (500_000, 0, 500_000, 0, 0)
        assert Entry.objects.filter(kind="lock").count() == 2
        assert in_balance()

    def test_the_holdback_waits_for_the_handover(self, office):
        plan(office.project, holdback="10", **HALVES)
        deal = sell(office, own(office, office.jia), office.jia, price_cents=100 * WAN)
        step(office, deal, "contract")
        step(office, deal, "payment", amount_cents=100 * WAN)
        assert stands(deal, office.jia) == (100_000, 0, 900_000, 0, 0)
        step(office, deal, "handover")
        assert stands(deal, office.jia) == (0, 0, WAN, 0, 0)

    def test_a_lease_pays_by_the_months_rent(self, office):
        plan(office.project, base={"rent_months": "1.5"})
        deal = sell(office, own(office, office.jia), office.jia, rent_cents=833_333, term_months=24)
        assert (deal.price_cents, deal.is_lease) == (833_333 * 24, True)
        assert stands(deal, office.jia)[2] == 1_250_000

    def test_helper_introducer_and_override_have_lines_of_their_own(self, office):
        plan(
            office.project,
            helper="10",
            introducer="5",
            override={"percent": "2", "to": office.supervisor.pk, "on_top": True},
        )
        deal = sell(
            office,
            own(office, office.jia),
            office.jia,
            price_cents=100 * WAN,
            helper=office.yi,
            introducer=office.jia,
        )
        lines = Line.objects.filter(deal=deal).values_list("agent", "role", "released_cents")
        assert set(lines) == {
            (office.jia.pk, "agent", 850_000),
            (office.jia.pk, "introducer", 50_000),
            (office.yi.pk, "helper", 100_000),
            (office.supervisor.pk, "override", 20_000),
        }
        assert in_balance()


class TestTiers:
    TIERS = {"by": "count", "of": "agent", "mode": "whole", "steps": [["2", "2"]]}

    def test_the_second_deal_lifts_the_first_and_its_cancellation_drops_it(self, office):
        plan(office.project, tiers=self.TIERS)
        lead = own(office, office.jia)
        first = sell(office, lead, office.jia, price_cents=100 * WAN, at=office.now)
        second = sell(office, lead, office.jia, "3 棟 1203", office.now, price_cents=100 * WAN)
        assert stands(first, office.jia) == (0, 0, 2 * WAN, 0, 0)
        raised = Entry.objects.filter(deal=first, kind="correction", agent=office.jia)
        assert [entry.amount_cents for entry in raised] == [WAN]
        step(office, second, "cancel", note="退")
        assert stands(first, office.jia)[2] == WAN
        assert stands(second, office.jia) == (0, 0, 0, 0, -2 * WAN)
        assert in_balance()

    def test_a_ruling_moves_the_tiers_of_both(self, office):
        plan(office.project, tiers=self.TIERS)
        fought = collide(office)
        deal = sell(office, fought, office.jia, price_cents=100 * WAN, at=office.now)
        others = own(office, office.yi, phone="138 0013 8001")
        other = sell(office, others, office.yi, "2", office.now, price_cents=100 * WAN)
        assert stands(other, office.yi)[2] == WAN
        decide(office, fought, office.yi)
        assert stands(other, office.yi)[2] == 2 * WAN
        assert stands(deal, office.yi)[2] == 2 * WAN
        assert in_balance()


class TestChanges:
    def test_another_unit_at_another_price(self, halves):
        deal = sell(halves, own(halves, halves.jia), halves.jia, price_cents=100 * WAN)
        step(halves, deal, "contract")
        step(halves, deal, "unit", unit="5 棟 0101", price_cents=120 * WAN, note="要大一點")
        deal.refresh_from_db()
        assert (deal.unit, deal.price_cents, deal.commission_cents) == (
            "5 棟 0101",
            120 * WAN,
            1_200_000,
        )
        assert stands(deal, halves.jia) == (600_000, 0, 600_000, 0, 0)
        again = own(halves, halves.yi, phone="138 0013 8001")
        assert sell(halves, again, halves.yi).unit == "3 棟 1202"
        assert in_balance()

    def test_into_a_taken_unit_nothing_moves(self, halves):
        one = sell(halves, own(halves, halves.jia), halves.jia)
        two = own(halves, halves.yi, phone="138 0013 8001")
        sell(halves, two, halves.yi, "5 棟 0101")
        with pytest.raises(UnitTaken):
            step(halves, one, "unit", unit="5 棟 0101")
        one.refresh_from_db()
        assert one.unit == "3 棟 1202"
        assert not DealStep.objects.exists()

    def test_called_off_the_unit_is_free_and_the_commission_is_gone(self, halves):
        lead = own(halves, halves.jia)
        deal = sell(halves, lead, halves.jia, price_cents=100 * WAN)
        step(halves, deal, "contract")
        step(halves, deal, "payment", amount_cents=WAN)
        step(halves, deal, "cancel", note="貸款沒過")
        assert stands(deal, halves.jia) == (0, 0, 0, 0, -WAN)
        step(halves, deal, "refund", amount_cents=WAN)
        with pytest.raises(DealClosed):
            step(halves, deal, "payment", amount_cents=WAN)
        assert sell(halves, lead, halves.jia).unit == deal.unit
        assert in_balance()

    def test_a_family_name_is_only_written_down(self, office):
        deal = sell(office, own(office, office.jia), office.jia)
        step(office, deal, "name", buyer="葉太太", family=True, note="夫妻")
        deal.refresh_from_db()
        assert deal.buyer == "葉太太"
        assert not Notification.objects.filter(text__contains="換名").exists()

    def test_a_stranger_is_brought_before_the_supervisor(self, office):
        deal = sell(office, own(office, office.jia), office.jia)
        step(office, deal, "name", buyer="陳某", phone="+8613800138009", note="轉讓")
        note = Notification.objects.get(text__contains="換名")
        assert note.staff == office.supervisor
        assert Phone.objects.get(number="+8613800138009").person.lead_id == deal.lead_id

    def test_in_the_name_of_a_colleagues_client_it_is_a_case(self, office):
        lead = own(office, office.jia)
        own(office, office.yi, phone="138 0013 8001", days=6)
        theirs = Phone.objects.get(number="+8613800138001").person.lead_id
        record_notice(
            lead_id=theirs,
            agent=office.jia,
            at=office.now - timedelta(days=2),
            by=office.jia,
            now=office.now - timedelta(days=2),
            key=uuid4(),
        )
        deal = sell(office, lead, office.jia)
        assert stands(deal, office.jia)[2] == 3_424_000
        step(office, deal, "name", buyer="陳某", phone="+8613800138001", note="轉讓")
        assert Case.objects.filter(state="open", kind="name_swap").exists()
        deal.refresh_from_db()
        assert deal.contested
        assert sum(line.held_cents for line in Line.objects.filter(deal=deal)) == 3_424_000
        assert in_balance()

    @pytest.mark.parametrize(
        ("kind", "given", "message"),
        [
            ("handover", {}, "還沒簽約"),
            ("payment", {"amount_cents": 999 * WAN}, "超過總價"),
            ("payment", {}, "寫下金額"),
            ("refund", {"amount_cents": 1}, "超過已回款"),
            ("refund", {"amount_cents": 0}, "寫下金額"),
            ("unit", {"unit": ""}, "要換到的房號"),
            ("contract", {"at": -2}, "不能早於認購"),
        ],
    )
    def test_what_does_not_fit(self, office, kind, given, message):
        deal = sell(office, own(office, office.jia), office.jia)
        if "at" in given:
            given = {"at": office.now - timedelta(hours=2), "now": office.now}
        with pytest.raises(NotInThisOrder) as refused:
            step(office, deal, kind, **given)
        assert message in str(refused.value.message)

    def test_once_only(self, office):
        deal = sell(office, own(office, office.jia), office.jia)
        key = uuid4()
        assert step(office, deal, "contract", key=key) == step(office, deal, "contract", key=key)
        with pytest.raises(NotInThisOrder, match="已經簽約"):
            step(office, deal, "contract")
        step(office, deal, "handover")
        with pytest.raises(NotInThisOrder, match="已經交房"):
            step(office, deal, "handover")
        step(office, deal, "payment", amount_cents=2 * WAN)
        with pytest.raises(NotInThisOrder, match="少於已回款"):
            step(office, deal, "unit", unit="7", price_cents=WAN)
        with pytest.raises(HappenedInTheFuture):
            step(office, deal, "payment", at=office.now + timedelta(days=1), now=office.now)
        common = {"at": office.now, "by": office.jia, "now": office.now, "key": uuid4()}
        with pytest.raises(NoSuchDeal):
            record_step(deal_id=10**9, kind="contract", **common)


class TestWhatHolds:
    def test_what_the_policy_decides_holds_nothing(self, office):
        leasing = ProjectFactory(preset="house")
        for staff in (office.jia, office.yi, office.supervisor):
            staff.assignments.update(project=leasing)
        lead = collide(office)
        assert Case.objects.get(lead=lead).decided_by == "policy"
        deal = sell(office, lead, office.jia)
        assert stands(deal, office.jia) == (0, 0, 3_424_000, 0, 0)

    def test_a_departure_holds_nothing_that_was_signed_before(self, office):
        lead = own(office, office.jia)
        deal = sell(office, lead, office.jia)
        record_departure(staff=office.jia, at=office.now, by=office.manager, now=office.now)
        assert stands(deal, office.jia) == (0, 0, 3_424_000, 0, 0)

    def test_a_departure_holds_what_is_sold_while_nobody_owns(self, office):
        lead = own(office, office.jia)
        gone = office.now - timedelta(hours=3)
        record_departure(staff=office.jia, at=gone, by=office.manager, now=gone)
        assert Case.objects.get(lead=lead).kind == "departure"
        deal = sell(office, lead, office.yi)
        assert stands(deal, office.yi) == (0, 3_424_000, 0, 0, 0)
        assert in_balance()


class TestAdjustments:
    def test_forfeited_to_the_wronged_agent_and_beyond_a_ruling(self, office):
        lead = collide(office)
        deal = sell(office, lead, office.jia)
        given = {"by": office.manager, "now": office.now, "reason": "搶單屬實"}
        adjust(
            deal_id=deal.pk,
            kind="forfeiture",
            agent=office.jia,
            to=office.yi,
            percent=50,
            key=uuid4(),
            **given,
        )
        assert stands(deal, office.jia) == (0, 1_712_000, 0, 0, -1_712_000)
        assert stands(deal, office.yi) == (0, 1_712_000, 0, 0, 0)
        decide(office, lead, office.jia)
        assert stands(deal, office.yi)[2] == 1_712_000
        assert in_balance()

    def test_forfeited_to_the_company(self, office):
        deal = sell(office, own(office, office.jia), office.jia)
        key = uuid4()
        for _ in range(2):
            adjust(
                deal_id=deal.pk,
                kind="forfeiture",
                agent=office.jia,
                percent=100,
                reason="沒收",
                by=office.manager,
                now=office.now,
                key=key,
            )
        deal.refresh_from_db()
        assert deal.commission_cents == 0
        assert Entry.objects.filter(kind="forfeiture", adjustment__isnull=False).count() == 2
        assert in_balance()

    @pytest.mark.parametrize(
        "given", [{"reason": " ", "cents": 1}, {"reason": "補"}, {"reason": "補", "cents": 0}]
    )
    def test_nothing_without_amount_and_reason(self, office, given):
        deal = sell(office, own(office, office.jia), office.jia)
        common = {"by": office.manager, "now": office.now, "key": uuid4()}
        with pytest.raises(NothingToAdjust):
            adjust(deal_id=deal.pk, kind="correction", agent=office.jia, **given, **common)
        with pytest.raises(NothingToAdjust):
            adjust(
                deal_id=deal.pk, kind="correction", agent=office.yi, reason="補", cents=1, **common
            )
        assert not Adjustment.objects.exists()


class TestPeriods:
    def test_two_people_sign_the_same_figures_and_what_is_free_is_paid(self, halves):
        deal = sell(halves, own(halves, halves.jia), halves.jia, price_cents=100 * WAN)
        step(halves, deal, "contract")
        period = close(halves)
        assert (period.state, len(period.digest)) == ("closed", 64)
        assert stands(deal, halves.jia) == (500_000, 0, 0, 500_000, 0)
        assert in_balance()

    def test_what_is_held_again_before_the_close_is_not_paid(self, halves):
        """Free by the end of the month, fought over before its close: it waits for the ruling."""
        lead = own(halves, halves.jia)
        deal = sell(halves, lead, halves.jia, price_cents=100 * WAN)
        step(halves, deal, "contract")
        month = Period.objects.get().month
        after = months.bounds(month, halves.project.zone)[1] + timedelta(days=1)
        given = {"about": halves.jia, "at": after, "by": halves.supervisor, "now": after}
        record_complaint(lead_id=lead, finding="open", key=uuid4(), **given)
        assert stands(deal, halves.jia) == (0, 1_000_000, 0, 0, 0)
        assert checklist(halves.project, month).payable_cents == 0
        close(halves, month, now=after + timedelta(hours=1))
        assert stands(deal, halves.jia) == (0, 1_000_000, 0, 0, 0)
        assert in_balance()

    def test_figures_that_changed_are_signed_anew(self, office):
        deal = sell(office, own(office, office.jia), office.jia)
        period = Period.objects.get()
        common = {"project": office.project, "month": period.month, "checked": {}}
        common["now"] = office.now + timedelta(days=40)
        sign_period(by=office.manager, **common)
        with pytest.raises(SignedAlready):
            sign_period(by=office.manager, **common)
        step(office, deal, "unit", unit="8", price_cents=WAN)
        assert sign_period(by=office.general, **common).state == "open"
        assert sign_period(by=office.manager, **common).state == "closed"
        with pytest.raises(CannotClose, match="已經關帳"):
            sign_period(by=office.auditor, **common)

    def test_not_before_its_end_nor_before_the_month_before(self, office):
        deal = sell(office, own(office, office.jia), office.jia)
        month = Period.objects.get().month
        with pytest.raises(CannotClose, match="還沒過完"):
            sign_period(
                project=office.project, month=month, checked={}, by=office.manager, now=office.now
            )
        later = office.now + timedelta(days=40)
        step(office, deal, "unit", unit="8", price_cents=WAN, at=later)
        after = Period.objects.order_by("month").last()
        with pytest.raises(CannotClose, match="前面還有月份"):
            sign_period(
                project=office.project,
                month=after.month,
                checked={},
                by=office.manager,
                now=later + timedelta(days=40),
            )

    def test_a_ruling_after_the_close_lands_in_the_open_month(self, office):
        lead = collide(office)
        deal = sell(office, lead, office.jia)
        decide(office, lead, office.jia)
        period = close(office)
        before = list(period.entries.order_by("pk").values())
        later = office.now + timedelta(days=40)
        decide(office, lead, office.yi, now=later)
        assert list(period.entries.order_by("pk").values()) == before
        assert stands(deal, office.jia) == (0, 0, -3_424_000, 3_424_000, -3_424_000)
        assert stands(deal, office.yi) == (0, 0, 3_424_000, 0, 0)
        moved = Entry.objects.filter(kind="clawback").values_list("period__month", flat=True)
        assert set(moved) == {Period.objects.order_by("month").last().month}
        decide(office, lead, office.jia, now=later + timedelta(hours=1))
        assert stands(deal, office.jia)[2:4] == (0, 3_424_000)
        assert in_balance()

    def test_a_refund_after_the_payout_is_owed_and_set_off(self, halves):
        lead = own(halves, halves.jia)
        deal = sell(halves, lead, halves.jia, price_cents=100 * WAN)
        step(halves, deal, "contract")
        step(halves, deal, "payment", amount_cents=30 * WAN)
        close(halves)
        assert stands(deal, halves.jia) == (0, 0, 0, WAN, 0)
        later = halves.now + timedelta(days=40)
        step(halves, deal, "refund", amount_cents=WAN, at=later)
        assert stands(deal, halves.jia) == (500_000, 0, -500_000, WAN, 0)
        other = sell(halves, lead, halves.jia, "9", later, price_cents=200 * WAN)
        step(halves, other, "contract", at=later)
        month = Period.objects.order_by("month").last().month
        close(halves, month, now=later + timedelta(days=40))
        paid = Entry.objects.filter(kind="payout", account="paid", period__month=month)
        assert sorted(paid.values_list("amount_cents", flat=True)) == [-500_000, WAN]
        assert in_balance()

    def test_whoever_owes_more_than_he_is_due_is_paid_nothing(self, halves):
        lead = own(halves, halves.jia)
        deal = sell(halves, lead, halves.jia, price_cents=100 * WAN)
        step(halves, deal, "contract")
        close(halves)
        later = halves.now + timedelta(days=40)
        step(halves, deal, "cancel", at=later, note="退")
        month = Period.objects.order_by("month").last().month
        close(halves, month, now=later + timedelta(days=40))
        assert stands(deal, halves.jia) == (0, 0, -500_000, 500_000, -WAN)
        assert in_balance()


class TestTheDatabaseRefuses:
    def test_an_entry_without_a_decision_about_its_deal(self, office):
        deal = sell(office, own(office, office.jia), office.jia)
        other = sell(office, own(office, office.yi, phone="138 0013 8001"), office.yi, "1 棟 0101")
        entry = Entry.objects.filter(deal=deal).first()
        entry.pk, entry.decision = None, other.decision
        with (
            pytest.raises(IntegrityError, match="no decision about its deal"),
            transaction.atomic(),
        ):
            entry.save(force_insert=True)
        entry.decision_id = None
        with pytest.raises(IntegrityError), transaction.atomic():
            entry.save(force_insert=True)

    def test_a_posting_that_does_not_balance(self, office):
        deal = sell(office, own(office, office.jia), office.jia)
        entry = Entry.objects.filter(deal=deal).first()
        entry.pk, entry.posting = None, uuid4()
        with pytest.raises(IntegrityError, match="sum to nothing"), transaction.atomic():
            entry.save(force_insert=True)

    def test_anything_in_a_closed_period(self, office):
        deal = sell(office, own(office, office.jia), office.jia)
        period = close(office)
        entry = Entry.objects.filter(deal=deal).first()
        entry.pk = None
        with pytest.raises(IntegrityError, match="period is closed"), transaction.atomic():
            entry.save(force_insert=True)
        for act in (lambda: Period.objects.update(digest="0" * 64), period.delete):
            with pytest.raises(IntegrityError), transaction.atomic():
                act()

    def test_closing_by_one_signature(self, office):
        sell(office, own(office, office.jia), office.jia)
        with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
            Period.objects.update(
                state="closed", digest="0" * 64, signed_digest="1", closed_at=office.now
            )


class TestPlans:
    def test_a_plan_counts_from_its_day_and_never_changes(self, office):
        day = office.now.date() + timedelta(days=2)
        common = {"project": office.project, "by": office.manager, "now": office.now}
        terms = {"base": {"permille": "9"}}
        set_plan(effective_from=day, terms=terms, name="下半年", **common)
        for refused in (day, office.now.date() - timedelta(days=30)):
            with pytest.raises(PlanInForce):
                set_plan(effective_from=refused, terms=terms, **common)
        with pytest.raises(schedule.PlanError):
            set_plan(effective_from=day + timedelta(1), terms={"base": {}}, **common)
        stranger = StaffFactory()
        over = {**terms, "override": {"percent": 1, "to": stranger.pk}}
        with pytest.raises(NotAnAgent):
            set_plan(effective_from=day + timedelta(1), terms=over, **common)
        assert Plan.objects.count() == 2
        assert Project.objects.get(pk=office.project.pk).plans.last().schedule().base.value == 9
