"""The people of a client in a real browser: by keyboard, on a phone, dark, without script."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from leads.models import ContactEvent, Kind, Lead, Person, PersonFact, Project, Role, Staff
from leads.tasks import match_people
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE, WIFES = "138 0013 8000", "139 1620 7754"


def ago(days: float = 0) -> datetime:
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def office() -> Project:
    return ProjectFactory(name="雲棲苑")


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def wu(office: Project) -> Staff:
    return StaffFactory(project=office, name="吳承翰")


@pytest.fixture
def boss(office: Project) -> Staff:
    return StaffFactory(project=office, name="梁國棟", role=Role.SUPERVISOR)


def come_in(page: Page, staff: Staff, address: str) -> None:
    client = Client()
    client.force_login(staff)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


@pytest.fixture
def enter(page: Page, live_server: Any) -> Callable[[Staff], Page]:
    def go(staff: Staff) -> Page:
        come_in(page, staff, live_server.url)
        return page

    return go


def came(agent: Staff, name: str, phone: str, days: float) -> Lead:
    return Lead.objects.get(pk=visit(agent, ago(days), name=name, phone=phone).lead_id)


def test_by_keyboard_somebody_is_added_and_a_number_marked_wrong(
    enter: Callable[[Staff], Page], lin: Staff
) -> None:
    lead = came(lin, "沈國樑", PHONE, 3)
    page = enter(lin)
    page.goto(f"/leads/{lead.pk}/people/")
    page.keyboard.press("a")
    page.locator("#id_name").focus()
    page.keyboard.type("周雅婷")
    page.keyboard.press("Tab")
    page.keyboard.type(WIFES)
    page.keyboard.press("Enter")
    expect(page.get_by_text("已加入這位客人。")).to_be_visible()
    wife = Person.objects.get(name="周雅婷")
    box = page.locator(f"#person-{wife.pk}")
    expect(box).to_contain_text("139****7754")
    box.get_by_role("button", name="顯示").click()
    expect(box).to_contain_text("139 1620 7754")
    box.get_by_text("有誤", exact=True).click()
    box.get_by_label("怎麼知道是錯的").fill("打過去是空號")
    page.keyboard.press("Enter")
    expect(page.locator(f"#person-{wife.pk} s")).to_be_visible()
    assert PersonFact.objects.filter(kind="wrong", note="打過去是空號").exists()


def test_what_is_refused_stays_typed(enter: Callable[[Staff], Page], lin: Staff) -> None:
    lead = came(lin, "沈國樑", PHONE, 3)
    page = enter(lin)
    page.goto(f"/leads/{lead.pk}/people/")
    page.get_by_text("電話、別名、微信或電子郵件").click()
    page.get_by_label("內容").fill("一二三")
    page.get_by_role("button", name="記下").click()
    expect(page.get_by_role("alert")).to_contain_text("這不像電話號碼")
    expect(page.get_by_label("內容")).to_have_value("一二三")


def test_a_supervisor_sees_what_follows_change_with_the_relation_and_signs(
    enter: Callable[[Staff], Page], lin: Staff, wu: Staff, boss: Staff
) -> None:
    one, two = came(lin, "沈國樑", PHONE, 5), came(wu, "沈国梁", WIFES, 2)
    match_people()
    page = enter(boss)
    page.goto("/leads/")
    page.get_by_role("link", name="可能同一人").click()
    expect(page.get_by_text("同名，繁簡寫法不同")).to_be_visible()
    page.get_by_role("link", name="看結果再簽").click()
    effect = page.get_by_role("region", name="簽署後會發生")
    expect(effect).to_contain_text("→ 歸 林若晴")
    page.get_by_text("朋友", exact=True).click()
    page.get_by_text("各自的需求", exact=True).click()
    expect(effect).to_contain_text("仍歸 吳承翰")
    page.get_by_text("同一人", exact=True).click()
    page.get_by_text("同一個需求", exact=True).click()
    # Whoever signs before the last answer is there is shown it first.
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(effect).to_contain_text("→ 歸 林若晴")
    page.get_by_label("依據").fill("身分證同一號")
    page.get_by_role("button", name="簽署連結").click()
    expect(page.get_by_text("已連結：同一人")).to_be_visible()
    assert Lead.objects.get(pk=two.pk).owner == Lead.objects.get(pk=one.pk).owner == lin
    page.get_by_role("link", name="撤回").click()
    expect(page.get_by_role("heading", name="撤回後會發生")).to_be_visible()
    page.get_by_label("理由").fill("認錯人")
    page.get_by_role("button", name="撤回連結").click()
    expect(page.get_by_text("已撤回連結")).to_be_visible()
    assert Lead.objects.get(pk=two.pk).owner == wu


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_on_a_phone_nothing_runs_over_and_targets_are_large(
    browser: Browser, live_server: Any, lin: Staff, boss: Staff, dark: bool
) -> None:
    lead = came(lin, "沈" * 60, PHONE, 3)
    came(lin, "\u202e<b>沈</b>😀" + "長" * 40, WIFES, 3)
    match_people()
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 360, "height": 844},
        color_scheme="dark" if dark else "light",
        has_touch=True,
    )
    page = context.new_page()
    for staff, paths in (
        (lin, [f"/leads/{lead.pk}/people/", f"/leads/{lead.pk}/link/"]),
        (boss, ["/likenesses/"]),
    ):
        come_in(page, staff, live_server.url)
        for path in paths:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            small = page.eval_on_selector_all(
                "main .btn", "all => all.filter(b => b.offsetHeight && b.offsetHeight < 44).length"
            )
            assert small == 0, path
    context.close()


def test_a_link_is_proposed_and_signed_without_any_script(
    browser: Browser, live_server: Any, lin: Staff, wu: Staff, boss: Staff
) -> None:
    one, _two = came(lin, "沈國樑", PHONE, 5), came(wu, "周雅婷", WIFES, 2)
    # Without a language of its own the browser asks for English, and the labels are English then.
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, locale="zh-TW"
    )
    page = context.new_page()
    come_in(page, lin, live_server.url)
    page.goto(f"/leads/{one.pk}/link/")
    page.get_by_label("對方的電話").fill(WIFES)
    page.get_by_label("依據").fill("夫妻，同住")
    page.get_by_text("配偶", exact=True).click()
    page.get_by_role("button", name="看結果").click()
    page.get_by_role("button", name="送主管確認").click()
    expect(page.get_by_text("已送主管確認")).to_be_visible()
    come_in(page, boss, live_server.url)
    page.goto("/likenesses/")
    page.get_by_role("link", name="看結果再簽").click()
    expect(page.get_by_text("夫妻，同住")).to_be_visible()
    page.get_by_role("button", name="簽署連結").click()
    assert ContactEvent.objects.get(kind=Kind.LINK).details["relation"] == "spouse"
    context.close()
