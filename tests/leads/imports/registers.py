"""Real registers, written by the tests as offices write them."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from leads.imports import intake, services, tasks
from leads.imports.models import Import, Register, Row
from leads.models import Project, Staff

VISITS = ["日期", "到訪時間", "客戶姓名", "聯繫電話", "認知途徑", "接待人", "備註"]
CALLS = ["日期", "來電時間", "來電號碼", "客戶姓名", "詢問內容", "接聽人"]
FOLLOW_UPS = ["日期", "客戶姓名", "電話", "追訪方式", "結果", "內容摘要", "追訪人"]


def as_csv(rows: Iterable[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(
    rows: Iterable[Sequence[Any]], *, sheet: str = "登記", merge: Sequence[str] = ()
) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for cells in merge:
        page.merge_cells(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(content: bytes, name: str = "來訪登記表.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def take(
    project: Project, by: Staff, *files: tuple[str, bytes], basis: str = "late", **changes: Any
) -> Import:
    """Upload, confirm the guessed columns, and have the dry run asked for."""
    registers: list[Register] = []
    for name, content in files:
        registers += intake.take(upload(content, name), project, timezone.now().year)
    for register in registers:
        for field, value in changes.items():
            setattr(register, field, value)
    now = timezone.now()
    batch = services.start_import(project=project, registers=registers, key=uuid4(), by=by, now=now)
    services.set_columns(
        key=batch.key, registers=registers, basis=basis, check=True, by=by, now=now
    )
    return batch


def dry_run(project: Project, by: Staff, *files: tuple[str, bytes], **given: Any) -> Import:
    batch = take(project, by, *files, **given)
    tasks.work_at_import(str(batch.key))
    batch.refresh_from_db()
    assert batch.state == Import.State.CHECKED, batch.error
    return batch


def sign(batch: Import, by: Staff, *, conflicts: bool = False, reason: str = "") -> None:
    batch.refresh_from_db()
    services.sign_import(
        key=batch.key,
        version=batch.version,
        with_conflicts=conflicts,
        reason=reason,
        by=by,
        now=timezone.now(),
    )


def carry_out(batch: Import, by: Staff, **given: Any) -> Import:
    sign(batch, by, **given)
    tasks.work_at_import(str(batch.key))
    batch.refresh_from_db()
    assert batch.state == Import.State.DONE, batch.error
    return batch


def rows_of(batch: Import) -> list[Row]:
    return list(batch.rows.order_by("register", "number"))


def verdicts(batch: Import) -> list[str]:
    return [row.verdict for row in rows_of(batch)]


def codes(row: Row) -> list[str]:
    return [code for code, _values in row.reasons]


def many(agent: str, count: int, day: datetime) -> list[list[str]]:
    """Rows of as many clients, all of one agent, each with a phone number of his own."""
    numbers = islice((f"138{number:08d}" for number in range(10_000_000)), count)
    return [
        [f"{day:%Y-%m-%d}", "10:00", f"客{at}", number, "路過", agent, ""]
        for at, number in enumerate(numbers)
    ]


FIRST, SECOND = datetime(2026, 3, 1), datetime(2026, 3, 2)  # noqa: DTZ001 - as cells have them
AGENTS = ("陳志強", "周敏", "李欣怡")


def like_an_office() -> list[tuple[str, bytes]]:
    """Three registers of a March as an office leaves them: mixed scripts, shapes, and mistakes."""
    visits = [
        ["濱江花園 來訪客戶登記表(2026年3月)"],
        ["填表:前台", "", "", "注:電話必填,未留請註明"],
        ["序號", "日期", "到訪時間", "客戶姓名", "聯繫電話", "居住區域", "認知途徑", "意向戶型",
         "預算(萬)", "首訪/複訪", "接待人", "備註"],
        [1, "3月1日", "12:53", "彭建然", "15601444588", "江北", "戶外廣告", "三房", None, "複訪",
         "陳志強", "代朋友看房"],
        [2, FIRST, "14:00", "陸超", "15078399740", "江北", "路過", "三房", "200左右",
         "首訪", "周敏", "找陳志強,不在"],
        [3, SECOND, "下午5:14", "解涵子", "+86 17552539296", "江南", "老帶新",
         "複式", 180, "首訪", "周敏", '=HYPERLINK("x")'],
        [4, "2026.3.2", "16點46分", "陸超", "150-7839-9740", None, "路過", "三房", 200, "複訪",
         "陳志強", None],
        [],
        [5, "2026/3/3", "09:42", "馮靜娜", "未留", "新城", "渠道", "複式", 89, "首訪",
         "小王", None],
        [6, "3月4日", "上午9:59", "馬琪", "1379864676", None, "網路", "兩房", 300, "首訪",
         "李欣怡", None],
        [7, "3月5日", "10:00", "單靜紅", "１５９６４４７０３９５", None, "網路", "四房", 300,
         "複訪", "周敏/李欣怡", None],
        ["合計", 7],
    ]  # fmt: skip
    calls = [
        ["日期", "来电時间", "来电号碼", "客户姓名", "询问内容", "认知途徑", "接聽人", "备注"],
        ["2026-03-02", "下午7:23", "18913379515", "石玲建", "户型面积", "路過", "陈志强", ""],
        ["3月3日", "15點16分", "", "汪怡宇", "询问均價", "網路", "周敏", ""],
    ]
    follow_ups = [
        ["日期", "客戶姓名", "電話", "追訪方式", "結果", "內容摘要", "追訪人"],
        ["2026.3.5", "陸超", "150 7839 9740", "電話", "家人接聽", "約週末複訪", "周敏"],
        ["3月6日", "劉洋", "", "短信", "接通", "考慮中", "周敏"],
    ]
    return [
        ("calls-2026-03.csv", as_csv(calls, "gb18030")),
        ("follow-ups-2026-03.csv", as_csv(follow_ups, "big5")),
        ("visits-2026-03.xlsx", as_xlsx(visits, sheet="來訪登記", merge=["A1:L1"])),
    ]
