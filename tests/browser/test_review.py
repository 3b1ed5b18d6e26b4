"""The review queue in a real browser: by keys alone, on a desk and on a phone."""

from datetime import timedelta
from statistics import median
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from commissions.services import record_deal
from disputes.models import Case
from disputes.services import record_complaint
from leads.models import Kind, Lead, Role
from leads.services import (
    record_contact,
    record_departure,
    record_follow_up,
    record_notice,
)
from tests.browser.shots import SHOTS, log_in, shoot
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db):
    """A project with a case of most kinds."""
    project = ProjectFactory(name="雲棲苑")
    now = timezone.now()
    people = {
        "jia": ("王思齊", Role.AGENT),
        "yi": ("簡詩涵", Role.AGENT),
        "bing": ("鄧家豪", Role.AGENT),
        "wu": ("吳承翰", Role.AGENT),
        "desk": ("前台小周", Role.RECEPTIONIST),
        "supervisor": ("許文馨", Role.SUPERVISOR),
        "manager": ("何啟明", Role.MANAGER),
    }
    office = SimpleNamespace(
        project=project,
        now=now,
        **{
            key: StaffFactory(project=project, name=name, role=role)
            for key, (name, role) in people.items()
        },
    )
    _poaching(office)
    _others(office)
    return office


def _poaching(office):
    def ago(**given):
        return office.now - timedelta(**given)

    phone = "138 1234 2207"
    office.lead = visit(office.jia, ago(days=30), phone=phone, name="葉先生").lead_id
    common = {"lead_id": office.lead}
    visit(office.yi, ago(days=15, hours=3), phone=phone, kind=Kind.CALL)
    told = ago(days=15, hours=2)
    record_notice(**common, agent=office.yi, at=told, by=office.yi, now=told, key=uuid4())
    reached = ago(days=4)
    record_follow_up(
        **common,
        agent=office.jia,
        at=reached,
        outcome="reached",
        by=office.jia,
        now=reached + timedelta(minutes=7),
        key=uuid4(),
    )
    sold = ago(days=2, hours=1)
    record_deal(
        **common,
        agent=office.bing,
        unit="3 棟 1202",
        price_cents=428_000_000,
        at=sold,
        by=office.supervisor,
        now=sold + timedelta(minutes=40),
        key=uuid4(),
    )


def _others(office):
    now = office.now
    pair = "139 0077 41{:02d}"
    for n, (days, name) in enumerate([(8, "沈國樑"), (6, "何靜雯"), (3, "")]):
        visit(office.jia, now - timedelta(days=days), phone=pair.format(n), name=name)
        visit(office.yi, now - timedelta(days=days - 2), phone=pair.format(n))
    left = visit(office.wu, now - timedelta(days=5), phone="139 0077 4199", name="周雅婷")
    at = now - timedelta(hours=5)
    record_departure(staff=office.wu, at=at, by=office.supervisor, now=at)
    assert left.lead_id
    annoyed = visit(office.bing, now - timedelta(days=4), phone="139 0077 4198", name="陳柏宇")
    record_complaint(
        lead_id=annoyed.lead_id,
        about=office.bing,
        by=office.supervisor,
        now=now - timedelta(hours=2),
        key=uuid4(),
        note="約了兩次都沒有來",
    )
    record_contact(
        project=office.project,
        kind=Kind.VISIT,
        agent=office.bing,
        at=now - timedelta(hours=3),
        now=now - timedelta(hours=3),
        by=office.bing,
        key=uuid4(),
        phone="139 0077 4197",
        name="蘇冠宇",
        steered_by=office.desk,
        turn_of=office.yi,
    )


def test_a_case_is_decided_by_keys_alone(page, office):
    log_in(page, office.supervisor)
    page.goto(reverse("queue"))
    heading = page.locator("#h-case")
    first = heading.inner_text()
    shoot(page, "queue")
    page.keyboard.press("j")
    page.wait_for_load_state()
    page.wait_for_function(
        "first => document.querySelector('#h-case').innerText !== first", arg=first
    )
    page.keyboard.press("k")
    page.wait_for_load_state()
    page.wait_for_function(
        "first => document.querySelector('#h-case').innerText === first", arg=first
    )
    case = Case.objects.get(kind="collision", lead=office.lead)
    page.goto(reverse("case", args=[case.pk]))
    shoot(page, "case-collision")
    page.keyboard.press("2")
    page.locator("dialog#sheet[open] [name=reason]").wait_for()
    shoot(page, "case-sheet-give")
    page.keyboard.press("Escape")
    page.locator("dialog#sheet[open]").wait_for(state="hidden")
    page.keyboard.press("s")
    page.locator("dialog#sheet[open] input[name^=share_]").first.fill("70")
    page.locator("dialog#sheet[open] input[name^=share_]").nth(1).fill("20")
    page.locator("dialog#sheet[open] [name=reason]").fill("雙方協商過")
    page.locator("dialog#sheet[open] button[type=submit]").click()
    page.get_by_text("現在是 90%").first.wait_for()
    shoot(page, "case-sheet-422")
    assert page.locator("dialog#sheet [name=reason]").input_value() == "雙方協商過"
    page.keyboard.press("Escape")
    page.locator("dialog#sheet[open]").wait_for(state="hidden")
    page.keyboard.press("y")
    page.locator("dialog#sheet[open] [name=reason]").wait_for()
    page.locator("dialog#sheet[open] button[type=submit]").click()
    page.locator(".toast-x").wait_for()
    assert "已裁定：歸 王思齊" in page.locator(".toast-x").inner_text()
    case.refresh_from_db()
    assert case.state == Case.State.RULED
    assert Lead.objects.get(pk=office.lead).owner == office.jia
    page.goto(reverse("case", args=[case.pk]))
    shoot(page, "case-ruled")


