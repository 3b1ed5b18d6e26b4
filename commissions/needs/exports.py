"""The figures of one chart as CSV or XLSX: what the table shows, and no more."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext

from leads.needs.analysis.figures import HIDDEN, Figures, Money
from leads.needs.analysis.veil import LEAST
from leads.neutral import neutral

from .charts import Chart
from .filters import AnalysisFilter

FORMS = ("csv", "xlsx")
NUMBERS = {
    "count": "#,##0",
    "shade": "#,##0",
    "days": "#,##0",
    "level": "0.00",
    "percent": "0.0",
    "money": "#,##0.00",
    "text": "@",
}
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class File:
    """A chart's figures, ready to be sent; `sha256` is of its rows as CSV without the mark."""

    content: bytes
    kind: str
    rows: int
    sha256: str


def hidden_word() -> str:
    """What stands where a group is too small."""
    return gettext("少於 %(least)s 人") % {"least": LEAST}


def write(
    form: str, chart: Chart, figures: Figures, view: AnalysisFilter, who: str, now: datetime
) -> File:
    """The rows of a chart, its totals last. `form`: csv or xlsx."""
    rows = [[_plain(cell) for cell in row] for row in (*figures.rows, *figures.totals)]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([neutral(str(column.heading)) for column in figures.columns])
    for row in rows:
        writer.writerow(["" if cell is None else cell for cell in row])
    content = text.getvalue().encode()
    digest = hashlib.sha256(content).hexdigest()
    if form == "xlsx":
        content = _workbook(chart, figures, rows, _about(chart, figures, view, who, now, digest))
    else:
        content = b"\xef\xbb\xbf" + content
    return File(content, KINDS[form], len(rows), digest)


def _plain(cell: Any) -> Any:
    """A cell as files have it: amounts as decimals, texts harmless."""
    if cell is HIDDEN:
        return hidden_word()
    if isinstance(cell, Money):
        return Decimal(int(cell)).scaleb(-2)
    return neutral(cell) if isinstance(cell, str) else cell


def _workbook(
    chart: Chart, figures: Figures, rows: Sequence[Sequence[Any]], about: Sequence[tuple[str, Any]]
) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        forms = {name: book.add_format({"num_format": form}) for name, form in NUMBERS.items()}
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF0F2"})
        sheet = book.add_worksheet(str(chart.title)[:31])
        sheet.freeze_panes(1, 1)
        for number, column in enumerate(figures.columns):
            sheet.set_column(number, number, 26 if number == 0 else 12)
            sheet.write_string(0, number, neutral(str(column.heading)), head)
        for at, row in enumerate(rows, 1):
            for number, cell in enumerate(row):
                form = forms[figures.columns[number].form]
                if isinstance(cell, str):
                    sheet.write_string(at, number, cell, forms["text"])
                elif isinstance(cell, Decimal) and figures.columns[number].form == "shade":
                    sheet.write_number(at, number, cell, forms["money"])
                elif cell is not None:
                    sheet.write_number(at, number, cell, form)
        if figures.rows:
            sheet.autofilter(0, 0, len(figures.rows), len(figures.columns) - 1)
        said = book.add_worksheet(gettext("說明"))
        said.set_column(0, 0, 14)
        said.set_column(1, 1, 70)
        for at, (label, value) in enumerate(about):
            said.write_string(at, 0, neutral(label), head)
            if isinstance(value, int):
                said.write_number(at, 1, value)
            else:
                said.write_string(at, 1, neutral(str(value)))
    return file.getvalue()


def _about(
    chart: Chart,
    figures: Figures,
    view: AnalysisFilter,
    who: str,
    now: datetime,
    digest: str,
) -> list[tuple[str, Any]]:
    asof = f"{now.astimezone(view.zone):%Y-%m-%d %H:%M}"
    period = gettext("今起十二個月") if chart.ahead else view.period
    return [
        (gettext("報表"), f"{gettext('需求分析')} · {chart.title}"),
        (gettext("專案"), view.project_words),
        (gettext("期間"), period),
        (gettext("方面"), view.side_words if chart.sided else "–"),
        (gettext("數量"), str(chart.counted) % {"count": figures.count}),
        (gettext("怎麼算"), str(chart.how)),
        (
            gettext("遮蔽"),
            gettext("少於 %(least)s 人的組不列數字，也不能由合計推算。") % {"least": LEAST},
        ),
        (gettext("截至"), asof),
        (gettext("時區"), view.zone.key),
        (gettext("匯出人"), who),
        (gettext("匯出時間"), asof),
        (gettext("列數"), len(figures.rows) + len(figures.totals)),
        ("SHA-256", digest),
    ]
