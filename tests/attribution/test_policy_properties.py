"""What must hold for every story whatever: order, hindsight, shares, links taken back."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from attribution.policy.decision import Decision
from attribution.policy.editions import PRESETS
from attribution.policy.engine import Fold, decide, known
from attribution.policy.facts import (
    Assignment,
    Assist,
    Complaint,
    Deal,
    Departure,
    Fact,
    FollowUp,
    Link,
    Notice,
    ProxyEntry,
    Reception,
    Registration,
    Ruling,
    TakenBack,
)

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 1, 20, 9, tzinfo=ZONE)
AGENTS = ("ailin", "boyu", "caixia", "dong")
LEADS = ("quilter", "piper", "joiner")

agents = st.sampled_from(AGENTS)
leads = st.sampled_from(LEADS)
maybe = st.none() | agents
flags = st.booleans()

KINDS: dict[type[Fact], dict[str, st.SearchStrategy[Any]]] = {
    Reception: {
        "lead": leads,
        "agent": agents,
        "channel": st.sampled_from(["call", "visit"]),
        "asked_for": maybe,
        "brought_by": st.none() | leads,
        "known_to": maybe,
        "steered_by": st.none() | st.just("guard"),
        "turn_of": maybe,
        "enquiry": st.sampled_from([True, True, True, False]),
    },
    FollowUp: {"lead": leads, "agent": agents, "on_behalf_of": maybe, "reached": flags},
    Assist: {"lead": leads, "agent": agents, "owner": agents, "handover": flags},
    Registration: {"lead": leads, "agent": agents, "traits": st.sampled_from(["tall", ""])},
    ProxyEntry: {
        "lead": leads,
        "agent": agents,
        "circumstances": st.sampled_from(["at sea", ""]),
        "acknowledged": flags,
    },
    Notice: {"lead": leads, "agent": agents},
    Link: {
        "lead": leads,
        "other": leads,
        "relation": st.sampled_from(["same", "family", "friend", "colleague", "proxy"]),
        "same_need": flags,
        "price_testing": flags,
    },
    Departure: {"agent": agents},
    Assignment: {"lead": leads, "to": agents},
    Complaint: {
        "lead": leads,
        "about": agents,
        "finding": st.sampled_from(["open", "malicious", "unfounded", "agent_fault", "replace"]),
        "to": agents,
    },
    Ruling: {
        "lead": leads,
        "owner": agents,
        "shares": st.sampled_from([{}, {"ailin": 70, "boyu": 30}]),
    },
    Deal: {"lead": leads, "agent": agents, "assisting": flags},
}
COMMON = (Reception, Reception, Reception, FollowUp, FollowUp, Assist, Notice, Link, Deal)


@st.composite
def stories(draw: st.DrawFn) -> list[Fact]:
    """Facts over a few months, each recorded at a moment of its own, some of them late."""
    moment = START
    facts: list[Fact] = []
    for number in range(draw(st.integers(1, 14))):
        moment += timedelta(minutes=draw(st.integers(1, 60 * 24 * 18)))
        delay = draw(st.sampled_from([0, 0, 0, 1, 5 * 60, 26 * 60]))
        kind = draw(st.sampled_from(COMMON) | st.sampled_from(list(KINDS)))
        fields = {name: draw(values) for name, values in KINDS[kind].items()}
        if kind is Link and fields["lead"] == fields["other"]:
            continue
        at = moment - timedelta(minutes=delay)
        facts.append(kind(id=number, at=at, recorded=moment, **fields))
    return facts


presets = st.sampled_from(list(PRESETS.values()))
TOLD = st.integers(0, 200 * 24)


def answers(facts: list[Fact], preset: Any, asof: datetime) -> list[Decision]:
    return [decide(facts, preset, lead, asof=asof) for lead in LEADS]


@given(stories(), presets, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    facts: list[Fact], preset: Any, chance: random.Random
) -> None:
    end = START + timedelta(days=400)
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert answers(shuffled, preset, end) == answers(facts, preset, end)


@given(stories(), presets, TOLD)
def test_a_later_fact_changes_nothing_before_it(facts: list[Fact], preset: Any, hours: int) -> None:
    asof = START + timedelta(hours=hours)
    seen = [fact for fact in facts if fact.recorded <= asof]
    assert answers(facts, preset, asof) == answers(seen, preset, asof)


@given(stories(), presets, TOLD)
def test_folding_one_at_a_time_equals_deciding_from_scratch(
    facts: list[Fact], preset: Any, hours: int
) -> None:
    fold = Fold(preset)
    for fact in facts:
        fold.apply(fact)
        for lead in LEADS:
            assert fold.decision(lead, fact.recorded) == decide(
                facts, preset, lead, asof=fact.recorded
            )


@given(stories(), presets)
def test_credit_and_succession_are_whole(facts: list[Fact], preset: Any) -> None:
    for fact in facts:
        for decision in answers(facts, preset, fact.recorded):
            if decision.credit is not None:
                assert sum(decision.credit.values()) == 100
                assert all(share > 0 for share in decision.credit.values())
            for deal in decision.deals:
                assert sum(deal.credit.values()) == 100
            owners = [claim for claim in decision.chain if claim.state == "owner"]
            assert [claim.agent for claim in owners] == (
                [] if decision.owner is None else [decision.owner]
            )
            assert (decision.ahead[0].agent if decision.ahead else None) == decision.owner
            for now, then in zip(decision.ahead, decision.ahead[1:], strict=False):
                assert now.until is not None
                assert then.since.date() == now.until + timedelta(days=1)


@given(stories(), presets)
def test_who_is_said_to_own_next_owns_then_if_nothing_happens(
    facts: list[Fact], preset: Any
) -> None:
    end = max((fact.recorded for fact in facts), default=START)
    for decision in answers(facts, preset, end):
        for span in decision.ahead:
            then = decide(facts, preset, decision.lead, asof=span.since)
            assert (then.owner, then.valid_until) == (span.agent, span.until)
        last = decision.ahead[-1].until if decision.ahead else end.date()
        if last is not None and not decision.waiting:
            after = decide(facts, preset, decision.lead, asof=end + timedelta(days=4000))
            assert after.owner is None


@given(stories(), presets, st.integers(0, 13), st.data())
def test_a_link_taken_back_leaves_no_trace(
    facts: list[Fact], preset: Any, where: int, data: st.DataObject
) -> None:
    end = START + timedelta(days=400)
    moment = facts[where % len(facts)].recorded + timedelta(seconds=1) if facts else START
    one, two = data.draw(st.permutations(LEADS))[:2]
    link = Link(
        id="link", at=moment, recorded=moment, lead=one, other=two,
        relation=data.draw(st.sampled_from(["same", "family", "proxy"])),
    )  # fmt: skip
    back = TakenBack(id="back", at=end, recorded=end, of="link")
    assert answers([*facts, link, back], preset, end) == answers(facts, preset, end)
    assert link in known([*facts, link, back], end - timedelta(seconds=1))


@given(stories(), presets, agents, leads, flags)
def test_a_follow_up_never_moves_the_last_day_backward(
    facts: list[Fact], preset: Any, agent: str, lead: str, reached: bool
) -> None:
    end = max((fact.recorded for fact in facts), default=START) + timedelta(minutes=1)
    before = decide(facts, preset, lead, asof=end)
    follow_up = FollowUp(id="f", at=end, recorded=end, lead=lead, agent=agent, reached=reached)
    after = decide([*facts, follow_up], preset, lead, asof=end)
    assert after.owner == before.owner
    if before.owner is not None:
        assert (after.valid_until or date.max) >= (before.valid_until or date.max)
    if agent != before.owner or not reached:
        assert after.valid_until == before.valid_until


@given(stories(), presets)
def test_other_names_for_the_same_agents_change_only_the_names(
    facts: list[Fact], preset: Any
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
        answers(facts, preset, end),
        answers([renamed(fact) for fact in facts], preset, end),
        strict=True,
    ):
        assert other.owner == (None if old.owner is None else new[str(old.owner)])
        assert (other.valid_until, other.cases, other.alerts, other.decided_by, other.cites) == (
            old.valid_until, old.cases, old.alerts, old.decided_by, old.cites,
        )  # fmt: skip
