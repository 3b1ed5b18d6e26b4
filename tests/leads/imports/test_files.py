"""Every kind of bad file: each gets a verdict or a clear refusal, and none stops the rest."""

import io
import tracemalloc
import zipfile
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import xlsxwriter

from leads.imports import encodings, files, intake, reading, sheets
from leads.imports.files import Refused, form_of
from leads.models import Role
from tests.factories import ProjectFactory, StaffFactory

from .registers import (
    FOLLOW_UPS,
    VISITS,
    as_csv,
    as_xlsx,
    codes,
    dry_run,
    like_an_office,
    rows_of,
    take,
    upload,
    verdicts,
)

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001 - cells know no time zone
ROW = ["2026-03-02", "14:05", "鄭佳", "13800138000", "路過", "陳志強", "帶太太同來"]
SIMPLE = ["2026-03-02", "14:05", "郑佳", "13800138000", "路过", "陈志强", "带太太同来"]


@pytest.fixture
def project(db):
    found = ProjectFactory(name="濱江花園")
    for name in ("陳志強", "周敏", "李欣怡", "林雅婷", "吳俊傑", "王建國"):
        StaffFactory(project=found, name=name)
    return found


@pytest.fixture
def boss(project):
    return StaffFactory(project=project, name="何啟明", role=Role.MANAGER)


