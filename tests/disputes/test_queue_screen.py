"""The queue's frame: its order and views, colleagues on the same case, deadlines, its clock."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.cache import ForgivingClient, ForgivingRedisCache
from config.queries import overview
from config.templatetags import wording
from disputes import presence, services
from disputes.cases import telling
from disputes.models import Case, Step
from disputes.queries import queue as lists
from leads.models import Assignment, Project, Role
from tests.factories import ProjectFactory, StaffFactory

from .conftest import browser_of, collide, tell, the_case
from .test_queue import sell

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture(autouse=True)
def nobody_is_watching():
    cache.clear()


def cases(office, number):
    """So many collisions, the oldest first."""
    leads = [
        collide(office, days=4 - n / 10, phone=f"138 0013 8{n:03d}", name=f"客人{n}")
        for n in range(number)
    ]
    return [the_case(lead) for lead in leads]


# ── Order, views, neighbours ──


def test_filters_are_addresses(office):
    over, held, calm = cases(office, 3)
    Case.objects.filter(pk=over.pk).update(due_at=office.now - timedelta(hours=1))
    Case.objects.filter(pk=held.pk).update(
        due_at=office.now + timedelta(hours=5), held_cents=100_00
    )
    Case.objects.filter(pk=calm.pk).update(due_at=office.now + timedelta(days=3), stage="facts")
    browser = browser_of(office.supervisor)
    for query, wanted in (
        ("", [over, held, calm]),
        ("due=over", [over]),
        ("due=day", [held]),
        ("money=held", [held]),
        ("money=none", [over, calm]),
        ("stage=facts", [calm]),
        ("kind=poaching", []),
    ):
        rows = browser.get(f"{reverse('queue')}?{query}").context["page_obj"]
        assert list(rows) == wanted, query


def test_what_the_policy_settled_is_overdue_for_nobody(office):
    case, other = cases(office, 2)
    past = {"due_at": office.now - timedelta(days=2)}
    Case.objects.filter(pk=case.pk).update(stage="policy", **past)
    Case.objects.filter(pk=other.pk).update(**past)
    [row] = overview(office.general, office.now)
    assert (row.open, row.overdue) == (2, 1)
    page = browser_of(office.supervisor).get(reverse("queue"))
    assert page.context["queue"].overdue == row.overdue
    assert list(page.context["page_obj"]) == [other, case]


def test_the_next_case_lies_ready_in_the_same_view(office):
    first, second = cases(office, 2)
    page = browser_of(office.supervisor).get(f"{reverse('queue')}?kind=collision")
    following = f"{reverse('case', args=[second.pk])}?kind=collision"
    assert page.context["case"] == first
    assert f'<link rel="prefetch" href="{following}">' in page.content.decode()
    last = browser_of(office.supervisor).get(following)
    assert 'rel="prefetch"' not in last.content.decode()


def test_a_page_fetched_beforehand_leaves_no_trace(office):
    [case] = cases(office, 1)
    browser = browser_of(office.supervisor)
    address = reverse("case", args=[case.pk])
    with CaptureQueriesContext(connection) as asked:
        browser.get(address, headers={"Sec-Purpose": "prefetch"})
    written = [q["sql"] for q in asked if re.match("INSERT|UPDATE|DELETE", q["sql"])]
    assert not written
    assert presence.watching(case.pk, [office.supervisor]) == []


def test_the_way_down_goes_on_over_the_end_of_a_page(office, monkeypatch):
    monkeypatch.setattr(lists, "CASES_A_PAGE", 2)
    found = cases(office, 5)
    browser = browser_of(office.supervisor)
    seen, address = [], f"{reverse('queue')}?kind=collision"
    while address:
        page = browser.get(address)
        seen.append(page.context["case"])
        down = re.search(r'href="([^"]+)"[^>]*data-key="J"', page.content.decode())
        address = down and down[1].replace("&amp;", "&")
    assert seen == found


def test_a_case_put_aside_stands_at_the_end_until_tomorrow(office):
    first, second = cases(office, 2)
    browser = browser_of(office.supervisor)
    step = reverse("case_step", args=[first.pk])
    form = browser.get(f"{step}?do=later").context["form"]
    given = {name: form[name].value() for name in ("key", "version")}
    answer = browser.post(step, {**given, "do": "later", "text": ""})
    assert answer.headers["Location"] == reverse("queue")
    page = browser.get(reverse("queue"))
    assert [row.pk for row in page.context["page_obj"]] == [second.pk, first.pk]
    assert "稍後" in text_of(page)
    first.refresh_from_db()
    assert first.version == given["version"], "a colleague's open form stays good"
    zone = office.project.zone
    assert first.later_until.astimezone(zone).hour == 0
    assert first.steps.filter(kind=Step.Kind.LATER, by=office.supervisor).count() == 1
    browser.post(step, {**given, "do": "later", "text": ""})
    assert first.steps.filter(kind=Step.Kind.LATER).count() == 1, "pressed twice, once written"
    tomorrow = lists.in_order(lists.cases_in([office.project]), office.now + timedelta(days=1))
    assert list(tomorrow) == [first, second]


def test_nobody_puts_aside_what_he_does_not_decide(office):
    [case] = cases(office, 1)
    Case.objects.filter(pk=case.pk).update(instance="general_manager", stage="general_manager")
    with pytest.raises(services.InTheWay):
        services.put_aside(
            case_id=case.pk, version=None, by=office.supervisor, now=office.now, key=uuid4()
        )


# ── A colleague on the same case ──


def test_a_colleague_on_the_same_case_is_seen(office):
    case, other = cases(office, 2)
    address = reverse("case_present", args=[case.pk])
    alone = browser_of(office.supervisor).get(f"{address}?v={case.version}")
    assert "正在看" not in text_of(alone)
    beside = browser_of(office.manager).get(f"{address}?v={case.version}")
    assert "許文馨 正在看" in text_of(beside)
    elsewhere = browser_of(office.general).get(reverse("case_present", args=[other.pk]))
    assert "正在看" not in text_of(elsewhere)


def test_whoever_left_is_forgotten(office, monkeypatch):
    [case] = cases(office, 1)
    monkeypatch.setattr(presence, "SECONDS", 0)
    presence.watch(case.pk, office.supervisor)
    assert presence.watching(case.pk, [office.supervisor]) == []


def test_that_the_case_changed_is_said_beside_it(office):
    [case] = cases(office, 1)
    address = f"{reverse('case_present', args=[case.pk])}?v={case.version}"
    browser = browser_of(office.manager)
    assert "剛剛變了" not in text_of(browser.get(address))
    services.return_for_facts(
        case_id=case.pk, version=case.version, question="訪客登記表在哪裡？",
        by=office.supervisor, now=office.now, key=uuid4(),
    )  # fmt: skip
    assert "案件剛剛變了" in text_of(browser.get(address))
    assert "剛剛變了" not in text_of(browser.get(address.replace("v=", "v=x")))


def test_without_redis_nobody_is_seen_and_nothing_fails(office, settings, monkeypatch):
    [case] = cases(office, 1)
    lost = ForgivingRedisCache("unix:///nowhere/redis?db=0", settings.CACHES["default"])
    monkeypatch.setattr(presence, "cache", lost)
    try:
        answer = browser_of(office.manager).get(reverse("case_present", args=[case.pk]))
    finally:
        ForgivingClient.resting_until = 0.0
    assert answer.status_code == 200
    assert "正在看" not in text_of(answer)


def test_looking_costs_a_handful_of_queries(office, django_assert_max_num_queries):
    [case] = cases(office, 1)
    browser = browser_of(office.supervisor)
    with django_assert_max_num_queries(5):
        browser.get(reverse("case_present", args=[case.pk]))


# ── Deadlines and clocks ──


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 5, 12, 16, tzinfo=UTC), "2026-05-12 24:00"),
        (datetime(2026, 5, 12, 4, tzinfo=UTC), "2026-05-12 12:00"),
        (datetime(2025, 12, 31, 16, tzinfo=UTC), "2025-12-31 24:00"),
    ],
)
def test_a_deadline_at_the_end_of_a_day_says_that_day(moment, said):
    project = Project(time_zone="Asia/Shanghai")
    assert telling.until(moment, project) == said
    assert wording.due(moment.astimezone(ZoneInfo("Asia/Shanghai"))) == said
    assert wording.due(None) == wording.NOTHING


def test_deadlines_on_the_page_never_say_the_next_days_midnight(office):
    [case] = cases(office, 1)
    page = text_of(browser_of(office.supervisor).get(reverse("case", args=[case.pk])))
    ends = (case.due_at - timedelta(minutes=1)).astimezone(office.project.zone)
    assert f"{ends:%m-%d} 24:00" in page
    assert not re.search(r"期限 <span class=\"num\">[^<]*00:00", page)


def test_a_case_of_another_project_keeps_that_offices_clock(office):
    [case] = cases(office, 1)
    west = ProjectFactory(name="一個在西邊的", time_zone="America/Los_Angeles")
    boss = StaffFactory(project=west, role=Role.SUPERVISOR)
    Assignment.objects.create(project=office.project, staff=boss)
    browser = browser_of(boss)
    session = browser.session
    session["project"] = west.pk
    session.save()
    page = text_of(browser.get(reverse("case", args=[case.pk])))
    ends = (case.due_at - timedelta(minutes=1)).astimezone(office.project.zone)
    assert f"{ends:%m-%d} 24:00" in page


# ── An accusation is not swept away ──


@pytest.fixture
def two_cases(office):
    """A collision and an accusation of poaching about one client."""
    lead = collide(office, days=20)
    collision = the_case(lead)
    tell(lead, office.bing, office.now - timedelta(days=10))
    sell(office, lead, office.bing)
    poaching = Case.objects.get(kind="poaching", state="open")
    collision.refresh_from_db()
    return SimpleNamespace(collision=collision, poaching=poaching)


def test_a_ruling_on_a_collision_waits_for_the_accusation(office, two_cases):
    case = two_cases.collision
    later = office.now + timedelta(days=9)
    given = {"case_id": case.pk, "version": None, "owner": office.jia, "reason": "先到", "by":
             office.general, "now": later}  # fmt: skip
    with pytest.raises(services.GraveCaseFirst) as refused:
        services.decide(**given, key=uuid4())
    assert str(two_cases.poaching) in str(refused.value.message)
    two_cases.poaching.refresh_from_db()
    assert two_cases.poaching.is_open
    browser = browser_of(office.general)
    sheet = reverse("case_rule", args=[case.pk])
    form = browser.get(f"{sheet}?outcome=give&owner={office.jia.pk}").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"reason": "先到先得"}
    typed |= {f"heard_{party.staff_id}": "沒有別的要說" for party in case.parties.all()}
    answer = browser.post(sheet, typed)
    assert answer.status_code == 422
    assert f"搶單疑似 {two_cases.poaching} 還沒結案" in text_of(answer)
    assert "先到先得" in text_of(answer)


def test_the_accusation_itself_may_end_both(office, two_cases):
    later = office.now + timedelta(days=9)
    services.decide(
        case_id=two_cases.poaching.pk, version=None, owner=office.jia, reason="沒有搶單",
        by=office.general, now=later, key=uuid4(),
    )  # fmt: skip
    for case in (two_cases.poaching, two_cases.collision):
        case.refresh_from_db()
        assert not case.is_open
