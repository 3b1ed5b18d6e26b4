"""Who belongs to a client, by whom it was written down, and who may be whom; shaped for screens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, JSONObject

from .. import access
from ..identity import matcher
from ..models import (
    RECEPTIONS,
    Contact,
    ContactEvent,
    Kind,
    Lead,
    Likeness,
    Person,
    PersonFact,
    Phone,
    Project,
    Staff,
)


@dataclass(frozen=True, slots=True)
class Written:
    """By whom and when something was written down."""

    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A number, an address or another name of somebody."""

    kind: str
    """phone, wechat, email or name."""
    pk: int | None
    text: str
    """A number in E.164, else as typed."""
    state: str = "stands"
    """stands, shared (somebody else gave it too) or wrong."""
    written: Written | None = None
    wrong: Written | None = None


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of a party."""

    person: Person
    ways: list[Way]
    written: Written | None = None
    """None: he came with the first reception."""


@dataclass(frozen=True, slots=True)
class MayBe:
    """Somebody else whom a person may be."""

    likeness: int
    lead: int
    name: str
    reasons: list[str]


@dataclass(slots=True)
class Member:
    """One client of a party, with his people."""

    lead: Lead
    people: list[Someone] = field(default_factory=list)
    may_be: list[MayBe] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bond:
    """A link between two clients, whether it stands or was taken back."""

    event: ContactEvent
    other: int | None
    """The other client, where the reader may see him."""
    name: str
    taken_back: Written | None

    @property
    def relation(self) -> str:
        """How both belong together, by the policy's own word."""
        return str(self.event.details.get("relation", ""))


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """An agent said to know the client from elsewhere (sales/4): all that the rule asks."""

    agent: str
    at: datetime
    met: datetime | None
    """Since when he has received the same number in another project; which, is not told."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Everybody around a client."""

    members: list[Member]
    covered: int
    """So many clients of the party the reader may not see."""
    bonds: list[Bond]
    acquaintances: list[Acquaintance]


def circle_of(lead: Lead, reader: Staff) -> Circle:
    """The people of a client's party and its links, as far as the reader may see them.

    Two queries, however many there are. Give the lead with its project.
    """
    seen = access.leads_of(reader, lead.project)
    oversees = reader.role in access.OVERSEERS
    party = Q(lead=lead) if lead.party_id is None else Q(lead__party=lead.party_id)
    people = list(
        Person.objects.filter(party, lead__project=lead.project_id)
        .annotate(
            shown=Case(When(lead__in=seen, then=Value(1)), default=Value(0)),
            phone_rows=ArraySubquery(_phones()),
            contact_rows=ArraySubquery(_contacts()),
            fact_rows=ArraySubquery(_facts()),
            may_be_rows=ArraySubquery(_may_be(seen)),
        )
        .select_related("lead")
        .defer("keys")
        .order_by("lead_id", "pk")
    )
    members: dict[int, Member] = {lead.pk: Member(lead)}
    hidden: set[int] = set()
    for person in people:
        if not person.shown:
            hidden.add(person.lead_id)
            continue
        person.lead.project = lead.project
        member = members.setdefault(person.lead_id, Member(person.lead))
        member.people.append(_someone(person))
        if oversees or reader.role == "agent":
            member.may_be += [
                MayBe(row["id"], row["lead"], row["name"] or "", row["reasons"])
                for row in person.may_be_rows
            ]
    bonds, known = _bonds(lead, reader, seen)
    return Circle(list(members.values()), len(hidden), bonds, known)


def _phones() -> QuerySet[Phone, Any]:
    return (
        Phone.every.filter(person=OuterRef("pk"))
        .order_by("pk")
        .values(data=JSONObject(id="pk", number="number", typed="typed", state="state"))
    )


def _contacts() -> QuerySet[Contact, Any]:
    return (
        Contact.objects.filter(person=OuterRef("pk"))
        .exclude(kind=Contact.Kind.NOTED)
        .order_by("pk")
        .values(data=JSONObject(id="pk", kind="kind", typed="typed", wrong="wrong"))
    )


