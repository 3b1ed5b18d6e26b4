"""The pages of needs: who sees which, in how few queries; what is typed wrong is kept and told."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.models import (
    Lead,
    Need,
    NeedItem,
    Offer,
    PlanStep,
    ProfileEntry,
    Project,
    PurchasePlan,
    Role,
    Staff,
    Viewing,
)
from leads.needs import services
from tests.factories import LEVELS, ProjectFactory, StaffFactory, goes_on, improved, visit, wants

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def gu(office: Project) -> Staff:
    return StaffFactory(project=office, name="顧思敏", role=Role.MANAGEMENT_OFFICE)


@pytest.fixture
def lead(lin: Staff) -> Lead:
    return client_of(lin)


def client_of(agent: Staff, phone: str = "139 0000 4242", name: str = "沈國樑") -> Lead:
    at = timezone.now() - timedelta(days=9)
    found = visit(agent, at, phone=phone, name=name, project=agent.projects.get()).lead
    assert found is not None
    return found


def as_(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def queries(browser: Client, path: str) -> int:
    browser.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


def test_an_agent_writes_down_what_his_client_wants(lin: Staff, lead: Lead) -> None:
    browser = as_(lin)
    form = browser.get(f"/leads/{lead.pk}/needs/new/").context["form"]
    lifts = NeedItem.objects.get(code="lifts")
    given = {"item": lifts.pk, "source": "reception", "key": form["key"].value()}
    refused = browser.post(f"/leads/{lead.pk}/needs/new/", {**given, "floor": 5, "expected": 3})
    assert refused.status_code == 422
    assert "照客戶說的寫" in text(refused)
    assert "底線不會高於期望" in text(refused)
    for _ in range(2):
        saved = browser.post(f"/leads/{lead.pk}/needs/new/", {**given, "words": "等太久"})
        assert saved.headers["Location"] == f"/leads/{lead.pk}/needs/"
    need = Need.objects.get()
    assert (need.lead, need.words, need.state) == (lead, "等太久", "identified")
    assert "等太久" in text(browser.get(f"/leads/{lead.pk}/needs/"))


def test_an_item_of_no_list_is_refused(lin: Staff, lead: Lead) -> None:
    given = {"item": 10**9, "source": "reception", "words": "等太久", "key": uuid4()}
    refused = as_(lin).post(f"/leads/{lead.pk}/needs/new/", given)
    assert refused.status_code == 422
    assert "不在本專案的清單裡" in text(refused)
    assert "等太久" in text(refused)


def test_the_office_carries_out_and_the_client_confirms(lin: Staff, gu: Staff, lead: Lead) -> None:
    need = wants(lin, lead, ago(8), **LEVELS)
    path, today = f"/needs/{need.pk}/", timezone.now().date().isoformat()
    browser = as_(gu)

    def press(by: Client, act: str, **given: Any) -> Any:
        need.refresh_from_db()
        return by.post(path, {"act": act, "seen": need.number, "key": uuid4(), **given})

    refused = press(browser, "plan", measure="更換鋼索")
    assert refused.status_code == 422
    assert "選一位負責人" in text(refused)
    assert "更換鋼索" in text(refused)
    plan = {"measure": "更換鋼索", "responsible": gu.pk, "due": today}
    assert press(browser, "plan", **plan).status_code == 302
    assert press(browser, "start").status_code == 302
    assert press(browser, "finish", done=today).status_code == 302
    assert "待驗證" in text(browser.get("/needs/?due=verify"))
    agent = as_(lin)
    assert press(agent, "close", note="算了").status_code == 422
    told = {"done": today, "after": 4, "confirmation": "satisfied"}
    assert press(agent, "verify", **told).status_code == 302
    assert press(browser, "close").status_code == 302
    need.refresh_from_db()
    assert (need.state, need.perceived, need.after) == ("closed", 2, 4)
    assert need.number == 6


def test_a_stale_form_is_told_so_and_keeps_what_was_typed(
    lin: Staff, gu: Staff, lead: Lead
) -> None:
    need = wants(lin, lead, ago(8))
    goes_on(need, "analyse", lin, ago(7), **LEVELS)
    late = {"act": "analyse", "seen": 1, "key": uuid4(), **LEVELS, "note": "我也問過了"}
    refused = as_(gu).post(f"/needs/{need.pk}/", late)
    assert refused.status_code == 422
    assert "已有新的一步" in text(refused)
    assert "我也問過了" in text(refused)
    assert Need.objects.get().number == 2


def test_an_agent_sees_and_writes_only_for_his_own_clients(
    office: Project, lin: Staff, lead: Lead
) -> None:
    need = wants(lin, lead, ago(8))
    told: dict[str, Any] = {"lead_id": lead.pk, "by": lin, "now": ago(8)}
    step = services.add_plan_step(text="約看夜景", due=ago(0).date(), key=uuid4(), **told)
    offer = services.make_offer(kind="rent_free", months=2, day=ago(8).date(), key=uuid4(), **told)
    other = as_(StaffFactory(project=office))
    nobody = 10**9
    for theirs, none in (
        (f"/leads/{lead.pk}/needs/", f"/leads/{nobody}/needs/"),
        (f"/leads/{lead.pk}/plan/", f"/leads/{nobody}/plan/"),
        (f"/needs/{need.pk}/", f"/needs/{nobody}/"),
        (f"/offers/{offer.pk}/answer/", f"/offers/{nobody}/answer/"),
    ):
        shown = [other.get(path) for path in (theirs, none)]
        assert [answer.status_code for answer in shown] == [404, 404]
        posted = [other.post(path, {"key": uuid4()}) for path in (theirs, none)]
        assert {answer.status_code for answer in posted} <= {404, 405}
    assert other.post(f"/plan-steps/{step.pk}/end/", {"key": uuid4()}).status_code == 404
    assert "早上等電梯" not in text(other.get("/needs/"))
    assert "約看夜景" not in text(other.get("/today/"))
    assert "約看夜景" in text(as_(lin).get("/today/"))


def test_the_management_office_learns_words_and_no_client(
    gu: Staff, lin: Staff, lead: Lead
) -> None:
    need = wants(lin, lead, ago(8))
    buying = wants(lin, lead, ago(8), "motive", words="孩子明年上小學")
    browser = as_(gu)
    for path in ("/needs/", f"/needs/{need.pk}/"):
        shown = text(browser.get(path))
        assert "早上等電梯" in shown
        for secret in ("沈國樑", "林若晴", str(lead), "4242", f"/leads/{lead.pk}/", "孩子明年"):
            assert secret not in shown
    assert "銷售現場" in text(browser.get(f"/needs/{need.pk}/"))
    assert browser.get(f"/needs/{buying.pk}/").status_code == 404
    assert browser.get(f"/leads/{lead.pk}/needs/").status_code == 403
    assert "購買動機" not in text(browser.get("/needs/new/"))


def test_an_agent_does_not_learn_which_colleague_held_his_client_before(
    office: Project, lin: Staff, lead: Lead
) -> None:
    before = StaffFactory(project=office, name="周伯言")
    need = wants(before, lead, ago(8))
    shown = text(as_(lin).get(f"/needs/{need.pk}/"))
    assert "周伯言" not in shown
    assert "同事" in shown


def test_the_office_writes_down_what_it_hears_itself(gu: Staff) -> None:
    browser = as_(gu)
    item = NeedItem.objects.get(code="repairs")
    said = {"item": item.pk, "words": "門鎖壞了", "source": "repair", "place": "3 棟"}
    given = {**said, "said_on": ago(2).date().isoformat(), "key": uuid4()}
    answer = browser.post("/needs/new/", given)
    need = Need.objects.get()
    assert answer.headers["Location"] == f"/needs/{need.pk}/"
    assert (need.lead, need.place, need.by) == (None, "3 棟", gu)
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()
    refused = browser.post("/needs/new/", {**given, "said_on": tomorrow, "key": uuid4()})
    assert refused.status_code == 422
    assert "這一天還沒到" in text(refused)


def test_profile_and_plan_are_written_anew(lin: Staff, lead: Lead) -> None:
    browser = as_(lin)
    profile = {"seen": 0, "key": uuid4(), "motives": ["school"], "budget_low": "428萬"}
    refused = browser.post(f"/leads/{lead.pk}/profile/", {**profile, "budget_high": "400萬"})
    assert refused.status_code == 422
    assert "428萬" in text(refused)
    assert browser.post(f"/leads/{lead.pk}/profile/", profile).status_code == 302
    assert ProfileEntry.objects.get().budget_low == 428_000_000
    stale = browser.post(f"/leads/{lead.pk}/profile/", {**profile, "key": uuid4()})
    assert stale.status_code == 422
    assert "已有人更新" in text(stale)
    plan = {"seen": 0, "key": uuid4(), "month": "2027-03", "amount": "4,280,000"}
    refused = browser.post(f"/leads/{lead.pk}/plan/", {**plan, "probability": 130})
    assert refused.status_code == 422
    assert browser.post(f"/leads/{lead.pk}/plan/", {**plan, "probability": 60}).status_code == 302
    assert PurchasePlan.objects.get().amount == 428_000_000
    shown = text(browser.get(f"/leads/{lead.pk}/needs/"))
    assert "子女就學" in shown
    assert "2027-03" in shown
    assert "來訪 1 次" in shown


def test_steps_viewings_and_offers_stand_on_the_clients_page(lin: Staff, lead: Lead) -> None:
    browser, path = as_(lin), f"/leads/{lead.pk}/buying/"
    day = timezone.now().date().isoformat()
    for act, wrong, right in (
        ("step", {"text": ""}, {"text": "送按揭試算", "due": day}),
        ("viewing", {"day": day}, {"day": day, "unit": "3 棟 1202"}),
        (
            "offer",
            {"kind": "discount", "day": day},
            {"kind": "discount", "day": day, "percent": 2.5},
        ),
    ):
        key = uuid4()
        assert browser.post(path, {"act": act, "key": key, **wrong}).status_code == 422
        for _ in range(2):
            assert browser.post(path, {"act": act, "key": key, **right}).status_code == 302
    assert (PlanStep.objects.count(), Viewing.objects.count()) == (1, 1)
    offer = Offer.objects.get()
    assert offer.permyriad == 250
    answer = {"answer": "considering", "day": day, "key": uuid4()}
    assert browser.post(f"/offers/{offer.pk}/answer/", answer).status_code == 302
    shown = text(browser.get(f"/leads/{lead.pk}/needs/"))
    for said in ("送按揭試算", "3 棟 1202", "2.50%", "考慮中"):
        assert said in shown
    browser.post(f"/plan-steps/{PlanStep.objects.get().pk}/end/", {"key": uuid4()})
    browser.get("/today/")  # The toast says once what was done.
    assert "送按揭試算" not in text(browser.get("/today/"))


def test_the_quick_log_keeps_what_was_spoken_of_with_the_reception(lin: Staff) -> None:
    browser = as_(lin)
    form = browser.get("/log/").context["form"]
    item = NeedItem.objects.get(code="lifts")
    given = {"kind": "visit", "phone": "138 0013 8000", "key": form["key"].value()}
    refused = browser.post("/log/", {**given, "wants_words": "等太久"})
    assert refused.status_code == 422
    assert not Need.objects.exists()
    for _ in range(2):
        browser.post("/log/", {**given, "wants": [item.pk], "wants_words": "等太久"})
    need = Need.objects.get()
    assert need.event is not None
    assert (need.lead, need.at) == (need.event.lead, need.event.at)
    assert (need.words, need.source, need.by) == ("等太久", "reception", lin)


def test_a_manager_keeps_the_list(office: Project, lin: Staff, lead: Lead) -> None:
    browser = as_(StaffFactory(project=office, role=Role.MANAGER))
    added = {"side": "management", "name": "停車秩序", "key": uuid4()}
    assert browser.post("/needs/items/", added).status_code == 302
    assert browser.post("/needs/items/", {**added, "key": uuid4()}).status_code == 422
    item = NeedItem.objects.get(name="停車秩序")
    form = f"/leads/{lead.pk}/needs/new/"
    assert "停車秩序" in text(as_(lin).get(form))
    browser.post("/needs/items/", {"item": item.pk, "do": "retire", "key": uuid4()})
    assert "停車秩序" not in text(as_(lin).get(form))
    browser.post("/needs/items/", {"item": item.pk, "do": "restore", "key": uuid4()})
    assert "停車秩序" in text(as_(lin).get(form))
    foreign = services.add_item(
        project=ProjectFactory(), side="service", name="外語", by=lin, now=ago(1), key=uuid4()
    )
    press = {"item": foreign.pk, "do": "retire", "key": uuid4()}
    assert browser.post("/needs/items/", press).status_code == 404


def test_the_pages_take_few_queries_however_much_there_is(
    office: Project, lin: Staff, gu: Staff, lead: Lead
) -> None:
    need = improved(wants(lin, lead, ago(8)), gu, ago(8))
    boss = StaffFactory(project=office, role=Role.SUPERVISOR)
    pages = [
        (as_(lin), f"/leads/{lead.pk}/needs/"),
        (as_(lin), f"/needs/{need.pk}/"),
        (as_(lin), "/needs/"),
        (as_(gu), "/needs/"),
        (as_(gu), f"/needs/{need.pk}/"),
        (as_(boss), f"/needs/{need.pk}/"),
        (as_(boss), "/needs/"),
    ]
    before = [queries(*page) for page in pages]
    for number in range(8):
        improved(wants(lin, lead, ago(8), "repairs"), gu, ago(8))
        other = client_of(lin, f"139 0000 430{number}", f"客人{number}")
        wants(lin, other, ago(7))
        told: dict[str, Any] = {"lead_id": lead.pk, "by": lin, "now": ago(6)}
        services.add_plan_step(text=f"第 {number} 步", due=ago(0).date(), key=uuid4(), **told)
        services.note_viewing(unit=f"{number} 棟", day=ago(6).date(), key=uuid4(), **told)
    assert [queries(*page) for page in pages] == before
    assert max(before) <= 12, before
