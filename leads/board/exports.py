"""The fairness table as a file: CSV or XLSX, with what it says of itself; no formula gets in."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .queries import FairnessTable

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
AGENTS = (
    _("顧問"), _("當班天數"), _("應得輪次"), _("實得輪次"), _("差"), _("接待組數"), _("不佔輪次"),
    _("輪序外得到"), _("輪到而被轉走"), _("跳過"),
)  # fmt: skip
PAIRS = (
    _("前台"), _("顧問"), _("接待組數"), _("其中指名"), _("其中指定"), _("隨機期望"), _("差"),
    _("純屬巧合的機率"), _("註記"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of itself."""

    project: str
    period: str
    who: str
    at: datetime


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def _sheets(table: FairnessTable) -> list[tuple[str, Sequence[Any], list[list[Any]]]]:
    agents = [
        [r.agent, r.days, round(r.share, 2), r.turns, round(r.difference, 2), r.received,
         r.uncounted, r.gained, r.lost, r.skipped]
        for r in table.agents
    ]  # fmt: skip
    pairs = [
        [r.greeter, r.agent, r.pair.count, r.pair.named, r.pair.steered, round(r.pair.expected, 2),
         round(r.pair.difference, 2), round(r.pair.chance, 6),
         gettext("值得查看") if r.pair.remark else ""]
        for r in table.pairs
    ]  # fmt: skip
    return [(gettext("各顧問"), AGENTS, agents), (gettext("前台與顧問"), PAIRS, pairs)]


def _about(about: About) -> list[tuple[str, str]]:
    return [
        (gettext("報表"), gettext("接待公平表")),
        (gettext("專案"), about.project),
        (gettext("期間"), about.period),
        (gettext("匯出人"), about.who),
        (gettext("匯出時間"), f"{localtime(about.at):%Y-%m-%d %H:%M}"),
    ]


def as_csv(table: FairnessTable, about: About) -> tuple[bytes, str]:
    """Both tables one below the other, and what they are; with a byte order mark, for Excel."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for label, value in _about(about):
        writer.writerow([neutral(label), neutral(value)])
    for name, headings, rows in _sheets(table):
        writer.writerow([])
        writer.writerow([neutral(name)])
        writer.writerow([str(heading) for heading in headings])
        for row in rows:
            writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8"


def as_xlsx(table: FairnessTable, about: About) -> tuple[bytes, str]:
    """A sheet for each table, with a frozen header, and one that says what it is."""
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF0F2"})
        for name, headings, rows in _sheets(table):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(headings) - 1, 14)
            for column, heading in enumerate(headings):
                sheet.write_string(0, column, str(heading), head)
            for number, row in enumerate(rows, 1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, column, neutral(cell))
                    else:
                        sheet.write_number(number, column, cell)
        sheet = book.add_worksheet(gettext("說明"))
        sheet.set_column(0, 1, 24)
        for number, (label, value) in enumerate(_about(about)):
            sheet.write_string(number, 0, neutral(label), head)
            sheet.write_string(number, 1, neutral(value))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return file.getvalue(), kind


FORMS: dict[str, Callable[[FairnessTable, About], tuple[bytes, str]]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
}
