"""What leads announces: an event was recorded, inside the transaction that records it."""

from django.dispatch import Signal

event_recorded = Signal()
"""Sent with `event` (ContactEvent) and `leads` (the held leads of its party, the event's first).

One receiver, in attribution. If it raises, the event is not saved.
"""

rows_foreseen = Signal()
"""Sent with `parties` (of `leads.imports.drafts`) and `now` by the dry run of an import: what would
the rules make of these facts? The answer is written into the drafts; nothing is recorded.

One receiver, in attribution.
"""
