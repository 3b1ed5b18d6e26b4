"""Steps under the lock: somebody leaves the office, and what he held is locked (leasing/1.11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from . import journal
from .journal import Held
from .models import ContactEvent, Lead, Project, Staff


class AlreadyDeparted(ValueError):
    """Someone leaves only once."""

    message = _("此人已離職。")


def close_account(staff: Staff, *, at: datetime) -> Staff:
    """He cannot log in any more, and whoever is logged in as him is a stranger from now on.

    His row is locked first, so that nobody leaves twice. Raises AlreadyDeparted.
    """
    # Facts about him may go on being written by others meanwhile: they only refer to his key.
    staff = Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    if staff.departed_at is not None:
        raise AlreadyDeparted
    staff.departed_at, staff.is_active = at, False
    staff.save(update_fields=["departed_at", "is_active"])
    return staff


def write(
    staff: Staff,
    *,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
    details: Mapping[str, Any],
    note: str = "",
) -> dict[int, ContactEvent]:
    """One fact in each of his projects, by the project's key. Raises HappenedInTheFuture."""
    found = {}
    for project in staff.projects.order_by("pk"):
        project.stamp = uuid4()
        project.save(update_fields=["stamp"])
        found[project.pk] = journal.write_departure(
            project,
            staff,
            at=at,
            by=by,
            now=now,
            key=key_in(key, project),
            details=dict(details),
            note=note,
        )
    return found


def key_in(key: UUID, project: Project) -> UUID:
    """The key of the departure in one project, of the form's key."""
    return uuid5(key, f"departure:{project.pk}")


def hold_what_he_held(staff: Staff, now: datetime) -> list[Held]:
    """Each party that he owns or is to own, once, under the lock."""
    held = Q(owner=staff) | Q(ownership__agent=staff, ownership__period__endswith__gt=now)
    endless = Q(ownership__agent=staff, ownership__period__endswith__isnull=True)
    mine = Lead.objects.filter(project__in=staff.projects.all()).filter(held | endless)
    keys = list(mine.order_by("pk").values_list("pk", flat=True).distinct())
    done: set[int] = set()
    found = []
    for one in journal.hold_all(keys) if keys else []:
        if one.lead.pk not in done:
            done |= {member.pk for member in one.members}
            found.append(one)
    return found
