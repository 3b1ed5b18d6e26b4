"""One case, whole: its sides, its facts on one axis, what the proof says, and what could follow.

Everything here is what the engine says of the recorded facts; nothing is guessed from the screen.
The engine is also asked what each outcome would change, with the outcome as one more fact.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from django.utils.translation import gettext

from attribution import timelines
from attribution.policy import decision as core
from attribution.policy.engine import Fold, known
from attribution.policy.facts import Fact, Key
from attribution.queries import members_of
from leads.models import ContactEvent, Kind, Staff

from ...models import GRAVE, Case, CaseKind, Party, Penalty
from ...sanctions import Sanction, clause_of
from .axis import Axis, axis_of
from .facts import FACTS_SHOWN, Entry, entries_of
from .outcomes import Outcome as Outcome
from .outcomes import outcome_of, outcomes_of
from .proposal import Proposal, proposal_of
from .questions import Question
from .sides import Side as Side
from .sides import claims_of, sides_of
from .worksheet import questions_of


class Dossier:
    """A case with its party, its facts and the engine's answers. Four queries at most.

    `covered`: people are known by their letters alone (甲, 乙), until a draft is saved.
    """

    def __init__(self, case: Case, *, now: datetime, covered: bool = False) -> None:
        self.case = case
        self.covered = covered
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
        return self.ask(self.known, self.moment)

    def ask(self, facts: Iterable[Fact], asof: datetime) -> core.Decision:
        """What the engine says of these facts at a moment."""
        fold = Fold(self.timeline.policy)
        for fact in facts:
            fold.apply(fact)
        return fold.decision(self.case.lead_id, asof)

    def as_known_at(self, moment: datetime) -> core.Decision:
        """What the engine said at a moment, by the facts recorded until then."""
        moment = moment.astimezone(self.moment.tzinfo)
        return self.ask(known(self.timeline.facts, moment), moment)

    def would(self, fact: Fact) -> core.Decision:
        """What the engine would say with one more fact."""
        return self.ask([*self.known, fact], self.moment)

    # ── People ──

    @cached_property
    def parties(self) -> list[Party]:
        """Who must be heard, in the order in which they came into the case. One query."""
        return list(self.case.parties.select_related("staff", "heard_by").order_by("pk"))

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
        """The agents whom the facts name, and the parties."""
        named: dict[int, Staff] = {party.staff_id: party.staff for party in self.parties}
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
        opened = self.case.opened_by
        if opened is not None and opened.agent is not None:
            named.setdefault(opened.agent.pk, opened.agent)
        return named

    @cached_property
    def complained_of(self) -> int | None:
        """About whom the complaint of the case is."""
        opened = self.case.opened_by
        if opened is not None and opened.whom_id is not None:
            return opened.whom_id
        return self.case.about_id

    @cached_property
    def accused(self) -> int | None:
        """Against whom the case is: as its opener said, else whom the complaint names, who closed
        beside the owner, or who steered."""
        case, opened = self.case, self.case.opened_by
        if case.about_id is not None or case.kind == CaseKind.COMPLAINT:
            return self.complained_of
        if case.kind in GRAVE and self.deals:
            closer = self.deals[-1].agent_id
            owner = self.proposal.owner
            return None if owner is not None and owner.agent == closer else closer
        if case.kind == CaseKind.STEERING and opened is not None:
            return opened.steered_by_id
        return None

    @property
    def usual_sanction(self) -> Sanction | None:
        """What the clause asks to be done in a case like this (sales/1, sales/7)."""
        if self.accused is None or self.case.kind not in GRAVE:
            return None
        return Sanction(self.accused, clause_of(self.case.kind), Penalty.Kind.DISMISSAL)

    @cached_property
    def sides(self) -> list[Side]:
        """The agents of the case, in the order in which their rights began: 甲, 乙, …"""
        return sides_of(self)

    @cached_property
    def claims(self) -> list[core.ClaimView]:
        """The rights that the case is about."""
        return claims_of(self)

    def side_of(self, agent: Key | None) -> Side | None:
        """That agent's side; for somebody else of the facts, a side without a letter."""
        found = next((side for side in self.sides if side.agent == agent), None)
        if found is None and isinstance(agent, int) and agent in self.people:
            staff = self.people[agent]
            return Side("", "n", agent, self.called(staff), staff.departed_at is None)
        return found

    def called(self, staff: Staff | None) -> str:
        """How the page speaks of somebody: by name, or by letter while names are covered."""
        if staff is None:
            return ""
        if not self.covered:
            return staff.name
        side = next((side for side in self.sides if side.agent == staff.pk), None)
        return gettext("他人") if side is None else side.letter

    # ── Facts ──

    @cached_property
    def entries(self) -> list[Entry]:
        """The facts of the case, numbered; the latest thirty."""
        return entries_of(self)

    @property
    def facts_left_out(self) -> int:
        """How many earlier facts stand only on the client's own timeline."""
        return max(0, len(self.events) - FACTS_SHOWN)

    @cached_property
    def deals(self) -> list[ContactEvent]:
        """The deals of the party, the latest last."""
        return [event for event in self.events if event.kind == Kind.DEAL]

    @cached_property
    def axis(self) -> Axis | None:
        """The time axis of the case; None where nothing happened yet."""
        return axis_of(self) if self.entries else None

    # ── What the engine proposes, and what could follow ──

    @cached_property
    def proposal(self) -> Proposal:
        """The engine's proposal: for a deal its credit, else the owner of this moment."""
        return proposal_of(self)

    @cached_property
    def flagged_by(self) -> list[str]:
        """The clauses by which the matter is open."""
        return flagged_by(self.case)

    def outcome(
        self,
        name: str,
        *,
        owner: int | None = None,
        shares: Mapping[int, int] | None = None,
        key: str = "",
        sanction: Sanction | None = None,
    ) -> Outcome:
        """What would follow from one outcome: the engine is asked with it as one more fact."""
        return outcome_of(self, name, owner=owner, shares=shares, key=key, sanction=sanction)

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """The outcomes that the case offers before anything is chosen."""
        return outcomes_of(self)

    @cached_property
    def questions(self) -> list[Question]:
        """What the proof answers, clause by clause, and what it leaves to a person."""
        return questions_of(self)


def flagged_by(case: Case) -> list[str]:
    """The clauses by which a case is open: as the proof names them, or as its opener did."""
    names = {case.kind}
    if case.kind in ("collision", "proxy"):
        names |= {"collision", "two_readings"}
    steps = case.decision.proof["steps"]
    cited = [s["clause"] for s in steps if s["verb"] == "flags" and s["what"] in names]
    return list(dict.fromkeys([*([case.clause] if case.clause else []), *cited]))
