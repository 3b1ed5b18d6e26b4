"""The views that stand above a list."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ..models import Project, Staff
from .models import SavedView


@dataclass(frozen=True, slots=True)
class Shelf:
    """The reader's own views of a list, those that colleagues share, and the one that is open."""

    own: list[SavedView]
    shared: list[SavedView]
    current: SavedView | None


def shelf(reader: Staff, project: Project, page: str, query: str) -> Shelf:
    """What the reader can choose from on a page; `query`: canonical, as it is shown. One query.

    A view that somebody shared goes with him when he leaves the office.
    """
    shared = Q(shared_with=project, owner__is_active=True, owner__departed_at=None)
    found = list(
        SavedView.objects.filter(Q(owner=reader) | shared, page=page)
        .select_related("owner")
        .order_by("position", "name", "pk")
    )
    own = [view for view in found if view.owner_id == reader.pk]
    others = [view for view in found if view.owner_id != reader.pk]
    current = next((view for view in [*own, *others] if view.query == query), None)
    return Shelf(own, others, current)


def own_views(reader: Staff) -> QuerySet[SavedView]:
    """Those that the reader may rename, share, move and delete: his own."""
    return SavedView.objects.filter(owner=reader).select_related("shared_with")
