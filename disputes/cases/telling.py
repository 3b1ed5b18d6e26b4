"""Steps under the lock: put notes into the bells of those whom a case concerns."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from leads.journal import Held
from leads.models import ContactEvent, Notification, Project, Role, Staff

from .. import procedure
from ..models import Case


def tell(
    readers: Iterable[Staff | int], text: str, values: dict[str, Any], url: str, now: datetime
) -> None:
    """Put a note into people's bells; the mail goes out by the sweep."""
    Notification.objects.bulk_create(
        Notification(
            staff_id=reader if isinstance(reader, int) else reader.pk,
            text=text,
            values=values,
            url=url,
            created_at=now,
        )
        for reader in readers
    )


def until(deadline: datetime, project: Project) -> str:
    """A deadline on the office's clock; one that ends with a day as that day's 24:00."""
    ends = deadline.astimezone(project.zone)
    if (ends.hour, ends.minute) == (0, 0):
        return f"{ends - timedelta(minutes=1):%Y-%m-%d} 24:00"
    return f"{ends:%Y-%m-%d %H:%M}"


def deciders_of(project: Project, instance: str = procedure.SUPERVISOR) -> Iterable[Staff]:
    """Those who are told that a case waits for a decision at that instance."""
    role = Role.GENERAL_MANAGER if instance == procedure.GENERAL_MANAGER else Role.SUPERVISOR
    return Staff.objects.filter(projects=project, role=role, is_active=True, departed_at=None)


def tell_deciders(case: Case, text: str, now: datetime, besides: int | None = None) -> None:
    """A note to those who decide the case now, but for whoever did it himself."""
    readers = [staff for staff in deciders_of(case.project, case.instance) if staff.pk != besides]
    tell(readers, text, {"case": str(case)}, f"/cases/{case.pk}/", now)


def tell_parties(
    case: Case, parties: Iterable[int], text: str, values: dict[str, Any], now: datetime
) -> None:
    """A note to parties, which names nobody."""
    tell(parties, text, {"case": str(case), **values}, f"/my-cases/{case.pk}/", now)


def tell_outcome(case: Case, held: Held, event: ContactEvent) -> None:
    """Tell the agents of a case how it ended for them; each reads of himself alone.

    Call it after the event was announced: the lead then says who owns it and until when.
    """
    proof = case.decision.proof
    concerned = {claim["agent"] for claim in proof["chain"]}
    concerned |= {int(agent) for deal in proof["deals"] for agent in deal["credit"]}
    concerned |= {pk for pk in (event.agent_id, event.whom_id) if pk is not None}
    concerned |= set(case.parties.values_list("staff_id", flat=True))
    owner = held.lead.owner_id
    for reader in Staff.objects.filter(pk__in=concerned, is_active=True).exclude(pk=event.by_id):
        values = {"case": str(case)}
        if reader.pk != owner:
            text, url = gettext_noop("案件 %(case)s 已有結果：客戶不歸你。"), "/my-cases/"
        elif held.lead.valid_until is None:
            text = gettext_noop("案件 %(case)s 已有結果：客戶歸你，不失效。")
            url = f"/leads/{held.lead.pk}/"
        else:
            text = gettext_noop("案件 %(case)s 已有結果：客戶歸你，有效至 %(until)s 24:00。")
            values["until"] = held.lead.valid_until.isoformat()
            url = f"/leads/{held.lead.pk}/"
        tell([reader], text, values, url, event.recorded_at)
