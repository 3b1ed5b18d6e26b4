"""What the rules answer: claims, steps with their clauses, readings, and the decision itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Literal, NamedTuple

from .calendar import NEVER, UNSET, End
from .facts import Key
from .parameters import AfterLapse, Policy

Verb = Literal["bars", "grants", "extends", "settles", "shares", "flags"]
Decider = Literal["policy", "negotiation", "supervisor"]

DECIDERS: tuple[Decider, ...] = ("policy", "negotiation", "supervisor")
"""From the lightest to the gravest; the gravest open matter says who decides."""


class Strength(IntEnum):
    """Which claims come first in the chain (rule 8)."""

    SIGNED = 0
    RULED = 1
    FULL = 2
    CONTACT = 3


class Claim:
    """One agent's right to a client. The engine alone changes it; clauses read it."""

    __slots__ = (
        "acted",
        "agent",
        "awaits_arrival",
        "begin",
        "by_fault",
        "clauses",
        "closed",
        "contacts",
        "counts",
        "end",
        "ended",
        "ended_by",
        "extended_from",
        "extensions",
        "extensions_since",
        "fact",
        "full_since",
        "lead",
        "order",
        "recorded",
        "shares",
        "started",
        "strength",
        "succession",
    )

    def __init__(
        self,
        *,
        agent: Key,
        lead: Key,
        begin: datetime,
        acted: datetime,
        recorded: datetime,
        strength: Strength,
        fact: Key,
        clauses: tuple[str, ...],
        order: int,
        shares: Mapping[Key, int],
        succession: AfterLapse = "next_in_chain",
    ) -> None:
        self.agent = agent
        self.lead = lead
        self.begin = begin
        self.acted = acted
        """When the agent acted: what he knew then decides whether he knew."""
        self.recorded = recorded
        """When it was written down."""
        self.strength = strength
        self.full_since = None if strength is Strength.CONTACT else begin
        self.end = End(UNSET)
        self.started = begin
        """When the present fresh period began: extensions are counted from there."""
        self.extended_from: End | None = None
        """The end before the extension of the current period; None while it has none."""
        self.extensions: list[date] = []
        """The last days from which follow-ups have moved it on."""
        self.extensions_since = 0
        """How many of them since `started`."""
        self.contacts: list[tuple[datetime, datetime]] = []
        """When the agent, or somebody for him, was in touch: since when it counts, recorded."""
        self.succession = succession
        """What becomes of this claim when one before it lapses (leasing/2.2)."""
        self.ended: datetime | None = None
        self.ended_by: str | None = None
        self.closed = False
        """Ended for good: its matter was closed, or it was void from the beginning."""
        self.by_fault = False
        self.counts = True
        """False while a proxy's claim does not count for the buyer (rule 6)."""
        self.awaits_arrival = False
        """A registered person has not come yet (rule 5)."""
        self.fact = fact
        self.clauses = clauses
        self.order = order
        self.shares = shares

    @property
    def last_day(self) -> date:
        """The last valid day; NEVER where it does not lapse."""
        return self.end.last_day

    def alive(self, moment: datetime) -> bool:
        """Is this claim living at that moment, by the calendar and nothing having ended it?"""
        if self.begin > moment or (self.ended is not None and moment >= self.ended):
            return False
        day, last = moment.date(), self.end.last_day
        return day < last or (day == last and (self.end.moment is None or moment < self.end.moment))

    def lapsed(self, moment: datetime) -> bool:
        """Did its last day pass before that moment, nothing else having ended it?"""
        return self.end.passed(moment) and (self.ended is None or self.end.passed(self.ended))

    @property
    def void(self) -> bool:
        """Has it never been alive?"""
        return self.ended is not None and self.ended <= self.begin

    @property
    def by_person(self) -> bool:
        """Given by a person or by a deal, not by a reception."""
        return self.strength <= Strength.RULED

    def place(self, moment: datetime) -> tuple[int, datetime, int]:
        """Its place in the chain at that moment: smaller comes first."""
        if self.strength is Strength.CONTACT and self.full_since and self.full_since <= moment:
            return (Strength.FULL, self.full_since, self.order)
        return (self.strength, self.begin, self.order)


class Step(NamedTuple):
    """One clause speaking about one fact: written by the engine as it goes, never guessed after."""

    fact: Key | None
    clause: str
    verb: Verb
    agent: Key | None
    what: str
    last_day: date | None = None


