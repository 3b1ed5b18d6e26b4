"""How the quick log begins for a group that came to the counter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from ...models import Kind, Project, Staff
from ..models import Arrival, BoardFact


@dataclass(frozen=True, slots=True)
class Opening:
    """A group that an agent received, as the counter knows it, for writing it down."""

    arrival: Arrival
    began: datetime
    steered_by: Staff | None
    turn_of: Staff | None

    def initial(self) -> dict[str, Any]:
        """What the quick log opens with: the group's key, when it began, what the client said."""
        opened = self.began.astimezone(self.arrival.project.zone).replace(microsecond=0)
        asked_for, words = self.arrival.asked_for_id, self.arrival.words
        return {
            "key": self.arrival.reception_key,
            "kind": Kind.VISIT.value,
            "opened": opened.isoformat(),
            "day": opened.date(),
            "time": opened.time(),
            "group": f"{self.arrival.day:%m%d}-{self.arrival.number}",
            **({"asked_for": asked_for} if asked_for else {}),
            **(
                {"note": gettext("前台記下客戶說：「%(words)s」") % {"words": words}}
                if words
                else {}
            ),
        }


def opening_of(project: Project, agent: Staff, arrival: str) -> Opening | None:
    """A group of this agent's by its key, as an address says it; None if it is none of his."""
    return _opening(project, agent, pk=arrival) if arrival.isdecimal() else None


def steering_of(project: Project, agent: Staff, key: UUID) -> dict[str, Any]:
    """What `record_contact` is told besides: by whom and past whom a group was directed (sales/9).

    The group is known by the key of its reception, so that nobody can leave it out; nothing for
    any other reception. One query, two for a group.
    """
    found = _opening(project, agent, reception_key=key)
    if found is None or found.steered_by is None:
        return {}
    return {"steered_by": found.steered_by, "turn_of": found.turn_of}


def _opening(project: Project, agent: Staff, **which: Any) -> Opening | None:
    wanted = {f"arrival__{name}": value for name, value in which.items()}
    begun = (
        BoardFact.objects.filter(project=project, kind=BoardFact.Kind.BEGUN, agent=agent, **wanted)
        .select_related("arrival__asked_for")
        .first()
    )
    if begun is None or begun.arrival is None:
        return None
    begun.arrival.project = project
    directed = (
        BoardFact.objects.filter(arrival=begun.arrival, kind=BoardFact.Kind.DIRECTED, agent=agent)
        .select_related("by", "turn_of")
        .order_by("-pk")
        .first()
    )
    steered = directed is not None and directed.steered
    return Opening(
        arrival=begun.arrival,
        began=begun.at,
        steered_by=directed.by if directed is not None and steered else None,
        turn_of=directed.turn_of if directed is not None and steered else None,
    )
