"""Steps under the lock: open a case for each open matter, close those that are settled."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from attribution.models import Decision
from attribution.policy import decision as core
from leads.journal import Held
from leads.models import ContactEvent, Kind, Lead, Project, Staff

from .. import procedure
from ..models import CONDUCT, Case, CaseKind, Party, Step
from ..queries.standing import calendar_of
from .telling import tell_deciders, tell_parties, until

KEPT = (
    "stage", "instance", "due_at", "next_at", "reminded", "version", "decision", "decided_by",
    "holds", "facts",
)  # fmt: skip
SETTLING = (Kind.RULING, Kind.ASSIGNMENT, Kind.COMPLAINT)
STANDING = ("owner", "waiting", "uncounted")
"""The states of a claim that make its agent a party: not those that had lapsed before."""


def follow(held: Held, event: ContactEvent, decision: core.Decision, stored: Decision) -> bool:
    """Open what the decision leaves open, close what it settles.

    True if a case that holds money is open now.
    """
    if held.fresh and not decision.matters:
        return False
    standing = list(
        Case.objects.select_for_update(of=("self",))
        .select_related("decision", "project")
        .filter(lead__in=held.members, state=Case.State.OPEN)
        .order_by("pk")
    )
    matters = _by_kind(decision, _confirmed(held) if decision.matters else set())
    for kind, (matter, facts) in matters.items():
        case = next((c for c in standing if _is_about(c, kind)), None)
        if case is None:
            standing.append(_open(held, event, stored, decision, kind, matter, facts))
        else:
            _go_on(case, held, event, stored, decision, matter, facts)
    wanted = list(matters)
    open_ones = []
    for case in standing:
        matching = [kind for kind in wanted if _is_about(case, kind)]
        if matching:
            wanted.remove(matching[0])
        if not matching and _ends(case, event):
            _close(case, event)
        else:
            open_ones.append(case)
    return any(case.holds for case in open_ones)


def _is_about(case: Case, kind: str) -> bool:
    """A collision over a proxy that was not filed is called by its cause."""
    return case.kind == kind or (kind == CaseKind.COLLISION and case.kind == CaseKind.PROXY)


def _ends(case: Case, event: ContactEvent) -> bool:
    """What people brought before the supervisor ends by his word alone; the rest with its cause."""
    ended_here = event.details.get("case") == case.pk
    return ended_here or case.origin in (Case.Origin.RULES, Case.Origin.APPEAL)


def _close(case: Case, event: ContactEvent) -> None:
    if event.details.get("case") == case.pk and "end" in event.details:
        end = event.details["end"]
    elif event.kind in SETTLING:
        end = Case.State.OVERTAKEN
        note(case, Step.Kind.OVERTAKEN, event.recorded_at)
    else:
        end = Case.State.MOOT
        note(case, Step.Kind.MOOT, event.recorded_at)
    close(case, end, event.recorded_at, event)


def keep(case: Case) -> None:
    """Save a case that goes on; what its deals hold back is written by `sum_up` alone."""
    case.save(update_fields=KEPT)


def close(case: Case, end: str, now: datetime, event: ContactEvent | None = None) -> None:
    """The case ends; the file stays."""
    case.state, case.closed_by, case.closed_at = end, event, now
    case.next_at, case.held_cents = None, 0
    case.version += 1
    case.save()


def _go_on(
    case: Case,
    held: Held,
    event: ContactEvent,
    stored: Decision,
    decision: core.Decision,
    matter: core.Matter,
    facts: list[Any],
) -> None:
    # That somebody looked the client up makes nobody's open sheet stale.
    if event.kind != Kind.NOTICE or _outcome(stored) != _outcome(case.decision):
        case.version += 1
    case.decision = stored
    # What somebody objected to stays before the supervisor, whatever the policy goes on saying.
    if case.stage == Case.Stage.POLICY or matter.decider != "policy":
        case.decided_by = matter.decider
    case.facts = list(dict.fromkeys([*case.facts, *facts]))
    if case.stage == Case.Stage.POLICY and matter.decider != "policy":
        enter(case, procedure.ANSWERS, event.recorded_at)
        case.holds = case.kind not in CONDUCT
    known = set(case.parties.values_list("staff_id", flat=True))
    added = [party for party in parties_by(decision, case.kind, event) if party not in known]
    if added and case.stage != Case.Stage.SUSPECTED:
        notify(case, added, event.recorded_at)
    keep(case)


def _outcome(decision: Decision) -> tuple[Any, ...]:
    return (decision.owner_id, decision.valid_until, decision.decided_by, decision.cases,
            decision.credit)  # fmt: skip


def _confirmed(held: Held) -> set[Any]:
    """The facts of matters in which somebody confirmed what the policy says."""
    facts = Case.objects.filter(lead__in=held.members, state=Case.State.CONFIRMED).values_list(
        "facts", flat=True
    )
    return {fact for found in facts for fact in found}


def _by_kind(
    decision: core.Decision, confirmed: set[Any]
) -> dict[str, tuple[core.Matter, list[Any]]]:
    """The gravest matter of each kind of case, and the facts on which that kind rests.

    Readings that differ belong to the collision. A departure concerns only a lead that waits.
    """
    found: dict[str, tuple[core.Matter, list[Any]]] = {}
    for matter in decision.matters:
        if matter.decider == "policy" and matter.fact in confirmed:
            continue
        if matter.name == CaseKind.DEPARTURE and decision.waiting is None:
            continue
        kind = CaseKind.COLLISION if matter.name == "two_readings" else CaseKind(matter.name)
        known = found.get(kind)
        facts = [*(known[1] if known else ()), matter.fact]
        graver = known is None or core.DECIDERS.index(matter.decider) > core.DECIDERS.index(
            known[0].decider
        )
        found[kind] = (matter if graver or known is None else known[0], facts)
    return found


def _open(
    held: Held,
    event: ContactEvent,
    stored: Decision,
    decision: core.Decision,
    kind: str,
    matter: core.Matter,
    facts: list[Any],
) -> Case:
    unfiled = any(claim.state == "uncounted" for claim in decision.chain)
    if kind == CaseKind.COLLISION and unfiled and matter.decider != "policy":
        kind = CaseKind.PROXY
    by_policy = matter.decider == "policy"
    return open_case(
        held.lead,
        held.project,
        kind=kind,
        origin=Case.Origin.RULES,
        stage=procedure.POLICY if by_policy else procedure.ANSWERS,
        decided_by=matter.decider,
        holds=not by_policy,
        opened_by=event,
        decision=stored,
        facts=facts,
        parties=parties_by(decision, kind, event),
        now=event.recorded_at,
    )


def open_case(
    lead: Lead,
    project: Project,
    *,
    stage: str,
    parties: Iterable[int],
    now: datetime,
    text: str = "",
    key: UUID | None = None,
    details: dict[str, Any] | None = None,
    **fields: Any,
) -> Case:
    """Write a case down, tell its parties and those who decide it."""
    case = Case(
        project=project,
        lead=lead,
        opened_at=now,
        due_at=now,
        instance=fields.pop("instance", procedure.SUPERVISOR),
        **fields,
    )
    calendar = calendar_of(project)
    readers = list(dict.fromkeys(parties))
    if stage == procedure.ANSWERS and not readers:
        stage = case.instance
    enter(case, stage, now, calendar)
    case.save()
    own: dict[str, Any] = {} if key is None else {"key": key}
    note(case, Step.Kind.OPENED, now, by=case.opener, text=text, details=details or {}, **own)
    if stage == procedure.SUSPECTED:
        Party.objects.bulk_create(Party(case=case, staff_id=reader) for reader in readers)
    elif readers:
        notify(case, readers, now, calendar)
        case.save(update_fields=["next_at"])
    tell_deciders(case, gettext_noop("有新案件待審：%(case)s。"), now, besides=case.opener_id)
    return case


def parties_by(decision: core.Decision, kind: str, event: ContactEvent | None) -> list[int]:
    """Whom a matter concerns: whose right stands, who sold, whom a complaint or steering names."""
    found: list[Any] = [
        claim.agent
        for claim in sorted(decision.chain, key=lambda claim: claim.begin)
        if claim.state in STANDING
    ]
    found += [agent for deal in decision.deals for agent in deal.credit]
    if decision.deals:
        sold = ContactEvent.objects.filter(pk__in=[deal.fact for deal in decision.deals])
        found += sold.order_by("at", "pk").values_list("agent_id", flat=True)
    if event is not None:
        if kind == CaseKind.COMPLAINT:
            found.append(event.whom_id)
        elif kind == CaseKind.STEERING:
            found += [event.agent_id, event.turn_of_id, event.steered_by_id]
        elif kind == CaseKind.DEPARTURE:
            found = [agent for agent in found if agent != event.agent_id]
    return [agent for agent in dict.fromkeys(found) if isinstance(agent, int)]


def notify(
    case: Case,
    staff: Iterable[int],
    now: datetime,
    calendar: procedure.Calendar | None = None,
) -> None:
    """Give parties notice of the case, and time to answer."""
    readers = list(staff)
    due = procedure.answer_due(now, calendar or calendar_of(case.project))
    Party.objects.bulk_create(
        [Party(case=case, staff_id=reader, notified_at=now, due_at=due) for reader in readers],
        update_conflicts=True,
        unique_fields=["case", "staff"],
        update_fields=["notified_at", "due_at"],
    )
    Step.objects.bulk_create(
        Step(case=case, kind=Step.Kind.NOTIFIED, party_id=reader, at=now) for reader in readers
    )
    tell_parties(
        case,
        readers,
        gettext_noop("案件 %(case)s 和你有關：%(until)s 前可以陳述，逾期照現有事實處理。"),
        {"until": until(due, case.project)},
        now,
    )
    case.next_at = min(filter(None, (case.next_at, due)), default=due)


def enter(
    case: Case, stage: str, now: datetime, calendar: procedure.Calendar | None = None
) -> None:
    """Let the case stand at a stage from now on; its deadline and the next reminder follow."""
    calendar = calendar or calendar_of(case.project)
    came_from = case.stage if case.pk else ""
    case.stage = stage
    case.reminded = ""
    # The days for deciding run from the notice: waiting for answers is part of them.
    if not (came_from == procedure.ANSWERS and stage == procedure.SUPERVISOR):
        case.due_at = procedure.due(stage, now, calendar)
    remind = calendar.before(case.due_at, procedure.REMIND_DAYS)
    case.next_at = remind if remind > now else case.due_at


def note(
    case: Case,
    kind: str,
    now: datetime,
    *,
    by: Staff | None = None,
    party: int | None = None,
    text: str = "",
    **more: Any,
) -> Step:
    """Add a line to the case's file."""
    return Step.objects.create(
        case=case, kind=kind, by=by, party_id=party, at=now, text=text, **more
    )
