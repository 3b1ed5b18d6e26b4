"""Doors of suspicions: detectors raise them, a person dismisses each or takes it up as a case."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from leads import journal
from leads.journal import door
from leads.models import Lead, Project, Staff

from .. import procedure
from ..cases import course, opening
from ..cases.telling import deciders_of, tell
from ..detectors.registry import DETECTORS
from ..detectors.rows import Finding
from ..models import CONDUCT, Case, Step, Suspicion, SuspicionEnd
from .opening import NothingThere, bring
from .rulings import NoReason

MARKS = UUID("5d0a5d6e-6f43-4ee4-9a3e-4f7b0d8f8a51")
"""The name space of what suspicions are about."""


class AlreadyEnded(ValueError):
    """Somebody has dismissed the suspicion, or taken it up."""

    message = _("這個疑點已經有人處理了。")


class Concerned(PermissionError):
    """Nobody decides about a suspicion of his own conduct."""

    message = _("這個疑點和你有關，不能由你處理。")


@door
def raise_suspicions(
    *, project: Project, findings: Sequence[Finding], by: Staff | None, now: datetime
) -> int:
    """Keep what detectors found; how many are new.

    What was raised before is not raised again, however it ended; nor is what a case of the kind
    already rests on. Those who decide are told how many there are, and no names. `by` is None:
    nobody accuses.
    """
    marked = {mark_of(project, one): one for one in findings}
    known = Suspicion.objects.filter(mark__in=marked).values_list("mark", flat=True)
    fresh = {mark: one for mark, one in marked.items() if mark not in set(known)}
    cased = _cased(one for one in fresh.values() if DETECTORS[one.detector].has_rules)
    rows = [
        _row(project, mark, one, now)
        for mark, one in fresh.items()
        if not cased.get(DETECTORS[one.detector].kind, set()) & set(one.facts)
    ]
    # Another worker may raise the same at this moment.
    Suspicion.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        _tell(project, rows, now)
    return len(rows)


def mark_of(project: Project, finding: Finding) -> UUID:
    """The same for the same matter, whoever finds it and when."""
    about = ":".join(str(part) for part in (project.pk, finding.detector, *finding.key))
    return uuid5(MARKS, about)


def _cased(findings: Iterable[Finding]) -> dict[str, set[int]]:
    """By kind, the facts on which cases of these clients rest already."""
    clients = {party for one in findings for party in one.parties}
    cases = Case.objects.filter(lead__in=clients) | Case.objects.filter(lead__party__in=clients)
    found: dict[str, set[int]] = {}
    for case in cases.select_related("opened_by"):
        facts = {*case.facts, *([case.opened_by_id] if case.opened_by_id else [])}
        found.setdefault(case.kind, set()).update(facts)
    return found


def _row(project: Project, mark: UUID, one: Finding, now: datetime) -> Suspicion:
    concerned = [one.agent, *one.concerns]
    return Suspicion(
        project=project,
        detector=one.detector,
        lead_id=one.party,
        agent_id=one.agent,
        concerns=[pk for pk in dict.fromkeys(concerned) if pk is not None],
        affected=list(one.affected),
        clients=list(one.parties),
        score=one.score,
        facts=list(one.facts),
        path=[clue.data() for clue in one.path],
        found_at=now,
        mark=mark,
    )


def _tell(project: Project, rows: Sequence[Suspicion], now: datetime) -> None:
    """A note to each supervisor of those that do not concern himself."""
    for reader in deciders_of(project):
        count = sum(reader.pk not in row.concerns for row in rows)
        if count:
            text = gettext_noop("偵測到 %(count)s 個新的疑點，請看一看；還沒有人被通知。")
            tell([reader], text, {"count": str(count)}, "/suspicions/", now)


@door
def dismiss_suspicion(
    *, suspicion_id: int, reason: str, by: Staff, now: datetime, key: UUID
) -> SuspicionEnd:
    """A suspicion comes to nothing; nobody was accused, nobody is told.

    The same `key` dismisses once. Raises NoReason, AlreadyEnded, Concerned,
    Suspicion.DoesNotExist.
    """
    if not reason.strip():
        raise NoReason
    suspicion = _hold(suspicion_id)
    known = _end(suspicion, by, key)
    return known or SuspicionEnd.objects.create(
        suspicion=suspicion,
        what=SuspicionEnd.What.DISMISSED,
        by=by,
        at=now,
        reason=reason.strip(),
        key=key,
    )


@door
def take_up_suspicion(
    *, suspicion_id: int, lead_id: int, reason: str, by: Staff, now: datetime, key: UUID
) -> Case:
    """Make a case of a suspicion: from now on its parties know, and may answer.

    `lead_id`: on which of its clients. Where a case of the kind is open, the suspicion joins it.
    The same `key` takes up once. Raises NoReason, AlreadyEnded, Concerned, NothingThere,
    PartyToTheCase, InTheWay, Lead.DoesNotExist, Suspicion.DoesNotExist.
    """
    if not reason.strip():
        raise NoReason
    held = journal.hold(lead_id)
    suspicion = _hold(suspicion_id)
    known = _end(suspicion, by, key)
    if known is not None and known.case is not None:
        return known.case
    if not {member.pk for member in held.members} & {*suspicion.clients, suspicion.lead_id}:
        raise NothingThere
    detector = DETECTORS[suspicion.detector]
    readers = [*suspicion.concerns, *suspicion.affected]
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("decision", "project", "opened_by")
        .filter(lead__in=held.members, kind=detector.kind, state=Case.State.OPEN)
        .first()
    )
    details = {"suspicion": suspicion.pk}
    if case is None:
        case = bring(
            lead_id,
            detector.kind,
            Case.Origin.DETECTOR,
            procedure.SUSPECTED,
            reason,
            None,
            now,
            key,
            clause=detector.clause,
            facts=suspicion.facts,
            about=suspicion.agent,
            details=details,
            besides=readers,
        )
    else:
        _join(case, suspicion, held.members, readers, by, now)
    if case.stage == procedure.SUSPECTED:
        course.perform(case, "take_up", by, now, text=reason, details=details)
        opening.notify(case, case.parties.values_list("staff_id", flat=True), now)
        case.holds = case.kind not in CONDUCT
        case.save(update_fields=["next_at", "holds"])
    else:
        opening.note(case, Step.Kind.TAKEN_UP, now, by=by, text=reason, details=details)
    course.review(held, now)
    SuspicionEnd.objects.create(
        suspicion=suspicion,
        what=SuspicionEnd.What.TAKEN_UP,
        by=by,
        at=now,
        reason=reason.strip(),
        case=case,
        key=key,
    )
    return case


def _join(
    case: Case,
    suspicion: Suspicion,
    members: Sequence[Lead],
    readers: Sequence[int],
    by: Staff,
    now: datetime,
) -> None:
    """The case that is open rests on these facts, too; whom they concern is told of it."""
    if course.act_of(case, by, now).conflicts:
        raise course.PartyToTheCase
    ours = {fact for member in members for fact in _facts_of(member, suspicion.facts)}
    case.facts = list(dict.fromkeys([*case.facts, *sorted(ours)]))
    case.version += 1
    known = set(case.parties.values_list("staff_id", flat=True))
    added = [pk for pk in dict.fromkeys(readers) if pk not in known]
    if added and case.stage != procedure.SUSPECTED:
        opening.notify(case, added, now)
    opening.keep(case)


def _facts_of(lead: Lead, facts: Sequence[int]) -> Iterable[int]:
    return lead.events.filter(pk__in=facts).values_list("pk", flat=True)


def _hold(suspicion_id: int) -> Suspicion:
    """A suspicion under a lock: it ends once."""
    found = Suspicion.objects.select_for_update(of=("self",)).select_related("agent")
    return found.get(pk=suspicion_id)


def _end(suspicion: Suspicion, by: Staff, key: UUID) -> SuspicionEnd | None:
    """Its end by the same form. Raises AlreadyEnded, Concerned."""
    if by.pk in suspicion.concerns:
        raise Concerned
    end = SuspicionEnd.objects.select_related("case").filter(suspicion=suspicion).first()
    if end is not None and end.key != key:
        raise AlreadyEnded
    return end
