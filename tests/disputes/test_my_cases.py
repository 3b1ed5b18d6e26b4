"""An agent's own cases: his side in full, the other's never."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from disputes import evidence, services
from leads.models import Lead
from tests.factories import ProjectFactory, StaffFactory, visit

from .conftest import browser_of, collide, tell, the_case
from .test_ruling import post

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def test_both_sides_see_the_case_and_nobody_sees_a_name(office):
    case = the_case(collide(office))
    for mine, other in ((office.jia, office.yi), (office.yi, office.jia)):
        text = browser_of(mine).get(reverse("my_cases")).content.decode()
        assert str(case) in text
        assert other.name not in text
    assert "裁定前暫歸你" in browser_of(office.jia).get(reverse("my_cases")).content.decode()
    assert "裁定前不歸你" in browser_of(office.yi).get(reverse("my_cases")).content.decode()


def test_the_clients_name_is_the_owners_alone(office):
    collide(office)
    assert "葉先生" in browser_of(office.jia).get(reverse("my_cases")).content.decode()
    assert "葉先生" not in browser_of(office.yi).get(reverse("my_cases")).content.decode()


def test_a_stranger_and_a_former_owner_see_nothing(office):
    long_ago = office.now - timedelta(days=200)
    visit(office.bing, long_ago, phone="138 0013 8000")
    case = the_case(collide(office))
    assert str(case) not in browser_of(office.bing).get(reverse("my_cases")).content.decode()


def test_what_came_of_it_stays(office):
    lead = collide(office)
    case = the_case(lead)
    post(office.supervisor, case, owner=office.yi.pk)
    assert "不歸你" in browser_of(office.jia).get(reverse("my_cases")).content.decode()
    text = browser_of(office.yi).get(reverse("my_cases")).content.decode()
    assert "歸你" in text
    assert "先接待" not in text


def test_the_number_of_queries_does_not_grow(office, django_assert_max_num_queries):
    collide(office)
    browser = browser_of(office.jia)
    browser.get(reverse("my_cases"))
    for n in range(6):
        collide(office, phone=f"138 0013 71{n:02d}")
    with django_assert_max_num_queries(12):
        browser.get(reverse("my_cases"))


@pytest.mark.parametrize("page", ["my_case", "case_file"])
def test_a_case_asks_no_more_often_the_more_was_said(office, page, django_assert_max_num_queries):
    case = the_case(collide(office))
    url = reverse(page, args=[case.pk])
    browsers = [browser_of(office.jia)]
    browsers += [browser_of(office.supervisor)] if page == "case_file" else []
    for browser in browsers:
        assert browser.get(url).status_code == 200
        with CaptureQueriesContext(connection) as before:
            browser.get(url)
        for agent in (office.jia, office.yi):
            for _ in range(3):
                upload = SimpleUploadedFile("聊天.png", PNG, "image/png")
                services.answer(
                    case_id=case.pk, by=agent, now=office.now, key=uuid4(), text="客戶先找我",
                    files=evidence.put_away([upload]),
                )  # fmt: skip
        tell(case.lead_id, office.bing, office.now)
        with django_assert_max_num_queries(min(12, len(before))):
            browser.get(url)


def test_a_case_of_another_project_keeps_that_offices_clock(office):
    """Chosen is a project in Shanghai; the case is one of an office in Tokyo, an hour ahead."""
    there = ProjectFactory(
        name="品川", time_zone="Asia/Tokyo", preset__settings={"collision_by": "supervisor"}
    )
    people = {name: StaffFactory(project=there, name=name) for name in ("林一", "林二")}
    began = office.now - timedelta(days=3)
    lead = visit(people["林一"], began, phone="138 0013 8000", name="葉先生").lead_id
    visit(people["林二"], began + timedelta(days=1), phone="138 0013 8000")
    there.staff.add(office.supervisor)
    case, boss = the_case(lead), browser_of(office.supervisor)
    tokyo, shanghai = (began.astimezone(ZoneInfo(f"Asia/{c}")) for c in ("Tokyo", "Shanghai"))
    page = boss.get(reverse("case", args=[case.pk])).content.decode()
    article = page[page.index("<article") : page.index("</article>")]
    assert f"{tokyo:%H:%M}" in article
    assert f"{shanghai:%H:%M}" not in article
    opened = case.opened_at.astimezone(ZoneInfo("Asia/Tokyo"))
    file = boss.get(reverse("case_file", args=[case.pk])).content.decode()
    assert f"{opened:%H:%M}" in file


def panel(source, staff, **given):
    request = RequestFactory().get("/")
    request.user, request.session = staff, {}
    template = Template("{% load disputes_panels commissions_panels %}" + source)
    return template.render(Context({"request": request, **given}))


def test_the_panels_lent_to_other_pages(office):
    lead = collide(office)
    case = the_case(lead)
    card = panel("{% my_cases %}", office.jia, now=office.now)
    assert str(case) in card
    assert office.yi.name not in card
    assert panel("{% my_cases %}", office.bing, now=office.now).strip() == ""
    shown = Lead.objects.select_related("project").get(pk=lead)
    for staff, link in (
        (office.supervisor, reverse("case", args=[case.pk])),
        (office.jia, reverse("my_cases")),
    ):
        assert link in panel("{% lead_cases lead %}", staff, lead=shown, now=office.now)
    assert "本月業績" in panel("{% my_month %}", office.jia, now=office.now)
    assert "case" not in panel("{% deals lead %}", office.jia, lead=shown, now=office.now)
