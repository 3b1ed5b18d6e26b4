"""The course of a need: a plain table of acts, from where to where, and what each of them asks.

Standard library only. Nothing is skipped: a measure is planned for what was analysed, verified only
once it was carried out, and closed without a reason only where the client is content.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

IDENTIFIED, ANALYSED, PLANNED = "identified", "analysed", "planned"
UNDER_WAY, VERIFIED, CLOSED = "under_way", "verified", "closed"
STATES = (IDENTIFIED, ANALYSED, PLANNED, UNDER_WAY, VERIFIED, CLOSED)
CARRIED_OUT = (PLANNED, UNDER_WAY)
"""The states in which a measure has a day by which it is due."""

LEVELS = ("importance", "expected", "floor", "perceived")
MEASURE = ("measure", "responsible", "due")
OUTCOME = ("done", "after", "confirmation")
CONTENT = ("satisfied", "better")
"""Confirmations with which a need may be closed without another word."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done with a need: where it may stand before, where it stands after.

    `asks`: what must be there afterwards, given now or before; `takes`: what may be given;
    `clears`: what no longer holds.
    """

    name: str
    before: tuple[str, ...]
    after: str
    asks: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()


_OUTCOME = (*OUTCOME, "confirmed_words")
_PLAN = (*MEASURE, "carried_by")
ACTS: Mapping[str, Act] = {
    act.name: act
    for act in (
        Act("analyse", (IDENTIFIED, ANALYSED), ANALYSED, asks=LEVELS, takes=LEVELS),
        Act(
            "plan",
            (ANALYSED, PLANNED, UNDER_WAY, VERIFIED),
            PLANNED,
            asks=MEASURE,
            takes=_PLAN,
            clears=_OUTCOME,
        ),
        Act("start", (PLANNED,), UNDER_WAY),
        Act("finish", (UNDER_WAY,), UNDER_WAY, asks=("done",), takes=("done",)),
        Act("verify", (UNDER_WAY,), VERIFIED, asks=OUTCOME, takes=_OUTCOME),
        Act("close", (IDENTIFIED, ANALYSED, PLANNED, UNDER_WAY, VERIFIED), CLOSED),
        Act(
            "reopen",
            (CLOSED,),
            ANALYSED,
            asks=(*LEVELS, "note"),
            takes=LEVELS,
            clears=(*_PLAN, *_OUTCOME),
        ),
    )
}


def acts_of(state: str, *, finished: bool = False) -> tuple[str, ...]:
    """What may be done with a need in that state. `finished`: its measure was carried out."""
    found = (act.name for act in ACTS.values() if state in act.before)
    return tuple(name for name in found if name != "finish" or not finished)


def lacking(act: Act, before: str, stands: Mapping[str, Any]) -> tuple[str, ...]:
    """What is still missing for an act, given everything as it would stand afterwards."""
    asked = act.asks
    if act.name == "close" and not (before == VERIFIED and stands.get("confirmation") in CONTENT):
        asked = (*asked, "note")
    return tuple(name for name in asked if stands.get(name) in (None, ""))


def carried_over(act: Act, before: str, stands: Mapping[str, Any]) -> dict[str, Any]:
    """What stands once an act cleared what no longer holds.

    A measure that did not suffice leaves the client where it left him: the level felt after it is
    the one felt before the next.
    """
    kept = {name: value for name, value in stands.items() if name not in act.clears}
    if before in (VERIFIED, CLOSED) and "after" in act.clears and stands.get("after") is not None:
        kept["perceived"] = stands["after"]
    return kept
