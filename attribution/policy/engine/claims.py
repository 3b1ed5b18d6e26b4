"""Claims and their periods: begun, refreshed, ended; who was told; who must say what follows."""

from datetime import datetime
from itertools import count

from ..calendar import ENDLESS, UNSET, End
from ..decision import Claim, Grant, Step, Strength
from ..editions import Edition
from ..facts import Assist, Fact, FollowUp, Key, LeadFact, Reception
from ..parameters import Policy
from ..scene import Lead, Wait
from .asking import Asking


class Claims(Asking):
    """What happens to the chain of claims."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self._order = count()

    def new_claim(
        self, fact: LeadFact, grant: Grant, clauses: tuple[str, ...], version: Edition
    ) -> Claim:
        """A claim begins, with the period that the fact gives."""
        lead, policy = self._scene.lead, version.policy
        strength = grant.strength
        if strength is None:
            strength = Strength.FULL
            if isinstance(fact, Reception) and policy.claim_given(fact.channel) == "contact":
                strength = Strength.CONTACT
        claim = Claim(
            agent=grant.agent,
            lead=fact.lead,
            begin=self._scene.at,
            acted=fact.at,
            recorded=fact.recorded,
            strength=strength,
            fact=fact.id,
            clauses=clauses,
            order=next(self._order),
            shares=grant.shares,
            succession="next_in_chain" if strength <= Strength.RULED else policy.after_lapse,
        )
        end = self.extend(fact, claim, version)
        claim.end = ENDLESS if end is None else end
        if isinstance(fact, Reception | FollowUp):
            claim.contacts.append((self._scene.at, fact.recorded))
        lead.claims.append(claim)
        lead.alive.append(claim)
        lead.may_wait |= claim.succession == "supervisor"
        return claim

    def refresh(self, claim: Claim, fact: Reception | Assist, version: Edition) -> None:
        """A reception by the claim's agent, or for him (rules 2, 4, 5)."""
        if claim.awaits_arrival:
            claim.awaits_arrival = False
            claim.end = End(UNSET)
        if claim.strength is Strength.CONTACT and fact.channel == "visit" and not claim.full_since:
            claim.full_since = self._scene.at
        claim.contacts.append((self._scene.at, fact.recorded))
        end = self.extend(fact, claim, version) or ENDLESS
        if not claim.end.later_than(end):
            claim.end = end
            claim.started = self._scene.at
            claim.extended_from = None
            claim.extensions_since = 0

    def close(self, lead: Lead, moment: datetime, clause: str) -> None:
        """All claims end; the matter is closed and starts afresh."""
        for claim in lead.claims:
            if not claim.end.passed(moment):
                claim.closed = True
                if claim.ended is None or claim.ended > moment:
                    claim.ended, claim.ended_by = moment, clause
        for sale in lead.sales:
            sale.closed = True
        lead.collisions.clear()
        lead.matters.clear()
        lead.price_testing = False
        lead.closed_at = moment
        if lead.waiting is not None:
            lead.waited.append((lead.waiting, moment))
            lead.waiting = None

    def begin_anew(self, fact: LeadFact, moment: datetime) -> Claim | None:
        """All claims end and one agent starts afresh."""
        version = self.in_force(fact.at)
        lead = self.enter(fact.lead, moment, None)
        granted = self.grant(fact, version)
        if granted is None:
            return None
        self.close(lead, moment, granted[1][0])
        return self.new_claim(fact, *granted, version)

    def void_registrations(self, fact: Reception | Assist, moment: datetime) -> None:
        """An entry that does not come strictly before the first reception is none (rule 5)."""
        lead = self._leads.get(fact.lead)
        if lead is None:
            return
        for claim in lead.alive:
            if claim.awaits_arrival and claim.ended is None and claim.begin >= moment:
                void(claim)
                lead.steps.append(Step(fact.id, "sales/5", "bars", claim.agent, "received_before"))

    def await_successor(self, name: Key, fact: Fact) -> None:
        """The first claim lapsed while others waited: must a person say who follows?"""
        lead = self._leads.get(name)
        if lead is None or not lead.may_wait or lead.waiting is not None:
            return
        succession = lead.succession_by(fact.recorded)
        if succession is not None:
            version = self.in_force(succession.since)
            self._scene.lead = lead
            self.flag(succession, fact.id, version)
            lead.waiting = Wait("leasing/2.2", succession.since)


def void(claim: Claim) -> None:
    """It never was: an entry that came too late, or a reception that was for the registrant."""
    claim.ended, claim.ended_by, claim.closed = claim.begin, "sales/5", True
