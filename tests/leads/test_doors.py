"""The doors of the journal: what is written, what follows with it, what is refused."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution.models import Decision, OwnershipPeriod
from disputes.models import Case
from leads import identity, journal, services
from leads.models import ContactEvent, Kind, Lead, Person, Phone, Project, Staff
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in the office
PHONE = "138 0013 8000"


@pytest.fixture
def office() -> Project:
    return ProjectFactory(preset__settings={"collision_by": "supervisor"})


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def wu(office: Project) -> Staff:
    return StaffFactory(project=office, name="吳承翰")


def days(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def test_a_walk_in_is_decided_as_it_is_saved(lin: Staff) -> None:
    event = visit(lin, MONDAY, phone=PHONE, name="沈國樑")
    lead = Lead.objects.get()
    assert (lead.owner, lead.valid_until, lead.contested) == (lin, date(2026, 4, 2), False)
    assert Phone.objects.get().number == "+8613800138000"
    assert Phone.objects.get().typed == PHONE
    decision = Decision.objects.get()
    assert (decision.event, decision.owner, decision.decided_by) == (event, lin, "policy")
    assert decision.cites == ["sales/3", "leasing/1.1", "leasing/1.2"]
    period = OwnershipPeriod.objects.get().period
    assert (period.lower, period.upper) == (MONDAY, datetime(2026, 4, 2, 16, tzinfo=UTC))


def test_the_hot_path_takes_few_queries(lin: Staff, wu: Staff) -> None:
    visit(lin, MONDAY, phone="139 1620 7754")  # the project's rules are read once per process
    office = lin.projects.get()
    with CaptureQueriesContext(connection) as new:
        visit(lin, days(1), phone=PHONE, project=office)
    with CaptureQueriesContext(connection) as again:
        visit(lin, days(2), phone=PHONE, project=office)
    with CaptureQueriesContext(connection) as collided:
        visit(wu, days(3), phone=PHONE, project=office)
    counts = [len(queries.captured_queries) for queries in (new, again, collided)]
    # Two of each begin and end the transaction.
    # An event about a known client asks for open cases; a collision tells both its parties.
    assert counts == [10, 11, 20], [q["sql"][:90] for q in collided.captured_queries]


def test_the_same_number_in_any_spelling_is_the_same_client(lin: Staff) -> None:
    visit(lin, MONDAY, phone=PHONE)
    visit(lin, days(1), phone="１３８-００１３-８０００", name="沈先生")
    visit(lin, days(2), phone="+86 13800138000")
    visit(lin, days(3), phone="一三八〇〇一三八〇〇〇")
    assert Lead.objects.count() == 1
    assert Person.objects.get().name == "沈先生"
    assert ContactEvent.objects.count() == 4


def test_a_client_without_a_number_is_a_client(lin: Staff) -> None:
    one, two = visit(lin, MONDAY), visit(lin, MONDAY)
    assert one.lead_id != two.lead_id
    assert Decision.objects.filter(cites__contains=["leasing/1.3"]).count() == 2


@pytest.mark.parametrize("typed", ["123", "no number", "999 9999 9999 9999", "138 0013"])
def test_what_is_no_number_is_refused_and_nothing_is_saved(lin: Staff, typed: str) -> None:
    with pytest.raises(identity.ImpossiblePhone):
        visit(lin, MONDAY, phone=typed)
    assert not Lead.objects.exists()


def test_what_has_not_happened_yet_is_refused_and_nothing_is_saved(lin: Staff) -> None:
    with pytest.raises(journal.HappenedInTheFuture):
        visit(lin, days(1), now=MONDAY, phone=PHONE)
    assert not Lead.objects.exists()
    assert not ContactEvent.objects.exists()


def test_a_form_sent_twice_is_recorded_once(office: Project, lin: Staff) -> None:
    form = {
        "project": office, "kind": Kind.VISIT, "agent": lin, "by": lin, "at": MONDAY,
        "now": MONDAY, "key": uuid4(),
    }  # fmt: skip
    assert services.record_contact(**form) == services.record_contact(**form)
    assert ContactEvent.objects.count() == Lead.objects.count() == 1


def test_recording_never_runs_backwards_on_a_lead(lin: Staff, wu: Staff) -> None:
    first = visit(lin, MONDAY, now=MONDAY + timedelta(seconds=5), phone=PHONE)
    second = visit(wu, MONDAY, now=MONDAY + timedelta(seconds=3), phone=PHONE)
    assert second.recorded_at == first.recorded_at
    assert Lead.objects.get().owner == lin


def test_a_collision_is_kept_whole_and_opens_one_case(lin: Staff, wu: Staff) -> None:
    visit(lin, MONDAY, phone=PHONE)
    visit(wu, days(5), phone=PHONE)
    visit(wu, days(6), phone=PHONE)
    lead = Lead.objects.get()
    assert (lead.owner, lead.contested) == (lin, True)
    assert Case.objects.get().kind == "collision"
    spans = list(OwnershipPeriod.objects.order_by("period").values_list("agent", flat=True))
    assert spans == [lin.pk, wu.pk]


def test_a_follow_up_extends_for_a_month(lin: Staff) -> None:
    lead_id = visit(lin, MONDAY, phone=PHONE).lead_id
    for outcome, last in (("no_answer", date(2026, 4, 2)), ("family", date(2026, 5, 2))):
        services.record_follow_up(
            lead_id=lead_id, agent=lin, at=days(9), outcome=outcome, by=lin, now=days(9),
            key=uuid4(),
        )  # fmt: skip
        assert Lead.objects.get().valid_until == last
    assert OwnershipPeriod.objects.get().period.upper == datetime(2026, 5, 2, 16, tzinfo=UTC)


def link(one: ContactEvent, two: ContactEvent, by: Staff, now: datetime) -> ContactEvent:
    return services.link_people(
        lead_id=one.lead_id, other_id=two.lead_id, relation="same", by=by, now=now, key=uuid4()
    )


def test_a_link_unites_and_taking_it_back_leaves_no_trace_in_ownership(
    lin: Staff, wu: Staff
) -> None:
    one, two = visit(lin, MONDAY, phone=PHONE), visit(wu, days(1), phone="139 1620 7754")
    before = list(Lead.objects.order_by("pk").values("owner", "valid_until", "contested", "party"))
    made = link(two, one, lin, days(2))
    united = Lead.objects.order_by("pk")
    assert [lead.owner for lead in united] == [lin, lin]
    assert [lead.contested for lead in united] == [True, True]
    assert Case.objects.get().state == Case.State.OPEN
    services.take_back_link(event_id=made.pk, by=lin, now=days(3), key=uuid4(), reason="認錯人")
    after = list(Lead.objects.order_by("pk").values("owner", "valid_until", "contested", "party"))
    assert after == before
    assert Case.objects.get().state == Case.State.MOOT
    with pytest.raises(services.NotALink):
        services.take_back_link(event_id=made.pk, by=lin, now=days(4), key=uuid4(), reason="")


def test_a_chain_of_links_comes_apart_where_one_is_taken_back(lin: Staff, wu: Staff) -> None:
    one, two, three = (visit(lin, days(n)) for n in range(3))
    first, _second = link(one, two, lin, days(4)), link(three, two, lin, days(5))
    assert set(Lead.objects.values_list("party", flat=True)) == {one.lead_id}
    services.take_back_link(event_id=first.pk, by=lin, now=days(6), key=uuid4(), reason="")
    parties = dict(Lead.objects.values_list("pk", "party"))
    assert parties == {
        one.lead_id: None, two.lead_id: two.lead_id, three.lead_id: two.lead_id,
    }  # fmt: skip


def test_nobody_is_linked_to_himself(lin: Staff) -> None:
    one = visit(lin, MONDAY)
    with pytest.raises(services.LinkedToItself):
        link(one, one, lin, MONDAY)


def test_a_party_is_one_in_one_project(lin: Staff) -> None:
    elsewhere = StaffFactory(project=ProjectFactory())
    one, two = visit(lin, MONDAY), visit(elsewhere, MONDAY)
    with pytest.raises(services.LinkedAcrossProjects):
        link(one, two, lin, MONDAY)


def test_friends_who_buy_apart_stay_apart(lin: Staff, wu: Staff) -> None:
    one, two = visit(lin, MONDAY), visit(wu, MONDAY)
    services.link_people(
        lead_id=one.lead_id, other_id=two.lead_id, relation="friend", same_need=False,
        by=lin, now=days(1), key=uuid4(),
    )  # fmt: skip
    assert [lead.owner for lead in Lead.objects.order_by("pk")] == [lin, wu]
    assert set(Lead.objects.values_list("party", flat=True)) == {None}


def test_a_departure_leaves_his_clients_to_nobody(lin: Staff, wu: Staff) -> None:
    visit(lin, MONDAY, phone=PHONE)
    visit(wu, days(1), phone=PHONE)
    visit(wu, MONDAY, phone="139 1620 7754")
    services.record_departure(staff=lin, at=days(2), by=wu, now=days(2))
    held, other = Lead.objects.order_by("pk")
    assert (held.owner, other.owner) == (None, wu)
    assert set(Case.objects.values_list("kind", "state")) == {
        ("collision", "open"), ("departure", "open"),
    }  # fmt: skip
    assert not OwnershipPeriod.objects.filter(lead=held, period__contains=days(3)).exists()
    with pytest.raises(services.AlreadyDeparted):
        services.record_departure(staff=lin, at=days(3), by=wu, now=days(3))
    # Whoever asks for him later is received by the agent on duty.
    visit(wu, days(60), phone="139 1620 7754", asked_for=lin)
    assert Lead.objects.get(pk=other.pk).owner == wu


def test_a_failing_follower_undoes_the_event(
    lin: Staff, monkeypatch: pytest.MonkeyPatch, django_db_blocker: object
) -> None:
    # The one test that breaks a part of ours: the promise is about what happens then.
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the ledger broke")

    monkeypatch.setattr("commissions.ledger.follow", fail)
    with pytest.raises(RuntimeError):
        visit(lin, MONDAY, phone=PHONE)
    assert not ContactEvent.objects.exists()
    assert not Lead.objects.exists()
