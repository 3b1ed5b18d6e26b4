"""An agent's next steps: written, done, undone; nobody else's; no client whom he lost."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attribution.agenda.services import add_step
from attribution.models import NextStep
from leads.models import Lead, Project, Staff
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


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def client_of(agent: Staff, name: str, phone: str = "138 0013 8000", days: int = 1) -> Lead:
    at = timezone.now() - timedelta(days=days)
    event = visit(agent, at, phone=phone, name=name, project=agent.projects.get())
    return Lead.objects.get(pk=event.lead_id)


def step(agent: Staff, what: str = "回電", **given: Any) -> NextStep:
    return add_step(
        project=agent.projects.get(), agent=agent, text=what, by=agent, now=timezone.now(),
        key=uuid4(), **given,
    )  # fmt: skip


def test_from_today_and_back_to_it(web: Client, lin: Staff) -> None:
    lead = client_of(lin, "羅志豪")
    form = web.get("/today/").context["step_form"]
    given = {"text": "帶看 3 棟", "due_on": "2026-12-01", "lead": lead.pk, "back": "/today/",
             "key": form["key"].value()}  # fmt: skip
    for _ in range(2):
        response = web.post("/steps/", given)
        assert (response.status_code, response["Location"]) == (302, "/today/")
    assert NextStep.objects.get().lead == lead
    page = text(web.get("/today/"))
    assert "帶看 3 棟" in page
    response = web.post(
        f"/steps/{NextStep.objects.get().pk}/", {}, headers={"HX-Request": "true",
                                                             "HX-Target": "step-1"},
    )  # fmt: skip
    assert "完成了" in text(response)
    assert "<del>帶看 3 棟</del>" in text(response)
    assert "帶看 3 棟" not in text(web.get("/steps/"))
    web.post(f"/steps/{NextStep.objects.get().pk}/", {"reopen": "1", "back": "//evil.example/"})
    assert "帶看 3 棟" in text(web.get("/steps/"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": ""}, "寫下要做什麼"),
        ({"due_on": "soon"}, "日期看不懂"),
        ({"lead": "999999"}, "請從你的客戶裡選"),
        ({"lead": "x"}, "請從你的客戶裡選"),
    ],
)
def test_what_is_wrong_is_said_and_kept(web: Client, wrong: dict[str, str], said: str) -> None:
    response = web.post("/steps/", {"text": "約週末", "key": str(uuid4())} | wrong)
    assert response.status_code == 422
    assert said in text(response)
    assert wrong.get("text") == "" or "約週末" in text(response)
    assert not NextStep.objects.exists()


def test_anothers_step_is_not_there(web: Client, office: Project) -> None:
    theirs = step(StaffFactory(project=office), "祕密")
    assert web.post(f"/steps/{theirs.pk}/").status_code == 404
    assert "祕密" not in text(web.get("/steps/"))
    theirs.refresh_from_db()
    assert theirs.done_at is None


def test_a_client_who_is_gone_has_no_name_in_the_step(web: Client, lin: Staff) -> None:
    lead = client_of(lin, "何靜雯", days=60)
    step(lin, "回電給客戶", lead_id=lead.pk)
    page = text(web.get("/steps/"))
    assert "回電給客戶" in page
    assert "何靜雯" not in page


def test_html_in_a_step_is_text(web: Client, lin: Staff) -> None:
    step(lin, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in text(web.get("/today/"))


@pytest.mark.parametrize("path", ["/today/", "/steps/", "/calendar/"])
@pytest.mark.parametrize("few", [1, 25])
def test_the_number_of_queries_does_not_grow(web: Client, lin: Staff, path: str, few: int) -> None:
    for number in range(few):
        lead = client_of(lin, f"客{number}", phone=f"138 0013 {8000 + number}")
        step(lin, lead_id=lead.pk)
    web.get(path)
    with CaptureQueriesContext(connection) as shown:
        assert web.get(path).status_code == 200
    said = [query["sql"][:90] for query in shown.captured_queries]
    assert len(said) <= 12, said
