"""The doors of what is shown to whom: a number, an address, the bell."""

from collections.abc import Iterable
from datetime import datetime

from ..journal import door
from ..models import (
    Contact,
    Disclosure,
    Notification,
    Phone,
    Staff,
)


@door
def reveal_phone(*, phone: Phone, by: Staff, now: datetime) -> str:
    """Show a whole phone number; the log keeps who saw it and when. Gives the number in E.164."""
    Disclosure.objects.create(
        staff=by,
        kind=Disclosure.Kind.PHONE,
        lead=phone.person.lead,
        what={"phone": phone.pk},
        at=now,
    )
    return phone.number


@door
def reveal_contact(*, contact: Contact, by: Staff, now: datetime) -> str:
    """Show a whole WeChat name or address, as typed; the log keeps who saw it and when."""
    Disclosure.objects.create(
        staff=by,
        kind=Disclosure.Kind.CONTACT,
        lead=contact.person.lead,
        what={"contact": contact.pk},
        at=now,
    )
    return contact.typed


@door
def mark_read(*, notes: Iterable[int], by: Staff, now: datetime) -> None:
    """The reader has seen these notes of his own."""
    Notification.objects.filter(pk__in=notes, staff=by, read_at=None).update(read_at=now)
