"""From the journal to a suspicion: each detector, on facts written down through the doors."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest

from attribution.questions import about_phone
from attribution.services import record_answer
from commissions.services import record_deal, record_step, release_unit, reserve_unit
from disputes import services
from disputes.detectors.queries.looking import changed_parties, rows_of_counter
from disputes.detectors.registry import find_all
from disputes.detectors.tasks import look
from disputes.models import Case, Suspicion, Watch
from disputes.tasks import look_at_changes, look_at_projects
from leads.board import services as board
from leads.models import Notification, Person
from leads.services import add_particular, link_people, record_contact, record_follow_up
from tests.disputes.conftest import tell
from tests.factories import StaffFactory, visit

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def seen(office, days=60):
    """Look at everything of the last days; what was raised, by detector."""
    parties = changed_parties(office.project, office.now - days * DAY)
    look(office.project, parties, office.now)
    return {one.detector: one for one in Suspicion.objects.order_by("pk")}


def sell(office, lead, agent, at, unit="3 棟 1202", **given):
    return record_deal(
        lead_id=lead, agent=agent, unit=unit, price_cents=428_000_000, at=at, by=agent, now=at,
        key=uuid4(), **given,
    )  # fmt: skip


def enquire(office, agent, lead, phone, at):
    return record_answer(
        project=office.project,
        agent=agent,
        question=about_phone(office.project, phone),
        state="protected",
        until=None,
        lead_id=lead,
        notice=None,
        by=agent,
        now=at,
    )


def test_who_was_told_waited_and_signed_at_once(office):
    begun = office.now - 36 * DAY
    lead = visit(office.jia, begun, phone="138 0013 8000", name="葉先生").lead_id
    notice = tell(lead, office.yi, begun + 20 * DAY)
    deal = sell(office, lead, office.yi, office.now - 2 * DAY)
    found = seen(office)
    assert set(found) == {"notice"}
    one = found["notice"]
    assert one.agent == office.yi
    assert one.affected == [office.jia.pk]
    assert set(one.facts) == {notice.pk, deal.pk}
    assert [clue["what"] for clue in one.path] == ["told", "lapsed", "sold"]
    assert one.found_at == office.now


def test_what_the_rules_made_a_case_of_is_not_raised_again(office):
    lead = visit(office.jia, office.now - 9 * DAY, phone="138 0013 8000").lead_id
    tell(lead, office.yi, office.now - 5 * DAY)
    sell(office, lead, office.yi, office.now - DAY)
    assert Case.objects.filter(kind="poaching").exists()
    assert {n: (o.path, o.facts) for n, o in seen(office).items()} == {}


def test_whom_a_ruling_gave_the_client_may_sell_to_him(office):
    begun = office.now - 20 * DAY
    lead = visit(office.jia, begun, phone="138 0013 8000").lead_id
    tell(lead, office.yi, begun + DAY)
    services.rule_on_lead(
        lead_id=lead,
        owner=office.yi,
        reason="甲方同意",
        by=office.supervisor,
        now=begun + 2 * DAY,
        key=uuid4(),
    )
    sell(office, lead, office.yi, begun + 5 * DAY)
    assert {n: (o.path, o.facts) for n, o in seen(office).items()} == {}


def test_a_buyer_whose_payer_is_another_agents_client(office):
    client = visit(office.jia, office.now - 9 * DAY, phone="138 0013 8000", name="葉先生").lead_id
    front = visit(office.yi, office.now - 2 * DAY, phone="139 0000 1111", name="周雅婷").lead_id
    papers = {"payer": "葉先生", "payer_phone": "+8613800138000", "identity_ending": "203X"}
    deal = sell(office, front, office.yi, office.now - DAY, papers=papers)
    one = seen(office)["tied_buyer"]
    assert one.lead_id == front
    assert one.clients == [front, client]
    assert one.agent == office.yi
    assert one.affected == [office.jia.pk]
    assert deal.pk in one.facts
    assert {c["values"]["kind"] for c in one.path if c["what"] == "tie"} == {
        "payer_name", "payer_phone",
    }  # fmt: skip


def test_relatives_who_each_want_their_own_are_joined_by_their_link(office):
    client = visit(office.jia, office.now - 9 * DAY, phone="138 0013 8000").lead_id
    front = visit(office.yi, office.now - 3 * DAY, phone="139 0000 1111").lead_id
    link_people(
        lead_id=front, other_id=client, relation="family", same_need=False, by=office.supervisor,
        now=office.now - 3 * DAY, key=uuid4(),
    )  # fmt: skip
    sell(office, front, office.yi, office.now - DAY)
    assert seen(office)["tied_buyer"].clients == [front, client]


def test_a_relative_whose_kinsman_has_bought_is_left_alone(office):
    client = visit(office.jia, office.now - 9 * DAY, phone="138 0013 8000").lead_id
    front = visit(office.yi, office.now - 3 * DAY, phone="139 0000 1111").lead_id
    link_people(
        lead_id=front, other_id=client, relation="family", same_need=False, by=office.supervisor,
        now=office.now - 3 * DAY, key=uuid4(),
    )  # fmt: skip
    sell(office, client, office.jia, office.now - 2 * DAY, unit="3 棟 1201")
    sell(office, front, office.yi, office.now - DAY)
    assert {n: (o.path, o.facts) for n, o in seen(office).items()} == {}


def test_a_shared_number_is_a_tie(office):
    client = visit(office.jia, office.now - 9 * DAY, phone="138 0013 8000").lead_id
    front = visit(office.yi, office.now - 2 * DAY, phone="139 0000 1111").lead_id
    person = Person.objects.get(lead=front)
    add_particular(
        person_id=person.pk, kind="phone", typed="138 0013 8000", by=office.yi,
        now=office.now - 2 * DAY, key=uuid4(),
    )  # fmt: skip
    sell(office, front, office.yi, office.now - DAY)
    one = seen(office)["tied_buyer"]
    assert one.clients == [front, client]
    assert any(clue.get("values") == {"kind": "phone"} for clue in one.path)


def test_a_unit_held_in_turn_by_connected_people(office):
    start = office.now - 25 * DAY
    leads = [
        visit(office.jia, start + n * MINUTE, phone=f"138 0013 80{n:02d}").lead_id for n in range(2)
    ]
    for turn in range(3):
        at = start + (turn * 8 + 1) * DAY
        reservation = reserve_unit(
            lead_id=leads[turn % 2], agent=office.jia, unit="3 棟 1202", at=at, by=office.jia,
            now=at, key=uuid4(), papers={"address": "和平路 12 號 3 樓"},
        )  # fmt: skip
        release_unit(reservation_id=reservation.pk, by=office.jia, now=at + 7 * DAY)
        if turn == 1:
            assert "units" in seen(office), "two together, for nearly two weeks"
    one = seen(office)["units"]
    assert Suspicion.objects.filter(detector="units").count() == 1, "it grew, and is the same"
    assert set(one.clients) == set(leads)
    assert "tie" in [clue["what"] for clue in one.path]


def test_a_unit_passed_on_before_the_contract(office):
    lead = visit(office.jia, office.now - 9 * DAY, phone="138 0013 8000").lead_id
    deal = sell(office, lead, office.jia, office.now - 5 * DAY).deal
    given = {"buyer": "周雅婷", "note": "轉讓", "by": office.supervisor, "now": office.now - DAY}
    record_step(deal_id=deal.pk, kind="name", at=office.now - DAY, key=uuid4(), **given)
    one = seen(office)["units"]
    assert [clue["what"] for clue in one.path] == ["renamed"]


def test_a_name_changed_within_the_family_is_none(office):
    lead = visit(office.jia, office.now - 9 * DAY, phone="138 0013 8000").lead_id
    deal = sell(office, lead, office.jia, office.now - 5 * DAY).deal
    given = {"buyer": "周雅婷", "note": "太太", "by": office.supervisor, "now": office.now - DAY}
    record_step(
        deal_id=deal.pk, kind="name", at=office.now - DAY, key=uuid4(), family=True, **given
    )
    assert {n: (o.path, o.facts) for n, o in seen(office).items()} == {}


def test_follow_ups_that_nobody_made(office):
    begun = office.now - 30 * DAY
    leads = [
        visit(office.jia, begun + n * MINUTE, phone=f"138 0013 81{n:02d}").lead_id for n in range(6)
    ]
    for n, lead in enumerate(leads):
        at = office.now - 2 * HOUR + n * MINUTE
        record_follow_up(
            lead_id=lead, agent=office.jia, at=at, outcome="reached", by=office.jia, now=at,
            key=uuid4(), note="已電話聯繫客戶，客戶表示仍在考慮，約下週再聯繫",
        )  # fmt: skip
    one = seen(office)["follow_ups"]
    assert one.agent == office.jia
    assert len(one.facts) == 6
    assert one.score == 100


def test_calls_that_somebody_did_not_answer_are_calls(office):
    begun = office.now - 30 * DAY
    leads = [
        visit(office.jia, begun + n * MINUTE, phone=f"138 0013 81{n:02d}").lead_id for n in range(6)
    ]
    for n, lead in enumerate(leads):
        at = office.now - 3 * HOUR + n * 7 * MINUTE
        record_follow_up(
            lead_id=lead, agent=office.jia, at=at, by=office.jia, now=at, key=uuid4(),
            outcome="no_answer" if n % 3 else "reached", note=f"說{n}號再來",
        )  # fmt: skip
    assert {n: (o.path, o.facts) for n, o in seen(office).items()} == {}


def test_an_entry_just_after_anothers_and_said_to_be_before(office):
    work_of(office, office.yi)
    noon = office.now - 6 * HOUR
    first = visit(office.jia, noon, phone="138 0013 8000")
    enquire(office, office.yi, first.lead_id, "+8613800138000", noon + 10 * MINUTE)
    late = visit(office.yi, noon - 40 * MINUTE, phone="138 0013 8000", now=noon + 20 * MINUTE)
    one = seen(office)["late_entry"]
    assert one.agent == office.yi
    assert one.affected == [office.jia.pk]
    assert {first.pk, late.pk} <= set(one.facts)
    assert "asked" in [clue["what"] for clue in one.path]


def work_of(office, agent, count=6):
    """Some clients whom an agent wrote down at once."""
    for n in range(count):
        at = office.now - (10 + n) * DAY
        visit(agent, at, phone=f"137 0013 8{agent.pk % 10}{n:02d}", now=at + MINUTE)


def test_a_group_that_the_counter_saw_is_no_late_entry(office):
    work_of(office, office.yi)
    noon = office.now - 6 * HOUR
    came = board.log_arrival(
        project=office.project, people=2, before="first",
        by=StaffFactory(project=office.project, role="receptionist"), now=noon - 40 * MINUTE,
        key=uuid4(),
    )  # fmt: skip
    first = visit(office.jia, noon, phone="138 0013 8000")
    enquire(office, office.yi, first.lead_id, "+8613800138000", noon + 10 * MINUTE)
    record_contact(
        project=office.project, kind="visit", agent=office.yi, at=noon - 40 * MINUTE, by=office.yi,
        now=noon + 20 * MINUTE, key=came.reception_key, phone="138 0013 8000",
    )  # fmt: skip
    assert {n: (o.path, o.facts) for n, o in seen(office).items()} == {}


def test_a_greeter_who_feeds_an_agent(office):
    greeter = StaffFactory(project=office.project, role="receptionist", name="唐悅")
    monday = office.now - (office.now.weekday() + 14) * DAY
    for number in range(42):
        moment = monday + (number % 7) * DAY + number * MINUTE
        here = {"by": greeter, "now": moment, "key": uuid4()}
        group = board.log_arrival(project=office.project, people=1, before="first", **here)
        agent = office.jia if number % 6 else office.yi
        then = {"by": agent, "key": uuid4(), "now": moment + 2 * SECOND}
        with suppress(board.HisTurnAnyway):
            direct = {"by": greeter, "key": uuid4(), "now": moment + SECOND}
            board.direct(arrival=group, agent=agent, reason="熟悉這個戶型", **direct)
        board.begin(arrival=group, agent=agent, **then)
        board.finish(arrival=group, by=agent, now=moment + 3 * SECOND, key=uuid4())
    found = list(find_all(rows_of_counter(office.project, now=office.now)))
    assert {(one.detector, one.key[:2]) for one in found} == {
        ("steering", (greeter.pk, office.jia.pk))
    }


class TestTheTasks:
    def story(self, office):
        lead = visit(office.jia, office.now - 36 * DAY, phone="138 0013 8000").lead_id
        tell(lead, office.yi, office.now - 16 * DAY)
        sell(office, lead, office.yi, office.now - 3 * MINUTE)
        return lead

    def test_looking_twice_raises_once_and_tells_the_supervisor_once(self, office):
        self.story(office)
        assert look_at_changes() == 1
        assert look_at_changes() == 0
        assert look_at_projects() == 0
        assert Suspicion.objects.count() == 1
        note = Notification.objects.get(staff=office.supervisor, url="/suspicions/")
        assert office.yi.name not in note.text % note.values

    def test_a_look_goes_on_where_the_last_one_ended(self, office):
        look_at_changes()
        first = Watch.objects.get(project=office.project).looked_until
        self.story(office)
        assert look_at_changes() == 1
        assert Watch.objects.get(project=office.project).looked_until > first

    def test_the_night_finds_what_the_day_missed(self, office):
        self.story(office)
        Watch.objects.create(project=office.project, looked_until=office.now + DAY)
        assert look_at_changes() == 0
        assert look_at_projects() == 1

    def test_the_agent_hears_nothing(self, office):
        self.story(office)
        before = Notification.objects.exclude(staff=office.supervisor).count()
        look_at_changes()
        assert Notification.objects.exclude(staff=office.supervisor).count() == before
