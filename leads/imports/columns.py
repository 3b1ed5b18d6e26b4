"""Which row holds the headings, and what each column is: guessed from the words offices use."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from .models import Register
from .reading import folded, year_in, year_of_date
from .sheets import SheetRow

LOOK_AT = 200
HEADINGS_WITHIN = 30
SAMPLE = 5
ENOUGH = 2

FIELDS = {
    "date": _("日期"),
    "time": _("時間"),
    "name": _("客戶姓名"),
    "phone": _("電話"),
    "agent": _("接待人（追訪人）"),
    "outcome": _("追訪結果"),
    "method": _("追訪方式"),
    "source": _("來源"),
    "need": _("需求"),
    "companions": _("同行"),
    "note": _("備註"),
    "entered": _("登記日期"),
}
"""What a column may be. Several may be a need or a note: they are joined."""
JOINED = ("need", "note")
NEEDED = {
    Register.Kind.CALLS: ("date", "agent"),
    Register.Kind.VISITS: ("date", "agent"),
    Register.Kind.FOLLOW_UPS: ("date", "agent", "phone", "outcome"),
}

WORDS: dict[str, tuple[str, ...]] = {
    "entered": ("登記日期", "登記時間", "錄入日期", "錄入時間", "填表日期", "建檔日期"),
    "date": ("日期", "來電日期", "來訪日期", "到訪日期", "追訪日期", "接待日期", "回訪日期"),
    "time": ("時間", "來電時間", "到訪時間", "來訪時間", "接待時間", "追訪時間", "時刻"),
    "name": ("姓名", "客戶姓名", "客戶", "客戶名稱", "稱呼", "客人", "訪客"),
    "phone": ("電話", "聯繫電話", "聯絡電話", "來電號碼", "手機", "手機號碼", "電話號碼",
              "聯繫方式", "聯絡方式", "客戶電話"),
    "agent": ("接待人", "接聽人", "追訪人", "接待顧問", "置業顧問", "業務員", "銷售員", "顧問",
              "跟進人", "經辦人", "接待人員", "銷售顧問"),
    "outcome": ("結果", "追訪結果", "接通情況", "聯繫結果"),
    "method": ("追訪方式", "聯繫方法", "方式"),
    "source": ("認知途徑", "來源", "獲知途徑", "媒體", "渠道", "認知渠道", "來源渠道"),
    "need": ("詢問內容", "意向戶型", "意向面積", "需求", "預算", "意向", "意向單位", "意向鋪位"),
    "companions": ("同行", "同行人", "同行人數", "陪同"),
    "note": ("備註", "內容摘要", "摘要", "說明", "追訪內容", "備考"),
}  # fmt: skip
UNIT = re.compile(r"[（(][^（()）]*[)）]")
TOTALS = ("合計", "小計", "總計", "合计", "小计", "总计", "total")


@dataclass(slots=True)
class Guess:
    """How a sheet is read, until somebody says otherwise."""

    kind: str
    heading_row: int
    headings: list[str]
    columns: list[str]
    year: int
    sample: list[list[str]]


def guess(
    rows: Sequence[SheetRow], *, called: str, year: int, heading_row: int | None = None
) -> Guess:
    """Read the first rows of a sheet. `called`: the file's and the sheet's name; `year`: else."""
    at = _heading_at(rows, heading_row)
    headings = [cell.strip() for cell in rows[at].cells] if rows else []
    while headings and not headings[-1]:
        headings.pop()
    title = " ".join([called, *(" ".join(row.cells) for row in rows[:at])])
    body = [row for row in rows[at + 1 :] if not row.blank]
    columns = fields_of(headings)
    return Guess(
        kind=_kind(headings, columns, title),
        heading_row=rows[at].number if rows else 1,
        headings=headings,
        columns=columns,
        year=year_in(title) or _usual_year(body, columns) or year,
        sample=[row.cells[: len(headings)] for row in body[:SAMPLE]],
    )


def fields_of(headings: Iterable[str]) -> list[str]:
    """What each column is by its heading; empty where no word is known."""
    found: list[str] = []
    for heading in headings:
        field = _field(heading)
        found.append("" if field in found and field not in JOINED else field)
    return found


def digest(headings: Sequence[str]) -> str:
    """Names a set of headings, whatever script and spaces they are written in."""
    return sha256("\n".join(folded(heading) for heading in headings).encode()).hexdigest()


def is_total(cells: Sequence[str]) -> bool:
    """A row that sums up, and is no entry."""
    first = next((cell for cell in cells if cell.strip()), "")
    return folded(first) in TOTALS or folded(first).startswith(("合计", "总计", "小计"))


def _field(heading: str) -> str:
    said = folded(UNIT.sub("", heading))
    if not said:
        return ""
    for field, words in WORDS.items():
        if said in {folded(word) for word in words}:
            return field
    for field, words in WORDS.items():
        if any(len(word) > 2 and folded(word) in said for word in words):
            return field
    return ""


def _heading_at(rows: Sequence[SheetRow], wanted: int | None) -> int:
    """The place of the row with the most headings that are known."""
    if wanted is not None:
        return next((at for at, row in enumerate(rows) if row.number == wanted), 0)
    best, found = 0, 0
    for at, row in enumerate(rows[:HEADINGS_WITHIN]):
        known = sum(1 for field in fields_of(row.cells) if field)
        if known > best:
            best, found = known, at
    return found if best >= ENOUGH else 0


def _kind(headings: Sequence[str], columns: Sequence[str], title: str) -> str:
    if sum(1 for column in columns if column) < ENOUGH:
        return Register.Kind.NONE
    said, named = folded("".join(headings)), folded(title)
    for text in (said, named):
        if "outcome" in columns or any(word in text for word in ("追访", "回访", "跟进", "follow")):
            return Register.Kind.FOLLOW_UPS
        if any(word in text for word in ("来电", "接听", "call")):
            return Register.Kind.CALLS
        if any(word in text for word in ("来访", "到访", "首访", "复访", "visit")):
            return Register.Kind.VISITS
    return Register.Kind.VISITS


def _usual_year(rows: Iterable[SheetRow], columns: Sequence[str]) -> int | None:
    if "date" not in columns:
        return None
    at = columns.index("date")
    said = (year_of_date(row.cells[at]) for row in rows if at < len(row.cells))
    years = Counter(year for year in said if year)
    return years.most_common(1)[0][0] if years else None
