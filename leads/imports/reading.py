"""What people write into registers → moments, numbers, outcomes. Pure: it knows no database."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import opencc

from leads import identity

REPUBLIC = 1911
"""民國元年 is 1912."""
SERIALS = range(32_874, 73_051)
"""Excel's days for 1990 to 2099."""
EPOCH = date(1899, 12, 30)
END_OF_DAY = time(23, 59)
NO_PHONE = re.compile(
    r"^(?:未留.*|沒留.*|没留.*|無|无|不留|未提供|拒留|none|n/?a|[-—–/／x×.。?？]*)$", re.I
)
BETWEEN_PHONES = re.compile(r"\s*(?:[/／、,，;；|\n]|或|&)\s*")

FULL_DATE = re.compile(
    r"(?P<roc>民國|民国|ROC)?\s*(?P<year>\d{2,4})\s*(?:[-/.．年])\s*(?P<month>\d{1,2})"
    r"\s*(?:[-/.．月])\s*(?P<day>\d{1,2})\s*(?:日|號|号)?(?!\d)",
    re.I,
)
SHORT_DATE = re.compile(
    r"(?P<month>\d{1,2})\s*(?:[-/.．月])\s*(?P<day>\d{1,2})\s*(?:日|號|号)?(?![\d:點点時时])"
)
PLAIN_DATE = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?!\d)")
SERIAL = re.compile(r"(?P<day>\d{5})(?:\.(?P<part>\d+))?")
CLOCK = re.compile(
    r"(?P<half>上午|下午|中午|凌晨|清晨|早上|晚上|傍晚|am|pm)?\s*(?P<hour>\d{1,2})\s*"
    r"(?:[:：點点時时]\s*(?:(?P<minute>\d{1,2})(?P<halfpast>)|(?P<part>半|整))?\s*分?"
    r"(?:[:：]?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?)\s*(?P<after>am|pm)?$",
    re.I,
)
HOUR_ONLY = re.compile(r"(?P<half>上午|下午|中午|凌晨|早上|晚上|傍晚)\s*(?P<hour>\d{1,2})$")
AFTERNOON = {"下午", "晚上", "傍晚", "pm"}
NIGHT_AND_MORNING = {"上午", "凌晨", "清晨", "早上", "am"}