class Failure(NamedTuple):
    """Why another claimant does not own: the clause, and what is against what it asks for."""

    agent: Key
    fact: Key
    clause: str
    why: str
    actual: datetime | date | str | None
    required: datetime | date | str | None


class Bar(NamedTuple):
    """No claim for the receiving agent, and why."""

    why: str
    serves: Claim | None = None
    """The claim for whose agent he received."""
    tells: bool = False
    """It is a notice to the receiving agent."""
    void: bool = False
    """It is no reception at all."""
    waits: bool = False
    """Nobody owns the lead until a person decides."""
    alert: str | None = None
    """The supervisor is told."""


class Grant(NamedTuple):
    """A claim for an agent."""

    agent: Key
    why: str
    strength: Strength | None = None
    """None: as the channel of the reception gives it."""
    shares: Mapping[Key, int] = {}


class Flag(NamedTuple):
    """A person must look."""

    kind: Literal["case", "alert", "note"]
    """A note only says that the clause was at work."""
    name: str
    decider: Decider | None = None
    """Who decides what is now open; None where nothing is."""


class Matter(NamedTuple):
    """Something open, and who decides it."""

    name: str
    decider: Decider
    fact: Key | None


class Reading(NamedTuple):
    """To whom a deal's credit goes, and by which day that was judged."""

    basis: Literal["deal", "discovery", "occurrence", "ruling"]
    agent: Key
    other: Key | None = None
    """The agent whom the day of the deal would credit, where the readings differ."""


class Sharing(NamedTuple):
    """What is left to say once it is settled whose the deal is: who has a part in it."""

    why: str
    credit: Mapping[Key, int] | None = None
    commission: Mapping[Key, int] | None = None
    """Percent per agent; None: as it stands."""


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as it stood at the moment asked about. `last_day` None: does not lapse."""

    agent: Key
    lead: Key
    begin: datetime
    last_day: date | None
    strength: str
    state: Literal["owner", "waiting", "lapsed", "ended", "uncounted", "passed_over"]
    fact: Key
    clauses: tuple[str, ...]
    ended: datetime | None
    ended_by: str | None
    extensions: tuple[date, ...]
    extended_from: date | None
    awaits_arrival: bool
    ends_at: datetime | None = None
    """The very moment of its end, where that was given in hours."""
    extensions_since: int = 0
    started: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Who owns from one moment to another if nothing more is recorded; `until` None: for good."""

    agent: Key
    since: datetime
    until: date | None
    ends: datetime | None = None
    """The first moment after it."""


@dataclass(frozen=True, slots=True)
class DealView:
    """How one deal is attributed: percent per agent, the day it was judged by, both readings.

    `credit` is the achievement (業績), `commission` the money (佣金).
    """

    fact: Key
    credit: Mapping[Key, int]
    commission: Mapping[Key, int]
    reading: Reading | None
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who owns a lead at one moment, as known at another, and everything that led there."""

    lead: Key
    asof: datetime
    owner: Key | None
    valid_until: date | None
    cases: tuple[str, ...]
    alerts: tuple[str, ...]
    decided_by: Decider
    credit: Mapping[Key, int] | None
    chain: tuple[ClaimView, ...]
    steps: tuple[Step, ...]
    matters: tuple[Matter, ...]
    deals: tuple[DealView, ...]
    ahead: tuple[Span, ...]
    waiting: str | None
    failures: tuple[Failure, ...]
    """Every other claimant, and every reception that gave no claim."""
    policy: Policy = field(compare=False)

    @property
    def commission(self) -> Mapping[Key, int] | None:
        """Percent of the latest deal's commission per agent; None before a deal."""
        return self.deals[-1].commission if self.deals else None

    @property
    def cites(self) -> tuple[str, ...]:
        """Every clause that spoke, once each, in the order in which they first did."""
        return tuple(dict.fromkeys(step.clause for step in self.steps))

    @property
    def owner_claim(self) -> ClaimView | None:
        """The claim by which the owner owns."""
        return next((claim for claim in self.chain if claim.state == "owner"), None)


def open_end(day: date) -> date | None:
    """The day itself, or None where it stands for «does not lapse»."""
    return None if day == NEVER else day
