"""Needs as lists and one by one: the items offered, the work that is due, the steps of one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from ... import access
from ...models import Lead, Project, Role, Staff
from ..course import CARRIED_OUT
from ..models import ItemChange, Need, NeedItem, NeedStep, Side

SOON = timedelta(days=7)
MEASURES_OFFERED = 30


def items_kept(project: Project) -> QuerySet[Any]:
    """Every item of a project's list; `stands`: the kind of its latest change, None for none."""
    latest = ItemChange.objects.filter(item=OuterRef("pk"), project=project).order_by("-pk")
    return (
        NeedItem.objects.filter(Q(project=None) | Q(project=project))
        .annotate(stands=Subquery(latest.values("kind")[:1]))
        .order_by("position", "pk")
    )


def items_of(project: Project, staff: Staff) -> list[NeedItem]:
    """The items that a project offers to someone, side by side. One query.

    The management office has no business with buying.
    """
    kept = items_kept(project).filter(Q(stands=None) | Q(stands=ItemChange.Kind.RESTORED))
    if staff.role == Role.MANAGEMENT_OFFICE:
        kept = kept.filter(side__in=access.OFFICE_SIDES)
    sides = list(Side)
    return sorted(kept, key=lambda item: (sides.index(Side(item.side)), item.position, item.pk))


def needs_of_client(lead: Lead, staff: Staff) -> list[Need]:
    """The needs of a client and of whoever is linked with him, as far as one may see them.

    The open ones first, the latest first. One query.
    """
    found = (
        access.needs_of(staff, lead.project)
        .filter(Q(lead=lead.root_id) | Q(lead__party=lead.root_id))
        .select_related("item", "responsible", "by", "lead")
        .order_by("-at", "-pk")
    )
    return sorted(found, key=lambda need: need.state == "closed")


def steps_of(need: Need) -> list[NeedStep]:
    """What was done with a need, the first step first. One query."""
    return list(need.steps.select_related("by", "responsible").order_by("number"))


def people_for(need: Need, staff: Staff) -> QuerySet[Staff]:
    """Who may be made responsible for a measure: the management office and those who decide; an
    agent names himself.
    """
    people = need.project.staff.filter(departed_at=None, is_active=True)
    if staff.role == Role.AGENT:
        return people.filter(pk=staff.pk)
    roles = [Role.MANAGEMENT_OFFICE, *access.DECIDERS]
    return people.filter(role__in=roles).order_by("name", "pk")


def measures_of(need: Need) -> list[str]:
    """Measures that were taken about the same item, the most frequent first: one is counted as one
    only where it is written in the same words. One query.
    """
    found = (
        Need.objects.filter(project=need.project_id, item=need.item_id)
        .exclude(measure="")
        .values("measure")
        .annotate(times=Count("pk"))
        .order_by("-times", "measure")
    )
    return [one["measure"] for one in found[:MEASURES_OFFERED]]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many needs wait: not analysed, overdue, due within a week, carried out but not asked."""

    fresh: int
    overdue: int
    soon: int
    to_verify: int
    open: int


def counts_of(needs: QuerySet[Need], today: date) -> Counts:
    """Counts of these needs, as of a day. One query."""
    at_work = Q(state__in=CARRIED_OUT, done=None)
    found = needs.order_by().aggregate(
        fresh=Count("pk", filter=Q(state="identified")),
        overdue=Count("pk", filter=at_work & Q(due__lt=today)),
        soon=Count("pk", filter=at_work & Q(due__gte=today, due__lte=today + SOON)),
        to_verify=Count("pk", filter=Q(state="under_way", done__isnull=False)),
        open=Count("pk", filter=~Q(state="closed")),
    )
    return Counts(**found)


def written_by(by: Staff, staff: Staff) -> str:
    """Who wrote something about a need, as someone may know it.

    To the management office the sales room is one; an agent does not learn which colleague held
    his client before.
    """
    if by.pk == staff.pk or staff.role in access.OVERSEERS or by.role != Role.AGENT:
        return by.name
    return gettext("銷售現場") if staff.role == Role.MANAGEMENT_OFFICE else gettext("同事")
