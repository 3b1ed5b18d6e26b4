"""Steps under the lock: whose a phone number is, and who has it next."""

from datetime import datetime

from . import likenesses
from .identity import PhoneReading
from .journal import Held
from .models import Person, Phone, Standing


def pass_on(held: Held, phone: Phone) -> None:
    """Whoever gave the same number next is known by it from now on."""
    heir = (
        Phone.every.filter(project=held.project, number=phone.number, state=Standing.SHARED)
        .order_by("pk")
        .first()
    )
    if heir is not None:
        heir.state = Standing.STANDS
        heir.save(update_fields=["state"])


def give(held: Held, person: Person, reading: PhoneReading, now: datetime) -> Phone:
    """A number of a person of a held party: his alone, or shared until somebody decides.

    Should another counter give the same number just now, the door begins anew and finds it.
    """
    others = Phone.objects.filter(project=held.project, number=reading).exclude(person=person)
    other = others.select_related("person__lead").first()
    state = Standing.STANDS if other is None else Standing.SHARED
    own = Phone.every.filter(person=person, number=reading).first()
    if own is None:
        own = Phone.every.create(
            project=held.project, person=person, number=reading, typed=reading.typed, state=state
        )
    elif own.state == Standing.WRONG:
        own.state = state
        own.save(update_fields=["state"])
    if other is not None and other.person.lead_id not in {lead.pk for lead in held.members}:
        likenesses.collide(person, other.person, now)
    return own
