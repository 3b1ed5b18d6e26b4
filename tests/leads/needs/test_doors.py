"""Needs through their doors: from the client's words to a closed need, and what nobody may skip."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from leads.models import ItemChange, Lead, Need, NeedItem, NeedStep, Project, Role, Staff
from leads.needs import services
from tests.factories import LEVELS, ProjectFactory, StaffFactory, goes_on, improved, visit, wants

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


@pytest.fixture
def gu(office: Project) -> Staff:
    return StaffFactory(project=office, name="顧思敏", role=Role.MANAGEMENT_OFFICE)


@pytest.fixture
def client_(lin: Staff) -> Lead:
    lead = visit(lin, MONDAY, phone="139 0000 4242").lead
    assert lead is not None
    return lead


def test_a_need_goes_from_the_clients_words_to_its_end(
    lin: Staff, gu: Staff, client_: Lead
) -> None:
    need = wants(lin, client_, MONDAY, "lifts")
    assert (need.state, need.number, need.item.clause) == ("identified", 1, "needs/1")
    improved(need, gu, MONDAY, after=4)
    need.refresh_from_db()
    assert (need.state, need.number) == ("verified", 5)
    assert (need.perceived, need.after, need.gap) == (2, 4, 3)
    goes_on(need, "close", gu, MONDAY + timedelta(days=9))
    states = list(need.steps.order_by("number").values_list("state", flat=True))
    assert states == ["identified", "analysed", "planned", "under_way", "verified", "closed"]


def test_with_all_levels_a_need_is_analysed_at_once(lin: Staff, client_: Lead) -> None:
    assert wants(lin, client_, MONDAY, **LEVELS).state == "analysed"


def test_nothing_is_skipped_and_everything_asked_for_is_there(
    lin: Staff, gu: Staff, client_: Lead
) -> None:
    need = wants(lin, client_, MONDAY)
    with pytest.raises(services.NotNow):
        goes_on(
            need, "plan", gu, TUESDAY, measure="加開一部", responsible=gu.pk, due=date(2026, 4, 1)
        )
    with pytest.raises(services.Lacking) as lacking:
        goes_on(need, "analyse", lin, TUESDAY, importance=4, expected=5)
    assert lacking.value.fields == ("floor", "perceived")
    goes_on(need, "analyse", lin, TUESDAY, **LEVELS)
    with pytest.raises(services.Lacking) as lacking:
        goes_on(need, "plan", gu, TUESDAY, measure="加開一部")
    assert lacking.value.fields == ("responsible", "due")
    with pytest.raises(services.Lacking):
        goes_on(need, "close", gu, TUESDAY)
    goes_on(need, "close", gu, TUESDAY, note="客戶已退訂")
    assert NeedStep.objects.filter(need=need).count() == 3


def test_a_measure_that_did_not_suffice_is_planned_again_from_where_it_left_the_client(
    lin: Staff, gu: Staff, client_: Lead
) -> None:
    need = improved(wants(lin, client_, MONDAY), gu, MONDAY, after=3, confirmation="not_yet")
    later = MONDAY + timedelta(days=10)
    with pytest.raises(services.Lacking) as lacking:
        goes_on(need, "close", gu, later)
    assert lacking.value.fields == ("note",)
    again = {"measure": "加開一部", "responsible": gu.pk, "due": date(2026, 5, 1)}
    goes_on(need, "plan", gu, later, **again)
    need.refresh_from_db()
    assert (need.state, need.perceived, need.after, need.done) == ("planned", 3, None, None)
    assert need.confirmation == ""
    first = need.steps.get(number=5)
    assert (first.perceived, first.after, first.confirmation) == (2, 3, "not_yet")


def test_a_closed_need_is_opened_again_by_new_levels_and_a_reason(
    lin: Staff, gu: Staff, client_: Lead
) -> None:
    need = wants(lin, client_, MONDAY)
    goes_on(need, "close", gu, TUESDAY, note="聽錯了")
    with pytest.raises(services.Lacking):
        goes_on(need, "reopen", lin, TUESDAY, **LEVELS)
    goes_on(need, "reopen", lin, TUESDAY, note="客戶又提起", **LEVELS)
    need.refresh_from_db()
    assert (need.state, need.perceived) == ("analysed", 2)


def test_a_second_press_and_a_stale_form_change_nothing(
    lin: Staff, gu: Staff, client_: Lead
) -> None:
    need = wants(lin, client_, MONDAY)
    press: dict[str, Any] = {"need_id": need.pk, "act": "analyse", "given": LEVELS, "seen": 1}
    key = uuid4()
    services.advance(by=lin, now=TUESDAY, key=key, **press)
    services.advance(by=lin, now=TUESDAY, key=key, **press)
    with pytest.raises(services.StaleNeed):
        services.advance(by=gu, now=TUESDAY, key=uuid4(), **press)
    assert need.steps.count() == 2
    same = uuid4()
    told: dict[str, Any] = {"project": client_.project, "item": need.item, "source": "reception"}
    told |= {"at": MONDAY, "by": lin, "now": MONDAY, "key": same, "lead_id": client_.pk}
    assert services.identify(words="一", **told) == services.identify(words="二", **told)


def test_the_database_holds_a_need_to_its_words_and_its_last_step(
    lin: Staff, client_: Lead
) -> None:
    need = wants(lin, client_, MONDAY)
    for change in ({"words": "別的"}, {"lead": None}, {"by": StaffFactory()}, {"number": 0}):
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
            Need.objects.filter(pk=need.pk).update(**change)
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        Need.objects.filter(pk=need.pk)._raw_delete("default")
    for change in ({"state": "closed"}, {"importance": 5}, {"carried_by": "工程組"}):
        assert is_refused(lambda change=change: Need.objects.filter(pk=need.pk).update(**change))
    loose = {"need": need, "number": 2, "state": "closed", "by": lin, "at": MONDAY}
    assert is_refused(lambda: NeedStep.objects.create(**loose))
    with pytest.raises(IntegrityError, match="state_asks"), transaction.atomic():
        NeedStep.objects.create(need=need, number=2, state="planned", by=lin, at=MONDAY)
    with pytest.raises(IntegrityError, match="one_to_five"), transaction.atomic():
        NeedStep.objects.create(need=need, number=2, importance=6, by=lin, at=MONDAY)
    with pytest.raises(IntegrityError, match="one_to_five"), transaction.atomic():
        NeedStep.objects.create(need=need, number=2, floor=4, expected=3, by=lin, at=MONDAY)


def is_refused(act: Callable[[], Any]) -> bool:
    """Would the end of the transaction refuse it?"""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            act()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        return "last step" in str(error)
    return False


def test_a_project_adds_and_retires_items_of_its_own_list(office: Project) -> None:
    boss = StaffFactory(project=office, role=Role.MANAGER)
    told: dict[str, Any] = {"project": office, "by": boss, "now": MONDAY}
    item = services.add_item(side="management", name="停車秩序", key=uuid4(), **told)
    assert (item.clause, str(item)) == ("needs/1", "停車秩序")
    with pytest.raises(services.ItemTaken):
        services.add_item(side="management", name="停車秩序", key=uuid4(), **told)
    with pytest.raises(services.ItemTaken):
        services.add_item(side="management", name="電梯運行", key=uuid4(), **told)
    services.retire_item(item=item, key=uuid4(), **told)
    services.retire_item(item=item, key=uuid4(), **told)
    services.restore_item(item=item, key=uuid4(), **told)
    kinds = list(ItemChange.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["retired", "restored"]
    elsewhere = StaffFactory(project=ProjectFactory())
    with pytest.raises(services.NotOffered):
        services.identify(
            project=elsewhere.projects.get(),
            item=item,
            words="沒車位",
            source="survey",
            at=MONDAY,
            by=elsewhere,
            now=MONDAY,
            key=uuid4(),
        )


def test_the_standard_items_stand_on_three_sides() -> None:
    sides = (
        NeedItem.objects.filter(project=None).order_by("position").values_list("side", flat=True)
    )
    assert list(sides) == ["management"] * 5 + ["service"] * 4 + ["business"] * 4
