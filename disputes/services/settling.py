"""Doors of negotiation: the parties agree among themselves, and everybody signs (leasing/2.4)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from leads import journal
from leads.journal import Held, door
from leads.models import Kind, Staff

from .. import procedure
from ..cases import course
from ..cases.binding import refuse_outsiders, shared
from ..cases.course import NotNow, StaleCase
from ..cases.telling import tell_outcome, tell_parties
from ..models import Case, Step


@door
def propose_settlement(
    *,
    case_id: int,
    owner: Staff,
    by: Staff,
    now: datetime,
    key: UUID,
    shares: Mapping[int, int] | None = None,
    text: str = "",
) -> Step | None:
    """Lay a settlement on the table and sign it oneself; an earlier one is off the table.

    Raises StaleCase, NotNow, InTheWay (not a party), SharesDoNotSum, NotAnAgentHere.
    """
    if course.repeated(key):
        return None
    case, held = course.hold(case_id)
    course.advance(case, now)
    refuse_outsiders(held, owner)
    details = {"owner": owner.pk, **shared(shares)}
    step = course.perform(
        case, "propose", by, now, party=by.pk, text=text, details=details, key=key
    )
    others = case.parties.exclude(staff=by).values_list("staff_id", flat=True)
    asked = gettext_noop("案件 %(case)s 有人提出和解，等你簽署。")
    tell_parties(case, others, asked, {}, now)
    _settle_if_signed(case, held, by, now, key)
    return step


@door
def sign_settlement(
    *, case_id: int, proposal: int, by: Staff, now: datetime, key: UUID
) -> Step | None:
    """Sign the settlement on the table; the last signature makes it binding.

    `proposal`: the key of what was read; another one lies there now: StaleCase. Raises NotNow,
    InTheWay.
    """
    if course.repeated(key):
        return None
    case, held = course.hold(case_id)
    course.advance(case, now)
    lying = course.settlement_of(case)
    if lying is None:
        raise NotNow
    if lying.pk != proposal:
        raise StaleCase
    step = course.perform(
        case, "sign", by, now, party=by.pk, details={"proposal": proposal}, key=key
    )
    _settle_if_signed(case, held, by, now, key)
    return step


def _settle_if_signed(case: Case, held: Held, by: Staff, now: datetime, key: UUID) -> None:
    """The last signature: what was agreed becomes a fact, written down by whoever signed last."""
    if procedure.by_itself(course.course_of(case), now) != "settle":
        return
    lying = course.settlement_of(case)
    assert lying is not None, "somebody signed it"
    course.perform(case, "settle", None, now, details=lying.details)
    owner = Staff.objects.get(pk=lying.details["owner"])
    refuse_outsiders(held, owner)
    shares = {"shares": lying.details["shares"]} if "shares" in lying.details else {}
    event = journal.append(
        held,
        kind=Kind.RULING,
        agent=owner,
        at=now,
        by=by,
        now=now,
        key=key,
        details={"case": case.pk, "end": Case.State.SETTLED, **shares},
        note=lying.text,
    )
    tell_outcome(case, held, event)
