"""Needs by item: how far what is felt is from what is expected, which gaps weigh most, and when.

A person is a party of clients; a need of somebody whom the counter does not know counts as one.
What is felt now is the level after the last measure, where one was verified, else the one before.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import Side
from .figures import HIDDEN, Column, Figures, few, masked, withheld
from .scope import Scope, ask, mean, months_between, share
from .veil import LEAST, Line, veil

_FOUND = """
FROM leads_need n
JOIN leads_needitem i ON i.id = n.item_id
LEFT JOIN leads_lead l ON l.id = n.lead_id AND l.party_id IS NOT NULL
WHERE n.project_id = ANY(%(projects)s)
    AND n.at >= %(begin)s
    AND n.at < %(end)s
    AND i.side = ANY(%(sides)s)
"""
GAPS = f"""
WITH felt AS (
    SELECT n.item_id, coalesce(l.party_id, n.lead_id, -n.id) AS person, n.expected, n.floor,
        coalesce(n.after, n.perceived) AS now
    {_FOUND} AND num_nulls(n.expected, n.floor, n.perceived) = 0
)
SELECT f.item_id AS item, i.side, i.code, i.name, i.position, f.needs, f.people, f.expected,
    f.floor, f.now, f.points, f.gapped, f.concerned, f.below
FROM (
    SELECT item_id, count(*) AS needs, count(DISTINCT person) AS people,
        sum(expected) AS expected, sum(floor) AS floor, sum(now) AS now,
        coalesce(sum(expected - now) FILTER (WHERE expected > now), 0) AS points,
        count(*) FILTER (WHERE expected > now) AS gapped,
        count(DISTINCT person) FILTER (WHERE expected > now) AS concerned,
        count(*) FILTER (WHERE now < floor) AS below
    FROM felt GROUP BY GROUPING SETS ((item_id), ())
) f LEFT JOIN leads_needitem i ON i.id = f.item_id
"""  # noqa: S608 - our own text
MONTHS = f"""
WITH told AS (
    SELECT i.side, n.item_id AS item, date_trunc('month', n.at AT TIME ZONE %(zone)s)::date
        AS month, coalesce(l.party_id, n.lead_id, -n.id) AS person, count(*) AS needs
    {_FOUND} GROUP BY 1, 2, 3, 4
)
SELECT c.*, i.code, i.name, i.position
FROM (
    SELECT side, item, month, sum(needs)::bigint AS needs, count(*) AS people,
        CASE WHEN count(*) < %(least)s THEN array_agg(person) END AS few
    FROM told GROUP BY side, item, month
) c JOIN leads_needitem i ON i.id = c.item
"""  # noqa: S608 - our own text

GAP_COLUMNS = (
    Column(_("項目"), "text"), Column(_("方面"), "text"), Column(_("需求")), Column(_("人數")),
    Column(_("現況"), "level"), Column(_("底線"), "level"), Column(_("期望"), "level"),
    Column(_("落差"), "level"), Column(_("低於底線")),
)  # fmt: skip
PARETO_COLUMNS = (
    Column(_("項目"), "text"), Column(_("有落差的需求")), Column(_("人數")),
    Column(_("落差合計（級）")), Column(_("累計"), "percent"),
)  # fmt: skip
VITAL = 80
"""The items that together make up so many percent of the gaps are the vital ones."""


def item_name(row: Mapping[str, Any]) -> str:
    """An item as people call it, in their language where it is a standard one."""
    return gettext(row["name"]) if row["code"] else str(row["name"])


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sides = list(Side.values)
    return sorted(rows, key=lambda row: (sides.index(row["side"]), row["position"], row["item"]))


def gaps(scope: Scope) -> Figures:
    """What is felt, the lowest accepted and what is expected, on average of each item. One query.

    Of needs whose levels are known; the widest gap first.
    """
    rows, whole = _asked(scope)
    if whole["people"] < LEAST:
        return withheld(GAP_COLUMNS, whole["people"])
    hide = _too_few(rows)
    shown = []
    for row in rows:
        needs = row["needs"]
        now, expected = mean(row["now"], needs), mean(row["expected"], needs)
        gap = mean(row["expected"] - row["now"], needs)
        cells = [
            item_name(row), str(Side(row["side"]).label), needs, row["people"], now,
            mean(row["floor"], needs), expected, gap, row["below"],
        ]  # fmt: skip
        shown.append(masked(cells, hide=row["item"] in hide, kept=2))
    shown.sort(key=lambda cells: (cells[7] is HIDDEN, -(0 if cells[7] is HIDDEN else cells[7])))
    open_ones = [cells for cells in shown if cells[4] is not HIDDEN]
    low = [cells for cells in open_ones if cells[4] < cells[5]]
    return Figures(
        columns=GAP_COLUMNS,
        rows=shown,
        count=whole["needs"],
        people=whole["people"],
        data={
            "names": [cells[0] for cells in open_ones],
            "is": [float(cells[4]) for cells in open_ones],
            "want": [float(cells[6]) for cells in open_ones],
            "floor": [float(cells[5]) for cells in open_ones],
            "words": {"is": gettext("現況"), "want": gettext("期望"), "floor": gettext("底線")},
        },
        finding=_lows(low, open_ones),
    )


def _lows(low: list[list[Any]], seen: list[list[Any]]) -> str:
    if not seen:
        return ""
    if not low:
        return gettext("沒有低於底線的項目；落差最大的是%(name)s（%(gap)s）。") % {
            "name": seen[0][0],
            "gap": f"{seen[0][7]:.1f}",
        }
    names = gettext("、").join(
        gettext("%(name)s（%(now)s，底線 %(floor)s）")
        % {"name": cells[0], "now": f"{cells[4]:.1f}", "floor": f"{cells[5]:.1f}"}
        for cells in low[:3]
    )
    return gettext("%(count)s 項低於期望底線：%(names)s。") % {"count": len(low), "names": names}


def pareto(scope: Scope) -> Figures:
    """Which items make up most of the gaps: levels short of what is expected, summed. One query."""
    rows, whole = _asked(scope)
    if whole["people"] < LEAST:
        return withheld(PARETO_COLUMNS, whole["people"])
    hide = _too_few(rows)
    rows = sorted((r for r in rows if r["gapped"]), key=lambda r: (-r["points"], r["position"]))
    told = [row for row in rows if row["item"] not in hide]
    rest = [row for row in rows if row["item"] in hide]
    shown, running = [], 0
    for row in told:
        running += row["points"]
        part = share(running, whole["points"])
        shown.append([item_name(row), row["gapped"], row["concerned"], row["points"], part])
    vital = next(
        (at for at, cells in enumerate(shown, 1) if cells[4] is not None and cells[4] >= VITAL),
        len(shown),
    )
    finding = ""
    if shown:
        finding = gettext("前 %(count)s 項佔落差的 %(part)s%%：%(names)s。") % {
            "count": vital,
            "part": shown[vital - 1][4],
            "names": gettext("、").join(cells[0] for cells in shown[:vital]),
        }
    return Figures(
        columns=PARETO_COLUMNS,
        rows=[*shown, *([item_name(row), *[HIDDEN] * 4] for row in rest)],
        count=whole["gapped"],
        people=whole["concerned"],
        data={
            "names": [cells[0] for cells in shown],
            "counts": [cells[3] for cells in shown],
            "cumulative": [float(cells[4] or 0) for cells in shown],
            "vital": vital,
            "words": {"count": gettext("落差合計（級）"), "cumulative": gettext("累計")},
        },
        finding=finding,
    )


def _asked(scope: Scope) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    found = ask(GAPS, scope)
    whole = next(row for row in found if row["item"] is None)
    return _in_order([row for row in found if row["item"] is not None]), whole


def _too_few(rows: list[dict[str, Any]]) -> set[Any]:
    """Hidden in both charts alike, so that none of them tells what the other does not."""
    return {
        *few(rows, lambda row: row["item"]),
        *few([row for row in rows if row["gapped"]], lambda row: row["item"], "concerned"),
    }


def months(scope: Scope) -> Figures:
    """How often each item was spoken of in each month, and each side in all. One query."""
    cells = _summed(ask(MONTHS, scope, least=LEAST))
    days = months_between(scope.since, scope.until)
    columns = (
        Column(_("項目"), "text"),
        *(Column(f"{day:%Y-%m}", "shade") for day in days),
        Column(_("合計")),
    )
    whole = cells.get((None, None, None))
    if whole is None or whole["people"] < LEAST:
        return withheld(columns, whole["people"] if whole else 0)
    hide = _hidden_cells(cells)

    def line(side: str | None, item: int | None, name: str) -> list[Any]:
        keys = [*((side, item, day) for day in days), (side, item, None)]
        return [name, *(_cell(cells, key, hide) for key in keys)]

    shown, series = [], []
    tones = {Side.MANAGEMENT: "own", Side.SERVICE: "protected", Side.BUSINESS: "lapsing"}
    for side in Side:
        of_side = _in_order(
            [row for key, row in cells.items() if key[0] == side and key[1] and key[2] is None]
        )
        shown += [line(side, row["item"], item_name(row)) for row in of_side]
        if of_side:
            summed = line(side, None, gettext("%(side)s合計") % {"side": side.label})
            shown.append(summed)
            values = [0 if cell in (HIDDEN, None) else cell for cell in summed[1:-1]]
            series.append({"name": str(side.label), "tone": tones[side], "values": values})
    most = max(
        (row for key, row in cells.items() if key[1] and key[2] is None and key not in hide),
        key=lambda row: row["needs"],
        default=None,
    )
    finding = ""
    if most is not None:
        finding = gettext("說得最多的是%(name)s，%(count)s 件。") % {
            "name": item_name(most),
            "count": most["needs"],
        }
    return Figures(
        columns=columns,
        rows=shown,
        totals=[line(None, None, gettext("合計"))],
        count=whole["needs"],
        people=whole["people"],
        data={"names": [f"{day:%Y-%m}" for day in days], "series": series, "dense": True},
        finding=finding,
    )


Key = tuple[str | None, int | None, date | None]


def _summed(found: list[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """The cells, and what they add up to: by item, side, month, and in all.

    Of how many people a sum is matters only where they are few: then they are told apart by their
    keys. Else it is of at least as many as its greatest part.
    """
    cells: dict[Key, dict[str, Any]] = {}
    keys: dict[Key, set[int]] = {}
    for row in found:
        side, item, month = row["side"], row["item"], row["month"]
        for key in (
            *((side, item, month), (side, item, None), (side, None, month)),
            *((side, None, None), (None, None, month), (None, None, None)),
        ):
            sums = cells.setdefault(key, row | {"needs": 0, "people": 0})
            sums["needs"] += row["needs"]
            few_of_them = keys.setdefault(key, set())
            few_of_them.update(row["few"] or ())
            sums["people"] = max(sums["people"], row["people"], len(few_of_them))
    return cells


def _cell(cells: Mapping[Key, Mapping[str, Any]], key: Key, hide: set[Any]) -> Any:
    if key in hide:
        return HIDDEN
    row = cells.get(key)
    return row["needs"] if row else None


def _hidden_cells(cells: Mapping[Key, Mapping[str, Any]]) -> set[Any]:
    """Items add up to their side, sides to all, months to their row."""
    people = {key: int(row["people"]) for key, row in cells.items()}
    upper: dict[Key, list[Key]] = {}
    for key in cells:
        side, item, month = key
        if month is not None:
            upper.setdefault((side, item, None), []).append(key)
        if item is not None:
            upper.setdefault((side, None, month), []).append(key)
        elif side is not None:
            upper.setdefault((None, None, month), []).append(key)
    # A total may be one of months and one of items: each is an equation of its own.
    lines = []
    for total, parts in upper.items():
        by_month = [part for part in parts if part[2] != total[2]]
        by_group = [part for part in parts if part[2] == total[2]]
        lines += [Line(tuple(group), total) for group in (by_month, by_group) if group]
    return veil(people, lines, shown=[(None, None, None)])
