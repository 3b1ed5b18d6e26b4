"""One case, whole: its sides, its facts on one axis, what the proof says, and what could follow.

Everything here is what the engine says of the recorded facts; nothing is guessed from the screen.
The engine is also asked what each outcome would change, with the outcome as one more fact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext

from attribution import timelines
from attribution.policy import decision as core
from attribution.policy.calendar import midnight_after
from attribution.policy.engine import Fold, known
from attribution.policy.facts import Assignment, Complaint, Fact, Finding, Key, Ruling
from attribution.queries import members_of
from leads.models import RECEPTIONS, ContactEvent, Kind, Staff

from ..models import Case, CaseKind

LETTERS = "甲乙丙丁戊"
LOOKS = ("x", "z", "n", "n", "n")
"""How each side is drawn: 甲 blue, 乙 amber, the others grey."""
FACTS_SHOWN = 30
SETTLED = ("sales/2", "sales/10", "leasing/1.11", "leasing/1.14", "leasing/2.4")
"""The clauses by which a claim is ended for good, its matter being closed."""
HYPOTHESIS = "hypothesis"


@dataclass(frozen=True, slots=True)
class Side:
    """An agent of the case, under the letter by which the case speaks of him."""

    letter: str
    look: str
    agent: int
    name: str
    works_here: bool


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


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbered place on the axis, in per cent of its width."""

    x: str
    y: int
    number: int
    look: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A right on the axis."""

    x: str
    width: str
    y: int
    look: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A day on the axis."""

    x: str
    day: datetime


