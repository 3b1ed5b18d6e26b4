"""Folds the facts of a lead, in the order in which they were recorded, into a decision.

The engine keeps the chain of claims and the calendar; what a fact means is asked of the clauses
in force when it happened. Each answer is written down as a step, with its clause.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import count
from typing import Any

from .calendar import UNSET, midnight_after
from .decision import (
    DECIDERS,
    Bar,
    Claim,
    ClaimView,
    DealView,
    Decider,
    Decision,
    Grant,
    Matter,
    Reading,
    Span,
    Step,
    Strength,
    open_end,
)
from .editions import Edition, Policy, changed, edition
from .editions import policy as policy_of
from .facts import (
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
    TakenBack,
    in_order,
)
from .scene import Collision, CollisionKind, Lead, ProxyLink, Received, Sale, Scene, Wait


class PolicyConflict(Exception):
    """Two clauses of equal rank both apply to a fact and disagree."""

    def __init__(self, fact: Key, one: str, other: str, verb: str) -> None:
        super().__init__(f"fact {fact}: {one} and {other} disagree ({verb})")
        self.clauses = (one, other)


def decide(
    facts: Iterable[Fact],
    policy: Policy,
    lead: Key,
    *,
    asof: datetime,
    known_at: datetime | None = None,
) -> Decision:
    """Who owns `lead` at `asof`, by the facts recorded until `known_at` (default: `asof`).

    Give every fact of the lead, of those linked to it and of the clients who brought it; the order
    does not matter. Raises PolicyConflict where the clauses in force contradict each other.
    """
    known_at = asof if known_at is None else known_at
    fold = Fold(policy)
    for fact in known(facts, known_at):
        fold.apply(fact)
    return fold.decision(lead, asof)


def known(facts: Iterable[Fact], moment: datetime) -> list[Fact]:
    """The facts recorded by that moment, in order, without those taken back by then."""
    seen = [fact for fact in in_order(facts) if fact.recorded <= moment]
    gone = {fact.of for fact in seen if isinstance(fact, TakenBack)}
    if not gone:
        return seen
    return [fact for fact in seen if fact.id not in gone and not isinstance(fact, TakenBack)]


class Fold:
    """The state of the leads after some facts; apply the next one, ask at any moment."""

    def __init__(self, policy: Policy) -> None:
        self._versions: list[tuple[datetime, Edition]] = []
        self._edition = edition(policy)
        self._leads: dict[Key, Lead] = {}
        self._departed: dict[Key, datetime] = {}
        self._scene = Scene(self._leads, self._departed)
        self._order = count()
        self._barred_by = ""
        self._handlers: dict[type, Callable[[Any], None]] = {
            Reception: self._reception,
            Assist: self._assist,
            FollowUp: self._follow_up,
            Registration: self._registration,
            ProxyEntry: self._proxy_entry,
            Notice: self._notice,
            Link: self._link,
            Departure: self._departure,
            Assignment: self._assignment,
            Complaint: self._complaint,
            Ruling: self._ruling,
            Deal: self._deal,
            PolicyChange: self._policy_change,
        }

    def apply(self, fact: Fact) -> None:
        """Take in the next recorded fact."""
        self._handlers[type(fact)](fact)

    # ── Asking the clauses ──

    def _in_force(self, moment: datetime) -> Edition:
        """The edition in force at a moment; what was granted under another stays."""
        for since, version in reversed(self._versions):
            if since <= moment:
                return version
        return self._edition

    def _of_owner(self, version: Edition) -> Edition:
        """What was granted stays: an entry made in advance is honoured by the policy of its day."""
        owner = self._scene.owner
        if owner is not None and owner.awaits_arrival:
            return self._in_force(owner.begin)
        return version

    def _enter(
        self, name: Key, moment: datetime, actor: Key | None, acted: datetime | None = None
    ) -> Lead:
        """Set the scene for a fact about a lead."""
        lead = self._leads.get(name)
        if lead is None:
            lead = self._leads[name] = Lead(name)
        scene = self._scene
        scene.lead = lead
        scene.at = moment
        scene.acted = moment if acted is None else acted
        scene.owner = None if lead.waiting is not None else lead.first_alive(moment)
        scene.mine = None if actor is None else lead.living_claim_of(actor, moment)
        return lead

    def _bar(self, fact: Fact, version: Edition) -> Bar | None:
        found: Bar | None = None
        found_rank, found_by = 0, ""
        steps = self._scene.lead.steps
        for rank, clause, bars in version.asks("bars", type(fact)):
            if found is not None and rank != found_rank:
                break
            bar = bars(fact, self._scene)
            if bar is None:
                continue
            if found is not None and bar.serves is not found.serves:
                raise PolicyConflict(fact.id, found_by, clause, "bars")
            if found is None:
                found, found_rank, found_by = bar, rank, clause
                self._barred_by = clause
            steps.append(Step(fact.id, clause, "bars", getattr(fact, "agent", None), bar.why))
        return found

    def _grant(self, fact: Fact, version: Edition) -> tuple[Grant, tuple[str, ...]] | None:
        found: Grant | None = None
        found_rank = 0
        clauses: tuple[str, ...] = ()
        steps = self._scene.lead.steps
        for rank, clause, grants in version.asks("grants", type(fact)):
            if found is not None and rank != found_rank:
                break
            grant = grants(fact, self._scene)
            if grant is None:
                continue
            if found is None:
                found, found_rank = grant, rank
            elif grant.agent != found.agent:
                raise PolicyConflict(fact.id, clauses[0], clause, "grants")
            clauses += (clause,)
            steps.append(Step(fact.id, clause, "grants", grant.agent, grant.why))
        return None if found is None else (found, clauses)

    def _extend(self, fact: Fact, claim: Claim, version: Edition) -> date | None:
        for _rank, clause, extends in version.asks("extends", type(fact)):
            day: date | None = extends(fact, claim, self._scene)
            if day is not None:
                what = "extended" if isinstance(fact, FollowUp) else "period"
                later = max(day, claim.last_day)
                self._scene.lead.steps.append(
                    Step(fact.id, clause, "extends", claim.agent, what, open_end(later))
                )
                return day
        return None

    def _flag(self, heard: Fact | Collision | Sale, fact: Key, version: Edition) -> list[Matter]:
        """Ask for flags; raise the cases and alerts; give back what a person must decide."""
        lead = self._scene.lead
        raised = []
        for _rank, clause, flags in version.asks("flags", type(heard)):
            flag = flags(heard, self._scene)
            if flag is None:
                continue
            lead.steps.append(Step(fact, clause, "flags", None, flag.name))
            if flag.kind == "case":
                lead.cases.setdefault(flag.name, fact)
                if flag.decider is not None:
                    raised.append(Matter(flag.name, flag.decider, fact))
            elif flag.kind == "alert":
                lead.alerts.setdefault(flag.name, fact)
        lead.matters += raised
        return raised

    # ── Claims ──

    def _new_claim(
        self, fact: LeadFact, grant: Grant, clauses: tuple[str, ...], version: Edition
    ) -> Claim:
        lead = self._scene.lead
        claim = Claim(
            agent=grant.agent,
            lead=fact.lead,
            begin=self._scene.at,
            acted=fact.at,
            strength=_strength(fact, grant, version),
            fact=fact.id,
            clauses=clauses,
            order=next(self._order),
            shares=grant.shares,
        )
        day = self._extend(fact, claim, version)
        claim.last_day = date.max if day is None else day
        lead.claims.append(claim)
        lead.alive.append(claim)
        return claim

    def _refresh(self, claim: Claim, fact: Reception | Assist, version: Edition) -> None:
        """A reception by the claim's agent, or for him (rules 2, 4, 5)."""
        if claim.awaits_arrival:
            claim.awaits_arrival = False
            claim.last_day = UNSET
        if claim.strength is Strength.CONTACT and fact.channel == "visit" and not claim.full_since:
            claim.full_since = self._scene.at
        day = self._extend(fact, claim, version)
        if day is None:
            day = date.max
        if day >= claim.last_day:
            claim.last_day = day
            claim.extended_from = None

    def _close(self, lead: Lead, moment: datetime, clause: str) -> None:
        """All claims end; the matter is closed and starts afresh."""
        for claim in lead.claims:
            if claim.ended is None and claim.last_day >= moment.date():
                claim.ended = moment
                claim.ended_by = clause
                claim.closed = True
        for sale in lead.sales:
            sale.closed = True
        lead.alive.clear()
        lead.collisions.clear()
        lead.matters.clear()
        lead.price_testing = False
        if lead.waiting is not None:
            lead.waited.append((lead.waiting.since, moment))
            lead.waiting = None

    # ── Facts ──

    def _reception(self, fact: Reception) -> None:
        version = self._in_force(fact.at)
        moment = fact.counts_from
        self._void_registrations(fact, moment)
        lead = self._enter(fact.lead, moment, fact.agent, fact.at)
        bar = self._bar(fact, self._of_owner(version))
        if bar is not None and bar.void:
            return
        self._flag(fact, fact.id, version)
        if bar is not None:
            self._barred(bar, fact, version)
        elif self._scene.mine is not None:
            self._refresh(self._scene.mine, fact, version)
            owner = self._scene.owner
            if owner is not None and fact.asked_for == owner.agent != fact.agent:
                self._tell(lead, fact.agent, fact.at)
        else:
            granted = self._grant(fact, version)
            if granted is not None:
                claim = self._new_claim(fact, *granted, version)
                self._collide(claim, fact, version)
        self._received(lead, fact)

    def _barred(self, bar: Bar, fact: Reception | Assist, version: Edition) -> None:
        lead = self._scene.lead
        if bar.serves is not None:
            self._refresh(bar.serves, fact, version)
        if bar.tells:
            self._tell(lead, fact.agent, fact.at)
        if bar.waits and lead.waiting is None:
            lead.waiting = Wait(self._barred_by, self._scene.at)
        if bar.alert is not None:
            lead.alerts.setdefault(bar.alert, fact.id)

    def _received(self, lead: Lead, fact: Reception | Assist) -> None:
        lead.new = False
        first = lead.received.get(fact.lead)
        if first is None or self._scene.at < first.moment:
            lead.received[fact.lead] = Received(self._scene.at, fact)
            self._recount(lead)
        if len(lead.alive) > 1:
            today = fact.recorded.date()
            lead.alive = [c for c in lead.alive if c.ended is None and c.last_day >= today]

    def _void_registrations(self, fact: Reception | Assist, moment: datetime) -> None:
        """An entry that does not come strictly before the first reception is none (rule 5)."""
        lead = self._leads.get(fact.lead)
        if lead is None:
            return
        if isinstance(fact, Reception) and not (fact.enquiry and fact.registered):
            return
        for claim in lead.alive:
            if claim.awaits_arrival and claim.ended is None and claim.begin >= moment:
                _void(claim)
                lead.steps.append(Step(fact.id, "sales/5", "bars", claim.agent, "received_before"))

    def _assist(self, fact: Assist) -> None:
        version = self._in_force(fact.at)
        self._void_registrations(fact, fact.counts_from)
        lead = self._enter(fact.lead, fact.counts_from, None)
        self._flag(fact, fact.id, version)
        bar = self._bar(fact, self._of_owner(version))
        if bar is not None and lead.waiting is None:
            self._barred(bar, fact, version)
        self._received(lead, fact)

    def _follow_up(self, fact: FollowUp) -> None:
        version = self._in_force(fact.at)
        lead = self._enter(fact.lead, fact.at, fact.whose)
        claim = self._scene.mine
        if claim is not None and fact.whose != fact.agent:
            self._tell(lead, fact.agent, fact.at)
        if self._bar(fact, version) is not None or claim is None:
            return
        old = claim.last_day
        day = self._extend(fact, claim, version)
        if day is not None and day > old:
            claim.extended_from = old
            claim.extensions.append(old)
            claim.last_day = day

    def _registration(self, fact: Registration) -> None:
        version = self._in_force(fact.at)
        # An advance entry counts from when it was entered: only then could anybody rely on it.
        self._enter(fact.lead, fact.recorded, fact.agent)
        if self._bar(fact, version) is not None:
            return
        granted = self._grant(fact, version)
        if granted is not None:
            claim = self._new_claim(fact, *granted, version)
            claim.awaits_arrival = True

    def _proxy_entry(self, fact: ProxyEntry) -> None:
        lead = self._enter(fact.lead, fact.recorded, fact.agent)
        version = self._in_force(fact.at)
        if version.asks("bars", ProxyEntry) and self._bar(fact, version) is None:
            lead.filed.append((fact.lead, fact.agent, fact.recorded))
            self._recount(lead)

    def _notice(self, fact: Notice) -> None:
        lead = self._enter(fact.lead, fact.at, None)
        self._tell(lead, fact.agent, fact.at)

    def _departure(self, fact: Departure) -> None:
        self._departed.setdefault(fact.agent, fact.at)
        version = self._in_force(fact.at)
        for lead in set(self._leads.values()):
            self._enter(next(iter(lead.names)), fact.at, fact.agent)
            leaves = bool(self._flag(fact, fact.id, version))
            for claim in lead.alive:
                if claim.agent == fact.agent and claim.alive(fact.at):
                    claim.ended = fact.at
                    claim.ended_by = "leasing/1.11"
            if leaves and lead.waiting is None:
                lead.waiting = Wait("leasing/1.11", fact.at)

    def _assignment(self, fact: Assignment) -> None:
        self._begin_anew(fact, fact.at)

    def _ruling(self, fact: Ruling) -> None:
        lead = self._enter(fact.lead, fact.at, None)
        claim = self._begin_anew(fact, fact.at)
        if claim is None or not lead.sales:
            return
        # A signed client stays with the agent to whom he was ruled; his deals are credited anew.
        claim.strength = Strength.SIGNED
        claim.last_day = date.max
        for sale in lead.sales:
            sale.credit = dict(fact.shares) or {fact.owner: 100}
            sale.reading, sale.clauses = Reading("ruling", fact.owner), claim.clauses
            sale.hold = claim

    def _begin_anew(self, fact: LeadFact, moment: datetime) -> Claim | None:
        """All claims end and one agent starts afresh."""
        version = self._in_force(fact.at)
        lead = self._enter(fact.lead, moment, None)
        granted = self._grant(fact, version)
        if granted is None:
            return None
        self._close(lead, moment, granted[1][0])
        return self._new_claim(fact, *granted, version)

    def _complaint(self, fact: Complaint) -> None:
        version = self._in_force(fact.at)
        lead = self._enter(fact.lead, fact.at, None)
        if fact.finding == "replace":
            self._begin_anew(fact, fact.at)
            lead.aggrieved = True
        elif fact.finding != "open":
            lead.matters = [m for m in lead.matters if m.name != "complaint"]
        if self._bar(fact, version) is not None:
            self._close(lead, fact.at, lead.steps[-1].clause)
            for claim in lead.claims:
                claim.by_fault = True
            lead.new = True
        self._flag(fact, fact.id, version)

    def _policy_change(self, fact: PolicyChange) -> None:
        if fact.preset is None:
            after = changed(self._in_force(fact.at).policy, fact.settings)
        else:
            after = policy_of(fact.preset, fact.settings)
        self._versions.append((fact.at, edition(after)))
        self._versions.sort(key=lambda version: version[0])

    # ── Links and collisions ──

    def _collide(self, claim: Claim, fact: Fact, version: Edition) -> None:
        """A claim has begun: does it stand beside another agent's?"""
        lead = self._scene.lead
        for other in lead.claims:
            if other is not claim and other.agent != claim.agent:
                by_proxy = any(link.brought(other) or link.brought(claim) for link in lead.proxies)
                self._pair(lead, other, claim, fact, version, "proxy" if by_proxy else "plain")

    def _pair(
        self,
        lead: Lead,
        one: Claim,
        two: Claim,
        fact: Fact,
        version: Edition,
        kind: CollisionKind,
    ) -> None:
        earlier, later = (
            (one, two) if (one.begin, one.order) < (two.begin, two.order) else (two, one)
        )
        if earlier.agent == later.agent or not earlier.alive(later.begin):
            return
        if earlier.closed or later.closed or earlier.by_fault or later.by_fault:
            return
        if later.strength is Strength.SIGNED:
            return
        if not earlier.counts or not later.counts:
            kind = "unfiled"
        collision = Collision(
            earlier,
            later,
            kind,
            fact.recorded,
            later.begin,
            lead.knew(later.agent, later.acted),
            fact.id,
            later.agent,
        )
        if not collision.knowing:
            lead.collisions.append(collision)
        self._flag(collision, fact.id, version)

    def _link(self, fact: Link) -> None:
        version = self._in_force(fact.at)
        one = self._enter(fact.other, fact.recorded, None)
        two = self._enter(fact.lead, fact.recorded, None)
        apart = fact.relation not in ("same", "proxy") and not fact.same_need
        if apart:
            self._flag(fact, fact.id, version)
            return
        lead = two if one is two else self._merge(one, two)
        lead.price_testing = lead.price_testing or fact.price_testing
        self._scene.lead = lead
        self._flag(fact, fact.id, version)
        if one is two:
            return
        if fact.relation == "proxy":
            theirs = frozenset(claim.order for claim in two.claims)
            link = ProxyLink(frozenset(two.names), frozenset(one.names), theirs)
            lead.proxies.append(link)
            self._recount(lead)
        else:
            self._arrive(one, two, fact, version)
        united = fact.relation in ("same", "proxy") or fact.relation in version.policy.party
        for claim in one.claims:
            for other in two.claims:
                kind: CollisionKind = "plain" if united else "apart"
                if fact.relation == "proxy":
                    kind = "proxy"
                self._pair(lead, claim, other, fact, version, kind)
        for sale in lead.sales:
            side = one if sale in one.sales else two
            self._judge(lead, sale, fact, version, found_by_link=side, united=united)

    def _merge(self, one: Lead, two: Lead) -> Lead:
        """From the link on both names mean the same lead (rule 7)."""
        lead = Lead(next(iter(one.names)))
        lead.names = one.names | two.names
        lead.claims = sorted(one.claims + two.claims, key=lambda c: (c.begin, c.order))
        lead.alive = one.alive + two.alive
        for told in (one.told, two.told):
            for agent, moment in told.items():
                lead.told[agent] = min(moment, lead.told.get(agent, moment))
        lead.received = one.received | two.received
        lead.new = one.new and two.new
        lead.filed = one.filed + two.filed
        lead.proxies = one.proxies + two.proxies
        lead.price_testing = one.price_testing or two.price_testing
        lead.aggrieved = one.aggrieved or two.aggrieved
        lead.waiting = one.waiting or two.waiting
        lead.waited = one.waited + two.waited
        lead.sales = sorted(one.sales + two.sales, key=lambda sale: sale.fact.at)
        lead.collisions = sorted(one.collisions + two.collisions, key=lambda c: c.discovered)
        lead.matters = one.matters + two.matters
        lead.cases = one.cases | two.cases
        lead.alerts = one.alerts | two.alerts
        lead.steps = one.steps + two.steps
        for name in lead.names:
            self._leads[name] = lead
        return lead

    def _arrive(self, one: Lead, two: Lead, fact: Link, version: Edition) -> None:
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
                    self._refresh(claim, first.fact, self._in_force(first.fact.at))
                    self._received_for(claim, first.fact, other)
                elif fact.relation == "same":
                    _void(claim)

    @staticmethod
    def _received_for(registered: Claim, arrival: Reception | Assist, lead: Lead) -> None:
        """Whoever received a registered person did so for the registrant."""
        for claim in lead.claims:
            if claim.fact == arrival.id and claim.agent != registered.agent:
                _void(claim)

    def _recount(self, lead: Lead) -> None:
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

    # ── Deals ──

    def _deal(self, fact: Deal) -> None:
        version = self._in_force(fact.at)
        lead = self._enter(fact.lead, fact.at, fact.agent)
        sale = Sale(fact)
        lead.sales.append(sale)
        self._judge(lead, sale, fact, version)

    def _tell(self, lead: Lead, agent: Key, moment: datetime) -> None:
        """The agent knows from that moment on; told late, it may show that a closer knew."""
        told = lead.told.get(agent)
        if told is not None and told <= moment:
            return
        lead.told[agent] = moment
        scene = self._scene
        here = (scene.lead, scene.at, scene.owner)
        for sale in lead.sales:
            closed_unknowing = sale.fact.agent == agent and not sale.closer_knew
            if closed_unknowing and not sale.closed and moment < sale.fact.at:
                self._appraise(lead, sale, sale.fact, self._in_force(sale.fact.at))
        scene.lead, scene.at, scene.owner = here

    def _judge(
        self,
        lead: Lead,
        sale: Sale,
        fact: Fact,
        version: Edition,
        found_by_link: Lead | None = None,
        *,
        united: bool = True,
    ) -> None:
        """Who owned at the moment of subscription, and what follows (rules 13, 14)."""
        if sale.closed:
            return
        sale.owner = lead.owner_at(sale.fact.at, besides=sale.hold)
        if found_by_link is not None and sale.owner and sale.owner not in found_by_link.claims:
            sale.by_link = True
        self._appraise(lead, sale, fact, version, united=united)

    def _appraise(
        self, lead: Lead, sale: Sale, fact: Fact, version: Edition, *, united: bool = True
    ) -> None:
        """To whom the deal's credit goes, and whether a person must look."""
        moment = sale.fact.at
        scene = self._scene
        scene.lead, scene.at, scene.owner = lead, moment, sale.owner
        sale.closer_knew = lead.knew(sale.fact.agent, moment)
        self._outsider(lead, sale, fact, version, united=united)
        kind = (sale.by_outsider, sale.closer_knew, sale.by_link)
        if kind != sale.kind:
            sale.kind = kind
            self._flag(sale, fact.id, version)
        self._credit(lead, sale, fact, version)

    def _outsider(
        self, lead: Lead, sale: Sale, fact: Fact, version: Edition, *, united: bool
    ) -> None:
        """A deal beside the owner, closed unknowingly, is a collision discovered now."""
        held = sale.owner if sale.by_outsider else self._unfiled_beside(lead, sale)
        if held is None or sale.closer_knew:
            return
        sides = {held.agent, sale.fact.agent}
        known = next((c for c in lead.collisions if c.sides == sides), None)
        kind: CollisionKind = "plain" if united else "apart"
        if known is not None:
            kind = known.kind
        collision = Collision(
            earlier=held,
            later=None,
            kind=kind if held.counts else "unfiled",
            discovered=fact.recorded,
            occurred=sale.fact.at,
            knowing=False,
            fact=fact.id,
            later_agent=sale.fact.agent,
        )
        if known is None:
            lead.collisions.append(collision)
        self._flag(collision, fact.id, version)

    @staticmethod
    def _unfiled_beside(lead: Lead, sale: Sale) -> Claim | None:
        """Another agent's claim from a proxy that was not filed, alive on the day of the deal."""
        if sale.owner is not None:
            return None
        return next(
            (
                c
                for c in lead.claims
                if not c.counts and c.agent != sale.fact.agent and c.alive(sale.fact.at)
            ),
            None,
        )

    def _credit(self, lead: Lead, sale: Sale, fact: Fact, version: Edition) -> None:
        owner = sale.owner
        if owner is not None and owner.shares:
            reading, clauses = Reading("ruling", owner.agent), owner.clauses
        else:
            reading, clauses = self._ask_settlement(sale, fact, version)
        shares = owner.shares if owner is not None and owner.agent == reading.agent else {}
        sale.credit = dict(shares) or {reading.agent: 100}
        self._hold(lead, sale, reading.agent, clauses)
        if reading == sale.reading:
            return
        sale.reading, sale.clauses = reading, clauses
        for clause in clauses:
            lead.steps.append(Step(fact.id, clause, "settles", reading.agent, reading.basis))
        if reading.other is not None:
            lead.matters.append(Matter("two_readings", "supervisor", fact.id))

    def _ask_settlement(
        self, sale: Sale, fact: Fact, version: Edition
    ) -> tuple[Reading, tuple[str, ...]]:
        found: Reading | None = None
        found_rank = 0
        clauses: tuple[str, ...] = ()
        for rank, clause, settles in version.asks("settles", Sale):
            if found is not None and rank != found_rank:
                break
            reading = settles(sale, self._scene)
            if reading is None:
                continue
            if found is None:
                found, found_rank = reading, rank
            elif reading.agent != found.agent:
                raise PolicyConflict(fact.id, clauses[0], clause, "settles")
            clauses += (clause,)
        if found is None:
            return Reading("deal", self._scene.reading_of_the_deal(sale)), ()
        return found, clauses

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
            strength=Strength.SIGNED,
            fact=sale.fact.id,
            clauses=clauses,
            order=next(self._order),
            shares=sale.credit if len(sale.credit) > 1 else {},
        )
        hold.last_day = date.max
        sale.hold = hold
        lead.claims.append(hold)
        lead.alive.append(hold)

    # ── Answering ──

    def told(self, name: Key, agent: Key) -> datetime | None:
        """Since when that agent knows that another holds the client; None if nobody told him."""
        lead = self._leads.get(name)
        return None if lead is None else lead.told.get(agent)

    def decision(self, name: Key, asof: datetime) -> Decision:
        """Who owns the lead at that moment, by all facts applied so far."""
        lead = self._leads.get(name) or Lead(name)
        ahead = _ahead(lead, asof)
        owner = lead.owner_at(asof)
        latest = lead.sales[-1] if lead.sales else None
        return Decision(
            lead=name,
            asof=asof,
            owner=None if owner is None else owner.agent,
            valid_until=None if owner is None else _last_day(owner),
            cases=tuple(lead.cases),
            alerts=tuple(lead.alerts),
            decided_by=_gravest(lead.matters),
            credit=None if latest is None else dict(latest.credit),
            chain=tuple(_view(claim, asof, owner) for claim in _in_chain(lead, asof)),
            steps=tuple(lead.steps),
            matters=tuple(lead.matters),
            deals=tuple(
                DealView(sale.fact.id, dict(sale.credit), sale.reading, sale.clauses)
                for sale in lead.sales
            ),
            ahead=ahead,
            waiting=None if lead.waiting is None else lead.waiting.clause,
            policy=self._in_force(asof).policy,
        )


