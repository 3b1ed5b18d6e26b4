"""How a case could end, and what the engine says would follow."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from attribution.policy.facts import Assignment, Complaint, Fact, Finding, Key, Ruling
from leads.models import Staff

from ...models import CONDUCT, GRAVE, Case, CaseKind
from ...sanctions import Sanction, clause_of
from .sides import Side

if TYPE_CHECKING:
    from . import Dossier

HYPOTHESIS = "hypothesis"
ANOTHER = 0
"""Stands for an agent whom nobody has chosen yet: what follows is the same for each of them."""
FINDINGS: Mapping[str, Finding] = {
    "malicious": "malicious",
    "unfounded": "unfounded",
    "agent_fault": "agent_fault",
    "replace": "replace",
}
UNMOVED = ("confirm", "recorded", "dismiss")
"""Ends by which nothing about the client changes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the case could end, and what the engine says would follow from it."""

    name: str
    key: str
    owner: Side | None
    valid_until: date | None
    shares: Mapping[int, int]
    credits: Mapping[Key, Mapping[Key, int]]
    """Percent of the achievement per agent, for each deal."""
    commissions: Mapping[Key, Mapping[Key, int]]
    """Percent of the money per agent, for each deal: a closer may have a part of it."""
    sides: Sequence[Side] = field(default_factory=list)
    sanction: Sanction | None = None
    """What it asks to be done to somebody besides."""

    @property
    def frees_choice(self) -> bool:
        """People whom this client brings later may choose their agent (sales/10)."""
        return self.name == "replace"

    @property
    def signed_by_two(self) -> bool:
        """Another person must sign before it binds."""
        forfeits = self.sanction is not None and self.sanction.forfeits
        return self.name == "upheld" or forfeits


def outcome_of(
    dossier: "Dossier",
    name: str,
    *,
    owner: int | None = None,
    shares: Mapping[int, int] | None = None,
    key: str = "",
    sanction: Sanction | None = None,
) -> Outcome:
    """What would follow from one outcome: the engine is asked with it as one more fact."""
    fact = None if name in UNMOVED else _fact(dossier, name, owner, shares or {})
    decision = dossier.decision if fact is None else dossier.would(fact)
    return Outcome(
        name=name,
        key=key,
        owner=dossier.side_of(decision.owner) or _stranger(decision.owner),
        valid_until=decision.valid_until,
        shares=dict(shares or {}),
        credits={deal.fact: deal.credit for deal in decision.deals},
        commissions={deal.fact: deal.commission for deal in decision.deals},
        sides=dossier.sides,
        sanction=sanction,
    )


def _fact(dossier: "Dossier", name: str, owner: int | None, shares: Mapping[int, int]) -> Fact:
    """The fact that would be written down. Raises ValueError where it needs an owner."""
    times: dict[str, Any] = {
        "id": HYPOTHESIS,
        "at": dossier.moment,
        "recorded": dossier.moment,
        "lead": dossier.case.lead_id,
    }
    parts: Mapping[Key, int] = {agent: share for agent, share in shares.items() if share}
    if name in FINDINGS:
        about = dossier.complained_of
        return Complaint(**times, about=about or 0, finding=FINDINGS[name], to=owner, shares=parts)
    if owner is None:
        raise ValueError(f"{name} needs an owner")
    if name == "assign":
        return Assignment(**times, to=owner)
    return Ruling(**times, owner=owner, shares=parts)


def _stranger(agent: Key | None) -> Side | None:
    """An agent whom no fact names yet."""
    if not isinstance(agent, int):
        return None
    if agent == ANOTHER:
        return Side("", "n", agent, gettext("你選的顧問"), works_here=True)
    staff = Staff.objects.get(pk=agent)
    return Side("", "n", agent, staff.name, works_here=True)


def outcomes_of(dossier: "Dossier") -> list[Outcome]:
    """The outcomes that the case offers before anything is chosen."""
    case = dossier.case
    if case.kind == CaseKind.DEPARTURE:
        found = list(_placements(dossier))
    elif case.kind == CaseKind.COMPLAINT and case.opened_by_id is not None:
        found = list(_findings(dossier))
    elif case.kind in CONDUCT:
        found = list(_conclusions(dossier))
    else:
        found = list(_rulings(dossier))
    if case.origin != Case.Origin.RULES:
        found.append(dossier.outcome("dismiss"))
    return found


def _placements(dossier: "Dossier") -> Iterator[Outcome]:
    """With those who stand in the chain, and with anybody else."""
    for side in dossier.sides:
        if side.works_here:
            yield dossier.outcome("assign", owner=side.agent)
    yield dossier.outcome("assign", owner=ANOTHER, key="1")


def _findings(dossier: "Dossier") -> Iterator[Outcome]:
    yield dossier.outcome("unfounded", key="1")
    yield dossier.outcome("agent_fault", key="2")
    yield dossier.outcome("replace", owner=ANOTHER, key="S")


def _conclusions(dossier: "Dossier") -> Iterator[Outcome]:
    """Conduct moves no client; what it may cost is the commission (rules 17, 18)."""
    yield dossier.outcome("recorded", key="1")
    accused = dossier.accused
    if accused is not None and dossier.deals:
        yield dossier.outcome(
            "recorded",
            sanction=Sanction(
                accused, clause_of(dossier.case.kind), percent=100, deal=dossier.deals[-1].pk
            ),
        )


def _rulings(dossier: "Dossier") -> Iterator[Outcome]:
    case, proposal = dossier.case, dossier.proposal
    if case.stage == Case.Stage.POLICY and case.is_open:
        yield dossier.outcome("confirm", key="O")
    if proposal.owner is not None and proposal.owner.works_here:
        common: dict[str, Any] = {"owner": proposal.owner.agent, "shares": proposal.shares}
        if case.kind in GRAVE:
            yield dossier.outcome("upheld", **common, key="X", sanction=dossier.usual_sanction)
        yield dossier.outcome("proposal", **common, key="Y")
    takers = [side for side in dossier.sides[:2] if side.works_here]
    for key, side in zip("12", dossier.sides, strict=False):
        if side.works_here:
            yield dossier.outcome("give", owner=side.agent, key=key)
    if len(takers) == 2:
        shares = {takers[0].agent: 60, takers[1].agent: 40}
        yield dossier.outcome("share", owner=takers[0].agent, shares=shares, key="S")
