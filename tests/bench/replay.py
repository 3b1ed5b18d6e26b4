"""Replays an office's journal: facts streamed from PostgreSQL, folded, every lead decided.

The events are generated straight into the tables by COPY, without doors, decisions or pages: what
is measured is reading and judging. A server-side cursor gives the facts party by party; two
processes take half of the parties each and keep one party at a time. Beside it stands the same loop
without the rules.
"""

import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import groupby
from multiprocessing import get_context
from operator import itemgetter
from random import Random
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

PROCESSES = 2
EACH = 2_000
"""So many rows come from the server at once."""
OPENED = datetime(2025, 1, 6, 1, tzinfo=UTC)
DAYS = 600
FACTS_A_LEAD = 10
LEAD_COLUMNS = ("id", "project_id", "party_id", "contested", "recorded_at")
EVENT_COLUMNS = (
    *("id", "project_id", "lead_id", "kind", "agent_id", "at", "recorded_at", "by_id", "whom_id"),
    *("other_id", "details", "note", "key"),
)


class Measured(NamedTuple):
    """What one process did: leads and facts, how many are owned, seconds, resident kilobytes."""

    leads: int
    facts: int
    owned: int
    seconds: float
    early: int
    """After a tenth of its leads."""
    peak: int


# ── An office's journal ──


