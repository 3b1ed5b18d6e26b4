"""Reads of departures: who works here and who left, and what a leaver's clients are like."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from attribution.agenda.models import NextStep
from attribution.models import OwnershipPeriod
from leads.models import RECEPTIONS, Assignment, ContactEvent, Kind, Lead, Project, Role, Staff
from leads.queries import Called, called, last_day_of, with_last_day

from ..models import Case, CaseKind, Party
from .sharing import Charge, Warmth, share_out, warmth_of

ROOTS = Q(lead__party=None) | Q(lead__party=F("lead"))
"""One lead for each party."""
IN_TOUCH = Q(kind__in=RECEPTIONS) | Q(kind=Kind.FOLLOW_UP, details__reached=True)
NOT_FINISHED = Q(handed_over_at=None, cancelled_at=None)
"""Of deals: neither handed over nor cancelled."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client of somebody who leaves, as the manager sees him when he places him.

    `state`: registered (beforehand, has not come), signed, protected or placed; `holder`: who has
    him now, once the agent has left; `cases`: what is open about him, departures apart.
    """

    lead: Lead
    called: Called
    state: str
    warmth: Warmth
    last_contact: datetime | None
    last_day: date | None
    proxies: int
    deals: int
    steps: int
    cases: tuple[Case, ...]
    holder: int | None
    sold_since: bool
    """Somebody sold to him after he was placed: he is that agent's now."""

    @property
    def contested(self) -> bool:
        """A person must decide a case about him first; placing him here would take it away."""
        return any(case.holds for case in self.cases)

    @property
    def may_be_placed(self) -> bool:
        """Can the manager place him here?"""
        return not self.contested and not self.sold_since


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent who may take clients of a project over, and how many he holds there."""

    staff: Staff
    burden: int


@dataclass(frozen=True, slots=True)
class Handover:
    """Everything that the wizard shows of one leaver: his clients, the nearest first, and those who
    may take them, by project."""

    leaver: Staff
    projects: Sequence[Project]
    clients: Sequence[Client]
    colleagues: Mapping[int, Sequence[Colleague]]
    asked: Case | None
    """The case by whose ruling he leaves, where one was named."""

    @property
    def has_left(self) -> bool:
        """He left before; his clients may be placed again."""
        return self.leaver.departed_at is not None

    @property
    def seen(self) -> str:
        """A word for what is placed: another one as soon as a client came, went or is contested."""
        said = [self.has_left, *sorted((c.lead.pk, c.holder or 0, c.may_be_placed)
                                       for c in self.clients)]  # fmt: skip
        return sha256(repr(said).encode()).hexdigest()[:32]

    def proposal(self, among: Collection[int] | None = None) -> dict[int, int]:
        """A fair share for each colleague, or for those of `among`: client → agent.

        Whoever was placed already stays where he is.
        """
        found: dict[int, int] = {}
        for project in self.projects:
            burdens = {
                one.staff.pk: one.burden
                for one in self.colleagues.get(project.pk, ())
                if among is None or one.staff.pk in among
            }
            charges = [
                Charge(client.lead.pk, client.warmth)
                for client in self.clients
                if client.lead.project_id == project.pk
                and client.may_be_placed
                and client.holder is None
            ]
            found |= share_out(charges, burdens)
        return found

    def may_take(self, client: Client) -> Sequence[Colleague]:
        """Those who work in the client's project."""
        return self.colleagues.get(client.lead.project_id, ())


# ── Who leaves ─────────────────────────────────────────────────────────────────────────────────


def agents_with_clients(project: Project, now: datetime) -> QuerySet[Staff]:
    """The agents of a project, those who work here first; `held`: how many clients each holds;
    `waiting`: how many clients of one who left still wait for the manager. One query.
    """
    waiting = Case.objects.filter(
        project=project,
        kind=CaseKind.DEPARTURE,
        state=Case.State.OPEN,
        opened_by__agent=OuterRef("pk"),
    )
    return (
        Staff.objects.filter(projects=project, role=Role.AGENT)
        .annotate(
            held=_count(_held_now(now).filter(lead__project=project), "agent"),
            waiting=Coalesce(
                Subquery(
                    waiting.order_by()
                    .values("opened_by__agent")
                    .annotate(number=Count("pk"))
                    .values("number")
                ),
                0,
            ),
        )
        .order_by(F("departed_at").desc(nulls_first=True), "name", "pk")
    )


