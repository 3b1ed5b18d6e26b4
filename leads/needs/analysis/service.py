"""How service is felt from month to month, and how long a complaint waits (needs/2)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .figures import HIDDEN, Column, Figures, few, masked, withheld
from .items import item_name
from .scope import Scope, ask, mean, months_between
from .veil import LEAST

RATINGS = """
WITH felt AS (
    SELECT date_trunc('month', n.at AT TIME ZONE %(zone)s)::date AS month,
        coalesce(l.party_id, n.lead_id, -n.id) AS person, n.expected, n.perceived, n.after
    FROM leads_need n
    JOIN leads_needitem i ON i.id = n.item_id
    LEFT JOIN leads_lead l ON l.id = n.lead_id AND l.party_id IS NOT NULL
    WHERE n.project_id = ANY(%(projects)s)
        AND n.at >= %(begin)s
        AND n.at < %(end)s
        AND i.side = 'service' AND num_nulls(n.expected, n.perceived) = 0
)
SELECT month, count(*) AS needs, count(DISTINCT person) AS people, sum(expected) AS expected,
    sum(perceived) AS perceived, count(after) AS improved, sum(after) AS after,
    count(DISTINCT person) FILTER (WHERE after IS NOT NULL) AS asked
FROM felt GROUP BY GROUPING SETS ((month), ())
"""
DAYS = """
WITH complaint AS (
    SELECT n.item_id, coalesce(l.party_id, n.lead_id, -n.id) AS person, n.state,
        n.done - (n.at AT TIME ZONE %(zone)s)::date AS days
    FROM leads_need n
    JOIN leads_needitem i ON i.id = n.item_id
    LEFT JOIN leads_lead l ON l.id = n.lead_id AND l.party_id IS NOT NULL
    WHERE n.project_id = ANY(%(projects)s)
        AND n.at >= %(begin)s
        AND n.at < %(end)s
        AND n.source = 'complaint'
        AND i.side = ANY(%(sides)s)
)
SELECT c.item, i.code, i.name, i.position, c.complaints, c.people, c.improved, c.waiting,
    c.middle, c.late
FROM (
    SELECT item_id AS item, count(*) AS complaints, count(DISTINCT person) AS people,
        count(days) AS improved, count(*) FILTER (WHERE days IS NULL AND state <> 'closed')
        AS waiting,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS middle,
        percentile_disc(0.9) WITHIN GROUP (ORDER BY days) AS late
    FROM complaint GROUP BY GROUPING SETS ((item_id), ())
) c LEFT JOIN leads_needitem i ON i.id = c.item
"""
RATING_COLUMNS = (
    Column(_("月份"), "text"), Column(_("評分")), Column(_("人數")), Column(_("現況"), "level"),
    Column(_("期望"), "level"), Column(_("已改善")), Column(_("改善後"), "level"),
)  # fmt: skip
DAYS_COLUMNS = (
    Column(_("項目"), "text"), Column(_("投訴")), Column(_("人數")), Column(_("已改善")),
    Column(_("還在等")), Column(_("半數在幾天內"), "days"), Column(_("九成在幾天內"), "days"),
)  # fmt: skip


def ratings(scope: Scope) -> Figures:
    """How service was felt in each month, before and after something was done. One query."""
    found = ask(RATINGS, scope)
    whole = next(row for row in found if row["month"] is None)
    if whole["people"] < LEAST:
        return withheld(RATING_COLUMNS, whole["people"])
    rows = sorted((row for row in found if row["month"]), key=lambda row: row["month"])
    hide = few(rows, lambda row: row["month"])
    hide_after = {
        *hide,
        *few([row for row in rows if row["improved"]], lambda row: row["month"], "asked"),
    }
    by_month = {row["month"]: row for row in rows}
    shown = []
    for day in months_between(scope.since, scope.until):
        row = by_month.get(day)
        name = f"{day:%Y-%m}"
        if row is None:
            shown.append([name, *[None] * 6])
            continue
        cells: list[Any] = [
            name, row["needs"], row["people"], mean(row["perceived"], row["needs"]),
            mean(row["expected"], row["needs"]), row["improved"],
            mean(row["after"], row["improved"]),
        ]  # fmt: skip
        cells = masked(cells, hide=day in hide)
        if day in hide_after:
            cells[5:] = [HIDDEN, HIDDEN]
        shown.append(cells)
    felt, better = mean(whole["perceived"], whole["needs"]), mean(whole["after"], whole["improved"])
    finding = gettext("服務評分平均 %(felt)s。") % {"felt": felt}
    if better is not None and whole["asked"] >= LEAST:
        finding = gettext("服務評分平均 %(felt)s，改善後 %(after)s。") % {
            "felt": felt,
            "after": better,
        }
    series = (
        (gettext("現況"), "own", 3),
        (gettext("期望"), "lapsed", 4),
        (gettext("改善後"), "paid", 6),
    )
    return Figures(
        columns=RATING_COLUMNS,
        rows=shown,
        count=whole["needs"],
        people=whole["people"],
        data={
            "names": [cells[0] for cells in shown],
            "min": 1,
            "max": 5,
            "series": [
                {"name": name, "tone": tone, "values": [_point(cells[at]) for cells in shown]}
                for name, tone, at in series
            ],
        },
        finding=finding,
    )


def _point(cell: Any) -> float | None:
    return None if cell is None or cell is HIDDEN else float(cell)


def complaint_days(scope: Scope) -> Figures:
    """From the day of a complaint to the day on which its measure was carried out. One query."""
    found = ask(DAYS, scope)
    whole = next(row for row in found if row["item"] is None)
    if whole["people"] < LEAST:
        return withheld(DAYS_COLUMNS, whole["people"])
    rows = sorted(
        (row for row in found if row["item"]), key=lambda row: (-row["complaints"], row["position"])
    )
    hide = few(rows, lambda row: row["item"])

    def line(name: str, row: dict[str, Any]) -> list[Any]:
        return [
            name, row["complaints"], row["people"], row["improved"], row["waiting"],
            row["middle"], row["late"],
        ]  # fmt: skip

    shown = [masked(line(item_name(row), row), hide=row["item"] in hide) for row in rows]
    told = [cells for cells in shown if cells[1] is not HIDDEN]
    finding = gettext("%(waiting)s 件投訴還沒有改善。") % {"waiting": whole["waiting"]}
    if whole["improved"]:
        finding = gettext(
            "半數投訴在 %(middle)s 天內改善，九成在 %(late)s 天內；%(waiting)s 件還在等。"
        ) % {
            "middle": whole["middle"],
            "late": whole["late"],
            "waiting": whole["waiting"],
        }
    return Figures(
        columns=DAYS_COLUMNS,
        rows=shown,
        totals=[line(gettext("合計"), whole)],
        count=whole["complaints"],
        people=whole["people"],
        data={
            "names": [cells[0] for cells in told],
            "series": [
                {
                    "name": str(DAYS_COLUMNS[at].heading),
                    "tone": tone,
                    "values": [_point(c[at]) for c in told],
                }
                for at, tone in ((5, "own"), (6, "line-strong"))
            ],
        },
        finding=finding,
    )
