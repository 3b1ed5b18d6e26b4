"""The counter in a real browser: desk, wall and agent together; the rota by keys; on a phone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from leads.models import Arrival, BoardFact, ContactEvent, Kind, Project, Role, Roster, Staff
from tests.browser.shots import shoot
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office() -> Project:
    return ProjectFactory(name="雲棲苑")


@pytest.fixture
def agents(office: Project) -> list[Staff]:
    names = ("王思齊", "陳柏宇", "林若晴", "周雅婷")
    return [StaffFactory(project=office, name=name) for name in names]


@pytest.fixture
def greeter(office: Project) -> Staff:
    return StaffFactory(project=office, name="鄭欣怡", role=Role.RECEPTIONIST)


@pytest.fixture
def boss(office: Project) -> Staff:
    return StaffFactory(project=office, name="梁國棟", role=Role.SUPERVISOR)


@pytest.fixture
def window(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """A window of its own for each person, by a session like the one the log-in form gives."""
    opened = []

    def open_for(staff: Staff, **more: Any) -> Page:
        client = Client()
        client.force_login(staff)
        name = settings.SESSION_COOKIE_NAME
        context = browser.new_context(
            base_url=live_server.url, locale="zh-TW", timezone_id="Asia/Shanghai",
            viewport={"width": 1280, "height": 900}, **more,
        )  # fmt: skip
        context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield open_for
    for context in opened:
        context.close()


@pytest.fixture
def planned(office: Project, agents: list[Staff], boss: Staff) -> None:
    from uuid import uuid4

    from leads.board.services import set_rosters

    now = timezone.now() - timedelta(minutes=1)
    cells = {agent.pk: str(place) for place, agent in enumerate(agents, 1)}
    set_rosters(
        project=office, days={now.astimezone(office.zone).date(): cells}, seen=0, by=boss,
        now=now, key=uuid4(),
    )  # fmt: skip


@pytest.mark.usefixtures("planned")
def test_from_the_door_to_the_record(
    window: Callable[..., Page], greeter: Staff, agents: list[Staff]
) -> None:
    desk, wall, agent = window(greeter), window(greeter), window(agents[0])
    wall.goto("/reception/board/")
    expect(wall.locator(".nx .nm")).to_have_text("王思齊")
    agent.goto("/today/")
    expect(agent.locator("#my-turn")).to_contain_text("下一組輪到你")
    desk.goto("/reception/")
    desk.get_by_text("不確定").click()
    desk.get_by_text("說了，照記").click()
    desk.get_by_label("客戶的原話").fill("找上次那位先生")
    shoot(desk, "reception-said")
    desk.get_by_role("button", name="登記到訪，依輪序").click()
    expect(desk.locator(".turn .nm")).to_have_text("王思齊")
    expect(desk.locator(".turn")).to_contain_text("找上次那位先生")
    # The wall and the agent's card hear of it by themselves.
    expect(wall.locator(".nx .for")).to_contain_text("第 1 組")
    expect(wall.locator("main")).not_to_contain_text("先生")
    expect(agent.locator("#my-turn .turn")).to_contain_text("輪到你了", timeout=15_000)
    shoot(agent, "today-called")
    agent.get_by_role("button", name="我到了").click()
    expect(agent.locator("#my-turn")).to_contain_text("你正接待第 1 組")
    expect(wall.locator(".pn").first).to_contain_text("王思齊")
    expect(desk.locator("#site")).to_contain_text("接待中")
    expect(desk.locator(".turn .nm")).to_have_text("陳柏宇")
    agent.get_by_role("link", name="記下這次接待").click()
    expect(agent.locator("#sheet [name=phone]")).to_be_focused()
    agent.keyboard.type("138 0013 8000", delay=20)
    expect(agent.locator("#sheet .answer-in")).to_be_visible()
    agent.keyboard.press("Enter")
    expect(agent.locator(".toast-x")).to_contain_text("歸你，有效至")
    arrival, event = Arrival.objects.get(), ContactEvent.objects.get(kind=Kind.VISIT)
    assert (event.key, event.agent) == (arrival.reception_key, agents[0])
    desk.locator(f"#finish-{arrival.pk}").click()
    expect(desk.locator("#site")).to_contain_text("已離開")
    expect(wall.locator(".pn").first).to_contain_text("現在沒有人在接待")


@pytest.mark.usefixtures("planned")
def test_the_sheet_of_a_group(window: Callable[..., Page], greeter: Staff) -> None:
    desk = window(greeter)
    desk.goto("/reception/")
    desk.get_by_role("button", name="登記到訪，依輪序").click()
    desk.get_by_role("link", name="其他").click()
    sheet = desk.locator("#sheet")
    sheet.get_by_text("不依輪序，交給某位顧問").click()
    expect(sheet).to_contain_text("這會記為指定介紹")
    shoot(desk, "reception-sheet")
    sheet.get_by_role("button", name="照樣交給他，並記下").click()
    expect(sheet).to_contain_text("選一位顧問。")
    sheet.get_by_text("這一輪不接").click()
    sheet.get_by_label("為什麼跳過").select_option("office")
    sheet.get_by_role("button", name="跳過，由下一位接").click()
    expect(desk.locator(".turn .nm")).to_have_text("陳柏宇")
    assert BoardFact.objects.get().reason == "office"


@pytest.mark.usefixtures("planned")
def test_everything_at_the_desk_works_without_a_script(
    window: Callable[..., Page], greeter: Staff
) -> None:
    desk = window(greeter, java_script_enabled=False)
    desk.goto("/reception/")
    desk.get_by_role("button", name="登記到訪，依輪序").click()
    desk.get_by_role("button", name="已到位").click()
    desk.get_by_role("button", name="接待結束").click()
    expect(desk.locator("#site")).to_contain_text("已離開")
    desk.get_by_role("link", name="有人暫離").click()
    desk.get_by_label("顧問").select_option(label="陳柏宇")
    desk.get_by_label("為什麼").select_option("showing")
    desk.get_by_role("button", name="登記暫離").click()
    expect(desk.locator("#site")).to_contain_text("帶看")
    desk.get_by_role("button", name="回來了").click()
    kinds = list(BoardFact.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["begun", "finished", "away", "back"]


def test_the_supervisor_plans_by_keys(
    window: Callable[..., Page], boss: Staff, agents: list[Staff], office: Project
) -> None:
    page = window(boss)
    page.goto("/rota/")
    today = timezone.now().astimezone(office.zone).date()
    first = page.locator(f"[name=d{today:%Y%m%d}_{agents[3].pk}]")
    first.focus()
    page.keyboard.type("1")
    second = page.locator(f"[name=d{today:%Y%m%d}_{agents[2].pk}]")
    second.focus()
    page.keyboard.type("1")
    page.get_by_role("button", name="儲存這一週").click()
    expect(page.locator("#err")).to_contain_text("的第 1 位已經是")
    shoot(page, "rota-422")
    page.locator(f"[name=d{today:%Y%m%d}_{agents[2].pk}]").select_option("2")
    page.locator(f"[name=d{today:%Y%m%d}_{agents[0].pk}]").select_option("leave")
    page.get_by_role("button", name="儲存這一週").click()
    expect(page.locator(".toast-x")).to_contain_text("已存下 1 天的排班")
    shoot(page, "rota")
    page.goto("/reception/board/")
    expect(page.locator(".nx .nm")).to_have_text("周雅婷")
    shoot(page, "board")
    assert Roster.objects.get().duties.count() == 3


def test_nothing_to_press_is_small_on_a_phone(
    window: Callable[..., Page], greeter: Staff, boss: Staff, agents: list[Staff]
) -> None:
    for staff, path in ((greeter, "/reception/"), (boss, "/rota/"), (agents[0], "/today/"),
                        (agents[0], "/calendar/"), (boss, "/fairness/")):  # fmt: skip
        page = window(staff)
        page.set_viewport_size({"width": 360, "height": 780})
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
        small = page.evaluate(
            """() => [...document.querySelectorAll("main .btn, main select, main .seg label,"
                + " main button, main .fold > summary, main .in-fold > summary")]
              .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
              .map((e) => e.outerHTML.slice(0, 80))"""
        )
        assert small == [], path


def test_a_step_is_done_and_undone_where_one_stands(
    window: Callable[..., Page], agents: list[Staff], office: Project
) -> None:
    visit(agents[0], timezone.now(), phone="138 0013 8000", name="羅志豪", project=office)
    page = window(agents[0])
    page.goto("/today/")
    page.get_by_text("加一項").click()
    page.get_by_label("要做什麼").fill("帶看 3 棟 1202")
    page.get_by_label("關於哪位客戶").select_option(label="羅志豪")
    page.get_by_role("button", name="記下", exact=True).click()
    card = page.locator(".agenda")
    expect(card).to_contain_text("帶看 3 棟 1202")
    shoot(page, "today-steps")
    card.get_by_role("button", name="完成：帶看 3 棟 1202").click()
    expect(card.locator("del")).to_have_text("帶看 3 棟 1202")
    card.get_by_role("button", name="還沒完成").click()
    expect(card.locator("del")).to_have_count(0)


def test_a_wall_that_lost_touch_says_so(
    window: Callable[..., Page], greeter: Staff, agents: list[Staff]
) -> None:
    wall = window(greeter)
    wall.clock.install()
    wall.goto("/reception/board/")
    expect(wall.locator("[data-live]")).to_contain_text("即時")
    wall.context.set_offline(True)
    wall.clock.run_for(20_000)
    expect(wall.locator("[data-live]")).to_contain_text("連線中斷")