@dataclass(frozen=True, slots=True)
class Axis:
    """The shared time axis, ready to be drawn."""

    height: int
    lanes: list[tuple[str, int]]
    """The letter of each lane, empty for the events, and where its words stand."""
    ticks: list[Tick]
    stretches: list[Stretch]
    marks: list[Mark]
    knowing: list[tuple[str, str, str, int]]
    """Since when which side knows: place, place of its words, letter, lane of the events."""
    now: str


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the worksheet: what is asked, what the proof answers, by which clause."""

    name: str
    clause: str
    certain: bool = True
    side: Side | None = None
    other: Side | None = None
    day: date | datetime | None = None
    until: date | None = None
    yes: bool | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the case could end, and what the engine says would follow from it."""

    name: str
    key: str
    owner: Side | None
    valid_until: date | None
    shares: Mapping[int, int]
    credits: Mapping[Key, Mapping[Key, int]]
    """Percent per agent, for each deal."""
    sides: Sequence[Side] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the engine proposes; `owner` None: it leaves the case to whoever decides."""

    owner: Side | None
    shares: Mapping[int, int]
    clauses: tuple[str, ...]
    basis: str
    """By what a deal was judged: deal, discovery, occurrence or ruling; empty without a deal."""
    other: Side | None
    """Whom the other reading favours, where the two differ."""
    until: date | None
    by_opening: bool
    """Every right has lapsed since: this is what stood when the case was last touched."""


class Dossier:
    """A case with its party, its facts and the engine's answers. Three queries at most."""

    def __init__(self, case: Case, *, now: datetime) -> None:
        self.case = case
        zone = case.project.zone
        self.members = members_of(case.lead)
        self.timeline = timelines.of_party(self.members, case.project)
        latest = max((fact.recorded for fact in self.timeline.facts), default=now)
        moment = max(now, latest) if case.closed_at is None else case.closed_at
        self.now = now.astimezone(zone)
        self.moment = moment.astimezone(zone)
        if case.closed_at is not None:
            self.moment -= timedelta(microseconds=1)
        self.known = known(self.timeline.facts, self.moment)

    # ── The engine's answers ──

    @cached_property
    def decision(self) -> core.Decision:
        """Who owns the client now, or owned him just before the case was closed."""
        return self._ask(self.known, self.moment)

    def _ask(self, facts: Iterable[Fact], asof: datetime) -> core.Decision:
        fold = Fold(self.timeline.policy)
        for fact in facts:
            fold.apply(fact)
        return fold.decision(self.case.lead_id, asof)

    def as_known_at(self, moment: datetime) -> core.Decision:
        """What the engine said at a moment, by the facts recorded until then."""
        moment = moment.astimezone(self.moment.tzinfo)
        return self._ask(known(self.timeline.facts, moment), moment)

    def _would(self, fact: Fact) -> core.Decision:
        return self._ask([*self.known, fact], self.moment)

    # ── People ──

    @cached_property
    def events(self) -> list[ContactEvent]:
        """Every fact of the party, in the order in which they happened. One query."""
        events = (
            ContactEvent.objects.filter(lead__in=self.members)
            .select_related("agent", "by", "whom", "asked_for", "known_to", "turn_of", "steered_by")
            .order_by("at", "recorded_at", "pk")
        )
        return list(events)

    @cached_property
    def people(self) -> dict[int, Staff]:
        """The agents whom the facts name."""
        named: dict[int, Staff] = {}
        for event in self.events:
            for staff in (
                event.agent,
                event.whom,
                event.asked_for,
                event.known_to,
                event.turn_of,
            ):
                if staff is not None:
                    named[staff.pk] = staff
        return named

    @cached_property
    def sides(self) -> list[Side]:
        """The agents of the case, in the order in which their rights began: 甲, 乙, …"""
        agents: list[Any] = [claim.agent for claim in self._claims]
        agents += [e.agent_id for e in self.events if e.kind == Kind.DEAL]
        if self.case.kind in (CaseKind.COMPLAINT, CaseKind.STEERING):
            opened = self.case.opened_by
            agents += [opened.whom_id, opened.agent_id, opened.turn_of_id]
        order = list(dict.fromkeys(agent for agent in agents if agent in self.people))
        return [
            Side(
                gettext(letter),
                look,
                agent,
                self.people[agent].name,
                self.people[agent].departed_at is None and self.people[agent].is_active,
            )
            for letter, look, agent in zip(LETTERS, LOOKS, order, strict=False)
        ]

    @cached_property
    def _claims(self) -> list[core.ClaimView]:
        """The rights that the case is about: those that stand, and those that stood beside them."""
        chain = sorted(self.decision.chain, key=lambda claim: claim.begin)
        opened = self.case.opened_at
        departure = self.case.kind == CaseKind.DEPARTURE
        mine = [
            claim
            for claim in chain
            if claim.strength != "signed"
            and (
                claim.ended is None
                or claim.ended >= opened
                or claim.ended_by not in SETTLED
                or (departure and claim.ended_by == "leasing/1.11")
            )
        ]
        standing = [c for c in mine if c.state in ("owner", "waiting", "uncounted")]
        if len({claim.agent for claim in standing}) >= 2:
            return standing
        return [
            c for c in mine if c in standing or any(_overlap(c, d) for d in mine if d != c)
        ] or mine

    def side_of(self, agent: Key | None) -> Side | None:
        """That agent's side; for somebody else of the facts, a side without a letter."""
        found = next((side for side in self.sides if side.agent == agent), None)
        if found is None and isinstance(agent, int) and agent in self.people:
            staff = self.people[agent]
            return Side("", "n", agent, staff.name, staff.departed_at is None)
        return found

    # ── Facts ──

    @cached_property
    def entries(self) -> list[Entry]:
        """The facts of the case, numbered; the latest thirty."""
        steps: dict[Key, list[core.Step]] = {}
        for step in self.decision.steps:
            if step.fact is not None:
                steps.setdefault(step.fact, []).append(step)
        closed = self.case.closed_at
        shown = [e for e in self.events if closed is None or e.recorded_at <= closed]
        entries: list[Entry] = []
        knowing = self._first_notices()
        for number, event in enumerate(shown[-FACTS_SHOWN:], 1):
            entry = self._entry(number, event, steps.get(event.pk, []))
            entry.tells = event.pk in knowing
            entries.append(entry)
        return entries

    @property
    def facts_left_out(self) -> int:
        """How many earlier facts stand only on the client's own timeline."""
        return max(0, len(self.events) - FACTS_SHOWN)

    def _entry(self, number: int, event: ContactEvent, steps: list[core.Step]) -> Entry:
        whose = event.agent_id
        if event.kind in (Kind.RULING, Kind.ASSIGNMENT, Kind.COMPLAINT):
            whose = None
        elif event.kind == Kind.FOLLOW_UP and event.whom_id:
            whose = event.whom_id
        side = next((side for side in self.sides if side.agent == whose), None)
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

    def _first_notices(self) -> set[int]:
        """For each agent, the recorded fact by which he first knew of another."""
        asked = {step.fact for step in self.decision.steps if step.what == "asked_for_owner"}
        found: set[int] = set()
        told: set[int] = set()
        for event in self.events:
            knows = (
                event.kind in (Kind.NOTICE, Kind.ASSIST)
                or (event.kind == Kind.FOLLOW_UP and event.whom_id is not None)
                or event.pk in asked
            )
            if knows and event.agent_id is not None and event.agent_id not in told:
                told.add(event.agent_id)
                found.add(event.pk)
        return found

    @cached_property
    def deals(self) -> list[ContactEvent]:
        """The deals of the party, the latest last."""
        return [event for event in self.events if event.kind == Kind.DEAL]

    # ── What the engine proposes ──

    @cached_property
    def proposal(self) -> Proposal:
        """The engine's proposal: for a deal its credit, else the owner of this moment."""
        decision = self.decision
        if self.case.kind == CaseKind.DEPARTURE:
            return Proposal(None, {}, ("leasing/1.11",), "", None, None, by_opening=False)
        if decision.deals:
            deal = decision.deals[-1]
            reading = deal.reading
            agent = max(deal.credit, key=lambda key: deal.credit[key]) if deal.credit else None
            if reading is not None and reading.agent in deal.credit:
                agent = reading.agent
            shares = deal.credit if len(deal.credit) > 1 else {}
            return Proposal(
                self.side_of(agent),
                {int(key): share for key, share in shares.items()},
                deal.clauses or decision.cites[-2:],
                "" if reading is None else reading.basis,
                None if reading is None else self.side_of(reading.other),
                decision.valid_until,
                by_opening=False,
            )
        claim = decision.owner_claim
        if claim is not None:
            return Proposal(
                self.side_of(claim.agent),
                {},
                claim.clauses,
                "",
                None,
                claim.last_day,
                by_opening=False,
            )
        stood = self.case.decision
        return Proposal(
            self.side_of(stood.owner_id),
            {},
            tuple(self.flagged_by),
            "",
            None,
            stood.valid_until,
            by_opening=True,
        )

    @cached_property
    def flagged_by(self) -> list[str]:
        """The clauses by which the matter is open."""
        return flagged_by(self.case)

    # ── What could follow ──

    def outcome(
        self,
        name: str,
        *,
        owner: int | None = None,
        shares: Mapping[int, int] | None = None,
        key: str = "",
    ) -> Outcome:
        """What would follow from one outcome: the engine is asked with it as one more fact."""
        times: dict[str, Any] = {
            "id": HYPOTHESIS,
            "at": self.moment,
            "recorded": self.moment,
            "lead": self.case.lead_id,
        }
        fact: Fact
        parts: Mapping[Key, int] = {
            agent: share for agent, share in (shares or {}).items() if share
        }
        if name == "assign" and owner is not None:
            fact = Assignment(**times, to=owner)
        elif name in FINDINGS:
            about = self.case.opened_by.whom_id
            fact = Complaint(
                **times, about=about or 0, finding=FINDINGS[name], to=owner, shares=parts
            )
        elif owner is not None:
            fact = Ruling(**times, owner=owner, shares=parts)
        else:
            raise ValueError(f"{name} needs an owner")
        decision = self._would(fact)
        return Outcome(
            name=name,
            key=key,
            owner=self.side_of(decision.owner) or self._stranger(decision.owner),
            valid_until=decision.valid_until,
            shares=dict(shares or {}),
            credits={deal.fact: deal.credit for deal in decision.deals},
            sides=self.sides,
        )

    def _stranger(self, agent: Key | None) -> Side | None:
        """An agent whom no fact names yet."""
        if not isinstance(agent, int):
            return None
        staff = Staff.objects.get(pk=agent)
        return Side("", "n", agent, staff.name, works_here=True)

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """The outcomes that the case offers before anything is chosen."""
        if self.case.kind == CaseKind.DEPARTURE:
            return []
        if self.case.kind == CaseKind.COMPLAINT:
            return [
                self.outcome("unfounded", key="1"),
                self.outcome("agent_fault", key="2"),
            ]
        found = []
        proposal = self.proposal
        if proposal.owner is not None and proposal.owner.works_here:
            found.append(
                self.outcome(
                    "proposal", owner=proposal.owner.agent, shares=proposal.shares, key="Y"
                )
            )
        takers = [side for side in self.sides[:2] if side.works_here]
        for key, side in zip("12", self.sides, strict=False):
            if side.works_here:
                found.append(self.outcome("give", owner=side.agent, key=key))
        if len(takers) == 2:
            shares = {takers[0].agent: 60, takers[1].agent: 40}
            found.append(self.outcome("share", owner=takers[0].agent, shares=shares, key="S"))
        return found

    # ── The worksheet ──

    @cached_property
    def questions(self) -> list[Question]:
        """What the proof answers, clause by clause, and what it leaves to a person."""
        ask = {
            CaseKind.DEPARTURE: self._on_departure,
            CaseKind.COMPLAINT: self._on_complaint,
            CaseKind.STEERING: self._on_steering,
        }.get(CaseKind(self.case.kind), self._on_collision)
        return ask()

    def _on_collision(self) -> list[Question]:
        found: list[Question] = []
        opened = self.case.opened_by
        seen = self.as_known_at(opened.recorded_at)
        first = seen.owner_claim
        if self.case.kind == CaseKind.COLLISION and first is not None:
            found.append(
                Question(
                    "at_discovery",
                    _of(first.clauses, self.flagged_by),
                    side=self.side_of(first.agent),
                    day=opened.recorded_at,
                    until=first.last_day,
                )
            )
        for deal in self.deals[-1:]:
            found += self._on_deal(deal)
        later = [c for c in self._claims if first is not None and c.agent != first.agent]
        if self.case.kind == CaseKind.COLLISION and not self.deals and later:
            found.append(
                Question(
                    "unknowing",
                    self.flagged_by[0] if self.flagged_by else "",
                    side=self.side_of(later[-1].agent),
                    yes=False,
                )
            )
        if self.proposal.other is not None:
            found.append(
                Question(
                    "readings",
                    self.proposal.clauses[0] if self.proposal.clauses else "",
                    certain=False,
                    side=self.proposal.owner,
                    other=self.proposal.other,
                )
            )
        complaints = any(event.kind == Kind.COMPLAINT for event in self.events)
        found.append(Question("complaints", "sales/10", certain=complaints, yes=complaints))
        return found

    def _on_deal(self, deal: ContactEvent) -> list[Question]:
        before = self.as_known_at(deal.recorded_at - timedelta(microseconds=1))
        zone = self.moment.tzinfo
        held = self._ask(
            [
                fact
                for fact in self.known
                if fact.id != deal.pk and fact.recorded < deal.recorded_at
            ],
            deal.at.astimezone(zone),
        )
        claim = held.owner_claim
        closer = self.side_of(deal.agent_id)
        found = [
            Question(
                "owner_at_deal",
                _of(() if claim is None else claim.clauses, before.cites),
                side=None if claim is None else self.side_of(claim.agent),
                day=deal.at,
                until=None if claim is None else claim.last_day,
            )
        ]
        if claim is None or claim.agent == deal.agent_id:
            return found
        told = next(
            (e for e in self.entries if e.tells and e.event.agent_id == deal.agent_id), None
        )
        knew = told is not None and told.event.at < deal.at
        found.append(
            Question(
                "closer_knew",
                "sales/1",
                side=closer,
                other=self.side_of(claim.agent),
                yes=knew,
                days=(deal.at - told.event.at).days if told is not None and knew else None,
            )
        )
        found.append(
            Question(
                "on_behalf",
                "leasing/1.12",
                side=closer,
                other=self.side_of(claim.agent),
                yes=bool(deal.details.get("assisting")),
            )
        )
        return found

    def _on_departure(self) -> list[Question]:
        opened = self.case.opened_by
        held = [c for c in self.decision.chain if c.ended_by == "leasing/1.11"]
        left = held[-1] if held else None
        living = [c for c in self.decision.chain if c.state == "waiting"]
        return [
            Question(
                "departed",
                "leasing/1.11",
                side=self.side_of(opened.agent_id),
                day=opened.at,
                until=None if left is None else left.last_day,
            ),
            Question(
                "others_waiting",
                "leasing/1.11",
                side=self.side_of(living[0].agent) if living else None,
                until=living[0].last_day if living else None,
                yes=bool(living),
            ),
            Question("to_assign", "leasing/1.11", certain=False),
        ]

    def _on_complaint(self) -> list[Question]:
        opened = self.case.opened_by
        claim = self.decision.owner_claim
        return [
            Question(
                "complained", "leasing/1.14", side=self.side_of(opened.whom_id), day=opened.at
            ),
            Question(
                "provisional",
                _of(() if claim is None else claim.clauses, ()),
                side=None if claim is None else self.side_of(claim.agent),
                until=None if claim is None else claim.last_day,
            ),
            Question("to_find", "leasing/1.14", certain=False),
        ]

    def _on_steering(self) -> list[Question]:
        opened = self.case.opened_by
        return [
            Question("steered", "sales/9", side=self.side_of(opened.agent_id), day=opened.at),
            Question(
                "whose_turn",
                "sales/9",
                certain=opened.turn_of_id is not None,
                side=self.side_of(opened.turn_of_id),
            ),
        ]

    # ── The axis ──

    @cached_property
    def axis(self) -> Axis | None:
        """The time axis of the case; None where nothing happened yet."""
        if not self.entries:
            return None
        return _axis(self)


