"""Penalties: those that wait for somebody, those of a case, those of one person."""

from collections.abc import Iterable

from django.db.models import Case as When
from django.db.models import IntegerField, QuerySet, Value
from django.db.models import When as If

from leads.models import Project, Role, Staff

from ..models import Case, Penalty, Step

CONFIRMERS = (Role.MANAGER, Role.GENERAL_MANAGER)
"""Those who confirm or drop what was proposed."""


def penalties_in(projects: Iterable[Project]) -> QuerySet[Penalty]:
    """Every penalty of these projects: what waits first, the oldest before; then the latest."""
    waits = When(If(state="proposed", then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        Penalty.objects.filter(case__project__in=[project.pk for project in projects])
        .select_related("case__project", "step", "staff", "to", "deal", "proposed_by", "decided_by")
        .order_by(waits, "-proposed_at", "-pk")
    )


def penalties_of(case: Case) -> QuerySet[Penalty]:
    """What was asked to be done in a case. One query."""
    return case.penalties.select_related(
        "case", "step", "staff", "to", "deal", "proposed_by", "decided_by"
    ).order_by("pk")


def may_confirm(penalty: Penalty, staff: Staff) -> bool:
    """May somebody confirm or drop it, as far as his office and his own part in it go?"""
    near = (penalty.staff_id, penalty.proposed_by_id)
    return (
        penalty.state == Penalty.State.PROPOSED
        and staff.role in CONFIRMERS
        and (staff.pk not in near)
    )


def words_to_parties(steps: Iterable[Step]) -> str:
    """What whoever decided wrote for the parties to read; empty where he wrote nothing."""
    notes = [step.details.get("note", "") for step in steps if step.kind in SAYING]
    return next((note for note in reversed(notes) if note), "")


SAYING = (Step.Kind.RULED, Step.Kind.COUNTERSIGNED)
