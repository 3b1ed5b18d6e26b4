"""How a case could end, and what the engine says would follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from attribution.policy.facts import Assignment, Complaint, Fact, Finding, Key, Ruling
from leads.models import Staff

from ...models import CONDUCT, CaseKind
from .sides import Side

if TYPE_CHECKING:
    from . import Dossier

HYPOTHESIS = "hypothesis"
FINDINGS: Mapping[str, Finding] = {
    "malicious": "malicious",
    "unfounded": "unfounded",
    "agent_fault": "agent_fault",
    "replace": "replace",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the case could end, and what the engine says would follow from it."""

    name: str
    key: str
    owner: Side | None
    valid_until: date | None
    shares: Mapping[int, int]
    credits: Mapping[Key, Mapping[Key, int]]
    """Percent per agent, for each deal."""
    sides: Sequence[Side] = field(default_factory=list)


def outcome_of(
    dossier: "Dossier",
    name: str,
    *,
    owner: int | None = None,
    shares: Mapping[int, int] | None = None,
    key: str = "",
) -> Outcome:
    """What would follow from one outcome: the engine is asked with it as one more fact."""
    times: dict[str, Any] = {
        "id": HYPOTHESIS,
        "at": dossier.moment,
        "recorded": dossier.moment,
        "lead": dossier.case.lead_id,
    }
    fact: Fact
    parts: Mapping[Key, int] = {agent: share for agent, share in (shares or {}).items() if share}
    if name == "assign" and owner is not None:
        fact = Assignment(**times, to=owner)
    elif name in FINDINGS:
        about = dossier.complained_of
        fact = Complaint(**times, about=about or 0, finding=FINDINGS[name], to=owner, shares=parts)
    elif owner is not None:
        fact = Ruling(**times, owner=owner, shares=parts)
    else:
        raise ValueError(f"{name} needs an owner")
    decision = dossier.would(fact)
    return Outcome(
        name=name,
        key=key,
        owner=dossier.side_of(decision.owner) or _stranger(decision.owner),
        valid_until=decision.valid_until,
        shares=dict(shares or {}),
        credits={deal.fact: deal.credit for deal in decision.deals},
        sides=dossier.sides,
    )


def _stranger(agent: Key | None) -> Side | None:
    """An agent whom no fact names yet."""
    if not isinstance(agent, int):
        return None
    staff = Staff.objects.get(pk=agent)
    return Side("", "n", agent, staff.name, works_here=True)


def outcomes_of(dossier: "Dossier") -> list[Outcome]:
    """The outcomes that the case offers before anything is chosen."""
    if dossier.case.kind == CaseKind.DEPARTURE or dossier.case.kind in CONDUCT:
        return []
    if dossier.case.kind == CaseKind.COMPLAINT:
        return [
            dossier.outcome("unfounded", key="1"),
            dossier.outcome("agent_fault", key="2"),
        ]
    found = []
    proposal = dossier.proposal
    if proposal.owner is not None and proposal.owner.works_here:
        found.append(
            dossier.outcome("proposal", owner=proposal.owner.agent, shares=proposal.shares, key="Y")
        )
    takers = [side for side in dossier.sides[:2] if side.works_here]
    for key, side in zip("12", dossier.sides, strict=False):
        if side.works_here:
            found.append(dossier.outcome("give", owner=side.agent, key=key))
    if len(takers) == 2:
        shares = {takers[0].agent: 60, takers[1].agent: 40}
        found.append(dossier.outcome("share", owner=takers[0].agent, shares=shares, key="S"))
    return found
