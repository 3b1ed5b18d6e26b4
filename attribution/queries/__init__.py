"""Questions to the engine about stored leads: who owns, as of a moment, as known at another."""

from datetime import date, datetime, timedelta

from leads.models import Lead

from .. import timelines
from ..policy.calendar import midnight_after
from ..policy.decision import Decision
from ..policy.engine import decide
from ..timelines import Timeline


def members_of(lead: Lead) -> list[Lead]:
    """The leads of a lead's party, itself included."""
    if lead.party_id is None:
        return [lead]
    return list(Lead.objects.filter(party_id=lead.party_id).order_by("pk"))


def timeline_of(lead: Lead) -> Timeline:
    """Everything that the engine needs to know of a lead. Give it with its project selected."""
    return timelines.of_party(members_of(lead), lead.project)


def decision_on(lead: Lead, *, asof: datetime, known_at: datetime | None = None) -> Decision:
    """Who owned or owns the lead at `asof`, by the facts recorded until `known_at`.

    The moments may be in any zone; the answer's days are the office's. Give the lead with its
    project selected.
    """
    zone = lead.project.zone
    timeline = timeline_of(lead)
    return decide(
        timeline.facts,
        timeline.policy,
        lead.pk,
        asof=asof.astimezone(zone),
        known_at=None if known_at is None else known_at.astimezone(zone),
    )


def owned_on(lead: Lead, on: date | datetime, *, known_at: date | datetime) -> Decision:
    """Time travel: who owned the lead on one day, as known on another.

    Of a day its end is meant: an owner whose last valid day it is, owns on it, and whatever was
    recorded on it is known. A day before `on` asks what was foreseen; a later one, what hindsight
    says. Give the lead with its project selected.
    """
    return decision_on(lead, asof=instant(lead, on), known_at=instant(lead, known_at))


def instant(lead: Lead, on: date | datetime) -> datetime:
    """The moment itself, or the last instant of a day in the lead's office."""
    if isinstance(on, datetime):
        return on
    return midnight_after(on, lead.project.zone) - timedelta(microseconds=1)
