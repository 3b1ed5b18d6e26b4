"""The doors of what was entered beforehand: a registration withdrawn, a proxy acknowledged."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from .. import journal
from ..journal import door
from ..models import RECEPTIONS, ContactEvent, Kind, Staff


class NotAnEntry(ValueError):
    """Only an entry that stands can be withdrawn or acknowledged."""

    message = _("這筆登記已經撤回或確認過。")


class CameAlready(ValueError):
    """An entry whose person came is used up; it stays as it is."""

    message = _("客戶已經到訪過，這筆登記不能撤回。")


@door
def withdraw_registration(
    *, event_id: int, by: Staff, now: datetime, key: UUID, reason: str = ""
) -> ContactEvent:
    """Take an advance entry back: the rules see everything as if it had never been (sales/5).

    The same `key` is recorded once. Raises NotAnEntry, CameAlready, journal.Busy.
    """
    entry = _standing(event_id, Kind.REGISTRATION)
    assert entry.lead_id is not None
    held = journal.hold(entry.lead_id)
    # Asked again under the lock: two presses, or the person at the counter.
    said = ContactEvent.objects.filter(key=key).first()
    if said is not None:
        return said
    if ContactEvent.objects.filter(refers=entry, kind=Kind.TAKEN_BACK).exists():
        raise NotAnEntry
    if ContactEvent.objects.filter(lead=entry.lead_id, kind__in=RECEPTIONS).exists():
        raise CameAlready
    return journal.append(
        held,
        kind=Kind.TAKEN_BACK,
        agent=None,
        at=now,
        by=by,
        now=now,
        key=key,
        refers=entry,
        note=reason,
    )


@door
def acknowledge_proxy(*, event_id: int, by: Staff, now: datetime, key: UUID) -> ContactEvent:
    """The manager has taken note of a proxy's circumstances (leasing/2.3): it counts from now.

    The acknowledgement is an entry of its own that refers to the agent's. The same `key` is
    recorded once. Raises NotAnEntry, journal.Busy.
    """
    entry = _standing(event_id, Kind.PROXY)
    assert entry.lead_id is not None
    held = journal.hold(entry.lead_id)
    said = ContactEvent.objects.filter(key=key).first()
    if said is not None:
        return said
    if entry.details.get("acknowledged") or ContactEvent.objects.filter(refers=entry).exists():
        raise NotAnEntry
    return journal.append(
        held,
        kind=Kind.PROXY,
        agent=entry.agent,
        at=now,
        by=by,
        now=now,
        key=key,
        refers=entry,
        details={"circumstances": entry.details.get("circumstances", ""), "acknowledged": True},
    )


def _standing(event_id: int, kind: Kind) -> ContactEvent:
    entry = ContactEvent.objects.filter(pk=event_id, kind=kind).select_related("agent").first()
    if entry is None or entry.lead_id is None:
        raise NotAnEntry
    return entry
