"""What the policy settled and nobody objected to: what may be confirmed together, by clause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from leads.models import Staff

from ..models import Case, Party, Step
from .dossier import flagged_by
from .queue import in_order
from .standing import Docket

AT_ONCE = 50
"""So many cases one reads through before signing them together."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Cases of one kind that are open by the same clauses."""

    kind: str
    clauses: tuple[str, ...]
    cases: Sequence[Case]

    @property
    def name(self) -> str:
        """What tells this group from the others: `collision sales/2 leasing/2.1`."""
        return " ".join((self.kind, *self.clauses))


def confirmed_already(key: UUID | None) -> bool:
    """That form was saved before."""
    return key is not None and Step.objects.filter(key=key).exists()


def settled(cases: QuerySet[Case], reader: Staff, *, now: datetime) -> tuple[list[Alike], int]:
    """The groups of cases that the reader may confirm now, and how many more he may not yet.

    Not yet: somebody may still answer, has objected, or the reader is too near to it. The first
    AT_ONCE of the queue's order are looked at. Two queries.
    """
    waiting = cases.filter(state=Case.State.OPEN, stage=Case.Stage.POLICY)
    found = (
        in_order(waiting, now)
        .select_related("lead__owner")
        .prefetch_related(Prefetch("parties", Party.objects.select_related("staff").order_by("pk")))
    )[:AT_ONCE]
    groups: dict[tuple[str, tuple[str, ...]], list[Case]] = {}
    not_yet = 0
    for case in found:
        docket = Docket(case, reader, now=now, parties=list(case.parties.all()))
        if docket.may("confirm"):
            groups.setdefault((case.kind, tuple(flagged_by(case))), []).append(case)
        else:
            not_yet += 1
    return [Alike(kind, clauses, rows) for (kind, clauses), rows in groups.items()], not_yet
