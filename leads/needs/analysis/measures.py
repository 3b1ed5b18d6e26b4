"""What each measure did: what was felt before and after, as the clients said when it was verified.

The same words for the same item are the same measure. A measure about which too few people were
asked counts with the item's others; a measure that did not suffice counts like one that did.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .figures import HIDDEN, Column, Figures, few, masked, withheld
from .items import item_name
from .scope import Scope, ask, mean, share
from .veil import LEAST

EFFECTS = """
WITH verified AS (
    SELECT n.item_id, s.measure, coalesce(l.party_id, n.lead_id, -n.id) AS person,
        s.perceived AS before, s.after, s.confirmation
    FROM leads_needstep s
    JOIN leads_need n ON n.id = s.need_id
    JOIN leads_needitem i ON i.id = n.item_id
    LEFT JOIN leads_lead l ON l.id = n.lead_id AND l.party_id IS NOT NULL
    WHERE n.project_id = ANY(%(projects)s) AND s.state = 'verified'
        AND s.at >= %(begin)s
        AND s.at < %(end)s
        AND i.side = ANY(%(sides)s)
), known AS (
    SELECT item_id, measure, count(DISTINCT person) >= %(least)s AS enough
    FROM verified GROUP BY 1, 2
), named AS (
    SELECT v.*, CASE WHEN k.enough THEN v.measure ELSE '' END AS name
    FROM verified v JOIN known k USING (item_id, measure)
)
SELECT e.*, i.code, i.name, i.position
FROM (
    SELECT item_id AS item, name AS measure, grouping(item_id) AS whole, count(*) AS times,
        count(DISTINCT person) AS people, sum(before) AS before, sum(after) AS after,
        count(*) FILTER (WHERE confirmation IN ('satisfied', 'better')) AS content,
        count(DISTINCT measure) AS measures
    FROM named GROUP BY GROUPING SETS ((item_id, name), ())
) e LEFT JOIN leads_needitem i ON i.id = e.item
"""
COLUMNS = (
    Column(_("措施"), "text"), Column(_("項目"), "text"), Column(_("驗證")), Column(_("人數")),
    Column(_("改善前"), "level"), Column(_("改善後"), "level"), Column(_("改變"), "level"),
    Column(_("客戶認可"), "percent"),
)  # fmt: skip
SHOWN = 12
"""So many measures are drawn, those with the most verified needs."""


def effects(scope: Scope) -> Figures:
    """Each measure with what was felt before and after it. One query."""
    found = ask(EFFECTS, scope, least=LEAST)
    whole = next((row for row in found if row["whole"]), None)
    if whole is None or whole["people"] < LEAST:
        return withheld(COLUMNS, whole["people"] if whole else 0)
    rows = [row for row in found if not row["whole"]]
    rows.sort(key=lambda row: (-row["times"], row["position"], row["measure"]))
    hide = few(rows, lambda row: (row["item"], row["measure"]))
    shown = []
    for row in rows:
        times = row["times"]
        name = row["measure"] or gettext("其他措施（%(count)s 項）") % {"count": row["measures"]}
        cells = [
            name, item_name(row), times, row["people"], mean(row["before"], times),
            mean(row["after"], times), mean(row["after"] - row["before"], times),
            share(row["content"], times),
        ]  # fmt: skip
        shown.append(masked(cells, hide=(row["item"], row["measure"]) in hide, kept=2))
    told = [cells for cells in shown if cells[2] is not HIDDEN]
    drawn = told[:SHOWN]
    best = max(told, key=lambda cells: cells[6], default=None)
    finding = ""
    if best is not None:
        finding = gettext("改善最多的是%(measure)s：%(before)s → %(after)s。") % {
            "measure": best[0],
            "before": best[4],
            "after": best[5],
        }
    return Figures(
        columns=COLUMNS,
        rows=shown,
        count=whole["times"],
        people=whole["people"],
        data={
            "names": [f"{cells[0]} · {cells[1]}" for cells in drawn],
            "before": [float(cells[4]) for cells in drawn],
            "after": [float(cells[5]) for cells in drawn],
            "words": {"before": gettext("改善前"), "after": gettext("改善後")},
        },
        finding=finding,
    )