def leaver_with(pk: int) -> Staff | None:
    """An agent with what stands beside his clients; None if there is no such agent. One query.

    `places`: keys of his projects; `undone_duties`: obligatory receptions not handed over;
    `loose_steps`: steps about no client; `stakes`: open cases to which he is a party; `left_at`:
    when his departure was recorded.
    """
    undone = ContactEvent.objects.filter(
        agent=OuterRef("pk"), kind=Kind.ASSIST, details__handover=False
    )
    steps = NextStep.objects.filter(agent=OuterRef("pk"), done_at=None, lead=None)
    stakes = Party.objects.filter(staff=OuterRef("pk"), case__state=Case.State.OPEN)
    left = ContactEvent.objects.filter(agent=OuterRef("pk"), kind=Kind.DEPARTURE)
    return (
        Staff.objects.filter(pk=pk, role=Role.AGENT)
        .annotate(
            places=ArrayAgg("projects", filter=Q(projects__isnull=False), default=[]),
            undone_duties=_count(undone, "agent"),
            loose_steps=_count(steps, "agent"),
            stakes=_count(stakes, "staff"),
            left_at=Subquery(left.order_by("recorded_at").values("recorded_at")[:1]),
        )
        .first()
    )


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    own = {by: OuterRef("pk")}
    return Coalesce(Subquery(counted.filter(**own)), 0, output_field=IntegerField())


def _held_now(now: datetime) -> QuerySet[OwnershipPeriod]:
    return OwnershipPeriod.objects.filter(ROOTS, period__contains=now)


# ── His clients ────────────────────────────────────────────────────────────────────────────────


def handover_of(
    leaver: Staff,
    projects: Sequence[Project],
    now: datetime,
    *,
    left_at: datetime | None,
    case: int | None = None,
) -> Handover:
    """The clients of a leaver in these projects, and who may take them. Six queries, however many.

    `left_at`: when his departure was recorded; None while he works here. `case`: one that led to
    it, shown if it is of these projects.
    """
    here = {project.pk: project for project in projects}
    leads = _leads_of(leaver, here, now, left_at)
    members = {lead.pk: lead.root_id for lead in leads}
    roots = [lead for lead in leads if lead.root_id == lead.pk]
    told = _told(members, leaver)
    cases = list(
        Case.objects.filter(
            Q(lead__in=members, state=Case.State.OPEN) | Q(pk=case, project__in=here)
        ).order_by("due_at", "pk")
    )
    names = called(roots)
    clients = []
    for lead in roots:
        known = told.get(lead.pk, _Told())
        family = [one for one in leads if one.root_id == lead.pk]
        client = _client(lead, family, known, names[lead.pk], members, cases, now, left_at)
        if client is not None:
            clients.append(client)
    clients.sort(key=lambda one: (not one.may_be_placed, one.warmth, one.last_day is None,
                                  one.last_day or date.max, one.lead.pk))  # fmt: skip
    return Handover(
        leaver,
        projects,
        clients,
        _colleagues(leaver, projects, now),
        next((one for one in cases if one.pk == case), None),
    )


def _leads_of(
    leaver: Staff, here: Mapping[int, Project], now: datetime, left_at: datetime | None
) -> list[Lead]:
    """Every lead of the parties that he holds, or held when he left, with what is asked of each."""
    held = OwnershipPeriod.objects.filter(ROOTS, agent=leaver, lead__project__in=here)
    held = (
        held.filter(period__contains=now)
        if left_at is None
        else held.filter(period__endswith__gte=left_at)
    )
    roots = held.values("lead")
    placed = ContactEvent.objects.filter(
        lead=OuterRef("pk"), kind=Kind.ASSIGNMENT, details__leaver=leaver.pk
    ).order_by("-recorded_at", "-pk")
    deals = Lead._meta.get_field("deals").related_model.objects.filter(  # type: ignore[union-attr]
        NOT_FINISHED
    )
    steps = NextStep.objects.filter(agent=leaver, done_at=None)
    found: list[Lead] = list(
        with_last_day(Lead.objects.filter(Q(pk__in=roots) | Q(party__in=roots)), now)
        .annotate(
            placed_with=Subquery(placed.values("agent")[:1]),
            placed_at=Subquery(placed.values("recorded_at")[:1]),
            deals_open=_count(deals, "lead"),
            steps_open=_count(steps, "lead"),
        )
        .order_by("pk")
    )
    for lead in found:
        lead.project = here[lead.project_id]
    return found


