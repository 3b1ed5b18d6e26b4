"""Deals, statement, report and exports in a real browser."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from commissions.models import Deal, Export
from commissions.services import record_deal, start_export
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
