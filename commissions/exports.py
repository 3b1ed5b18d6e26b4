"""Writes what the report shows as CSV or XLSX, row by row from the database."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attribution.models import PolicyVersion
from leads.neutral import neutral as neutral

from .models import Adjustment, Line
from .queries.report import why
from .recompute import DIGEST, PLANS_SHEET, TERMS_COLUMNS, TERMS_SHEET, fingerprint

CHUNK = 1000
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

    digest: Any = field(default_factory=hashlib.sha256)
    versions: set[int] = field(default_factory=set)

    def add(self, line: Line) -> None:
        """Count one line."""
        self.digest.update(fingerprint(line.pk, figures(line)).encode())
        self.versions.add(getattr(line, "version", 0))
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


def figures(line: Line) -> tuple[int, ...]:
    """A line in cents: waiting, held, released, paid, taken back."""
    return (
        *(line.pending_cents, line.held_cents, line.released_cents, line.paid_cents),
        line.reversed_cents,
    )


def write(form: str, file: IO[bytes], lines: QuerySet[Line], about: About, on: Progress) -> Sums:
    """Write the lines, in their order, as `csv` or `xlsx`. Raises Cancelled."""
    writer = {"csv": _write_csv, "xlsx": _write_xlsx}[form]
    adjusted = Adjustment.objects.filter(deal=OuterRef("deal")).order_by("pk")
    names = ("agent", "to", "percent", "cents")
    given = lines.select_related("deal__plan").annotate(
        version=F("decision__policy"),
        adjusted=ArraySubquery(adjusted.values(one=JSONObject(**{name: name for name in names}))),
    )
    return writer(file, given, about, on)


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


def _versions(keys: set[int]) -> str:
    """The policy versions by which the lines were decided."""
    versions = PolicyVersion.objects.filter(pk__in=keys).order_by("pk")
    return gettext("、").join(f"#{one.pk} {one}" for one in versions)


def _amount(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _rows(lines: QuerySet[Line], sums: Sums, on: Progress) -> Iterator[tuple[Line, list[Any]]]:
    """Each line with its cells, by a cursor on the server; progress after each chunk."""
    for line in lines.iterator(chunk_size=CHUNK):
        sums.add(line)
        yield line, _cells(line)
        if sums.rows % CHUNK == 0 and not on(sums.rows):
            raise Cancelled


def _write_csv(file: IO[bytes], lines: QuerySet[Line], about: About, on: Progress) -> Sums:
    sums = Sums()
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([str(column.heading) for column in COLUMNS])
    for _line, cells in _rows(lines, sums, on):
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
        said = book.add_worksheet(gettext("說明"))
        terms = book.add_worksheet(TERMS_SHEET)
        terms.write_row(0, 0, TERMS_COLUMNS, head)
        plans: dict[int, str] = {}
        for line, cells in _rows(lines, sums, on):
            plans.setdefault(line.deal.plan_id, json.dumps(line.deal.plan.data()))
            for number, term in enumerate(_terms(line)):
                if isinstance(term, str):
                    terms.write_string(sums.rows, number, term)
                else:
                    terms.write_number(sums.rows, number, term)
            for number, (cell, column) in enumerate(zip(cells, COLUMNS, strict=True)):
                form = forms[column.form]
                if isinstance(cell, str):
                    sheet.write_string(sums.rows, number, neutral(cell), form)
                elif isinstance(cell, datetime):
                    sheet.write_datetime(sums.rows, number, cell, form)
                else:
                    sheet.write_number(sums.rows, number, cell, form)
        sheet.autofilter(0, 0, sums.rows, len(COLUMNS) - 1)
        _say_what_it_is(said, about, sums, head, forms["money"])
        sheet = book.add_worksheet(PLANS_SHEET)
        for row, (key, data) in enumerate(sorted(plans.items())):
            sheet.write_number(row, 0, key)
            sheet.write_string(row, 1, data)
    return sums


def _terms(line: Line) -> tuple[Any, ...]:
    """Everything by which a line's cents can be reckoned again, in the order of TERMS_COLUMNS."""
    deal = line.deal
    done = {
        "contract": deal.contracted_at is not None,
        "handover": deal.handed_over_at is not None,
        "cancelled": deal.cancelled_at is not None,
        "contested": deal.contested,
    }
    return (
        *(line.pk, line.agent_id, line.role, deal.plan_id),
        *(deal.price_cents, deal.rent_cents, deal.unit_type, deal.paid_cents),
        json.dumps(deal.credit),
        json.dumps([deal.helper_id, deal.introducer_id]),
        json.dumps(deal.tally),
        json.dumps([name for name, is_so in done.items() if is_so]),
        json.dumps(getattr(line, "adjusted", [])),
        *figures(line),
    )


def _say_what_it_is(sheet: Any, about: About, sums: Sums, head: Any, money: Any) -> None:
    """The second sheet: filter, as of when, who, when, and what the rows amount to."""
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
        (gettext("制度版本"), _versions(sums.versions)),
        (DIGEST, sums.digest.hexdigest()),
    ]
    for row, (label, value) in enumerate(said):
        sheet.write_string(row, 0, neutral(label), head)
        if isinstance(value, str):
            sheet.write_string(row, 1, neutral(value))
        elif isinstance(value, Decimal):
            sheet.write_number(row, 1, value, money)
        else:
            sheet.write_number(row, 1, value)
