"""What disputes announces: a decision and its cases stand, inside the transaction of the event."""

from django.dispatch import Signal

decision_reviewed = Signal()
"""Sent with `held`, `event`, `decision`, `stored` as attribution sent them, and `contested` (bool):
a case of the party is open. One receiver, in commissions."""
