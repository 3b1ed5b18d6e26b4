"""A ledger of many entries: how long its report takes on screen, and as a workbook.

The deals are copies of one that came through the doors, with agents, months, sources, clauses and
amounts of their own; each has the six entries of a commission accrued, released and paid.
"""

import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from commissions import exports, recompute
from commissions.models import Deal, Entry, Line, Plan, Reservation, Unit
from commissions.queries import views_of
from commissions.services import record_deal
from leads.models import Assignment, ContactEvent, Project, Role, Staff
from tests.factories import ProjectFactory, StaffFactory, visit

A_DEAL = 6
"""How many entries a paid commission has."""
AGENTS, PROJECTS, MONTHS = 60, 6, 24
TABLES = (ContactEvent, Unit, Reservation, Deal, Line, Entry)
SPREAD = """
WITH made AS (
    SELECT n, %(from)s + n AS key,
           (%(projects)s::bigint[])[1 + n %% array_length(%(projects)s::bigint[], 1)] AS project,
           (%(periods)s::bigint[])[1 + n %% array_length(%(projects)s::bigint[], 1)] AS period,
           (%(agents)s::bigint[])[1 + n %% array_length(%(agents)s::bigint[], 1)] AS agent,
           %(now)s::timestamptz - make_interval(mins => (n::bigint * 7919 %% %(minutes)s)::int)
               AS at,
           (200000000 + n::bigint * 7907 %% 3000000 * 100) AS price,
           ('{"type 1","type 2","type 3","walk-in","friend","billboard","web",""}'::text[])
               [1 + n %% 8] AS source,
           (ARRAY[ARRAY['sales/3','leasing/2.1'], ARRAY['leasing/1.1','leasing/2.1'],
                  ARRAY['leasing/2.2','sales/2'], ARRAY['sales/5','leasing/2.1']])
               [1 + n %% 4 : 1 + n %% 4] AS clauses,
           n %% 33 = 0 AS contested
    FROM generate_series(1, %(count)s) AS n
), event AS (
    INSERT INTO leads_contactevent
        (id, project_id, lead_id, kind, agent_id, at, recorded_at, by_id, details, note, key)
    SELECT key, project, %(lead)s, 'deal', agent, at, at, agent, '{}', '', gen_random_uuid()
    FROM made
), unit AS (
    INSERT INTO commissions_unit (id, project_id, number, unit_type, price_cents)
    SELECT key, project, 'B' || key, '', price FROM made
), reservation AS (
    INSERT INTO commissions_reservation
        (id, unit_id, lead_id, agent_id, deposit_cents, at, recorded_at, by_id, ended, key)
    SELECT key, key, %(lead)s, agent, 0, at, at, agent, '', gen_random_uuid() FROM made
), deal AS (
    INSERT INTO commissions_deal
        (id, project_id, lead_id, event_id, plan_id, reservation_id, unit, unit_type, buyer, source,
         price_cents, rent_cents, term_months, paid_cents, contracted_at, commission_cents,
         subscribed_at, closed_by_id, decision_id, credit, contested, tally)
    SELECT key, project, %(lead)s, key, %(plan)s, key, 'B' || key, '', '', source,
           price, 0, 0, price, CASE WHEN n %% 50 <> 0 THEN at END, price / 100,
           at, agent, %(decision)s, jsonb_build_object(agent::text, 100), contested, '{}'
    FROM made
), line AS (
    INSERT INTO commissions_line
        (id, deal_id, project_id, agent_id, role, state, share, pending_cents, held_cents,
         released_cents, paid_cents, reversed_cents, subscribed_at, month, source, contested, basis,
         clauses, decision_id)
    SELECT key, key, project, agent, 'agent', CASE WHEN contested THEN 'held' ELSE 'paid' END, 100,
           0, CASE WHEN contested THEN price / 100 ELSE 0 END,
           CASE WHEN contested THEN 0 ELSE price / 100 END,
           CASE WHEN contested THEN 0 ELSE price / 100 END,
           0, at, to_char(at, 'YYYY-MM'), source, contested, 'deal',
           ARRAY(SELECT unnest(clauses)), %(decision)s
    FROM made
)
INSERT INTO commissions_entry
    (deal_id, project_id, period_id, posting, kind, account, agent_id, role, amount_cents, share,
     decision_id, posted_at)
SELECT key, project, period, md5(key || '/' || step.posting)::uuid, step.kind, step.account,
       CASE WHEN step.account <> 'company' THEN agent END, 'agent', step.sign * (price / 100), 100,
       %(decision)s, at
FROM made CROSS JOIN (VALUES
    (1, 'accrual', 'pending', 1), (1, 'accrual', 'company', -1),
    (2, 'release', 'pending', -1), (2, 'release', 'released', 1),
    (3, 'payout', 'released', -1), (3, 'payout', 'paid', 1)
) AS step (posting, kind, account, sign)
"""


