"""The shared time axis of a case: rights, events and knowledge as places in per cent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from attribution.policy import decision as core
from attribution.policy.calendar import midnight_after
from leads.models import Kind

from .facts import Entry
from .sides import Side

if TYPE_CHECKING:
    from . import Dossier

LEFT, RIGHT = 8.0, 97.0
TOP, LANE = 33, 28
APART = 2.6
"""How far two marks of one lane stand apart at least, in per cent."""
STEPS = (1, 2, 3, 7, 14, 30, 61, 91, 182, 365)


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbered place on the axis, in per cent of its width."""

    x: str
    y: int
    number: int
    look: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A right on the axis."""

    x: str
    width: str
    y: int
    look: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A day on the axis."""

    x: str
    day: datetime


@dataclass(frozen=True, slots=True)
class Axis:
    """The shared time axis, ready to be drawn."""

    height: int
    lanes: list[tuple[str, int]]
    """The letter of each lane, empty for the events, and where its words stand."""
    ticks: list[Tick]
    stretches: list[Stretch]
    marks: list[Mark]
    knowing: list[tuple[str, str, str, int]]
    """Since when which side knows: place, place of its words, letter, lane of the events."""
    now: str


class _Scale:
    """Moments as places on the axis."""

    def __init__(self, first: datetime, last: datetime) -> None:
        span = max(last - first, timedelta(hours=6))
        self.first, self.span = first - span * 0.03, span * 1.06

    def at(self, moment: datetime) -> float:
        part = (moment - self.first) / self.span
        return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, part))


def _percent(place: float) -> str:
    return f"{place:.1f}%"


def axis_of(dossier: "Dossier") -> Axis:
    zone = dossier.moment.tzinfo
    first = min(entry.event.at for entry in dossier.entries).astimezone(zone)
    last = max([dossier.moment, *(entry.event.at.astimezone(zone) for entry in dossier.entries)])
    scale = _Scale(first, last)
    lanes = _lanes(dossier.sides)
    events_y = lanes[""]
    stretches = [
        Stretch(_percent(start), _percent(max(0.4, end - start)), lanes[side.letter] - 8, side.look)
        for claim in dossier.claims
        if (side := dossier.side_of(claim.agent)) and side.letter
        for start, end in [_ends(claim, scale, last)]
    ]
    knowing = [
        (
            _percent(scale.at(entry.event.at)),
            _percent(scale.at(entry.event.at) + 3),
            entry.side.letter,
            events_y,
        )
        for entry in dossier.entries
        if entry.tells and entry.side is not None and scale.at(entry.event.at) < RIGHT - 12
    ]
    return Axis(
        height=max(lanes.values()) + 23,
        lanes=[(letter, y + 5) for letter, y in lanes.items()],
        ticks=_ticks(scale, first, last),
        stretches=stretches,
        marks=_marks(dossier.entries, scale, lanes),
        knowing=knowing[:2],
        now=_percent(scale.at(dossier.moment)),
    )


def _lanes(sides: Sequence[Side]) -> dict[str, int]:
    """Where each lane lies: 甲, the events, then the others."""
    letters = [side.letter for side in sides]
    order = [*letters[:1], "", *letters[1:]]
    return {letter: TOP + LANE * n for n, letter in enumerate(order)}


def _ends(claim: core.ClaimView, scale: _Scale, last: datetime) -> tuple[float, float]:
    end = last
    if claim.last_day is not None:
        end = min(end, midnight_after(claim.last_day, last.tzinfo))
    if claim.ended is not None:
        end = min(end, claim.ended)
    start = scale.at(claim.begin)
    open_ended = claim.ended is None and (claim.last_day is None or end == last)
    return start, 100.0 if open_ended else scale.at(end)


def _ticks(scale: _Scale, first: datetime, last: datetime) -> list[Tick]:
    days = max(1, (last - first).days)
    step = next((step for step in STEPS if days / step <= 6), STEPS[-1])
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = []
    while day <= last:
        if day >= scale.first and scale.at(day) < RIGHT - 2:
            ticks.append(Tick(_percent(scale.at(day)), day))
        day += timedelta(days=step)
    return ticks


def _marks(entries: Sequence[Entry], scale: _Scale, lanes: Mapping[str, int]) -> list[Mark]:
    marks = []
    taken: dict[int, float] = {}
    for entry in entries:
        on_events = (
            entry.side is None or entry.tells or entry.event.kind in (Kind.DEAL, Kind.NOTICE)
        )
        y = lanes[""] if on_events or entry.side is None else lanes[entry.side.letter]
        x = max(scale.at(entry.event.at), taken.get(y, 0.0) + APART)
        taken[y] = x
        look = "k" if entry.tells else "d" if entry.event.kind == Kind.DEAL else ""
        if not look and entry.side is not None:
            look = entry.side.look
        marks.append(Mark(_percent(min(x, 99.0)), y, entry.number, look))
    return marks
