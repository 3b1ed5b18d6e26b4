"""Runs a whole simulated office: staff, days, stories, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db import connection

from commissions.models import Deal
from disputes.models import Case
from leads.models import ContactEvent, Lead

from .days import Office
from .incidents import Incidents
from .needs import Wishes
from .staffing import ZONE, Desk, open_office


@dataclass(frozen=True)
class Outcome:
    """What the simulated office left behind."""

    desks: list[Desk]
    leads: int
    events: int
    deals: int
    open_cases: int


def simulate(
    *,
    days: int,
    agents: int,
    clients_per_day: float,
    seed: int,
    until: datetime,
    projects: int = 2,
    password: str = "",
    tell: Callable[[date], object] = lambda day: None,
) -> Outcome:
    """Open projects with staff and let them live for `days`, the day of `until` being the last.

    `clients_per_day`: received over all projects, newcomers and old ones. The same seed and the
    same end give the same office. `password`: of everybody, as stored; else nobody can log in.
    Raises ValueError where there are fewer agents than projects.
    """
    random = Random(seed)  # noqa: S311 - a repeatable office, not a secret
    since = until.astimezone(ZONE).date() - timedelta(days=days - 1)
    with connection.cursor() as cursor:
        # A power cut may cost the last moments of an invented office, no more.
        cursor.execute("SET synchronous_commit TO off")
    try:
        desks = open_office(
            agents=agents, projects=projects, since=since, random=random, password=password
        )
        office = Office(desks, since, until, clients_per_day, random)
        Incidents(office).plan()
        office.live(tell)
        Wishes(office, Random(seed)).tell()  # noqa: S311 - dice of its own
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
    ours = [desk.project.pk for desk in desks]
    return Outcome(
        desks=desks,
        leads=Lead.objects.filter(project__in=ours).count(),
        events=ContactEvent.objects.filter(project__in=ours).count(),
        deals=Deal.objects.filter(project__in=ours).count(),
        open_cases=Case.objects.filter(project__in=ours, state=Case.State.OPEN).count(),
    )
