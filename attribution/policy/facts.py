"""What happened, as the rules see it: small immutable records, nothing derived.

Every moment is an aware datetime in the office's own time zone, so that `.date()` is the office's
day. `at` is when a thing happened, `recorded` when it was written down. `lead` is the name under
which it was written; a `Link` says that two names mean one party.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Key = int | str
"""Identifies an agent, a lead or a fact."""

Channel = Literal["call", "visit", "online", "report"]
"""By which way a client came; a report is a channel company's."""
Field = Literal["name", "phone", "need", "source"]
"""What a register entry may hold."""
Relation = Literal["same", "spouse", "family", "friend", "colleague", "proxy"]
Finding = Literal["open", "malicious", "unfounded", "agent_fault", "replace"]

NO_SHARES: Mapping[Key, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened at one moment and was written down at another."""

    id: Key
    at: datetime
    recorded: datetime

    @property
    def entered_late(self) -> bool:
        """Written down on a later day than it happened."""
        return self.recorded.date() > self.at.date()

    @property
    def counts_from(self) -> datetime:
        """When it counts from: a late entry counts from its entry (rule 9)."""
        return self.recorded if self.recorded.date() > self.at.date() else self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFact(Fact):
    """A fact about one client."""

    lead: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception(LeadFact):
    """An inbound contact received by `agent`.

    `phone_left` and `brochure_only` are None where nobody says; they only choose which clause of
    leasing/1.3 and 1.4 is cited. `fields` are those that the register entry holds; None where
    nobody says: complete.
    """

    agent: Key
    channel: Channel
    asked_for: Key | None = None
    brought_by: Key | None = None
    known_to: Key | None = None
    steered_by: Key | None = None
    turn_of: Key | None = None
    enquiry: bool = True
    registered: bool = True
    phone_left: bool | None = None
    brochure_only: bool | None = None
    fields: frozenset[Field] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assist(LeadFact):
    """A reception by `agent` for the absent owner `owner`, out of duty or at his request."""

    agent: Key
    owner: Key
    channel: Channel = "visit"
    handover: bool = True
    delegated: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp(LeadFact):
    """Outbound contact by `agent`, for himself or for a colleague."""

    agent: Key
    on_behalf_of: Key | None = None
    reached: bool = True

    @property
    def whose(self) -> Key:
        """The agent whose follow-up it is."""
        return self.agent if self.on_behalf_of is None else self.on_behalf_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(LeadFact):
    """Advance entry of a referred person by `agent`."""

    agent: Key
    traits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyEntry(LeadFact):
    """`agent` filed that this client views for a buyer who cannot be reached."""

    agent: Key
    circumstances: str = ""
    acknowledged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(LeadFact):
    """`agent` was shown that another agent holds this client."""

    agent: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(LeadFact):
    """`lead` and `other` belong to one buying party."""

    other: Key
    relation: Relation
    same_need: bool = True
    price_testing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack(Fact):
    """An earlier fact was taken back: the rules see everything as if it had never been."""

    of: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure(Fact):
    """`agent` resigned or was dismissed; it concerns every lead of his."""

    agent: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(LeadFact):
    """The manager placed the client of a departed agent with `to`."""

    to: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint(LeadFact):
    """The client complained about an agent; `finding` is what a person found."""

    about: Key
    finding: Finding = "open"
    to: Key | None = None
    shares: Mapping[Key, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling(LeadFact):
    """A binding ruling gives the client to `owner`; `shares` are percent per agent."""

    owner: Key
    shares: Mapping[Key, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal(LeadFact):
    """A subscription with money paid, closed by `agent`."""

    agent: Key
    assisting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange(Fact):
    """From `at` on the project works under changed parameters, or under a preset with others."""

    settings: Mapping[str, object]
    preset: str | None = None


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """The facts in the order in which they were recorded; equal moments keep the order given."""
    return sorted(facts, key=lambda fact: fact.recorded)
