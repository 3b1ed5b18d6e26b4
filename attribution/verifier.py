"""Checks a proof: does the stated outcome follow from the facts and the policy it carries?

    python -m attribution.verifier PROOF.json

A second, independent reading of the ownership rules; it needs Python 3.11 and nothing else. Numbers
in comments name the rule, P1 to P12 the further parameter. Exit status: 0 verified, 1 the outcome
does not follow (each difference in a line), 2 no readable proof.
"""

import json
import re
import sys
from calendar import monthrange
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from types import SimpleNamespace as Record
from typing import Any

NEVER = datetime.combine(date.max, time.max)  # all moments are those of the office's clock
TICK, DAY = timedelta.resolution, timedelta(days=1)
WAITING, SIGNED, RULED, FULL, CONTACT = range(5)  # the order of the chain (8); 16: SIGNED stays
DECIDERS = ("policy", "negotiation", "supervisor")  # the gravest open matter names who decides

# Objects and their fields, `name:kind`; without a kind it is text. `?` allows null, `*` is a list
# of, `~` an object that may lack fields; `|` stands between choices, the neutral one first.
SCHEMA = """
Proof format:guishu-proof/1 lead asof:moment known_at:moment policy:Policy facts:*Fact
outcome:Outcome cites:*; Outcome owner:? valid_until:day? cases:* alerts:* decided_by credit:shares?
commission:shares?; Policy preset:sales|leasing|house call_claim:contact|full call_validity:span?
visit_validity:span? extension:span? collision_by:supervisor|policy
party:*spouse|family|friend|colleague advance_registration:bool known_agent:bool
brought_by_client:bool proxy_acknowledged:bool proxy_unfiled_by:supervisor|negotiation
online_claim:none|contact|full online_validity:span? report_claim:none|contact|full
report_validity:span? rolling_validity:span? first_day_counted:bool last_day_counted:bool
holiday_roll:none|next holidays:*day claim_back:span? helper_share:percent
weekly_rest:*monday|tuesday|wednesday|thursday|friday|saturday|sunday deal_lookback:span?
extension_mode:once|every|from_follow_up|none extension_cap:whole? extension_total:span?
required_fields:*name|phone|need|source after_lapse:next_in_chain|closing_agent|on_duty|supervisor
collision_split:~Split closer_commission:percent; Settings call_days:whole? visit_months:whole?
extension_months:whole?; Split same:split spouse:split family:split friend:split colleague:split;
Fact kind id at:moment recorded:moment; Reception lead agent channel:visit|call|online|report
asked_for:? brought_by:? known_to:? steered_by:? turn_of:? enquiry:bool registered:bool
phone_left:bool? brochure_only:bool? fields:*name|phone|need|source?; Assist lead agent owner
channel:visit|call|online|report handover:bool delegated:bool?; FollowUp lead agent on_behalf_of:?
reached:bool; Registration lead agent traits; ProxyEntry lead agent circumstances acknowledged:bool;
Notice lead agent; Link lead other relation:same|spouse|family|friend|colleague|proxy same_need:bool
price_testing:bool; TakenBack of; Departure agent; Assignment lead to; Complaint lead about
finding:open|malicious|unfounded|agent_fault|replace to:? shares:shares; Ruling lead owner
shares:shares; Deal lead agent assisting:bool; PolicyChange settings:~Settings
preset:sales|leasing|house?"""
FIELDS = {
    name: dict([*each.split(":", 1), ""][:2] for each in fields)
    for name, *fields in map(str.split, SCHEMA.split(";"))
}
FIELDS["Settings"] |= FIELDS["Policy"]
FACTS = "|".join([*FIELDS][[*FIELDS].index("Fact") + 1 :])
WEEK = FIELDS["Policy"]["weekly_rest"][1:].split("|")
SPAN = r"[1-9]\d{0,3} (hour|day|month)s?"
KINDS = {  # what a value of each kind must satisfy; the bounds keep every period a date
    "": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "whole": lambda value: type(value) is int and 0 < value <= 1200,
    "percent": lambda value: type(value) is int and 0 <= value <= 100,
    "span": lambda value: re.fullmatch(SPAN, value) and int(value.split()[0]) <= 1200,
    "day": lambda value: 1900 < date.fromisoformat(value).year < 2200,
    "moment": lambda value: 1900 < (at := datetime.fromisoformat(value)).year < 2200 and at.tzinfo,
    "shares": lambda value: all(type(percent) is int for percent in value.values()),
    "split": lambda value: value == "equal" or (min(value) > 0 and sum(value) == 100),
}
SPANS = {"call": "call_validity", "visit": "visit_validity", "extension": "extension"}
Values = dict[str, Any]
REFERRALS: Values = {"advance_registration": True, "known_agent": True}
PERIODS: Values = {"call_validity": "15 days", "visit_validity": "1 month", "extension": "1 month"}
UNITED: Values = {"collision_by": "policy", "party": ["colleague", "family", "friend"]}
LEASING: Values = {"call_claim": "full", "brought_by_client": True} | PERIODS | UNITED
MANAGER: Values = {"proxy_acknowledged": True, "proxy_unfiled_by": "negotiation"}
PRESETS = {"sales": REFERRALS, "leasing": LEASING | MANAGER, "house": LEASING | REFERRALS}


