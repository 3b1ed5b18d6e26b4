"""Needs in a real browser: heard at the counter, planned, carried out, verified, closed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from leads.models import Need, Project, PurchasePlan, Role, Staff
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(live_server) -> Project:
    return ProjectFactory(name="雲棲苑")


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def gu(office: Project) -> Staff:
    return StaffFactory(project=office, name="顧思敏", role=Role.MANAGEMENT_OFFICE)


@pytest.fixture
def enter(page: Page, live_server: Any) -> Callable[[Staff], Page]:
    """Come in as somebody, by a session like the one that the log-in form gives."""

    def come_in(staff: Staff) -> Page:
        client = Client()
        client.force_login(staff)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )
        page.goto("/")
        return page

    return come_in


def level(page: Page, act: str, name: str, number: int) -> None:
    page.locator(f"label[for='{act}-{name}_{number - 1}']").click()


def test_from_the_counter_to_the_clients_word(
    page: Page, enter: Callable[[Staff], Page], lin: Staff, gu: Staff
) -> None:
    enter(lin)
    page.goto("/log/")
    page.get_by_label("電話", exact=True).fill("138 0013 8000")
    page.get_by_text("需求項目").click()
    page.get_by_label("電梯運行").check()
    page.get_by_label("照客戶的話寫").fill("早上等電梯要十分鐘")
    page.get_by_role("button", name="儲存").first.click()
    page.wait_for_url("**/leads/*/")
    page.get_by_role("link", name="需求", exact=True).click()
    expect(page.get_by_text("早上等電梯要十分鐘")).to_be_visible()
    page.get_by_role("link", name="電梯運行").click()
    for name, number in (("importance", 4), ("expected", 5), ("floor", 3), ("perceived", 2)):
        level(page, "analyse", name, number)
    page.get_by_role("button", name="分析").click()
    expect(page.get_by_text("低於底線")).to_be_visible()
    address = page.url

    enter(gu)
    page.get_by_role("link", name="電梯運行").click()
    assert page.url == address
    page.locator("#plan-measure").fill("早高峰加派電梯員")
    page.locator("#plan-responsible").select_option(label="顧思敏")
    page.locator("#plan-due").fill((timezone.now() + timedelta(days=5)).date().isoformat())
    page.get_by_role("button", name="安排措施").click()
    page.get_by_role("button", name="開始執行").click()
    page.get_by_role("button", name="記完成").click()
    expect(page.get_by_text("待驗證")).to_be_visible()

    enter(lin)
    page.goto(address)
    level(page, "verify", "after", 4)
    page.get_by_text("有改善", exact=True).click()
    page.get_by_role("button", name="向客戶驗證").click()
    expect(page.get_by_text("已驗證").first).to_be_visible()

    enter(gu)
    page.goto(address)
    page.get_by_role("button", name="結案").click()
    expect(page.get_by_text("已結案").first).to_be_visible()
    need = Need.objects.get()
    assert (need.state, need.perceived, need.after, need.number) == ("closed", 2, 4, 7)


def test_a_plan_with_its_next_step_stands_in_today(
    page: Page, enter: Callable[[Staff], Page], lin: Staff
) -> None:
    at = timezone.now() - timedelta(days=2)
    lead = visit(lin, at, phone="138 0013 8000", name="沈國樑").lead
    assert lead is not None
    enter(lin)
    page.goto(f"/leads/{lead.pk}/needs/")
    page.get_by_role("link", name="訂計劃").click()
    page.get_by_label("預計月份").fill("2027-03")
    page.get_by_label("金額").fill("428萬")
    page.get_by_label("把握").fill("60")
    page.get_by_role("button", name="儲存").click()
    expect(page.get_by_text("¥4,280,000.00")).to_be_visible()
    page.get_by_text("加下一步").click()
    page.get_by_label("下一步").fill("送按揭試算")
    page.locator("#step-due").fill(timezone.now().date().isoformat())
    page.get_by_role("button", name="記下下一步").click()
    page.goto("/today/")
    page.get_by_role("button", name="完成：送按揭試算").click()
    expect(page.get_by_text("購買計劃的下一步")).to_have_count(0)
    assert PurchasePlan.objects.get().amount == 428_000_000
