"""What an agent holds now, for lists: by days left, with what one more follow-up would give.

Lists read the claim out of the latest stored decision and ask the clauses in force what a follow-up
made now would do; who owns at this moment is read from the periods, which follow the calendar.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from leads.models import ContactEvent, Lead, Project, Staff
from leads.queries import Called, called, last_day_of

from .. import timelines
from ..models import Decision, OwnershipPeriod
from ..policy.calendar import NEVER, End, midnight_after
from ..policy.decision import Claim, ClaimView, Strength
from ..policy.editions import Edition, edition
from ..policy.engine import decide
from ..policy.facts import FollowUp
from ..policy.scene import Lead as Known
from ..policy.scene import Scene

SOON_DAYS = 3


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a follow-up that reached the client now would do."""

    extends_to: date | None
    why: str = ""
    """Why it would not extend; the engine's word."""
    from_day: date | None = None
    """From which day on it would."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A client whom an agent holds: since when and how, until when, what would extend it."""

    lead: Lead
    called: Called
    claim: ClaimView
    kind: str
    """The kind of fact by which it began."""
    granted: str
    """How, in the engine's word: first_reception, ruling, deal, …"""
    last_day: date | None
    prospect: Prospect
    group: str
    """today, soon, later or open (does not lapse)."""

    @property
    def cited(self) -> tuple[str, ...]:
        """The one clause to cite beside the bar: by what it lasts so long."""
        if self.last_day is None:
            return self.claim.clauses[:1]
        return ("leasing/1.2",) if self.called.reachable else ("leasing/1.3",)

    @property
    def extends_to(self) -> date | None:
        """The last day that one more follow-up gives; None where there is nobody to call."""
        return self.prospect.extends_to if self.called.reachable else None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many clients an agent holds: all, lapsing today, in three days, without a last day."""

    everything: int
    today: int
    soon: int
    open: int


def edition_now(project: Project, now: datetime) -> Edition:
    """The clauses in force in a project at a moment; no query but the first of a process."""
    rules = timelines.rules_of(project)
    moment = now.astimezone(project.zone)
    return edition(decide(rules.facts, rules.policy, "", asof=moment).policy)


def prospect_of(claim: ClaimView, working: Edition, now: datetime) -> Prospect:
    """What the clauses in force say of a follow-up on this claim, made and recorded now."""
    living = Claim(
        agent=claim.agent,
        lead=claim.lead,
        begin=claim.begin,
        acted=claim.begin,
        recorded=claim.begin,
        strength=Strength[claim.strength.upper()],
        fact=claim.fact,
        clauses=claim.clauses,
        order=0,
        shares={},
    )
    living.end = End(NEVER if claim.last_day is None else claim.last_day, claim.ends_at)
    living.extended_from = None if claim.extended_from is None else End(claim.extended_from)
    living.extensions_since = claim.extensions_since
    living.started = claim.started or claim.begin
    fact = FollowUp(id="prospect", at=now, recorded=now, lead=claim.lead, agent=claim.agent)
    scene = Scene({}, set())
    scene.lead = Known(claim.lead)
    scene.at = scene.acted = now
    scene.waiting = None
    scene.mine = scene.owner = living
    for _rank, _clause, bars in working.asks("bars", FollowUp):
        bar = bars(fact, scene)
        if bar is not None:
            used = claim.extended_from if bar.why == "extended_this_period" else None
            return Prospect(None, bar.why, None if used is None else used + timedelta(days=1))
    for _rank, _clause, extends in working.asks("extends", FollowUp):
        end = extends(fact, living, scene)
        if end is not None:
            return Prospect(end.last_day)
    return Prospect(None, "nothing_to_extend")


def held_by(agent: Staff, project: Project, now: datetime) -> QuerySet[OwnershipPeriod]:
    """The periods of ownership of this moment, one for each party, the nearest end first."""
    return (
        OwnershipPeriod.objects.filter(
            Q(lead__party=None) | Q(lead__party=F("lead")),
            agent=agent,
            lead__project=project,
            period__contains=now,
        )
        .select_related("lead")
        .annotate(ends=F("period__endswith"))
        .order_by(F("ends").asc(nulls_last=True), "lead_id")
    )


def counts(agent: Staff, project: Project, now: datetime) -> Counts:
    """How many clients the agent holds at a moment, by days left. One query."""
    today = now.astimezone(project.zone).date()
    end_of_today = midnight_after(today, project.zone)
    soon = midnight_after(today + timedelta(days=SOON_DAYS), project.zone)
    found = (
        held_by(agent, project, now)
        .order_by()
        .aggregate(
            everything=Count("pk"),
            today=Count("pk", filter=Q(ends__lte=end_of_today)),
            soon=Count("pk", filter=Q(ends__gt=end_of_today, ends__lte=soon)),
            open=Count("pk", filter=Q(ends=None)),
        )
    )
    return Counts(**found)


def holdings(
    periods: QuerySet[OwnershipPeriod],
    project: Project,
    now: datetime,
    *,
    besides: Iterable[Lead] = (),
) -> tuple[list[Holding], Mapping[int, Called]]:
    """These periods with their claims and what would extend them; the names of their clients.

    And the names of those `besides`, in the same read. Three queries.
    """
    latest = Decision.objects.filter(lead=OuterRef("lead")).order_by("-pk")
    found = list(periods.annotate(proof=Subquery(latest.values("proof")[:1])))
    for period in found:
        period.lead.project = project
    names = called([*(period.lead for period in found), *besides])
    claims = {
        period.pk: _claim(getattr(period, "proof", None) or {}, period.agent_id, now, project)
        for period in found
    }
    facts = [claim.fact for claim in claims.values() if claim is not None]
    kinds: dict[Any, str] = dict(
        ContactEvent.objects.filter(pk__in=facts).values_list("pk", "kind")
    )
    working = edition_now(project, now)
    rows = []
    for period in found:
        claim = claims[period.pk]
        if claim is None:
            continue
        last = last_day_of(period.period.upper, project)
        proof: Mapping[str, Any] = getattr(period, "proof", None) or {}
        rows.append(
            Holding(
                lead=period.lead,
                called=names[period.lead_id],
                claim=claim,
                kind=str(kinds.get(claim.fact, "")),
                granted=granted_by(claim, proof.get("steps", ())),
                last_day=last,
                prospect=prospect_of(claim, working, now.astimezone(project.zone)),
                group=_group(last, now.astimezone(project.zone).date()),
            )
        )
    return rows, names


def holding_of(lead: Lead, agent: Staff, now: datetime) -> Holding | None:
    """One client as the list shows him; None if the agent does not hold him at that moment."""
    periods = OwnershipPeriod.objects.filter(
        lead=lead, agent=agent, period__contains=now
    ).select_related("lead")
    found, _names = holdings(periods, lead.project, now)
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody owns a client: since when, how, by which clauses."""

    since: datetime
    granted: str
    clauses: tuple[str, ...]
    strength: str


