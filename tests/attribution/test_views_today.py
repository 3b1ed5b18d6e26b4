"""Today: the agent's clients by days left, and the outcomes of a call that save at a tap."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attribution.policy.calendar import add_days, add_months
from leads.models import ContactEvent, Kind, Lead, Project, Role, Staff
from leads.services import link_people, record_follow_up
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def web(client: Client, lin: Staff) -> Client:
    client.force_login(lin)
    return client


def ago(days: float = 0) -> datetime:
    return timezone.now() - timedelta(days=days)


def call(agent: Staff, days: float, office: Project, **given: Any) -> Lead:
    """A client who called so many days ago: valid for fifteen."""
    event = visit(agent, ago(days), project=office, kind=Kind.CALL, **given)
    return Lead.objects.select_related("project").get(pk=event.lead_id)


def numbers() -> Any:
    return (f"138 0013 {8000 + n}" for n in range(1000))


def today(office: Project) -> date:
    return timezone.now().astimezone(office.zone).date()


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_an_empty_day_says_what_to_do(web: Client) -> None:
    page = text(web.get("/today/"))
    assert "你名下還沒有客戶" in page
    assert "記一筆" in page


def test_groups_by_days_left(web: Client, lin: Staff, office: Project) -> None:
    phone = numbers()
    for days in (15, 13, 12, 5, 0):
        call(lin, days, office, phone=next(phone), name=f"來電{days}")
    call(lin, 16, office, phone=next(phone), name="已經過了")
    response = web.get("/today/")
    rows = [row for row, _key in response.context["rows"]]
    assert [(row.called.name, row.group) for row in rows] == [
        ("來電15", "today"),
        ("來電13", "soon"),
        ("來電12", "soon"),
        ("來電5", "later"),
        ("來電0", "later"),
    ]
    counts = response.context["counts"]
    assert (counts.everything, counts.today, counts.soon) == (5, 1, 2)
    page = text(response)
    assert "1 位今天到期，2 位三天內到期" in page
    assert "已經過了" not in page


def test_a_row_says_what_one_more_follow_up_gives(web: Client, lin: Staff, office: Project) -> None:
    lead = call(lin, 13, office, phone="138 0013 8000")
    row = web.get("/today/").context["rows"][0][0]
    assert row.last_day == add_days(ago(13).astimezone(office.zone).date(), 15)
    assert row.extends_to == add_months(row.last_day, 1)
    record_follow_up(
        lead_id=lead.pk, agent=lin, at=ago(5), outcome="reached", by=lin, now=ago(5), key=uuid4()
    )
    response = web.get("/today/")
    again = response.context["rows"][0][0]
    assert again.last_day == row.extends_to
    assert (again.extends_to, again.prospect.why) == (None, "extended_this_period")
    assert again.prospect.from_day == row.last_day + timedelta(days=1)
    assert "起的追訪才再順延" in text(response)


def test_what_a_row_promises_is_what_the_follow_up_does(
    web: Client, lin: Staff, office: Project
) -> None:
    lead = call(lin, 13, office, phone="138 0013 8000")
    row, key = web.get("/today/").context["rows"][0]
    web.post(f"/leads/{lead.pk}/follow-up/", {"outcome": "family", "key": key})
    lead.refresh_from_db()
    assert lead.valid_until == row.extends_to


def test_a_party_stands_there_once(web: Client, lin: Staff, office: Project) -> None:
    one = call(lin, 3, office, phone="138 0013 8000", name="先生")
    two = call(lin, 2, office, phone="138 0013 8001", name="太太")
    link_people(lead_id=two.pk, other_id=one.pk, relation="family", by=lin, now=ago(1), key=uuid4())
    rows = web.get("/today/").context["rows"]
    assert [row.called.name for row, _key in rows] == ["先生"]


def test_a_client_without_a_number_cannot_be_followed_up(
    web: Client, lin: Staff, office: Project
) -> None:
    lead = call(lin, 13, office, name="灰色休旅車")
    page = text(web.get("/today/"))
    assert "無電話可追訪" in page
    assert "接通本人" not in page
    refused = web.post(f"/leads/{lead.pk}/follow-up/", {"outcome": "reached", "key": uuid4()})
    assert refused.status_code == 422
    assert "沒有電話，無法追訪" in text(refused)
    assert not ContactEvent.objects.filter(kind=Kind.FOLLOW_UP).exists()


def test_without_a_last_day(client: Client) -> None:
    office = ProjectFactory(preset="sales")
    agent = StaffFactory(project=office)
    visit(agent, ago(200), project=office, phone="138 0013 8000")
    client.force_login(agent)
    response = client.get("/today/")
    assert response.context["rows"][0][0].group == "open"
    assert "不失效" in text(response)


@pytest.mark.parametrize("few", [2, 30])
def test_the_number_of_queries_does_not_grow(
    web: Client, lin: Staff, office: Project, few: int
) -> None:
    phone = numbers()
    for number in range(few):
        call(lin, number % 14, office, phone=next(phone))
    web.get("/today/")
    with CaptureQueriesContext(connection) as shown:
        response = web.get("/today/")
    said = [query["sql"][:90] for query in shown.captured_queries]
    assert len(said) <= 12, said
    assert len(response.context["rows"]) == min(few, 20)


def test_pages(web: Client, lin: Staff, office: Project) -> None:
    phone = numbers()
    for number in range(25):
        call(lin, number % 14, office, phone=next(phone))
    assert len(web.get("/today/?page=2").context["rows"]) == 5


def test_only_agents_have_a_day(client: Client, office: Project) -> None:
    client.force_login(StaffFactory(project=office, role=Role.SUPERVISOR))
    assert client.get("/today/").status_code == 403


# ── Follow-ups ──


def follow_up(web: Client, lead: Lead, outcome: str, **more: Any) -> Any:
    return web.post(
        f"/leads/{lead.pk}/follow-up/", {"outcome": outcome, "key": str(uuid4())}, **more
    )


@pytest.mark.parametrize(
    ("outcome", "moves"),
    [("reached", True), ("family", True), ("no_answer", False), ("off", False)],
)
def test_a_tap_saves_and_the_toast_says_what_it_gave(
    web: Client, lin: Staff, office: Project, outcome: str, moves: bool
) -> None:
    lead = call(lin, 13, office, phone="138 0013 8000", name="蔡明峰")
    before = lead.valid_until
    response = follow_up(web, lead, outcome)
    lead.refresh_from_db()
    assert (lead.valid_until != before) is moves
    page = text(web.get(response["Location"]))
    assert ("蔡明峰 延至" in page) is moves
    assert ("期限不變：沒有聯絡到客戶" in page) is not moves


def test_a_tap_on_today_swaps_the_row(web: Client, lin: Staff, office: Project) -> None:
    lead = call(lin, 13, office, phone="138 0013 8000", name="蔡明峰")
    response = follow_up(
        web, lead, "reached", headers={"HX-Request": "true", "HX-Target": f"claim-{lead.pk}"}
    )
    page = text(response)
    assert page.startswith(f'<li class="claim" id="claim-{lead.pk}"')
    assert "蔡明峰 延至" in page
    assert "hx-swap-oob" in page


def test_the_same_tap_twice(web: Client, lin: Staff, office: Project) -> None:
    lead = call(lin, 13, office, phone="138 0013 8000")
    key = str(uuid4())
    for _ in range(2):
        response = web.post(f"/leads/{lead.pk}/follow-up/", {"outcome": "reached", "key": key})
        assert response.status_code == 302
    assert ContactEvent.objects.filter(kind=Kind.FOLLOW_UP).count() == 1


@pytest.mark.parametrize("given", [{}, {"outcome": "maybe"}])
def test_an_unknown_outcome(
    web: Client, lin: Staff, office: Project, given: dict[str, str]
) -> None:
    lead = call(lin, 13, office, phone="138 0013 8000")
    response = web.post(
        f"/leads/{lead.pk}/follow-up/", {"key": str(uuid4()), "note": "約週末", **given}
    )
    page = text(response)
    assert response.status_code == 422
    assert "選一個結果" in page
    assert "約週末" in page


def test_anothers_client_and_nobodys_are_both_not_there(web: Client, office: Project) -> None:
    other = StaffFactory(project=office)
    lead = call(other, 3, office, phone="138 0013 8000")
    lapsed = call(StaffFactory(project=office), 30, office, phone="138 0013 8001")
    for pk in (lead.pk, lapsed.pk, 999_999):
        for address in (f"/leads/{pk}/", f"/leads/{pk}/why/"):
            assert web.get(address).status_code == 404
        assert web.post(f"/leads/{pk}/follow-up/", {"outcome": "reached"}).status_code == 404
        assert web.post(f"/leads/{pk}/phone/").status_code == 404
    assert not ContactEvent.objects.filter(kind=Kind.FOLLOW_UP).exists()
