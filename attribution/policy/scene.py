"""What a clause may look at: the state of the lead, told as sentences.

The engine builds and changes all of this; clauses only read it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from .decision import Claim, Failure, Matter, Reading, Step
from .facts import Assist, Deal, Key, Reception
from .parameters import Split

CollisionKind = Literal["plain", "apart", "proxy", "unfiled"]
"""plain: two agents, one party · apart: a link that the policy does not unite · proxy: with a
filed proxy's claim · unfiled: with a proxy's claim that was not filed in time."""


class Collision(NamedTuple):
    """Two agents stand in one lead: `later` began while `earlier` was alive."""

    earlier: Claim
    later: Claim | None
    """None where the later agent came only with a deal."""
    kind: CollisionKind
    discovered: datetime
    occurred: datetime
    knowing: bool
    fact: Key
    later_agent: Key
    relation: str = "same"
    """How the two are known to be one party: the link's relation, «same» inside one lead."""

    def of_deal(self, sale: "Sale") -> bool:
        """Is it the closing of that deal beside another's claim?"""
        return self.later is None and self.occurred == sale.fact.at


class Wait(NamedTuple):
    """Nobody owns from that moment until a person decides, by that clause."""

    clause: str
    since: datetime


class Sale:
    """A deal and how it is judged so far: whatever has no value yet, the first judging gives."""

    __slots__ = (
        "by_link",
        "clauses",
        "closed",
        "closer_knew",
        "commission",
        "credit",
        "fact",
        "hold",
        "kind",
        "names",
        "owner",
        "reading",
        "sharers",
    )

    def __init__(self, fact: Deal, names: Iterable[Key]) -> None:
        self.fact = fact
        self.names = frozenset(names)
        """Under which the buyer was known then."""
        self.by_link: bool
        """A later link showed that the buyer is a client of someone else (rule 14)."""
        self.owner: Claim | None
        """The owner's claim at the moment of subscription."""
        self.closer_knew: bool
        self.credit: dict[Key, int]
        self.commission: dict[Key, int]
        self.sharers: dict[Key, int]
        """Who shares the credit because their clients collided; percent per agent, if any does."""
        self.reading: Reading | None = None
        self.clauses: tuple[str, ...]
        self.hold: Claim | None = None
        """The claim by which the lead stays with the credited agent."""
        self.closed = False
        """Its matter is closed; nothing recorded later reopens it."""
        self.kind: tuple[bool, bool, bool] | None = None
        """By an outsider, knowing, found by a link: as it was last flagged."""

    def concerns(self, claim: Claim) -> bool:
        """May that claim have a part: begun by the deal, and known then or found by a link?"""
        known = claim.recorded <= self.fact.recorded or claim.lead not in self.names
        return known and claim.begin <= self.fact.at and claim is not self.hold

    @property
    def on_behalf(self) -> bool:
        """Closed on behalf of the owner."""
        return self.fact.assisting and self.owner is not None

    @property
    def by_outsider(self) -> bool:
        """Closed by someone who is neither owner nor sharer, and not on the owner's behalf."""
        owner = self.owner
        return (
            owner is not None
            and not self.fact.assisting
            and self.fact.agent != owner.agent
            and self.fact.agent not in owner.shares
            and self.fact.agent not in self.sharers
        )


class Succession(NamedTuple):
    """The first claim of a chain lapsed while others waited, and a person must say who follows."""

    lapsed: Claim
    since: datetime


class Help(NamedTuple):
    """An agent received for the owner."""

    helper: Key
    owner: Key
    at: datetime


class Received(NamedTuple):
    """The first reception under one name."""

    moment: datetime
    fact: Reception | Assist


class ProxyLink(NamedTuple):
    """The names and claims of a side that is known to have viewed for the names of the other."""

    viewers: frozenset[Key]
    buyers: frozenset[Key]
    claims: frozenset[int]
    """The claims, by their order, that the proxy's side brought into the link."""

    def brought(self, claim: Claim) -> bool:
        """Does that claim come from the proxy's side?"""
        return claim.order in self.claims


