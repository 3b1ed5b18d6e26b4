"""The dry run of a long register, and the import of a part of it: seconds and memory."""

import io
import resource
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from leads.imports import intake, services, tasks
from leads.imports.models import Import
from leads.models import Role
from tests.factories import ProjectFactory, StaffFactory

HEADINGS = ["日期", "到訪時間", "客戶姓名", "聯繫電話", "認知途徑", "意向戶型", "接待人", "備註"]
NAMES = ("陳志強", "周敏", "李欣怡", "林雅婷", "吳俊傑", "王建國")
SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝郭單曾"
GIVEN = "志強敏欣怡雅婷俊傑建國靜雯思涵子華磊佳文桂秀玲艷輝宇剛洋梅蘭平波紅"
COMES_BACK = 5
"""Every fifth row is somebody who came before."""
IMPORTED = 1_000


def report(rows: int, say: Callable[[str], None]) -> None:
    """Judge a workbook of so many rows, and write some of them down."""
    project = ProjectFactory()
    for name in NAMES:
        StaffFactory(project=project, name=name)
    boss = StaffFactory(project=project, role=Role.MANAGER)
    content = workbook(rows)
    say(f"\na register of {rows:,} rows ({len(content) / 1e6:.1f} MB)")
    before = memory()
    batch = _start(content, project, boss)
    began = time.perf_counter()
    tasks.work_at_import(str(batch.key))
    taken = time.perf_counter() - began
    batch.refresh_from_db()
    assert batch.state == Import.State.CHECKED, batch.error
    say(f"  dry run: {taken:5.1f} s, {rows / taken:,.0f} rows a second; {batch.counts}")
    say(f"  memory: {before:.0f} MB before, {memory():.0f} MB at most")
    services.sign_import(
        key=batch.key, version=batch.version, with_conflicts=False, reason="", by=boss,
        now=timezone.now(),
    )  # fmt: skip
    began, written = time.perf_counter(), 0
    while written < min(IMPORTED, batch.counts["new"]):
        written += services.import_rows(
            key=batch.key, limit=tasks.AT_ONCE, by=boss, now=timezone.now()
        )
    taken = time.perf_counter() - began
    say(f"  import: {written:,} rows in {taken:.1f} s, {written / taken:,.0f} rows a second")
    say("  aim: 20,000 rows judged in less than a minute")


def _start(content: bytes, project, boss) -> Import:  # type: ignore[no-untyped-def]
    now = timezone.now()
    upload = SimpleUploadedFile("來訪登記表.xlsx", content)
    registers = intake.take(upload, project, now.year)
    batch = services.start_import(
        project=project, registers=registers, key=uuid4(), by=boss, now=now
    )
    services.set_columns(
        key=batch.key, registers=registers, basis="late", check=True, by=boss, now=now
    )
    return batch


def memory() -> float:
    """The most that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def called(number: int) -> str:
    """A name as people have them; namesakes come up."""
    given = GIVEN[number // 16 % 32] + (GIVEN[number // 512 % 32] if number % 3 else "")
    return SURNAMES[number % 16] + given


def workbook(rows: int) -> bytes:
    """A register as Excel writes it."""
    first = timezone.localtime() - timedelta(days=200)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("來訪登記")
        sheet.write_row(0, 0, HEADINGS)
        for at in range(rows):
            who = at - at % COMES_BACK if at % COMES_BACK == 1 else at
            day = first + timedelta(minutes=10 * at % 250_000)
            sheet.write_row(
                at + 1,
                0,
                [
                    f"{day:%Y/%m/%d}",
                    f"{day:%H:%M}",
                    called(who),
                    f"138 {who:08d}",
                    "路過",
                    "三房",
                    NAMES[at % len(NAMES)],
                    "帶太太同來" if at % 3 else "",
                ],
            )
    return file.getvalue()
