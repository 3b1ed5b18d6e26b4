"""The doors of the counter: a roster is made, a group comes, and what happens to it.

Each locks the project's counter, asks the rota who is next at this moment, and adds one fact. The
order is the rota's: past it leads only a skip with its reason, a joint reception with the first
group's consent (leasing/1.9), or a direction that is written down as what it is.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from .. import rota
from ..access import DECIDERS
from ..journal import Busy as Busy
from ..journal import door
from ..models import Disclosure, Project, Staff
from . import queries
from .models import AWAY_REASONS, SKIP_REASONS, Absence, Arrival, BoardFact, Duty, Roster
from .queries import CounterDay


class Refused(ValueError):
    """What the counter does not take, with a message for the one who asked."""

    message: Any = _("看板已經變了，沒有存下。請看最新的情形再做一次。")


class NotWaiting(Refused):
    """The group is being received already, or has left."""

    message = _("這一組已經有人接待或已離開，沒有重複登記。")


class NotHisTurn(Refused):
    """Somebody else is called for this group by now."""

    message = _("現在輪到的是別人。要不依輪序，請寫下理由。")


class HisTurnAnyway(Refused):
    """Nothing is directed past the order: it is this agent's turn."""

    message = _("本來就輪到這位顧問，不必指定；請他到前台即可。")


class NotServing(Refused):
    """The reception is over, or never began."""

    message = _("這一組沒有正在進行的接待。")


class ServingAnother(Refused):
    """Who serves one group takes another only with the first one's consent (leasing/1.9)."""

    message = _("這位顧問正接待別組：先問那一組同不同意併接，再登記。")


class DayIsOver(Refused):
    """A roster of the past is evidence."""

    message = _("過去的排班不能再改。")


class ChangedMeanwhile(Refused):
    """Somebody else saved a roster of these days after this form was opened."""

    message = _("這一週剛被別人改過，你的沒有存下。下面是你填的；請對照最新的排班再儲存。")


class TwoInOnePlace(Refused):
    """Two agents have the same place on one day."""

    message = _("同一天有兩位排在同一個順位。")


# ── Rosters ────────────────────────────────────────────────────────────────────────────────────


@door
def set_rosters(
    *,
    project: Project,
    days: Mapping[date, Mapping[int, str]],
    seen: int,
    by: Staff,
    now: datetime,
    key: UUID,
    note: str = "",
) -> list[Roster]:
    """Plan days: for each the agents by key with their place (`"1"` …) or `Absence`; only days that
    differ from what is in force are written.

    `seen`: the newest roster of these days that the form showed. Raises DayIsOver, TwoInOnePlace,
    ChangedMeanwhile.
    """
    project = _locked(project)
    if not days:
        return []
    known = list(Roster.objects.filter(key__in=[uuid5(key, day.isoformat()) for day in days]))
    if known:
        return known
    before = queries.rosters_of(project, min(days), max(days))
    if max((roster.pk for roster in before), default=0) > seen:
        raise ChangedMeanwhile
    current = queries.in_force(before)
    today = now.astimezone(project.zone).date()
    made = []
    for day, cells in sorted(days.items()):
        plan = {agent: cell for agent, cell in cells.items() if cell}
        old = current.get(day)
        in_force = {} if old is None else {d.staff_id: queries.cell_of(d) for d in old.duties.all()}
        if plan == in_force:
            continue
        if day < today:
            raise DayIsOver
        places = [cell for cell in plan.values() if cell not in Absence.values]
        if len(places) != len(set(places)):
            raise TwoInOnePlace
        roster = Roster.objects.create(
            project=project, day=day, by=by, recorded_at=now, note=note,
            key=uuid5(key, day.isoformat()),
        )  # fmt: skip
        Duty.objects.bulk_create(
            Duty(roster=roster, staff_id=agent, absence=cell)
            if cell in Absence.values
            else Duty(roster=roster, staff_id=agent, place=int(cell))
            for agent, cell in plan.items()
        )
        made.append(roster)
    return made


# ── Groups ─────────────────────────────────────────────────────────────────────────────────────


