"""Every stored decision follows from the facts; one that does not is found."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery.contrib.testing.worker import start_worker
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attribution import rederivation, services, tasks
from attribution.models import Decision, OwnershipPeriod, Rederivation, RederivationPart
from attribution.scenarios import read
from config.celery import app
from config.rehearsal import Rehearsal
from leads.models import Notification, Project, Role, Staff
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

STORIES = Path(__file__).parent.parent / "scenarios"
CLOSED = "cross-leasing-2.1-owner-closes-a-collided-client"


def all_differences() -> list[str]:
    return [
        str(difference)
        for chunk in rederivation.chunks()
        for difference in rederivation.differences(chunk)
    ]


def test_whatever_was_decided_is_decided_again() -> None:
    for name in ("house", "crossing", "sales"):
        for story in read(STORIES / f"{name}.yaml"):
            Rehearsal(story).run()
    assert Decision.objects.count() > 500
    assert all_differences() == []


def test_a_decision_that_does_not_follow_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    story = next(s for s in read(STORIES / "house.yaml") if len(s.agents) > 1)
    Rehearsal(story).run()
    decision = Decision.objects.filter(owner__isnull=False).first()
    assert decision is not None
    with connection.cursor() as cursor:  # as someone with the keys to the database might
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE attribution_decision DISABLE TRIGGER only_grows")
        cursor.execute(
            "UPDATE attribution_decision SET valid_until = '2030-01-01', owner_id = NULL "
            "WHERE id = %s",
            [decision.pk],
        )
        cursor.execute("ALTER TABLE attribution_decision ENABLE TRIGGER only_grows")
    assert sorted(line.split(": ")[1] for line in all_differences()) == ["owner", "valid_until"]
    with pytest.raises(SystemExit) as stopped:
        call_command("rederive", project=Project.objects.get().name)
    assert stopped.value.code == 1
    assert "2 differences" in capsys.readouterr().out


def test_an_unknown_project_is_named() -> None:
    with pytest.raises(CommandError, match="no project 'Atlantis'"):
        call_command("rederive", project="Atlantis")


MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)


@contextmanager
def the_keys_to_the_database(table: str) -> Iterator[Any]:
    """A cursor of somebody who switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def office() -> Project:
    """Two agents with a collision, and a third client."""
    project = ProjectFactory()
    jia, yi = StaffFactory(project=project), StaffFactory(project=project)
    visit(jia, MONDAY, phone="139 0000 0001", project=project)
    visit(yi, MONDAY + timedelta(days=4), phone="139 0000 0001", project=project)
    visit(yi, MONDAY + timedelta(days=5), phone="139 0000 0002", project=project)
    return project


def fields() -> list[str]:
    return sorted(line.split(": ")[1] for line in all_differences())


def test_the_office_as_it_is_has_no_difference(office: Project) -> None:
    assert OwnershipPeriod.objects.count() == 3
    assert all_differences() == []


