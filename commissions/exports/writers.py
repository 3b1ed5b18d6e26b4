"""CSV and XLSX, written as the rows come: the memory does not grow with the file."""

import csv
import io
import json
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.neutral import neutral

from ..models import Line, Plan
from ..recompute import PLANS_SHEET, TERMS_COLUMNS, TERMS_SHEET
from .about import About, amount
from .rows import COLUMNS, Column, Progress, Row, Sums, Teller, rows

MONEY = "#,##0.00;[Red]-#,##0.00"
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
GROUP_COLUMNS = {
    "lines": Column(_("筆數"), 8, "count"),
    "parts": Column(_("折合套數"), 10, "parts"),
    "due_cents": Column(_("應計"), 15, "money"),
    "released_cents": Column(_("已放"), 15, "money"),
    "paid_cents": Column(_("已付"), 15, "money"),
    "held_cents": Column(_("扣留"), 15, "money"),
    "disputed_cents": Column(_("爭議中"), 15, "money"),
    "reversed_cents": Column(_("沖回"), 15, "money"),
}


def write(form: str, file: IO[bytes], lines: QuerySet[Line], about: About, on: Progress) -> Sums:
    """Write the lines, in their order, as `csv` or `xlsx`. Raises Cancelled."""
    return {"csv": _write_csv, "xlsx": _write_xlsx}[form](file, lines, about, on)


def _write_csv(file: IO[bytes], lines: QuerySet[Line], about: About, on: Progress) -> Sums:
    sums, teller = Sums(), Teller(about.projects)
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([str(column.heading) for column in COLUMNS])
    forms = [column.form for column in COLUMNS]
    for row in rows(lines, sums, on):
        cells = zip(teller.cells(row), forms, strict=True)
        writer.writerow([_as_text(cell, form) for cell, form in cells])
    text.detach()
    return sums


def _as_text(cell: Any, form: str) -> str:
    if form == "money":
        return str(amount(cell))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return neutral(cell) if isinstance(cell, str) else str(cell)


def _write_xlsx(file: IO[bytes], lines: QuerySet[Line], about: About, on: Progress) -> Sums:
    sums = Sums()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        forms = {
            "text": book.add_format({"num_format": "@"}),
            "money": book.add_format({"num_format": MONEY}),
            "parts": book.add_format({"num_format": "0.00"}),
            "count": book.add_format({"num_format": "#,##0"}),
            "percent": book.add_format({"num_format": '0"%"'}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF0F2"})
        details = book.add_worksheet(gettext("明細"))
        grouped = book.add_worksheet(gettext("彙總"))
        said = book.add_worksheet(gettext("說明"))
        terms = book.add_worksheet(TERMS_SHEET)
        plans = book.add_worksheet(PLANS_SHEET)
        _heading(details, COLUMNS, head)
        terms.write_row(0, 0, TERMS_COLUMNS, head)
        put = _writer(details, forms)
        teller = Teller(about.projects)
        for row in rows(lines, sums, on):
            put(sums.rows, teller.cells(row))
            _terms(terms, sums.rows, row)
        details.autofilter(0, 0, sums.rows, len(COLUMNS) - 1)
        _group(grouped, about, forms, head)
        _say(said, about, sums, forms["money"], head)
        for number, plan in enumerate(Plan.objects.filter(pk__in=sums.plans).order_by("pk")):
            plans.write_number(number, 0, plan.pk)
            plans.write_string(number, 1, json.dumps(plan.data()))
    return sums


def _heading(sheet: Any, columns: Any, head: Any) -> None:
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, str(column.heading), head)


def _writer(sheet: Any, forms: dict[str, Any]) -> Any:
    """Writes the cells of one row; what to call for each column is settled once."""
    columns = [(number, column.form, forms[column.form]) for number, column in enumerate(COLUMNS)]

    def put(at: int, cells: tuple[Any, ...]) -> None:
        for (number, name, form), cell in zip(columns, cells, strict=True):
            if name == "text":
                sheet.write_string(at, number, neutral(cell), form)
            elif name == "money":
                sheet.write_number(at, number, cell / 100, form)
            elif name == "moment":
                sheet.write_datetime(at, number, cell, form)
            else:
                sheet.write_number(at, number, cell, form)

    return put


def _terms(sheet: Any, at: int, row: Row) -> None:
    """By what the line's cents can be reckoned again, in the order of TERMS_COLUMNS."""
    sheet.write_number(at, 0, row.pk)
    sheet.write_number(at, 1, row.plan)
    sheet.write_string(at, 2, row.terms)
    for number, cents in enumerate(row.figures, 3):
        sheet.write_number(at, number, cents)


def _group(sheet: Any, about: About, forms: dict[str, Any], head: Any) -> None:
    """The sums as the screen groups them."""
    _heading(sheet, (Column(about.by, 24), *GROUP_COLUMNS.values()), head)
    for at, one in enumerate(about.groups, 1):
        sheet.write_string(at, 0, neutral(one.name), forms["text"])
        for number, (name, column) in enumerate(GROUP_COLUMNS.items(), 1):
            value = getattr(one.sums, name)
            shown = value if column.form == "count" else value / 100
            sheet.write_number(at, number, shown, forms[column.form])


def _say(sheet: Any, about: About, sums: Sums, money: Any, head: Any) -> None:
    """The sheet about the file itself."""
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 44)
    for row, (label, value) in enumerate(about.said(sums)):
        sheet.write_string(row, 0, neutral(label), head)
        if isinstance(value, str):
            sheet.write_string(row, 1, neutral(value))
        elif isinstance(value, Decimal):
            sheet.write_number(row, 1, value, money)
        else:
            sheet.write_number(row, 1, value)
