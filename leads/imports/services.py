"""The doors of imports: taking files in, the dry run, the signature, and the rows themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from leads import journal, numbers
from leads.identity import PhoneReading
from leads.journal import Busy as Busy
from leads.journal import Held, door
from leads.models import Disclosure, Lead, Notification, Person, Phone, Project, Role, Staff

from . import columns, judging
from .agents import agents_of
from .drafts import fact
from .models import Headings, Import, Register, Row
from .sheets import SheetRow

State, Verdict = Import.State, Row.Verdict
WORKING = (State.CHECKING, State.RUNNING)
"""Somebody, or something, is at work on it; a sweep takes it up again after a failure."""
OPEN = (State.DRAFT, State.CHECKED, *WORKING)
SIGNERS = (Role.MANAGER, Role.GENERAL_MANAGER)
"""Those who may sign that a register's own dates are to be believed."""


class StaleImport(ValueError):
    """The import is no longer as the form showed it; nothing was changed."""

    message = _("這次匯入在你打開頁面之後變了，還沒有開始。請看過新的結果再按一次。")


class NotSigned(ValueError):
    """Register dates are believed only by an explicit act of a manager, with his reason."""

    message = _("開帳要經理簽署，並寫下理由，例如「2026 年 6 月上線前的登記簿，已與紙本核對」。")


class NothingToImport(ValueError):
    """No row of the files is to be written down."""

    message = _("沒有可以匯入的列。請先處理有誤或衝突的列。")


# --- Files and columns ---------------------------------------------------------------------------


@door
def start_import(
    *, project: Project, registers: Sequence[Register], key: UUID, by: Staff, now: datetime
) -> Import:
    """Take stored files in; the log keeps who brought them. The same `key` starts one import."""
    batch, new = Import.objects.get_or_create(
        key=key, defaults={"project": project, "staff": by, "asked_at": now}
    )
    if not new:
        return batch
    for position, register in enumerate(registers):
        register.batch, register.position = batch, position
    Register.objects.bulk_create(registers)
    _disclose(Disclosure.Kind.UPLOAD, batch, by, now, files=[str(one) for one in registers])
    return batch


@door
def set_columns(
    *, key: UUID, registers: Sequence[Register], basis: str, check: bool, by: Staff, now: datetime
) -> bool:
    """Say how the files are read and counted. `check`: and begin the dry run.

    What a project once said about a set of headings is offered again next time. False where the
    import has begun, or is over. Raises NotSigned where an agent of the rules would have to sign.
    """
    batch = Import.objects.select_for_update().get(key=key)
    if batch.state not in (State.DRAFT, State.CHECKED):
        return False
    if basis == Import.Basis.OPENING and by.role not in SIGNERS:
        raise NotSigned
    for register in registers:
        register.save()
        if check and register.kind != Register.Kind.NONE:
            Headings.objects.update_or_create(
                project_id=batch.project_id,
                headings=columns.digest(register.headings),
                defaults={"kind": register.kind, "columns": register.columns, "used_at": now},
            )
    batch.basis = basis
    batch.state = State.DRAFT
    if check:
        _begin_check(batch, now)
    batch.save()
    return True


@door
def explain_agents(*, key: UUID, names: Mapping[str, int], by: Staff, now: datetime) -> bool:
    """Say once for all rows whom these names mean, and judge the rows again."""
    batch = Import.objects.select_for_update().get(key=key)
    if batch.state != State.CHECKED:
        return False
    batch.names = {**batch.names, **names}
    _begin_check(batch, now)
    batch.save()
    return True


def _begin_check(batch: Import, now: datetime) -> None:
    batch.state, batch.begun_at, batch.beat_at = State.CHECKING, now, now
    batch.done = batch.total = 0
    batch.error, batch.counts = "", {}
    batch.version += 1


# --- The dry run ---------------------------------------------------------------------------------


@door
def begin_rows(*, key: UUID, total: int, by: Staff, now: datetime) -> bool:
    """A worker begins to read, or begins again: earlier rows go. False where nobody wants it."""
    batch = Import.objects.select_for_update().get(key=key)
    if batch.state != State.CHECKING:
        return False
    batch.rows.all().delete()
    batch.done, batch.total, batch.beat_at = 0, total, now
    batch.save(update_fields=["done", "total", "beat_at"])
    return True


@door
def store_rows(
    *,
    key: UUID,
    register: Register,
    rows: Sequence[SheetRow],
    opened: datetime,
    aliases: dict[str, str],
    by: Staff,
    now: datetime,
) -> bool:
    """Judge some rows by themselves and by what the office knows. False where nobody wants it."""
    batch = Import.objects.select_for_update(of=("self",)).select_related("project").get(key=key)
    if batch.state != State.CHECKING:
        return False
    agents = agents_of(batch.project, batch.names)
    read = [judging.read(register, row, batch, agents, now) for row in rows]
    judging.compare(read, batch, opened, aliases)
    Row.objects.bulk_create(read, batch_size=500)
    batch.done = batch.done + len(rows)
    batch.total = max(batch.total, batch.done)
    batch.beat_at = now
    batch.save(update_fields=["done", "total", "beat_at"])
    return True


