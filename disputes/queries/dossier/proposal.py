"""What the engine proposes in a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ...models import CaseKind
from .sides import Side

if TYPE_CHECKING:
    from . import Dossier


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the engine proposes; `owner` None: it leaves the case to whoever decides."""

    owner: Side | None
    shares: Mapping[int, int]
    clauses: tuple[str, ...]
    basis: str
    """By what a deal was judged: deal, discovery, occurrence or ruling; empty without a deal."""
    other: Side | None
    """Whom the other reading favours, where the two differ."""
    until: date | None
    by_opening: bool
    """Every right has lapsed since: this is what stood when the case was last touched."""


def proposal_of(dossier: "Dossier") -> Proposal:
    """The engine's proposal: for a deal its credit, else the owner of this moment."""
    decision = dossier.decision
    if dossier.case.kind == CaseKind.DEPARTURE:
        return Proposal(None, {}, ("leasing/1.11",), "", None, None, by_opening=False)
    if decision.deals:
        deal = decision.deals[-1]
        reading = deal.reading
        agent = max(deal.credit, key=lambda key: deal.credit[key]) if deal.credit else None
        if reading is not None and reading.agent in deal.credit:
            agent = reading.agent
        shares = deal.credit if len(deal.credit) > 1 else {}
        return Proposal(
            dossier.side_of(agent),
            {int(key): share for key, share in shares.items()},
            deal.clauses or decision.cites[-2:],
            "" if reading is None else reading.basis,
            None if reading is None else dossier.side_of(reading.other),
            decision.valid_until,
            by_opening=False,
        )
    claim = decision.owner_claim
    if claim is not None:
        return Proposal(
            dossier.side_of(claim.agent),
            {},
            claim.clauses,
            "",
            None,
            claim.last_day,
            by_opening=False,
        )
    stood = dossier.case.decision
    return Proposal(
        dossier.side_of(stood.owner_id),
        {},
        tuple(dossier.flagged_by),
        "",
        None,
        stood.valid_until,
        by_opening=True,
    )
