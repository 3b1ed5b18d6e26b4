"""The doors of the counter: the order is the rota's, and every way past it is written down."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from leads.board import services
from leads.board.queries import opening_of, steering_of, week_of
from leads.models import (
    Arrival,
    BoardFact,
    ContactEvent,
    Duty,
    Kind,
    Project,
    Role,
    Roster,
    Staff,
)
from leads.services import record_assist, record_contact
from tests.factories import ProjectFactory, StaffFactory, visit

from .conftest import Counter

pytestmark = pytest.mark.django_db


def write_down(counter: Counter, arrival: Arrival, agent: Staff, **given: object) -> ContactEvent:
    """The agent writes his reception down as the quick log does it."""
    opening = opening_of(counter.project, agent, str(arrival.pk))
    assert opening is not None
    initial = opening.initial()
    return record_contact(
        project=counter.project,
        kind=Kind(initial["kind"]),
        agent=agent,
        at=opening.began,
        by=agent,
        now=counter.tick(),
        key=initial["key"],
        **steering_of(counter.project, agent, initial["key"]),
        **given,  # type: ignore[arg-type]
    )


def test_the_order_and_no_receptionist_says_who_receives(counter: Counter) -> None:
    one, two = counter.comes(), counter.comes()
    assert (one.number, two.number) == (1, 2)
    assert (counter.called(one), counter.called(two)) == (counter.lin, counter.wu)
    with pytest.raises(services.NotHisTurn):
        counter.begins(one, counter.chen)
    fact = counter.begins(one, counter.lin)
    assert (fact.turn_of_id, fact.steered) == (counter.lin.pk, False)
    with pytest.raises(services.NotWaiting):
        counter.begins(one, counter.lin)


def test_the_same_form_twice_is_one_group_and_one_fact(counter: Counter) -> None:
    told = counter.told()
    made = [
        services.log_arrival(project=counter.project, people=1, before="first", **told)
        for _ in range(2)
    ]
    assert made[0].pk == made[1].pk
    told = counter.told(counter.lin)
    facts = [services.begin(arrival=made[0], agent=counter.lin, **told) for _ in range(2)]
    assert facts[0].pk == facts[1].pk
    for _ in range(2):
        services.finish(arrival=made[0], **counter.told())
    assert BoardFact.objects.filter(kind="finished").count() == 1


def test_who_does_not_come_is_passed_over_by_the_clock(counter: Counter) -> None:
    group = counter.comes()
    counter.now += timedelta(minutes=3)
    assert counter.called(group) == counter.wu
    with pytest.raises(services.NotHisTurn):
        counter.begins(group, counter.lin)
    assert not BoardFact.objects.exists(), "nobody wrote that down"


def test_a_skip_says_why_and_the_next_is_called(counter: Counter) -> None:
    group = counter.comes()
    with pytest.raises(ValueError, match="meal"):
        services.skip(arrival=group, agent=counter.lin, reason="meal", **counter.told())
    services.skip(arrival=group, agent=counter.lin, reason="office", **counter.told())
    assert counter.called(group) == counter.wu
    with pytest.raises(services.NotHisTurn):
        services.skip(arrival=group, agent=counter.lin, reason="absent", **counter.told())
    counter.begins(group, counter.wu)
    assert counter.called(counter.comes()) == counter.lin


def test_joint_reception_needs_the_first_groups_consent(counter: Counter) -> None:
    groups = [counter.comes() for _ in range(3)]
    for group, agent in zip(groups, (counter.lin, counter.wu, counter.chen), strict=True):
        counter.begins(group, agent)
    late = counter.comes()
    assert counter.called(late) is None
    asked, other = groups[0], groups[1]
    services.join(arrival=late, beside=asked, consents=False, **counter.told())
    assert BoardFact.objects.get(kind="objected").beside == asked
    services.finish(arrival=asked, **counter.told())
    assert counter.called(late) is None, "the first group did not want its agent to"
    fact = services.join(arrival=late, beside=other, consents=True, **counter.told())
    assert (fact.agent_id, fact.beside_id) == (counter.wu.pk, other.pk)
    with pytest.raises(services.NotServing):
        services.join(arrival=counter.comes(), beside=asked, consents=True, **counter.told())


def test_steering_is_written_down_and_the_reception_says_so(counter: Counter) -> None:
    group = counter.comes()
    with pytest.raises(services.HisTurnAnyway):
        services.direct(arrival=group, agent=counter.lin, reason="順手", **counter.told())
    fact = services.direct(arrival=group, agent=counter.chen, reason="他是熟人", **counter.told())
    assert (fact.steered, fact.turn_of, fact.by) == (True, counter.lin, counter.greeter)
    counter.begins(group, counter.chen)
    event = write_down(counter, group, counter.chen, phone="138 0013 8000")
    assert (event.steered_by, event.turn_of) == (counter.greeter, counter.lin)
    assert event.lead is not None
    assert event.lead.owner == counter.lin, "the agent whose turn it was (sales/9)"


def test_a_supervisor_places_and_that_is_no_steering(counter: Counter) -> None:
    group = counter.comes()
    told = counter.told(counter.boss)
    fact = services.direct(arrival=group, agent=counter.chen, reason="貴客", **told)
    assert not fact.steered
    counter.begins(group, counter.chen)
    event = write_down(counter, group, counter.chen, phone="138 0013 8000")
    assert (event.steered_by, event.turn_of) == (None, None)
    assert event.lead is not None
    assert event.lead.owner == counter.chen


def test_waiting_for_the_agent_whom_the_client_named_is_no_steering(counter: Counter) -> None:
    busy = counter.comes()
    counter.begins(busy, counter.lin)
    group = counter.comes(asked_for=counter.lin, before="returning")
    assert counter.called(group) == counter.wu
    fact = services.direct(arrival=group, agent=counter.lin, reason="客戶願意等", **counter.told())
    assert not fact.steered
    with pytest.raises(services.ServingAnother):
        counter.begins(group, counter.lin)


def test_an_obligatory_reception_gives_the_turn_back(counter: Counter) -> None:
    lead = visit(counter.wu, counter.tick(), phone="138 0013 8000", project=counter.project).lead
    assert lead is not None
    group = counter.comes()
    counter.begins(group, counter.lin)
    record_assist(
        project=counter.project, lead_id=lead.pk, agent=counter.lin, owner=counter.wu,
        at=counter.now, by=counter.lin, now=counter.tick(), key=group.reception_key,
    )  # fmt: skip
    services.finish(arrival=group, **counter.told())
    standing = counter.day().board.standing_of(counter.lin.pk)
    assert standing is not None
    assert standing.turns == 0
    [row] = counter.day().groups
    assert row.recorded is not None
    assert (row.recorded.assist, row.recorded.counts) == (True, False)
    assert counter.called(counter.comes()) == counter.lin


def test_a_client_of_his_own_is_no_turn_and_a_new_one_is(counter: Counter) -> None:
    visit(counter.lin, counter.tick(), phone="138 0013 8000", project=counter.project)
    known = counter.comes(before="unsure")
    counter.begins(known, counter.lin)
    write_down(counter, known, counter.lin, phone="138 0013 8000")
    services.finish(arrival=known, **counter.told())
    assert counter.called(counter.comes()) == counter.lin
    # Said to be returning, and was not: then it was a turn after all.
    new = counter.comes(before="returning", asked_for=counter.chen)
    counter.begins(new, counter.chen)
    assert counter.day().board.standing_of(counter.chen.pk).turns == 0  # type: ignore[union-attr]
    write_down(counter, new, counter.chen, phone="138 0013 8001")
    assert counter.day().board.standing_of(counter.chen.pk).turns == 1  # type: ignore[union-attr]


def test_a_group_is_written_down_once(counter: Counter) -> None:
    group = counter.comes()
    counter.begins(group, counter.lin)
    one = write_down(counter, group, counter.lin, phone="138 0013 8000")
    two = write_down(counter, group, counter.lin, phone="138 0013 8000")
    assert one.pk == two.pk


def test_nobody_elses_group_opens_in_ones_quick_log(counter: Counter) -> None:
    group = counter.comes()
    counter.begins(group, counter.lin)
    assert opening_of(counter.project, counter.lin, str(group.pk)) is not None
    assert opening_of(counter.project, counter.wu, str(group.pk)) is None
    assert opening_of(counter.project, counter.lin, "x") is None
    assert opening_of(ProjectFactory(), counter.lin, str(group.pk)) is None
    assert steering_of(counter.project, counter.lin, uuid4()) == {}


def test_away_and_back(counter: Counter) -> None:
    told = {"project": counter.project, "agent": counter.lin}
    services.go_away(**told, reason="showing", **counter.told(counter.lin))
    group = counter.comes()
    assert counter.called(group) == counter.wu
    counter.begins(group, counter.wu)
    services.come_back(**told, **counter.told(counter.lin))
    assert counter.called(counter.comes()) == counter.lin
    with pytest.raises(ValueError, match="absent"):
        services.go_away(**told, reason="absent", **counter.told(counter.lin))


def test_a_turn_given_by_the_supervisor(counter: Counter) -> None:
    services.give_turn(
        project=counter.project, agent=counter.chen, reason="支援展場", **counter.told(counter.boss)
    )
    assert counter.called(counter.comes()) == counter.chen


# ── Rosters ──


def test_a_roster_is_replaced_and_the_old_one_stays(counter: Counter) -> None:
    today = counter.now.astimezone(counter.project.zone).date()
    seen = Roster.objects.get().pk
    days = {today: {counter.lin.pk: "leave", counter.wu.pk: "2", counter.chen.pk: "1"}}
    told = counter.told(counter.boss)
    made = services.set_rosters(project=counter.project, days=days, seen=seen, **told)
    again = services.set_rosters(project=counter.project, days=days, seen=seen, **told)
    assert [one.pk for one in made] == [one.pk for one in again]
    assert Roster.objects.count() == 2
    assert counter.called(counter.comes()) == counter.chen
    same = services.set_rosters(
        project=counter.project, days=days, seen=made[0].pk, **counter.told(counter.boss)
    )
    assert same == [], "what is in force already is not written again"


def test_a_stale_week_a_shared_place_and_the_past_are_refused(counter: Counter) -> None:
    today = counter.now.astimezone(counter.project.zone).date()
    told = {"project": counter.project}
    with pytest.raises(services.ChangedMeanwhile):
        services.set_rosters(
            **told, days={today: {counter.wu.pk: "1"}}, seen=0, **counter.told(counter.boss)
        )
    seen = Roster.objects.get().pk
    both = {counter.wu.pk: "1", counter.lin.pk: "1"}
    with pytest.raises(services.TwoInOnePlace):
        services.set_rosters(**told, days={today: both}, seen=seen, **counter.told(counter.boss))
    with pytest.raises(services.DayIsOver):
        services.set_rosters(
            **told, days={today - timedelta(days=1): {counter.wu.pk: "1"}}, seen=seen,
            **counter.told(counter.boss),
        )  # fmt: skip
    assert Roster.objects.count() == 1


def test_an_unplanned_day_has_everybody_in_turn() -> None:
    project = ProjectFactory()
    agents = [StaffFactory(project=project) for _ in range(3)]
    greeter = StaffFactory(project=project, role=Role.RECEPTIONIST)
    now = timezone.now() - timedelta(minutes=1)
    counter = Counter(project, *agents, greeter, agents[0], now)
    assert not counter.day().planned
    assert counter.called(counter.comes()) in agents


def test_whoever_has_left_is_called_no_more(counter: Counter) -> None:
    counter.lin.is_active = False
    counter.lin.save()
    assert counter.called(counter.comes()) == counter.wu


def test_the_database_refuses_a_board_that_cannot_be(counter: Counter) -> None:
    roster, group = Roster.objects.get(), counter.comes()
    fields = {"project": counter.project, "day": group.day, "at": counter.now, "by": counter.boss}
    impossible = [
        lambda: Duty.objects.create(roster=roster, staff=counter.boss, place=1),
        lambda: Duty.objects.create(roster=roster, staff=counter.lin, place=9),
        lambda: Duty.objects.create(roster=roster, staff=counter.boss, place=None),
        lambda: Duty.objects.create(roster=roster, staff=counter.boss, place=9, absence="leave"),
        lambda: BoardFact.objects.create(**fields, kind="begun", agent=counter.lin),
        lambda: BoardFact.objects.create(**fields, kind="begun", arrival=group),
        lambda: BoardFact.objects.create(**fields, kind="away", agent=counter.lin),
        lambda: BoardFact.objects.create(
            **fields, kind="directed", arrival=group, agent=counter.lin
        ),
        lambda: BoardFact.objects.create(
            **fields, kind="begun", arrival=group, agent=counter.lin, steered=True
        ),
        lambda: BoardFact.objects.create(
            **fields, kind="begun", arrival=group, agent=counter.lin, beside=group
        ),
    ]
    for act in impossible:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    counter.begins(group, counter.lin)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoardFact.objects.create(**fields, kind="begun", arrival=group, agent=counter.wu)


def test_a_week(counter: Counter) -> None:
    today = counter.now.astimezone(counter.project.zone).date()
    week = week_of(counter.project, today)
    assert week.planned == {today}
    assert week.cells[today, counter.wu.pk] == "2"
    assert week.newest == Roster.objects.get().pk
    assert week_of(Project.objects.create(name="空", opened_on=today), today).newest == 0
