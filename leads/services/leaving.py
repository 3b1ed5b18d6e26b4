"""The door by which somebody leaves, his clients waiting for the manager."""

from datetime import datetime
from uuid import uuid4

from .. import departures, journal
from ..journal import door
from ..models import (
    Staff,
)


@door
def record_departure(*, staff: Staff, at: datetime, by: Staff, now: datetime) -> None:
    """An agent leaves (leasing/1.11): his claims end, his leads wait for the manager.

    Raises AlreadyDeparted, HappenedInTheFuture.
    """
    staff = departures.close_account(staff, at=at)
    events = departures.write(staff, at=at, by=by, now=now, key=uuid4(), details={})
    for held in departures.hold_what_he_held(staff, now):
        journal.announce(held, events[held.project.pk])