class Malformed(ValueError):
    """What was given is no proof; says where and why."""


def preset(name: str) -> Values:
    """The policy of a preset: neutral where its row says nothing."""
    plain = {"*": [], "~": Record(), "b": False, "p": 0}  # lists, objects, bool, percent
    policy = {
        field: None if kind.endswith("?") else plain.get(kind[0], kind.split("|")[0])
        for field, kind in FIELDS["Policy"].items()
    }
    return policy | {"preset": name, "last_day_counted": True} | PRESETS[name]


def checked(value: Any, kind: str, where: str) -> Any:
    """The value, objects as records. Raises Malformed unless it is of that kind throughout."""
    bare = kind.rstrip("?")
    if value is None and bare != kind:
        return None
    if bare[:1] == "*" and isinstance(value, list):
        return [checked(each, bare[1:], f"{where} {n}") for n, each in enumerate(value, 1)]
    if (fields := FIELDS.get(bare.lstrip("~"))) and isinstance(value, dict):
        if bare == "Fact":
            fields = fields | FIELDS[checked(value.get("kind"), FACTS, f"{where}: kind")]
        missing = fields.keys() - value.keys() if bare[0] != "~" else set()
        for name in sorted(missing | (value.keys() - fields.keys())):
            raise Malformed(f"{where}: {name} is {'missing' if name in missing else 'unknown'}")
        return Record(**{n: checked(each, fields[n], f"{where}: {n}") for n, each in value.items()})
    with suppress(AttributeError, TypeError, ValueError):
        if not fields and KINDS.get(bare, lambda value: value in bare.split("|"))(value):
            return datetime.fromisoformat(value) if bare == "moment" else value
    raise Malformed(f"{where}: {bare or 'text'}, not {value!r}")


def in_order(proof: Record) -> list[Record]:
    """The facts as they were recorded, without those taken back; moments by the office's clock."""
    facts = sorted(proof.facts, key=lambda fact: fact.recorded)
    once = len({fact.id for fact in facts}) == len(facts)
    if not once or any(fact.recorded > proof.known_at for fact in facts):
        raise Malformed("facts: one is recorded after known_at, or an id stands twice")
    taken_back = {fact.of for fact in facts if fact.kind == "TakenBack"}
    for place, fact in enumerate(facts):
        fact.place = place
        fact.at, fact.recorded = (when.replace(tzinfo=None) for when in (fact.at, fact.recorded))
        fact.late = fact.recorded.date() > fact.at.date()
        fact.since = fact.recorded if fact.late else fact.at  # 9: counts from its entry
    return [fact for fact in facts if fact.kind != "TakenBack" and fact.id not in taken_back]


def until(
    policy: Record, start: datetime, span: str | None, fresh: int = 0, rolls: int = 0
) -> datetime:
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