@door
def log_arrival(
    *,
    project: Project,
    people: int,
    before: str,
    by: Staff,
    now: datetime,
    key: UUID,
    asked_for: Staff | None = None,
    words: str = "",
) -> Arrival:
    """A group came. `before`: Arrival.Before; `asked_for` and `words`: whom it named, as it said.

    The same `key` is one arrival.
    """
    project = _locked(project)
    known = Arrival.objects.filter(key=key).first()
    if known is not None:
        return known
    day = now.astimezone(project.zone).date()
    last = Arrival.objects.filter(project=project, day=day).order_by("-number").first()
    return Arrival.objects.create(
        project=project,
        day=day,
        number=1 if last is None else last.number + 1,
        at=now if last is None else max(now, last.at),
        by=by,
        people=people,
        before=before,
        asked_for=asked_for,
        words=words,
        key=key,
    )


@door
def begin(*, arrival: Arrival, agent: Staff, by: Staff, now: datetime, key: UUID) -> BoardFact:
    """The agent who is called receives the group. Raises NotWaiting, NotHisTurn, ServingAnother."""
    counter, call, known = _waiting(arrival, now, key)
    if known is not None:
        return known
    if call.agent != agent.pk:
        raise NotHisTurn
    if any(one.agent == agent.pk for one in counter.board.serving):
        raise ServingAnother
    directed = counter.calls_by_group()[arrival.pk].directed
    turn_of = directed.turn_of_id if directed is not None else agent.pk
    return _write(
        counter, BoardFact.Kind.BEGUN, by, now, key, arrival=arrival, agent=agent,
        turn_of_id=turn_of,
    )  # fmt: skip


@door
def join(
    *,
    arrival: Arrival,
    beside: Arrival,
    consents: bool,
    by: Staff,
    now: datetime,
    key: UUID,
) -> BoardFact:
    """The agent serving `beside` takes this group too, with that group's consent; where it objects,
    that is on record and the order goes on (leasing/1.9). Raises NotWaiting, NotServing.
    """
    counter, call, known = _waiting(arrival, now, key)
    if known is not None:
        return known
    first = counter.board.reception_of(beside.pk)
    if first is None:
        raise NotServing
    kind = BoardFact.Kind.BEGUN if consents else BoardFact.Kind.OBJECTED
    return _write(
        counter, kind, by, now, key, arrival=arrival, agent_id=first.agent, beside=beside,
        turn_of_id=call.agent if consents else None,
    )  # fmt: skip


@door
def skip(
    *,
    arrival: Arrival,
    agent: Staff,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    note: str = "",
) -> BoardFact:
    """The called agent does not take this group; the reason says whether he keeps his turn.

    Raises NotWaiting, NotHisTurn.
    """
    if reason not in SKIP_REASONS:
        raise ValueError(reason)
    counter, call, known = _waiting(arrival, now, key)
    if known is not None:
        return known
    if call.agent != agent.pk:
        raise NotHisTurn
    return _write(
        counter, BoardFact.Kind.SKIPPED, by, now, key, arrival=arrival, agent=agent,
        reason=reason, note=note,
    )  # fmt: skip


@door
def direct(
    *, arrival: Arrival, agent: Staff, reason: str, by: Staff, now: datetime, key: UUID
) -> BoardFact:
    """Send a waiting group to an agent whose turn it is not.

    By a supervisor or manager it is a placement (leasing/1.9); to the agent whom the client named
    himself it is waiting for him; anything else is steering, and the reception will say so
    (sales/9). Raises NotWaiting, HisTurnAnyway.
    """
    counter, call, known = _waiting(arrival, now, key)
    if known is not None:
        return known
    if call.agent == agent.pk:
        raise HisTurnAnyway
    earlier = counter.calls_by_group()[arrival.pk].directed
    return _write(
        counter, BoardFact.Kind.DIRECTED, by, now, key, arrival=arrival, agent=agent,
        turn_of_id=earlier.turn_of_id if earlier is not None else call.agent,
        steered=by.role not in DECIDERS and agent.pk != arrival.asked_for_id,
        note=reason,
    )  # fmt: skip