class Lead:
    """All that is known of one party so far, under whichever names."""

    __slots__ = (
        "aggrieved",
        "alerts",
        "alive",
        "cases",
        "claims",
        "closed_at",
        "collisions",
        "filed",
        "helped",
        "matters",
        "may_wait",
        "names",
        "new",
        "price_testing",
        "proxies",
        "pruned_by",
        "received",
        "refused",
        "sales",
        "steps",
        "told",
        "waited",
        "waiting",
    )

    def __init__(self, name: Key) -> None:
        self.names = {name}
        self.claims: list[Claim] = []
        self.alive: list[Claim] = []
        """The claims that may still be living on the day `pruned_by`; the others were over."""
        self.pruned_by = date.min
        self.told: dict[Key, datetime] = {}
        """When each agent was first shown that another agent holds this client."""
        self.received: dict[Key, Received] = {}
        self.new = True
        """Nobody has received this client yet, or only before a finding of the agent's fault."""
        self.closed_at: datetime | None = None
        """When a person last closed the matter."""
        self.helped: list[Help] = []
        self.filed: list[tuple[Key, Key, datetime]] = []
        """Proxy entries that suffice: the name, the agent, when."""
        self.proxies: list[ProxyLink] = []
        self.price_testing = False
        self.aggrieved = False
        """A complaint led to another agent; people brought by this client choose freely."""
        self.refused: list[Failure] = []
        """Receptions that gave their agent no claim."""
        self.may_wait = False
        """A claim stands here whose turn a person decides when the first lapses."""
        self.waiting: Wait | None = None
        """Nobody owns until a person decides."""
        self.waited: list[tuple[Wait, datetime]] = []
        """For what it waited before, and until when."""
        self.sales: list[Sale] = []
        self.collisions: list[Collision] = []
        self.matters: list[Matter] = []
        self.cases: dict[str, None] = {}
        self.alerts: dict[str, None] = {}
        """Each once, in the order in which they were raised."""
        self.steps: list[Step] = []

    def first_alive(self, moment: datetime) -> Claim | None:
        """The first living claim of the chain at a moment that is being recorded."""
        return self._first(self.near(moment), moment)

    def near(self, moment: datetime) -> list[Claim]:
        """The claims that may have been living at that moment."""
        return self.claims if moment.date() < self.pruned_by else self.alive

    def prune(self, today: date) -> None:
        """Set aside what was over before that day."""
        self.pruned_by = max(today, self.pruned_by)
        self.alive = [
            claim
            for claim in self.alive
            if claim.last_day >= today and (claim.ended is None or claim.ended.date() >= today)
        ]

    def owner_at(self, moment: datetime) -> Claim | None:
        """The claim by which the lead was owned at any moment."""
        if self.waits_at(moment) is not None or self.succession_by(moment) is not None:
            return None
        return self._first(self.claims, moment)

    def waits_at(self, moment: datetime) -> Wait | None:
        """For what the lead waited at that moment."""
        if self.waiting is not None and self.waiting.since <= moment:
            return self.waiting
        ended = (wait for wait, until in self.waited if wait.since <= moment < until)
        return next(ended, None)

    def living_claim_of(self, agent: Key, moment: datetime) -> Claim | None:
        """That agent's living claim, the foremost if he has several."""
        return self._first((c for c in self.near(moment) if c.agent == agent), moment)

    def chain_of(self, sale: "Sale", moment: datetime) -> list[Claim]:
        """The living claims at any moment, of those begun by a deal, its own apart, in order."""
        return sorted(
            (claim for claim in self.claims if sale.concerns(claim) and self.living(claim, moment)),
            key=lambda claim: claim.place(moment),
        )

    def living(self, claim: Claim, moment: datetime) -> bool:
        """Does that claim live and count, and has its turn not passed?"""
        return claim.counts and claim.alive(moment) and not self.passed_over(claim, moment)

    def passed_over(self, claim: Claim, moment: datetime) -> bool:
        """Did a claim before it lapse, in an office where the next does not follow?"""
        if claim.succession == "next_in_chain":
            return False
        return next(self._lapsed_before(claim, moment), None) is not None

    def _lapsed_before(self, claim: Claim, moment: datetime) -> Iterator[Claim]:
        place = claim.place(moment)
        return (
            first
            for first in self.claims
            if first.agent != claim.agent
            and first.counts
            and first.place(moment) < place
            and first.alive(claim.begin)
            and first.lapsed(moment)
        )

    def succession_by(self, moment: datetime) -> Succession | None:
        """The lapse from which on a person must say who follows; None where nobody must."""
        if not self.may_wait:
            return None
        lapses = [
            Succession(claim, claim.end.exact(moment.tzinfo))
            for claim in self.claims
            if claim.counts and claim.lapsed(moment)
        ]
        for found in sorted(lapses, key=lambda lapse: lapse.since):
            since = found.since
            if self.closed_at is not None and since <= self.closed_at:
                continue
            left = (c for c in self.claims if c.succession == "supervisor" and c.counts)
            # Whom a person or a deal put before those who wait owns on.
            if any(c.alive(since) for c in left) and self._first(self.claims, since) is None:
                return found
        return None

    def _first(self, claims: Iterable[Claim], moment: datetime) -> Claim | None:
        best: Claim | None = None
        for claim in claims:
            if not claim.counts or not claim.alive(moment):
                continue
            if claim.succession != "next_in_chain" and self.passed_over(claim, moment):
                continue
            if best is None or claim.place(moment) < best.place(moment):
                best = claim
        return best

    def knew(self, agent: Key, before: datetime) -> bool:
        """Had that agent a notice strictly before that moment?"""
        told = self.told.get(agent)
        return told is not None and told < before

    def filed_by(self, viewers: Iterable[Key], agent: Key) -> datetime | None:
        """When that agent's proxy entry for any of these names was filed."""
        return min(
            (when for name, who, when in self.filed if who == agent and name in viewers),
            default=None,
        )


