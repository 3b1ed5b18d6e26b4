"""Reminders before a lapse: seven, three and one days, once for each period, whoever runs."""

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from celery.contrib.testing.worker import start_worker
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attribution.agenda.queries import Due, reminders_due
from attribution.agenda.services import remind
from attribution.tasks import remind_of_lapses
from config.celery import app
from leads.models import Kind, Notification, Project, Staff
from leads.services import record_follow_up
from leads.tasks import sweep_notifications
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 12, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴", email="lin@example.com")


def call(agent: Staff, days: int, phone: str = "138 0013 8000", **given: Any) -> int:
    """A client who called so many days before noon: held for fifteen days."""
    project = agent.projects.get()
    event = visit(
        agent, NOON - timedelta(days=days), phone=phone, project=project, kind=Kind.CALL, **given
    )
    assert event.lead_id is not None
    return event.lead_id


def due(office: Project, days: float = 0) -> list[Due]:
    return list(reminders_due(office, NOON + timedelta(days=days)))


@pytest.mark.parametrize(
    ("ago", "expected"),
    [(0, None), (7, None), (8, (7, 7)), (10, (7, 5)), (12, (3, 3)), (13, (3, 2)), (14, (1, 1)),
     (15, (1, 0)), (16, None)],
)  # fmt: skip
def test_which_step_is_due(
    office: Project, lin: Staff, ago: int, expected: tuple[int, int] | None
) -> None:
    call(lin, ago)
    assert [(one.step, one.left) for one in due(office)] == ([expected] if expected else [])


def test_an_extension_is_a_new_period_with_reminders_of_its_own(
    office: Project, lin: Staff
) -> None:
    lead = call(lin, 14)
    [before] = due(office)
    record_follow_up(
        lead_id=lead, agent=lin, at=NOON, outcome="reached", by=lin, now=NOON, key=uuid4()
    )
    assert due(office) == []
    [after] = due(office, days=30)
    assert (after.step, after.last_day > before.last_day) == (3, True)
    assert after.once != before.once


def test_who_is_held_for_a_short_time_is_not_reminded_before_he_came(
    office: Project, lin: Staff
) -> None:
    short = ProjectFactory(preset="house")
    agent = StaffFactory(project=short)
    visit(agent, NOON - timedelta(days=9), phone="138 0013 8000", project=short, kind=Kind.CALL)
    [one] = reminders_due(short, NOON)
    assert (one.step, one.left) == (7, 6)
    began = NOON - timedelta(days=9)
    assert list(reminders_due(short, began)) == []


def test_two_projects_have_two_mornings(lin: Staff, office: Project, monkeypatch: Any) -> None:
    far = ProjectFactory(time_zone="America/Vancouver")
    now = timezone.now()
    here, there = (now.astimezone(zone.zone).hour >= 8 for zone in (office, far))
    for project, phone in ((office, "138 0013 8000"), (far, "138 0013 8001")):
        agent = lin if project == office else StaffFactory(project=far)
        visit(agent, now - timedelta(days=14), phone=phone, project=project, kind=Kind.CALL)
    assert remind_of_lapses() == here + there


def test_a_second_run_makes_nothing(office: Project, lin: Staff) -> None:
    call(lin, 14)
    found = due(office)
    assert remind(due=found, by=None, now=NOON) == 1
    assert remind(due=found, by=None, now=NOON) == 0
    note = Notification.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(staff=lin, text="x", url="/", created_at=NOON, once=note.once)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_make_one_note_each(office: Project, lin: Staff) -> None:
    for number in range(12):
        call(lin, 14, phone=f"138 0013 {8000 + number}")
    found = due(office)
    gate = threading.Barrier(2)

    def run() -> None:
        try:
            gate.wait(timeout=10)
            remind(due=found, by=None, now=NOON)
        finally:
            connection.close()

    runs = [threading.Thread(target=run) for _ in range(2)]
    for one in runs:
        one.start()
    for one in runs:
        one.join(timeout=20)
    assert Notification.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_the_clock_has_the_task_and_a_worker_runs_it(servers: None, lin: Staff) -> None:
    entry = app.conf.beat_schedule["reminders"]
    task = app.tasks[entry["task"]]
    assert entry["schedule"].is_due(timezone.now() - timedelta(hours=2)).is_due
    project = lin.projects.get()
    # Wherever it is morning just now, so that the hour of the test does not matter.
    hour = timezone.now().hour
    project.time_zone = f"Etc/GMT{hour - 12:+d}" if hour != 12 else "Etc/GMT"
    project.save()
    now = timezone.now()
    visit(lin, now - timedelta(days=14), phone="138 0013 8000", project=project, kind=Kind.CALL)
    with start_worker(app, perform_ping_check=False, pool="solo"):
        for _ in range(2):
            task.apply_async()
        deadline = threading.Event()
        for _ in range(100):
            if Notification.objects.exists():
                break
            deadline.wait(0.1)
    assert Notification.objects.count() == 1


def test_the_note_is_mailed_without_a_name_and_the_bell_says_it(
    client: Client, office: Project, lin: Staff
) -> None:
    now = timezone.now()
    event = visit(
        lin, now - timedelta(days=14), phone="138 0013 8000", name="蔡明峰", project=office,
        kind=Kind.CALL,
    )  # fmt: skip
    remind(due=reminders_due(office, now), by=None, now=now)
    assert sweep_notifications() == 1
    [sent] = mail.outbox
    assert f"{event.lead} 剩 1 天到期" in sent.subject
    assert "蔡明峰" not in sent.subject + str(sent.body)
    assert f"/leads/{event.lead_id}/" in str(sent.body)
    client.force_login(lin)
    page = client.get("/notes/").content.decode()
    assert "蔡明峰 剩 1 天到期：最後有效日" in page
    # Once the client is somebody else's, the bell does not know his name either.
    other = StaffFactory(project=office)
    Notification.objects.update(staff=other)
    client.force_login(other)
    page = client.get("/notes/").content.decode()
    assert "蔡明峰" not in page
    assert str(event.lead) in page


def test_nobody_is_reminded_of_what_he_does_not_hold(office: Project, lin: Staff) -> None:
    call(lin, 14)
    lin.is_active = False
    lin.save()
    assert due(office) == []


@pytest.mark.parametrize("few", [1, 20])
def test_the_number_of_queries_does_not_grow(office: Project, lin: Staff, few: int) -> None:
    for number in range(few):
        call(lin, 14, phone=f"138 0013 {8000 + number}")
    with CaptureQueriesContext(connection) as shown:
        assert len(due(office)) == few
    assert len(shown.captured_queries) == 1