def reasons_for(leads: Iterable[Lead], now: datetime) -> dict[int, Reason]:
    """Why each of these clients belongs to whom he belongs at that moment. Two queries."""
    wanted = list(leads)
    if not wanted:
        return {}
    owners = {
        period.lead_id: period.agent_id
        for period in OwnershipPeriod.objects.filter(lead__in=wanted, period__contains=now)
    }
    newest = (
        Decision.objects.filter(lead__in=wanted)
        .order_by("lead", "-pk")
        .distinct("lead")
        .values_list("lead_id", "proof")
    )
    projects = {lead.pk: lead.project for lead in wanted}
    found = {}
    for lead, proof in newest:
        owner = owners.get(lead)
        claim = None if owner is None else _claim(proof, owner, now, projects[lead])
        if claim is not None:
            found[lead] = Reason(
                claim.begin,
                granted_by(claim, proof.get("steps", ())),
                claim.clauses,
                claim.strength,
            )
    return found


def granted_by(claim: ClaimView, steps: Iterable[Mapping[str, Any]]) -> str:
    """In the engine's word, how this claim came to be; «deal» for a signed client."""
    for step in steps:
        if (step["fact"], step["verb"], step["agent"]) == (claim.fact, "grants", claim.agent):
            return str(step["what"])
    return "deal" if claim.strength == "signed" else "first_reception"


def _claim(
    proof: Mapping[str, Any], agent: int, now: datetime, project: Project
) -> ClaimView | None:
    """The claim by which that agent holds the client at that moment, out of a stored proof."""
    today = now.astimezone(project.zone).date()
    for stored in proof.get("chain", ()):
        claim = claim_view(stored, project)
        lapsed = claim.last_day is not None and claim.last_day < today
        if claim.agent == agent and claim.state in ("owner", "waiting") and not lapsed:
            return claim
    return None


def claim_view(stored: Mapping[str, Any], project: Project) -> ClaimView:
    """A claim as stored in a proof, in the office's time."""

    def moment(value: str | None) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value).astimezone(project.zone)

    def day(value: str | None) -> date | None:
        return None if value is None else date.fromisoformat(value)

    begin = moment(stored["begin"])
    assert begin is not None, "a claim has a beginning"
    return ClaimView(
        agent=stored["agent"],
        lead=stored["lead"],
        begin=begin,
        last_day=day(stored["last_day"]),
        strength=stored["strength"],
        state=stored["state"],
        fact=stored["fact"],
        clauses=tuple(stored["clauses"]),
        ended=moment(stored["ended"]),
        ended_by=stored["ended_by"],
        extensions=tuple(date.fromisoformat(each) for each in stored["extensions"]),
        extended_from=day(stored["extended_from"]),
        awaits_arrival=stored["awaits_arrival"],
        ends_at=moment(stored.get("ends_at")),
        extensions_since=stored.get("extensions_since", 0),
        started=moment(stored.get("started")),
    )


def _group(last: date | None, today: date) -> str:
    if last is None:
        return "open"
    left = (last - today).days
    if left <= 0:
        return "today"
    return "soon" if left <= SOON_DAYS else "later"
