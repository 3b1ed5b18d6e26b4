"""Reads of the journal and its people, shaped for screens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.utils.translation import gettext

from .. import access, identity
from ..models import (
    RECEPTIONS,
    ContactEvent,
    Kind,
    Lead,
    Notification,
    Person,
    Phone,
    Project,
    Staff,
    Standing,
)

CLIENTS_OFFERED = 100
"""So many of one's own clients can be chosen from, the latest first."""


NAMESAKES = 20
"""So many bearers of one name are looked at; more than that tell nothing any more."""


@dataclass(frozen=True, slots=True)
class Called:
    """How a client is called, and the number by which he can be reached (E.164, empty: none)."""

    lead: int
    name: str
    number: str

    @property
    def reachable(self) -> bool:
        """Can he be called back?"""
        return bool(self.number)


def called(leads: Iterable[Lead]) -> dict[int, Called]:
    """Name and number of each client, by his key: the first person written down. One query."""
    found: dict[int, Called] = {}
    wanted = {lead.pk for lead in leads}
    first = (
        Phone.every.filter(person=OuterRef("pk"))
        .exclude(state=Standing.WRONG)
        .order_by("pk")
        .values("number")[:1]
    )
    people = (
        Person.objects.filter(lead__in=wanted)
        .annotate(number=Subquery(first))
        .order_by("pk")
        .values_list("lead_id", "name", "traits", "number")
    )
    for lead, name, traits, number in people if wanted else ():
        known = found.get(lead)
        if known is None:
            found[lead] = Called(lead, name or traits, number or "")
        elif not known.number and number:
            found[lead] = Called(lead, known.name, number)
    for lead in wanted - set(found):
        found[lead] = Called(lead, "", "")
    return {pk: _named(one) for pk, one in found.items()}


def _named(one: Called) -> Called:
    """A client without a name or traits is called by his code."""
    if one.name:
        return one
    return Called(one.lead, gettext("客戶 %(code)s") % {"code": Lead(pk=one.lead)}, one.number)


def lead_by_phone(project: Project, typed: str) -> Lead | None:
    """The client of that number, his project at hand; None if nobody wrote it down.

    Raises ImpossiblePhone.
    """
    number = identity.normalise_phone(typed, project.region)
    phones = Phone.objects.filter(project=project, number=number).select_related("person__lead")
    phone = phones.first()
    if phone is None:
        return None
    found = phone.person.lead
    found.project = project
    return found


def party_by_phone(project: Project, typed: str) -> list[Lead]:
    """The client of that number in front, then the rest of his party; empty: nobody knows it.

    One query, and the same one, whatever is found. Raises ImpossiblePhone.
    """
    number = identity.normalise_phone(typed, project.region)
    found = Phone.objects.filter(project=project, number=number)
    lead = Subquery(found.values("person__lead_id")[:1])
    party = Subquery(found.values("person__lead__party_id")[:1])
    return _at_hand(project, Lead.objects.filter(Q(pk=lead) | Q(party_id=party)), lead)


def parties_named(project: Project, typed: str) -> list[Lead]:
    """Everybody of the parties in which somebody bears that very name, at most so many. One query.

    Names are compared as `identity.fold_name` has them: script, width and titles apart.
    """
    named = _bearing(project, typed)
    leads = named.order_by("pk").values("lead_id")[:NAMESAKES]
    parties = (
        named.filter(lead__party__isnull=False).order_by("pk").values("lead__party_id")[:NAMESAKES]
    )
    return _at_hand(project, Lead.objects.filter(Q(pk__in=leads) | Q(party_id__in=parties)), None)


def awaited(project: Project, typed: str) -> QuerySet[ContactEvent]:
    """The advance entries of that very name that stand and whose person has not come yet."""
    return standing_registrations(project).filter(lead__in=_bearing(project, typed).values("lead"))


def standing_registrations(project: Project) -> QuerySet[ContactEvent]:
    """The advance entries that nobody took back and nobody came for yet, with their leads."""
    came = ContactEvent.objects.filter(lead=OuterRef("lead"), kind__in=RECEPTIONS)
    return (
        ContactEvent.objects.filter(~Exists(came), ~withdrawn(), project=project)
        .filter(kind=Kind.REGISTRATION)
        .select_related("lead")
    )


def withdrawn() -> Exists:
    """Was this event taken back?"""
    back = ContactEvent.objects.filter(refers=OuterRef("pk"), kind=Kind.TAKEN_BACK)
    return Exists(back)


def _bearing(project: Project, typed: str) -> QuerySet[Person]:
    whole = [key for key in identity.name_keys(typed) if key.startswith("n:")]
    return Person.objects.filter(lead__project=project, keys__overlap=whole)


def _at_hand(project: Project, leads: QuerySet[Lead], first: Subquery | None) -> list[Lead]:
    """These leads with their project; the one asked for in front."""
    if first is not None:
        leads = leads.annotate(asked=Case(When(pk=first, then=0), default=1))
        leads = leads.order_by("asked", "pk")
    found = list(leads)
    for lead in found:
        lead.project = project
    return found


def own_clients(agent: Staff, project: Project) -> list[Called]:
    """The agent's clients, the latest first: to say who brought somebody. Two queries."""
    leads = list(access.leads_of(agent, project).order_by("-recorded_at", "pk")[:CLIENTS_OFFERED])
    names = called(leads)
    return [names[lead.pk] for lead in leads]


def with_last_day(leads: QuerySet[Lead], now: datetime) -> QuerySet[Lead]:
    """`held_by`: who owns at that moment, by the calendar; `held_until`: when that ends."""
    period = Lead._meta.get_field("ownership").related_model
    held = period.objects.filter(  # type: ignore[union-attr]
        lead=OuterRef("pk"), period__contains=now
    )
    return leads.annotate(
        held_until=Subquery(held.values("period__endswith")[:1], output_field=DateTimeField()),
        held_by=Subquery(held.values("agent_id")[:1]),
    )


def last_day_of(end: datetime | None, project: Project) -> date | None:
    """The last valid day of an ownership that ends at a moment (24:00 is the next day's 0:00)."""
    if end is None:
        return None
    return (end.astimezone(project.zone) - timedelta(microseconds=1)).date()


def name_clients(notes: Iterable[Notification], reader: Staff, project: Project) -> None:
    """Let notes that speak of a client by his number say his name, where the reader holds him.

    A mail has the number only; whoever lost the client since reads the number too. Two queries,
    none where no note is about a client.
    """
    about = [note for note in notes if isinstance(note.values.get("lead"), int)]
    if not about:
        return
    mine = access.leads_of(reader, project).filter(pk__in=[note.values["lead"] for note in about])
    names = called(mine)
    for note in about:
        if note.values["lead"] in names:
            note.values = {**note.values, "client": names[note.values["lead"]].name}


def notes_of(reader: Staff) -> QuerySet[Notification]:
    """Everything in somebody's bell, the latest first."""
    return Notification.objects.filter(staff=reader).order_by("-created_at", "-pk")
