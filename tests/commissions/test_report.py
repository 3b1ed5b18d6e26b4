"""The manager's report: what it sums, what narrows it, who sees it, and how often it asks."""

import sys
from datetime import datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commissions.models import Deal, Line
from commissions.queries import groups as groups_of
from commissions.queries import months
from tests.factories import ProjectFactory, StaffFactory, visit

from .conftest import browser_of, close, collide, decide, own, plan, sell, step

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def sold(office):
    """One released deal, one held, one reversed."""
    began = office.now - timedelta(days=3)
    plain = visit(office.bing, began, phone="138 0013 8100", source="網路廣告").lead_id
    sell(office, plain, office.bing, unit="1 棟 0101")
    held = collide(office, phone="138 0013 8101")
    sell(office, held, office.jia, unit="1 棟 0102")
    gone = collide(office, phone="138 0013 8102")
    sell(office, gone, office.jia, unit="1 棟 0103")
    decide(office, gone, office.yi)
    return office


def get(staff, query="project="):
    return browser_of(staff).get(f"{reverse('report')}?{query}")


def test_totals_lines_and_reasons(sold):
    page = get(sold.manager)
    totals = page.context["totals"]
    assert totals.due_cents == 3 * 3_424_000
    assert totals.released_cents == 2 * 3_424_000
    assert totals.held_cents == 3_424_000
    assert totals.reversed_cents == -3_424_000
    assert (totals.lines, totals.parts, totals.held_lines) == (4, 300, 1)
    text = page.content.decode()
    for word in ("¥102,720.00", "撞單", "至裁定", "改判沖回", "−¥34,240.00", "by-group-data"):
        assert word in text


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ("state=held", {"1 棟 0102"}),
        ("state=reversed", {"1 棟 0103"}),
        ("agent={jia}", {"1 棟 0102", "1 棟 0103"}),
        ("month={month}", {"1 棟 0101", "1 棟 0102", "1 棟 0103"}),
        ("month=2025-01", set()),
        ("since={today}&until={today}", {"1 棟 0101", "1 棟 0102", "1 棟 0103"}),
        ("until=2025-01-01", set()),
        ("project=99999", None),
    ],
)
def test_a_view_is_an_address(sold, query, units):
    sold_at = (sold.now - timedelta(hours=1)).astimezone(ZONE)
    known = {"jia": sold.jia.pk, "month": f"{sold_at:%Y-%m}", "today": f"{sold_at:%Y-%m-%d}"}
    page = get(sold.manager, query.format(**known))
    assert page.status_code == 200
    if units is not None:
        assert {line.deal.unit for line in page.context["page_obj"]} == units


def test_without_an_address_it_shows_this_month_of_the_project(sold):
    page = browser_of(sold.manager).get(reverse("report"))
    chosen = page.context["filter"].form.cleaned_data
    assert chosen["month"] == months.month_of(sold.now, ZONE)
    assert chosen["project"] == str(sold.project.pk)


@pytest.mark.parametrize("sort", ["day", "-day", "amount", "-amount", "agent", "nonsense"])
def test_every_order(sold, sort):
    assert len(get(sold.manager, f"project=&sort={sort}").context["page_obj"]) == 4