def _until(claim: Claim) -> date:
    """Until which day a claim lived."""
    return claim.last_day if claim.ended is None else min(claim.last_day, claim.ended.date())


class Scene:
    """The lead at the moment of one fact."""

    __slots__ = ("_departed", "_leads", "acted", "at", "lead", "mine", "owner", "waiting")

    def __init__(self, leads: dict[Key, Lead], departed: set[Key]) -> None:
        self._leads = leads
        self._departed = departed
        self.lead: Lead
        self.at: datetime
        """From when the fact counts."""
        self.acted: datetime
        """When it happened."""
        self.owner: Claim | None
        """The first living claim, whoever's; None while the lead waits for a person."""
        self.waiting: Wait | None
        """For what the lead waits at that moment."""
        self.mine: Claim | None
        """The living claim of the agent who acts."""

    @property
    def nobody_holds(self) -> bool:
        """No claim of anybody is alive."""
        return self.owner is None

    @property
    def waits(self) -> bool:
        """Does the lead wait for a person?"""
        return self.waiting is not None

    def waits_by(self, clause: str) -> bool:
        """Does the lead wait for a person, by that clause?"""
        return self.waiting is not None and self.waiting.clause == clause

    def knows(self, agent: Key) -> bool:
        """Was that agent shown, strictly before this act, that another agent holds the client?"""
        return self.lead.knew(agent, self.acted)

    def works_here(self, agent: Key) -> bool:
        """Has that agent not departed by now?"""
        return agent not in self._departed

    def gave_up(self, agent: Key) -> bool:
        """Had that agent a claim that lapsed by the calendar?"""
        return any(
            claim.agent == agent and claim.counts and not claim.by_fault and claim.lapsed(self.at)
            for claim in self.lead.claims
        )

    def lapsed_claim_of(self, agent: Key) -> Claim | None:
        """That agent's claim that lapsed last by the calendar."""
        lapsed = (
            claim
            for claim in self.lead.claims
            if claim.agent == agent
            and claim.ended is None
            and claim.counts
            and not claim.by_fault
            and claim.lapsed(self.at)
        )
        return max(lapsed, key=lambda claim: (claim.last_day, claim.order), default=None)

    @property
    def anyone_passed_over(self) -> bool:
        """Did a first claim lapse while others still wait, so that none of them followed?"""
        return any(
            claim.counts and claim.alive(self.at) and self.lead.passed_over(claim, self.at)
            for claim in self.lead.claims
        )

    def helped(self, sale: Sale) -> bool:
        """Had the closer of a deal received for the credited agent on the same day?"""
        deal = sale.fact
        return any(
            help_.helper == deal.agent
            and help_.owner in sale.credit
            and help_.at.date() == deal.at.date()
            and help_.at <= deal.at
            for help_ in self.lead.helped
        )

    @property
    def anyone_gave_up(self) -> bool:
        """Did any agent's claim lapse by the calendar?"""
        return any(
            claim.counts and not claim.by_fault and claim.lapsed(self.at)
            for claim in self.lead.claims
        )

    def is_agent_of(self, agent: Key, name: Key) -> bool:
        """Is he the agent of that other client: the owner, the last to hold him, or the first?"""
        lead = self._leads.get(name)
        if lead is None:
            return False
        owner = lead.owner_at(self.at)
        held = [c for c in lead.claims if c.counts and not c.by_fault and not c.void]
        if not held:
            return False
        present = owner if owner is not None else max(held, key=_until)
        return agent in (present.agent, held[0].agent)

    def aggrieved(self, name: Key) -> bool:
        """Did that client's complaint lead to another agent?"""
        lead = self._leads.get(name)
        return lead is not None and lead.aggrieved

    def claim_of(self, agent: Key) -> Claim | None:
        """That agent's living claim on this lead."""
        return self.lead.living_claim_of(agent, self.at)

    def first_collision(self, sale: Sale) -> Collision | None:
        """The collision discovered first, of claims begun by the deal.

        One discovered after the deal matters only where a link shows the buyer to be another's.
        """
        deal = sale.fact
        return next(
            (
                c
                for c in self.lead.collisions
                if c.occurred <= deal.at and (sale.by_link or c.discovered <= deal.recorded)
            ),
            None,
        )

    def reading_of_the_deal(self, sale: Sale) -> Key:
        """The owner at the moment of subscription; if nobody owns, the closing agent."""
        return sale.fact.agent if sale.owner is None else sale.owner.agent

    def reading_on(self, basis: Literal["discovery", "occurrence"], sale: Sale) -> Reading | None:
        """Whom the day of discovery, or of occurrence, favours; None where there was no collision.

        The reading gives way to the deal's where a claim began after the last day of the agent
        whom it favours: that was a new beginning.
        """
        collision = self.first_collision(sale)
        if collision is None:
            return None
        moment = collision.discovered if basis == "discovery" else collision.occurred
        claim = next(iter(self.lead.chain_of(sale, moment)), None)
        by_deal = self.reading_of_the_deal(sale)
        favoured = sale.fact.agent if claim is None else claim.agent
        if favoured == by_deal:
            return Reading(basis, favoured)
        if self._began_anew(favoured, sale, moment):
            return Reading("deal", by_deal)
        return Reading(basis, favoured, other=by_deal)

    def _began_anew(self, favoured: Key, sale: Sale, moment: datetime) -> bool:
        """Did a claim begin after the last day of the agent whom the reading of a moment favours?

        Where he had none by then: after the moment.
        """
        begun = [claim for claim in self.lead.claims if sale.concerns(claim)]
        own = [c.end for c in begun if c.agent == favoured and c.begin <= moment]
        if not own:
            return any(claim.begin > moment for claim in begun)
        return any(all(end.passed(claim.begin) for end in own) for claim in begun)


def sharers_of(lead: Lead, sale: Sale, splits: Sequence[tuple[str, Split]]) -> dict[Key, int]:
    """Percent per agent where living claims of a deal collided unknowing and the office splits.

    The collision discovered first, of those with a split, says how. Nobody shares where the closer
    took the deal knowing, where prices were tested, or where a ruling set the shares.
    """
    if not splits or lead.price_testing:
        return {}
    owner = sale.owner
    if owner is None or owner.by_person or (sale.closer_knew and sale.fact.agent != owner.agent):
        return {}
    split = dict(splits)
    chain = lead.chain_of(sale, sale.fact.at)
    collided = [
        c
        for c in lead.collisions
        if c.kind == "plain" and c.relation in split and c.earlier in chain and c.later in chain
    ]
    if not collided:
        return {}
    standing = {claim.order for c in collided for claim in (c.earlier, c.later) if claim}
    agents = list(dict.fromkeys(claim.agent for claim in chain if claim.order in standing))
    how = split[collided[0].relation]
    if not how:
        each, odd = divmod(100, len(agents))
        return {agent: each + (place < odd) for place, agent in enumerate(agents)}
    shares = dict(zip(agents, how, strict=False))
    shares[agents[0]] += 100 - sum(shares.values())
    return shares
