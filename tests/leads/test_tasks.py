"""Notes go out by mail, once, and wait while the mail server is silent."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from leads.models import Notification, Staff
from leads.tasks import sweep_notifications
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db


def note(staff: Staff, **given: object) -> Notification:
    fields = {
        "text": "有新案件待審：%(case)s %(kind)s",
        "values": {"case": "C-0007", "kind": "collision"},
        "url": "/cases/7/",
        "created_at": timezone.now(),
    }
    return Notification.objects.create(staff=staff, **fields | given)


def test_a_note_is_mailed_once_with_where_to_go() -> None:
    found = note(StaffFactory(name="許文馨", email="xu@example.com"))
    assert sweep_notifications() == 1
    assert sweep_notifications() == 0
    (sent,) = mail.outbox
    assert sent.to == ["xu@example.com"]
    assert "C-0007" in sent.subject
    assert "許文馨" in sent.body
    assert "/cases/7/" in sent.body
    found.refresh_from_db()
    assert found.mailed_at is not None


def test_nobody_gets_what_he_read_or_cannot_get() -> None:
    reader = StaffFactory(email="xu@example.com")
    now = timezone.now()
    note(reader, read_at=now)
    note(reader, mailed_at=now)
    note(reader, created_at=now - timedelta(days=30))
    note(StaffFactory(email=""))
    note(StaffFactory(email="gone@example.com", is_active=False))
    assert sweep_notifications() == 0
    assert mail.outbox == []


def test_a_silent_mail_server_loses_nothing(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    found = note(StaffFactory(email="xu@example.com"))
    assert sweep_notifications() == 0
    found.refresh_from_db()
    assert found.mailed_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert sweep_notifications() == 1
