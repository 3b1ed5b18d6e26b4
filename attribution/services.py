"""The doors of attribution: policy, calendar, proofs, answers to the enquiry, rederivations."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from leads import journal
from leads.access import PAYERS
from leads.journal import door
from leads.models import Assignment, Disclosure, Lead, Notification, Project, Role, Staff

from . import decisions, proofs, queries, rederivation
from .models import Answer, PolicyVersion, Rederivation, RederivationPart
from .policy.parameters import difference, policy
from .queries import ledger
from .questions import Question

IN_SEQUENCE = 5
"""So many neighbouring numbers in a day, and the supervisor is told."""


class InForceAlready(ValueError):
    """A version that has begun is never changed; a new one starts now or later."""

    message = _("新版制度不能從過去開始生效。")


class ChangedMeanwhile(ValueError):
    """Somebody else wrote down a version while this one was prepared."""

    message = _("你準備的時候，別人存了另一版。下面是和最新制度的比較，看過再存一次。")


@door
def set_policy(
    *,
    project: Project,
    preset: str,
    settings: Mapping[str, Any],
    effective_from: datetime | None,
    by: Staff | None,
    now: datetime,
    key: UUID | None = None,
    seen: int | None = None,
) -> PolicyVersion:
    """Let a project work under a policy from a moment on; what was granted before stays (rule 20).

    `effective_from` None: from now on. The same `key` is recorded once. `seen`: the version that
    was the last one when the author began. Raises PolicyError naming the parameter, InForceAlready,
    ChangedMeanwhile.
    """
    chosen = policy(preset, settings)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    latest = PolicyVersion.objects.filter(project=project).order_by("recorded_at", "pk").last()
    known = None if key is None else PolicyVersion.objects.filter(key=key).first()
    if known is not None:
        return known
    if seen is not None and latest is not None and latest.pk != seen:
        raise ChangedMeanwhile
    recorded_at = now if latest is None else max(now, latest.recorded_at)
    if effective_from is None:
        # No clock of a counter may have gone ahead of the new policy.
        effective_from = max(recorded_at, _last_fact(project) or now)
    if effective_from < now and latest is not None:
        raise InForceAlready
    version = PolicyVersion.objects.create(
        project=project,
        preset=preset,
        settings=difference(chosen),
        effective_from=effective_from,
        recorded_at=recorded_at,
        author=by,
        key=key or uuid4(),
    )
    project.stamp = uuid4()
    project.save(update_fields=["stamp"])
    return version


def _last_fact(project: Project) -> datetime | None:
    leads = Lead.objects.filter(project=project).order_by("-recorded_at")
    return leads.values_list("recorded_at", flat=True).first()


@door
def take_out_proof(
    *, lead: Lead, asof: datetime, known_at: datetime, by: Staff, now: datetime
) -> str:
    """The proof of a decision as JSON text; the log keeps who took it out and when.

    The moments as `queries.ledger.proof_of` takes them. It shows everybody's part: the caller has
    asked whether the reader may see all of it.
    """
    Disclosure.objects.create(
        staff=by,
        kind=Disclosure.Kind.EXPORT,
        lead=lead,
        what={"report": "proof", "asof": asof.isoformat(), "known_at": known_at.isoformat()},
        at=now,
    )
    return proofs.as_text(ledger.proof_of(lead, asof=asof, known_at=known_at))


@door
def refresh_lapsed(*, lead_ids: Iterable[int], by: Staff | None, now: datetime) -> int:
    """Let the lists show who owns these leads at `now`; how many of them showed something else.

    A lapse has no writer: nothing is recorded, and nobody (`by` is None) does it. Harmless when
    repeated.
    """
    changed = 0
    for held in journal.hold_all(lead_ids):
        decision = queries.decision_on(held.lead, asof=now)
        changed += decisions.refresh(held.lead, decision)
    return changed


@door
def record_answer(
    *,
    project: Project,
    agent: Staff,
    question: Question,
    state: str,
    until: date | None,
    lead_id: int | None,
    notice: UUID | None,
    by: Staff,
    now: datetime,
) -> Answer:
    """Write down what the enquiry is about to tell an agent; nothing is shown before.

    Free or held, known or not, it is the same few statements. Over the project's limit of the day
    the answer that comes back is REFUSED, and is not to be shown; a question asked before that
    day is no further one. The supervisor's bell tells of numbers in sequence, of many that nobody
    knows, and of the first refusal.
    """
    # One at a time for each agent: questions sent all at once do not slip past the limit.
    list(Assignment.objects.select_for_update().filter(project=project, staff=agent).values("pk"))
    day = now.astimezone(project.zone).date()
    told = ~Q(state=Answer.State.REFUSED)
    so_far = Answer.objects.filter(project=project, agent=agent, day=day).aggregate(
        asked=Count("digest", distinct=True, filter=told),
        missed=Count("digest", distinct=True, filter=told & Q(lead=None)),
        near=Count("digest", distinct=True, filter=Q(near=True)),
        beside=Count("pk", filter=Q(digest__in=question.neighbours)),
        again=Count("pk", filter=told & Q(digest=question.digest)),
        known=Count("pk", filter=Q(digest=question.digest)),
        refused=Count("pk", filter=~told),
    )
    first_time = not so_far["known"]
    refused = not so_far["again"] and so_far["asked"] >= project.enquiries_a_day
    if refused:
        state, until, lead_id, notice = Answer.State.REFUSED, None, None, None
    name = f"guishu:answer:{project.pk}:{agent.pk}:{day}:{question.digest}:{state}:{until}"
    answer = Answer(
        project=project,
        agent=agent,
        day=day,
        at=now,
        by=question.by,
        digest=question.digest,
        lead_id=lead_id,
        state=state,
        until=until,
        near=first_time and so_far["beside"] > 0,
        notice=notice,
        key=uuid5(NAMESPACE_URL, name),
    )
    Answer.objects.bulk_create([answer], ignore_conflicts=True)
    missed = so_far["missed"] + (first_time and not refused and lead_id is None)
    unknown_to_all = max(project.enquiries_a_day // 2, 1)
    alarms = {
        gettext_noop("%(agent)s 今天的歸屬查詢超過上限 %(limit)s 次，已停止答覆。"): refused
        and not so_far["refused"],
        gettext_noop("%(agent)s 今天查了 %(near)s 個連號的電話，請了解原因。"): answer.near
        and so_far["near"] + 1 == IN_SEQUENCE,
        gettext_noop("%(agent)s 今天查了 %(missed)s 個查無此人的號碼或姓名，請了解原因。"): (
            so_far["missed"] < missed == unknown_to_all
        ),
    }
    values = {
        "agent": agent.name,
        "limit": str(project.enquiries_a_day),
        "near": str(IN_SEQUENCE),
        "missed": str(unknown_to_all),
    }
    for text, rings in alarms.items():
        if rings:
            _tell_supervisors(project, text, values, f"/enquiries/?agent={agent.pk}", now)
    return answer


def _tell_supervisors(
    project: Project, text: str, values: dict[str, str], url: str, now: datetime
) -> None:
    """Into the bells of the project's supervisors; of its managers where there is none."""
    staff = Staff.objects.filter(projects=project, is_active=True, departed_at=None)
    for role in (Role.SUPERVISOR, Role.MANAGER):
        readers = list(staff.filter(role=role))
        if readers:
            Notification.objects.bulk_create(
                Notification(staff=reader, text=text, values=values, url=url, created_at=now)
                for reader in readers
            )
            return


