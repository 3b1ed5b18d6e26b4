"""Cases from the first page to the last, in a real browser: one story for each way of ending."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from commissions.services import record_deal, record_step
from disputes import services
from disputes.models import Case, Penalty
from leads.models import ContactEvent, Kind, Lead, Notification, Role
from leads.services import link_people, record_notice
from tests.browser.shots import log_in, shoot
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = timedelta(days=1)
PHONE = "138 1234 2207"


@pytest.fixture
def office(transactional_db):
    """An office whose collisions are decided by a person."""
    project = ProjectFactory(name="雲棲苑", preset__settings={"collision_by": "supervisor"})
    people = {
        "jia": ("王思齊", Role.AGENT),
        "yi": ("簡詩涵", Role.AGENT),
        "bing": ("鄧家豪", Role.AGENT),
        "supervisor": ("許文馨", Role.SUPERVISOR),
        "manager": ("何啟明", Role.MANAGER),
        "general": ("高遠", Role.GENERAL_MANAGER),
    }
    staff = {
        key: StaffFactory(project=project, name=name, role=role)
        for key, (name, role) in people.items()
    }
    return SimpleNamespace(project=project, now=timezone.now(), **staff)


def collide(office, days=6):
    """Two agents receive one client, the second unknowingly; both had their time to answer."""
    first = visit(office.jia, office.now - days * DAY, phone=PHONE, name="葉先生")
    visit(office.yi, office.now - (days - 2) * DAY, phone=PHONE)
    return first.lead_id


def sell(office, lead, agent, days=1):
    at = office.now - days * DAY
    return record_deal(
        lead_id=lead,
        agent=agent,
        unit="3 棟 1202",
        price_cents=428_000_000,
        at=at,
        by=office.supervisor,
        now=at,
        key=uuid4(),
    )


def the_case(lead, kind="collision"):
    return Case.objects.get(lead=lead, kind=kind, state="open")


def open_sheet(page, key):
    page.locator("#h-case").wait_for()
    page.keyboard.press(key)
    page.locator("dialog#sheet[open] textarea").first.wait_for()
    return page.locator("dialog#sheet[open]")


def save(page, sheet, says):
    sheet.locator("button[type=submit]").click()
    page.locator(".toast-x", has_text=says).wait_for()


def shares_of(deal):
    return {line.agent.name: line.share for line in deal.deal.lines.all() if line.share}


def test_a_collision_settled_by_negotiation(page, office):
    lead = collide(office)
    deal = sell(office, lead, office.jia)
    case = the_case(lead)
    Case.objects.filter(pk=case.pk).update(decided_by="negotiation")
    services.follow_clock(case_id=case.pk, by=None, now=office.now)
    url = reverse("my_case", args=[case.pk])
    log_in(page, office.jia)
    page.goto(url)
    assert "簡詩涵" not in page.content()
    form = page.locator("form", has=page.locator("input[name=do][value=settle]"))
    form.locator("textarea").fill("客戶歸甲，業績六四")
    form.locator("select").select_option(label="甲")
    form.locator("input[name^=share_]").first.fill("60")
    form.locator("input[name^=share_]").nth(1).fill("40")
    shoot(page, "my-case-negotiating")
    form.locator("button[type=submit]").click()
    page.get_by_text("已提出和解").first.wait_for()
    page.context.clear_cookies()
    log_in(page, office.yi)
    page.goto(url)
    assert "王思齊" not in page.content()
    assert "甲 60%" in page.content()
    page.get_by_role("button", name="簽署", exact=True).click()
    page.get_by_text("已簽署和解").first.wait_for()
    shoot(page, "my-case-settled")
    case.refresh_from_db()
    assert case.state == Case.State.SETTLED
    assert shares_of(deal) == {"王思齊": 60, "簡詩涵": 40}
    assert not deal.deal.lines.filter(held_cents__gt=0).exists()


def test_a_collision_decided_by_the_supervisor(page, office):
    lead = collide(office)
    deal = sell(office, lead, office.jia)
    case = the_case(lead)
    log_in(page, office.supervisor)
    page.goto(reverse("case", args=[case.pk]))
    shoot(page, "case-before")
    sheet = open_sheet(page, "2")
    assert "¥34,240.00" in sheet.inner_text()
    sheet.locator("[name=reason]").fill("客戶確認先約的是乙")
    sheet.locator("[name=note]").fill("以通話紀錄為準")
    save(page, sheet, "已裁定：歸 簡詩涵")
    assert Lead.objects.get(pk=lead).owner == office.yi
    assert shares_of(deal) == {"簡詩涵": 100}
    told = Notification.objects.filter(text__contains="已有結果").values_list("staff__name")
    assert {name for (name,) in told} == {"王思齊", "簡詩涵"}
    page.context.clear_cookies()
    log_in(page, office.jia)
    page.goto(reverse("my_case", args=[case.pk]))
    assert "以通話紀錄為準" in page.content()
    assert "客戶確認先約的是乙" not in page.content()


def test_a_collision_escalated_to_the_general_manager(page, office):
    lead = collide(office)
    case = the_case(lead)
    log_in(page, office.supervisor)
    page.goto(reverse("case", args=[case.pk]))
    sheet = open_sheet(page, "g")
    sheet.locator("textarea").fill("兩邊都有證人，請總經理看事實")
    save(page, sheet, "上呈總經理")
    page.goto(reverse("case", args=[case.pk]))
    assert "由總經理裁定" in page.locator("article").inner_text()
    assert page.get_by_role("toolbar").count() == 0
    page.context.clear_cookies()
    log_in(page, office.general)
    page.goto(reverse("case", args=[case.pk]))
    assert "待總經理裁定" in page.content()
    sheet = open_sheet(page, "y")
    save(page, sheet, "已裁定：歸 王思齊")
    ruling = ContactEvent.objects.get(kind=Kind.RULING)
    assert (ruling.by, ruling.agent) == (office.general, office.jia)
    page.goto(reverse("case_file", args=[case.pk]))
    assert "兩邊都有證人" in page.content()
    shoot(page, "case-file")


def poach(office):
    lead = visit(office.jia, office.now - 12 * DAY, phone=PHONE, name="葉先生").lead_id
    told = office.now - 8 * DAY
    record_notice(lead_id=lead, agent=office.bing, at=told, by=office.bing, now=told, key=uuid4())
    return lead, sell(office, lead, office.bing, days=5)


def test_a_poaching_case_wants_a_second_signature(page, office):
    lead, deal = poach(office)
    case = the_case(lead, "poaching")
    log_in(page, office.supervisor)
    page.goto(reverse("case", args=[case.pk]))
    shoot(page, "case-poaching")
    sheet = open_sheet(page, "x")
    assert "提請解聘乙" in sheet.locator("#effect").inner_text()
    shoot(page, "case-poaching-sheet")
    sheet.locator("[name=reason]").fill("認購前四天已被告知")
    save(page, sheet, "等第二個人簽署")
    case.refresh_from_db()
    assert case.stage == Case.Stage.SIGNATURE
    assert deal.deal.lines.filter(held_cents__gt=0).exists()
    page.goto(reverse("case", args=[case.pk]))
    assert "簽署" not in page.get_by_role("toolbar").inner_text(), "nobody signs his own draft"
    page.context.clear_cookies()
    log_in(page, office.manager)
    page.goto(reverse("case", args=[case.pk]))
    sheet = open_sheet(page, "y")
    assert "認購前四天已被告知" in sheet.inner_text()
    save(page, sheet, "簽署")
    case.refresh_from_db()
    assert case.state == Case.State.RULED
    assert shares_of(deal) == {"王思齊": 100}
    office.bing.refresh_from_db()
    assert office.bing.departed_at is None, "nobody is dismissed by a ruling"
    page.goto(reverse("penalties"))
    shoot(page, "penalties")
    page.locator("textarea").fill("兩人簽署，事實清楚")
    page.get_by_role("button", name="核定").click()
    page.locator(".toast-x", has_text="處分已核定").wait_for()
    assert Penalty.objects.get().state == Penalty.State.CONFIRMED


def test_a_name_swap_found_after_the_contract(page, office):
    """The wife buys with another agent, who had been told; the link comes after the contract."""
    lead = visit(office.jia, office.now - 12 * DAY, phone=PHONE, name="葉先生").lead_id
    told = office.now - 9 * DAY
    record_notice(lead_id=lead, agent=office.bing, at=told, by=office.bing, now=told, key=uuid4())
    wife = visit(office.bing, office.now - 8 * DAY, phone="138 1234 2208", name="葉太太").lead_id
    deal = sell(office, wife, office.bing, days=7)
    signed = office.now - 5 * DAY
    record_step(
        deal_id=deal.deal.pk, kind="contract", at=signed, by=office.supervisor, now=signed,
        key=uuid4(),
    )  # fmt: skip
    found = office.now - 3 * DAY
    link_people(
        lead_id=lead, other_id=wife, relation="spouse", evidence="房款由葉先生帳戶支付",
        by=office.supervisor, now=found, key=uuid4(),
    )  # fmt: skip
    case = Case.objects.get(kind="name_swap", state="open")
    log_in(page, office.supervisor)
    page.goto(reverse("case", args=[case.pk]))
    shoot(page, "case-name-swap")
    assert "認購後 4 天" in page.content()
    assert "房款由葉先生帳戶支付" in page.content()
    sheet = open_sheet(page, "x")
    sheet.locator("[name=reason]").fill("換名成交，事前知情")
    save(page, sheet, "等第二個人簽署")
    page.context.clear_cookies()
    log_in(page, office.manager)
    page.goto(reverse("case", args=[case.pk]))
    save(page, open_sheet(page, "y"), "簽署")
    assert shares_of(deal) == {"王思齊": 100}
    assert Lead.objects.get(pk=lead).owner == office.jia
    assert Penalty.objects.get().clause == "sales/7"


@pytest.mark.parametrize(
    ("finding", "owner"),
    [("unfounded", "jia"), ("malicious", "jia"), ("agent_fault", None), ("replace", "bing")],
)
def test_a_complaint_of_each_finding(page, office, finding, owner):
    lead = visit(office.jia, office.now - 4 * DAY, phone=PHONE, name="葉先生").lead_id
    services.record_complaint(
        lead_id=lead,
        about=office.jia,
        by=office.supervisor,
        now=office.now,
        key=uuid4(),
        note="約了兩次都沒有來",
    )
    case = the_case(lead, "complaint")
    log_in(page, office.supervisor)
    page.goto(reverse("case", args=[case.pk]))
    if finding == "replace":
        shoot(page, "case-complaint")
    sheet = open_sheet(page, "1")
    if finding != "unfounded":
        word = {"malicious": "惡意", "agent_fault": "顧問過失", "replace": "更換顧問"}[finding]
        sheet.get_by_text(word, exact=True).click()
        page.wait_for_function(
            "word => document.querySelector('#sheet h2').innerText.includes(word)", arg=word
        )
    if finding == "replace":
        page.wait_for_timeout(200)  # htmx takes new content up a moment after it stands there
        sheet.locator("select[name=owner]").select_option(label="鄧家豪")
        sheet.get_by_text("這位客戶日後帶來的新客戶可自選顧問").wait_for()
        shoot(page, "case-complaint-sheet")
    sheet.locator("[name^=heard_]").fill("我兩次都在路上")
    sheet.locator("[name=reason]").fill("調閱通話紀錄後認定")
    sheet.locator("button[type=submit]").click()
    page.locator(".toast-x", has_text=str(case)).wait_for()
    case.refresh_from_db()
    assert case.state == Case.State.RULED
    assert case.closed_by.details["finding"] == finding
    expected = None if owner is None else getattr(office, owner)
    assert Lead.objects.get(pk=lead).owner == expected