# --- Refused before anything opens them ----------------------------------------------------------


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """A real workbook with one more part."""
    file = io.BytesIO(as_xlsx([VISITS, ROW]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return file.getvalue()


def rewritten(book: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A workbook with one part changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old, new) if name == part else content)
    return file.getvalue()


def macro_enabled() -> bytes:
    """A workbook that says in its types that it has macros, and hides where."""
    book = as_xlsx([VISITS, ROW])
    return rewritten(book, "[Content_Types].xml", b"sheet.main+xml", b"sheet.macroEnabled.main+xml")


REFUSED = {
    "an old .xls, renamed": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "舊版 Excel"),
    "a macro": (with_part("xl/vbaProject.bin", b"x"), "巨集"),
    "a hidden macro": (macro_enabled(), "巨集"),
    "a zip bomb": (with_part("xl/media/image1.bin", bytes(20 * 1024 * 1024)), "大得不合理"),
    "too many parts": (
        archive(**{f"part{n}": b"" for n in range(2100)}, xl__workbook_xml=b"") + b"",
        "不是 Excel",
    ),
    "another archive": (archive(hello=b"world"), "不是 Excel 活頁簿"),
    "a document": (archive(word__document_xml=b"<x/>"), "不是 Excel 活頁簿"),
    "a torn workbook": (as_xlsx([VISITS, ROW])[:900], "壞了"),
    "nothing": (b"", "空的"),
    "only spaces": (b" \r\n ", "空的"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "PNG"),
    "noise": (bytes(range(1, 9)) * 100, "不是 Excel"),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_says_why(content, said):
    with pytest.raises(Refused) as refused:
        form_of(io.BytesIO(content), len(content))
    assert said in str(refused.value.message)


def test_too_large_is_not_even_read():
    with pytest.raises(Refused) as refused:
        form_of(io.BytesIO(b"x"), files.LARGEST + 1)
    assert "30 MB" in str(refused.value.message)


def test_a_bomb_of_many_small_parts(monkeypatch):
    monkeypatch.setattr(files, "UNPACKED", 3_000)
    content = as_xlsx([VISITS, ROW])
    with pytest.raises(Refused) as refused:
        form_of(io.BytesIO(content), len(content))
    assert "大得不合理" in str(refused.value.message)


def test_content_decides_and_not_the_name(project):
    book = upload(as_xlsx([VISITS, ROW]), "表.csv")
    text = upload(as_csv([VISITS, ROW]), "表.xlsx")
    assert [intake.take(one, project, 2026)[0].form for one in (book, text)] == ["xlsx", "csv"]


def test_a_workbook_that_is_none_inside_leaves_no_file(project):
    before = set(files.folder().iterdir())
    parts = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<nonsense"}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    with pytest.raises(Refused):
        intake.take(upload(file.getvalue(), "x.xlsx"), project, 2026)
    assert set(files.folder().iterdir()) == before


def test_an_entity_bomb_is_not_opened(project):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><workbook'
    book = rewritten(as_xlsx([VISITS, ROW]), "xl/workbook.xml", b"<workbook", bomb)
    with pytest.raises(Refused):
        intake.take(upload(book, "x.xlsx"), project, 2026)


# --- Encodings and delimiters --------------------------------------------------------------------


EVERY_CHARACTER = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")


@pytest.mark.parametrize(
    ("encoding", "row"),
    [("big5", ROW), *((name, row) for name in EVERY_CHARACTER for row in (ROW, SIMPLE))],
)
def test_encodings(project, boss, encoding, row):
    batch = dry_run(project, boss, ("表.csv", as_csv([VISITS, row], encoding)))
    (read,) = rows_of(batch)
    assert (read.verdict, read.draft["name"]) == ("new", row[2])


@pytest.mark.parametrize("encoding", ["gb18030", "big5hkscs"])
def test_one_line_of_either_is_told_apart(encoding):
    text = "日期,客戶姓名,電話,追訪方式,結果\r\n3月1日,鄭佳,未留,電話,未接\r\n".encode(encoding)
    assert encodings.guess_encoding(text) == encoding


def test_a_wrong_encoding_is_an_error_of_its_rows_and_can_be_changed(project, boss):
    content = as_csv([VISITS, ROW], "gb18030")
    batch = dry_run(project, boss, ("表.csv", content), encoding="utf-8-sig")
    assert {"encoding"} <= set(codes(rows_of(batch)[0]))
    again = dry_run(project, boss, ("表.csv", content), encoding="gb18030")
    assert verdicts(again) == ["new"]


def test_a_torn_character_spoils_its_row_alone(project, boss):
    content = as_csv([VISITS, ROW, [*ROW[:3], "13800138001", *ROW[4:]]])
    torn = content.replace("帶太太".encode(), b"\xe5\xb8", 1)
    batch = dry_run(project, boss, ("表.csv", torn), encoding="utf-8-sig")
    assert verdicts(batch) == ["error", "new"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(project, boss, delimiter):
    batch = dry_run(project, boss, ("表.txt", as_csv([VISITS, ROW], delimiter=delimiter)))
    assert batch.registers.get().delimiter == delimiter
    assert verdicts(batch) == ["new"]


def test_an_open_quote_swallows_no_other_rows(project, boss):
    rows = [[*ROW[:3], f"138{n:08d}", *ROW[4:]] for n in range(2000)]
    content = as_csv([VISITS, *rows]).replace(b"13800000003", b'"13800000003', 1)
    batch = dry_run(project, boss, ("表.csv", content))
    found = verdicts(batch)
    assert found[:3] == ["new"] * 3
    assert "error" in found
    assert found[-200:] == ["new"] * 200


# --- Workbooks -----------------------------------------------------------------------------------


def test_a_title_blank_rows_and_a_total(project, boss):
    rows = [
        ["濱江花園 來訪客戶登記表（2026年3月）"],
        ["填表：前台", "", "", "未留請註明"],
        ["序號", *VISITS],
        [1, "3月2日", *ROW[1:]],
        [],
        ["序號", *VISITS],
        [2, "3月3日", *ROW[1:]],
        ["合計", 2],
    ]
    batch = dry_run(project, boss, ("表.xlsx", as_xlsx(rows, merge=["A1:H1"])))
    register = batch.registers.get()
    assert (register.heading_row, register.year, register.kind) == (3, 2026, "visits")
    assert verdicts(batch) == ["new", "skipped", "new", "skipped"]
    assert rows_of(batch)[0].at == datetime(2026, 3, 2, 14, 5, tzinfo=ZONE)


def test_merged_cells_hold_for_the_rows_under_them(project, boss):
    rows = [VISITS, ROW, ["", "15:00", "郭芳", "13800138001", "", "", ""], ["2026-03-04", *ROW[1:]]]
    book = as_xlsx(rows, merge=["A2:A3", "F2:F3", "G4:H4"])
    batch = dry_run(project, boss, ("表.xlsx", book))
    one, two, three = rows_of(batch)
    assert verdicts(batch) == ["new"] * 3
    assert two.at == datetime(2026, 3, 2, 15, 0, tzinfo=ZONE)
    assert (two.agent, three.at.astimezone(ZONE).day) == (one.agent, 4)


def test_formulas_are_their_values_and_without_one_an_error_of_the_row(project, boss):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("來訪")
        sheet.write_row(0, 0, VISITS)
        for line in (1, 2, 3):
            sheet.write_row(line, 0, [*ROW[:3], f"1380013800{line}", *ROW[4:]])
        sheet.write_formula(1, 2, '=CONCAT("鄭","佳")', None, "鄭佳")
        sheet.write_formula(2, 6, '=IF(1,"","")', None, "")
        sheet.write(3, 6, "=1+1")
    # Excel says of an empty text that it is one.
    part, cell = "xl/worksheets/sheet1.xml", b'<c r="G3"'
    with_values = rewritten(file.getvalue(), part, cell, cell + b' t="str"')
    batch = dry_run(project, boss, ("表.xlsx", with_values))
    assert verdicts(batch) == ["new"] * 3
    assert rows_of(batch)[0].draft["name"] == "鄭佳"
    without = as_xlsx([VISITS, [*ROW[:6], '=HYPERLINK("x")'], [*ROW[:3], "13800138009", *ROW[4:]]])
    batch = dry_run(project, boss, ("表.xlsx", without))
    assert verdicts(batch) == ["error", "new"]
    assert rows_of(batch)[0].reasons == [["formula", {"column": "備註"}]]
    columns = ["date", "time", "name", "phone", "source", "agent", ""]
    assert verdicts(dry_run(project, boss, ("表.xlsx", without), columns=columns)) == ["new"] * 2


def test_real_dates_numbers_and_errors_in_cells(project, boss):
    rows = [
        VISITS,
        [MONDAY, time(14, 5), "甲", 13800138001, "", "陳志強", ""],
        [MONDAY.replace(hour=15, minute=5), None, "乙", 13800138002.0, "", "陳志強", ""],
        [46083, 0.75, "丙", "13800138003", "", "陳志強", ""],
        [46083.5, None, "丁", "13800138004", "", "陳志強", ""],
        [date(2026, 3, 2), timedelta(hours=9), "戊", "13800138005", "", "陳志強", ""],
        [date(2026, 3, 2), "9:00", "己", 1.3800138e9, "", "陳志強", ""],
        [date(2026, 3, 2), "9:00", "#N/A", "13800138007", "", "陳志強", ""],
    ]
    batch = dry_run(project, boss, ("表.xlsx", as_xlsx(rows)))
    clock = [row.at and f"{row.at.astimezone(ZONE):%d %H:%M}" for row in rows_of(batch)]
    assert clock[:5] == ["02 14:05", "02 15:05", "02 18:00", "02 12:00", "02 09:00"]
    assert verdicts(batch) == ["new"] * 5 + ["error"] * 2
    assert codes(rows_of(batch)[6]) == ["excel_error"]


def test_a_workbook_with_the_old_calendar_of_the_macintosh(project, boss):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(VISITS)
    book.active.append([MONDAY, *ROW[1:]])
    file = io.BytesIO()
    book.save(file)
    batch = dry_run(project, boss, ("表.xlsx", file.getvalue()))
    assert rows_of(batch)[0].at == datetime(2026, 3, 2, 14, 5, tzinfo=ZONE)


def test_each_sheet_is_a_register_and_hidden_ones_are_none(project, boss):
    book = openpyxl.Workbook()
    for name, rows in {
        "來訪": [VISITS, ROW],
        "追訪": [FOLLOW_UPS, ["2026-03-03", "鄭佳", "13800138000", "電話", "接通", "", "周敏"]],
        "說明": [["這張表由前台填寫"]],
        "空白": [],
        "舊": [VISITS, ROW],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book["舊"].sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    batch = take(project, boss, ("全部.xlsx", file.getvalue()))
    kinds = {one.sheet: one.kind for one in batch.registers.all()}
    assert kinds == {"來訪": "visits", "追訪": "follow_ups", "說明": "none"}


def test_a_hundred_thousand_rows_stream(tmp_path):
    """Memory does not grow with the rows: ten times as many need no more."""

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        path.write_bytes(as_csv([VISITS, *([ROW] * rows)]))
        tracemalloc.start()
        count = sum(1 for _row in sheets.Source(path, "csv", "", "utf-8-sig", ",").rows())
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == rows + 1
        return used

    assert peak(100_000) < 1.2 * peak(10_000) + 100_000


# --- Cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("2026/3/2", "", (3, 2, 23, 59)),
        ("2026-03-02 14:05", "", (3, 2, 14, 5)),
        ("2026-03-02T14:05:33", "", (3, 2, 14, 5)),
        ("2026.3.2", "9點", (3, 2, 9, 0)),
        ("3月2日", "下午5:14", (3, 2, 17, 14)),
        ("3月2號", "晚上8點半", (3, 2, 20, 30)),
        ("3/2", "2:30 PM", (3, 2, 14, 30)),
        ("民國115年3月2日", "上午12:30", (3, 2, 0, 30)),
        ("115/03/02", "16點46分", (3, 2, 16, 46)),
        ("２０２６／３／２", "１４：０５", (3, 2, 14, 5)),
        ("2026年3月2日（星期一） 中午12點", "", (3, 2, 12, 0)),
        ("20260302", "下午12:12", (3, 2, 12, 12)),
        ("26-3-2", "0.5", (3, 2, 12, 0)),
        ("46083", "", (3, 2, 23, 59)),
        ("46083.75", "", (3, 2, 18, 0)),
    ],
)
def test_dates_in_many_shapes(day, clock, expected):
    read = reading.moment(day, clock, year=2026, zone=ZONE).at
    assert (read.year, read.month, read.day, read.hour, read.minute) == (2026, *expected)
    assert read.tzinfo == ZONE


@pytest.mark.parametrize(
    ("day", "clock", "code"),
    [
        ("", "", "no_date"),
        ("昨天", "", "bad_date"),
        ("2026-02-30", "", "bad_date"),
        ("13月40日", "", "bad_date"),
        ("2026-03-02", "很晚", "bad_time"),
        ("2026-03-02", "25:70", "bad_time"),
    ],
)
def test_dates_that_are_none(day, clock, code):
    with pytest.raises(reading.Unclear) as unclear:
        reading.moment(day, clock, year=2026, zone=ZONE)
    assert unclear.value.code == code


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", []),
        ("未留", []),
        ("無", []),
        ("-", []),
        ("１７５９４４２７６９５", ["+8617594427695"]),
        ("008613029471672", ["+8613029471672"]),
        ("021-45328732", ["+862145328732"]),
        ("18154497576 / 15919797265", ["+8618154497576", "+8615919797265"]),
        ("18154497576、18154497576", ["+8618154497576"]),
    ],
)
def test_phones(typed, expected):
    assert [number for number, _ in reading.phones(typed, "CN")] == expected


