"""What attribution does by the clock: the lists forget owners whose last day has passed."""

from collections.abc import Iterator
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from leads.models import Lead, Project

from .services import refresh_lapsed as refresh

CHUNK = 100
"""So many leads are locked together, for as long as their decisions take."""


@shared_task
def refresh_lapsed() -> int:
    """Bring owner and last day in the lists up to this day, each project by its own calendar.

    Only what is shown goes stale by the calendar: money and rulings ask the engine. Gives the
    number of leads that changed; a second run changes nothing.
    """
    now = timezone.now()
    return sum(refresh(lead_ids=chunk, by=None, now=now) for chunk in _lapsed(now))


def _lapsed(now: datetime) -> Iterator[list[int]]:
    for project in Project.objects.order_by("pk"):
        today = now.astimezone(project.zone).date()
        lapsed = Lead.objects.filter(project=project, owner__isnull=False, valid_until__lt=today)
        seen = 0
        while chunk := list(
            lapsed.filter(pk__gt=seen).order_by("pk").values_list("pk", flat=True)[:CHUNK]
        ):
            yield chunk
            seen = chunk[-1]