FINDINGS: Mapping[str, Finding] = {
    "malicious": "malicious",
    "unfounded": "unfounded",
    "agent_fault": "agent_fault",
    "replace": "replace",
}


def flagged_by(case: Case) -> list[str]:
    """The clauses by which a case is open, as its decision's proof names them."""
    names = {case.kind} | ({"two_readings"} if case.kind == CaseKind.COLLISION else set())
    steps = case.decision.proof["steps"]
    return list(
        dict.fromkeys(s["clause"] for s in steps if s["verb"] == "flags" and s["what"] in names)
    )


def _of(first: Sequence[str], second: Sequence[str]) -> str:
    """The first clause of those cited."""
    return next(iter([*first, *second]), "")


def _overlap(one: core.ClaimView, two: core.ClaimView) -> bool:
    """Did the later of two rights begin while the earlier still stood?"""
    earlier, later = sorted((one, two), key=lambda claim: claim.begin)
    stood = earlier.ended is None or later.begin < earlier.ended
    return stood and (earlier.last_day is None or later.begin.date() <= earlier.last_day)


LEFT, RIGHT = 8.0, 97.0
TOP, LANE = 33, 28
APART = 2.6
"""How far two marks of one lane stand apart at least, in per cent."""
STEPS = (1, 2, 3, 7, 14, 30, 61, 91, 182, 365)


