"""Where a case stands in its procedure, for whoever looks: what he may do now, and what bars it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet

from attribution.models import PolicyVersion
from leads.models import Lead, Project, Role, Staff

from .. import procedure
from ..models import Case, Evidence, Party, Step
from ..sanctions import Sanction

SIGNING = (Step.Kind.RULED, Step.Kind.DRAFTED, Step.Kind.COUNTERSIGNED, Step.Kind.DISMISSED)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def calendar_of(project: Project) -> procedure.Calendar:
    """The office days of a project, by the policy that it wrote down last. One query."""
    written = (
        PolicyVersion.objects.filter(project=project)
        .order_by("-effective_from", "-recorded_at")
        .values_list("settings", flat=True)
        .first()
    ) or {}
    return procedure.Calendar(
        project.zone,
        frozenset(date.fromisoformat(str(day)) for day in written.get("holidays") or ()),
        frozenset(WEEKDAYS.index(day) for day in written.get("weekly_rest") or ()),
    )


WITH_A_PAPER = (procedure.NEGOTIATION, procedure.SIGNATURE, procedure.FACTS)
"""Stages at which something lies on the table: a settlement, a draft, a question."""
HEARING_FIRST = ("rule", "draft", "dismiss")
"""What whoever decides may do in one go with hearing the parties in person."""


PRESSED = (
    "confirm", "rule", "draft", "countersign", "reject", "dismiss", "take_up", "drop", "fail",
    "return_for_facts", "escalate",
)  # fmt: skip
"""What those who decide press."""


def course_of(
    case: Case,
    parties: Sequence[Party],
    steps: Sequence[Step],
    escalates: datetime | None = None,
) -> procedure.Course:
    """The case as the table of the procedure sees it; `steps` in their order. No query."""
    draft = draft_in(case, steps)
    return procedure.Course(
        stage=case.stage,
        instance=case.instance,
        parties=tuple(
            procedure.Standing(
                party.staff_id, party.notified_at, party.due_at, party.answered_at is not None
            )
            for party in parties
        ),
        negotiable=case.decided_by == "negotiation",
        objected=any(party.objects_to for party in parties),
        signed=signatures_in(case, steps),
        drafted_by=None if draft is None else draft.by_id,
        due=case.due_at,
        escalates=escalates,
    )


def settlement_in(steps: Sequence[Step]) -> Step | None:
    """The settlement that lies on the table."""
    return next((s for s in reversed(steps) if s.kind == Step.Kind.PROPOSED), None)


def signatures_in(case: Case, steps: Sequence[Step]) -> frozenset[int]:
    """Who signed the settlement that lies on the table, its author first."""
    last = settlement_in(steps)
    if case.stage != procedure.NEGOTIATION or last is None:
        return frozenset()
    later = (s for s in steps if s.pk > last.pk and s.kind == Step.Kind.SIGNED)
    return frozenset(s.by_id for s in (last, *later) if s.by_id is not None)


def draft_in(case: Case, steps: Sequence[Step]) -> Step | None:
    """The finding that waits for a second signature."""
    if case.stage != procedure.SIGNATURE:
        return None
    return next((s for s in reversed(steps) if s.kind == Step.Kind.DRAFTED), None)


def stakes_of(
    case: Case, parties: Sequence[Party], beneficiaries: frozenset[int] = frozenset()
) -> procedure.Stakes:
    """Who has something to do with a case, and how. One query, another one for an appeal."""
    proof, opened = case.decision.proof, case.opened_by
    ruled: frozenset[int] = frozenset()
    if case.supersedes_id is not None:
        signed = Step.objects.filter(case=case.supersedes_id, kind__in=SIGNING, by__isnull=False)
        ruled = frozenset(signed.values_list("by_id", flat=True))
    return procedure.Stakes(
        parties=frozenset(party.staff_id for party in parties),
        claimants=frozenset(claim["agent"] for claim in proof["chain"]),
        credited=frozenset(int(agent) for deal in proof["deals"] for agent in deal["credit"]),
        steerers=_some(None if opened is None else opened.steered_by_id),
        accused=_some(case.about_id, None if opened is None else opened.whom_id),
        openers=_some(case.opener_id if case.origin == Case.Origin.AGENT else None),
        ruled_before=ruled,
        paid=paid_by(case),
        beneficiaries=beneficiaries,
    )


PAID = ("agent", "helper", "introducer")
"""As what somebody gains by how a case ends; an allowance is the same whoever owns the client."""


def paid_parts(of_party: Q) -> QuerySet[Lead, Any]:
    """Who has a part of the commission of a party's deals.

    Disputes imports nothing of commissions: the lines are reached through the lead's relations.
    """
    parts = Lead.objects.filter(of_party, deals__lines__role__in=PAID).order_by()
    return parts.values(paid=F("deals__lines__agent")).distinct()


def paid_by(case: Case) -> frozenset[int]:
    """Who has a part of the commission; no query where the list of cases brought it along."""
    brought: list[int] | None = getattr(case, "paid", None)
    if brought is None:
        party = Q(pk=case.lead_id) | Q(party__isnull=False, party=case.lead.party_id)
        brought = [row["paid"] for row in paid_parts(party)]
    return frozenset(brought)


def _some(*keys: int | None) -> frozenset[int]:
    return frozenset(key for key in keys if key)


def decides_at(staff: Staff, instance: str) -> bool:
    """Does somebody's office let him decide at that instance?"""
    if instance == procedure.GENERAL_MANAGER:
        return staff.role == Role.GENERAL_MANAGER
    return staff.role in (Role.SUPERVISOR, Role.MANAGER, Role.GENERAL_MANAGER)


