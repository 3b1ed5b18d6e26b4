"""The pages of commissions, one module for each noun."""

from .deals import deal_adjust, deal_new, deal_step, lead_deals, reservation_release, reserve
from .exports import export, export_cancel, export_file, export_start
from .forecast import forecast
from .packs import case_pack
from .periods import period_list, period_payout, period_sign
from .plans import plan_list, plan_new
from .report import report
from .statement import statement, statement_object, statement_print
from .units import unit_import, unit_list

__all__ = [
    "case_pack",
    "deal_adjust",
    "deal_new",
    "deal_step",
    "export",
    "export_cancel",
    "export_file",
    "export_start",
    "forecast",
    "lead_deals",
    "period_list",
    "period_payout",
    "period_sign",
    "plan_list",
    "plan_new",
    "report",
    "reservation_release",
    "reserve",
    "statement",
    "statement_object",
    "statement_print",
    "unit_import",
    "unit_list",
]
