"""Deals: who owned at the subscription, what follows from it, and who has which part."""

from collections.abc import Iterable
from datetime import datetime

from ..calendar import ENDLESS
from ..decision import Claim, Matter, Reading, Step, Strength
from ..editions import Edition
from ..facts import Fact, Key
from ..scene import Collision, CollisionKind, Lead, Sale, sharers_of
from .claims import Claims


class Deals(Claims):
    """How deals are judged, and judged again when more becomes known."""

    def tell(self, lead: Lead, agent: Key, moment: datetime) -> None:
        """The agent knows from that moment on; told late, it may show that a closer knew."""
        told = lead.told.get(agent)
        if told is not None and told <= moment:
            return
        lead.told[agent] = moment
        scene = self._scene
        here = (scene.lead, scene.at, scene.owner)
        for sale in lead.sales:
            closed_unknowing = sale.fact.agent == agent and not sale.closer_knew
            if closed_unknowing and moment < sale.fact.at:
                self.judge(lead, sale, sale.fact, self.in_force(sale.fact.at))
        scene.lead, scene.at, scene.owner = here

    def judge(
        self,
        lead: Lead,
        sale: Sale,
        fact: Fact,
        version: Edition,
        *,
        united: bool = True,
    ) -> None:
        """Who owned at the moment of subscription, and what follows (rules 13, 14)."""
        if sale.closed:
            return
        sale.owner = self._owner_in_touch(lead, sale)
        sale.by_link = sale.owner is not None and sale.owner.lead not in sale.names
        self.appraise(lead, sale, fact, version, united=united)

    def appraise(
        self, lead: Lead, sale: Sale, fact: Fact, version: Edition, *, united: bool
    ) -> None:
        """To whom the deal's credit goes, and whether a person must look."""
        moment = sale.fact.at
        scene = self._scene
        scene.lead, scene.at, scene.owner = lead, moment, sale.owner
        sale.closer_knew = lead.knew(sale.fact.agent, moment)
        granted = self.in_force(moment)  # who has which part, by the policy of the deal's own day
        sale.sharers = sharers_of(lead, sale, granted.policy.collision_split)
        self._outsider(lead, sale, fact, version, united=united)
        kind = (sale.by_outsider, sale.closer_knew, sale.by_link)
        if kind != sale.kind:
            sale.kind = kind
            self.flag(sale, fact.id, version)
        self._credit(lead, sale, fact, granted)

    def _outsider(
        self, lead: Lead, sale: Sale, fact: Fact, version: Edition, *, united: bool
    ) -> None:
        """A deal beside the owner, closed unknowingly, is a collision discovered now."""
        held = sale.owner if sale.by_outsider else self._unfiled_beside(lead, sale)
        if held is None or sale.closer_knew:
            return
        collision = Collision(
            earlier=held,
            later=None,
            kind=kind_of(lead, (held,), united=united),
            discovered=fact.recorded,
            occurred=sale.fact.at,
            knowing=False,
            fact=fact.id,
            later_agent=sale.fact.agent,
        )
        if not any(c.of_deal(sale) for c in lead.collisions):
            lead.collisions.append(collision)
        self.flag(collision, fact.id, version)

    @staticmethod
    def _unfiled_beside(lead: Lead, sale: Sale) -> Claim | None:
        """Another agent's claim from a proxy that was not filed, alive on the day of the deal."""
        if sale.owner is not None:
            return None
        return next(
            (
                c
                for c in lead.claims
                if not c.counts
                and c.agent != sale.fact.agent
                and sale.concerns(c)
                and c.alive(sale.fact.at)
            ),
            None,
        )

    def _owner_in_touch(self, lead: Lead, sale: Sale) -> Claim | None:
        """The owner at the moment of subscription, of those who still have a part in the deal."""
        moment = sale.fact.at
        if lead.waits_at(moment) is not None or lead.succession_by(moment) is not None:
            return None
        version = self.in_force(moment)
        self._scene.lead = lead
        kept: list[Step] = []
        for claim in lead.chain_of(sale, moment):
            steps = self.kept_from(sale, claim, version)
            if not steps:
                break
            kept += steps
        else:
            claim = None
        lead.steps += [step for step in kept if step not in lead.steps]
        return claim

    def _credit(self, lead: Lead, sale: Sale, fact: Fact, version: Edition) -> None:
        owner = sale.owner
        if owner is not None and owner.shares:
            reading, clauses = Reading("ruling", owner.agent), owner.clauses
        else:
            reading, clauses = self.settle(sale, fact, version)
        given = owner.shares if owner is not None and owner.agent == reading.agent else {}
        sale.credit = sale.commission = dict(given) or {reading.agent: 100}
        self._hold(lead, sale, reading.agent, clauses)
        changed = reading != sale.reading
        sale.reading, sale.clauses = reading, clauses
        shared = list(self.share(sale, version))
        if not changed:
            return
        for clause in clauses:
            lead.steps.append(Step(fact.id, clause, "settles", reading.agent, reading.basis))
        for clause, why in shared:
            lead.steps.append(Step(fact.id, clause, "shares", sale.fact.agent, why))
        if reading.other is not None:
            lead.matters.append(Matter("two_readings", "supervisor", fact.id))

    def _hold(self, lead: Lead, sale: Sale, agent: Key, clauses: tuple[str, ...]) -> None:
        """After a deal the lead stays with the credited agent."""
        if sale.hold is not None:
            sale.hold.agent = agent
            sale.hold.shares = sale.credit if len(sale.credit) > 1 else {}
            return
        hold = Claim(
            agent=agent,
            lead=sale.fact.lead,
            begin=sale.fact.at,
            acted=sale.fact.at,
            recorded=sale.fact.recorded,
            strength=Strength.SIGNED,
            fact=sale.fact.id,
            clauses=clauses,
            order=next(self._order),
            shares=sale.credit if len(sale.credit) > 1 else {},
        )
        hold.end = ENDLESS
        sale.hold = hold
        lead.claims.append(hold)
        lead.alive.append(hold)


def kind_of(lead: Lead, claims: Iterable[Claim], *, united: bool) -> CollisionKind:
    """What kind of collision these claims make, where a link that may unite people showed it."""
    if not all(claim.counts for claim in claims):
        return "unfiled"
    if not united:
        return "apart"
    by_proxy = any(link.brought(claim) for link in lead.proxies for claim in claims)
    return "proxy" if by_proxy else "plain"
