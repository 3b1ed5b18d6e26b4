"""What the pipeline will bring: units reserved, and deals that are not contracted yet.

For each project, in cents:

- a reservation (認籌): its unit's list price and rent by the base rate of the plan in force today
  (of the unit's type, where the plan has one), without tiers, since a month that is not over has
  none; times the part of last year's finished reservations that became a deal;
- a subscription without a contract (認購): what of its commission is not released yet, as the
  ledger has it; times the part of last year's subscriptions that were contracted and not called
  off.

Where fewer than ten came to an end in that year, nothing is known of the parts and they count as
whole. A unit without a price is counted and brings nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db.models import Count, Q, Sum

from leads.models import Project

from .. import schedule
from ..models import Deal, Line, Plan, Reservation

YEAR = timedelta(days=365)
ENOUGH = 10
"""From so many on, what became of last year's says something."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the pipeline: how many, what they would bring, and which part of them comes."""

    count: int
    whole_cents: int
    came: int
    """How many of last year's came to the next step, of `over`."""
    over: int
    unpriced: int = 0

    @property
    def part(self) -> Fraction:
        """Which part counts."""
        return Fraction(self.came, self.over) if self.over >= ENOUGH else Fraction(1)

    @property
    def is_known(self) -> bool:
        """Enough of them came to an end to say so."""
        return self.over >= ENOUGH

    @property
    def percent(self) -> int:
        """The part in whole percent."""
        return schedule.half_up(self.part * 100)

    @property
    def expected_cents(self) -> int:
        """What is to be expected."""
        return schedule.half_up(self.whole_cents * self.part)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one project's pipeline will bring."""

    project: Project
    reserved: Stage
    subscribed: Stage

    @property
    def expected_cents(self) -> int:
        """Of both steps together."""
        return self.reserved.expected_cents + self.subscribed.expected_cents


def forecasts(projects: Iterable[Project], *, now: datetime) -> list[Forecast]:
    """The forecast of each project, in their order. Four queries."""
    wanted = list(projects)
    keys = [project.pk for project in wanted]
    plans = _plans(wanted, now)
    reserved, subscribed = _reserved(keys, plans, now), _subscribed(keys, now)
    nothing = Stage(0, 0, 0, 0)
    return [
        Forecast(one, reserved.get(one.pk, nothing), subscribed.get(one.pk, nothing))
        for one in wanted
    ]


def _plans(projects: Iterable[Project], now: datetime) -> Mapping[int, schedule.Plan]:
    """The plan in force today of each project that has one."""
    today = {project.pk: now.astimezone(project.zone).date() for project in projects}
    found = Plan.objects.filter(project__in=today).order_by("effective_from")
    return {
        plan.project_id: plan.schedule()
        for plan in found
        if plan.effective_from <= today[plan.project_id]
    }


def _reserved(
    keys: list[int], plans: Mapping[int, schedule.Plan], now: datetime
) -> dict[int, Stage]:
    live = Q(ended_at=None, deal=None)
    # One that was given up this year, or has become a deal subscribed this year, has ended.
    became = Q(deal__subscribed_at__gte=now - YEAR)
    given_up = Q(deal=None, ended="released", ended_at__gte=now - YEAR)
    rows = (
        Reservation.objects.filter(live | became | given_up, unit__project__in=keys)
        .values("unit__project", "unit__unit_type")
        .annotate(
            count=Count("pk", filter=live),
            price=Sum("unit__price_cents", filter=live, default=0),
            rent=Sum("unit__rent_cents", filter=live, default=0),
            unpriced=Count("pk", filter=live & Q(unit__price_cents=None, unit__rent_cents=None)),
            came=Count("pk", filter=became),
            over=Count("pk", filter=became | given_up),
        )
    )
    found: dict[int, Stage] = {}
    for row in rows:
        project, plan = row["unit__project"], plans.get(row["unit__project"])
        whole = Fraction(0)
        if plan is not None:
            sums = (Fraction(int(row["price"])), Fraction(int(row["rent"])))
            priced = Fraction(row["count"] - row["unpriced"])
            whole = plan.rate_for(row["unit__unit_type"]).of(*sums, priced)
        before = found.get(project, Stage(0, 0, 0, 0))
        found[project] = Stage(
            before.count + row["count"],
            before.whole_cents + schedule.half_up(whole),
            before.came + row["came"],
            before.over + row["over"],
            before.unpriced + row["unpriced"],
        )
    return found


def _subscribed(keys: list[int], now: datetime) -> dict[int, Stage]:
    live = Q(contracted_at=None, cancelled_at=None)
    came = Q(contracted_at__gte=now - YEAR, cancelled_at=None)
    called_off = Q(cancelled_at__gte=now - YEAR)
    rows = (
        Deal.objects.filter(live | came | called_off, project__in=keys)
        .values("project")
        .annotate(
            count=Count("pk", filter=live),
            came=Count("pk", filter=came),
            over=Count("pk", filter=came | called_off),
        )
    )
    waiting = (
        Line.objects.filter(project__in=keys, deal__contracted_at=None, deal__cancelled_at=None)
        .values("project")
        .annotate(cents=Sum("pending_cents") + Sum("held_cents"))
    )
    cents = {row["project"]: int(row["cents"]) for row in waiting}
    return {
        row["project"]: Stage(row["count"], cents.get(row["project"], 0), row["came"], row["over"])
        for row in rows
    }
