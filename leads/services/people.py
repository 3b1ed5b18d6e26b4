"""The doors of people: who belongs to a client, how he is called and reached, who may be whom."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from .. import identity, journal, likenesses, numbers
from ..journal import Held, door
from ..models import (
    Contact,
    ContactEvent,
    Likeness,
    Notification,
    Person,
    PersonFact,
    Phone,
    Role,
    Staff,
    Standing,
)

MOST_PEOPLE = 20
"""A party of more is a mistake."""


class NothingSaid(ValueError):
    """A person without a name, traits or number is nobody."""

    message = _("至少寫下姓名、特徵或電話其中一項。")


class TooMany(ValueError):
    """More people or names than a party has."""

    message = _("這裡已經有 20 筆了，請先整理再加。")


class AlreadyWrong(ValueError):
    """What is marked wrong cannot be marked again."""

    message = _("這一筆已經標為有誤。")


class AlreadySettled(ValueError):
    """Somebody confirmed or dismissed it before."""

    message = _("這一筆已經有人處理過了。")


@door
def add_person(
    *,
    lead_id: int,
    by: Staff,
    now: datetime,
    key: UUID,
    name: str = "",
    traits: str = "",
    phone: str = "",
    note: str = "",
) -> PersonFact:
    """Write down somebody else of a party (a relative, a partner), with or without a number.

    A number that somebody else has is kept too, and the supervisor is asked whether they belong
    together. Raises NothingSaid, TooMany, ImpossiblePhone, Lead.DoesNotExist.
    """
    held = journal.hold(lead_id)
    known = PersonFact.objects.filter(key=key).first()
    if known is not None:
        return known
    if not (name or traits or phone):
        raise NothingSaid
    if Person.objects.filter(lead=held.lead).count() >= MOST_PEOPLE:
        raise TooMany
    reading = identity.normalise_phone(phone, held.project) if phone else None
    person = Person.objects.create(lead=held.lead, name=name, traits=traits)
    fact = _fact(person, PersonFact.Kind.PERSON, name or traits or phone, by, now, key, note)
    if reading is not None:
        row = numbers.give(held, person, reading, now)
        also = uuid5(key, "phone")
        _fact(person, PersonFact.Kind.PHONE, reading.typed, by, now, also, "", phone=row)
    likenesses.compare([person], now)
    return fact


@door
def add_particular(
    *,
    person_id: int,
    kind: str,
    typed: str,
    by: Staff,
    now: datetime,
    key: UUID,
    note: str = "",
) -> PersonFact:
    """Write down another name, number, WeChat or e-mail of a person (PersonFact.Kind).

    A number that somebody else has is kept too, and the supervisor is asked whether they belong
    together. Raises ImpossiblePhone, ImpossibleContact, TooMany, Person.DoesNotExist.
    """
    person = Person.objects.select_related("lead__project").get(pk=person_id)
    held = journal.hold(person.lead_id)
    known = PersonFact.objects.filter(key=key).first()
    if known is not None:
        return known
    person.refresh_from_db(fields=["aliases", "compared"])
    phone = contact = None
    if kind == PersonFact.Kind.PHONE:
        phone = numbers.give(held, person, identity.normalise_phone(typed, held.project), now)
    elif kind == PersonFact.Kind.NAME:
        if len(person.aliases) >= MOST_PEOPLE:
            raise TooMany
        if typed not in (person.name, *person.aliases):
            person.aliases = [*person.aliases, typed]
            person.save(update_fields=["aliases", "keys"])
    else:
        value = identity.normalise_contact(kind, typed)
        contact, _new = Contact.objects.update_or_create(
            person=person,
            kind=kind,
            value=value,
            defaults={"project": held.project, "typed": typed, "wrong": False},
        )
    fact = _fact(person, kind, typed, by, now, key, note, phone=phone, contact=contact)
    likenesses.compare([person], now)
    return fact


@door
def mark_wrong(
    *,
    person_id: int,
    by: Staff,
    now: datetime,
    key: UUID,
    reason: str,
    phone_id: int | None = None,
    contact_id: int | None = None,
    alias: str = "",
) -> PersonFact:
    """Write down that a number, an address or a name of a person is wrong. It stays to be seen.

    A wrong number tells nobody apart any more: where somebody else gave it too, it is now his.
    Raises AlreadyWrong, and Person, Phone or Contact.DoesNotExist.
    """
    person = Person.objects.select_related("lead__project").get(pk=person_id)
    held = journal.hold(person.lead_id)
    known = PersonFact.objects.filter(key=key).first()
    if known is not None:
        return known
    person.refresh_from_db(fields=["aliases", "compared"])
    phone = contact = None
    if phone_id is not None:
        phone = Phone.every.get(pk=phone_id, person=person)
        if phone.state == Standing.WRONG:
            raise AlreadyWrong
        stood = phone.state == Standing.STANDS
        phone.state = Standing.WRONG
        phone.save(update_fields=["state"])
        typed = phone.typed
        if stood:
            numbers.pass_on(held, phone)
    elif contact_id is not None:
        contact = Contact.objects.get(pk=contact_id, person=person)
        if contact.wrong:
            raise AlreadyWrong
        contact.wrong = True
        contact.save(update_fields=["wrong"])
        typed = contact.typed
    else:
        if alias not in person.aliases:
            raise AlreadyWrong
        person.aliases = [one for one in person.aliases if one != alias]
        person.save(update_fields=["aliases", "keys"])
        typed = alias
    return _fact(
        person, PersonFact.Kind.WRONG, typed, by, now, key, reason, phone=phone, contact=contact
    )


def _fact(
    person: Person,
    kind: str,
    typed: str,
    by: Staff,
    now: datetime,
    key: UUID,
    note: str,
    *,
    phone: Phone | None = None,
    contact: Contact | None = None,
) -> PersonFact:
    return PersonFact.objects.create(
        lead=person.lead,
        person=person,
        kind=kind,
        typed=typed,
        phone=phone,
        contact=contact,
        note=note,
        by=by,
        recorded_at=now,
        key=key,
    )


# ── Who may be whom ──


@door
def propose_link(
    *,
    lead_id: int,
    relation: str,
    evidence: str,
    by: Staff,
    now: datetime,
    key: UUID,
    other_id: int | None = None,
    phone: str = "",
    name: str = "",
    same_need: bool = True,
    price_testing: bool = False,
) -> Likeness:
    """An agent says that his client belongs together with somebody whom he may not see.

    `phone` and `name` as typed: whom they mean, if anybody, is for the supervisor to find, so that
    the answer is the same whoever it is. `other_id`: another client of his own, where the link
    would touch somebody else. Raises Lead.DoesNotExist.
    """
    held = journal.hold(lead_id)
    known = Likeness.objects.filter(key=key).first()
    if known is not None:
        return known
    person = held.lead.people.order_by("pk").first()
    if person is None:
        person = Person.objects.create(lead=held.lead)
    other = Person.objects.filter(lead=other_id).order_by("pk").first() if other_id else None
    one, two = (person, other) if other is None or person.pk < other.pk else (other, person)
    likeness = Likeness.objects.create(
        project=held.project,
        one=one,
        two=two,
        found_at=now,
        # What a colleague asks for stands before what the matcher found.
        weight=1000,
        proposed_by=by,
        phone=phone,
        name=name,
        relation=relation,
        same_need=same_need,
        price_testing=price_testing,
        evidence=evidence,
        key=key,
    )
    _tell(
        Staff.objects.filter(
            projects=held.project, role=Role.SUPERVISOR, is_active=True, departed_at=None
        ),
        gettext_noop("顧問提出一筆客戶關係，等你確認：%(lead)s"),
        {"lead": str(held.lead)},
        "/likenesses/",
        now,
    )
    return likeness


@door
def dismiss_likeness(*, likeness_id: int, reason: str, by: Staff, now: datetime) -> Likeness:
    """Say that two people are not one; it is shown again only for a new reason.

    Raises AlreadySettled, Likeness.DoesNotExist.
    """
    likeness = Likeness.objects.select_for_update().get(pk=likeness_id)
    if likeness.state != Likeness.State.OPEN:
        raise AlreadySettled
    likenesses.close(
        [likeness], state=Likeness.State.DISMISSED, closed_by=by, closed_at=now, note=reason
    )
    tell_proposer(likeness, now)
    return likeness


@door
def compare_people(*, people: Sequence[int], by: Staff | None, now: datetime) -> int:
    """Look for whom these people of one project may be; how many pairs are new.

    `by` is nobody where the clock does it.
    """
    rows = Person.objects.filter(pk__in=people).select_related("lead__project").order_by("pk")
    return likenesses.compare(rows, now)


@door
def read_notes(*, events: Sequence[int], by: Staff | None, now: datetime) -> None:
    """Keep the phone numbers in notes that were written before numbers in notes were kept."""
    found = ContactEvent.objects.filter(pk__in=events, lead__isnull=False)
    for event in found.select_related("lead__project"):
        assert event.lead is not None
        likenesses.note_numbers(event.lead, event)


def settle(one: Held, two: Held, link: ContactEvent, *, by: Staff, proposal: int | None) -> None:
    """A link was signed: what was open between both is confirmed by it. A step of the door."""
    rows = likenesses.open_between(one.members, two.members)
    if proposal is not None:
        asked = Q(pk=proposal, two=None, state=Likeness.State.OPEN)
        rows += Likeness.objects.select_for_update().filter(
            asked & (Q(one__lead__in=one.members) | Q(one__lead__in=two.members))
        )
    likenesses.close(
        rows,
        state=Likeness.State.LINKED,
        closed_by=by,
        closed_at=link.recorded_at,
        link=link,
    )
    for row in rows:
        tell_proposer(row, link.recorded_at)


def tell_proposer(likeness: Likeness, now: datetime) -> None:
    """Tell the agent who asked how it ended; never who the other is."""
    if likeness.proposed_by is None or likeness.proposed_by == likeness.closed_by:
        return
    text = (
        gettext_noop("你提出的客戶關係已確認：%(lead)s")
        if likeness.state == Likeness.State.LINKED
        else gettext_noop("你提出的客戶關係沒有成立：%(lead)s")
    )
    lead = likeness.one.lead
    _tell([likeness.proposed_by], text, {"lead": str(lead)}, f"/leads/{lead.pk}/people/", now)


def _tell(
    readers: Iterable[Staff], text: str, values: dict[str, str], url: str, now: datetime
) -> None:
    Notification.objects.bulk_create(
        Notification(staff=reader, text=text, values=values, url=url, created_at=now)
        for reader in readers
    )