@door
def finish(*, arrival: Arrival, by: Staff, now: datetime, key: UUID) -> BoardFact:
    """A reception is over; said twice it is said once. Raises NotServing."""
    counter = _counter(arrival.project, now)
    known = BoardFact.objects.filter(arrival=arrival, kind=BoardFact.Kind.FINISHED).first()
    if known is not None:
        return known
    if counter.board.reception_of(arrival.pk) is None:
        raise NotServing
    return _write(counter, BoardFact.Kind.FINISHED, by, now, key, arrival=arrival)


@door
def leave(*, arrival: Arrival, by: Staff, now: datetime, key: UUID, note: str = "") -> BoardFact:
    """A group left before anybody received it. Raises NotWaiting."""
    counter, _call, known = _waiting(arrival, now, key)
    if known is not None:
        return known
    return _write(counter, BoardFact.Kind.GONE, by, now, key, arrival=arrival, note=note)


# ── Agents ─────────────────────────────────────────────────────────────────────────────────────


@door
def go_away(
    *,
    project: Project,
    agent: Staff,
    reason: str,
    by: Staff,
    now: datetime,
    key: UUID,
    until: datetime | None = None,
) -> BoardFact:
    """An agent leaves the counter for a while; the reason says whether he keeps his turns."""
    if reason not in AWAY_REASONS:
        raise ValueError(reason)
    return _of_agent(project, agent, BoardFact.Kind.AWAY, by, now, key, reason=reason, until=until)


@door
def come_back(*, project: Project, agent: Staff, by: Staff, now: datetime, key: UUID) -> BoardFact:
    """An agent is at the counter again."""
    return _of_agent(project, agent, BoardFact.Kind.BACK, by, now, key)


@door
def give_turn(
    *, project: Project, agent: Staff, reason: str, by: Staff, now: datetime, key: UUID
) -> BoardFact:
    """A supervisor lets an agent make a turn up, and says why."""
    return _of_agent(project, agent, BoardFact.Kind.MADE_UP, by, now, key, note=reason)


@door
def log_export(*, project: Project, what: str, by: Staff, now: datetime) -> None:
    """The fairness table was taken out as a file; the log keeps who, what and when."""
    Disclosure.objects.create(
        staff=by,
        kind=Disclosure.Kind.EXPORT,
        what={"report": "fairness", "project": project.pk, "view": what},
        at=now,
    )


# ── Steps ──────────────────────────────────────────────────────────────────────────────────────


def _locked(project: Project) -> Project:
    """The project's counter is one's own until the transaction ends; its clients are not locked."""
    return Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def _counter(project: Project, now: datetime) -> CounterDay:
    return queries.counter_day(_locked(project), now)


def _waiting(
    arrival: Arrival, now: datetime, key: UUID
) -> tuple[CounterDay, rota.Call, BoardFact | None]:
    """The counter, whom it calls for a group, and what this key has written already."""
    counter = _counter(arrival.project, now)
    known = BoardFact.objects.filter(key=key).first()
    call = counter.board.call_of(arrival.pk)
    if call is None and known is None:
        raise NotWaiting
    return counter, call or rota.Call(arrival.pk, None, now, rota.NOBODY), known


def _of_agent(
    project: Project,
    agent: Staff,
    kind: BoardFact.Kind,
    by: Staff,
    now: datetime,
    key: UUID,
    **fields: Any,
) -> BoardFact:
    counter = _counter(project, now)
    known = BoardFact.objects.filter(key=key).first()
    return known or _write(counter, kind, by, now, key, agent=agent, **fields)


def _write(
    counter: CounterDay,
    kind: BoardFact.Kind,
    by: Staff,
    now: datetime,
    key: UUID,
    **fields: Any,
) -> BoardFact:
    """Add a fact; its moment never runs backwards at one counter, whatever the clocks."""
    at = max([now, *(fact.at for fact in counter.facts)])
    return BoardFact.objects.create(
        project=counter.project, day=counter.day, kind=kind, at=at, by=by, key=key, **fields
    )
