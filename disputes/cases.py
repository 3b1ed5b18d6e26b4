"""Steps under the lock: open a case for each open matter, close those that are settled."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from attribution.models import Decision
from attribution.policy import decision as core
from leads import journal
from leads.journal import Held
from leads.models import ContactEvent, Kind, Notification, Role, Staff

from . import procedure
from .models import Case, CaseKind

SETTLING = (Kind.RULING, Kind.ASSIGNMENT, Kind.COMPLAINT)


class StaleCase(Exception):
    """The case changed after the form was opened; nothing was saved."""

    message = _("這件案件在你打開之後變了，還沒有裁定。")


def follow(held: Held, event: ContactEvent, decision: core.Decision, stored: Decision) -> bool:
    """Open what the decision leaves open, close what it settles. True if a case is open now."""
    if not decision.matters and not held.contested:
        return False
    matters = _by_kind(decision.matters)
    opened = {
        case.kind: case
        for case in Case.objects.select_for_update(of=("self",))
        .select_related("decision")
        .filter(lead__in=held.members, state=Case.State.OPEN)
    }
    for kind, matter in matters.items():
        case = opened.pop(kind, None)
        if case is None:
            _open(held, event, stored, kind, matter)
        else:
            # That somebody looked the client up makes nobody's open sheet stale.
            if event.kind != Kind.NOTICE or _outcome(stored) != _outcome(case.decision):
                case.version += 1
            case.decision, case.decided_by = stored, matter.decider
            case.save(update_fields=["decision", "decided_by", "version"])
    for case in opened.values():
        case.state = procedure.closing_state(ruled=event.kind in SETTLING)
        case.closed_by, case.closed_at = event, event.recorded_at
        case.version += 1
        case.save(update_fields=["state", "closed_by", "closed_at", "version"])
    return bool(matters)


def _outcome(decision: Decision) -> tuple[Any, ...]:
    return (decision.owner_id, decision.valid_until, decision.decided_by, decision.cases,
            decision.credit)  # fmt: skip


def _by_kind(matters: Iterable[core.Matter]) -> dict[str, core.Matter]:
    """The gravest matter of each kind of case; readings that differ belong to the collision."""
    found: dict[str, core.Matter] = {}
    for matter in matters:
        kind = CaseKind.COLLISION if matter.name == "two_readings" else CaseKind(matter.name)
        known = found.get(kind)
        if known is None or core.DECIDERS.index(matter.decider) > core.DECIDERS.index(
            known.decider
        ):
            found[kind] = matter
    return found


def _open(
    held: Held, event: ContactEvent, stored: Decision, kind: str, matter: core.Matter
) -> None:
    case = Case.objects.create(
        project=held.project,
        lead=held.lead,
        kind=kind,
        decided_by=matter.decider,
        opened_by=event,
        decision=stored,
        opened_at=event.recorded_at,
        due_at=procedure.due(event.recorded_at),
    )
    tell(
        Staff.objects.filter(
            projects=held.project, role=Role.SUPERVISOR, is_active=True, departed_at=None
        ),
        gettext_noop("有新案件待審：%(case)s %(kind)s"),
        {"case": str(case), "kind": kind},
        f"/cases/{case.pk}/",
        event.recorded_at,
    )


def tell(
    readers: Iterable[Staff], text: str, values: dict[str, str], url: str, now: datetime
) -> None:
    """Put a note into people's bells; the mail goes out by the sweep."""
    Notification.objects.bulk_create(
        Notification(staff=reader, text=text, values=values, url=url, created_at=now)
        for reader in readers
    )


def tell_outcome(case: Case, held: Held, event: ContactEvent) -> None:
    """Tell the agents of a case how it ended for them; each reads of himself alone.

    Call it after the event was announced: the lead then says who owns it and until when.
    """
    proof = case.decision.proof
    concerned = {claim["agent"] for claim in proof["chain"]}
    concerned |= {int(agent) for deal in proof["deals"] for agent in deal["credit"]}
    concerned |= {pk for pk in (event.agent_id, event.whom_id) if pk is not None}
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


def hold(case_id: int, version: int | None = None) -> tuple[Case, Held]:
    """A case with its party under the lock. Raises Case.DoesNotExist, StaleCase."""
    lead_id = Case.objects.values_list("lead_id", flat=True).get(pk=case_id)
    held = journal.hold(lead_id)
    case = Case.objects.select_for_update().select_related("decision").get(pk=case_id)
    if case.state != Case.State.OPEN or (version is not None and version != case.version):
        raise StaleCase
    return case, held
