"""Every page shows the time of its project's office, not the server's nor the last reader's."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.test import Client
from django.utils import timezone

from leads.access import PROJECT_KEY
from leads.models import Assignment, Notification, Project, Role, Staff
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

FAR = "America/Vancouver"


@pytest.fixture
def abroad() -> Project:
    return ProjectFactory(time_zone=FAR)


@pytest.fixture
def lin(abroad: Project) -> Staff:
    return StaffFactory(project=abroad)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def shown(moment: datetime, zone: str = FAR) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def test_a_clients_page_and_the_bell(client: Client, lin: Staff, abroad: Project) -> None:
    came = timezone.now() - timedelta(days=2, minutes=7)
    lead = visit(lin, came, phone="138 0013 8000", project=abroad).lead_id
    Notification.objects.create(staff=lin, text="x", url="/", created_at=came)
    client.force_login(lin)
    assert shown(came) in text(client.get(f"/leads/{lead}/"))
    assert shown(came) in text(client.get("/leads/"))
    assert shown(came) in text(client.get("/notes/"))
    assert timezone.get_current_timezone_name() == "Asia/Shanghai", "nothing is left behind"


def test_today_and_its_last_days(client: Client, lin: Staff, abroad: Project) -> None:
    lead = visit(lin, timezone.now(), phone="138 0013 8000", project=abroad).lead
    assert lead is not None
    client.force_login(lin)
    response = client.get("/today/")
    day = timezone.now().astimezone(abroad.zone)
    assert f"{day.month} 月 {day.day} 日" in text(response)
    assert f"{lead.valid_until:%m-%d} 24:00" in text(response)


def test_the_page_of_a_client_of_another_project(client: Client, lin: Staff) -> None:
    here = ProjectFactory()
    Assignment.objects.create(project=here, staff=lin)
    came = timezone.now() - timedelta(days=1)
    lead = visit(lin, came, phone="138 0013 8000", project=here).lead_id
    client.force_login(lin)
    session = client.session
    session[PROJECT_KEY] = lin.projects.get(time_zone=FAR).pk
    session.save()
    assert shown(came, "Asia/Shanghai") in text(client.get(f"/leads/{lead}/"))


def test_the_counter(client: Client, abroad: Project) -> None:
    client.force_login(StaffFactory(project=abroad, role=Role.RECEPTIONIST))
    response = client.get("/reception/")
    assert f'<span class="push num dim">{shown(response.context["now"])}</span>' in text(response)


def test_an_answer_to_the_second(lin: Staff, abroad: Project) -> None:
    moment = datetime(2026, 5, 12, 2, 24, 6, tzinfo=UTC)
    template = engines["django"].from_string("{% load attribution_panels %}{{ m|clock_seconds }}")
    with timezone.override(abroad.zone):
        assert template.render({"m": moment}) == "19:24:06"
