"""The charts of the analysis in their order: what each says, of what, and how it counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from leads.access import ANALYSTS, OFFICE_SIDES, OVERSEERS
from leads.models import Role
from leads.needs.analysis import items, measures, motives, service
from leads.needs.analysis.figures import Figures
from leads.needs.analysis.scope import Scope
from leads.needs.models import Side

from . import queries


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: its address, title, clause, how it is drawn, and what its number counts."""

    name: str
    title: Any
    clause: str
    kind: str
    """As charts.js knows it; `funnel` is drawn without script."""
    counted: Any
    how: Any
    """How it is counted, in one or two sentences."""
    read: Callable[[Scope], Figures]
    of_sale: bool = False
    """Of clients and sales: not for the management office."""
    sided: bool = False
    """The filter by side narrows it."""
    ahead: bool = False
    """It looks ahead from today, whatever the period."""
    wide: bool = False
    """Its table needs the width of the page."""

    @property
    def place(self) -> str:
        """By what its drawing is known on a page."""
        return f"need-{self.name}"

    def open_to(self, role: str) -> bool:
        """May this role read it?"""
        return role in (OVERSEERS if self.of_sale else ANALYSTS)


_ALL = (
    Chart(
        "gaps",
        _("期望、底線與現況"),
        "needs/1",
        "gap",
        _("%(count)s 件需求"),
        _(
            "評過三個級別（1–5）的需求，按項目平均。現況是最近一次感受：措施驗證過就用改善後的級別。落差＝期望－現況。"
        ),
        items.gaps,
        sided=True,
    ),
    Chart(
        "pareto",
        _("落差柏拉圖"),
        "needs/1",
        "pareto",
        _("%(count)s 件有落差的需求"),
        _("現況低於期望的需求，把差的級數加起來；佔到八成的項目先處理。"),
        items.pareto,
        sided=True,
    ),
    Chart(
        "months",
        _("各項目逐月"),
        "needs/1",
        "stacked",
        _("%(count)s 件需求"),
        _("按客戶說出的月份；圖按方面堆疊，表格列到項目。"),
        items.months,
        sided=True,
        wide=True,
    ),
    Chart(
        "ratings",
        _("服務評分"),
        "needs/2",
        "lines",
        _("%(count)s 個評分"),
        _("服務方面的需求，按說出的月份平均：說出時的感受、期望、措施驗證後的感受。"),
        service.ratings,
    ),
    Chart(
        "complaints",
        _("投訴到改善的天數"),
        "needs/2",
        "bars",
        _("%(count)s 件投訴"),
        _("來源是投訴的需求，從說出那天到措施完成那天；還沒完成的列在「還在等」。"),
        service.complaint_days,
        sided=True,
    ),
    Chart(
        "measures",
        _("措施的效果"),
        "needs/2",
        "change",
        _("%(count)s 次驗證"),
        _("期間內驗證過的措施，同一項目同樣的文字算同一項；改善前後都是客戶感受的級別。認可＝滿意或有改善。"),
        measures.effects,
        sided=True,
    ),
    Chart(
        "funnel",
        _("從詢問到簽約"),
        "needs/3",
        "funnel",
        _("%(count)s 組客戶"),
        _("第一次詢問在期間內的客戶，算到現在為止；走到後面階段的，前面各階段都計入。再訪＝第一次聯繫之後的另一天到訪。"),
        queries.funnel,
        of_sale=True,
    ),
    Chart(
        "motives",
        _("動機與來源"),
        "needs/3",
        "stacked",
        _("%(count)s 組客戶"),
        _("期間內最後一次寫下的購買輪廓；一組客戶可有多個動機，每個都計。來源取第一次說到來源的接待。"),
        motives.motives,
        of_sale=True,
        wide=True,
    ),
    Chart(
        "plans",
        _("購買計劃時間表"),
        "needs/3",
        "stacked",
        _("%(count)s 組客戶"),
        _("每組客戶最新的計劃，不含放棄的和之後已認購的。加權金額＝金額×把握。早於本月的列在本月。"),
        queries.plans,
        of_sale=True,
        ahead=True,
        wide=True,
    ),
    Chart(
        "visits",
        _("幾次到訪才成交"),
        "needs/3",
        "bars",
        _("%(count)s 組成交客戶"),
        _("第一筆認購在期間內的客戶，認購之前（含當時）來過幾次；天數從第一次聯繫算起。退房的不算。"),
        queries.visits,
        of_sale=True,
    ),
    Chart(
        "offers",
        _("優惠與成交"),
        "needs/3",
        "rates",
        _("%(count)s 次優惠"),
        _("期間內提出的優惠和最後一次答覆；其後成交＝提出當天或之後認購、沒有退房的客戶。"),
        queries.offers,
        of_sale=True,
    ),
)  # fmt: skip
CHARTS: Mapping[str, Chart] = {chart.name: chart for chart in _ALL}


def sides_of(role: str) -> tuple[str, ...]:
    """The sides of whose needs a role may know: the management office carries out two of them."""
    if role == Role.MANAGEMENT_OFFICE:
        return OFFICE_SIDES
    return tuple(Side.values)


def charts_of(role: str) -> list[Chart]:
    """The charts that a role may read, in order."""
    return [chart for chart in _ALL if chart.open_to(role)]
