"""What disputes does by the clock: deadlines pass, reminders go out, overdue cases go up.

The workers look for tasks here: those of the detectors are named, too.
"""

import logging

from celery import shared_task
from django.utils import timezone

from . import services
from .detectors.tasks import look_at_changes as look_at_changes
from .detectors.tasks import look_at_projects as look_at_projects
from .models import Case
from .queries import precedents

log = logging.getLogger(__name__)

AT_ONCE = 500


@shared_task
def follow_deadlines() -> int:
    """Bring every case whose moment has come up to now; how many of them moved.

    The row is the queue: what a lost message left behind, the next run finds. A case is brought
    forward in a transaction of its own under its lock, so that running twice changes nothing.
    """
    now = timezone.now()
    waiting = (
        Case.objects.filter(state=Case.State.OPEN, next_at__lte=now)
        .order_by("next_at", "pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    moved = 0
    for case_id in list(waiting):
        try:
            moved += bool(services.follow_clock(case_id=case_id, by=None, now=now))
        except services.Busy:
            log.warning("case %s is being changed by somebody: the next run finds it", case_id)
    return moved


@shared_task
def keep_precedents(at_once: int = AT_ONCE) -> int:
    """Keep what was decided since as precedents, each in a transaction of its own; how many.

    The closed case is the queue: whatever was missed, the next run finds. Running twice changes
    nothing.
    """
    kept = 0
    for case_id in list(precedents.waiting().values_list("pk", flat=True)[:at_once]):
        kept += services.keep_precedent(case_id=case_id, by=None, now=timezone.now()) is not None
    return kept
