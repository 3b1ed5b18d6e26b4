"""Rows → facts: the only translator between the journal and the rule core."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from leads.models import ContactEvent, Kind, Lead, Project

from .models import PolicyVersion
from .policy.facts import (
    Assignment,
    Assist,
    Channel,
    Complaint,
    Deal,
    Departure,
    Fact,
    FollowUp,
    Link,
    Notice,
    PolicyChange,
    ProxyEntry,
    Reception,
    Registration,
    Ruling,
    TakenBack,
    in_order,
)
from .policy.parameters import Policy, policy

COLUMNS = (
    "id",
    "lead_id",
    "kind",
    "agent_id",
    "at",
    "recorded_at",
    "whom_id",
    "asked_for_id",
    "known_to_id",
    "steered_by_id",
    "turn_of_id",
    "other_id",
    "refers_id",
    "details",
)


CHANNELS: Mapping[str, Channel] = {
    Kind.CALL: "call",
    Kind.ONLINE: "online",
    Kind.REPORT: "report",
}
"""Which way a client came, by the kind of the event; all others are visits."""


class Row(NamedTuple):
    """One event, as read for the rules."""

    id: int
    lead: int
    kind: str
    agent: int
    at: datetime
    recorded: datetime
    whom: int
    asked_for: int | None
    known_to: int | None
    steered_by: int | None
    turn_of: int | None
    other: int
    refers: int
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that the engine needs to know about one party."""

    facts: tuple[Fact, ...]
    policy: Policy
    version_id: int
    """The policy version in force for the last fact."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A project's policy versions and departures, as facts. Read once per stamp and process."""

    policy: Policy
    versions: tuple[tuple[datetime, int], ...]
    """From when each version counts, and its key, in that order; the first counts from ever."""
    facts: tuple[Fact, ...]

    def version_at(self, moment: datetime) -> int:
        """The key of the version in force at a moment."""
        found = self.versions[0][1]
        for since, key in self.versions[1:]:
            if since <= moment:
                found = key
        return found


_rules: dict[int, tuple[UUID, Rules]] = {}


def rules_of(project: Project) -> Rules:
    """The project's rules; read anew when its stamp is another."""
    cached = _rules.get(project.pk)
    if cached is not None and cached[0] == project.stamp:
        return cached[1]
    rules = _read_rules(project)
    _rules[project.pk] = (project.stamp, rules)
    return rules


def _read_rules(project: Project) -> Rules:
    zone = project.zone
    versions = list(
        PolicyVersion.objects.filter(project=project)
        .order_by("recorded_at", "id")
        .values_list("id", "preset", "settings", "effective_from", "recorded_at")
    )
    if not versions:
        raise PolicyVersion.DoesNotExist(f"project {project.pk} has no policy")
    facts: list[Fact] = []
    first = versions[0]
    for key, preset, settings, since, recorded in versions[1:]:
        facts.append(
            PolicyChange(
                id=f"policy-{key}",
                at=since.astimezone(zone),
                recorded=recorded.astimezone(zone),
                preset=preset,
                settings=settings,
            )
        )
    departures = ContactEvent.objects.filter(project=project, kind=Kind.DEPARTURE)
    facts += _facts(departures, zone)
    return Rules(
        policy=policy(first[1], first[2]),
        versions=((first[3], first[0]), *sorted((v[3], v[0]) for v in versions[1:])),
        facts=tuple(facts),
    )


def of_first(event: ContactEvent, project: Project) -> Timeline:
    """The timeline of a lead whose very first event this is, without reading it back."""
    rules = rules_of(project)
    row = Row(*(getattr(event, name) for name in COLUMNS))
    facts = tuple(in_order([*rules.facts, fact_of(row, project.zone)]))
    return Timeline(facts, rules.policy, rules.version_at(facts[-1].at))


