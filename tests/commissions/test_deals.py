"""Deals on a client's page: who may write one down, what is refused, what follows."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from commissions.forms import DealForm
from commissions.models import Deal, Line
from leads.models import ContactEvent
from leads.services import link_people
from tests.factories import ProjectFactory, visit

from .conftest import browser_of, collide, decide, plan, sell

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


def typed(office, **given):
    at = (office.now - timedelta(minutes=10)).astimezone(ZONE)
    return {
        "unit": "3 棟 1202",
        "price": "428萬",
        "at": f"{at:%Y-%m-%dT%H:%M}",
        "key": str(uuid4()),
        **given,
    }


@pytest.fixture
def lead(office):
    return visit(office.jia, office.now - timedelta(days=3), phone="138 0013 8000").lead_id


def post(staff, lead, given):
    return browser_of(staff).post(reverse("deal_new", args=[lead]), given)


def test_the_owner_writes_down_his_own(office, lead):
    answer = post(office.jia, lead, typed(office, note="付了五萬"))
    assert answer.url == reverse("lead_deals", args=[lead])
    deal = Deal.objects.get()
    assert (deal.price_cents, deal.closed_by, deal.event.note) == (
        428_000_000,
        office.jia,
        "付了五萬",
    )
    assert Line.objects.get().agent == office.jia


def test_somebody_elses_client_does_not_exist(office, lead):
    url = reverse("deal_new", args=[lead])
    assert browser_of(office.yi).get(url).status_code == 404
    assert post(office.yi, lead, typed(office)).status_code == 404
    assert browser_of(office.yi).get(reverse("lead_deals", args=[lead])).status_code == 404
    assert browser_of(office.yi).get(reverse("lead_deals", args=[999_999])).status_code == 404


def test_a_supervisor_writes_down_a_deal_by_anybody(office, lead):
    answer = post(office.supervisor, lead, typed(office, agent=office.yi.pk, assisting="on"))
    assert answer.status_code == 302
    deal = Deal.objects.get()
    assert deal.closed_by == office.yi
    assert deal.event.details["assisting"]
    assert Line.objects.get().agent == office.jia
    assert Line.objects.get().state == "released"


def test_the_same_form_twice_is_one_deal(office, lead):
    given = typed(office)
    assert post(office.jia, lead, given).status_code == 302
    assert post(office.jia, lead, given).status_code == 302
    assert Deal.objects.count() == 1
    assert ContactEvent.objects.filter(kind="deal").count() == 1


def test_the_buyers_papers_are_kept_as_they_are_compared(office, lead):
    """Full-width digits and a number in local notation; of the identity number the ending alone."""
    papers = {
        "identity_ending": "２０３x", "address": "雲棲路 8 號", "payer": "周建國",
        "payer_phone": "139 0000 1111",
    }  # fmt: skip
    assert post(office.jia, lead, typed(office, **papers)).status_code == 302
    kept = Deal.objects.get().reservation.papers.get()
    assert (kept.identity_ending, kept.address, kept.payer, kept.payer_phone, kept.by) == (
        "203X", "雲棲路 8 號", "周建國", "+8613900001111", office.jia,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("papers", "message"),
    [
        ({"identity_ending": "11010119900307203X"}, "只寫最後四碼"),
        ({"identity_ending": "2-3X"}, "寫最後四碼"),
        ({"payer_phone": "12"}, "電話"),
    ],
)
def test_papers_that_cannot_be_kept_are_refused_and_nothing_is_lost(office, lead, papers, message):
    answer = post(office.jia, lead, typed(office, payer="周建國", **papers))
    assert answer.status_code == 422
    assert message in str(answer.context["form"].errors)
    assert 'value="周建國"' in answer.content.decode()
    assert not Deal.objects.exists()


def test_a_taken_unit_does_not_say_by_whom(office, lead):
    other = visit(office.yi, office.now - timedelta(days=3), phone="138 0013 8001").lead_id
    sell(office, other, office.yi, unit="3 棟 1202")
    answer = post(office.jia, lead, typed(office, unit="3 棟　１２０２", note="留著"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "這個房號已有認購" in text
    # Colleagues stand in the choice of helpers; the refusal names none of them.
    assert "簡詩涵" not in str(answer.context["form"].errors)
    assert text.count("簡詩涵") == 2
    assert "留著" in text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"unit": ""}, "寫下房號"),
        ({"price": "很多"}, "寫成金額"),
        ({"price": "0"}, "總價要大於零"),
        ({"price": "1.234"}, "最多到分"),
        ({"at": "昨天"}, "寫成年月日與時間"),
        ({"at": "2099-01-01T10:00"}, "還沒有發生的事"),
        ({"at": "2025-06-01T10:00"}, "佣金方案"),
        ({"at": "1999-01-01T10:00"}, "早於開盤太多"),
        ({"agent": ""}, "選出成交的顧問"),
        ({"agent": "999999"}, ""),
    ],
)
def test_what_is_refused_is_said_and_kept(office, lead, given, message):
    complete = typed(office, agent=office.jia.pk) | given
    answer = post(office.supervisor, lead, complete)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    if complete["unit"]:
        assert "3 棟 1202" in answer.content.decode()
    assert not Deal.objects.exists()
    assert not ContactEvent.objects.filter(kind="deal").exists()


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("4,280,000", 428_000_000),
        ("428萬", 428_000_000),
        ("428 万", 428_000_000),
        ("428.5萬", 428_500_000),
        ("¥4,280,000.50", 428_000_050),
        ("４２８萬", 428_000_000),
        ("1.2億", 12_000_000_000),
        ("4280000元", 428_000_000),
    ],
)
def test_a_price_as_people_write_it(written, cents):
    form = DealForm({"price": written}, project=ProjectFactory(), agents=[])
    form.is_valid()
    assert form.cleaned_data["price"] == cents


class TestLeasesAndOthers:
    LEASE = {"deal_kind": "lease", "price": "", "rent": "8,333.33", "term": "24"}

    def test_a_lease_by_rent_and_term(self, office, lead):
        plan(office.project, base={"rent_months": "1.5"})
        given = typed(office, **self.LEASE, buyer="葉太太")
        assert post(office.jia, lead, given).status_code == 302
        deal = Deal.objects.get()
        assert (deal.rent_cents, deal.term_months, deal.price_cents) == (833_333, 24, 19_999_992)
        assert (deal.buyer, deal.commission_cents) == ("葉太太", 1_250_000)

    def test_a_price_typed_before_turning_to_a_lease_counts_for_nothing(self, office, lead):
        assert (
            post(office.jia, lead, typed(office, **self.LEASE | {"price": "1"})).status_code == 302
        )
        assert Deal.objects.get().price_cents == 19_999_992

    def test_helper_and_introducer_get_their_parts(self, office, lead):
        plan(office.project, helper="10", introducer="5")
        given = typed(office, helper=office.yi.pk, introducer=office.bing.pk, price="100萬")
        assert post(office.jia, lead, given).status_code == 302
        lines = Line.objects.values_list("agent__name", "role", "released_cents")
        assert set(lines) == {
            ("王思齊", "agent", 850_000),
            ("簡詩涵", "helper", 100_000),
            ("鄧家豪", "introducer", 50_000),
        }

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"deal_kind": "lease"}, "寫下月租"),
            ({"deal_kind": "lease", "rent": "8000"}, "寫下租期"),
            ({"deal_kind": "lease", "rent": "8000", "term": "0"}, "租期寫月數"),
            ({"deal_kind": "lease", "rent": "8000", "term": "兩年"}, "租期寫月數"),
            ({"deal_kind": "lease", "rent": "x", "term": "24"}, "寫成金額"),
            ({"deal_kind": "gift"}, "gift"),
            ({"price": ""}, "寫下總價"),
            ({"helper": "{jia}"}, "協助人不能就是成交人"),
            ({"helper": "{yi}", "introducer": "{yi}"}, "選不同的人"),
            ({"helper": "999999"}, ""),
        ],
    )
    def test_what_is_refused(self, office, lead, given, message):
        people = {"jia": office.jia.pk, "yi": office.yi.pk}
        given = {name: value.format(**people) for name, value in given.items()}
        complete = typed(office, agent=office.jia.pk, note="留著") | given
        answer = post(office.supervisor, lead, complete)
        assert answer.status_code == 422
        assert message in answer.content.decode()
        assert "留著" in answer.content.decode()
        assert not Deal.objects.exists()

    def test_an_agent_is_not_his_own_helper(self, office, lead):
        answer = post(office.jia, lead, typed(office, helper=office.jia.pk))
        assert answer.status_code == 422


def test_the_tab_covers_the_other_side(office):
    lead = collide(office)
    sell(office, lead, office.yi)
    decide(office, lead, office.jia, shares={office.jia.pk: 60, office.yi.pk: 40})
    text = browser_of(office.jia).get(reverse("lead_deals", args=[lead])).content.decode()
    assert "¥20,544.00" in text
    assert "¥13,696.00" not in text
    assert office.yi.name not in text
    supervisors = browser_of(office.supervisor).get(reverse("lead_deals", args=[lead]))
    assert office.yi.name in supervisors.content.decode()
    assert "¥20,544.00" not in supervisors.content.decode()
    managers = browser_of(office.manager).get(reverse("lead_deals", args=[lead]))
    assert "¥13,696.00" in managers.content.decode()


def test_the_number_of_queries(office, lead, django_assert_max_num_queries):
    for n in range(4):
        sell(office, lead, office.jia, unit=f"1 棟 {n:04d}")
    browser = browser_of(office.jia)
    browser.get(reverse("lead_deals", args=[lead]))
    with django_assert_max_num_queries(12):
        browser.get(reverse("lead_deals", args=[lead]))
    with django_assert_max_num_queries(12):
        browser.get(reverse("deal_new", args=[lead]))


def test_the_number_of_queries_for_a_linked_party(office, lead, django_assert_max_num_queries):
    other = visit(office.jia, office.now - timedelta(days=2), phone="138 0013 8055").lead_id
    link_people(
        lead_id=other,
        other_id=lead,
        relation="family",
        by=office.jia,
        now=office.now - timedelta(days=1),
        key=uuid4(),
    )
    sell(office, lead, office.jia)
    for staff in (office.jia, office.manager):
        browser = browser_of(staff)
        page = browser.get(reverse("lead_deals", args=[other]))
        assert "3 棟 1202" in page.content.decode()
        with django_assert_max_num_queries(12):
            browser.get(reverse("lead_deals", args=[other]))
