"""The counter in a real browser: seconds for a walk-in, a connection that breaks, who arrives."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from leads.models import ContactEvent, Kind, Lead, Notification, Project, Role, Staff
from leads.services import register_referral
from tests.browser.test_agent import PHONE, log, shoot
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The keystroke-level model: a key by an average typist, a thought, a hand moved to the keyboard.
KEY, THOUGHT, HAND = 0.28, 1.35, 0.4
SECONDS = 12
COUNT_KEYS = """
addEventListener("keydown", (event) => {
  if (!event.isTrusted) return;
  const kept = JSON.parse(sessionStorage.getItem("keys") ?? "[]");
  sessionStorage.setItem("keys", JSON.stringify([...kept, event.key]));
}, true);
"""


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


class Line:
    """The way to the server for what the quick log sends, which can be cut.

    It is laid before the page opens. Laid in a busy page it comes too late for a key that is
    pressed at once: the browser hands the page its new way behind what it has to do already, and
    the page sends by the old one.
    """

    def __init__(self, page: Page) -> None:
        self.answer: Callable[[Any], None] | None = None
        page.route("**/log/", self._take)

    def _take(self, route: Any) -> None:
        if self.answer is None or route.request.method != "POST":
            route.continue_()
        else:
            self.answer(route)

    def cut(self, answer: Callable[[Any], None] = lambda route: route.abort()) -> None:
        """From now on nothing comes through, or what `answer` does with it happens."""
        self.answer = answer

    def mend(self) -> None:
        """Everything comes through again."""
        self.answer = None


def kept(page: Page) -> str:
    """Everything that the device keeps."""
    found: str = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    return found


# ── Seconds ──


def test_a_walk_in_takes_twelve_seconds(agent: Page, lin: Staff) -> None:
    """Hand to the keyboard, think, N; the number as it is said; read the answer, Enter."""
    agent.add_init_script(COUNT_KEYS)
    agent.goto("/today/")
    log(agent, "13800138000")
    expect(agent.locator("#sheet .answer-in")).to_have_attribute("data-state", "free")
    agent.keyboard.press("Enter")
    expect(agent.locator(".toast-x")).to_contain_text("歸你，有效至")
    keys = agent.evaluate("JSON.parse(sessionStorage.getItem('keys'))")
    assert keys == ["n", *"13800138000", "Enter"]
    thoughts = ["whom to write down", "is the answer as expected"]
    assert HAND + len(keys) * KEY + len(thoughts) * THOUGHT <= SECONDS
    assert Lead.objects.get().owner == lin


def test_with_the_name_it_still_does(agent: Page) -> None:
    """The name is a few keys away: no mouse, and what is typed is typed once."""
    agent.add_init_script(COUNT_KEYS)
    agent.goto("/today/")
    log(agent, "13800138000")
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    # Hours and minutes are a stop each; then 未留電話, then the name.
    while "姓名" not in agent.evaluate("document.activeElement.textContent"):
        agent.keyboard.press("Tab")
    agent.keyboard.press("Enter")
    expect(agent.locator("#sheet [name=name]")).to_be_focused()
    agent.keyboard.type("Shen")
    agent.keyboard.press("Enter")
    expect(agent.locator("h1")).to_have_text("Shen")
    keys = agent.evaluate("JSON.parse(sessionStorage.getItem('keys'))")
    assert HAND + len(keys) * KEY + 2 * THOUGHT <= SECONDS, keys


def test_the_order_of_tab_is_the_order_of_speaking(agent: Page) -> None:
    agent.goto("/log/")
    phone = agent.locator("[name=phone]")
    expect(phone).to_be_focused()
    agent.keyboard.press("Shift+Tab")
    order = []
    for _ in range(20):
        focused = "document.activeElement.name || document.activeElement.textContent.trim()"
        word = agent.evaluate(focused)
        if not order or order[-1] != word:
            order.append(word)
        agent.keyboard.press("Tab")
    wanted = ["kind", "phone", "time", "no_phone", "姓名", "指名找誰", "誰帶來（你的客戶）", "代看",
              "同行", "來源", "需求", "備註"]  # fmt: skip
    assert order[: len(wanted)] == wanted


# ── A poor connection ──


def test_what_is_sent_without_a_connection_is_kept_and_arrives_once(
    agent: Page, lin: Staff
) -> None:
    agent.goto("/today/")
    log(agent, PHONE)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    agent.context.set_offline(True)
    agent.keyboard.press("Enter")
    expect(agent.locator("#sheet")).to_be_hidden()
    tray = agent.locator("#pending")
    expect(tray).to_contain_text("1 筆接待還留在這台裝置")
    shoot(agent, "quick-log-pending")
    assert not ContactEvent.objects.exists()
    agent.locator("[data-pending-again]").click()
    expect(tray).to_be_visible()
    agent.context.set_offline(False)
    expect(agent.locator(".toast-x")).to_contain_text("1 筆接待已送到")
    expect(tray).to_be_hidden()
    event = ContactEvent.objects.get()
    assert (event.agent, event.kind) == (lin, Kind.VISIT)
    assert "138" not in kept(agent)


def test_an_answer_that_got_lost_is_asked_for_again_and_nothing_is_recorded_twice(
    agent: Page,
) -> None:
    """The server had it; only the device does not know."""
    line = Line(agent)
    agent.goto("/today/")
    log(agent, PHONE)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()

    def lose(route: Any) -> None:
        route.fetch()
        route.abort("connectionreset")

    line.cut(lose)
    agent.keyboard.press("Enter")
    tray = agent.locator("#pending")
    expect(tray).to_be_visible()
    assert ContactEvent.objects.count() == 1
    line.mend()
    agent.reload()
    expect(tray).to_be_hidden()
    assert ContactEvent.objects.count() == 1
    assert "138" not in kept(agent)


def test_the_next_one_begins_without_a_connection_too(agent: Page) -> None:
    agent.goto("/today/")
    log(agent, PHONE)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    agent.context.set_offline(True)
    agent.keyboard.press("Control+Enter")
    expect(agent.locator("#sheet [name=phone]")).to_have_value("")
    expect(agent.locator("#sheet [name=phone]")).to_be_focused()
    agent.keyboard.type("139 1620 7754", delay=20)
    agent.keyboard.press("Enter")
    tray = agent.locator("#pending")
    expect(tray).to_contain_text("2 筆接待")
    agent.context.set_offline(False)
    expect(tray).to_be_hidden()
    assert ContactEvent.objects.count() == Lead.objects.count() == 2


def test_what_the_server_questions_waits_for_a_look(agent: Page) -> None:
    agent.goto("/today/")
    log(agent, "12")
    agent.context.set_offline(True)
    agent.keyboard.press("Enter")
    expect(agent.locator("#pending")).to_be_visible()
    agent.context.set_offline(False)
    look = agent.locator("[data-pending-look]")
    expect(look).to_be_visible()
    look.click()
    expect(agent.locator("#sheet [name=phone]")).to_have_value("12")
    expect(agent.locator("#pending")).to_be_hidden()


def test_on_its_own_page_it_is_kept_as_well(agent: Page) -> None:
    agent.goto("/log/")
    agent.locator("[name=phone]").fill(PHONE)
    expect(agent.locator(".answer-in")).to_be_visible()
    agent.context.set_offline(True)
    agent.keyboard.press("Enter")
    expect(agent.locator("#pending")).to_be_visible()
    agent.context.set_offline(False)
    expect(agent.locator("#pending")).to_be_hidden()
    assert ContactEvent.objects.count() == 1


def test_logging_out_asks_and_leaves_nothing_behind(agent: Page) -> None:
    line = Line(agent)
    agent.goto("/today/")
    log(agent, PHONE)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    line.cut()
    agent.keyboard.press("Enter")
    expect(agent.locator("#pending")).to_be_visible()
    asked = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept() if len(asked) == 2 else dialog.dismiss()

    agent.on("dialog", answer)
    agent.locator(".gs-me").click()
    agent.get_by_role("button", name="登出").click()
    agent.get_by_role("button", name="登出").click()
    agent.wait_for_url("**/login/**")
    assert "1 筆接待沒有送到" in asked[0]
    assert "138" not in kept(agent)
    assert not ContactEvent.objects.exists()


def test_a_session_that_ended_loses_nothing(
    agent: Page, enter: Callable[[Staff], Page], lin: Staff
) -> None:
    agent.goto("/today/")
    log(agent, PHONE)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    agent.context.clear_cookies()
    agent.keyboard.press("Enter")
    agent.wait_for_timeout(500)
    enter(lin)
    agent.goto("/today/")
    expect(agent.locator(".toast-x")).to_contain_text("已送到")
    assert ContactEvent.objects.count() == 1


def test_anothers_entries_stay_his(
    agent: Page, enter: Callable[[Staff], Page], lin: Staff, wu: Staff
) -> None:
    """Two agents share a counter: nobody records in the other's name."""
    line = Line(agent)
    agent.goto("/today/")
    log(agent, PHONE)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    line.cut()
    agent.keyboard.press("Enter")
    expect(agent.locator("#pending")).to_be_visible()
    line.mend()
    agent.context.clear_cookies()
    enter(wu)
    agent.goto("/today/")
    expect(agent.locator("#pending")).to_be_hidden()
    agent.wait_for_timeout(500)
    assert not ContactEvent.objects.exists()
    agent.context.clear_cookies()
    enter(lin)
    agent.goto("/today/")
    expect(agent.locator(".toast-x")).to_contain_text("已送到")
    assert ContactEvent.objects.get().agent == lin


