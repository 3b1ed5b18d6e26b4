"""A project's policy versions: which is in force when, what each changed, what one would keep."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from leads.models import Project

from .. import wording
from ..models import OwnershipPeriod, PolicyVersion
from ..policy.parameters import Policy, policy
from .holdings import edition_now


@dataclass(frozen=True, slots=True)
class Changed:
    """One parameter that is another from a version on, in words."""

    name: str
    words: str
    old: str
    new: str
    clauses: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Version:
    """A version as the history shows it: when it counts, what it changed from the one before."""

    stored: PolicyVersion
    number: int
    state: str
    """now, past, or planned."""
    changes: list[Changed]
    first: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """How many clients are owned at a moment: what was granted to them stays (rule 20)."""

    owned: int
    lapsing: int
    """Those with a last valid day."""

    @property
    def for_good(self) -> int:
        """Those without one."""
        return self.owned - self.lapsing


def in_force(project: Project, moment: datetime) -> Policy:
    """The policy under which a fact of that moment is judged, as far as it is known."""
    return edition_now(project, moment).policy


def versions_of(project: Project, now: datetime) -> list[Version]:
    """Every version of a project, the one that counts from latest first. One query."""
    stored = list(
        PolicyVersion.objects.filter(project=project)
        .select_related("author")
        .order_by("recorded_at", "pk")
    )
    # The first counts from ever; of two that begin alike the later recorded one counts.
    ordered = stored[:1] + sorted(stored[1:], key=lambda one: one.effective_from)
    begun = [one for one in ordered[1:] if one.effective_from <= now]
    current = begun[-1] if begun else ordered[0] if ordered else None
    found = []
    before: Policy | None = None
    for number, one in enumerate(ordered, 1):
        after = policy(one.preset, one.settings)
        begins_later = number > 1 and one.effective_from > now
        state = "now" if one is current else "planned" if begins_later else "past"
        changes = [] if before is None else changes_between(before, after)
        found.append(Version(one, number, state, changes, before is None))
        before = after
    return found[::-1]


def planned_after(project: Project, moment: datetime) -> list[PolicyVersion]:
    """The versions that will take over after that moment, in their order. One query."""
    return list(
        PolicyVersion.objects.filter(project=project, effective_from__gt=moment)
        .select_related("author")
        .order_by("effective_from", "recorded_at")
    )


def latest_recorded(project: Project) -> int | None:
    """The key of the version written down last: who changes the policy must have seen it."""
    found: int | None = (
        PolicyVersion.objects.filter(project=project)
        .order_by("-recorded_at", "-pk")
        .values_list("pk", flat=True)
        .first()
    )
    return found


def is_recorded(project: Project, key: UUID) -> bool:
    """Was the form with that key saved already?"""
    return PolicyVersion.objects.filter(project=project, key=key).exists()


def changes_between(before: Policy, after: Policy) -> list[Changed]:
    """What differs between two policies, in the order of the desk; the preset first."""
    found = []
    if before.preset != after.preset:
        old, new = (str(wording.PRESETS[one.preset]) for one in (before, after))
        found.append(Changed("preset", str(wording.PRESET), old, new, []))
    for name in _in_the_desks_order():
        old_value, new_value = getattr(before, name), getattr(after, name)
        if old_value != new_value:
            found.append(
                Changed(
                    name,
                    str(wording.PARAMETERS.get(name, name)),
                    wording.parameter(name, old_value),
                    wording.parameter(name, new_value),
                    wording.stated(wording.clauses_of(name)),
                )
            )
    return found


def kept_by(project: Project, moment: datetime) -> Kept:
    """Whose clients a version that begins then leaves as they are. One query."""
    found = OwnershipPeriod.objects.filter(
        lead__project=project, period__contains=moment
    ).aggregate(owned=Count("pk"), lapsing=Count("pk", filter=Q(period__endswith__isnull=False)))
    return Kept(**found)


def _in_the_desks_order() -> Iterable[str]:
    return (name for _key, _words, names in wording.grouped() for name in names)