class _Scale:
    """Moments as places on the axis."""

    def __init__(self, first: datetime, last: datetime) -> None:
        span = max(last - first, timedelta(hours=6))
        self.first, self.span = first - span * 0.03, span * 1.06

    def at(self, moment: datetime) -> float:
        part = (moment - self.first) / self.span
        return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, part))


def _percent(place: float) -> str:
    return f"{place:.1f}%"


def _axis(dossier: Dossier) -> Axis:
    zone = dossier.moment.tzinfo
    first = min(entry.event.at for entry in dossier.entries).astimezone(zone)
    last = max([dossier.moment, *(entry.event.at.astimezone(zone) for entry in dossier.entries)])
    scale = _Scale(first, last)
    lanes = _lanes(dossier.sides)
    events_y = lanes[""]
    stretches = [
        Stretch(_percent(start), _percent(max(0.4, end - start)), lanes[side.letter] - 8, side.look)
        for claim in dossier._claims
        if (side := dossier.side_of(claim.agent)) and side.letter
        for start, end in [_ends(claim, scale, last)]
    ]
    knowing = [
        (
            _percent(scale.at(entry.event.at)),
            _percent(scale.at(entry.event.at) + 3),
            entry.side.letter,
            events_y,
        )
        for entry in dossier.entries
        if entry.tells and entry.side is not None and scale.at(entry.event.at) < RIGHT - 12
    ]
    return Axis(
        height=max(lanes.values()) + 23,
        lanes=[(letter, y + 5) for letter, y in lanes.items()],
        ticks=_ticks(scale, first, last),
        stretches=stretches,
        marks=_marks(dossier.entries, scale, lanes),
        knowing=knowing[:2],
        now=_percent(scale.at(dossier.moment)),
    )


