"""Reads of imports, shaped for their pages and workers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from leads import access
from leads.models import Project, Staff

from . import columns, judging, sheets
from .agents import UNKNOWN
from .files import stored
from .models import Headings, Import, Register, Row
from .words import BARRED, Reason, words_of

NAMES_SHOWN = 20
PARTIES_AT_ONCE = 1500
Verdict = Row.Verdict


def imports_of(projects: Iterable[Project]) -> QuerySet[Import]:
    """The imports of some projects, the latest first, with who asked and their files."""
    found = Import.objects.filter(project__in=list(projects)).select_related("staff", "project")
    return found.prefetch_related("registers").order_by("-asked_at", "-pk")


def source_of(register: Register) -> sheets.Source:
    """Where a register is read from."""
    return sheets.Source(
        stored(register.file),
        register.form,
        register.sheet,
        register.encoding,
        register.delimiter,
    )


def first_rows(source: sheets.Source) -> list[sheets.SheetRow]:
    """As much of a sheet as a guess needs. Raises sheets.Unreadable."""
    return list(islice(source.rows(), columns.LOOK_AT))


def recalled(project: Project, headings: Sequence[str]) -> Headings | None:
    """How the project last read a register with these headings."""
    return Headings.objects.filter(project=project, headings=columns.digest(headings)).first()


def body_of(register: Register) -> Iterator[list[sheets.SheetRow]]:
    """The rows under the headings, blank ones left out, in lots. Raises sheets.Unreadable."""
    rows = (
        row
        for row in source_of(register).rows()
        if row.number > register.heading_row and not row.blank
    )
    while lot := list(islice(rows, 500)):
        yield lot


def to_foresee(batch: Import) -> Iterator[list[Row]]:
    """Rows of which the rules are asked, in lots of whole parties, each in its order."""
    rows = (
        Row.objects.filter(batch=batch, verdict__in=[Verdict.NEW, Verdict.CONFLICT])
        .select_related("lead", "agent", "register")
        .order_by("party", "entered", "pk")
    )
    lot: list[Row] = []
    for row in rows.iterator(chunk_size=PARTIES_AT_ONCE):
        row.batch = batch
        if len(lot) >= PARTIES_AT_ONCE and (not row.party or row.party != lot[-1].party):
            yield lot
            lot = []
        lot.append(row)
    if lot:
        yield lot


def opened_at(batch: Import, now: datetime) -> datetime:
    """When the office began to work here: dates of a register count only before."""
    return judging.opened_at(batch, now)


def unfinished(states: Sequence[str], before: datetime) -> list[UUID]:
    """Imports at which nobody has worked since `before`."""
    found = Import.objects.filter(state__in=states, beat_at__lt=before)
    return list(found.values_list("key", flat=True))


def to_forget(before: datetime) -> list[Import]:
    """Imports whose files and rows are older than the office keeps them."""
    last = Q(finished_at__lt=before) | Q(finished_at=None, asked_at__lt=before)
    return list(Import.objects.filter(last, forgotten_at=None).prefetch_related("registers"))


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the files that is no agent's, how often, and why not."""

    name: str
    rows: int
    code: str


def unknown_names(batch: Import) -> list[Name]:
    """The names that somebody has to explain, the most frequent first. One query."""
    found: Counter[tuple[str, str]] = Counter()
    rows = Row.objects.filter(batch=batch, verdict=Verdict.ERROR, agent=None)
    groups = rows.values(typed=F("draft__agent"), why=F("reasons")).annotate(rows=Count("pk"))
    for group in groups.order_by("typed"):
        for code, values in group["why"]:
            if code in UNKNOWN:
                found[values["name"], code] += group["rows"]
    return [Name(name, rows, code) for (name, code), rows in found.most_common(NAMES_SHOWN)]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the rules would make of all rows, counted."""

    living: int
    lapsed: int
    record_only: int
    collisions: int


def summary(batch: Import) -> Summary:
    """How many rows would own now, have lapsed already, or only stay on record. One query."""
    rows = Row.objects.filter(batch=batch, verdict__in=[Verdict.NEW, Verdict.CONFLICT])
    claims = Q(foreseen__effect="claim")
    found = rows.aggregate(
        living=Count("pk", filter=claims & Q(foreseen__state__in=["owner", "waiting"])),
        lapsed=Count("pk", filter=claims & Q(foreseen__state__in=["lapsed", "ended"])),
        record_only=Count("pk", filter=~claims),
        collisions=Count("pk", filter=Q(foreseen__collides=True)),
    )
    return Summary(**found)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the page of verdicts shows it."""

    row: Row
    name: str
    number: str
    readable: bool
    """What the cell says of a number could be read: a number, or that none was left."""
    reasons: list[Reason]
    agent: str
    until: date | None
    barred: str
    lead: int | None


def shown(rows: Iterable[Row], reader: Staff, project: Project) -> list[ShownRow]:
    """The rows with their reasons in words; clients are named only to whom may see them.

    One query, whatever the number of rows.
    """
    listed = list(rows)
    wanted = {row.lead_id for row in listed if row.lead_id}
    wanted |= {lead for row in listed for _, values in row.reasons for lead in _leads(values)}
    seen = set(access.leads_of(reader, project).filter(pk__in=wanted).values_list("pk", flat=True))
    return [_shown(row, seen) for row in listed]


def _leads(values: dict[str, Any]) -> list[int]:
    return list(values.get("leads", []))


def _shown(row: Row, seen: set[int]) -> ShownRow:
    until = row.foreseen.get("until")
    phones = row.draft.get("phones") or []
    return ShownRow(
        row=row,
        name=row.draft.get("name", ""),
        number=phones[0][0] if phones else "",
        readable="phones" in row.draft and not any(code == "bad_phone" for code, _ in row.reasons),
        reasons=words_of(row.reasons, seen),
        agent=row.foreseen.get("name", ""),
        until=date.fromisoformat(until) if until else None,
        barred=str(BARRED.get(row.foreseen.get("why", ""), "")),
        lead=row.lead_id if row.lead_id in seen else None,
    )
