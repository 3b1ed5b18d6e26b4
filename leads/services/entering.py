"""Steps under the lock: the lead named or found by its number, else a new one."""

from datetime import datetime

from .. import identity, journal, numbers
from ..identity import PhoneReading
from ..journal import Held
from ..models import (
    Lead,
    Person,
    Phone,
    Project,
)


def enter(
    project: Project, lead_id: int | None, phone: str, name: str, traits: str, now: datetime
) -> Held:
    """The lead named, or of that phone number, under the lock; else a new one."""
    number = identity.normalise_phone(phone, project.region) if phone else None
    if lead_id is not None:
        held = journal.hold(lead_id)
        if number is not None:
            _add_phone(held, number, now)
        return held
    if number is None:
        return _begin(project, None, name, traits, now)
    found = _lead_of(project, number)
    if found is None:
        # Should another counter write down the same number just now, the door begins anew and
        # finds it.
        return _begin(project, number, name, traits, now)
    lead_pk, party_pk, person_pk, known_as = found
    held = journal.hold_known(lead_pk, party_pk)
    if name and not known_as:
        for person in Person.objects.filter(pk=person_pk, name=""):
            person.name, person.compared = name, False
            person.save(update_fields=["name", "keys", "compared"])
    return held


def _lead_of(project: Project, number: str) -> tuple[int, int | None, int, str] | None:
    """The lead of a number, its party, the person and how he is called."""
    return (
        Phone.objects.filter(project=project, number=number)
        .values_list("person__lead_id", "person__lead__party_id", "person_id", "person__name")
        .first()
    )


def _begin(
    project: Project, number: PhoneReading | None, name: str, traits: str, now: datetime
) -> Held:
    lead = Lead.objects.create(project=project, recorded_at=now)
    person = Person.objects.create(lead=lead, name=name, traits=traits)
    if number is not None:
        Phone.objects.create(project=project, person=person, number=number, typed=number.typed)
    return Held(lead, [lead], fresh=True)


def _add_phone(held: Held, number: PhoneReading, now: datetime) -> None:
    """Note a further number of a client; the supervisor is asked where it is somebody else's."""
    if Phone.objects.filter(project=held.project, person__lead=held.lead, number=number).exists():
        return
    person = Person.objects.filter(lead=held.lead).select_related("lead").order_by("pk").first()
    if person is not None:
        numbers.give(held, person, number, now)
