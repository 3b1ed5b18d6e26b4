"""The review queue: what is in it, in which order, for whom, and the case beside it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from attribution.services import set_policy
from commissions.services import record_deal
from leads.services import link_people, record_departure
from tests.factories import ProjectFactory, StaffFactory

from .conftest import browser_of, collide, tell, the_case

pytestmark = pytest.mark.django_db


def sell(office, lead_id, agent, unit="3 棟 1202", at=None):
    at = at or office.now - timedelta(hours=1)
    return record_deal(
        lead_id=lead_id,
        agent=agent,
        unit=unit,
        price_cents=428_000_000,
        at=at,
        by=office.supervisor,
        now=at,
        key=uuid4(),
    )


def test_the_queue_shows_the_case_with_names_and_letters(office):
    lead = collide(office)
    page = browser_of(office.supervisor).get(reverse("queue"))
    assert page.status_code == 200
    text = page.content.decode()
    assert str(the_case(lead)) in text
    for word in ("甲", "乙", "王思齊", "簡詩涵", "葉先生", "制度提案：歸甲 王思齊"):
        assert word in text


@pytest.mark.parametrize("kind", ["collision", "poaching", "departure", "complaint", "steering"])
def test_every_kind_of_case_has_its_page(office, kind):
    from disputes.services import record_complaint
    from leads.models import Kind
    from leads.services import record_contact

    lead = collide(office)
    if kind == "poaching":
        tell(lead, office.bing, office.now - timedelta(days=1))
        sell(office, lead, office.bing)
    elif kind == "departure":
        at = office.now - timedelta(hours=2)
        record_departure(staff=office.jia, at=at, by=office.supervisor, now=at)
    elif kind == "complaint":
        record_complaint(
            lead_id=lead,
            about=office.jia,
            by=office.supervisor,
            now=office.now,
            key=uuid4(),
            note="約了沒來",
        )
    elif kind == "steering":
        record_contact(
            project=office.project,
            kind=Kind.VISIT,
            agent=office.bing,
            at=office.now,
            now=office.now,
            by=office.bing,
            key=uuid4(),
            phone="139 0000 1111",
            steered_by=office.supervisor,
            turn_of=office.yi,
        )
    from disputes.models import Case

    case = Case.objects.get(kind=kind, state="open")
    for staff in (office.supervisor, office.manager, office.general):
        assert browser_of(staff).get(reverse("case", args=[case.pk])).status_code == 200


def test_overdue_first_then_money_then_age(office):
    # Where a supervisor decides collisions they hold the commission.
    begun = office.now - timedelta(days=20)
    set_policy(
        project=office.project,
        preset="sales",
        settings={},
        effective_from=begun,
        by=office.manager,
        now=begun,
    )
    old = collide(office, days=9, phone="138 0013 8001")
    rich = collide(office, days=4, phone="138 0013 8002")
    plain = collide(office, days=4, phone="138 0013 8003")
    sell(office, rich, office.jia)
    page = browser_of(office.supervisor).get(reverse("queue"))
    order = [case.lead_id for case in page.context["page_obj"]]
    assert order == [old, rich, plain]
    assert page.context["queue"].overdue == 1
    assert page.context["queue"].held_cents == 3_424_000


def test_a_view_of_the_queue_is_an_address(office):
    lead = collide(office)
    browser = browser_of(office.supervisor)
    for query, there in (
        ("kind=collision", True),
        ("kind=poaching", False),
        ("decided_by=negotiation", False),
        ("state=ruled", False),
    ):
        rows = browser.get(f"{reverse('queue')}?{query}").context["page_obj"]
        assert ([c.lead_id for c in rows] == [lead]) is there, query


def test_another_projects_case_does_not_exist(office):
    lead = collide(office)
    elsewhere = StaffFactory(project=ProjectFactory(), role="supervisor")
    url = reverse("case", args=[the_case(lead).pk])
    assert browser_of(elsewhere).get(url).status_code == 404
    assert browser_of(office.jia).get(url).status_code == 403
    assert not browser_of(elsewhere).get(reverse("queue")).context["page_obj"].object_list


def test_the_number_of_queries_does_not_grow(office, django_assert_max_num_queries):
    lead = collide(office, phone="138 0013 7000")
    sell(office, lead, office.jia)
    browser = browser_of(office.supervisor)
    url = reverse("case", args=[the_case(lead).pk])
    browser.get(url)
    with django_assert_max_num_queries(12):
        browser.get(url)
    for n in range(12):
        collide(office, phone=f"138 0013 71{n:02d}")
    with django_assert_max_num_queries(12):
        browser.get(url)
    with django_assert_max_num_queries(12):
        browser.get(reverse("queue"))


def test_the_effect_of_each_outcome_is_the_engines(office):
    lead = collide(office)
    sell(office, lead, office.jia)
    page = browser_of(office.supervisor).get(reverse("case", args=[the_case(lead).pk]))
    dossier = page.context["dossier"]
    found = {(o.name, o.key): o for o in dossier.outcomes}
    assert found["give", "2"].owner.agent == office.yi.pk
    deal = dossier.deals[0].pk
    assert found["give", "2"].credits[deal] == {office.yi.pk: 100}
    assert found["share", "S"].credits[deal] == {office.jia.pk: 60, office.yi.pk: 40}
    text = page.content.decode()
    assert "¥34,240.00" in text
    assert "¥20,544.00" in text
    assert "¥13,696.00" in text


def test_poaching_names_the_notice_before_the_deal(office):
    lead = collide(office, days=20)
    tell(lead, office.bing, office.now - timedelta(days=10))
    sell(office, lead, office.bing)
    from disputes.models import Case

    case = Case.objects.get(kind="poaching")
    page = browser_of(office.supervisor).get(reverse("case", args=[case.pk]))
    answers = {q.name: q for q in page.context["dossier"].questions}
    assert answers["closer_knew"].yes
    assert answers["closer_knew"].days == 9
    assert answers["on_behalf"].yes is False
    assert answers["owner_at_deal"].side.agent == office.jia.pk
    assert "sales/1" in page.context["dossier"].flagged_by


def test_a_linked_party_asks_no_more_than_twelve_times(office, django_assert_max_num_queries):
    one, two = collide(office), collide(office, phone="138 0013 8055")
    link_people(
        lead_id=two,
        other_id=one,
        relation="family",
        by=office.jia,
        now=office.now,
        key=uuid4(),
    )
    sell(office, one, office.jia)
    from disputes.models import Case

    browser = browser_of(office.supervisor)
    for case in Case.objects.filter(state="open"):
        url = reverse("case", args=[case.pk])
        assert browser.get(url).status_code == 200
        with django_assert_max_num_queries(12):
            browser.get(url)
