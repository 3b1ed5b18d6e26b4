"""Deals of one client, and what an outcome of a case would move: amounts in cents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.db.models.functions import JSONObject

from attribution.queries.links import LinkPreview
from disputes.queries.dossier import Outcome, Side
from leads.models import Lead, Role, Staff

from ..models import Adjustment, Deal, DealStep, Line, Reservation
from ..schedule import Adjusted, due
from .report import with_reasons


@dataclass(frozen=True, slots=True)
class Effect:
    """What an outcome would give to each side of a case, and to others, in cents."""

    outcome: Outcome
    parts: list[tuple[Side, int]]
    others: int
    total: int
    company: int = 0
    """What the company keeps of it: forfeited, and given to nobody."""


def deals_of(lead: Lead, reader: Staff) -> QuerySet[Deal]:
    """The deals of a client's party with their lines; an agent sees only his own lines."""
    party = Q(lead=lead) if lead.party_id is None else Q(lead__party=lead.party_id)
    return (
        Deal.objects.filter(party)
        .select_related("project", "closed_by", "event__by")
        .prefetch_related(*_with(reader))
        .order_by("-subscribed_at", "-pk")
    )


def _with(reader: Staff) -> list[Prefetch]:
    """The lines to go with deals; an agent sees only his own."""
    lines = with_reasons(Line.objects.order_by("role", "-share", "pk"))
    if reader.role == Role.AGENT:
        lines = lines.filter(agent=reader)
    return [
        Prefetch("lines", lines),
    ]


def _steps(deal: OuterRef) -> ArraySubquery:
    """The steps of a deal in one column: a page of deals needs no query for them."""
    names = ("kind", "at", "amount_cents", "details", "note")
    steps = DealStep.objects.filter(deal=deal).order_by("at", "pk")
    return ArraySubquery(steps.values(step=JSONObject(**{name: name for name in names})))


def _adjustments(deal: OuterRef) -> ArraySubquery:
    """What was forfeited and corrected by a deal, in one column."""
    names = {"agent": "agent_id", "to": "to_id", "percent": "percent", "cents": "cents"}
    found = Adjustment.objects.filter(deal=deal).order_by("pk")
    return ArraySubquery(found.values(one=JSONObject(**names)))


def _read(steps: Iterable[dict[str, Any]]) -> list[DealStep]:
    return [DealStep(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in steps]


def units_taken(lead: Lead, reader: Staff) -> tuple[list[Deal], list[Reservation]]:
    """The deals of a client's party as `deals_of` gives them, and its other live reservations.

    Each deal has its steps as `done`. Two queries.
    """
    party = Q(lead=lead) if lead.party_id is None else Q(lead__party=lead.party_id)
    found = (
        Reservation.objects.filter(Q(ended_at=None) | Q(deal__isnull=False), party)
        .select_related(
            "unit", "agent", "deal__project", "deal__plan", "deal__closed_by", "deal__event__by"
        )
        .annotate(steps=_steps(OuterRef("deal")))
        .order_by("at", "pk")
    )
    deals: list[Deal] = []
    reserved: list[Reservation] = []
    for one in found:
        if hasattr(one, "deal"):
            one.deal.done = _read(one.steps)
            deals.append(one.deal)
        else:
            reserved.append(one)
    prefetch_related_objects(deals, *_with(reader))
    return sorted(deals, key=lambda deal: (deal.subscribed_at, deal.pk), reverse=True), reserved


def effects(outcomes: Sequence[Outcome]) -> list[Effect]:
    """What each outcome would give to whom, over all deals of the client. One query."""
    facts = {fact for outcome in outcomes for fact in outcome.commissions}
    deals: list[Deal] = []
    if facts:
        found = Deal.objects.filter(event__in=facts).select_related("plan")
        deals = list(found.annotate(adjusted=_adjustments(OuterRef("pk"))))
    return [_effect(outcome, deals) for outcome in outcomes]


def _effect(outcome: Outcome, deals: Sequence[Deal]) -> Effect:
    sums: dict[int, int] = {}
    whole = 0
    for deal in deals:
        divided = outcome.commissions[deal.event_id]
        reckoned = deal.reckoned({int(agent): part for agent, part in divided.items() if part})
        whole += reckoned.cents
        adjusted = [Adjusted(**one) for one in deal.adjusted]  # type: ignore[attr-defined]
        for (agent, _role), cents in due(
            reckoned.parts, [*adjusted, *_taken(outcome, deal)]
        ).items():
            sums[agent] = sums.get(agent, 0) + cents
    company = whole - sum(sums.values())
    parts = [(side, sums.pop(side.agent, 0)) for side in outcome.sides]
    total = sum(deal.commission_cents for deal in deals)
    return Effect(outcome, parts, sum(sums.values()), total, max(company, 0))


def _taken(outcome: Outcome, deal: Deal) -> list[Adjusted]:
    """What the outcome would forfeit of that deal."""
    given = outcome.sanction
    if given is None or not given.forfeits or given.deal != deal.event_id:
        return []
    return [Adjusted(given.against, given.to, given.percent, None)]


@dataclass(frozen=True, slots=True)
class Change:
    """What one agent has from the deals of two clients, and what he would have, in cents."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What a link would move; `deals` is how many deals both clients have."""

    deals: int
    rows: list[Change]


def moved(preview: LinkPreview) -> Moved:
    """What a link would move between agents. At most one query."""
    credits: list[dict[int, dict[int, int]]] = [{}, {}]
    for side in preview.sides:
        for found, decision in zip(credits, (side.before, side.after), strict=True):
            for view in decision.deals:
                if isinstance(view.fact, int):
                    found[view.fact] = {int(who): part for who, part in view.commission.items()}
    facts = {fact for found in credits for fact in found}
    deals = list(Deal.objects.filter(event__in=facts).select_related("plan")) if facts else []
    sums: dict[int, list[int]] = {}
    for deal in deals:
        for at, found in enumerate(credits):
            for part in deal.reckoned(found.get(deal.event_id, {})).parts:
                sums.setdefault(part.agent, [0, 0])[at] += part.cents
    changed = [
        Change(preview.name_of(agent), before, after)
        for agent, (before, after) in sums.items()
        if before != after
    ]
    return Moved(len(deals), sorted(changed, key=lambda row: -row.after))
