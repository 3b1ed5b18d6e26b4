"""The counter's day as the rota has it, shaped for pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.functional import cached_property

from ... import access, rota
from ...models import RECEPTIONS, ContactEvent, Kind, Project, Staff
from ..models import Arrival, BoardFact, Roster
from .rosters import rosters_of


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an agent wrote down of a group: when, as an obligatory reception, and whether it counts
    as a turn."""

    at: datetime
    assist: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Called:
    """A waiting group as the board shows it; `then`: to whom the call passes on."""

    arrival: Arrival
    agent: Staff | None
    why: str
    since: datetime
    until: datetime | None
    waited: int
    """Minutes since the group came."""
    owed: int
    place: int
    then: Staff | None
    directed: BoardFact | None


@dataclass(frozen=True, slots=True)
class Group:
    """A group that was received or left: by whom, from when to when."""

    arrival: Arrival
    agent: Staff | None
    since: datetime
    until: datetime | None
    recorded: Recorded | None
    beside: Arrival | None
    state: str
    """serving, finished or gone."""


@dataclass(frozen=True, slots=True)
class InLine:
    """An agent on duty as the board shows him: his number in the line of those who are free."""

    staff: Staff
    number: int
    place: int
    turns: int
    owed: int
    state: str
    away: BoardFact | None


