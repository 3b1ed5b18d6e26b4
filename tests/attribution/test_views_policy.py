"""The policy page and the policy desk: prepared, judged by the core, compared, saved."""

import inspect
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attribution import timelines, wording
from attribution.models import Decision, OwnershipPeriod, PolicyVersion
from attribution.policy.editions import ALL_CLAUSES
from attribution.policy.parameters import (
    PRESETS,
    REASONS,
    Policy,
    PolicyError,
    policy,
    settings_of,
)
from attribution.services import set_policy
from attribution.wording.desk import REFUSED
from leads.models import Project, Role, Staff
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

ADDRESS = "/policy/new/"


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def manager(office: Project) -> Staff:
    return StaffFactory(project=office, name="何啟明", role=Role.MANAGER)


@pytest.fixture
def web(client: Client, manager: Staff) -> Client:
    client.force_login(manager)
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def typed(web: Client, opened: str = "", **changes: Any) -> dict[str, Any]:
    """What the form would send, opened and then changed."""
    form = web.get(ADDRESS, {"preset": opened} if opened else {}).context["form"]
    data: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if hasattr(bound.field.widget, "decompress"):
            for number, part in enumerate(bound.field.widget.decompress(value)):
                data[f"{bound.html_name}_{number}"] = "" if part is None else part
        elif value is True:
            data[bound.html_name] = "on"
        elif value is not None and value is not False:
            data[bound.html_name] = value
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


# ── The desk ──


def test_every_parameter_has_a_field_words_and_a_group(web: Client) -> None:
    page = web.get(ADDRESS)
    named = {p["name"] for group in page.context["form"].groups() for p in group["parameters"]}
    assert named == {each.name for each in fields(Policy)} - {"preset"}
    for key, _words, names in wording.grouped():
        assert key != "others", names
        for name in names:
            assert name in wording.PARAMETERS
            assert wording.clauses_of(name), name


@pytest.mark.parametrize("preset", PRESETS)
def test_the_form_as_it_opens_is_the_preset(web: Client, preset: str) -> None:
    answer = web.post(ADDRESS, typed(web, preset, act="preview"))
    assert not answer.context["form"].errors
    assert answer.status_code == 200
    assert answer.context["form"].chosen == PRESETS[preset]


def test_it_opens_with_the_policy_in_force(web: Client, office: Project, manager: Staff) -> None:
    wanted = {
        "visit_validity": "72 hours",
        "holiday_roll": "next",
        "holidays": ["2026-10-01"],
        "weekly_rest": ["sunday"],
        "collision_split": {"family": [60, 40], "spouse": "equal"},
        "required_fields": ["phone"],
        "helper_share": 30,
        "extension_cap": 2,
    }
    now = timezone.now()
    set_policy(
        project=office, preset="house", settings=wanted, effective_from=None, by=manager, now=now
    )
    answer = web.post(ADDRESS, typed(web, act="preview"))
    assert settings_of(answer.context["form"].chosen) == settings_of(policy("house", wanted))
    assert "和那時的制度一樣" in text(answer)


def test_the_preview_says_what_changes_and_what_is_kept(
    web: Client, office: Project, manager: Staff
) -> None:
    agent = StaffFactory(project=office)
    for number in range(3):
        visit(agent, timezone.now(), phone=f"139 0000 000{number}", project=office)
    answer = web.post(ADDRESS, typed(web, visit_validity_0="20", visit_validity_1="days"))
    page = text(answer)
    assert [(c.name, c.old, c.new) for c in answer.context["changes"]] == [
        ("visit_validity", "1 個月", "20 天")
    ]
    assert "那時有歸屬人的 <b>3</b> 位客戶" in page
    assert PolicyVersion.objects.count() == 1


