"""An office with a case, made through the doors."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from attribution.services import set_policy
from disputes.models import Case
from leads.models import Role
from leads.services import record_notice
from tests.factories import ProjectFactory, StaffFactory, visit


@pytest.fixture
def office(db):
    """A project with three agents, a supervisor, a manager and a general manager.

    Its collisions are decided by the supervisor.
    """
    project = ProjectFactory(name="雲棲苑", preset__settings={"collision_by": "supervisor"})
    return SimpleNamespace(
        project=project,
        now=timezone.now(),
        jia=StaffFactory(project=project, name="王思齊"),
        yi=StaffFactory(project=project, name="簡詩涵"),
        bing=StaffFactory(project=project, name="鄧家豪"),
        supervisor=StaffFactory(project=project, name="許文馨", role=Role.SUPERVISOR),
        manager=StaffFactory(project=project, name="何啟明", role=Role.MANAGER),
        general=StaffFactory(project=project, name="高遠", role=Role.GENERAL_MANAGER),
    )


def let_the_supervisor_decide(project, by="supervisor", day=2):
    """Another policy from a day of January on: who decides collisions."""
    since = datetime(2026, 1, day, tzinfo=UTC)
    set_policy(
        project=project,
        preset="house",
        settings={"collision_by": by},
        effective_from=since,
        by=None,
        now=since,
    )
    project.refresh_from_db()


def browser_of(staff):
    """A client logged in as someone."""
    client = Client()
    client.force_login(staff)
    return client


def collide(office, days=5, phone="138 0013 8000", name="葉先生"):
    """Two agents receive one client, the second unknowingly; gives the lead's key."""
    first = visit(office.jia, office.now - timedelta(days=days), phone=phone, name=name)
    visit(office.yi, office.now - timedelta(days=days - 2), phone=phone)
    return first.lead_id


def the_case(lead_id) -> Case:
    return Case.objects.get(lead=lead_id, state=Case.State.OPEN)


def tell(lead_id, agent, at):
    """The agent is shown that another one holds the client."""
    return record_notice(lead_id=lead_id, agent=agent, at=at, by=agent, now=at, key=uuid4())
