"""A group of the board in the quick log: what it opens with, and what the record then says."""

from typing import Any

import pytest
from django.test import Client

from leads.board import services
from leads.models import Arrival, ContactEvent, Kind, Lead, Staff

from .conftest import Counter

pytestmark = pytest.mark.django_db


def save(client: Client, group: Arrival, **given: Any) -> Any:
    """Open the quick log from the board and save what it says."""
    form = client.get("/log/", {"group": group.pk}).context["form"]
    data = {bound.html_name: bound.value() for bound in form}
    filled = {name: value for name, value in data.items() if value not in (None, False)}
    return client.post("/log/", {**filled, "phone": "138 0013 8000", **given})


def come_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def test_it_opens_with_what_the_counter_knows(counter: Counter) -> None:
    group = counter.comes(asked_for=counter.wu, words="找上次那位先生", before="unsure")
    counter.begins(group, counter.wu)
    form = come_in(counter.wu).get("/log/", {"group": group.pk}).context["form"]
    assert form["key"].value() == str(group.reception_key)
    assert form["asked_for"].value() == counter.wu.pk
    assert form["kind"].value() == Kind.VISIT
    assert "找上次那位先生" in form["note"].value()
    assert form["time"].value().replace(microsecond=0) == counter.now.astimezone(
        counter.project.zone
    ).time().replace(microsecond=0)


def test_saving_it_twice_is_one_reception_and_the_board_knows(counter: Counter) -> None:
    group = counter.comes()
    counter.begins(group, counter.lin)
    web = come_in(counter.lin)
    for _ in range(2):
        assert save(web, group).status_code == 302
    event = ContactEvent.objects.get(kind=Kind.VISIT)
    assert (event.key, event.steered_by) == (group.reception_key, None)
    [row] = counter.catch_up().day().groups
    assert row.recorded is not None


def test_what_was_steered_is_recorded_as_steered(counter: Counter) -> None:
    group = counter.comes()
    services.direct(arrival=group, agent=counter.chen, reason="熟人", **counter.told())
    counter.begins(group, counter.chen)
    save(come_in(counter.chen), group, name="沈國樑")
    event = ContactEvent.objects.get(kind=Kind.VISIT)
    assert (event.steered_by, event.turn_of) == (counter.greeter, counter.lin)
    assert Lead.objects.get().owner == counter.lin


def test_anothers_group_opens_an_empty_form(counter: Counter) -> None:
    group = counter.comes()
    counter.begins(group, counter.lin)
    for asked in (group.pk, 10**9, "x", ""):
        form = come_in(counter.wu).get("/log/", {"group": asked}).context["form"]
        assert form["key"].value() != str(group.reception_key)