class Claim(Record):
    """One agent's right to a client; of nobody while the lead waits for a person (10, 11, P10).

    `seat` orders it in its rank, `start` began its present period, `closed` says how a person ended
    it; a deal's claim knows its `owner`, `credit`, the day `found` a collision, who must decide.
    """

    __eq__, __hash__ = object.__eq__, object.__hash__  # type: ignore[assignment]
    awaited, ended, extensions, closed, matter, ruled = False, NEVER, 0, "", "policy", False
    filed: bool | None = None  # of a proxy's claim: False does not count for the buyer (6)
    owned: Any = None
    found: datetime | None = None
    shares: dict[str, int] = {}  # of a ruling (15)

    def lives(self, moment: datetime) -> bool:
        return bool(self.since <= moment <= self.last and moment < self.ended)

    def in_touch(self, sale: "Claim") -> bool:
        """P6: whether it counts for a deal: by a contact within the window before it."""
        policy, at, recorded = sale.policy, sale.since, sale.fact.recorded
        known = [f for f in self.contacts if f.recorded <= recorded]
        days = [f.at if f.kind == "FollowUp" else f.since for f in known]
        near = (day <= at <= until(policy, day, policy.deal_lookback) for day in days)
        return self.rank < FULL or self.awaited or any(near)

    def order(self, moment: datetime) -> tuple[int, datetime]:  # 8; 2: full from the first visit
        return (self.rank, self.seat) if self.seat <= moment else (CONTACT, self.since)


