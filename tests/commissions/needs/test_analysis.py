"""Every figure of the analysis against a second reading of the raw rows, and what is not said."""

import csv
import hashlib
import importlib.util
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from commissions.models import Deal
from commissions.needs.charts import CHARTS
from commissions.services import record_step
from config.simulation.run import simulate
from leads.models import Disclosure, NeedItem, Project, Role, Staff
from leads.needs.analysis.figures import HIDDEN, Figures
from leads.needs.analysis.scope import Scope, month_after
from tests.factories import LEVELS, ProjectFactory, StaffFactory, improved, visit, wants

pytestmark = pytest.mark.django_db

UNTIL = datetime(2026, 6, 20, 10, 0, tzinfo=UTC)
TODAY = date(2026, 6, 20)
NO = object()


def _plainly() -> ModuleType:
    path = Path(__file__).with_name("plainly.py")
    spec = importlib.util.spec_from_file_location("plainly", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


plainly = _plainly()


def scope_of(project: Project, since: date, until: date, **more: Any) -> Scope:
    return Scope(
        (project.pk,), since, until, TODAY, project.zone, currency=project.currency, **more
    )


def agree(shown: list[Any], people: int, cells: list[Any]) -> int:
    """Each cell is what the plain reading has, or hidden; of too few people it is hidden.

    Gives how many are shown.
    """
    if 0 < people < 5:
        told = [cell for cell in shown if cell is not HIDDEN and not isinstance(cell, str)]
        assert not told, (shown, cells)
    seen = [(a, b) for a, b in zip(shown, cells, strict=True) if a is not HIDDEN]
    assert [a for a, _b in seen] == [b for _a, b in seen]
    return len(seen)


@pytest.mark.slow
def test_every_figure_is_what_the_rows_say() -> None:
    """A simulated office of six weeks, read twice: by the database and row by row."""
    simulate(days=42, agents=6, clients_per_day=6, seed=5, until=UNTIL, projects=1)
    project = Project.objects.get()
    manager = project.staff.filter(role=Role.SUPERVISOR).first()
    for deal in Deal.objects.filter(cancelled_at=None).order_by("pk")[:6]:
        at = deal.subscribed_at + timedelta(minutes=5)
        record_step(deal_id=deal.pk, kind="contract", at=at, by=manager, now=UNTIL, key=uuid4())
    keeper = project.staff.get(role=Role.MANAGEMENT_OFFICE)
    for number in range(14):
        at = UNTIL - timedelta(days=30, hours=number)
        need = wants(keeper, None, at, ("lifts", "repairs")[number % 2], source="survey")
        improved(need, keeper, at, after=3 + number % 3)
    for since, until in (
        (date(2026, 1, 1), date(2026, 7, 1)),
        (date(2026, 5, 1), date(2026, 6, 1)),
    ):
        rows = plainly.Office(project, since, until, TODAY)
        seen = {}
        for name, chart in CHARTS.items():
            with CaptureQueriesContext(connection) as asked:
                figures = chart.read(scope_of(project, since, until))
            assert len(asked) == 1, name
            seen[name] = COMPARED.get(name, by_first_cell)(figures, plainly.READERS[name](rows))
        if since.month == 1:
            assert all(seen.values()), seen


def by_first_cell(figures: Figures, plain: dict[Any, Any]) -> int:
    if figures.withheld:
        return 0
    rows = {row[0]: row[1:] for row in (*figures.rows, *figures.totals)}
    empty = [name for name, cells in rows.items() if set(cells) == {None}]
    assert set(rows) - set(empty) == set(plain)
    return sum(agree(list(rows[name]), people, cells) for name, (people, cells) in plain.items())


def by_pareto(figures: Figures, plain: dict[Any, Any]) -> int:
    rows = {row[0]: row for row in figures.rows}
    assert set(rows) == set(plain)
    whole = sum(cells[2] for _people, cells in plain.values())
    running = 0
    for row in figures.rows:
        if row[1] is not HIDDEN:
            running += plain[row[0]][1][2]
            assert row[4] == plainly.percent(running, whole)
    return sum(agree(list(rows[n][1:4]), people, cells) for n, (people, cells) in plain.items())


def by_month(figures: Figures, plain: dict[Any, Any]) -> int:
    headings = [str(column.heading) for column in figures.columns]
    seen = 0
    for row in (*figures.rows, *figures.totals):
        for heading, cell in zip(headings[1:], row[1:], strict=True):
            day = None if heading == "合計" else date.fromisoformat(f"{heading}-01")
            people, cells = plain.pop((row[0], day), (0, [None]))
            seen += agree([cell], people, cells)
    assert not plain
    return seen


def by_measure(figures: Figures, plain: dict[Any, Any]) -> int:
    rows = {(row[0].split("（")[0], row[1]): list(row[2:]) for row in figures.rows}
    assert set(rows) == set(plain)
    return sum(agree(rows[key], people, cells) for key, (people, cells) in plain.items())


def by_stage(figures: Figures, reached: list[int]) -> int:
    assert figures.count == reached[0]
    seen = 0
    for at, row in enumerate(figures.rows):
        stopped = reached[at] - (reached[at + 1] if at < 4 else 0)
        seen += agree(
            [row[1], row[2]], reached[at], [reached[at], plainly.percent(reached[at], reached[0])]
        )
        seen += agree([row[4]], stopped, [stopped])
    return seen


def by_source(figures: Figures, plain: dict[Any, Any]) -> int:
    headings = [str(column.heading) for column in figures.columns]
    seen = 0
    for row in figures.rows:
        for heading, cell in zip(headings[1:], row[1:], strict=True):
            people, cells = plain.pop((row[0], heading), (0, [None]))
            seen += agree([cell], people, cells)
    assert not plain
    return seen


def by_plan(figures: Figures, plain: dict[Any, Any]) -> int:
    headings = [str(column.heading) for column in figures.columns]
    months = headings[1:-3]
    last = month_after(TODAY.replace(day=1), 12)
    days = [*(date.fromisoformat(f"{name}-01") for name in months[:-1]), last]
    seen = 0
    clients, amounts, weighted = figures.totals
    for name, row in [*((row[0], row) for row in figures.rows), (None, clients)]:
        for day, cell in zip(days, row[1:-3], strict=True):
            people, cells = plain.get((name, day), (0, [None]))
            seen += agree([cell], people, cells[:1])
        people, cells = plain[name, None]
        seen += agree(list(row[-3:]), people, cells)
    for at, day in enumerate(days, 1):
        people, cells = plain.get((None, day), (0, [None] * 3))
        seen += agree([amounts[at], weighted[at]], people, cells[1:])
    assert {kind for kind, _day in plain} == {*(row[0] for row in figures.rows), None}
    return seen


COMPARED = {
    "pareto": by_pareto, "months": by_month, "measures": by_measure, "funnel": by_stage,
    "motives": by_source, "plans": by_plan,
}  # fmt: skip


# ── A small office, told by hand ──


@pytest.fixture
def office() -> Project:
    return ProjectFactory(name="雲棲苑")


@pytest.fixture
def manager(office: Project) -> Staff:
    return StaffFactory(project=office, name="=何啟明", role=Role.MANAGER)


@pytest.fixture
def keeper(office: Project) -> Staff:
    return StaffFactory(project=office, name="顧思敏", role=Role.MANAGEMENT_OFFICE)


@pytest.fixture
def told(office: Project, keeper: Staff) -> datetime:
    """Six clients of whom all speak of lifts, two of greening, and one of what he means to buy."""
    lin = StaffFactory(project=office, name="林若晴")
    now = datetime.now(UTC) - timedelta(days=1)
    at = now - timedelta(days=20)
    for number in range(6):
        lead = visit(lin, at, phone=f"139 0000 51{number:02d}", project=office).lead
        improved(wants(lin, lead, at, "lifts", source="complaint"), keeper, at)
        if number < 2:
            wants(lin, lead, at, "greening", **LEVELS)
        if number == 5:
            wants(lin, lead, at, "plan", **LEVELS)
    return now


def look(staff: Staff, name: str = "", query: str = "") -> Any:
    client = Client()
    client.force_login(staff)
    page = reverse("need_chart", args=[name]) if name else reverse("need_analysis")
    return client.get(f"{page}?{query}")


def rows_of(answer: Any) -> dict[str, list[Any]]:
    return {row[0]: list(row[1:]) for row in answer.context["figures"].rows}


def test_groups_of_few_are_not_shown_and_do_not_follow_from_the_total(
    told: datetime, manager: Staff
) -> None:
    answer = look(manager, "gaps")
    figures = answer.context["figures"]
    assert (figures.count, figures.people) == (9, 6)
    rows = rows_of(answer)
    # Two of greening and one of plans are three together: what is left would tell them.
    assert all(cell is HIDDEN for cells in rows.values() for cell in cells[1:])
    text = answer.content.decode()
    assert "少於 5 人" in text
    assert "每一組都少於 5 人" in text


def test_with_enough_people_the_group_is_shown(
    told: datetime, manager: Staff, office: Project
) -> None:
    lin = office.staff.get(name="林若晴")
    for number in range(6):
        lead = visit(lin, told, phone=f"139 0000 52{number:02d}", project=office).lead
        wants(lin, lead, told, "repairs", **LEVELS)
        wants(lin, lead, told, "greening", **LEVELS)
    rows = rows_of(look(manager, "gaps"))
    assert rows["電梯運行"][1:3] == [6, 6]
    assert [str(cell) for cell in rows["電梯運行"][3:7]] == ["4.00", "3.00", "5.00", "1.00"]
    assert rows["綠化"][1:3] == [8, 8]
    hidden = {name for name, cells in rows.items() if cells[1] is HIDDEN}
    assert hidden == {"維修保養", "購買計劃"}


def test_too_few_people_altogether(manager: Staff, office: Project, keeper: Staff) -> None:
    wants(keeper, None, datetime.now(UTC) - timedelta(days=1), "lifts", **LEVELS)
    answer = look(manager, "gaps")
    assert answer.context["figures"].withheld
    assert "只涉及少於 5 人" in answer.content.decode()


def test_nothing_yet_says_so(manager: Staff) -> None:
    assert "這段期間還沒有資料" in look(manager).content.decode()
    for name in CHARTS:
        assert look(manager, name).status_code == 200, name


def test_the_management_office_reads_what_it_carries_out(
    told: datetime, keeper: Staff, manager: Staff
) -> None:
    assert "從詢問到簽約" in look(manager).content.decode()
    page = look(keeper)
    assert page.status_code == 200
    assert "從詢問到簽約" not in page.content.decode()
    for name, chart in CHARTS.items():
        assert look(keeper, name).status_code == (404 if chart.of_sale else 200), name
    assert look(manager, "nothing").status_code == 404
    names = {row[0] for row in look(keeper, "months").context["figures"].rows}
    assert "電梯運行" in names
    assert "購買計劃" not in names
    assert look(keeper, "gaps", "side=business").context["figures"].count == 8


def test_people_without_a_project_meet_no_error() -> None:
    for role in (Role.MANAGER, Role.MANAGEMENT_OFFICE, Role.AGENT):
        assert look(StaffFactory(role=role), "gaps").status_code == 403


def test_another_projects_needs_do_not_count(told: datetime, manager: Staff) -> None:
    other = ProjectFactory(name="望江閣")
    him = StaffFactory(project=other, role=Role.MANAGER)
    assert look(him, "gaps").context["figures"].count == 0
    assert look(him, "gaps", f"project={manager.projects.get().pk}").context["figures"].count == 0


def test_the_view_is_an_address(told: datetime, manager: Staff) -> None:
    assert look(manager, "gaps", "since=2020-01&until=2020-03").context["figures"].count == 0
    assert look(manager, "gaps", "side=management").context["figures"].count == 8
    assert look(manager, "gaps", "since=nonsense&side=nobody").status_code == 200
    turned = look(manager, "gaps", "since=2026-03&until=2026-01").context["filter"]
    assert turned.bounds == (date(2026, 1, 1), date(2026, 4, 1))


def test_few_questions_to_the_database_however_much_there_is(
    told: datetime, manager: Staff, office: Project
) -> None:
    def asked(name: str) -> int:
        client = Client()
        client.force_login(manager)
        page = reverse("need_chart", args=[name]) if name else reverse("need_analysis")
        client.get(page)
        with CaptureQueriesContext(connection) as found:
            client.get(page)
        return len(found)

    before = {name: asked(name) for name in ("", *CHARTS)}
    lin = office.staff.get(name="林若晴")
    for number in range(6):
        lead = visit(lin, told, phone=f"139 0000 53{number:02d}", project=office).lead
        wants(lin, lead, told, "repairs", **LEVELS)
    assert {name: asked(name) for name in before} == before
    assert max(before.values()) <= 12


def take(staff: Staff, name: str, form: str) -> Any:
    client = Client()
    client.force_login(staff)
    return client.post(reverse("need_chart_file", args=[name]), {"form": form})


def test_a_file_is_what_the_table_shows_and_is_written_down(told: datetime, manager: Staff) -> None:
    answer = take(manager, "complaints", "csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    figures = look(manager, "complaints").context["figures"]
    assert head == [str(column.heading) for column in figures.columns]
    assert rows == [[str(cell) for cell in row] for row in (*figures.rows, *figures.totals)]
    assert rows == [
        ["電梯運行", "6", "6", "6", "0", "4", "4"],
        ["合計", "6", "6", "6", "0", "4", "4"],
    ]
    noted = Disclosure.objects.get(kind="export")
    assert noted.what["chart"] == "complaints"
    assert noted.what["sha256"] == hashlib.sha256(answer.content[3:]).hexdigest()
    assert noted.staff == manager


def test_a_workbook_says_of_what_it_is(told: datetime, manager: Staff) -> None:
    book = load_workbook(io.BytesIO(take(manager, "complaints", "xlsx").content))
    sheet, about = book.worksheets
    assert sheet.freeze_panes == "B2"
    assert sheet["B2"].value == 6
    said = {row[0].value: row[1].value for row in about.iter_rows()}
    assert said["匯出人"] == "'=何啟明"
    assert said["專案"] == "雲棲苑"
    assert said["數量"] == "6 件投訴"
    assert said["截至"]
    assert len(said["SHA-256"]) == 64


def test_in_a_file_too_nobody_is_told_of_few(told: datetime, manager: Staff) -> None:
    text = take(manager, "gaps", "csv").content.decode("utf-8-sig")
    assert "少於 5 人" in text
    (row,) = [row for row in csv.reader(io.StringIO(text)) if row[0] == "綠化"]
    assert set(row[2:]) == {"少於 5 人"}


def test_no_formula_gets_into_a_file(office: Project, manager: Staff) -> None:
    lin = StaffFactory(project=office)
    now = datetime.now(UTC) - timedelta(days=1)
    formula = "=HYPERLINK(1)"
    item = NeedItem.objects.create(
        project=office, side="service", name=formula, by=manager, recorded_at=now
    )
    from leads.needs.services import identify

    for number in range(5):
        lead = visit(lin, now, phone=f"139 0000 54{number:02d}", project=office).lead
        assert lead is not None
        identify(
            project=office, item=item, words="慢", source="survey", at=now, by=lin, now=now,
            key=uuid4(), lead_id=lead.pk, **LEVELS,
        )  # fmt: skip
    _head, row = csv.reader(io.StringIO(take(manager, "gaps", "csv").content.decode("utf-8-sig")))
    assert row[0] == f"'{formula}"


def test_no_clients_name_is_anywhere(told: datetime, manager: Staff) -> None:
    for name in CHARTS:
        text = look(manager, name).content.decode()
        assert "139" not in text.replace("-139", "")
        assert "早上等電梯" not in text


def test_a_fragment_for_the_page_of_all(told: datetime, manager: Staff) -> None:
    client = Client()
    client.force_login(manager)
    answer = client.get(reverse("need_chart", args=["funnel"]), headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "<html" not in text
    assert 'id="chart-funnel"' in text
    assert "<script" not in text
