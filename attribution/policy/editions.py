"""Which clauses are in force, with which numbers: the presets sales, leasing and house.

A policy is a preset plus changed parameters. `policy()` checks them and builds it; `edition()`
turns it into the clauses in force, ready for the engine.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, Literal, get_args

from .clause import Clause
from .clauses.leasing_1_01_first_reception import FirstCallOrVisit
from .clauses.leasing_1_02_validity import Validity
from .clauses.leasing_1_03_enquiry_counts import EnquiryCounts
from .clauses.leasing_1_04_brochure_counts import BrochureCounts
from .clauses.leasing_1_05_same_caller import SameCaller
from .clauses.leasing_1_06_one_party import OneParty
from .clauses.leasing_1_07_obligatory_reception import ObligatoryReception
from .clauses.leasing_1_08_signed_client import SignedClient
from .clauses.leasing_1_09_joint_reception import JointReception
from .clauses.leasing_1_10_lapsed_client import LapsedClient
from .clauses.leasing_1_11_departure import DepartedAgent
from .clauses.leasing_1_12_delegated_help import DelegatedHelp
from .clauses.leasing_1_13_brought_by_client import BroughtByClient
from .clauses.leasing_1_14_complaint import ComplaintFound
from .clauses.leasing_2_01_collision import CollisionDiscovered
from .clauses.leasing_2_02_price_testing import PriceTesting
from .clauses.leasing_2_03_proxy import ProxyWithManager
from .clauses.leasing_2_04_ladder import Ladder
from .clauses.sales_01_poaching import Poaching
from .clauses.sales_02_collision import CollisionForSupervisor
from .clauses.sales_03_first_reception import FirstOnSite
from .clauses.sales_04_known_elsewhere import KnownElsewhere
from .clauses.sales_05_advance_registration import AdvanceRegistration
from .clauses.sales_06_proxy import ProxyFiled
from .clauses.sales_07_name_swap import NameSwap
from .clauses.sales_08_unit_speculation import UnitSpeculation
from .clauses.sales_09_steering import Steering
from .clauses.sales_10_replaced_agent import ReplacedAgent
from .decision import Verb

Preset = Literal["sales", "leasing", "house"]
VERBS: tuple[Verb, ...] = ("bars", "grants", "extends", "settles", "flags")

UNITED = frozenset({"family", "friend", "colleague"})


class PolicyError(ValueError):
    """A policy that cannot be: unknown parameter, wrong type, or a contradiction. Says which."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers of one office; None in a number means: does not lapse, or no extension."""

    preset: Preset
    call_claim: Literal["full", "contact"]
    call_days: int | None
    visit_months: int | None
    extension_months: int | None
    collision_by: Literal["policy", "supervisor"]
    party: frozenset[str]
    """The relations, besides the same person, that are one buying party for one need."""
    advance_registration: bool
    known_agent: bool
    """A newcomer who names an agent who knows him from elsewhere is that agent's (sales/4)."""
    brought_by_client: bool
    """A newcomer brought by a client may ask for that client's agent (leasing/1.13)."""
    proxy_acknowledged: bool
    proxy_unfiled_by: Literal["supervisor", "negotiation"]


PRESETS: Mapping[str, Policy] = {
    "sales": Policy(
        preset="sales",
        call_claim="contact",
        call_days=None,
        visit_months=None,
        extension_months=None,
        collision_by="supervisor",
        party=frozenset(),
        advance_registration=True,
        known_agent=True,
        brought_by_client=False,
        proxy_acknowledged=False,
        proxy_unfiled_by="supervisor",
    ),
    "leasing": Policy(
        preset="leasing",
        call_claim="full",
        call_days=15,
        visit_months=1,
        extension_months=1,
        collision_by="policy",
        party=UNITED,
        advance_registration=False,
        known_agent=False,
        brought_by_client=True,
        proxy_acknowledged=True,
        proxy_unfiled_by="negotiation",
    ),
    "house": Policy(
        preset="house",
        call_claim="full",
        call_days=15,
        visit_months=1,
        extension_months=1,
        collision_by="policy",
        party=UNITED,
        advance_registration=True,
        known_agent=True,
        brought_by_client=True,
        proxy_acknowledged=False,
        proxy_unfiled_by="supervisor",
    ),
}

_NUMBERS = {"call_days", "visit_months", "extension_months"}
_CHOICES = {
    "call_claim": ("full", "contact"),
    "collision_by": ("policy", "supervisor"),
    "proxy_unfiled_by": ("supervisor", "negotiation"),
}
_SWITCHES = {"advance_registration", "known_agent", "brought_by_client", "proxy_acknowledged"}


def policy(preset: str, settings: Mapping[str, Any] | None = None) -> Policy:
    """The policy of a preset with changed parameters. Raises PolicyError naming the field."""
    base = PRESETS.get(preset)
    if base is None:
        raise PolicyError("policy", f"unknown preset {preset!r}, one of {', '.join(PRESETS)}")
    return changed(base, settings or {})


