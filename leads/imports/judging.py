"""Gives each row its verdict: first by itself, then by what the office knows, then by the rules."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Q

from leads import identity
from leads.models import ContactEvent, Kind, Lead, Person, Phone
from leads.signals import rows_foreseen

from . import reading
from .agents import Agents
from .columns import is_total
from .drafts import IMPORTED, KINDS, Party, drafted
from .models import Import, Register, Row
from .reading import Unclear
from .sheets import SheetRow

NAME_LIMIT = 60
OLDEST_YEAR = 2000
ALIKE_SHOWN = 3
LIMITS = {"source": 60, "need": 200, "companions": 100, "method": 20, "note": 1000}
Verdict = Row.Verdict
GENERIC = ("先生", "女士", "小姐", "太太")


# --- By itself ---------------------------------------------------------------------------------


def read(register: Register, row: SheetRow, batch: Import, agents: Agents, now: datetime) -> Row:
    """A row as it is understood, or what is wrong with it: every fault, not only the first."""
    found = Row(
        batch=batch,
        register=register,
        number=row.number,
        cells=row.cells,
        verdict=Verdict.NEW,
        reasons=[],
        kind=KINDS[Register.Kind(register.kind)],
    )
    if is_total(row.cells):
        return _set(found, Verdict.SKIPPED, "total_row")
    if [cell for cell in row.cells if cell] == [head for head in register.headings if head]:
        return _set(found, Verdict.SKIPPED, "heading_row")
    _note_faults(found, register, row)
    cells = _by_field(register, row.cells)
    _read_moment(found, register, cells, batch, now)
    _read_person(found, cells, batch)
    _read_rest(found, cells, agents)
    if found.verdict == Verdict.NEW:
        found.fingerprint = _fingerprint(found, batch)
    return found


def _set(row: Row, verdict: str, code: str, **values: str | int) -> Row:
    row.verdict = verdict
    row.reasons.append([code, values])
    return row


def _fault(row: Row, unclear: Unclear) -> None:
    _set(row, Verdict.ERROR, unclear.code, **unclear.values)


def _note_faults(found: Row, register: Register, row: SheetRow) -> None:
    for at, code in row.faults.items():
        if at < 0:
            _set(found, Verdict.ERROR, code)
        elif at < len(register.columns) and register.columns[at]:
            _set(found, Verdict.ERROR, code, column=register.headings[at])


def _by_field(register: Register, cells: Sequence[str]) -> dict[str, str]:
    """The cells by what they are; several needs or notes are joined, each with its heading."""
    found: dict[str, list[tuple[str, str]]] = {}
    for at, name in enumerate(register.columns):
        if name and at < len(cells) and cells[at].strip():
            found.setdefault(name, []).append((register.headings[at], cells[at]))
    joined = {}
    for name, parts in found.items():
        several = len([field for field in register.columns if field == name]) > 1
        texts = [f"{heading} {text}" if several else text for heading, text in parts]
        joined[name] = "；".join(texts)
    return joined


def _read_moment(
    found: Row, register: Register, cells: dict[str, str], batch: Import, now: datetime
) -> None:
    try:
        read = reading.moment(
            cells.get("date", ""),
            cells.get("time", ""),
            year=register.year,
            zone=batch.project.zone,
        )
    except Unclear as unclear:
        return _fault(found, unclear)
    at = read.at
    found.draft["timed"] = read.timed
    if not read.timed and at > now and at.date() == now.astimezone(at.tzinfo).date():
        at = now
    if at > now:
        _set(found, Verdict.ERROR, "in_the_future", typed=cells["date"][:40])
    elif at.year < OLDEST_YEAR:
        _set(found, Verdict.ERROR, "too_old", typed=cells["date"][:40])
    found.at = found.entered = at
    # What a row says does not change with the hour of the dry run.
    found.draft["at"] = read.at.isoformat(timespec="minutes")
    if cells.get("entered"):
        _read_entered(found, cells["entered"], register, now)
    return None


def _read_entered(found: Row, typed: str, register: Register, now: datetime) -> None:
    at = found.at
    assert at is not None
    try:
        entered = reading.moment(typed, "", year=register.year, zone=at.tzinfo).at  # type: ignore[arg-type]
    except Unclear as unclear:
        return _fault(found, unclear)
    if entered < at:
        _set(found, Verdict.ERROR, "entered_before", typed=typed[:40])
    found.entered = min(entered, now)
    return None


def _read_person(found: Row, cells: dict[str, str], batch: Import) -> None:
    name = reading.visible(cells.get("name", ""))
    if len(name) > NAME_LIMIT:
        _set(found, Verdict.ERROR, "long_name", length=len(name))
    found.draft["name"] = name[:NAME_LIMIT]
    found.draft["phones"] = []
    try:
        found.draft["phones"] = reading.phones(cells.get("phone", ""), batch.project.region)
    except Unclear as unclear:
        _fault(found, unclear)
    if found.kind == Kind.FOLLOW_UP and not found.draft["phones"] and not _faulty(found, "phone"):
        _set(found, Verdict.ERROR, "follow_up_without_phone")


def _faulty(row: Row, part: str) -> bool:
    return any(part in code for code, _ in row.reasons)


def _read_rest(found: Row, cells: dict[str, str], agents: Agents) -> None:
    typed = cells.get("agent", "")
    found.draft["agent"] = reading.plain(typed)[:60]
    try:
        found.agent = agents.called(typed)
    except Unclear as unclear:
        _fault(found, unclear)
    if found.kind == Kind.FOLLOW_UP:
        try:
            found.draft["outcome"] = reading.outcome(cells.get("outcome", ""))
        except Unclear as unclear:
            _fault(found, unclear)
    for name, limit in LIMITS.items():
        if text := reading.visible(cells.get(name, "")):
            found.draft[name] = text[:limit]
    note = found.draft.get("note", "")
    if found.agent is not None and found.kind != Kind.FOLLOW_UP and "找" in note:
        for name in reading.asked_for(note, agents.exact):
            found.reasons.append(["asked_for", {"name": name}])


def _fingerprint(row: Row, batch: Import) -> UUID:
    """Of what happened, to whom, when and by whom: the same row again is the same event."""
    draft = row.draft
    who = draft["phones"][0][0] if draft["phones"] else reading.folded(draft["name"])
    said = [str(batch.project_id), row.kind, draft["at"], who, reading.folded(draft["agent"])]
    if row.kind == Kind.FOLLOW_UP:
        said += [draft["outcome"], draft.get("method", ""), draft.get("note", "")]
    elif not who:
        said += [draft.get("need", ""), draft.get("source", ""), draft.get("note", "")]
    return uuid5(NAMESPACE_URL, "guishu:register:" + "\x1f".join(said))


# --- By what the office knows ------------------------------------------------------------------


def compare(rows: Sequence[Row], batch: Import, opened: datetime, aliases: dict[str, str]) -> None:
    """Find what is written down already, whose numbers these are, and what stands against a row.

    `opened`: when the office began to work here. `aliases`: further numbers that earlier rows of
    the import had, with their parties; it grows. A constant number of queries.
    """
    readable = [row for row in rows if row.verdict == Verdict.NEW]
    _find_same(readable, batch)
    fresh = [row for row in readable if row.verdict == Verdict.NEW]
    _find_people(fresh, batch, aliases)
    live = with_live_facts({row.lead for row in fresh if row.lead is not None})
    for row in fresh:
        if batch.basis == Import.Basis.OPENING:
            _weigh_opening(row, live, opened)
        elif row.lead is not None and row.lead.root_id in live:
            # Whether it would change anything is for the rules to say.
            row.foreseen = {"live": True}


def _find_same(rows: Sequence[Row], batch: Import) -> None:
    keys = [row.fingerprint for row in rows]
    known = set(ContactEvent.objects.filter(key__in=keys).values_list("key", flat=True))
    earlier = dict(
        Row.objects.filter(batch=batch, fingerprint__in=keys).values_list("fingerprint", "number")
    )
    for row in rows:
        assert row.fingerprint is not None
        if row.fingerprint in known:
            _set(row, Verdict.SAME, "recorded_already")
        elif row.fingerprint in earlier:
            _set(row, Verdict.SAME, "twice_in_file", first=earlier[row.fingerprint])
        else:
            earlier[row.fingerprint] = row.number


def _find_people(rows: Sequence[Row], batch: Import, aliases: dict[str, str]) -> None:
    known = phones_of((number for row in rows for number, _typed in row.draft["phones"]), batch)
    for row in rows:
        own = [number for number, _typed in row.draft["phones"]]
        leads = [known[number].person.lead for number in own if number in known]
        row.lead = next(iter(leads), None)
        if len({lead.root_id for lead in leads}) > 1:
            row.reasons.append(["two_clients", {}])
        row.party = f"lead:{row.lead.root_id}" if row.lead else _party(own, aliases)
    _suggest([row for row in rows if row.lead is None], batch)


def _party(own: Sequence[str], aliases: dict[str, str]) -> str:
    if not own:
        return ""
    party = next((aliases[number] for number in own if number in aliases), own[0])
    for number in own[1:]:
        aliases.setdefault(number, party)
    return party


def _suggest(rows: Sequence[Row], batch: Import) -> None:
    """Who of the office may be these people: for a person to confirm, never to be merged here.

    Only what can be said at once of thousands: the same name in either script, and numbers that
    stand in notes. The matcher looks at everybody who was written down, by all its reasons.
    """
    noted = {
        row.number: identity.phones_in(row.draft.get("note", ""), batch.project) for row in rows
    }
    names = {row.draft["name"] for row in rows if not row.draft["name"].endswith(GENERIC)}
    called = _called({identity.fold_name(name) for name in names} - {""}, batch)
    known = phones_of((number for numbers in noted.values() for number in numbers), batch)
    for row in rows:
        own = [number for number, _typed in row.draft["phones"]]
        if set(noted[row.number]) - set(own):
            row.reasons.append(["phone_in_note", {}])
        name = row.draft["name"]
        found = dict.fromkeys(
            called.get(identity.fold_name(name), []) if name in names else (), "name"
        )
        found |= {
            known[number].person.lead_id: "noted" for number in noted[row.number] if number in known
        }
        if found:
            why = list(dict.fromkeys(found.values()))
            said = {"count": len(found), "why": why, "leads": list(found)[:ALIKE_SHOWN]}
            row.reasons.append(["alike", said])


def _called(names: set[str], batch: Import) -> dict[str, list[int]]:
    """The clients of each folded name, the latest last. One query."""
    found: dict[str, list[int]] = {}
    people = Person.objects.filter(
        lead__project=batch.project_id, keys__overlap=[f"n:{name}" for name in names]
    )
    for name, lead in people.order_by("pk").values_list("name", "lead_id") if names else ():
        found.setdefault(identity.fold_name(name), []).append(lead)
    return found


def phones_of(numbers: Iterable[str], batch: Import) -> dict[str, Phone]:
    """The numbers (E.164) that the project knows, with their people and clients. One query."""
    phones = Phone.objects.filter(project=batch.project_id, number__in=set(numbers))
    return {phone.number: phone for phone in phones.select_related("person__lead")}


def with_live_facts(leads: Iterable[Lead], since: datetime | None = None) -> set[int]:
    """The parties (by root) of which anything was recorded otherwise than from a register.

    `since`: only what was recorded after that moment counts.
    """
    roots = {lead.root_id for lead in leads}
    if not roots:
        return set()
    events = ContactEvent.objects.filter(Q(lead__in=roots) | Q(lead__party__in=roots)).exclude(
        details__has_key=IMPORTED
    )
    if since is not None:
        events = events.filter(recorded_at__gt=since)
    found = events.values_list("lead_id", "lead__party_id").distinct()
    return {party or lead for lead, party in found}


def opened_at(batch: Import, now: datetime) -> datetime:
    """When the office began to work here: its first live fact; now, while there is none."""
    live = ContactEvent.objects.filter(project=batch.project).exclude(details__has_key=IMPORTED)
    first = live.order_by("recorded_at").values_list("recorded_at", flat=True).first()
    return now if first is None else first


def _weigh_opening(row: Row, live: set[int], opened: datetime) -> None:
    """A register's own dates are believed only where nothing of ours stands beside them."""
    assert row.entered is not None
    if row.entered >= opened:
        _set(row, Verdict.CONFLICT, "after_opening", opened=opened.isoformat())
    elif row.lead is not None and row.lead.root_id in live:
        _set(row, Verdict.CONFLICT, "live_facts")
    elif row.lead is not None and row.lead.recorded_at > row.entered:
        _set(row, Verdict.CONFLICT, "later_opening")


