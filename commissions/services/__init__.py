"""The doors of commissions: deals and what is done about them, units, periods, exports."""

from leads.journal import Busy, HappenedInTheFuture

from .adjustments import NothingToAdjust, adjust
from .deals import (
    DealClosed,
    NoPlan,
    NoSuchDeal,
    NotInThisOrder,
    UnitTaken,
    record_deal,
    record_step,
    release_unit,
    reserve_unit,
)
from .exports import (
    UNFINISHED,
    advance_export,
    begin_export,
    cancel_export,
    fail_export,
    finish_export,
    forget_export,
    note_export,
    note_pack,
    start_export,
)
from .periods import CannotClose, SignedAlready, sign_period
from .plans import NotAnAgent, PlanInForce, import_units, set_plan

__all__ = [
    "UNFINISHED",
    "Busy",
    "CannotClose",
    "DealClosed",
    "HappenedInTheFuture",
    "NoPlan",
    "NoSuchDeal",
    "NotAnAgent",
    "NotInThisOrder",
    "NothingToAdjust",
    "PlanInForce",
    "SignedAlready",
    "UnitTaken",
    "adjust",
    "advance_export",
    "begin_export",
    "cancel_export",
    "fail_export",
    "finish_export",
    "forget_export",
    "import_units",
    "note_export",
    "note_pack",
    "record_deal",
    "record_step",
    "release_unit",
    "reserve_unit",
    "set_plan",
    "sign_period",
    "start_export",
]
