"""Many counters at once: every fact is kept, and one agent owns."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from attribution.models import Decision, OwnershipPeriod
from attribution.queries import decision_on
from leads.imports import tasks
from leads.imports.models import Import
from leads.models import ContactEvent, Kind, Lead, Likeness, Person, Phone, Project, Role, Staff
from leads.services import (
    add_particular,
    add_person,
    link_people,
    record_contact,
    record_follow_up,
    record_notice,
    register_referral,
)
from tests.factories import ProjectFactory, StaffFactory, visit
from tests.leads.imports import registers

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in the office


@pytest.fixture
def office() -> Project:
    return ProjectFactory(preset__settings={"collision_by": "supervisor"})


def all_at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each act gave, all of them begun in the same instant by threads of their own."""
    start = threading.Barrier(len(acts))

    def through(act: Callable[[], Any]) -> Any:
        try:
            # The connection is there before the start, as in a server that has been running.
            connections["default"].ensure_connection()
            start.wait(timeout=30)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(through, act) for act in acts]]


def log(project: Project, agent: Staff, **given: Any) -> Callable[[], ContactEvent]:
    """A visit that this agent writes down; the phone number is known to nobody yet."""
    details = {"phone": "139 0000 4242", "key": uuid4(), "at": MONDAY, "now": MONDAY} | given
    return lambda: record_contact(
        project=project, kind=Kind.VISIT, agent=agent, by=agent, **details
    )


def assert_one_story(lead: Lead) -> None:
    """Facts in order, one owner at a time, the stored answer as the engine gives it anew."""
    lead = Lead.objects.select_related("project").get(pk=lead.pk)
    recorded = list(lead.events.order_by("id").values_list("recorded_at", flat=True))
    assert recorded == sorted(recorded)
    stored = Decision.objects.filter(lead=lead).order_by("-decided_at", "-id").first()
    assert stored is not None
    again = decision_on(lead, asof=stored.decided_at)
    assert (again.owner, again.valid_until) == (stored.owner_id, stored.valid_until)
    assert (lead.owner_id, lead.valid_until) == (stored.owner_id, stored.valid_until)


def test_fifty_counters_log_the_same_new_number_at_once(office: Project) -> None:
    agents = [StaffFactory(project=office) for _ in range(50)]
    events = all_at_once([log(office, agent) for agent in agents])

    lead = Lead.objects.get()
    assert (Person.objects.count(), Phone.objects.count()) == (1, 1)
    assert len({event.pk for event in events}) == ContactEvent.objects.count() == 50
    assert {event.agent_id for event in events} == {agent.pk for agent in agents}
    assert Decision.objects.count() == 50
    # The first who was written down owns, and nobody else ever did.
    first = ContactEvent.objects.order_by("recorded_at", "id").first()
    assert first is not None
    assert lead.owner_id == first.agent_id
    assert set(
        OwnershipPeriod.objects.values_list("agent", flat=True).filter(
            period__contains=MONDAY + timedelta(hours=1)
        )
    ) == {first.agent_id}
    assert lead.contested
    assert_one_story(lead)


def test_fifty_clients_without_a_phone_never_wait_for_each_other(office: Project) -> None:
    agents = [StaffFactory(project=office) for _ in range(50)]
    all_at_once([log(office, agent, phone="") for agent in agents])
    assert Lead.objects.count() == 50
    assert set(Lead.objects.values_list("owner", flat=True)) == {agent.pk for agent in agents}


