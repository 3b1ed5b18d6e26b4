"""Views of lists kept under a name: whose they are, who shares them, what they never give."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.models import Project, Role, SavedView, Staff
from leads.saved_views import services
from leads.saved_views.addresses import canonical
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def boss(office: Project) -> Staff:
    return StaffFactory(project=office, name="梁國棟", role=Role.SUPERVISOR)


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def browser(boss: Staff) -> Client:
    client = Client()
    client.force_login(boss)
    return client


def as_(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def kept(by: Staff, name: str = "將到期", query: str = "state=lapsing", **more: Any) -> SavedView:
    given = {"page": "lead_list", "shared_with": None, "now": timezone.now(), "key": uuid4()}
    return services.save_view(by=by, name=name, query=query, **(given | more))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_view_is_kept_from_the_list_and_leads_back_to_it(browser: Client, boss: Staff) -> None:
    listed = browser.get("/leads/?state=lapsing&page=1&q=")
    sheet = "/saved-views/new/?page=lead_list&query=state%3Dlapsing"
    assert sheet.replace("&", "&amp;") in text(listed)
    form = browser.get(sheet).context["form"]
    given = {name: form[name].value() for name in ("page", "query", "key")}
    answer = browser.post("/saved-views/new/", {**given, "name": "三天內到期"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/leads/?state=lapsing"
    shown = text(browser.get("/leads/?state=lapsing"))
    assert "<b>三天內到期</b>" in shown
    assert 'aria-current="page"><span>三天內到期</span>' in shown
    # The second press of the same form keeps nothing twice.
    browser.post("/saved-views/new/", {**given, "name": "三天內到期"})
    assert SavedView.objects.filter(owner=boss).count() == 1


def test_through_htmx_the_sheet_sends_the_browser_to_the_view(browser: Client) -> None:
    given = {"page": "queue", "query": "kind=poaching", "key": uuid4(), "name": "搶單"}
    headers = {"HX-Request": "true", "HX-Target": "sheet"}
    answer = browser.post("/saved-views/new/", given, headers=headers)
    assert answer.headers["HX-Redirect"] == "/cases/?kind=poaching"
    refused = browser.post("/saved-views/new/", {**given, "key": uuid4()}, headers=headers)
    assert refused.status_code == 422
    assert "已有同名的檢視" in text(refused)
    assert 'value="搶單"' in text(refused), "what was typed is still there"
    assert "<html" not in text(refused)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"name": ""}, "寫一個名稱"),
        ({"name": "字" * 31}, "最長三十個字"),
        ({"query": ""}, "清單沒有條件"),
        ({"query": "page=3&state="}, "清單沒有條件"),
        ({"page": "report"}, "這個清單不能存檢視"),
        ({"page": "healthz"}, "這個清單不能存檢視"),
        ({"page": "lead"}, "這個清單不能存檢視"),
        ({"page": "nowhere"}, "這個清單不能存檢視"),
        ({"page": ""}, "這個清單不能存檢視"),
    ],
)
def test_what_cannot_be_kept_says_why(browser: Client, given: dict[str, str], word: str) -> None:
    whole = {"page": "lead_list", "query": "state=lapsing", "name": "將到期", "key": uuid4()}
    answer = browser.post("/saved-views/new/", whole | given)
    assert answer.status_code == 422
    assert word in text(answer)
    assert not SavedView.objects.exists()


def test_the_same_conditions_are_the_same_view() -> None:
    assert canonical("b=2&a=1&page=4&c=") == canonical("?a=1&b=2".lstrip("?")) == "a=1&b=2"
    assert canonical("state=lapsing&sort=-until") == "sort=-until&state=lapsing"
    assert canonical("a=2&a=1") == "a=2&a=1", "several values keep their order"


def test_a_shared_view_stands_in_the_lists_of_the_project_and_of_no_other(
    office: Project, boss: Staff, lin: Staff
) -> None:
    kept(boss, shared_with=office)
    elsewhere = StaffFactory(project=ProjectFactory())
    assert "同事分享的" in text(as_(lin).get("/leads/"))
    assert "將到期" not in text(as_(elsewhere).get("/leads/")).replace("三天內到期", "")
    other_list = as_(boss).get("/cases/")
    assert "將到期" not in other_list.content.decode()


def test_a_shared_view_shows_nobody_more_than_he_may_see(
    office: Project, boss: Staff, lin: Staff
) -> None:
    colleague = StaffFactory(project=office)
    visit(colleague, timezone.now() - timedelta(days=1), phone="138 0013 8000", project=office)
    view = kept(boss, query="state=valid", shared_with=office)
    answer = as_(lin).get(view.get_absolute_url())
    assert answer.context["rows"] == []
    assert as_(lin).get(reverse("saved_view", args=[view.pk])).status_code == 404
    receptionist = StaffFactory(project=office, role=Role.RECEPTIONIST)
    assert as_(receptionist).get(view.get_absolute_url()).status_code == 403


def test_a_shared_view_tells_nobody_for_whom_somebody_looked(
    office: Project, boss: Staff, browser: Client
) -> None:
    given = {"page": "lead_list", "query": "q=沈國樑", "name": "沈先生", "shared": "on"}
    answer = browser.post("/saved-views/new/", {**given, "key": uuid4()})
    assert answer.status_code == 422
    assert "只能自己用" in text(answer)
    view = kept(boss, query="q=沈國樑")
    with pytest.raises(services.NotForSharing):
        services.change_view(
            view=view, name="沈先生", shared_with=office, by=boss, now=timezone.now()
        )
    shared = kept(boss, name="有效", query="state=valid", shared_with=office)
    with pytest.raises(services.NotForSharing):
        services.change_view(
            view=shared, name="有效", shared_with=office, query="q=1380", by=boss,
            now=timezone.now(),
        )  # fmt: skip


def test_only_those_who_decide_share(office: Project, lin: Staff) -> None:
    with pytest.raises(services.MayNotShare):
        kept(lin, shared_with=office)
    browser = as_(lin)
    page = "/saved-views/new/?page=lead_list&query=state%3Dlapsing"
    assert "給專案裡的同事用" not in text(browser.get(page))
    given = {"page": "lead_list", "query": "state=lapsing", "name": "我的", "key": uuid4()}
    browser.post("/saved-views/new/", {**given, "shared": "on"})
    assert SavedView.objects.get(owner=lin).shared_with is None


def test_whoever_left_takes_his_views_with_him(office: Project, boss: Staff, lin: Staff) -> None:
    kept(boss, shared_with=office)
    boss.is_active = False
    boss.save()
    assert "同事分享的" not in text(as_(lin).get("/leads/"))


def test_ones_own_view_is_renamed_renewed_put_first_and_deleted(
    office: Project, boss: Staff, browser: Client
) -> None:
    first, second = kept(boss, name="一"), kept(boss, name="二", query="state=lapsed")
    address = reverse("saved_view", args=[second.pk])
    sheet = browser.get(f"{address}?query=state%3Dcontested")
    assert "換成清單目前的條件" in text(sheet)
    changed = {"name": "審理中", "shared": "on", "renew": "on", "query": "state=contested"}
    assert browser.post(address, changed).headers["Location"] == "/leads/?state=contested"
    second.refresh_from_db()
    assert (second.name, second.query, second.shared_with) == ("審理中", "state=contested", office)
    assert browser.post(address, {"name": "一"}).status_code == 422
    browser.post(address, {"do": "first"})
    order = SavedView.objects.filter(owner=boss).order_by("position")
    assert [view.pk for view in order] == [second.pk, first.pk]
    gone = browser.post(address, {"do": "delete"}, follow=True)
    assert not SavedView.objects.filter(pk=second.pk).exists()
    assert "再存回來" in text(gone)
    assert browser.post(address, {"do": "delete"}).status_code == 404


def test_nobody_changes_a_colleagues_view(office: Project, boss: Staff) -> None:
    view = kept(boss, shared_with=office)
    manager = StaffFactory(project=office, role=Role.MANAGER)
    for given in ({"do": "delete"}, {"do": "first"}, {"name": "別的"}):
        address = reverse("saved_view", args=[view.pk])
        assert as_(manager).post(address, given).status_code == 404
    with pytest.raises(SavedView.DoesNotExist):
        services.change_view(
            view=view, name="別的", shared_with=None, by=manager, now=timezone.now()
        )
    services.delete_view(view=view, by=manager, now=timezone.now())
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_a_menu_holds_thirty(boss: Staff) -> None:
    for number in range(services.MOST):
        kept(boss, name=f"檢視{number}", query=f"owner={number}")
    with pytest.raises(services.TooManyViews):
        kept(boss, name="再一個")


@pytest.mark.parametrize("address", ["/leads/", "/cases/", "/report/"])
def test_views_cost_one_query_however_many(address: str, office: Project) -> None:
    manager = StaffFactory(project=office, role=Role.MANAGER)
    client, page = as_(manager), {"/leads/": "lead_list", "/cases/": "queue"}.get(address, "report")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert sum("leads_savedview" in query["sql"] for query in queries) == 1
        return len(queries)

    before = asked()
    for number in range(4):
        kept(manager, page=page, name=f"檢視{number}", query=f"x={number}", shared_with=office)
    assert asked() == before
    assert before <= 12
