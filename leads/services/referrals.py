"""The doors of what is entered beforehand: a referred person, a proxy."""

from datetime import datetime
from uuid import UUID

from .. import journal
from ..journal import door
from ..models import (
    ContactEvent,
    Kind,
    Project,
    Staff,
)
from .entering import enter


@door
def register_referral(
    *,
    project: Project,
    agent: Staff,
    name: str,
    traits: str,
    by: Staff,
    now: datetime,
    key: UUID,
    phone: str = "",
    introduced_by: int | None = None,
    lead_id: int | None = None,
    at: datetime | None = None,
) -> ContactEvent:
    """Enter a referred person beforehand (sales/5). Raises as `record_contact`."""
    held = enter(project, lead_id, phone, name, traits, now)
    return journal.append(
        held,
        kind=Kind.REGISTRATION,
        agent=agent,
        at=at or now,
        by=by,
        now=now,
        key=key,
        other_id=introduced_by,
        details={"name": name, "traits": traits},
    )


@door
def file_proxy(
    *,
    lead_id: int,
    agent: Staff,
    circumstances: str,
    by: Staff,
    now: datetime,
    key: UUID,
    acknowledged: bool = False,
    at: datetime | None = None,
    buyer: int | None = None,
) -> ContactEvent:
    """File that this client views for a buyer who cannot be reached (sales/6, leasing/2.3).

    `buyer`: the client for whom he views, where he is known; it says so and links nobody.
    """
    return journal.append(
        journal.hold(lead_id),
        kind=Kind.PROXY,
        agent=agent,
        at=at or now,
        by=by,
        now=now,
        key=key,
        details={
            "circumstances": circumstances,
            "acknowledged": acknowledged,
            **({} if buyer is None else {"buyer": buyer}),
        },
    )