def test_two_leads_are_linked_while_both_receive(office: Project) -> None:
    lin, wu, supervisor = (StaffFactory(project=office) for _ in range(3))
    one = visit(lin, MONDAY, phone="139 0000 0001", project=office).lead
    two = visit(wu, MONDAY, phone="139 0000 0002", project=office).lead
    assert one is not None
    assert two is not None
    later = MONDAY + timedelta(days=1)

    def link(first: Lead, second: Lead) -> Callable[[], ContactEvent]:
        return lambda: link_people(
            lead_id=first.pk,
            other_id=second.pk,
            relation="same",
            by=supervisor,
            now=later,
            key=uuid4(),
        )

    def follow_up(lead: Lead, agent: Staff) -> Callable[[], ContactEvent]:
        return lambda: record_follow_up(
            lead_id=lead.pk,
            agent=agent,
            at=later,
            outcome="reached",
            by=agent,
            now=later,
            key=uuid4(),
        )

    acts: list[Callable[[], Any]] = [link(one, two), link(two, one)]
    for _ in range(5):
        acts += [
            log(office, lin, phone="139 0000 0001", at=later, now=later),
            log(office, wu, phone="139 0000 0002", at=later, now=later),
            follow_up(one, lin),
            follow_up(two, wu),
        ]
    all_at_once(acts)

    one.refresh_from_db()
    two.refresh_from_db()
    assert one.party_id == two.party_id == min(one.pk, two.pk)
    assert ContactEvent.objects.count() == 2 + len(acts)
    assert one.owner_id == two.owner_id == lin.pk
    for lead in (one, two):
        assert_one_story(lead)


def test_one_form_submitted_twice_at_once_is_one_fact(office: Project) -> None:
    agent = StaffFactory(project=office)
    key = uuid4()
    events = all_at_once([log(office, agent, key=key) for _ in range(2)])
    assert events[0].pk == events[1].pk
    assert (ContactEvent.objects.count(), Lead.objects.count(), Decision.objects.count()) == (
        1,
        1,
        1,
    )


def test_one_form_without_a_phone_submitted_twice_leaves_one_client(office: Project) -> None:
    agent = StaffFactory(project=office)
    key = uuid4()
    events = all_at_once([log(office, agent, phone="", key=key) for _ in range(8)])
    assert len({event.pk for event in events}) == 1
    assert ContactEvent.objects.count() == Lead.objects.count() == Person.objects.count() == 1


def test_one_second_number_is_added_to_many_clients_at_once(office: Project) -> None:
    agents = [StaffFactory(project=office) for _ in range(8)]
    people = [
        Person.objects.get(lead=visit(agent, MONDAY, name=f"客人{number}", project=office).lead_id)
        for number, agent in enumerate(agents)
    ]

    def add(person: Person, agent: Staff) -> Callable[[], Any]:
        return lambda: add_particular(
            person_id=person.pk, kind="phone", typed="139 1620 7754", by=agent, now=MONDAY,
            key=uuid4(),
        )  # fmt: skip

    def come(person: Person, agent: Staff) -> Callable[[], Any]:
        return lambda: add_person(
            lead_id=person.lead_id, name="太太", phone="139 1620 7755", by=agent, now=MONDAY,
            key=uuid4(),
        )  # fmt: skip

    acts = [act(*pair) for pair in zip(people, agents, strict=True) for act in (add, come)]
    all_at_once([*acts, log(office, agents[0], phone="139 1620 7754")])
    for number in ("+8613916207754", "+8613916207755"):
        # Each kept what was typed; one alone is known by it, and the others are asked about.
        assert Phone.every.filter(number=number).count() >= 8
        assert Phone.objects.filter(number=number).count() == 1
        known = Phone.objects.get(number=number).person_id
        asked = Likeness.objects.filter(reasons__contains=["phone"])
        assert asked.filter(one=known).count() + asked.filter(two=known).count() >= 7


def test_one_number_added_twice_to_one_client_at_once_is_one_number(office: Project) -> None:
    agent = StaffFactory(project=office)
    person = Person.objects.get(lead=visit(agent, MONDAY, project=office).lead_id)
    key = uuid4()

    def add(key: Any) -> Callable[[], Any]:
        return lambda: add_particular(
            person_id=person.pk, kind="phone", typed="139 1620 7754", by=agent, now=MONDAY, key=key
        )

    facts = all_at_once([add(key), add(key), add(uuid4())])
    assert len({fact.pk for fact in facts}) == 2
    assert Phone.every.count() == 1


