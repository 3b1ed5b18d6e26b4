"""What was entered beforehand: an agent's registrations with their age, the proxies that wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from leads import queries as lead_queries
from leads.models import RECEPTIONS, ContactEvent, Kind, Project, Staff

from ..models import Decision

OLD_DAYS = 30
"""So long without an arrival, and an entry stands out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A registration as its own agent sees it."""

    pk: int
    name: str
    traits: str
    at: datetime
    days: int
    state: str
    """awaited, arrived, withdrawn or void."""
    why: str
    """Why it is void; the engine's word."""
    came_at: datetime | None

    @property
    def is_old(self) -> bool:
        """Nobody came for long."""
        return self.state == "awaited" and self.days >= OLD_DAYS


def registrations_of(agent: Staff, project: Project) -> QuerySet[ContactEvent]:
    """The agent's own entries, the latest first, with what became of them."""
    came = ContactEvent.objects.filter(
        lead=OuterRef("lead"), kind__in=RECEPTIONS, recorded_at__gt=OuterRef("recorded_at")
    )
    return (
        ContactEvent.objects.filter(project=project, agent=agent, kind=Kind.REGISTRATION)
        .annotate(
            came_at=Subquery(came.order_by("recorded_at").values("at")[:1]),
            taken_back=lead_queries.withdrawn(),
        )
        .order_by("-recorded_at", "-pk")
    )


def entries(events: Iterable[ContactEvent], now: datetime) -> list[Entry]:
    """Registrations in the words of their list. One query."""
    events = list(events)
    proofs = dict(Decision.objects.filter(event__in=events).values_list("event_id", "proof"))
    return [_entry(event, void_because(event, proofs.get(event.pk)), now) for event in events]


def void_because(event: ContactEvent, proof: dict[str, list[dict[str, str]]] | None) -> str:
    """Why an entry gives nothing; empty where it holds."""
    for step in (proof or {}).get("steps", ()):
        if step["fact"] == event.pk and step["verb"] == "bars":
            return step["what"]
    return ""


def _entry(event: ContactEvent, why: str, now: datetime) -> Entry:
    came_at: datetime | None = event.came_at  # type: ignore[attr-defined]
    if event.taken_back:  # type: ignore[attr-defined]
        state = "withdrawn"
    elif why:
        state = "void"
    else:
        state = "awaited" if came_at is None else "arrived"
    zone = now.tzinfo
    days = (now.astimezone(zone).date() - event.recorded_at.astimezone(zone).date()).days
    details = event.details
    return Entry(
        event.pk,
        details.get("name", ""),
        details.get("traits", ""),
        event.recorded_at,
        days,
        state,
        why,
        came_at if state == "arrived" else None,
    )


def proxies_waiting(project: Project) -> QuerySet[ContactEvent]:
    """The proxies' entries that nobody acknowledged, the oldest first, with client and agent."""
    done = ContactEvent.objects.filter(refers=OuterRef("pk"), kind=Kind.PROXY)
    return (
        ContactEvent.objects.filter(
            ~Exists(done), project=project, kind=Kind.PROXY, details__acknowledged=False
        )
        .select_related("agent", "lead")
        .order_by("recorded_at", "pk")
    )
