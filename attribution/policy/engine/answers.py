"""The answer: the decision at one moment, with its chain, and why each other claimant fails."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from ..decision import (
    DECIDERS,
    Claim,
    ClaimView,
    DealView,
    Decider,
    Decision,
    Failure,
    Matter,
    Span,
    Strength,
    open_end,
)
from ..facts import Key
from ..parameters import Policy
from ..scene import Lead, Wait


def decision(lead: Lead, name: Key, asof: datetime, policy: Policy) -> Decision:
    """The decision about one of the lead's names at a moment, under the policy in force then."""
    waiting = _waiting(lead, asof)
    owner = lead.owner_at(asof)
    chain = sorted(lead.claims, key=lambda claim: claim.place(asof))
    views = tuple(_view(claim, lead, asof, owner) for claim in chain)
    latest = lead.sales[-1] if lead.sales else None
    decider = _gravest(lead.matters)
    if waiting is not None and waiting is not lead.waiting:
        decider = "supervisor"
    return Decision(
        lead=name,
        asof=asof,
        owner=None if owner is None else owner.agent,
        valid_until=None if owner is None else _last_day(owner),
        cases=tuple(lead.cases),
        alerts=tuple(lead.alerts),
        decided_by=decider,
        credit=None if latest is None else dict(latest.credit),
        chain=views,
        steps=tuple(lead.steps),
        matters=tuple(lead.matters),
        deals=tuple(
            DealView(
                sale.fact.id, dict(sale.credit), dict(sale.commission), sale.reading, sale.clauses
            )
            for sale in lead.sales
        ),
        ahead=() if waiting is not None else tuple(_ahead(lead, asof)),
        waiting=None if waiting is None else waiting.clause,
        failures=tuple(_failures(lead, chain, asof, owner, waiting)),
        policy=policy,
    )


def _waiting(lead: Lead, asof: datetime) -> Wait | None:
    """For what the lead waits; a lapse that a person must follow up may not be recorded yet."""
    if lead.waiting is not None:
        return lead.waiting
    succession = lead.succession_by(asof)
    return None if succession is None else Wait("leasing/2.2", succession.since)


def _gravest(matters: Iterable[Matter]) -> Decider:
    return max((m.decider for m in matters), key=DECIDERS.index, default="policy")


def _last_day(claim: Claim) -> date | None:
    return None if claim.awaits_arrival else open_end(claim.last_day)


def _view(claim: Claim, lead: Lead, asof: datetime, owner: Claim | None) -> ClaimView:
    if claim is owner:
        state = "owner"
    elif claim.ended is not None and claim.ended <= asof and not claim.lapsed(asof):
        state = "ended"
    elif claim.lapsed(asof):
        state = "lapsed"
    elif lead.passed_over(claim, asof):
        state = "passed_over"
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
        extended_from=None if claim.extended_from is None else claim.extended_from.last_day,
        awaits_arrival=claim.awaits_arrival,
        ends_at=claim.end.moment,
        extensions_since=claim.extensions_since,
        started=claim.started,
    )


def _failures(
    lead: Lead, chain: Iterable[Claim], asof: datetime, owner: Claim | None, waiting: Wait | None
) -> Iterator[Failure]:
    """Why nobody else owns: first the claims in their order, then receptions that gave none."""
    for claim in chain:
        beside = owner is None or claim.agent != owner.agent
        if beside and claim.begin <= asof:
            yield _failure(claim, lead, asof, owner, waiting)
    yield from lead.refused


def _failure(
    claim: Claim, lead: Lead, asof: datetime, owner: Claim | None, waiting: Wait | None
) -> Failure:
    who, fact = claim.agent, claim.fact
    if claim.lapsed(asof):
        return Failure(who, fact, "leasing/1.2", "lapsed", claim.last_day, asof.date())
    if claim.ended is not None and claim.ended <= asof:
        return Failure(who, fact, claim.ended_by or "", "ended", claim.ended, asof)
    if not claim.counts:
        viewers = {name for link in lead.proxies if link.brought(claim) for name in link.viewers}
        buyers = {name for link in lead.proxies if link.brought(claim) for name in link.buyers}
        came = [r.moment for name, r in lead.received.items() if name in buyers]
        filed = lead.filed_by(viewers, who)
        return Failure(who, fact, "sales/6", "proxy_not_filed", filed, min(came, default=None))
    if lead.passed_over(claim, asof):
        return Failure(who, fact, "leasing/2.2", "passed_over", None, None)
    if owner is None:
        since = None if waiting is None else waiting.since
        clause = "" if waiting is None else waiting.clause
        return Failure(who, fact, clause, "awaits_person", None, since)
    if claim.place(asof)[0] > owner.place(asof)[0]:
        actual, required = claim.strength.name.lower(), owner.strength.name.lower()
        clause = "sales/3" if claim.strength is Strength.CONTACT else owner.clauses[0]
        if owner.strength is Strength.SIGNED:
            clause = "leasing/1.8"
        return Failure(who, fact, clause, "weaker", actual, required)
    return Failure(who, fact, "leasing/2.2", "later", claim.begin, owner.begin)


def _ahead(lead: Lead, asof: datetime) -> Iterator[Span]:
    """Who will own, one after the other, if nothing more is recorded."""
    living = (c for c in lead.near(asof) if c.counts and c.alive(asof))
    since: datetime | None = asof
    for claim in sorted(living, key=lambda c: c.place(asof)):
        if since is None:
            break
        if not claim.alive(since) or lead.passed_over(claim, since):
            continue
        last = _last_day(claim)
        ends = None if last is None else claim.end.exact(asof.tzinfo)
        yield Span(claim.agent, since, last, ends)
        since = ends