def test_two_counters_receive_the_same_registered_person(office: Project) -> None:
    """One by the number, the other by confirming the traits: the registrant keeps him (sales/5)."""
    wu, lin, chen = (StaffFactory(project=office) for _ in range(3))
    registered = register_referral(
        project=office, agent=wu, name="羅美華", traits="戴紅框眼鏡", phone="139 0000 4242",
        by=wu, now=MONDAY - timedelta(days=1), key=uuid4(),
    )  # fmt: skip
    by_traits = log(office, chen, phone="", lead_id=registered.lead_id)
    events = all_at_once([log(office, lin), by_traits])

    lead = Lead.objects.get()
    assert {event.lead_id for event in events} == {lead.pk}
    assert (Person.objects.count(), Phone.objects.count()) == (1, 1)
    assert ContactEvent.objects.count() == 3
    assert lead.owner_id == wu.pk
    assert_one_story(lead)


def test_an_import_beside_a_counter_that_logs_the_same_number(office: Project) -> None:
    """Whichever comes first: one client, both facts, and what happened live owns (leasing/1.1)."""
    boss = StaffFactory(project=office, role=Role.SUPERVISOR)
    lin, wu = StaffFactory(project=office, name="林若晴"), StaffFactory(project=office)
    now = timezone.now()
    begun = now - timedelta(hours=2)
    register = [
        registers.VISITS,
        [f"{begun:%Y-%m-%d}", f"{begun:%H:%M}", "羅美華", "13900004242", "路過", "林若晴", ""],
    ]
    batch = registers.dry_run(office, boss, ("來訪登記表.csv", registers.as_csv(register)))
    assert registers.verdicts(batch) == ["new"]
    registers.sign(batch, boss)
    live = log(office, wu, at=now - timedelta(minutes=5), now=now)
    all_at_once([live, lambda: tasks.work_at_import(str(batch.key))])

    batch.refresh_from_db()
    assert batch.state == Import.State.DONE, batch.error
    lead = Lead.objects.get()
    assert (Person.objects.count(), Phone.objects.count()) == (1, 1)
    assert ContactEvent.objects.filter(agent=wu, kind=Kind.VISIT).count() == 1
    written = ContactEvent.objects.filter(agent=lin, kind=Kind.VISIT).count()
    assert written == 1 or registers.verdicts(batch) == ["conflict"]
    assert lead.owner_id in {lin.pk, wu.pk}
    assert_one_story(lead)


@pytest.mark.parametrize("minutes", [-1, 1])
def test_a_notice_beside_the_reception_it_is_about(office: Project, minutes: int) -> None:
    """It comes out as it would have one after the other: both facts are kept, one story told."""
    told = []
    for number, together in enumerate((True, False, False)):
        wu, lin = StaffFactory(project=office), StaffFactory(project=office)
        phone = f"139 0000 424{number}"
        lead = visit(wu, MONDAY, phone=phone, project=office).lead
        assert lead is not None
        later = MONDAY + timedelta(days=2)
        shown = later + timedelta(minutes=minutes)
        now = later + timedelta(minutes=5)
        acts = [
            log(office, lin, phone=phone, at=later, now=now),
            partial(
                record_notice, lead_id=lead.pk, agent=lin, at=shown, by=lin, now=now, key=uuid4()
            ),
        ]
        if together:
            all_at_once(acts)
        else:
            for act in acts if number == 1 else reversed(acts):
                act()
        assert lead.events.count() == 3
        assert_one_story(lead)
        latest = Decision.objects.filter(lead=lead).latest("decided_at", "id")
        told.append((latest.owner_id == wu.pk, sorted(latest.cases), sorted(latest.alerts)))
    assert told[0] in told[1:]
