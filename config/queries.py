"""Reads over every app, for the pages of the whole product."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from commissions.models import Line
from commissions.queries import months
from disputes.models import Case
from disputes.queries.queue import overdue
from leads import access
from leads.models import Lead, Project, Staff


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project in numbers: clients, open cases, and the commission of this month in cents."""

    project: Project
    month: str
    clients: int
    owned: int
    open: int
    overdue: int
    released_cents: int
    held_cents: int


def overview(reader: Staff, now: datetime) -> list[ProjectRow]:
    """Each project of the reader in numbers. Four queries, however many projects."""
    projects = list(access.projects_of(reader))
    clients = {
        row["project"]: row
        for row in Lead.objects.filter(project__in=projects)
        .values("project")
        .annotate(all=Count("pk"), owned=Count("pk", filter=Q(owner__isnull=False)))
    }
    cases = {
        row["project"]: row
        for row in Case.objects.filter(project__in=projects, state=Case.State.OPEN)
        .values("project")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=overdue(now)))
    }
    money = _money(projects, now)
    nothing: dict[str, int] = {}
    return [
        ProjectRow(
            project=project,
            month=months.month_of(now, project.zone),
            clients=clients.get(project.pk, nothing).get("all", 0),
            owned=clients.get(project.pk, nothing).get("owned", 0),
            open=cases.get(project.pk, nothing).get("open", 0),
            overdue=cases.get(project.pk, nothing).get("overdue", 0),
            released_cents=int(money.get(project.pk, nothing).get("released", 0)),
            held_cents=int(money.get(project.pk, nothing).get("held", 0)),
        )
        for project in projects
    ]


def _money(projects: list[Project], now: datetime) -> dict[int, dict[str, int]]:
    """Released and held of the month that each project's own clock shows."""
    wanted = Q(pk__in=[])
    for project in projects:
        first, end = months.bounds(months.month_of(now, project.zone), project.zone)
        wanted |= Q(project=project, subscribed_at__gte=first, subscribed_at__lt=end)
    sums = (
        Line.objects.filter(wanted)
        .values("project")
        .annotate(released=Sum("released_cents"), held=Sum("held_cents"))
    )
    return {row["project"]: row for row in sums}
