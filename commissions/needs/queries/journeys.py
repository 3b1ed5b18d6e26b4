"""The way of clients from the first enquiry to the contract, and how many visits it takes.

A client is a party: linked leads count as one. A deal that was called off is none.
"""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.needs.analysis.figures import HIDDEN, Column, Figures, few, masked, withheld
from leads.needs.analysis.scope import Scope, ask, share
from leads.needs.analysis.veil import LEAST, Line, veil

FUNNEL = """
WITH linked AS (
    SELECT id, party_id FROM leads_lead
    WHERE project_id = ANY(%(projects)s) AND party_id IS NOT NULL
), came AS (
    SELECT coalesce(k.party_id, e.lead_id) AS party,
        min(e.at) FILTER (WHERE e.kind <> 'follow_up') AS first_at,
        coalesce(bool_or(e.kind = 'follow_up' AND e.details ->> 'reached' = 'true'), false)
            AS followed,
        max(e.at) FILTER (WHERE e.kind = 'visit') AS last_visit
    FROM leads_contactevent e LEFT JOIN linked k ON k.id = e.lead_id
    WHERE e.project_id = ANY(%(projects)s)
        AND e.kind IN ('call', 'visit', 'brochure', 'online', 'report', 'follow_up')
    GROUP BY 1
), bought AS (
    SELECT coalesce(l.party_id, l.id) AS party, bool_or(d.contracted_at IS NOT NULL) AS contracted
    FROM commissions_deal d JOIN leads_lead l ON l.id = d.lead_id
    WHERE d.project_id = ANY(%(projects)s) AND d.cancelled_at IS NULL
    GROUP BY 1
), step AS (
    SELECT CASE
        WHEN b.contracted THEN 4
        WHEN b.party IS NOT NULL THEN 3
        WHEN c.last_visit > c.first_at + interval '25 hours' THEN 2
        WHEN c.last_visit > c.first_at AND (c.last_visit AT TIME ZONE %(zone)s)::date
            > (c.first_at AT TIME ZONE %(zone)s)::date THEN 2
        WHEN c.followed THEN 1
        ELSE 0 END AS reached
    FROM came c
    LEFT JOIN bought b ON b.party = c.party
    WHERE c.first_at >= %(begin)s
        AND c.first_at < %(end)s
)
SELECT count(*) FILTER (WHERE reached = 0) AS at_0, count(*) FILTER (WHERE reached = 1) AS at_1,
    count(*) FILTER (WHERE reached = 2) AS at_2, count(*) FILTER (WHERE reached = 3) AS at_3,
    count(*) FILTER (WHERE reached = 4) AS at_4
FROM step
"""
VISITS = """
WITH sold AS (
    SELECT coalesce(l.party_id, l.id) AS party, min(d.subscribed_at) AS at
    FROM commissions_deal d JOIN leads_lead l ON l.id = d.lead_id
    WHERE d.project_id = ANY(%(projects)s) AND d.cancelled_at IS NULL
    GROUP BY 1
), way AS (
    SELECT s.party, s.at,
        count(*) FILTER (WHERE e.kind = 'visit') AS visits,
        min(e.at) FILTER (WHERE e.kind IN ('call', 'visit', 'brochure', 'online', 'report'))
            AS first_at
    FROM sold s
    JOIN leads_lead m ON m.id = s.party OR m.party_id = s.party
    LEFT JOIN leads_contactevent e ON e.lead_id = m.id AND e.at <= s.at
    WHERE s.at >= %(begin)s
        AND s.at < %(end)s
    GROUP BY 1, 2
), counted AS (
    SELECT least(visits, %(most)s) AS visits,
        (at AT TIME ZONE %(zone)s)::date - (first_at AT TIME ZONE %(zone)s)::date AS days
    FROM way
)
SELECT visits, count(*) AS people,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS middle,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY days) AS late
FROM counted GROUP BY GROUPING SETS ((visits), ())
"""
MOST_VISITS = 6
"""So many visits and more are one group."""

FUNNEL_COLUMNS = (
    Column(_("階段"), "text"), Column(_("走到這裡的客戶")), Column(_("佔詢問"), "percent"),
    Column(_("佔上一階段"), "percent"), Column(_("停在這裡")),
)  # fmt: skip
VISIT_COLUMNS = (
    Column(_("到訪次數"), "text"), Column(_("成交客戶")), Column(_("佔成交"), "percent"),
    Column(_("半數在幾天內"), "days"), Column(_("九成在幾天內"), "days"),
)  # fmt: skip


