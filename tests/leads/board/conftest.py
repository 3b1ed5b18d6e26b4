"""A counter on a working day: three agents in their order, a greeter, a supervisor."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from leads.board import services
from leads.board.queries import CounterDay, counter_day
from leads.models import Arrival, Project, Role, Staff
from tests.factories import ProjectFactory, StaffFactory


@dataclass
class Counter:
    """Does things at the counter, a minute after the other, and asks who is called."""

    project: Project
    lin: Staff
    wu: Staff
    chen: Staff
    greeter: Staff
    boss: Staff
    now: datetime
    minute: timedelta = field(default=timedelta(seconds=1))

    def tick(self) -> datetime:
        """Some time passes; less than anybody's patience."""
        self.now += self.minute
        return self.now

    def told(self, by: Staff | None = None) -> dict[str, Any]:
        """Who does it, when, and the key of the form."""
        return {"by": by or self.greeter, "now": self.tick(), "key": uuid4()}

    def comes(self, **given: Any) -> Arrival:
        """A group comes."""
        given = {"people": 2, "before": "first", **given}
        return services.log_arrival(project=self.project, **given, **self.told())

    def begins(self, arrival: Arrival, agent: Staff) -> Any:
        """The agent receives it."""
        return services.begin(arrival=arrival, agent=agent, **self.told(agent))

    def day(self) -> CounterDay:
        """The counter now."""
        return counter_day(self.project, self.now)

    def catch_up(self) -> "Counter":
        """After what a page did, which read the clock."""
        self.now = timezone.now()
        return self

    def called(self, arrival: Arrival) -> Staff | None:
        """Who is called for a group now."""
        call = self.day().calls_by_group().get(arrival.pk)
        return None if call is None else call.agent


@pytest.fixture
def counter() -> Counter:
    project = ProjectFactory()
    lin = StaffFactory(project=project, name="林若晴")
    wu = StaffFactory(project=project, name="吳承翰")
    chen = StaffFactory(project=project, name="陳柏宇")
    greeter = StaffFactory(project=project, name="鄭欣怡", role=Role.RECEPTIONIST)
    boss = StaffFactory(project=project, name="梁國棟", role=Role.SUPERVISOR)
    now = timezone.now()
    found = Counter(project, lin, wu, chen, greeter, boss, now - timedelta(minutes=2))
    today = found.now.astimezone(project.zone).date()
    services.set_rosters(
        project=project,
        days={today: {lin.pk: "1", wu.pk: "2", chen.pk: "3"}},
        seen=0,
        **found.told(boss),
    )
    return found


@pytest.fixture
def numbers() -> Iterator[str]:
    return (f"138 0013 {8000 + n}" for n in range(1000))


Enter = Callable[[Staff], Any]
