"""The doors of the agenda: reminders are made, steps written and done, a calendar opened."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_noop

from leads.journal import door
from leads.models import Lead, Notification, Project, Staff

from .models import CalendarFeed, NextStep
from .queries import Due

LAPSES = gettext_noop("%(client)s 剩 %(days)s 天到期：最後有效日 %(until)s 24:00。")
LAPSES_TODAY = gettext_noop("%(client)s 今天 24:00 到期。")
"""Msgids: a note is put into its reader's language where it is read."""


@door
def remind(*, due: Iterable[Due], by: Staff | None, now: datetime) -> int:
    """Put these reminders into the agents' bells; how many were not there yet.

    Nobody does it (`by` is None). The database holds each period and step to one note, so that two
    runs at once, or one begun again, remind nobody twice.
    """
    notes = [
        Notification(
            staff_id=one.agent,
            text=LAPSES if one.left else LAPSES_TODAY,
            values={
                "client": str(Lead(pk=one.lead)),
                "lead": one.lead,
                "days": one.left,
                "until": f"{one.last_day:%m-%d}",
            },
            url=reverse("lead", args=[one.lead]),
            created_at=now,
            once=one.once,
        )
        for one in due
    ]
    known = set(
        Notification.objects.filter(once__in=[note.once for note in notes]).values_list(
            "once", flat=True
        )
    )
    fresh = [note for note in notes if note.once not in known]
    Notification.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


@door
def add_step(
    *,
    project: Project,
    agent: Staff,
    text: str,
    by: Staff,
    now: datetime,
    key: UUID,
    lead_id: int | None = None,
    due_on: date | None = None,
) -> NextStep:
    """Write down what an agent means to do; the same `key` is one step."""
    step, _new = NextStep.objects.get_or_create(
        key=key,
        defaults={
            "project": project,
            "agent": agent,
            "lead_id": lead_id,
            "text": text,
            "due_on": due_on,
            "created_at": now,
        },
    )
    return step


@door
def finish_step(*, step: NextStep, by: Staff, now: datetime) -> None:
    """It is done; said twice it was done the first time."""
    NextStep.objects.filter(pk=step.pk, agent=by, done_at=None).update(done_at=now)


@door
def reopen_step(*, step: NextStep, by: Staff, now: datetime) -> None:
    """It is not done after all."""
    NextStep.objects.filter(pk=step.pk, agent=by).update(done_at=None)


@door
def open_calendar(*, staff: Staff, by: Staff, now: datetime) -> CalendarFeed:
    """The calendar of an agent, begun when he first asks for it."""
    feed, _new = CalendarFeed.objects.get_or_create(staff=staff, defaults={"renewed_at": now})
    return feed


@door
def renew_calendar(*, staff: Staff, by: Staff, now: datetime) -> None:
    """Every address given out so far leads nowhere from now on."""
    CalendarFeed.objects.filter(staff=staff).update(serial=F("serial") + 1, renewed_at=now)


@door
def choose_in_calendar(*, staff: Staff, shows: str, by: Staff, now: datetime) -> None:
    """How the agent's calendar names his clients: CalendarFeed.Shows."""
    CalendarFeed.objects.filter(staff=staff).update(shows=CalendarFeed.Shows(shows))
