"""What the pipeline will bring, reckoned by hand."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from commissions.models import Unit
from commissions.queries.forecast import forecasts
from commissions.services import release_unit, reserve_unit

from .conftest import browser_of, own, plan, sell, step

pytestmark = pytest.mark.django_db
WAN = 1_000_000


def reserved(office, number, agent=None, at=None, **unit):
    """A unit reserved for a client of its own."""
    Unit.objects.create(project=office.project, number=f"u{number}", **unit)
    lead = own(office, agent or office.jia, phone=f"138 0013 {number:04d}", days=9)
    moment = at or office.now - timedelta(days=1)
    return reserve_unit(
        lead_id=lead, agent=agent or office.jia, unit=f"u{number}", at=moment,
        by=office.supervisor, now=moment, key=uuid4(),
    )  # fmt: skip


def the(office):
    """The forecast of the office."""
    (found,) = forecasts([office.project], now=office.now)
    return found


def test_a_reservation_by_its_price_and_the_base_rate(office):
    reserved(office, 1, price_cents=300 * WAN)
    reserved(office, 2)
    # 3,000,000.00 × 0.8 % = 24,000.00; the unit without a price is counted and brings nothing.
    found = the(office).reserved
    assert (found.count, found.unpriced, found.whole_cents) == (2, 1, 2_400_000)
    assert (found.is_known, found.expected_cents) == (False, 2_400_000)


def test_by_the_type_of_the_unit_and_by_rent(office):
    plan(
        office.project,
        base={"rent_months": "1.5"},
        by_type={"車位": {"amount": "100000"}},
    )
    reserved(office, 1, rent_cents=800_000)
    reserved(office, 2, unit_type="車位", price_cents=20 * WAN)
    # 8,000.00 × 1.5 = 12,000.00, and 1,000.00 for the parking space
    assert the(office).reserved.whole_cents == 1_200_000 + 100_000


def test_last_year_says_which_part_becomes_a_deal(office):
    for number in range(6):
        one = reserved(office, 100 + number, price_cents=WAN)
        release_unit(reservation_id=one.pk, by=office.supervisor, now=office.now)
    lead = own(office, office.bing, phone="138 0013 9000")
    for number in range(6):
        deal = sell(office, lead, office.bing, unit=f"s{number}", price_cents=100 * WAN)
        if number < 4:
            step(office, deal, "contract")
        if number == 4:
            step(office, deal, "cancel", note="退")
    reserved(office, 1, price_cents=500 * WAN)
    found = the(office)
    # 6 of 12 became a deal: half of 40,000.00.
    assert (found.reserved.came, found.reserved.over, found.reserved.percent) == (6, 12, 50)
    assert found.reserved.expected_cents == 2_000_000
    # 4 of 5 were contracted: too few to say so. One is left, free by its plan at once.
    assert (found.subscribed.count, found.subscribed.came, found.subscribed.over) == (1, 4, 5)
    assert found.subscribed.expected_cents == found.subscribed.whole_cents == 0


def test_a_subscription_by_what_is_not_released(office):
    plan(office.project, milestones=[
        {"at": "subscription", "percent": 20}, {"at": "contract", "percent": 80},
    ])  # fmt: skip
    sell(office, own(office, office.jia), office.jia, price_cents=100 * WAN)
    # 1 % is 10,000.00, a fifth of it released.
    assert the(office).subscribed.whole_cents == 800_000


def test_the_page(office, django_assert_max_num_queries):
    browser = browser_of(office.manager)
    url = reverse("forecast")
    assert "沒有在途" in browser.get(url).content.decode()
    reserved(office, 1, price_cents=300 * WAN)
    with django_assert_max_num_queries(12):
        text = browser.get(url).content.decode()
    for word in ("¥24,000.00", "太少，全計", "不計跳點"):
        assert word in text
    assert browser_of(office.jia).get(url).status_code == 403
