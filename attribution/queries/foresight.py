"""What the rules would make of facts that nobody has recorded: the dry run of an import asks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from leads.imports.drafts import Draft, Party

from .. import timelines
from ..policy.decision import Decision
from ..policy.engine import Fold, known
from ..policy.facts import in_order
from . import members_of


def foresee(parties: Iterable[Party], now: datetime) -> None:
    """Write into each draft what it would do, as things would stand at `now`.

    `effect`: claim (of `agent`, from `since`), extends (his last day), or none (`why`); `until`:
    the last valid day (ISO, None: does not lapse); `state`: of the claim at `now`; `collides`:
    with another agent's claim.
    """
    for party in parties:
        decision = _decide(party, now)
        for draft in party.drafts:
            draft.foreseen = _effect(draft, decision)


def _decide(party: Party, now: datetime) -> Decision:
    project = party.project
    zone = project.zone
    if party.lead is None:
        rules = timelines.rules_of(project)
        policy, before = rules.policy, rules.facts
    else:
        party.lead.project = project
        timeline = timelines.of_party(members_of(party.lead), project)
        policy, before = timeline.policy, timeline.facts
    drafted = [
        timelines.fact_of(
            timelines.Row(*(getattr(draft.event, name) for name in timelines.COLUMNS)), zone
        )
        for draft in party.drafts
    ]
    asof = now.astimezone(zone)
    fold = Fold(policy)
    for fact in known(in_order([*before, *drafted]), asof):
        fold.apply(fact)
    lead = party.drafts[0].event.lead_id
    assert lead is not None
    return fold.decision(lead, asof)


def _effect(draft: Draft, decision: Decision) -> dict[str, Any]:
    fact = draft.event.pk
    steps = [step for step in decision.steps if step.fact == fact]
    collides = any(step.verb == "flags" and step.what == "collision" for step in steps)
    claim = next((claim for claim in decision.chain if claim.fact == fact), None)
    if claim is not None:
        return {
            "effect": "claim",
            "agent": claim.agent,
            "since": claim.begin.isoformat(),
            "until": claim.last_day and claim.last_day.isoformat(),
            "state": claim.state,
            "collides": collides,
            "clauses": list(claim.clauses),
        }
    moved = next((step for step in steps if step.verb == "extends"), None)
    if moved is not None:
        holds = next((one for one in decision.chain if one.agent == moved.agent), None)
        return {
            "effect": "extends",
            "agent": moved.agent,
            "until": moved.last_day and moved.last_day.isoformat(),
            "state": "lapsed" if holds is None else holds.state,
            "collides": collides,
            "clauses": [moved.clause],
        }
    barred = next((step for step in steps if step.verb == "bars"), None)
    return {
        "effect": "none",
        "why": "" if barred is None else barred.what,
        "collides": collides,
        "clauses": [] if barred is None else [barred.clause],
    }