def test_a_period_that_the_decisions_do_not_give_is_reported(
    office: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    period = OwnershipPeriod.objects.earliest("pk")
    with the_keys_to_the_database("attribution_ownershipperiod") as cursor:
        cursor.execute(
            "UPDATE attribution_ownershipperiod SET period = tstzrange(lower(period), "
            "upper(period) - interval '1 hour') WHERE id = %s",
            [period.pk],
        )
    # The one that is there is not given, and the one that is given is not there.
    assert fields() == ["period", "period"]
    with pytest.raises(SystemExit):
        call_command("rederive")
    assert f"L-{period.lead_id:05d}: period: stored '{period.agent_id} 2026" in (
        capsys.readouterr().out
    )


def test_a_period_of_somebody_else_and_one_that_is_missing(office: Project) -> None:
    one, two, three = OwnershipPeriod.objects.order_by("pk")
    with the_keys_to_the_database("attribution_ownershipperiod") as cursor:
        cursor.execute("DELETE FROM attribution_ownershipperiod WHERE id = %s", [two.pk])
        cursor.execute(
            "UPDATE attribution_ownershipperiod SET agent_id = %s WHERE id = %s",
            [one.agent_id, three.pk],
        )
    found = [str(line).split(": ", 2)[2] for line in all_differences()]
    assert len(found) == 3
    assert found[0].startswith("stored None, derived")


def test_a_decision_that_is_gone_is_reported(office: Project) -> None:
    last = Decision.objects.latest("pk")
    with the_keys_to_the_database("attribution_decision") as cursor:
        cursor.execute("DELETE FROM attribution_ownershipperiod WHERE decision_id = %s", [last.pk])
        cursor.execute("DELETE FROM attribution_decision WHERE id = %s", [last.pk])
    assert fields() == ["decision"]


@pytest.mark.parametrize(
    ("part", "path", "value"),
    [
        ("chain", "{chain,0,last_day}", "2031-01-01"),
        ("steps", "{steps,0,clause}", "sales/99"),
        ("commission", "{deals,0,commission}", {"1": 100}),
        ("deals", "{deals,0,reading,basis}", "chance"),
        ("matters", "{matters,0,decider}", "nobody"),
        ("waiting", "{waiting}", "leasing/9"),
        ("failures", "{failures,0,why}", "bad_luck"),
    ],
)
def test_a_changed_reason_is_reported(part: str, path: str, value: Any) -> None:
    """Somebody rewrites why a client is whose: the answer stands, its reasons do not."""
    story = next(s for s in read(STORIES / "crossing.yaml") if s.id == CLOSED)
    Rehearsal(story).run()
    decision = Decision.objects.exclude(proof__deals=[]).latest("pk")
    with the_keys_to_the_database("attribution_decision") as cursor:
        cursor.execute(
            "UPDATE attribution_decision SET proof = jsonb_set(proof, %s, %s) WHERE id = %s",
            [path, json.dumps(value), decision.pk],
        )
    found = [str(each).split(": ", 2) for each in all_differences()]
    assert [name for _, name, _ in found] == [part]
    assert json.dumps(value) in found[0][2].partition(", derived")[0]


def test_a_changed_fact_shows_in_the_decisions(office: Project) -> None:
    with the_keys_to_the_database("leads_contactevent") as cursor:
        cursor.execute(
            "UPDATE leads_contactevent SET at = at - interval '9 days', kind = 'call' "
            "WHERE id = (SELECT max(id) FROM leads_contactevent)"
        )
    assert "valid_until" in fields()


# ── In the background ──


@pytest.fixture
def manager(office: Project) -> Staff:
    return StaffFactory(project=office, name="何啟明", role=Role.MANAGER)


def start(office: Project, by: Staff | None = None) -> Rederivation:
    return services.start_rederivation(project=office, by=by, now=timezone.now(), key=uuid4())


def browser_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def notes() -> QuerySet[Notification]:
    """What the bells say of rederivations; they ring for other things too."""
    return Notification.objects.filter(url__startswith=reverse("rederivations"))


def tamper() -> None:
    with the_keys_to_the_database("attribution_decision") as cursor:
        cursor.execute(
            "UPDATE attribution_decision SET valid_until = '2030-01-01' "
            "WHERE id = (SELECT min(id) FROM attribution_decision)"
        )


def test_one_at_a_time(office: Project) -> None:
    first = start(office)
    with pytest.raises(services.AlreadyRunning):
        start(office)
    again = services.start_rederivation(project=office, by=None, now=timezone.now(), key=first.key)
    assert again == first
    with pytest.raises(IntegrityError, match="one_rederivation"), transaction.atomic():
        Rederivation.objects.create(
            project=office, started_at=timezone.now(), leads_total=1, key=uuid4()
        )
    start(ProjectFactory())


def test_parts_are_counted_once_and_the_last_one_ends_it(
    office: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rederivation, "CHUNK", 1)
    run = start(office)
    one, two = run.parts.order_by("pk")
    for part in (one, one, two):
        run.refresh_from_db()
        assert run.state == "running"
        tasks.rederive_part(part.pk)
    run.refresh_from_db()
    assert (run.state, run.leads_done, run.leads_total, run.differing) == ("done", 2, 2, 0)
    assert not notes().exists()
    tasks.rederive_part(one.pk)
    tasks.rederive_part(10**9)


def test_differences_are_kept_and_told(office: Project, manager: Staff) -> None:
    auditor = StaffFactory(project=office, role=Role.AUDITOR)
    agent = office.staff.filter(role=Role.AGENT).first()
    assert agent is not None
    tamper()
    run = start(office, manager)
    for part in run.parts.all():
        tasks.rederive_part(part.pk)
    run.refresh_from_db()
    assert (run.state, run.differing) == ("done", 1)
    told = notes()
    assert {note.staff for note in told} == {manager, auditor}
    assert {note.url for note in told} == {reverse("rederivation", args=[run.pk])}
    page = text(browser_of(auditor).get(told[0].url))
    assert "有 1 處和存下的不同" in page
    assert "2030-01-01" in page
    assert "2026-04-02" in page
    assert "有 1 處和存下的不同" in text(browser_of(manager).get(reverse("notes")))
    listed = text(browser_of(manager).get(reverse("rederivations")))
    assert "1 處不同" in listed
    assert "何啟明" in listed
    assert browser_of(agent).get(told[0].url).status_code == 403
    elsewhere = StaffFactory(project=ProjectFactory(), role=Role.AUDITOR)
    assert browser_of(elsewhere).get(told[0].url).status_code == 404


def test_an_empty_project_is_done_at_once() -> None:
    run = start(ProjectFactory())
    assert (run.state, run.percent) == ("done", 100)


def test_what_nobody_does_is_enqueued_again_and_given_up_in_the_end(
    servers: None, office: Project, manager: Staff
) -> None:
    run = start(office)
    assert tasks.sweep_rederivations() == 0
    for tried in range(1, tasks.TRIES):
        RederivationPart.objects.update(enqueued_at=timezone.now() - 2 * tasks.OVERDUE)
        assert tasks.sweep_rederivations() == 1, tried
        assert tasks.sweep_rederivations() == 0
    RederivationPart.objects.update(enqueued_at=timezone.now() - 2 * tasks.OVERDUE)
    assert tasks.sweep_rederivations() == 0
    run.refresh_from_db()
    assert run.state == "failed"
    assert notes().get().staff == manager
    start(office)
    app.control.purge()


def test_the_page_asks_again_while_it_runs(office: Project, manager: Staff) -> None:
    run = start(office, manager)
    address = reverse("rederivation", args=[run.pk])
    browser = browser_of(manager)
    assert f'hx-get="{address}"' in text(browser.get(reverse("rederivations")))
    asked = {"HX-Request": "true", "HX-Target": f"run-{run.pk}"}
    part = browser.get(address, headers=asked)
    assert "<html" not in text(part)
    assert 'value="0"' in text(part)
    for each in run.parts.all():
        tasks.rederive_part(each.pk)
    done = browser.get(address, headers=asked)
    assert (done.status_code, done.headers["HX-Refresh"]) == (204, "true")
    page = text(browser.get(address))
    assert "全部相同" in page
    assert "hx-get" not in page.split("<main")[1].split("</main")[0]


def test_few_queries_however_many_runs(office: Project, manager: Staff) -> None:
    browser = browser_of(manager)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(reverse("rederivations"))
        return len(seen)

    run = start(office)
    before = count()
    for each in run.parts.all():
        tasks.rederive_part(each.pk)
    for _number in range(4):
        again = start(office, manager)
        for each in again.parts.all():
            tasks.rederive_part(each.pk)
    assert count() == before <= 12


@pytest.mark.django_db(transaction=True)
class TestWithAWorker:
    def test_every_project_at_night(
        self, servers: None, office: Project, manager: Staff, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rederivation, "CHUNK", 1)
        app.control.purge()
        empty = ProjectFactory()
        tamper()
        assert tasks.rederive_nightly() == 2
        assert tasks.rederive_nightly() == 2
        assert Rederivation.objects.count() == 2, "the same night is one run"
        with start_worker(app, perform_ping_check=False, pool="solo"):
            deadline = timezone.now() + timedelta(seconds=30)
            while Rederivation.objects.filter(state="running").exists():
                assert timezone.now() < deadline
        run = Rederivation.objects.get(project=office)
        assert (run.leads_done, run.differing, run.by) == (2, 1, None)
        assert Rederivation.objects.get(project=empty).differing == 0
        assert notes().get().staff == manager

    def test_started_by_hand(self, servers: None, office: Project, manager: Staff) -> None:
        app.control.purge()
        browser, key = browser_of(manager), uuid4()
        answer = browser.post(reverse("rederivation_start"), {"key": key})
        run = Rederivation.objects.get()
        assert answer.headers["Location"] == reverse("rederivation", args=[run.pk])
        assert run.by == manager
        browser.post(reverse("rederivation_start"), {"key": key})
        refused = browser.post(reverse("rederivation_start"), {"key": uuid4()}, follow=True)
        assert "正在重新推導" in text(refused)
        with start_worker(app, perform_ping_check=False, pool="solo"):
            deadline = timezone.now() + timedelta(seconds=30)
            while Rederivation.objects.get().state == "running":
                assert timezone.now() < deadline
        assert Rederivation.objects.get().leads_done == 2
