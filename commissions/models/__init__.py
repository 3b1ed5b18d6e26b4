"""Units, plans and deals; the ledger and its periods. Amounts in integer cents."""

from .deals import Deal, DealStep, Plan, Reservation, Unit
from .exports import Export
from .ledger import Adjustment, Entry, Line, Period, Signature
from .papers import BuyerPaper

__all__ = [
    "Adjustment",
    "BuyerPaper",
    "Deal",
    "DealStep",
    "Entry",
    "Export",
    "Line",
    "Period",
    "Plan",
    "Reservation",
    "Signature",
    "Unit",
]
