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