def _facts() -> QuerySet[PersonFact, Any]:
    return (
        PersonFact.objects.filter(person=OuterRef("pk"))
        .order_by("recorded_at", "pk")
        .values(
            data=JSONObject(
                kind="kind",
                typed="typed",
                phone="phone_id",
                contact="contact_id",
                note="note",
                by="by__name",
                at="recorded_at",
            )
        )
    )


def _may_be(seen: QuerySet[Lead]) -> QuerySet[Likeness, Any]:
    """Open suggestions about a person, whose other side the reader may see."""
    return (
        Likeness.objects.filter(
            Q(one=OuterRef("pk")) | Q(two=OuterRef("pk")),
            state=Likeness.State.OPEN,
            two__isnull=False,
            one__lead__in=seen,
            two__lead__in=seen,
        )
        .exclude(one__lead__party=F("two__lead__party"), one__lead__party__isnull=False)
        .annotate(
            other_lead=Case(
                When(one=OuterRef("pk"), then=F("two__lead_id")), default=F("one__lead_id")
            ),
            other_name=Case(When(one=OuterRef("pk"), then=F("two__name")), default=F("one__name")),
        )
        .order_by("-weight", "pk")
        .values(data=JSONObject(id="pk", lead="other_lead", name="other_name", reasons="reasons"))
    )


def _someone(person: Any) -> Someone:
    facts: list[Mapping[str, Any]] = person.fact_rows
    ways = [
        Way("name", None, alias, written=_last(facts, kind="name", typed=alias))
        for alias in person.aliases
    ]
    gone = {row["typed"] for row in facts if row["kind"] == "name"} - {*person.aliases, person.name}
    ways += [
        Way(
            "name",
            None,
            alias,
            "wrong",
            _last(facts, kind="name", typed=alias),
            _last(facts, kind="wrong", typed=alias, phone=None, contact=None),
        )
        for alias in sorted(gone)
    ]
    for row in person.phone_rows:
        wrong = row["state"] == "wrong"
        ways.append(
            Way(
                "phone",
                row["id"],
                row["number"],
                row["state"],
                _last(facts, kind="phone", phone=row["id"]),
                _last(facts, kind="wrong", phone=row["id"]) if wrong else None,
            )
        )
    for row in person.contact_rows:
        ways.append(
            Way(
                row["kind"],
                row["id"],
                row["typed"],
                "wrong" if row["wrong"] else "stands",
                _last(facts, kind=row["kind"], contact=row["id"]),
                _last(facts, kind="wrong", contact=row["id"]) if row["wrong"] else None,
            )
        )
    return Someone(person, ways, _last(facts, kind="person"))


def _last(facts: list[Mapping[str, Any]], **asked: Any) -> Written | None:
    """The latest fact that says all of this."""
    for row in reversed(facts):
        if all(row[name] == value for name, value in asked.items()):
            return Written(row["by"], datetime.fromisoformat(row["at"]), row["note"])
    return None


