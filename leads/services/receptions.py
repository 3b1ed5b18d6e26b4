"""The doors of what happens with a client: receptions, follow-ups, notices."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from .. import journal
from ..journal import door
from ..models import (
    ContactEvent,
    Kind,
    Project,
    Staff,
)
from ..needs.book import write_wanted
from ..needs.models import Wanted
from .entering import enter


@door
def record_contact(
    *,
    project: Project,
    kind: Kind,
    agent: Staff,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
    lead_id: int | None = None,
    phone: str = "",
    name: str = "",
    traits: str = "",
    asked_for: Staff | None = None,
    known_to: Staff | None = None,
    steered_by: Staff | None = None,
    turn_of: Staff | None = None,
    brought_by: int | None = None,
    enquiry: bool = True,
    registered: bool = True,
    fields: Collection[str] | None = None,
    source: str = "",
    need: str = "",
    companions: str = "",
    proxy: str = "",
    note: str = "",
    wanted: Collection[Wanted] = (),
) -> ContactEvent:
    """Write down an inbound contact; whose client it is, is decided at once.

    `phone` is as typed and may be empty (leasing/1.3); with a known number the reception joins that
    lead, otherwise a new lead begins. `lead_id` names a lead directly. The same `key` is recorded
    only once. `fields` are those of name, phone, need and source that the register entry holds;
    None: nobody says, so it counts as complete. `proxy`: he views for somebody who cannot be
    reached, in these circumstances; the entry is filed with the reception (sales/6). `wanted`: what
    he spoke of, kept as needs of his in the same transaction.

    Raises ImpossiblePhone, HappenedInTheFuture, Lead.DoesNotExist.
    """
    held = enter(project, lead_id, phone, name, traits, now)
    details: dict[str, Any] = {
        "phone_left": bool(phone),
        **_given(name=name, source=source, need=need, companions=companions),
    }
    if not enquiry:
        details["enquiry"] = False
    if not registered:
        details["registered"] = False
    if fields is not None:
        details["fields"] = sorted(fields)
    event = journal.append(
        held,
        kind=kind,
        agent=agent,
        at=at,
        by=by,
        now=now,
        key=key,
        asked_for=asked_for,
        known_to=known_to,
        steered_by=steered_by,
        turn_of=turn_of,
        other_id=brought_by,
        details=details,
        note=note,
    )
    if proxy:
        held.fresh = False
        journal.append(
            held,
            kind=Kind.PROXY,
            agent=agent,
            at=event.recorded_at,
            by=by,
            now=event.recorded_at,
            key=uuid5(key, "proxy"),
            details={"circumstances": proxy, "acknowledged": False},
        )
    write_wanted(event, wanted)
    return event


@door
def record_assist(
    *,
    project: Project,
    agent: Staff,
    owner: Staff,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
    lead_id: int | None = None,
    phone: str = "",
    name: str = "",
    channel: str = "visit",
    handover: bool = True,
    duties: Mapping[str, datetime] | None = None,
    delegated: bool | None = None,
    need: str = "",
    companions: str = "",
    note: str = "",
    wanted: Collection[Wanted] = (),
) -> ContactEvent:
    """Write down a reception for the absent owner (leasing/1.7, 1.8, 1.12).

    `handover`: the three duties were done; `duties`: when each of those that were. Raises as
    `record_contact`.
    """
    held = enter(project, lead_id, phone, name, "", now)
    details: dict[str, Any] = {
        "channel": channel,
        "handover": handover,
        **_given(name=name, need=need, companions=companions),
    }
    if duties is not None:
        details["duties"] = {duty: at.isoformat() for duty, at in duties.items()}
    if delegated is not None:
        details["delegated"] = delegated
    event = journal.append(
        held,
        kind=Kind.ASSIST,
        agent=agent,
        whom=owner,
        at=at,
        by=by,
        now=now,
        key=key,
        details=details,
        note=note,
    )
    write_wanted(event, wanted)
    return event


@door
def record_follow_up(
    *,
    lead_id: int,
    agent: Staff,
    at: datetime,
    outcome: str,
    by: Staff,
    now: datetime,
    key: UUID,
    on_behalf_of: Staff | None = None,
    note: str = "",
) -> ContactEvent:
    """Write down outbound contact (leasing/1.2). `outcome`: reached, family, no_answer or off.

    Raises HappenedInTheFuture, Lead.DoesNotExist.
    """
    return journal.append(
        journal.hold(lead_id),
        kind=Kind.FOLLOW_UP,
        agent=agent,
        whom=on_behalf_of,
        at=at,
        by=by,
        now=now,
        key=key,
        details={"outcome": outcome, "reached": outcome in ("reached", "family")},
        note=note,
    )


@door
def record_notice(
    *, lead_id: int, agent: Staff, at: datetime, by: Staff, now: datetime, key: UUID
) -> ContactEvent:
    """Write down that an agent was shown that another agent holds this client."""
    return journal.append(
        journal.hold(lead_id), kind=Kind.NOTICE, agent=agent, at=at, by=by, now=now, key=key
    )


def _given(**texts: str) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}
