"""Doors that end a case: a ruling, a placement, a finding, a confirmation, a second signature."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from leads import journal
from leads.journal import Held, door
from leads.models import Kind, Staff

from ..cases import course
from ..cases.course import NotNow, StaleCase
from ..cases.hearings import write_hearing
from ..cases.telling import tell_deciders, tell_outcome, tell_parties
from ..models import CONDUCT, Case, Step
from .rulings import NoReason, refuse_outsiders, shared

Heard = Mapping[int, str]
"""What each party said when whoever decides heard him in person, by the party's key."""
NOBODY: Heard = {}


@door
def decide(
    *,
    case_id: int,
    version: int | None,
    owner: Staff | None,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    shares: Mapping[int, int] | None = None,
    heard: Heard = NOBODY,
    finding: str = "",
) -> Step | None:
    """Rule a case: the client goes to `owner`, the credit wholly or by `shares` (percent per key).

    `heard`: what parties said before him now, so that a supervisor at the counter can decide in a
    minute. Conduct cases (rule 17) move no ownership: `owner` is None there. Gives the line of the
    file; None where this very form was saved before. Raises Case.DoesNotExist, StaleCase,
    NoReason, SharesDoNotSum, NotAnAgentHere, PartyToTheCase, NotNow, InTheWay (somebody was not
    heard, or a second signature is wanted). Rests on sales/2, leasing/2.4.
    """
    begun = _begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, held = begun
    details = _outcome(held, owner, shares, finding)
    _hear(case, heard, by, now)
    step = course.perform(
        case,
        "rule",
        by,
        now,
        text=reason,
        beneficiaries=_gaining(owner, shares),
        grave=course.is_grave(case, finding),
        details=details,
        key=key,
    )
    _bind(case, held, step, owner, shares, by, now, key, reason)
    return step


@door
def draft(
    *,
    case_id: int,
    version: int | None,
    owner: Staff | None,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    shares: Mapping[int, int] | None = None,
    heard: Heard = NOBODY,
    finding: str = "upheld",
) -> Step | None:
    """Draw up a finding that another person must sign (sales/1). Raises as `decide`."""
    begun = _begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, held = begun
    details = _outcome(held, owner, shares, finding)
    _hear(case, heard, by, now)
    step = course.perform(
        case,
        "draft",
        by,
        now,
        text=reason,
        beneficiaries=_gaining(owner, shares),
        details=details,
        key=key,
    )
    tell_deciders(case, gettext_noop("案件 %(case)s 等第二個人簽署。"), now, besides=by.pk)
    return step


@door
def countersign(
    *, case_id: int, version: int | None, by: Staff, now: datetime, key: UUID, text: str = ""
) -> Step | None:
    """Sign what somebody else drew up: it binds from now on. Raises as `decide`."""
    begun = _begin(case_id, version, None, key)
    if begun is None:
        return None
    case, held = begun
    drawn = course.draft_of(case)
    if drawn is None:
        raise NotNow
    given = drawn.details
    owner = Staff.objects.get(pk=given["owner"]) if given.get("owner") else None
    shares = {int(agent): part for agent, part in given.get("shares", {}).items()}
    step = course.perform(
        case,
        "countersign",
        by,
        now,
        text=text,
        beneficiaries=_gaining(owner, shares),
        details={**given, "draft": drawn.pk},
        key=key,
    )
    _bind(case, held, step, owner, shares, by, now, key, drawn.text)
    return step


@door
def reject(
    *, case_id: int, version: int | None, reason: str, by: Staff, now: datetime, key: UUID
) -> Step | None:
    """Do not sign: the draft goes back to whoever decides. Raises as `decide`."""
    begun = _begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, _held = begun
    step = course.perform(case, "reject", by, now, text=reason, key=key)
    tell_deciders(
        case, gettext_noop("案件 %(case)s 的擬稿沒有簽署，退回裁定。"), now, besides=by.pk
    )
    return step


@door
def dismiss(
    *,
    case_id: int,
    version: int | None,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    heard: Heard = NOBODY,
) -> Step | None:
    """Find that what somebody brought forward does not hold; ownership stays. Raises as `decide`.

    A matter that the rules themselves see ends by a ruling, not so: NotNow.
    """
    begun = _begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, held = begun
    if case.origin == Case.Origin.RULES:
        raise NotNow
    _hear(case, heard, by, now)
    step = course.perform(case, "dismiss", by, now, text=reason, key=key)
    course.end(case, Case.State.DISMISSED, held, now)
    _tell_end(case, gettext_noop("案件 %(case)s 已有結果：認定不成立，歸屬不變。"), now, by)
    return step


