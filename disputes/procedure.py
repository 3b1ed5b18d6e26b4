"""The course of a case: which states follow which, and by when. Standard library only."""

from collections.abc import Mapping
from datetime import datetime, timedelta

DAYS_TO_DECIDE = 3

MOVES: Mapping[str, frozenset[str]] = {
    "open": frozenset({"ruled", "moot"}),
    "ruled": frozenset(),
    "moot": frozenset(),
}
"""From each state, the states that may follow. A decided case is never reopened: a new fact opens
another one."""


def due(opened_at: datetime) -> datetime:
    """By when a case opened at that moment must be decided."""
    return opened_at + timedelta(days=DAYS_TO_DECIDE)


def closing_state(*, ruled: bool) -> str:
    """How an open case ends: ruled by a person, or moot because its cause is gone."""
    return "ruled" if ruled else "moot"