# ── Asking, arriving, helping ──


def test_the_field_in_the_bar_answers_and_the_log_takes_over(
    agent: Page, wu: Staff, office: Project
) -> None:
    visit(wu, ago(3), phone="139 1620 7754", name="蔡明峰", project=office)
    agent.goto("/today/")
    agent.keyboard.press("/")
    agent.keyboard.type("13916207754")
    agent.keyboard.press("Enter")
    expect(agent.locator(".ans")).to_contain_text("受保護至")
    assert "13916207754" not in agent.url
    shoot(agent, "enquiry-protected")
    agent.get_by_role("button", name="記這位客戶的接待").click()
    expect(agent.locator(".quick-log [name=phone]")).to_have_value("13916207754")
    agent.goto("/enquiry/")
    agent.locator("main [name=q]").fill("蔡明峰")
    agent.keyboard.press("Enter")
    expect(agent.locator(".ans")).to_contain_text("同名客戶受保護")
    expect(agent.locator("main")).not_to_contain_text("吳承翰")
    shoot(agent, "enquiry-name")


def test_somebody_registered_beforehand_arrives(
    agent: Page, lin: Staff, wu: Staff, office: Project
) -> None:
    register_referral(
        project=office, agent=wu, name="葉文彬", traits="高個子，開白色休旅車", by=wu,
        now=ago(2), key="5a1f8e0e-0f6b-4f0b-9a3d-5d1d7f0d2b11",
    )  # fmt: skip
    agent.goto("/today/")
    log(agent, PHONE)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    agent.locator("#sheet summary", has_text="姓名").click()
    expect(agent.locator("#sheet [name=name]")).to_be_focused()
    agent.keyboard.type("葉文彬")
    agent.keyboard.press("Tab")
    asked = agent.locator("#sheet .arrivals")
    expect(asked).to_contain_text("高個子，開白色休旅車")
    shoot(agent, "quick-log-arrival")
    asked.get_by_label("是，特徵相符").check()
    expect(agent.locator("#sheet .pre.as-own")).to_contain_text("你是為他接待")
    agent.locator("#sheet .ql-f .btn-primary").click()
    expect(agent.locator(".toast-x")).to_contain_text("你是為他接待")
    assert Lead.objects.get().owner == wu
    assert Notification.objects.get(staff=wu).values["agent"] == lin.name


