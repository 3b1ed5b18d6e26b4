"""Doors that end a case: a ruling, a placement, a finding, a confirmation, a second signature."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from leads.journal import door
from leads.models import Kind, Staff

from ..cases import binding, course, opening, penalties
from ..cases.binding import NOBODY, NOTHING, Against, Heard, Verdict, shared
from ..cases.course import InTheWay, NotNow, PartyToTheCase
from ..cases.telling import tell_deciders
from ..models import Case, Step
from ..sanctions import Sanction


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
    against: Against = NOTHING,
    finding: str = "",
    sanction: Sanction | None = None,
    note: str = "",
) -> Step | None:
    """Rule a case: the client goes to `owner`, the credit wholly or by `shares` (percent per key).

    `heard`: what parties said before him now, so that a supervisor at the counter can decide in a
    minute. Conduct cases (rule 17) move no ownership: `owner` is None there. `sanction`: what is
    asked to be done to a party; `note`: what the parties read of it; `against`: what the file
    keeps where it departs from most precedents. Gives the line of the file; None where this very
    form was saved before. Raises Case.DoesNotExist, StaleCase, NoReason, SharesDoNotSum,
    NotAnAgentHere, NoSuchPenalty, PartyToTheCase, NotNow, InTheWay (somebody was not heard, or a
    second signature is wanted). Rests on sales/2, leasing/2.4.
    """
    begun = binding.begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, held = begun
    verdict = Verdict(owner, shares or {}, finding, sanction, note, against)
    details = verdict.checked(case, held)
    binding.hear(case, heard, by, now)
    step = course.perform(
        case,
        "rule",
        by,
        now,
        text=reason,
        beneficiaries=verdict.gaining,
        grave=course.is_grave(case, finding, sanction),
        details=details,
        key=key,
    )
    binding.bind(case, held, step, verdict, by, now, key, reason)
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
    against: Against = NOTHING,
    finding: str = "upheld",
    sanction: Sanction | None = None,
    note: str = "",
) -> Step | None:
    """Draw up a finding that another person must sign (sales/1). Raises as `decide`."""
    begun = binding.begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, held = begun
    verdict = Verdict(owner, shares or {}, finding, sanction, note, against)
    details = verdict.checked(case, held)
    binding.hear(case, heard, by, now)
    step = course.perform(
        case,
        "draft",
        by,
        now,
        text=reason,
        beneficiaries=verdict.gaining,
        details=details,
        key=key,
    )
    tell_deciders(case, gettext_noop("案件 %(case)s 等第二個人簽署。"), now, besides=by.pk)
    return step


@door
def draft_unseen(
    *,
    case_id: int,
    version: int | None,
    outcome: str,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
) -> Step | None:
    """Keep what somebody would decide before he sees who the parties are; nothing binds by it.

    None where this form was kept before. Raises NoReason, StaleCase, PartyToTheCase, InTheWay.
    """
    begun = binding.begin(case_id, version, reason, key)
    if begun is None or course.repeated(key):
        return None
    case, _held = begun
    act = course.act_of(case, by, now)
    if act.conflicts:
        raise PartyToTheCase
    if not act.as_decider:
        raise InTheWay("decider")
    details = {"outcome": outcome}
    return opening.note(case, Step.Kind.UNSEEN, now, by=by, text=reason, key=key, details=details)


@door
def countersign(
    *, case_id: int, version: int | None, by: Staff, now: datetime, key: UUID, text: str = ""
) -> Step | None:
    """Sign what somebody else drew up: it binds from now on. Raises as `decide`."""
    begun = binding.begin(case_id, version, None, key)
    if begun is None:
        return None
    case, held = begun
    drawn = course.draft_of(case)
    if drawn is None:
        raise NotNow
    verdict = binding.read(drawn.details)
    verdict.checked(case, held)
    step = course.perform(
        case,
        "countersign",
        by,
        now,
        text=text,
        beneficiaries=verdict.gaining,
        details={**drawn.details, "draft": drawn.pk},
        key=key,
    )
    binding.bind(case, held, step, verdict, by, now, key, drawn.text)
    return step


@door
def reject(
    *, case_id: int, version: int | None, reason: str, by: Staff, now: datetime, key: UUID
) -> Step | None:
    """Do not sign: the draft goes back to whoever decides. Raises as `decide`."""
    begun = binding.begin(case_id, version, reason, key)
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
    against: Against = NOTHING,
) -> Step | None:
    """Find that what somebody brought forward does not hold; ownership stays. Raises as `decide`.

    A matter that the rules themselves see ends by a ruling, not so: NotNow.
    """
    begun = binding.begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, held = begun
    if case.origin == Case.Origin.RULES:
        raise NotNow
    binding.hear(case, heard, by, now)
    details = {"against": dict(against)} if against else {}
    step = course.perform(case, "dismiss", by, now, text=reason, details=details, key=key)
    course.end(case, Case.State.DISMISSED, held, now)
    binding.tell_end(case, gettext_noop("案件 %(case)s 已有結果：認定不成立，歸屬不變。"), now, by)
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
        said = gettext_noop("案件 %(case)s 已有結果：照制度的認定，歸屬不變。")
        binding.tell_end(case, said, now, by)
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
    begun = binding.begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, held = begun
    verdict = Verdict(to, finding="assign")
    details = verdict.checked(case, held)
    binding.hear(case, heard, by, now)
    step = course.perform(
        case, "rule", by, now, text=reason, beneficiaries=verdict.gaining, details=details, key=key
    )
    binding.append(case, held, Kind.ASSIGNMENT, to, by, now, key, reason, {})
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
    against: Against = NOTHING,
    sanction: Sanction | None = None,
    note: str = "",
) -> Step | None:
    """Write down what was found about the complaint of a case (sales/10, leasing/1.14).

    `finding`: malicious, unfounded, agent_fault or replace (with `to`; people whom the client
    brings later choose freely then, and `shares` divide what was sold). No commission is forfeited
    here: the shares say who has what. Raises as `decide`.
    """
    begun = binding.begin(case_id, version, reason, key)
    if begun is None:
        return None
    case, held = begun
    verdict = Verdict(to, shares or {}, finding, sanction, note, against)
    details = verdict.checked(case, held)
    binding.hear(case, heard, by, now)
    step = course.perform(
        case,
        "rule",
        by,
        now,
        text=reason,
        beneficiaries=verdict.gaining,
        grave=course.is_grave(case, finding, sanction),
        details={**details, "about": about.pk},
        key=key,
    )
    imposed = penalties.impose(case, step, sanction, by, now, reason)
    more = {"finding": finding, **shared(shares)}
    binding.append(case, held, Kind.COMPLAINT, to, by, now, key, reason, more, whom=about)
    binding.tell_penalised(case, imposed, now)
    return step
