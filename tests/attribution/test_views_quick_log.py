"""The quick log and its enquiry: what is shown is a notice, what saving does is what was said."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attribution.agenda.models import NextStep
from attribution.queries import decision_on
from attribution.queries.enquiry import Enquiry, Said
from attribution.services import set_policy
from commissions.services import record_deal
from disputes.models import Case
from disputes.services import rule
from leads.models import ContactEvent, Kind, Lead, Project, Role, Staff
from leads.queries import lead_by_phone
from leads.services import record_departure, record_notice, register_referral
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

PHONE = "138 0013 8000"
HTMX = {"HX-Request": "true", "HX-Target": "sheet"}


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
    return StaffFactory(project=office, name="主管", role=Role.SUPERVISOR)


@pytest.fixture
def web(client: Client, lin: Staff) -> Client:
    client.force_login(lin)
    return client


def ago(days: float = 0, minutes: float = 0) -> datetime:
    return timezone.now() - timedelta(days=days, minutes=minutes)


def typed(project: Project, **given: Any) -> dict[str, Any]:
    """What the browser sends: a form that opened two minutes ago."""
    opened = ago(minutes=2).astimezone(project.zone).replace(microsecond=0)
    return {
        "kind": "visit",
        "phone": PHONE,
        "day": opened.date().isoformat(),
        "time": f"{opened:%H:%M}",
        "opened": opened.isoformat(),
        "key": str(uuid4()),
        **given,
    }


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def toast(response: Any) -> str:
    """The message that the next page will show."""
    return "".join(str(message) for message in response.wsgi_request._messages._queued_messages)


# ── Saving ──


def test_the_form_opens_with_its_time_frozen(web: Client, office: Project) -> None:
    response = web.get("/log/")
    assert response.status_code == 200
    form = response.context["form"]
    opened = datetime.fromisoformat(form.initial["opened"])
    assert abs(timezone.now() - opened) < timedelta(seconds=5)
    assert 'name="opened"' in text(response)
    sheet = web.get("/log/", headers=HTMX)
    assert "<html" not in text(sheet)
    assert "data-sheet-close" in text(sheet)


def test_a_new_client_is_saved_and_his_page_says_so(
    web: Client, lin: Staff, office: Project
) -> None:
    response = web.post("/log/", typed(office, name="沈國樑", need="三房"))
    lead = Lead.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/leads/{lead.pk}/"
    event = ContactEvent.objects.get()
    assert (event.agent, event.kind, event.details["need"]) == (lin, Kind.VISIT, "三房")
    page = web.get(response["Location"])
    assert "沈國樑歸你，有效至" in text(page)
    assert "看依據" in text(page)


def test_the_moment_of_opening_is_kept_to_the_second(web: Client, office: Project) -> None:
    given = typed(office)
    web.post("/log/", given)
    assert ContactEvent.objects.get().at == datetime.fromisoformat(given["opened"])


def test_an_earlier_time_may_be_set(web: Client, office: Project) -> None:
    earlier = ago(days=1).astimezone(office.zone)
    given = typed(office, day=earlier.date().isoformat(), time="09:30")
    web.post("/log/", given)
    at = ContactEvent.objects.get().at.astimezone(office.zone)
    assert (at.date(), f"{at:%H:%M:%S}") == (earlier.date(), "09:30:00")


def test_the_hot_path_takes_few_queries(web: Client, office: Project) -> None:
    web.post("/log/", typed(office, phone="139 1620 7754"))  # the rules are read once a process
    with CaptureQueriesContext(connection) as new:
        web.post("/log/", typed(office))
    said = [query["sql"][:70] for query in new.captured_queries]
    # Session, user, projects; the transaction's ends; one read of the number; eight rows written.
    assert len(said) <= 15, said


def test_save_and_next_opens_a_fresh_form(web: Client, office: Project) -> None:
    plain = web.post("/log/", typed(office, next="1"))
    assert (plain.status_code, plain["Location"]) == (302, "/log/")
    sheet = web.post("/log/", typed(office, phone="139 1620 7754", next="1"), headers=HTMX)
    assert sheet.status_code == 200
    assert "上一筆已存" in text(sheet)
    assert "歸你，有效至" in text(sheet)  # the toast comes along
    assert 'value="139' not in text(sheet)
    saved = web.post("/log/", typed(office, phone="137 0000 1111"), headers=HTMX)
    assert saved["HX-Redirect"].startswith("/leads/")


def test_the_same_form_twice_is_harmless(web: Client, office: Project) -> None:
    given = typed(office)
    first, second = web.post("/log/", given), web.post("/log/", given)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert ContactEvent.objects.count() == 1
    assert toast(first) == toast(second)


def test_without_a_number(web: Client, office: Project) -> None:
    response = web.post("/log/", typed(office, phone="", no_phone="on", name="灰色休旅車"))
    assert response.status_code == 302
    page = web.get(response["Location"])
    assert "未留電話" in text(page)
    assert "沒有電話，不能追訪" in text(page)


def test_who_brought_him_must_be_ones_own_client(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    mine = visit(lin, ago(2), phone="139 1620 7754", project=office).lead_id
    his = visit(wu, ago(2), phone="136 0000 1111", project=office).lead_id
    assert web.post("/log/", typed(office, brought_by=his)).status_code == 422
    assert web.post("/log/", typed(office, brought_by=mine)).status_code == 302
    assert ContactEvent.objects.latest("pk").other_id == mine


# ── Bad input ──


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"phone": "123"}, "這不像電話號碼"),
        ({"phone": ""}, "客戶沒留就勾「未留電話」"),
        ({"day": "2099-01-01"}, "時間在未來"),
        ({"day": "2026-01-02"}, "超過 31 天"),
        ({"day": "yesterday"}, "日期看不懂"),
        ({"time": "25:99"}, "時間看不懂"),
        ({"asked_for": "999999"}, "這個專案沒有這位顧問"),
        ({"brought_by": "none"}, "請從你的客戶裡選"),
        ({"kind": "fax"}, "fax"),
    ],
)
def test_bad_input_is_explained_and_everything_is_kept(
    web: Client, office: Project, given: dict[str, str], said: str
) -> None:
    response = web.post("/log/", typed(office, name="沈國樑", note="開白車", **given))
    page = text(response)
    assert response.status_code == 422
    assert said in page
    assert "沈國樑" in page
    assert "開白車" in page
    assert not ContactEvent.objects.exists()


def test_an_agent_who_left_cannot_be_asked_for(
    web: Client, wu: Staff, boss: Staff, office: Project
) -> None:
    record_departure(staff=wu, at=ago(1), by=boss, now=ago(1))
    assert web.post("/log/", typed(office, asked_for=wu.pk)).status_code == 422


def test_only_agents_log_and_ask(client: Client, boss: Staff) -> None:
    client.force_login(boss)
    assert client.get("/log/").status_code == 403
    assert client.get("/enquiry/").status_code == 403
    assert client.post("/log/", {}).status_code == 403


def test_strangers_are_sent_to_the_log_in(client: Client) -> None:
    for address in ("/log/", "/enquiry/", "/today/", "/leads/1/", "/policy/"):
        assert client.get(address).status_code == 302


# ── The answer ──


def ask(web: Client, project: Project, **given: Any) -> Any:
    return web.post("/enquiry/", typed(project, **given), headers=HTMX)


def test_free(web: Client, office: Project) -> None:
    response = ask(web, office)
    assert response.context["answer"]["state"] == "free"
    page = text(response)
    assert "可登記，目前無人歸屬" in page
    assert "歸你，有效至" in page
    assert "再延 1 個月" in page
    assert not ContactEvent.objects.exists()


def test_a_lapsed_client_reads_like_one_whom_nobody_knows(
    web: Client, wu: Staff, office: Project
) -> None:
    visit(wu, ago(60), phone=PHONE, project=office)
    known, unknown = ask(web, office), ask(web, office, phone="139 1620 7754")
    assert known.context["answer"]["state"] == unknown.context["answer"]["state"] == "free"
    assert known.context["answer"]["effects"] == unknown.context["answer"]["effects"]
    assert not ContactEvent.objects.filter(kind=Kind.NOTICE).exists()


def test_yours(web: Client, lin: Staff, office: Project) -> None:
    visit(lin, ago(3), phone=PHONE, name="沈國樑", project=office)
    page = text(ask(web, office))
    assert "本來就是你的" in page
    assert "來訪重新起算" in page
    assert "併入 沈國樑 的時間軸" in page
    assert not ContactEvent.objects.filter(kind=Kind.NOTICE).exists()


def test_protected_says_until_when_and_never_whose(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    visit(wu, ago(3), phone=PHONE, name="沈國樑", project=office)
    response = ask(web, office)
    page = text(response)
    assert response.context["answer"]["state"] == "protected"
    assert "受保護至" in page
    assert "你排第 2 順位" in page
    assert "視為明知" in page
    assert wu.name not in page
    assert "沈國樑" not in page
    notice = ContactEvent.objects.get(kind=Kind.NOTICE)
    assert (notice.agent, notice.by) == (lin, lin)


def test_a_notice_is_written_down_once_a_day(web: Client, wu: Staff, office: Project) -> None:
    visit(wu, ago(3), phone=PHONE, project=office)
    for _ in range(3):
        ask(web, office)
    web.post("/enquiry/", {"q": PHONE})
    assert ContactEvent.objects.filter(kind=Kind.NOTICE).count() == 1


def test_who_was_told_before_reads_otherwise(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    lead = visit(wu, ago(3), phone=PHONE, project=office).lead_id
    told = ago(2)
    record_notice(lead_id=lead, agent=lin, at=told, by=lin, now=told, key=uuid4())
    response = ask(web, office)
    page = text(response)
    assert response.context["answer"]["state"] == "known"
    assert "已知" in page
    assert "不取得順位" in page
    assert "提醒主管" in page


def test_what_was_shown_during_the_reception_does_not_make_it_a_knowing_one(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    visit(wu, ago(3), phone=PHONE, project=office)
    given = typed(office)
    assert web.post("/enquiry/", given, headers=HTMX).context["answer"]["state"] == "protected"
    response = web.post("/log/", given)
    assert response["Location"] == "/today/"
    assert "記為撞單，你排第 2 順位" in toast(response)
    assert "受保護至" in toast(response)
    assert wu.name not in toast(response)
    assert Case.objects.get().kind == "collision"


def test_a_reception_that_began_after_the_notice_is_a_knowing_one(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    lead = visit(wu, ago(3), phone=PHONE, project=office).lead_id
    told = ago(minutes=30)
    record_notice(lead_id=lead, agent=lin, at=told, by=lin, now=told, key=uuid4())
    response = web.post("/log/", typed(office))
    assert "不取得順位" in toast(response)
    assert not Case.objects.exists()
    asked = Enquiry(office, lin, Lead.objects.get(), now=timezone.now())
    assert "knowing_contact" in asked.before.alerts


def test_under_review(web: Client, lin: Staff, wu: Staff, office: Project) -> None:
    chen = StaffFactory(project=office, name="陳柏宇")
    visit(wu, ago(3), phone=PHONE, project=office)
    visit(chen, ago(2), phone=PHONE, project=office)
    response = ask(web, office)
    page = text(response)
    assert response.context["answer"]["state"] == "review"
    assert "審理中，裁定前不變動歸屬" in page
    assert wu.name not in page
    assert chen.name not in page
    assert ContactEvent.objects.filter(kind=Kind.NOTICE, agent=lin).count() == 1
    saved = web.post("/log/", typed(office))
    assert "審理中" in toast(saved)


def test_a_registered_person(web: Client, wu: Staff, office: Project) -> None:
    register_referral(
        project=office, agent=wu, name="葉先生", traits="高個子", phone=PHONE, by=wu,
        now=ago(3), key=uuid4(),
    )  # fmt: skip
    page = text(ask(web, office))
    assert "已有人提前登記" in page
    assert "你是為他接待，不取得歸屬" in page
    assert "葉先生" not in page


def test_a_wish_for_a_colleague_tells_nothing_about_his_clients(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    """Or one could ask for each colleague in turn and see whose client it is."""
    chen = StaffFactory(project=office, name="陳柏宇")
    visit(wu, ago(3), phone=PHONE, project=office)
    his, anothers = ask(web, office, asked_for=wu.pk), ask(web, office, asked_for=chen.pk)

    def bare(response: Any, named: Staff) -> str:
        return re.sub(r"\d\d:\d\d:\d\d", "", text(response)).replace(named.name, "…")

    assert bare(his, wu) == bare(anothers, chen)
    visit(wu, ago(60), phone="139 1620 7754", project=office)
    lapsed = ask(web, office, phone="139 1620 7754", asked_for=wu.pk)
    fresh = ask(web, office, phone="137 0000 1111", asked_for=wu.pk)
    assert lapsed.context["answer"]["effects"] == fresh.context["answer"]["effects"]


def test_a_number_half_typed_gives_no_answer(web: Client, office: Project) -> None:
    response = ask(web, office, phone="138 00")
    assert response.context["answer"] is None
    assert "號碼寫完整" in text(response)


def test_a_client_without_a_number_counts(web: Client, office: Project) -> None:
    page = text(ask(web, office, phone="", no_phone="on"))
    assert "歸你，有效至" in page
    assert "沒有電話可追訪" in page


def test_the_enquiry_page(web: Client, wu: Staff, office: Project) -> None:
    visit(wu, ago(3), phone=PHONE, project=office)
    assert "受保護至" in text(web.post("/enquiry/", {"q": PHONE}))
    assert ContactEvent.objects.filter(kind=Kind.NOTICE).count() == 1
    assert web.post("/enquiry/", {"q": "12345"}).status_code == 422
    assert web.get("/enquiry/").status_code == 200


def test_an_address_asks_nothing(web: Client, wu: Staff, office: Project) -> None:
    """Or a page of somebody else's could make an agent «know», and numbers would lie in logs."""
    visit(wu, ago(3), phone=PHONE, project=office)
    page = web.get("/enquiry/", {"q": PHONE})
    assert page.status_code == 200
    assert PHONE in text(page)
    assert "受保護至" not in text(page)
    assert not ContactEvent.objects.filter(kind=Kind.NOTICE).exists()


