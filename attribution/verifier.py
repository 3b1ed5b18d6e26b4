"""Checks a proof: does the stated outcome follow from the facts and the policy it carries?

    python -m attribution.verifier PROOF.json

A second, independent reading of the ownership rules. It needs Python 3.11 and nothing else: copy it
anywhere and run it alone. Numbers in comments name the rule. Exit status: 0 verified, 1 the outcome
does not follow (each difference in a line), 2 no readable proof.
"""

import calendar
import json
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from types import SimpleNamespace as Record
from typing import Any

NEVER = date.max  # the last day of what does not lapse
SIGNED, RULED, FULL, CONTACT = range(4)  # the order of the chain (8); a signed client stays (16)
KIN = ("family", "friend", "colleague")
DECIDERS = ("policy", "negotiation", "supervisor")  # the gravest open matter names who decides

# Fields as `name:type`; without a type it is text, `?` allows null, `|` stands between choices.
SCHEMA = """
Proof format lead asof:moment known_at:moment policy:dict facts:list outcome:dict cites:texts
Outcome owner:? valid_until:day? cases:texts alerts:texts decided_by credit:shares?
Policy preset:sales|leasing|house call_claim:full|contact call_days:int? visit_months:int?
  extension_months:int? collision_by:policy|supervisor party:kin advance_registration:bool
  known_agent:bool brought_by_client:bool proxy_acknowledged:bool
  proxy_unfiled_by:supervisor|negotiation
Fact kind id at:moment recorded:moment
Reception lead agent channel:call|visit asked_for:? brought_by:? known_to:? steered_by:? turn_of:?
  enquiry:bool registered:bool phone_left:bool? brochure_only:bool?
Assist lead agent owner channel:call|visit handover:bool delegated:bool?
FollowUp lead agent on_behalf_of:? reached:bool
Registration lead agent traits
ProxyEntry lead agent circumstances acknowledged:bool
Notice lead agent
Link lead other relation:same|family|friend|colleague|proxy same_need:bool price_testing:bool
TakenBack of
Departure agent
Assignment lead to
Complaint lead about finding:open|malicious|unfounded|agent_fault|replace to:? shares:shares
Ruling lead owner shares:shares
Deal lead agent assisting:bool
PolicyChange settings:dict preset:sales|leasing|house?
"""
FIELDS = {
    name: dict([*each.split(":"), ""][:2] for each in fields)
    for name, *fields in map(str.split, SCHEMA.replace("\n  ", " ").strip().splitlines())
}
PRESETS = {
    row[0]: dict(zip(FIELDS["Policy"], row, strict=True))
    for row in (
        ("sales", "contact", *[None] * 3, "supervisor", (), True, True, False, False, "supervisor"),
        ("leasing", "full", 15, 1, 1, "policy", KIN, False, False, True, True, "negotiation"),
        ("house", "full", 15, 1, 1, "policy", KIN, True, True, True, False, "supervisor"),
    )
}


class Malformed(ValueError):
    """What was given is no proof; says why."""


def _value(value: Any, wanted: str) -> Any:
    """The value as the rules use it; raises ValueError or TypeError where it is none."""
    if value is None and wanted.endswith("?"):
        return None
    found: Any = value
    match wanted.rstrip("?"):
        case "moment" | "day" as time:
            found = (datetime if time == "moment" else date).fromisoformat(value)
            # A moment without an offset is no office's; the bounds keep every period a date.
            right = 1900 < found.year < 2200 and getattr(found, "tzinfo", value) is not None
        case "int":
            right = type(value) is int and 0 < value <= 1200
        case "shares":
            right = isinstance(value, dict) and all(type(n) is int for n in value.values())
        case "texts":
            right = isinstance(value, list) and all(isinstance(text, str) for text in value)
        case "kin":
            right = isinstance(value, list) and all(each in KIN for each in value)
        case choices if "|" in choices:
            right = value in choices.split("|")
        case kind:
            right = isinstance(value, {"bool": bool, "dict": dict, "list": list}.get(kind, str))
    if not right:
        raise ValueError
    return found


def _read(record: Any, fields: dict[str, str], where: str, partial: bool = False) -> Record:
    """The record with every field checked; `partial`: fields may be missing."""
    if not isinstance(record, dict):
        raise Malformed(f"{where}: no object: {record!r}")
    found = {}
    for name in record | fields:
        if name not in fields:
            raise Malformed(f"{where}: unknown field {name!r}")
        if name in record:
            try:
                found[name] = _value(record[name], fields[name])
            except (TypeError, ValueError) as error:
                wanted = fields[name] or "text"
                raise Malformed(f"{where}: {name}: {wanted}, not {record[name]!r}") from error
        elif not partial:
            raise Malformed(f"{where}: {name} is missing")
    return Record(**found)


