"""Reads of an agent's agenda: which reminders are due, his steps, what his calendar shows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core import signing
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from pypinyin import lazy_pinyin

from leads import access
from leads.models import Lead, Project, Role, Staff
from leads.queries import Called, called, last_day_of, with_last_day

from ..models import OwnershipPeriod
from .models import CalendarFeed, NextStep

STEPS = (7, 3, 1)
"""So many days before the last one an agent is reminded."""
SALT = "attribution.calendar"
MOST_ENTRIES = 2000
"""A calendar of more would be read by nobody."""
ROOTS = Q(party=None) | Q(party=F("pk"))
"""One lead for each party."""


# ── Reminders ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due: of which client, to whom, until when he is held, which step."""

    lead: int
    agent: int
    last_day: date
    step: int
    left: int

    @property
    def once(self) -> UUID:
        """The same for one period and step, whoever asks and however often."""
        said = f"guishu:lapse:{self.lead}:{self.agent}:{self.last_day.isoformat()}:{self.step}"
        return uuid5(NAMESPACE_URL, said)


def reminders_due(project: Project, now: datetime) -> Iterator[Due]:
    """The reminders of a project's day, the nearest step of each client only. One query.

    A step that falls before the client was held is none: who is held for five days is not reminded
    a week ahead. Where a day was missed, the next step stands in for it.
    """
    today = now.astimezone(project.zone).date()
    began = OwnershipPeriod.objects.filter(lead=OuterRef("pk"), period__contains=now)
    lapsing = Lead.objects.filter(
        ROOTS,
        project=project,
        owner__isnull=False,
        owner__is_active=True,
        valid_until__gte=today,
        valid_until__lte=today + timedelta(days=max(STEPS)),
    ).annotate(began=Subquery(began.values("period__startswith")[:1]))
    rows = with_last_day(lapsing, now).order_by("pk")
    wanted = ("pk", "held_by", "held_until", "began")
    for lead, agent, until, since in rows.values_list(*wanted):
        last_day = last_day_of(until, project)
        if agent is None or last_day is None or not today <= last_day:
            continue
        left = (last_day - today).days
        step = min((step for step in STEPS if left <= step), default=0)
        if step and last_day - timedelta(days=step) > since.astimezone(project.zone).date():
            yield Due(lead, agent, last_day, step, left)


# ── Steps ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Step:
    """A step as a page shows it; `client` only where the agent still holds him."""

    step: NextStep
    client: Called | None

    def overdue(self, today: date) -> bool:
        """Its day has passed."""
        return self.step.due_on is not None and self.step.due_on < today


def steps_of(agent: Staff, project: Project, now: datetime) -> QuerySet[NextStep]:
    """An agent's open steps, the nearest day first, those without a day last.

    `held`: the client is still his at that moment.
    """
    periods = OwnershipPeriod.objects.filter(
        lead=OuterRef("lead"), agent=agent, period__contains=now
    )
    return (
        NextStep.objects.filter(agent=agent, project=project, done_at=None)
        .annotate(held=Exists(periods))
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


def clients_of(steps: Iterable[NextStep]) -> list[Lead]:
    """The clients, by key alone, of these steps of `steps_of`.

    One who has gone to somebody else has no name here any more.
    """
    held = {step.lead_id for step in steps if getattr(step, "held", False) and step.lead_id}
    return [Lead(pk=pk) for pk in sorted(held)]


def shown(steps: Iterable[NextStep], names: Mapping[int, Called] | None = None) -> list[Step]:
    """These steps of `steps_of` with their clients.

    One query, none where none is about a client or where the names of `clients_of` are given.
    """
    found = list(steps)
    held = clients_of(found)
    known = called(held) if names is None else {one.pk: names[one.pk] for one in held}
    return [Step(step, known.get(step.lead_id or 0)) for step in found]


# ── The calendar ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Entry:
    """A day of the calendar: `kind` is lapse or step; `client` as the agent chose to see him."""

    uid: str
    kind: str
    day: date
    client: str
    changed: datetime
    path: str


def token_of(feed: CalendarFeed) -> str:
    """What the address of a feed holds: whose it is and which renewal, signed."""
    return signing.dumps((feed.staff_id, feed.serial), salt=SALT)


def feed_of_token(token: str) -> CalendarFeed | None:
    """The feed of an address; None for one that was renewed, made up, or of somebody who left."""
    try:
        staff, serial = signing.loads(token, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return (
        CalendarFeed.objects.filter(
            staff=staff, serial=serial, staff__is_active=True, staff__role=Role.AGENT
        )
        .select_related("staff")
        .first()
    )


def entries(feed: CalendarFeed, now: datetime) -> list[Entry]:
    """The last days of everybody whom the agent holds, and the days of his steps, in all of his
    projects. Four queries, however many."""
    agent = feed.staff
    projects = {project.pk: project for project in access.projects_of(agent)}
    periods = list(
        OwnershipPeriod.objects.filter(
            Q(lead__party=None) | Q(lead__party=F("lead")),
            agent=agent,
            lead__project__in=projects,
            period__contains=now,
            period__endswith__isnull=False,
        )
        .select_related("lead")
        .order_by("period__endswith", "pk")[:MOST_ENTRIES]
    )
    steps = list(
        NextStep.objects.filter(
            agent=agent, project__in=projects, done_at=None, due_on__isnull=False
        )
        .select_related("lead")
        .order_by("due_on", "pk")[:MOST_ENTRIES]
    )
    held = {period.lead_id for period in periods}
    names: Mapping[int, Called] = {}
    if feed.shows == CalendarFeed.Shows.INITIALS:
        names = called(period.lead for period in periods)
    found = []
    for period in periods:
        project = projects[period.lead.project_id]
        day = last_day_of(period.period.upper, project)
        if day is not None:
            client = _named(period.lead, names)
            path = f"/leads/{period.lead_id}/"
            uid = f"lapse-{period.lead_id}-{agent.pk}"
            found.append(Entry(uid, "lapse", day, client, period.lead.recorded_at, path))
    for step in steps:
        client = _named(step.lead, names) if step.lead and step.lead_id in held else ""
        day = step.due_on
        if day is not None:
            found.append(Entry(f"step-{step.pk}", "step", day, client, step.created_at, "/today/"))
    return found


def _named(lead: Lead, names: Mapping[int, Any]) -> str:
    known = names.get(lead.pk)
    short = "" if known is None else initials(known.name)
    return short or str(lead)


def initials(name: str) -> str:
    """`沈國樑` → `S.G.L.`, `Anna Lee` → `A.L.`; empty where there is nothing to shorten."""
    letters = [
        syllable[0].upper()
        for word in name.split()
        for syllable in (lazy_pinyin(word) if not word.isascii() else [word])
        if syllable[:1].isalpha() and syllable[:1].isascii()
    ]
    return "".join(f"{letter}." for letter in letters[:4])
