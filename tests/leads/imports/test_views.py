"""The pages of imports: upload, columns, verdicts, signature, download; who sees what."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from config.celery import app
from leads.imports import files, tasks, views
from leads.imports.models import Import, Row
from leads.models import ContactEvent, Disclosure, Lead, Role
from tests.factories import ProjectFactory, StaffFactory, visit

from .registers import (
    AGENTS,
    VISITS,
    as_csv,
    carry_out,
    dry_run,
    like_an_office,
    many,
    upload,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Any:
    found = ProjectFactory(name="濱江花園")
    for name in AGENTS:
        StaffFactory(project=found, name=name)
    return found


@pytest.fixture
def boss(project):
    return StaffFactory(project=project, name="何啟明", role=Role.MANAGER)


@pytest.fixture
def supervisor(project):
    return StaffFactory(project=project, name="許文馨", role=Role.SUPERVISOR)


@pytest.fixture
def redis_gone(monkeypatch):
    """Tasks are sent to an address where nobody listens."""
    with app.connection_for_write("redis://127.0.0.1:1/0") as nowhere:
        send = tasks.work_at_import.apply_async
        monkeypatch.setattr(
            tasks.work_at_import, "delay", lambda *given: send(given, connection=nowhere)
        )
        yield


def browser_of(staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def bring(client: Client, *given: tuple[str, bytes], key: Any = None) -> Any:
    uploads = [upload(content, name) for name, content in given]
    return client.post(reverse("import_new"), {"uploads": uploads, "key": key or uuid4()})


def columns_of(batch: Import, **changes: Any) -> dict[str, Any]:
    """What the page of columns sends, as it was guessed."""
    sent: dict[str, Any] = {"basis": "late"}
    for one in batch.registers.all():
        name = f"r{one.position}"
        sent |= {f"{name}-kind": one.kind, f"{name}-year": one.year}
        sent[f"{name}-heading_row"] = one.heading_row
        if one.form == "csv":
            sent |= {f"{name}-encoding": one.encoding, f"{name}-delimiter": one.delimiter}
        sent |= {f"{name}-col{at}": field for at, field in enumerate(one.columns)}
    return sent | changes


def judged(boss, *given: tuple[str, bytes], **more: Any) -> Import:
    return dry_run(boss.projects.get(), boss, *given, **more)


ROW = ["2026-03-02", "14:05", "鄭佳", "13800138000", "路過", "陳志強", ""]


class TestUpload:
    def test_good_files_go_on_and_a_bad_one_is_named(self, boss):
        client = browser_of(boss)
        answer = bring(client, ("壞.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
                       ("好.csv", as_csv([VISITS, ROW])))  # fmt: skip
        batch = Import.objects.get()
        assert answer.headers["Location"] == reverse("import_columns", args=[batch.key])
        assert [str(one) for one in batch.registers.all()] == ["好.csv"]
        page = text(client.get(answer.headers["Location"]))
        assert "壞.xlsx：這是舊版 Excel（.xls）或加了密碼的檔" in page

    def test_nothing_good_answers_422_and_says_why(self, boss):
        answer = bring(
            browser_of(boss), ("x.csv", b""), ("y.png", b"\x89PNG\r\n\x1a\n" + bytes(900))
        )
        assert answer.status_code == 422
        page = text(answer)
        assert "x.csv：檔案是空的。" in page
        assert "y.png：這是 PNG 檔" in page
        assert not Import.objects.exists()
        assert "選一個或幾個檔" in text(
            browser_of(boss).post(reverse("import_new"), {"key": uuid4()})
        )

    def test_a_repeated_upload_is_one_import_and_leaves_no_file_behind(self, boss):
        client, key = browser_of(boss), uuid4()
        before = set(files.folder().iterdir())
        for _ in range(2):
            bring(client, ("好.csv", as_csv([VISITS, ROW])), key=key)
        assert Import.objects.count() == 1
        assert len(set(files.folder().iterdir()) - before) == 1
        assert Disclosure.objects.filter(kind="upload").count() == 1

    def test_too_many_files(self, boss):
        answer = bring(browser_of(boss), *[(f"{n}.csv", as_csv([VISITS, ROW])) for n in range(11)])
        assert "一次最多 10 個檔" in text(answer)

    def test_a_name_with_folders_and_marks_is_only_words(self, boss):
        bring(browser_of(boss), ("..\\..\\<b>\u202e表.csv", as_csv([VISITS, ROW])))
        register = Import.objects.get().registers.get()
        assert register.name == "<b>表.csv"
        assert register.file.endswith(".csv")
        assert "<b>" not in register.file


class TestColumns:
    @pytest.fixture
    def batch(self, boss):
        bring(browser_of(boss), ("三月.csv", as_csv([VISITS, ROW], "gb18030")))
        return Import.objects.get()

    def url(self, batch):
        return reverse("import_columns", args=[batch.key])

    def test_the_guess_and_the_first_cells_stand_there(self, boss, batch):
        page = text(browser_of(boss).get(self.url(batch)))
        assert "GB18030" in page
        assert "鄭佳" in page
        assert "13800138000" in page

    def test_another_encoding_is_read_and_shown_before_anything_else(self, boss, batch):
        client = browser_of(boss)
        sent = columns_of(batch, **{"r0-encoding": "big5hkscs"})
        answer = client.post(self.url(batch), sent)
        assert answer.headers["Location"] == self.url(batch)
        batch.refresh_from_db()
        assert (batch.state, batch.registers.get().encoding) == ("draft", "big5hkscs")
        assert batch.registers.get().headings != VISITS
        sent = columns_of(batch, **{"r0-encoding": "gb18030"})
        client.post(self.url(batch), sent)
        assert batch.registers.get().headings == VISITS

    def test_what_is_missing_or_chosen_twice_answers_422_and_keeps_all(self, boss, batch):
        sent = columns_of(batch, **{"r0-col0": "", "r0-col2": "phone", "r0-col6": "need"})
        answer = browser_of(boss).post(self.url(batch), sent)
        assert answer.status_code == 422
        page = text(answer)
        assert "還缺：日期" in page
        assert "只能選一次" in page
        assert '<option value="need" selected>' in page

    def test_at_least_one_register(self, boss, batch):
        answer = browser_of(boss).post(self.url(batch), columns_of(batch, **{"r0-kind": "none"}))
        assert answer.status_code == 422
        assert "至少要匯入一張表" in text(answer)

    def test_only_managers_are_offered_the_registers_own_dates(self, boss, supervisor, batch):
        assert "opening" in text(browser_of(boss).get(self.url(batch)))
        assert 'value="opening"' not in text(browser_of(supervisor).get(self.url(batch)))
        sent = columns_of(batch, basis="opening")
        assert browser_of(supervisor).post(self.url(batch), sent).status_code == 422

    def test_without_redis_it_waits_and_says_so(self, boss, batch, redis_gone):
        answer = browser_of(boss).post(self.url(batch), columns_of(batch), follow=True)
        page = text(answer)
        assert "背景服務暫時連不上" in page
        assert "排隊中" in page
        batch.refresh_from_db()
        assert batch.state == "checking"


class TestVerdicts:
    def test_every_row_says_why(self, boss, project):
        batch = judged(boss, *like_an_office())
        page = text(browser_of(boss).get(reverse("import_rows", args=[batch.key])))
        assert "「備註」是公式，檔案裡沒有值" in page
        assert "電話「1379864676」少碼或多碼" in page
        assert "追訪沒寫電話，認不出是哪位客戶" in page
        assert "備註寫著找陳志強" in page
        assert "歸陳志強，有效至" in page
        assert "小王" in page
        assert "13800138000" not in page
        assert "150****9740" in page

    def test_filtered_and_paginated_with_a_constant_number_of_queries(self, boss, project):
        counted = {}
        for rows in (3, 120):
            made = many("陳志強", rows, timezone.now() - timedelta(days=5))
            batch = judged(boss, ("表.csv", as_csv([VISITS, *made])))
            client = browser_of(boss)
            url = reverse("import_rows", args=[batch.key])
            client.get(url)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                answer = client.get(url)
            counted[rows] = len(queries)
            assert len(answer.context["rows"]) == min(rows, views.ROWS_A_PAGE)
            assert client.get(url, {"verdict": "error"}).context["rows"] == []
            assert len(client.get(url, {"effect": "living"}).context["rows"]) == min(rows, 50)
            assert client.get(url, {"effect": "collides"}).context["rows"] == []
        assert counted[3] == counted[120] <= 12, counted

    @pytest.mark.parametrize("page", ["imports", "import_columns", "import_rows"])
    def test_no_page_asks_more_than_twelve_times(self, boss, project, page):
        batch = judged(boss, *like_an_office())
        url = reverse(page) if page == "imports" else reverse(page, args=[batch.key])
        client = browser_of(boss)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        assert len(queries) <= 12, [query["sql"][:80] for query in queries]

    def test_a_name_is_explained_on_the_page(self, boss, project):
        batch = judged(boss, *like_an_office())
        chen = project.staff.get(name="陳志強")
        client = browser_of(boss)
        url = reverse("import_agents", args=[batch.key])
        assert client.post(url, {}).status_code == 302
        names = [one.name for one in views.queries.unknown_names(batch)]
        assert sorted(names) == ["周敏/李欣怡", "小王"]
        client.post(url, {f"name{names.index('小王')}": chen.pk})
        tasks.work_at_import(str(batch.key))
        batch.refresh_from_db()
        assert batch.names == {"小王": chen.pk}
        assert Row.objects.get(number=9).agent == chen

    def test_names_of_clients_cannot_write_html(self, boss, project):
        rows = [VISITS, [*ROW[:2], "<script>alert(1)</script>", *ROW[3:]]]
        batch = judged(boss, ("表.csv", as_csv(rows)))
        page = text(browser_of(boss).get(reverse("import_rows", args=[batch.key])))
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page

    def test_an_import_of_another_project_does_not_exist(self, boss, project):
        batch = judged(boss, ("表.csv", as_csv([VISITS, ROW])))
        stranger = browser_of(StaffFactory(project=ProjectFactory(), role=Role.MANAGER))
        for name in ("import_rows", "import_columns", "import_progress"):
            assert stranger.get(reverse(name, args=[batch.key])).status_code == 404
        assert stranger.post(reverse("import_file", args=[batch.key])).status_code == 404
        listed = stranger.get(reverse("imports")).context["page_obj"]
        assert not listed.object_list


class TestSigning:
    def test_signed_and_written(self, boss, project, redis_gone):
        batch = judged(boss, ("表.csv", as_csv([VISITS, ROW])))
        client = browser_of(boss)
        answer = client.post(
            reverse("import_sign", args=[batch.key]), {"version": batch.version}, follow=True
        )
        assert "匯入中" in text(answer)
        tasks.work_at_import(str(batch.key))
        page = text(client.get(reverse("import_rows", args=[batch.key])))
        assert "已寫下 1 筆" in page
        assert ContactEvent.objects.count() == 1
        assert reverse("lead", args=[Lead.objects.get().pk]) in page

    def test_a_stale_page_is_told_so(self, boss, project):
        batch = judged(boss, ("表.csv", as_csv([VISITS, ROW])))
        answer = browser_of(boss).post(
            reverse("import_sign", args=[batch.key]), {"version": batch.version - 1}, follow=True
        )
        assert "還沒有開始" in text(answer)
        batch.refresh_from_db()
        assert batch.state == "checked"

    def test_an_opening_wants_its_reason(self, boss, supervisor, project, redis_gone):
        batch = judged(boss, ("表.csv", as_csv([VISITS, ROW])), basis="opening")
        url = reverse("import_sign", args=[batch.key])
        answer = browser_of(boss).post(url, {"version": batch.version})
        assert answer.status_code == 422
        assert "寫下理由" in text(answer)
        page = text(browser_of(supervisor).get(reverse("import_rows", args=[batch.key])))
        assert "開帳要由經理簽署" in page
        sent = {"version": batch.version, "reason": "上線"}
        assert browser_of(supervisor).post(url, sent).status_code == 422
        assert browser_of(boss).post(url, sent).status_code == 302

    def test_cancelled_on_the_page(self, boss, project):
        batch = judged(boss, ("表.csv", as_csv([VISITS, ROW])))
        client = browser_of(boss)
        client.post(reverse("import_cancel", args=[batch.key]))
        assert "已停下" in text(client.get(reverse("import_rows", args=[batch.key])))

    def test_progress_asks_again_until_it_is_over(self, boss, project):
        batch = judged(boss, ("表.csv", as_csv([VISITS, ROW])))
        Import.objects.update(state="running", done=30, total=120, begun_at=timezone.now(),
                              beat_at=timezone.now())  # fmt: skip
        client = browser_of(boss)
        url = reverse("import_progress", args=[batch.key])
        fragment = text(client.get(url, headers={"HX-Request": "true"}))
        assert "第 30 / 120 列" in fragment
        assert url in fragment
        assert client.get(url).headers["Location"] == reverse("import_rows", args=[batch.key])
        Import.objects.update(state="done")
        answer = client.get(url, headers={"HX-Request": "true"})
        assert answer.headers["HX-Refresh"] == "true"


class TestTheFileOfErrors:
    def content(self, boss, batch, form):
        answer = browser_of(boss).post(reverse("import_file", args=[batch.key]), {"form": form})
        return b"".join(answer.streaming_content)

    def test_rows_with_their_reasons_and_nothing_that_runs(self, boss, project):
        rows = [
            VISITS,
            [*ROW[:2], "=cmd|'/c calc'!A1", "13", *ROW[4:]],
            ["@SUM(1)", *ROW[1:6], "+1"],
            ROW,
        ]
        batch = judged(boss, ("=壞.csv", as_csv(rows)))
        book = load_workbook(io.BytesIO(self.content(boss, batch, "xlsx")))
        (sheet,) = book.worksheets
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert cells[0] == ["列", "判定", "原因", *VISITS]
        assert [row[0] for row in cells[1:]] == [2, 3]
        assert "電話「13」少碼或多碼" in cells[1][2]
        assert cells[1][5] == "'=cmd|'/c calc'!A1"
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {
            "s",
            "n",
            "inlineStr",
        }
        told = list(csv.reader(io.StringIO(self.content(boss, batch, "csv").decode("utf-8-sig"))))
        assert told[0][:4] == ["檔案", "列", "判定", "原因"]
        assert told[1][0] == "'=壞.csv"
        assert told[2][4] == "'@SUM(1)"
        entries = Disclosure.objects.filter(kind="export")
        assert [entry.what["rows"] for entry in entries] == [2, 2]
        assert entries[0].staff == boss

    def test_whose_client_it_is_stays_unsaid(self, boss, project):
        zhou = project.staff.get(name="周敏")
        visit(zhou, timezone.now(), phone=ROW[3], project=project)
        batch = judged(boss, ("表.csv", as_csv([VISITS, ROW])))
        told = self.content(boss, batch, "csv").decode("utf-8-sig")
        assert "衝突" in told
        assert "周敏" not in told

    def test_after_two_weeks_there_is_none(self, boss, project):
        batch = carry_out(judged(boss, ("表.csv", as_csv([VISITS, ROW]))), boss)
        Import.objects.update(finished_at=timezone.now() - timedelta(days=15))
        tasks.expire_imports()
        page = text(browser_of(boss).get(reverse("import_rows", args=[batch.key])))
        assert "各列已經刪除" in page


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_both_and_the_bell_links_to_it(servers, boss, project):
    app.control.purge()
    client = browser_of(boss)
    bring(client, *like_an_office())
    batch = Import.objects.get()
    client.post(reverse("import_columns", args=[batch.key]), columns_of(batch, basis="opening"))

    def wait_for(state: str) -> None:
        deadline = timezone.now() + timedelta(seconds=30)
        while Import.objects.get().state != state:
            assert timezone.now() < deadline, Import.objects.get().state

    with start_worker(app, perform_ping_check=False, pool="solo"):
        wait_for("checked")
        sent = {"version": Import.objects.get().version, "reason": "上線前的登記簿"}
        client.post(reverse("import_sign", args=[batch.key]), sent)
        wait_for("done")
    assert ContactEvent.objects.count() == 6
    note = boss.notifications.get()
    assert note.url == reverse("import_rows", args=[batch.key])
    assert "寫下 6 筆" in text(client.get(reverse("notes")))


def test_the_timeline_says_where_a_fact_came_from(boss, project):
    batch = carry_out(
        judged(boss, ("三月.csv", as_csv([VISITS, ROW])), basis="opening"), boss, reason="開帳"
    )
    lead = batch.rows.get().lead
    page = text(browser_of(boss).get(reverse("lead", args=[lead.pk])))
    assert "開帳匯入自 三月.csv 第 2 列，照登記簿的日期" in page
