"""Why clients come, by the way on which they heard of the project (needs/3)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import Motive
from .figures import HIDDEN, Column, Figures, withheld
from .scope import Scope, ask
from .veil import LEAST, Line, veil

MOTIVES = """
WITH party AS (
    SELECT DISTINCT ON (coalesce(l.party_id, l.id)) coalesce(l.party_id, l.id) AS person, f.lead_id,
        f.motives, l.party_id IS NOT NULL AS linked
    FROM leads_profileentry f
    JOIN leads_lead l ON l.id = f.lead_id
    WHERE l.project_id = ANY(%(projects)s)
        AND f.recorded_at >= %(begin)s
        AND f.recorded_at < %(end)s
    ORDER BY 1, f.recorded_at DESC, f.id DESC
), told AS (
    SELECT y.person, y.motives, coalesce((
        SELECT e.details ->> 'source' FROM leads_contactevent e
        WHERE e.lead_id = y.lead_id AND e.details ? 'source'
        ORDER BY e.at, e.id LIMIT 1
    ), '') AS source
    FROM party y
    WHERE cardinality(y.motives) > 0
), ranked AS (
    SELECT source, count(*) AS people,
        row_number() OVER (ORDER BY source = '', count(*) DESC, source COLLATE "C") AS place
    FROM told GROUP BY source
), named AS (
    SELECT t.person, t.motives,
        CASE WHEN r.place <= %(sources)s AND r.people >= %(least)s AND t.source <> ''
            THEN t.source ELSE '' END AS source
    FROM told t JOIN ranked r USING (source)
)
SELECT motive, source, count(*) AS people
FROM named CROSS JOIN unnest(motives) AS motive
GROUP BY GROUPING SETS ((motive, source), (motive))
UNION ALL
SELECT NULL, source, count(*) FROM named GROUP BY GROUPING SETS ((source), ())
"""
SOURCES = 6
"""So many sources have a column of their own; the others, rare ones and unknown ones, have one."""
TONES = ("own", "protected", "lapsing", "contested", "paid", "held", "lapsed")


def motives(scope: Scope) -> Figures:
    """How many clients had which motive, by source. One query.

    Of each client the last profile of the period; who has several motives counts in each. The
    source is what the first reception that tells it says.
    """
    found = ask(MOTIVES, scope, sources=SOURCES, least=LEAST)
    cells = {(row["motive"], row["source"]): row["people"] for row in found}
    whole = cells.pop((None, None), 0)
    if whole < LEAST:
        return withheld((Column(_("動機"), "text"),), whole)
    sources = _sources(cells)
    names = [name or gettext("其他與不明") for name in sources]
    columns = (
        Column(_("動機"), "text"),
        *(Column(name, "shade") for name in names),
        Column(_("合計")),
    )
    present = [motive for motive in Motive if cells.get((motive.value, None))]
    present.sort(key=lambda motive: -cells[motive.value, None])
    lines = [
        Line(tuple((motive.value, source) for source in sources), (motive.value, None))
        for motive in present
    ]
    hide = veil({key: count for key, count in cells.items() if key[0]}, lines)

    def cell(motive: str, source: str | None) -> Any:
        key = (motive, source)
        return HIDDEN if key in hide else cells.get(key)

    shown = [
        [str(motive.label), *(cell(motive.value, name) for name in (*sources, None))]
        for motive in present
    ]
    series = [
        {
            "name": name,
            "tone": TONES[at % len(TONES)],
            "values": [0 if row[at + 1] in (HIDDEN, None) else row[at + 1] for row in shown],
        }
        for at, name in enumerate(names)
    ]
    first = next((row for row in shown if row[-1] is not HIDDEN), None)
    finding = ""
    if first is not None:
        finding = gettext("最多人為了%(motive)s而來：%(count)s 組。") % {
            "motive": first[0],
            "count": first[-1],
        }
    return Figures(
        columns=columns,
        rows=shown,
        count=whole,
        people=whole,
        data={"names": [row[0] for row in shown], "series": series, "lying": True},
        finding=finding,
    )


def _sources(cells: Mapping[tuple[str | None, str | None], int]) -> list[str]:
    """Those named, the most frequent first; the rest last."""
    found = {
        source: n for (motive, source), n in cells.items() if motive is None and source is not None
    }
    named = sorted((name for name in found if name), key=lambda name: (-found[name], name))
    return [*named, *([""] if "" in found else [])]