OUTCOMES = {
    "reached": ("接通本人", "接通", "本人接聽", "已接", "已接通", "已聯繫", "reached"),
    "family": ("接通親屬", "家人接聽", "家屬接聽", "親屬接聽", "家人", "family"),
    "no_answer": (
        "未接",
        "無人接聽",
        "未接聽",
        "不接",
        "沒接",
        "未接通",
        "佔線",
        "忙線",
        "no answer",
    ),
    "off": ("關機", "停機", "空號", "已停機", "off"),
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Unclear(ValueError):
    """A cell cannot be read; `code` and `values` go into the row's reasons (see `words`)."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, in the office's time, and whether the clock was written down."""

    at: datetime
    timed: bool


# --- Texts -------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def plain(text: str) -> str:
    """Full-width letters and digits as usual ones, without space around."""
    return unicodedata.normalize("NFKC", text).strip()


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """To compare by: neither script nor width, space or case makes a difference."""
    bare = "".join(plain(text).split()).casefold()
    converted: str = _to_simplified().convert(bare) if CHINESE.search(bare) else bare
    return converted


def visible(text: str) -> str:
    """Text without control characters and marks that turn the direction of writing.

    Emoji, their joiners, and what looks like HTML are text like any other.
    """
    kept = (
        sign
        for sign in text.replace("\n", " ").replace("\t", " ")
        if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn") or sign == "\u200d"
    )
    return " ".join("".join(kept).split())


# --- Moments -----------------------------------------------------------------------------------


def moment(day: str, clock: str, *, year: int, zone: ZoneInfo) -> Moment:
    """When it was. `year` is that of a date which does not say its own.

    The clock may stand with the date, in a cell of its own, or nowhere: then the end of the day,
    since nobody may come before another by leaving it out. Raises Unclear.
    """
    text = plain(day)
    if not text:
        raise Unclear("no_date")
    found, rest = _date(text, year)
    read = _clock(plain(clock)) if plain(clock) else None
    if read is None and rest:
        read = _clock(rest)
    if plain(clock) and read is None:
        raise Unclear("bad_time", typed=clock[:40])
    at = datetime.combine(found, read or END_OF_DAY, tzinfo=zone)
    return Moment(at, read is not None)


def year_in(text: str) -> int | None:
    """The year that a title or the name of a file says."""
    said = re.search(r"(?:民國|民国)\s*(\d{2,3})", text)
    if said:
        return REPUBLIC + int(said.group(1))
    said = re.search(r"(?<!\d)(20\d{2})(?!\d{4})", text)
    return int(said.group(1)) if said else None


def year_of_date(text: str) -> int | None:
    """The year of a date that says its own; None for others."""
    if not FULL_DATE.match(plain(text)) and not PLAIN_DATE.match(plain(text)):
        return None
    try:
        return _date(plain(text), 2000)[0].year
    except Unclear:
        return None


def _date(text: str, year: int) -> tuple[date, str]:
    """A date, and what stands behind it."""
    serial = SERIAL.fullmatch(text)
    if serial and int(serial["day"]) in SERIALS:
        part = float(f"0.{serial['part'] or 0}")
        clock = f"{_part_of_day(part):%H:%M}"
        return EPOCH + timedelta(days=int(serial["day"])), clock if serial["part"] else ""
    # The day of the week says nothing new.
    text = re.sub(r"[（(]?(?:星期|週|周|禮拜|礼拜)[一二三四五六日天][)）]?", " ", text)
    for shape in (PLAIN_DATE, FULL_DATE, SHORT_DATE):
        found = shape.match(text)
        if not found:
            continue
        parts = found.groupdict()
        years = _year(parts.get("year"), bool(parts.get("roc")), year)
        try:
            day = date(years, int(parts["month"]), int(parts["day"]))
        except ValueError as error:
            raise Unclear("bad_date", typed=text[:40]) from error
        return day, text[found.end() :].lstrip(" T,，").strip()
    raise Unclear("bad_date", typed=text[:40])


def _year(typed: str | None, republic: bool, year: int) -> int:
    if typed is None:
        return year
    number = int(typed)
    if republic or len(typed) == 3:
        return REPUBLIC + number
    return number + 2000 if len(typed) == 2 else number


def _part_of_day(part: float) -> time:
    minutes = min(round(part * 1440), 1439)
    return time(minutes // 60, minutes % 60)


def _clock(text: str) -> time | None:
    try:
        part = float(text)
    except ValueError:
        part = -1
    if 0 <= part < 1:
        return _part_of_day(part)
    found = CLOCK.match(text) or HOUR_ONLY.match(text)
    if not found:
        return None
    parts = found.groupdict()
    half = (parts.get("half") or parts.get("after") or "").lower()
    hour = int(parts["hour"])
    minute = 30 if parts.get("part") == "半" else int(parts.get("minute") or 0)
    if half in AFTERNOON and hour < 12:
        hour += 12
    elif half in NIGHT_AND_MORNING and hour == 12:
        hour = 0
    elif half == "中午" and hour < 3:
        hour += 12
    try:
        return time(hour % 24 if hour == 24 else hour, minute)
    except ValueError:
        return None


# --- Phones and outcomes -----------------------------------------------------------------------


def phones(text: str, region: str) -> list[tuple[str, str]]:
    """The numbers of a cell, each as (E.164, as typed); none where the cell says so.

    Raises Unclear where one cannot be a number.
    """
    found: dict[str, str] = {}
    for typed in BETWEEN_PHONES.split(text.strip()):
        if NO_PHONE.match(plain(typed)):
            continue
        try:
            found.setdefault(_number(typed, region), typed[:60])
        except identity.ImpossiblePhone as error:
            raise Unclear("bad_phone", typed=typed[:40]) from error
    return list(found.items())


@lru_cache(maxsize=4096)
def _number(typed: str, region: str) -> str:
    return identity.normalise_phone(typed, region)


@lru_cache(maxsize=4096)
def outcome(text: str) -> str:
    """What came of a follow-up, as the doors name it. Raises Unclear."""
    said = folded(text)
    if not said:
        raise Unclear("no_outcome")
    for name, words in OUTCOMES.items():
        if said in (folded(word) for word in words):
            return name
    raise Unclear("bad_outcome", typed=text[:40])


def asked_for(note: str, names: Iterable[str]) -> Iterator[str]:
    """The agents for whom a note says that the client asked."""
    said = folded(note)
    return (name for name in names if f"找{folded(name)}" in said)
