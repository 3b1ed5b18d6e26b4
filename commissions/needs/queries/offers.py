"""What offers brought: how clients answered, and how many of them bought afterwards (needs/3)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.needs.analysis.figures import HIDDEN, Column, Figures, few, masked, withheld
from leads.needs.analysis.scope import Scope, ask, share
from leads.needs.analysis.veil import LEAST
from leads.needs.models import Answer, Offer

OFFERS = """
WITH made AS (
    SELECT o.id, o.kind, o.day, coalesce(l.party_id, l.id) AS party
    FROM leads_offer o
    JOIN leads_lead l ON l.id = o.lead_id
    WHERE l.project_id = ANY(%(projects)s) AND o.day >= %(since)s AND o.day < %(until)s
), last AS (
    SELECT DISTINCT ON (a.offer_id) a.offer_id, a.answer
    FROM leads_offeranswer a JOIN made ON made.id = a.offer_id
    ORDER BY a.offer_id, a.id DESC
), bought AS (
    SELECT coalesce(l.party_id, l.id) AS party, max(d.subscribed_at) AS at
    FROM commissions_deal d JOIN leads_lead l ON l.id = d.lead_id
    WHERE d.project_id = ANY(%(projects)s) AND d.cancelled_at IS NULL
    GROUP BY 1
), told AS (
    SELECT m.kind, m.party, l.answer,
        coalesce((b.at AT TIME ZONE %(zone)s)::date >= m.day, false) AS sold
    FROM made m LEFT JOIN last l ON l.offer_id = m.id LEFT JOIN bought b ON b.party = m.party
)
SELECT kind, count(*) AS offers, count(DISTINCT party) AS people,
    count(*) FILTER (WHERE answer = 'accepted') AS accepted,
    count(*) FILTER (WHERE answer = 'considering') AS considering,
    count(*) FILTER (WHERE answer = 'countered') AS countered,
    count(*) FILTER (WHERE answer = 'declined') AS declined,
    count(*) FILTER (WHERE answer IS NULL) AS unanswered,
    count(DISTINCT party) FILTER (WHERE sold) AS sold
FROM told GROUP BY GROUPING SETS ((kind), ())
"""
COLUMNS = (
    Column(_("優惠"), "text"), Column(_("提出次數")), Column(_("客戶")),
    Column(Answer.ACCEPTED.label), Column(Answer.CONSIDERING.label),
    Column(Answer.COUNTERED.label), Column(Answer.DECLINED.label), Column(_("還沒答覆")),
    Column(_("其後成交")), Column(_("成交率"), "percent"),
)  # fmt: skip


def offers(scope: Scope) -> Figures:
    """Offers of the period by kind: the last answers, and the clients who bought since. One query.

    A client who had two kinds of offers counts with both, and once in the last row.
    """
    found = ask(OFFERS, scope)
    whole = next(row for row in found if row["kind"] is None)
    if whole["people"] < LEAST:
        return withheld(COLUMNS, whole["people"])
    order = list(Offer.Kind.values)
    rows = sorted((row for row in found if row["kind"]), key=lambda row: order.index(row["kind"]))
    hide = few(rows, lambda row: row["kind"])

    def line(name: str, row: dict[str, Any]) -> list[Any]:
        return [
            name, row["offers"], row["people"], row["accepted"], row["considering"],
            row["countered"], row["declined"], row["unanswered"], row["sold"],
            share(row["sold"], row["people"]),
        ]  # fmt: skip

    shown = [
        masked(line(str(Offer.Kind(row["kind"]).label), row), hide=row["kind"] in hide)
        for row in rows
    ]
    told = [cells for cells in shown if cells[1] is not HIDDEN]
    best = max(told, key=lambda cells: cells[9], default=None)
    finding = ""
    if best is not None:
        finding = gettext("得到優惠的客戶 %(all)s%% 成交；%(kind)s最高，%(part)s%%。") % {
            "all": share(whole["sold"], whole["people"]),
            "kind": best[0],
            "part": best[9],
        }
    return Figures(
        columns=COLUMNS,
        rows=shown,
        totals=[line(gettext("合計"), whole)],
        count=whole["offers"],
        people=whole["people"],
        data={
            "names": [cells[0] for cells in told],
            "bars": [
                {
                    "name": str(COLUMNS[2].heading),
                    "tone": "line-strong",
                    "values": [c[2] for c in told],
                },
                {"name": str(COLUMNS[8].heading), "tone": "own", "values": [c[8] for c in told]},
            ],
            "line": {
                "name": str(COLUMNS[9].heading),
                "tone": "lapsing",
                "values": [float(cells[9]) for cells in told],
            },
        },
        finding=finding,
    )
