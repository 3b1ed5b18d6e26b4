"""What each person gets from a sale, and how it was reckoned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from .apportion import apportion, half_up
from .plan import Plan
from .tiers import Tally

Role = Literal["agent", "helper", "introducer", "pool", "override"]
ROLES: tuple[Role, ...] = ("agent", "helper", "introducer", "pool", "override")
EVERYBODY = 0
"""Under this key stands the project's own tally, where the tiers look at everybody together."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A deal as its commission sees it; `credit` is percent per agent and sums to 100."""

    key: int
    price_cents: int
    credit: Mapping[int, int]
    rent_cents: int = 0
    unit_type: str = ""
    helper: int | None = None
    introducer: int | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """One step of the sum: an agent's share of the base, at one rate; `cents` exact."""

    agent: int
    share: Fraction
    """Of the deal: an agent's percent, or the part of it that lies in one tier."""
    rate: Fraction
    cents: Fraction


@dataclass(frozen=True, slots=True)
class Part:
    """What one person gets, as what."""

    agent: int
    role: Role
    cents: int


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The commission of a deal, in cents, what it consists of, and how it came about."""

    cents: int
    parts: tuple[Part, ...]
    """They sum to `cents`."""
    slices: tuple[Slice, ...] = field(default=())


def tallies(plan: Plan, sales: Iterable[Sale]) -> dict[int, dict[int, Tally]]:
    """Where each sale of one month stands for each of its agents (or for EVERYBODY).

    Give the sales of a month in the order of subscription, those called off left out. Empty where
    the plan has no tiers.
    """
    if plan.tiers is None:
        return {}
    ordered = list(sales)
    before: dict[int, Fraction] = {}
    starts: dict[int, dict[int, Fraction]] = {}
    for sale in ordered:
        starts[sale.key] = {}
        for who, size in _sizes(plan, sale).items():
            starts[sale.key][who] = before.get(who, Fraction(0))
            before[who] = starts[sale.key][who] + size
    return {
        key: {who: Tally(start, before[who]) for who, start in found.items()}
        for key, found in starts.items()
    }


def reckon(plan: Plan, sale: Sale, tally: Mapping[int, Tally] | None = None) -> Reckoning:
    """The commission of one sale; with tiers, give where it stands in its month."""
    slices = tuple(_slices(plan, sale, tally or {}))
    exact = sum((one.cents for one in slices), Fraction(0))
    base = half_up(exact)
    on_top = half_up(base * plan.override / 100) if plan.override_on_top else 0
    weights: dict[tuple[int, int], Fraction] = {}
    rest = Fraction(100)
    for agent, role, percent in _others(plan, sale):
        weights[ROLES.index(role), agent] = percent  # nobody has one role twice
        rest -= percent
    for one in slices:
        place = (ROLES.index("agent"), one.agent)
        due = one.cents * rest / exact if exact else Fraction(0)
        weights[place] = weights.get(place, Fraction(0)) + due
    parts = [
        Part(agent, ROLES[role], cents)
        for (role, agent), cents in sorted(apportion(base, weights).items())
        if cents
    ]
    if on_top and plan.override_to is not None:
        parts.append(Part(plan.override_to, "override", on_top))
    return Reckoning(base + on_top, tuple(parts), slices)


def _sizes(plan: Plan, sale: Sale) -> dict[int, Fraction]:
    """How much a sale adds to whose tally: deals, or cents of its price."""
    assert plan.tiers is not None
    whole = Fraction(1) if plan.tiers.by == "count" else Fraction(sale.price_cents)
    if plan.tiers.of == "project":
        return {EVERYBODY: whole}
    return {agent: whole * share / 100 for agent, share in sale.credit.items() if share}


def _slices(plan: Plan, sale: Sale, tally: Mapping[int, Tally]) -> Iterable[Slice]:
    rate = plan.rate_for(sale.unit_type)
    tiered = plan.tiers is not None and sale.unit_type not in plan.by_type
    sizes = _sizes(plan, sale) if tiered else {}
    for agent, percent in sorted(sale.credit.items()):
        share = Fraction(percent, 100)
        if not share:
            continue
        spans: Iterable[tuple[Fraction, Fraction]] = [(Fraction(1), rate.value)]
        if tiered and plan.tiers is not None:
            who = EVERYBODY if plan.tiers.of == "project" else agent
            spans = plan.tiers.rates(rate.value, tally[who], sizes[who])
        for part, value in spans:
            due = type(rate)(rate.basis, value).of(
                share * part * sale.price_cents, share * part * sale.rent_cents, share * part
            )
            yield Slice(agent, share * part, value, due)


def _others(plan: Plan, sale: Sale) -> Sequence[tuple[int, Role, Fraction]]:
    """Who besides the agents gets so many percent of the commission."""
    found: list[tuple[int, Role, Fraction]] = []
    if sale.helper is not None and plan.helper:
        found.append((sale.helper, "helper", plan.helper))
    if sale.introducer is not None and plan.introducer:
        found.append((sale.introducer, "introducer", plan.introducer))
    if plan.pool:
        whole = sum(plan.members.values(), Fraction(0))
        found += [
            (who, "pool", plan.pool * weight / whole)
            for who, weight in plan.members.items()
            if weight
        ]
    if plan.override and not plan.override_on_top and plan.override_to is not None:
        found.append((plan.override_to, "override", plan.override))
    return found