def stages() -> list[str]:
    """The stages of the funnel, in words."""
    return [
        gettext("詢問"),
        gettext("有效追訪"),
        gettext("再訪"),
        gettext("認購"),
        gettext("簽約"),
    ]


def funnel(scope: Scope) -> Figures:
    """How far the clients came whose first enquiry lies in the period, until now. One query.

    Who reached a stage counts in all before it.
    """
    (found,) = ask(FUNNEL, scope)
    stopped = {at: int(found[f"at_{at}"]) for at in range(5)}
    reached = [sum(stopped[later] for later in range(at, 5)) for at in range(5)]
    if reached[0] < LEAST:
        return withheld(FUNNEL_COLUMNS, reached[0])
    hide = _hidden_stages(stopped, reached)
    shown: list[list[Any]] = []
    for at, name in enumerate(stages()):
        gone = HIDDEN if ("stopped", at) in hide else stopped[at]
        if ("reached", at) in hide:
            shown.append([name, HIDDEN, HIDDEN, HIDDEN, gone])
            continue
        before_seen = at > 0 and ("reached", at - 1) not in hide
        shown.append(
            [
                name, reached[at], share(reached[at], reached[0]),
                share(reached[at], reached[at - 1]) if before_seen else None, gone,
            ]
        )  # fmt: skip
    drawn = [row for row in shown if row[1] is not HIDDEN]
    seen = [at for at in range(4) if shown[at][4] is not HIDDEN]
    finding = ""
    if seen:
        most = max(seen, key=lambda at: stopped[at])
        finding = gettext("停得最多的是「%(stage)s」這一步：%(count)s 組。") % {
            "stage": shown[most][0],
            "count": stopped[most],
        }
    return Figures(
        columns=FUNNEL_COLUMNS,
        rows=shown,
        count=reached[0],
        people=reached[0],
        data={
            "names": [row[0] for row in drawn],
            "values": [row[1] for row in drawn],
            "name": str(FUNNEL_COLUMNS[1].heading),
        },
        finding=finding,
    )


def _hidden_stages(stopped: dict[int, int], reached: list[int]) -> set[Any]:
    """Who reached a stage has stopped there or reached the next one."""
    people: dict[Any, int] = {("reached", at): count for at, count in enumerate(reached)}
    people |= {("stopped", at): count for at, count in stopped.items()}
    lines = [Line((("stopped", at), ("reached", at + 1)), ("reached", at)) for at in range(4)] + [
        Line((("stopped", 4),), ("reached", 4))
    ]
    hidden = veil(people, lines, shown=[("reached", 0)])
    # Both are the same number.
    last = {("stopped", 4), ("reached", 4)}
    return hidden | last if hidden & last else hidden


def visits(scope: Scope) -> Figures:
    """How many visits came before a client's first deal, and how many days. One query.

    Of the clients whose first deal lies in the period.
    """
    found = ask(VISITS, scope, most=MOST_VISITS)
    whole = next(row for row in found if row["visits"] is None)
    if whole["people"] < LEAST:
        return withheld(VISIT_COLUMNS, whole["people"])
    rows = sorted((row for row in found if row["visits"] is not None), key=lambda r: r["visits"])
    hide = few(rows, lambda row: row["visits"])

    def line(name: str, row: dict[str, Any]) -> list[Any]:
        part = share(row["people"], whole["people"])
        return [name, row["people"], part, row["middle"], row["late"]]

    shown = [masked(line(_times(row["visits"]), row), hide=row["visits"] in hide) for row in rows]
    told = [cells for cells in shown if cells[1] is not HIDDEN]
    return Figures(
        columns=VISIT_COLUMNS,
        rows=shown,
        totals=[line(gettext("合計"), whole)],
        count=whole["people"],
        people=whole["people"],
        data={
            "names": [cells[0] for cells in told],
            "series": [
                {
                    "name": str(VISIT_COLUMNS[1].heading),
                    "tone": "own",
                    "values": [cells[1] for cells in told],
                }
            ],
        },
        finding=gettext("半數成交客戶在第一次聯繫後 %(middle)s 天內認購。")
        % {"middle": _days(whole["middle"])},
    )


def _times(visits: int) -> str:
    if visits >= MOST_VISITS:
        return gettext("%(count)s 次以上") % {"count": MOST_VISITS}
    return gettext("%(count)s 次") % {"count": visits}


def _days(found: int | Decimal | None) -> str:
    return "–" if found is None else str(found)
