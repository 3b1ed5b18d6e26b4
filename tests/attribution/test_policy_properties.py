"""What must hold for every story whatever: order, hindsight, shares, links taken back."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from attribution.policy.decision import Decision
from attribution.policy.engine import Fold, decide, known
from attribution.policy.facts import Fact, FollowUp, Link, TakenBack
from attribution.policy.parameters import Policy
from tests.factories.stories import AGENTS, LEADS, START, agents, flags, leads, policies, stories

TOLD = st.integers(0, 200 * 24)


def answers(facts: list[Fact], policy: Policy, asof: datetime) -> list[Decision]:
    return [decide(facts, policy, lead, asof=asof) for lead in LEADS]


@given(stories(), policies(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    facts: list[Fact], policy: Policy, chance: random.Random
) -> None:
    end = START + timedelta(days=400)
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert answers(shuffled, policy, end) == answers(facts, policy, end)


@given(stories(), policies(), TOLD)
def test_a_later_fact_changes_nothing_before_it(
    facts: list[Fact], policy: Policy, hours: int
) -> None:
    asof = START + timedelta(hours=hours)
    seen = [fact for fact in facts if fact.recorded <= asof]
    assert answers(facts, policy, asof) == answers(seen, policy, asof)


@given(stories(), policies(), TOLD)
def test_folding_one_at_a_time_equals_deciding_from_scratch(
    facts: list[Fact], policy: Policy, hours: int
) -> None:
    fold = Fold(policy)
    for fact in facts:
        fold.apply(fact)
        for lead in LEADS:
            assert fold.decision(lead, fact.recorded) == decide(
                facts, policy, lead, asof=fact.recorded
            )


@given(stories(), policies())
def test_credit_and_succession_are_whole(facts: list[Fact], policy: Policy) -> None:
    for fact in facts:
        for decision in answers(facts, policy, fact.recorded):
            if decision.credit is not None:
                assert sum(decision.credit.values()) == 100
                assert all(share > 0 for share in decision.credit.values())
            for deal in decision.deals:
                assert sum(deal.credit.values()) == sum(deal.commission.values()) == 100
                assert all(share > 0 for share in deal.commission.values())
            owners = [claim for claim in decision.chain if claim.state == "owner"]
            assert [claim.agent for claim in owners] == (
                [] if decision.owner is None else [decision.owner]
            )
            assert (decision.ahead[0].agent if decision.ahead else None) == decision.owner
            for now, then in zip(decision.ahead, decision.ahead[1:], strict=False):
                assert then.since == now.ends
                assert now.until == (now.ends - timedelta(microseconds=1)).date()


@given(stories(), policies())
def test_who_is_said_to_own_next_owns_then_if_nothing_happens(
    facts: list[Fact], policy: Policy
) -> None:
    end = max((fact.recorded for fact in facts), default=START)
    for decision in answers(facts, policy, end):
        for span in decision.ahead:
            then = decide(facts, policy, decision.lead, asof=span.since)
            assert (then.owner, then.valid_until) == (span.agent, span.until)
        last = decision.ahead[-1].until if decision.ahead else end.date()
        if last is not None and not decision.waiting:
            after = decide(facts, policy, decision.lead, asof=end + timedelta(days=4000))
            assert after.owner is None


@given(stories(), policies(), st.integers(0, 13), st.data())
def test_a_link_taken_back_leaves_no_trace(
    facts: list[Fact], policy: Policy, where: int, data: st.DataObject
) -> None:
    end = START + timedelta(days=400)
    moment = facts[where % len(facts)].recorded + timedelta(seconds=1) if facts else START
    one, two = data.draw(st.permutations(LEADS))[:2]
    link = Link(
        id="link", at=moment, recorded=moment, lead=one, other=two,
        relation=data.draw(st.sampled_from(["same", "spouse", "family", "proxy"])),
    )  # fmt: skip
    back = TakenBack(id="back", at=end, recorded=end, of="link")
    assert answers([*facts, link, back], policy, end) == answers(facts, policy, end)
    assert link in known([*facts, link, back], end - timedelta(seconds=1))


@given(stories(), policies(), agents, leads, flags)
def test_a_follow_up_never_moves_the_last_day_backward(
    facts: list[Fact], policy: Policy, agent: str, lead: str, reached: bool
) -> None:
    end = max((fact.recorded for fact in facts), default=START) + timedelta(minutes=1)
    before = decide(facts, policy, lead, asof=end)
    follow_up = FollowUp(id="f", at=end, recorded=end, lead=lead, agent=agent, reached=reached)
    after = decide([*facts, follow_up], policy, lead, asof=end)
    won_back = any(claim.fact == "f" for claim in after.chain)
    assert (after.owner == before.owner) is not won_back
    if won_back:
        assert policy.claim_back is not None
        assert (before.owner, after.owner) == (None, agent)
        return
    if before.owner is not None:
        assert (after.valid_until or date.max) >= (before.valid_until or date.max)
    if agent != before.owner or not reached:
        assert after.valid_until == before.valid_until


@given(stories(), policies())
def test_other_names_for_the_same_agents_change_only_the_names(
    facts: list[Fact], policy: Policy
) -> None:
    end = START + timedelta(days=400)
    new = {agent: f"x{agent}" for agent in AGENTS}

    def renamed(fact: Fact) -> Fact:
        changes: dict[str, Any] = {}
        for name in ("agent", "asked_for", "known_to", "turn_of", "on_behalf_of", "owner", "to"):
            if getattr(fact, name, None) in new:
                changes[name] = new[getattr(fact, name)]
        if getattr(fact, "shares", None):
            changes["shares"] = {new[a]: s for a, s in fact.shares.items()}  # type: ignore[attr-defined]
        return replace(fact, **changes)

    for old, other in zip(
        answers(facts, policy, end),
        answers([renamed(fact) for fact in facts], policy, end),
        strict=True,
    ):
        assert other.owner == (None if old.owner is None else new[str(old.owner)])
        assert (other.valid_until, other.cases, other.alerts, other.decided_by, other.cites) == (
            old.valid_until, old.cases, old.alerts, old.decided_by, old.cites,
        )  # fmt: skip