@pytest.mark.parametrize("typed", ["1379864676", "1.38E+10", "十三億", "139-0000"])
def test_phones_that_are_none(typed):
    with pytest.raises(reading.Unclear):
        reading.phones(typed, "CN")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("接通", "reached"), ("家人接听", "family"), ("無人接聽", "no_answer"), ("关机", "off")],
)
def test_outcomes(typed, expected):
    assert reading.outcome(typed) == expected


# --- Registers as offices leave them -------------------------------------------------------------


def test_three_registers_of_a_march(project, boss):
    batch = dry_run(project, boss, *like_an_office())
    calls, follow_ups, visits = batch.registers.all()
    assert (calls.kind, calls.encoding) == ("calls", "gb18030")
    assert (follow_ups.kind, follow_ups.encoding) == ("follow_ups", "big5hkscs")
    assert (visits.kind, visits.heading_row, visits.year) == ("visits", 3, 2026)
    found = [(row.number, row.verdict, *codes(row)) for row in rows_of(batch)]
    assert found == [
        (2, "new"),
        (3, "new"),
        (2, "new"),
        (3, "error", "follow_up_without_phone"),
        (4, "new"),
        (5, "new", "asked_for"),
        (6, "error", "formula"),
        (7, "new"),
        (9, "error", "agent_unknown"),
        (10, "error", "bad_phone"),
        (11, "error", "agent_unknown"),
        (12, "skipped", "total_row"),
    ]
    assert rows_of(batch)[4].draft["need"] == "意向戶型 三房"