@door
def foresee_rows(*, key: UUID, rows: Sequence[Row], by: Staff, now: datetime) -> bool:
    """Ask the rules what some rows would do; give whole parties. False where nobody wants it."""
    batch = Import.objects.select_for_update(of=("self",)).select_related("project").get(key=key)
    if batch.state != State.CHECKING:
        return False
    judging.foresee(rows, batch, now)
    # Four times as fast as bulk_update: the rows are there, so that each is only changed.
    Row.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["verdict", "reasons", "foreseen"],
    )
    batch.beat_at = now
    batch.save(update_fields=["beat_at"])
    return True


@door
def finish_check(*, key: UUID, by: Staff, now: datetime) -> bool:
    """Every row has its verdict."""
    batch = Import.objects.select_for_update().get(key=key)
    if batch.state != State.CHECKING:
        return False
    batch.state, batch.checked_at, batch.counts = State.CHECKED, now, _counts(batch)
    batch.total = batch.done
    batch.save()
    return True


def _counts(batch: Import) -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(Verdict.values, 0)
    groups = batch.rows.values("verdict").annotate(rows=Count("pk"), written=Count("event"))
    for group in groups.order_by("verdict"):
        found[group["verdict"]] = group["rows"]
        found["written"] = found.get("written", 0) + group["written"]
    return found


# --- The import ----------------------------------------------------------------------------------


@door
def sign_import(
    *, key: UUID, version: int, with_conflicts: bool, reason: str, by: Staff, now: datetime
) -> Import:
    """Let the rows be written down, as the dry run `version` showed them.

    Raises StaleImport, NotSigned, NothingToImport.
    """
    batch = Import.objects.select_for_update().get(key=key)
    if batch.state == State.RUNNING and batch.signed_by_id == by.pk:
        return batch
    if batch.state != State.CHECKED or batch.version != version:
        raise StaleImport
    if batch.basis == Import.Basis.OPENING and (by.role not in SIGNERS or not reason.strip()):
        raise NotSigned
    batch.with_conflicts, batch.reason = with_conflicts, reason.strip()
    rows = waiting(batch).count()
    if not rows:
        raise NothingToImport
    batch.state, batch.signed_by, batch.signed_at = State.RUNNING, by, now
    batch.begun_at = batch.beat_at = now
    batch.done, batch.total = 0, rows
    batch.save()
    return batch


def waiting(batch: Import) -> QuerySet[Row]:
    """The rows that are still to be written, in the order in which they count."""
    verdicts = [Verdict.NEW, *([Verdict.CONFLICT] if batch.with_conflicts else [])]
    rows = Row.objects.filter(batch=batch, event=None, verdict__in=verdicts)
    return rows.order_by("entered", "pk")


@door
def import_rows(*, key: UUID, limit: int, by: Staff, now: datetime) -> int:
    """Write down the next rows, at most `limit`, each with its decision; how many were dealt with.

    All of them or none: whoever dies half-way leaves nothing behind, and the next one goes on with
    the same rows. 0: nothing is left, or nobody wants it any more.
    """
    batch = Import.objects.select_for_update(of=("self",)).select_related("project").get(key=key)
    if batch.state != State.RUNNING:
        return 0
    rows = list(waiting(batch).select_related("agent", "register")[:limit])
    held = _Parties(rows, batch)
    for row in rows:
        if _stands(row, batch, held):
            _write(row, batch, held, by, now)
    Row.objects.bulk_update(rows, ["verdict", "reasons", "event", "lead"])
    batch.done = min(batch.done + len(rows), batch.total)
    batch.beat_at = now
    batch.save(update_fields=["done", "beat_at"])
    return len(rows)


class _Parties:
    """The parties of some rows under the lock, found by number; new ones join as they begin."""

    def __init__(self, rows: Sequence[Row], batch: Import) -> None:
        numbers = (number for row in rows for number, _typed in row.draft["phones"])
        known = judging.phones_of(numbers, batch)
        wanted = sorted({phone.person.lead_id for phone in known.values()})
        parties = dict(zip(wanted, journal.hold_all(wanted), strict=True)) if wanted else {}
        self.batch = batch
        self.of = {number: parties[phone.person.lead_id] for number, phone in known.items()}
        self.nameless = {
            number: phone.person for number, phone in known.items() if not phone.person.name
        }
        leads = [one.lead for one in parties.values()]
        self.live = judging.with_live_facts(leads)
        self.moved = judging.with_live_facts(leads, since=batch.checked_at)

    def find(self, row: Row) -> Held | None:
        """The party of the first number that is known."""
        numbers = (number for number, _typed in row.draft["phones"])
        return next((self.of[number] for number in numbers if number in self.of), None)

    def begin(self, row: Row, moment: datetime) -> Held:
        """A new client."""
        lead = Lead.objects.create(project=self.batch.project, recorded_at=moment)
        Person.objects.create(lead=lead, name=row.draft["name"])
        return Held(lead, [lead], fresh=True)

    def note_person(self, row: Row, held: Held, now: datetime) -> None:
        """Take down numbers and name; a number of somebody else is for a person to judge."""
        readings = [PhoneReading(number, typed) for number, typed in row.draft["phones"]]
        root = held.lead.root_id
        own = [one for one in readings if one not in self.of]
        others = [one for one in readings if one in self.of and self.of[one].lead.root_id != root]
        if own or others:
            person = Person.objects.select_related("lead").filter(lead=held.lead).earliest("pk")
            for reading in own:
                Phone.objects.create(
                    project=self.batch.project, person=person, number=reading, typed=reading.typed
                )
                self.of[reading] = held
            for reading in others:
                numbers.give(held, person, reading, now)
        name = row.draft["name"]
        for reading in readings if name else ():
            nameless = self.nameless.pop(reading, None)
            if nameless is not None:
                nameless.name, nameless.compared = name, False
                nameless.save(update_fields=["name", "keys", "compared"])


