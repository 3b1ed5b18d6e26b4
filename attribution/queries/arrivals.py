"""Who of those registered beforehand may be standing at the counter: by name, shown by traits."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import salted_hmac

from leads import queries as lead_queries
from leads.models import Lead, Project, Staff

from .. import timelines
from ..policy.engine import Fold, known
from .enquiry import HYPOTHESIS

OFFERED = 5


@dataclass(frozen=True, slots=True)
class Arrival:
    """A registered person of that name: what he is known by, never by whom."""

    lead: Lead
    traits: str
    token: str
    """Stands for the person in the form, for one agent alone."""


def expected(project: Project, agent: Staff, name: str, *, now: datetime) -> list[Arrival]:
    """The people of that very name who were registered and are awaited. Two queries, found or not.

    Whose they are decides the policy: an entry that gives nothing is not offered.
    """
    entries = list(lead_queries.awaited(project, name).order_by("pk")[:OFFERED])
    leads = [entry.lead for entry in entries if entry.lead is not None]
    timeline = timelines.of_party(leads or [Lead(pk=HYPOTHESIS)], project)
    moment = max([now, *(lead.recorded_at for lead in leads)]).astimezone(project.zone)
    fold = Fold(timeline.policy)
    for fact in known(timeline.facts, moment):
        fold.apply(fact)
    found = []
    for entry in entries:
        lead = entry.lead
        assert lead is not None
        holder = fold.decision(lead.pk, moment).owner_claim
        if holder is not None and holder.awaits_arrival and holder.fact == entry.pk:
            lead.project = project
            found.append(Arrival(lead, entry.details.get("traits", ""), _token(agent, lead)))
    return found


def _token(agent: Staff, lead: Lead) -> str:
    return salted_hmac("guishu.arrival", f"{agent.pk}:{lead.pk}").hexdigest()
