"""Commissions hears of every reviewed decision and posts what follows."""

from datetime import datetime
from typing import Any

from attribution.models import Decision
from attribution.policy import decision as core
from disputes.signals import decision_reviewed
from leads.journal import Held
from leads.models import ContactEvent

from . import ledger


def connect() -> None:
    """Listen; called once when the app is ready."""
    decision_reviewed.connect(on_review, dispatch_uid="commissions")


def on_review(
    *,
    held: Held,
    event: ContactEvent,
    decision: core.Decision,
    stored: Decision,
    contested: bool,
    now: datetime,
    **_: Any,
) -> None:
    """Bring the ledger in line with the decision."""
    ledger.follow(held, decision, stored, contested=contested, now=now)
    ledger.forfeit(held, decision, stored, now=now)
