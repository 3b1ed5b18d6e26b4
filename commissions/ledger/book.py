"""The book of a project: its lock, the period that is open, and the digest of a period."""

import hashlib
from datetime import datetime

from django.db import connection

from leads.models import Project

from ..models import Entry, Period
from ..queries import months

BOOK = 7_206
"""The family of the advisory locks of books."""
COLUMNS = (
    *("pk", "posting", "deal_id", "agent_id", "role", "kind", "account", "amount_cents"),
    *("decision_id", "step_id", "adjustment_id", "posted_at"),
)


def book(project: Project, now: datetime) -> Period:
    """Lock the book of a project until the transaction ends; gives the period that is open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [BOOK, project.pk])
    return open_period(project, now)


def open_period(project: Project, now: datetime) -> Period:
    """The period of the month, or the first one after it that is not closed."""
    month = months.month_of(now, project.zone)
    while True:
        period, _new = Period.objects.get_or_create(project=project, month=month)
        if period.state == Period.State.OPEN:
            return period
        month = months.later(month, 1)


def digest(period: Period) -> str:
    """SHA-256 over every entry of a period in order, begun with the digest of the one before."""
    before = (
        Period.objects.filter(project=period.project_id, month__lt=period.month)
        .exclude(digest="")
        .order_by("-month")
        .values_list("digest", flat=True)
        .first()
    )
    found = hashlib.sha256(f"{before or ''}\n".encode())
    rows = Entry.objects.filter(period=period).order_by("pk").values_list(*COLUMNS)
    for row in rows.iterator(chunk_size=5_000):
        *plain, posted_at = row
        cells = ["" if cell is None else str(cell) for cell in plain]
        # The moment in a form that no setting of a time zone changes.
        cells.append(f"{posted_at.timestamp():.6f}")
        found.update(("|".join(cells) + "\n").encode())
    return found.hexdigest()
