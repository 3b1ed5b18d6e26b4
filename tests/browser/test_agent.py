"""The agent's pages in a real browser: by keyboard, on a phone, and without any script."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from leads.models import ContactEvent, Kind, Lead, Project, Role, Staff
from leads.services import record_follow_up, record_notice
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENSHOTS = Path(settings.BASE_DIR) / "build" / "screenshots"
SIZES = {"1280": (1280, 900), "390": (390, 844)}
PHONE = "138 0013 8000"


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
def enter(page: Page, live_server: Any) -> Callable[[Staff], Page]:
    """Come in as somebody, by a session like the one that the log-in form gives."""

    def come_in(staff: Staff) -> Page:
        client = Client()
        client.force_login(staff)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )
        return page

    return come_in


@pytest.fixture
def agent(enter: Callable[[Staff], Page], lin: Staff) -> Page:
    return enter(lin)


@pytest.fixture
def story(lin: Staff, wu: Staff, office: Project) -> Lead:
    """A client whom one agent let lapse, and another received and followed up."""
    lead = visit(wu, ago(70), phone=PHONE, name="沈國樑", project=office).lead_id
    assert lead is not None
    visit(lin, ago(20), phone=PHONE, project=office, companions="夫婦二人")
    for days, outcome in ((10, "off"), (8, "reached")):
        record_follow_up(
            lead_id=lead, agent=lin, at=ago(days), outcome=outcome, by=lin, now=ago(days),
            key=uuid4(),
        )  # fmt: skip
    return Lead.objects.get(pk=lead)


@pytest.fixture
def clients(lin: Staff, wu: Staff, office: Project, story: Lead) -> None:
    """What a day of work stands on."""
    people = [("蔡明峰", 15, Kind.CALL), ("何靜雯", 13, Kind.CALL), ("羅志豪", 9, Kind.VISIT)]
    for number, (name, days, kind) in enumerate(people):
        phone = f"139 1620 775{number}"
        visit(lin, ago(days), phone=phone, name=name, project=office, kind=kind)
    visit(lin, ago(28), name="一家三口 · 灰色休旅車", project=office)
    visit(lin, ago(5), phone="136 0000 1111", name="高佩珊", project=office)
    visit(wu, ago(3), phone="136 0000 1111", project=office)
    visit(wu, ago(2), phone="137 0000 2222", name="秦小姐", project=office)


def shoot(page: Page, name: str) -> None:
    """Keep a picture in both sizes, and see that nothing sticks out."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=SCREENSHOTS / f"{name}-{size}.png")
        assert not sticks_out(page), f"{name} at {size}"
    page.set_viewport_size({"width": 1280, "height": 900})


