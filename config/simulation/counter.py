"""The counter of the simulated office: rosters, groups that come, and who receives them.

Only of the last weeks: earlier days would cost time and show nothing that these do not.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from leads.board import services
from leads.board.queries import counter_day, rosters_of
from leads.models import Arrival, BoardFact, Staff

from .world import Client, Colleague, Room, days_from

WEEKS = 4
AHEAD = 7
"""So many days after the last one are planned already."""


def keeps_board(at: datetime, until: datetime) -> bool:
    """Is this moment within the weeks of which the counter is told?"""
    return at > until - timedelta(weeks=WEEKS)


def plan_day(room: Room, day: date, now: datetime) -> None:
    """The supervisor plans a day: whoever works, in the order of the office's own rota."""
    here = [one.staff for one in room.rota if one.staff.departed_at is None]
    working = [one.staff for one in room.rota if one.works_on(day)]
    cells = {staff.pk: str(place) for place, staff in enumerate(working, 1)}
    off = [staff for staff in here if staff not in working]
    if off and day.toordinal() % 9 == 0:
        cells[off[0].pk] = "leave"
    services.set_rosters(
        project=room.desk.project,
        days={day: cells},
        seen=2**31,
        by=room.desk.supervisor,
        now=now,
        key=uuid4(),
    )


def plan_ahead(room: Room, now: datetime) -> None:
    """This day, should it have no morning in the story, and the coming ones."""
    days = list(days_from(now.date(), AHEAD + 1))
    planned = {roster.day for roster in rosters_of(room.desk.project, days[0], days[-1])}
    for day in days:
        if day not in planned:
            plan_day(room, day, now)


def greet(
    room: Room,
    client: Client,
    agent: Colleague,
    at: datetime,
    *,
    asked_for: Staff | None,
    steered: bool,
) -> Arrival:
    """A group comes and this agent receives it, by the order or past it as the counter has it."""
    desk, greeter = room.desk, room.desk.receptionist
    serving = [one.arrival for one in counter_day(desk.project, at).serving
               if one.agent == agent.staff]  # fmt: skip
    for before in serving:
        services.finish(arrival=before, by=greeter, now=at, key=uuid4())
    arrival = services.log_arrival(
        project=desk.project,
        people=1 + int(client.number[-1]) % 3,
        before="first" if client.lead_id is None else "returning",
        asked_for=asked_for,
        by=greeter,
        now=at,
        key=uuid4(),
    )
    for _ in range(len(room.rota) + 2):
        call = counter_day(desk.project, at).calls_by_group()[arrival.pk]
        if call.agent == agent.staff:
            break
        told: dict[str, Any] = {"arrival": arrival, "now": at, "key": uuid4()}
        if steered or call.agent is None or asked_for == agent.staff:
            by = greeter if steered or asked_for == agent.staff else desk.supervisor
            reason = "客戶願意等" if asked_for == agent.staff else "看他剛好在旁邊"
            services.direct(**told, agent=agent.staff, reason=reason, by=by)
        else:
            reason = BoardFact.Reason.OFFICE
            services.skip(**told, agent=call.agent, reason=reason, by=greeter)
    services.begin(arrival=arrival, agent=agent.staff, by=greeter, now=at, key=uuid4())
    return arrival


def end(arrival: Arrival, by: Staff, at: datetime) -> None:
    """The reception is over, unless it ended when the next one began."""
    services.finish(arrival=arrival, by=by, now=at, key=uuid4())


def key_of(arrival: Arrival | None) -> UUID:
    """The key under which the reception is written down."""
    return uuid4() if arrival is None else arrival.reception_key
