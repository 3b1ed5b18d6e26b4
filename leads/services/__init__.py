"""The doors of leads: each is one durable transaction with `now` and `by` as arguments."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.utils.translation import gettext_lazy as _

from .. import departures, identity, journal, numbers, stamps
from ..departures import AlreadyDeparted as AlreadyDeparted
from ..identity import PhoneReading
from ..journal import Busy as Busy
from ..journal import HappenedInTheFuture as HappenedInTheFuture
from ..journal import Held, door
from ..models import (
    Contact,
    ContactEvent,
    Disclosure,
    Kind,
    Lead,
    Notification,
    Person,
    Phone,
    Project,
    Staff,
)
from . import people
from .beforehand import CameAlready as CameAlready
from .beforehand import NotAnEntry as NotAnEntry
from .beforehand import acknowledge_proxy as acknowledge_proxy
from .beforehand import withdraw_registration as withdraw_registration
from .people import AlreadySettled as AlreadySettled
from .people import AlreadyWrong as AlreadyWrong
from .people import NothingSaid as NothingSaid
from .people import TooMany as TooMany
from .people import add_particular as add_particular
from .people import add_person as add_person
from .people import compare_people as compare_people
from .people import dismiss_likeness as dismiss_likeness
from .people import mark_wrong as mark_wrong
from .people import propose_link as propose_link
from .people import read_notes as read_notes


class LinkedToItself(ValueError):
    """A client cannot be linked to himself."""

    message = _("不能把客戶連結到他自己。")


class LinkedAcrossProjects(ValueError):
    """A buying party is a party in one project."""

    message = _("只能連結同一專案的客戶。")


class StaleLink(ValueError):
    """Something changed after the effect of a link was shown; nothing was signed."""

    message = _("畫面上的結果算出來之後，情況變了，還沒有簽。下面是最新的結果，請再確認一次。")


class NotALink(ValueError):
    """Only a link that still stands can be taken back."""

    message = _("這筆關係已撤回，或不是關係連結。")


@door
def record_contact(
    *,
    project: Project,
    kind: Kind,
    agent: Staff,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
    lead_id: int | None = None,
    phone: str = "",
    name: str = "",
    traits: str = "",
    asked_for: Staff | None = None,
    known_to: Staff | None = None,
    steered_by: Staff | None = None,
    turn_of: Staff | None = None,
    brought_by: int | None = None,
    enquiry: bool = True,
    registered: bool = True,
    fields: Collection[str] | None = None,
    source: str = "",
    need: str = "",
    companions: str = "",
    proxy: str = "",
    note: str = "",
) -> ContactEvent:
    """Write down an inbound contact; whose client it is, is decided at once.

    `phone` is as typed and may be empty (leasing/1.3); with a known number the reception joins that
    lead, otherwise a new lead begins. `lead_id` names a lead directly. The same `key` is recorded
    only once. `fields` are those of name, phone, need and source that the register entry holds;
    None: nobody says, so it counts as complete. `proxy`: he views for somebody who cannot be
    reached, in these circumstances; the entry is filed with the reception (sales/6).

    Raises ImpossiblePhone, HappenedInTheFuture, Lead.DoesNotExist.
    """
    held = _enter(project, lead_id, phone, name, traits, now)
    details: dict[str, Any] = {
        "phone_left": bool(phone),
        **_given(name=name, source=source, need=need, companions=companions),
    }
    if not enquiry:
        details["enquiry"] = False
    if not registered:
        details["registered"] = False
    if fields is not None:
        details["fields"] = sorted(fields)
    event = journal.append(
        held,
        kind=kind,
        agent=agent,
        at=at,
        by=by,
        now=now,
        key=key,
        asked_for=asked_for,
        known_to=known_to,
        steered_by=steered_by,
        turn_of=turn_of,
        other_id=brought_by,
        details=details,
        note=note,
    )
    if proxy:
        held.fresh = False
        journal.append(
            held,
            kind=Kind.PROXY,
            agent=agent,
            at=event.recorded_at,
            by=by,
            now=event.recorded_at,
            key=uuid5(key, "proxy"),
            details={"circumstances": proxy, "acknowledged": False},
        )
    return event


@door
def record_assist(
    *,
    project: Project,
    agent: Staff,
    owner: Staff,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
    lead_id: int | None = None,
    phone: str = "",
    name: str = "",
    channel: str = "visit",
    handover: bool = True,
    duties: Mapping[str, datetime] | None = None,
    delegated: bool | None = None,
    need: str = "",
    companions: str = "",
    note: str = "",
) -> ContactEvent:
    """Write down a reception for the absent owner (leasing/1.7, 1.8, 1.12).

    `handover`: the three duties were done; `duties`: when each of those that were. Raises as
    `record_contact`.
    """
    held = _enter(project, lead_id, phone, name, "", now)
    details: dict[str, Any] = {
        "channel": channel,
        "handover": handover,
        **_given(name=name, need=need, companions=companions),
    }
    if duties is not None:
        details["duties"] = {duty: at.isoformat() for duty, at in duties.items()}
    if delegated is not None:
        details["delegated"] = delegated
    return journal.append(
        held,
        kind=Kind.ASSIST,
        agent=agent,
        whom=owner,
        at=at,
        by=by,
        now=now,
        key=key,
        details=details,
        note=note,
    )


@door
def record_follow_up(
    *,
    lead_id: int,
    agent: Staff,
    at: datetime,
    outcome: str,
    by: Staff,
    now: datetime,
    key: UUID,
    on_behalf_of: Staff | None = None,
    note: str = "",
) -> ContactEvent:
    """Write down outbound contact (leasing/1.2). `outcome`: reached, family, no_answer or off.

    Raises HappenedInTheFuture, Lead.DoesNotExist.
    """
    return journal.append(
        journal.hold(lead_id),
        kind=Kind.FOLLOW_UP,
        agent=agent,
        whom=on_behalf_of,
        at=at,
        by=by,
        now=now,
        key=key,
        details={"outcome": outcome, "reached": outcome in ("reached", "family")},
        note=note,
    )


@door
def register_referral(
    *,
    project: Project,
    agent: Staff,
    name: str,
    traits: str,
    by: Staff,
    now: datetime,
    key: UUID,
    phone: str = "",
    introduced_by: int | None = None,
    lead_id: int | None = None,
    at: datetime | None = None,
) -> ContactEvent:
    """Enter a referred person beforehand (sales/5). Raises as `record_contact`."""
    held = _enter(project, lead_id, phone, name, traits, now)
    return journal.append(
        held,
        kind=Kind.REGISTRATION,
        agent=agent,
        at=at or now,
        by=by,
        now=now,
        key=key,
        other_id=introduced_by,
        details={"name": name, "traits": traits},
    )


@door
def file_proxy(
    *,
    lead_id: int,
    agent: Staff,
    circumstances: str,
    by: Staff,
    now: datetime,
    key: UUID,
    acknowledged: bool = False,
    at: datetime | None = None,
    buyer: int | None = None,
) -> ContactEvent:
    """File that this client views for a buyer who cannot be reached (sales/6, leasing/2.3).

    `buyer`: the client for whom he views, where he is known; it says so and links nobody.
    """
    return journal.append(
        journal.hold(lead_id),
        kind=Kind.PROXY,
        agent=agent,
        at=at or now,
        by=by,
        now=now,
        key=key,
        details={
            "circumstances": circumstances,
            "acknowledged": acknowledged,
            **({} if buyer is None else {"buyer": buyer}),
        },
    )


@door
def record_notice(
    *, lead_id: int, agent: Staff, at: datetime, by: Staff, now: datetime, key: UUID
) -> ContactEvent:
    """Write down that an agent was shown that another agent holds this client."""
    return journal.append(
        journal.hold(lead_id), kind=Kind.NOTICE, agent=agent, at=at, by=by, now=now, key=key
    )


@door
def link_people(
    *,
    lead_id: int,
    other_id: int,
    relation: str,
    by: Staff,
    now: datetime,
    key: UUID,
    same_need: bool = True,
    price_testing: bool = False,
    evidence: str = "",
    at: datetime | None = None,
    stamp: str | None = None,
    proposal: int | None = None,
) -> ContactEvent:
    """Assert that two clients are one buying party (leasing/1.5, 1.6); it can be taken back.

    `stamp`: the state in which its effect was shown, as `stamps.of_link` gives it; `proposal`: the
    agent's suggestion that is answered by it. Raises LinkedToItself, LinkedAcrossProjects,
    StaleLink, Lead.DoesNotExist.
    """
    if lead_id == other_id:
        raise LinkedToItself
    one, two = journal.hold_all([lead_id, other_id])
    if one.lead.project_id != two.lead.project_id:
        raise LinkedAcrossProjects
    terms: dict[str, Any] = {
        "relation": relation,
        "same_need": same_need,
        "price_testing": price_testing,
    }
    if stamp is not None:
        known = ContactEvent.objects.filter(key=key).first()
        if known is not None:
            return known
        if stamp != stamps.of_link(one.lead, two.lead, now=now, **terms):
            raise StaleLink
    held = _together(one, two)
    sides = one, two
    if same_need or relation in ("same", "proxy"):
        root = min(held.members, key=lambda lead: lead.root_id).root_id
        for member in held.members:
            member.party_id = root
    else:
        held = one
    event = journal.write(
        held,
        kind=Kind.LINK,
        agent=None,
        at=at or now,
        by=by,
        now=now,
        key=key,
        other_id=other_id,
        details={**terms, "evidence": evidence},
    )
    journal.announce(held, event)
    if held is one and two.lead.root_id != one.lead.root_id:
        journal.announce(two, event)
    people.settle(*sides, event, by=by, proposal=proposal)
    return event


@door
def take_back_link(
    *,
    event_id: int,
    by: Staff,
    now: datetime,
    key: UUID,
    reason: str,
    stamp: str | None = None,
) -> ContactEvent:
    """Take a link back: everything is as if it had never been.

    `stamp` as in `link_people`. Raises NotALink, StaleLink.
    """
    link = ContactEvent.objects.filter(pk=event_id, kind=Kind.LINK).first()
    if link is None or link.lead_id is None or link.other_id is None:
        raise NotALink
    one, two = journal.hold_all([link.lead_id, link.other_id])
    known = ContactEvent.objects.filter(key=key).first()
    if known is not None:
        return known
    if ContactEvent.objects.filter(refers=link, kind=Kind.TAKEN_BACK).exists():
        raise NotALink
    if stamp is not None and stamp != stamps.of_link(one.lead, two.lead, now=now, link=link.pk):
        raise StaleLink
    held = _together(one, two)
    members = {lead.pk: lead for lead in held.members}
    event = journal.write(
        held,
        kind=Kind.TAKEN_BACK,
        agent=None,
        at=now,
        by=by,
        now=now,
        key=key,
        other_id=link.other_id,
        refers=link,
        note=reason,
    )
    for party in _parties(members):
        journal.announce(Held(party[0], party, contested=held.contested), event)
    return event


def _together(one: Held, two: Held) -> Held:
    """Two held parties as one, the first one's lead in front."""
    members = {lead.pk: lead for lead in one.members + two.members}
    return Held(one.lead, list(members.values()), contested=one.contested or two.contested)


