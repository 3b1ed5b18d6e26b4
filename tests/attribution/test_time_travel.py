"""Who owned on one day, as known on another: asked of the engine, of the page, and of a proof."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution import verifier
from attribution.models import Decision
from attribution.queries import owned_on
from leads.models import Disclosure, Lead, Project, Role, Staff
from leads.services import link_people, record_follow_up, take_back_link
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

PHONE = "138 0013 8000"
FIRST = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def jia(office: Project) -> Staff:
    return StaffFactory(project=office, name="王思齊")


@pytest.fixture
def yi(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def boss(office: Project) -> Staff:
    return StaffFactory(project=office, name="梁國棟", role=Role.SUPERVISOR)


@pytest.fixture
def late(office: Project, jia: Staff, yi: Staff) -> Lead:
    """Jia received on 2 March, and Yi unknowingly on 20 March."""
    visit(jia, FIRST, phone=PHONE, project=office)
    visit(yi, FIRST + timedelta(days=18), phone=PHONE, project=office)
    return Lead.objects.select_related("project").get()


def test_the_last_valid_day_is_still_owned_and_the_next_is_not(
    late: Lead, jia: Staff, yi: Staff
) -> None:
    known = date(2026, 3, 10)
    assert owned_on(late, date(2026, 4, 2), known_at=known).owner == jia.pk
    assert owned_on(late, date(2026, 4, 3), known_at=known).owner is None
    assert owned_on(late, date(2026, 4, 3), known_at=date(2026, 3, 20)).owner == yi.pk


def test_the_day_before_the_first_reception_is_nobodys(late: Lead) -> None:
    assert owned_on(late, date(2026, 3, 1), known_at=date(2026, 5, 1)).owner is None


def test_a_moment_is_taken_as_it_is(late: Lead, jia: Staff) -> None:
    assert owned_on(late, FIRST - timedelta(seconds=1), known_at=FIRST).owner is None
    assert owned_on(late, FIRST, known_at=FIRST).owner == jia.pk


def test_what_was_recorded_later_is_hindsight(late: Lead, jia: Staff) -> None:
    follow = FIRST + timedelta(days=10)
    record_follow_up(
        lead_id=late.pk, agent=jia, at=follow, outcome="reached", by=jia,
        now=FIRST + timedelta(days=20), key=uuid4(),
    )  # fmt: skip
    foreseen = owned_on(late, date(2026, 3, 15), known_at=date(2026, 3, 15))
    hindsight = owned_on(late, date(2026, 3, 25), known_at=date(2026, 3, 25))
    assert foreseen.valid_until == date(2026, 4, 2)
    assert hindsight.valid_until == date(2026, 5, 2)


def test_a_link_that_was_taken_back_held_in_between(
    office: Project, late: Lead, boss: Staff
) -> None:
    other_agent = StaffFactory(project=office)
    other = visit(other_agent, FIRST - timedelta(days=5), phone="138 0013 8001", project=office)
    assert other.lead is not None
    link = link_people(
        lead_id=late.pk, other_id=other.lead.pk, relation="same", by=boss,
        now=FIRST + timedelta(days=20), key=uuid4(),
    )  # fmt: skip
    take_back_link(
        event_id=link.pk, by=boss, now=FIRST + timedelta(days=22), key=uuid4(), reason="看錯"
    )
    late.refresh_from_db()
    day = date(2026, 3, 25)
    assert owned_on(late, day, known_at=date(2026, 3, 23)).owner == other_agent.pk
    assert owned_on(late, day, known_at=date(2026, 3, 24)).owner != other_agent.pk


# ── The page ──


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def browser_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def test_both_times_on_the_page(late: Lead, boss: Staff) -> None:
    page = browser_of(boss).get(
        reverse("lead_why", args=[late.pk]), {"on": "2026-04-03", "known": "2026-03-10"}
    )
    assert "2026-04-03 24:00</b> <b>無人歸屬" in text(page)
    assert "依 2026-03-10 24:00 為止登記的事實" in text(page)
    page = browser_of(boss).get(reverse("lead_why", args=[late.pk]), {"on": "2026-04-02"})
    assert page.context["owned"].who.name == "王思齊"


def test_the_ledger_names_the_version_and_costs_a_constant_number_of_queries(
    late: Lead, boss: Staff, yi: Staff, office: Project
) -> None:
    browser, address = browser_of(boss), reverse("lead_ledger", args=[late.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(reverse("lead_why", args=[late.pk]))
        assert len(seen) <= 12
        with CaptureQueriesContext(connection) as seen:
            page = text(browser.get(address))
        assert "認定紀錄" in page
        assert f"#version-{Decision.objects.latest('pk').policy_id}" in page
        return len(seen)

    before = queries()
    for number in range(6):
        visit(yi, FIRST + timedelta(days=19 + number), phone=PHONE, project=office)
    assert queries() == before <= 12


# ── The proof ──


def verified(content: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "proof.json"
    path.write_bytes(content)
    return subprocess.run(
        [sys.executable, "-m", "attribution.verifier", str(path)],
        cwd=Path(verifier.__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"on": "2026-03-12"},
        {"on": "2026-03-12", "known": "2026-03-12"},
        {"on": "2026-04-20", "known": "2026-03-10"},
        {"known": "2026-03-10"},
    ],
)
def test_what_is_downloaded_is_verified_by_the_verifier(
    asked: dict[str, str], late: Lead, boss: Staff, tmp_path: Path
) -> None:
    answer = browser_of(boss).post(reverse("lead_proof", args=[late.pk]), asked)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="proof-{late}')
    done = verified(answer.content, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    proof = json.loads(answer.content)
    if "on" in asked:
        assert proof["asof"] == f"{asked['on']}T23:59:59.999999+08:00"
    if "known" in asked:
        assert proof["known_at"] == f"{asked['known']}T23:59:59.999999+08:00"
        assert all(fact["recorded"] <= proof["known_at"] for fact in proof["facts"])


def test_a_changed_proof_is_rejected(late: Lead, boss: Staff, yi: Staff, tmp_path: Path) -> None:
    answer = browser_of(boss).post(reverse("lead_proof", args=[late.pk]), {"on": "2026-03-22"})
    proof = json.loads(answer.content)
    proof["outcome"]["owner"] = str(yi.pk)
    done = verified(json.dumps(proof).encode(), tmp_path)
    assert done.returncode == 1
    assert "owner" in done.stdout


def test_every_decision_of_the_ledger_has_its_proof(
    late: Lead, boss: Staff, tmp_path: Path
) -> None:
    for stored in Decision.objects.filter(lead=late):
        answer = browser_of(boss).post(
            reverse("lead_proof", args=[late.pk]), {"decision": stored.pk}
        )
        assert verified(answer.content, tmp_path).returncode == 0
        proof = json.loads(answer.content)
        assert proof["outcome"]["owner"] == str(stored.owner_id)
        assert datetime.fromisoformat(proof["asof"]) == stored.decided_at


def test_taking_it_out_is_logged(late: Lead, boss: Staff) -> None:
    browser_of(boss).post(reverse("lead_proof", args=[late.pk]), {"on": "2026-03-12"})
    entry = Disclosure.objects.get()
    assert (entry.staff, entry.lead, entry.kind) == (boss, late, Disclosure.Kind.EXPORT)
    assert entry.what["report"] == "proof"
    assert entry.what["asof"].startswith("2026-03-12T23:59")


def test_an_agent_reads_the_reasons_and_takes_out_nothing(
    office: Project, late: Lead, jia: Staff, boss: Staff
) -> None:
    own = browser_of(jia)
    page = browser_of(boss).get(reverse("lead_why", args=[late.pk]))
    assert reverse("lead_proof", args=[late.pk]) in text(page)
    answer = own.get(reverse("lead_why", args=[late.pk]))
    assert reverse("lead_proof", args=[late.pk]) not in text(answer)
    assert reverse("lead_ledger", args=[late.pk]) not in text(answer)
    assert own.get(reverse("lead_ledger", args=[late.pk])).status_code == 403
    assert own.post(reverse("lead_proof", args=[late.pk])).status_code == 403
    assert not Disclosure.objects.exists()


def test_a_day_that_is_none_is_said_and_nothing_is_taken_out(
    office: Project, late: Lead, boss: Staff
) -> None:
    browser = browser_of(boss)
    address = reverse("lead_proof", args=[late.pk])
    for bad in (
        {"on": "2026-02-30"},
        {"known": "2999-01-01"},
        {"decision": "x"},
        {"on": "0001-01-01"},
    ):
        assert browser.post(address, bad).status_code == 422, bad
    assert browser.post(address, {"decision": 10**9}).status_code == 404
    assert not Disclosure.objects.exists()
