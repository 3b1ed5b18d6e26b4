"""Somebody leaves, in a real browser: by keyboard, on a telephone, without any script."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from leads.models import ContactEvent, Kind, Lead, Project, Role, Staff
from leads.services import register_referral
from tests.browser.test_agent import shoot
from tests.factories import PASSWORD, ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = ("沈國樑", "蔡明峰", "秦以萱", "周雅婷", "葉文彬")


@pytest.fixture
def office() -> Project:
    return ProjectFactory(name="雲棲苑")


@pytest.fixture
def lin(office: Project) -> Staff:
    lin = StaffFactory(project=office, name="林若晴", username="lin")
    now = timezone.now()
    for number, name in enumerate(NAMES[:4]):
        at = now - timedelta(days=number * 8 + 1)
        visit(lin, at, name=name, phone=f"139 1620 775{number}", project=office)
    register_referral(
        project=office, agent=lin, name=NAMES[4], traits="高個子", by=lin, now=now,
        key="5a1f8e0e-0f6b-4f0b-9a3d-5d1d7f0d2b11",
    )  # fmt: skip
    return lin


@pytest.fixture
def colleagues(office: Project) -> list[Staff]:
    return [StaffFactory(project=office, name=name) for name in ("吳承翰", "簡詩涵")]


@pytest.fixture
def boss(office: Project) -> Staff:
    return StaffFactory(project=office, name="何啟明", role=Role.MANAGER)


def enter(context: BrowserContext, staff: Staff, address: str) -> None:
    client = Client()
    client.force_login(staff)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


def test_a_manager_lets_somebody_go_by_the_keyboard(
    page: Page, live_server: Any, lin: Staff, colleagues: list[Staff], boss: Staff
) -> None:
    enter(page.context, boss, live_server.url)
    page.goto("/rota/")
    page.get_by_role("link", name="離職交接").click()
    shoot(page, "departures")
    page.get_by_role("link", name="辦理離職 林若晴").click()
    expect(page.locator("main")).to_contain_text("介紹登記，未到訪")
    shares = page.locator("#shares tbody tr")
    expect(shares).to_have_text(["吳承翰031", "簡詩涵020"])
    shoot(page, "departure")
    line = page.get_by_label("沈國樑 交給誰")
    line.focus()
    page.keyboard.press("ArrowDown")
    expect(line.locator("option:checked")).to_have_text("簡詩涵")
    expect(shares).to_have_text(["吳承翰020", "簡詩涵031"])
    page.get_by_label("理由").focus()
    page.keyboard.type("五月底離職，客戶依熱度分配。")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("5 位客戶已安排給 2 位同事")
    expect(page.locator("h1")).to_contain_text("林若晴")
    shoot(page, "departure-again")
    assert Lead.objects.get(people__name="沈國樑").owner == colleagues[1]
    assert ContactEvent.objects.filter(kind=Kind.ASSIGNMENT).count() == 5
    # He is a stranger from now on.
    page.context.clear_cookies()
    page.goto("/login/")
    page.locator("[name=username]").fill("lin")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    # His colleague finds the clients and the note.
    enter(page.context, colleagues[1], live_server.url)
    page.goto("/notes/")
    expect(page.locator("main")).to_contain_text("林若晴 離職，3 位客戶安排給你")
    page.goto("/leads/")
    expect(page.locator("main")).to_contain_text("沈國樑")


def test_without_a_script_it_goes_the_same_way(
    browser: Browser, live_server: Any, lin: Staff, colleagues: list[Staff], boss: Staff
) -> None:
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, locale="zh-TW"
    )
    enter(context, boss, live_server.url)
    page = context.new_page()
    page.goto(f"/departures/{lin.pk}/")
    page.get_by_label("沈國樑 交給誰").select_option("簡詩涵")
    page.get_by_role("button", name="重算").click()
    expect(page.locator("#shares tbody tr")).to_have_text(["吳承翰020", "簡詩涵031"])
    page.get_by_role("button", name="簽署離職與安排").click()
    expect(page.locator("#err")).to_contain_text("寫下理由")
    expect(page.get_by_label("沈國樑 交給誰").locator("option:checked")).to_have_text("簡詩涵")
    page.get_by_label("理由").fill("五月底離職。")
    page.get_by_role("button", name="簽署離職與安排").click()
    expect(page.locator("main")).to_contain_text("可以重新安排")
    assert Lead.objects.get(people__name="沈國樑").owner == colleagues[1]
    context.close()
