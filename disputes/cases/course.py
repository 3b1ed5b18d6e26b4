"""Steps under the lock: one event of the procedure, by a person or by the calendar."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from attribution import decisions, queries
from leads import journal
from leads.journal import Held
from leads.models import Staff

from .. import procedure
from ..models import GRAVE, Case, Party, Step
from ..queries import standing
from ..queries.standing import calendar_of
from ..sanctions import Sanction
from ..signals import decision_reviewed
from .opening import close, enter, keep, note
from .overtaking import refuse_overtaking
from .telling import tell_deciders, tell_parties, until


class StaleCase(Exception):
    """The case changed after the form was opened; nothing was saved."""

    message = _("這件案件在你打開之後變了，還沒有存。")


class NotNow(ValueError):
    """The case is not at a stage where that can be done."""

    message = _("案件現在的階段不能這樣做。")


class InTheWay(ValueError):
    """A rule of the procedure stands in the way; `message` says which."""

    def __init__(self, guard: str) -> None:
        super().__init__(guard)
        self.guard = guard

    @property
    def message(self) -> Any:
        """What stands in the way, for people."""
        return OBSTACLES[self.guard]


class PartyToTheCase(PermissionError):
    """Nobody decides a case to which he is a party or from which he gains (rule 15)."""

    message = _("你是這件案件的當事人，或會因此得利，不能由你裁定。")


OBSTACLES: Mapping[str, Any] = {
    "heard_out": _("還有當事人沒有陳述，期限也還沒到。等他陳述，或當面聽取後寫下來。"),
    "party": _("只有被通知的當事人可以這樣做。"),
    "decider": _("這一級不由你裁定。"),
    "second_signature": _("認定搶單、換名與沒收佣金要兩個人簽署：先擬稿，再由另一位簽署。"),
    "another": _("擬稿的人不能自己簽署，要由另一位簽署。"),
    "unopposed": _("有當事人提出異議，不能直接確認。"),
    "all_signed": _("還有當事人沒有簽署和解。"),
    "party_decider_or_over": _("期限還沒到，當事人也還沒有表示。"),
    "decider_or_long_over": _("還沒有逾期到要上呈。"),
}


def hold(case_id: int, version: int | None = None) -> tuple[Case, Held]:
    """A case with its party under the lock. Raises Case.DoesNotExist, StaleCase."""
    lead_id = Case.objects.values_list("lead_id", flat=True).get(pk=case_id)
    held = journal.hold(lead_id)
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("decision", "project", "opened_by", "lead")
        .get(pk=case_id)
    )
    if not case.is_open or (version is not None and version != case.version):
        raise StaleCase
    return case, held


def repeated(key: UUID) -> bool:
    """That form was saved already."""
    return Step.objects.filter(key=key).exists()


def course_of(case: Case) -> procedure.Course:
    """The case as the table of the procedure sees it. Three queries."""
    parties = list(case.parties.order_by("pk"))
    steps = list(case.steps.order_by("pk"))
    escalates = calendar_of(case.project).after(case.due_at, procedure.GRACE_DAYS)
    return standing.course_of(case, parties, steps, escalates)


def settlement_of(case: Case) -> Step | None:
    """The settlement that lies on the table."""
    return standing.settlement_in(list(case.steps.order_by("pk")))


def draft_of(case: Case) -> Step | None:
    """The finding that waits for a second signature."""
    return standing.draft_in(case, list(case.steps.order_by("pk")))


def act_of(
    case: Case,
    by: Staff | None,
    now: datetime,
    *,
    beneficiaries: frozenset[int] = frozenset(),
    grave: bool = False,
) -> procedure.Act:
    """What stands for and against somebody's doing something in a case."""
    if by is None:
        return procedure.Act(now)
    return procedure.Act(
        now,
        by.pk,
        as_decider=standing.decides_at(by, case.instance),
        conflicts=procedure.conflicts(
            by.pk, standing.stakes_of(case, list(case.parties.all()), beneficiaries)
        ),
        grave=grave,
    )


def is_grave(case: Case, finding: str, sanction: Sanction | None = None) -> bool:
    """A finding against somebody in a grave kind of case, or one that takes commission away."""
    return (case.kind in GRAVE and finding == "upheld") or bool(sanction and sanction.forfeits)


