"""The people of a client: facts with author and time, numbers that two give, who may be whom."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads import identity, services
from leads.models import (
    Contact,
    Disclosure,
    Kind,
    Likeness,
    Notification,
    Person,
    PersonFact,
    Phone,
    Project,
    Role,
    Staff,
)
from leads.tasks import match_people
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PHONE, WIFES = "138 0013 8000", "139 1620 7754"


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


def ago(days: float = 0) -> datetime:
    return timezone.now() - timedelta(days=days)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def person(agent: Staff, name: str = "", phone: str = "", **given: Any) -> Person:
    event = visit(agent, given.pop("at", ago(1)), name=name, phone=phone, **given)
    return Person.objects.select_related("lead__project").get(lead=event.lead_id)


def act(staff: Staff) -> dict[str, Any]:
    return {"by": staff, "now": timezone.now(), "key": uuid4()}


# ── Doors ──


def test_a_person_a_number_and_a_name_are_facts(lin: Staff) -> None:
    known = person(lin, "沈國樑", PHONE)
    wife = services.add_person(lead_id=known.lead_id, name="周雅婷", phone=WIFES, **act(lin)).person
    for kind, typed in (
        ("phone", "０９１２３４５６７８"), ("name", "David Shen"), ("wechat", "Shen_GL"),
        ("email", "Shen@example.com"),
    ):  # fmt: skip
        services.add_particular(person_id=known.pk, kind=kind, typed=typed, **act(lin))
    assert list(known.lead.people.order_by("pk")) == [known, wife]
    assert [p.number for p in known.phones.order_by("pk")] == ["+8613800138000", "+886912345678"]
    assert known.phones.get(number="+886912345678").typed == "０９１２３４５６７８"
    facts = PersonFact.objects.order_by("pk")
    assert [fact.kind for fact in facts] == ["person", "phone", "phone", "name", "wechat", "email"]
    assert {fact.by for fact in facts} == {lin}
    # The same number at the counter is this client.
    again = visit(lin, timezone.now(), phone=WIFES, project=known.lead.project)
    assert again.lead_id == known.lead_id


def test_a_form_sent_twice_is_written_once(lin: Staff) -> None:
    known = person(lin, "沈國樑")
    form = {"person_id": known.pk, "kind": "phone", "typed": PHONE, **act(lin)}
    assert services.add_particular(**form) == services.add_particular(**form)
    person_form = {"lead_id": known.lead_id, "name": "周雅婷", **act(lin)}
    assert services.add_person(**person_form) == services.add_person(**person_form)
    assert (Phone.objects.count(), Person.objects.count()) == (1, 2)


def test_a_number_that_somebody_has_is_kept_and_asked_about(
    office: Project, lin: Staff, wu: Staff
) -> None:
    theirs = person(wu, "周雅婷", WIFES)
    mine = person(lin, "沈國樑", PHONE)
    services.add_particular(person_id=mine.pk, kind="phone", typed=WIFES, **act(lin))
    assert Phone.every.filter(number="+8613916207754").count() == 2
    assert Phone.objects.get(number="+8613916207754").person == theirs
    found = Likeness.objects.get()
    assert ({found.one, found.two}, found.reasons) == ({theirs, mine}, ["phone"])
    # Whoever calls by it is still who he was.
    assert visit(wu, timezone.now(), phone=WIFES, project=office).lead_id == theirs.lead_id


def test_a_wrong_number_stays_and_tells_nobody_apart(
    office: Project, lin: Staff, wu: Staff
) -> None:
    theirs, mine = person(wu, "周雅婷", WIFES), person(lin, "沈國樑", PHONE)
    services.add_particular(person_id=mine.pk, kind="phone", typed=WIFES, **act(lin))
    wrong = Phone.objects.get(person=theirs)
    fact = services.mark_wrong(
        person_id=theirs.pk, phone_id=wrong.pk, reason="打過去是別人", **act(wu)
    )
    assert (fact.kind, fact.typed, fact.note) == ("wrong", WIFES, "打過去是別人")
    wrong = Phone.every.get(pk=wrong.pk)
    assert wrong.state == "wrong"
    # The other who gave it is known by it from now on.
    assert Phone.objects.get(number="+8613916207754").person == mine
    with pytest.raises(services.AlreadyWrong):
        services.mark_wrong(person_id=theirs.pk, phone_id=wrong.pk, reason="再說一次", **act(wu))
    # It can be right after all.
    services.add_particular(person_id=theirs.pk, kind="phone", typed=WIFES, **act(wu))
    assert Phone.every.get(pk=wrong.pk).state == "shared"


def test_a_wrong_alias_and_a_wrong_address(lin: Staff) -> None:
    known = person(lin, "沈國樑")
    services.add_particular(person_id=known.pk, kind="name", typed="Davis", **act(lin))
    services.add_particular(person_id=known.pk, kind="wechat", typed="davis_shen", **act(lin))
    services.mark_wrong(person_id=known.pk, alias="Davis", reason="是 David", **act(lin))
    contact = Contact.objects.get()
    services.mark_wrong(person_id=known.pk, contact_id=contact.pk, reason="停用", **act(lin))
    known.refresh_from_db()
    assert known.aliases == []
    assert not any("davis" in key for key in known.keys)
    assert Contact.objects.get().wrong


@pytest.mark.parametrize(
    ("kind", "typed", "refusal"),
    [
        ("phone", "123", identity.ImpossiblePhone),
        ("wechat", "沈", identity.ImpossibleContact),
        ("email", "nobody", identity.ImpossibleContact),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    lin: Staff, kind: str, typed: str, refusal: type[Exception]
) -> None:
    known = person(lin, "沈國樑")
    with pytest.raises(refusal):
        services.add_particular(person_id=known.pk, kind=kind, typed=typed, **act(lin))
    assert not PersonFact.objects.exists()


# ── The matcher over the whole base ──


def test_the_sweep_finds_pairs_once_and_dismissed_ones_only_for_a_new_reason(
    lin: Staff, wu: Staff, boss: Staff
) -> None:
    one, two = person(lin, "沈國樑", PHONE), person(wu, "沈国梁", WIFES)
    person(wu, "羅志豪")
    assert match_people() == 1
    assert match_people() == 0
    found = Likeness.objects.get()
    assert (found.one, found.two, found.reasons, found.state) == (one, two, ["script"], "open")
    services.dismiss_likeness(likeness_id=found.pk, reason="只是同名", by=boss, now=timezone.now())
    with pytest.raises(services.AlreadySettled):
        services.dismiss_likeness(likeness_id=found.pk, reason="", by=boss, now=timezone.now())
    Person.objects.update(compared=False)
    assert match_people() == 0
    for known in (one, two):
        services.add_particular(person_id=known.pk, kind="wechat", typed="shen_gl", **act(lin))
    again = Likeness.objects.get(state="open")
    assert again.reasons == ["wechat", "script"]
    found.refresh_from_db()
    assert (found.state, found.closed_by, found.note) == ("dismissed", boss, "只是同名")


def test_a_number_in_a_note_is_a_reason(lin: Staff, wu: Staff, capsys: Any) -> None:
    wife = person(wu, "周雅婷", WIFES)
    note = "太太的電話 139-1620-7754"
    man = person(lin, "沈國樑", PHONE, note=note)
    assert match_people() == 1
    found = Likeness.objects.get()
    assert ({found.one, found.two}, found.reasons) == ({wife, man}, ["noted"])
    # Notes from before numbers in notes were kept are read by the command.
    Likeness.objects.all().delete()
    Contact.objects.all().delete()
    call_command("match_people", "--all")
    assert "1 new suggestions" in capsys.readouterr().out
    assert Likeness.objects.get().reasons == ["noted"]


def test_who_is_linked_is_not_suggested(lin: Staff, boss: Staff) -> None:
    one, two = person(lin, "沈國樑"), person(lin, "沈国梁")
    services.link_people(
        lead_id=one.lead_id, other_id=two.lead_id, relation="friend", same_need=False, **act(boss)
    )
    assert match_people() == 0


# ── The page ──


def test_the_tab_shows_everybody_with_author_and_hides_numbers(
    client: Client, lin: Staff, boss: Staff
) -> None:
    known = person(lin, "沈國樑", PHONE)
    services.add_person(lead_id=known.lead_id, name="周雅婷", phone=WIFES, **act(lin))
    services.add_particular(person_id=known.pk, kind="name", typed="David Shen", **act(boss))
    for reader in (lin, boss):
        client.force_login(reader)
        page = text(client.get(f"/leads/{known.lead_id}/people/"))
        for shown in ("沈國樑", "周雅婷", "David Shen", "138****8000", "139****7754", "梁國棟"):
            assert shown in page
        for hidden in ("13800138000", "138 0013 8000", "13916207754", "139 1620 7754"):
            assert hidden not in page


def test_a_number_is_shown_once_asked_and_that_is_kept(client: Client, lin: Staff) -> None:
    known = person(lin, "沈國樑", PHONE)
    services.add_particular(person_id=known.pk, kind="phone", typed=WIFES, **act(lin))
    second = Phone.objects.get(number="+8613916207754")
    client.force_login(lin)
    page = text(client.post(f"/leads/{known.lead_id}/phone/", {"phone": second.pk}))
    assert "139 1620 7754" in page
    assert Disclosure.objects.get().what == {"phone": second.pk}
    elsewhere = person(StaffFactory(project=known.lead.project), "別人", "136 0000 1111")
    theirs = Phone.objects.get(person=elsewhere)
    answer = client.post(f"/leads/{known.lead_id}/phone/", {"phone": theirs.pk})
    assert answer.status_code == 404


def test_a_contact_is_covered_until_asked_for_and_that_is_kept(client: Client, lin: Staff) -> None:
    known = person(lin, "沈國樑", PHONE)
    services.add_particular(person_id=known.pk, kind="wechat", typed="shen_guoliang", **act(lin))
    services.add_particular(person_id=known.pk, kind="email", typed="shen@example.com", **act(lin))
    client.force_login(lin)
    page = text(client.get(f"/leads/{known.lead_id}/people/"))
    assert "s****" in page
    assert "s****@example.com" in page
    assert "shen_guoliang" not in page
    assert "shen@example.com" not in page
    for contact in Contact.objects.filter(person=known):
        answer = client.post(f"/leads/{known.lead_id}/phone/", {"contact": contact.pk})
        assert contact.typed in text(answer)
        seen = Disclosure.objects.latest("pk")
        assert (seen.kind, seen.what) == ("contact", {"contact": contact.pk})
        assert (seen.staff, seen.lead) == (lin, known.lead)
    colleague = StaffFactory(project=known.lead.project)
    client.force_login(colleague)
    own = person(colleague, "別人", "136 0000 1111")
    for lead in (known.lead_id, own.lead_id):
        assert client.post(f"/leads/{lead}/phone/", {"contact": contact.pk}).status_code == 404
    assert Disclosure.objects.count() == 2


def change(client: Client, known: Person, **given: Any) -> Any:
    return client.post(f"/leads/{known.lead_id}/people/change/", {"key": str(uuid4()), **given})


def test_the_forms_write_and_refuse_with_everything_kept(client: Client, lin: Staff) -> None:
    known = person(lin, "沈國樑", PHONE)
    client.force_login(lin)
    saved = change(client, known, act="person", name="周雅婷", phone=WIFES, note="一起來的")
    assert (saved.status_code, saved["Location"]) == (302, f"/leads/{known.lead_id}/people/")
    for given, kept in (
        ({"act": "person", "name": "王先生", "phone": "12"}, "王先生"),
        ({"act": "person", "traits": "", "note": "沒有人"}, "沒有人"),
        (
            {"act": "particular", "person": known.pk, "kind": "email", "typed": "不是信箱"},
            "不是信箱",
        ),
        ({"act": "particular", "person": known.pk, "kind": "phone", "typed": "一二三"}, "一二三"),
        ({"act": "particular", "person": known.pk, "kind": "name", "typed": "長" * 61}, "長" * 61),
    ):
        refused = change(client, known, **given)
        assert refused.status_code == 422
        assert kept in text(refused)
    phone = Phone.objects.get(person=known)
    refused = change(client, known, act="wrong", person=known.pk, phone=phone.pk)
    assert refused.status_code == 422
    assert "空號" in text(refused)
    change(client, known, act="wrong", person=known.pk, phone=phone.pk, reason="空號")
    assert Phone.every.get(pk=phone.pk).state == "wrong"
    assert "標為有誤：空號" in text(client.get(f"/leads/{known.lead_id}/people/"))


def test_an_agent_touches_only_his_own(client: Client, lin: Staff, wu: Staff) -> None:
    mine, theirs = person(lin, "沈國樑"), person(wu, "羅志豪")
    client.force_login(lin)
    assert change(client, theirs, act="person", name="某人").status_code == 404
    across = change(client, mine, act="particular", person=theirs.pk, kind="name", typed="X")
    assert across.status_code == 404
    assert Person.objects.count() == 2


def test_a_number_of_anothers_client_looks_like_any_other(
    client: Client, lin: Staff, wu: Staff, boss: Staff
) -> None:
    person(wu, "羅志豪", WIFES)
    pages = []
    client.force_login(lin)
    for typed in (WIFES, "139 1620 7755"):
        mine = person(lin, "沈國樑" if typed == WIFES else "羅國樑")
        answer = change(client, mine, act="particular", person=mine.pk, kind="phone", typed=typed)
        page = text(client.get(answer["Location"]))
        page = re.sub(r"[0-9a-f-]{36}|\w{64}|\d+|value=\"\w+\"", "", page).replace(mine.name, "")
        assert "羅志豪" not in page
        pages.append(page)
    assert pages[0] == pages[1]
    client.force_login(boss)
    assert "另一位客戶也用" in text(
        client.get(f"/leads/{Likeness.objects.first().two.lead_id}/people/")
    )


BAD_NAMES = [
    "單", "沈" * 60, "😀👨‍👩‍👧", "\u202e沈國樑\u2066", "<script>alert(1)</script>", "<b>沈</b>",
    "'; DROP", "%s{0}", "&amp;", "​",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_bad_name_is_kept_as_typed_and_shown_harmlessly(
    client: Client, lin: Staff, boss: Staff, name: str
) -> None:
    known = person(lin, name, PHONE)
    assert known.name == name
    match_people()
    client.force_login(boss)
    page = client.get(f"/leads/{known.lead_id}/people/").content.decode()
    assert "<script>alert" not in page
    assert "<b>沈</b>" not in page
    assert client.get("/leads/", {"q": name}).status_code == 200
    assert client.get("/likenesses/").status_code == 200


@pytest.mark.parametrize("many", [1, 12])
@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_the_number_of_queries_does_not_grow(
    client: Client, office: Project, lin: Staff, boss: Staff, role: str, many: int
) -> None:
    known = person(lin, "沈國樑", PHONE)
    for number in range(many):
        services.add_person(
            lead_id=known.lead_id, name=f"親戚{number}", phone=f"139 1620 {7700 + number}",
            **act(lin),
        )  # fmt: skip
        other = person(lin, f"沈國{'良梁亮'[number % 3]}", f"136 0000 {1100 + number}")
        services.link_people(
            lead_id=known.lead_id, other_id=other.lead_id, relation="family", **act(boss)
        )
    match_people()
    reader = lin if role == Role.AGENT else boss
    client.force_login(reader)
    for path in (
        f"/leads/{known.lead_id}/people/",
        "/likenesses/",
        f"/leads/{known.lead_id}/link/",
    ):
        if path == "/likenesses/" and role == Role.AGENT:
            continue
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        assert len(asked.captured_queries) <= 12, [
            query["sql"][-90:] for query in asked.captured_queries
        ]


# ── Who may be whom, on the page ──


def test_supervisors_see_reasons_and_say_no(
    client: Client, lin: Staff, wu: Staff, boss: Staff
) -> None:
    person(lin, "沈國樑", PHONE), person(wu, "沈国梁", WIFES)
    match_people()
    client.force_login(boss)
    page = text(client.get("/likenesses/"))
    for shown in ("沈國樑", "沈国梁", "同名，繁簡寫法不同", "138****8000", "歸 林若晴"):
        assert shown in page
    assert '可能同一人 <span class="gs-count">1</span>' in text(client.get("/leads/"))
    found = Likeness.objects.get()
    client.post(f"/likenesses/{found.pk}/dismiss/", {"reason": "只是同名"})
    assert "沒有待確認的人" in text(client.get("/likenesses/"))
    assert "已經有人處理過" in text(
        client.post(f"/likenesses/{found.pk}/dismiss/", {"reason": ""}, follow=True)
    )


def test_an_agent_sees_suggestions_among_his_own_alone(
    client: Client, lin: Staff, wu: Staff
) -> None:
    mine = person(lin, "沈國樑")
    theirs = person(wu, "沈国梁")
    match_people()
    client.force_login(lin)
    path = f"/leads/{mine.lead_id}/people/"
    assert "沈国梁" not in text(client.get(path))
    assert "可能同一人" not in text(client.get(path))
    own = person(lin, "Shen Guoliang")
    match_people()
    page = text(client.get(path))
    assert "Shen Guoliang" in page
    assert f"with={own.lead_id}" in page
    assert f"with={theirs.lead_id}" not in page


def test_an_acquaintance_is_told_only_as_far_as_the_rule_needs(
    client: Client, office: Project, lin: Staff, wu: Staff, boss: Staff
) -> None:
    elsewhere = ProjectFactory(name="別處華庭")
    visit(wu, ago(40), phone=PHONE, name="沈老闆", project=elsewhere)
    event = visit(lin, ago(1), phone=PHONE, name="沈國樑", project=office, known_to=wu)
    path = f"/leads/{event.lead_id}/people/"
    owner = event.lead.owner
    client.force_login(boss)
    page = text(client.get(path))
    assert "認識的顧問" in page
    assert "吳承翰" in page
    assert "有他接待同一個電話的紀錄" in page
    for secret in ("別處華庭", "沈老闆"):
        assert secret not in page
    if owner == lin:
        client.force_login(lin)
        assert "認識的顧問" not in text(client.get(path))


# ── Search ──


@pytest.mark.parametrize(
    "typed",
    ["沈", "沈國樑", "沈国梁", "国梁", "shen guoliang", "Guoliang", "sgl", "SHEN", "David", "dav",
     "shen david", "灰色休旅", "138 0013 8000", "8000"],
)  # fmt: skip
def test_the_list_finds_names_in_any_script(
    client: Client, lin: Staff, wu: Staff, boss: Staff, typed: str
) -> None:
    known = person(lin, "沈國樑", PHONE, traits="開灰色休旅車")
    services.add_particular(person_id=known.pk, kind="name", typed="David Shen", **act(lin))
    person(lin, "羅志豪", "136 0000 1111")
    for reader, expected in ((lin, ["沈國樑"]), (boss, ["沈國樑"]), (wu, [])):
        client.force_login(reader)
        rows = client.get("/leads/", {"q": typed}).context["rows"]
        assert [row["called"].name for row in rows] == expected


def test_notes_reach_the_proposer(lin: Staff, boss: Staff) -> None:
    known = person(lin, "沈國樑")
    asked = services.propose_link(
        lead_id=known.lead_id, relation="family", evidence="同住", phone=WIFES, **act(lin)
    )
    assert Notification.objects.get(staff=boss).url == "/likenesses/"
    services.dismiss_likeness(likeness_id=asked.pk, reason="", by=boss, now=timezone.now())
    assert "沒有成立" in Notification.objects.get(staff=lin).text
    assert Kind.LINK not in known.lead.events.values_list("kind", flat=True)
