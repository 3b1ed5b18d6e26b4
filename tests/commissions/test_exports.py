"""Exports: exactly what the screen shows, harmless to open, logged, and never lost."""

import csv
import io
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from celery.contrib.testing.worker import start_worker
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from commissions import exports, services, tasks
from commissions.models import Export, Line
from config.celery import app
from disputes.models import Case
from leads.models import Disclosure, Notification
from tests.factories import visit

from .conftest import browser_of, collide, decide, sell

FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def sold(office):
    office.jia.name = FORMULA
    office.jia.save()
    held = collide(office, phone="138 0013 8101")
    sell(office, held, office.jia, unit="-1 棟 0102")
    gone = collide(office, phone="138 0013 8102")
    sell(office, gone, office.jia, unit="1 棟 0103")
    decide(office, gone, office.yi)
    return office


def ask(staff, form, query="project=", key=None):
    given = {"form": form, "query": query, "key": key or uuid4()}
    return browser_of(staff).post(reverse("export_start"), given)


def content(answer):
    return b"".join(answer.streaming_content)


@pytest.mark.django_db
class TestAtOnce:
    def test_csv_is_what_the_screen_shows(self, sold):
        query = urlencode({"project": sold.project.pk, "state": "held"})
        raw = content(ask(sold.manager, "csv", query))
        assert raw.startswith(b"\xef\xbb\xbf")
        head, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
        assert head[:3] == ["成交", "房號", "專案"]
        screen = browser_of(sold.manager).get(f"{reverse('report')}?{query}").context["page_obj"]
        assert [row[0] for row in rows] == [str(line.deal) for line in screen]
        (row,) = rows
        assert row[1] == "'-1 棟 0102"
        assert row[4] == f"'{FORMULA}"
        assert row[5:9] == ["100", "¥", "34240.00", "0.00"]
        assert "扣留至 C-" in row[10]

    def test_a_reversed_line_is_a_negative_number_not_text(self, sold):
        raw = content(ask(sold.manager, "csv", "state=reversed"))
        _head, row = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
        assert row[8] == "-34240.00"
        assert "改判沖回" in row[10]

    def test_xlsx_has_numbers_a_frozen_header_and_a_sheet_about_itself(self, sold):
        answer = ask(sold.manager, "xlsx")
        assert "filename" in answer.headers["Content-Disposition"]
        book = load_workbook(io.BytesIO(content(answer)))
        sheet, grouped, about, *_terms = book.worksheets
        assert [cell.value for cell in grouped[2]][:5] == [f"'{FORMULA}", 2, 1, 34_240, 0]
        assert [row[0].value for row in grouped.iter_rows(min_row=3)] == ["簡詩涵"]
        assert sheet.freeze_panes == "A2"
        cells = {sheet.cell(1, n).value: sheet.cell(2, n) for n in range(1, 13)}
        assert cells["金額"].data_type == "n"
        assert "#,##0.00" in cells["金額"].number_format
        assert cells["認購時間"].is_date
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value).startswith(("=", "+", "@"))
        said = {row[0].value: row[1].value for row in about.iter_rows()}
        assert said["匯出人"] == "何啟明"
        assert said["列數"] == 3
        assert said["應計"] == 68_480
        assert said["扣留"] == 34_240
        assert said["沖回"] == -34_240
        assert "銷售制度" in said["制度版本"]
        assert len(said["SHA-256"]) == 64

    def test_it_is_logged(self, sold):
        ask(sold.manager, "csv", "state=held")
        entry = Disclosure.objects.get(kind=Disclosure.Kind.EXPORT)
        assert entry.staff == sold.manager
        assert entry.what == {
            "report": "commission",
            "form": "csv",
            "query": "state=held",
            "rows": 1,
        }

    def test_who_may(self, sold):
        assert ask(sold.auditor, "csv").status_code == 200
        assert ask(sold.supervisor, "csv").status_code == 403
        assert ask(sold.jia, "csv").status_code == 403
        assert ask(sold.manager, "pdf").status_code == 302

    def test_a_view_that_shows_nothing_is_a_file_with_a_header(self, sold):
        raw = content(ask(sold.manager, "csv", "month=2020-01"))
        assert len(raw.decode("utf-8-sig").splitlines()) == 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_would_be_a_formula_is_text(start):
    assert exports.neutral(f"{start}1") == f"'{start}1"
    assert exports.neutral("1=1") == "1=1"


