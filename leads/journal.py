"""Steps under the lock: hold a lead, write an event, announce it. Only doors come here.

The protocol: one durable transaction per door; the first statement that touches a lead locks the
lead that stands for its party, several in the order of their keys; the event is written, and the
announcement makes the decision in the same transaction.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from . import likenesses
from .models import ContactEvent, Kind, Lead, Project, Staff
from .signals import event_recorded


class HappenedInTheFuture(ValueError):
    """An event cannot happen after it is written down."""

    message = _("時間在未來：不能登記還沒有發生的事。")


class Busy(Exception):
    """The client is being changed by others and did not come free in time; nothing was saved."""

    message = _("這位客戶正有別人在登記，還沒存下。請再按一次儲存。")


class PartyMoved(Exception):
    """A link joined the lead to others while we waited for it: let go, and take all in order."""


P = ParamSpec("P")
R = TypeVar("R")
ATTEMPTS = 5
DEADLOCK, LOCK_TIMED_OUT = "40P01", "55P03"


def door(act: Callable[P, R]) -> Callable[P, R]:
    """One durable transaction; begun anew after a deadlock, where the party has moved, or where
    another counter wrote down the same phone number first.

    The same `key` is recorded once: a second submission of a form gives back the event of the
    first. Raises Busy where the lead stays locked.
    """

    @wraps(act)
    def through(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic(durable=True):
                    return act(*args, **kwargs)
            except IntegrityError as error:
                if "key" in kwargs and "contactevent_key" in str(error):
                    return ContactEvent.objects.get(key=kwargs["key"])  # type: ignore[return-value,misc]
                if "one_phone_per_project" not in str(error) or attempt == ATTEMPTS:
                    raise
            except PartyMoved as error:
                if attempt == ATTEMPTS:
                    raise Busy from error
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if state == LOCK_TIMED_OUT:
                    raise Busy from error
                if state != DEADLOCK or attempt == ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    return through


@dataclass(slots=True)
class Held:
    """A party under the lock: the lead asked for, and every lead of its party."""

    lead: Lead
    members: list[Lead]
    fresh: bool = False
    """The lead was created in this transaction; nothing was stored about it before."""
    contested: bool = False
    """A matter of the party was open when it was locked."""

    @property
    def project(self) -> Project:
        """The project of the lead."""
        return self.lead.project


def hold(lead_id: int) -> Held:
    """Lock the party of a lead until the transaction ends. Raises Lead.DoesNotExist."""
    return hold_all([lead_id])[0]


def hold_all(lead_ids: Iterable[int]) -> list[Held]:
    """Lock the parties of several leads, always in the order of their keys."""
    wanted = list(lead_ids)
    parties = Lead.objects.filter(pk__in=wanted, party__isnull=False)
    return _hold(wanted, set(parties.values_list("party_id", flat=True)))


def hold_known(lead_id: int, party_id: int | None) -> Held:
    """As `hold`, where the lead has just been read with its party: spares a query."""
    return _hold([lead_id], set() if party_id is None else {party_id})[0]


def _hold(wanted: list[int], parties: set[int]) -> list[Held]:
    """Lock these leads and all of these parties.

    Whoever finds, after waiting, that a link has joined the party to others lets go and takes all
    of them in order: taking more while holding some would be a deadlock.
    """
    leads = {lead.pk: lead for lead in _lock(wanted, parties)}
    found = {lead.party_id for lead in leads.values() if lead.party_id is not None}
    if found and (
        found - parties or Lead.objects.filter(party_id__in=found).exclude(pk__in=leads).exists()
    ):
        raise PartyMoved
    missing = [pk for pk in wanted if pk not in leads]
    if missing:
        raise Lead.DoesNotExist(f"no lead {missing[0]}")
    members: dict[int, list[Lead]] = {}
    for lead in leads.values():
        members.setdefault(lead.root_id, []).append(lead)
    parties_of = (members[leads[pk].root_id] for pk in wanted)
    return [
        Held(leads[pk], party, contested=any(lead.contested for lead in party))
        for pk, party in zip(wanted, parties_of, strict=True)
    ]


def _lock(lead_ids: list[int], parties: set[int]) -> list[Lead]:
    """These leads and every lead of these parties, locked in the order of their keys."""
    chosen = Q(pk__in=lead_ids)
    if parties:
        chosen |= Q(party_id__in=parties)
    return list(
        Lead.objects.select_for_update(of=("self",))
        .select_related("project")
        .filter(chosen)
        .order_by("pk")
    )


def write(
    held: Held,
    *,
    kind: Kind,
    agent: Staff | None,
    at: datetime,
    by: Staff,
    now: datetime,
    entered: datetime | None = None,
    **fields: Any,
) -> ContactEvent:
    """Add a fact to the journal of a held lead. Raises HappenedInTheFuture.

    The moment of recording never runs backwards on one lead, whatever the clocks of the counters.
    `entered`: when an office's own register had it, before this journal began; only a signed
    opening import may say so.
    """
    moment = now if entered is None else entered
    if at > moment:
        raise HappenedInTheFuture
    recorded_at = max(moment, *(member.recorded_at for member in held.members))
    event = ContactEvent.objects.create(
        project=held.project,
        lead=held.lead,
        kind=kind,
        agent=agent,
        at=at,
        recorded_at=recorded_at,
        by=by,
        **fields,
    )
    for member in held.members:
        member.recorded_at = recorded_at
    likenesses.note_numbers(held.lead, event)
    return event


def write_departure(
    project: Project,
    staff: Staff,
    *,
    at: datetime,
    by: Staff,
    now: datetime,
    **fields: Any,
) -> ContactEvent:
    """Add to a project's journal that an agent left: the one fact that is about no single lead."""
    if at > now:
        raise HappenedInTheFuture
    return ContactEvent.objects.create(
        project=project,
        kind=Kind.DEPARTURE,
        agent=staff,
        at=at,
        recorded_at=now,
        by=by,
        **fields,
    )


def announce(held: Held, event: ContactEvent) -> None:
    """Let the next app decide; whatever it raises undoes the event too."""
    event_recorded.send(sender=ContactEvent, event=event, held=held)


def append(held: Held, **fact: Any) -> ContactEvent:
    """Write and announce in one step."""
    event = write(held, **fact)
    announce(held, event)
    return event