def _stands(row: Row, batch: Import, parties: _Parties) -> bool:
    """Is the verdict of the dry run still true? What was recorded since then is a conflict."""
    held = parties.find(row)
    if held is None or row.verdict == Verdict.CONFLICT:
        return True
    root = held.lead.root_id
    if batch.basis == Import.Basis.OPENING:
        assert row.entered is not None
        overtaken = root in parties.live or any(
            lead.recorded_at > row.entered for lead in held.members
        )
    else:
        overtaken = root in parties.moved
    if overtaken:
        row.verdict = Verdict.CONFLICT
        row.reasons.append(["moved_since", {}])
    return not overtaken or batch.with_conflicts


def _write(row: Row, batch: Import, parties: _Parties, by: Staff, now: datetime) -> None:
    opening = batch.basis == Import.Basis.OPENING and row.verdict == Verdict.NEW
    moment = row.entered if opening else now
    assert moment is not None
    held = parties.find(row)
    if held is None:
        held = parties.begin(row, moment)
    parties.note_person(row, held, now)
    given = fact(row, batch, opening=opening)
    row.event = journal.append(
        held, by=by, now=now, entered=row.entered if opening else None, **given
    )
    row.lead = held.lead
    held.fresh = False
    held.contested = any(lead.contested for lead in held.members)


@door
def refuse_row(*, key: UUID, by: Staff, now: datetime) -> bool:
    """Set the next row aside, because writing it down fails; the rest goes on."""
    batch = Import.objects.select_for_update().get(key=key)
    row = waiting(batch).first()
    if batch.state != State.RUNNING or row is None:
        return False
    row.verdict = Verdict.ERROR
    row.reasons.append(["failed", {}])
    row.save(update_fields=["verdict", "reasons"])
    batch.done = min(batch.done + 1, batch.total)
    batch.beat_at = now
    batch.save(update_fields=["done", "beat_at"])
    return True


@door
def finish_import(*, key: UUID, by: Staff, now: datetime) -> bool:
    """Every row is written, or set aside; the bell of the signer says so."""
    batch = Import.objects.select_for_update().get(key=key)
    if batch.state != State.RUNNING:
        return False
    batch.state, batch.finished_at, batch.counts = State.DONE, now, _counts(batch)
    batch.done = batch.total
    batch.save()
    Notification.objects.create(
        staff=by,
        text=gettext_noop("登記表匯入完成，寫下 %(rows)s 筆。"),
        values={"rows": str(batch.counts.get("written", 0))},
        url=reverse("import_rows", args=[key]),
        created_at=now,
    )
    return True


# --- Endings -------------------------------------------------------------------------------------


@door
def cancel_import(*, key: UUID, by: Staff, now: datetime) -> bool:
    """Stop. What is written stays written; a dry run goes back to its columns."""
    batch = Import.objects.select_for_update().get(key=key)
    if batch.state not in OPEN:
        return False
    batch.state, batch.finished_at, batch.counts = State.CANCELLED, now, _counts(batch)
    batch.save()
    return True


@door
def fail_import(*, key: UUID, error: str, by: Staff, now: datetime) -> None:
    """A file cannot be read to its end, or is too long: `error` is a msgid that says so."""
    Import.objects.filter(key=key, state__in=WORKING).update(
        state=State.FAILED, error=error, finished_at=now
    )


@door
def forget_import(*, key: UUID, by: Staff | None, now: datetime) -> None:
    """Remove what was read from the files; what was written stays in the journal."""
    batch = Import.objects.select_for_update().get(key=key)
    if batch.state in OPEN:
        batch.state, batch.finished_at = State.CANCELLED, now
    batch.counts = batch.counts or _counts(batch)
    batch.forgotten_at = now
    batch.names = {}
    batch.save()
    batch.rows.all().delete()
    batch.registers.update(sample=[], file="")


@door
def note_download(*, batch: Import, rows: int, by: Staff, now: datetime) -> None:
    """Write down that someone took rows of a register out."""
    _disclose(Disclosure.Kind.EXPORT, batch, by, now, report="import", rows=rows)


def _disclose(kind: str, batch: Import, by: Staff, now: datetime, **what: Any) -> None:
    said = {"import": str(batch.key), "project": batch.project_id, **what}
    Disclosure.objects.create(staff=by, kind=kind, what=said, at=now)
