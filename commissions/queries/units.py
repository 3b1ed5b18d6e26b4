"""Units with what stands about each: free, reserved since when, sold."""

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from leads.models import Project

from ..models import Deal, Unit

STATES = ("free", "reserved", "sold")


def units_of(project: Project) -> QuerySet[Unit]:
    """The units of a project by number; `since`, `agent_id`, `reservation_id` of the live one, and
    whether it is `sold`."""
    deals = Deal.objects.filter(reservation=OuterRef("live"))
    return (
        Unit.objects.filter(project=project)
        .annotate(
            live=FilteredRelation("reservations", condition=Q(reservations__ended_at__isnull=True))
        )
        .annotate(
            since=F("live__at"),
            reservation_id=F("live__pk"),
            agent_id=F("live__agent"),
            agent_name=F("live__agent__name"),
            lead_id=F("live__lead"),
            sold=Exists(deals),
        )
        .order_by("number", "pk")
    )


def in_state(units: QuerySet[Unit], state: str) -> QuerySet[Unit]:
    """Those that are free, reserved or sold; all of them where the address says nothing."""
    # Names that `units_of` gave: the checker cannot know them.
    narrowing = {
        "free": Q(("since", None)),
        "reserved": Q(("since__isnull", False), ("sold", False)),
        "sold": Q(("sold", True)),
    }
    return units.filter(narrowing[state]) if state in narrowing else units