def _facts(proof: Record) -> list[Record]:
    """The facts in the order of recording, without those taken back."""
    facts: list[Record] = []
    for number, record in enumerate(proof.facts, 1):
        kind, where = record.get("kind") if isinstance(record, dict) else None, f"fact {number}"
        if kind not in list(FIELDS)[4:]:
            raise Malformed(f"{where}: unknown kind {kind!r}")
        fact = _read(record, FIELDS["Fact"] | FIELDS[kind], where)
        if kind == "PolicyChange":
            _read(fact.settings, FIELDS["Policy"], f"{where}: settings", partial=True)
        if fact.recorded > proof.known_at or any(fact.id == each.id for each in facts):
            raise Malformed(f"{where}: recorded after known_at, or its id stands twice")
        fact.late = fact.recorded.date() > fact.at.date()
        fact.since = fact.recorded if fact.late else fact.at  # 9: counts from its entry
        facts.append(fact)
    facts.sort(key=lambda fact: fact.recorded)
    for place, fact in enumerate(facts):
        fact.place = place
    taken_back = {fact.of for fact in facts if fact.kind == "TakenBack"}
    return [fact for fact in facts if fact.id not in taken_back]


def months_after(day: date, months: int) -> date:
    """A month ends on the same day number or, where there is none, on the last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1] if year < NEVER.year else 0
    return date(year, month + 1, min(day.day, last)) if last else NEVER


@dataclass(eq=False)
class Claim:
    """One agent's right to a client."""

    agent: str
    rank: int
    last: date
    fact: Record  # what began it
    since: datetime
    seat: datetime  # orders it in its rank: of a call contact, the first visit (2)
    shares: dict[str, int] = field(default_factory=dict)  # of a ruling (15)
    awaited: bool = False  # an advance entry whose person has not come yet (5)
    old_last: date = date.min  # a follow-up until this day extends nothing more (3)
    ended: datetime | None = None
    closed: bool = False  # ended by a person, or void: no link finds a collision with it
    disowned: bool = False  # from before a finding of the agent's fault (12)
    filed: bool | None = None  # of a proxy's claim: False does not count for the buyer (6)

    def lives(self, moment: datetime) -> bool:
        ended = self.ended is not None and self.ended <= moment
        return self.since <= moment and moment.date() <= self.last and not ended

    def over(self) -> date:
        return min(self.last, self.ended.date()) if self.ended else self.last


@dataclass(eq=False)
class Lead:
    """One buying party: what is known of it under any of its names."""

    names: set[str]
    claims: list[Claim] = field(default_factory=list)
    sales: list[Record] = field(default_factory=list)
    received: list[Record] = field(default_factory=list)
    known: bool = False  # received before, so not new
    told: set[tuple[str, datetime]] = field(default_factory=set)
    entries: list[Record] = field(default_factory=list)  # of proxies, with the circumstances
    errands: list[tuple[set[str], set[str], datetime]] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)
    alerts: set[str] = field(default_factory=set)
    found: list[tuple[datetime, Claim]] = field(default_factory=list)  # whom a discovery favours
    matters: list[str] = field(default_factory=list)  # who decides what is open
    waits: list[datetime] = field(default_factory=list)  # for a person: nobody owns (10, 11)
    waited: list[tuple[datetime, datetime]] = field(default_factory=list)
    complained: bool = False
    chooses: bool = False  # whom this client brings may choose (12)
    price_testing: bool = False

    def chain(self, moment: datetime, standing: bool = True) -> list[Claim]:
        """8: the living claims in order; `standing`: without those that were ended later."""
        living = [c for c in self.claims if c.lives(moment) and c.filed is not False]
        return sorted(
            [c for c in living if not (standing and c.ended)],
            key=lambda c: (c.rank, c.seat) if c.seat <= moment else (CONTACT, c.since),
        )

    def owner(self, moment: datetime, standing: bool = True) -> Claim | None:
        waits = any(since <= moment for since in self.waits)
        if not standing:
            waits |= any(since <= moment < until for since, until in self.waited)
        return None if waits else next(iter(self.chain(moment, standing)), None)

    def knows(self, agent: str, moment: datetime) -> bool:
        return any(who == agent and when < moment for who, when in self.told)


