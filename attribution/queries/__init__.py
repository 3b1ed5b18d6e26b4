"""Questions to the engine about stored leads: who owns, as of a moment, as known at another."""

from datetime import datetime

from leads.models import Lead

from .. import timelines
from ..policy.decision import Decision
from ..policy.engine import decide


def members_of(lead: Lead) -> list[Lead]:
    """The leads of a lead's party, itself included."""
    if lead.party_id is None:
        return [lead]
    return list(Lead.objects.filter(party_id=lead.party_id).order_by("pk"))


def decision_on(lead: Lead, *, asof: datetime, known_at: datetime | None = None) -> Decision:
    """Who owned or owns the lead at `asof`, by the facts recorded until `known_at`.

    The moments may be in any zone; the answer's days are the office's. Give the lead with its
    project selected.
    """
    zone = lead.project.zone
    timeline = timelines.of_party(members_of(lead), lead.project)
    return decide(
        timeline.facts,
        timeline.policy,
        lead.pk,
        asof=asof.astimezone(zone),
        known_at=None if known_at is None else known_at.astimezone(zone),
    )
