"""What joins the parties of a project, out of numbers, contacts, links, introductions, papers."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from django.db.models import Count, F, Value
from django.db.models.functions import Coalesce, NullIf

from leads.models import RECEPTIONS, Contact, ContactEvent, Kind, Person, Phone, Project, Standing

from ..rows import Tie
from ..sources import Paper

RELATION = {"spouse": "family", "family": "family", "friend": "friend", "colleague": "colleague"}
"""The ties of links between parties who are not one; others make them one party."""
MOST_SHARING = 6
"""What more parties share is no tie: a switchboard, the developer's own address."""


def root(prefix: str = "") -> Coalesce:
    """The key of the party of a lead that is reached by this prefix."""
    return Coalesce(F(f"{prefix}lead__party"), F(f"{prefix}lead"))


def ties_of(project: Project, papers: Iterable[Paper]) -> tuple[Tie, ...]:
    """Every tie between two parties of a project. Six queries."""
    papers = list(papers)
    found = [*_numbers(project), *_contacts(project), *_links(project), *_papers(project, papers)]
    return tuple(tie for tie in found if tie.one != tie.two)


def _pairs(kind: str, shared: dict[str, set[int]]) -> Iterator[Tie]:
    for parties in shared.values():
        if 2 <= len(parties) <= MOST_SHARING:
            for one, two in combinations(sorted(parties), 2):
                yield Tie(kind, one, two)


def _numbers(project: Project) -> Iterator[Tie]:
    """A number that people of several parties gave; a wrong one is nobody's."""
    every = Phone.every.filter(project=project)
    shared = every.filter(state=Standing.SHARED)
    rows = (
        every.filter(number__in=shared.values("number"))
        .exclude(state=Standing.WRONG)
        .values_list("number", root("person__"))
    )
    by_number: dict[str, set[int]] = defaultdict(set)
    for number, party in rows:
        by_number[number].add(party)
    return _pairs("phone", by_number)


def _contacts(project: Project) -> Iterator[Tie]:
    """An address that several gave, and a number of one that stands in a note about another."""
    every = Contact.objects.filter(project=project, wrong=False)
    several = (
        every.order_by()
        .values("kind", "value")
        .annotate(people=Count("person", distinct=True))
        .filter(people__gt=1)
    )
    by_value: dict[str, set[int]] = defaultdict(set)
    rows = every.filter(value__in=several.values("value")).values_list(
        "kind", "value", root("person__")
    )
    for kind, value, party in rows:
        if kind != Contact.Kind.NOTED:
            by_value[f"{kind}:{value}"].add(party)
    yield from _pairs("contact", by_value)
    noted = every.filter(kind=Contact.Kind.NOTED).values_list("value", root("person__"))
    in_notes: dict[str, set[int]] = defaultdict(set)
    for value, party in noted:
        in_notes[value].add(party)
    owners = Phone.objects.filter(project=project, number__in=list(in_notes))
    for number, party in owners.values_list("number", root("person__")):
        for other in in_notes[number] - {party}:
            yield Tie("noted", other, party)


def _links(project: Project) -> Iterator[Tie]:
    """Links between parties who each want their own, and who was brought by whom."""
    events = ContactEvent.objects.filter(project=project, other__isnull=False)
    gone = ContactEvent.objects.filter(kind=Kind.TAKEN_BACK, refers__isnull=False)
    rows = (
        events.filter(kind__in=(Kind.LINK, *RECEPTIONS))
        .exclude(pk__in=gone.values("refers"))
        .values_list(
            "pk", "kind", "details", root(), Coalesce(F("other__party"), F("other")), named=False
        )
    )
    for pk, kind, details, one, two in rows:
        if kind != Kind.LINK:
            yield Tie("brought", one, two, pk)
        elif details.get("relation") in RELATION:
            yield Tie(RELATION[details["relation"]], one, two, pk)


def _papers(project: Project, papers: Iterable[Paper]) -> Iterator[Tie]:
    """What the papers of two parties share, and payers who are clients themselves."""
    identities: dict[str, set[int]] = defaultdict(set)
    addresses: dict[str, set[int]] = defaultdict(set)
    payers: dict[str, set[int]] = defaultdict(set)
    phones: dict[str, set[int]] = defaultdict(set)
    for paper in papers:
        for value, by_value in (
            (paper.identity, identities),
            (plain(paper.address), addresses),
            (paper.payer, payers),
            (paper.payer_phone, phones),
        ):
            if value:
                by_value[value].add(paper.party)
    yield from _pairs("identity", identities)
    yield from _pairs("address", addresses)
    clients = Person.objects.filter(lead__project=project)
    names = clients.filter(name__in=list(payers)).annotate(
        called=NullIf(F("name"), Value("")), party=root()
    )
    for name, party in names.values_list("called", "party"):
        payers[name].add(party)
    yield from _pairs("payer_name", payers)
    owners = Phone.objects.filter(project=project, number__in=list(phones))
    for number, party in owners.values_list("number", root("person__")):
        phones[number].add(party)
    yield from _pairs("payer_phone", phones)


def plain(address: str) -> str:
    """An address as it is compared: one width, one case, no spaces and signs."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", address)).casefold()