class Docket:
    """The file of a case as one reader sees it: parties, steps, what he may do. Three queries."""

    def __init__(
        self, case: Case, reader: Staff, *, now: datetime, parties: Sequence[Party] | None = None
    ) -> None:
        self.case, self.reader, self.now = case, reader, now
        if parties is None:
            parties = list(case.parties.select_related("staff", "heard_by").order_by("pk"))
        self.parties = parties

    @cached_property
    def steps(self) -> list[Step]:
        """The lines of the file, in their order."""
        return list(self.case.steps.select_related("by", "party").order_by("pk"))

    @cached_property
    def evidence(self) -> list[Evidence]:
        """The files put before the case."""
        return list(self.case.evidence.select_related("by").order_by("pk"))

    @cached_property
    def course(self) -> procedure.Course:
        """The case as the table sees it, brought up to this moment by the calendar."""
        steps = self.steps if self.case.stage in WITH_A_PAPER else ()
        return self._by_itself(course_of(self.case, self.parties, steps))

    @cached_property
    def when_heard(self) -> procedure.Course:
        """The case if whoever decides hears now, in person, those who have not had their say."""
        heard = tuple(replace(s, heard=True) for s in self.course.parties)
        return self._by_itself(replace(self.course, parties=heard))

    def _by_itself(self, course: procedure.Course) -> procedure.Course:
        while (event := procedure.by_itself(course, self.now)) and event != "settle":
            course = procedure.follow(course, event, procedure.Act(self.now))
        return course

    @cached_property
    def act(self) -> procedure.Act:
        """What stands for and against the reader's doing something."""
        stakes = stakes_of(self.case, self.parties)
        return procedure.Act(
            self.now,
            self.reader.pk,
            as_decider=decides_at(self.reader, self.course.instance),
            conflicts=procedure.conflicts(self.reader.pk, stakes),
        )

    def may(self, event: str) -> bool:
        """Nothing stands in the way of that event; a ruling may hear everybody in person first."""
        course = self.when_heard if event in HEARING_FIRST else self.course
        return self.case.is_open and procedure.obstacles(course, event, self.act) == ()

    @cached_property
    def actions(self) -> list[str]:
        """What the reader may do now."""
        return [event for event in dict.fromkeys(m.event for m in procedure.MOVES)
                if self.may(event)]  # fmt: skip

    @property
    def decides_something(self) -> bool:
        """Something on the bar is the reader's to press."""
        return any(event in PRESSED for event in self.actions)

    @cached_property
    def unheard(self) -> list[Party]:
        """Who has not had his say yet."""
        due = {s.party for s in self.course.parties if not s.had_his_say(self.now)}
        return [party for party in self.parties if party.staff_id in due]

    @property
    def in_conflict(self) -> bool:
        """The reader is too near to the case to decide it."""
        return bool(self.act.conflicts)

    @property
    def stage(self) -> str:
        """Where the case stands, in words."""
        return str(Case.Stage(self.course.stage).label)

    @property
    def is_suspicion(self) -> bool:
        """Nobody was told yet."""
        return self.course.stage == procedure.SUSPECTED

    @cached_property
    def settlement(self) -> Step | None:
        """The settlement that lies on the table."""
        if self.course.stage != procedure.NEGOTIATION:
            return None
        return settlement_in(self.steps)

    @property
    def signed_by_reader(self) -> bool:
        """The reader has signed what lies on the table."""
        return self.reader.pk in self.course.signed

    @cached_property
    def draft(self) -> Step | None:
        """The finding that waits for a second signature."""
        return draft_in(self.case, self.steps) if self.case.stage in WITH_A_PAPER else None

    @property
    def drafted_sanction(self) -> Sanction | None:
        """What the draft asks to be done to somebody."""
        given = None if self.draft is None else self.draft.details.get("sanction")
        return None if given is None else Sanction(**given)

    @cached_property
    def question(self) -> Step | None:
        """The fact that is asked for."""
        if self.course.stage != procedure.FACTS:
            return None
        return next((s for s in reversed(self.steps) if s.kind == Step.Kind.RETURNED), None)

    @cached_property
    def mine(self) -> Party | None:
        """The reader's own part, if he is a party."""
        return next((p for p in self.parties if p.staff_id == self.reader.pk), None)


AT_STAKE = (Case.State.RULED, Case.State.SETTLED, Case.State.CONFIRMED, Case.State.DISMISSED)
"""What may be appealed against."""


def may_appeal(case: Case, parties: Sequence[Party], staff: Staff, now: datetime) -> bool:
    """May a party still take the decided case to the general manager? One query."""
    if case.state not in AT_STAKE or case.closed_at is None:
        return False
    if not any(party.staff_id == staff.pk for party in parties):
        return False
    calendar = calendar_of(case.project)
    return now < procedure.appeal_due(case.closed_at, calendar)
