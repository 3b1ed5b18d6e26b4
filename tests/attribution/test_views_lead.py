"""A client's page: what happened, what it did, why he belongs to whom, as each may know."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from attribution import wording
from attribution.policy.clause import Clause
from attribution.policy.editions import ALL_CLAUSES
from attribution.services import set_policy
from commissions.services import record_deal
from disputes.models import Case
from disputes.services import record_complaint, rule
from leads.models import Disclosure, Kind, Lead, Project, Role, Staff
from leads.services import (
    link_people,
    record_assist,
    record_departure,
    record_follow_up,
    record_notice,
    register_referral,
    reveal_phone,
)
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

PHONE = "138 0013 8000"


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def wu(office: Project) -> Staff:
    return StaffFactory(project=office, name="吳承翰")


@pytest.fixture
def boss(office: Project) -> Staff:
    return StaffFactory(project=office, name="梁國棟", role=Role.SUPERVISOR)


@pytest.fixture
def web(client: Client, lin: Staff) -> Client:
    client.force_login(lin)
    return client


def ago(days: float = 0) -> datetime:
    return timezone.now() - timedelta(days=days)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def follow_up(lead: int | None, agent: Staff, days: float, outcome: str = "reached") -> None:
    assert lead is not None
    record_follow_up(
        lead_id=lead, agent=agent, at=ago(days), outcome=outcome, by=agent, now=ago(days),
        key=uuid4(),
    )  # fmt: skip


@pytest.fixture
def story(lin: Staff, wu: Staff, office: Project) -> Lead:
    """Wu received first and let it lapse; Lin received then, and followed up."""
    lead = visit(wu, ago(70), phone=PHONE, name="沈國樑", project=office, note="吳的筆記").lead_id
    follow_up(lead, wu, 50, "no_answer")
    follow_up(lead, wu, 35)
    visit(lin, ago(20), phone=PHONE, project=office, companions="夫婦二人")
    follow_up(lead, lin, 10, "off")
    follow_up(lead, lin, 8)
    return Lead.objects.get(pk=lead)


def test_the_timeline_says_what_each_fact_did(web: Client, story: Lead, wu: Staff) -> None:
    page = text(web.get(f"/leads/{story.pk}/"))
    assert "沈國樑" in page
    assert "來訪接待" in page
    assert "夫婦二人" in page
    assert "只留紀錄" in page
    assert "到期之後，無效" in page
    assert "甲的有效期限屆滿" in page
    assert "無人歸屬" in page
    assert "歸林若晴，至" in page
    assert "138****8000" in page
    assert wu.name not in page
    assert "吳的筆記" not in page
    assert "姓名遮蔽" in page


def test_the_reasons(web: Client, story: Lead, wu: Staff) -> None:
    response = web.get(f"/leads/{story.pk}/why/")
    page = text(response)
    assert "怎麼得出的" in page
    assert "當時無人歸屬" in page
    assert "自舊末日順延至" in page
    assert "差一次在" in page
    assert "什麼會改變結果" in page
    assert "無人歸屬；下次誰接待歸誰" in page
    assert "今天會歸" in page or "今天會" in page
    assert wu.name not in page
    weights = [node.did.weight for node in response.context["history"].nodes]
    assert weights == ["", "no", "no", "no", "on", "no", "on"]


def test_who_oversees_the_project_reads_names(
    client: Client, story: Lead, boss: Staff, wu: Staff
) -> None:
    client.force_login(boss)
    for address in (f"/leads/{story.pk}/", f"/leads/{story.pk}/why/"):
        page = text(client.get(address))
        assert wu.name in page
        assert "姓名遮蔽" not in page
        assert "記追訪" not in page


def test_the_day_that_one_asks_about(web: Client, story: Lead, office: Project) -> None:
    early = ago(60).astimezone(office.zone).date().isoformat()
    response = web.get(f"/leads/{story.pk}/why/", {"on": early})
    assert response.context["owned"].who.letter == "甲"
    between = ago(30).astimezone(office.zone).date().isoformat()
    response = web.get(f"/leads/{story.pk}/why/", {"on": between, "known": between})
    assert response.context["owned"].who is None
    response = web.get(f"/leads/{story.pk}/why/", {"on": "someday"})
    assert response.context["owned"] is None
    assert "寫成年月日" in text(response)
    tomorrow = ago(-2).astimezone(office.zone).date().isoformat()
    response = web.get(f"/leads/{story.pk}/why/", {"known": tomorrow})
    assert "還沒到那一天" in text(response)


def test_filters_of_the_timeline(web: Client, story: Lead) -> None:
    for kind, count in (("all", 7), ("reception", 2), ("follow_up", 4), ("system", 1)):
        response = web.get(f"/leads/{story.pk}/", {"kind": kind})
        assert response.context["page_obj"].paginator.count == count
    oldest = web.get(f"/leads/{story.pk}/", {"order": "old"}).context["page_obj"]
    assert oldest[0].words == "來訪接待"


def test_few_queries_whatever_happened(web: Client, story: Lead, lin: Staff) -> None:
    addresses = (f"/leads/{story.pk}/", f"/leads/{story.pk}/why/")

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as shown:
            web.get(address)
        return len(shown.captured_queries)

    web.get(addresses[0])
    before = [count(address) for address in addresses]
    assert max(before) <= 12
    for _ in range(60):
        follow_up(story.pk, lin, 0)
    assert [count(address) for address in addresses] == before


def test_another_who_waits_behind(web: Client, lin: Staff, wu: Staff, office: Project) -> None:
    lead = visit(lin, ago(5), phone=PHONE, project=office).lead_id
    visit(wu, ago(2), phone=PHONE, project=office)
    page = text(web.get(f"/leads/{lead}/why/"))
    assert "第 2 順位" in page
    assert "要等前面的到期，才輪到他" in page
    assert "接續，至" in page
    assert "審理中" in page
    assert "與別人的有效期限重疊，記為撞單" in page
    assert wu.name not in page


def test_after_a_ruling(web: Client, lin: Staff, wu: Staff, boss: Staff, office: Project) -> None:
    lead = visit(wu, ago(5), phone=PHONE, project=office).lead_id
    visit(lin, ago(2), phone=PHONE, project=office)
    case = Case.objects.get()
    rule(
        case_id=case.pk, version=case.version, owner=lin, reason="吳承翰未追訪", by=boss,
        now=ago(1), key=uuid4(),
    )  # fmt: skip
    page = text(web.get(f"/leads/{lead}/why/"))
    assert "裁定終止其他權利，重新起算" in page
    assert "裁定後權利終止" in page
    assert "梁國棟" in page
    for address in (f"/leads/{lead}/", f"/leads/{lead}/why/"):
        assert "吳承翰" not in text(web.get(address))


def test_everything_that_can_happen_has_words(
    client: Client, lin: Staff, wu: Staff, boss: Staff, office: Project
) -> None:
    """Receptions for another, notices, links, complaints, departures, deals: all in one story."""
    chen = StaffFactory(project=office, name="陳柏宇")
    event = register_referral(
        project=office, agent=lin, name="葉先生", traits="高個子", phone=PHONE, by=lin,
        now=ago(40), key=uuid4(),
    )  # fmt: skip
    lead = event.lead_id
    assert lead is not None
    visit(wu, ago(30), phone=PHONE, project=office, kind=Kind.BROCHURE)
    record_notice(lead_id=lead, agent=wu, at=ago(29), by=wu, now=ago(29), key=uuid4())
    visit(wu, ago(28), phone=PHONE, project=office, kind=Kind.CALL)
    record_assist(
        project=office, lead_id=lead, agent=chen, owner=lin, at=ago(20), by=chen, now=ago(20),
        key=uuid4(), handover=False,
    )  # fmt: skip
    other = visit(chen, ago(15), phone="139 1620 7754", name="葉太太", project=office).lead_id
    assert other is not None
    link_people(lead_id=other, other_id=lead, relation="family", by=boss, now=ago(14), key=uuid4())
    record_complaint(lead_id=lead, about=lin, by=boss, now=ago(10), key=uuid4())
    record_complaint(lead_id=lead, about=lin, finding="unfounded", by=boss, now=ago(9), key=uuid4())
    record_deal(
        lead_id=lead, agent=wu, unit="3-1202", price_cents=100, at=ago(3), by=boss, now=ago(3),
        key=uuid4(),
    )  # fmt: skip
    record_departure(staff=chen, at=ago(2), by=boss, now=ago(2))
    reveal_phone(phone=Lead.objects.get(pk=lead).people.get().phones.get(), by=boss, now=ago(1))
    client.force_login(boss)
    for address in (f"/leads/{lead}/", f"/leads/{lead}/why/", f"/leads/{other}/why/"):
        response = client.get(address)
        assert response.status_code == 200
        page = text(response)
        for words in ("介紹登記", "為登記人接待", "到訪之前沒有最後有效日"):
            assert address.endswith("why/") or words in page or words.startswith("到訪")
    timeline = text(client.get(f"/leads/{lead}/"))
    for words in (
        "為林若晴義務接待",
        "被告知",
        "關係連結",
        "客戶投訴林若晴",
        "認購",
        "顯示了完整電話",
    ):
        assert words in timeline
    client.force_login(lin)
    page = text(client.get(f"/leads/{lead}/why/"))
    assert wu.name not in page
    assert chen.name not in page


def test_a_client_of_an_agent_who_left(
    client: Client, lin: Staff, boss: Staff, office: Project
) -> None:
    lead = visit(lin, ago(5), phone=PHONE, project=office).lead_id
    record_departure(staff=lin, at=ago(1), by=boss, now=ago(1))
    client.force_login(boss)
    page = text(client.get(f"/leads/{lead}/why/"))
    assert "目前無人歸屬" in page
    assert "原顧問離職，等主管安排" in page
    assert "林若晴離職" in page


def test_a_revealed_number_is_logged(web: Client, lin: Staff, story: Lead) -> None:
    response = web.post(f"/leads/{story.pk}/phone/")
    assert "138 0013 8000" in text(response)
    assert "no-store" in response["Cache-Control"]
    shown = Disclosure.objects.get()
    assert (shown.staff, shown.lead, shown.kind) == (lin, story, Disclosure.Kind.PHONE)
    fragment = web.post(f"/leads/{story.pk}/phone/", headers={"HX-Request": "true"})
    assert "<html" not in text(fragment)
    assert "顯示了完整電話" in text(web.get(f"/leads/{story.pk}/"))
    assert web.get(f"/leads/{story.pk}/phone/").status_code == 405


def test_a_lead_of_another_project_can_be_opened(client: Client, wu: Staff) -> None:
    away = ProjectFactory()
    agent = StaffFactory(project=away)
    agent.projects.add(wu.projects.get())
    lead = visit(agent, ago(2), phone=PHONE, project=away).lead_id
    client.force_login(agent)
    assert client.get(f"/leads/{lead}/").status_code == 200


# ── The policy page ──


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_read_the_policy(client: Client, office: Project, role: str) -> None:
    client.force_login(StaffFactory(project=office, role=role))
    response = client.get("/policy/")
    page = text(response)
    assert response.status_code == 200
    for clause in ALL_CLAUSES:
        assert f'id="{clause.id.replace("/", "-").replace(".", "-")}"' in page
        assert clause.statement.hant in page
    with CaptureQueriesContext(connection) as shown:
        client.get("/policy/")
    assert len(shown.captured_queries) <= 12


@pytest.mark.parametrize(("preset", "off"), [("house", 0), ("sales", 11), ("leasing", 5)])
def test_what_is_in_force_depends_on_the_preset(client: Client, preset: str, off: int) -> None:
    office = ProjectFactory(preset=preset)
    client.force_login(StaffFactory(project=office))
    parts = client.get("/policy/").context["parts"]
    states = [clause.state for _part, clauses in parts for clause in clauses]
    assert len(states) == len(ALL_CLAUSES)
    assert states.count("off") == off


def test_changed_numbers_are_shown(client: Client, office: Project, boss: Staff) -> None:
    now = timezone.now()
    set_policy(
        project=office, preset="house", settings={"call_days": 20}, effective_from=now,
        by=boss, now=now,
    )  # fmt: skip
    client.force_login(boss)
    response = client.get("/policy/")
    page = text(response)
    assert "20 天" in page
    assert response.context["changed"] == frozenset({"call_validity"})
    assert "已改" in page


def test_the_policy_speaks_the_readers_language(client: Client, office: Project) -> None:
    client.force_login(StaffFactory(project=office))
    with translation.override("zh-hant"):
        page = text(client.get("/policy/", headers={"Accept-Language": "en"}))
    assert "The agent who first receives the client on site owns him" in page


# ── Words ──


def test_every_clause_can_be_cited_with_its_statement() -> None:
    for clause in ALL_CLAUSES:
        assert wording.statement(clause.id) == clause.statement.hant
    assert wording.statement("needs/1") == ""


def test_every_reading_cites_known_clauses() -> None:
    assert len(wording.READINGS) == 16
    for reading in wording.READINGS:
        assert set(reading.clauses) <= set(wording.CLAUSES)
        assert set(reading.parameters) <= set(wording.PARAMETERS)


def test_every_why_of_the_clauses_has_words() -> None:
    """What a clause can answer is written in its source; each answer has a sentence here."""
    import ast
    import inspect
    import sys

    known = {
        "Bar": wording.BARRED,
        "Grant": wording.GRANTED,
        "Flag": wording.FLAGGED,
        "Reading": wording.BASES,
    }
    sources = {sys.modules[clause.__module__] for clause in ALL_CLAUSES}
    sources.add(sys.modules[Clause.__module__])
    found = 0
    for module in sources:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in known:
                continue
            place = {"Bar": 0, "Grant": 1, "Flag": 1, "Reading": 0}[node.func.id]  # type: ignore[attr-defined]
            for each in ast.walk(node.args[place]):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    found += 1
                    assert each.value in known[node.func.id], each.value  # type: ignore[attr-defined]
    assert found > 30
