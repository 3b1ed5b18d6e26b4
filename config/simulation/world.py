"""What the simulated office knows at a moment, and what its clients alone know."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from heapq import heappop, heappush
from itertools import count
from random import Random

from leads.models import Lead, Staff

from .staffing import ZONE, Desk

OPENS, CLOSES = time(9), time(18, 30)
VISIT_MINUTES, CALL_MINUTES, BROCHURE_MINUTES = (20, 75), (4, 13), (3, 9)


class Interest(Enum):
    """How much a client wants it; nobody in the office can see it."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


@dataclass
class Standing:
    """Who owns a party until when, as the last decision said; shared by linked clients."""

    owner: int | None = None
    valid_until: date | None = None
    contested: bool = False

    def learn(self, lead: Lead) -> None:
        """Read what was just decided."""
        self.owner, self.valid_until = lead.owner_id, lead.valid_until
        self.contested = lead.contested

    def owner_on(self, day: date) -> int | None:
        """The owner's key, unless his last day has passed."""
        lapsed = self.valid_until is not None and self.valid_until < day
        return None if lapsed else self.owner


@dataclass(eq=False)
class Client:
    """A client of the office."""

    room: "Room"
    name: str
    number: str
    interest: Interest
    source: str
    need: str
    phone_left: bool = True
    lead_id: int | None = None
    standing: Standing = field(default_factory=Standing)
    met: int | None = None
    """The agent who received him last."""
    next_touch: date | None = None
    """When his agent means to call him; None: not any more."""
    tries: int = 0
    returns: int = 0
    signed: bool = False
    booked: bool = False
    """A story of its own is told about him; the daily round leaves him alone."""
    left_open: bool = False
    """His case is still open at the end."""

    @property
    def key(self) -> int:
        """The key of his lead; only of somebody who has come."""
        assert self.lead_id is not None
        return self.lead_id


@dataclass(eq=False)
class Colleague:
    """An agent and his habits."""

    staff: Staff
    days_off: frozenset[int]
    diligence: float
    busy_until: datetime

    def works_on(self, day: date) -> bool:
        """Is he in the office that day?"""
        return day.weekday() not in self.days_off and self.staff.departed_at is None

    def free_at(self, moment: datetime) -> bool:
        """Is he in the office, and with nobody else?"""
        return self.works_on(moment.date()) and self.busy_until <= moment


@dataclass(eq=False)
class Room:
    """A project's sales room: its people, whose turn it is, its clients, what is still unsold."""

    desk: Desk
    colleagues: dict[int, Colleague]
    rota: list[Colleague]
    units: Iterator[tuple[str, int]]
    clients: list[Client] = field(default_factory=list)
    active: list[Client] = field(default_factory=list)
    """Those whom somebody owns, or did lately."""
    by_lead: dict[int, Client] = field(default_factory=dict)
    decisions: dict[int, datetime] = field(default_factory=dict)
    """When the supervisor means to decide each open case."""

    def whose_turn(self, moment: datetime, *besides: int | None) -> Colleague | None:
        """The next agent of the rota who is free; he goes to the end of the line."""
        for colleague in self.rota:
            if colleague.free_at(moment) and colleague.staff.pk not in besides:
                self.rota.remove(colleague)
                self.rota.append(colleague)
                return colleague
        return None

    def owner_of(self, client: Client, day: date) -> Colleague | None:
        """Whose client he is that day."""
        owner = client.standing.owner_on(day)
        return None if owner is None else self.colleagues.get(owner)


class Clock:
    """What will happen, in order. Things planned for the same moment keep the order of planning."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Callable[[datetime], object]]] = []
        self._serial = count()

    def at(self, moment: datetime, act: Callable[[datetime], object]) -> None:
        """Let something happen at a moment."""
        heappush(self._heap, (moment, next(self._serial), act))

    def run(self, until: datetime) -> None:
        """Let everything happen that is planned before a moment, and what follows from it."""
        while self._heap and self._heap[0][0] < until:
            moment, _, act = heappop(self._heap)
            act(moment)


def moment_on(day: date, random: Random, since: time = OPENS, until: time = CLOSES) -> datetime:
    """Some moment of the office hours of a day, to the minute: mostly around eleven and three."""
    first, last = (t.hour * 60 + t.minute for t in (since, until))
    peak = random.choice((11 * 60, 15 * 60, 15 * 60 + 30))
    minute = round(random.gauss(peak, 85))
    if not first <= minute <= last:
        minute = random.randint(first, last)
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=ZONE)


def open_room(desk: Desk, random: Random, since: datetime) -> Room:
    """A project's room on its first day."""
    weekends = (5, 6)
    colleagues = {}
    for place, staff in enumerate(desk.agents):
        off = [day for day in range(7) if day not in weekends]
        # Two days off a week, never the same two for neighbours in the rota.
        chosen = frozenset({off[place % 5], off[(place + 2) % 5]})
        colleagues[staff.pk] = Colleague(staff, chosen, random.uniform(0.5, 0.85), since)
    rota = list(colleagues.values())
    random.shuffle(rota)
    kind = desk.project.kind
    return Room(desk, colleagues, rota, units(kind, random))


def units(kind: str, random: Random) -> Iterator[tuple[str, int]]:
    """Units with their prices in cents, each once, in no order; new buildings as they sell out."""
    for phase in count():
        block = list(_sales_units(phase) if kind == "sales" else _leasing_units(phase))
        random.shuffle(block)
        for unit, area in block:
            if kind == "sales":
                price = area * random.randint(285, 352) * 100
            else:
                price = area * random.choice((96, 108, 120, 144, 168)) * 36
            yield unit, price // 1000 * 1000 * 100


def _sales_units(phase: int) -> Iterator[tuple[str, int]]:
    areas = (89, 105, 118, 143)
    for building in range(1 + phase * 6, 7 + phase * 6):
        for floor in range(2, 19):
            for place, area in enumerate(areas, 1):
                yield f"{building} 棟 {floor}{place:02d}", area


def _leasing_units(phase: int) -> Iterator[tuple[str, int]]:
    wings = "ABCDEFGH"
    for floor in range(1, 6):
        for place in range(1, 41):
            area = (48, 62, 85, 120, 180, 310)[(place * 7 + floor) % 6]
            wing = wings[phase % 8] + ("" if phase < 8 else str(phase // 8))
            yield f"{wing} 區 {floor}F-{place:02d}", area


def days_from(first: date, days: int) -> Iterator[date]:
    """That many days, one after the other."""
    return (first + timedelta(days=n) for n in range(days))
