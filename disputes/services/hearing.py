"""Doors of the hearing: answers, words spoken in person, missing facts, deadlines, going up."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from leads.journal import door
from leads.models import Staff

from ..cases import course, opening
from ..cases.binding import NoReason
from ..cases.course import StaleCase
from ..cases.hearings import NO_FILES, Files, put_away, write_answer, write_hearing
from ..cases.telling import tell_deciders, tell_parties
from ..models import CONDUCT, Case, Step


@door
def answer(
    *,
    case_id: int,
    text: str,
    by: Staff,
    now: datetime,
    key: UUID,
    objects: bool = False,
    files: Files = NO_FILES,
) -> Step | None:
    """A party states his side, with files; `objects`: he does not accept what the policy says.

    An objection to a matter that the policy settles takes it before the supervisor, and holds what
    it concerns. None where this form was saved before. Raises NoReason (nothing said), StaleCase,
    NotNow, InTheWay (not a party).
    """
    if course.repeated(key):
        return None
    if not text.strip():
        raise NoReason
    case, held = course.hold(case_id)
    was_policy = case.stage == Case.Stage.POLICY
    step = write_answer(case, text, by, now, objects=objects, files=files, key=key)
    if was_policy and objects:
        case.holds = case.kind not in CONDUCT
        case.decided_by = "supervisor"
        case.save(update_fields=["holds", "decided_by"])
        course.review(held, now)
    course.advance(case, now)
    tell_deciders(case, gettext_noop("案件 %(case)s 有當事人陳述。"), now)
    return step


@door
def hear(
    *, case_id: int, party: int, text: str, by: Staff, now: datetime, key: UUID
) -> Step | None:
    """Write down what a party said in person. Raises NoReason, StaleCase, NotNow, InTheWay."""
    if not text.strip():
        raise NoReason
    case, _held = course.hold(case_id)
    step = write_hearing(case, party, text, by, now)
    course.advance(case, now)
    return step


@door
def return_for_facts(
    *, case_id: int, version: int | None, question: str, by: Staff, now: datetime, key: UUID
) -> Step | None:
    """Ask the parties for a fact that is missing; the clock of deciding stands still meanwhile.

    Raises NoReason, StaleCase, NotNow, InTheWay, PartyToTheCase.
    """
    if not question.strip():
        raise NoReason
    if course.repeated(key):
        return None
    case, _held = course.hold(case_id, version)
    course.advance(case, now)
    step = course.perform(case, "return_for_facts", by, now, text=question, key=key)
    parties = case.parties.values_list("staff_id", flat=True)
    text = gettext_noop("案件 %(case)s 要你補充事實，打開看看要補什麼。")
    tell_parties(case, parties, text, {}, now)
    return step


@door
def give_facts(
    *,
    case_id: int,
    text: str,
    by: Staff,
    now: datetime,
    key: UUID,
    files: Files = NO_FILES,
) -> Step | None:
    """Give the missing fact, or say that there is none: the case goes back. Raises as `answer`."""
    if not text.strip():
        raise NoReason
    if course.repeated(key):
        return None
    case, _held = course.hold(case_id)
    course.advance(case, now)
    step = course.perform(case, "facts_in", by, now, party=by.pk, text=text, key=key)
    put_away(case, step, files, by, now)
    tell_deciders(case, gettext_noop("案件 %(case)s 的事實已經補上。"), now, besides=by.pk)
    return step


@door
def fail_negotiation(
    *, case_id: int, text: str, by: Staff, now: datetime, key: UUID
) -> Step | None:
    """A party, or whoever decides, says that there is no agreement (leasing/2.4)."""
    if course.repeated(key):
        return None
    case, _held = course.hold(case_id)
    course.advance(case, now)
    step = course.perform(case, "fail", by, now, text=text, key=key)
    tell_deciders(case, gettext_noop("案件 %(case)s 協商不成，等你裁定。"), now, besides=by.pk)
    return step


@door
def escalate(
    *, case_id: int, version: int | None, reason: str, by: Staff, now: datetime, key: UUID
) -> Step | None:
    """Lay a case before the general manager (leasing/2.4). Raises as `return_for_facts`."""
    if not reason.strip():
        raise NoReason
    if course.repeated(key):
        return None
    case, _held = course.hold(case_id, version)
    if "escalate" in course.advance(case, now):
        # Its time was over anyway; his reason belongs into the file all the same.
        return opening.note(case, Step.Kind.ESCALATED, now, by=by, text=reason, key=key)
    step = course.perform(case, "escalate", by, now, text=reason, key=key)
    tell_deciders(case, gettext_noop("案件 %(case)s 上呈，等你裁定。"), now, besides=by.pk)
    return step


@door
def follow_clock(*, case_id: int, by: Staff | None, now: datetime) -> list[str]:
    """What the calendar brings about in a case by `now`, and its reminders; what was done.

    Nobody does it (`by` is None). Harmless when repeated, and after the case was closed.
    """
    try:
        case, _held = course.hold(case_id)
    except StaleCase:
        return []
    done = course.advance(case, now)
    if course.remind(case, now):
        case.save(update_fields=["reminded"])
        done.append("remind")
    return done