def _bonds(
    lead: Lead, reader: Staff, seen: QuerySet[Lead]
) -> tuple[list[Bond], list[Acquaintance]]:
    """Links of a party, and receptions at which an agent was said to know the client."""
    party = Lead.objects.filter(Q(pk=lead.pk) | Q(party=lead.party_id or lead.pk))
    mine = Q(lead__in=party.values("pk"))
    first = Person.objects.order_by("pk").values("name")
    back = ContactEvent.objects.filter(refers=OuterRef("pk"), kind=Kind.TAKEN_BACK)
    numbers = Phone.objects.filter(person__lead=OuterRef(OuterRef("lead"))).values("number")
    met = (
        ContactEvent.objects.filter(
            agent=OuterRef("known_to"),
            kind__in=RECEPTIONS,
            lead__people__phones__number__in=numbers,
        )
        .exclude(project=OuterRef("project"))
        .order_by("at")
        .values("at")[:1]
    )
    rows = (
        ContactEvent.objects.filter(
            (Q(kind=Kind.LINK) & (mine | Q(other__in=party.values("pk"))))
            | (mine & Q(known_to__isnull=False))
        )
        .select_related("by", "known_to")
        .annotate(
            lead_name=Subquery(first.filter(lead=OuterRef("lead"))[:1]),
            other_name=Subquery(first.filter(lead=OuterRef("other"))[:1]),
            lead_shown=Case(When(lead__in=seen, then=Value(1)), default=Value(0)),
            other_shown=Case(When(other__in=seen, then=Value(1)), default=Value(0)),
            back_by=Subquery(back.values("by__name")[:1]),
            back_at=Subquery(back.values("recorded_at")[:1]),
            back_note=Coalesce(
                Subquery(back.values("note")[:1]), Value(""), output_field=TextField()
            ),
            met=Subquery(met),
        )
        .order_by("-recorded_at", "-pk")
    )
    bonds: list[Bond] = []
    known: list[Acquaintance] = []
    oversees = reader.role in access.OVERSEERS
    for row in rows:
        if row.kind != Kind.LINK:
            assert row.known_to is not None
            # The rule needs to know of the one agent alone; nobody else learns whom he knows.
            if oversees or row.known_to_id == reader.pk:
                known.append(Acquaintance(row.known_to.name, row.at, row.met))
            continue
        turned = row.other_id == lead.pk
        other = row.lead_id if turned else row.other_id
        shown = row.lead_shown if turned else row.other_shown
        name = row.lead_name if turned else row.other_name
        back_of = Written(row.back_by, row.back_at, row.back_note) if row.back_at else None
        if not (oversees or shown):
            other, name = None, ""
        bonds.append(Bond(row, other, name or "", back_of))
    return bonds, known


# ── Who may be whom ──


def open_likenesses(project: Project) -> QuerySet[Likeness]:
    """What waits for a supervisor: proposals of agents first, then the likeliest pairs."""
    return (
        Likeness.objects.filter(project=project, state=Likeness.State.OPEN)
        .exclude(one__lead__party=F("two__lead__party"), one__lead__party__isnull=False)
        .select_related("one__lead__owner", "two__lead__owner", "proposed_by")
        .order_by("-weight", "pk")
    )


def reason_words(reasons: list[str]) -> list[str]:
    """Reasons of a suggestion in the office's words, the weightiest first."""
    return [str(words) for name, words in matcher.REASONS.items() if name in reasons]


def numbers_of(people: list[int]) -> dict[int, list[str]]:
    """The numbers of people, by their keys; none that is wrong. One query."""
    found: dict[int, list[str]] = {}
    rows = Phone.every.filter(person__in=people).exclude(state="wrong").order_by("pk")
    for person, number in rows.values_list("person_id", "number"):
        found.setdefault(person, []).append(number)
    return found


def concerns_others(one: Lead, two: Lead, agent: Staff, now: datetime) -> bool:
    """Would a link, or taking one back, touch anybody but this agent? One query.

    So it does where a matter is open, or where somebody else owns either party now or is to own it
    after somebody.
    """
    party = Lead.objects.filter(
        Q(pk__in=(one.pk, two.pk)) | Q(party__in=[lead.root_id for lead in (one, two)])
    )
    ahead = Q(ownership__period__endswith__isnull=True) | Q(ownership__period__endswith__gt=now)
    others = Q(ownership__isnull=False) & ~Q(ownership__agent=agent) & ahead
    return party.filter(Q(contested=True) | others).exists()


# ── The whole base ──


def to_compare(project: Project, *, everybody: bool = False) -> QuerySet[Person]:
    """Whom the matcher has not looked at since they changed, or everybody, by key."""
    people = Person.objects.filter(lead__project=project).order_by("pk")
    return people if everybody else people.filter(compared=False)


def with_words(events: QuerySet[ContactEvent]) -> QuerySet[ContactEvent]:
    """The events with anything in somebody's own words, by key."""
    said = ~Q(note="") | Q(details__has_any_keys=["companions", "need", "source"])
    return events.filter(said, lead__isnull=False).order_by("pk")
