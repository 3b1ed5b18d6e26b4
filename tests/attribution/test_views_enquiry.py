"""The private enquiry: one shape for every answer, each a dated fact, so many a day."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attribution.models import Answer
from attribution.tasks import sweep_answers
from leads.models import ContactEvent, Kind, Lead, Notification, Project, Role, Staff
from leads.services import link_people, register_referral
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
MINE, HIS, OURS, LAPSED, NOBODYS = (
    "138 0013 8000",
    "139 1620 7754",
    "136 0000 1111",
    "137 0000 2222",
    "135 1234 5678",
)


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


@pytest.fixture
def clients(office: Project, lin: Staff, wu: Staff) -> None:
    """One of each state, and none of the fifth number."""
    chen = StaffFactory(project=office, name="陳柏宇")
    visit(lin, ago(3), phone=MINE, name="沈國樑", project=office)
    visit(wu, ago(3), phone=HIS, name="蔡明峰", project=office)
    visit(wu, ago(60), phone=LAPSED, name="何靜雯", project=office)
    visit(wu, ago(3), phone=OURS, name="高佩珊", project=office)
    visit(chen, ago(2), phone=OURS, project=office)


def ago(days: float = 0) -> datetime:
    return timezone.now() - timedelta(days=days)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def ask(web: Client, asked: str, **given: Any) -> Any:
    return web.post("/enquiry/", {"q": asked}, **given)


def live(web: Client, phone: str) -> Any:
    given = {"kind": "visit", "phone": phone, "key": str(uuid4())}
    return web.post("/enquiry/", given, headers=HTMX)


def skeleton(response: Any) -> str:
    """The page without words, moments and the names of states: what is left is its shape."""
    page = re.sub(r">[^<]*", ">", response.content.decode())
    page = re.sub(r'(value|data-state|class="(ans|ti)|href|name)[^">]*"[^"]*"', "", page)
    return re.sub(r'"ans \w+"|"ti [\w -]+"|hx-headers=\'[^\']*\'', '""', page)


# ── One shape ──


@pytest.mark.parametrize(
    ("phone", "state"),
    [
        (MINE, "yours"),
        (HIS, "protected"),
        (OURS, "review"),
        (LAPSED, "free"),
        (NOBODYS, "free"),
    ],
)
def test_each_number_has_its_answer_and_no_more(
    web: Client, clients: None, phone: str, state: str
) -> None:
    response = ask(web, phone)
    page = text(response)
    assert f'data-state="{state}"' in page
    for secret in ("吳承翰", "陳柏宇", "蔡明峰", "何靜雯", "高佩珊"):
        assert secret not in page
    assert Answer.objects.get().state == state


def test_every_answer_has_one_shape(web: Client, clients: None) -> None:
    shapes = {skeleton(ask(web, phone)) for phone in (MINE, HIS, OURS, LAPSED, NOBODYS)}
    assert len(shapes) == 1


def test_whom_the_office_lost_reads_byte_for_byte_like_whom_it_never_knew(
    web: Client, clients: None
) -> None:
    def bare(response: Any) -> str:
        page = response.content.decode().replace(LAPSED, "…").replace(NOBODYS, "…")
        page = re.sub(r"\d\d:\d\d:\d\d", "", page)
        return re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", page)

    assert bare(ask(web, LAPSED)) == bare(ask(web, NOBODYS))
    assert bare(live(web, LAPSED)) == bare(live(web, NOBODYS))


@pytest.mark.parametrize("how", [ask, live])
def test_hit_or_miss_it_is_the_same_work_before_the_answer(
    web: Client, clients: None, how: Any
) -> None:
    """The notice of a protected client follows after the last byte; all else is the same."""
    how(web, "133 0000 0001")  # the rules are read once a process
    asked = {}
    for phone in (MINE, HIS, OURS, LAPSED, NOBODYS):
        with CaptureQueriesContext(connection) as caught:
            how(web, phone)
        said = [re.sub(r"\W.*", "", query["sql"]) for query in caught.captured_queries]
        # What follows after the answer begins with the door of the notice.
        end = said.index("RELEASE") + 1
        asked[phone] = (said[:end], len(said) - end)
    before = {phone: before for phone, (before, _) in asked.items()}
    assert len({tuple(said) for said in before.values()}) == 1, before
    assert len(before[MINE]) <= 11
    after = {phone: count for phone, (_, count) in asked.items()}
    assert after[MINE] == after[LAPSED] == after[NOBODYS] <= 2
    assert after[HIS] > after[NOBODYS]


# ── Facts ──


def test_every_answer_is_a_dated_fact(web: Client, lin: Staff, clients: None) -> None:
    before = timezone.now()
    for phone in (MINE, HIS, HIS, LAPSED, NOBODYS):
        ask(web, phone)
    told = list(Answer.objects.order_by("at"))
    assert [one.state for one in told] == ["yours", "protected", "known", "free", "free"]
    assert all(before <= one.at <= timezone.now() and one.agent == lin for one in told)
    assert [one.lead is None for one in told] == [False] * 4 + [True]
    assert told[1].until == Lead.objects.get(pk=told[1].lead_id).valid_until


def test_no_number_is_kept_of_whom_nobody_knows(web: Client, clients: None) -> None:
    ask(web, NOBODYS)
    ask(web, "歐陽不存在")
    kept = " ".join(str(one) for one in Answer.objects.values_list())
    assert "13512345678" not in kept
    assert "歐陽" not in kept
    assert "欧阳" not in kept


def test_a_protected_answer_is_a_notice_of_that_moment(
    web: Client, lin: Staff, clients: None
) -> None:
    ask(web, HIS)
    notice = ContactEvent.objects.get(kind=Kind.NOTICE)
    answer = Answer.objects.get()
    assert (notice.agent, notice.at, notice.key) == (lin, answer.at, answer.notice)
    assert text(ask(web, HIS)).count("已知") == 1
    assert ContactEvent.objects.filter(kind=Kind.NOTICE).count() == 1


def test_a_notice_that_did_not_follow_at_once_comes_by_the_sweep(
    web: Client, clients: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attribution.views.answers.settle", lambda *_args, **_kwargs: None)
    ask(web, HIS)
    assert not ContactEvent.objects.filter(kind=Kind.NOTICE).exists()
    assert (sweep_answers(), sweep_answers()) == (1, 0)
    assert ContactEvent.objects.get(kind=Kind.NOTICE).at == Answer.objects.get().at


def test_what_an_agent_was_told_is_written_down_before_his_next_entry(
    web: Client, clients: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as died:
        died.setattr("attribution.views.answers.settle", lambda *_args, **_kwargs: None)
        ask(web, HIS)
    assert not ContactEvent.objects.filter(kind=Kind.NOTICE).exists()
    given = {"kind": "visit", "phone": HIS, "key": str(uuid4()), "name": "蔡先生"}
    assert web.post("/log/", given).status_code == 302
    *_before, notice, reception = ContactEvent.objects.order_by("pk")
    assert (notice.kind, notice.at) == (Kind.NOTICE, Answer.objects.first().at)
    assert reception.kind == Kind.VISIT


# ── By name ──


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("沈國樑", "yours"),
        ("沈国梁 先生", "yours"),
        ("蔡明峰", "protected"),
        ("何靜雯", "free"),
        ("歐陽某某", "free"),
    ],
)
def test_a_full_name_is_answered_too(web: Client, clients: None, name: str, state: str) -> None:
    page = text(ask(web, name))
    assert f'data-state="{state}"' in page
    assert "同名不等於同人" in page
    assert "吳承翰" not in page
    notices = ContactEvent.objects.filter(kind=Kind.NOTICE).count()
    assert notices == (1 if state == "protected" else 0)


def test_names_have_one_shape_too(web: Client, clients: None) -> None:
    assert (
        len({skeleton(ask(web, name)) for name in ("沈國樑", "蔡明峰", "何靜雯", "歐陽某某")}) == 1
    )


@pytest.mark.parametrize("name", ["陳先生", "王小姐", "李", "🙂"])
def test_what_everybody_is_called_is_not_answered(web: Client, clients: None, name: str) -> None:
    response = ask(web, name)
    assert response.status_code == 422
    assert "答不準" in text(response)
    assert not Answer.objects.exists()


def test_several_of_one_name_are_not_counted_out_and_nobody_is_told_of_anybody(
    web: Client, wu: Staff, clients: None, office: Project
) -> None:
    once = text(ask(web, "蔡明峰"))
    visit(wu, ago(1), phone="131 0000 0009", name="蔡明峰", project=office)
    again = ask(web, "蔡明峰")
    assert "同名客戶受保護，最遲至" in once
    assert "同名客戶受保護，最遲至" in text(again)
    assert 'data-state="protected"' in text(again)
    latest = Lead.objects.order_by("-valid_until").exclude(contested=True).first()
    assert latest is not None
    assert f"{latest.valid_until:%Y-%m-%d}" in text(again)
    assert ContactEvent.objects.filter(kind=Kind.NOTICE).count() == 1


def test_a_party_of_several_counts_once(
    web: Client, lin: Staff, wu: Staff, boss: Staff, office: Project
) -> None:
    one = visit(wu, ago(3), phone=HIS, name="蔡明峰", project=office).lead_id
    two = visit(wu, ago(2), phone=MINE, name="蔡明峰", project=office).lead_id
    assert one is not None
    assert two is not None
    link_people(
        lead_id=one, other_id=two, relation="same", by=boss, now=ago(1), key=uuid4()
    )  # fmt: skip
    ask(web, "蔡明峰")
    assert ContactEvent.objects.filter(kind=Kind.NOTICE).count() == 1


def test_another_projects_clients_do_not_exist(web: Client, clients: None) -> None:
    other = ProjectFactory()
    visit(StaffFactory(project=other), ago(1), phone="131 0000 0009", name="他案客戶")
    for asked in ("131 0000 0009", "他案客戶"):
        assert 'data-state="free"' in text(ask(web, asked))
    assert all(one.lead is None for one in Answer.objects.all())


def test_a_registered_person_awaited_elsewhere_is_protected(
    web: Client, wu: Staff, office: Project
) -> None:
    register_referral(
        project=office, agent=wu, name="葉先生", traits="高個子", phone=HIS, by=wu, now=ago(3),
        key=uuid4(),
    )  # fmt: skip
    page = text(ask(web, HIS))
    assert "已有人提前登記" in page
    assert "高個子" not in page


# ── So many a day ──


def test_over_the_limit_there_is_no_answer_and_the_supervisor_hears_of_it_once(
    web: Client, boss: Staff, office: Project, clients: None
) -> None:
    office.enquiries_a_day = 3
    office.save()
    for phone in (HIS, NOBODYS, LAPSED, HIS):
        assert ask(web, phone).status_code == 200
    refused = ask(web, MINE)
    assert refused.status_code == 429
    assert "到了上限" in text(refused)
    assert "data-state" not in text(refused)
    assert "接待照樣可以登記" in text(live(web, OURS))
    assert 'data-state="known"' in text(ask(web, HIS))  # asked before that day: no further one
    notes = Notification.objects.filter(staff=boss, text__contains="上限")
    assert [note.url for note in notes] == [f"/enquiries/?agent={Answer.objects.first().agent_id}"]
    assert Answer.objects.filter(state="refused").count() == 2
    assert all(one.lead is None for one in Answer.objects.filter(state="refused"))


def test_the_limit_is_for_a_day_and_an_agent(
    web: Client, wu: Staff, office: Project, clients: None
) -> None:
    office.enquiries_a_day = 1
    office.save()
    assert ask(web, HIS).status_code == 200
    assert ask(web, NOBODYS).status_code == 429
    other = Client()
    other.force_login(wu)
    assert ask(other, NOBODYS).status_code == 200


def test_saving_is_never_refused(web: Client, office: Project, clients: None) -> None:
    office.enquiries_a_day = 1
    office.save()
    ask(web, HIS)
    opened = ago().astimezone(office.zone)
    given = {"kind": "visit", "phone": NOBODYS, "opened": opened.isoformat(), "key": uuid4()}
    assert web.post("/log/", given).status_code == 302


def test_numbers_in_sequence_ring_the_supervisors_bell(
    web: Client, boss: Staff, office: Project
) -> None:
    for last in range(9):
        ask(web, f"138 0013 800{last}")
    notes = Notification.objects.filter(staff=boss, text__contains="連號")
    assert notes.count() == 1
    client = Client()
    client.force_login(boss)
    assert "林若晴 今天查了 5 個連號的電話" in text(client.get("/notes/"))


def test_many_whom_nobody_knows_ring_it_too(web: Client, boss: Staff, office: Project) -> None:
    office.enquiries_a_day = 10
    office.save()
    for number in range(7):
        ask(web, f"138 {number}013 {number}234")
    notes = Notification.objects.filter(staff=boss, text__contains="查無此人")
    assert notes.count() == 1


def test_without_a_supervisor_the_manager_hears_of_it(web: Client, office: Project) -> None:
    manager = StaffFactory(project=office, role=Role.MANAGER)
    for last in range(9):
        ask(web, f"138 0013 800{last}")
    assert Notification.objects.filter(staff=manager, text__contains="連號").exists()


# ── The log ──


def test_the_log_shows_who_was_told_what(
    web: Client, boss: Staff, office: Project, clients: None
) -> None:
    for phone in (HIS, NOBODYS):
        ask(web, phone)
    client = Client()
    client.force_login(boss)
    page = text(client.get("/enquiries/"))
    assert "林若晴" in page
    assert "受保護" in page
    narrowed = text(client.get("/enquiries/", {"odd": "missed"}))
    assert narrowed.count("<td") < page.count("<td")
    for query in ("?day=nonsense", "?agent=999999", "?state=x"):
        assert client.get(f"/enquiries/{query}").status_code == 200


def test_the_log_takes_few_queries_whatever_its_length(
    web: Client, boss: Staff, office: Project
) -> None:
    counts = []
    client = Client()
    client.force_login(boss)
    for more in (range(2), range(2, 12)):
        for number in more:
            ask(web, f"138 {number % 10}013 {number:04d}")
        with CaptureQueriesContext(connection) as caught:
            client.get("/enquiries/")
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1] <= 12


def test_another_projects_log_is_not_shown(web: Client, office: Project) -> None:
    ask(web, NOBODYS)
    elsewhere = StaffFactory(project=ProjectFactory(), role=Role.SUPERVISOR)
    client = Client()
    client.force_login(elsewhere)
    assert "林若晴" not in text(client.get("/enquiries/"))
