"""The analysis of needs in a real browser: every chart of a demonstration office, its file."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from commissions.needs.charts import CHARTS
from config.simulation.run import simulate
from leads.models import Disclosure, Project, Role
from tests.browser.shots import SHOTS, log_in, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WITHOUT_CANVAS = {"funnel"}


@pytest.fixture
def office(transactional_db) -> Project:
    """A demonstration office of five weeks."""
    until = datetime.now(UTC) - timedelta(minutes=5)
    simulate(days=36, agents=6, clients_per_day=6, seed=11, until=until, projects=1)
    return Project.objects.get()


def test_every_chart_of_a_demonstration_office(page, office, browser, live_server):
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    log_in(page, office.staff.get(role=Role.MANAGER))
    page.goto(reverse("need_analysis"))
    for name, chart in CHARTS.items():
        card = page.locator(f"#chart-{name}")
        card.wait_for()
        assert str(chart.title) in card.inner_text()
        assert f"{datetime.now(UTC):%Y-}" in card.inner_text() or chart.ahead
        if name not in WITHOUT_CANVAS:
            drawn = card.locator("canvas").or_(card.get_by_text("每一組都少於 5 人"))
            drawn.first.wait_for()
            assert card.locator("canvas").count() or card.get_by_text("每一組都").count()
    assert page.locator(".need-chart canvas").count() >= 7
    assert page.locator("#chart-funnel svg rect").count() >= 6
    # The drawing is not empty: it has pixels of its own.
    inked = page.evaluate(
        """() => [...document.querySelectorAll('.need-chart canvas')].map(c => {
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; })"""
    )
    assert all(count > 500 for count in inked)
    shoot(page, "need-analysis")
    page.evaluate("document.documentElement.setAttribute('data-bs-theme', 'dark')")
    page.evaluate("document.dispatchEvent(new Event('themechange'))")
    page.screenshot(path=SHOTS / "need-analysis-dark-full.png", full_page=True)
    _a_chart_by_itself(page)
    _its_file(page)
    assert not said
    bare = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="zh-TW")
    _without_script(bare, office)


def _a_chart_by_itself(page):
    """It is a page of its own, whose table stands open; a narrower view is another address."""
    page.goto(reverse("need_analysis"))
    page.get_by_role("link", name="各項目逐月").click()
    page.locator("table.need-table").wait_for()
    whole = page.locator("header .sm.dim").first.inner_text()
    shoot(page, "need-chart-months")
    page.locator("summary", has_text="方面").click()
    page.get_by_label("方面").select_option("service")
    page.get_by_role("button", name="套用").locator("visible=true").click()
    page.wait_for_url("**side=service**")
    assert page.locator("header .sm.dim").first.inner_text() != whole
    assert "管理合計" not in page.locator("table.need-table").inner_text()


def _its_file(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename.startswith("needs-months-")
    text = download.value.path().read_text("utf-8-sig")
    assert text.startswith("項目,")
    assert "side=service" in Disclosure.objects.get(kind="export").what["query"]


def _without_script(context, office):
    """Each chart is a link to its table."""
    page = context.new_page()
    log_in(page, office.staff.get(role=Role.GENERAL_MANAGER))
    page.goto(reverse("need_analysis"))
    page.get_by_role("link", name="從詢問到簽約").click()
    assert page.locator("table.need-table tbody tr").count() == 5
    context.close()
