"""The runs in which decisions were derived again: how far each is, and what it found."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from leads.models import Lead, Project

from ..models import Rederivation, RederivationPart
from ..rederivation import Difference

KEPT = 100
"""So many differences of a part are kept; how many there were is counted anyway."""
PARTS_SHOWN = 20


def runs_of(projects: Sequence[Project]) -> QuerySet[Rederivation]:
    """The runs of these projects, the latest first."""
    runs = Rederivation.objects.filter(project__in=projects).select_related("project", "by")
    return runs.order_by("-started_at", "-pk")


def found_by(run: Rederivation) -> list[dict[str, Any]]:
    """The differences that a run kept, by lead; not more than a person can look through."""
    parts = run.parts.filter(differing__gt=0).order_by("first")[:PARTS_SHOWN]
    return [row for found in parts.values_list("found", flat=True) for row in found]


def parts_of(run: Rederivation) -> list[int]:
    """The keys of the parts that are not done."""
    return list(run.parts.filter(done_at=None).order_by("pk").values_list("pk", flat=True))


def waiting_part(pk: int) -> RederivationPart | None:
    """A part that is still to be done; None where it is done, or its run is over."""
    return RederivationPart.objects.filter(
        pk=pk, done_at=None, run__state=Rederivation.State.RUNNING
    ).first()


def leads_of(part: RederivationPart) -> list[int]:
    """The keys of the leads of a part."""
    leads = Lead.objects.filter(
        project__rederivations=part.run_id, pk__gte=part.first, pk__lte=part.last
    )
    return list(leads.order_by("pk").values_list("pk", flat=True))


def plain(difference: Difference) -> dict[str, Any]:
    """A difference as JSON keeps it."""
    return {
        "lead": difference.lead,
        "event": difference.event,
        "field": difference.field,
        "stored": _text(difference.stored),
        "derived": _text(difference.derived),
    }


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
