"""The list of clients and the bell."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from disputes.models import Case
from leads.models import Kind, Lead, Notification, Project, Role, Staff
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Project:
    return ProjectFactory(preset__settings={"collision_by": "supervisor"})


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def wu(office: Project) -> Staff:
    return StaffFactory(project=office, name="吳承翰")


@pytest.fixture
def boss(office: Project) -> Staff:
    return StaffFactory(project=office, name="梁國棟", role=Role.SUPERVISOR)


def ago(days: float = 0) -> datetime:
    return timezone.now() - timedelta(days=days)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def names(response: Any) -> list[str]:
    return [row["called"].name for row in response.context["rows"]]


@pytest.fixture
def clients(lin: Staff, wu: Staff, office: Project) -> None:
    visit(lin, ago(3), phone="138 0013 8000", name="沈國樑", project=office)
    visit(lin, ago(13), phone="138 0013 8765", name="蔡明峰", project=office, kind=Kind.CALL)
    visit(lin, ago(40), phone="138 0013 8002", name="何靜雯", project=office)
    visit(lin, ago(1), name="灰色休旅車", project=office)
    visit(wu, ago(2), phone="139 1620 7754", name="羅志豪", project=office)
    visit(wu, ago(4), phone="136 0000 1111", name="高佩珊", project=office)
    visit(lin, ago(3.5), phone="136 0000 1111", project=office)


def test_an_agent_sees_his_own(client: Client, lin: Staff, clients: None) -> None:
    client.force_login(lin)
    response = client.get("/leads/")
    assert names(response) == ["灰色休旅車", "沈國樑", "蔡明峰"]
    page = text(response)
    assert "你名下的客戶，3 位" in page
    assert "歸屬人</th>" not in page
    assert "138****8000" in page
    assert "13800138000" not in page
    assert "首次接待" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "沈"}, ["沈國樑"]),
        ({"q": "8765"}, ["蔡明峰"]),
        ({"q": "１３８-００１３-８０００"}, ["沈國樑"]),
        ({"q": "80"}, []),
        ({"q": "羅志豪"}, []),
        ({"q": "13916207754"}, []),
        ({"state": "lapsing"}, ["蔡明峰"]),
        ({"state": "valid"}, ["灰色休旅車", "沈國樑", "蔡明峰"]),
        ({"state": "contested"}, []),
        ({"channel": "call"}, ["蔡明峰"]),
        ({"channel": "visit"}, ["灰色休旅車", "沈國樑"]),
        ({"since": "7"}, ["灰色休旅車", "沈國樑"]),
        ({"sort": "until", "q": "138"}, []),
        ({"owner": "1", "state": "lapsed"}, None),
    ],
)
def test_filters_of_an_agent(
    client: Client, lin: Staff, clients: None, query: dict[str, str], expected: list[str] | None
) -> None:
    client.force_login(lin)
    response = client.get("/leads/", query)
    assert response.status_code == 200
    if expected is None:
        assert set(names(response)) <= {"灰色休旅車", "沈國樑", "蔡明峰"}
    else:
        assert names(response) == expected
    if not names(response):
        assert "沒有符合條件的客戶" in text(response)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"沈國樑", "蔡明峰", "何靜雯", "灰色休旅車", "羅志豪", "高佩珊"}),
        ({"state": "lapsed"}, {"何靜雯"}),
        ({"state": "contested"}, {"高佩珊"}),
        ({"state": "lapsing"}, {"蔡明峰"}),
        ({"q": "羅"}, {"羅志豪"}),
    ],
)
def test_who_oversees_sees_all(
    client: Client, boss: Staff, clients: None, query: dict[str, str], expected: set[str]
) -> None:
    client.force_login(boss)
    response = client.get("/leads/", query)
    assert set(names(response)) == expected
    assert "歸屬人" in text(response)


def test_by_owner(client: Client, boss: Staff, wu: Staff, clients: None) -> None:
    client.force_login(boss)
    assert set(names(client.get("/leads/", {"owner": wu.pk}))) == {"羅志豪", "高佩珊"}


def test_what_lapsed_by_the_calendar_alone_is_not_shown_as_owned(
    client: Client, boss: Staff, lin: Staff, office: Project
) -> None:
    visit(lin, ago(40), phone="138 0013 8002", name="何靜雯", project=office)
    assert Lead.objects.get().owner == lin  # nobody has refreshed the projection
    client.force_login(boss)
    row = client.get("/leads/").context["rows"][0]
    assert (row["owned"], row["until"]) == (False, None)


def test_order_and_pages(client: Client, lin: Staff, office: Project) -> None:
    for number in range(30):
        visit(lin, ago(number / 2), phone=f"138 0013 {8000 + number}", project=office)
    client.force_login(lin)
    assert len(client.get("/leads/").context["rows"]) == 25
    assert len(client.get("/leads/?page=2").context["rows"]) == 5
    days = [row["until"] for row in client.get("/leads/?sort=until").context["rows"]]
    assert days == sorted(days)
    turned = [row["until"] for row in client.get("/leads/?sort=-until").context["rows"]]
    assert turned == sorted(turned, reverse=True)


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.AUDITOR])
@pytest.mark.parametrize("few", [1, 25])
def test_the_number_of_queries_does_not_grow(
    client: Client, lin: Staff, office: Project, role: str, few: int
) -> None:
    for number in range(few):
        visit(lin, ago(number / 2), phone=f"138 0013 {8000 + number}", project=office)
    reader = lin if role == Role.AGENT else StaffFactory(project=office, role=role)
    client.force_login(reader)
    client.get("/leads/")
    with CaptureQueriesContext(connection) as shown:
        client.get("/leads/", {"state": "valid", "q": "8000"})
    assert len(shown.captured_queries) <= 12, [q["sql"][:90] for q in shown.captured_queries]


def test_empty_lists_say_what_to_do(client: Client, lin: Staff, boss: Staff) -> None:
    client.force_login(lin)
    assert "你名下還沒有客戶" in text(client.get("/leads/"))
    client.force_login(boss)
    assert "這個專案還沒有客戶" in text(client.get("/leads/"))


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.MANAGEMENT_OFFICE])
def test_others_have_no_list(client: Client, office: Project, role: str) -> None:
    client.force_login(StaffFactory(project=office, role=role))
    assert client.get("/leads/").status_code == 403


# ── The bell ──


def note(
    reader: Staff, text: str = "案件 %(case)s 已有結果：客戶不歸你。", **given: Any
) -> Notification:
    return Notification.objects.create(
        staff=reader, text=text, values={"case": "C-0001"}, url="/my-cases/",
        created_at=timezone.now(), **given,
    )  # fmt: skip


def test_the_bell(client: Client, lin: Staff, wu: Staff) -> None:
    mine, his = note(lin), note(wu)
    client.force_login(lin)
    page = text(client.get("/notes/"))
    assert "案件 C-0001 已有結果：客戶不歸你。" in page
    opened = client.post("/notes/", {"note": mine.pk})
    assert (opened.status_code, opened["Location"]) == (302, "/my-cases/")
    mine.refresh_from_db()
    assert mine.read_at is not None
    assert client.post("/notes/", {"note": his.pk}).status_code == 404
    his.refresh_from_db()
    assert his.read_at is None


def test_all_notes_at_once(client: Client, lin: Staff, wu: Staff) -> None:
    for _ in range(40):
        note(lin)
    his = note(wu)
    client.force_login(lin)
    assert len(client.get("/notes/").context["page_obj"]) == 30
    client.post("/notes/")
    assert not Notification.objects.filter(staff=lin, read_at=None).exists()
    his.refresh_from_db()
    assert his.read_at is None
    assert "全部標為已讀" in text(client.get("/notes/"))


def test_what_happened_is_said_in_words(
    client: Client, lin: Staff, wu: Staff, boss: Staff, office: Project
) -> None:
    visit(lin, ago(3), phone="138 0013 8000", project=office)
    visit(wu, ago(2), phone="138 0013 8000", project=office)
    case = Case.objects.get()
    client.force_login(boss)
    page = text(client.get("/notes/"))
    assert f"有新案件待審：{case}。" in page
    opened = client.post("/notes/", {"note": Notification.objects.get(staff=boss).pk})
    assert opened["Location"] == f"/cases/{case.pk}/"


def test_an_empty_bell(client: Client, lin: Staff) -> None:
    client.force_login(lin)
    assert "沒有通知" in text(client.get("/notes/"))
