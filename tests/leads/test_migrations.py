"""The migration that fills in the keys of names that were written down before there were any."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from leads.models import Person
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
migration = import_module("leads.migrations.0006_name_keys_filled")


def test_keys_are_filled_in_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = StaffFactory(project=ProjectFactory())
    for number, name in enumerate(["沈國樑", "", "單文", "David Shen", "曾文"]):
        visit(agent, MONDAY, name=name, phone=f"138 0013 800{number}")
    before = list(Person.objects.order_by("pk").values_list("keys", flat=True))
    Person.objects.update(keys=[])
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    migration.fill_in(apps, connection.schema_editor())
    assert list(Person.objects.order_by("pk").values_list("keys", flat=True)) == before
    assert sum(bool(keys) for keys in before) == 4
