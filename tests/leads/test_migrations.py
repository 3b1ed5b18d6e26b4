"""Migrations of people on a base that has some: filled in, taken back, and filled in again."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from leads.models import Person
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def migrate() -> Any:
    """Go to a state of leads; the newest one is there again after the test."""

    def go(name: str) -> None:
        executor = MigrationExecutor(connection)
        executor.migrate([("leads", name)])

    newest = list(MigrationExecutor(connection).loader.graph.leaf_nodes("leads"))
    yield go
    MigrationExecutor(connection).migrate(newest)


def test_keys_are_filled_in_for_people_who_were_there_before(migrate: Any) -> None:
    agent = StaffFactory(project=ProjectFactory())
    for number in range(3):
        visit(agent, MONDAY, name="沈國樑", phone=f"138 0013 800{number}")
    before = list(Person.objects.order_by("pk").values_list("keys", flat=True))
    migrate("0003_channels")
    migrate("0006_name_keys_filled")
    after = list(Person.objects.order_by("pk").values_list("keys", flat=True))
    assert after == before
    assert all(after)
