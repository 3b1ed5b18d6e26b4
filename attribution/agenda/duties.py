"""Steps under the lock: what an obligatory reception left undone stands before whoever owes it."""

from datetime import timedelta
from uuid import uuid5

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from leads.models import ContactEvent, Kind, Project

from .models import NextStep

FRESH = timedelta(days=1)
"""What is written down long after it happened owes nothing any more."""
OWED = {
    "gave_contact": gettext_noop("義務接待：把%(owner)s的聯絡方式給客戶"),
    "passed_on": gettext_noop("義務接待：把客戶的姓名與聯絡方式轉交%(owner)s"),
    "noted": gettext_noop("義務接待：在登記表註明是為%(owner)s接待"),
}
"""The three duties (leasing/1.7), as they read in an agenda."""


def owe(event: ContactEvent, project: Project) -> None:
    """Put each undone duty of an obligatory reception into its agent's agenda, due that day.

    Only where the entry says of each whether it was done; the client stays without a name, since
    he is another's.
    """
    if event.kind != Kind.ASSIST or "duties" not in event.details or event.whom is None:
        return
    if event.recorded_at - event.at > FRESH:
        return
    done = event.details["duties"]
    with translation.override(settings.LANGUAGE_CODE):
        NextStep.objects.bulk_create(
            NextStep(
                project=project,
                agent=event.agent,
                lead=event.lead,
                text=gettext(words) % {"owner": event.whom.name},
                due_on=event.at.astimezone(project.zone).date(),
                created_at=event.recorded_at,
                key=uuid5(event.key, duty),
            )
            for duty, words in OWED.items()
            if duty not in done
        )
