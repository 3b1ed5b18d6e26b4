"""What an ending brings with it: money, penalties, free choice; one transaction, two signatures."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from attribution.services import set_policy
from commissions.models import Adjustment, Entry
from disputes import services
from disputes.models import Case, Penalty, Step
from disputes.sanctions import Sanction
from leads.models import ContactEvent, Kind, Lead, Notification
from leads.services import record_contact
from tests.factories import visit

from .conftest import browser_of, collide, tell, the_case
from .test_course import DAY, given, ruling
from .test_queue import sell
from .test_ruling import form, post

pytestmark = pytest.mark.django_db

WHOLE = 3_424_000


@pytest.fixture
def sold(office):
    """A collision, and a deal that its first agent closed; everybody had his say."""
    lead = collide(office)
    office.deal = sell(office, lead, office.jia)
    office.lead, office.case = lead, the_case(lead)
    return office


@pytest.fixture
def poached(office):
    """A deal taken by an agent who had been told."""
    office.lead = collide(office, days=20)
    tell(office.lead, office.bing, office.now - 10 * DAY)
    office.deal = sell(office, office.lead, office.bing, at=office.now - 6 * DAY)
    office.case = Case.objects.get(kind="poaching")
    return office


def due(deal):
    """Cents per agent, wherever they lie."""
    sums = {}
    for line in deal.deal.lines.all():
        sums[line.agent] = line.pending_cents + line.held_cents + line.released_cents
    return {agent: cents for agent, cents in sums.items() if cents}


def forfeit(office, **more):
    return Sanction(office.yi.pk, "sales/1", percent=50, deal=office.deal.pk, **more)


def sign(office, case, by=None):
    case.refresh_from_db()
    who = given(by or office.manager, office.now)
    return services.countersign(case_id=case.pk, version=case.version, **who)


class TestForfeiture:
    def shares(self, office):
        return {office.jia.pk: 60, office.yi.pk: 40}

    def test_one_signature_takes_nothing_away(self, sold):
        asked = ruling(sold, sold.case, sold.jia, shares=self.shares(sold), sanction=forfeit(sold))
        with pytest.raises(services.InTheWay):
            services.decide(**asked)
        assert not Penalty.objects.exists()
        services.draft(**asked, finding="")
        assert not Penalty.objects.exists()
        assert due(sold.deal) == {sold.jia: WHOLE}

    @pytest.mark.parametrize("to_company", [True, False])
    def test_the_second_posts_fact_ownership_and_money_together(self, sold, to_company):
        to = None if to_company else sold.jia.pk
        asked = ruling(sold, sold.case, sold.jia, shares=self.shares(sold))
        services.draft(**asked, finding="", sanction=forfeit(sold, to=to))
        sign(sold, sold.case)
        part, taken = WHOLE * 40 // 100, WHOLE * 20 // 100
        mine = WHOLE - part + (0 if to_company else taken)
        assert due(sold.deal) == {sold.jia: mine, sold.yi: part - taken}
        sold.case.refresh_from_db()
        assert sold.case.state == Case.State.RULED
        ruled = ContactEvent.objects.get(kind=Kind.RULING)
        entries = Entry.objects.filter(kind="forfeiture")
        assert {entry.posted_at for entry in entries} == {ruled.recorded_at}
        assert sum(entry.amount_cents for entry in entries) == 0
        penalty = Penalty.objects.get()
        assert (penalty.proposed_by, penalty.decided_by) == (sold.supervisor, sold.manager)
        assert Adjustment.objects.get().key == penalty.key

    def test_it_is_posted_once_whatever_comes_after(self, sold):
        asked = ruling(sold, sold.case, sold.jia, shares=self.shares(sold))
        services.draft(**asked, finding="", sanction=forfeit(sold))
        sign(sold, sold.case)
        before = due(sold.deal)
        visit(sold.jia, sold.now, phone="138 0013 8000")
        assert due(sold.deal) == before
        assert Adjustment.objects.count() == 1

    def test_whoever_would_get_it_may_not_sign(self, sold):
        party = sold.case.parties.create(
            staff=sold.manager, notified_at=sold.now - 3 * DAY, due_at=sold.now - DAY
        )
        asked = ruling(sold, sold.case, sold.jia, shares=self.shares(sold))
        services.draft(**asked, finding="", sanction=forfeit(sold, to=party.staff_id))
        with pytest.raises(services.PartyToTheCase):
            sign(sold, sold.case)
        assert due(sold.deal) == {sold.jia: WHOLE}

    @pytest.mark.parametrize(
        "wrong",
        [{"against": 0}, {"percent": 101}, {"deal": 0}, {"to": 0}, {"clause": ""}],
        ids=lambda wrong: next(iter(wrong)),
    )
    def test_what_does_not_fit_the_case_is_refused(self, sold, wrong):
        plain = forfeit(sold).plain() | wrong
        asked = ruling(sold, sold.case, sold.jia, sanction=Sanction(**plain))
        with pytest.raises(services.NoSuchPenalty):
            services.draft(**asked)

    def test_conduct_costs_the_commission_and_moves_no_client(self, office):
        lead = visit(office.jia, office.now - 3 * DAY, phone="138 0013 8000").lead_id
        office.deal = sell(office, lead, office.jia)
        case = services.open_by_hand(
            lead_id=lead,
            kind="speculation",
            text="同一房號轉手三次",
            about=office.jia,
            **given(office.supervisor, office.now - 2 * DAY),
        )
        sanction = Sanction(office.jia.pk, "sales/8", percent=100, deal=office.deal.pk)
        services.draft(
            **ruling(office, case, None, heard={office.jia.pk: "沒有"}, sanction=sanction),
            finding="recorded",
        )
        sign(office, case)
        assert due(office.deal) == {}
        assert Lead.objects.get(pk=lead).owner == office.jia
        assert not ContactEvent.objects.filter(kind=Kind.RULING).exists()


class TestProposals:
    def uphold(self, office):
        asked = Sanction(office.bing.pk, "sales/1", "dismissal")
        services.draft(**ruling(office, office.case, office.jia, sanction=asked, note="請看條文"))
        sign(office, office.case)
        return Penalty.objects.get()

    def test_a_dismissal_is_proposed_and_nobody_is_dismissed(self, poached):
        penalty = self.uphold(poached)
        assert (penalty.state, penalty.kind, penalty.clause) == ("proposed", "dismissal", "sales/1")
        poached.bing.refresh_from_db()
        assert poached.bing.departed_at is None
        told = Notification.objects.filter(url="/penalties/").values_list("staff", flat=True)
        assert set(told) == {poached.manager.pk, poached.general.pk}
        assert Notification.objects.filter(
            staff=poached.bing, text__contains="對你有處分", url=f"/my-cases/{poached.case.pk}/"
        ).exists()

    def test_another_manager_confirms_and_the_wizard_is_where_it_goes_on(self, poached):
        penalty = self.uphold(poached)
        for somebody in (poached.supervisor, poached.bing):
            with pytest.raises(services.NotYoursToConfirm):
                services.confirm_penalty(
                    penalty_id=penalty.pk, reason="", **given(somebody, poached.now)
                )
        signed = given(poached.general, poached.now)
        for _twice in range(2):
            services.confirm_penalty(penalty_id=penalty.pk, reason="屬實", **signed)
        penalty.refresh_from_db()
        assert (penalty.state, penalty.decided_by) == ("confirmed", poached.general)
        assert poached.case.steps.filter(kind=Step.Kind.PENALTY_CONFIRMED).count() == 1
        with pytest.raises(services.NotNow):
            services.drop_penalty(
                penalty_id=penalty.pk, reason="…", **given(poached.manager, poached.now)
            )
        page = browser_of(poached.manager).get(reverse("case", args=[poached.case.pk]))
        assert "提請解聘" in page.content.decode()
        assert not penalty.carried_out

    def test_it_is_dropped_only_with_a_reason(self, poached):
        penalty = self.uphold(poached)
        manager, url = browser_of(poached.general), reverse("penalty_decide", args=[penalty.pk])
        page = manager.get(reverse("penalties"))
        assert "提請解聘 鄧家豪" in page.content.decode()
        answer = manager.post(url, {"do": "drop", "text": " ", "key": uuid4()})
        assert answer.status_code == 422
        assert "寫下為什麼不採" in answer.content.decode()
        answer = manager.post(url, {"do": "drop", "text": "初犯", "key": uuid4()})
        assert answer.url == reverse("penalties")
        penalty.refresh_from_db()
        assert (penalty.state, penalty.reason) == ("dropped", "初犯")
        assert browser_of(poached.supervisor).post(url).status_code == 403

    def test_its_agent_reads_of_it_and_the_other_does_not(self, poached):
        self.uphold(poached)
        url = reverse("my_case", args=[poached.case.pk])
        mine = browser_of(poached.bing).get(url).content.decode()
        assert "對你的處分" in mine
        assert "請看條文" in mine
        other = browser_of(poached.jia).get(url).content.decode()
        assert "對你的處分" not in other
        assert "提請解聘" not in other
        assert poached.bing.name not in other

    def test_the_database_wants_two_others(self, poached):
        penalty = self.uphold(poached)
        for somebody in (penalty.proposed_by, penalty.staff):
            with pytest.raises(IntegrityError, match="two_others"), transaction.atomic():
                Penalty.objects.update(
                    state="confirmed", decided_by=somebody, decided_at=poached.now
                )

    def test_the_list_asks_a_constant_number(self, poached, django_assert_max_num_queries):
        penalty = self.uphold(poached)
        for number in range(6):
            Penalty.objects.create(
                case=penalty.case,
                step=penalty.step,
                staff=penalty.staff,
                kind="other",
                measure=f"停輪值 {number} 天",
                clause="sales/1",
                proposed_by=penalty.proposed_by,
                proposed_at=poached.now,
            )
        browser = browser_of(poached.general)
        browser.get(reverse("penalties"))
        with django_assert_max_num_queries(12):
            browser.get(reverse("penalties"))


class TestTheSheet:
    def test_the_clause_fills_in_whom_and_what(self, poached):
        url = reverse("case_rule", args=[poached.case.pk])
        sheet = browser_of(poached.supervisor).get(url, {"outcome": "upheld"})
        asked = sheet.context["form"].sanction_typed
        assert asked == Sanction(poached.bing.pk, "sales/1", "dismissal")
        assert "存成擬稿" in sheet.content.decode()

    def test_a_forfeiture_is_drawn_up_and_shown_before(self, sold):
        url = reverse("case_rule", args=[sold.case.pk])
        typed = {
            "outcome": "give", "owner": sold.yi.pk, "against": sold.yi.pk, "forfeit": 50,
            "forfeit_deal": sold.deal.pk, "penalty_clause": "sales/1",
        }  # fmt: skip
        shown = browser_of(sold.supervisor).get(url, typed).content.decode()
        assert "沒收乙佣金 50%，歸公司" in shown
        assert "¥17,120.00" in shown
        answer = post(sold.supervisor, sold.case, **typed)
        assert answer.status_code == 302
        sold.case.refresh_from_db()
        assert sold.case.stage == "signature"
        assert "沒收乙佣金 50%" in (
            browser_of(sold.manager).get(reverse("case", args=[sold.case.pk])).content.decode()
        )

    @pytest.mark.parametrize(
        ("typed", "why"),
        [
            ({"penalty": "dismissal"}, "選出要處分的當事人"),
            ({"penalty": "other", "against": "yi"}, "寫下處分內容"),
            ({"forfeit": 10, "against": "yi", "forfeit_to": "yi"}, "不能再給他本人"),
        ],
    )
    def test_what_is_missing_is_said_and_the_words_stay(self, sold, typed, why):
        typed = {name: sold.yi.pk if value == "yi" else value for name, value in typed.items()}
        typed |= {"penalty_clause": "sales/1", "forfeit_deal": sold.deal.pk}
        answer = post(sold.supervisor, sold.case, owner=sold.jia.pk, reason="我寫的", **typed)
        assert answer.status_code == 422
        assert why in answer.content.decode()
        assert "我寫的" in answer.content.decode()


class TestPreviews:
    def effects(self, office, case):
        page = browser_of(office.supervisor).get(reverse("case", args=[case.pk]))
        return page.context["dossier"].outcomes, page.content.decode()

    def test_the_closers_part_is_in_the_preview(self, office):
        begun = office.now - 60 * DAY
        set_policy(
            project=office.project,
            preset="house",
            settings={"collision_by": "supervisor", "closer_commission": 20},
            effective_from=begun,
            by=None,
            now=begun,
        )
        lead = collide(office)
        deal = sell(office, lead, office.bing)
        case = services.contest(
            lead_id=lead,
            kind="objection",
            clause="leasing/2.2",
            text="少算",
            **given(office.jia, office.now),
        )
        found, _text = self.effects(office, case)
        unchanged = next(o for o in found if o.name == "dismiss")
        assert unchanged.commissions[deal.pk] == {office.jia.pk: 80, office.bing.pk: 20}
        ruled = next(o for o in found if o.name == "give")
        services.decide(
            **ruling(office, case, office.jia, heard={office.yi.pk: "…", office.bing.pk: "…"})
        )
        divided = {line.agent_id: line.share for line in deal.deal.lines.all() if line.share}
        assert divided == ruled.commissions[deal.pk]

    def test_every_finding_on_a_complaint_is_foreseen(self, office):
        lead = visit(office.jia, office.now - 4 * DAY, phone="138 0013 8000").lead_id
        services.record_complaint(
            lead_id=lead, about=office.jia, by=office.supervisor, now=office.now, key=uuid4()
        )
        found, text = self.effects(office, the_case(lead))
        assert [o.name for o in found] == ["unfounded", "agent_fault", "replace"]
        assert found[1].owner is None
        assert found[2].frees_choice
        assert found[2].valid_until is None
        assert "你選的顧問" in text
        assert "帶來的新客戶可自選顧問" in text

    def test_a_guest_of_the_aggrieved_client_chooses_freely(self, office):
        lead = visit(office.jia, office.now - 4 * DAY, phone="138 0013 8000").lead_id
        services.record_complaint(
            lead_id=lead, about=office.jia, by=office.supervisor, now=office.now, key=uuid4()
        )
        said = {f"heard_{office.jia.pk}": "願意換人"}
        case = the_case(lead)
        url = reverse("case_rule", args=[case.pk])
        sheet = browser_of(office.supervisor).get(
            url, {"outcome": "replace", "owner": office.bing.pk}
        )
        assert "這位客戶日後帶來的新客戶可自選顧問" in sheet.content.decode()
        answer = browser_of(office.supervisor).post(
            url, form(case, outcome="replace", owner=office.bing.pk, **said)
        )
        assert answer.status_code == 302
        guest = record_contact(
            project=office.project,
            kind=Kind.VISIT,
            agent=office.jia,
            asked_for=office.yi,
            brought_by=lead,
            at=office.now + timedelta(hours=1),
            now=office.now + timedelta(hours=1),
            by=office.jia,
            key=uuid4(),
            phone="139 0000 7777",
        )
        assert Lead.objects.get(pk=guest.lead_id).owner == office.yi

    def test_a_departure_shows_what_placing_him_means(self, office):
        from leads.services import record_departure

        lead = collide(office)
        record_departure(staff=office.jia, at=office.now, by=office.manager, now=office.now)
        case = Case.objects.get(lead=lead, kind="departure")
        found, text = self.effects(office, case)
        assert [o.name for o in found] == ["assign", "assign"]
        assert found[0].owner.agent == office.yi.pk
        assert "其他人的權利終止" in text
