"""The facts of a case, numbered, with what each did to the rights."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from attribution.policy import decision as core
from attribution.policy.facts import Key
from leads.models import RECEPTIONS, ContactEvent, Kind

from .sides import LOOKS, Side

if TYPE_CHECKING:
    from . import Dossier

FACTS_SHOWN = 30


@dataclass(slots=True)
class Entry:
    """A fact of the case: when, on which side, and what it did."""

    number: int
    event: ContactEvent
    side: Side | None
    left: bool
    last_day: date | None = None
    """To which day it moved or began that side's right."""
    extends: bool = False
    unknowing: bool = False
    tells: bool = False
    """It is the moment since when that side knows."""
    barred: str = ""
    """The clause by which it gave no right; empty where it gave one or asked for none."""

    @property
    def entered_late(self) -> bool:
        """It was written down noticeably after it happened."""
        return self.event.recorded_at - self.event.at >= timedelta(minutes=1)


def entries_of(dossier: "Dossier") -> list[Entry]:
    """The facts of the case, numbered; the latest thirty."""
    steps: dict[Key, list[core.Step]] = {}
    for step in dossier.decision.steps:
        if step.fact is not None:
            steps.setdefault(step.fact, []).append(step)
    closed = dossier.case.closed_at
    shown = [e for e in dossier.events if closed is None or e.recorded_at <= closed]
    entries: list[Entry] = []
    knowing = _first_notices(dossier)
    for number, event in enumerate(shown[-FACTS_SHOWN:], 1):
        entry = _entry(dossier, number, event, steps.get(event.pk, []))
        entry.tells = event.pk in knowing
        entries.append(entry)
    return entries


def _entry(dossier: "Dossier", number: int, event: ContactEvent, steps: list[core.Step]) -> Entry:
    whose = event.agent_id
    if event.kind in (Kind.RULING, Kind.ASSIGNMENT, Kind.COMPLAINT):
        whose = None
    elif event.kind == Kind.FOLLOW_UP and event.whom_id:
        whose = event.whom_id
    side = next((side for side in dossier.sides if side.agent == whose), None)
    entry = Entry(number, event, side, left=bool(side and side.look == LOOKS[0]))
    for step in steps:
        if step.verb == "extends" and (step.agent == whose or event.kind == Kind.ASSIST):
            entry.last_day = step.last_day
            entry.extends = step.what == "extended"
        elif step.verb == "bars" and step.agent == whose:
            entry.barred = step.clause
    if event.kind in RECEPTIONS and event.kind != Kind.ASSIST:
        entry.unknowing = any(s.verb == "flags" and s.what == "collision" for s in steps)
    return entry


def _first_notices(dossier: "Dossier") -> set[int]:
    """For each agent, the recorded fact by which he first knew of another."""
    asked = {step.fact for step in dossier.decision.steps if step.what == "asked_for_owner"}
    found: set[int] = set()
    told: set[int] = set()
    for event in dossier.events:
        knows = (
            event.kind in (Kind.NOTICE, Kind.ASSIST)
            or (event.kind == Kind.FOLLOW_UP and event.whom_id is not None)
            or event.pk in asked
        )
        if knows and event.agent_id is not None and event.agent_id not in told:
            told.add(event.agent_id)
            found.add(event.pk)
    return found
