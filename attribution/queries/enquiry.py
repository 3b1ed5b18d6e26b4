"""The private enquiry: whose client is it for this agent, and what would a reception do now.

What saving will do is never guessed: the engine is asked once more with the reception as one more
fact. Nothing is written here; that the answer was shown is a fact of its own, recorded by whoever
shows it. The answer says until when, never whose; a client's wish for a colleague is therefore left
out of the reckoning, or it would tell who that colleague's clients are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from leads.models import ContactEvent, Kind, Lead, Project, Staff

from .. import timelines
from ..policy.calendar import NEVER, Span
from ..policy.decision import ClaimView, Decision, Step
from ..policy.editions import edition
from ..policy.engine import Fold, known
from ..policy.facts import Fact, Notice, ProxyEntry
from . import members_of

State = Literal["free", "yours", "protected", "known", "review"]
HYPOTHESIS = 0
"""Names the reception that has not been saved, and the client whom nobody has written down."""
FILED = -2
"""Names the proxy's entry that is filed with the reception."""
SHOWN = -1
"""Names the notice that follows from the answer, once it has been shown."""
MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that saving does; the template has the sentence for its name."""

    name: str
    clauses: tuple[str, ...] = ()
    until: date | None = None
    old: date | None = None
    place: int = 0
    span: Span | None = None
    otherwise: bool = False
    """It holds unless the client's wish decides."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the form says besides who, how and when, as far as the rules ask for it."""

    phone_left: bool = True
    asked_for_himself: bool = False
    """The client asks for the very agent who receives him."""
    steered_by: int | None = None
    turn_of: int | None = None
    fields: Sequence[str] | None = None
    proxy: str = ""


