"""Which clauses are in force, with which numbers, under one policy; ready for the engine."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

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
from .parameters import Policy


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
    sales, leasing = p.preset in ("sales", "house"), p.preset in ("leasing", "house")
    first = (p.closed, p.required_fields, p.deal_lookback, p.closer_commission)
    yield Poaching()
    if sales:
        yield CollisionForSupervisor(p.collision_by, p.collision_split)
        yield FirstOnSite(*first)
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
        yield FirstCallOrVisit(*first)
    if p.lapses or p.extends_by is not None:
        yield Validity(
            {channel: p.validity(channel) for channel in p.channels},
            p.extends_by,
            p.extends_how,
            p.extension_cap,
            p.extension_total,
            p.counting,
        )
    if leasing:
        if "phone" not in p.required_fields:
            yield EnquiryCounts()
        yield BrochureCounts()
        yield SameCaller()
        yield OneParty(tuple(sorted(p.party)))
    yield ObligatoryReception()
    yield SignedClient()
    if leasing:
        yield JointReception()
    yield LapsedClient(p.claim_back, on_duty=p.after_lapse == "on_duty")
    yield DepartedAgent()
    yield DelegatedHelp(p.helper_share)
    if p.brought_by_client:
        yield BroughtByClient()
    yield ComplaintFound()
    if leasing:
        yield CollisionDiscovered(p.collision_by, p.collision_split)
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
