"""How receptions were spread in a period: by agent against turns, by greeter against chance."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from ... import fairness
from ...models import ContactEvent, Project, Staff
from ..models import Arrival, BoardFact
from .day import Recorded, recorded_as
from .rosters import in_force, rosters_of


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent in a period: days on duty, turns that the order gave him, an even share of them,
    receptions, those that were no turn, those that past the order came or went, skips."""

    agent: str
    days: int
    share: float
    turns: int
    received: int
    uncounted: int
    gained: int
    lost: int
    skipped: int

    @property
    def difference(self) -> float:
        """Turns more than an even share."""
        return self.turns - self.share


@dataclass(frozen=True, slots=True)
class PairRow:
    """A greeter and an agent, by name, against chance."""

    greeter: str
    agent: str
    pair: fairness.Pair


@dataclass(frozen=True, slots=True)
class FairnessTable:
    """Both tables of a period."""

    since: date
    until: date
    agents: list[AgentRow]
    pairs: list[PairRow]
    groups: int

    @property
    def remarks(self) -> list[PairRow]:
        """What somebody should look at."""
        return [row for row in self.pairs if row.pair.remark]


def fairness_table(project: Project, since: date, until: date) -> FairnessTable:
    """Who was received by whom against turns and chance. Six queries, however long the period.

    A reception that was no turn, and one of a client who came back and asked for his agent, say
    nothing about the greeter and are left out there. Where nobody planned a day, all agents who
    received somebody in the period were on duty.
    """
    arrivals = list(Arrival.objects.filter(project=project, day__gte=since, day__lte=until))
    facts = list(
        BoardFact.objects.filter(
            project=project,
            day__gte=since,
            day__lte=until,
            kind__in=(BoardFact.Kind.BEGUN, BoardFact.Kind.DIRECTED, BoardFact.Kind.SKIPPED),
        )
    )
    begun = {fact.arrival_id: fact for fact in facts if fact.kind == BoardFact.Kind.BEGUN}
    steered = {(fact.arrival_id, fact.agent_id) for fact in facts if fact.steered}
    skipped = Counter(fact.agent_id for fact in facts if fact.kind == BoardFact.Kind.SKIPPED)
    recorded = recorded_as(one.reception_key for one in arrivals)
    rosters = in_force(rosters_of(project, since, until))
    everybody = tuple(sorted({fact.agent_id for fact in begun.values() if fact.agent_id}))
    on_duty = {
        day: tuple(duty.staff_id for duty in roster.duties.all() if duty.place is not None)
        for day, roster in rosters.items()
    }
    tally = _Tally()
    for arrival in arrivals:
        fact = begun.get(arrival.pk)
        if fact is not None and fact.agent_id is not None:
            found = recorded.get(arrival.reception_key)
            tally.add(
                arrival,
                fact,
                on_duty.get(arrival.day, everybody),
                counts=_counted(arrival, fact, found),
                steered=(arrival.pk, fact.agent_id) in steered,
            )
    names = dict(
        Staff.objects.filter(pk__in={*tally.agents(), *(one.by_id for one in arrivals)})
        .order_by()
        .values_list("pk", "name")
    )
    shares = fairness.fair_shares(
        (on_duty.get(day, everybody), turns) for day, turns in tally.turns_of_day.items()
    )
    days = Counter(agent for day in {a.day for a in arrivals} for agent in on_duty.get(day, ()))
    rows = [
        AgentRow(
            agent=names[agent],
            days=days[agent],
            share=shares.get(agent, 0.0),
            turns=tally.turns[agent],
            received=tally.received[agent],
            uncounted=tally.uncounted[agent],
            gained=tally.gained[agent],
            lost=tally.lost[agent],
            skipped=skipped[agent],
        )
        for agent in tally.agents()
        if agent in names
    ]
    pairs = [
        PairRow(names[pair.greeter], names[pair.agent], pair)
        for pair in fairness.pairs(tally.receptions)
        if pair.agent in names
    ]
    return FairnessTable(
        since=since,
        until=until,
        agents=sorted(rows, key=lambda row: (-abs(row.difference), row.agent)),
        pairs=sorted(pairs, key=lambda row: (row.greeter, row.pair.chance, row.agent)),
        groups=len(begun),
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """A reception that was a turn: keys of the greeter, of who received, of who was on duty; of
    the event by which it was written down, and of its party, where it was."""

    arrival: int
    day: date
    greeter: int
    agent: int
    on_duty: tuple[int, ...]
    named: bool
    steered: bool
    event: int | None
    party: int | None


def turns_between(project: Project, since: date, until: date) -> list[Turn]:
    """The receptions of a period that say something about their greeters. Five queries.

    Left out and filled in as in `fairness_table`.
    """
    arrivals = Arrival.objects.filter(project=project, day__gte=since, day__lte=until)
    facts = list(
        BoardFact.objects.filter(
            arrival__in=arrivals, kind__in=(BoardFact.Kind.BEGUN, BoardFact.Kind.DIRECTED)
        ).select_related("arrival")
    )
    steered = {(fact.arrival_id, fact.agent_id) for fact in facts if fact.steered}
    begun = [fact for fact in facts if fact.kind == BoardFact.Kind.BEGUN and fact.agent_id]
    keys = [fact.arrival.reception_key for fact in begun if fact.arrival is not None]
    recorded = recorded_as(keys)
    events = {
        key: (pk, party or lead)
        for key, pk, lead, party in ContactEvent.objects.filter(key__in=keys).values_list(
            "key", "pk", "lead", "lead__party"
        )
    }
    rosters = in_force(rosters_of(project, since, until))
    everybody = tuple(sorted({fact.agent_id for fact in begun if fact.agent_id}))
    on_duty = {
        day: tuple(duty.staff_id for duty in roster.duties.all() if duty.place is not None)
        for day, roster in rosters.items()
    }
    found = []
    for fact in begun:
        arrival = fact.arrival
        assert arrival is not None
        assert fact.agent_id is not None
        if not _counted(arrival, fact, recorded.get(arrival.reception_key)):
            continue
        event, party = events.get(arrival.reception_key, (None, None))
        found.append(
            Turn(
                arrival=arrival.pk,
                day=arrival.day,
                greeter=arrival.by_id,
                agent=fact.agent_id,
                on_duty=on_duty.get(arrival.day, everybody),
                named=arrival.asked_for_id == fact.agent_id,
                steered=(arrival.pk, fact.agent_id) in steered,
                event=event,
                party=party,
            )
        )
    return found


def _counted(arrival: Arrival, fact: BoardFact, found: Recorded | None) -> bool:
    """A reception was a turn: as its agent wrote it down, else as it was thought at the counter."""
    if found is not None:
        return found.counts
    returning = arrival.before == Arrival.Before.RETURNING
    return not (returning and arrival.asked_for_id == fact.agent_id)


class _Tally:
    """Counts receptions, group by group."""

    def __init__(self) -> None:
        self.turns: Counter[int] = Counter()
        self.received: Counter[int] = Counter()
        self.uncounted: Counter[int] = Counter()
        self.gained: Counter[int] = Counter()
        self.lost: Counter[int] = Counter()
        self.on_duty: set[int] = set()
        self.turns_of_day: Counter[date] = Counter()
        self.receptions: list[fairness.Reception] = []

    def add(
        self,
        arrival: Arrival,
        fact: BoardFact,
        on_duty: tuple[int, ...],
        *,
        counts: bool,
        steered: bool,
    ) -> None:
        agent = fact.agent_id or 0
        self.received[agent] += 1
        self.on_duty.update(on_duty)
        if not counts:
            self.uncounted[agent] += 1
            return
        self.turns[agent] += 1
        self.turns_of_day[arrival.day] += 1
        if fact.turn_of_id not in (None, agent):
            self.gained[agent] += 1
            self.lost[fact.turn_of_id or 0] += 1
        named = arrival.asked_for_id == agent
        self.receptions.append(
            fairness.Reception(arrival.by_id, agent, on_duty, named=named, steered=steered)
        )

    def agents(self) -> set[int]:
        """Whoever was on duty, received, or lost a turn."""
        return {*self.received, *self.on_duty, *self.lost}
