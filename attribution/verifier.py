"""Checks a proof: does the stated outcome follow from the facts and the policy it carries?

    python -m attribution.verifier PROOF.json

A second, independent reading of the ownership rules; it needs Python 3.11 and nothing else. Numbers
in comments name the rule, P1 to P12 the further parameter. Exit status: 0 verified, 1 the outcome
does not follow (each difference in a line), 2 no readable proof.
"""

import json
import sys
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

NEVER = datetime.combine(date.max, time.max)  # all moments are those of the office's clock
TICK, DAY = timedelta.resolution, timedelta(days=1)
WAITING, SIGNED, RULED, FULL, CONTACT = range(5)  # the order of the chain (8); 16: SIGNED stays
DECIDERS = ("policy", "negotiation", "supervisor")  # the gravest open matter names who decides
MARKS = ("tells", "received", "helps", "files", "tests", "joins", "closes", "closed")
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Record(SimpleNamespace):
    """An object of the proof, or what follows: a claim, a note of a case. Equal only to itself."""

    __eq__, __hash__ = object.__eq__, object.__hash__  # type: ignore[assignment]

    def lives(self, moment: datetime) -> bool:
        return bool(self.since <= moment <= self.last and moment < self.ended)

    def order(self, moment: datetime) -> Any:  # 8; 2: full from the first visit
        here = (self.rank, self.seat) if self.seat <= moment else (CONTACT, self.since)
        return (*here, self.place)


def until(policy: Any, start: datetime, span: str | None, fresh: int = 0, rolls: int = 0) -> Any:
    """P1, P2: the last instant of a span; `fresh`: counted as a new period, `rolls`: off rest."""
    if span is None or start.year > 9000:
        return NEVER
    number, unit = int(span.split()[0]), span.split()[1].rstrip("s")
    if unit == "hour":
        return start + timedelta(hours=number) - TICK * fresh
    year, month = divmod(start.year * 12 + start.month - 1 + number * (unit == "month"), 12)
    # A month ends on the same day number or, where there is none, on the last.
    day = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    uncounted = policy.first_day_counted + (not policy.last_day_counted) if fresh else 0
    day += DAY * (number * (unit == "day") - uncounted)
    rests = rolls and policy.holiday_roll == "next" and len({*policy.weekly_rest}) < 7
    while rests and (f"{day:%F}" in policy.holidays or WEEK[day.weekday()] in policy.weekly_rest):
        day += DAY
    return datetime.combine(day, time.max)