class Story:
    """One client from the first reception on, as rows of the journal."""

    def __init__(self, random: Random, lead: int, agents: list[int], linked: int | None) -> None:
        self.random, self.lead, self.agents = random, lead, agents
        self.moment = OPENED + timedelta(minutes=random.randrange(DAYS * 24 * 60))
        self.owner = random.choice(agents)
        self.linked = linked

    def __iter__(self) -> Iterator[dict[str, Any]]:
        first = self.random.choices(("visit", "call", "brochure"), (6, 3, 1))[0]
        if self.random.random() < 0.05:
            yield self.event("register", details={"name": "客人", "traits": "高個子"})
        yield self.event(first, details={"phone_left": True})
        if self.linked is not None:
            details = {"relation": "family", "same_need": True, "price_testing": False}
            yield self.event("link", agent=None, other=self.linked, details=details)
        for _number in range(self.random.randrange(2, 2 * FACTS_A_LEAD - 3)):
            yield self.next()
        if self.random.random() < 0.08:
            yield self.event("deal", details={"unit": str(self.lead), "assisting": False})

    def next(self) -> dict[str, Any]:
        """What happens to a client after his first reception."""
        kind = self.random.choices(
            ("follow_up", "visit", "other", "assist", "notice", "rule"), (60, 14, 8, 9, 8, 1)
        )[0]
        other = self.random.choice(self.agents)
        if kind == "other":
            return self.event("visit", agent=other, details={"phone_left": True})
        if kind == "assist":
            details = {"channel": "visit", "handover": True}
            return self.event("assist", agent=other, whom=self.owner, details=details)
        if kind == "notice":
            return self.event("notice", agent=other)
        if kind == "rule":
            self.owner = other
            return self.event("rule", agent=other)
        reached = self.random.random() < 0.7
        details = {"reached": reached} if kind == "follow_up" else {"phone_left": True}
        return self.event(kind, details=details)

    def event(
        self,
        kind: str,
        *,
        agent: int | None = 0,
        whom: int | None = None,
        other: int | None = None,
        details: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """One row; `agent` 0: the client's own. One in fifty is written down on a later day."""
        at = self.moment
        late = timedelta(hours=30) if self.random.random() < 0.02 else timedelta(minutes=5)
        self.moment = at + late + timedelta(minutes=self.random.randrange(60, 60 * 24 * 14))
        agent = self.owner if agent == 0 else agent
        return {
            "kind": kind,
            "agent_id": agent,
            "by_id": agent or self.owner,
            "at": at,
            "recorded_at": at + late,
            "lead_id": self.lead,
            "whom_id": whom,
            "other_id": other,
            "details": details or {},
            "note": "",
        }


def fill(project: Any, agents: list[int], events: int, seed: int = 7) -> int:
    """Write so many events into the journal by COPY; gives the number of leads."""
    from django.db import connection
    from psycopg.types.json import Jsonb

    random = Random(seed)
    leads: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        first_lead, first_event = _next_key(cursor, "leads_lead"), _next_key(cursor, EVENTS)
        # The keys of leads are known before them: the journal may be copied first.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ALTER TABLE leads_contactevent DISABLE TRIGGER ALL")
        copied = 0
        with cursor.copy(f"COPY {EVENTS} ({', '.join(EVENT_COLUMNS)}) FROM STDIN") as copy:
            while copied < events:
                lead = first_lead + len(leads)
                linked = (
                    lead - 1 if leads and leads[-1][2] is None and random.random() < 0.03 else None
                )
                recorded_at = OPENED
                for row in Story(random, lead, agents, linked):
                    if copied == events:
                        break
                    key = first_event + copied
                    row |= {"id": key, "project_id": project.pk, "key": UUID(int=key)}
                    row["details"] = Jsonb(row["details"])
                    copy.write_row([row[name] for name in EVENT_COLUMNS])
                    recorded_at = row["recorded_at"]
                    copied += 1
                leads.append((lead, project.pk, linked, False, recorded_at))
                if linked is not None:
                    leads[-2] = (*leads[-2][:2], linked, *leads[-2][3:])
        with cursor.copy(f"COPY leads_lead ({', '.join(LEAD_COLUMNS)}) FROM STDIN") as copy:
            for each in leads:
                copy.write_row(each)
        cursor.execute("ALTER TABLE leads_contactevent ENABLE TRIGGER ALL")
        for table in (EVENTS, "leads_lead"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
            )
            cursor.execute(f"VACUUM ANALYZE {table}")
    return len(leads)


EVENTS = "leads_contactevent"


def _next_key(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")  # noqa: S608
    return int(cursor.fetchone()[0])


# ── Reading and judging it ──


def parties(project: Any, first: int, last: int) -> Iterator[list[Any]]:
    """The facts of each party whose first lead lies between these keys, one party at a time."""
    from django.db import transaction
    from django.db.models.functions import Coalesce

    from attribution import timelines
    from leads.models import ContactEvent

    zone = project.zone
    rows = (
        ContactEvent.objects.filter(project=project)
        .annotate(root=Coalesce("lead__party_id", "lead_id"))
        .filter(root__gte=first, root__lte=last)
        .order_by("root", "recorded_at", "id")
        .values_list("root", *timelines.COLUMNS)
    )
    with transaction.atomic():
        for _root, party in groupby(rows.iterator(chunk_size=EACH), itemgetter(0)):
            yield [timelines.fact_of(timelines.Row(*row[1:]), zone) for row in party]


def read_only(project: Any, facts: list[Any]) -> int:
    """What any answer must at least do: look at every fact."""
    return sum(1 for fact in facts if fact.recorded < fact.at)


def judge(project: Any, facts: list[Any]) -> int:
    """Fold the facts of a party and decide each of its leads; how many of them are owned."""
    from attribution import timelines
    from attribution.policy.engine import Fold, known
    from attribution.policy.facts import in_order

    rules = timelines.rules_of(project)
    asof = facts[-1].recorded
    fold = Fold(rules.policy)
    for fact in known(in_order([*rules.facts, *facts]), asof):
        fold.apply(fact)
    leads = {fact.lead for fact in facts}
    return sum(fold.decision(lead, asof).owner is not None for lead in leads)


ACTS: dict[str, Callable[[Any, list[Any]], int]] = {"read": read_only, "judge": judge}


def go_through(name: str, project_id: int, first: int, last: int) -> Measured:
    """Let one process go through its parties."""
    from leads.models import Project

    project = Project.objects.get(pk=project_id)
    act = ACTS[name]
    leads = facts = owned = early = 0
    began = perf_counter()
    for party in parties(project, first, last):
        owned += act(project, party)
        leads += 1
        facts += len(party)
        if not early and leads * 10 >= last - first:
            early = _resident()
    return Measured(leads, facts, owned, perf_counter() - began, early, _resident())


def _resident() -> int:
    """The greatest resident size of this process so far, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _ready() -> None:
    """A process begins: it knows the settings and nothing of the one that started it."""
    import django

    django.setup()


def on_two_processes(name: str, project: Any, leads: int) -> tuple[float, list[Measured]]:
    """The seconds that both took together, and what each did."""
    from leads.models import Lead

    first = Lead.objects.filter(project=project).order_by("pk").values_list("pk", flat=True)[0]
    middle = first + leads // PROCESSES
    halves = [(first, middle), (middle + 1, first + leads - 1)]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _ready) as pool:
        # Starting a process is not what is measured.
        list(pool.map(_resident_of, range(PROCESSES)))
        began = perf_counter()
        done = [pool.submit(go_through, name, project.pk, *half) for half in halves]
        found = [each.result() for each in done]
        return perf_counter() - began, found


def _resident_of(_number: int) -> int:
    return _resident()


def report(events: int, say: Callable[[str], object]) -> None:
    """Generate an office's events, replay them, and print time, ratio and memory."""
    from tests.factories import ProjectFactory, StaffFactory

    project = ProjectFactory(name="重播")
    agents = [StaffFactory(project=project).pk for _ in range(24)]
    began = perf_counter()
    leads = fill(project, agents, events)
    say(f"\nreplay of {events:,} events of {leads:,} clients, on {PROCESSES} processes")
    say(f"  generated and copied in {perf_counter() - began:.1f} s")
    taken: dict[str, float] = {}
    for name, words in (("read", "only reading the facts"), ("judge", "folded and decided")):
        taken[name], done = on_two_processes(name, project, leads)
        facts = sum(each.facts for each in done)
        assert facts == events, f"{facts} of {events} facts were read"
        say(
            f"  {words:>24}: {taken[name]:7.1f} s  {taken[name] / events * 1e6:6.1f} µs an event"
            f"  peak {max(each.peak for each in done) / 1024:.0f} MiB a process"
            f" ({max(each.early for each in done) / 1024:.0f} MiB after a tenth)"
        )
    owned = sum(each.owned for each in done)
    say(f"  {taken['judge'] / taken['read']:.2f} × reading them; {owned:,} clients are owned")
    say("  aim: a million events in less than three minutes, memory flat")
