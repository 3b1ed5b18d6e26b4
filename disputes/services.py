"""The doors of disputes: rulings, assignments, complaints. A ruling is a fact like any other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from leads import journal
from leads.journal import Busy as Busy
from leads.journal import Held, door
from leads.models import ContactEvent, Kind, Staff

from . import cases
from .cases import StaleCase as StaleCase
from .models import Case


class NoReason(ValueError):
    """Every ruling says why."""

    message = _("裁定要寫理由。")


class SharesDoNotSum(ValueError):
    """Shares are whole percents that sum to 100."""

    message = _("分成必須是整數，合計 100%。")


class PartyToTheCase(PermissionError):
    """Nobody decides a case to which he is a party (rule 15)."""

    message = _("你是這件案件的當事人，不能由你裁定。")


class NotAnAgentHere(ValueError):
    """A client is given only to an agent who works in the project now."""

    message = _("只能給在這個專案任職的置業顧問。")


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
    """Give the client of a case to one agent, the credit wholly or by `shares` (percent per key).

    Raises Case.DoesNotExist, StaleCase (decided or changed since), NoReason, SharesDoNotSum,
    PartyToTheCase, NotAnAgentHere. The same `key` rules once. Rests on sales/2, leasing/2.4.
    """
    return _settle(
        case_id,
        version,
        kind=Kind.RULING,
        agent=owner,
        reason=reason,
        by=by,
        now=now,
        key=key,
        details=_shares(shares),
    )


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
        details=_shares(shares),
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
def assign_by_case(
    *,
    case_id: int,
    version: int | None,
    to: Staff,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
) -> ContactEvent:
    """Place the client of a departure case with an agent (leasing/1.11). Raises as `rule`."""
    return _settle(
        case_id,
        version,
        kind=Kind.ASSIGNMENT,
        agent=to,
        reason=reason,
        by=by,
        now=now,
        key=key,
        details={},
    )


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
) -> ContactEvent:
    """Write down what was found about the complaint of a case (sales/10, leasing/1.14).

    `finding`: malicious, unfounded, agent_fault or replace (with `to`). Raises as `rule`.
    """
    return _settle(
        case_id,
        version,
        kind=Kind.COMPLAINT,
        agent=to,
        reason=reason,
        by=by,
        now=now,
        key=key,
        details={"finding": finding, **_shares(shares)},
        whom=about,
    )


def _settle(
    case_id: int,
    version: int | None,
    *,
    kind: Kind,
    agent: Staff | None,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    details: dict[str, Any],
    whom: Staff | None = None,
) -> ContactEvent:
    """End a case by one fact, and tell its agents; what was ended by this very form stays so."""
    if not reason.strip():
        raise NoReason
    try:
        case, held = cases.hold(case_id, version)
    except StaleCase:
        repeated = ContactEvent.objects.filter(key=key, kind=kind, by=by).first()
        if repeated is None:
            raise
        return repeated
    _refuse_parties(case, by)
    if agent is not None:
        _refuse_outsiders(held, agent)
    event = journal.append(
        held,
        kind=kind,
        agent=agent,
        whom=whom,
        at=now,
        by=by,
        now=now,
        key=key,
        details={"case": case.pk, **details},
        note=reason,
    )
    cases.tell_outcome(case, held, event)
    return event


def _refuse_parties(case: Case, by: Staff) -> None:
    proof = case.decision.proof
    parties = {claim["agent"] for claim in proof["chain"]}
    parties |= {int(agent) for deal in proof["deals"] for agent in deal["credit"]}
    if by.pk in parties:
        raise PartyToTheCase


def _refuse_outsiders(held: Held, agent: Staff) -> None:
    here = held.project.staff.filter(pk=agent.pk, departed_at=None, is_active=True)
    if not here.exists():
        raise NotAnAgentHere


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
        details={"finding": finding, **_shares(shares)},
        note=note,
    )


def _shares(shares: Mapping[int, int] | None) -> dict[str, dict[str, int]]:
    if not shares:
        return {}
    if sum(shares.values()) != 100 or any(share < 0 for share in shares.values()):
        raise SharesDoNotSum
    return {"shares": {str(agent): share for agent, share in shares.items() if share}}
