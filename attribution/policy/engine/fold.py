"""Takes in the facts of some leads, one after the other, and answers at any moment."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ..calendar import ENDLESS
from ..decision import Bar, Decision, Failure, Reading, Strength
from ..editions import Edition, edition
from ..facts import (
    Assignment,
    Assist,
    Complaint,
    Deal,
    Departure,
    Fact,
    FollowUp,
    Key,
    LeadFact,
    Link,
    Notice,
    PolicyChange,
    ProxyEntry,
    Reception,
    Registration,
    Ruling,
)
from ..parameters import Policy, changed
from ..parameters import policy as policy_of
from ..scene import Help, Lead, Received, Sale, Wait
from . import answers
from .parties import Parties


class Fold(Parties):
    """The state of the leads after some facts; apply the next one, ask at any moment."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self._handlers: dict[type, Callable[[Any], None]] = {
            Reception: self._reception,
            Assist: self._assist,
            FollowUp: self._follow_up,
            Registration: self._registration,
            ProxyEntry: self._proxy_entry,
            Notice: self._notice,
            Link: self.link,
            Departure: self._departure,
            Assignment: self._assignment,
            Complaint: self._complaint,
            Ruling: self._ruling,
            Deal: self._deal,
            PolicyChange: self._policy_change,
        }

    def apply(self, fact: Fact) -> None:
        """Take in the next recorded fact. Raises PolicyConflict where clauses contradict."""
        if isinstance(fact, LeadFact):
            self.await_successor(fact.lead, fact)
        if isinstance(fact, Link):
            self.await_successor(fact.other, fact)
        self._handlers[type(fact)](fact)

    # ── What each fact does ──

    def _reception(self, fact: Reception) -> None:
        version = self.in_force(fact.at)
        moment = fact.counts_from
        lead = self.enter(fact.lead, moment, fact.agent, fact.at)
        if self.no_reception(fact, version):
            return
        if any(claim.awaits_arrival for claim in lead.alive):
            self.void_registrations(fact, moment)
            self.enter(fact.lead, moment, fact.agent, fact.at)
        barred = self.bar(fact, self.of_owner(version))
        self.flag(fact, fact.id, version)
        if barred is not None:
            self._barred(*barred, fact, version)
        elif self._scene.mine is not None:
            self.refresh(self._scene.mine, fact, version)
            owner = self._scene.owner
            if owner is not None and fact.asked_for == owner.agent != fact.agent:
                self.tell(lead, fact.agent, fact.at)
        else:
            granted = self.grant(fact, version)
            if granted is not None:
                claim = self.new_claim(fact, *granted, version)
                self.collide(claim, fact, version)
        self._received(lead, fact)

    def _barred(self, bar: Bar, clause: str, fact: Reception | Assist, version: Edition) -> None:
        lead = self._scene.lead
        if isinstance(fact, Reception):
            told = lead.told.get(fact.agent) if bar.why == "knew" else None
            lead.refused.append(Failure(fact.agent, fact.id, clause, bar.why, told, None))
        if bar.serves is not None:
            self.refresh(bar.serves, fact, version)
            if isinstance(fact, Reception) and bar.tells:
                lead.helped.append(Help(fact.agent, bar.serves.agent, fact.at))
        if bar.tells and (bar.serves is None or bar.serves.agent != fact.agent):
            self.tell(lead, fact.agent, fact.at)
        if bar.waits and lead.waiting is None:
            lead.waiting = Wait(clause, self._scene.at)
        if bar.alert is not None:
            lead.alerts.setdefault(bar.alert)

    def _received(self, lead: Lead, fact: Reception | Assist) -> None:
        lead.new = False
        first = lead.received.get(fact.lead)
        if first is None or self._scene.at < first.moment:
            lead.received[fact.lead] = Received(self._scene.at, fact)
            self.recount(lead)
        if len(lead.alive) > 1:
            lead.prune(fact.recorded.date())

    def _assist(self, fact: Assist) -> None:
        version = self.in_force(fact.at)
        counts = version.policy.claim_given(fact.channel) != "none"
        if counts:
            self.void_registrations(fact, fact.counts_from)
        lead = self.enter(fact.lead, fact.counts_from, None)
        self.flag(fact, fact.id, version)
        lead.helped.append(Help(fact.agent, fact.owner, fact.at))
        barred = self.bar(fact, self.of_owner(version))
        if barred is not None and lead.waiting is None:
            bar, clause = barred
            if not counts:
                bar = bar._replace(serves=None, tells=bar.tells and fact.agent != fact.owner)
            self._barred(bar, clause, fact, version)
        if counts:
            self._received(lead, fact)

    def _follow_up(self, fact: FollowUp) -> None:
        version = self.in_force(fact.at)
        lead = self.enter(fact.lead, fact.at, fact.whose)
        claim = self._scene.mine
        if claim is not None and fact.whose != fact.agent:
            self.tell(lead, fact.agent, fact.at)
        if claim is None:
            granted = self.grant(fact, version)
            if granted is not None:
                claim = self.new_claim(fact, *granted, version)
                self.collide(claim, fact, version)
                return
        elif fact.reached and lead.living(claim, fact.recorded):
            claim.contacts.append((fact.at, fact.recorded))
        if self.bar(fact, version) is not None or claim is None:
            return
        old = claim.end
        end = self.extend(fact, claim, version)
        if end is not None and end.later_than(old):
            claim.extended_from = old
            claim.extensions.append(old.last_day)
            claim.extensions_since += 1
            claim.end = end

    def _registration(self, fact: Registration) -> None:
        version = self.in_force(fact.at)
        # An advance entry counts from when it was entered: only then could anybody rely on it.
        self.enter(fact.lead, fact.recorded, None)
        if self.bar(fact, version) is not None:
            return
        granted = self.grant(fact, version)
        if granted is not None:
            claim = self.new_claim(fact, *granted, version)
            claim.awaits_arrival = True
            self._registered_under[claim.order] = version

    def _proxy_entry(self, fact: ProxyEntry) -> None:
        lead = self.enter(fact.lead, fact.recorded, None)
        version = self.in_force(fact.at)
        if version.asks("bars", ProxyEntry) and self.bar(fact, version) is None:
            lead.filed.append((fact.lead, fact.agent, fact.recorded))
            self.recount(lead)

    def _notice(self, fact: Notice) -> None:
        lead = self.enter(fact.lead, fact.at, None)
        self.tell(lead, fact.agent, fact.at)

    def _departure(self, fact: Departure) -> None:
        self._departed.add(fact.agent)
        version = self.in_force(fact.at)
        for lead in set(self._leads.values()):
            self.enter(next(iter(lead.names)), fact.at, None)
            leaves = bool(self.flag(fact, fact.id, version))
            for claim in lead.near(fact.at):
                if claim.agent == fact.agent and claim.alive(fact.at):
                    claim.ended = fact.at
                    claim.ended_by = "leasing/1.11"
            if leaves and (lead.waiting is None or fact.at < lead.waiting.since):
                lead.waiting = Wait("leasing/1.11", fact.at)

    def _assignment(self, fact: Assignment) -> None:
        self.begin_anew(fact, fact.at)

    def _ruling(self, fact: Ruling) -> None:
        lead = self.enter(fact.lead, fact.at, None)
        claim = self.begin_anew(fact, fact.at)
        if claim is None or not lead.sales:
            return
        # A signed client stays with the agent to whom he was ruled; his deals are credited anew.
        claim.strength = Strength.SIGNED
        claim.end = ENDLESS
        for sale in lead.sales:
            sale.credit = sale.commission = dict(fact.shares) or {fact.owner: 100}
            sale.reading, sale.clauses = Reading("ruling", fact.owner), claim.clauses

    def _complaint(self, fact: Complaint) -> None:
        version = self.in_force(fact.at)
        lead = self.enter(fact.lead, fact.at, None)
        if fact.finding == "replace":
            self.begin_anew(fact, fact.at)
            lead.aggrieved = True
        elif fact.finding != "open":
            lead.matters = [m for m in lead.matters if m.name != "complaint"]
        if self.bar(fact, version) is not None:
            self.close(lead, fact.at, lead.steps[-1].clause)
            for claim in lead.claims:
                claim.by_fault = True
            lead.new = True
            lead.received.clear()
        self.flag(fact, fact.id, version)

    def _policy_change(self, fact: PolicyChange) -> None:
        if fact.preset is None:
            after = changed(self.in_force(fact.at).policy, fact.settings)
        else:
            after = policy_of(fact.preset, fact.settings)
        self._versions.append((fact.at, edition(after)))
        self._versions.sort(key=lambda version: version[0])

    def _deal(self, fact: Deal) -> None:
        version = self.in_force(fact.at)
        lead = self.enter(fact.lead, fact.at, None)
        sale = Sale(fact, lead.names)
        lead.sales.append(sale)
        self.judge(lead, sale, fact, version)

    # ── Answering ──

    def told(self, name: Key, agent: Key) -> datetime | None:
        """Since when that agent knows that another holds the client; None if nobody told him."""
        lead = self._leads.get(name)
        return None if lead is None else lead.told.get(agent)

    def decision(self, name: Key, asof: datetime) -> Decision:
        """Who owns the lead at that moment, by all facts applied so far."""
        lead = self._leads.get(name) or Lead(name)
        return answers.decision(lead, name, asof, self.in_force(asof).policy)
