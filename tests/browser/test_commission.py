"""Deals, statement, report and exports in a real browser."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from commissions.models import Deal, Export, Period, Unit
from commissions.queries import months
from commissions.recompute import differences
from commissions.services import record_deal, reserve_unit, start_export
from disputes.models import Case
from disputes.services import rule
from leads.models import Role
from tests.browser.shots import log_in, shoot
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AGENTS = ["陳柏宇", "簡詩涵", "蘇冠宇", "林若晴", "周雅婷", "王思齊", "鄧家豪"]


@pytest.fixture
def office(transactional_db):
    """A project that sold a dozen units: released, held, shared and reversed."""
    project = ProjectFactory(name="雲棲苑")
    ProjectFactory(name="望江閣")
    office = SimpleNamespace(
        project=project,
        now=timezone.now(),
        agents=[StaffFactory(project=project, name=name) for name in AGENTS],
        supervisor=StaffFactory(project=project, name="許文馨", role=Role.SUPERVISOR),
        manager=StaffFactory(project=project, name="何啟明", role=Role.MANAGER),
        general=StaffFactory(project=project, name="高遠", role=Role.GENERAL_MANAGER),
    )
    for n in range(12):
        _sell(office, n)
    return office


def _sell(office, n):
    """One deal; every third one contested, and every sixth of them ruled for the other side."""
    one, two = office.agents[n % 7], office.agents[(n + 3) % 7]
    begin = office.now - timedelta(hours=60 - n)
    phone = f"138 0013 80{n:02d}"
    lead = visit(one, begin, phone=phone, name=f"客戶{n}").lead_id
    contested = n % 3 == 0
    if contested:
        visit(two, begin + timedelta(hours=8), phone=phone)
    sold = office.now - timedelta(minutes=90 - n)
    record_deal(
        lead_id=lead,
        agent=one,
        unit=f"{n % 3 + 1} 棟 {(n + 3) * 101:04d}",
        price_cents=260_000_000 + n * 31_700_000,
        at=sold,
        by=office.supervisor,
        now=sold,
        key=uuid4(),
    )
    if n % 6 == 3:
        case = Case.objects.get(lead=lead)
        rule(
            case_id=case.pk,
            version=case.version,
            owner=two,
            reason="先接待",
            by=office.supervisor,
            now=office.now - timedelta(minutes=30),
            key=uuid4(),
            shares={one.pk: 40, two.pk: 60} if n == 9 else None,
        )
    return lead


def test_the_report(page, office):
    log_in(page, office.manager)
    page.goto(f"{reverse('report')}?project={office.project.pk}")
    page.locator("[data-chart] canvas").wait_for()
    shoot(page, "report")
    page.keyboard.press("e")
    page.get_by_text("Excel（XLSX）").wait_for()
    shoot(page, "report-export-menu")
    with page.expect_download() as download:
        page.get_by_text("Excel（XLSX）").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_text("狀態", exact=False).first.click()
    page.goto(f"{reverse('report')}?month=2020-01")
    shoot(page, "report-empty")


def test_a_month_is_closed_and_its_workbook_reckoned_again(page, office, tmp_path):
    """Two people sign what they see; the files say the same to the cent, and so does the script."""
    zone, agent = office.project.zone, office.agents[0]
    ago = office.now - timedelta(days=40)
    month = months.month_of(ago, zone)
    lead = visit(agent, ago - timedelta(days=2), phone="139 7700 0001", name="葉先生").lead_id
    for number, cents in enumerate((333_333_333, 428_000_050)):
        record_deal(
            lead_id=lead, agent=agent, unit=f"9 棟 {number:04d}", price_cents=cents, at=ago,
            by=office.supervisor, now=ago, key=uuid4(), helper=office.agents[1],
        )  # fmt: skip
    # 3,333,333.33 × 0.8 % = 26,666.67 (.66664); 4,280,000.50 × 0.8 % = 34,240.00 (.004)
    due = 2_666_667 + 3_424_000

    for staff in (office.manager, office.general):
        page.context.clear_cookies()
        log_in(page, staff)
        page.goto(f"{reverse('period_list')}?month={month}")
        page.get_by_text("關帳時付 ¥60,906.67").wait_for()
        shoot(page, f"period-{staff.role}")
        page.get_by_label("我看過檢查表，數字對").check()
        page.get_by_role("button", name="簽署關帳").click()
        page.locator(".toast-x").wait_for()
    period = Period.objects.get(project=office.project, month=month)
    assert period.state == Period.State.CLOSED
    assert page.locator("[data-digest]").inner_text() == period.digest
    shoot(page, "period-closed")
    with page.expect_download() as download:
        page.get_by_role("link", name="付佣檔（CSV）").click()
    paid = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert f",{agent.name},2,60906.67,¥,{month}" in paid[1]
    assert paid[-1].endswith(period.digest)

    page.goto(f"{reverse('report')}?month={month}&project={office.project.pk}")
    page.locator("[data-chart] canvas").wait_for()
    page.keyboard.press("e")
    with page.expect_download() as download:
        page.get_by_text("Excel（XLSX）").click()
    path = tmp_path / "closed.xlsx"
    download.value.save_as(path)
    book = load_workbook(path)
    details, grouped, about = book.worksheets[:3]
    assert details.freeze_panes == grouped.freeze_panes == "A2"
    rows = {row[1].value: row for row in details.iter_rows(min_row=2)}
    assert round(rows["9 棟 0000"][7].value * 100) == 2_666_667
    sold_at = ago.astimezone(zone).replace(tzinfo=None)
    assert abs(rows["9 棟 0001"][3].value - sold_at) < timedelta(seconds=1)
    assert [grouped["A2"].value, round(grouped["D2"].value * 100)] == [agent.name, due]
    said = {row[0].value: row[1].value for row in about.iter_rows()}
    assert (said["月份"], said["專案"], said["列數"]) == (month, "雲棲苑", 2)
    assert round(said["已付"] * 100) == due
    assert list(differences(path)) == []

    page.goto(f"{reverse('statement_print')}?month={month}&agent={agent.pk}")
    assert page.locator("[data-digest]").inner_text() == period.digest
    shoot(page, "statement-print")
    page.emulate_media(media="print")
    assert not page.locator(".gs-top").is_visible()


def test_an_agent_objects_to_a_line(page, office):
    """From the figure to its reasons, to a case of its own."""
    agent = office.agents[1]
    log_in(page, agent)
    page.goto(reverse("statement"))
    page.get_by_role("link", name="為什麼").first.click()
    shoot(page, "statement-entries")
    page.get_by_role("link", name="對這筆有異議").click()
    page.get_by_label("應該怎麼算").wait_for()
    page.get_by_role("button", name="送出異議").click()
    page.get_by_text("寫下理由").first.wait_for()
    shoot(page, "statement-object-422")
    page.get_by_label("應該怎麼算").fill("這套應該按新方案")
    page.get_by_role("button", name="送出異議").click()
    page.get_by_text("已立案").wait_for()
    assert Case.objects.filter(kind="objection", steps__text__contains="新方案").exists()


def test_the_rooms_of_commission(page, office):
    """Every page of the room, as the manager walks through them by their tabs."""
    Unit.objects.create(
        project=office.project, number="5 棟 0101", unit_type="三房", price_cents=428_000_000
    )
    lead = Deal.objects.first().lead_id
    reserve_unit(
        lead_id=lead, agent=office.agents[0], unit="5 棟 0101", at=office.now, by=office.manager,
        now=office.now, key=uuid4(),
    )  # fmt: skip
    log_in(page, office.manager)
    page.goto(f"{reverse('report')}?project=&by=clause")
    page.locator("[data-chart] canvas").wait_for()
    shoot(page, "report-by-clause")
    for name, word in (
        ("forecast", "預測"),
        ("periods", "月份"),
        ("plans", "方案"),
        ("units", "房源"),
    ):
        page.get_by_role("navigation", name="業績").get_by_role("link", name=word).click()
        page.get_by_role("navigation", name="業績").locator(
            f"[aria-current=page]:text('{word}')"
        ).wait_for()
        shoot(page, name)
    for name, url in (
        ("plan-new", reverse("plan_new")),
        ("unit-import", reverse("unit_import")),
        ("lead-deals-manager", reverse("lead_deals", args=[lead])),
        ("reserve", reverse("reserve", args=[lead])),
        ("deal-step", reverse("deal_step", args=[Deal.objects.first().pk, "payment"])),
        ("deal-adjust", reverse("deal_adjust", args=[Deal.objects.first().pk])),
    ):
        page.goto(url)
        shoot(page, name)
    page.emulate_media(color_scheme="dark")
    for name in ("forecast", "period_list", "plan_list", "unit_list"):
        page.goto(reverse(name))
        shoot(page, f"{name}-dark")


def test_a_lease_is_written_down(page, office):
    """The form shows what a lease asks for once it is one."""
    agent = office.agents[0]
    lead = visit(
        agent, office.now - timedelta(hours=4), phone="139 7700 1234", name="葉先生"
    ).lead_id
    log_in(page, agent)
    page.goto(reverse("deal_new", args=[lead]))
    assert not page.get_by_label("月租").is_visible()
    page.get_by_text("租賃", exact=True).click()
    assert not page.get_by_label("總價").is_visible()
    page.get_by_label("房號").fill("商鋪 12")
    page.get_by_label("月租").fill("8000")
    page.get_by_label("租期").fill("24")
    page.get_by_text("買方、協助人、介紹人").click()
    page.get_by_label("協助人").select_option(label=office.agents[1].name)
    shoot(page, "deal-new-lease")
    page.get_by_role("button", name="登記認購").click()
    page.locator(".toast-x").wait_for()
    deal = Deal.objects.get(unit="商鋪 12")
    assert (deal.rent_cents, deal.term_months, deal.helper) == (800_000, 24, office.agents[1])


def test_a_running_export(page, office):
    export = start_export(
        by=office.manager,
        form="xlsx",
        query="",
        rows=48_260,
        key=uuid4(),
        now=office.now - timedelta(seconds=40),
    )
    Export.objects.update(state=Export.State.RUNNING, done=31_400)
    log_in(page, office.manager)
    page.goto(reverse("report"))
    page.get_by_text("第 31,400 / 48,260 列").wait_for()
    shoot(page, "report-running")
    page.get_by_role("button", name="取消").click()
    page.get_by_text("已取消").wait_for()
    export.refresh_from_db()
    assert export.state == Export.State.CANCELLED


def test_an_agents_statement(page, office):
    log_in(page, office.agents[0])
    page.goto(reverse("statement"))
    shoot(page, "statement")
    page.get_by_role("link", name="為什麼").first.click()
    page.get_by_text("怎麼算").wait_for()
    shoot(page, "statement-opened")


def test_a_deal_is_written_down(page, office):
    agent = office.agents[0]
    lead = visit(agent, office.now - timedelta(hours=4), phone="139 7700 1234", name="葉先生")
    log_in(page, agent)
    page.goto(reverse("lead_deals", args=[lead.lead_id]))
    shoot(page, "lead-deals-empty")
    page.goto(reverse("deal_new", args=[lead.lead_id]))
    page.get_by_label("房號").fill("3 棟 1202")
    page.get_by_label("總價").fill("很多")
    page.get_by_role("button", name="登記認購").click()
    page.get_by_text("寫成金額").first.wait_for()
    shoot(page, "deal-new-422")
    page.get_by_label("總價").fill("428萬")
    page.get_by_role("button", name="登記認購").click()
    page.locator(".toast-x").wait_for()
    assert Deal.objects.get(unit="3 棟 1202").price_cents == 428_000_000
    shoot(page, "lead-deals")


def test_a_supervisor_writes_down_a_deal(page, office):
    lead = Deal.objects.first().lead_id
    log_in(page, office.supervisor)
    page.goto(reverse("deal_new", args=[lead]))
    shoot(page, "deal-new-supervisor")


def test_the_overview(page, office):
    log_in(page, office.general)
    page.goto(reverse("overview"))
    shoot(page, "overview")


def test_in_the_dark(page, office):
    log_in(page, office.manager)
    page.emulate_media(color_scheme="dark")
    page.goto(reverse("report"))
    page.locator("[data-chart] canvas").wait_for()
    shoot(page, "report-dark")
