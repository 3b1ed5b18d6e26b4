"""Steps under the lock: ask the engine, store the answer, project it, announce it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.translation import gettext_noop

from leads.journal import Held
from leads.models import ContactEvent, Kind, Lead, Notification, Role, Staff
from leads.tasks import sweep_notifications

from . import timelines
from .models import Decision, OwnershipPeriod
from .policy import decision as core
from .policy.engine import Fold, known
from .signals import decision_made

SERVED = {
    "for_owner": gettext_noop("你的客戶 %(name)s 剛由 %(agent)s 為你接待，請儘快聯絡。"),
    "asked_for_owner": gettext_noop("你的客戶 %(name)s 來找你，由 %(agent)s 接待，請儘快聯絡。"),
    "for_registrant": gettext_noop("你登記的 %(name)s 來了，由 %(agent)s 為你接待，期限已起算。"),
}
FRESH = timedelta(days=1)


def decide(held: Held, event: ContactEvent) -> None:
    """Decide for every lead of the held party, by all facts recorded so far."""
    if held.fresh and event.other_id is None:
        timeline = timelines.of_first(event, held.project)
    else:
        timeline = timelines.of_party(held.members, held.project)
    asof = event.recorded_at.astimezone(held.project.zone)
    fold = Fold(timeline.policy)
    for fact in known(timeline.facts, asof):
        fold.apply(fact)
    for member in held.members:
        decision = fold.decision(member.pk, asof)
        stored = _store(member, event, decision, timeline.version_id)
        project_ownership(held, member, decision, stored)
        if member is held.lead:
            announced = (decision, stored)
            _tell_owner(held, event, decision)
            _tell_managers(held, event, decision)
    decision_made.send(
        sender=Decision, held=held, event=event, decision=announced[0], stored=announced[1]
    )


def _tell_owner(held: Held, event: ContactEvent, decision: core.Decision) -> None:
    """Somebody received the client for his owner: the owner's bell rings at once, and a mail goes.

    Not for what is entered long after it happened; the owner sees it on the client's page.
    """
    served = next(
        (step.what for step in decision.steps if step.fact == event.pk and step.what in SERVED),
        None,
    )
    owner = decision.owner if event.whom_id is None else event.whom_id
    if served is None or owner in (None, event.agent_id) or event.recorded_at - event.at > FRESH:
        return
    assert event.agent is not None
    Notification.objects.create(
        staff_id=owner,
        text=SERVED[served],
        values={
            "name": str(held.lead.person or "") or str(held.lead),
            "agent": event.agent.name,
        },
        url=f"/leads/{held.lead.pk}/",
        created_at=event.recorded_at,
    )
    # Where Redis is gone, the sweep of the next minute mails it.
    transaction.on_commit(sweep_notifications.delay, robust=True)


def _tell_managers(held: Held, event: ContactEvent, decision: core.Decision) -> None:
    """A proxy's entry counts only when the manager has acknowledged it: his bell rings."""
    if event.kind != Kind.PROXY or not any(
        step.fact == event.pk and step.what == "not_acknowledged" for step in decision.steps
    ):
        return
    readers = Staff.objects.filter(
        projects=held.project,
        role__in=(Role.SUPERVISOR, Role.MANAGER),
        is_active=True,
        departed_at=None,
    )
    assert event.agent is not None
    Notification.objects.bulk_create(
        Notification(
            staff=reader,
            text=gettext_noop("%(agent)s 備了一筆代看，等你確認才有效。"),
            values={"agent": event.agent.name},
            url="/proxies/",
            created_at=event.recorded_at,
        )
        for reader in readers
    )


def _store(lead: Lead, event: ContactEvent, decision: core.Decision, version_id: int) -> Decision:
    return Decision.objects.create(
        lead=lead,
        event=event,
        policy_id=version_id,
        decided_at=event.recorded_at,
        owner_id=decision.owner,
        valid_until=decision.valid_until,
        decided_by=decision.decided_by,
        cases=list(decision.cases),
        alerts=list(decision.alerts),
        cites=list(decision.cites),
        credit=decision.credit and {str(k): v for k, v in decision.credit.items()},
        proof=proof(decision),
    )


def proof(decision: core.Decision) -> dict[str, Any]:
    """The decision's reasons as plain JSON values."""
    return {
        "chain": [_plain(claim) for claim in decision.chain],
        "steps": [_plain(step._asdict()) for step in decision.steps],
        "matters": [_plain(matter._asdict()) for matter in decision.matters],
        "deals": [
            {
                "fact": deal.fact,
                "credit": {str(k): v for k, v in deal.credit.items()},
                "commission": {str(k): v for k, v in deal.commission.items()},
                "reading": deal.reading and _plain(deal.reading._asdict()),
                "clauses": list(deal.clauses),
            }
            for deal in decision.deals
        ],
        "ahead": [_plain(span) for span in decision.ahead],
        "waiting": decision.waiting,
        "failures": [_plain(failure._asdict()) for failure in decision.failures],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def project_ownership(held: Held, lead: Lead, decision: core.Decision, stored: Decision) -> None:
    """Write the owner into the lists, and who owns from now on into the periods.

    What was owned until now stays as it was; only the part ahead is drawn anew.
    """
    now = decision.asof
    spans = [(span.agent, span.since, span.ends) for span in decision.ahead]
    current = (
        []
        if held.fresh
        else list(
            OwnershipPeriod.objects.filter(
                Q(period__endswith__isnull=True) | Q(period__endswith__gt=now), lead=lead
            )
        )
    )
    ahead = [period for period in current if period.period.lower >= now]
    if ahead:
        OwnershipPeriod.objects.filter(pk__in=[period.pk for period in ahead]).delete()
    kept = False
    for period in current:
        started = period.period.lower
        if started >= now:
            continue
        kept = bool(spans) and period.agent_id == spans[0][0]
        until = spans[0][2] if kept else now
        if period.period.upper != until:
            period.period = DateTimeTZRange(started, until)
            if kept:
                period.decision = stored
            period.save(update_fields=["period", "decision"])
    for agent, since, until in spans[1 if kept else 0 :]:
        OwnershipPeriod.objects.create(
            lead=lead, agent_id=agent, period=DateTimeTZRange(since, until), decision=stored
        )
    lead.owner_id = decision.owner
    lead.valid_until = decision.valid_until
    lead.contested = any(matter.decider != "policy" for matter in decision.matters)
    lead.save(update_fields=["owner", "valid_until", "contested", "recorded_at", "party"])


def mark_contested(held: Held, *, contested: bool) -> None:
    """Let the lists show whether a case keeps a party under review; disputes knows."""
    for member in held.members:
        if member.contested != contested:
            member.contested = contested
            member.save(update_fields=["contested"])


def refresh(lead: Lead, decision: core.Decision) -> bool:
    """Bring the lists in line with the calendar, nothing being recorded. True if they changed.

    Only the projection on the lead moves: the periods were drawn ahead, and who owned is history.
    """
    if (lead.owner_id, lead.valid_until) == (decision.owner, decision.valid_until):
        return False
    lead.owner_id = decision.owner
    lead.valid_until = decision.valid_until
    lead.save(update_fields=["owner", "valid_until"])
    return True
