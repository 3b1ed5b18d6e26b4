"""One office's numbers, and the three presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from ..calendar import Counting, Span
from ..facts import Channel, Field, Relation

Preset = Literal["sales", "leasing", "house"]
ClaimGiven = Literal["none", "contact", "full"]
AfterLapse = Literal["next_in_chain", "closing_agent", "on_duty", "supervisor"]
ExtensionMode = Literal["once", "every", "from_follow_up", "none"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

UNITED = frozenset({"family", "friend", "colleague"})
KIN = UNITED | {"spouse"}
WEEK: tuple[Weekday, ...] = get_args(Weekday)

Split = tuple[int, ...]
"""Percent by place in the chain; empty: in equal parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The numbers of one office. A span of None: does not lapse, no extension, no window."""

    preset: Preset
    call_claim: Literal["contact", "full"]
    call_validity: Span | None
    visit_validity: Span | None
    extension: Span | None
    collision_by: Literal["policy", "supervisor"]
    party: frozenset[str]
    """The relations, besides the same person, that are one buying party for one need."""
    advance_registration: bool
    known_agent: bool
    """A newcomer who names an agent who knows him from elsewhere is that agent's (sales/4)."""
    brought_by_client: bool
    """A newcomer brought by a client may ask for that client's agent (leasing/1.13)."""
    proxy_acknowledged: bool
    proxy_unfiled_by: Literal["supervisor", "negotiation"]

    online_claim: ClaimGiven = "none"
    online_validity: Span | None = None
    report_claim: ClaimGiven = "none"
    """What a channel company's report gives."""
    report_validity: Span | None = None
    rolling_validity: Span | None = None
    """Every effective contact starts this period; it takes the place of all others."""
    first_day_counted: bool = False
    last_day_counted: bool = True
    holiday_roll: Literal["none", "next"] = "none"
    holidays: frozenset[date] = frozenset()
    weekly_rest: frozenset[Weekday] = frozenset()
    extension_mode: ExtensionMode = "once"
    extension_cap: int | None = None
    """At most so many extensions of one fresh period."""
    extension_total: Span | None = None
    """No extension leads beyond this span from the start of the fresh period."""
    required_fields: frozenset[Field] = frozenset()
    """A register entry that lacks one of these is no reception."""
    after_lapse: AfterLapse = "next_in_chain"
    """Who comes next when the first claim of a chain has lapsed."""
    claim_back: Span | None = None
    """Inside it a lapsed agent's follow-up wins back a client whom nobody holds."""
    deal_lookback: Span | None = None
    """Only who was in touch with the client inside this window is credited with the deal."""
    helper_share: int = 0
    """Percent of the credit for a helper who closes for the owner on the day of his help."""
    collision_split: tuple[tuple[str, Split], ...] = ()
    """How the claimants of a collision share a deal, by their clients' relation."""
    closer_commission: int = 0
    """Percent of the commission, not of the credit, for who closes another's client unknowing."""

    def claim_given(self, channel: Channel) -> ClaimGiven:
        """What a reception by that channel gives."""
        gives: dict[Channel, ClaimGiven] = {
            "visit": "full",
            "call": self.call_claim,
            "online": self.online_claim,
            "report": self.report_claim,
        }
        return gives[channel]

    def validity(self, channel: Channel) -> Span | None:
        """How long a claim lives after a reception by that channel; None: it does not lapse."""
        if self.rolling_validity is not None:
            return self.rolling_validity
        lasts: dict[Channel, Span | None] = {
            "visit": self.visit_validity,
            "call": self.call_validity,
            "online": self.online_validity,
            "report": self.report_validity,
        }
        return lasts[channel]

    @property
    def extends_by(self) -> Span | None:
        """What a follow-up extends by; None: none does."""
        if self.rolling_validity is not None:
            return self.rolling_validity
        return None if self.extension_mode == "none" else self.extension

    @property
    def extends_how(self) -> ExtensionMode:
        """From where, and how often, a follow-up extends."""
        return self.extension_mode if self.rolling_validity is None else "from_follow_up"

    @property
    def counting(self) -> Counting:
        """The calendar of this office."""
        rolls = self.holiday_roll == "next"
        return Counting(
            self.first_day_counted,
            self.last_day_counted,
            self.holidays if rolls else frozenset(),
            frozenset(WEEK.index(day) for day in self.weekly_rest) if rolls else frozenset(),
        )

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels by which a reception counts at all."""
        return tuple(each for each in get_args(Channel) if self.claim_given(each) != "none")

    @property
    def closed(self) -> frozenset[Channel]:
        """The channels by which nothing is a reception."""
        return frozenset(get_args(Channel)) - frozenset(self.channels)

    @property
    def lapses(self) -> bool:
        """Does any claim ever lapse by the calendar?"""
        return any(self.validity(channel) is not None for channel in self.channels)

    def unites(self, relation: Relation) -> bool:
        """Are people of that relation one buying party, for one need?"""
        if relation in ("same", "proxy") or relation in self.party:
            return True
        return relation == "spouse" and "family" in self.party

    def split_of(self, relation: str) -> Split | None:
        """How a collision of that relation is shared; None: it is not."""
        return next((split for name, split in self.collision_split if name == relation), None)


PRESETS: Mapping[str, Policy] = {
    "sales": Policy(
        preset="sales",
        call_claim="contact",
        call_validity=None,
        visit_validity=None,
        extension=None,
        collision_by="supervisor",
        party=frozenset(),
        advance_registration=True,
        known_agent=True,
        brought_by_client=False,
        proxy_acknowledged=False,
        proxy_unfiled_by="supervisor",
    ),
    "leasing": Policy(
        preset="leasing",
        call_claim="full",
        call_validity=Span(15, "days"),
        visit_validity=Span(1, "months"),
        extension=Span(1, "months"),
        collision_by="policy",
        party=UNITED,
        advance_registration=False,
        known_agent=False,
        brought_by_client=True,
        proxy_acknowledged=True,
        proxy_unfiled_by="negotiation",
    ),
    "house": Policy(
        preset="house",
        call_claim="full",
        call_validity=Span(15, "days"),
        visit_validity=Span(1, "months"),
        extension=Span(1, "months"),
        collision_by="policy",
        party=UNITED,
        advance_registration=True,
        known_agent=True,
        brought_by_client=True,
        proxy_acknowledged=False,
        proxy_unfiled_by="supervisor",
    ),
}
