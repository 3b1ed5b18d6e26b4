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
from attribution.policy.parameters import PRESETS

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
