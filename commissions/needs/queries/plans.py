"""What clients mean to buy in the months to come, and what of it is to be expected (needs/3)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.needs.analysis.figures import HIDDEN, Column, Figures, Money, withheld
from leads.needs.analysis.scope import Scope, ask, month_after
from leads.needs.analysis.veil import LEAST, Line, veil

PLANS = """
WITH last AS (
    SELECT DISTINCT ON (c.lead_id) c.lead_id, c.month, c.unit_type, c.amount, c.probability,
        c.dropped, c.recorded_at
    FROM leads_purchaseplan c JOIN leads_lead l ON l.id = c.lead_id
    WHERE l.project_id = ANY(%(projects)s)
    ORDER BY c.lead_id, c.number DESC
), live AS (
    SELECT k.*, least(greatest(k.month, %(first)s), %(after)s) AS shown
    FROM last k
    WHERE NOT k.dropped AND NOT EXISTS (
        SELECT 1 FROM commissions_deal d
        WHERE d.lead_id = k.lead_id AND d.cancelled_at IS NULL
            AND d.subscribed_at >= k.recorded_at
    )
)
SELECT shown AS month, unit_type, grouping(unit_type) AS all_types, grouping(shown) AS all_months,
    count(*) AS people, sum(amount)::bigint AS amount,
    round(sum(amount::numeric * probability) / 100)::bigint AS weighted
FROM live GROUP BY CUBE (shown, unit_type)
"""
MONTHS_AHEAD = 12
Key = tuple[str | None, date | None]


def plans(scope: Scope) -> Figures:
    """Clients by intended month and type, with the amounts, whole and weighted. One query.

    Of each client the last plan, unless it was dropped or he has bought since. What should have
    been bought before stands in this month; what lies more than a year ahead in the last column.
    Amounts of several currencies are not added up: then none is given.
    """
    first = scope.today.replace(day=1)
    after = month_after(first, MONTHS_AHEAD)
    months = [month_after(first, number) for number in range(MONTHS_AHEAD + 1)]
    found = ask(PLANS, scope, first=first, after=after)
    cells = {
        (
            None if row["all_types"] else row["unit_type"],
            None if row["all_months"] else row["month"],
        ): row
        for row in found
    }
    columns = (
        Column(_("戶型"), "text"),
        *(Column(_heading(day, after), "shade") for day in months),
        Column(_("客戶")),
        Column(_("金額"), "money"),
        Column(_("加權金額"), "money"),
    )
    whole = cells.get((None, None))
    if whole is None or whole["people"] < LEAST:
        return withheld(columns, whole["people"] if whole else 0)
    hide = _hidden(cells)

    def at(kind: str | None, month: date | None, what: str = "people") -> Any:
        row = cells.get((kind, month))
        if (kind, month) in hide:
            return HIDDEN
        return row[what] if row else None

    def worth(kind: str | None, month: date | None, what: str) -> Any:
        cell = at(kind, month, what) if scope.currency else None
        return cell if cell is None or cell is HIDDEN else Money(cell)

    def line(kind: str | None, name: str) -> list[Any]:
        amounts = (worth(kind, None, what) for what in ("amount", "weighted"))
        return [name, *(at(kind, month) for month in months), at(kind, None), *amounts]

    kinds = sorted({kind for kind, month in cells if kind is not None and month is None})
    totals = [line(None, gettext("合計"))]
    if scope.currency:
        for what, name in (("amount", gettext("金額")), ("weighted", gettext("加權金額"))):
            sums = (worth(None, month, what) for month in months)
            totals.append([name, *sums, None, None, None])
    names = [_heading(day, after) for day in months]
    drawn = {
        what: [_drawn(at(None, month, what)) for month in months]
        for what in ("people", "amount", "weighted")
    }
    rest = [a - b for a, b in zip(drawn["amount"], drawn["weighted"], strict=True)]
    series = [
        {"name": gettext("加權金額"), "tone": "own", "values": drawn["weighted"]},
        {"name": gettext("其餘金額"), "tone": "line-strong", "values": rest},
    ]
    if not scope.currency:
        series = [{"name": gettext("客戶"), "tone": "own", "values": drawn["people"]}]
    unit = "money" if scope.currency else ""
    return Figures(
        columns=columns,
        rows=[line(kind, kind or gettext("未說")) for kind in kinds],
        totals=totals,
        count=whole["people"],
        people=whole["people"],
        data={"unit": unit, "dense": True, "names": names, "series": series},
        finding=_finding(cells, hide, months, after) if scope.currency else "",
    )


def _heading(day: date, after: date) -> str:
    return gettext("更晚") if day == after else f"{day:%Y-%m}"


def _drawn(cell: Any) -> int:
    return 0 if cell is None or cell is HIDDEN else int(cell)


def _finding(
    cells: dict[Key, dict[str, Any]], hide: set[Any], months: list[date], after: date
) -> str:
    seen = [month for month in months if (None, month) in cells and (None, month) not in hide]
    if not seen:
        return ""
    most = max(seen, key=lambda month: cells[None, month]["weighted"])
    return gettext("加權後金額最多的是 %(month)s：%(count)s 組。") % {
        "month": _heading(most, after),
        "count": cells[None, most]["people"],
    }


def _hidden(cells: dict[Key, dict[str, Any]]) -> set[Any]:
    """Types add up to their month, months to their type."""
    people: dict[Any, int] = {key: row["people"] for key, row in cells.items()}
    rows: dict[Key, list[Key]] = {}
    columns: dict[Key, list[Key]] = {}
    for kind, month in cells:
        if month is not None:
            rows.setdefault((kind, None), []).append((kind, month))
        if kind is not None:
            columns.setdefault((None, month), []).append((kind, month))
    lines = [
        Line(tuple(parts), total) for group in (rows, columns) for total, parts in group.items()
    ]
    return veil(people, lines, shown=[(None, None)])
