"""A client, whole: who owns him, why, what happened, and who may know what of it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from leads.access import OVERSEERS
from leads.models import ContactEvent, Kind, Lead, Role, Staff
from leads.queries import Called, called

from ... import timelines, wording
from ...models import PolicyVersion
from ...policy.decision import ClaimView, DealView, Decision, Span, Step
from ...policy.engine import Fold, known
from ...policy.facts import Fact, Key
from .. import members_of
from ..holdings import Prospect, edition_now, prospect_of
from . import changes, entries, rivals, stretches
from .changes import Other
from .entries import Entry
from .people import LETTERS, Who
from .rivals import Rival
from .stretches import Stretch


@dataclass(frozen=True, slots=True)
class Owned:
    """Who owned at another moment: since when, until when, by which clauses; or nobody."""

    who: Who | None
    since: datetime | None
    until: date | None
    clauses: list[tuple[str, str]]
    waiting: str | None
    """The clause by which the client waits for a person; None where he does not."""


class History:
    """A client, whole: three queries for him, his facts and his people; more only if asked."""

    def __init__(self, lead: Lead, reader: Staff, *, now: datetime) -> None:
        self.lead, self.reader = lead, reader
        self.project = lead.project
        self.zone = lead.project.zone
        self.members = members_of(lead)
        self.timeline = timelines.of_party(self.members, lead.project)
        latest = max((member.recorded_at for member in self.members), default=now)
        self.now = max(now, latest).astimezone(self.zone)
        self.known: list[Fact] = known(self.timeline.facts, self.now)
        self.now_at = ""
        """Where this moment lies on the bar of ownership; known once that is laid out."""
        self.fold = Fold(self.timeline.policy)
        for fact in self.known:
            self.fold.apply(fact)

    @cached_property
    def decision(self) -> Decision:
        """Who owns now, and everything that led there."""
        return self.fold.decision(self.lead.pk, self.now)

    @cached_property
    def called(self) -> Called:
        """The client's name and number."""
        return called([self.lead])[self.lead.pk]

    @cached_property
    def version(self) -> PolicyVersion:
        """The policy under which the last fact was judged."""
        return PolicyVersion.objects.get(pk=self.timeline.version_id)

    # ── People ──

    @cached_property
    def events(self) -> list[ContactEvent]:
        """Every fact of the party, in the order in which they happened. One query."""
        cited = {step.fact for step in self.decision.steps if isinstance(step.fact, int)}
        party = [member.pk for member in self.members]
        return list(
            ContactEvent.objects.filter(
                Q(lead__in=party) | Q(other__in=party, kind=Kind.LINK) | Q(pk__in=cited)
            )
            .select_related("agent", "by", "whom", "asked_for")
            .order_by("at", "recorded_at", "pk")
        )

    @cached_property
    def staff(self) -> dict[int, Staff]:
        found: dict[int, Staff] = {self.reader.pk: self.reader}
        for event in self.events:
            for staff in (event.agent, event.by, event.whom, event.asked_for):
                if staff is not None:
                    found.setdefault(staff.pk, staff)
        missing = {c.agent for c in self.decision.chain if c.agent not in found}
        if missing:
            found |= Staff.objects.in_bulk(missing)
        return found

    @cached_property
    def covers(self) -> bool:
        """Other agents are shown as letters."""
        return self.reader.role not in OVERSEERS

    @cached_property
    def letters(self) -> dict[int, str]:
        claims = sorted(self.decision.chain, key=lambda claim: claim.begin)
        agents: list[Any] = [claim.agent for claim in claims]
        for event in self.events:
            agents += [event.agent_id, event.whom_id, event.asked_for_id]
        others = dict.fromkeys(
            pk
            for pk in agents
            if pk is not None and pk != self.reader.pk and self.staff[pk].role == Role.AGENT
        )
        return dict(zip(others, LETTERS, strict=False))

    def who(self, agent: Key | None) -> Who | None:
        """A person as this reader may know him."""
        if not isinstance(agent, int):
            return None
        staff = self.staff.get(agent)
        if staff is None:
            return None
        if self.covers and staff.pk != self.reader.pk and staff.role == Role.AGENT:
            return Who("", self.letters.get(agent, "？"))
        return Who(staff.name)

    def name(self, agent: Key | None) -> str:
        found = self.who(agent)
        return gettext("無人") if found is None else found.short

    @property
    def owner(self) -> Who | None:
        """Who owns the client now."""
        return self.who(self.decision.owner)

    @property
    def mine(self) -> bool:
        """The reader owns the client now."""
        return self.decision.owner == self.reader.pk

    # ── What holds ──

    @cached_property
    def claim(self) -> ClaimView | None:
        """The owner's claim."""
        return self.decision.owner_claim

    @cached_property
    def prospect(self) -> Prospect:
        """What one more follow-up by the owner would give."""
        if self.claim is None:
            return Prospect(None, "no_living_claim")
        return prospect_of(self.claim, edition_now(self.project, self.now), self.now)

    @property
    def extends_to(self) -> date | None:
        """The last day that a follow-up would give; None where there is nobody to call."""
        return self.prospect.extends_to if self.called.reachable else None

    @property
    def reason(self) -> str:
        """How the owner came to own, in three words."""
        return "" if self.claim is None else self.granted(self.claim)

    @property
    def reason_clauses(self) -> list[tuple[str, str]]:
        """The clauses of the owner's claim."""
        return [] if self.claim is None else wording.stated(self.claim.clauses)

    def granted(self, claim: ClaimView) -> str:
        """How a claim came to be, as a noun."""
        why = self.granted_why(claim)
        return str(wording.GRANTED.get(why, why))

    def granted_why(self, claim: ClaimView) -> str:
        for step in self.steps.get(claim.fact, ()):
            if step.verb == "grants" and step.agent == claim.agent:
                return step.what
        return "deal" if claim.strength == "signed" else "first_reception"

    @cached_property
    def came_by(self) -> str:
        """The kind of fact by which the owner's claim began, as a word."""
        if self.claim is None:
            return ""
        kind = next((e.kind for e in self.events if e.pk == self.claim.fact), "")
        return str(Kind(kind).label) if kind else ""

    # ── What happened, and what it did ──

    @cached_property
    def steps(self) -> dict[Key, list[Step]]:
        found: dict[Key, list[Step]] = {}
        for step in self.decision.steps:
            if step.fact is not None:
                found.setdefault(step.fact, []).append(step)
        return found

    @cached_property
    def before(self) -> dict[tuple[Key, Key | None], date | None]:
        """Each claim's last day before a fact moved it."""
        days: dict[Key | None, date | None] = {}
        found: dict[tuple[Key, Key | None], date | None] = {}
        for step in self.decision.steps:
            if step.verb == "extends" and step.fact is not None:
                found[step.fact, step.agent] = days.get(step.agent)
                days[step.agent] = step.last_day
        return found

    def happened(self, fact: Key | None) -> datetime:
        event = next((e for e in self.events if e.pk == fact), None)
        return self.now if event is None else event.at.astimezone(self.zone)

    @cached_property
    def entries(self) -> list[Entry]:
        """Facts and lapses in the order in which they happened."""
        return entries.entries(self)

    def disclosures(self) -> list[Entry]:
        """Who revealed the number and when. One query."""
        return entries.disclosures(self)

    # ── Why ──

    @cached_property
    def nodes(self) -> list[Entry]:
        """The steps that led to the answer: facts about which a clause spoke, and lapses."""
        return entries.nodes(self)

    @cached_property
    def rivals(self) -> list[Rival]:
        """Everybody else with or without a right, and what each lacked."""
        return rivals.rivals(self)

    @property
    def next_span(self) -> Span | None:
        """Who owns after the owner, if nothing more is recorded."""
        ahead = self.decision.ahead
        return next((span for span in ahead[1:] if span.agent != ahead[0].agent), None)

    @property
    def next_owner(self) -> Who | None:
        """That agent."""
        return None if self.next_span is None else self.who(self.next_span.agent)

    @cached_property
    def other_way(self) -> Other | None:
        """The one fact that, had it been otherwise, would give another owner."""
        return changes.other_way(self)

    @property
    def readings(self) -> list[tuple[DealView, Who | None, Who | None, str]]:
        """The deals whose two readings differ: the deal, the chosen agent, the other, the basis."""
        return [
            (
                deal,
                self.who(deal.reading.agent),
                self.who(deal.reading.other),
                str(wording.BASES.get(deal.reading.basis, "")),
            )
            for deal in self.decision.deals
            if deal.reading is not None and deal.reading.other is not None
        ]

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Who owned when, from the first right to the end of what is ahead. No query."""
        return stretches.stretches(self)

    def owned_on(self, asof: datetime, known_at: datetime) -> Owned:
        """Who owned at another moment, by the facts recorded until `known_at`. No query."""
        fold = self.fold
        if known_at < self.now:
            fold = Fold(self.timeline.policy)
            for fact in known(self.timeline.facts, known_at.astimezone(self.zone)):
                fold.apply(fact)
        decision = fold.decision(self.lead.pk, asof.astimezone(self.zone))
        claim = decision.owner_claim
        return Owned(
            who=self.who(decision.owner),
            since=None if claim is None else claim.begin,
            until=decision.valid_until,
            clauses=[] if claim is None else wording.stated(claim.clauses),
            waiting=decision.waiting,
        )