class Office:
    """Replays the facts of one project."""

    def __init__(self, policy: dict[str, Any]) -> None:
        self.policy, self.versions = policy, [(datetime.min.replace(tzinfo=UTC), policy)]
        self.leads: dict[str, Lead] = {}
        self.gone: set[str] = set()

    def lead(self, name: str) -> Lead:
        return self.leads.setdefault(name, Lead({name}))

    def period(self, moment: datetime, channel: str = "visit") -> date:
        days, months = self.policy["call_days"], self.policy["visit_months"]
        if channel == "call":
            return NEVER if days is None else moment.date() + timedelta(days)
        return NEVER if months is None else months_after(moment.date(), months)

    def apply(self, fact: Record) -> None:
        # 20: each fact is judged by the version in force when it happened.
        self.policy = [policy for since, policy in self.versions if since <= fact.at][-1]
        if fact.kind == "PolicyChange":
            changed = {**PRESETS.get(fact.preset, self.policy), **fact.settings}
            self.versions = sorted([*self.versions, (fact.at, changed)], key=lambda v: v[0])
        if fact.kind == "Departure":
            self.gone.add(fact.agent)
            for lead in {id(lead): lead for lead in self.leads.values()}.values():
                self.depart(lead, fact)
        if hasattr(fact, "lead"):
            getattr(self, fact.kind.lower())(self.lead(fact.lead), fact)
            self.weigh_errands(self.lead(fact.lead))

    def arrive(self, lead: Lead, fact: Record) -> Claim | None:
        """Notes a reception; the claim of a registrant, if it was for him (5)."""
        if fact.late:
            lead.alerts.add("late_entry")
        lead.known = True
        lead.received.append(fact)
        # An entry that was not strictly before it is void.
        lead.claims = [c for c in lead.claims if not c.awaited or c.since < fact.since]
        owner = lead.owner(fact.since)
        if owner is None or not owner.awaited:
            return None
        owner.awaited, owner.last = False, self.period(fact.since, fact.channel)
        return owner

    def reception(self, lead: Lead, fact: Record) -> None:
        if not fact.enquiry or not fact.registered:
            return
        new, arrived = not lead.known, self.arrive(lead, fact)
        owner = arrived or lead.owner(fact.since)
        asked_owner = owner is not None and fact.asked_for == owner.agent != fact.agent
        own = [c for c in lead.chain(fact.since) if c.agent == fact.agent]
        if fact.steered_by is not None:  # 10: naming counts for nothing
            lead.cases.add("steering")
            lead.matters.append("supervisor")
            free = not (arrived or lead.waits or lead.chain(fact.since))
            if free and (fact.turn_of is None or fact.turn_of in self.gone):
                lead.waits.append(fact.since)
            elif free:
                self.grant(lead, fact.turn_of, fact)
            return
        if asked_owner:
            self.tell(lead, fact.agent, fact)
        if own and not arrived:
            self.refresh(own[0], fact)
        elif lead.waits or arrived:
            return
        elif owner is None:
            self.grant(lead, self.chosen(lead, fact, new), fact)
        elif asked_owner:
            self.refresh(owner, fact)
        elif lead.knows(fact.agent, fact.at):
            lead.alerts.add("knowing_contact")
        else:
            self.grant(lead, fact.agent, fact)

    def chosen(self, lead: Lead, fact: Record, new: bool) -> str:
        """1 b–f: whose the client is where nobody holds him."""
        asked, bringer = fact.asked_for, self.leads.get(fact.brought_by)
        if asked is None or asked in self.gone:
            return str(fact.agent)
        own = [c for c in lead.claims if c.agent == asked and not c.ended and not c.disowned]
        won = any(c.last < fact.since.date() and c.filed is not False for c in own)
        if new and bringer:  # the present owner, or who held last; the first one (DECISIONS)
            held = [c for c in bringer.claims if not c.disowned and c.filed is not False]
            last = max(held, key=Claim.over, default=None)
            agents = [c.agent for c in (bringer.owner(fact.since) or last, *held[:1]) if c]
            won |= bringer.chooses or (self.policy["brought_by_client"] and asked in agents)
        won |= new and self.policy["known_agent"] and fact.known_to == asked
        return str(asked if won else fact.agent)

    def grant(self, lead: Lead, agent: str, fact: Record) -> None:
        weak = fact.channel == "call" and self.policy["call_claim"] == "contact"
        last = self.period(fact.since, fact.channel)
        rank = CONTACT if weak else FULL
        lead.claims.append(Claim(agent, rank, last, fact, fact.since, fact.since))
        self.collide(lead, lead.claims[-1:], lead.claims, fact)

    def refresh(self, claim: Claim, fact: Record) -> None:
        """2: the later of the old last day and a fresh period; a visit makes a contact full."""
        fresh = self.period(fact.since, fact.channel)
        if fresh >= claim.last:
            claim.last, claim.old_last = fresh, date.min
        if fact.channel == "visit" and claim.rank == CONTACT:
            claim.rank, claim.seat = FULL, fact.since

    def collide(self, lead: Lead, some: list[Claim], others: list[Claim], fact: Record) -> None:
        """A claim began while another agent's was alive, unknowing, as `fact` shows."""
        self.weigh_errands(lead)
        judges = set()
        for first, later in (sorted(pair, key=lambda c: c.since) for pair in product(some, others)):
            if first.agent == later.agent or later.rank == SIGNED or not first.lives(later.since):
                continue
            if first.closed or later.closed:
                continue
            if lead.knows(later.agent, later.fact.at):
                lead.alerts.add("knowing_contact")
                continue
            favoured = next(iter(lead.chain(fact.recorded)), None)
            if False in (first.filed, later.filed):  # 6: for a person
                judges.add(self.policy["proxy_unfiled_by"])
            elif first.filed:  # 6, 13: for the policy, by when it occurred
                judges.add("policy")
                lead.found.append((later.since, first))
            else:
                judges.add("policy" if later.filed else self.judges(fact))
                lead.found += [(fact.recorded, favoured)] if favoured else []
        lead.matters += judges
        lead.cases |= {"collision"} if judges else set()

    def weigh_errands(self, lead: Lead) -> None:
        """6: whether claims of the proxy count: an entry in time, before the buyer was received."""
        for runners, buyers, linked in lead.errands:
            came = min((f.since for f in lead.received if f.lead in buyers), default=None)
            for claim in lead.claims:
                # A ruling or a deal after the link is the buyer's.
                began = claim.since if claim.rank >= FULL else claim.fact.recorded
                if claim.fact.lead in runners and began < linked:
                    own = [e for e in lead.entries if e.lead in runners and e.agent == claim.agent]
                    claim.filed = any(came is None or entry.recorded < came for entry in own)

    def tell(self, lead: Lead, agent: str, fact: Record) -> None:
        lead.told.add((agent, fact.at))
        for sale in lead.sales:  # what was a collision turns out to be poaching
            if sale.found and sale.fact.agent == agent and fact.at < sale.fact.at:
                self.judge(lead, sale)

    def notice(self, lead: Lead, fact: Record) -> None:
        self.tell(lead, fact.agent, fact)

    def assist(self, lead: Lead, fact: Record) -> None:  # 4
        lead.alerts |= set() if fact.handover else {"duty_breach"}
        living = [c for c in lead.chain(fact.since) if c.agent == fact.owner]
        if not self.arrive(lead, fact) and living:
            self.refresh(living[0], fact)
        if living:
            self.tell(lead, fact.agent, fact)

    def followup(self, lead: Lead, fact: Record) -> None:  # 3
        whose, months = fact.on_behalf_of or fact.agent, self.policy["extension_months"]
        for claim in [c for c in lead.claims if c.agent == whose and c.filed is not False]:
            if not (claim.lives(fact.at) and claim.lives(fact.recorded)):
                continue
            if whose != fact.agent:
                self.tell(lead, fact.agent, fact)
            if months and fact.reached and claim.old_last < fact.at.date() and claim.last < NEVER:
                claim.old_last, claim.last = claim.last, months_after(claim.last, months)

    def registration(self, lead: Lead, fact: Record) -> None:  # 5
        allowed = self.policy["advance_registration"] and fact.traits and not lead.known
        if allowed and not lead.chain(fact.recorded):
            since = fact.recorded
            lead.claims.append(Claim(fact.agent, FULL, NEVER, fact, since, since, awaited=True))

    def proxyentry(self, lead: Lead, fact: Record) -> None:  # 6
        if fact.circumstances and (fact.acknowledged or not self.policy["proxy_acknowledged"]):
            lead.entries.append(fact)

    def depart(self, lead: Lead, fact: Record) -> None:  # 11
        owner = lead.owner(fact.at, standing=False)
        own = [c for c in lead.claims if c.agent == fact.agent and not c.ended and c.lives(fact.at)]
        if owner in own:
            lead.waits.append(fact.at)
            lead.cases.add("departure")
        for claim in own:
            claim.ended = fact.at

    def close(self, lead: Lead, fact: Record, agent: str | None, last: date = NEVER) -> None:
        """15: all claims end, nothing stays open, and the agent, if any, begins anew."""
        for claim in lead.claims:
            if not claim.ended and fact.at.date() <= claim.last:
                claim.ended, claim.closed = fact.at, True
        for sale in lead.sales:
            sale.matter, sale.found = "policy", None
        lead.waited += [(since, fact.at) for since in lead.waits]
        lead.matters, lead.found, lead.waits = [], [], []
        lead.complained = lead.price_testing = False
        if agent is not None:
            shares = getattr(fact, "shares", {})
            lead.claims.append(Claim(agent, RULED, last, fact, fact.at, fact.at, shares))

    def assignment(self, lead: Lead, fact: Record) -> None:
        self.close(lead, fact, fact.to, self.period(fact.at))

    def ruling(self, lead: Lead, fact: Record) -> None:
        self.close(lead, fact, fact.owner, self.period(fact.at))
        for sale in lead.sales:  # credits the deal; the client stays for good (DECISIONS)
            sale.credit, sale.ruled = fact.shares or {fact.owner: 100}, True
            lead.claims[-1].last, lead.claims[-1].rank = NEVER, SIGNED

    def complaint(self, lead: Lead, fact: Record) -> None:  # 12
        lead.cases.add("complaint")
        lead.complained = fact.finding == "open"
        if fact.finding == "replace":
            self.close(lead, fact, fact.to)
            lead.chooses = True
        elif fact.finding == "agent_fault":
            self.close(lead, fact, None)
            lead.known = False
            for claim in lead.claims:
                claim.disowned = claim.closed = True

    @staticmethod
    def holder(lead: Lead, sale: Record, day: datetime) -> Claim | None:
        """Who held the client on that day; claims that began after the deal play no part (14)."""
        chain = lead.chain(day, standing=False)
        return next((c for c in chain if c is not sale.hold and c.since <= sale.fact.at), None)

    def deal(self, lead: Lead, fact: Record) -> None:
        hold = Claim(fact.agent, SIGNED, NEVER, fact, fact.at, fact.at)
        sale = Record(fact=fact, hold=hold, found=None, matter="policy", ruled=False)
        lead.claims.append(hold)
        self.judge(lead, sale)
        lead.sales.append(sale)

    def judge(self, lead: Lead, sale: Record, link: Record | None = None) -> None:
        """13, 14: credits the owner of that moment; `link` joined the buyer with another name."""
        deal, hold, discovered = sale.fact, sale.hold, sale.found and sale.found[0]
        owner = None if any(w <= deal.at for w in lead.waits) else self.holder(lead, sale, deal.at)
        agent, shares = (owner.agent, owner.shares) if owner else (deal.agent, {})
        knew = lead.knows(deal.agent, deal.at)
        news = link is None or link.price_testing or (knew and discovered)
        if owner and not news and sale.owned == (owner, agent):
            self.read_twice(lead, sale, agent)
            return  # the other name changes nothing else
        sale.owned = owner, agent
        hold.agent, hold.shares, sale.credit = agent, shares, shares or {agent: 100}
        sale.found = None
        if owner is None and not knew and not discovered:
            beside = [c for c in lead.claims if c.filed is False and c.lives(deal.at)]
            if any(claim.agent != deal.agent for claim in beside):  # 6: an unfiled proxy's
                lead.cases.add("collision")
                sale.matter = self.policy["proxy_unfiled_by"]
        elif owner and not deal.assisting and deal.agent not in {agent, *shares}:
            if knew:
                swapped = link is not None and owner.fact.lead not in sale.side
                lead.cases.add("name_swap" if swapped else "poaching")
                sale.matter = "supervisor"
                return
            lead.cases.add("collision")
            sale.matter = "policy" if owner.filed else self.judges(link or deal)
            day = discovered or (link or deal).recorded
            sale.found = day, self.holder(lead, sale, day) or replace(hold, agent=deal.agent)
        self.read_twice(lead, sale, agent)

    def read_twice(self, lead: Lead, sale: Record, agent: str) -> None:
        """13: the day of the first discovery against the day of the deal."""
        at, others = sale.fact.at, [s.found for s in lead.sales if s is not sale and s.found]
        found = [f for f in lead.found + others if f[0] <= at and f[1].filed is not False]
        found += [sale.found] if sale.found else []
        if not found or lead.price_testing or sale.hold.shares:
            return
        day, favoured = min(found, key=lambda f: f[0])
        earlier = [c for c in lead.claims if c is not sale.hold and c.since <= at]
        own = [c.last for c in earlier if c.agent == favoured.agent and c.since <= day]
        anew = own and any(max(own) < c.since.date() and c.rank != SIGNED for c in earlier)
        if favoured.agent != agent and not anew:
            sale.hold.agent, sale.credit = favoured.agent, {favoured.agent: 100}
            sale.matter = "supervisor"

    def judges(self, fact: Record) -> str:
        """21: who decides a collision: where the policy does not unite the two, the supervisor."""
        united = fact.kind != "Link" or fact.relation not in {*KIN} - {*self.policy["party"]}
        return str(self.policy["collision_by"] if united else "supervisor")

    def link(self, one: Lead, fact: Record) -> None:
        two, same = self.lead(fact.other), fact.relation == "same"
        if one is two or (fact.relation in KIN and not fact.same_need):
            return
        if fact.relation == "proxy":
            one.errands.append((set(one.names), set(two.names), fact.recorded))
            self.weigh_errands(one)
        if fact.relation != "proxy":  # whoever views for the registered person is somebody else
            self.arrived(one, two, same)
            self.arrived(two, one, same)
        for lead in (one, two):
            for sale in lead.sales:
                sale.side = set(lead.names)
        some, others = ([c for c in each.claims if not c.closed] for each in (one, two))
        for name, theirs in vars(two).items():
            mine = getattr(one, name)
            setattr(one, name, mine + theirs if isinstance(mine, list) else mine | theirs)
        one.claims.sort(key=lambda c: (c.since, c.fact.place))
        one.sales.sort(key=lambda s: s.fact.at)
        one.price_testing |= fact.price_testing
        self.leads.update(dict.fromkeys(one.names, one))
        one.found = [
            (day, next(iter(one.chain(day, standing=False)), claim)) for day, claim in one.found
        ]
        self.collide(one, some, others, fact)
        for sale in one.sales:
            if not sale.ruled:
                self.judge(one, sale, fact)

    def arrived(self, one: Lead, two: Lead, same: bool) -> None:
        """5: the person registered as `one` had come as `two`: for the registrant, if after it."""
        awaited = next((c for c in one.claims if c.awaited and not c.ended), None)
        first = min(two.received, key=lambda f: f.since, default=None)
        if not awaited or awaited.filed is False or not first:
            return
        if first.since > awaited.since:
            awaited.awaited, awaited.last = False, self.period(first.since, first.channel)
            for claim in two.claims:
                if claim.since == first.since and claim.agent != awaited.agent:
                    claim.ended, claim.closed = claim.ended or first.since, True
        elif same:
            one.claims.remove(awaited)