@door
def confirm(
    *,
    case_ids: Mapping[int, int],
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
) -> int:
    """Confirm what the policy settled, in one case or several (versions by key); how many.

    No fact is added: the engine's decision stands as it is. All or none: raises as `decide`, and
    InTheWay where somebody objected. Rests on leasing/2.1 to 2.3.
    """
    if course.repeated(key):
        return 0
    held_by_case = [course.hold(pk, version) for pk, version in sorted(case_ids.items())]
    for number, (case, held) in enumerate(held_by_case):
        course.advance(case, now)
        own: dict[str, Any] = {"key": key} if number == 0 else {}
        course.perform(case, "confirm", by, now, text=reason, **own)
        course.end(case, Case.State.CONFIRMED, held, now)
        _tell_end(case, gettext_noop("案件 %(case)s 已有結果：照制度的認定，歸屬不變。"), now, by)
    return len(held_by_case)


@door
def assign_by_case(
    *,
    case_id: int,
    version: int | None,
    to: Staff,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    heard: Heard = NOBODY,
) -> Step | None:
    """Place the client of a departure case with an agent (leasing/1.11). Raises as `decide`."""
    begun = _begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, held = begun
    details = _outcome(held, to, None, "assign")
    _hear(case, heard, by, now)
    gaining = _gaining(to, None)
    step = course.perform(
        case, "rule", by, now, text=reason, beneficiaries=gaining, details=details, key=key
    )
    _append(case, held, Kind.ASSIGNMENT, to, by, now, key, reason, {})
    return step


@door
def find_on_complaint(
    *,
    case_id: int,
    version: int | None,
    about: Staff,
    finding: str,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    to: Staff | None = None,
    shares: Mapping[int, int] | None = None,
    heard: Heard = NOBODY,
) -> Step | None:
    """Write down what was found about the complaint of a case (sales/10, leasing/1.14).

    `finding`: malicious, unfounded, agent_fault or replace (with `to`; people whom the client
    brings later choose freely then). Raises as `decide`.
    """
    begun = _begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, held = begun
    details = _outcome(held, to, shares, finding)
    _hear(case, heard, by, now)
    step = course.perform(
        case,
        "rule",
        by,
        now,
        text=reason,
        beneficiaries=_gaining(to, shares),
        details={**details, "about": about.pk},
        key=key,
    )
    more = {"finding": finding, **shared(shares)}
    _append(case, held, Kind.COMPLAINT, to, by, now, key, reason, more, whom=about)
    return step


# ── What they have in common ──


def _begin(
    case_id: int, version: int | None, reason: str | None, key: UUID
) -> tuple[Case, Held] | None:
    if reason is not None and not reason.strip():
        raise NoReason
    try:
        return course.hold(case_id, version)
    except StaleCase:
        if course.repeated(key):
            return None
        raise


def _outcome(
    held: Held, owner: Staff | None, shares: Mapping[int, int] | None, finding: str
) -> dict[str, Any]:
    """The outcome as the file keeps it. Raises NotAnAgentHere, SharesDoNotSum."""
    if owner is not None:
        refuse_outsiders(held, owner)
    found: dict[str, Any] = {"owner": owner.pk if owner else None, **shared(shares)}
    return found | ({"finding": finding} if finding else {})


def _gaining(owner: Staff | None, shares: Mapping[int, int] | None) -> frozenset[int]:
    whole = {owner.pk} if owner is not None else set()
    return frozenset(whole | {agent for agent, part in (shares or {}).items() if part})


def _hear(case: Case, heard: Heard, by: Staff, now: datetime) -> None:
    for party, words in heard.items():
        if words.strip():
            write_hearing(case, party, words, by, now)
    course.advance(case, now)


def _bind(
    case: Case,
    held: Held,
    step: Step,
    owner: Staff | None,
    shares: Mapping[int, int] | None,
    by: Staff,
    now: datetime,
    key: UUID,
    reason: str,
) -> None:
    """The ruling becomes a fact about the client; where it moves no client, the case just ends."""
    if owner is None:
        if case.kind not in CONDUCT:
            raise NotNow
        course.end(case, Case.State.RULED, held, now)
        _tell_end(case, gettext_noop("案件 %(case)s 已有結果：歸屬不變。"), now, by)
        return
    _append(case, held, Kind.RULING, owner, by, now, key, reason, shared(shares))


def _append(
    case: Case,
    held: Held,
    kind: Kind,
    agent: Staff | None,
    by: Staff,
    now: datetime,
    key: UUID,
    reason: str,
    more: Mapping[str, Any],
    whom: Staff | None = None,
) -> None:
    event = journal.append(
        held,
        kind=kind,
        agent=agent,
        whom=whom,
        at=now,
        by=by,
        now=now,
        key=key,
        details={"case": case.pk, "end": Case.State.RULED, **more},
        note=reason,
    )
    tell_outcome(case, held, event)


def _tell_end(case: Case, text: str, now: datetime, by: Staff) -> None:
    waiting = case.parties.exclude(staff=by).exclude(notified_at=None)
    tell_parties(case, waiting.values_list("staff_id", flat=True), text, {}, now)