# --- By the rules ------------------------------------------------------------------------------


def foresee(rows: Sequence[Row], batch: Import, now: datetime) -> None:
    """Ask the rules what each row would do; whole parties only, each in the order of its rows."""
    parties: dict[str, list[Row]] = {}
    for row in rows:
        parties.setdefault(row.party or f"row:{row.pk}", []).append(row)
    asked = []
    for group in parties.values():
        lead = group[0].lead
        name = -group[0].pk if lead is None else lead.pk
        drafts = [drafted(row, batch, name, recorded_at(row, batch, now)) for row in group]
        asked.append((group, Party(batch.project, lead, drafts)))
    names = dict(batch.project.staff.values_list("pk", "name"))
    rows_foreseen.send(sender=Import, parties=[party for _, party in asked], now=now)
    for group, party in asked:
        for row, draft in zip(group, party.drafts, strict=True):
            was_live = row.foreseen.get("live", False)
            row.foreseen = {**draft.foreseen, "name": names.get(draft.foreseen.get("agent", 0), "")}
            if was_live and draft.foreseen.get("effect") != "none":
                _set(row, Verdict.CONFLICT, "changes_live")


def recorded_at(row: Row, batch: Import, now: datetime) -> datetime:
    """When the row would count as written down: its own entry, if that is believed, else now."""
    believed = batch.basis == Import.Basis.OPENING and row.verdict == Verdict.NEW
    assert row.entered is not None
    return row.entered if believed else now
