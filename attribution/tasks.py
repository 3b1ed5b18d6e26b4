"""What attribution does behind the pages: lists follow the calendar, notices and reminders go out,
and decisions are derived again."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from uuid import NAMESPACE_URL, uuid5

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from leads.models import Lead, Project
from leads.services import Busy, record_notice

from . import rederivation, services
from .agenda.queries import reminders_due
from .agenda.services import remind
from .queries import rederivations
from .queries.asked_log import owing_answers
from .services import refresh_lapsed as refresh

log = logging.getLogger(__name__)

CHUNK = 100
"""So many leads are locked together, for as long as their decisions take."""
OWED_AT_ONCE = 500
OVERDUE = timedelta(minutes=5)
"""A part of a rederivation takes seconds; after so long its task is lost."""
TRIES = 5


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


@shared_task
def sweep_answers() -> int:
    """Write the notices that an answer owes the journal and that did not follow at once.

    The row of the answer is the queue. Gives the number of notices written.
    """
    now, done = timezone.now(), 0
    for answer in owing_answers(now)[:OWED_AT_ONCE]:
        assert answer.lead_id is not None
        assert answer.notice is not None
        with suppress(Busy):
            record_notice(
                lead_id=answer.lead_id,
                agent=answer.agent,
                at=answer.at,
                by=answer.agent,
                now=now,
                key=answer.notice,
            )
            done += 1
    return done


MORNING = 8
"""Nobody is reminded before eight o'clock of his office."""


@shared_task
def remind_of_lapses() -> int:
    """Remind agents seven, three and one days before the last day of a client whom they hold.

    A note in the bell, once for each period and step however often this runs; the sweep of notes
    mails it. Each project has its own morning. Gives the number of reminders made.
    """
    now = timezone.now()
    made = 0
    for project in Project.objects.order_by("pk"):
        if now.astimezone(project.zone).hour < MORNING:
            continue
        due = reminders_due(project, now)
        while chunk := list(islice(due, CHUNK)):
            made += remind(due=chunk, by=None, now=now)
    return made


# ── Rederivation ──


def enqueue(parts: Iterable[int]) -> bool:
    """Hand parts of a rederivation to the workers. False without Redis: the sweep finds them."""
    try:
        for part in parts:
            rederive_part.delay(part)
    except (OperationalError, RedisError, OSError):
        log.warning("a rederivation waits: Redis does not answer")
        return False
    return True


@shared_task
def rederive_part(part_id: int) -> None:
    """Compute some hundred leads again and note what differs; harmless when repeated."""
    part = rederivations.waiting_part(part_id)
    if part is None:
        return
    found = rederivation.differences(rederivations.leads_of(part))
    services.finish_part(
        part_id=part_id,
        differing=len(found),
        found=[rederivations.plain(difference) for difference in found[: rederivations.KEPT]],
        by=None,
        now=timezone.now(),
    )


@shared_task
def rederive_nightly() -> int:
    """Begin to compute every project's decisions again; how many were begun."""
    now = timezone.now()
    begun = 0
    for project in Project.objects.order_by("pk"):
        day = now.astimezone(project.zone).date()
        key = uuid5(NAMESPACE_URL, f"guishu:rederivation:{project.pk}:{day}")
        try:
            run = services.start_rederivation(project=project, by=None, now=now, key=key)
        except services.AlreadyRunning:
            continue
        begun += 1
        enqueue(rederivations.parts_of(run))
    return begun


@shared_task
def sweep_rederivations() -> int:
    """Enqueue again what nobody has done for a while; how many parts."""
    now = timezone.now()
    found = services.take_up_parts(before=now - OVERDUE, tries=TRIES, by=None, now=now)
    enqueue(found)
    return len(found)
