"""Links: what is shown before signing is what signing does, and taking back leaves no trace."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attribution.models import Decision
from attribution.queries.links import LinkPreview
from attribution.tasks import refresh_lapsed
from commissions.models import Line
from commissions.queries.deals import moved
from commissions.services import record_deal
from disputes.models import Case
from leads import services, stamps
from leads.forms.links import RELATIONS
from leads.models import ContactEvent, Kind, Lead, Likeness, Person, Project, Role, Staff
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

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


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def come(agent: Staff, days: float, name: str, phone: str = "") -> Lead:
    event = visit(agent, timezone.now() - timedelta(days=days), name=name, phone=phone)
    return Lead.objects.select_related("project").get(pk=event.lead_id)


def deal(lead: Lead, agent: Staff) -> None:
    now = timezone.now()
    record_deal(
        lead_id=lead.pk, agent=agent, unit="3 棟 1202", price_cents=428_000_000, at=now, by=agent,
        now=now, key=uuid4(),
    )  # fmt: skip


def state() -> list[Any]:
    leads = Lead.objects.order_by("pk").values_list("owner", "valid_until", "contested", "party")
    lines = Line.objects.order_by("deal", "agent").values_list(
        "agent", "held_cents", "released_cents"
    )
    return [*leads, *(line for line in lines if any(line[1:]))]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    relation=st.sampled_from(list(RELATIONS)),
    same_need=st.booleans(),
    price_testing=st.booleans(),
    preset=st.sampled_from(["house", "sales", "leasing"]),
    days=st.permutations([1.0, 5.0, 45.0]),
    sold=st.booleans(),
    same_agent=st.booleans(),
)
def test_what_is_shown_is_what_signing_does_and_taking_back_restores(
    relation: str, same_need: bool, price_testing: bool, preset: str, days: list[float],
    sold: bool, same_agent: bool,
) -> None:  # fmt: skip
    office = ProjectFactory(preset=preset)
    lin, wu, boss = (StaffFactory(project=office) for _number in range(3))
    one, two = come(lin, days[0], "沈國樑"), come(lin if same_agent else wu, days[1], "周雅婷")
    if sold:
        deal(two, wu)
    refresh_lapsed()  # what lapsed by the calendar is no trace of a link
    before, now = state_of(office), timezone.now()
    terms = {"relation": relation, "same_need": same_need, "price_testing": price_testing}
    shown = LinkPreview(one, two, now=now, terms=terms)
    money = {row.name: row.after for row in moved(shown).rows}
    stamp = stamps.of_link(one, two, now=now, **terms)
    link = services.link_people(
        lead_id=one.pk, other_id=two.pk, by=boss, now=now, key=uuid4(), stamp=stamp, **terms
    )
    for side in shown.sides:
        lead = Lead.objects.get(pk=side.lead.pk)
        assert (lead.owner_id, lead.valid_until) == (side.after.owner, side.after.valid_until)
        stored = Decision.objects.filter(lead=lead).latest("decided_at", "pk")
        assert sorted(stored.cases) == sorted(side.after.cases)
    for name, cents in money.items():
        lines = Line.objects.filter(agent__name=name, project=office)
        assert sum(line.held_cents + line.released_cents for line in lines) == cents
    # And taking it back.
    later = timezone.now()
    back = LinkPreview(one, two, now=later, taken_back=link)
    services.take_back_link(event_id=link.pk, by=boss, now=later, key=uuid4(), reason="認錯人")
    assert state_of(office) == before
    for side in back.sides:
        lead = Lead.objects.get(pk=side.lead.pk)
        assert (lead.owner_id, lead.valid_until) == (side.after.owner, side.after.valid_until)


def state_of(office: Project) -> list[Any]:
    leads = Lead.objects.filter(project=office).order_by("pk")
    lines = Line.objects.filter(project=office).order_by("deal", "agent")
    rows: list[Any] = list(leads.values_list("owner", "valid_until", "contested", "party"))
    for agent, held, released in lines.values_list("agent", "held_cents", "released_cents"):
        if held or released:
            rows.append((agent, held, released))
    return rows


def form(**given: Any) -> dict[str, Any]:
    return {"relation": "family", "same_need": "yes", "evidence": "同住", "key": uuid4(), **given}


def stamp_in(response: Any) -> str:
    return str(response.context["stamp"])


def test_a_supervisor_sees_the_effect_and_signs(
    client: Client, lin: Staff, wu: Staff, boss: Staff
) -> None:
    one, two = come(lin, 5, "沈國樑", PHONE), come(wu, 2, "周雅婷", WIFES)
    deal(two, wu)
    client.force_login(boss)
    path = f"/leads/{one.pk}/link/"
    looked = client.post(path, form(phone=WIFES, look="1", evidence=""))
    page = text(looked)
    assert looked.status_code == 200
    for shown in ("簽署後會發生", "周雅婷", "歸 吳承翰", "<b>歸 林若晴", "佣金", "隨時可以撤回"):
        assert shown in page, shown
    assert not ContactEvent.objects.filter(kind=Kind.LINK).exists()
    given = form(phone=WIFES, other=two.pk, stamp=stamp_in(looked))
    # What was shown was shown for a family; another relation is shown first.
    other = client.post(path, given | {"relation": "friend", "same_need": "no"})
    assert (other.status_code, other.context["stale"]) == (409, True)
    signed = client.post(path, given)
    assert (signed.status_code, signed["Location"]) == (302, f"/leads/{one.pk}/people/")
    link = ContactEvent.objects.get(kind=Kind.LINK)
    assert (link.by, link.details["relation"], link.details["evidence"]) == (boss, "family", "同住")
    assert Lead.objects.get(pk=two.pk).owner == lin
    # Sent again, it is the same link.
    client.post(path, given | {"stamp": "x"})
    assert ContactEvent.objects.filter(kind=Kind.LINK).count() == 1
    page = text(client.get(f"/leads/{one.pk}/people/"))
    assert "依據：同住" in page


def test_a_link_is_not_signed_after_anything_happened(
    client: Client, lin: Staff, wu: Staff, boss: Staff
) -> None:
    one, two = come(lin, 5, "沈國樑", PHONE), come(wu, 2, "周雅婷", WIFES)
    client.force_login(boss)
    path = f"/leads/{one.pk}/link/"
    looked = client.post(path, form(phone=WIFES, look="1"))
    visit(wu, timezone.now(), phone=WIFES, project=one.project)
    stale = client.post(
        path, form(phone=WIFES, other=two.pk, stamp=stamp_in(looked), evidence="我寫的依據")
    )
    assert stale.status_code == 409
    assert "情況變了" in text(stale)
    assert "我寫的依據" in text(stale)
    assert not ContactEvent.objects.filter(kind=Kind.LINK).exists()
    signed = client.post(path, form(phone=WIFES, other=two.pk, stamp=stamp_in(stale)))
    assert signed.status_code == 302


def test_taking_back_shows_its_effect_and_restores(
    client: Client, lin: Staff, wu: Staff, boss: Staff
) -> None:
    one, two = come(lin, 5, "沈國樑", PHONE), come(wu, 2, "周雅婷", WIFES)
    before = state()
    link = services.link_people(
        lead_id=one.pk, other_id=two.pk, relation="spouse", by=boss, now=timezone.now(), key=uuid4()
    )
    assert state() != before
    client.force_login(boss)
    path = f"/links/{link.pk}/take-back/"
    page = client.get(path)
    assert "撤回後會發生" in text(page)
    assert client.post(path, {"key": uuid4(), "stamp": stamp_in(page)}).status_code == 422
    given = {"key": uuid4(), "stamp": stamp_in(page), "reason": "認錯人"}
    assert client.post(path, given).status_code == 302
    assert state() == before
    assert Case.objects.get().state == Case.State.MOOT
    assert "撤回：認錯人" in text(client.get(f"/leads/{one.pk}/people/"))
    assert "已經撤回了" in text(client.get(path))


def test_an_agent_signs_between_his_own(client: Client, lin: Staff) -> None:
    one, two = come(lin, 5, "沈國樑", PHONE), come(lin, 2, "周雅婷", WIFES)
    client.force_login(lin)
    path = f"/leads/{one.pk}/link/"
    looked = client.get(path, {"with": two.pk})
    assert "簽署後會發生" in text(looked)
    given = form(other=two.pk, relation="same", stamp=stamp_in(looked))
    client.post(path, given)
    assert Lead.objects.get(pk=two.pk).party_id == one.pk
    link = ContactEvent.objects.get(kind=Kind.LINK)
    assert client.get(f"/links/{link.pk}/take-back/").status_code == 200


def test_an_agent_learns_nothing_of_whom_he_means(
    client: Client, lin: Staff, wu: Staff, boss: Staff
) -> None:
    one, theirs = come(lin, 5, "沈國樑", PHONE), come(wu, 2, "周雅婷", WIFES)
    client.force_login(lin)
    path = f"/leads/{one.pk}/link/"
    answers = []
    for asked in (
        {"phone": WIFES},
        {"phone": "136 0000 9999"},
        {"name": "周雅婷"},
        {"name": "某人"},
    ):
        looked = client.post(path, form(look="1", **asked))
        sent = client.post(path, form(**asked))
        page = text(looked)
        assert "送出後會發生" in page
        assert str(theirs) not in page
        assert "吳承翰" not in page
        answers.append((looked.status_code, sent.status_code, sent["Location"]))
    assert len(set(answers)) == 1
    chosen = client.post(path, form(other=theirs.pk, name="周雅婷"))
    assert chosen.status_code == 302
    assert not ContactEvent.objects.filter(kind=Kind.LINK).exists()
    assert set(Likeness.objects.values_list("two", flat=True)) == {None}
    assert client.get(path, {"with": theirs.pk}).context["others"] == []

    # The supervisor finds out who it is, sees the effect, and signs.
    client.force_login(boss)
    proposal = Likeness.objects.filter(phone=WIFES).get()
    assert "林若晴 提出" in text(client.get("/likenesses/"))
    opened = client.get(path, {"proposal": proposal.pk})
    assert opened.context["other"] == theirs
    assert "同住" in text(opened)
    client.post(
        path, form(phone=WIFES, other=theirs.pk, proposal=proposal.pk, stamp=stamp_in(opened))
    )
    proposal.refresh_from_db()
    assert (proposal.state, proposal.closed_by) == ("linked", boss)
    assert proposal.link == ContactEvent.objects.get(kind=Kind.LINK)
    assert lin.notifications.filter(text__contains="已確認").count() == 1


def test_an_agents_link_that_concerns_somebody_else_goes_to_the_supervisor(
    client: Client, lin: Staff, wu: Staff
) -> None:
    one, two = come(lin, 5, "沈國樑", PHONE), come(lin, 6, "周雅婷", WIFES)
    visit(wu, timezone.now() - timedelta(days=1), phone=WIFES, project=two.project)
    client.force_login(lin)
    path = f"/leads/{one.pk}/link/"
    assert "送主管確認" in text(client.get(path, {"with": two.pk}))
    client.post(path, form(other=two.pk))
    assert not ContactEvent.objects.filter(kind=Kind.LINK).exists()
    found = Likeness.objects.get()
    assert {found.one.lead, found.two and found.two.lead} == {one, two}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "寫下對方的電話或姓名"),
        ({"phone": "12"}, "這不像電話號碼"),
        ({"phone": WIFES, "evidence": ""}, "寫下依據"),
        ({"phone": "136 0000 9999"}, "沒有這個電話或姓名的客戶"),
        ({"phone": WIFES, "relation": "enemy"}, "enemy"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    client: Client, lin: Staff, wu: Staff, boss: Staff, given: dict[str, str], said: str
) -> None:
    one, _two = come(lin, 5, "沈國樑", PHONE), come(wu, 2, "周雅婷", WIFES)
    client.force_login(boss)
    refused = client.post(
        f"/leads/{one.pk}/link/", form(name="", **{"evidence": "依據在此"} | given)
    )
    assert refused.status_code == 422
    assert said in text(refused)
    assert given.get("evidence", "依據在此") in text(refused)


def test_of_many_one_is_chosen(client: Client, lin: Staff, wu: Staff, boss: Staff) -> None:
    one = come(lin, 5, "沈國樑", PHONE)
    same = [come(wu, 2, "周雅婷"), come(wu, 3, "周雅婷")]
    client.force_login(boss)
    path = f"/leads/{one.pk}/link/"
    asked = client.post(path, form(name="周雅婷", look="1"))
    assert asked.status_code == 422
    assert "找到 2 位，選一位" in text(asked)
    looked = client.post(path, form(name="周雅婷", look="1", other=same[1].pk))
    assert looked.context["other"] == same[1]
    elsewhere = come(StaffFactory(project=ProjectFactory()), 1, "周雅婷")
    outside = client.post(path, form(name="周雅婷", other=elsewhere.pk))
    assert outside.status_code == 422
    assert Person.objects.count() == 4
