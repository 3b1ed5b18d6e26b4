"""Writes what the report shows as CSV or XLSX, row by row from the database."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import Line
from .queries.report import why

CHUNK = 1000
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
BASES = {
    "deal": _("認購當時的歸屬人"),
    "discovery": _("撞單發現日的第一接待人"),
    "occurrence": _("代看發生日的第一接待人"),
    "ruling": _("裁定"),
}


@dataclass(frozen=True)
class Column:
    """A column: its heading, its width in XLSX, and how its cells are written there."""

    heading: Any
    width: int
    form: str = "text"


COLUMNS: Sequence[Column] = (
    Column(_("成交"), 10),
    Column(_("房號"), 16),
    Column(_("專案"), 14),
    Column(_("認購時間"), 17, "moment"),
    Column(_("顧問"), 12),
    Column(_("分成"), 8, "percent"),
    Column(_("幣別"), 6),
    Column(_("金額"), 15, "money"),
    Column(_("沖回"), 15, "money"),
    Column(_("狀態"), 8),
    Column(_("為什麼"), 34),
    Column(_("條款"), 24),
)


@dataclass(slots=True)
class Sums:
    """What was written: rows, and the amounts in cents."""

    rows: int = 0
    due_cents: int = 0
    released_cents: int = 0
    held_cents: int = 0
    reversed_cents: int = 0

    def add(self, line: Line) -> None:
        """Count one line."""
        self.rows += 1
        self.due_cents += line.pending_cents + line.held_cents + line.released_cents
        self.released_cents += line.released_cents
        self.held_cents += line.held_cents
        self.reversed_cents += line.reversed_cents


@dataclass(frozen=True)
class About:
    """What the file says of itself: the filter in words, as of when, who, when."""

    filters: Sequence[tuple[str, str]]
    asof: datetime
    who: str


class Cancelled(Exception):
    """Whoever asked for the file does not want it any more."""


Progress = Callable[[int], bool]
"""Told how many rows are written; False: stop."""


def write(form: str, file: IO[bytes], lines: QuerySet[Line], about: About, on: Progress) -> Sums:
    """Write the lines, in their order, as `csv` or `xlsx`. Raises Cancelled."""
    writer = {"csv": _write_csv, "xlsx": _write_xlsx}[form]
    return writer(file, lines, about, on)


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def reason(line: Line) -> str:
    """Why a line is as it is, in words without clauses."""
    found = why(line)
    said = str(BASES[found.basis])
    if line.state == Line.State.REVERSED:
        said = gettext("改判沖回；%(basis)s") % {"basis": said}
    if found.case and found.due_at is not None:
        said = gettext("%(basis)s；扣留至 %(case)s %(kind)s 裁定，期限 %(due)s") % {
            "basis": said,
            "case": found.case_number,
            "kind": found.case_word,
            "due": date_format(localtime(found.due_at), "Y-m-d H:i"),
        }
    return said


def _cells(line: Line) -> list[Any]:
    return [
        str(line.deal),
        line.deal.unit,
        line.project.name,
        line.subscribed_at.astimezone(line.project.zone).replace(tzinfo=None),
        line.agent.name,
        line.share,
        line.project.currency,
        _amount(line.pending_cents + line.held_cents + line.released_cents),
        _amount(line.reversed_cents),
        line.get_state_display(),
        reason(line),
        gettext("、").join(why(line).clauses),
    ]


def _amount(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _rows(lines: QuerySet[Line], sums: Sums, on: Progress) -> Iterator[list[Any]]:
    """The cells of each line, by a cursor on the server; progress after each chunk."""
    for line in lines.iterator(chunk_size=CHUNK):
        sums.add(line)
        yield _cells(line)
        if sums.rows % CHUNK == 0 and not on(sums.rows):
            raise Cancelled


def _write_csv(file: IO[bytes], lines: QuerySet[Line], about: About, on: Progress) -> Sums:
    sums = Sums()
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([str(column.heading) for column in COLUMNS])
    for cells in _rows(lines, sums, on):
        writer.writerow([_as_text(cell) for cell in cells])
    text.detach()
    return sums


def _as_text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return neutral(cell) if isinstance(cell, str) else str(cell)


def _write_xlsx(file: IO[bytes], lines: QuerySet[Line], about: About, on: Progress) -> Sums:
    sums = Sums()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(gettext("明細"))
        forms = {
            "text": book.add_format({"num_format": "@"}),
            "money": book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00"}),
            "percent": book.add_format({"num_format": '0"%"'}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF0F2"})
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(COLUMNS):
            sheet.set_column(number, number, column.width)
        for number, column in enumerate(COLUMNS):
            sheet.write_string(0, number, str(column.heading), head)
        for cells in _rows(lines, sums, on):
            for number, (cell, column) in enumerate(zip(cells, COLUMNS, strict=True)):
                form = forms[column.form]
                if isinstance(cell, str):
                    sheet.write_string(sums.rows, number, neutral(cell), form)
                elif isinstance(cell, datetime):
                    sheet.write_datetime(sums.rows, number, cell, form)
                else:
                    sheet.write_number(sums.rows, number, cell, form)
        sheet.autofilter(0, 0, sums.rows, len(COLUMNS) - 1)
        _say_what_it_is(book, about, sums, head, forms["money"])
    return sums


def _say_what_it_is(book: Any, about: About, sums: Sums, head: Any, money: Any) -> None:
    """The second sheet: filter, as of when, who, when, and what the rows amount to."""
    sheet = book.add_worksheet(gettext("說明"))
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 44)
    asof = date_format(localtime(about.asof), "Y-m-d H:i")
    said: list[tuple[str, Any]] = [
        (gettext("報表"), gettext("業績明細")),
        *(about.filters or [(gettext("條件"), gettext("全部"))]),
        (gettext("截至"), asof),
        (gettext("匯出人"), about.who),
        (gettext("匯出時間"), asof),
        (gettext("列數"), sums.rows),
        (gettext("應計"), _amount(sums.due_cents)),
        (gettext("已放"), _amount(sums.released_cents)),
        (gettext("扣留"), _amount(sums.held_cents)),
        (gettext("沖回"), _amount(sums.reversed_cents)),
    ]
    for row, (label, value) in enumerate(said):
        sheet.write_string(row, 0, neutral(label), head)
        if isinstance(value, str):
            sheet.write_string(row, 1, neutral(value))
        elif isinstance(value, Decimal):
            sheet.write_number(row, 1, value, money)
        else:
            sheet.write_number(row, 1, value)
