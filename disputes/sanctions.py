"""What a ruling asks to be done to somebody: plain data for forms, files and previews."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .models import CaseKind, Penalty

CLAUSE_OF: Mapping[str, str] = {
    CaseKind.POACHING: "sales/1",
    CaseKind.NAME_SWAP: "sales/7",
    CaseKind.SPECULATION: "sales/8",
    CaseKind.STEERING: "sales/9",
    CaseKind.COMPLAINT: "leasing/1.14",
}
"""On which clause a penalty rests, where nobody names another."""
ELSEWHERE = "leasing/2.4"
PENAL = (
    "sales/1", "sales/7", "sales/8", "sales/9", "sales/10",
    "leasing/1.7", "leasing/1.14", ELSEWHERE,
)  # fmt: skip
"""The clauses on which a penalty may rest: duties and conduct."""


@dataclass(frozen=True, slots=True)
class Sanction:
    """Against one party: commission taken by a deal, and what else is proposed."""

    against: int
    clause: str
    penalty: str = ""
    """`dismissal`, `other`, or nothing."""
    measure: str = ""
    percent: int = 0
    """How much of what he has by the deal is forfeited; 0: nothing is."""
    deal: int | None = None
    """The event of the deal."""
    to: int | None = None
    """Who gets it; None: the company."""

    @property
    def forfeits(self) -> bool:
        """Does it take commission away?"""
        return self.percent > 0

    @property
    def kinds(self) -> list[str]:
        """The kinds of penalty in it."""
        taken = [Penalty.Kind.FORFEITURE.value] if self.forfeits else []
        return [*taken, *([self.penalty] if self.penalty else [])]

    def plain(self) -> dict[str, Any]:
        """As the file of a case keeps it."""
        return asdict(self)


def clause_of(kind: str) -> str:
    """The clause on which a penalty in that kind of case rests."""
    return CLAUSE_OF.get(kind, ELSEWHERE)
