"""The doors of what is set up before anything is sold: commission plans, and the list of units."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from leads.journal import door
from leads.models import Project, Staff

from .. import schedule
from ..models import Plan, Unit


class PlanInForce(ValueError):
    """A plan that has begun is never changed, and a day has one plan."""

    message = _("這一天已有方案，或已經過去；新方案從之後的日子起算。")


class NotAnAgent(ValueError):
    """A plan pays only people of its project."""

    message = _("團隊與津貼只能給在這個專案任職的人。")


@door
def set_plan(
    *,
    project: Project,
    effective_from: date,
    terms: Mapping[str, Any],
    by: Staff,
    now: datetime,
    name: str = "",
) -> Plan:
    """Let a project pay by a plan from a day on; `terms` as `schedule.Plan.of` reads them.

    Raises schedule.PlanError, PlanInForce, NotAnAgent. Deals of earlier days keep their plan.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    plan = schedule.Plan.of(terms)
    own = Plan.objects.filter(project=project)
    today = now.astimezone(project.zone).date()
    if own.filter(effective_from=effective_from).exists() or (
        effective_from < today and own.exists()
    ):
        raise PlanInForce
    named = {*plan.members, *([plan.override_to] if plan.override_to is not None else [])}
    if project.staff.filter(pk__in=named).count() != len(named):
        raise NotAnAgent
    return Plan.objects.create(
        project=project,
        effective_from=effective_from,
        terms=dict(terms),
        name=name,
        author=by,
        recorded_at=now,
    )


@door
def import_units(
    *, project: Project, rows: Iterable[Mapping[str, Any]], by: Staff, now: datetime
) -> int:
    """Enter units by number, or bring those known in line; gives how many rows there were.

    Each row: number, unit_type, area, price_cents, rent_cents. Deals keep what they were made by.
    """
    units = [Unit(project=project, **row) for row in rows]
    Unit.objects.bulk_create(
        units,
        update_conflicts=True,
        unique_fields=["project", "number"],
        update_fields=["unit_type", "area", "price_cents", "rent_cents"],
    )
    return len(units)
