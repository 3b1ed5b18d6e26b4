"""The state in which an effect was shown: signed is only what was seen."""

from datetime import datetime
from hashlib import sha256

from django.db.models import Max, Q

from .models import ContactEvent, Kind, Lead, Project


def of_link(
    one: Lead,
    two: Lead,
    *,
    now: datetime,
    relation: str = "",
    same_need: bool = True,
    price_testing: bool = False,
    link: int | None = None,
) -> str:
    """A word for everything on which the effect of a link, or of taking one back, rests.

    It is another one as soon as anything was recorded about either party or about whom they came
    by, as soon as a right may have lapsed, and after a change of policy. Give the leads with their
    project.
    """
    leads, latest = _story({one.pk, two.pk, one.root_id, two.root_id})
    stamp = Project.objects.values_list("stamp", flat=True).get(pk=one.project_id)
    terms = [link] if link is not None else [relation, same_need, price_testing]
    day = now.astimezone(one.project.zone).date()
    said = [sorted(leads), latest, stamp.hex, day.isoformat(), sorted((one.pk, two.pk)), *terms]
    return sha256(repr(said).encode()).hexdigest()[:32]


def _story(leads: set[int]) -> tuple[set[int], int]:
    """The clients on whose facts a decision about these rests, and the latest of those facts."""
    known: set[int] = set()
    fresh = leads
    while fresh:
        known |= fresh
        party = Lead.objects.filter(Q(pk__in=fresh) | Q(party__in=fresh))
        named = ContactEvent.objects.filter(
            Q(lead__in=fresh) | Q(other__in=fresh, kind=Kind.LINK)
        ).filter(other__isnull=False)
        near = {pk for pair in party.values_list("pk", "party_id") for pk in pair if pk}
        near |= {pk for pair in named.values_list("lead_id", "other_id") for pk in pair if pk}
        fresh = near - known
    about = ContactEvent.objects.filter(Q(lead__in=known) | Q(other__in=known))
    return known, about.aggregate(latest=Max("pk"))["latest"] or 0
