"""What attribution announces: a decision was made, inside the transaction of its event."""

from django.dispatch import Signal

decision_made = Signal()
"""Sent with `held` (journal.Held), `event` (ContactEvent), `decision` (policy.decision.Decision),
`stored` (Decision) of the event's lead. One receiver, in disputes."""