def test_it_is_saved_with_author_and_time_and_what_was_granted_stays(
    web: Client, office: Project, manager: Staff
) -> None:
    agent = StaffFactory(project=office)
    began = timezone.now() - timedelta(days=2)
    old = visit(agent, began, phone="139 0000 0001", project=office)
    before = list(OwnershipPeriod.objects.values())
    given = typed(web, visit_validity_0="20", visit_validity_1="days", act="save")
    answer = web.post(ADDRESS, given, follow=True)
    assert "已存新版制度" in text(answer)
    version = PolicyVersion.objects.latest("pk")
    assert (version.preset, version.settings) == ("house", {"visit_validity": "20 days"})
    assert (version.author, version.effective_from) == (manager, version.recorded_at)
    assert list(OwnershipPeriod.objects.values()) == before
    office.refresh_from_db()
    now = timezone.now()
    new = visit(agent, now, phone="139 0000 0002", project=office)
    assert Decision.objects.get(event=old).policy_id != version.pk
    assert Decision.objects.get(event=new).policy == version
    assert Decision.objects.get(event=new).valid_until == now.astimezone(
        office.zone
    ).date() + timedelta(days=20)
    page = text(web.get("/policy/"))
    assert "第 2 版" in page
    assert "何啟明 於" in page
    assert "來訪有效 <del" in page
    # Sent twice is saved once.
    assert web.post(ADDRESS, given).status_code == 302
    assert PolicyVersion.objects.count() == 2


def test_a_planned_version_begins_later(web: Client, office: Project) -> None:
    begin = (timezone.now() + timedelta(days=9)).astimezone(office.zone).replace(second=0)
    later = {"when": "later", "effective_from": f"{begin:%Y-%m-%dT%H:%M}"}
    assert (
        web.post(ADDRESS, typed(web, call_claim="contact", act="save", **later)).status_code == 302
    )
    version = PolicyVersion.objects.latest("pk")
    assert version.effective_from == begin.replace(microsecond=0)
    assert "將生效" in text(web.get("/policy/"))
    assert web.get("/policy/").context["policy"].call_claim == "full"
    # One that begins now is taken over by it, and the desk says so.
    page = text(web.post(ADDRESS, typed(web, helper_share=10)))
    assert "到時由它接手" in page
    web.post(ADDRESS, typed(web, helper_share=10, act="save"))
    office.refresh_from_db()
    now = PolicyVersion.objects.latest("pk")
    rules = timelines.rules_of(office)
    assert rules.version_at(timezone.now()) == now.pk
    assert rules.version_at(begin + timedelta(days=1)) == version.pk


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"visit_validity_0": "0", "visit_validity_1": "days"}, "visit_validity"),
        ({"visit_validity_0": "3", "visit_validity_1": ""}, "visit_validity"),
        ({"visit_validity_0": "many", "visit_validity_1": "days"}, "visit_validity"),
        ({"call_claim": "both"}, "call_claim"),
        ({"helper_share": "100"}, "helper_share"),
        ({"helper_share": ""}, "helper_share"),
        ({"closer_commission": "-1"}, "closer_commission"),
        ({"extension_cap": "x"}, "extension_cap"),
        ({"party": ["cousin"]}, "party"),
        ({"holidays": "2026-02-30"}, "holidays"),
        ({"collision_split_family": "half"}, "collision_split_family"),
        ({"collision_split_family": "60/30"}, "collision_split_family"),
        ({"collision_split_family": "100"}, "collision_split_family"),
        ({"party": ["family"], "collision_split_friend": "均分"}, "collision_split_friend"),
        ({"holidays": "2026-10-01"}, "holidays"),
        ({"holiday_roll": "next"}, "holiday_roll"),
        ({"online_validity_0": "3", "online_validity_1": "days"}, "online_validity"),
        ({"extension_0": "", "extension_1": "", "extension_mode": "every"}, "extension_mode"),
        ({"when": "later", "effective_from": ""}, "effective_from"),
        ({"when": "later", "effective_from": "2020-01-01T00:00"}, "effective_from"),
        ({"when": "later", "effective_from": "9999-01-01T00:00"}, "effective_from"),
        ({"when": "some day"}, "when"),
        ({"preset": "office"}, "preset"),
    ],
)
def test_what_cannot_be_stands_at_its_field_and_nothing_is_lost(
    web: Client, changes: dict[str, Any], field: str
) -> None:
    given = typed(web, act="save", deal_lookback_0="17", deal_lookback_1="days", **changes)
    answer = web.post(ADDRESS, given)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert 'value="17"' in text(answer)
    assert PolicyVersion.objects.count() == 1


def test_every_reason_of_the_core_has_words() -> None:
    assert set(REFUSED) == set(REASONS)
    with pytest.raises(PolicyError) as caught:
        policy("house", {"rolling_validity": "9 days", "extension": "9 days"})
    assert "自最近一次有效接觸起算" in wording.refusal(caught.value)
    with pytest.raises(PolicyError) as caught:
        policy("house", {"collision_split": {"same": [60, 30]}})
    assert "90" in wording.refusal(caught.value)


