"""The rows that detectors look at, and the findings that they give. Pure.

A party is the key of the lead that stands for it; facts are keys of events in the journal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

RECEPTIONS = frozenset({"call", "visit", "brochure", "online", "report"})
FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Entry:
    """A reception or a follow-up: when it happened, when it was written down, in which words."""

    fact: int
    party: int
    kind: str
    agent: int
    at: datetime
    recorded: datetime
    text: str = ""
    reached: bool = True
    ends: datetime | None = None
    """Of a follow-up: when the agent's right would have lapsed without it."""
    witnessed: bool = False
    """The greeter wrote the group down when it came: somebody else saw it."""


@dataclass(frozen=True, slots=True)
class Told:
    """An agent was told that somebody else holds the client."""

    party: int
    agent: int
    at: datetime
    how: str
    """`enquiry`, or the kind of the fact: notice, assist."""
    fact: int | None = None


@dataclass(frozen=True, slots=True)
class Tenure:
    """An agent held a client from a moment until another, without end where nothing ends it."""

    party: int
    agent: int
    since: datetime
    until: datetime | None = None
    given: datetime | None = None
    """When a person gave the client to him: by a ruling or an assignment."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Something joins two parties. `kind` is one of `ties.STRENGTH`."""

    kind: str
    one: int
    two: int
    fact: int | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """A subscription with money paid."""

    fact: int
    party: int
    agent: int
    at: datetime
    assisting: bool = False
    cancelled: bool = False
    """It was called off later."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A party has a unit, from its reservation until it is given up."""

    key: int
    unit: str
    party: int
    agent: int
    at: datetime
    until: datetime | None = None
    moved: bool = False
    """It ended by a move to another unit."""
    deal: int | None = None
    """The fact of the deal that it became."""
    contracted: datetime | None = None


@dataclass(frozen=True, slots=True)
class Renaming:
    """A deal went on in another name (sales/7)."""

    deal: int
    party: int
    agent: int
    unit: str
    at: datetime
    family: bool
    contracted: datetime | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """A group came, and who received it; receptions that were no turn are left out."""

    arrival: int
    day: date
    greeter: int
    agent: int
    on_duty: tuple[int, ...]
    named: bool = False
    steered: bool = False
    fact: int | None = None
    party: int | None = None


@dataclass(frozen=True)
class Rows:
    """Everything that the detectors may look at, as it is known at a moment."""

    asof: datetime
    entries: tuple[Entry, ...] = ()
    told: tuple[Told, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    ties: tuple[Tie, ...] = ()
    sales: tuple[Sale, ...] = ()
    stays: tuple[Stay, ...] = ()
    renamings: tuple[Renaming, ...] = ()
    greetings: tuple[Greeting, ...] = ()

    @cached_property
    def entries_of(self) -> Mapping[int, tuple[Entry, ...]]:
        """The entries of each party, in the order of their happening."""
        return _by_party(self.entries)

    @cached_property
    def tenures_of(self) -> Mapping[int, tuple[Tenure, ...]]:
        """Who held each party."""
        return _by_party(self.tenures)

    @cached_property
    def told_of(self) -> Mapping[int, tuple[Told, ...]]:
        """Who was told of each party's holder."""
        return _by_party(self.told)

    @cached_property
    def sales_of(self) -> Mapping[int, tuple[Sale, ...]]:
        """The sales to each party."""
        return _by_party(self.sales)

    def tenure(self, party: int, at: datetime) -> Tenure | None:
        """By which right somebody held a party at a moment."""
        for one in self.tenures_of.get(party, ()):
            if one.since <= at and (one.until is None or at < one.until):
                return one
        return None


def _by_party(rows: Any) -> Mapping[int, Any]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.party, []).append(row)
    return {
        party: tuple(sorted(of, key=lambda row: getattr(row, "at", None) or row.since))
        for party, of in found.items()
    }


@dataclass(frozen=True, slots=True)
class Clue:
    """One step of the path that led to a finding; `wording` makes a sentence of it."""

    what: str
    at: datetime | None = None
    agent: int | None = None
    other_agent: int | None = None
    party: int | None = None
    other_party: int | None = None
    fact: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """The step as it is stored; empty fields are left out."""
        found = {
            "what": self.what,
            "at": None if self.at is None else self.at.isoformat(),
            "agent": self.agent,
            "other_agent": self.other_agent,
            "party": self.party,
            "other_party": self.other_party,
            "fact": self.fact,
            "values": dict(self.values),
        }
        return {name: value for name, value in found.items() if value not in (None, {})}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector saw: a suspicion to be looked at by a person, never an accusation."""

    detector: str
    key: tuple[Any, ...]
    """What it is about, in the detector's own terms: the same thing is raised once."""
    score: int
    """From 0 to 100: how much speaks for it. Not a probability."""
    agent: int | None
    """Whose conduct it concerns."""
    party: int | None
    """The client on whom a case would be opened."""
    facts: tuple[int, ...]
    path: tuple[Clue, ...]
    concerns: tuple[int, ...] = ()
    """Other members of staff whose conduct it concerns: they decide nothing about it."""
    affected: tuple[int, ...] = ()
    """Agents whose rights it touches."""
    parties: tuple[int, ...] = ()
    """Every client who appears in it."""