def differences(proof: dict[str, Any]) -> list[str]:
    """What does not follow, each in a line. Raises Malformed."""
    given = _read(proof, FIELDS["Proof"], "proof")
    if given.format != "guishu-proof/1":
        raise Malformed(f"proof: unknown format {given.format!r}")
    policy = _read(given.policy, FIELDS["Policy"], "policy")
    stated = _read(given.outcome, FIELDS["Outcome"], "outcome")
    office = Office(vars(policy))
    for fact in _facts(given):
        office.apply(fact)
    lead = office.lead(given.lead)
    owner = lead.owner(given.asof, standing=False)
    matters = [*lead.matters, *(sale.matter for sale in lead.sales), "policy"]
    undecided = lead.complained or lead.waits
    credit = {who: n for who, n in lead.sales[-1].credit.items() if n} if lead.sales else None
    found = {
        "owner": owner.agent if owner else None,
        "valid_until": owner.last if owner and owner.last < NEVER else None,
        "cases": sorted(lead.cases),
        "alerts": sorted(lead.alerts),
        "decided_by": "supervisor" if undecided else max(matters, key=DECIDERS.index),
        "credit": credit,
    }
    claimed = vars(stated) | {"cases": sorted(stated.cases), "alerts": sorted(stated.alerts)}
    return [
        f"{name}: stated {claimed[name]}, but {value} follows"
        for name, value in found.items()
        if claimed[name] != value
    ]


def main(arguments: list[str]) -> int:
    try:
        (path,) = arguments
        found = differences(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        print(f"no proof: {error}", file=sys.stderr)
        return 2
    print("\n".join(found) or f"verified: {path}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
