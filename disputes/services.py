"""The doors of disputes: rulings, assignments, complaints. A ruling is a fact like any other."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from leads import journal
from leads.journal import door
from leads.models import ContactEvent, Kind, Staff

from . import cases


class NoReason(ValueError):
    """Every ruling says why."""

    message = _("裁定要寫理由。")


class SharesDoNotSum(ValueError):
    """Shares are whole percents that sum to 100."""

    message = _("分成必須是整數，合計 100%。")


class PartyToTheCase(PermissionError):
    """Nobody decides a case to which he is a party (rule 15)."""

    message = _("你是這件案件的當事人，不能由你裁定。")


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
    PartyToTheCase. Rests on sales/2, leasing/2.4.
    """
    if not reason.strip():
        raise NoReason
    case, held = cases.hold(case_id, version)
    if by.pk in {claim["agent"] for claim in case.decision.proof["chain"]}:
        raise PartyToTheCase
    return journal.append(
        held,
        kind=Kind.RULING,
        agent=owner,
        at=now,
        by=by,
        now=now,
        key=key,
        details={"case": case.pk, **_shares(shares)},
        note=reason,
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
