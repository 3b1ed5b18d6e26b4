"""What would change a decision: the smallest change of facts that flips the owner.

Found by asking the engine again and again with changed facts, never by guessing: a follow-up that
was not made, one that reached nobody or was written down too late, a fact that was not recorded, a
client who asked for somebody. Up to three changes together are tried.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations
from typing import Literal

from .calendar import midnight_after
from .decision import ClaimView, Decision
from .engine import decide, known
from .facts import Fact, FollowUp, Key, LeadFact, Reception, Registration
from .parameters import Policy

MOST_CHANGES = 3
MOST_CANDIDATES = 14

What = Literal["follow_up", "reached", "in_time", "asked_for", "registered", "not_recorded"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One changed fact: what, which fact (None: one more), whose, by when."""

    what: What
    fact: Key | None
    agent: Key | None
    by: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """Edits that together flip the owner, and what would then hold."""

    edits: tuple[Edit, ...]
    decision: Decision


_Candidate = tuple[Edit, tuple[Fact, ...], frozenset[Key]]


def smallest_change(
    facts: Sequence[Fact],
    policy: Policy,
    decision: Decision,
    *,
    known_at: datetime | None = None,
    most: int = MOST_CHANGES,
) -> Change | None:
    """The fewest edits under which somebody else, or nobody, would own; None within `most`.

    `facts` and `policy` are those that gave the decision. Of equally few edits, the first in the
    order tried: a missing follow-up, one improved, a wish of the client, a fact left out.
    """
    moment = decision.asof if known_at is None else known_at
    seen = known(facts, moment)
    candidates = list(_candidates(seen, decision))[:MOST_CANDIDATES]
    for count in range(1, most + 1):
        for chosen in combinations(candidates, count):
            touched = [fact for edit in chosen for fact in edit[2]]
            if len(touched) != len(set(touched)):
                continue
            changed = _apply(seen, chosen)
            other = decide(changed, policy, decision.lead, asof=decision.asof, known_at=moment)
            if other.owner != decision.owner:
                return Change(tuple(edit for edit, _, _ in chosen), other)
    return None


def _apply(facts: Sequence[Fact], chosen: Sequence[_Candidate]) -> list[Fact]:
    gone = {key for _, _, touched in chosen for key in touched}
    new = [fact for _, added, _ in chosen for fact in added]
    return [fact for fact in facts if fact.id not in gone] + new


def _candidates(facts: Sequence[Fact], decision: Decision) -> Iterator[_Candidate]:
    asof = decision.asof
    for claim in decision.chain:
        if claim.last_day is not None and claim.last_day < asof.date() and not claim.ended:
            yield _one_more_follow_up(claim, asof)
    for fact in facts:
        if isinstance(fact, FollowUp):
            yield from _better_follow_up(fact)
    rivals = dict.fromkeys(claim.agent for claim in decision.chain)
    for fact in reversed(facts):
        if isinstance(fact, Reception):
            for agent in rivals:
                if agent not in (fact.agent, fact.asked_for):
                    asked = replace(fact, asked_for=agent)
                    yield Edit("asked_for", fact.id, agent, None), (asked,), frozenset({fact.id})
    for fact in facts:
        if isinstance(fact, Registration) and not fact.traits:
            complete = replace(fact, traits="traits")
            edit = Edit("registered", fact.id, fact.agent, None)
            yield edit, (complete,), frozenset({fact.id})
    for fact in facts:
        if isinstance(fact, LeadFact):
            actor: Key | None = getattr(fact, "agent", None)
            yield Edit("not_recorded", fact.id, actor, None), (), frozenset({fact.id})


def _one_more_follow_up(claim: ClaimView, asof: datetime) -> _Candidate:
    """One made and recorded in the last minute of the claim."""
    ends = claim.ends_at or midnight_after(claim.last_day or claim.begin.date(), asof.tzinfo)
    moment = max(ends - timedelta(minutes=1), claim.begin)
    fact = FollowUp(
        id=f"what-if {claim.fact}",
        at=moment,
        recorded=moment,
        lead=claim.lead,
        agent=claim.agent,
    )
    return Edit("follow_up", None, claim.agent, moment), (fact,), frozenset()


def _better_follow_up(fact: FollowUp) -> Iterator[_Candidate]:
    touched = frozenset({fact.id})
    if not fact.reached:
        better = replace(fact, reached=True)
        yield Edit("reached", fact.id, fact.whose, None), (better,), touched
    if fact.recorded > fact.at:
        better = replace(fact, recorded=fact.at)
        yield Edit("in_time", fact.id, fact.whose, fact.at), (better,), touched