def office() -> tuple[Deal, Staff]:
    """One deal through the doors in the first of several projects, and who reads the report."""
    projects = [ProjectFactory() for _ in range(PROJECTS)]
    manager = StaffFactory(project=projects[0], role=Role.MANAGER)
    for other in projects[1:]:
        Assignment.objects.create(project=other, staff=manager)
    agents = [StaffFactory(project=projects[0]) for _ in range(AGENTS)]
    now = timezone.now()
    lead = visit(agents[0], now - timedelta(days=3), phone="199 0000 0000").lead_id
    at = now - timedelta(days=1)
    record_deal(
        lead_id=lead, agent=agents[0], unit="A1", price_cents=400_000_000, at=at, by=manager,
        now=at, key=uuid4(),
    )  # fmt: skip
    return Deal.objects.select_related("plan").get(), manager


def grow(template: Deal, entries: int) -> None:
    """Copy the deal until the ledger has so many entries."""
    count = (entries - Entry.objects.count()) // A_DEAL
    if count <= 0:
        return
    projects = list(Project.objects.order_by("pk").values_list("pk", flat=True))
    period = template.entries.first().period  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM leads_contactevent")
        start = max(cursor.fetchone()[0], 1_000_000, *(_last(model) for model in TABLES[1:5]))
        plan = Plan.objects.create(
            project_id=template.project_id,
            effective_from=template.plan.effective_from + timedelta(days=1 + start % 10_000),
            terms={"base": {"percent": "1"}, "milestones": [{"at": "payment", "percent": 100}]},
        )
        # What the triggers guard is not what is measured here.
        for model in TABLES:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
        cursor.execute(
            SPREAD,
            {
                "from": start,
                "count": count,
                "projects": projects,
                "periods": [period.pk] * len(projects),
                "agents": list(Staff.objects.filter(role=Role.AGENT).values_list("pk", flat=True)),
                "now": template.subscribed_at,
                "minutes": MONTHS * 30 * 24 * 60,
                "lead": template.lead_id,
                "plan": plan.pk,
                "decision": template.decision_id,
            },
        )
        for model in TABLES:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} ENABLE TRIGGER USER")
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")


def _last(model: Any) -> int:
    found = model.objects.order_by("-pk").values_list("pk", flat=True).first()
    return int(found or 0)


def views(template: Deal) -> Sequence[tuple[str, str]]:
    """What is asked of the report page: a name and an address each."""
    month = Line.objects.get(deal=template).month
    everything = "project="
    return [
        ("this month", f"month={month}&project={template.project_id}"),
        ("one project", f"project={template.project_id}"),
        *((f"all, by {by}", f"{everything}&by={by}") for by in ("agent", "project", "month")),
        *((f"all, by {by}", f"{everything}&by={by}") for by in ("source", "clause")),
        ("all, dearest first", f"{everything}&sort=-amount"),
        ("all, page 400", f"{everything}&page=400"),
    ]


def workbook(manager: Staff, rows: int, say: Callable[[str], None]) -> None:
    """Write about so many lines as XLSX and reckon them again; say seconds and memory."""
    projects = list(manager.projects.order_by("pk"))
    since = (
        Line.objects.order_by("-subscribed_at").values_list("subscribed_at", flat=True)[rows - 1]
        if Line.objects.count() > rows
        else Line.objects.earliest("subscribed_at").subscribed_at
    )
    day = since.astimezone(projects[0].zone).date()
    view = views_of.report_view(QueryDict(f"project=&since={day}"), projects)
    memory = [_memory()]

    def on(_done: int) -> bool:
        memory.append(_memory())
        return True

    handle, path = tempfile.mkstemp(suffix=".xlsx")
    try:
        for form in ("csv", "xlsx"):
            memory[:] = [_memory()]
            with os.fdopen(os.dup(handle), "wb") as file:
                file.truncate(0)
                file.seek(0)
                began = time.perf_counter()
                about = exports.About.of(view, manager.name, timezone.now())
                sums = exports.write(form, file, view.lines, about, on)
                taken = time.perf_counter() - began
            size = Path(path).stat().st_size / 1e6
            say(
                f"  {sums.rows:,} lines to {form}: {taken:5.1f} s, {size:.1f} MB; memory "
                f"{memory[0]:.0f} MB before, {max(memory):.0f} MB at most"
            )
        began = time.perf_counter()
        wrong = sum(1 for _one in recompute.differences(Path(path)))
        taken = time.perf_counter() - began
        say(f"  reckoned again from the workbook: {taken:.1f} s, {wrong} wrong")
    finally:
        os.close(handle)
        Path(path).unlink()


def _memory() -> float:
    """What this process has now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