def _lanes(sides: Sequence[Side]) -> dict[str, int]:
    """Where each lane lies: 甲, the events, then the others."""
    letters = [side.letter for side in sides]
    order = [*letters[:1], "", *letters[1:]]
    return {letter: TOP + LANE * n for n, letter in enumerate(order)}


def _ends(claim: core.ClaimView, scale: _Scale, last: datetime) -> tuple[float, float]:
    end = last
    if claim.last_day is not None:
        end = min(end, midnight_after(claim.last_day, last.tzinfo))
    if claim.ended is not None:
        end = min(end, claim.ended)
    start = scale.at(claim.begin)
    open_ended = claim.ended is None and (claim.last_day is None or end == last)
    return start, 100.0 if open_ended else scale.at(end)


def _ticks(scale: _Scale, first: datetime, last: datetime) -> list[Tick]:
    days = max(1, (last - first).days)
    step = next((step for step in STEPS if days / step <= 6), STEPS[-1])
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = []
    while day <= last:
        if day >= scale.first and scale.at(day) < RIGHT - 2:
            ticks.append(Tick(_percent(scale.at(day)), day))
        day += timedelta(days=step)
    return ticks


def _marks(entries: Sequence[Entry], scale: _Scale, lanes: Mapping[str, int]) -> list[Mark]:
    marks = []
    taken: dict[int, float] = {}
    for entry in entries:
        on_events = (
            entry.side is None or entry.tells or entry.event.kind in (Kind.DEAL, Kind.NOTICE)
        )
        y = lanes[""] if on_events or entry.side is None else lanes[entry.side.letter]
        x = max(scale.at(entry.event.at), taken.get(y, 0.0) + APART)
        taken[y] = x
        look = "k" if entry.tells else "d" if entry.event.kind == Kind.DEAL else ""
        if not look and entry.side is not None:
            look = entry.side.look
        marks.append(Mark(_percent(min(x, 99.0)), y, entry.number, look))
    return marks
