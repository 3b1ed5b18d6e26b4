"""How long a right still lasts, and where that falls on a bar: arithmetic on days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

AMBER_FROM_DAYS = 3
"""From so many days left on, a right is shown as lapsing."""


def local(moment: datetime) -> datetime:
    """The moment on the office's clock; a naive one is taken to be on it already."""
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def day_of(value: date | datetime) -> date:
    """The office's day of a date or a moment."""
    return local(value).date() if isinstance(value, datetime) else value


def days_until(last_day: date, now: date | datetime) -> int:
    """Whole days from today to the last valid day: 0 on that day, negative after it."""
    return (day_of(last_day) - day_of(now)).days


def tone(last_day: date | None, now: date | datetime) -> str:
    """`lapsing` from three days on, `lapsed` after the last day, else empty."""
    if last_day is None:
        return ""
    left = days_until(last_day, now)
    if left < 0:
        return "lapsed"
    return "lapsing" if left <= AMBER_FROM_DAYS else ""


@dataclass(frozen=True)
class Span:
    """A stretch of the bar, as SVG lengths."""

    x: str
    width: str


@dataclass(frozen=True)
class Bar:
    """The parts of a validity bar, each in per cent of its width; a part that is absent is None."""

    tone: str
    used: Span | None = None
    left: Span | None = None
    ghost: Span | None = None
    now: str | None = None
    breaks: tuple[str, ...] = ()


def bar(
    *,
    start: date | datetime,
    last_day: date | None,
    now: date | datetime,
    extends_to: date | None = None,
    earlier: Iterable[date] = (),
) -> Bar:
    """Lay a right out from the start of its first day to the end of the last day it can reach.

    Without a last day it is solid to the end: there is nothing to measure it against. After its
    last day only the elapsed part is left.
    """
    if last_day is None:
        return Bar(tone="", left=Span("0%", "100%"))
    first = day_of(start)
    if tone(last_day, now) == "lapsed":
        return Bar(
            tone="lapsed",
            used=Span("0%", "100%"),
            breaks=_breaks(first, last_day, last_day, earlier),
        )
    end = max(last_day, extends_to or last_day)
    now_at = _share(first, end, now)
    last_at = _share(first, end, last_day + timedelta(days=1))
    return Bar(
        tone=tone(last_day, now),
        used=Span("0%", _percent(now_at)),
        left=Span(_percent(now_at), _percent(last_at - now_at)),
        ghost=Span(_percent(last_at), _percent(1 - last_at)) if end > last_day else None,
        now=_percent(now_at),
        breaks=_breaks(first, end, last_day, earlier),
    )


def _breaks(first: date, end: date, last_day: date, earlier: Iterable[date]) -> tuple[str, ...]:
    """Where earlier last days were: a thin gap at the end of each."""
    return tuple(
        _percent(_share(first, end, day + timedelta(days=1)))
        for day in sorted({day_of(day) for day in earlier})
        if first <= day < last_day
    )


def _share(first: date, end: date, value: date | datetime) -> float:
    """Where a moment, or the start of a day, lies between the first day and the end of `end`."""
    if isinstance(value, datetime):
        moment = local(value)
        days = (moment.date() - first).days + _share_of_day(moment.time())
    else:
        days = (value - first).days
    return min(max(days / ((end - first).days + 1), 0.0), 1.0)


def _share_of_day(clock: time) -> float:
    return (clock.hour * 3600 + clock.minute * 60 + clock.second) / 86_400


def _percent(share: float) -> str:
    return f"{share * 100:.2f}%"
