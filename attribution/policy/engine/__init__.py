"""Folds the facts of a lead, in the order in which they were recorded, into a decision.

The engine keeps the chain of claims and the calendar; what a fact means is asked of the clauses in
force when it happened, and each answer is written down as a step, with its clause. `asking` asks,
`claims`, `deals` and `parties` keep the state, one on top of the other; `fold` takes in the facts;
`answers` says what follows at a moment.
"""

from collections.abc import Iterable
from datetime import datetime

from ..decision import Decision
from ..facts import Fact, Key, TakenBack, in_order
from ..parameters import Policy
from .asking import PolicyConflict
from .fold import Fold

__all__ = ["Fold", "PolicyConflict", "decide", "known"]


def decide(
    facts: Iterable[Fact],
    policy: Policy,
    lead: Key,
    *,
    asof: datetime,
    known_at: datetime | None = None,
) -> Decision:
    """Who owns `lead` at `asof`, by the facts recorded until `known_at` (default: `asof`).

    Give every fact of the lead, of those linked to it and of the clients who brought it; the order
    does not matter. Raises PolicyConflict where the clauses in force contradict each other.
    """
    known_at = asof if known_at is None else known_at
    fold = Fold(policy)
    for fact in known(facts, known_at):
        fold.apply(fact)
    return fold.decision(lead, asof)


def known(facts: Iterable[Fact], moment: datetime) -> list[Fact]:
    """The facts recorded by that moment, in order, without those taken back by then."""
    seen = [fact for fact in in_order(facts) if fact.recorded <= moment]
    gone = {fact.of for fact in seen if isinstance(fact, TakenBack)}
    if not gone:
        return seen
    return [fact for fact in seen if fact.id not in gone and not isinstance(fact, TakenBack)]
