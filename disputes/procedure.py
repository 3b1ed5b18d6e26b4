"""The course of a case: a plain table of stages, events, guards and deadlines, and no more.

Standard library only. Every end that binds (ruled, settled, confirmed, and dismissed by a finding)
stands behind one guard: each party was given notice, and has answered, was heard, or let his
deadline pass. A fact that takes the cause away ends any open case as moot; a ruling recorded
elsewhere, as overtaken. What was decided is never reopened: an appeal is another case, which
supersedes it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

# ── Stages and ends ──

SUSPECTED, POLICY, ANSWERS, NEGOTIATION = "suspected", "policy", "answers", "negotiation"
FACTS, SIGNATURE = "facts", "signature"
SUPERVISOR, GENERAL_MANAGER = "supervisor", "general_manager"
STAGES = (
    SUSPECTED, POLICY, ANSWERS, NEGOTIATION, SUPERVISOR, FACTS, SIGNATURE, GENERAL_MANAGER,
)  # fmt: skip
BINDING = ("ruled", "settled", "confirmed", "dismissed")
ENDS = (*BINDING, "dropped", "moot", "overtaken")
"""`dropped`: a suspicion that was never taken up; nobody was accused, nobody had to answer."""

INSTANCE, NEXT, SAME = "=instance", "=next", "=same"
"""Targets that depend: on who decides now, on whether the parties negotiate first, on nothing."""

PICTURE = """\
suspected ── take_up ──► answers ◄── object ── policy ── confirm ──► confirmed
    │                       │          (notice to every party stands before both)
  drop                  answers_in
    ▼                       │
 dropped        ┌───────────┴──────────────┐
                ▼                          ▼
           negotiation ── fail ──►  supervisor ── escalate ──► general_manager
                │                    │  │  ▲                    │  │  ▲
              settle                 │  │  └──── facts_in ──────│──│──┤
                ▼                    │  └─ return_for_facts ► facts ◄─┘
             settled                 │
                                     ├── rule ──────► ruled      (both instances)
                                     ├── dismiss ───► dismissed  (what people brought)
                                     └── draft ─────► signature ── countersign ──► ruled
                                                          └── reject ──► back
"""
"""The table below as a picture; the help page shows both."""

# ── Deadlines, in office days ──

DAYS: Mapping[str, int] = {
    POLICY: 3, ANSWERS: 3, NEGOTIATION: 3, SUPERVISOR: 3, FACTS: 2, SIGNATURE: 2,
    GENERAL_MANAGER: 5, SUSPECTED: 5,
}  # fmt: skip
"""How long a case may stay in each stage; `answers` counts towards the decision."""
ANSWER_DAYS = 1
"""How long a party has to answer after notice."""
GRACE_DAYS = 2
"""How long a case may be overdue before it goes up to the general manager."""
REMIND_DAYS = 1
"""How long before a deadline those who are awaited are reminded."""
APPEAL_DAYS = 5
GROUNDS = ("new_facts", "unheard", "clause")
"""On what an appeal may rest: facts not known then, a party not heard, a clause misread."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The office's days: its zone, the days on which it is closed."""

    zone: tzinfo
    holidays: frozenset[date] = frozenset()
    weekly_rest: frozenset[int] = frozenset()
    """Monday is 0. An office that never closes is taken by its word: every day counts."""

    def works(self, day: date) -> bool:
        """Is the office open on that day?"""
        return day not in self.holidays and (
            len(self.weekly_rest) == 7 or day.weekday() not in self.weekly_rest
        )

    def after(self, moment: datetime, days: int) -> datetime:
        """24:00 of the last of so many office days; the day of the moment is not counted."""
        day = moment.astimezone(self.zone).date()
        while days > 0:
            day += timedelta(days=1)
            days -= self.works(day)
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=self.zone)

    def before(self, deadline: datetime, days: int) -> datetime:
        """The beginning of the office day so many office days before the one that ends then."""
        day = (deadline.astimezone(self.zone) - timedelta(microseconds=1)).date()
        while days > 0:
            day -= timedelta(days=1)
            days -= self.works(day)
        return datetime.combine(day, time.min, tzinfo=self.zone)


