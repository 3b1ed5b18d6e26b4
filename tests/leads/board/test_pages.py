"""The pages of the counter: desk, wall, a group, agents, rota, fairness; no client anywhere."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from leads.board import services
from leads.models import Arrival, BoardFact, Disclosure, Role, Roster, Staff
from leads.services import record_contact
from tests.factories import StaffFactory

from .conftest import Counter

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def come_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def desk(counter: Counter) -> Client:
    return come_in(counter.greeter)


def typed(**given: Any) -> dict[str, Any]:
    return {"before": "first", "people": "2", "named": "no", "key": str(uuid4()), **given}


# ── The desk ──


def test_a_group_is_written_down_and_the_rota_says_whose_turn(
    desk: Client, counter: Counter
) -> None:
    key = typed()
    for _ in range(2):
        response = desk.post("/reception/", key)
        assert (response.status_code, response["Location"]) == (302, "/reception/")
    assert Arrival.objects.count() == 1
    page = text(desk.get("/reception/"))
    assert "第 1 組已登記，輪到 林若晴" in page
    assert "1 組到訪，1 組等候" in page
    assert "未到，自動換吳承翰" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"before": ""}, "問一聲是不是第一次來"),
        ({"named": "yes"}, "選他要找的顧問"),
        ({"named": "yes", "asked_for": "999999"}, "這個專案沒有這位顧問"),
        ({"named": "yes", "words": "打 13800138000 找林小姐"}, "不要寫電話號碼"),
        ({"people": "many"}, "many"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    desk: Client, counter: Counter, wrong: dict[str, str], said: str
) -> None:
    response = desk.post("/reception/", typed(**wrong))
    assert response.status_code == 422
    assert said in text(response)
    assert not Arrival.objects.exists()


def test_the_clients_own_words(desk: Client, counter: Counter) -> None:
    desk.post(
        "/reception/",
        typed(named="yes", asked_for=counter.chen.pk, words="<b>找那位陳先生</b>", before="first"),
    )
    page = text(desk.get("/reception/"))
    assert "「&lt;b&gt;找那位陳先生&lt;/b&gt;」" in page
    assert "指名 陳柏宇" in page
    assert counter.catch_up().called(Arrival.objects.get()) == counter.chen
    # Who said nothing named nobody, whatever the hidden fields held.
    desk.post("/reception/", typed(asked_for=counter.chen.pk, words="找陳先生"))
    assert Arrival.objects.latest("pk").asked_for is None


def test_a_press_swaps_what_changed(desk: Client, counter: Counter) -> None:
    group = counter.comes()
    response = desk.post(
        f"/reception/{group.pk}/",
        {"act": "begin", "key": str(uuid4())},
        headers={**HTMX, "HX-Target": "turns"},
    )
    page = text(response)
    assert 'id="turns"' in page
    assert 'id="site" hx-swap-oob="true"' in page
    assert "第 1 組由 林若晴 接待" in page
    assert "接待中" in page


def test_a_press_on_an_old_page_changes_nothing_and_shows_the_new(
    desk: Client, counter: Counter
) -> None:
    group = counter.comes()
    counter.begins(group, counter.lin)
    response = desk.post(
        f"/reception/{group.pk}/",
        {"act": "begin", "key": str(uuid4())},
        headers={**HTMX, "HX-Target": "turns"},
    )
    assert "已經有人接待或已離開" in text(response)
    assert BoardFact.objects.filter(kind="begun").count() == 1


def test_without_a_script_every_press_is_a_form(desk: Client, counter: Counter) -> None:
    group = counter.comes()
    for act in ("begin", "finish"):
        response = desk.post(f"/reception/{group.pk}/", {"act": act, "key": str(uuid4())})
        assert (response.status_code, response["Location"]) == (302, "/reception/")
    assert "已離開" in text(desk.get("/reception/"))


def test_only_what_is_new_is_sent(desk: Client, counter: Counter) -> None:
    for path in ("/reception/", "/reception/board/"):
        # The version has the minute in it: one of two looks in a row is within a minute.
        answers = []
        for _ in range(2):
            version = desk.get(path).context["counter"].version
            answers.append(desk.get(path, {"v": version}, headers=HTMX).status_code)
        assert 204 in answers
        old = desk.get(path).context["counter"].version
        counter.comes()
        response = desk.get(path, {"v": old}, headers=HTMX)
        assert response.status_code == 200
        assert response.context["counter"].version != old


# ── A group ──


def test_steering_at_the_desk_warns_and_is_recorded(desk: Client, counter: Counter) -> None:
    group = counter.comes()
    page = text(desk.get(f"/reception/{group.pk}/"))
    assert "這會記為指定介紹" in page
    response = desk.post(
        f"/reception/{group.pk}/",
        {"act": "direct", "agent": counter.chen.pk, "reason": "", "key": str(uuid4())},
    )
    assert response.status_code == 422
    assert "寫下理由" in text(response)
    response = desk.post(
        f"/reception/{group.pk}/",
        {"act": "direct", "agent": counter.chen.pk, "reason": "熟人", "key": str(uuid4())},
    )
    assert response.status_code == 302
    assert "記為指定介紹" in text(desk.get("/reception/"))
    assert "鄭欣怡指定，不依輪序" in text(desk.get("/reception/board/"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"act": "skip"}, "選一個理由"),
        ({"act": "skip", "reason": "meal"}, "meal"),
        ({"act": "direct", "reason": "x"}, "選一位顧問"),
        ({"act": "nonsense"}, "選一件事"),
        ({}, "選一件事"),
        ({"act": "begin", "key": "no uuid"}, ""),
    ],
)
def test_a_form_of_a_group_that_says_too_little(
    desk: Client, counter: Counter, given: dict[str, str], said: str
) -> None:
    group = counter.comes()
    response = desk.post(f"/reception/{group.pk}/", {"key": str(uuid4()), **given})
    assert response.status_code == 422
    assert said in text(response)
    assert not BoardFact.objects.exists()


def test_joining_skipping_leaving_in_words(desk: Client, counter: Counter) -> None:
    first, second, third = (counter.comes() for _ in range(3))
    counter.begins(first, counter.lin)
    join = {"act": "join", "beside": first.pk, "consents": "no", "key": str(uuid4())}
    desk.post(f"/reception/{second.pk}/", join)
    assert "第 1 組不同意" in text(desk.get("/reception/"))
    desk.post(f"/reception/{second.pk}/", {"act": "skip", "reason": "absent", "key": str(uuid4())})
    assert "這一輪作廢" in text(desk.get("/reception/"))
    join |= {"consents": "yes", "key": str(uuid4())}
    desk.post(f"/reception/{third.pk}/", join)
    page = text(desk.get("/reception/"))
    assert "第 1 組同意，林若晴 併接第 3 組" in page
    assert "與第 1 組併接" in page
    desk.post(f"/reception/{second.pk}/", {"act": "leave", "key": str(uuid4())})
    assert "第 2 組已離開" in text(desk.get("/reception/"))


def test_an_agent_begins_and_ends_what_is_his_and_nothing_else(counter: Counter) -> None:
    group = counter.comes()
    lin, wu = come_in(counter.lin), come_in(counter.wu)
    path = f"/reception/{group.pk}/"
    for client, act in ((wu, "begin"), (lin, "skip"), (lin, "direct"), (lin, "leave"),
                        (lin, "finish")):  # fmt: skip
        given = {"act": act, "reason": "office", "agent": counter.lin.pk, "key": str(uuid4())}
        assert client.post(path, given).status_code in (409, 422), act
    assert not BoardFact.objects.exists()
    assert lin.post(path, {"act": "begin", "key": str(uuid4())}).status_code == 302
    assert wu.post(path, {"act": "finish", "key": str(uuid4())}).status_code == 422
    assert lin.post(path, {"act": "finish", "key": str(uuid4())}).status_code == 302
    assert "不依輪序" not in text(lin.get(path))


# ── Agents ──


def test_my_turn(counter: Counter) -> None:
    lin, wu = come_in(counter.lin), come_in(counter.wu)
    assert "下一組輪到你" in text(lin.get("/reception/mine/"))
    assert "輪序第 2 位，前面還有 1 位" in text(wu.get("/reception/mine/"))
    group = counter.comes()
    assert "輪到你了" in text(lin.get("/reception/mine/"))
    response = lin.post(
        f"/reception/{group.pk}/",
        {"act": "begin", "key": str(uuid4())},
        headers={**HTMX, "HX-Target": "my-turn"},
    )
    assert "你正接待第 1 組" in text(response)
    assert f"/log/?group={group.pk}" in text(response)
    lin.post(f"/reception/{group.pk}/", {"act": "finish", "key": str(uuid4())})
    assert "還沒記下" in text(lin.get("/reception/mine/"))
    outsider = come_in(StaffFactory(project=counter.project))
    assert "今天沒有排你的班" in text(outsider.get("/reception/mine/"))


def test_away_says_why(counter: Counter) -> None:
    lin = come_in(counter.lin)
    away = {"act": "away", "agent": counter.lin.pk, "key": str(uuid4())}
    response = lin.post("/reception/presence/", away)
    assert response.status_code == 422
    assert "選一個理由" in text(response)
    assert lin.post("/reception/presence/", away | {"reason": "meal"}).status_code == 302
    assert "你在暫離：用餐" in text(lin.get("/reception/mine/"))
    other = away | {"agent": counter.wu.pk, "reason": "meal", "key": str(uuid4())}
    assert lin.post("/reception/presence/", other).status_code == 422, "of himself only"
    back = {"act": "back", "agent": counter.lin.pk, "key": str(uuid4())}
    assert lin.post("/reception/presence/", back).status_code == 302
    assert "下一組輪到你" in text(lin.get("/reception/mine/"))


# ── Privacy and speed ──


def test_no_client_stands_on_desk_wall_or_card(desk: Client, counter: Counter) -> None:
    group = counter.comes()
    counter.begins(group, counter.lin)
    record_contact(
        project=counter.project, kind="visit", agent=counter.lin, at=counter.now, by=counter.lin,  # type: ignore[arg-type]
        now=counter.tick(), key=group.reception_key, phone="138 0013 8000", name="沈國樑",
        note="很急",
    )  # fmt: skip
    for path in ("/reception/", "/reception/board/", f"/reception/{group.pk}/"):
        page = text(desk.get(path))
        for secret in ("沈國樑", "8000", "很急"):
            assert secret not in page, path


@pytest.mark.parametrize("few", [1, 12])
@pytest.mark.parametrize(
    "path", ["/reception/", "/reception/board/", "/reception/mine/", "/rota/", "/fairness/"]
)
def test_the_number_of_queries_does_not_grow(counter: Counter, path: str, few: int) -> None:
    for _ in range(few):
        agent = StaffFactory(project=counter.project)
        group = counter.comes(asked_for=agent)
        called = counter.called(group)
        if called is not None:
            counter.begins(group, called)
    reader = counter.lin if path == "/reception/mine/" else counter.boss
    client = come_in(reader)
    client.get(path)
    with CaptureQueriesContext(connection) as shown:
        assert client.get(path).status_code == 200
    said = [query["sql"][:90] for query in shown.captured_queries]
    assert len(said) <= 12, said


# ── The rota ──


def week_of(client: Client, **given: Any) -> dict[str, Any]:
    form = client.get("/rota/", given).context["form"]
    data = {bound.html_name: bound.value() for bound in form}
    return {name: "" if value is None else str(value) for name, value in data.items()}


def cell(counter: Counter, staff: Staff) -> str:
    today = counter.now.astimezone(counter.project.zone).date()
    return f"d{today:%Y%m%d}_{staff.pk}"


def test_the_supervisor_plans_a_week(counter: Counter) -> None:
    boss = come_in(counter.boss)
    data = week_of(boss) | {"act": "save"}
    assert data[cell(counter, counter.wu)] == "2"
    data |= {cell(counter, counter.lin): "sick", cell(counter, counter.wu): "1"}
    response = boss.post("/rota/", data)
    assert response.status_code == 302, text(response)
    assert "已存下 1 天的排班" in text(boss.get("/rota/"))
    counter.catch_up()
    assert counter.called(counter.comes()) == counter.wu
    stale = boss.post("/rota/", data | {"key": str(uuid4()), cell(counter, counter.chen): "leave"})
    assert stale.status_code == 409
    assert "這一週剛被別人改過" in text(stale)
    again = {b.html_name: str(b.value() or "") for b in stale.context["form"]}
    assert again[cell(counter, counter.chen)] == "leave", "what was chosen is kept"
    assert boss.post("/rota/", again | {"act": "save"}).status_code == 302
    assert Roster.objects.count() == 3


def test_two_in_one_place(counter: Counter) -> None:
    boss = come_in(counter.boss)
    response = boss.post("/rota/", week_of(boss) | {cell(counter, counter.wu): "1", "act": "save"})
    assert response.status_code == 422
    assert "的第 1 位已經是" in text(response)
    assert Roster.objects.count() == 1


def test_copying_and_swapping(counter: Counter) -> None:
    boss = come_in(counter.boss)
    today = counter.now.astimezone(counter.project.zone).date()
    next_week = {"week": (today + timedelta(days=7)).isoformat()}
    start = boss.get("/rota/", next_week).context["copy_form"]
    data = {"act": "copy", "turn": "on", "seen": start["seen"].value(), "key": str(uuid4())}
    path = f"/rota/?week={next_week['week']}"
    assert boss.post(path, data).status_code == 302
    cells = boss.get(path).context["week"].cells
    day = today + timedelta(days=7)
    places = {name: cells.get((day, who.pk)) for name, who in
              (("lin", counter.lin), ("wu", counter.wu), ("chen", counter.chen))}  # fmt: skip
    assert places == {"wu": "1", "chen": "2", "lin": "3"}, "everybody moved on by one"
    seen = boss.get(path).context["week"].newest
    swap = {"act": "swap", "day": day.isoformat(), "one": counter.wu.pk, "two": counter.lin.pk,
            "seen": seen, "key": str(uuid4())}  # fmt: skip
    assert boss.post(path, swap).status_code == 302
    cells = boss.get(path).context["week"].cells
    assert (cells[day, counter.wu.pk], cells[day, counter.lin.pk]) == ("3", "1")
    same = boss.post(path, swap | {"two": counter.wu.pk, "key": str(uuid4())})
    assert same.status_code == 422
    assert "選另一位" in text(same)
    empty = boss.post(
        f"/rota/?week={today + timedelta(days=70)}",
        {"act": "copy", "seen": 0, "key": str(uuid4())},
    )
    assert empty.status_code == 422
    assert "沒有可以照抄的" in text(empty)


def test_a_past_week_is_for_reading(counter: Counter) -> None:
    boss = come_in(counter.boss)
    last = (counter.now - timedelta(days=14)).date().isoformat()
    page = text(boss.get("/rota/", {"week": last}))
    assert "過去的排班不能再改" in page
    assert 'name="act" value="save"' not in page
    assert boss.get("/rota/", {"week": "nonsense"}).status_code == 200


def test_a_turn_is_given(counter: Counter) -> None:
    boss = come_in(counter.boss)
    give = {"act": "give", "agent": counter.chen.pk, "key": str(uuid4())}
    assert boss.post("/rota/", give).status_code == 422
    assert boss.post("/rota/", give | {"reason": "支援展場"}).status_code == 302
    counter.catch_up()
    assert counter.called(counter.comes()) == counter.chen


# ── Fairness ──


def busy_day(counter: Counter) -> None:
    """Nine groups, all sent to one agent by the greeter."""
    for number in range(9):
        group = counter.comes()
        if counter.called(group) != counter.chen:
            services.direct(
                arrival=group, agent=counter.chen, reason=f"={number}", **counter.told()
            )
        counter.begins(group, counter.chen)
        services.finish(arrival=group, **counter.told())


def test_steering_is_seen_in_the_table(counter: Counter) -> None:
    busy_day(counter)
    boss = come_in(counter.boss)
    response = boss.get("/fairness/")
    page = text(response)
    assert "鄭欣怡 → 陳柏宇，9 組，隨機約 3.0 組" in page
    table = response.context["table"]
    rows = {row.agent: row for row in table.agents}
    assert (rows["陳柏宇"].turns, rows["陳柏宇"].share) == (9, 3.0)
    assert rows["陳柏宇"].gained == rows["林若晴"].lost + rows["吳承翰"].lost > 0
    [pair] = [row.pair for row in table.remarks]
    assert (pair.count, pair.expected) == (9, 3.0)
    assert pair.steered == rows["陳柏宇"].gained


def test_the_period(counter: Counter) -> None:
    busy_day(counter)
    boss = come_in(counter.boss)
    page = text(boss.get("/fairness/", {"since": "2020-01-01", "until": "2020-01-31"}))
    assert "這段期間沒有接待" in page
    wrong = boss.get("/fairness/", {"since": "2020-02-01", "until": "2020-01-31"})
    assert wrong.status_code == 422
    assert "結束日要在開始日之後" in text(wrong)
    assert boss.get("/fairness/", {"since": "yesterday"}).status_code == 422


def test_the_table_as_a_file(counter: Counter) -> None:
    counter.chen.name = '=HYPERLINK("x")'
    counter.chen.save()
    busy_day(counter)
    boss = come_in(counter.boss)
    response = boss.post("/fairness/file/", {"form": "csv"})
    lines = response.content.decode("utf-8-sig")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert '"\'=HYPERLINK(""x"")"' in lines
    assert "\r\n=HYPERLINK" not in lines
    response = boss.post("/fairness/file/", {"form": "xlsx"})
    book = load_workbook(BytesIO(response.content))
    assert book.sheetnames == ["各顧問", "前台與顧問", "說明"]
    values = [row[0].value for row in book["各顧問"].iter_rows(min_row=2)]
    assert '\'=HYPERLINK("x")' in values
    assert book["各顧問"].freeze_panes == "A2"
    assert Disclosure.objects.filter(staff=counter.boss, kind="export").count() == 2
    assert boss.post("/fairness/file/", {"form": "exe"}).status_code == 302


@pytest.mark.parametrize("role", [Role.AGENT, Role.RECEPTIONIST, Role.MANAGEMENT_OFFICE])
def test_fairness_is_for_those_who_oversee(counter: Counter, role: str) -> None:
    client = come_in(StaffFactory(project=counter.project, role=role))
    assert client.get("/fairness/").status_code == 403
