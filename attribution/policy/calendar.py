"""The office calendar: how days and months are counted (leasing/1.2)."""

import calendar
from datetime import date, datetime, time, timedelta, tzinfo

NEVER = date.max
"""The last day of a claim that does not lapse."""

UNSET = date.min
"""The last day of a claim whose period nobody has set yet; any period is later."""


def add_months(day: date, months: int) -> date:
    """The same day number `months` later, or the last day of a shorter month (31 Jan → 28 Feb)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    if day.day <= 28:
        return date(year, month, day.day)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_days(day: date, days: int) -> date:
    """`days` later; the starting day itself is not counted."""
    return day + timedelta(days=days)


def midnight_after(day: date, zone: tzinfo | None) -> datetime:
    """The 24:00 that ends a last valid day."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
