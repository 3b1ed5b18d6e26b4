"""The office calendar: how hours, days and months are counted (leasing/1.2)."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple, get_args

NEVER = date.max
"""The last day of a claim that does not lapse."""

UNSET = date.min
"""The last day of a claim whose period nobody has set yet; any period is later."""

Unit = Literal["hours", "days", "months"]
LONGEST = 1200
"""The greatest number in a span: a hundred years of months."""

_SPAN = re.compile(r"([1-9][0-9]{0,3}) (hour|day|month)s?")
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, as a policy says it: «15 days», «1 month», «72 hours»."""

    amount: int
    unit: Unit

    @classmethod
    def read(cls, text: str) -> "Span":
        """The span of a text. Raises ValueError where it is none."""
        found = _SPAN.fullmatch(text)
        if found is None or int(found[1]) > LONGEST:
            raise ValueError(text)
        unit: Unit = get_args(Unit)[("hour", "day", "month").index(found[2])]
        return cls(int(found[1]), unit)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount > 1 else self.unit[:-1]}"

    def after(self, day: date) -> date:
        """The day that many days or months later; the starting day itself is not counted."""
        if self.unit == "months":
            return add_months(day, self.amount)
        return add_days(day, self.amount)

    def covers(self, start: datetime, moment: datetime) -> bool:
        """Does it lie inside the span from `start`, the last day included, the last instant not?"""
        if self.unit == "hours":
            return moment < start + timedelta(hours=self.amount)
        return moment.date() <= self.after(start.date())


class End(NamedTuple):
    """When a claim ends: its last valid day, and the very moment where it was given in hours.

    Without a moment the day runs to 24:00. Later ends compare as greater with `later_than`.
    """

    last_day: date
    moment: datetime | None = None

    def passed(self, moment: datetime) -> bool:
        """Is that moment after the end?"""
        day = moment.date()
        if day != self.last_day:
            return day > self.last_day
        return self.moment is not None and moment >= self.moment

    def later_than(self, other: "End") -> bool:
        """Is this end strictly later than the other one?"""
        if self.last_day != other.last_day or other.moment is None:
            return self.last_day > other.last_day
        return self.moment is None or self.moment > other.moment

    def exact(self, zone: tzinfo | None) -> datetime:
        """The first moment that is no longer inside."""
        return midnight_after(self.last_day, zone) if self.moment is None else self.moment


ENDLESS = End(NEVER)


def at_hour(moment: datetime) -> End:
    """The end of what lasts until, and not including, that moment."""
    return End((moment - _INSTANT).date(), moment)


@dataclass(frozen=True, slots=True)
class Counting:
    """How an office counts: whether the first and the last day count, and on which days it rests.

    Both settings shorten a fresh period of days or months by a day each; a last day on which the
    office rests moves to its next working day. Periods in hours know neither.
    """

    first_day_counted: bool = False
    last_day_counted: bool = True
    holidays: frozenset[date] = frozenset()
    weekly_rest: frozenset[int] = frozenset()
    """Days of the week, Monday being 0."""

    @property
    def shortened(self) -> timedelta:
        """By how much a fresh period is shorter than «the starting day is not counted» says."""
        return self.first_day_counted * _DAY + (not self.last_day_counted) * _DAY

    def fresh(self, start: datetime, span: Span | None, *, rolled: bool = True) -> End:
        """The end of a period that starts at a moment; None: it does not lapse."""
        if span is None:
            return ENDLESS
        if span.unit == "hours":
            return at_hour(start + timedelta(hours=span.amount))
        day = span.after(start.date()) - self.shortened
        return End(self.rolled(day) if rolled else day)

    def onward(self, end: End, span: Span, zone: tzinfo | None) -> End:
        """The old end moved on by a span: from the old last day, or from the exact end by hours."""
        if span.unit == "hours":
            return at_hour(end.exact(zone) + timedelta(hours=span.amount))
        return End(self.rolled(span.after(end.last_day)))

    def rolled(self, day: date) -> date:
        """The day itself, or the next one on which the office does not rest."""
        while day in self.holidays or day.weekday() in self.weekly_rest:
            day += _DAY
        return day


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
