"""Doors by which people and detectors open a case, and take a decided one up again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from attribution import queries
from attribution.models import Decision
from leads import journal
from leads.journal import Held, door
from leads.models import ContactEvent, Staff

from .. import procedure
from ..cases import course, opening
from ..cases.binding import NoReason
from ..cases.hearings import NO_FILES, Files, put_away
from ..models import CONDUCT, Case, Step
from ..queries.standing import AT_STAKE, calendar_of


class AlreadyOpen(ValueError):
    """One case of a kind is open at a time; what is to be said belongs into that one."""

    message = _("這位客戶已經有一件同類的案件在審，請在那件案件裡陳述。")


class TooLate(ValueError):
    """The time to appeal is over, or the last instance has spoken."""

    message = _("上訴期限已過，或已經由總經理裁定。")


class NothingThere(ValueError):
    """The client has no facts to decide about."""

    message = _("這位客戶還沒有任何紀錄，沒有可以爭議的事。")


@door
def contest(
    *,
    lead_id: int,
    kind: str,
    clause: str,
    text: str,
    by: Staff,
    now: datetime,
    key: UUID,
    facts: Sequence[int] = (),
    about: Staff | None = None,
    files: Files = NO_FILES,
) -> Case:
    """An agent contests: by which clause, on which facts, in his own words.

    Gives the case; the one it opened where the same form is sent again. He has been heard by it.
    Raises NoReason, AlreadyOpen, NothingThere, Lead.DoesNotExist.
    """
    return bring(
        lead_id,
        kind,
        Case.Origin.AGENT,
        procedure.ANSWERS,
        text,
        by,
        now,
        key,
        clause=clause,
        facts=facts,
        about=about,
        besides=[by.pk],
        files=files,
    )


@door
def open_by_hand(
    *,
    lead_id: int,
    kind: str,
    text: str,
    by: Staff,
    now: datetime,
    key: UUID,
    clause: str = "",
    facts: Sequence[int] = (),
    about: Staff | None = None,
) -> Case:
    """Whoever decides opens a case of what he sees. Raises as `contest`."""
    return bring(
        lead_id,
        kind,
        Case.Origin.SUPERVISOR,
        procedure.ANSWERS,
        text,
        by,
        now,
        key,
        clause=clause,
        facts=facts,
        about=about,
    )


@door
def suspect(
    *,
    lead_id: int,
    kind: str,
    text: str,
    details: dict[str, Any],
    facts: Sequence[int],
    by: Staff | None,
    now: datetime,
    key: UUID,
    clause: str = "",
    about: Staff | None = None,
) -> Case | None:
    """A detector saw something: a suspicion for whoever decides, never an accusation.

    Nobody else is told, nothing is held. `details` keeps the path that led there; `key` belongs to
    the finding, so that the same finding is raised once. None where it was raised before, or a
    case of the kind is open. `by` is None: nobody accuses.
    """
    try:
        return bring(
            lead_id,
            kind,
            Case.Origin.DETECTOR,
            procedure.SUSPECTED,
            text,
            by,
            now,
            key,
            clause=clause,
            facts=facts,
            about=about,
            details=details,
        )
    except (AlreadyOpen, NothingThere):
        return None


@door
def take_up(
    *, case_id: int, version: int | None, by: Staff, now: datetime, key: UUID, text: str = ""
) -> Step | None:
    """Make a case of a suspicion: from now on its parties know, and may answer.

    Raises StaleCase, NotNow, PartyToTheCase, InTheWay.
    """
    if course.repeated(key):
        return None
    case, held = course.hold(case_id, version)
    step = course.perform(case, "take_up", by, now, text=text, key=key)
    opening.notify(case, case.parties.values_list("staff_id", flat=True), now)
    case.holds = case.kind not in CONDUCT
    case.save(update_fields=["next_at", "holds"])
    course.review(held, now)
    return step


@door
def drop(
    *, case_id: int, version: int | None, reason: str, by: Staff, now: datetime, key: UUID
) -> Step | None:
    """A suspicion comes to nothing; nobody was accused. Raises NoReason, and as `take_up`."""
    if not reason.strip():
        raise NoReason
    if course.repeated(key):
        return None
    case, held = course.hold(case_id, version)
    step = course.perform(case, "drop", by, now, text=reason, key=key)
    course.end(case, Case.State.DROPPED, held, now)
    return step


@door
def appeal(
    *, case_id: int, ground: str, text: str, by: Staff, now: datetime, key: UUID,
    files: Files = NO_FILES,
) -> Case:  # fmt: skip
    """A party takes a decided case to the general manager, on a stated ground.

    The decided case stays as it is; the new one supersedes it. `ground`: one of
    `procedure.GROUNDS`. Raises NoReason, TooLate, AlreadyOpen, InTheWay (not a party).
    """
    if not text.strip() or ground not in procedure.GROUNDS:
        raise NoReason
    before = Case.objects.select_related("project", "lead").get(pk=case_id)
    held = journal.hold(before.lead_id)
    found = _found(key)
    if found is not None:
        return found
    if not before.parties.filter(staff=by).exists():
        raise course.InTheWay("party")
    over = before.closed_at is None or now >= procedure.appeal_due(
        before.closed_at, calendar_of(before.project)
    )
    last = before.instance == procedure.GENERAL_MANAGER and ground != "new_facts"
    if before.state not in AT_STAKE or over or last or before.appeals.exists():
        raise TooLate
    if _is_open(held, before.kind):
        raise AlreadyOpen
    case = opening.open_case(
        before.lead,
        before.project,
        kind=before.kind,
        origin=Case.Origin.APPEAL,
        stage=procedure.ANSWERS,
        instance=procedure.GENERAL_MANAGER,
        decided_by="supervisor",
        holds=before.kind not in CONDUCT,
        opener=by,
        about=before.about,
        opened_by=before.opened_by,
        clause=before.clause,
        facts=before.facts,
        decision=_latest(held),
        supersedes=before,
        parties=before.parties.order_by("pk").values_list("staff_id", flat=True),
        now=now,
        text=text,
        key=key,
        details={"ground": ground},
    )
    _heard_by_it(case, by, now, files)
    course.review(held, now)
    return case


def bring(
    lead_id: int,
    kind: str,
    origin: str,
    stage: str,
    text: str,
    by: Staff | None,
    now: datetime,
    key: UUID,
    *,
    clause: str,
    facts: Sequence[int],
    about: Staff | None,
    details: dict[str, Any] | None = None,
    besides: Iterable[int] = (),
    files: Files = NO_FILES,
) -> Case:
    """What all doors by which a case is brought have in common. Raises as `contest`."""
    if not text.strip():
        raise NoReason
    held = journal.hold(lead_id)
    found = _found(key)
    if found is not None:
        return found
    if _is_open(held, kind):
        raise AlreadyOpen
    decision = queries.decision_on(held.lead, asof=max(now, held.lead.recorded_at))
    ours = ContactEvent.objects.filter(pk__in=facts, lead__in=held.members)
    parties = [*besides, *opening.parties_by(decision, kind, None)]
    parties += [about.pk] if about is not None else []
    case = opening.open_case(
        held.lead,
        held.project,
        kind=kind,
        origin=origin,
        stage=stage,
        decided_by="supervisor",
        holds=stage != procedure.SUSPECTED and kind not in CONDUCT,
        opener=by,
        about=about,
        clause=clause,
        facts=list(ours.order_by("pk").values_list("pk", flat=True)),
        decision=_latest(held),
        parties=parties,
        now=now,
        text=text,
        key=key,
        details=details or {},
    )
    if origin == Case.Origin.AGENT and by is not None:
        _heard_by_it(case, by, now, files)
    course.review(held, now)
    return case


def _heard_by_it(case: Case, by: Staff, now: datetime, files: Files) -> None:
    """Who brings a case has said what he has to say."""
    case.parties.filter(staff=by).update(answered_at=now)
    opened = case.steps.get(kind=Step.Kind.OPENED)
    put_away(case, opened, files, by, now)
    course.advance(case, now)


def _found(key: UUID) -> Case | None:
    step = Step.objects.select_related("case").filter(key=key).first()
    return None if step is None else step.case


def _is_open(held: Held, kind: str) -> bool:
    return Case.objects.filter(lead__in=held.members, kind=kind, state=Case.State.OPEN).exists()


def _latest(held: Held) -> Decision:
    found = Decision.objects.filter(lead=held.lead).order_by("-pk").first()
    if found is None:
        raise NothingThere
    return found
