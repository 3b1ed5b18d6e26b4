"""The lists forget, by the calendar, owners whose last day has passed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from attribution.models import Decision, OwnershipPeriod
from attribution.services import refresh_lapsed as refresh
from attribution.tasks import refresh_lapsed
from leads.models import ContactEvent, Kind, Lead
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db


def test_a_lapsed_client_is_nobodys_in_the_lists_and_history_stays() -> None:
    project = ProjectFactory()
    agent = StaffFactory(project=project)
    now = timezone.now()
    gone = visit(agent, now - timedelta(days=90), phone="139 0000 0001", project=project).lead
    kept = visit(agent, now - timedelta(days=3), phone="139 0000 0002", project=project).lead
    before = list(OwnershipPeriod.objects.order_by("pk").values())
    assert gone is not None
    assert kept is not None
    assert refresh_lapsed() == 1
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.owner, gone.valid_until) == (None, None)
    assert kept.owner == agent
    assert list(OwnershipPeriod.objects.order_by("pk").values()) == before
    assert (ContactEvent.objects.count(), Decision.objects.count()) == (2, 2)
    assert refresh_lapsed() == 0


def test_the_next_of_the_chain_follows() -> None:
    project = ProjectFactory()
    first, second = StaffFactory(project=project), StaffFactory(project=project)
    began = datetime(2026, 3, 2, 2, tzinfo=UTC)
    lead = visit(first, began, phone="139 0000 0001", project=project, kind=Kind.CALL).lead
    assert lead is not None
    visit(second, began + timedelta(days=1), phone="139 0000 0001", project=project)
    lead = Lead.objects.get()
    assert (lead.owner, lead.valid_until) == (first, date(2026, 3, 17))
    assert refresh(lead_ids=[lead.pk], by=None, now=began + timedelta(days=15)) == 0
    assert refresh(lead_ids=[lead.pk], by=None, now=began + timedelta(days=16)) == 1
    lead.refresh_from_db()
    assert (lead.owner, lead.valid_until) == (second, date(2026, 4, 3))


def test_many_are_taken_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attribution.tasks.CHUNK", 3)
    project = ProjectFactory()
    agent = StaffFactory(project=project)
    long_ago = timezone.now() - timedelta(days=90)
    for number in range(8):
        visit(agent, long_ago, phone=f"139 0000 000{number}", project=project)
    assert refresh_lapsed() == 8
    assert not Lead.objects.filter(owner__isnull=False)
