"""Months as the office counts them: an address says 2026-05, the database from when to when."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FORM = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_of(moment: datetime, zone: ZoneInfo) -> str:
    """The office's month of a moment: 2026-05."""
    return f"{moment.astimezone(zone):%Y-%m}"


def first_day(month: str) -> date:
    """The first day of a month. Raises ValueError for what is none."""
    found = FORM.fullmatch(month)
    if found is None or found[1] == "0000":
        raise ValueError(month)
    return date(int(found[1]), int(found[2]), 1)


def later(month: str, months: int) -> str:
    """The month so many months later, or earlier."""
    day = first_day(month)
    count = day.year * 12 + day.month - 1 + months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def bounds(month: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when a month lasts, the end not included."""
    return (
        midnight(first_day(month), zone),
        midnight(first_day(later(month, 1)), zone),
    )


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a day in the office."""
    return datetime.combine(day, time.min, zone)


def midnight_after(day: date, zone: ZoneInfo) -> datetime:
    """The end of a day in the office."""
    return midnight(day + timedelta(days=1), zone)
