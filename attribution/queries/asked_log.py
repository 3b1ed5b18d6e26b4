"""The log of the private enquiry: what was told to whom, what it owes, how much was asked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from leads.models import ContactEvent, Project

from ..models import Answer

OWED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Tally:
    """How much one agent asked on a day: different questions, and of these the unusual ones."""

    agent: int
    name: str
    asked: int
    missed: int
    near: int
    refused: int


def answers_of(project: Project) -> QuerySet[Answer]:
    """Every answer of a project, the latest first."""
    return (
        Answer.objects.filter(project=project)
        .select_related("agent")
        .order_by("-day", "-at", "-pk")
    )


def owing_answers(now: datetime) -> QuerySet[Answer]:
    """Those whose notice is not in the journal yet, the first told in front, with their agents."""
    written = ContactEvent.objects.filter(key=OuterRef("notice"))
    return (
        Answer.objects.filter(
            ~Exists(written), notice__isnull=False, lead__isnull=False, at__gt=now - OWED_FOR
        )
        .select_related("agent")
        .order_by("at")
    )


def tallies(project: Project, day: date) -> list[Tally]:
    """Each agent's questions of a day, who asked most in front. One query."""
    different = Count("digest", distinct=True)
    told = ~Q(state=Answer.State.REFUSED)
    rows = (
        Answer.objects.filter(project=project, day=day)
        .values("agent_id", name=F("agent__name"))
        .annotate(
            asked=Count("digest", distinct=True, filter=told),
            missed=Count("digest", distinct=True, filter=told & Q(lead=None)),
            near=Count("digest", distinct=True, filter=Q(near=True)),
            refused=Count("digest", distinct=True, filter=~told),
            all=different,
        )
        .order_by("-all", "name")
    )
    return [
        Tally(
            row["agent_id"], row["name"], row["asked"], row["missed"], row["near"], row["refused"]
        )
        for row in rows
    ]