def sticks_out(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def log(page: Page, phone: str) -> None:
    """Press N and say the number, not faster than fingers can."""
    page.keyboard.press("n")
    expect(page.locator("#sheet [name=phone]")).to_be_focused()
    page.keyboard.type(phone, delay=20)


def test_a_walk_in_by_the_keyboard_alone(agent: Page, lin: Staff) -> None:
    agent.goto("/today/")
    log(agent, PHONE)
    answer = agent.locator("#sheet .answer-in")
    expect(answer).to_have_attribute("data-state", "free")
    expect(answer).to_contain_text("歸你，有效至")
    agent.keyboard.press("Tab")
    expect(agent.locator("#sheet [name=time]")).to_be_focused()
    agent.locator("#sheet summary", has_text="姓名").focus()
    agent.keyboard.press("Enter")
    expect(agent.locator("#sheet [name=name]")).to_be_focused()
    agent.keyboard.type("沈國樑")
    agent.keyboard.press("Enter")
    expect(agent.locator("h1")).to_have_text("沈國樑")
    expect(agent.locator(".toast-x")).to_contain_text("沈國樑歸你，有效至")
    assert ContactEvent.objects.get().agent == lin


def test_save_and_next_by_ctrl_enter(agent: Page) -> None:
    agent.goto("/today/")
    log(agent, PHONE)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    agent.keyboard.press("Control+Enter")
    expect(agent.locator("#sheet .ql-h")).to_contain_text("上一筆已存")
    expect(agent.locator(".toast-x")).to_contain_text("歸你，有效至")
    expect(agent.locator("#sheet [name=phone]")).to_have_value("")
    expect(agent.locator("#sheet [name=phone]")).to_be_focused()
    expect(agent.locator("#sheet [data-draft-note]")).to_be_hidden()
    agent.keyboard.type("139 1620 7754", delay=20)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    agent.keyboard.press("Control+Enter")
    expect(agent.locator(".toast-x")).to_have_count(2)
    assert Lead.objects.count() == 2


def test_escape_keeps_a_draft(agent: Page) -> None:
    agent.goto("/today/")
    log(agent, PHONE)
    agent.keyboard.press("Escape")
    expect(agent.locator("#sheet")).to_be_hidden()
    expect(agent.locator("[data-key=N]")).to_be_focused()
    agent.keyboard.press("n")
    expect(agent.locator("#sheet [name=phone]")).to_have_value(PHONE)
    expect(agent.locator("#sheet [data-draft-note]")).to_be_visible()
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    agent.locator("#sheet [data-draft-discard]").click()
    expect(agent.locator("#sheet [name=phone]")).to_have_value("")


def test_what_is_wrong_is_said_and_everything_is_kept(agent: Page) -> None:
    agent.goto("/today/")
    log(agent, "12")
    agent.keyboard.press("Enter")
    expect(agent.locator("#sheet #err")).to_contain_text("這不像電話號碼")
    expect(agent.locator("#sheet [name=phone]")).to_have_value("12")
    shoot(agent, "quick-log-422")
    assert not ContactEvent.objects.exists()


def test_the_answers(agent: Page, lin: Staff, clients: None, office: Project) -> None:
    told = ago(1)
    lead = Lead.objects.get(people__phones__number="+8613700002222")
    agent.goto("/today/")
    agent.keyboard.press("n")
    phone = agent.locator("#sheet [name=phone]")
    expect(phone).to_be_focused()
    answer = agent.locator("#sheet .answer-in")
    for number, state in (
        ("135 1234 5678", "free"),
        (PHONE, "yours"),
        ("137 0000 2222", "protected"),
        ("136 0000 1111", "review"),
    ):
        phone.fill(number)
        expect(answer).to_have_attribute("data-state", state)
        expect(answer).to_contain_text("儲存後會發生")
        shoot(agent, f"quick-log-{state}")
    record_notice(lead_id=lead.pk, agent=lin, at=told, by=lin, now=timezone.now(), key=uuid4())
    phone.fill("137 0000 2222")
    expect(answer).to_have_attribute("data-state", "known")
    shoot(agent, "quick-log-known")
    expect(answer).not_to_contain_text("吳承翰")


def test_a_client_who_asks_for_his_agent(agent: Page, wu: Staff, clients: None) -> None:
    agent.goto("/today/")
    log(agent, "137 0000 2222")
    agent.locator("#sheet .assist-ask label").click()
    half = agent.locator("#sheet .as-assist")
    expect(half).to_contain_text("你不取得歸屬與佣金")
    expect(agent.locator("#sheet .as-own")).to_be_hidden()
    for duty in ("gave_contact", "passed_on", "noted"):
        half.locator(f"[name={duty}]").check()
    shoot(agent, "quick-log-assist")
    agent.locator("#sheet .ql-f .btn-primary").click()
    expect(agent.locator(".toast-x")).to_contain_text("義務接待")
    event = ContactEvent.objects.get(kind=Kind.ASSIST)
    assert (event.whom, event.details["handover"]) == (wu, True)


def test_a_follow_up_at_a_tap(agent: Page, clients: None) -> None:
    agent.goto("/today/")
    shoot(agent, "today")
    row = agent.locator(".claim", has_text="蔡明峰")
    expect(row).to_contain_text("今天到期")
    row.get_by_role("button", name="接通本人").click()
    expect(agent.locator(".toast-x")).to_contain_text("蔡明峰 延至")
    expect(agent.locator(".claim", has_text="蔡明峰")).not_to_contain_text("今天到期")
    later = agent.locator(".claim", has_text="羅志豪")
    later.locator("a").first.focus()
    agent.keyboard.press("f")
    later.get_by_role("button", name="未接").click()
    expect(agent.locator(".toast-x").last).to_contain_text("期限不變")
    assert ContactEvent.objects.filter(kind=Kind.FOLLOW_UP, at__gt=ago(1)).count() == 2


def test_the_clients_page(agent: Page, story: Lead, clients: None) -> None:
    agent.goto(f"/leads/{story.pk}/")
    shoot(agent, "lead")
    agent.get_by_role("button", name="顯示（會留紀錄）").click()
    expect(agent.locator("#number")).to_contain_text("138 0013 8000")
    expect(agent.locator("#number b")).to_be_focused()
    agent.keyboard.press("f")
    menu = agent.locator(".follow-up")
    expect(menu).to_be_visible()
    shoot(agent, "lead-follow-up")
    menu.get_by_role("button", name="關機").click()
    expect(agent.locator(".toast-x")).to_contain_text("期限不變")
    expect(agent.locator(".fact").first).to_contain_text("追訪，關機")
    agent.get_by_role("link", name="歸屬依據").click()
    expect(agent.locator(".verdict")).to_contain_text("歸 林若晴，至")
    expect(agent.locator(".chain")).to_contain_text("姓名遮蔽")
    expect(agent.locator("main")).not_to_contain_text("吳承翰")
    shoot(agent, "lead-why")


def test_the_other_pages(agent: Page, clients: None) -> None:
    for name, address in (
        ("clients", "/leads/"),
        ("clients-empty", "/leads/?state=lapsing&channel=brochure"),
        ("quick-log-page", "/log/"),
        ("enquiry", "/enquiry/?q=13700002222"),
        ("notes", "/notes/"),
        ("policy", "/policy/"),
    ):
        agent.goto(address)
        shoot(agent, name)


def test_whoever_oversees(
    enter: Callable[[Staff], Page], office: Project, story: Lead, clients: None
) -> None:
    page = enter(StaffFactory(project=office, role=Role.SUPERVISOR, name="梁國棟"))
    for name, address in (
        ("overseer-clients", "/leads/"),
        ("overseer-why", f"/leads/{story.pk}/why/"),
        ("overseer-notes", "/notes/"),
    ):
        page.goto(address)
        shoot(page, name)
    page.goto(f"/leads/{story.pk}/why/")
    expect(page.locator("main")).to_contain_text("吳承翰")


def test_the_counter(enter: Callable[[Staff], Page], office: Project, clients: None) -> None:
    page = enter(StaffFactory(project=office, role=Role.RECEPTIONIST, name="鄭欣怡"))
    page.goto("/reception/")
    expect(page.locator("main")).to_contain_text("不顯示客戶資料")
    shoot(page, "reception")


def test_nothing_breaks_at_360_px(agent: Page, story: Lead, clients: None) -> None:
    agent.set_viewport_size({"width": 360, "height": 740})
    for address in (
        "/today/", "/log/", "/enquiry/?q=13700002222", "/leads/", f"/leads/{story.pk}/",
        f"/leads/{story.pk}/why/", "/notes/", "/policy/",
    ):  # fmt: skip
        agent.goto(address)
        assert not sticks_out(agent), address
    agent.goto("/today/")
    agent.locator(".gs-tabbar .plus").click()
    agent.locator("#sheet [name=phone]").press_sequentially("137 0000 2222", delay=20)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    buttons = agent.locator("#sheet .ql-f .btn")
    for index in range(buttons.count()):
        box = buttons.nth(index).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= 360


def test_everything_works_without_a_script(
    browser: Browser, live_server: Any, lin: Staff, wu: Staff, clients: None
) -> None:
    client = Client()
    client.force_login(lin)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, locale="zh-TW"
    )
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto("/today/")
    page.get_by_role("link", name="記一筆").first.click()
    page.locator(".ql-f .btn-primary").click()
    expect(page.locator("#err")).to_contain_text("寫下電話")
    page.locator("[name=phone]").fill("137 0000 2222")
    page.locator(".ql-f .btn-primary").click()
    expect(page.locator("#toasts")).to_contain_text("記為撞單，你排第 2 順位")
    page.goto("/today/")
    page.locator(".claim", has_text="蔡明峰").get_by_role("button", name="接通本人").click()
    expect(page.locator("#toasts")).to_contain_text("蔡明峰 延至")
    page.get_by_role("button", name="顯示（會留紀錄）").click()
    expect(page.locator("main")).to_contain_text("139 1620 7750")
    context.close()