# ── A case as the table sees it ──


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one party stands: told when, until when he may answer, whether he has been heard."""

    party: int
    notified: datetime | None = None
    due: datetime | None = None
    heard: bool = False

    def had_his_say(self, now: datetime) -> bool:
        """He was given notice, and answered or let the deadline pass."""
        if self.notified is None:
            return False
        return self.heard or (self.due is not None and self.due <= now)


@dataclass(frozen=True, slots=True)
class Course:
    """Everything about a case on which its next step depends."""

    stage: str
    instance: str = SUPERVISOR
    parties: tuple[Standing, ...] = ()
    negotiable: bool = False
    objected: bool = False
    signed: frozenset[int] = frozenset()
    """Who signed the settlement that lies on the table."""
    drafted_by: int | None = None
    """Who drew up the finding that waits for a second signature."""
    due: datetime | None = None
    escalates: datetime | None = None

    @property
    def is_open(self) -> bool:
        """It has not ended."""
        return self.stage in STAGES


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when, and what stands against his doing it. `by` None: the calendar."""

    now: datetime
    by: int | None = None
    as_decider: bool = False
    """His office lets him decide at the instance where the case is."""
    conflicts: tuple[str, ...] = ()
    grave: bool = False
    """The finding is one that needs a second signature."""


# ── Guards ──

Guard = Callable[[Course, Act], bool]


def heard_out(course: Course, act: Act) -> bool:
    """Every party was given notice, and answered or let his deadline pass."""
    return all(standing.had_his_say(act.now) for standing in course.parties)


def _party(course: Course, act: Act) -> bool:
    return any(s.party == act.by and s.notified is not None for s in course.parties)


def _decider(course: Course, act: Act) -> bool:
    return act.as_decider


def _impartial(course: Course, act: Act) -> bool:
    return not act.conflicts


def _plain(course: Course, act: Act) -> bool:
    return not act.grave


def _another(course: Course, act: Act) -> bool:
    return act.by is not None and act.by != course.drafted_by


def _unopposed(course: Course, act: Act) -> bool:
    return not course.objected


def _all_signed(course: Course, act: Act) -> bool:
    return bool(course.parties) and {s.party for s in course.parties} <= course.signed


def _over(course: Course, act: Act) -> bool:
    return course.due is not None and course.due <= act.now


def _party_or_decider_or_over(course: Course, act: Act) -> bool:
    return (
        _party(course, act)
        or (act.as_decider and not act.conflicts)
        or (act.by is None and _over(course, act))
    )


def _decider_or_long_over(course: Course, act: Act) -> bool:
    if act.by is None:
        return course.escalates is not None and course.escalates <= act.now
    return act.as_decider


GUARDS: Mapping[str, Guard] = {
    "heard_out": heard_out,
    "party": _party,
    "decider": _decider,
    "impartial": _impartial,
    "second_signature": _plain,
    "another": _another,
    "unopposed": _unopposed,
    "all_signed": _all_signed,
    "party_decider_or_over": _party_or_decider_or_over,
    "decider_or_long_over": _decider_or_long_over,
}


# ── The table ──


class Move(NamedTuple):
    """One line of the table."""

    event: str
    origins: tuple[str, ...]
    target: str
    guards: tuple[str, ...] = ()


DECIDING = (SUPERVISOR, GENERAL_MANAGER)
HEARING = (POLICY, ANSWERS, NEGOTIATION, SUPERVISOR, FACTS, SIGNATURE, GENERAL_MANAGER)

MOVES: tuple[Move, ...] = (
    Move("take_up", (SUSPECTED,), ANSWERS, ("decider", "impartial")),
    Move("drop", (SUSPECTED,), "dropped", ("decider", "impartial")),
    Move("object", (POLICY,), ANSWERS, ("party",)),
    Move("aggravate", (POLICY,), ANSWERS),
    Move("answer", HEARING, SAME, ("party",)),
    Move("hear", HEARING, SAME, ("decider", "impartial")),
    Move("answers_in", (ANSWERS,), NEXT, ("heard_out",)),
    Move("propose", (NEGOTIATION,), SAME, ("party",)),
    Move("sign", (NEGOTIATION,), SAME, ("party",)),
    Move("settle", (NEGOTIATION,), "settled", ("heard_out", "all_signed")),
    Move("fail", (NEGOTIATION,), INSTANCE, ("party_decider_or_over",)),
    Move("return_for_facts", DECIDING, FACTS, ("decider", "impartial")),
    Move("facts_in", (FACTS,), INSTANCE, ("party_decider_or_over",)),
    Move("escalate", (SUPERVISOR, SIGNATURE), GENERAL_MANAGER, ("decider_or_long_over",)),
    Move("confirm", (POLICY,), "confirmed", ("decider", "impartial", "unopposed", "heard_out")),
    Move("rule", (POLICY, *DECIDING), "ruled",
         ("decider", "impartial", "second_signature", "heard_out")),
    Move("draft", DECIDING, SIGNATURE, ("decider", "impartial", "heard_out")),
    Move("countersign", (SIGNATURE,), "ruled", ("decider", "another", "impartial", "heard_out")),
    Move("reject", (SIGNATURE,), INSTANCE, ("decider", "another", "impartial")),
    Move("dismiss", DECIDING, "dismissed", ("decider", "impartial", "heard_out")),
    Move("moot", STAGES, "moot"),
    Move("overtake", STAGES, "overtaken"),
)  # fmt: skip
"""Every move there is. What is not in the table cannot happen."""

