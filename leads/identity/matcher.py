"""Who may be whom: the one matcher, used on entry, on edit, on import and over the whole base.

The same phone number is the same person. Everything else is a suggestion with its reasons, which a
person confirms or dismisses. Whoever shows suggestions shows only what the reader may see: give
`among`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ..models import Contact, Lead, Person, Phone, Project, tail_of
from . import names
from .phones import PhoneReading

REASONS = {
    "phone": _("同一個電話"),
    "wechat": _("同一個微信"),
    "email": _("同一個電子郵件"),
    "noted": _("備註裡的電話"),
    "extension": _("同一總機，分機不同"),
    "name": _("同名"),
    "script": _("同名，繁簡寫法不同"),
    "pinyin": _("同音或拼音相同"),
    "tail": _("電話後八碼相同"),
    "initials": _("姓名縮寫相同"),
}
"""Every reason, the weightiest first, in the office's words."""
WEIGHTS = dict(zip(REASONS, (100, 90, 80, 70, 60, 50, 50, 30, 25, 10), strict=True))
ENOUGH = 30
"""From this weight on two people are shown to a supervisor without anybody asking: the end of a
number, or initials, say too little alone."""
MOST = 20
"""So many suggestions are given for one person, the weightiest first."""
TAIL_DIGITS = 8
NAMES_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two people may be one: the reason's name, and the value that both have."""

    name: str
    value: str = ""

    @property
    def words(self) -> str:
        """The reason in the office's words."""
        return str(REASONS[self.name])

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who may be the one asked about."""

    lead: Lead
    person: Person
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> int:
        """How much speaks for it."""
        return sum(WEIGHTS[reason.name] for reason in self.reasons)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the reasons."""
        return tuple(reason.name for reason in self.reasons)

    @property
    def is_same_phone(self) -> bool:
        """The same number: by the office's rule the same person."""
        return any(reason.name == "phone" for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whoever is compared with the base: what is known of him, and his own party."""

    names: tuple[str, ...] = ()
    phones: tuple[PhoneReading, ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()
    """Kind (`wechat`, `email`) and value, normalised."""
    noted: tuple[PhoneReading, ...] = ()
    """Numbers that stand in notes about him."""
    root: int | None = None
    """The lead that stands for his own party, which is not suggested."""


@dataclass(slots=True)
class _Found:
    person: Person
    reasons: dict[str, Reason] = field(default_factory=dict)


def suggestions(
    project: Project,
    *,
    name: str = "",
    phones: Iterable[PhoneReading] = (),
    contacts: Iterable[tuple[str, str]] = (),
    besides: Lead | None = None,
    noted: Iterable[PhoneReading] = (),
    among: QuerySet[Lead] | None = None,
) -> list[Suggestion]:
    """Who of a project may be this one, the likeliest first. Three queries, whatever is given.

    `phones` and `noted` as `normalise_phone` and `phones_in` read them; `contacts` pairs of kind
    and normalised value; `besides` leaves out a lead and its party; `among` keeps to these leads,
    as `access.leads_of` gives them.
    """
    subject = Subject(
        names=(name,) if name else (),
        phones=tuple(phones),
        contacts=tuple(contacts),
        noted=tuple(noted),
        root=None if besides is None else besides.root_id,
    )
    return compare(project, [subject], among=among)[0]


def compare(
    project: Project, subjects: Sequence[Subject], *, among: QuerySet[Lead] | None = None
) -> list[list[Suggestion]]:
    """As `suggestions` for many at once, in the order given.

    Two queries, and one more for every eight of them: for the keys of many the database would look
    at everybody instead of its index.
    """
    found: list[dict[int, _Found]] = [{} for _subject in subjects]
    for at in range(0, len(subjects), NAMES_AT_ONCE):
        chunk = slice(at, at + NAMES_AT_ONCE)
        _by_name(project, subjects[chunk], found[chunk], among)
    _by_phone(project, subjects, found, among)
    _by_contact(project, subjects, found, among)
    return [_ranked(subject, people) for subject, people in zip(subjects, found, strict=True)]


def subjects_of(people: Iterable[Person]) -> list[Subject]:
    """What is known of people, to compare them with the others. Two queries.

    Give them with their leads.
    """
    people = list(people)
    phones: dict[int, list[PhoneReading]] = defaultdict(list)
    numbers = Phone.every.filter(person__in=people).exclude(state="wrong")
    for person, number, typed in numbers.values_list("person_id", "number", "typed"):
        phones[person].append(PhoneReading(number, typed))
    contacts: dict[int, list[tuple[str, str]]] = defaultdict(list)
    noted: dict[int, list[PhoneReading]] = defaultdict(list)
    ways = Contact.objects.filter(person__in=people, wrong=False)
    for person, kind, value in ways.values_list("person_id", "kind", "value"):
        if kind == Contact.Kind.NOTED:
            noted[person].append(PhoneReading(value))
        else:
            contacts[person].append((kind, value))
    return [
        Subject(
            names=tuple(one for one in (person.name, *person.aliases) if one),
            phones=tuple(phones[person.pk]),
            contacts=tuple(contacts[person.pk]),
            noted=tuple(noted[person.pk]),
            root=person.lead.root_id,
        )
        for person in people
    ]


# ── By what ──


def _add(found: dict[int, _Found], person: Person, reason: Reason) -> None:
    found.setdefault(person.pk, _Found(person)).reasons.setdefault(reason.name, reason)


def _by_name(
    project: Project,
    subjects: Sequence[Subject],
    found: list[dict[int, _Found]],
    among: QuerySet[Lead] | None,
) -> None:
    asked: dict[str, list[int]] = defaultdict(list)
    for at, subject in enumerate(subjects):
        for name in subject.names:
            for key in names.match_keys(name):
                asked[key].append(at)
    people = Person.objects.filter(lead__project=project, keys__overlap=list(asked))
    if among is not None:
        people = people.filter(lead__in=among)
    for person in people.select_related("lead").defer("keys", "traits"):
        called = [one for one in (person.name, *person.aliases) if one]
        hits = {at for one in called for key in names.name_keys(one) for at in asked.get(key, ())}
        for at in hits:
            reason = _reason_of_names(subjects[at].names, called)
            if reason is not None:
                _add(found[at], person, reason)


def _reason_of_names(ours: Iterable[str], theirs: Iterable[str]) -> Reason | None:
    """The weightiest reason that two people's names give."""
    best: Reason | None = None
    for one in ours:
        for two in theirs:
            reason = reason_of_two_names(one, two)
            if reason and (best is None or WEIGHTS[reason.name] > WEIGHTS[best.name]):
                best = reason
    return best


def reason_of_two_names(one: str, two: str) -> Reason | None:
    """What two names have in common, or None. A surname alone is nothing in common."""
    if not set(names.match_keys(one)) & set(names.name_keys(two)):
        return None
    folded = names.fold_name(one), names.fold_name(two)
    own = {key for key in names.name_keys(one) if key[0] in "nb"}
    if own & set(names.name_keys(two)):
        same_script = names.plain(one) == names.plain(two)
        return Reason("name" if same_script or folded[0] != folded[1] else "script", two)
    spoken = {key for key in names.name_keys(one) if key[0] == "p"}
    if spoken & set(names.name_keys(two)):
        # Two short names of one sound are too common to mean anything.
        both_chinese = all(names.is_chinese(text[0]) for text in folded)
        if both_chinese and min(map(len, folded)) < 3:
            return None
        return Reason("pinyin", two)
    return Reason("initials", two)


def _by_phone(
    project: Project,
    subjects: Sequence[Subject],
    found: list[dict[int, _Found]],
    among: QuerySet[Lead] | None,
) -> None:
    asked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    tails: dict[str, list[tuple[int, PhoneReading]]] = defaultdict(list)
    for at, subject in enumerate(subjects):
        for number in subject.phones:
            asked[number].append((at, "phone"))
            tails[number.base[-TAIL_DIGITS:]].append((at, number))
        for number in subject.noted:
            asked[number].append((at, "noted"))
    phones = (
        Phone.every.filter(project=project)
        .exclude(state="wrong")
        .alias(tail=tail_of("number"))
        .filter(Q(number__in=list(asked)) | Q(tail__in=list(tails)))
    )
    if among is not None:
        phones = phones.filter(person__lead__in=among)
    for phone in phones.select_related("person__lead").defer("person__keys", "person__traits"):
        reading = PhoneReading(phone.number)
        for at, reason in asked.get(phone.number, ()):
            _add(found[at], phone.person, Reason(reason, phone.number))
        for at, number in tails.get(reading.base[-TAIL_DIGITS:], ()):
            if number == reading:
                continue
            same_line = number.base == reading.base
            _add(
                found[at],
                phone.person,
                Reason("extension" if same_line else "tail", phone.number),
            )


def _by_contact(
    project: Project,
    subjects: Sequence[Subject],
    found: list[dict[int, _Found]],
    among: QuerySet[Lead] | None,
) -> None:
    asked: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, subject in enumerate(subjects):
        for kind, value in subject.contacts:
            asked[kind, value].append(at)
        for number in subject.phones:
            asked[Contact.Kind.NOTED, number].append(at)
    values: Mapping[str, list[str]] = {
        kind: [value for other, value in asked if other == kind] for kind in Contact.Kind.values
    }
    wanted = Q(pk__in=[])
    for kind, some in values.items():
        wanted |= Q(kind=kind, value__in=some)
    contacts = Contact.objects.filter(wanted, project=project, wrong=False)
    if among is not None:
        contacts = contacts.filter(person__lead__in=among)
    for contact in contacts.select_related("person__lead").defer("person__keys", "person__traits"):
        for at in asked.get((contact.kind, contact.value), ()):
            _add(found[at], contact.person, Reason(contact.kind, contact.value))


def _ranked(subject: Subject, people: Mapping[int, _Found]) -> list[Suggestion]:
    order = list(REASONS)
    ranked = [
        Suggestion(
            one.person.lead,
            one.person,
            tuple(sorted(one.reasons.values(), key=lambda reason: order.index(reason.name))),
        )
        for one in people.values()
        if subject.root is None or one.person.lead.root_id != subject.root
    ]
    ranked.sort(key=lambda one: (-one.weight, one.person.pk))
    return ranked[:MOST]