# ── What saving does is what was said ──


STORIES = (
    "new", "mine", "my contact", "his", "lapsed", "mine lapsed", "told", "contested", "registered",
    "registered by me", "steered", "steered, turn known", "steered past the owner", "a proxy",
    "asked for me", "brought", "late", "his, late", "departed", "ruled", "signed", "incomplete",
)  # fmt: skip


WAYS = [
    *((story, kind) for story in STORIES for kind in ("call", "visit")),
    *(
        (story, kind)
        for story in ("new", "mine", "his")
        for kind in ("brochure", "online", "report")
    ),
]


@pytest.mark.parametrize("preset", ["house", "sales", "leasing", "house with more"])
@pytest.mark.parametrize(("story", "kind"), WAYS)
def test_saving_does_what_the_preview_says(preset: str, kind: str, story: str) -> None:
    office = ProjectFactory(preset=preset.partition(" ")[0])
    lin, wu, chen = (StaffFactory(project=office) for _ in range(3))
    boss = StaffFactory(project=office, role=Role.SUPERVISOR)
    front = StaffFactory(project=office, role=Role.RECEPTIONIST)
    if preset == "house with more":
        began = ago(90)
        set_policy(
            project=office,
            preset="house",
            settings={
                "online_claim": "full",
                "report_claim": "contact",
                "required_fields": ["phone"],
                "proxy_acknowledged": True,
            },
            effective_from=began,
            by=boss,
            now=began,
        )
        office.refresh_from_db()
    said: dict[str, Any] = {}
    at = ago(minutes=1)
    if story in ("mine", "my contact"):
        came = Kind.VISIT if story == "mine" else Kind.CALL
        visit(lin, ago(3), phone=PHONE, project=office, kind=came)
    elif story == "lapsed":
        visit(wu, ago(60), phone=PHONE, project=office)
    elif story in ("mine lapsed", "asked for me"):
        visit(lin, ago(60), phone=PHONE, project=office)
    elif story.startswith("registered"):
        register_referral(
            project=office, agent=lin if "by me" in story else wu, name="葉先生", traits="高個子",
            phone=PHONE, by=wu, now=ago(3), key=uuid4(),
        )  # fmt: skip
    elif story not in ("new", "steered", "steered, turn known", "a proxy", "brought", "late",
                       "incomplete"):  # fmt: skip
        lead_id = visit(wu, ago(3), phone=PHONE, project=office).lead_id
        assert lead_id is not None
        if story == "told":
            told = ago(2)
            record_notice(lead_id=lead_id, agent=lin, at=told, by=lin, now=told, key=uuid4())
        elif story in ("contested", "ruled"):
            visit(chen, ago(2), phone=PHONE, project=office)
            case = Case.objects.filter(lead=lead_id).first()
            if story == "ruled" and case is not None:
                rule(
                    case_id=case.pk, version=case.version, owner=chen, reason="依事實", by=boss,
                    now=ago(1), key=uuid4(),
                )  # fmt: skip
        elif story == "departed":
            record_departure(staff=wu, at=ago(1), by=boss, now=ago(1))
            office.refresh_from_db()
        elif story == "signed":
            record_deal(
                lead_id=lead_id, agent=wu, unit="3 棟 1202", price_cents=100, at=ago(1), by=wu,
                now=ago(1), key=uuid4(),
            )  # fmt: skip
    brought_by = None
    if story.startswith("steered"):
        said = {"steered_by": front}
        if story != "steered":
            said["turn_of"] = chen
    elif story == "a proxy":
        said = {"proxy": "替父親看，父親在國外聯繫不到"}
    elif story == "asked for me":
        said = {"asked_for": lin}
    elif story == "brought":
        brought_by = visit(lin, ago(5), phone="139 1620 7754", project=office).lead_id
    elif story.endswith("late"):
        at = ago(1.5)
    typed_phone = "" if story == "incomplete" else PHONE
    fields = ["phone"] if typed_phone else ["name"]
    now = timezone.now()
    known_lead = lead_by_phone(office, PHONE) if typed_phone else None
    asked = Enquiry(office, lin, known_lead, now=now, brought_by=brought_by)
    hypothesis = Said(
        phone_left=bool(typed_phone),
        asked_for_himself="asked_for" in said,
        steered_by=said["steered_by"].pk if "steered_by" in said else None,
        turn_of=said["turn_of"].pk if "turn_of" in said else None,
        fields=fields,
        proxy=said.get("proxy", ""),
    )
    shown = asked.preview(kind, at, hypothesis)
    event = visit(
        lin, at, phone=typed_phone, project=office, kind=Kind(kind), now=now, fields=fields,
        brought_by=brought_by, **said,
    )  # fmt: skip
    lead = Lead.objects.select_related("project").get(pk=event.lead_id)
    done = decision_on(lead, asof=event.recorded_at)

    def outline(decision: Any) -> Any:
        claims = [
            (c.agent, c.begin, c.last_day, c.state, c.strength, c.clauses) for c in decision.chain
        ]
        steps = [
            step._replace(fact=step.fact in (event.pk, shown.fact)) for step in decision.steps
            if isinstance(step.fact, int) and (step.fact <= 0 or step.fact == event.pk)
        ]  # fmt: skip
        matters = [(matter.name, matter.decider) for matter in decision.matters]
        return (decision.owner, decision.valid_until, decision.cases, decision.alerts,
                decision.cites, decision.waiting, matters, claims,
                [step for step in steps if step.fact])  # fmt: skip

    assert outline(shown.after) == outline(done)
    after = Enquiry(office, lin, lead, now=event.recorded_at, brought_by=brought_by)
    reachable = bool(typed_phone)
    effects = shown.effects(reachable=reachable)
    assert after.outcome(event).effects(reachable=reachable) == effects
    assert 1 <= len(effects) <= 3
    contested = bool(done.matters)
    assert Case.objects.filter(lead=lead, state=Case.State.OPEN).exists() == contested
    words = render_to_string("attribution/_effects.html", {"effects": effects, "kind": kind})
    assert words.count("<li>") == len(effects)


