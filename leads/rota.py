"""Whose turn it is: the facts of one day at the counter in, the board at a moment out. Pure.

The rule: a newcomer goes to the agent on duty who is free and has had the fewest turns, among
equals to the one who stands first in the day's order. Whoever was passed over while he was busy has
had fewer turns, so he makes his up before the order goes on; a reception that does not count gives
its turn back. A call that nobody answers in time passes on by the clock alone: as with an ownership
that lapses, nobody writes that down, it follows from the facts and the moment asked about.

Agents and groups are known by their keys; moments are aware and may be in any zone.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter

PATIENCE = timedelta(minutes=3)
"""So long an agent has to come to the counter when it is his turn."""

# ── The facts of a day ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Fact:
    """Something at the counter. Of two at one moment the one given first counts as the first."""

    at: datetime


@dataclass(frozen=True, slots=True)
class OnDuty(Fact):
    """From now on these agents are on duty, in this order."""

    agents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Arrived(Fact):
    """A group came. `asked_for`: whom they named themselves; `returning`: they were here before."""

    group: int
    asked_for: int | None = None
    returning: bool = False


@dataclass(frozen=True, slots=True)
class Directed(Fact):
    """Somebody sent a waiting group to an agent, whoever's turn it was (sales/9, leasing/1.9)."""

    group: int
    agent: int


@dataclass(frozen=True, slots=True)
class Skipped(Fact):
    """An agent who was called does not take this group; `keeps` his turn or has lost it."""

    group: int
    agent: int
    keeps: bool


@dataclass(frozen=True, slots=True)
class Begun(Fact):
    """An agent receives a group; `beside`: together with the one he is serving (leasing/1.9)."""

    group: int
    agent: int
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class Objected(Fact):
    """The group being served does not want its agent to take this one too (leasing/1.9)."""

    group: int
    agent: int


@dataclass(frozen=True, slots=True)
class Finished(Fact):
    """A reception is over."""

    group: int


@dataclass(frozen=True, slots=True)
class Gone(Fact):
    """A group left before anybody received it."""

    group: int


@dataclass(frozen=True, slots=True)
class Away(Fact):
    """An agent leaves the counter for a while; `keeps` the turns that pass meanwhile or not."""

    agent: int
    keeps: bool


@dataclass(frozen=True, slots=True)
class Back(Fact):
    """An agent is at the counter again."""

    agent: int


@dataclass(frozen=True, slots=True)
class Recorded(Fact):
    """Its agent wrote a reception down: an obligatory one, or of a client of his, is no turn."""

    group: int
    counts: bool


@dataclass(frozen=True, slots=True)
class MadeUp(Fact):
    """A supervisor gives an agent one turn more."""

    agent: int


# ── The board ──────────────────────────────────────────────────────────────────────────────────

TURN, MAKE_UP, ASKED_FOR, DIRECTED, NOBODY = "turn", "make_up", "asked_for", "directed", "nobody"