def test_the_duties_are_timed_as_they_are_ticked(agent: Page, wu: Staff, office: Project) -> None:
    visit(wu, ago(3), phone="137 0000 2222", name="秦小姐", project=office)
    agent.goto("/today/")
    log(agent, "137 0000 2222")
    agent.locator("#sheet .assist-ask label").click()
    agent.locator("#sheet [name=gave_contact]").check()
    expect(agent.locator("#sheet [name=gave_contact_at]")).not_to_have_value("")
    shoot(agent, "quick-log-duties")
    agent.locator("#sheet .ql-f .btn-primary").click()
    expect(agent.locator(".toast-x")).to_contain_text("義務接待")
    assert set(ContactEvent.objects.get(kind=Kind.ASSIST).details["duties"]) == {"gave_contact"}


def test_registering_and_filing_by_key(
    agent: Page, enter: Callable[[Staff], Page], lin: Staff, office: Project
) -> None:
    lead = visit(lin, ago(1), phone=PHONE, name="沈國樑", project=office).lead_id
    agent.goto(f"/leads/{lead}/")
    agent.keyboard.press("r")
    expect(agent.locator("#sheet [name=name]")).to_be_focused()
    expect(agent.locator("#sheet [name=introduced_by]")).to_have_value(str(lead))
    agent.keyboard.type("葉文彬")
    agent.locator("#sheet [name=traits]").fill("高個子")
    shoot(agent, "registration-new")
    agent.keyboard.press("Enter")
    expect(agent.locator("h1")).to_have_text("介紹登記")
    expect(agent.locator("main")).to_contain_text("葉文彬")
    shoot(agent, "registrations")
    agent.goto(f"/leads/{lead}/")
    agent.keyboard.press("p")
    agent.locator("#sheet [name=circumstances]").fill("替父親看，父親住院不便接電話")
    shoot(agent, "proxy-new")
    agent.locator("#sheet .btn-primary").click()
    expect(agent.locator(".toast-x")).to_contain_text("已備案")
    page = enter(StaffFactory(project=office, role=Role.SUPERVISOR, name="梁國棟"))
    for name, address in (("proxies", "/proxies/"), ("enquiry-log", "/enquiries/")):
        page.goto(address)
        shoot(page, name)
