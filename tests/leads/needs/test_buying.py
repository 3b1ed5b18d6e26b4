"""What a client means to buy: profiles and plans written anew, viewings, offers and answers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from leads.models import Lead, ProfileEntry, PurchasePlan, Staff
from leads.needs import services
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def lin() -> Staff:
    return StaffFactory(project=ProjectFactory(), name="林若晴")


@pytest.fixture
def client_(lin: Staff) -> Lead:
    lead = visit(lin, MONDAY, phone="139 0000 4242").lead
    assert lead is not None
    return lead


def told(lin: Staff, lead: Lead, **more: Any) -> dict[str, Any]:
    return {"lead_id": lead.pk, "by": lin, "now": MONDAY, "key": uuid4(), **more}


def test_a_profile_is_written_anew_and_the_old_one_stays(lin: Staff, client_: Lead) -> None:
    services.write_profile(motives=["school"], budget_low=1_00, **told(lin, client_, seen=0))
    services.write_profile(
        motives=["school", "upgrade"], purpose="live", **told(lin, client_, seen=1)
    )
    assert [entry.motives for entry in ProfileEntry.objects.order_by("number")] == [
        ["school"],
        ["school", "upgrade"],
    ]
    with pytest.raises(services.StaleSheet):
        services.write_profile(**told(lin, client_, seen=1))
    again = told(lin, client_, seen=2)
    assert services.write_profile(**again) == services.write_profile(**again)


def test_a_plan_is_of_a_month_and_adds_up(lin: Staff, client_: Lead) -> None:
    bought: dict[str, Any] = {"amount": 420_000_000, "probability": 60}
    plan = services.write_plan(month=date(2026, 9, 17), **bought, **told(lin, client_, seen=0))
    assert plan.month == date(2026, 9, 1)
    bought["probability"] = 130
    with pytest.raises(IntegrityError, match="adds_up"):
        services.write_plan(month=date(2026, 9, 17), **bought, **told(lin, client_, seen=1))
    assert PurchasePlan.objects.get() == plan


def test_a_next_step_is_done_once(lin: Staff, client_: Lead) -> None:
    step = services.add_plan_step(text="送按揭試算", due=date(2026, 3, 5), **told(lin, client_))
    end: dict[str, Any] = {"step": step, "by": lin, "now": MONDAY + timedelta(days=1)}
    first = services.end_plan_step(done=True, key=uuid4(), **end)
    assert services.end_plan_step(done=False, key=uuid4(), **end) == first
    assert first.done


@pytest.mark.parametrize(
    "given", [{"kind": "discount"}, {"kind": "rent_free"}, {"kind": "other"}], ids=str
)
def test_an_offer_says_what_it_offers(lin: Staff, client_: Lead, given: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="offer_says_what"):
        services.make_offer(day=date(2026, 3, 2), **given, **told(lin, client_))


def test_a_client_may_answer_an_offer_again(lin: Staff, client_: Lead) -> None:
    offer = services.make_offer(
        kind="discount", permyriad=250, day=date(2026, 3, 2), **told(lin, client_)
    )
    for answer in ("considering", "accepted"):
        services.answer_offer(
            offer=offer, answer=answer, day=date(2026, 3, 3), by=lin, now=MONDAY, key=uuid4()
        )
    assert [one.answer for one in offer.answers.order_by("pk")] == ["considering", "accepted"]


def test_a_viewing_names_a_unit_or_a_question(lin: Staff, client_: Lead) -> None:
    services.note_viewing(day=date(2026, 3, 2), unit="3 棟 1202", **told(lin, client_))
    services.note_viewing(day=date(2026, 3, 2), question="低樓層便宜多少", **told(lin, client_))
    with pytest.raises(IntegrityError, match="viewing_says"):
        services.note_viewing(day=date(2026, 3, 2), **told(lin, client_))
