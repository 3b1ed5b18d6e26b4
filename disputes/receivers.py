"""Disputes hears of every decision: it opens and closes cases, and passes the word on."""

from typing import Any

from attribution import decisions
from attribution.models import Decision
from attribution.policy import decision as core
from attribution.signals import decision_made
from leads.journal import Held
from leads.models import ContactEvent

from .cases import course, opening
from .models import Case
from .signals import decision_reviewed


def connect() -> None:
    """Listen; called once when the app is ready."""
    decision_made.connect(on_decision, dispatch_uid="disputes")


def on_decision(
    *, held: Held, event: ContactEvent, decision: core.Decision, stored: Decision, **_: Any
) -> None:
    """Bring the cases in line with what is open now."""
    contested = opening.follow(held, event, decision, stored)
    decisions.mark_contested(held, contested=contested)
    decision_reviewed.send(
        sender=Case,
        held=held,
        event=event,
        decision=decision,
        stored=stored,
        contested=contested,
        now=event.recorded_at,
    )
    if decision.deals and (contested or decision.matters):
        course.sum_up(held)