def changed(base: Policy, settings: Mapping[str, Any]) -> Policy:
    """The policy with some parameters changed. Raises PolicyError naming the field."""
    known = {f.name for f in fields(Policy)} - {"preset"}
    for name in settings:
        if name not in known:
            raise PolicyError(name, f"unknown parameter, one of {', '.join(sorted(known))}")
    return replace(base, **{name: _checked(name, value) for name, value in settings.items()})


def _checked(name: str, value: Any) -> Any:
    if name in _NUMBERS:
        whole = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 1200
        if value is not None and not whole:
            raise PolicyError(name, f"a whole number from 1 to 1200 or null, not {value!r}")
    elif name in _CHOICES:
        if value not in _CHOICES[name]:
            raise PolicyError(name, f"one of {', '.join(_CHOICES[name])}, not {value!r}")
    elif name in _SWITCHES:
        if not isinstance(value, bool):
            raise PolicyError(name, f"true or false, not {value!r}")
    elif name == "party":
        if isinstance(value, str) or not isinstance(value, Iterable) or set(value) - UNITED:
            raise PolicyError(name, f"a list of {', '.join(sorted(UNITED))}, not {value!r}")
        return frozenset(value)
    return value


class Edition:
    """The clauses in force under one policy, sorted for the engine's questions."""

    def __init__(self, policy: Policy, clauses: tuple[Clause, ...]) -> None:
        self.policy = policy
        self.clauses = clauses
        self._answers: dict[tuple[Verb, type], tuple[Any, ...]] = {}

    def asks(self, verb: Verb, kind: type) -> tuple[Any, ...]:
        """The (rank, id, method) of every clause with that verb for that kind, by rank."""
        key = (verb, kind)
        found = self._answers.get(key)
        if found is None:
            speaking = [
                (clause.rank_of.get(verb, clause.rank), clause.id, getattr(clause, verb))
                for clause in self.clauses
                if kind in clause.hears and getattr(type(clause), verb) is not getattr(Clause, verb)
            ]
            found = self._answers[key] = tuple(sorted(speaking, key=lambda answer: answer[0]))
        return found


@lru_cache(maxsize=256)
def edition(policy: Policy) -> Edition:
    """The clauses in force under that policy, each with its numbers."""
    return Edition(policy, tuple(_in_force(policy)))


def _in_force(p: Policy) -> Iterable[Clause]:
    """The table of contents. What the presets' table does not name is in force everywhere."""
    timed = not (p.call_days is p.visit_months is p.extension_months is None)
    sales, leasing = p.preset in ("sales", "house"), p.preset in ("leasing", "house")
    yield Poaching()
    if sales:
        yield CollisionForSupervisor(collision_by=p.collision_by)
        yield FirstOnSite()
    if p.known_agent:
        yield KnownElsewhere()
    if p.advance_registration:
        yield AdvanceRegistration()
    if sales:
        yield ProxyFiled(p.proxy_acknowledged, p.proxy_unfiled_by)
    yield NameSwap()
    yield UnitSpeculation()
    yield Steering()
    yield ReplacedAgent()
    if leasing:
        yield FirstCallOrVisit()
    if timed:
        yield Validity(p.call_days, p.visit_months, p.extension_months)
    if leasing:
        yield EnquiryCounts()
        yield BrochureCounts()
        yield SameCaller()
        yield OneParty(tuple(sorted(p.party)))
    yield ObligatoryReception()
    yield SignedClient()
    if leasing:
        yield JointReception()
    yield LapsedClient()
    yield DepartedAgent()
    yield DelegatedHelp()
    if p.brought_by_client:
        yield BroughtByClient()
    yield ComplaintFound()
    if leasing:
        yield CollisionDiscovered(collision_by=p.collision_by)
    yield PriceTesting()
    if leasing:
        yield ProxyWithManager(p.proxy_acknowledged, p.proxy_unfiled_by)
        yield Ladder(p.proxy_unfiled_by)


ALL_CLAUSES: tuple[type[Clause], ...] = (
    Poaching,
    CollisionForSupervisor,
    FirstOnSite,
    KnownElsewhere,
    AdvanceRegistration,
    ProxyFiled,
    NameSwap,
    UnitSpeculation,
    Steering,
    ReplacedAgent,
    FirstCallOrVisit,
    Validity,
    EnquiryCounts,
    BrochureCounts,
    SameCaller,
    OneParty,
    ObligatoryReception,
    SignedClient,
    JointReception,
    LapsedClient,
    DepartedAgent,
    DelegatedHelp,
    BroughtByClient,
    ComplaintFound,
    CollisionDiscovered,
    PriceTesting,
    ProxyWithManager,
    Ladder,
)
"""Every clause of both parts, in the order of the documents."""

assert get_args(Preset) == tuple(PRESETS)
