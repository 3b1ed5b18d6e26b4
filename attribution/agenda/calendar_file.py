"""An agent's calendar as a file that every calendar reads (iCalendar)."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from icalendar import Calendar, Event

from leads.tasks import address

from .queries import Entry

EVERY = timedelta(hours=1)
"""How often a calendar may come and look."""


def as_file(entries: Iterable[Entry], whose: str) -> bytes:
    """The entries as all-day events in the office's language.

    The same entries give the same bytes: when something was last changed stands in it, when it was
    asked for does not.
    """
    with translation.override(settings.LANGUAGE_CODE):
        file = Calendar()
        file.add("prodid", "-//Guishu//Agenda//ZH")
        file.add("version", "2.0")
        file.add("method", "PUBLISH")
        file.add("x-wr-calname", gettext("歸屬：%(name)s") % {"name": whose})
        file.add("refresh-interval", EVERY, parameters={"value": "DURATION"})
        file.add("x-published-ttl", "PT1H")
        for entry in entries:
            file.add_component(_event(entry))
        return file.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@guishu")
    event.add("summary", _summary(entry))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("dtstamp", entry.changed)
    event.add("last-modified", entry.changed)
    event.add("transp", "TRANSPARENT")
    event.add("url", address(entry.path))
    return event


def _summary(entry: Entry) -> str:
    if entry.kind == "lapse":
        return gettext("%(client)s 到期") % {"client": entry.client}
    if entry.client:
        return gettext("待辦：%(client)s") % {"client": entry.client}
    return gettext("待辦")