@pytest.mark.parametrize(
    ("by", "rank", "found"),
    [
        ("agent", "", [("王思齊", 1), ("簡詩涵", 1), ("鄧家豪", 1)]),
        ("project", "", [("雲棲苑", 3)]),
        ("source", "", [("網路廣告", 1), ("未填", 2)]),
        ("agent", "held_cents", [("王思齊", 1)]),
        ("agent", "-disputed_cents", [("王思齊", 1)]),
        ("agent", "reversed_cents", [("王思齊", 1)]),
        ("nonsense", "nonsense", [("王思齊", 1), ("簡詩涵", 1), ("鄧家豪", 1)]),
    ],
)
def test_summed_and_ranked(sold, by, rank, found):
    page = get(sold.manager, f"project=&by={by}&rank={rank}")
    groups = [(one.name, one.sums.due_cents // 3_424_000) for one, _url in page.context["groups"]]
    if rank in groups_of.RANKS or rank.startswith("-"):
        assert groups[0] == found[0]
    else:
        assert sorted(groups) == sorted(found)
    assert page.context["totals"].due_cents == 3 * 3_424_000
    for one, url in page.context["groups"]:
        if url:
            narrowed = browser_of(sold.manager).get(f"{reverse('report')}{url}")
            assert narrowed.context["totals"] == one.sums


def test_by_clause_a_line_counts_under_each_of_its_clauses(sold):
    page = get(sold.manager, "project=&by=clause")
    cited = {one.key: one.sums for one, _url in page.context["groups"]}
    for clause, sums in cited.items():
        assert get(sold.manager, f"project=&clause={clause}").context["totals"] == sums
    assert len(cited) > 1
    assert page.context["totals"].lines == 4


def test_by_month_the_months_stand_in_their_order(sold):
    ago = sold.now - timedelta(days=70)
    lead = visit(sold.bing, ago, phone="138 0013 8190").lead_id
    sell(sold, lead, sold.bing, unit="1 棟 0190", at=ago)
    page = get(sold.manager, "project=&by=month")
    assert [one.key for one, _url in page.context["groups"]] == sorted(
        {months.month_of(at, ZONE) for at in (ago, sold.now - timedelta(hours=1))}
    )


def test_what_is_disputed_counts_what_was_paid_before(sold):
    totals = get(sold.manager, "project=&disputed=True").context["totals"]
    assert (totals.lines, totals.disputed_cents, totals.held_cents) == (1, 3_424_000, 3_424_000)
    assert get(sold.manager, "project=&disputed=False").context["totals"].lines == 3


def test_lines_that_were_there_before_get_what_a_report_groups_by(sold):
    names = ("month", "source", "contested", "basis", "clauses")
    before = list(Line.objects.order_by("pk").values_list(*names))
    assert {"網路廣告", ""} == {row[1] for row in before}
    Line.objects.update(month="", source="", contested=False, basis="deal", clauses=[])
    Deal.objects.update(source="")
    filled = import_module("commissions.migrations.0010_lines_filled")
    with connection.cursor() as cursor:
        cursor.execute(filled.SOURCES)
        cursor.execute(filled.LINES)
    assert list(Line.objects.order_by("pk").values_list(*names)) == before


def test_who_sees_it(sold):
    for staff in (sold.manager, sold.general, sold.auditor):
        assert get(staff).status_code == 200
    for staff in (sold.supervisor, sold.jia):
        assert get(staff).status_code == 403
    elsewhere = StaffFactory(project=ProjectFactory(), role="manager")
    assert get(elsewhere).context["totals"].lines == 0
    assert get(elsewhere, f"project={sold.project.pk}").context["totals"].lines == 0
    assert "1 棟 0101" not in get(elsewhere).content.decode()


def test_the_number_of_queries_is_constant(sold, django_assert_max_num_queries):
    browser = browser_of(sold.manager)
    url = f"{reverse('report')}?project={sold.project.pk}"
    browser.get(url)
    counts = []
    for by in groups_of.BY:
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"{url}&by={by}")
        counts.append(len(asked))
    assert set(counts) == {counts[0]}
    for n in range(5):
        lead = collide(sold, phone=f"138 0013 82{n:02d}")
        sell(sold, lead, sold.jia, unit=f"2 棟 {n:04d}")
    with django_assert_max_num_queries(12), CaptureQueriesContext(connection) as asked:
        browser.get(url)
    assert len(asked) == counts[0]


def test_months_are_the_offices():
    first, end = months.bounds("2026-02", ZONE)
    assert first == datetime(2026, 2, 1, tzinfo=ZONE)
    assert end == datetime(2026, 3, 1, tzinfo=ZONE)
    assert (months.later("2026-01", -1), months.later("2026-12", 1)) == ("2025-12", "2027-01")
    assert months.month_of(datetime(2026, 1, 31, 17, tzinfo=ZoneInfo("UTC")), ZONE) == "2026-02"
    for wrong in ("2026-13", "0000-01", "may", "-"):
        with pytest.raises(ValueError, match=wrong):
            months.first_day(wrong)


def test_all_lines_stand_on_one_page_to_be_printed(
    sold, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(sys.modules["commissions.views.report"], "LINES_A_PAGE", 3)
    page = get(sold.manager)
    assert len(page.context["page_obj"]) == 3
    assert page.context["whole_url"] in page.content.decode().replace("&amp;", "&")
    browser = browser_of(sold.manager)
    with django_assert_max_num_queries(12):
        whole = browser.get(reverse("report") + page.context["whole_url"])
    assert len(whole.context["page_obj"]) == whole.context["totals"].lines == 4
    assert "依目前篩選，全部明細" in whole.content.decode()
    monkeypatch.setattr(sys.modules["commissions.views.report"], "LINES_PRINTED", 3)
    assert not get(sold.manager).context["whole_url"], "of more a workbook is made"


def test_the_overview_of_the_general_manager(sold, django_assert_max_num_queries):
    browser = browser_of(sold.general)
    browser.get(reverse("overview"))
    with django_assert_max_num_queries(12):
        page = browser.get(reverse("overview"))
    (row,) = page.context["rows"]
    assert (row.clients, row.open, row.overdue) == (3, 1, 0)
    same_month = months.month_of(sold.now - timedelta(hours=1), ZONE) == row.month
    assert row.held_cents == (3_424_000 if same_month else 0)


class TestTheStatement:
    def test_an_agent_sees_his_own_lines_and_no_other_name(self, sold):
        month = months.month_of(sold.now - timedelta(hours=1), ZONE)
        page = browser_of(sold.jia).get(f"{reverse('statement')}?month={month}")
        text = page.content.decode()
        assert {line.deal.unit for line in page.context["page_obj"]} == {"1 棟 0102", "1 棟 0103"}
        assert "1 棟 0101" not in text
        for other in (sold.yi, sold.bing):
            assert other.name not in text

    def test_a_line_opens_to_its_reasons(self, sold, django_assert_max_num_queries):
        month = months.month_of(sold.now - timedelta(hours=1), ZONE)
        browser = browser_of(sold.jia)
        url = f"{reverse('statement')}?month={month}"
        held = next(line for line in browser.get(url).context["page_obj"] if line.state == "held")
        with django_assert_max_num_queries(12):
            page = browser.get(f"{url}&open={held.pk}")
        text = page.content.decode()
        assert "成立你的權利" in text
        assert "裁定期限" in text
        assert "× 0.8%" in text
        assert sold.yi.name not in text

    def test_it_lists_each_entry_with_what_it_rests_on(self, sold):
        line = Line.objects.get(deal__unit="1 棟 0103", agent=sold.jia)
        page = browser_of(sold.jia).get(f"{reverse('statement')}?open={line.pk}&month={line.month}")
        posted = [(one.kind, one.cents) for one in page.context["opened"].entries]
        assert posted[0] == ("沖回", -3_424_000)
        assert sum(cents for _kind, cents in posted) == 0
        assert all(one.decision for one in page.context["opened"].entries)

    def test_a_helpers_line_says_its_percentage(self, office):
        plan(office.project, helper="10")
        sell(office, own(office, office.jia), office.jia, price_cents=100_000_000, helper=office.yi)
        line = Line.objects.get(role="helper")
        url = f"{reverse('statement')}?open={line.pk}&month={line.month}"
        text = browser_of(office.yi).get(url).content.decode()
        assert "¥10,000.00 × 10%" in text
        assert "你以「協助」得其中一份" in text
        assert office.jia.name not in text

    def test_month_by_month(self, office):
        ago = office.now - timedelta(days=40)
        lead = visit(office.jia, office.now - timedelta(days=42), phone="138 0013 8000").lead_id
        deal = sell(office, lead, office.jia, at=ago)
        close(office, months.month_of(ago, ZONE), now=office.now)
        step(office, deal, "cancel", note="退")
        now, before = browser_of(office.jia).get(reverse("statement")).context["by_month"]
        assert (before.accrued_cents, before.released_cents, before.paid_cents) == (
            (3_424_000,) * 3
        )
        assert (now.paid_cents, now.reversed_cents) == (0, -3_424_000)

    def test_anothers_line_cannot_be_opened(self, sold):
        line = next(iter(get(sold.manager, f"agent={sold.bing.pk}").context["page_obj"]))
        page = browser_of(sold.jia).get(f"{reverse('statement')}?open={line.pk}")
        assert page.context["opened"] is None

    def test_a_nonsense_month_is_this_month(self, office):
        page = browser_of(office.jia).get(f"{reverse('statement')}?month=2026-99")
        assert page.context["month"] == months.month_of(office.now, ZONE)
        assert "這個月還沒有成交" in page.content.decode()

    def test_what_the_months_ledger_moved_and_the_digest_of_a_closed_month(self, office):
        ago = office.now - timedelta(days=40)
        lead = visit(office.jia, office.now - timedelta(days=42), phone="138 0013 8000").lead_id
        deal = sell(office, lead, office.jia, at=ago)
        month = months.month_of(ago, ZONE)
        browser = browser_of(office.jia)
        url = f"{reverse('statement')}?month={month}"
        assert "這個月還沒關帳" in browser.get(url).content.decode()
        period = close(office, month, now=office.now)
        page = browser.get(url)
        assert period.digest in page.content.decode()
        moved = {move.kind: move.cents for move in page.context["moves"]}
        assert moved == {"應計": 3_424_000, "放行": 3_424_000, "付佣": 3_424_000}
        step(office, deal, "cancel", note="退")
        page = browser.get(f"{reverse('statement')}?month={months.month_of(office.now, ZONE)}")
        moved = {move.kind: move.cents for move in page.context["moves"]}
        assert moved == {"追回": -3_424_000}
