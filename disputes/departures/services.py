"""The doors of departures: an agent leaves and his clients are placed, all or none; and again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from attribution.agenda.models import NextStep
from leads import departures, journal
from leads.departures import AlreadyDeparted as AlreadyDeparted
from leads.journal import Busy as Busy
from leads.journal import Held, door
from leads.models import ContactEvent, Kind, Project, Staff

from ..cases.telling import tell
from ..refusals import NoReason as NoReason
from ..refusals import NotAnAgentHere as NotAnAgentHere
from . import queries

TAKEN = gettext_noop("%(who)s 離職，%(count)s 位客戶安排給你，各重新起算一個來訪期。")
GIVEN_UP = gettext_noop("原屬 %(who)s 的 %(count)s 位客戶，主管改派給別人。")


class StaleHandover(Exception):
    """The clients changed after the form was opened; nothing was saved."""

    message = _("畫面打開之後，他的客戶變了，還沒有存。下面是最新的，你選的都還在，請再確認一次。")


class HereStill(ValueError):
    """Only whoever left has clients to place anew."""

    message = _("此人還在職。")


@dataclass(slots=True)
class Placed:
    """What came of it: how many clients went to each agent, and how many wait for a decision."""

    taken: Counter[int] = field(default_factory=Counter)
    given_up: Counter[int] = field(default_factory=Counter)
    waiting: int = 0


@door
def hand_over(
    *,
    leaver: Staff,
    choices: Mapping[int, int],
    projects: Sequence[Project],
    seen: str,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    case_id: int | None = None,
) -> Placed:
    """An agent leaves now and his clients go to others, in one step and for one reason.

    `choices`: client → agent, by key, of clients in `projects` (those that `by` answers for); a
    client who is not among them, or whose case is open, waits in the queue. `seen`: what the form
    showed, as `Handover.seen`. `case_id`: the case by whose ruling he leaves.

    His account is closed, the credit of what he sold stays his, his steps about a client go with
    the client. The same `key` is carried out once.

    Raises NoReason, StaleHandover, NotAnAgentHere, AlreadyDeparted, Busy. Rests on leasing/1.11.
    """
    if not reason.strip():
        raise NoReason
    if _done_before(key, projects):
        return Placed()
    staff = departures.close_account(leaver, at=now)
    details = {} if case_id is None else {"by_case": case_id}
    events = departures.write(staff, at=now, by=by, now=now, key=key, details=details, note=reason)
    parties = departures.hold_what_he_held(staff, now)
    handover = queries.handover_of(leaver, projects, now, left_at=None)
    if handover.seen != seen:
        raise StaleHandover
    chosen = _checked(handover, choices)
    placed = Placed()
    for held in parties:
        agent = chosen.get(held.lead.root_id)
        if agent is None:
            journal.announce(held, events[held.project.pk])
            placed.waiting += held.lead.owner_id is None and held.lead.contested
        else:
            _place(held, agent, staff, reason, by=by, now=now, key=key)
            placed.taken[agent.pk] += 1
    _pass_steps(staff, chosen)
    _tell(placed, staff, by, now)
    return placed


@door
def place_again(
    *,
    leaver: Staff,
    choices: Mapping[int, int],
    projects: Sequence[Project],
    seen: str,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
) -> Placed:
    """Place clients of somebody who left with other agents than before, or those who still wait.

    Nothing is taken back: each is another assignment, which counts from now. Where nothing changed
    nothing is written. Raises as `hand_over`, and HereStill. Rests on leasing/1.11.
    """
    if not reason.strip():
        raise NoReason
    staff = queries.leaver_with(leaver.pk)
    left_at: datetime | None = getattr(staff, "left_at", None)
    if staff is None or staff.departed_at is None or left_at is None:
        raise HereStill
    # Two managers at once: the second finds what the first signed.
    Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    wanted = sorted(choices)
    if ContactEvent.objects.filter(key__in=[_key_of(key, lead) for lead in wanted]).exists():
        return Placed()
    parties = {held.lead.root_id: held for held in journal.hold_all(wanted)} if wanted else {}
    handover = queries.handover_of(staff, projects, now, left_at=left_at)
    if handover.seen != seen:
        raise StaleHandover
    chosen = _checked(handover, choices)
    placed = Placed()
    for client in handover.clients:
        agent, held = chosen.get(client.lead.pk), parties.get(client.lead.pk)
        if agent is None or held is None or client.holder == agent.pk:
            continue
        _place(held, agent, staff, reason, by=by, now=now, key=key)
        placed.taken[agent.pk] += 1
        if client.holder is not None:
            placed.given_up[client.holder] += 1
    _pass_steps(staff, chosen)
    _tell(placed, staff, by, now)
    return placed


def _done_before(key: UUID, projects: Sequence[Project]) -> bool:
    keys = [departures.key_in(key, project) for project in projects]
    return ContactEvent.objects.filter(key__in=keys).exists()


def _key_of(key: UUID, lead: int) -> UUID:
    return uuid5(key, f"place:{lead}")


def _checked(handover: queries.Handover, choices: Mapping[int, int]) -> dict[int, Staff]:
    """The agents of the clients who may be placed. Raises NotAnAgentHere."""
    found = {}
    for client in handover.clients:
        wanted = choices.get(client.lead.pk)
        if wanted is None or not client.may_be_placed:
            continue
        here = {one.staff.pk: one.staff for one in handover.may_take(client)}
        if wanted not in here:
            raise NotAnAgentHere
        found[client.lead.pk] = here[wanted]
    return found


def _place(
    held: Held,
    agent: Staff,
    leaver: Staff,
    reason: str,
    *,
    by: Staff,
    now: datetime,
    key: UUID,
) -> None:
    root = next((one for one in held.members if one.pk == held.lead.root_id), held.lead)
    journal.append(
        Held(root, held.members, contested=held.contested),
        kind=Kind.ASSIGNMENT,
        agent=agent,
        whom=leaver,
        at=now,
        by=by,
        now=now,
        key=_key_of(key, root.pk),
        details={"leaver": leaver.pk},
        note=reason,
    )


def _pass_steps(leaver: Staff, chosen: Mapping[int, Staff]) -> None:
    """What he meant to do about a client, the client's new agent has before him now."""
    by_agent: dict[int, list[int]] = {}
    for lead, agent in chosen.items():
        by_agent.setdefault(agent.pk, []).append(lead)
    open_ones = NextStep.objects.filter(agent=leaver, done_at=None)
    for agent_pk, leads in by_agent.items():
        open_ones.filter(lead__in=leads).update(agent=agent_pk)
        open_ones.filter(lead__party__in=leads).update(agent=agent_pk)


def _tell(placed: Placed, leaver: Staff, by: Staff, now: datetime) -> None:
    """One note to everybody who took clients over, or gave some up; never one for each client."""
    for text, counts in ((TAKEN, placed.taken), (GIVEN_UP, placed.given_up)):
        for agent, count in counts.items():
            values: dict[str, Any] = {"who": leaver.name, "count": str(count)}
            tell([agent], text, values, "/leads/", now)
