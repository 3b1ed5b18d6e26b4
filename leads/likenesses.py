"""Steps under the lock: keep who may be whom, and the numbers that stand in notes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from . import identity
from .identity import matcher
from .identity.matcher import Suggestion
from .models import Contact, ContactEvent, Kind, Lead, Likeness, Person, Phone, Project

SPOKEN = ("companions", "need", "source")
"""Besides the note, what people write in their own words."""


def note_numbers(lead: Lead, event: ContactEvent) -> None:
    """Keep the phone numbers that a note mentions: somebody may come by one of them."""
    said = "\n".join([event.note, *(str(event.details.get(name, "")) for name in SPOKEN)])
    numbers = identity.phones_in(said, lead.project)
    if not numbers:
        return
    person = Person.objects.filter(lead=lead).order_by("pk").first()
    if person is None:
        return
    own = set(
        Phone.every.filter(person__lead=lead, number__in=numbers).values_list("number", flat=True)
    )
    contacts = [
        Contact(
            project=lead.project,
            person=person,
            kind=Contact.Kind.NOTED,
            value=number,
            typed=number.typed,
        )
        for number in numbers
        if number not in own
    ]
    if contacts:
        Contact.objects.bulk_create(contacts, ignore_conflicts=True)
        Person.objects.filter(pk=person.pk).update(compared=False)


def compare(people: Iterable[Person], now: datetime) -> int:
    """Look for whom these people may be, and keep what is enough to ask about; how many are new.

    What somebody dismissed is kept again only for a reason that he did not see. Give the people of
    one project with their leads.
    """
    people = list(people)
    if not people:
        return 0
    project = people[0].lead.project
    found = matcher.compare(project, matcher.subjects_of(people))
    pairs: dict[tuple[int, int], Suggestion] = {}
    leads: dict[tuple[int, int], tuple[int, int]] = {}
    for person, suggestions in zip(people, found, strict=True):
        for one in suggestions:
            if one.weight >= matcher.ENOUGH:
                pair = (min(person.pk, one.person.pk), max(person.pk, one.person.pk))
                pairs[pair] = one
                leads[pair] = (person.lead_id, one.lead.pk)
    new = _keep(project, pairs, leads, now) if pairs else 0
    Person.objects.filter(pk__in=[person.pk for person in people]).update(compared=True)
    return new


def _keep(
    project: Project,
    pairs: dict[tuple[int, int], Suggestion],
    leads: dict[tuple[int, int], tuple[int, int]],
    now: datetime,
) -> int:
    known: dict[tuple[int, int], list[Likeness]] = defaultdict(list)
    either = {pk for pair in pairs for pk in pair}
    for likeness in Likeness.objects.filter(one__in=either, two__in=either):
        known[likeness.one_id, likeness.two_id or 0].append(likeness)
    linked = _linked({pk for two in leads.values() for pk in two})
    fresh = []
    for pair, suggestion in pairs.items():
        reasons = set(suggestion.names)
        rows = known.get(pair, [])
        is_open = next((row for row in rows if row.state == Likeness.State.OPEN), None)
        if is_open is not None:
            if reasons - set(is_open.reasons):
                is_open.reasons, is_open.weight = list(suggestion.names), suggestion.weight
                is_open.save(update_fields=["reasons", "weight"])
            continue
        seen = {reason for row in rows for reason in row.reasons}
        if not reasons - seen or frozenset(leads[pair]) in linked:
            continue
        fresh.append(
            Likeness(
                project=project,
                one_id=pair[0],
                two_id=pair[1],
                reasons=list(suggestion.names),
                weight=suggestion.weight,
                found_at=now,
            )
        )
    # Another counter may keep the same pair at this moment.
    Likeness.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _linked(leads: set[int]) -> set[frozenset[int]]:
    """The pairs among these clients between whom a link stands."""
    links = ContactEvent.objects.filter(kind=Kind.LINK, lead__in=leads, other__in=leads)
    gone = ContactEvent.objects.filter(kind=Kind.TAKEN_BACK, refers__in=links)
    standing = links.exclude(pk__in=gone.values("refers_id")).values_list("lead_id", "other_id")
    return {frozenset(pair) for pair in standing}


def collide(one: Person, two: Person, now: datetime) -> None:
    """Keep that two people of different parties gave one number."""
    first, second = sorted((one.pk, two.pk))
    Likeness.objects.bulk_create(
        [
            Likeness(
                project_id=one.lead.project_id,
                one_id=first,
                two_id=second,
                reasons=["phone"],
                weight=matcher.WEIGHTS["phone"],
                found_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def close(rows: Sequence[Likeness], *, state: str, **closing: object) -> None:
    """Confirm or dismiss what is open."""
    for row in rows:
        row.state = state
        for name, value in closing.items():
            setattr(row, name, value)
        row.save(update_fields=["state", *closing])


def open_between(one: Iterable[Lead], two: Iterable[Lead]) -> list[Likeness]:
    """What is open between the people of two parties."""
    one, two = list(one), list(two)
    return list(
        Likeness.objects.select_for_update().filter(
            Q(one__lead__in=one, two__lead__in=two) | Q(one__lead__in=two, two__lead__in=one),
            state=Likeness.State.OPEN,
        )
    )