class Enquiry:
    """What holds at a moment between an agent and a client, known or not.

    Give the whole party where it has been read already. The facts are asked for in the same way
    for a client whom nobody knows: the answer takes as long.
    """

    def __init__(
        self,
        project: Project,
        agent: Staff,
        lead: Lead | None,
        *,
        now: datetime,
        brought_by: int | None = None,
        party: Sequence[Lead] | None = None,
    ) -> None:
        self.project, self.agent, self.lead = project, agent, lead
        self.now = now.astimezone(project.zone)
        members = list(party or ()) if party is not None or lead is None else members_of(lead)
        self.name = HYPOTHESIS if lead is None else lead.pk
        self.brought_by = brought_by
        others = [] if brought_by is None else [Lead(pk=brought_by)]
        nobody = [] if members else [Lead(pk=HYPOTHESIS)]
        timeline = timelines.of_party([*members, *others, *nobody], project)
        recorded = [member.recorded_at for member in members]
        self.moment = max([now, *recorded]).astimezone(project.zone)
        self.policy = timeline.policy
        self.facts: list[Fact] = known(timeline.facts, self.moment)

    def learn(self) -> None:
        """Take in that this agent is shown the answer now."""
        self.facts.append(
            Notice(
                id=SHOWN,
                at=self.now,
                recorded=self.moment,
                lead=self.name,
                agent=self.agent.pk,
            )
        )
        self.__dict__.pop("_fold", None)
        self.__dict__.pop("before", None)

    # ── What holds ──

    @cached_property
    def _fold(self) -> Fold:
        return self._folded(self.facts)

    def _folded(self, facts: Iterable[Fact]) -> Fold:
        fold = Fold(self.policy)
        for fact in facts:
            fold.apply(fact)
        return fold

    @cached_property
    def before(self) -> Decision:
        """Who owns now, by everything recorded."""
        return self._fold.decision(self.name, self.moment)

    @property
    def told(self) -> datetime | None:
        """Since when this agent knows that another holds the client."""
        return self._fold.told(self.name, self.agent.pk)

    @property
    def told_today(self) -> bool:
        """Was he shown it today already?"""
        return any(
            isinstance(fact, Notice)
            and fact.agent == self.agent.pk
            and fact.at.date() == self.now.date()
            for fact in self.facts
        )

    @property
    def anothers(self) -> bool:
        """Another agent's claim is alive: showing the answer is a notice."""
        return self.before.owner is not None and self.before.owner != self.agent.pk

    @property
    def is_notice(self) -> bool:
        """This answer must be written down as a notice, because none of today is."""
        return self.lead is not None and self.anothers and not self.told_today

    def state(self, began: datetime) -> State:
        """The answer for a reception that began at that moment."""
        decision = self.before
        if decision.matters or decision.waiting:
            return "review"
        if decision.owner is None:
            return "free"
        if not self.anothers:
            return "yours"
        return "known" if self.told is not None and self.told < began else "protected"

    @property
    def own_claim(self) -> ClaimView | None:
        """This agent's living claim, if he has one."""
        return _own(self.before, self.agent.pk)

    # ── What saving would do ──

    def preview(self, kind: str, at: datetime, said: "Said | None" = None) -> "Preview":
        """The decision as it would be with this reception saved now."""
        said = said or Said()
        row = timelines.Row(
            id=HYPOTHESIS,
            lead=self.name,
            kind=kind,
            agent=self.agent.pk,
            at=at,
            recorded=self.moment,
            whom=0,
            asked_for=self.agent.pk if said.asked_for_himself else None,
            known_to=None,
            steered_by=said.steered_by,
            turn_of=said.turn_of,
            other=self.brought_by,  # type: ignore[arg-type]
            refers=0,
            details={"phone_left": said.phone_left, "fields": said.fields},
        )
        if said.fields is None:
            del row.details["fields"]  # type: ignore[attr-defined]
        facts = [*self.facts, timelines.fact_of(row, self.project.zone)]
        if said.proxy:
            entry = row._replace(
                id=FILED,
                kind=Kind.PROXY,
                at=self.moment,
                details={"circumstances": said.proxy},
            )
            facts.append(timelines.fact_of(entry, self.project.zone))
        after = self._folded(facts).decision(self.name, self.moment)
        return Preview(
            self.agent.pk, kind, self.before, after, HYPOTHESIS, bool(said.proxy), said.turn_of
        )

    def outcome(self, event: ContactEvent) -> "Preview":
        """What a reception that is saved already did, by the same reckoning."""
        without = self._folded(fact for fact in self.facts if fact.id != event.pk)
        before = without.decision(self.name, self.moment)
        filed = any(isinstance(fact, ProxyEntry) and fact.at == self.moment for fact in self.facts)
        return Preview(
            self.agent.pk, event.kind, before, self.before, event.pk, filed, event.turn_of_id
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """A decision before and after one reception."""

    agent: int
    kind: str
    before: Decision
    after: Decision
    fact: int
    proxy: bool = False
    turn_of: int | None = None

    @property
    def steps(self) -> list[Step]:
        """What the clauses said about this reception."""
        return [step for step in self.after.steps if step.fact == self.fact]

    def effects(self, *, reachable: bool, named: bool = False) -> list[Effect]:
        """At most three things that saving does, the weightiest first.

        `reachable`: there is a number to call; `named`: the client asks for a colleague.
        """
        found = list(self._effects(reachable=reachable))
        if self.proxy:
            found.insert(1, self._filed())
        if named:
            wish = Effect("named", self._in_force("leasing/1.7", "leasing/1.10"))
            first = found[0]
            found = [
                wish,
                Effect(
                    first.name,
                    first.clauses,
                    first.until,
                    first.old,
                    first.place,
                    first.span,
                    otherwise=True,
                ),
                *found[1:],
            ]
        return found[:MOST_LINES]

    def _in_force(self, *ids: str) -> tuple[str, ...]:
        working = {clause.id for clause in edition(self.after.policy).clauses}
        return tuple(id for id in ids if id in working)

    def _effects(self, *, reachable: bool) -> Iterator[Effect]:
        steps = self.steps
        late = next((s for s in steps if s.what == "late_entry"), None)
        barred = next((s for s in steps if s.verb == "bars"), None)
        mine = _own(self.after, self.agent)
        contested = bool(self.before.matters or self.before.waiting)
        if barred is not None:
            yield Effect(barred.what, (barred.clause,))
            if barred.what == "knew":
                yield Effect("alerts")
        elif mine is None:
            yield self._recorded()
        elif _own(self.before, self.agent) is not None:
            yield self._refreshed(mine)
            if self.before.owner == self.agent:
                yield Effect("joins")
        elif self.after.owner == self.agent and not _rivals(self.before, self.agent):
            granted = tuple(s.clause for s in steps if s.verb == "grants")
            yield Effect("granted", granted, until=mine.last_day)
            if late is None:
                yield from self._later(mine, reachable=reachable)
        else:
            yield from self._collided(mine)
        if late is not None:
            yield Effect("late", (late.clause,))
        if contested:
            yield Effect("case_fact")

    def _recorded(self) -> Effect:
        """Nothing for the agent himself; steered to him, it is for the agent whose turn it was."""
        steered = next((s for s in self.steps if s.what == "whose_turn"), None)
        if steered is None:
            return Effect("recorded")
        theirs = _own(self.after, steered.agent) if isinstance(steered.agent, int) else None
        until = None if theirs is None else theirs.last_day
        return Effect("steered", (steered.clause,), until=until)

    def _filed(self) -> Effect:
        """The proxy's entry: filed as it is, or to be acknowledged by the manager first."""
        clauses = self._in_force("sales/6", "leasing/2.3")
        if not clauses:
            return Effect("proxy_noted")
        waits = self.after.policy.proxy_acknowledged
        return Effect("proxy_to_acknowledge" if waits else "proxy_filed", clauses)

    def _refreshed(self, mine: ClaimView) -> Effect:
        old = _own(self.before, self.agent)
        clauses = tuple(
            s.clause for s in self.steps if s.verb == "extends" and s.agent == self.agent
        )
        moved = old is not None and old.last_day != mine.last_day
        name = "refreshed" if moved else "kept"
        if self.before.owner != self.agent:
            name = "waiting_refreshed"
        return Effect(
            name,
            clauses,
            until=mine.last_day,
            old=old.last_day if old is not None else None,
            place=self._place(mine),
        )

    def _later(self, mine: ClaimView, *, reachable: bool) -> Iterator[Effect]:
        policy = self.after.policy
        if mine.strength == "contact":
            yield Effect("contact", ("sales/3",))
        elif mine.last_day is None:
            return
        elif not reachable:
            yield Effect("only_return", ("leasing/1.2",))
        elif policy.extends_by is not None:
            yield Effect("extendable", ("leasing/1.2",), span=policy.extends_by)

    def _collided(self, mine: ClaimView) -> Iterator[Effect]:
        flagged = tuple(s.clause for s in self.steps if s.verb == "flags" and s.what == "collision")
        name = "collision" if flagged else "waits"
        yield Effect(name, flagged, until=mine.last_day, place=self._place(mine))
        held = self.before.valid_until
        if held is not None and (mine.last_day or NEVER) > held:
            yield Effect("succeeds", self._in_force("leasing/2.2"), old=held)
        if self.before.owner is not None:
            yield Effect("from_now_on", ("sales/1",))

    def _place(self, mine: ClaimView) -> int:
        standing = [claim for claim in self.after.chain if claim.state in ("owner", "waiting")]
        return standing.index(mine) + 1 if mine in standing else 0


ASSISTED = (
    Effect("assist", ("leasing/1.7",)),
    Effect("serves", ("leasing/1.7",)),
    Effect("duties", ("leasing/1.7",)),
)
"""What an obligatory reception does."""


def _own(decision: Decision, agent: int) -> ClaimView | None:
    return next(
        (
            claim
            for claim in decision.chain
            if claim.agent == agent and claim.state in ("owner", "waiting")
        ),
        None,
    )


def _rivals(decision: Decision, agent: int) -> bool:
    return any(
        claim.agent != agent and claim.state in ("owner", "waiting") for claim in decision.chain
    )