def perform(
    case: Case,
    event: str,
    by: Staff | None,
    now: datetime,
    *,
    kind: str | None = None,
    party: int | None = None,
    text: str = "",
    beneficiaries: frozenset[int] = frozenset(),
    grave: bool = False,
    **more: Any,
) -> Step:
    """One event: checked against the table, written into the file, the case moved.

    The case is saved, but for its end, which the caller gives it. Raises NotNow, InTheWay,
    PartyToTheCase.
    """
    act = act_of(case, by, now, beneficiaries=beneficiaries, grave=grave)
    try:
        course = procedure.follow(course_of(case), event, act)
    except procedure.NoSuchMove as error:
        raise NotNow from error
    except procedure.Refused as error:
        if error.guard == "impartial":
            raise PartyToTheCase from error
        raise InTheWay(error.guard) from error
    refuse_overtaking(case, event)
    written = note(case, kind or event, now, by=by, party=party, text=text, **more)
    if course.is_open:
        case.instance = course.instance
        if course.stage != case.stage:
            enter(case, course.stage, now)
        case.version += 1
        keep(case)
    return written


def advance(case: Case, now: datetime) -> list[str]:
    """What the calendar and the answers bring about by themselves; which events those were.

    A settlement that everybody signed is not among them: its ruling needs the door's hands.
    """
    done: list[str] = []
    while case.is_open:
        event = procedure.by_itself(course_of(case), now)
        if event is None or event == "settle":
            break
        perform(case, event, None, now)
        done.append(event)
        if case.stage in (procedure.SUPERVISOR, procedure.GENERAL_MANAGER):
            tell_deciders(case, gettext_noop("案件 %(case)s 等你裁定。"), now)
        elif case.stage == procedure.NEGOTIATION:
            waiting = case.parties.values_list("staff_id", flat=True)
            text = gettext_noop("案件 %(case)s 先由各方協商，%(until)s 前沒有結果就由主管裁定。")
            tell_parties(case, waiting, text, {"until": _until(case)}, now)
    _look_again(case, now)
    return done


def remind(case: Case, now: datetime) -> bool:
    """Tell those who are awaited that the deadline is near, or over; once each. True if told."""
    soon = calendar_of(case.project).before(case.due_at, procedure.REMIND_DAYS)
    state = "over" if case.due_at <= now else "soon" if soon <= now else ""
    if not state or case.reminded in (state, "over") or case.stage == procedure.POLICY:
        return False
    case.reminded = state
    note(case, Step.Kind.REMINDED, now, details={"due": case.due_at.isoformat(), "state": state})
    if case.stage in (procedure.NEGOTIATION, procedure.FACTS):
        awaited = case.parties.values_list("staff_id", flat=True)
        text = gettext_noop("案件 %(case)s 的期限是 %(until)s。")
        tell_parties(case, awaited, text, {"until": _until(case)}, now)
    elif state == "soon":
        tell_deciders(case, gettext_noop("案件 %(case)s 的期限快到了。"), now)
    else:
        tell_deciders(case, gettext_noop("案件 %(case)s 已經逾期，再不裁定會上呈總經理。"), now)
    return True


def _until(case: Case) -> str:
    return until(case.due_at, case.project)


def _look_again(case: Case, now: datetime) -> None:
    """When the calendar next has something to do with the case."""
    if not case.is_open:
        return
    calendar = calendar_of(case.project)
    moments = [
        calendar.before(case.due_at, procedure.REMIND_DAYS),
        case.due_at,
        calendar.after(case.due_at, procedure.GRACE_DAYS),
        *Party.objects.filter(case=case, answered_at=None, due_at__isnull=False).values_list(
            "due_at", flat=True
        ),
    ]
    ahead = [moment for moment in moments if moment is not None and moment > now]
    case.next_at = min(ahead, default=None)
    case.save(update_fields=["next_at", "reminded"])


def review(held: Held, now: datetime) -> None:
    """A case was opened or closed without a new fact: let lists and ledger follow."""
    contested = Case.objects.filter(
        lead__in=held.members, state=Case.State.OPEN, holds=True
    ).exists()
    stored = held.lead.decisions.order_by("-pk").first()
    decisions.mark_contested(held, contested=contested)
    if stored is None:
        return
    decision_reviewed.send(
        sender=Case,
        held=held,
        event=stored.event,
        decision=queries.decision_on(held.lead, asof=now),
        stored=stored,
        contested=contested,
        now=now,
    )
    sum_up(held)


def sum_up(held: Held) -> None:
    """Keep beside each open case what the client's deals hold back, for the order of the queue."""
    members = [member.pk for member in held.members]
    open_ones = Case.objects.filter(lead__in=members, state=Case.State.OPEN)
    # Disputes imports nothing of commissions: the sums are reached through the lead's relations.
    cents = (
        type(held.lead)
        .objects.filter(pk__in=members)
        .aggregate(cents=Sum("deals__lines__held_cents"))["cents"]
    )
    open_ones.exclude(held_cents=cents or 0).update(held_cents=cents or 0)


def end(case: Case, state: str, held: Held, now: datetime) -> None:
    """The case ends without a fact about the client: what it held is let go."""
    close(case, state, now)
    review(held, now)