def of_party(members: Iterable[Lead], project: Project) -> Timeline:
    """The facts of a party, of the clients who brought it, and the project's rules.

    One query; one more for each generation of clients who brought it.
    """
    rules = rules_of(project)
    zone = project.zone
    wanted = {lead.pk for lead in members}
    facts: list[Fact] = list(rules.facts)
    seen: set[int] = set()
    read: set[object] = set()
    while wanted:
        seen |= wanted
        # A link belongs to both sides: the second side brings it again.
        found = [fact for fact in _facts(_events_of(wanted), zone) if fact.id not in read]
        read |= {fact.id for fact in found}
        facts += found
        wanted = {
            name
            for fact in found
            for name in (
                getattr(fact, "lead", None),
                getattr(fact, "brought_by", None),
                getattr(fact, "other", None),
            )
            if isinstance(name, int) and name not in seen
        }
    ordered = tuple(in_order(facts))
    last = ordered[-1].at if ordered else None
    version = rules.versions[-1][1] if last is None else rules.version_at(last)
    return Timeline(ordered, rules.policy, version)


def _events_of(leads: set[int]) -> QuerySet[ContactEvent]:
    if len(leads) == 1:
        (only,) = leads
        return ContactEvent.objects.filter(Q(lead_id=only) | Q(other_id=only, kind=Kind.LINK))
    return ContactEvent.objects.filter(Q(lead_id__in=leads) | Q(other_id__in=leads, kind=Kind.LINK))


def _facts(events: QuerySet[ContactEvent], zone: ZoneInfo) -> list[Fact]:
    rows = events.order_by("recorded_at", "id").values_list(*COLUMNS)
    return [fact_of(Row(*row), zone) for row in rows]


def fact_of(row: Row, zone: ZoneInfo) -> Fact:
    """One event as a fact, in the office's time."""
    details = row.details
    times: dict[str, Any] = {
        "id": row.id,
        "at": row.at.astimezone(zone),
        "recorded": row.recorded.astimezone(zone),
    }
    lead = {**times, "lead": row.lead}
    match row.kind:
        case Kind.CALL | Kind.VISIT | Kind.BROCHURE | Kind.ONLINE | Kind.REPORT:
            return Reception(
                **lead,
                agent=row.agent,
                channel=CHANNELS.get(row.kind, "visit"),
                asked_for=row.asked_for,
                brought_by=row.other,
                known_to=row.known_to,
                steered_by=row.steered_by,
                turn_of=row.turn_of,
                enquiry=details.get("enquiry", True),
                registered=details.get("registered", True),
                phone_left=details.get("phone_left", False),
                brochure_only=row.kind == Kind.BROCHURE,
                fields=frozenset(details["fields"]) if "fields" in details else None,
            )
        case Kind.ASSIST:
            return Assist(
                **lead,
                agent=row.agent,
                owner=row.whom,
                channel=details.get("channel", "visit"),
                handover=details.get("handover", True),
                delegated=details.get("delegated"),
            )
        case Kind.FOLLOW_UP:
            return FollowUp(
                **lead,
                agent=row.agent,
                on_behalf_of=row.whom,
                reached=details.get("reached", True),
            )
        case Kind.REGISTRATION:
            return Registration(**lead, agent=row.agent, traits=details.get("traits", ""))
        case Kind.PROXY:
            return ProxyEntry(
                **lead,
                agent=row.agent,
                circumstances=details.get("circumstances", ""),
                acknowledged=details.get("acknowledged", False),
            )
        case Kind.NOTICE:
            return Notice(**lead, agent=row.agent)
        case Kind.LINK:
            return Link(
                **lead,
                other=row.other,
                relation=details["relation"],
                same_need=details.get("same_need", True),
                price_testing=details.get("price_testing", False),
            )
        case Kind.TAKEN_BACK:
            return TakenBack(**times, of=row.refers)
        case Kind.DEPARTURE:
            return Departure(**times, agent=row.agent)
        case Kind.ASSIGNMENT:
            return Assignment(**lead, to=row.agent)
        case Kind.COMPLAINT:
            return Complaint(
                **lead,
                about=row.whom,
                finding=details.get("finding", "open"),
                to=row.agent,
                shares=_shares(details),
            )
        case Kind.RULING:
            return Ruling(**lead, owner=row.agent, shares=_shares(details))
        case Kind.DEAL:
            return Deal(**lead, agent=row.agent, assisting=details.get("assisting", False))
        case _:
            raise ValueError(f"event {row.id}: unknown kind {row.kind}")


def _shares(details: Mapping[str, Any]) -> dict[int | str, int]:
    """JSON keeps keys as text; agents are numbers."""
    return {int(agent): percent for agent, percent in details.get("shares", {}).items()}
