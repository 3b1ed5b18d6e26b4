"""A commission plan: data in, checked, with every number exact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, get_args

from .milestones import At, Milestone
from .tiers import By, Mode, Of, Tiers

Basis = Literal["percent", "permille", "rent_months", "amount"]
BASES: tuple[Basis, ...] = get_args(Basis)
PLACES = 6
"""Rates are written with at most so many places."""


class PlanError(ValueError):
    """A plan's data make no sense: `field` says where, `why` what is wrong, in a word or two."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


@dataclass(frozen=True, slots=True)
class Rate:
    """Percent or per mille of the price, months of rent, or an amount (in cents) for each deal."""

    basis: Basis
    value: Fraction

    def of(self, price_cents: Fraction, rent_cents: Fraction, deals: Fraction) -> Fraction:
        """The commission on so much price, rent, and so many deals; exact cents."""
        return {
            "percent": self.value * price_cents / 100,
            "permille": self.value * price_cents / 1000,
            "rent_months": self.value * rent_cents,
            "amount": self.value * deals,
        }[self.basis]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much commission a deal gives, to whom besides its agents, and when it is released."""

    base: Rate
    by_type: Mapping[str, Rate] = field(default_factory=dict)
    """Types of unit with a rate of their own: they count for the tiers and keep their rate."""
    tiers: Tiers | None = None
    milestones: tuple[Milestone, ...] = (Milestone("subscription", Fraction(100)),)
    holdback: Fraction = Fraction(0)
    """Percent of each release that waits for the handover."""
    pool: Fraction = Fraction(0)
    """Percent of the commission for the team, divided among `members` by weight."""
    members: Mapping[int, Fraction] = field(default_factory=dict)
    helper: Fraction = Fraction(0)
    introducer: Fraction = Fraction(0)
    """Percent of the commission for whoever helped, or introduced, where the deal names him."""
    override: Fraction = Fraction(0)
    """Percent of the commission for the supervisor `override_to`."""
    override_to: int | None = None
    override_on_top: bool = False
    """The company pays the override besides; else it is part of the commission."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Plan":
        """The plan that the data describe. Raises PlanError.

        `base`: {basis: number}. `by_type`: {type: {basis: number}}. `tiers`: {by, of, mode, steps:
        [[from, rate], …]}. `milestones`: [{at, percent, paid}], `paid` a percent or "pro_rata".
        `holdback`, `helper`, `introducer`: percent. `pool`: {percent, members: {key: weight}}.
        `override`: {percent, to, on_top}. Numbers are text or integers, amounts in cents.
        """
        known = {"base", "by_type", "tiers", "milestones", "holdback", "pool", "helper",
                 "introducer", "override"}  # fmt: skip
        for name in data:
            if name not in known:
                raise PlanError(name, "unknown")
        base = _rate(data.get("base"), "base")
        pool, override = _mapping(data, "pool"), _mapping(data, "override")
        plan = cls(
            base=base,
            by_type={
                name: _rate(one, "by_type") for name, one in _mapping(data, "by_type").items()
            },
            tiers=_tiers(_mapping(data, "tiers")) if data.get("tiers") else None,
            milestones=_milestones(data.get("milestones")),
            holdback=_percent(data.get("holdback", 0), "holdback"),
            pool=_percent(pool.get("percent", 0), "pool"),
            members={
                _key(key, "pool"): number(weight, "pool")
                for key, weight in _mapping(pool, "members").items()
            },
            helper=_percent(data.get("helper", 0), "helper"),
            introducer=_percent(data.get("introducer", 0), "introducer"),
            override=_percent(override.get("percent", 0), "override"),
            override_to=None if override.get("to") is None else _key(override["to"], "override"),
            override_on_top=bool(override.get("on_top", False)),
        )
        plan._check()
        return plan

    def _check(self) -> None:
        if self.pool and not sum(self.members.values()):
            raise PlanError("pool", "nobody")
        if self.override and self.override_to is None:
            raise PlanError("override", "nobody")
        inside = Fraction(0) if self.override_on_top else self.override
        if self.pool + self.helper + self.introducer + inside >= 100:
            raise PlanError("pool", "nothing left")

    def rate_for(self, unit_type: str) -> Rate:
        """The rate of a type of unit before the tiers."""
        return self.by_type.get(unit_type, self.base)


def number(given: Any, name: str) -> Fraction:
    """A number that is not negative, written with few places. Raises PlanError."""
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise PlanError(name, "no number")
    try:
        found = Fraction(str(given).strip())
    except (ValueError, ZeroDivisionError) as error:
        raise PlanError(name, "no number") from error
    if found < 0:
        raise PlanError(name, "negative")
    if found * 10**PLACES % 1 or found > 10**15:
        raise PlanError(name, "no number")
    return found


def _percent(given: Any, name: str) -> Fraction:
    found = number(given, name)
    if found > 100:
        raise PlanError(name, "over 100")
    return found


def _rate(given: Any, name: str) -> Rate:
    if not isinstance(given, Mapping) or len(given) != 1:
        raise PlanError(name, "no rate")
    ((basis, value),) = given.items()
    if basis not in BASES:
        raise PlanError(name, "unknown")
    limit = {"percent": 100, "permille": 1000, "rent_months": 120, "amount": 10**15}
    found = number(value, name)
    if found > limit[basis]:
        raise PlanError(name, "too much")
    return Rate(basis, found)


def _mapping(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name) or {}
    if not isinstance(found, Mapping):
        raise PlanError(name, "unknown")
    return found


def _key(given: Any, name: str) -> int:
    try:
        return int(given)
    except (TypeError, ValueError) as error:
        raise PlanError(name, "nobody") from error


def _tiers(data: Mapping[str, Any]) -> Tiers:
    for name, choices in (("by", By), ("of", Of), ("mode", Mode)):
        if data.get(name) not in get_args(choices):
            raise PlanError("tiers", "unknown")
    steps = data.get("steps")
    if not isinstance(steps, Sequence) or not steps:
        raise PlanError("tiers", "no steps")
    found: list[tuple[Fraction, Fraction]] = []
    for step in steps:
        if not isinstance(step, Sequence) or len(step) != 2:
            raise PlanError("tiers", "no steps")
        start, rate = number(step[0], "tiers"), number(step[1], "tiers")
        if not start or (data["by"] == "count" and start.denominator != 1):
            raise PlanError("tiers", "start")
        if found and start <= found[-1][0]:
            raise PlanError("tiers", "not rising")
        found.append((start, rate))
    return Tiers(data["by"], data["of"], data["mode"], tuple(found))


def _milestones(given: Any) -> tuple[Milestone, ...]:
    if given is None:
        return (Milestone("subscription", Fraction(100)),)
    if not isinstance(given, Sequence) or not given:
        raise PlanError("milestones", "not 100")
    found = []
    for one in given:
        if not isinstance(one, Mapping) or one.get("at") not in get_args(At):
            raise PlanError("milestones", "unknown")
        paid = one.get("paid", 100)
        found.append(
            Milestone(
                one["at"],
                _percent(one.get("percent", 0), "milestones"),
                None if paid == "pro_rata" else _percent(paid, "milestones"),
            )
        )
    if sum(one.percent for one in found) != 100:
        raise PlanError("milestones", "not 100")
    return tuple(found)
