"""Of what an analysis is: projects, months, a side of needs; and how the database is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from ..models import Side

TENTH, HUNDREDTH = Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Scope:
    """Of what an analysis is. Months and days are those of one office: `zone` is its time zone."""

    projects: tuple[int, ...]
    since: date
    """The first day of the first month."""
    until: date
    """The first day of the month after the last one."""
    today: date
    zone: ZoneInfo
    sides: tuple[str, ...] = tuple(Side.values)
    """Of `Side`: needs of others do not count."""
    currency: str = ""
    """Of all projects; empty where there are several, whose amounts do not add up."""

    def arguments(self) -> dict[str, Any]:
        """What every query is given."""
        return {
            "projects": list(self.projects),
            "since": self.since,
            "until": self.until,
            "begin": datetime.combine(self.since, time.min, self.zone),
            "end": datetime.combine(self.until, time.min, self.zone),
            "zone": self.zone.key,
            "sides": list(self.sides),
        }


def ask(query: str, scope: Scope, **more: Any) -> list[dict[str, Any]]:
    """The rows of one query, by column."""
    with connection.cursor() as cursor:
        cursor.execute(query, scope.arguments() | more)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def mean(total: int | None, count: int) -> Decimal | None:
    """An average with two places, halves up; None of nothing."""
    if total is None or not count:
        return None
    return (Decimal(total) / count).quantize(HUNDREDTH, ROUND_HALF_UP)


def share(part: int, whole: int) -> Decimal | None:
    """A part in percent with one place, halves up; None of nothing."""
    return (Decimal(100 * part) / whole).quantize(TENTH, ROUND_HALF_UP) if whole else None


def months_between(since: date, until: date) -> Sequence[date]:
    """The first days of the months from one to before another."""
    count = (until.year - since.year) * 12 + until.month - since.month
    return [month_after(since, number) for number in range(max(count, 0))]


def month_after(day: date, months: int) -> date:
    """The first day of the month so many months later, or earlier."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
