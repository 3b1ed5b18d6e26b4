"""Parties: two names that mean one client, their claims in one chain, and their collisions."""

from ..decision import Claim, Strength
from ..editions import Edition
from ..facts import Assist, Fact, Link, Reception, Relation
from ..scene import Collision, Lead, ProxyLink
from .claims import void
from .deals import Deals, kind_of


class Parties(Deals):
    """What a link joins, and which claims then stand beside each other."""

    def collide(self, claim: Claim, fact: Fact, version: Edition) -> None:
        """A claim has begun: does it stand beside another agent's?"""
        lead = self._scene.lead
        for other in lead.claims:
            if other is not claim and other.agent != claim.agent:
                self.pair(lead, other, claim, fact, version)

    def pair(
        self,
        lead: Lead,
        one: Claim,
        two: Claim,
        fact: Fact,
        version: Edition,
        relation: Relation = "same",
    ) -> None:
        """Do two claims collide? Then it is discovered now."""
        earlier, later = (
            (one, two) if (one.begin, one.order) < (two.begin, two.order) else (two, one)
        )
        if earlier.agent == later.agent or not earlier.alive(later.begin):
            return
        if earlier.counts and lead.passed_over(earlier, later.begin):
            return
        if earlier.closed or later.closed or earlier.by_fault or later.by_fault:
            return
        if later.strength is Strength.SIGNED:
            return
        collision = Collision(
            earlier,
            later,
            kind_of(lead, (earlier, later), united=version.policy.unites(relation)),
            fact.recorded,
            later.begin,
            lead.knew(later.agent, later.acted),
            fact.id,
            later.agent,
            relation,
        )
        if not collision.knowing:
            lead.collisions.append(collision)
        self.flag(collision, fact.id, version)

    def link(self, fact: Link) -> None:
        """Two names mean one party from now on (rule 7)."""
        version = self.in_force(fact.at)
        one = self.enter(fact.other, fact.recorded, None)
        two = self.enter(fact.lead, fact.recorded, None)
        apart = fact.relation not in ("same", "proxy") and not fact.same_need
        if apart:
            self.flag(fact, fact.id, version)
            return
        lead = two if one is two else self.merge(one, two)
        lead.price_testing = lead.price_testing or fact.price_testing
        self._scene.lead = lead
        self.flag(fact, fact.id, version)
        if one is not two:
            self._join(one, two, lead, fact, version)
        united = version.policy.unites(fact.relation)
        for sale in lead.sales:
            self.judge(lead, sale, fact, version, united=united)

    def _join(self, one: Lead, two: Lead, lead: Lead, fact: Link, version: Edition) -> None:
        """What follows from two chains becoming one."""
        if fact.relation == "proxy":
            # What a person or a deal gave is no reception of the proxy's.
            theirs = frozenset(claim.order for claim in two.claims if not claim.by_person)
            link = ProxyLink(frozenset(two.names), frozenset(one.names), theirs)
            lead.proxies.append(link)
            self.recount(lead)
        else:
            self.arrive(one, two, fact)
        self.await_successor(fact.lead, fact)
        for claim in one.claims:
            for other in two.claims:
                self.pair(lead, claim, other, fact, version, fact.relation)

    def merge(self, one: Lead, two: Lead) -> Lead:
        """From the link on both names mean the same lead (rule 7)."""
        lead = Lead(next(iter(one.names)))
        lead.names = one.names | two.names
        lead.claims = sorted(one.claims + two.claims, key=lambda claim: claim.order)
        lead.alive = one.alive + two.alive
        lead.pruned_by = max(one.pruned_by, two.pruned_by)
        for told in (one.told, two.told):
            for agent, moment in told.items():
                lead.told[agent] = min(moment, lead.told.get(agent, moment))
        lead.received = one.received | two.received
        lead.new = one.new and two.new
        lead.filed = one.filed + two.filed
        lead.refused = one.refused + two.refused
        lead.may_wait = one.may_wait or two.may_wait
        lead.helped = one.helped + two.helped
        lead.closed_at = max((m for m in (one.closed_at, two.closed_at) if m), default=None)
        lead.proxies = one.proxies + two.proxies
        lead.price_testing = one.price_testing or two.price_testing
        lead.aggrieved = one.aggrieved or two.aggrieved
        lead.waiting = one.waiting or two.waiting
        lead.waited = one.waited + two.waited
        lead.sales = sorted(one.sales + two.sales, key=lambda sale: sale.fact.recorded)
        lead.collisions = sorted(one.collisions + two.collisions, key=lambda c: c.discovered)
        lead.matters = one.matters + two.matters
        lead.cases = one.cases | two.cases
        lead.alerts = one.alerts | two.alerts
        lead.steps = one.steps + two.steps
        for name in lead.names:
            self._leads[name] = lead
        return lead

    def arrive(self, one: Lead, two: Lead, fact: Link) -> None:
        """A registered person turns out to have come under another name."""
        for side, other in ((one, two), (two, one)):
            arrivals = [r for name, r in other.received.items() if name in other.names]
            if not arrivals:
                continue
            first = min(arrivals, key=lambda received: received.moment)
            for claim in side.claims:
                if not claim.awaits_arrival or claim.ended is not None:
                    continue
                if first.moment > claim.begin:
                    self._scene.at = first.moment
                    self.refresh(claim, first.fact, self.in_force(first.fact.at))
                    self._received_for(claim, first.fact, other)
                elif fact.relation == "same":
                    void(claim)

    @staticmethod
    def _received_for(registered: Claim, arrival: Reception | Assist, lead: Lead) -> None:
        """Whoever received a registered person did so for the registrant."""
        for claim in lead.claims:
            if claim.fact == arrival.id and claim.agent != registered.agent:
                void(claim)

    def recount(self, lead: Lead) -> None:
        """Which claims from a proxy's receptions count for the buyer (rule 6)."""
        for link in lead.proxies:
            came = min(
                (lead.received[name].moment for name in link.buyers if name in lead.received),
                default=None,
            )
            for claim in lead.claims:
                if link.brought(claim):
                    filed = lead.filed_by(link.viewers, claim.agent)
                    claim.counts = filed is not None and (came is None or filed < came)
