"""The ledger of a client's decisions, and the proof of any of them."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from leads.models import Lead

from .. import proofs
from ..models import Decision
from ..policy.engine import decide
from . import timeline_of


def decisions_of(lead: Lead) -> QuerySet[Decision]:
    """Every decision stored about a client, the latest first, with its fact and its policy."""
    return (
        Decision.objects.filter(lead=lead)
        .select_related("event", "owner", "policy")
        .defer("proof")
        .order_by("-pk")
    )


def proof_of(lead: Lead, *, asof: datetime, known_at: datetime) -> dict[str, Any]:
    """The whole reasoning about who owned at `asof`, by what was recorded until `known_at`.

    The moments may be in any zone; the document's are the office's. It says everything about
    everybody: only for who may see all of it. Give the lead with its project selected.
    """
    asof, known_at = (moment.astimezone(lead.project.zone) for moment in (asof, known_at))
    timeline = timeline_of(lead)
    decision = decide(timeline.facts, timeline.policy, lead.pk, asof=asof, known_at=known_at)
    return proofs.document(decision, timeline.facts, timeline.policy, known_at=known_at)
