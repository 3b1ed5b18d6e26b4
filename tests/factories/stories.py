"""Random stories for the rules: a few months, a few people, every kind of fact."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

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
)
from attribution.policy.parameters import PRESETS, Policy, PolicyError, changed

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
        "channel": st.sampled_from(["call", "call", "visit", "visit", "online", "report"]),
        "asked_for": maybe,
        "brought_by": st.none() | leads,
        "known_to": maybe,
        "steered_by": st.none() | st.just("guard"),
        "turn_of": maybe,
        "enquiry": st.sampled_from([True, True, True, False]),
        "fields": st.sampled_from([None, None, frozenset({"name", "phone"}), frozenset({"need"})]),
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
        "relation": st.sampled_from(["same", "spouse", "family", "friend", "colleague", "proxy"]),
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

spans = st.sampled_from(["5 hours", "72 hours", "3 days", "15 days", "1 month", "2 months"])
validities = st.fixed_dictionaries(
    {},
    optional={
        "call_validity": spans,
        "visit_validity": spans,
        "online_claim": st.sampled_from(["contact", "full"]),
        "report_claim": st.sampled_from(["contact", "full"]),
        "extension": spans,
        "extension_mode": st.sampled_from(["once", "every", "from_follow_up", "none"]),
        "extension_cap": st.integers(1, 3),
        "extension_total": st.sampled_from(["40 days", "3 months"]),
    },
)
PARAMETERS: dict[str, st.SearchStrategy[Any]] = {
    "rolling_validity": spans,
    "first_day_counted": flags,
    "last_day_counted": flags,
    "weekly": st.just({"holiday_roll": "next", "weekly_rest": ["sunday"]}),
    "required_fields": st.sampled_from([["name"], ["need"], ["phone", "name"]]),
    "after_lapse": st.sampled_from(["closing_agent", "on_duty", "supervisor"]),
    "claim_back": spans,
    "deal_lookback": spans,
    "helper_share": st.sampled_from([10, 33]),
    "closer_commission": st.sampled_from([20, 55]),
    "collision_split": st.sampled_from(
        [{"same": "equal"}, {"same": [70, 30]}, {"family": "equal", "same": [50, 30, 20]}]
    ),
    "party": st.sampled_from([["family"], ["spouse"], ["family", "friend", "colleague"]]),
    "call_claim": st.sampled_from(["contact", "full"]),
    "collision_by": st.sampled_from(["policy", "supervisor"]),
    "advance_registration": flags,
    "proxy_acknowledged": flags,
}


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A preset, or an office's own policy with some parameters changed that go together."""
    made = draw(presets)
    settings = dict(draw(validities)) if draw(flags) else {}
    for name in draw(st.lists(st.sampled_from(list(PARAMETERS)), max_size=4, unique=True)):
        value = draw(PARAMETERS[name])
        settings |= value if name == "weekly" else {name: value}
    for name, value in settings.items():
        try:
            made = changed(made, {name: value})
        except PolicyError:
            continue
    return made