# ── Obligatory receptions ──


def test_a_client_who_asks_for_his_agent_is_received_for_him(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    visit(wu, ago(3), phone=PHONE, project=office)
    given = typed(office, assist="1", gave_contact="on", passed_on="on", noted="on")
    assert "改記義務接待" in text(web.post("/enquiry/", given, headers=HTMX))
    assert "不取得歸屬與佣金" in text(web.get("/log/"))
    response = web.post("/log/", given)
    assert response["Location"] == "/today/"
    assert "義務接待" in toast(response)
    assert wu.name not in toast(response)
    event = ContactEvent.objects.get(kind=Kind.ASSIST)
    assert (event.agent, event.whom, event.details["handover"]) == (lin, wu, True)
    lead = Lead.objects.get()
    assert lead.owner == wu
    assert not lead.contested


def test_a_duty_left_out_is_written_down(web: Client, wu: Staff, office: Project) -> None:
    visit(wu, ago(3), phone=PHONE, project=office)
    web.post("/log/", typed(office, assist="1", gave_contact="on"))
    assert ContactEvent.objects.get(kind=Kind.ASSIST).details["handover"] is False


def test_the_same_obligatory_reception_twice(web: Client, wu: Staff, office: Project) -> None:
    visit(wu, ago(3), phone=PHONE, project=office)
    given = typed(office, assist="1")
    assert web.post("/log/", given).status_code == web.post("/log/", given).status_code == 302
    assert ContactEvent.objects.filter(kind=Kind.ASSIST).count() == 1


def test_nobody_to_receive_for(web: Client, lin: Staff, office: Project) -> None:
    """The owner lapsed while the form was open: told so, and everything is kept."""
    response = web.post("/log/", typed(office, assist="1", name="沈國樑"))
    page = text(response)
    assert response.status_code == 409
    assert "現在沒有別的顧問持有這位客戶" in page
    assert "沈國樑" in page
    assert not ContactEvent.objects.exists()


def test_a_form_opened_before_a_ruling_and_sent_after_it(
    web: Client, lin: Staff, wu: Staff, boss: Staff, office: Project
) -> None:
    visit(lin, ago(3), phone=PHONE, project=office)
    visit(wu, ago(2), phone=PHONE, project=office)
    given = typed(office)
    case = Case.objects.get()
    rule(
        case_id=case.pk, version=case.version, owner=wu, reason="依事實", by=boss,
        now=ago(minutes=1), key=uuid4(),
    )  # fmt: skip
    response = web.post("/log/", given)
    assert response.status_code == 302
    assert "現在歸另一位顧問，受保護至" in toast(response)
    assert wu.name not in toast(response)
    assert ContactEvent.objects.filter(kind=Kind.VISIT, agent=lin).count() == 2
    assert ContactEvent.objects.filter(kind=Kind.NOTICE, agent=lin).exists()


# ── What a policy asks of an entry ──


def test_what_the_policy_asks_for_is_asked_for_and_told_to_the_rules(
    web: Client, lin: Staff, boss: Staff, office: Project
) -> None:
    began = ago(90)
    set_policy(
        project=office, preset="house", settings={"required_fields": ["name", "need", "phone"]},
        effective_from=began, by=boss, now=began,
    )  # fmt: skip
    office.refresh_from_db()
    form = text(web.get("/log/"))
    assert form.count("制度要求<") == 2
    assert "電話也是必填" in form
    short = typed(office, phone="139 1620 7754", name="秦小姐")
    assert "缺制度要求的必填項目" in text(web.post("/enquiry/", short, headers=HTMX))
    assert web.post("/log/", short).status_code == 302
    whole = typed(office, name="沈國樑", need="三房")
    assert web.post("/log/", whole).status_code == 302
    first, second = ContactEvent.objects.filter(kind=Kind.VISIT).order_by("pk")
    assert first.details["fields"] == ["name", "phone"]
    assert second.details["fields"] == ["name", "need", "phone"]
    assert [lead.owner for lead in Lead.objects.order_by("pk")] == [None, lin]


def test_a_number_of_an_unknown_range_is_taken_with_a_remark(
    web: Client, lin: Staff, office: Project
) -> None:
    given = typed(office, phone="174 1234 5678")
    assert "不認得這個號段" in text(web.post("/enquiry/", given, headers=HTMX))
    assert "不認得這個號段" not in text(web.post("/enquiry/", typed(office), headers=HTMX))
    assert web.post("/log/", given).status_code == 302
    lead = Lead.objects.get()
    assert lead.owner == lin
    assert lead.person is not None
    assert lead.person.phone is not None
    assert lead.person.phone.number == "+8617412345678"


def test_undone_duties_stand_in_today_until_they_are_done(
    web: Client, lin: Staff, wu: Staff, office: Project
) -> None:
    visit(wu, ago(3), phone=PHONE, name="沈國樑", project=office)
    web.post("/log/", typed(office, assist="1", gave_contact="on"))
    day = text(web.get("/today/"))
    assert "義務接待：把客戶的姓名與聯絡方式轉交吳承翰" in day
    assert "義務接待：在登記表註明是為吳承翰接待" in day
    assert "聯絡方式給客戶" not in day
    assert "沈國樑" not in day
    for step in NextStep.objects.filter(agent=lin):
        web.post(f"/steps/{step.pk}/")
    web.get("/today/")  # The toasts say what was done.
    assert "義務接待：" not in text(web.get("/today/"))
