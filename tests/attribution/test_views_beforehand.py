"""Registrations of referred people and entries of proxies: whose they are, and what they tell."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attribution.models import Answer
from attribution.queries import decision_on
from attribution.services import set_policy
from leads.models import ContactEvent, Kind, Lead, Notification, Project, Role, Staff
from leads.services import file_proxy, link_people, register_referral, withdraw_registration
from leads.tasks import sweep_notifications
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
PHONE = "138 0013 8000"


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def wu(office: Project) -> Staff:
    return StaffFactory(project=office, name="吳承翰", email="wu@office.example")


@pytest.fixture
def boss(office: Project) -> Staff:
    return StaffFactory(project=office, name="梁國棟", role=Role.SUPERVISOR)


@pytest.fixture
def web(lin: Staff) -> Client:
    return of(lin)


def of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def ago(days: float = 0, minutes: float = 0) -> datetime:
    return timezone.now() - timedelta(days=days, minutes=minutes)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def toast(response: Any) -> str:
    return "".join(str(message) for message in response.wsgi_request._messages._queued_messages)


def register(agent: Staff, project: Project, days: float = 3, **given: Any) -> ContactEvent:
    """An entry made so many days ago."""
    given = {"name": "葉文彬", "traits": "高個子，開白色休旅車", **given}
    return register_referral(
        project=project, agent=agent, by=agent, now=ago(days), key=uuid4(), **given
    )


def typed(project: Project, **given: Any) -> dict[str, Any]:
    opened = ago(minutes=2).astimezone(project.zone).replace(microsecond=0)
    return {"kind": "visit", "opened": opened.isoformat(), "key": str(uuid4()), **given}


def live(web: Client, project: Project, **given: Any) -> Any:
    return web.post("/enquiry/", typed(project, **given), headers=HTMX)


# ── Registering ──


def test_registering_takes_name_and_traits(web: Client, lin: Staff, office: Project) -> None:
    given = {"name": "葉文彬", "traits": "高個子", "phone": "", "key": uuid4()}
    assert web.post("/registrations/new/", given).status_code == 302
    again = web.post("/registrations/new/", given)
    assert again.status_code == 302
    event = ContactEvent.objects.get(kind=Kind.REGISTRATION)
    assert (event.agent, event.details["traits"]) == (lin, "高個子")
    page = text(web.get("/registrations/"))
    assert "葉文彬" in page
    assert "等他來" in page
    assert "到訪時不論誰接待都歸你" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "寫下被介紹的人叫什麼"),
        ({"traits": "  "}, "寫下特徵"),
        ({"phone": "12"}, "這不像電話號碼"),
        ({"introduced_by": "x"}, "請從你的客戶裡選"),
        ({"introduced_by": "999999"}, "請從你的客戶裡選"),
    ],
)
def test_what_is_missing_is_said_and_all_is_kept(
    web: Client, given: dict[str, str], said: str
) -> None:
    full = {"name": "葉文彬", "traits": "高個子", "phone": PHONE, "key": uuid4(), **given}
    response = web.post("/registrations/new/", full)
    assert response.status_code == 422
    assert said in text(response)
    kept = {"葉文彬", "高個子"} - set(given.values()) if "name" not in given else {"高個子"}
    if "traits" in given:
        kept -= {"高個子"}
    assert all(word in text(response) for word in kept)
    assert not ContactEvent.objects.exists()


def test_others_cannot_browse_them(web: Client, wu: Staff, boss: Staff, office: Project) -> None:
    entry = register(wu, office, phone=PHONE)
    for address in ("/registrations/", "/leads/", "/leads/?q=文彬", "/today/"):
        assert "葉文彬" not in text(web.get(address)), address
        assert "高個子" not in text(web.get(address)), address
    key = {"key": uuid4()}
    assert web.post(f"/registrations/{entry.pk}/withdraw/", key).status_code == 404
    assert web.post("/registrations/999999/withdraw/", key).status_code == 404
    assert web.get(f"/leads/{entry.lead_id}/").status_code == 404


def test_one_for_somebody_held_already_is_void_and_says_so(
    web: Client, wu: Staff, office: Project
) -> None:
    visit(wu, ago(3), phone=PHONE, name="蔡明峰", project=office)
    given = {"name": "葉文彬", "traits": "高個子", "phone": PHONE, "key": uuid4()}
    response = web.post("/registrations/new/", given)
    assert "登記無效" in toast(response)
    assert "吳承翰" not in toast(response)
    assert ContactEvent.objects.filter(kind=Kind.NOTICE).count() == 1
    page = text(web.get("/registrations/"))
    assert "登記無效" in page
    assert "蔡明峰" not in page


def test_the_list_shows_age_and_what_became_of_each(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    register(lin, office, days=40, name="舊的")
    came = register(lin, office, days=9, name="來過")
    gone = register(lin, office, days=5, name="撤回")
    visit(wu, ago(1), lead_id=came.lead_id, project=office)
    withdraw_registration(event_id=gone.pk, by=lin, now=ago(1), key=uuid4())
    page = text(web.get("/registrations/"))
    assert "40 天前" in page
    assert "t-lapsing" in page
    assert "已到訪" in page
    assert "已撤回" in page
    assert page.count("/withdraw/") == 1


def test_the_list_takes_few_queries_whatever_its_length(
    web: Client, lin: Staff, office: Project
) -> None:
    counts = []
    for more in (1, 12):
        for number in range(more):
            register(lin, office, name=f"客人{number}")
        with CaptureQueriesContext(connection) as caught:
            web.get("/registrations/")
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1] <= 12


def test_withdrawing_is_a_fact_and_frees_the_person(
    web: Client, lin: Staff, office: Project
) -> None:
    entry = register(lin, office, phone=PHONE)
    given = {"key": uuid4()}
    for _ in range(2):
        assert web.post(f"/registrations/{entry.pk}/withdraw/", given).status_code == 302
    assert ContactEvent.objects.filter(kind=Kind.TAKEN_BACK).count() == 1
    lead = Lead.objects.select_related("project").get(pk=entry.lead_id)
    assert lead.owner is None
    assert decision_on(lead, asof=timezone.now()).owner is None
    assert decision_on(lead, asof=ago(1)).owner == lin.pk
    again = web.post(f"/registrations/{entry.pk}/withdraw/", {"key": uuid4()})
    assert "已經撤回" in toast(again)


def test_who_came_is_not_withdrawn(web: Client, lin: Staff, wu: Staff, office: Project) -> None:
    entry = register(lin, office)
    visit(wu, ago(1), lead_id=entry.lead_id, project=office)
    response = web.post(f"/registrations/{entry.pk}/withdraw/", {"key": uuid4()})
    assert "已經到訪過" in toast(response)
    assert not ContactEvent.objects.filter(kind=Kind.TAKEN_BACK).exists()


# ── Arriving ──


def test_at_the_counter_the_traits_are_asked_and_nobody_is_named(
    web: Client, wu: Staff, office: Project
) -> None:
    register(wu, office)
    nothing = text(live(web, office, phone=PHONE))
    assert "高個子" not in nothing
    page = text(live(web, office, phone=PHONE, name="葉文彬"))
    assert "高個子，開白色休旅車" in page
    assert "是這位嗎" in page
    assert "吳承翰" not in page
    assert "高個子" in text(live(web, office, phone=PHONE, name="叶文彬 先生"))
    for other in ("葉文", "葉先生", "高個子", "葉文彬彬"):
        assert "高個子" not in text(live(web, office, phone=PHONE, name=other)).replace(
            'value="高個子"', ""
        ), other
    assert not ContactEvent.objects.filter(kind=Kind.NOTICE).exists()


def token(response: Any) -> str:
    found: str = response.context["arrivals"][0].token
    return found


def test_confirmed_he_is_received_for_whoever_registered_him(
    web: Client, lin: Staff, wu: Staff, office: Project,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    entry = register(wu, office)
    given = typed(office, phone=PHONE, name="葉文彬")
    offered = web.post("/enquiry/", given, headers=HTMX)
    chosen = {**given, "arrival": token(offered)}
    shown = text(web.post("/enquiry/", chosen, headers=HTMX))
    assert "你是為他接待，不取得歸屬" in shown
    response = web.post("/log/", chosen)
    assert response.status_code == 302
    assert "你是為他接待" in toast(response)
    assert "吳承翰" not in toast(response)
    event = ContactEvent.objects.get(kind=Kind.VISIT)
    assert (event.lead_id, event.agent) == (entry.lead_id, lin)
    lead = Lead.objects.get(pk=entry.lead_id)
    assert lead.owner == wu
    assert lead.valid_until is not None
    assert lead.people.get().phones.get().number == "+8613800138000"
    note = Notification.objects.get(staff=wu)
    assert "葉文彬" in note.text % note.values
    assert "林若晴" in note.text % note.values
    assert sweep_notifications() == 1
    assert mail.outbox[0].to == ["wu@office.example"]
    assert web.post("/log/", chosen).status_code == 302
    assert ContactEvent.objects.filter(kind=Kind.VISIT).count() == 1


def test_only_of_the_same_name_he_is_somebody_else(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    entry = register(wu, office)
    web.post("/log/", typed(office, phone=PHONE, name="葉文彬", arrival=""))
    event = ContactEvent.objects.get(kind=Kind.VISIT)
    assert event.lead_id != entry.lead_id
    assert Lead.objects.get(pk=event.lead_id).owner == lin


def test_the_confirmation_holds_for_one_agent_and_while_he_is_awaited(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    entry = register(wu, office)
    chen = StaffFactory(project=office, name="陳柏宇")
    his = token(live(of(chen), office, phone=PHONE, name="葉文彬"))
    refused = web.post("/log/", typed(office, phone=PHONE, name="葉文彬", arrival=his))
    assert refused.status_code == 409
    mine = token(live(web, office, phone=PHONE, name="葉文彬"))
    withdraw_registration(event_id=entry.pk, by=wu, now=timezone.now(), key=uuid4())
    late = web.post("/log/", typed(office, phone=PHONE, name="葉文彬", arrival=mine))
    assert late.status_code == 409
    assert "已經撤回" in text(late)
    assert "葉文彬" in text(late)
    assert not ContactEvent.objects.filter(kind=Kind.VISIT).exists()


def test_asking_name_after_name_counts_as_enquiries(
    web: Client, wu: Staff, boss: Staff, office: Project
) -> None:
    office.enquiries_a_day = 2
    office.save()
    register(wu, office)
    for name in ("甲乙丙", "丁戊己"):
        live(web, office, name=name)
    assert "高個子" not in text(live(web, office, name="葉文彬"))
    assert Answer.objects.filter(state="refused").exists()
    assert Notification.objects.filter(staff=boss, text__contains="上限").count() == 1


def test_where_the_policy_has_no_registrations_none_is_offered(wu: Staff) -> None:
    office = ProjectFactory(preset="leasing")
    one, two = StaffFactory(project=office), StaffFactory(project=office)
    register(one, office)
    assert "高個子" not in text(live(of(two), office, name="葉文彬"))
    assert "不採提前登記" in text(of(one).get("/registrations/"))


# ── Proxies ──


def asking(office: Project, boss: Staff) -> None:
    """From now on the manager is to acknowledge the entries."""
    now = ago(30)
    set_policy(
        project=office, preset="house", settings={"proxy_acknowledged": True},
        effective_from=now, by=boss, now=now,
    )  # fmt: skip
    office.refresh_from_db()


def test_a_proxy_is_filed_on_ones_own_client(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    mine = visit(lin, ago(3), phone=PHONE, name="秦小姐", project=office).lead_id
    his = visit(wu, ago(3), phone="139 1620 7754", project=office).lead_id
    given = {"circumstances": "替父親看，父親住院", "key": uuid4()}
    assert web.post(f"/leads/{his}/proxy/", given).status_code == 404
    for _ in range(2):
        assert web.post(f"/leads/{mine}/proxy/", given).status_code == 302
    assert (
        ContactEvent.objects.get(kind=Kind.PROXY).details["circumstances"] == "替父親看，父親住院"
    )
    empty = web.post(f"/leads/{mine}/proxy/", {"circumstances": " ", "key": uuid4()})
    assert empty.status_code == 422
    assert "寫明情況備案才有效" in text(empty)


def test_who_views_for_whom_is_asked(web: Client, lin: Staff, wu: Staff, office: Project) -> None:
    buyer = visit(lin, ago(3), phone=PHONE, name="秦小姐", project=office).lead_id
    viewer = visit(lin, ago(2), phone="136 0000 1111", name="秦先生", project=office).lead_id
    his = visit(wu, ago(3), phone="139 1620 7754", name="別人", project=office).lead_id
    address = f"/leads/{buyer}/proxy/"
    page = text(web.get(address))
    for words in ("誰替誰看", "他替別人看", "別人替他看", "秦先生"):
        assert words in page
    assert "別人</option>" not in page
    given = {"circumstances": "姐姐在國外", "direction": "viewed"}
    for wrong in ("", buyer, his, "x"):
        refused = web.post(address, {**given, "viewer": wrong, "key": uuid4()})
        assert refused.status_code == 422
        assert "姐姐在國外" in text(refused)
    assert web.post(address, {**given, "viewer": viewer, "key": uuid4()}).status_code == 302
    entry = ContactEvent.objects.get(kind=Kind.PROXY)
    assert (entry.lead_id, entry.details["buyer"]) == (viewer, buyer)


def test_the_log_files_the_proxy_with_the_reception(
    web: Client, lin: Staff, office: Project
) -> None:
    given = typed(office, phone=PHONE, proxy="替父親看，父親住院")
    assert "代看備案同時存下" in text(web.post("/enquiry/", given, headers=HTMX))
    for _ in range(2):
        assert web.post("/log/", given).status_code == 302
    kinds = list(ContactEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == [Kind.VISIT, Kind.PROXY]
    assert Lead.objects.get().owner == lin


def test_where_the_policy_asks_the_manager_acknowledges_and_only_then_it_counts(
    web: Client, lin: Staff, wu: Staff, boss: Staff, office: Project
) -> None:
    asking(office, boss)
    proxy = visit(lin, ago(3), phone=PHONE, name="秦小姐", project=office).lead_id
    assert proxy is not None
    entry = file_proxy(
        lead_id=proxy, agent=lin, circumstances="替父親看", by=lin, now=ago(2), key=uuid4()
    )
    note = Notification.objects.get(staff=boss)
    assert note.url == "/proxies/"
    over = of(boss)
    page = text(over.get("/proxies/"))
    assert "秦小姐" in page
    assert "替父親看" in page
    given = {"key": uuid4()}
    for _ in range(2):
        assert over.post(f"/proxies/{entry.pk}/", given).status_code == 302
    again = over.post(f"/proxies/{entry.pk}/", {"key": uuid4()})
    assert "已經撤回或確認過" in toast(again)
    assert "沒有等確認的備案" in text(over.get("/proxies/"))
    fact = ContactEvent.objects.get(kind=Kind.PROXY, refers=entry)
    assert (fact.agent, fact.by, fact.details["acknowledged"]) == (lin, boss, True)
    # The buyer comes later, to a colleague; the link shows that the proxy viewed for him.
    buyer = visit(wu, timezone.now(), phone="139 1620 7754", project=office).lead_id
    assert buyer is not None
    link_people(
        lead_id=proxy, other_id=buyer, relation="proxy", by=boss, now=timezone.now(), key=uuid4()
    )
    lead = Lead.objects.select_related("project").get(pk=buyer)
    assert decision_on(lead, asof=timezone.now()).owner == lin.pk


def test_the_queue_is_of_the_project_and_takes_few_queries(
    lin: Staff, boss: Staff, office: Project
) -> None:
    asking(office, boss)
    over, counts = of(boss), []
    for more in (1, 8):
        for _ in range(more):
            lead = visit(lin, ago(3), name="秦小姐", project=office).lead_id
            assert lead is not None
            file_proxy(
                lead_id=lead, agent=lin, circumstances="替人看", by=lin, now=ago(2), key=uuid4()
            )
        with CaptureQueriesContext(connection) as caught:
            page = over.get("/proxies/")
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1] <= 12
    assert text(page).count("秦小姐") == 9
    other = of(StaffFactory(project=ProjectFactory(), role=Role.MANAGER))
    assert "秦小姐" not in text(other.get("/proxies/"))


# ── The quick log's rare fields ──


def test_a_colleague_received_for_the_owner_rings_the_owners_bell_and_keeps_the_times(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    lead = visit(wu, ago(3), phone=PHONE, name="蔡明峰", project=office).lead_id
    given = typed(
        office, phone=PHONE, assist="1", gave_contact="on", gave_contact_at="00:00",
        passed_on="on", delegated="on",
    )  # fmt: skip
    assert web.post("/log/", given).status_code == 302
    event = ContactEvent.objects.get(kind=Kind.ASSIST)
    assert set(event.details["duties"]) == {"gave_contact", "passed_on"}
    assert event.details["duties"]["gave_contact"].endswith("T00:00:00+08:00")
    assert (event.details["handover"], event.details["delegated"]) == (False, True)
    note = Notification.objects.get(staff=wu)
    assert (note.url, note.values["agent"]) == (f"/leads/{lead}/", "林若晴")
    assert "蔡明峰" in note.text % note.values


def test_asked_for_his_agent_by_name_rings_it_too(web: Client, wu: Staff, office: Project) -> None:
    visit(wu, ago(3), phone=PHONE, name="蔡明峰", project=office)
    web.post("/log/", typed(office, phone=PHONE, asked_for=wu.pk))
    assert Notification.objects.filter(staff=wu, text__contains="來找你").count() == 1


def test_a_steered_client_goes_to_the_agent_whose_turn_it_was(
    web: Client, lin: Staff, wu: Staff, boss: Staff, office: Project
) -> None:
    front = StaffFactory(project=office, role=Role.RECEPTIONIST, name="鄭欣怡")
    given = typed(office, phone=PHONE, steered_by=front.pk, turn_of=wu.pk)
    assert "歸輪到的人" in text(web.post("/enquiry/", given, headers=HTMX))
    web.post("/log/", given)
    event = ContactEvent.objects.get(kind=Kind.VISIT)
    assert (event.steered_by, event.turn_of) == (front, wu)
    assert Lead.objects.get().owner == wu
    assert web.post("/log/", typed(office, phone=PHONE, steered_by=lin.pk)).status_code == 422


def test_only_channels_that_count_are_offered(web: Client, boss: Staff, office: Project) -> None:
    page = text(web.get("/log/"))
    assert "網路諮詢" not in page
    assert web.post("/log/", typed(office, phone=PHONE, kind="online")).status_code == 422
    now = ago(1)
    set_policy(
        project=office, preset="house", settings={"online_claim": "full"}, effective_from=now,
        by=boss, now=now,
    )  # fmt: skip
    page = text(web.get("/log/"))
    assert "網路諮詢" in page
    assert "渠道報備" not in page
    assert web.post("/log/", typed(office, phone=PHONE, kind="online")).status_code == 302


def test_at_most_three_fields_are_asked_for(web: Client) -> None:
    form = web.get("/log/").context["form"]
    given = {"kind": "visit", "phone": PHONE, "key": str(form.initial["key"])}
    assert len([name for name in given if not form.fields[name].widget.is_hidden]) <= 3
    assert web.post("/log/", given).status_code == 302
