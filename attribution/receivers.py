"""Attribution hears of every recorded event and decides."""

from typing import Any

from leads.journal import Held
from leads.models import ContactEvent
from leads.signals import event_recorded

from . import decisions


def connect() -> None:
    """Listen; called once when the app is ready."""
    event_recorded.connect(on_event, dispatch_uid="attribution")


def on_event(*, event: ContactEvent, held: Held, **_: Any) -> None:
    """Decide anew for the event's party."""
    decisions.decide(held, event)