# The keystroke-level model: a key by an average typist, a thought; and silent reading of Chinese.
KEY, THOUGHT, READING = 0.28, 1.35, 1 / 6
SECONDS, CASES = 180, 20
REASON = "以首次接待登記為準，後者不知情。"


def test_a_supervisor_decides_twenty_cases(page, transactional_db):
    """Each is read from top to bottom, decided by keys, and the next one comes by itself."""
    project = ProjectFactory(name="雲棲苑", preset__settings={"collision_by": "supervisor"})
    now = timezone.now()
    supervisor = StaffFactory(project=project, name="許文馨", role=Role.SUPERVISOR)
    agents = [StaffFactory(project=project) for _ in range(3)]
    for number in range(CASES):
        begun, phone = now - timedelta(days=3, hours=number), f"138 1234 {2200 + number}"
        first = visit(agents[0], begun, phone=phone, name=f"客人{number}").lead_id
        visit(agents[1], begun + timedelta(days=1), phone=phone)
        reached = begun + timedelta(days=2)
        record_follow_up(
            lead_id=first, agent=agents[number % 2], at=reached, outcome="reached",
            by=agents[number % 2], now=reached, key=uuid4(),
        )  # fmt: skip
    assert Case.objects.filter(kind="collision", state="open").count() == CASES
    log_in(page, supervisor)
    page.goto(reverse("queue"))
    taken = []
    for number in range(CASES):
        name = page.locator("#h-case").inner_text()
        read = len("".join(page.locator("article:has(#h-case)").inner_text().split()))
        key, typed = (("y", ""), ("2", REASON), ("s", REASON))[number % 3]
        page.keyboard.press(key)
        page.locator("dialog#sheet[open] [name=reason]").wait_for()
        for heard in page.locator("dialog#sheet[open] textarea[name^=heard_]").all():
            heard.fill("沒有別的要說。")
            typed += "沒有別的要說。"
        if REASON in typed:
            page.locator("dialog#sheet[open] [name=reason]").fill(REASON)
        read += len("".join(page.locator("#effect").inner_text().split()))
        page.keyboard.press("Control+Enter")
        # The next case, or the empty queue, comes by itself.
        page.wait_for_function(
            "name => document.querySelector('#h-case')?.innerText !== name", arg=name
        )
        thoughts = ("what is it about", "whom to believe", "is the effect as meant")
        # A Chinese character takes two to three keys; a Tab to each field that is typed in.
        keys = 1 + 3 * len(typed) + 3 + 2
        taken.append(read * READING + keys * KEY + len(thoughts) * THOUGHT)
    assert not Case.objects.filter(state="open").exists()
    assert median(taken) < SECONDS, sorted(taken)


@pytest.mark.parametrize("kind", ["departure", "complaint", "steering", "collision"])
def test_each_kind_of_case(page, office, kind):
    log_in(page, office.supervisor)
    case = Case.objects.filter(kind=kind, state="open").exclude(lead=office.lead).first()
    page.goto(reverse("case", args=[case.pk]))
    shoot(page, f"case-{kind}-plain")
    if kind in ("departure", "complaint"):
        page.keyboard.press("1")
        page.locator("dialog#sheet[open] [name=reason]").wait_for()
        shoot(page, f"case-{kind}-sheet")


def test_an_agents_own_cases(page, office):
    log_in(page, office.yi)
    page.goto(reverse("my_cases"))
    assert "王思齊" not in page.content()
    shoot(page, "my-cases")


def test_without_script_the_sheet_is_a_page(page, office, browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, locale="zh-TW"
    )
    plain = context.new_page()
    log_in(plain, office.supervisor)
    case = Case.objects.get(kind="collision", lead=office.lead)
    plain.goto(reverse("case", args=[case.pk]))
    plain.get_by_role("link", name="歸乙").click()
    shot = SHOTS / "case-rule-page.png"
    plain.screenshot(path=shot)
    plain.locator("[name=reason]").fill("後來者先成交")
    plain.get_by_role("button", name="確認裁定").click()
    case.refresh_from_db()
    assert case.state == Case.State.RULED
    context.close()


def test_in_the_dark(page, office):
    log_in(page, office.supervisor)
    page.emulate_media(color_scheme="dark")
    page.goto(reverse("queue"))
    page.screenshot(path=SHOTS / "queue-dark.png")