_MOVES: Mapping[tuple[str, str], Move] = {
    (origin, move.event): move for move in MOVES for origin in move.origins
}


class NoSuchMove(ValueError):
    """The case is not at a stage where that can be done."""


class Refused(ValueError):
    """A guard stands in the way; `guard` is its name."""

    def __init__(self, guard: str) -> None:
        super().__init__(guard)
        self.guard = guard


def obstacles(course: Course, event: str, act: Act) -> tuple[str, ...] | None:
    """The guards that stand in the way of an event; None where there is no such move."""
    move = _MOVES.get((course.stage, event))
    if move is None:
        return None
    return tuple(name for name in move.guards if not GUARDS[name](course, act))


def follow(course: Course, event: str, act: Act) -> Course:
    """The case after an event. Raises NoSuchMove, Refused."""
    found = obstacles(course, event, act)
    if found is None:
        raise NoSuchMove(f"{event} at {course.stage}")
    if found:
        raise Refused(found[0])
    move = _MOVES[course.stage, event]
    instance = GENERAL_MANAGER if move.target == GENERAL_MANAGER else course.instance
    stage = _target(move.target, course)
    changed = replace(course, stage=stage, instance=instance)
    if event == "propose":
        assert act.by is not None
        return replace(changed, signed=frozenset({act.by}))
    if event == "sign":
        assert act.by is not None
        return replace(changed, signed=course.signed | {act.by})
    if event == "draft":
        return replace(changed, drafted_by=act.by)
    return changed


def _target(target: str, course: Course) -> str:
    if target == SAME:
        return course.stage
    if target == NEXT and course.negotiable and course.instance == SUPERVISOR:
        return NEGOTIATION
    return course.instance if target in (NEXT, INSTANCE) else target


def by_itself(course: Course, now: datetime) -> str | None:
    """The event that the calendar or the last answer brings about at that moment, if any."""
    act = Act(now)
    for event in ("answers_in", "settle", "fail", "facts_in", "escalate"):
        if obstacles(course, event, act) == ():
            return event
    return None


# ── Deadlines of a case ──


def due(stage: str, since: datetime, calendar: Calendar) -> datetime:
    """By when a case must leave a stage that it entered then."""
    return calendar.after(since, DAYS[stage])


def answer_due(since: datetime, calendar: Calendar) -> datetime:
    """Until when a party may answer a notice of that moment."""
    return calendar.after(since, ANSWER_DAYS)


def appeal_due(closed: datetime, calendar: Calendar) -> datetime:
    """Until when a ruling of that moment may be appealed against."""
    return calendar.after(closed, APPEAL_DAYS)


# ── Who may not decide ──


@dataclass(frozen=True, slots=True)
class Stakes:
    """Who has something to do with a case, by the way in which he has."""

    parties: frozenset[int] = frozenset()
    claimants: frozenset[int] = frozenset()
    """Whose rights the client's chain holds, living or lapsed since the matter arose."""
    credited: frozenset[int] = frozenset()
    """To whom a deal of the client is or could be credited."""
    steerers: frozenset[int] = frozenset()
    accused: frozenset[int] = frozenset()
    openers: frozenset[int] = frozenset()
    """Who brought an accusation of his own; who only takes up what he sees does not count."""
    ruled_before: frozenset[int] = frozenset()
    """Who gave the ruling that is appealed against."""
    paid: frozenset[int] = frozenset()
    """Who has a part of the commission of the client's deals: as agent, helper or introducer."""
    beneficiaries: frozenset[int] = frozenset()
    """To whom this very outcome gives the client, a share, or what somebody else forfeits."""


PATTERNS: tuple[str, ...] = (
    "parties", "claimants", "credited", "steerers", "accused", "openers", "ruled_before",
    "paid", "beneficiaries",
)  # fmt: skip


def conflicts(decider: int, stakes: Stakes) -> tuple[str, ...]:
    """The ways in which somebody is too near to a case to decide it; none: he may."""
    return tuple(name for name in PATTERNS if decider in getattr(stakes, name))
