"""Which parameters may stand together; what contradicts itself is refused with the reason."""

from collections.abc import Mapping
from typing import Any, get_args

from ..calendar import Span
from ..facts import Channel
from .errors import PolicyError
from .office import WEEK, Policy

ROLLED = (
    *(f"{channel}_validity" for channel in get_args(Channel)),
    "extension",
    "extension_mode",
)
"""The parameters whose place a rolling validity takes."""


def together(p: Policy, given: Mapping[str, Any]) -> None:
    """Refuse contradictions. `given` are the parameters named now, by an office that wants them."""
    _validities_together(p, given)
    _extensions_together(p, given)
    _calendar_together(p)
    if not p.lapses:
        if p.claim_back is not None:
            raise PolicyError("claim_back", "never_lapses")
        if p.after_lapse != "next_in_chain":
            raise PolicyError("after_lapse", "never_lapses")
    for relation, _ in p.collision_split:
        if not p.unites(relation):  # type: ignore[arg-type]
            raise PolicyError("collision_split", "not_united", value=relation)


def _validities_together(p: Policy, given: Mapping[str, Any]) -> None:
    for channel, claim in (("online", p.online_claim), ("report", p.report_claim)):
        name = f"{channel}_validity"
        if claim == "none" and getattr(p, name) is not None:
            raise PolicyError(name, "no_claim", other=f"{channel}_claim")
    if p.rolling_validity is None:
        return
    for name in ROLLED:
        if given.get(name) is not None:
            raise PolicyError(name, "rolled", other="rolling_validity")


def _extensions_together(p: Policy, given: Mapping[str, Any]) -> None:
    if p.extension_mode == "none" and p.extension is not None and p.rolling_validity is None:
        raise PolicyError("extension_mode", "extension_given", other="extension")
    if p.extends_by is not None:
        return
    if p.extension_mode in ("every", "from_follow_up"):
        raise PolicyError("extension_mode", "no_extension", other="extension")
    for name in ("extension_cap", "extension_total"):
        if getattr(p, name) is not None:
            raise PolicyError(name, "nothing_extends", other="extension")


def _calendar_together(p: Policy) -> None:
    counted = [(f"{c}_validity", p.validity(c)) for c in p.channels]
    for name, span in (*counted, ("extension_total", p.extension_total)):
        if span == Span(1, "days") and p.first_day_counted and not p.last_day_counted:
            field = "rolling_validity" if p.rolling_validity is not None else name
            raise PolicyError(field, "ends_before")
    if p.holiday_roll == "next" and not (p.holidays or p.weekly_rest):
        raise PolicyError("holiday_roll", "no_rest_days")
    if p.holiday_roll == "none":
        for name in ("holidays", "weekly_rest"):
            if getattr(p, name):
                raise PolicyError(name, "no_roll", other="holiday_roll")
    if len(p.weekly_rest) == len(WEEK):
        raise PolicyError("weekly_rest", "never_works")