def _parties(members: dict[int, Lead]) -> list[list[Lead]]:
    """The leads grouped by the links that still stand; each is told its new party."""
    gone = ContactEvent.objects.filter(kind=Kind.TAKEN_BACK, lead__in=members).values("refers_id")
    links = (
        ContactEvent.objects.filter(kind=Kind.LINK, lead__in=members)
        .exclude(pk__in=gone)
        .values_list("lead_id", "other_id", "details")
    )
    root = {pk: pk for pk in members}
    for one, two, details in links:
        if details["same_need"] or details["relation"] in ("same", "proxy"):
            old, new = sorted((root[one], root[two]), reverse=True)
            root = {pk: new if at == old else at for pk, at in root.items()}
    parties: dict[int, list[Lead]] = {}
    for pk, lead in sorted(members.items()):
        parties.setdefault(root[pk], []).append(lead)
    for key, party in parties.items():
        for lead in party:
            lead.party_id = key if len(party) > 1 else None
    return list(parties.values())


@door
def record_departure(*, staff: Staff, at: datetime, by: Staff, now: datetime) -> None:
    """An agent leaves (leasing/1.11): his claims end, his leads wait for the manager.

    Raises AlreadyDeparted, HappenedInTheFuture.
    """
    staff = departures.close_account(staff, at=at)
    events = departures.write(staff, at=at, by=by, now=now, key=uuid4(), details={})
    for held in departures.hold_what_he_held(staff, now):
        journal.announce(held, events[held.project.pk])


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


def _given(**texts: str) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _enter(
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
