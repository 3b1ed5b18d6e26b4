"""Doors of facts that people set outside a case's procedure: history, stories, the general manager.

A ruling is a fact like any other. Cases whose matter it settles end as overtaken.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leads import journal
from leads.journal import Busy as Busy
from leads.journal import door
from leads.models import ContactEvent, Kind, Staff

from ..cases import course
from ..cases.binding import NoReason as NoReason
from ..cases.binding import NotAnAgentHere as NotAnAgentHere
from ..cases.binding import SharesDoNotSum as SharesDoNotSum
from ..cases.binding import refuse_outsiders, shared
from ..cases.course import PartyToTheCase, StaleCase
from ..cases.telling import tell_outcome


@door
def rule(
    *,
    case_id: int,
    version: int | None,
    owner: Staff,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    shares: Mapping[int, int] | None = None,
) -> ContactEvent:
    """Record that the client of a case was given to one agent, outside the case's procedure.

    The credit goes to him wholly or by `shares` (percent per key); the case ends as overtaken. The
    procedure's own ruling is `decide`. Raises Case.DoesNotExist, StaleCase (decided or changed
    since), NoReason, SharesDoNotSum, PartyToTheCase, NotAnAgentHere. The same `key` rules once.
    Rests on sales/2, leasing/2.4.
    """
    if not reason.strip():
        raise NoReason
    try:
        case, held = course.hold(case_id, version)
    except StaleCase:
        repeated = ContactEvent.objects.filter(key=key, kind=Kind.RULING, by=by).first()
        if repeated is None:
            raise
        return repeated
    if course.act_of(case, by, now).conflicts:
        raise PartyToTheCase
    refuse_outsiders(held, owner)
    event = journal.append(
        held,
        kind=Kind.RULING,
        agent=owner,
        at=now,
        by=by,
        now=now,
        key=key,
        details={"case": case.pk, **shared(shares)},
        note=reason,
    )
    tell_outcome(case, held, event)
    return event


@door
def rule_on_lead(
    *,
    lead_id: int,
    owner: Staff,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    shares: Mapping[int, int] | None = None,
    at: datetime | None = None,
) -> ContactEvent:
    """A ruling on a lead without a case of its own (a settlement reached by the agents)."""
    return journal.append(
        journal.hold(lead_id),
        kind=Kind.RULING,
        agent=owner,
        at=at or now,
        by=by,
        now=now,
        key=key,
        details=shared(shares),
        note=reason,
    )


@door
def assign(
    *,
    lead_id: int,
    to: Staff,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    at: datetime | None = None,
) -> ContactEvent:
    """Place a departed agent's client with another agent (leasing/1.11)."""
    return journal.append(
        journal.hold(lead_id),
        kind=Kind.ASSIGNMENT,
        agent=to,
        at=at or now,
        by=by,
        now=now,
        key=key,
        note=reason,
    )


@door
def record_complaint(
    *,
    lead_id: int,
    about: Staff,
    by: Staff,
    now: datetime,
    key: UUID,
    finding: str = "open",
    to: Staff | None = None,
    shares: Mapping[int, int] | None = None,
    note: str = "",
    at: datetime | None = None,
) -> ContactEvent:
    """Write down a complaint, or what was found about it (sales/10, leasing/1.14).

    `finding`: open, malicious, unfounded, agent_fault or replace (with `to`).
    """
    return journal.append(
        journal.hold(lead_id),
        kind=Kind.COMPLAINT,
        agent=to,
        whom=about,
        at=at or now,
        by=by,
        now=now,
        key=key,
        details={"finding": finding, **shared(shares)},
        note=note,
    )