@dataclass(frozen=True, slots=True)
class Call:
    """A waiting group and who is called for it.

    `why`: `turn`, `make_up`, `asked_for`, `directed`, or `nobody` (then `agent` is None: nobody is
    free, or nobody came). `until`: when the call passes on; None where it does not.
    """

    group: int
    agent: int | None
    since: datetime
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Serving:
    """A reception that goes on; `counts`: it was a turn of its agent."""

    group: int
    agent: int
    since: datetime
    counts: bool
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An agent on duty.

    `place`: his place in the day's order, from 1; `turns`: those he has had, level with the others
    when he began; `owed`: how many he may make up; `state`: `free`, `called`, `serving` or `away`.
    """

    agent: int
    place: int
    turns: int
    owed: int
    state: str


@dataclass(frozen=True, slots=True)
class Board:
    """The counter at a moment: `waiting` in the order of coming, `line` in the order of turns."""

    waiting: tuple[Call, ...]
    serving: tuple[Serving, ...]
    finished: tuple[int, ...]
    gone: tuple[int, ...]
    line: tuple[Standing, ...]

    def call_of(self, group: int) -> Call | None:
        """Who is called for a group; None if it does not wait."""
        return next((call for call in self.waiting if call.group == group), None)

    def reception_of(self, group: int) -> Serving | None:
        """Who is receiving a group; None if nobody is."""
        return next((one for one in self.serving if one.group == group), None)

    def standing_of(self, agent: int) -> Standing | None:
        """How an agent stands; None if he is not on duty."""
        return next((one for one in self.line if one.agent == agent), None)

    @property
    def next_up(self) -> tuple[Standing, ...]:
        """Those who are free, in the order in which they will be called."""
        return tuple(one for one in self.line if one.state == "free")


def board(facts: Iterable[Fact], now: datetime, patience: timedelta = PATIENCE) -> Board:
    """The counter at `now`, by the facts of its day until then.

    The facts may be given in any order, as long as those of one moment stand in theirs.
    """
    counter = _Counter(patience)
    for fact in sorted((fact for fact in facts if fact.at <= now), key=attrgetter("at")):
        counter.pass_time(fact.at)
        counter.take(fact)
    counter.pass_time(now)
    return counter.board()


@dataclass(slots=True)
class _Agent:
    place: int
    turns: int = 0
    by_rota: int = 0
    """Those of his turns that came by the order, forfeited ones included."""
    away: bool = False
    keeps: bool = True


@dataclass(slots=True)
class _Group:
    came: Arrived
    call: Call | None = None
    directed: int | None = None
    passed: set[int] = field(default_factory=set)
    """Who did not come, was skipped or may not take this group."""


@dataclass(slots=True)
class _Reception:
    serving: Serving
    by_rota: bool
    over: bool = False


class _Counter:
    """Lives through a day, fact by fact."""

    def __init__(self, patience: timedelta) -> None:
        self.patience = patience
        self.agents: dict[int, _Agent] = {}
        self.waiting: dict[int, _Group] = {}
        self.receptions: dict[int, _Reception] = {}
        self.gone: list[int] = []

    # ── Time ──

    def pass_time(self, until: datetime) -> None:
        """Let every call that ends before or at a moment pass on, the earliest first."""
        while True:
            ending = [
                (group.call.until, key)
                for key, group in self.waiting.items()
                if group.call is not None and group.call.until is not None
            ]
            if not ending or min(ending)[0] > until:
                return
            at, key = min(ending)
            call = self.waiting[key].call
            assert call is not None
            assert call.agent is not None
            self._pass_over(self.waiting[key], call.agent, keeps=False)
            self._call(at)

    # ── Facts ──

    def take(self, fact: Fact) -> None:
        """One fact, and whoever is called because of it."""
        match fact:
            case OnDuty(agents=agents):
                self._on_duty(agents)
            case Arrived(group=group):
                self.waiting[group] = _Group(fact)
            case Directed(group=group, agent=agent) if group in self.waiting:
                self.waiting[group].directed = agent
                self.waiting[group].call = None
                self._withdraw(agent)
            case Skipped(group=group, agent=agent) if group in self.waiting:
                self._pass_over(self.waiting[group], agent, keeps=fact.keeps)
            case Objected(group=group, agent=agent) if group in self.waiting:
                self._pass_over(self.waiting[group], agent, keeps=True)
            case Begun(group=group) if group in self.waiting:
                self._begin(fact, self.waiting.pop(group))
            case Finished(group=group) if group in self.receptions:
                self.receptions[group].over = True
            case Gone(group=group) if group in self.waiting:
                del self.waiting[group]
                self.gone.append(group)
            case Recorded(group=group, counts=counts) if group in self.receptions:
                self._settle(self.receptions[group], counts=counts)
            case Away(agent=agent) if agent in self.agents:
                self.agents[agent].away, self.agents[agent].keeps = True, fact.keeps
                self._withdraw(agent)
            case Back(agent=agent) if agent in self.agents:
                self._back(agent)
            case MadeUp(agent=agent) if agent in self.agents:
                self.agents[agent].turns -= 1
        self._call(fact.at)

    def _on_duty(self, agents: tuple[int, ...]) -> None:
        """Who stays keeps his turns; who joins the day begins level with the others."""
        known = self.agents
        self.agents = {agent: known.get(agent) or _Agent(0) for agent in dict.fromkeys(agents)}
        for place, one in enumerate(self.agents.values()):
            one.place = place
        for agent in self.agents.keys() - known.keys():
            self._level(agent, besides=self.agents.keys() - known.keys())
        for agent in known.keys() - self.agents.keys():
            self._withdraw(agent)

    def _begin(self, fact: Begun, group: _Group) -> None:
        call = group.call
        called = call is not None and call.agent == fact.agent
        by_rota = called and call is not None and call.why in (TURN, MAKE_UP)
        for_him = group.came.returning and group.came.asked_for == fact.agent
        counts = not for_him
        self.receptions[fact.group] = _Reception(
            Serving(fact.group, fact.agent, fact.at, counts, fact.beside), by_rota
        )
        self._withdraw(fact.agent)
        one = self.agents.get(fact.agent)
        if one is None:
            return
        if one.away:
            self._back(fact.agent)
        if counts:
            one.turns += 1
            one.by_rota += by_rota

    def _settle(self, reception: _Reception, *, counts: bool) -> None:
        """What the record says holds, whatever was thought at the counter."""
        serving = reception.serving
        if serving.counts == counts:
            return
        reception.serving = replace(serving, counts=counts)
        one = self.agents.get(serving.agent)
        if one is not None:
            change = 1 if counts else -1
            one.turns += change
            one.by_rota += change * reception.by_rota

    def _back(self, agent: int) -> None:
        one = self.agents[agent]
        if one.away and not one.keeps:
            self._level(agent, besides={agent})
        one.away = False

    def _level(self, agent: int, besides: Set[int]) -> None:
        """Whoever joins has had as many turns as the order gave his place, and nobody fewer."""
        one = self.agents[agent]
        fewest = min(
            (
                other.turns
                for key, other in self.agents.items()
                if key not in besides and not (other.away and not other.keeps)
            ),
            default=0,
        )
        one.turns = max(fewest, one.turns + self._owed(agent))
        one.by_rota = max(one.by_rota, one.turns)

    def _pass_over(self, group: _Group, agent: int, *, keeps: bool) -> None:
        """This group goes on to the next; without an excuse the turn is lost."""
        call = group.call
        group.passed.add(agent)
        if group.directed == agent:
            group.directed = None
        if call is None or call.agent != agent:
            return
        group.call = None
        one = self.agents.get(agent)
        if one is not None and not keeps and call.why in (TURN, MAKE_UP):
            one.turns += 1
            one.by_rota += 1

    def _withdraw(self, agent: int) -> None:
        """An agent who was called has something else to do; nobody lost a turn by it."""
        for group in self.waiting.values():
            if group.call is not None and group.call.agent == agent:
                group.call = None

    # ── Whom to call ──

    def _call(self, at: datetime) -> None:
        """Call somebody for each group for which nobody is called, the first come first."""
        for key, group in self.waiting.items():
            if group.directed is not None and group.call is None:
                group.call = Call(key, group.directed, at, DIRECTED)
        for key, group in self.waiting.items():
            if group.call is None or group.call.agent is None:
                group.call = self._choose(key, group, at)

    def _choose(self, key: int, group: _Group, at: datetime) -> Call:
        until = at + self.patience
        asked = group.came.asked_for
        free = {agent for agent in self.agents if self._state(agent) == "free"} - group.passed
        if asked in free and asked is not None:
            return Call(key, asked, at, ASKED_FOR, until)
        if not free:
            since = at if group.call is None else group.call.since
            return Call(key, None, since, NOBODY)
        chosen = min(free, key=self._rank)
        why = MAKE_UP if self._owed(chosen) else TURN
        return Call(key, chosen, at, why, until)

    def _rank(self, agent: int) -> tuple[int, int]:
        one = self.agents[agent]
        return (one.turns, one.place)

    def _owed(self, agent: int) -> int:
        """How many turns the order has gone past him."""
        mine = self.agents[agent]
        reached = [
            one.by_rota if one.place > mine.place else one.by_rota - 1
            for other, one in self.agents.items()
            if other != agent
        ]
        return max(0, max(reached, default=0) - mine.turns)

    def _state(self, agent: int) -> str:
        if any(r.serving.agent == agent and not r.over for r in self.receptions.values()):
            return "serving"
        if self.agents[agent].away:
            return "away"
        called = (g.call.agent for g in self.waiting.values() if g.call is not None)
        return "called" if agent in called else "free"

    # ── The answer ──

    def board(self) -> Board:
        """What all of this comes to."""
        receptions = self.receptions.values()
        return Board(
            waiting=tuple(group.call for group in self.waiting.values() if group.call is not None),
            serving=tuple(one.serving for one in receptions if not one.over),
            finished=tuple(one.serving.group for one in receptions if one.over),
            gone=tuple(self.gone),
            line=tuple(
                Standing(
                    agent=agent,
                    place=self.agents[agent].place + 1,
                    turns=self.agents[agent].turns,
                    owed=self._owed(agent),
                    state=self._state(agent),
                )
                for agent in sorted(self.agents, key=self._rank)
            ),
        )