class Office:
    """Replays the facts of one project: what each of them does."""

    def __init__(self, policy: Any) -> None:
        self.versions, self.gone = [(NEVER.min, policy)], set[str]()
        self.facts, self.claims, self.notes = list[Any](), list[Any](), list[Any]()
        self.parties = dict[str, frozenset[str]]()  # 7: by each name all names of one party

    def party(self, lead: str) -> frozenset[str]:
        return self.parties.get(lead, frozenset({lead}))

    def of(self, lead: str, things: list[Any], **marks: Any) -> list[Any]:
        """Those of one party, with these marks."""
        mine = [thing for thing in things if thing.lead in self.party(lead)]
        return [thing for thing in mine if marks.items() <= vars(thing).items()]

    def version(self, moment: datetime) -> Any:
        """20: the policy in force when something happened."""
        return [policy for since, policy in self.versions if since <= moment][-1]

    def counts(self, claim: Any) -> bool:
        """6: a proxy's claim by an entry in time, before the buyer was first received."""
        runners, buyers = claim.errand or ((), ())
        came = [fact.since for fact in self.facts if fact.received and fact.lead in buyers]
        filed = [fact for fact in self.facts if fact.files and fact.lead in runners]
        own = [fact for fact in filed if fact.agent == claim.agent]
        return not claim.errand or any(fact.recorded < min([*came, NEVER]) for fact in own)

    def lapsed(self, lead: str, moment: datetime) -> list[Any]:
        """The claims that the calendar alone has ended."""
        over = [c for c in self.of(lead, self.claims) if c.last < min(moment, c.ended)]
        return [claim for claim in over if self.counts(claim)]

    def chain(self, lead: str, moment: datetime) -> list[Any]:
        """8: the living claims in their order."""
        living = [c for c in self.of(lead, self.claims) if c.lives(moment) and self.counts(c)]
        lapsed = self.lapsed(lead, moment)
        for claim in [c for c in living if c.heir != "next_in_chain"]:
            # P10: passed over where another's before it, alive when it began, has lapsed.
            before = [c for c in lapsed if c.order(moment) < claim.order(moment)]
            if any(c.agent != claim.agent and c.lives(claim.since) for c in before):
                living.remove(claim)
        return sorted(living, key=lambda claim: claim.order(moment))

    def knows(self, lead: str, agent: str, moment: datetime) -> bool:
        told = self.of(lead, self.facts, tells=True, agent=agent)
        return any(fact.at < moment for fact in told)

    def note(self, lead: str, case: str, judge: str = "policy", **more: Any) -> None:
        """A case or an alert; while it is open `judge` decides."""
        more = {"alert": False, "closed": False} | more
        self.notes.append(Record(lead=lead, case=case, judge=judge, **more))

    def begin(self, fact: Any, agent: str | None, rank: int, **right: Any) -> Any:
        """A claim by the fact; of nobody where the lead waits for a person (10, 11, P10)."""
        right = {"since": fact.since, "last": NEVER, "lead": fact.lead} | right
        claim = Record(agent=agent, rank=rank, fact=fact, contacts=[], ended=NEVER, **right)
        claim.heir = self.version(fact.at).after_lapse if rank >= FULL else "next_in_chain"
        claim.seat, claim.start, claim.place = claim.since, claim.since, len(self.facts)
        claim.awaited = fact.kind == "Registration"
        claim.contacts += [] if claim.awaited else [fact]
        claim.closed, claim.errand, claim.extensions, claim.shares = "", None, 0, {}
        self.claims.append(claim)
        return claim

    def period(self, fact: Any, channel: str) -> datetime:
        policy = self.version(fact.at)
        span = policy.rolling_validity or vars(policy)[f"{channel}_validity"]  # P5
        return until(policy, fact.since, span, fresh=1, rolls=1)

    def gives(self, fact: Any) -> str:
        channel = getattr(fact, "channel", "visit")
        return str(vars(self.version(fact.at)).get(f"{channel}_claim", "full"))  # P3

    def apply(self, fact: Any) -> None:
        policy, lead = self.version(fact.at), fact.lead
        for name in {lead, getattr(fact, "other", lead)}:
            self.lapse(name, fact.recorded)
        self.facts.append(fact)
        match fact.kind:
            case "Reception":
                lacks = {*policy.required_fields} - {*fact.fields}  # P9
                if fact.enquiry and fact.registered and not lacks:
                    self.receive(fact)
            case "Assist":  # 4
                self.note(lead, "" if fact.handover else "duty_breach", alert=True)
                self.receive(fact)
            case "FollowUp":
                self.follow_up(fact, policy)
            case "Registration":  # 5
                held = self.of(lead, self.facts, received=True) or self.chain(lead, fact.since)
                if policy.advance_registration and fact.traits.strip() and not held:
                    self.begin(fact, fact.agent, FULL)
            case "ProxyEntry":  # 6
                acknowledged = fact.acknowledged or not policy.proxy_acknowledged
                fact.files = acknowledged and fact.circumstances.strip() != ""
            case "Notice":
                fact.tells = True
            case "Link":
                fact.joins = fact.relation in ("same", "proxy") or fact.same_need
                if fact.joins:
                    self.link(fact)
            case "Departure":  # 11
                self.gone.add(fact.agent)
                for name in {min(self.party(claim.lead)) for claim in self.claims}:
                    held = [c.agent for c in self.chain(name, fact.at)[:1]]
                    for claim in self.of(name, self.claims, agent=fact.agent):
                        claim.ended = fact.at if claim.lives(fact.at) else claim.ended
                    if fact.agent in held:
                        self.begin(fact, None, WAITING, lead=name)
                        self.note(name, "departure", "supervisor")
            case "Complaint":  # 12
                for note in self.of(lead, self.notes, case="complaint"):
                    note.closed = True
                self.note(lead, "complaint", "supervisor" if fact.finding == "open" else "policy")
                if fact.finding in ("agent_fault", "replace"):
                    self.close(fact, NEVER)
            case "Assignment" | "Ruling":  # 11, 15
                self.close(fact, self.period(fact, "visit"))
            case "Deal":
                sale = self.begin(fact, fact.agent, SIGNED)
                sale.names, sale.deal, sale.knew = self.party(lead), True, False
            case "PolicyChange":
                self.versions.append((fact.at, fact.policy))
                self.versions.sort(key=lambda version: version[0])
        self.lapse(lead, fact.recorded)
        for sale in self.of(lead, self.claims, deal=True, closed=""):
            told = fact.tells and fact.agent == sale.fact.agent and not sale.knew
            if fact is sale.fact or fact.joins or (told and fact.at < sale.since):
                self.judge(sale, fact)

    def lapse(self, lead: str, moment: datetime) -> None:
        """P10: a lapse that leaves only claims passed over, for the supervisor, awaits him."""
        closings = [fact.at for fact in self.of(lead, self.facts, closes=True)]
        for then in sorted({claim.last + TICK for claim in self.lapsed(lead, moment)}):
            heirs = [c for c in self.of(lead, self.claims, heir="supervisor") if c.lives(then)]
            waiting = [claim for claim in heirs if self.counts(claim)]
            if waiting and not self.chain(lead, then) and then > max([*closings, then.min]):
                self.begin(waiting[0].fact, None, WAITING, since=then)
                self.note(lead, "succession", "supervisor")

    def receive(self, fact: Any) -> None:
        """1-5, 10: a reception by the agent, or by a colleague for `owner`."""
        lead, assists = fact.lead, fact.kind == "Assist"
        new, counts = not self.of(lead, self.facts, received=True), self.gives(fact) != "none"
        if not counts and not assists:
            return
        if counts:
            fact.received = True
            self.note(lead, "late_entry" if fact.late else "", alert=True)
            for claim in self.of(lead, self.claims, awaited=True):
                if claim.since >= fact.since:  # an entry that was not strictly before it is void
                    self.claims.remove(claim)
        chain = self.chain(lead, fact.since)
        steered = not assists and fact.steered_by is not None
        wish = fact.owner if assists else None if steered else fact.asked_for
        owner = chain[0] if chain else None
        if steered:
            self.note(lead, "steering", "supervisor")
        if owner and owner.agent is None:
            return
        wished = [c for c in (chain if assists else chain[:1]) if c.agent == wish]
        mine = [c for c in chain if c.agent == fact.agent and not assists]
        served = [owner] if owner and owner.awaited else [] if steered else mine or wished
        if assists or (wished and served == wished):
            fact.helps = wish
        fact.tells = bool(wished and served) and wish != fact.agent
        for claim in served[:1] if counts else []:
            self.serve(claim, fact)
        if served or assists:
            return
        if steered and not owner and fact.turn_of in {*self.gone, None}:
            self.begin(fact, None, WAITING)
        elif steered and not owner:
            self.grant(fact, fact.turn_of, fact.channel)
        elif not owner:
            self.grant(fact, self.chosen(fact, new), fact.channel)
        elif not steered and self.knows(lead, fact.agent, fact.at):
            self.note(lead, "knowing_contact", alert=True)
        elif not steered:
            self.grant(fact, fact.agent, fact.channel)

    def chosen(self, fact: Any, new: bool) -> Any:
        """1 b-f: whose the client is where nobody holds him."""
        policy, living = self.version(fact.at), self.of(fact.lead, self.claims, heir="on_duty")
        waited = [c for c in living if c.lives(fact.since) and self.counts(c)]
        if waited and fact.turn_of not in {*self.gone, None}:  # P10
            return fact.turn_of
        agents = {c.agent for c in self.lapsed(fact.lead, fact.since) if c.closed != "agent_fault"}
        if new and policy.known_agent:
            agents.add(fact.known_to)
        if new and fact.brought_by:  # the present owner, or who held last; the first one
            held = [c for c in self.of(fact.brought_by, self.claims) if c.agent and self.counts(c)]
            held = [claim for claim in held if claim.closed != "agent_fault"]
            last = [max(held, key=lambda c: min(c.last, c.ended).date())] if held else []
            now = [c for c in self.chain(fact.brought_by, fact.since)[:1] if c.agent] or last
            if policy.brought_by_client:
                agents |= {claim.agent for claim in now + held[:1]}
            if self.of(fact.brought_by, self.facts, finding="replace"):
                agents.add(fact.asked_for)
        return fact.asked_for if fact.asked_for in agents - self.gone - {None} else fact.agent

    def grant(self, fact: Any, agent: str, channel: str) -> None:
        rank = CONTACT if self.gives(fact) == "contact" else FULL
        claim = self.begin(fact, agent, rank, last=self.period(fact, channel))
        self.collide([claim], self.of(fact.lead, self.claims), fact)

    def serve(self, claim: Any, fact: Any) -> None:
        """2, 4, 5: the later of old and fresh period; a visit makes a contact full."""
        claim.contacts.append(fact)
        fresh = self.period(fact, fact.channel)
        if claim.awaited or fresh >= claim.last:
            claim.last, claim.start, claim.extensions, claim.awaited = fresh, fact.since, 0, False
        if fact.channel == "visit" and claim.rank == CONTACT:
            claim.rank, claim.seat = FULL, fact.since

    def follow_up(self, fact: Any, policy: Any) -> None:
        """3, P4: moves the last day on, from itself or from the follow-up; P5: from there."""
        then, now = self.chain(fact.lead, fact.at), self.chain(fact.lead, fact.recorded)
        mine = [claim for claim in then if claim.agent == fact.owner][:1]
        fact.tells = bool(mine) and fact.agent != fact.owner
        window = fact.reached and policy.claim_back
        if window and fact.owner not in self.gone and not then + now:  # P11
            own = [c for c in self.lapsed(fact.lead, fact.at) if c.agent == fact.owner]
            ends = [until(policy, c.last, window) for c in own if c.closed != "agent_fault"]
            if any(fact.recorded <= end for end in ends):
                self.grant(fact, fact.owner, "visit")
        for claim in [claim for claim in mine if claim in now and fact.reached]:
            claim.contacts.append(fact)
            mode, span = policy.extension_mode, policy.extension
            if policy.rolling_validity:
                mode, span = "from_follow_up", policy.rolling_validity
            spent = mode == "once" and claim.extensions and fact.at <= claim.old
            if not span or mode == "none" or spent or claim.extensions == policy.extension_cap:
                return
            fresh = mode == "from_follow_up"
            last = until(policy, fact.at if fresh else claim.last, span, fresh=fresh, rolls=1)
            last = min(last, until(policy, claim.start, policy.extension_total, fresh=1))
            if last > claim.last:
                claim.old, claim.last, claim.extensions = claim.last, last, claim.extensions + 1

    def close(self, fact: Any, last: datetime) -> None:
        """12, 15: all claims end, nothing stays open, and the agent, if any, begins anew."""
        how = getattr(fact, "finding", "closed")
        for thing in self.of(fact.lead, self.notes + self.facts):
            thing.closed = True
        for claim in self.of(fact.lead, self.claims):
            if fact.at <= claim.last or how == "agent_fault":
                claim.ended, claim.closed = min(fact.at, claim.ended), how
        fact.closes = True
        if how == "agent_fault":
            for each in self.of(fact.lead, self.facts):
                each.received = False
            return
        sales = self.of(fact.lead, self.claims, deal=True) if fact.kind == "Ruling" else []
        claim = self.begin(fact, fact.to, SIGNED if sales else RULED, last=NEVER if sales else last)
        claim.shares = vars(fact.shares)
        for sale in sales:  # credits the deal; the client stays for good (DECISIONS)
            sale.credit = sale.commission = claim.shares or {fact.to: 100}

    def collide(self, some: list[Any], others: list[Any], fact: Any) -> None:
        """A claim began while another agent's was alive, unknowing, as `fact` shows."""
        for pair in product(some, others):
            first, later = sorted(pair, key=lambda claim: (claim.since, claim.place))
            alive = first.lives(later.since) and not (first.closed or later.closed)
            stands = not self.counts(first) or first in self.chain(fact.lead, later.since)
            if len({first.agent, later.agent} - {None}) < 2 or later.rank == SIGNED:
                continue
            if alive and stands and self.knows(fact.lead, later.agent, later.fact.at):
                self.note(fact.lead, "knowing_contact", alert=True)
            elif alive and stands:
                self.collision(first, later, fact)

    def collision(self, first: Any, later: Any, fact: Any) -> None:
        """Who decides it: a person where a proxy was not filed, or the two are not one party."""
        policy, relation = self.version(fact.at), getattr(fact, "relation", "same")
        united = {"same", "proxy", *policy.party, *(["spouse"] * ("family" in policy.party))}
        proxy, judge = first.errand or later.errand, policy.collision_by
        plain = relation in united and not proxy
        if not self.counts(first) or not self.counts(later):
            judge, proxy = policy.proxy_unfiled_by, None
        elif relation not in united or proxy:
            judge = "policy" if relation in united else "supervisor"
        day = later.since if proxy else fact.recorded  # 13: a proxy's: when it occurred
        more = {"pair": {first, later}, "day": day, "relation": relation if plain else None}
        self.note(fact.lead, "collision", judge, found=fact.recorded, since=later.since, **more)

    def link(self, fact: Any) -> None:  # 7
        fact.tests = fact.price_testing
        sides = [self.of(name, self.claims) for name in (fact.lead, fact.other)]
        names = [self.party(name) for name in (fact.lead, fact.other)]
        if names[0] == names[1]:
            return
        if fact.relation == "proxy":  # 6: what the proxy's side brought
            for claim in sides[0]:
                claim.errand = names if claim.agent and claim.rank >= FULL else claim.errand
        for one, two in ((0, 1), (1, 0)) if fact.relation != "proxy" else ():
            came = [f for f in self.facts if f.received and f.lead in names[two]]
            first: Any = min(came, key=lambda f: f.since, default=None)
            for claim in [c for c in sides[one] if c.awaited and c.ended == NEVER and first]:
                if first.since > claim.since:  # 5: he was received for the registrant
                    self.serve(claim, first)
                    void = [
                        c
                        for c in sides[two]
                        if c.fact is first and c.agent not in (None, claim.agent)
                    ]
                else:
                    void = [claim] if fact.relation == "same" else []
                self.claims = [c for c in self.claims if c not in void]
                sides = [[c for c in side if c not in void] for side in sides]
        self.parties |= dict.fromkeys(names[0] | names[1], names[0] | names[1])
        self.collide(sides[0], sides[1], fact)

    def judge(self, sale: Any, fact: Any) -> None:
        """13, 14: whose a deal is, as far as known with the fact."""
        lead, deal, at, policy = sale.lead, sale.fact, sale.since, self.version(sale.since)
        before = [c for c in self.of(lead, self.claims) if c is not sale and c.since <= at]
        before = [c for c in before if c.fact.recorded <= deal.recorded or c.lead not in sale.names]
        chain = [claim for claim in self.chain(lead, at) if claim in before]
        near = [c for c in chain if c.rank < FULL or self.in_touch(c, sale)]
        owner: Any = near[0] if near and chain[0].agent else None
        closer, knew = deal.agent, self.knows(lead, deal.agent, at)
        sale.knew = knew
        swapped = owner is not None and owner.lead not in sale.names  # 14
        agent, shares = (owner.agent, owner.shares) if owner else (closer, {})
        tested = bool(self.of(lead, self.facts, tests=True, closed=False))
        plain = owner and owner.rank >= FULL and not tested and not (knew and closer != agent)
        split = self.split(sale, chain) if plain else {}
        outside = owner and not deal.assisting and closer not in {agent, *shares, *split}
        unfiled = [c for c in before if not owner and not self.counts(c) and c.lives(at)]
        if outside and knew:
            self.note(lead, "name_swap" if swapped else "poaching", "supervisor")
        for held in [owner] if outside else [c for c in unfiled if c.agent != closer][:1]:
            if not knew:
                self.collision(held, sale, fact if fact.kind == "Link" else deal)
        # The day of the first discovery against the day of the deal.
        found = self.of(lead, self.notes, case="collision", closed=False)
        found = [n for n in found if n.since <= at and (swapped or n.found <= deal.recorded)]
        for first in [] if tested or shares or split or (outside and knew) else found[:1]:
            then = [c.agent for c in self.chain(lead, first.day) if c in before and c.agent]
            favoured = [*then, closer][0]
            own = [c.last for c in before if c.agent == favoured and c.since <= first.day]
            anew = any(c.agent and c.since > max(own, default=first.day) for c in before)
            if favoured != agent and not anew:
                agent = favoured
                self.note(lead, "", "supervisor")
        sale.agent, sale.shares = agent, shares if len(shares) > 1 else {}
        sale.credit = split or shares or {agent: 100}
        part, (who, *others) = policy.helper_share, sale.credit  # P7
        helps = [f for f in self.of(lead, self.facts, helps=who) if f.agent == closer]
        helped = any(f.at <= at and f.at.date() == at.date() for f in helps) and not others
        if part and owner and deal.assisting and helped and who != closer:
            sale.credit = {who: 100 - part, closer: part}
        sale.commission, part = sale.credit, policy.closer_commission  # P12
        if part and not knew and not shares and closer not in sale.credit:
            sale.commission = {**scaled(sale.credit, 100 - part), closer: part}

    def in_touch(self, claim: Any, sale: Any) -> bool:
        """P6: a contact within the window before the deal, written down by then."""
        policy, at = self.version(sale.since), sale.since
        made = [fact for fact in claim.contacts if fact.since <= at]  # none: awaited, counts
        known = [fact.since for fact in made if fact.recorded <= sale.fact.recorded]
        return not made or any(at <= until(policy, day, policy.deal_lookback) for day in known)

    def split(self, sale: Any, chain: list[Any]) -> dict[str, int]:
        """P8: among those whose living claims collided in relations that share."""
        rules = vars(self.version(sale.since).collision_split)
        found = self.of(sale.lead, self.notes, case="collision", closed=False)
        found = [n for n in found if n.relation in rules and n.pair <= {*chain}]
        agents = list(dict.fromkeys(c.agent for c in chain if any(c in n.pair for n in found)))
        if not found:
            return {}
        rule, count = rules[found[0].relation], len(agents)
        equal = [100 // count + (place < 100 % count) for place in range(count)]
        parts = equal if rule == "equal" else rule[:count]
        return dict(zip(agents, [parts[0] + 100 - sum(parts), *parts[1:]], strict=False))


def scaled(credit: dict[str, int], total: int) -> dict[str, int]:
    """The shares of a whole as whole percents of `total`, the largest remainders rounded up."""
    parts = {who: share * total // 100 for who, share in credit.items()}
    odd = sorted(credit, key=lambda who: -(credit[who] * total % 100))
    return {who: n + (who in odd[: total - sum(parts.values())]) for who, n in parts.items()}


def facts_of(proof: Any) -> list[Any]:
    """The facts as they were recorded, without those taken back; moments by the office's clock."""
    for fact in proof.facts:
        vars(fact).update(dict.fromkeys(MARKS, False))  # what it turns out to be
        fact.at, fact.recorded = clock(fact.at), clock(fact.recorded)
        fact.late = fact.recorded.date() > fact.at.date()
        entered = fact.late and fact.kind in ("Reception", "Assist")
        fact.since = fact.recorded if entered or fact.kind == "Registration" else fact.at  # 5, 9
        fact.lead = getattr(fact, "lead", "")
    if proof.format != "guishu-proof/2":
        raise ValueError(f"format {proof.format!r}, not guishu-proof/2")
    if any(fact.recorded > clock(proof.known_at) for fact in proof.facts):
        raise ValueError("a fact was recorded after known_at")
    gone = {fact.of for fact in proof.facts if fact.kind == "TakenBack"}
    standing = [f for f in proof.facts if f.id not in gone and f.kind != "TakenBack"]
    return sorted(standing, key=lambda fact: fact.recorded)


def clock(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def differences(text: str) -> list[str]:
    """What does not follow, each in a line. Raises what reading a broken proof raises."""
    proof = json.loads(text, object_hook=lambda parts: Record(**parts))
    office, lead, asof = Office(proof.policy), proof.lead, clock(proof.asof)
    for fact in facts_of(proof):
        office.apply(fact)
    noted = office.of(lead, office.notes)
    office.lapse(lead, asof)
    chain = office.chain(lead, asof)
    owner = chain[0] if chain and chain[0].agent else None
    judges = [n.judge for n in office.of(lead, office.notes, closed=False)]
    sale = [None, *office.of(lead, office.claims, deal=True)][-1]
    found = {
        "owner": owner and owner.agent,
        "valid_until": f"{owner.last:%F}" if owner and owner.last < NEVER else None,
        "cases": sorted({note.case for note in noted if not note.alert and note.case}),
        "alerts": sorted({note.case for note in noted if note.alert and note.case}),
        "decided_by": max(["policy", *judges], key=DECIDERS.index),
        "credit": sale and {who: n for who, n in sale.credit.items() if n},
        "commission": sale and {who: n for who, n in sale.commission.items() if n},
    }
    stated = json.loads(text)["outcome"]
    stated |= {name: sorted(stated[name]) for name in ("cases", "alerts")}
    return [
        f"{name}: stated {stated[name]}, but {value} follows"
        for name, value in found.items()
        if stated[name] != value
    ]


def main(arguments: list[str]) -> int:
    try:
        (path,) = arguments
        found = differences(Path(path).read_text(encoding="utf-8"))
    except Exception as error:  # whatever cannot be read as a proof is none
        print(f"no proof: {error!r}", file=sys.stderr)
        return 2
    print("\n".join(found) or f"verified: {path}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
