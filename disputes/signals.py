"""What disputes announces: a decision and its cases stand, inside the transaction of the event."""

from django.dispatch import Signal

decision_reviewed = Signal()
"""Sent with `held`, `event`, `decision`, `stored` as attribution sent them, `contested` (bool): a
case that holds money is open for the party, and `now`, the moment of it. Also sent when a case is
opened or closed without a new fact. One receiver, in commissions."""