class CounterDay:
    """A project's counter on one day, at a moment, shaped for pages. It asks nothing by itself."""

    def __init__(
        self,
        *,
        project: Project,
        day: date,
        now: datetime,
        agents: Sequence[Staff],
        rosters: Sequence[Roster],
        arrivals: Sequence[Arrival],
        facts: Sequence[BoardFact],
        recorded: Mapping[UUID, Recorded],
    ) -> None:
        self.project, self.day, self.now = project, day, now
        self.agents = {staff.pk: staff for staff in agents}
        self.rosters = rosters
        self.arrivals = {arrival.pk: arrival for arrival in arrivals}
        self.facts = facts
        self.recorded = recorded

    @property
    def planned(self) -> bool:
        """Somebody planned this day; else all agents are on duty, by turns the first."""
        return bool(self.rosters)

    @cached_property
    def board(self) -> rota.Board:
        """What the rota makes of the day's facts at `now`."""
        return rota.board(self._facts(), self.now)

    def _facts(self) -> Iterable[rota.Fact]:
        begin = datetime.combine(self.day, time.min, tzinfo=self.project.zone)
        if not self.rosters or self.rosters[0].recorded_at > begin:
            yield rota.OnDuty(begin, everybody_by_turns(list(self.agents), self.day))
        for roster in self.rosters:
            order = [duty for duty in roster.duties.all() if duty.place is not None]
            order.sort(key=lambda duty: duty.place or 0)
            yield rota.OnDuty(
                max(roster.recorded_at, begin),
                tuple(duty.staff_id for duty in order if duty.staff_id in self.agents),
            )
        for arrival in self.arrivals.values():
            yield rota.Arrived(
                arrival.at,
                arrival.pk,
                arrival.asked_for_id,
                arrival.before == Arrival.Before.RETURNING,
            )
        for fact in self.facts:
            yield _translated(fact)
        for arrival in self.arrivals.values():
            found = self.recorded.get(arrival.reception_key)
            if found is not None:
                yield rota.Recorded(found.at, arrival.pk, found.counts)

    def staff_of(self, pk: int | None) -> Staff | None:
        """An agent of the day by his key; also one who has left the project since."""
        if pk is None:
            return None
        if pk in self.agents:
            return self.agents[pk]
        return next((f.agent for f in self.facts if f.agent_id == pk), None)

    @cached_property
    def calls(self) -> list[Called]:
        """The waiting groups, the first come first."""
        return [self._called(call) for call in self.board.waiting]

    def calls_by_group(self) -> dict[int, Called]:
        """The waiting groups by the keys of their arrivals."""
        return {call.arrival.pk: call for call in self.calls}

    def _called(self, call: rota.Call) -> Called:
        arrival = self.arrivals[call.group]
        standing = None if call.agent is None else self.board.standing_of(call.agent)
        free = self.board.next_up
        directed = [f for f in self._of(arrival) if f.kind == BoardFact.Kind.DIRECTED]
        return Called(
            arrival=arrival,
            agent=self.staff_of(call.agent),
            why=call.why,
            since=call.since,
            until=call.until,
            waited=int((self.now - arrival.at).total_seconds() // 60),
            owed=standing.owed if standing else 0,
            place=standing.place if standing else 0,
            then=self.staff_of(free[0].agent) if free else None,
            directed=directed[-1] if directed and call.why == rota.DIRECTED else None,
        )

    @cached_property
    def groups(self) -> list[Group]:
        """The groups that were received or left, the latest first."""
        found = []
        for arrival in reversed(self.arrivals.values()):
            kinds = {fact.kind: fact for fact in self._of(arrival)}
            begun, gone = kinds.get(BoardFact.Kind.BEGUN), kinds.get(BoardFact.Kind.GONE)
            over = kinds.get(BoardFact.Kind.FINISHED)
            recorded = self.recorded.get(arrival.reception_key)
            if begun is not None:
                beside = None if begun.beside_id is None else self.arrivals.get(begun.beside_id)
                found.append(
                    Group(
                        arrival,
                        begun.agent,
                        begun.at,
                        None if over is None else over.at,
                        recorded,
                        beside,
                        "serving" if over is None else "finished",
                    )
                )
            elif gone is not None:
                found.append(Group(arrival, None, arrival.at, gone.at, None, None, "gone"))
        return found

    @property
    def serving(self) -> list[Group]:
        """The receptions that go on, the earliest first."""
        return [group for group in reversed(self.groups) if group.state == "serving"]

    @cached_property
    def line(self) -> list[InLine]:
        """Those on duty: first who is free, in the order of turns, then the others."""
        rows, number = [], len([call for call in self.calls if call.agent is not None])
        for one in self.board.line:
            staff = self.staff_of(one.agent)
            if staff is None:
                continue
            number += one.state == "free"
            rows.append(
                InLine(
                    staff,
                    number if one.state == "free" else 0,
                    one.place,
                    one.turns,
                    one.owed,
                    one.state,
                    self._away(one.agent) if one.state == "away" else None,
                )
            )
        return sorted(rows, key=lambda row: row.number or len(rows) + len(self.calls) + 1)

    @property
    def next_up(self) -> list[InLine]:
        """Those who are free, in the order in which they will be called."""
        return [one for one in self.line if one.state == "free"]

    @property
    def on_the_side(self) -> list[InLine]:
        """Those who are away, or have turns to make up and are not free to."""
        return [
            one
            for one in self.line
            if one.state == "away" or (one.owed and one.state in ("free", "serving"))
        ]

    @property
    def counts(self) -> dict[str, int]:
        """How many groups came, wait, are being received, are gone."""
        return {
            "came": len(self.arrivals),
            "waiting": len(self.calls),
            "serving": len(self.board.serving),
            "left": len(self.board.finished) + len(self.board.gone),
        }

    @property
    def version(self) -> str:
        """Another one whenever the page would show something else; it changes with each minute."""
        minute = f"{self.now:%Y%m%d%H%M}"
        noted = [(str(key), one.assist, one.counts) for key, one in self.recorded.items()]
        said = [(fact.pk, fact.kind) for fact in self.facts]
        names = [(one.staff.pk, one.staff.name) for one in self.line]
        whole = repr((minute, self.board, noted, said, names, self.planned))
        return sha256(whole.encode()).hexdigest()[:20]

    def _of(self, arrival: Arrival) -> list[BoardFact]:
        return [fact for fact in self.facts if fact.arrival_id == arrival.pk]

    def _away(self, agent: int) -> BoardFact | None:
        away = [f for f in self.facts if f.kind == BoardFact.Kind.AWAY and f.agent_id == agent]
        return away[-1] if away else None


def _translated(fact: BoardFact) -> rota.Fact:
    """A row as a fact of the rota."""
    at, group, agent = fact.at, fact.arrival_id or 0, fact.agent_id or 0
    found: dict[str, rota.Fact] = {
        BoardFact.Kind.BEGUN: rota.Begun(at, group, agent, fact.beside_id),
        BoardFact.Kind.SKIPPED: rota.Skipped(at, group, agent, fact.keeps),
        BoardFact.Kind.DIRECTED: rota.Directed(at, group, agent),
        BoardFact.Kind.OBJECTED: rota.Objected(at, group, agent),
        BoardFact.Kind.FINISHED: rota.Finished(at, group),
        BoardFact.Kind.GONE: rota.Gone(at, group),
        BoardFact.Kind.AWAY: rota.Away(at, agent, fact.keeps),
        BoardFact.Kind.BACK: rota.Back(at, agent),
        BoardFact.Kind.MADE_UP: rota.MadeUp(at, agent),
    }
    return found[fact.kind]


def everybody_by_turns(agents: Sequence[int], day: date) -> tuple[int, ...]:
    """All agents in an order that begins with another one each day: where nobody planned."""
    first = day.toordinal() % len(agents) if agents else 0
    return (*agents[first:], *agents[:first])


def counter_day(project: Project, now: datetime) -> CounterDay:
    """The project's counter today. Six queries, however many groups and agents."""
    day = now.astimezone(project.zone).date()
    arrivals = list(
        Arrival.objects.filter(project=project, day=day)
        .select_related("asked_for", "by")
        .order_by("at", "pk")
    )
    facts = BoardFact.objects.filter(project=project, day=day).select_related("agent", "by")
    return CounterDay(
        project=project,
        day=day,
        now=now,
        agents=list(access.agents_of(project)),
        rosters=list(rosters_of(project, day, day)),
        arrivals=arrivals,
        facts=list(facts.order_by("at", "pk")),
        recorded=recorded_as(one.reception_key for one in arrivals),
    )


def recorded_as(keys: Iterable[UUID]) -> dict[UUID, Recorded]:
    """What was written down of these receptions, by their keys. One query.

    No turn is an obligatory reception (leasing/1.7), nor one of a client whom the same agent had
    received before.
    """
    wanted = list(keys)
    if not wanted:
        return {}
    earlier = ContactEvent.objects.filter(
        kind__in=RECEPTIONS, agent=OuterRef("agent"), recorded_at__lt=OuterRef("recorded_at")
    )
    found = ContactEvent.objects.filter(key__in=wanted).annotate(
        known=Exists(earlier.filter(lead=OuterRef("lead"))),
        known_in_party=Exists(earlier.filter(lead__party=OuterRef("lead__party"))),
    )
    return {
        event.key: Recorded(
            at=event.recorded_at,
            assist=event.kind == Kind.ASSIST,
            counts=event.kind != Kind.ASSIST and not (event.known or event.known_in_party),
        )
        for event in found
    }
