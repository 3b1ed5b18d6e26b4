"""Who stands in a case: its sides under their letters, and the rights that it is about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from attribution.policy import decision as core
from leads.models import Kind, Staff

from ...models import NON_SALES, CaseKind

if TYPE_CHECKING:
    from . import Dossier

LETTERS = "甲乙丙丁戊"
LOOKS = ("x", "z", "n", "n", "n")
"""How each side is drawn: 甲 blue, 乙 amber, the others grey."""
SETTLED = ("sales/2", "sales/10", "leasing/1.11", "leasing/1.14", "leasing/2.4")
"""The clauses by which a claim is ended for good, its matter being closed."""


@dataclass(frozen=True, slots=True)
class Side:
    """An agent of the case, under the letter by which the case speaks of him."""

    letter: str
    look: str
    agent: int
    name: str
    works_here: bool


def sides_of(dossier: "Dossier") -> list[Side]:
    """The agents of the case, in the order in which their rights began: 甲, 乙, …"""
    agents: list[Any] = [claim.agent for claim in dossier.claims]
    agents += [e.agent_id for e in dossier.events if e.kind == Kind.DEAL]
    if dossier.case.kind in (CaseKind.COMPLAINT, CaseKind.STEERING):
        opened = dossier.case.opened_by
        if opened is not None:
            agents += [opened.whom_id, opened.agent_id, opened.turn_of_id]
    agents += [party.staff_id for party in dossier.parties]
    order = list(dict.fromkeys(agent for agent in agents if agent in dossier.people))
    return [
        Side(
            gettext(letter),
            look,
            agent,
            "" if dossier.covered else dossier.people[agent].name,
            _may_hold(dossier.people[agent]),
        )
        for letter, look, agent in zip(LETTERS, LOOKS, order, strict=False)
    ]


def _may_hold(staff: Staff) -> bool:
    return staff.departed_at is None and staff.is_active and staff.role not in NON_SALES


def claims_of(dossier: "Dossier") -> list[core.ClaimView]:
    """The rights that the case is about: those that stand, and those that stood beside them."""
    chain = sorted(dossier.decision.chain, key=lambda claim: claim.begin)
    opened = dossier.case.opened_at
    departure = dossier.case.kind == CaseKind.DEPARTURE
    mine = [
        claim
        for claim in chain
        if claim.strength != "signed"
        and (
            claim.ended is None
            or claim.ended >= opened
            or claim.ended_by not in SETTLED
            or (departure and claim.ended_by == "leasing/1.11")
        )
    ]
    standing = [c for c in mine if c.state in ("owner", "waiting", "uncounted")]
    if len({claim.agent for claim in standing}) >= 2:
        return standing
    return [c for c in mine if c in standing or any(_overlap(c, d) for d in mine if d != c)] or mine


def _overlap(one: core.ClaimView, two: core.ClaimView) -> bool:
    """Did the later of two rights begin while the earlier still stood?"""
    earlier, later = sorted((one, two), key=lambda claim: claim.begin)
    stood = earlier.ended is None or later.begin < earlier.ended
    return stood and (earlier.last_day is None or later.begin.date() <= earlier.last_day)
