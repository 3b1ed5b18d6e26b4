"""A decision with everything it rests on, as plain JSON that a third person can check.

The document holds the policy, every fact known at the moment, and the outcome. The verifier reads
it without any of our other code and says whether the outcome follows.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from .policy.decision import Decision
from .policy.facts import Fact
from .policy.parameters import Policy, settings_of

FORMAT = "guishu-proof/1"
OUTCOME = ("owner", "valid_until", "cases", "alerts", "decided_by", "credit", "commission")


def document(
    decision: Decision, facts: Iterable[Fact], policy: Policy, *, known_at: datetime
) -> dict[str, Any]:
    """The proof of a decision. `facts` and `policy` are those that the engine was given.

    Moments are in the office's own time with its offset; keys are text, as JSON wants them.
    """
    return {
        "format": FORMAT,
        "lead": str(decision.lead),
        "asof": decision.asof.isoformat(),
        "known_at": known_at.isoformat(),
        "policy": {"preset": policy.preset, **settings_of(policy)},
        "facts": [
            {"kind": type(fact).__name__, **_values(fact)}
            for fact in sorted(facts, key=lambda fact: fact.recorded)
            if fact.recorded <= known_at
        ],
        "outcome": {name: _plain(getattr(decision, name), key=name == "owner") for name in OUTCOME},
        "cites": list(decision.cites),
    }


def as_text(proof: Mapping[str, Any]) -> str:
    """The document as JSON text, the same for the same proof."""
    return json.dumps(proof, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _values(record: Any) -> dict[str, Any]:
    return {
        field.name: _plain(getattr(record, field.name), key=field.name in KEYS)
        for field in fields(record)
    }


def _plain(value: Any, *, key: bool = False) -> Any:
    """The value as JSON has it; `key`: it names a fact, a lead or an agent."""
    if value is None or isinstance(value, bool):
        return value
    if key:
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


KEYS = frozenset(
    {
        "id", "lead", "agent", "asked_for", "brought_by", "known_to", "steered_by", "turn_of",
        "owner", "on_behalf_of", "other", "of", "to", "about",
    }
)  # fmt: skip
"""The fields that name a fact, a lead or an agent: text in a proof, as keys of JSON are."""
