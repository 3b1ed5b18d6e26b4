"""A decision with everything it rests on, as plain JSON that a third person can check.

The document holds the policy, every fact known at the moment, and the outcome. The verifier reads
it without any of our other code and says whether the outcome follows. Everything stands there in
full, so that its reader needs no defaults: each version is a whole policy, a follow-up names whose
it is, a register entry its fields. What decides nothing and is only shown is left out.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, get_args

from .policy.decision import Decision
from .policy.facts import (
    Assignment,
    Fact,
    Field,
    FollowUp,
    PolicyChange,
    Reception,
    Ruling,
    TakenBack,
)
from .policy.parameters import Policy, changed, settings_of
from .policy.parameters import policy as policy_of

FORMAT = "guishu-proof/2"
OUTCOME = ("owner", "valid_until", "cases", "alerts", "decided_by", "credit", "commission")
SHOWN = frozenset({"phone_left", "brochure_only", "delegated", "about", "settings", "preset"})
"""The fields of facts that choose which clause is cited, and nothing else; or are told in full."""


def document(
    decision: Decision, facts: Iterable[Fact], policy: Policy, *, known_at: datetime
) -> dict[str, Any]:
    """The proof of a decision. `facts` and `policy` are those that the engine was given.

    Moments are in the office's own time with its offset; keys are text, as JSON wants them.
    """
    known = sorted((f for f in facts if f.recorded <= known_at), key=lambda fact: fact.recorded)
    versions = _versions(known, policy)
    return {
        "format": FORMAT,
        "lead": str(decision.lead),
        "asof": decision.asof.isoformat(),
        "known_at": known_at.isoformat(),
        "policy": _parameters(policy),
        "facts": [
            {"kind": type(fact).__name__, **_values(fact), **_in_full(fact, versions)}
            for fact in known
        ],
        "outcome": {name: _plain(getattr(decision, name), key=name == "owner") for name in OUTCOME},
    }


def as_text(proof: Mapping[str, Any]) -> str:
    """The document as JSON text, the same for the same proof."""
    return json.dumps(proof, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _parameters(policy: Policy) -> dict[str, Any]:
    """Every parameter; the preset's name says nothing more."""
    return settings_of(policy)


def _versions(facts: list[Fact], first: Policy) -> dict[Any, Policy]:
    """The whole policy that each change brings, by the key of the change.

    A change without a preset changes what is in force when it begins, by what was recorded so far.
    """
    gone = {fact.of for fact in facts if isinstance(fact, TakenBack)}
    begun: list[tuple[datetime, Policy]] = []
    found: dict[Any, Policy] = {}
    for fact in facts:
        if not isinstance(fact, PolicyChange) or fact.id in gone:
            continue
        if fact.preset is None:
            before = [policy for since, policy in begun if since <= fact.at]
            found[fact.id] = changed(before[-1] if before else first, fact.settings)
        else:
            found[fact.id] = policy_of(fact.preset, fact.settings)
        begun.append((fact.at, found[fact.id]))
        begun.sort(key=lambda version: version[0])
    return found


def _in_full(fact: Fact, versions: Mapping[Any, Policy]) -> dict[str, Any]:
    """What the fact says by leaving it out, or under another name."""
    match fact:
        case Reception():
            return {"fields": sorted(get_args(Field) if fact.fields is None else fact.fields)}
        case FollowUp():
            return {"owner": str(fact.whose)}
        case Ruling():
            return {"to": str(fact.owner)}
        case Assignment():
            return {"shares": {}}
        case PolicyChange():
            version = versions.get(fact.id)
            return {"policy": None if version is None else _parameters(version)}
    return {}


def _values(fact: Fact) -> dict[str, Any]:
    renamed = {FollowUp: {"on_behalf_of"}, Ruling: {"owner"}}.get(type(fact), set())
    return {
        field.name: _plain(getattr(fact, field.name), key=field.name in KEYS)
        for field in fields(fact)
        if field.name not in SHOWN | renamed
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
        "owner", "other", "of", "to",
    }
)  # fmt: skip
"""The fields that name a fact, a lead or an agent: text in a proof, as keys of JSON are."""
