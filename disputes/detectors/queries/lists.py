"""Suspicions as those who decide read them: a list, and one with its path in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext

from leads.models import Person, Project, Staff

from .. import wording
from ..models import Suspicion
from ..registry import DETECTORS

SUSPICIONS_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a path, in words; `lead` where a client's page shows more."""

    words: str
    at: datetime | None
    lead: int | None


@dataclass(frozen=True, slots=True)
class Client:
    """A client who appears in a suspicion."""

    lead: int
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A suspicion with its sentences; `lines` of a list holds the first ones only."""

    suspicion: Suspicion
    lines: list[Line]
    clients: list[Client]
    what: Any
    otherwise: Any
    clause: str


def suspicions_for(reader: Staff, projects: Iterable[Project]) -> QuerySet[Suspicion]:
    """Every suspicion of these projects, but for those of the reader's own conduct."""
    return (
        Suspicion.objects.filter(project__in=[project.pk for project in projects])
        .exclude(concerns__contains=[reader.pk])
        .select_related("project", "lead", "agent", "end__by", "end__case")
        .order_by(F("end__at").desc(nulls_first=True), "-score", "-pk")
    )


def shown(suspicions: Iterable[Suspicion], *, first: int | None = None) -> list[Shown]:
    """These suspicions in words, with at most so many lines each. Three queries for all."""
    rows = list(suspicions)
    paths = [row.path[:first] for row in rows]
    clues = [clue for path in paths for clue in path]
    agents = {clue[name] for clue in clues for name in ("agent", "other_agent") if name in clue}
    leads = {clue[name] for clue in clues for name in ("party", "other_party") if name in clue}
    leads.update(lead for row in rows for lead in [*row.clients, row.lead_id] if lead)
    staff = dict(Staff.objects.filter(pk__in=agents).order_by().values_list("pk", "name"))
    clients = _clients(leads)
    return [
        Shown(
            suspicion=row,
            lines=[_line(clue, staff, clients) for clue in path],
            clients=[clients[lead] for lead in row.clients if lead in clients],
            what=wording.WHAT[row.detector],
            otherwise=wording.OTHERWISE[row.detector],
            clause=DETECTORS[row.detector].clause,
        )
        for row, path in zip(rows, paths, strict=True)
    ]


def _line(clue: Mapping[str, Any], staff: Mapping[int, str], clients: Mapping[int, Client]) -> Line:
    nobody = gettext("未知")

    def called(name: str) -> str:
        found = clients.get(clue.get(name, 0))
        return nobody if found is None else found.name

    names = {
        "agent": staff.get(clue.get("agent", 0), nobody),
        "other_agent": staff.get(clue.get("other_agent", 0), nobody),
        "client": called("party"),
        "other_client": called("other_party"),
    }
    at = datetime.fromisoformat(clue["at"]) if "at" in clue else None
    return Line(wording.sentence(clue, names), at, clue.get("party"))


def _clients(leads: Iterable[int]) -> dict[int, Client]:
    """By lead what each client is called, and his number: of the person written down first."""
    found: dict[int, Client] = {}
    people = Person.objects.filter(lead__in=set(leads)).prefetch_related("phones").order_by("pk")
    for person in people:
        if person.lead_id not in found:
            phone = person.phone
            found[person.lead_id] = Client(
                person.lead_id,
                person.name or person.traits or f"L-{person.lead_id:05d}",
                "" if phone is None else phone.number,
            )
    return found
