"""What leads announces: an event was recorded, inside the transaction that records it."""

from django.dispatch import Signal

event_recorded = Signal()
"""Sent with `event` (ContactEvent) and `leads` (the held leads of its party, the event's first).

One receiver, in attribution. If it raises, the event is not saved.
"""
