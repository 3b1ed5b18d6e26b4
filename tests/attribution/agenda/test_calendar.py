"""The calendar that a telephone reads: what stands in it, who can open it, when it is sent."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from attribution.agenda.queries import SALT, initials, token_of
from attribution.agenda.services import add_step, open_calendar
from leads.models import Kind, Lead, Project, Staff
from leads.services import record_follow_up
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


def address(staff: Staff) -> str:
    feed = open_calendar(staff=staff, by=staff, now=timezone.now())
    return f"/calendar/{token_of(feed)}.ics"


def called(agent: Staff, days: float, phone: str, **given: Any) -> Lead:
    at = timezone.now() - timedelta(days=days)
    event = visit(agent, at, phone=phone, project=agent.projects.get(), kind=Kind.CALL, **given)
    return Lead.objects.get(pk=event.lead_id)


def events(client: Client, path: str) -> dict[str, Any]:
    """The events of a calendar, read back, by their summaries."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    assert calendar["version"] == "2.0"
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_last_days_as_all_day_events_without_name_or_phone(
    client: Client, lin: Staff, office: Project
) -> None:
    lead = called(lin, 10, "138 0013 8000", name="沈國樑", note="很急")
    called(StaffFactory(project=office), 1, "138 0013 8001", name="別人的")
    called(lin, 20, "138 0013 8002", name="過了的")
    add_step(
        project=office, agent=lin, text="帶沈國樑看房", due_on=date(2026, 5, 16), lead_id=lead.pk,
        by=lin, now=timezone.now(), key=uuid4(),
    )  # fmt: skip
    path = address(lin)
    found = events(client, path)
    assert set(found) == {f"{lead} 到期", f"待辦：{lead}"}
    event = found[f"{lead} 到期"]
    assert event["dtstart"].dt == lead.valid_until
    assert not isinstance(event["dtstart"].dt, datetime), "all day, in no time zone"
    assert event["dtend"].dt == event["dtstart"].dt + timedelta(days=1)
    assert str(event["url"]).endswith(f"/leads/{lead.pk}/")
    whole = client.get(path).content.decode()
    for secret in ("沈國樑", "8000", "很急", "帶沈", "別人的", "過了的"):
        assert secret not in whole


def test_initials_where_the_agent_chose_them(client: Client, lin: Staff) -> None:
    called(lin, 10, "138 0013 8000", name="沈國樑")
    nameless = called(lin, 9, "138 0013 8001")
    web = Client()
    web.force_login(lin)
    web.get("/calendar/")
    assert web.post("/calendar/", {"shows": "initials"}).status_code == 302
    assert "S.G.L. 到期" in events(client, address(lin))
    assert nameless.pk
    assert web.post("/calendar/", {"shows": "everything"}).status_code == 422


@pytest.mark.parametrize(
    ("name", "short"),
    [("沈國樑", "S.G.L."), ("Anna Lee", "A.L."), ("", ""), ("13800138000", ""), ("王 Tom", "W.T.")],
)
def test_initials(name: str, short: str) -> None:
    assert initials(name) == short


def test_the_same_is_not_sent_twice_and_a_change_is(client: Client, lin: Staff) -> None:
    lead = called(lin, 10, "138 0013 8000")
    path = address(lin)
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    now = timezone.now()
    record_follow_up(
        lead_id=lead.pk, agent=lin, at=now, outcome="reached", by=lin, now=now, key=uuid4()
    )
    changed = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    [event] = Calendar.from_ical(changed.content).walk("VEVENT")
    [before] = Calendar.from_ical(first.content).walk("VEVENT")
    assert event["uid"] == before["uid"], "the same entry on another day"
    assert event["dtstart"].dt > before["dtstart"].dt
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


def test_an_address_renewed_made_up_or_of_somebody_who_left_is_no_page(
    client: Client, lin: Staff, office: Project
) -> None:
    path = address(lin)
    web = Client()
    web.force_login(lin)
    assert path in web.get("/calendar/").content.decode()
    assert web.post("/calendar/", {"renew": "1"}).status_code == 302
    assert client.get(path).status_code == 404
    fresh = address(lin)
    assert fresh != path
    assert client.get(fresh).status_code == 200
    other = StaffFactory(project=office)
    forged = [
        f"/calendar/{lin.pk}:1.ics",
        f"/calendar/{signing.dumps((lin.pk, 2), salt='another')}.ics",
        f"/calendar/{signing.dumps('text', salt=SALT)}.ics",
        f"/calendar/{signing.dumps((other.pk, 1), salt=SALT)}.ics",
        f"{fresh[:-5]}x.ics",
    ]
    for one in forged:
        assert client.get(one).status_code == 404, one
    lin.is_active = False
    lin.save()
    assert client.get(fresh).status_code == 404


def test_the_address_page_is_the_agents_own(client: Client, lin: Staff, office: Project) -> None:
    client.force_login(StaffFactory(project=office))
    assert address(lin) not in client.get("/calendar/").content.decode()


@pytest.mark.parametrize("few", [1, 15])
def test_the_number_of_queries_does_not_grow(client: Client, lin: Staff, few: int) -> None:
    for number in range(few):
        called(lin, 5, f"138 0013 {8000 + number}", name="沈國樑")
    path = address(lin)
    lin.calendar_feed.shows = "initials"  # type: ignore[attr-defined]
    lin.calendar_feed.save()  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as shown:
        assert len(Calendar.from_ical(client.get(path).content).walk("VEVENT")) == few
    assert len(shown.captured_queries) <= 6