@pytest.fixture
def long(monkeypatch, sold):
    """Every report is long."""
    monkeypatch.setattr("commissions.views.exports.DIRECTLY", 0)
    monkeypatch.setattr("commissions.exports.rows.CHUNK", 1)
    return sold


@pytest.fixture
def redis_gone(monkeypatch):
    """Tasks are sent to an address where nobody listens."""
    with app.connection_for_write("redis://127.0.0.1:1/0") as nowhere:
        send = tasks.write_export.apply_async
        monkeypatch.setattr(
            tasks.write_export, "delay", lambda *given: send(given, connection=nowhere)
        )
        yield


@pytest.mark.django_db(transaction=True)
class TestInTheBackground:
    def test_a_worker_writes_it_and_the_bell_links_to_it(self, servers, long):
        app.control.purge()
        key = uuid4()
        answer = ask(long.manager, "xlsx", f"project={long.project.pk}", key)
        assert answer.status_code == 302
        assert Export.objects.get().state == Export.State.WAITING
        with start_worker(app, perform_ping_check=False, pool="solo"):
            deadline = timezone.now() + timedelta(seconds=20)
            while Export.objects.get().state != Export.State.DONE:
                assert timezone.now() < deadline, Export.objects.get().state
        export = Export.objects.get()
        assert (export.done, export.total) == (3, 3)
        note = Notification.objects.get(url=reverse("export_file", args=[key]))
        assert note.staff == long.manager
        assert "業績明細.xlsx" in note.text % note.values
        browser = browser_of(long.manager)
        book = load_workbook(io.BytesIO(content(browser.get(note.url))))
        assert book.worksheets[0].max_row == 4
        assert "下載" in browser.get(reverse("export", args=[key])).content.decode()
        assert "下載" in browser.get(reverse("report")).content.decode()

    def test_a_lost_redis_loses_nothing(self, long, redis_gone):
        answer = browser_of(long.manager).post(
            reverse("export_start"),
            {"form": "csv", "query": "project=", "key": uuid4()},
            follow=True,
        )
        assert "背景服務暫時連不上" in answer.content.decode()
        export = Export.objects.get()
        assert export.state == Export.State.WAITING
        assert tasks.sweep_exports() == 0
        Export.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
        page = browser_of(long.manager).get(reverse("report")).content.decode()
        assert "這份匯出不會遺失" in page
        assert tasks.sweep_exports() == 0

    def test_the_sweep_enqueues_what_waits(self, servers, long):
        app.control.purge()
        services.start_export(
            by=long.manager, form="csv", query="project=", rows=3, key=uuid4(), now=timezone.now()
        )
        assert tasks.sweep_exports() == 0
        Export.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
        assert tasks.sweep_exports() == 1
        with start_worker(app, perform_ping_check=False, pool="solo"):
            deadline = timezone.now() + timedelta(seconds=20)
            while Export.objects.get().state != Export.State.DONE:
                assert timezone.now() < deadline

    def test_cancelled_while_it_runs(self, long, monkeypatch):
        key = uuid4()
        services.start_export(
            by=long.manager, form="csv", query="project=", rows=3, key=key, now=timezone.now()
        )
        told = []
        advance = services.advance_export

        def advance_then_cancel(**given):
            going_on = advance(**given)
            told.append(given["done"])
            if len(told) == 1:
                browser_of(long.manager).post(reverse("export_cancel", args=[key]))
            return going_on

        monkeypatch.setattr(services, "advance_export", advance_then_cancel)
        tasks.write_export(str(key))
        assert told == [1, 2]
        assert Export.objects.get().state == Export.State.CANCELLED
        assert not list(tasks.folder().glob(f"{key}*"))
        assert not list(tasks.folder().glob("*.part"))

    def test_what_breaks_off_says_so(self, long, monkeypatch):
        key = uuid4()
        services.start_export(
            by=long.manager, form="csv", query="project=", rows=3, key=key, now=timezone.now()
        )
        monkeypatch.setattr("commissions.exports.rows.Teller.reason", lambda *row: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.write_export(str(key))
        assert Export.objects.get().state == Export.State.FAILED
        answer = browser_of(long.manager).get(reverse("export_file", args=[key]))
        assert answer.status_code == 404
        assert "沒有完成" in answer.content.decode()

    def test_every_time_is_by_the_projects_clock(self, long):
        long.project.time_zone = "Pacific/Auckland"
        long.project.save()
        key, query = uuid4(), f"project={long.project.pk}"
        services.start_export(
            by=long.manager, form="xlsx", query=query, rows=3, key=key, now=timezone.now()
        )
        with timezone.override("America/Anchorage"):
            tasks.write_export(str(key))
        zone = ZoneInfo("Pacific/Auckland")
        book = load_workbook(tasks.folder() / f"{key}.xlsx")
        details, _grouped, about, *_terms = book.worksheets
        held = Line.objects.get(state="held")
        (row,) = [row for row in details.iter_rows(min_row=2) if row[9].value == "扣留"]
        sold = held.subscribed_at.astimezone(zone).replace(tzinfo=None)
        assert abs(row[3].value - sold) < timedelta(seconds=1)
        due = Case.objects.get(state="open").due_at.astimezone(zone)
        assert f"期限 {due:%Y-%m-%d %H:%M}" in row[10].value
        said = {row[0].value: row[1].value for row in about.iter_rows()}
        now = timezone.now().astimezone(zone)
        told = datetime.strptime(said["截至"], "%Y-%m-%d %H:%M").replace(tzinfo=zone)
        assert timedelta(0) <= now - told < timedelta(minutes=5)
        assert said["時區"] == "Pacific/Auckland"

    def test_written_once_however_often_it_is_enqueued(self, long):
        key = uuid4()
        services.start_export(
            by=long.manager, form="csv", query="project=", rows=3, key=key, now=timezone.now()
        )
        tasks.write_export(str(key))
        tasks.write_export(str(key))
        tasks.write_export(str(uuid4()))
        assert Notification.objects.filter(url__contains=str(key)).count() == 1

    def test_the_same_wish_twice_is_one_export(self, servers, long):
        key = uuid4()
        ask(long.manager, "csv", "project=", key)
        ask(long.manager, "csv", "project=", key)
        assert Export.objects.count() == 1
        assert Disclosure.objects.filter(kind="export").count() == 1
        app.control.purge()

    def test_only_its_owner_gets_the_file_and_only_for_a_day(self, long):
        key = uuid4()
        services.start_export(
            by=long.manager, form="csv", query="project=", rows=3, key=key, now=timezone.now()
        )
        tasks.write_export(str(key))
        url = reverse("export_file", args=[key])
        assert browser_of(long.manager).get(url).status_code == 200
        assert browser_of(long.general).get(url).status_code == 404
        assert browser_of(long.general).get(reverse("export", args=[key])).status_code == 404
        cancel = reverse("export_cancel", args=[key])
        assert browser_of(long.general).post(cancel).status_code == 404
        assert tasks.expire_exports() == 0
        Export.objects.update(finished_at=timezone.now() - timedelta(hours=25))
        assert tasks.expire_exports() == 1
        assert not list(tasks.folder().glob(f"{key}*"))
        answer = browser_of(long.manager).get(url)
        assert answer.status_code == 404
        assert "檔案只留 24 小時" in answer.content.decode()

    def test_whoever_lost_his_role_gets_nothing(self, long):
        key = uuid4()
        services.start_export(
            by=long.manager, form="csv", query="project=", rows=3, key=key, now=timezone.now()
        )
        long.manager.role = "agent"
        long.manager.save()
        tasks.write_export(str(key))
        assert Export.objects.get().state == Export.State.FAILED

    def test_in_the_language_in_which_it_was_asked(self, long):
        key = uuid4()
        query = "project=&lang=zh-hant"
        services.start_export(
            by=long.manager, form="csv", query=query, rows=3, key=key, now=timezone.now()
        )
        tasks.write_export(str(key))
        text = (tasks.folder() / f"{key}.csv").read_text("utf-8-sig")
        assert text.startswith("成交,")


@pytest.mark.django_db
def test_a_single_visit_makes_no_line(office):
    visit(office.jia, office.now - timedelta(days=3), phone="138 0013 8000")
    assert len(content(ask(office.manager, "csv")).decode("utf-8-sig").splitlines()) == 1
