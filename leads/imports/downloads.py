"""The rows that were not taken in, with their reasons, as a file to mend and send again."""

import csv
import io
from collections.abc import Iterator
from itertools import groupby
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext

from leads.neutral import neutral

from .models import Import, Register, Row
from .words import words_of

TAKEN_OUT = (Row.Verdict.ERROR, Row.Verdict.CONFLICT)
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
SHEET_NAME = 31
FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")


def write(form: str, file: IO[bytes], batch: Import) -> int:
    """Write the rows as `csv` or `xlsx`; how many. Whose clients they conflict with is not said."""
    return {"csv": _write_csv, "xlsx": _write_xlsx}[form](file, batch)


def _lots(batch: Import) -> Iterator[tuple[Register, Iterator[Row]]]:
    rows = batch.rows.filter(verdict__in=TAKEN_OUT, event=None).order_by(
        "register__position", "number"
    )
    registers = {one.pk: one for one in batch.registers.all()}
    for key, group in groupby(rows.iterator(chunk_size=1000), key=lambda row: row.register_id):
        yield registers[key], group


def _head(register: Register) -> list[str]:
    said = [gettext("列"), gettext("判定"), gettext("原因")]
    return [*said, *(neutral(heading) for heading in register.headings)]


def _cells(row: Row) -> list[Any]:
    reasons = " ".join(reason.text for reason in words_of(row.reasons, set()))
    return [
        row.number,
        row.get_verdict_display(),
        neutral(reasons),
        *(neutral(cell) for cell in row.cells),
    ]


def _write_csv(file: IO[bytes], batch: Import) -> int:
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    count = 0
    for register, rows in _lots(batch):
        writer.writerow([gettext("檔案"), *_head(register)])
        for row in rows:
            writer.writerow([neutral(str(register)), *_cells(row)])
            count += 1
    text.detach()
    return count


def _write_xlsx(file: IO[bytes], batch: Import) -> int:
    count = 0
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF0F2"})
        text = book.add_format({"num_format": "@"})
        names: set[str] = set()
        for register, rows in _lots(batch):
            sheet = book.add_worksheet(_sheet_name(register, names))
            sheet.freeze_panes(1, 0)
            sheet.set_column(2, 2, 60)
            sheet.set_column(3, 3 + len(register.headings), 14)
            for at, heading in enumerate(_head(register)):
                sheet.write_string(0, at, heading, bold)
            for line, row in enumerate(rows, 1):
                for at, cell in enumerate(_cells(row)):
                    if isinstance(cell, str):
                        sheet.write_string(line, at, cell, text)
                    else:
                        sheet.write_number(line, at, cell)
                count += 1
        if not names:
            book.add_worksheet()
    return count


def _sheet_name(register: Register, taken: set[str]) -> str:
    """A name that Excel takes, and no other sheet has."""
    wish = (register.sheet or register.name).translate(FORBIDDEN)[: SHEET_NAME - 4] or "1"
    name, number = wish, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wish} {number}"
    taken.add(name.casefold())
    return name