def test_two_authors_at_once(web: Client, office: Project, manager: Staff) -> None:
    given = typed(web, helper_share=10, act="save", key=uuid4())
    other = StaffFactory(project=office, role=Role.GENERAL_MANAGER)
    set_policy(
        project=office, preset="leasing", settings={}, effective_from=None, by=other,
        now=timezone.now(),
    )  # fmt: skip
    answer = web.post(ADDRESS, given)
    assert answer.status_code == 409
    assert "別人存了另一版" in text(answer)
    assert 'value="10"' in text(answer)
    assert {c.name for c in answer.context["changes"]} > {"preset", "helper_share"}
    assert PolicyVersion.objects.count() == 2
    again = dict(given, seen=answer.context["form"].data["seen"])
    assert web.post(ADDRESS, again).status_code == 302
    assert PolicyVersion.objects.count() == 3


def test_a_version_that_changes_nothing_is_not_saved(web: Client) -> None:
    answer = web.post(ADDRESS, typed(web, act="save"))
    assert answer.status_code == 200
    assert "沒有要存的" in text(answer)
    assert PolicyVersion.objects.count() == 1


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER, Role.GENERAL_MANAGER}))
def test_everyone_else_only_reads(client: Client, office: Project, role: str) -> None:
    client.force_login(StaffFactory(project=office, role=role))
    assert ADDRESS not in text(client.get("/policy/"))
    assert client.post(ADDRESS).status_code == 403


# ── The page ──


def test_all_clauses_with_who_sees_to_them(client: Client, office: Project) -> None:
    pages = {}
    for role in Role:
        client.force_login(StaffFactory(project=office, role=role))
        pages[role] = client.get("/policy/")
    shown = [one for _part, clauses in pages[Role.AGENT].context["parts"] for one in clauses]
    assert [one.id for one in shown] == [clause.id for clause in ALL_CLAUSES]
    assert len(shown) == 28
    states = {one.id: (one.state, one.page) for one in shown}
    assert states["sales/8"] == ("case", "my_cases")
    assert states["leasing/1.9"] == ("board", "quick_log")
    assert states["sales/1"] == ("raised", "my_cases")
    assert states["leasing/1.1"] == ("rule", "")
    assert 'href="/cases/"' in text(pages[Role.SUPERVISOR])
    assert "去看" not in text(pages[Role.AUDITOR])


def test_every_flag_for_a_person_is_said_on_the_page() -> None:
    """A clause whose source raises a case is no mere rule on the policy page."""
    for clause in ALL_CLAUSES:
        source = "".join(inspect.getsource(each) for each in clause.__mro__[:2])
        if 'Flag("case"' in source:
            assert clause.id in wording.clauses.ROUTED or clause.id == "leasing/2.1", clause.id


def test_a_reading_shows_what_this_project_chose(web: Client) -> None:
    page = text(web.get("/policy/"))
    assert "這個專案：來電取得 <b>完整的歸屬</b>" in page
    assert "決定的人會看到" in page


def test_few_queries_however_many_versions(web: Client, office: Project, manager: Staff) -> None:
    def count(address: str) -> int:
        web.get(address)
        with CaptureQueriesContext(connection) as seen:
            web.get(address)
        return len(seen)

    before = [count("/policy/"), count(ADDRESS)]
    for number in range(12):
        set_policy(
            project=office, preset="house", settings={"helper_share": number + 1},
            effective_from=None, by=manager, now=timezone.now(),
        )  # fmt: skip
    assert [count("/policy/"), count(ADDRESS)] == before
    assert max(before) <= 12


def test_a_moment_is_on_the_projects_own_clock(client: Client) -> None:
    far = ProjectFactory(time_zone="America/New_York")
    manager = StaffFactory(project=far, role=Role.MANAGER)
    client.force_login(manager)
    begin = datetime(2199, 1, 1, 12, tzinfo=far.zone)
    client.post(
        ADDRESS,
        typed(client, helper_share=10, act="save", when="later", effective_from="2199-01-01T12:00"),
    )
    assert PolicyVersion.objects.latest("pk").effective_from == begin
