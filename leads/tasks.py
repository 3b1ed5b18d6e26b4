"""What leads does by the clock: notes that nobody has mailed yet go out, people are compared.

The workers look for tasks here: those of imports are named, too.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from smtplib import SMTPException

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from . import services
from .imports.tasks import expire_imports as expire_imports
from .imports.tasks import sweep_imports as sweep_imports
from .imports.tasks import work_at_import as work_at_import
from .models import Notification, Project
from .queries.people import to_compare

log = logging.getLogger(__name__)

AGE = timedelta(days=7)
"""A note that could not be mailed for so long is no news any more; the bell still has it."""
AT_ONCE = 500
PEOPLE_AT_ONCE = 200
BATCHES = 50
"""So many batches of people in one run; what is left, the next run finds."""
PATIENCE = 3
"""So many refusals in a row mean that the mail server is at fault, not an address."""


@shared_task
def sweep_notifications() -> int:
    """Mail every note that has not been mailed, to staff who have an address; how many went out.

    The row in the database is the queue: what a lost message or a silent mail server left behind,
    the next sweep finds. A note is marked with its mail in one transaction under a lock, so that
    two sweeps do not send it twice.
    """
    now = timezone.now()
    waiting = list(
        _waiting(now).order_by("created_at", "pk").values_list("pk", flat=True)[:AT_ONCE]
    )
    if not waiting:
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        try:
            with get_connection() as connection:
                return _send_all(waiting, now, connection)
        except (SMTPException, OSError) as error:
            log.warning("the mail server cannot be reached: %s", error)
            return 0


def _waiting(now: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(
        mailed_at=None,
        created_at__gt=now - AGE,
        read_at=None,
        staff__is_active=True,
        staff__email__gt="",
    )


def _send_all(notes: Iterable[int], now: datetime, connection: BaseEmailBackend) -> int:
    sent = refused = 0
    for pk in notes:
        try:
            sent += _send(pk, now, connection)
            refused = 0
        except (SMTPException, OSError) as error:
            refused += 1
            log.warning("note %s could not be mailed: %s", pk, error)
            if refused == PATIENCE:
                break
    return sent


def _send(pk: int, now: datetime, connection: BaseEmailBackend) -> int:
    with transaction.atomic():
        note = (
            _waiting(now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("staff")
            .filter(pk=pk)
            .first()
        )
        if note is None:
            return 0
        note.mailed_at = now
        note.save(update_fields=["mailed_at"])
        EmailMessage(
            subject=_filled(note.text, note.values),
            body=_("%(name)s，您好：\n\n%(note)s\n\n請登入歸屬查看：%(address)s\n")
            % {
                "name": note.staff.name,
                "note": _filled(note.text, note.values),
                "address": address(note.url),
            },
            to=[note.staff.email],
            connection=connection,
        ).send()
    return 1


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _(text) % values


def address(path: str) -> str:
    """The whole address of a page of this office, as people reach it."""
    return f"{settings.PUBLIC_ADDRESS}{path}"


@shared_task
def match_people() -> int:
    """Look for whom those who are new or changed may be; how many suggestions are new.

    That somebody has not been compared yet stands on his row: what one run leaves, the next finds.
    """
    new = batches = 0
    for project in Project.objects.order_by("pk"):
        people = to_compare(project).values_list("pk", flat=True)
        while batches < BATCHES and (batch := list(people[:PEOPLE_AT_ONCE])):
            new += services.compare_people(people=batch, by=None, now=timezone.now())
            batches += 1
    return new