def _strength(fact: LeadFact, grant: Grant, version: Edition) -> Strength:
    """A call may give less than a visit, whoever is granted its claim."""
    if grant.strength is not None:
        return grant.strength
    by_call = isinstance(fact, Reception) and fact.channel == "call"
    return Strength.CONTACT if by_call and version.policy.call_claim == "contact" else Strength.FULL


def _void(claim: Claim) -> None:
    """It never was: an entry that came too late, or a reception that was for the registrant."""
    claim.ended, claim.ended_by, claim.closed = claim.begin, "sales/5", True


def _gravest(matters: Iterable[Matter]) -> Decider:
    return max((m.decider for m in matters), key=DECIDERS.index, default="policy")


def _last_day(claim: Claim) -> date | None:
    return None if claim.awaits_arrival else open_end(claim.last_day)


def _in_chain(lead: Lead, asof: datetime) -> list[Claim]:
    return sorted(lead.claims, key=lambda claim: claim.place(asof))


def _view(claim: Claim, asof: datetime, owner: Claim | None) -> ClaimView:
    if claim is owner:
        state = "owner"
    elif claim.ended is not None and claim.ended <= asof and not claim.lapsed(asof):
        state = "ended"
    elif claim.lapsed(asof):
        state = "lapsed"
    else:
        state = "waiting" if claim.counts else "uncounted"
    return ClaimView(
        agent=claim.agent,
        lead=claim.lead,
        begin=claim.begin,
        last_day=_last_day(claim),
        strength=claim.strength.name.lower(),
        state=state,  # type: ignore[arg-type]
        fact=claim.fact,
        clauses=claim.clauses,
        ended=claim.ended,
        ended_by=claim.ended_by,
        extensions=tuple(claim.extensions),
        extended_from=claim.extended_from,
        awaits_arrival=claim.awaits_arrival,
    )


def _ahead(lead: Lead, asof: datetime) -> tuple[Span, ...]:
    """Who will own, one after the other, if nothing more is recorded."""
    if lead.waiting is not None:
        return ()
    spans: list[Span] = []
    living = (c for c in lead.alive if c.counts and c.alive(asof))
    since: datetime | None = asof
    for claim in sorted(living, key=lambda c: c.place(asof)):
        if since is None:
            break
        last = _last_day(claim)
        if last is not None and last < since.date():
            continue
        spans.append(Span(claim.agent, since, last))
        since = None if last is None else midnight_after(last, asof.tzinfo)
    return tuple(spans)