# ── Rederivation ──


class AlreadyRunning(Exception):
    """One rederivation of a project at a time."""

    message = _("這個專案正在重新推導，等它完成再開始。")


@door
def start_rederivation(
    *, project: Project, by: Staff | None, now: datetime, key: UUID
) -> Rederivation:
    """Begin to compute a project's decisions again, in parts for the workers; nothing is changed.

    The same `key` begins once. Raises AlreadyRunning.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    known = Rederivation.objects.filter(key=key).first()
    if known is not None:
        return known
    if Rederivation.objects.filter(project=project, state=Rederivation.State.RUNNING).exists():
        raise AlreadyRunning
    stretches = [(chunk[0], chunk[-1], len(chunk)) for chunk in rederivation.chunks(project)]
    run = Rederivation.objects.create(
        project=project,
        by=by,
        started_at=now,
        leads_total=sum(leads for _first, _last, leads in stretches),
        key=key,
    )
    RederivationPart.objects.bulk_create(
        RederivationPart(run=run, first=first, last=last, leads=leads, enqueued_at=now)
        for first, last, leads in stretches
    )
    if not stretches:
        _finish(run, Rederivation.State.DONE, now)
    return run


@door
def finish_part(
    *,
    part_id: int,
    differing: int,
    found: Sequence[Mapping[str, Any]],
    by: Staff | None,
    now: datetime,
) -> None:
    """A part has been computed again; counted once, however often its task ran.

    With the last part the run is done; whoever must know of differences is told.
    """
    run_id = RederivationPart.objects.values_list("run_id", flat=True).get(pk=part_id)
    run = Rederivation.objects.select_for_update(of=("self",)).get(pk=run_id)
    part = RederivationPart.objects.get(pk=part_id)
    if part.done_at is not None or run.state != Rederivation.State.RUNNING:
        return
    part.done_at, part.differing, part.found = now, differing, list(found)
    part.save(update_fields=["done_at", "differing", "found"])
    run.leads_done += part.leads
    run.differing += differing
    run.save(update_fields=["leads_done", "differing"])
    if not run.parts.filter(done_at=None).exists():
        _finish(run, Rederivation.State.DONE, now)


@door
def take_up_parts(*, before: datetime, tries: int, by: Staff | None, now: datetime) -> list[int]:
    """The parts enqueued before a moment and not done: a worker died, or Redis forgot them.

    They are marked as enqueued now, for the caller to do so. After so many tries a run is given up.
    """
    given_up = RederivationPart.objects.filter(
        done_at=None, enqueued_at__lt=before, tries__gte=tries
    )
    for run in Rederivation.objects.select_for_update(of=("self",)).filter(
        state=Rederivation.State.RUNNING, pk__in=given_up.values("run_id")
    ):
        _finish(run, Rederivation.State.FAILED, now)
    waiting = RederivationPart.objects.filter(
        done_at=None, enqueued_at__lt=before, run__state=Rederivation.State.RUNNING
    )
    found = list(waiting.order_by("pk").values_list("pk", flat=True))
    RederivationPart.objects.filter(pk__in=found).update(enqueued_at=now, tries=F("tries") + 1)
    return found


def _finish(run: Rederivation, state: str, now: datetime) -> None:
    run.state, run.finished_at = state, now
    run.save(update_fields=["state", "finished_at"])
    if state == Rederivation.State.FAILED:
        text = gettext_noop("%(project)s 的重新推導沒有完成，請再開始一次。")
    elif run.differing:
        text = gettext_noop("%(project)s 重新推導，有 %(count)s 處和存下的不同，請逐筆查明。")
    else:
        return
    Notification.objects.bulk_create(
        Notification(
            staff=staff,
            text=text,
            values={"project": run.project.name, "count": run.differing},
            url=reverse("rederivation", args=[run.pk]),
            created_at=now,
        )
        for staff in run.project.staff.filter(role__in=PAYERS, is_active=True).order_by("pk")
    )
