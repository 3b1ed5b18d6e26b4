"""Attribution hears of every recorded event and decides."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from leads.imports.drafts import Party
from leads.journal import Held
from leads.models import ContactEvent
from leads.signals import event_recorded, rows_foreseen

from . import decisions
from .agenda import duties
from .queries import foresight


def connect() -> None:
    """Listen; called once when the app is ready."""
    event_recorded.connect(on_event, dispatch_uid="attribution")
    rows_foreseen.connect(on_foreseen, dispatch_uid="attribution")


def on_event(*, event: ContactEvent, held: Held, **_: Any) -> None:
    """Decide anew for the event's party; what an obligatory reception left undone is owed."""
    decisions.decide(held, event)
    duties.owe(event, held.project)


def on_foreseen(*, parties: Iterable[Party], now: datetime, **_: Any) -> None:
    """Say what the rules would make of rows that nobody has recorded."""
    foresight.foresee(parties, now)
