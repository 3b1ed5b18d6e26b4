"""Nobody decides a case to which he is a party or from which he gains: every way of being near."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from commissions.services import record_deal
from disputes import services
from disputes.models import Case
from disputes.procedure import PATTERNS
from leads.models import ContactEvent, Kind, Role
from leads.services import record_contact
from tests.factories import StaffFactory, visit

from .conftest import browser_of, collide, tell, the_case
from .test_course import DAY, given, ruling
from .test_ruling import post

pytestmark = pytest.mark.django_db

PHONE = "138 0013 8000"


@pytest.fixture
def near(office):
    """A supervisor who could decide, if only he were not so near."""
    office.near = StaffFactory(project=office.project, name="周近", role=Role.SUPERVISOR)
    return office


def a_party(office):
    visit(office.jia, office.now - 4 * DAY, phone=PHONE)
    lead = visit(office.near, office.now - 2 * DAY, phone=PHONE).lead_id
    return the_case(lead)


def a_claimant(office):
    """His right lapsed before the two others came: he is no party, and still not a stranger."""
    lead = visit(office.near, office.now - 200 * DAY, phone=PHONE).lead_id
    collide(office)
    case = the_case(lead)
    assert not case.parties.filter(staff=office.near).exists()
    return case


def the_credited(office):
    lead = visit(office.jia, office.now - 4 * DAY, phone=PHONE).lead_id
    sold(office, lead, office.jia)
    case = the_case(collide(office, phone="138 0013 8001"))
    services.decide(**ruling(office, case, office.near, reason="交給他"))
    sold(office, case.lead_id, office.near, unit="5 棟 1")
    return brought(office, case.lead_id, office.jia)


def the_steerer(office):
    lead = visit(office.bing, office.now, steered_by=office.near, turn_of=office.yi).lead_id
    return the_case(lead)


def the_accused(office):
    lead = visit(office.jia, office.now - DAY, phone=PHONE).lead_id
    return services.open_by_hand(
        lead_id=lead,
        kind="other",
        text="失職",
        about=office.near,
        **given(office.manager, office.now),
    )


def the_opener(office):
    lead = visit(office.jia, office.now - DAY, phone=PHONE).lead_id
    return brought(office, lead, office.near)


def who_ruled_before(office):
    case = the_case(collide(office))
    office.near.role = Role.GENERAL_MANAGER
    office.near.save()
    services.decide(**ruling(office, case, office.jia, by=office.near))
    return services.appeal(
        case_id=case.pk, ground="new_facts", text="有照片", **given(office.yi, office.now)
    )


def the_introducer(office):
    """He owns nothing and stands in no chain, but the deal pays him for the introduction."""
    plan = office.project.plans.get()
    type(plan).objects.create(
        project=office.project,
        effective_from=office.now.date() - timedelta(days=30),
        rate_permyriad=80,
        terms={"introducer": "10"},
    )
    lead = collide(office)
    sold(office, lead, office.jia, introducer=office.near)
    return the_case(lead)


def sold(office, lead, agent, unit="3 棟 1202", **more):
    at = office.now - timedelta(hours=1)
    return record_deal(
        lead_id=lead,
        agent=agent,
        unit=unit,
        price_cents=428_000_000,
        at=at,
        by=office.manager,
        now=office.now,
        key=uuid4(),
        **more,
    )


def brought(office, lead, by):
    return services.contest(
        lead_id=lead, kind="objection", clause="leasing/2.2", text="少算", **given(by, office.now)
    )


WAYS = {
    "parties": a_party,
    "claimants": a_claimant,
    "credited": the_credited,
    "steerers": the_steerer,
    "accused": the_accused,
    "openers": the_opener,
    "ruled_before": who_ruled_before,
    "paid": the_introducer,
}


def test_every_pattern_has_its_story():
    assert set(WAYS) | {"beneficiaries"} == set(PATTERNS)


@pytest.mark.parametrize("way", WAYS)
def test_he_is_refused_by_door_and_page(near, way):
    case = WAYS[way](near)
    rulings = ContactEvent.objects.filter(kind=Kind.RULING).count()
    heard = {party.staff_id: "…" for party in case.parties.all()}
    owner = None if case.kind == "other" else near.jia
    for door in (services.decide, services.draft):
        with pytest.raises(services.PartyToTheCase):
            door(**ruling(near, case, owner, by=near.near, heard=heard, finding="recorded"))
    page = browser_of(near.near).get(reverse("case", args=[case.pk]))
    assert page.context["is_party"]
    assert 'role="toolbar"' not in page.content.decode()
    assert "不能由你裁定" in page.content.decode()
    case.refresh_from_db()
    assert case.is_open
    assert ContactEvent.objects.filter(kind=Kind.RULING).count() == rulings


def test_nobody_gives_the_client_to_himself(near):
    case = the_case(collide(near))
    with pytest.raises(services.PartyToTheCase):
        services.decide(**ruling(near, case, near.near, by=near.near))
    shares = {near.jia.pk: 90, near.near.pk: 10}
    with pytest.raises(services.PartyToTheCase):
        services.decide(**ruling(near, case, near.jia, by=near.near, shares=shares))


def test_whoever_is_near_may_still_lay_it_before_the_general_manager(near):
    case = a_party(near)
    services.follow_clock(case_id=case.pk, by=None, now=near.now)
    services.escalate(
        case_id=case.pk, version=None, reason="我是當事人", **given(near.near, near.now)
    )
    case.refresh_from_db()
    assert case.instance == "general_manager"


class TestNoticeToEveryParty:
    def test_the_closer_is_told_whatever_opened_the_case(self, office):
        """The notice is written down after the deal: that fact opens the case, not the deal."""
        lead = visit(office.jia, office.now - 20 * DAY, phone=PHONE).lead_id
        sold(office, lead, office.bing)
        tell(lead, office.bing, office.now - 10 * DAY)
        for case in Case.objects.filter(lead=lead):
            assert case.parties.filter(staff=office.bing).exists(), case.kind

    def test_the_front_desk_is_heard_about_steering_and_holds_no_client(self, office):
        desk = StaffFactory(project=office.project, name="前台小周", role=Role.RECEPTIONIST)
        event = record_contact(
            project=office.project,
            kind=Kind.VISIT,
            agent=office.bing,
            at=office.now,
            now=office.now,
            by=office.bing,
            key=uuid4(),
            name="蘇冠宇",
            steered_by=desk,
            turn_of=office.yi,
        )
        case = the_case(event.lead_id)
        others = {office.bing.pk: "…", office.yi.pk: "…"}
        with pytest.raises(services.NotNow):
            services.decide(**ruling(office, case, office.yi, heard=others))
        url = reverse("my_case", args=[case.pk])
        browser = browser_of(desk)
        page = browser.get(url).content.decode()
        for secret in ("蘇冠宇", office.bing.name, office.yi.name):
            assert secret not in page
        said = {"do": "answer", "text": "客戶自己要找他", "key": uuid4()}
        assert browser.post(url, said).status_code == 302
        with pytest.raises(services.NotAnAgentHere):
            services.decide(**ruling(office, case, desk, heard=others))
        assert post(office.supervisor, case, owner=desk.pk).status_code == 422
        services.decide(**ruling(office, case, office.yi, heard=others))
