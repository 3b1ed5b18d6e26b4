"""The rows that detectors look at, of some parties and of whoever is joined to them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from attribution.models import Answer, Decision, OwnershipPeriod
from leads.board.queries.fairness import Turn, turns_between
from leads.models import INBOUND, Arrival, ContactEvent, Kind, Lead, Project

from .. import sources
from ..rows import Entry, Greeting, Rows, Sale, Stay, Tenure, Told
from ..ties import Net
from .bonds import root, ties_of

HORIZON = timedelta(days=180)
"""How far back papers and units are looked at."""
HABITS = timedelta(days=35)
"""So much of an agent's work tells how he works; a month of follow-ups lies in it."""
TELLING = (Answer.State.PROTECTED, Answer.State.KNOWN, Answer.State.REVIEW)
GIVEN = (Kind.RULING, Kind.ASSIGNMENT)


def changed_parties(project: Project, since: datetime) -> list[int]:
    """The parties of whom anything was recorded since a moment, by their keys."""
    leads = Lead.objects.filter(project=project)
    mine = leads.filter(recorded_at__gte=since).annotate(root=Coalesce("party", "pk"))
    found = set(mine.values_list("root", flat=True))
    lent = leads.filter(pk__in=sources.changed(project, since))
    found.update(lent.annotate(root=Coalesce("party", "pk")).values_list("root", flat=True))
    return sorted(found)


def rows_about(project: Project, parties: Collection[int], *, now: datetime) -> Rows:
    """Everything about these parties, about those who are joined to them, and about how the
    agents who received them work. Times are those of the office. A dozen queries."""
    paperwork = sources.read(project, now - HORIZON)
    net_of_all = ties_of(project, paperwork.papers)
    net, near = Net(net_of_all), set(parties)
    for party in parties:
        near.update(path.parties[-1] for path in net.paths(party))
    of_near = Q(lead__in=near) | Q(lead__party__in=near)
    events = ContactEvent.objects.filter(of_near, project=project)
    entries = list(_entries(project, events))
    agents = {entry.agent for entry in entries if entry.party in set(parties)}
    known = {entry.fact for entry in entries}
    habits = ContactEvent.objects.filter(
        project=project, agent__in=agents, recorded_at__gte=now - HABITS
    )
    entries += [entry for entry in _entries(project, habits) if entry.fact not in known]
    return Rows(
        asof=now.astimezone(project.zone),
        entries=tuple(entries),
        told=tuple(_told(project, events, near)),
        tenures=tuple(_tenures(project, of_near, events)),
        ties=tuple(tie for tie in net_of_all if {tie.one, tie.two} <= near),
        sales=tuple(_sales(project, events, paperwork.cancelled)),
        stays=tuple(_stays(project, paperwork.stays, near)),
        renamings=tuple(
            replace(one, at=one.at.astimezone(project.zone))
            for one in paperwork.renamings
            if one.party in near
        ),
    )


def rows_of_counter(project: Project, *, now: datetime) -> Rows:
    """The groups that came in this quarter and the one before it. Six queries."""
    today = now.astimezone(project.zone).date()
    turns = turns_between(project, _quarter_before(today), today)
    return Rows(
        asof=now.astimezone(project.zone),
        greetings=tuple(_greeting(turn) for turn in turns),
    )