class Lead:
    """One buying party, under all of its names."""

    def __init__(self, name: str) -> None:
        self.names, self.cases, self.alerts, self.chooses = {name}, set[str](), set[str](), False
        self.complained = self.price_testing = False
        self.claims: list[Claim] = []
        self.collisions, self.receptions, self.told = list[Record](), list[Record](), list[Record]()
        self.entries, self.errands = list[Record](), list[Any]()  # of proxies (6)

    def living(self, moment: datetime, standing: bool = True) -> list[Claim]:
        """The claims that count; `standing`: without those that somebody ended later."""
        alive = [c for c in self.claims if c.lives(moment) and c.filed is not False]
        return [c for c in alive if c.ended == NEVER or not standing]

    def passed(self, claim: Claim, moment: datetime) -> bool:
        """P10: another's before it, alive when it began, has lapsed by the calendar."""
        lapsed = [c for c in self.claims if c.last < min(moment, c.ended) and c.lives(claim.since)]
        before = [c for c in lapsed if c.filed is not False and c.agent != claim.agent]
        waited = any(c.order(moment) < claim.order(moment) for c in before)
        return waited and claim.rank >= FULL and claim.policy.after_lapse != "next_in_chain"

    def chain(self, moment: datetime, standing: bool = True) -> list[Claim]:
        """8: the claims that may own, in their order."""
        living = [c for c in self.living(moment, standing) if not self.passed(c, moment)]
        return sorted(living, key=lambda c: c.order(moment))

    def lapsed(self, moment: datetime) -> list[Claim]:
        """The claims that ended by the calendar alone."""
        over = [c for c in self.claims if c.last < moment and c.ended == NEVER]
        return [c for c in over if c.filed is not False]

    def knows(self, agent: str, moment: datetime) -> bool:
        return any(fact.agent == agent and fact.at < moment for fact in self.told)

    def sales(self) -> list[Claim]:
        return [claim for claim in self.claims if claim.fact.kind == "Deal"]

    def split(self, sale: Claim, rivals: list[Claim], link: Record | None) -> dict[str, int]:
        """P8: among those whose living claims collided in relations that share."""
        rules, known = vars(sale.policy.collision_split), sale.since if not link else NEVER
        found = [c for c in self.collisions if c.relation in rules and c.day <= known]
        pairs = [c for c in found if {*c.pair} <= {*rivals}]
        if not pairs:
            return {}
        agents = list(dict.fromkeys(c.agent for c in rivals if any(c in p.pair for p in pairs)))
        rule, count = rules[min(pairs, key=lambda pair: pair.day).relation], len(agents)
        equal = [100 // count + (place < 100 % count) for place in range(count)]
        parts = equal if rule == "equal" else rule[:count]
        parts[0] += 100 - sum(parts)
        return dict(zip(agents, parts, strict=False))

    def commission(self, sale: Claim) -> dict[str, int]:
        """P12: the credit, less the unknowing closer's part."""
        part, closer = sale.policy.closer_commission, sale.fact.agent
        if closer in sale.credit or self.knows(closer, sale.since) or sale.ruled or sale.shares:
            return sale.credit
        rest = {who: n * (100 - part) for who, n in sale.credit.items()}
        parts = {who: n // 100 for who, n in rest.items()}
        odd = 100 - part - sum(parts.values())
        for who in sorted(rest, key=lambda who: -(rest[who] % 100))[:odd]:
            parts[who] += 1
        return parts | {closer: part}


class Office:
    """Replays the facts of one project: what each of them does."""

    def __init__(self, policy: Record) -> None:
        self.policy, self.versions, self.gone = policy, [(NEVER.min, policy)], set[str]()
        self.leads: dict[str, Lead] = {}

    def lead(self, name: str) -> Lead:
        return self.leads.setdefault(name, Lead(name))

    def begin(self, lead: Lead, fact: Record, since: datetime, *right: Any) -> Claim:
        """A claim by the fact from then on; its `right`: agent, rank, last instant."""
        agent, rank, last = right
        claim = Claim(agent=agent, rank=rank, last=last, fact=fact, since=since, policy=self.policy)
        claim.seat, claim.start, claim.contacts = since, since, [fact]
        lead.claims.append(claim)
        return claim

    def apply(self, fact: Record) -> None:
        # 20: each fact is judged by the version in force when it happened.
        self.policy = [policy for since, policy in self.versions if since <= fact.at][-1]
        if fact.kind == "PolicyChange":
            base = preset(fact.preset) if fact.preset else vars(self.policy)
            for name, value in vars(fact.settings).items():
                what, _, unit = name.partition("_")
                if unit in ("days", "months"):  # a span said by its number alone
                    name, value = SPANS[what], value and f"{value} {unit}"
                base = base | {name: value}
            self.versions.append((fact.at, Record(**base)))
            self.versions.sort(key=lambda version: version[0])
        elif fact.kind == "Departure":  # 11
            self.gone.add(fact.agent)
            for lead in {*self.leads.values()}:
                held = lead.chain(fact.at, standing=False)[:1]
                for claim in [c for c in lead.living(fact.at) if c.agent == fact.agent]:
                    claim.ended = fact.at
                    if claim in held:
                        self.begin(lead, fact, fact.at, None, WAITING, NEVER)
                        lead.cases.add("departure")
        else:
            lead = self.lead(fact.lead)
            self.lapse(lead, fact.recorded, "succession")
            getattr(self, fact.kind.lower())(lead, fact)
            self.weigh(self.lead(fact.lead))

    def lapse(self, lead: Lead, moment: datetime, case: str) -> None:
        """P10: a lapse that leaves only claims passed over, for the supervisor, awaits him."""
        for claim in sorted([c for c in lead.claims if c.last < moment], key=lambda c: c.last):
            then = claim.last + TICK
            heirs = {c.policy.after_lapse for c in lead.living(then)}
            if "supervisor" in heirs and not lead.chain(then, standing=False):
                self.begin(lead, claim.fact, then, None, WAITING, NEVER)
                lead.cases |= {case} - {""}

    def period(self, since: datetime, channel: str = "visit") -> datetime:
        span = self.policy.rolling_validity or getattr(self.policy, f"{channel}_validity")  # P5
        return until(self.policy, since, span, fresh=1, rolls=1)

    def gives(self, channel: str) -> str:  # P3
        return str(vars(self.policy).get(f"{channel}_claim", "full"))

    def arrive(self, lead: Lead, fact: Record) -> Claim | None:
        """5: notes a reception; gives the claim of the registrant for whom it was."""
        lead.alerts |= {"late_entry"} if fact.late else set()
        lead.receptions.append(fact)
        # An entry that was not strictly before it is void.
        lead.claims = [c for c in lead.claims if not c.awaited or c.since < fact.since]
        awaited = [c for c in lead.chain(fact.since)[:1] if c.awaited]
        for claim in awaited:
            self.serve(claim, fact)
        return next(iter(awaited), None)

    def serve(self, claim: Claim, fact: Record) -> None:
        """2, 4, 5: the later of old and fresh period; a visit makes a contact full."""
        claim.contacts.append(fact)
        fresh = self.period(fact.since, fact.channel)
        if claim.awaited or fresh >= claim.last:
            claim.last, claim.start, claim.extensions, claim.awaited = fresh, fact.since, 0, False
        if fact.channel == "visit" and claim.rank == CONTACT:
            claim.rank, claim.seat = FULL, fact.since

    def reception(self, lead: Lead, fact: Record) -> None:
        lacks = fact.fields is not None and {*self.policy.required_fields} - {*fact.fields}  # P9
        if not fact.enquiry or not fact.registered or lacks or self.gives(fact.channel) == "none":
            return
        new, arrived = not lead.receptions, self.arrive(lead, fact)
        chain = lead.chain(fact.since)
        owner = arrived or next(iter(chain), None)
        named = owner and fact.asked_for == owner.agent != fact.agent
        asked = owner if owner and owner.agent and named else None
        served = next((c for c in chain if c.agent == fact.agent), asked)
        if fact.steered_by is not None:  # 10: naming counts for nothing
            lead.cases.add("steering")
            lead.collisions.append(Record(judge="supervisor", day=None, relation=None))
            if owner is None and fact.turn_of is not None and fact.turn_of not in self.gone:
                self.grant(lead, fact.turn_of, fact)
            elif owner is None:
                self.begin(lead, fact, fact.since, None, WAITING, NEVER)
            return
        if asked:
            self.tell(lead, fact)
        if served and not arrived:
            self.serve(served, fact)
        elif owner is None:
            self.grant(lead, self.chosen(lead, fact, new), fact)
        elif not arrived and owner.agent and lead.knows(fact.agent, fact.at):
            lead.alerts.add("knowing_contact")
        elif not arrived and owner.agent:
            self.grant(lead, fact.agent, fact)

    def chosen(self, lead: Lead, fact: Record, new: bool) -> str:
        """1 b–f: whose the client is where nobody holds him."""
        heirs = {claim.policy.after_lapse for claim in lead.living(fact.since)}
        if "on_duty" in heirs and {fact.turn_of} - {None, *self.gone}:  # P10
            return str(fact.turn_of)
        agents = {claim.agent for claim in lead.lapsed(fact.since)}
        agents |= {fact.known_to} if new and self.policy.known_agent else set()
        bringer = self.leads.get(fact.brought_by)
        if new and bringer:  # the present owner, or who held last; the first one (DECISIONS)
            held = [c for c in bringer.claims if c.closed != "agent_fault" and c.filed is not False]
            last = sorted((c for c in held if c.agent), key=lambda c: min(c.last, c.ended))
            now = [c for c in bringer.chain(fact.since)[:1] if c.agent] or last[-1:]
            if self.policy.brought_by_client:
                agents |= {claim.agent for claim in now + held[:1]}
            if bringer.chooses:
                agents.add(fact.asked_for)
        return str(fact.asked_for if fact.asked_for in agents - self.gone - {None} else fact.agent)

    def grant(self, lead: Lead, agent: str, fact: Record, channel: str = "") -> None:
        rank = CONTACT if self.gives(channel or fact.channel) == "contact" else FULL
        last = self.period(fact.since, channel or fact.channel)
        claim = self.begin(lead, fact, fact.since, agent, rank, last)
        self.collide(lead, [claim], lead.claims, fact)

    def collide(self, lead: Lead, some: list[Claim], others: list[Claim], fact: Record) -> None:
        """A claim began while another agent's was alive, unknowing, as `fact` shows."""
        self.weigh(lead)
        for pair in product(some, others):
            first, later = sorted(pair, key=lambda c: c.since)
            alive = first.lives(later.since) and not lead.passed(first, later.since)
            apart = len({first.agent, later.agent} - {None}) == 2
            if not apart or not alive or first.closed or later.closed or later.rank == SIGNED:
                continue
            if lead.knows(later.agent, later.fact.at):
                lead.alerts.add("knowing_contact")
                continue
            lead.cases.add("collision")
            day = later.since if first.filed else fact.recorded  # 13: a proxy's: when it occurred
            judge = "policy" if first.filed or later.filed else self.judges(fact)
            if False in (first.filed, later.filed):  # 6: for a person
                day, judge = None, self.policy.proxy_unfiled_by
            plain = first.filed is later.filed is None and min(first.rank, later.rank) >= FULL
            relation = getattr(fact, "relation", "same") if plain and self.unites(fact) else None
            found = Record(pair=[first, later], day=day, judge=judge, relation=relation)
            lead.collisions.append(found)

    def weigh(self, lead: Lead) -> None:
        """6: whether claims of the proxy count: an entry in time, before the buyer was received."""
        for runners, buyers, linked in lead.errands:
            came = min((f.since for f in lead.receptions if f.lead in buyers), default=NEVER)
            for claim in [c for c in lead.claims if c.agent and c.fact.lead in runners]:
                # A ruling or a deal after the link is the buyer's.
                if (claim.since if claim.rank >= FULL else claim.fact.recorded) < linked:
                    own = [e for e in lead.entries if e.lead in runners and e.agent == claim.agent]
                    claim.filed = any(entry.recorded < came for entry in own)

    def tell(self, lead: Lead, fact: Record) -> None:
        lead.told.append(fact)
        for sale in lead.sales():  # what was a collision turns out to be poaching
            if sale.found and sale.fact.agent == fact.agent and fact.at < sale.since:
                self.judge(lead, sale)

    notice = tell

    def assist(self, lead: Lead, fact: Record) -> None:  # 4
        lead.alerts |= set() if fact.handover else {"duty_breach"}
        living = [c for c in lead.chain(fact.since) if c.agent == fact.owner]
        if self.gives(fact.channel) != "none" and not self.arrive(lead, fact) and living:
            self.serve(living[0], fact)
        if living:
            self.tell(lead, fact)

    def followup(self, lead: Lead, fact: Record) -> None:  # 3
        whose, window = fact.on_behalf_of or fact.agent, self.policy.claim_back
        then, now = lead.chain(fact.at), lead.chain(fact.recorded)
        for claim in [c for c in then if c.agent == whose and c in now]:
            if whose != fact.agent:
                self.tell(lead, fact)
            if fact.reached:
                self.extend(claim, fact)
        if window and fact.reached and whose not in self.gone and not then + now:  # P11
            ends = [claim.last for claim in lead.lapsed(fact.at) if claim.agent == whose]
            if any(fact.recorded <= until(self.policy, end, window) for end in ends):
                self.grant(lead, whose, fact, "visit")

    def extend(self, claim: Claim, fact: Record) -> None:
        """3, P4: from the old last day or from the follow-up; P5: always from there."""
        claim.contacts.append(fact)
        policy, mode, span = self.policy, self.policy.extension_mode, self.policy.extension
        if policy.rolling_validity:
            mode, span = "from_follow_up", policy.rolling_validity
        spent = mode == "once" and claim.extensions and fact.at <= claim.old_last
        if mode == "none" or not span or spent or claim.extensions == policy.extension_cap:
            return
        fresh = mode == "from_follow_up"
        last = until(policy, fact.at if fresh else claim.last, span, fresh=fresh, rolls=1)
        last = min(last, until(policy, claim.start, policy.extension_total, fresh=1))
        if last > claim.last:
            claim.old_last, claim.last, claim.extensions = claim.last, last, claim.extensions + 1

    def registration(self, lead: Lead, fact: Record) -> None:  # 5
        allowed = self.policy.advance_registration and fact.traits and not lead.receptions
        if allowed and not lead.chain(fact.recorded):
            self.begin(lead, fact, fact.recorded, fact.agent, FULL, NEVER).awaited = True

    def proxyentry(self, lead: Lead, fact: Record) -> None:  # 6
        if fact.circumstances and (fact.acknowledged or not self.policy.proxy_acknowledged):
            lead.entries.append(fact)

    def close(self, lead: Lead, fact: Record, agent: str | None, last: datetime) -> None:
        """15: all claims end, nothing stays open, and the agent, if any, begins anew."""
        how = getattr(fact, "finding", fact.kind)
        for claim in lead.claims:
            if claim.ended == NEVER and (fact.at <= claim.last or how == "agent_fault"):
                claim.ended, claim.closed = fact.at, how
            claim.matter, claim.found = "policy", None
        lead.collisions, lead.complained, lead.price_testing = [], False, False
        if agent is not None:
            claim = self.begin(lead, fact, fact.at, agent, RULED, last)
            claim.shares = getattr(fact, "shares", {})

    def assignment(self, lead: Lead, fact: Record) -> None:
        self.close(lead, fact, fact.to, self.period(fact.at))

    def ruling(self, lead: Lead, fact: Record) -> None:
        self.close(lead, fact, fact.owner, self.period(fact.at))
        for sale in lead.sales():  # credits the deal; the client stays for good (DECISIONS)
            sale.credit, sale.ruled = fact.shares or {fact.owner: 100}, True
            lead.claims[-1].last, lead.claims[-1].rank = NEVER, SIGNED

    def complaint(self, lead: Lead, fact: Record) -> None:  # 12
        lead.cases.add("complaint")
        if fact.finding == "replace":
            self.close(lead, fact, fact.to, NEVER)
            lead.chooses = True
        elif fact.finding == "agent_fault":
            self.close(lead, fact, None, NEVER)
            lead.receptions = []
        lead.complained = fact.finding == "open"

    def deal(self, lead: Lead, fact: Record) -> None:
        self.judge(lead, self.begin(lead, fact, fact.at, fact.agent, SIGNED, NEVER))

    def judge(self, lead: Lead, sale: Claim, link: Record | None = None) -> None:
        """13, 14: credits the owner of that moment; `link` joined the buyer with another name."""
        deal, at, policy, found = sale.fact, sale.since, sale.policy, sale.found
        earlier = [c for c in lead.claims if c is not sale and c.since <= at and c.agent]
        rivals = [c for c in lead.chain(at, standing=False) if c in earlier]
        waits = any(c.agent is None for c in lead.chain(at))
        owner = None if waits else next((c for c in rivals if c.in_touch(sale)), None)
        agent, shares = (owner.agent, owner.shares) if owner else (deal.agent, {})
        knew = lead.knows(deal.agent, at)
        reopened = link is None or link.price_testing or (knew and found)
        if not owner or reopened or sale.owned != (owner, agent):
            sale.owned, sale.found, sale.matter = (owner, agent), None, "policy"
            split = {}
            shared = owner and owner.rank >= FULL and not lead.price_testing  # P8
            if shared and not (knew and deal.agent != agent):
                split = lead.split(sale, rivals, link)
            sale.agent, sale.shares, sale.credit = agent, shares, split or shares or {agent: 100}
            unfiled = {c.agent for c in lead.claims if c.filed is False and c.lives(at)}
            if owner is None and not knew and not found and unfiled - {deal.agent}:  # 6
                lead.cases.add("collision")
                sale.matter = policy.proxy_unfiled_by
            elif owner and not deal.assisting and deal.agent not in {agent, *sale.credit}:
                if knew:
                    both = {deal.lead, owner.fact.lead}
                    known = not link or any(both <= side for side in link.sides)
                    lead.cases.add("poaching" if known else "name_swap")
                    sale.matter = "supervisor"
                    return
                lead.cases.add("collision")
                sale.matter = "policy" if owner.filed else self.judges(link or deal)
                sale.found = found or (link or deal).recorded
        # 13: the day of the first discovery against the day of the deal.
        days = [c.day for c in lead.collisions] + [s.found for s in lead.sales()]
        day = min((d for d in days if d and (d <= at or d == sale.found)), default=None)
        if day and not lead.price_testing and not sale.shares and len(sale.credit) == 1:
            then = [c.agent for c in lead.chain(day, standing=False) if c in earlier]
            favoured = [*then, deal.agent][0]
            own = [c.last for c in earlier if c.agent == favoured and c.since <= day]
            anew = own and any(max(own) < c.since and c.rank != SIGNED for c in earlier)
            if favoured != agent and not anew:
                sale.agent, sale.credit, sale.matter = favoured, {favoured: 100}, "supervisor"
        (who, *others), part = sale.credit, policy.helper_share  # P7
        served = [f for c in lead.claims if c.agent == who for f in c.contacts if f is not c.fact]
        days = [f.at for f in served if f.agent == deal.agent and f.kind != "FollowUp"]
        helped = any(day <= at and day.date() == at.date() for day in days) and who != deal.agent
        if deal.assisting and helped and part and not others and not sale.shares:
            sale.credit = {who: 100 - part, deal.agent: part}

    def unites(self, fact: Record) -> bool:
        """7: whether the two that the fact shows to be linked are one party."""
        united = {"same", "proxy", *self.policy.party}
        united |= {"spouse"} if "family" in united else set()
        return getattr(fact, "relation", "same") in united

    def judges(self, fact: Record) -> str:
        return str(self.policy.collision_by if self.unites(fact) else "supervisor")

    def link(self, one: Lead, fact: Record) -> None:  # 7
        two, fact.sides = self.lead(fact.other), ()
        if fact.relation not in ("same", "proxy") and not fact.same_need:
            return
        one.price_testing |= fact.price_testing
        if one is two:
            return
        fact.sides = (one.names, two.names)
        if fact.relation == "proxy":
            one.errands.append((one.names, two.names, fact.recorded))
        else:  # whoever views for the registered person is somebody else
            self.arrived(one, two, fact)
            self.arrived(two, one, fact)
        some, others = ([c for c in each.claims if not c.closed] for each in (one, two))
        for name, theirs in vars(two).items():
            mine = getattr(one, name)
            setattr(one, name, mine + theirs if isinstance(mine, list) else mine | theirs)
        one.claims.sort(key=lambda c: (c.since, c.fact.place))
        self.leads.update(dict.fromkeys(one.names, one))
        self.collide(one, some, others, fact)
        for sale in one.sales():
            if not sale.ruled:
                self.judge(one, sale, fact)

    def arrived(self, one: Lead, two: Lead, fact: Record) -> None:
        """5: the person registered as `one` had come as `two`: for the registrant, if after it."""
        awaiting = [
            c for c in one.claims if c.awaited and c.ended == NEVER and c.filed is not False
        ]
        for awaited in awaiting if two.receptions else []:
            first = min(two.receptions, key=lambda f: f.since)
            if first.since > awaited.since:
                self.serve(awaited, first)
                for claim in two.claims:
                    if claim.since == first.since and claim.agent != awaited.agent:
                        claim.ended, claim.closed = min(claim.ended, first.since), "void"
            elif fact.relation == "same":
                one.claims.remove(awaited)


def differences(proof: Any) -> list[str]:
    """What does not follow, each in a line. Raises Malformed."""
    given = checked(proof, "Proof", "proof")
    office = Office(given.policy)
    for fact in in_order(given):
        office.apply(fact)
    lead, asof = office.lead(given.lead), given.asof.replace(tzinfo=None)
    office.lapse(lead, asof, "")
    owner = next((c for c in lead.chain(asof, standing=False)[:1] if c.agent), None)
    matters = [*(c.judge for c in lead.collisions), *(c.matter for c in lead.claims), "policy"]
    if lead.complained or any(c.agent is None and c.ended == NEVER for c in lead.claims):
        matters.append("supervisor")
    sale = next(iter(lead.sales()[-1:]), None)
    found = {
        "owner": owner.agent if owner else None,
        "valid_until": f"{owner.last:%F}" if owner and owner.last < NEVER else None,
        "cases": lead.cases,
        "alerts": lead.alerts,
        "decided_by": max(matters, key=DECIDERS.index),
        "credit": {who: n for who, n in sale.credit.items() if n} if sale else None,
        "commission": {who: n for who, n in lead.commission(sale).items() if n} if sale else None,
    }
    stated = vars(given.outcome)
    stated |= {name: {*stated[name]} for name in ("cases", "alerts")}
    return [
        f"{name}: stated {stated[name]}, but {value} follows"
        for name, value in found.items()
        if stated[name] != value
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