@dataclass(slots=True)
class _Told:
    """What the journal says of a party."""

    last: datetime | None = None
    came: int = 0
    registered: int = 0
    proxies: int = 0
    sold: datetime | None = None

    def add(self, row: Mapping[str, Any]) -> None:
        self.last = max(filter(None, (self.last, row["last"])), default=None)
        self.sold = max(filter(None, (self.sold, row["sold"])), default=None)
        self.came += row["came"]
        self.registered += row["registered"]
        self.proxies += row["proxies"]


def _told(members: Mapping[int, int], leaver: Staff) -> dict[int, _Told]:
    rows = (
        ContactEvent.objects.filter(lead__in=members)
        .values("lead_id")
        .annotate(
            last=Max("at", filter=IN_TOUCH),
            came=Count("pk", filter=Q(kind__in=RECEPTIONS)),
            registered=Count("pk", filter=Q(kind=Kind.REGISTRATION, agent=leaver)),
            proxies=Count("pk", filter=Q(kind=Kind.PROXY, agent=leaver, refers=None)),
            sold=Max("recorded_at", filter=Q(kind=Kind.DEAL)),
        )
    )
    found: dict[int, _Told] = {}
    for row in rows:
        found.setdefault(members[row["lead_id"]], _Told()).add(row)
    return found


def _client(
    lead: Lead,
    family: Sequence[Lead],
    told: _Told,
    name: Called,
    members: Mapping[int, int],
    cases: Iterable[Case],
    now: datetime,
    left_at: datetime | None,
) -> Client | None:
    """One party; None if he has gone another way since the leaver's time."""
    about = [case for case in cases if members.get(case.lead_id) == lead.pk and case.is_open]
    held_by: int | None = lead.held_by  # type: ignore[attr-defined]
    waits = any(case.kind == CaseKind.DEPARTURE for case in about)
    # A party may have been placed by any of its names.
    placed = max(
        (one for one in family if one.placed_at),  # type: ignore[attr-defined]
        key=lambda one: one.placed_at,  # type: ignore[attr-defined]
        default=None,
    )
    placed_with = None if placed is None else placed.placed_with  # type: ignore[attr-defined]
    placed_at = None if placed is None else placed.placed_at  # type: ignore[attr-defined]
    if left_at is not None and not waits and (held_by is None or held_by != placed_with):
        return None
    state = "protected"
    if left_at is not None:
        state = "waiting" if waits else "placed"
    elif told.sold is not None:
        state = "signed"
    elif told.registered and not told.came:
        state = "registered"
    project = lead.project
    last = None if told.last is None else told.last.astimezone(project.zone)
    return Client(
        lead=lead,
        called=name,
        state=state,
        warmth=warmth_of(
            None if last is None else last.date(),
            now.astimezone(project.zone).date(),
            signed=told.sold is not None,
        ),
        last_contact=last,
        last_day=last_day_of(lead.held_until, project),  # type: ignore[attr-defined]
        proxies=told.proxies,
        deals=sum(one.deals_open for one in family),  # type: ignore[attr-defined]
        steps=sum(one.steps_open for one in family),  # type: ignore[attr-defined]
        cases=tuple(case for case in about if case.kind != CaseKind.DEPARTURE),
        holder=None if left_at is None or waits else held_by,
        sold_since=bool(left_at and placed_at and told.sold and told.sold > placed_at),
    )


def _colleagues(
    leaver: Staff, projects: Sequence[Project], now: datetime
) -> dict[int, list[Colleague]]:
    """Who may take clients over, by project, as `access.agents_of` has them. One query."""
    held = _held_now(now).filter(lead__project=OuterRef("project"), agent=OuterRef("staff"))
    rows = (
        Assignment.objects.filter(
            project__in=projects,
            staff__role=Role.AGENT,
            staff__departed_at=None,
            staff__is_active=True,
        )
        .exclude(staff=leaver)
        .select_related("staff")
        .annotate(
            burden=Coalesce(
                Subquery(
                    held.order_by().values("agent").annotate(number=Count("pk")).values("number")
                ),
                0,
            )
        )
        .order_by("staff__name", "staff_id")
    )
    found: dict[int, list[Colleague]] = {}
    for row in rows:
        found.setdefault(row.project_id, []).append(Colleague(row.staff, row.burden))
    return found
