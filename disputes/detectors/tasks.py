"""What detectors do by the clock: soon after every fact about its party, at night over a project.

The rows are the queue: what was recorded since the last look is looked at, so a lost message or a
dead worker loses nothing, and saving a visit waits for nobody. What was raised once is not raised
again, so that looking twice changes nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from leads.models import Project

from .. import services
from ..models import Watch
from .queries.looking import changed_parties, rows_about, rows_of_counter
from .registry import find_all
from .rows import Finding

OVERLAP = timedelta(minutes=10)
"""A transaction may end after a later one was looked at; it is seen by the next look."""
NIGHT = timedelta(days=35)
"""Of whom nothing was recorded for so long, nothing new can be found."""
AT_ONCE = 500
"""So many parties are looked at together."""


@shared_task
def look_at_changes() -> int:
    """Look at every party of whom something was recorded since the last look; how much is new."""
    now, new = timezone.now(), 0
    for project in Project.objects.order_by("pk"):
        watch = Watch.objects.filter(project=project).first()
        since = now - OVERLAP if watch is None else watch.looked_until - OVERLAP
        new += look(project, changed_parties(project, since), now)
        Watch.objects.update_or_create(project=project, defaults={"looked_until": now})
    return new


@shared_task
def look_at_projects() -> int:
    """Every night: all parties about whom anything happened lately, and the counter."""
    now, new = timezone.now(), 0
    for project in Project.objects.order_by("pk"):
        new += look(project, changed_parties(project, now - NIGHT), now)
        new += _raise(project, find_all(rows_of_counter(project, now=now)), now)
    return new


def look(project: Project, parties: Sequence[int], now: datetime) -> int:
    """Look at these parties and at whoever is joined to them; how many suspicions are new."""
    new = 0
    for first in range(0, len(parties), AT_ONCE):
        rows = rows_about(project, parties[first : first + AT_ONCE], now=now)
        new += _raise(project, find_all(rows), now)
    return new


def _raise(project: Project, findings: Iterator[Finding], now: datetime) -> int:
    found = list(findings)
    if not found:
        return 0
    return services.raise_suspicions(project=project, findings=found, by=None, now=now)