def _quarter_before(day: date) -> date:
    """The first day of the quarter before the one in which a day lies."""
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    before = first - timedelta(days=1)
    return before.replace(month=(before.month - 1) // 3 * 3 + 1, day=1)


def _greeting(turn: Turn) -> Greeting:
    return Greeting(
        arrival=turn.arrival,
        day=turn.day,
        greeter=turn.greeter,
        agent=turn.agent,
        on_duty=turn.on_duty,
        named=turn.named,
        steered=turn.steered,
        fact=turn.event,
        party=turn.party,
    )


def _entries(project: Project, events: QuerySet[ContactEvent]) -> Iterator[Entry]:
    before = Decision.objects.filter(lead=OuterRef("lead"), event__lt=OuterRef("pk"))
    last = before.order_by("-pk")
    seen = Arrival.objects.filter(reception_key=OuterRef("key"))
    found = (
        events.filter(kind__in=(*INBOUND, Kind.FOLLOW_UP), agent__isnull=False)
        .annotate(
            root=root(),
            seen=Exists(seen),
            owner_before=Subquery(last.values("owner")[:1]),
            until_before=Subquery(last.values("valid_until")[:1]),
        )
        .order_by("at", "pk")
    )
    for one in found.iterator(chunk_size=2000):
        ends = None
        if one.kind == Kind.FOLLOW_UP and one.until_before and one.owner_before == one.agent_id:
            after = one.until_before + timedelta(days=1)
            ends = datetime.combine(after, time.min, tzinfo=project.zone)
        yield Entry(
            fact=one.pk,
            party=one.root,
            kind=one.kind,
            agent=one.agent_id or 0,
            at=one.at.astimezone(project.zone),
            recorded=one.recorded_at.astimezone(project.zone),
            text=one.note,
            reached=bool(one.details.get("reached", True)),
            ends=ends,
            witnessed=one.seen,
        )


def _told(
    project: Project, events: QuerySet[ContactEvent], near: Collection[int]
) -> Iterator[Told]:
    """Notices, receptions for the owner, and answers of the enquiry."""
    mine = Q(lead__in=near) | Q(lead__party__in=near)
    answers = Answer.objects.filter(mine, project=project, state__in=TELLING)
    rows = answers.annotate(root=root()).values_list("root", "agent", "at", "notice")
    asked = {notice for *_rest, notice in rows if notice is not None}
    written = set()
    notices = events.filter(kind__in=(Kind.NOTICE, Kind.ASSIST), agent__isnull=False)
    for one in notices.annotate(root=root()):
        written.add(one.key)
        how = "enquiry" if one.key in asked else one.kind
        yield Told(one.root, one.agent_id or 0, one.at.astimezone(project.zone), how, one.pk)
    for party, agent, at, notice in rows:
        if notice is None or notice not in written:
            yield Told(party, agent, at.astimezone(project.zone), "enquiry")


def _tenures(project: Project, mine: Q, events: QuerySet[ContactEvent]) -> Iterator[Tenure]:
    """Periods of ownership; those of one agent that follow each other are one."""
    given = [
        (one.root, one.agent_id, one.recorded_at)
        for one in events.filter(kind__in=GIVEN).annotate(root=root())
    ]
    periods = OwnershipPeriod.objects.filter(mine).annotate(root=root())
    last: Tenure | None = None
    for one in periods.order_by("root", "agent", "period"):
        since = one.period.lower.astimezone(project.zone)
        until = None if one.period.upper is None else one.period.upper.astimezone(project.zone)
        same = last is not None and (last.party, last.agent) == (one.root, one.agent_id)
        if last is not None and same and (last.until is None or since <= last.until):
            longest = None if last.until is None or until is None else max(last.until, until)
            last = replace(last, until=longest)
            continue
        if last is not None:
            yield _given(last, given)
        last = Tenure(one.root, one.agent_id, since, until)
    if last is not None:
        yield _given(last, given)


def _given(tenure: Tenure, given: Iterable[tuple[int, int | None, datetime]]) -> Tenure:
    """The right, with the moment when a person gave it, if one did."""
    moments = [
        at
        for party, agent, at in given
        if (party, agent) == (tenure.party, tenure.agent)
        and tenure.since <= at
        and (tenure.until is None or at <= tenure.until)
    ]
    return replace(tenure, given=min(moments, default=None))


def _sales(
    project: Project, events: QuerySet[ContactEvent], cancelled: Collection[int]
) -> Iterator[Sale]:
    for one in events.filter(kind=Kind.DEAL, agent__isnull=False).annotate(root=root()):
        yield Sale(
            fact=one.pk,
            party=one.root,
            agent=one.agent_id or 0,
            at=one.at.astimezone(project.zone),
            assisting=bool(one.details.get("assisting")),
            cancelled=one.pk in cancelled,
        )


def _stays(project: Project, stays: Iterable[Stay], near: Collection[int]) -> Iterator[Stay]:
    """Who had the units which these parties had: all of each unit's stays."""
    stays = list(stays)
    units = {stay.unit for stay in stays if stay.party in near}
    for stay in stays:
        if stay.unit in units:
            yield replace(
                stay,
                at=stay.at.astimezone(project.zone),
                until=None if stay.until is None else stay.until.astimezone(project.zone),
            )
