"""Units, plans, steps and the closing of a month, on their pages."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import Workbook

from commissions.models import Adjustment, Deal, Period, Plan, Reservation, Unit

from .conftest import browser_of, own, sell, stands, step

pytestmark = pytest.mark.django_db


def at(office, **back):
    moment = (office.now - timedelta(**back or {"minutes": 5})).astimezone(office.project.zone)
    return f"{moment:%Y-%m-%dT%H:%M}"


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "units.xlsx"
    return file


@pytest.fixture
def deal(office):
    return sell(office, own(office, office.jia), office.jia)


class TestReserving:
    def test_an_agent_reserves_for_his_client_and_gives_up(self, office):
        browser, lead = browser_of(office.jia), own(office, office.jia)
        url = reverse("reserve", args=[lead])
        assert browser.get(url).status_code == 200
        given = {"unit": "3 棟 1202", "deposit": "2萬", "at": at(office), "key": uuid4()}
        assert browser.post(url, given).url == reverse("lead_deals", args=[lead])
        reservation = Reservation.objects.get()
        assert reservation.deposit_cents == 2_000_000
        assert "已認籌" in browser.get(reverse("lead_deals", args=[lead])).content.decode()
        gone = reverse("reservation_release", args=[reservation.pk])
        assert browser_of(office.yi).post(gone).status_code == 404
        assert browser.post(gone).status_code == 302
        reservation.refresh_from_db()
        assert reservation.ended == "released"

    def test_a_colleague_learns_since_when_and_not_who(self, office, deal):
        lead = own(office, office.yi, phone="138 0013 8001")
        given = {"unit": deal.unit, "at": at(office), "key": uuid4()}
        answer = browser_of(office.yi).post(reverse("reserve", args=[lead]), given)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "起。" in text
        assert office.jia.name not in text
        told = browser_of(office.supervisor).post(reverse("reserve", args=[lead]), given)
        assert office.jia.name in told.content.decode()
        units = browser_of(office.yi).get(reverse("unit_list")).content.decode()
        assert "已認購" in units
        assert office.jia.name not in units
        assert (
            office.jia.name in browser_of(office.manager).get(reverse("unit_list")).content.decode()
        )


class TestUnits:
    ROWS = (
        ("房號", "戶型", "面積", "總價", "月租"),
        ("3 棟　１２０２", "三房", 89.5, "4,280,000", None),
        (1203, "三房", "八十", 1, None),
        ("", "三房", 1, 1, None),
        (1204, "兩房", 70, 3_000_000, 5000),
        (1204, "兩房", 70, 3_000_000, 5000),
    )

    def test_checked_first_then_entered(self, office, django_assert_max_num_queries):
        browser, url = browser_of(office.supervisor), reverse("unit_import")
        answer = browser.post(url, {"file": workbook(*self.ROWS)})
        assert answer.status_code == 200
        text = answer.content.decode()
        for word in ("面積不是數字", "房號空白", "檔案裡重複"):
            assert word in text
        assert not Unit.objects.exists()
        assert browser.post(url, {"rows": answer.context["signed"]}).url == reverse("unit_list")
        assert set(Unit.objects.values_list("number", "price_cents", "rent_cents")) == {
            ("3 棟 1202", 428_000_000, None),
            ("1204", 300_000_000, 500_000),
        }
        again = browser.post(url, {"file": workbook(*self.ROWS)})
        assert again.context["counts"] == {"same": 2, "refused": 3}
        with django_assert_max_num_queries(12):
            browser.get(reverse("unit_list"))

    @pytest.mark.parametrize("file", [b"no excel", None])
    def test_what_is_no_list(self, office, file):
        given = {"file": io.BytesIO(file)} if file else {"file": workbook(("名", "價"), (1, 2))}
        answer = browser_of(office.supervisor).post(reverse("unit_import"), given)
        assert answer.status_code == 422
        assert "讀不出房源" in answer.content.decode()

    def test_a_list_signed_by_nobody_is_refused(self, office):
        answer = browser_of(office.supervisor).post(reverse("unit_import"), {"rows": "x"})
        assert answer.url == reverse("unit_import")
        assert not Unit.objects.exists()

    def test_narrowed_by_state_and_number(self, office, deal):
        Unit.objects.create(project=office.project, number="9 棟 0101")
        browser = browser_of(office.jia)
        for query, found in (
            ("state=free", ["9 棟 0101"]),
            ("state=sold", ["3 棟 1202"]),
            ("state=reserved", []),
            ("q=0101", ["9 棟 0101"]),
        ):
            page = browser.get(f"{reverse('unit_list')}?{query}")
            assert [unit.number for unit in page.context["page_obj"]] == found


class TestSteps:
    def test_from_contract_to_cancellation(self, office, deal, django_assert_max_num_queries):
        browser = browser_of(office.supervisor)
        for kind, given in (
            ("contract", {}),
            ("payment", {"amount": "128萬"}),
            ("refund", {"amount": "28萬", "note": "多付"}),
            ("unit", {"unit": "9 棟 0101", "price": "500萬", "note": "換大"}),
            ("name", {"buyer": "葉太太", "family": "on", "note": "夫妻"}),
            ("handover", {}),
            ("cancel", {"note": "貸款沒過"}),
        ):
            url = reverse("deal_step", args=[deal.pk, kind])
            assert browser.get(url).status_code == 200
            answer = browser.post(url, {"at": at(office), "key": uuid4(), **given})
            assert answer.status_code == 302, answer.content.decode()
            with django_assert_max_num_queries(12):
                page = browser.get(reverse("lead_deals", args=[deal.lead_id]))
        deal.refresh_from_db()
        assert (deal.paid_cents, deal.unit) == (100_000_000, "9 棟 0101")
        assert deal.cancelled_at is not None
        assert "已退房" in page.content.decode()

    @pytest.mark.parametrize(
        ("kind", "given", "message"),
        [
            ("payment", {"amount": ""}, "寫下金額"),
            ("payment", {"amount": "9億"}, "回款超過總價"),
            ("cancel", {}, "寫下理由"),
            ("name", {"buyer": "陳某", "phone": "12", "note": "x"}, "不像電話號碼"),
            ("contract", {"at": "2099-01-01T10:00"}, "還沒有發生的事"),
            ("handover", {}, "還沒簽約"),
        ],
    )
    def test_what_is_refused_is_said(self, office, deal, kind, given, message):
        url = reverse("deal_step", args=[deal.pk, kind])
        given = {"at": at(office), "key": uuid4(), **given}
        answer = browser_of(office.supervisor).post(url, given)
        assert answer.status_code == 422
        assert message in answer.content.decode()

    def test_a_kind_that_is_none(self, office, deal):
        url = reverse("deal_step", args=[deal.pk, "gift"])
        assert browser_of(office.supervisor).get(url).status_code == 404

    def test_a_manager_forfeits(self, office, deal):
        browser, url = browser_of(office.manager), reverse("deal_adjust", args=[deal.pk])
        assert browser.get(url).status_code == 200
        given = {"kind": "forfeiture", "agent": office.jia.pk, "reason": "搶單", "key": uuid4()}
        assert browser.post(url, given).status_code == 422
        given |= {"percent": 100, "to": office.yi.pk}
        assert browser.post(url, given).status_code == 302
        assert stands(deal, office.yi)[2] == 3_424_000
        correct = {"kind": "correction", "agent": office.yi.pk, "cents": "-1.05", "key": uuid4()}
        assert browser.post(url, correct | {"reason": "尾差"}).status_code == 302
        assert stands(deal, office.yi)[2] == 3_423_895
        assert Adjustment.objects.count() == 2


class TestPlans:
    GIVEN = {
        "name": "下半年",
        "basis": "percent",
        "rate": "0.8",
        "tiers_by": "",
        "at_subscription": 0,
        "at_contract": 50,
        "at_payment": 50,
        "paid": "30",
        "holdback": "10",
        "helper": "0",
        "introducer": "0",
        "pool": "0",
        "override": "0",
    }

    def test_a_new_plan(self, office):
        browser, day = browser_of(office.manager), office.now.date() + timedelta(days=3)
        assert browser.get(reverse("plan_new")).status_code == 200
        given = self.GIVEN | {
            "effective_from": day,
            "by_type": "車位 1000",
            "tiers_by": "volume",
            "tiers_steps": "5000000 1.0\n10000000 1.2",
            "pool": "5",
            "members": [office.jia.pk, office.yi.pk],
            "override": "2",
            "override_to": office.supervisor.pk,
            "override_on_top": "on",
        }
        assert browser.post(reverse("plan_new"), given).url == reverse("plan_list")
        terms = Plan.objects.latest("pk").schedule()
        assert [int(start) for start, _rate in terms.tiers.steps] == [500_000_000, 1_000_000_000]
        text = browser.get(reverse("plan_list")).content.decode()
        for word in ("總價 0.8%", "簽約 50%", "各次留 10% 到交房", "車位", "團隊池 5%", "現行"):
            assert word in text

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"at_contract": 40}, "合計要是 100"),
            ({"rate": "much"}, "寫成數字"),
            ({"tiers_by": "count", "tiers_steps": "3"}, "一列寫一級"),
            ({"tiers_by": "count", "tiers_steps": "3 1\n2 2"}, "比前一級高"),
            ({"pool": "5"}, "選出給誰"),
            ({"helper": "99", "introducer": "1"}, "要小於 100%"),
            ({"effective_from": "2026-02-01"}, "已經過去"),
        ],
    )
    def test_what_makes_no_plan(self, office, given, message):
        later = office.now.date() + timedelta(days=3)
        given = self.GIVEN | {"effective_from": later} | given
        answer = browser_of(office.manager).post(reverse("plan_new"), given)
        assert answer.status_code == 422
        assert message in answer.content.decode()
        assert Plan.objects.count() == 1


class TestClosing:
    @pytest.fixture
    def last_month(self, office):
        """A deal in a month that is over."""
        ago = office.now - timedelta(days=40)
        deal = sell(office, own(office, office.jia, days=42), office.jia, at=ago)
        step(office, deal, "contract", at=ago)
        return Period.objects.get()

    def test_two_people_close_it_and_the_file_is_there(
        self, office, last_month, django_assert_max_num_queries
    ):
        for number, staff in enumerate((office.manager, office.general)):
            browser = browser_of(staff)
            page = browser.get(reverse("period_list"))
            assert "關帳時付 ¥34,240.00" in page.content.decode()
            given = {"month": last_month.month}
            browser.post(reverse("period_sign"), given)
            last_month.refresh_from_db()
            assert last_month.signatures.count() == number, "not without the tick"
            browser.post(reverse("period_sign"), given | {"seen": "on"})
            browser.post(reverse("period_sign"), given | {"seen": "on"})
        last_month.refresh_from_db()
        assert last_month.state == "closed"
        url = reverse("period_payout", args=[last_month.pk])
        text = browser.get(url).content.decode("utf-8-sig")
        assert f"{office.jia.username},王思齊,1,34240.00,¥,{last_month.month}" in text
        assert last_month.digest in text
        with django_assert_max_num_queries(12):
            page = browser.get(f"{reverse('period_list')}?month={last_month.month}")
        assert last_month.digest in page.content.decode()

    def test_an_open_month_has_no_file(self, office, last_month):
        url = reverse("period_payout", args=[last_month.pk])
        assert browser_of(office.manager).get(url).status_code == 404

    def test_a_month_that_is_none(self, office):
        answer = browser_of(office.manager).post(
            reverse("period_sign"), {"month": "x"}, follow=True
        )
        assert "沒有這個月份" in answer.content.decode()
        assert not Deal.objects.exists()
