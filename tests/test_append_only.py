"""What only grows: the database itself refuses to change or delete it, and to have two owners."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Model

from attribution.models import Answer, Decision, OwnershipPeriod, PolicyVersion
from attribution.questions import about_phone
from attribution.services import record_answer
from commissions.models import Adjustment, BuyerPaper, DealStep, Entry, Plan, Signature
from commissions.services import adjust, record_deal, record_step, sign_period
from disputes.cases.hearings import File
from disputes.detectors.rows import Finding
from disputes.models import Evidence, Step, Suspicion, SuspicionEnd
from disputes.services import contest, dismiss_suspicion, raise_suspicions
from leads.board.services import begin, log_arrival, set_rosters
from leads.models import (
    Arrival,
    BoardFact,
    ContactEvent,
    Disclosure,
    Duty,
    ItemChange,
    Lead,
    NeedItem,
    NeedStep,
    Offer,
    OfferAnswer,
    Person,
    PersonFact,
    Phone,
    PlanStep,
    PlanStepEnd,
    ProfileEntry,
    Project,
    PurchasePlan,
    Roster,
    Staff,
    Viewing,
)
from leads.needs import services as needs
from leads.services import reveal_phone
from tests.factories import ProjectFactory, StaffFactory, visit, wants

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ONLY_GROWS: list[type[Model]] = [
    ContactEvent,
    Disclosure,
    PersonFact,
    Decision,
    PolicyVersion,
    *(Plan, DealStep, Adjustment, Signature, Entry, BuyerPaper),
    Answer,
    Step,
    Evidence,
    *(Suspicion, SuspicionEnd),
    Roster,
    Duty,
    Arrival,
    BoardFact,
    *(NeedItem, ItemChange, NeedStep, ProfileEntry, PurchasePlan, Viewing),
    *(PlanStep, PlanStepEnd, Offer, OfferAnswer),
]
REFUSALS = "only grows"


@pytest.fixture
def lead() -> Lead:
    """A client with something in every table that only grows."""
    office: Project = ProjectFactory()
    agent: Staff = StaffFactory(project=office)
    lead = visit(agent, MONDAY, phone="139 0000 4242", project=office).lead
    assert lead is not None
    record_answer(
        project=office,
        agent=agent,
        question=about_phone(office, "+8613900004242"),
        state="yours",
        until=None,
        lead_id=lead.pk,
        notice=None,
        by=agent,
        now=MONDAY,
    )
    reveal_phone(phone=Phone.objects.get(), by=agent, now=MONDAY)
    PersonFact.objects.create(
        lead=lead,
        person=Person.objects.get(),
        kind=PersonFact.Kind.NAME,
        typed="大衛",
        by=agent,
        recorded_at=MONDAY,
        key=uuid4(),
    )
    deal = record_deal(
        lead_id=lead.pk,
        agent=agent,
        unit="3 棟 1202",
        price_cents=428_000_000,
        at=MONDAY,
        papers={"identity_ending": "203X"},
        by=agent,
        now=MONDAY,
        key=uuid4(),
    ).deal
    seen = Finding("units", ("3 棟 1202",), 85, agent.pk, lead.pk, facts=(), path=())
    raise_suspicions(project=office, findings=[seen], by=None, now=MONDAY)
    dismiss_suspicion(
        suspicion_id=Suspicion.objects.get().pk,
        reason="夫妻換人簽",
        by=StaffFactory(project=office, role="supervisor"),
        now=MONDAY,
        key=uuid4(),
    )
    contest(
        lead_id=lead.pk,
        kind="other",
        clause="leasing/2.4",
        text="…",
        by=agent,
        now=MONDAY,
        key=uuid4(),
        files=[File("a.png", "image/png", 1, "0" * 64, "a.png")],
    )
    told: dict[str, Any] = {"by": agent, "now": MONDAY, "key": uuid4()}
    set_rosters(project=office, days={MONDAY.date(): {agent.pk: "1"}}, seen=0, **told)
    arrival = log_arrival(project=office, people=1, before="first", **told)
    begin(arrival=arrival, agent=agent, **told)
    step = {"at": MONDAY, "by": agent, "now": MONDAY, "key": uuid4()}
    record_step(deal_id=deal.pk, kind="contract", **step)
    adjusted = {"agent": agent, "cents": 1, "reason": "補", "by": agent, "now": MONDAY}
    adjust(deal_id=deal.pk, kind="correction", key=uuid4(), **adjusted)
    later = MONDAY + timedelta(days=31)
    sign_period(project=office, month="2026-03", checked={}, by=agent, now=later)
    wants(agent, lead, MONDAY, "lifts")
    told = {"by": agent, "now": MONDAY}
    item = NeedItem.objects.get(code="greening")
    needs.retire_item(item=item, project=office, key=uuid4(), **told)
    about = {"lead_id": lead.pk, "key": uuid4(), **told}
    needs.write_profile(seen=0, **about)
    needs.write_plan(seen=0, month=MONDAY.date(), amount=1, probability=50, **about)
    needs.note_viewing(day=MONDAY.date(), unit="3 棟 1202", **about)
    step = needs.add_plan_step(text="約看夜景", due=MONDAY.date(), **about)
    needs.end_plan_step(step=step, done=True, key=uuid4(), **told)
    offer = needs.make_offer(kind="rent_free", months=2, day=MONDAY.date(), **about)
    needs.answer_offer(offer=offer, answer="accepted", day=MONDAY.date(), key=uuid4(), **told)
    return lead


@pytest.mark.parametrize("model", ONLY_GROWS, ids=lambda model: model.__name__)
@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda rows: rows.update(id=F("id")), id="update"),
        pytest.param(lambda rows: rows._raw_delete("default"), id="delete"),
        pytest.param(lambda rows: rows.first().save(), id="save"),
    ],
)
def test_a_row_is_never_changed_or_deleted(
    lead: Lead, model: type[Model], act: Callable[[Any], Any]
) -> None:
    rows = model._default_manager.order_by("pk")
    before = list(rows.values())
    assert before
    with pytest.raises(IntegrityError, match=REFUSALS), transaction.atomic():
        act(rows)
    assert list(rows.values()) == before


def test_nothing_else_only_grows() -> None:
    """A table that gets the trigger belongs into the list above."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE tgname = 'only_grows' ORDER BY relname"
        )
        guarded = [name for (name,) in cursor.fetchall()]
    assert guarded == sorted(model._meta.db_table for model in ONLY_GROWS)


def period(since: int, until: int | None) -> DateTimeTZRange:
    """From one day of the story to another."""
    return DateTimeTZRange(
        MONDAY + timedelta(days=since), None if until is None else MONDAY + timedelta(days=until)
    )


@pytest.mark.parametrize(("since", "until"), [(-1, 1), (0, 1), (3, 5), (20, None), (-9, None)])
def test_two_owners_at_one_moment_are_refused(lead: Lead, since: int, until: int | None) -> None:
    other = StaffFactory()
    decision = Decision.objects.filter(lead=lead).latest("pk")
    with pytest.raises(IntegrityError, match="one_owner_at_a_time"), transaction.atomic():
        OwnershipPeriod.objects.create(
            lead=lead, agent=other, period=period(since, until), decision=decision
        )


def test_one_owner_after_the_other_and_two_leads_at_once_are_fine(lead: Lead) -> None:
    decision = Decision.objects.filter(lead=lead).latest("pk")
    other = StaffFactory()
    OwnershipPeriod.objects.create(lead=lead, agent=other, period=period(-9, 0), decision=decision)
    second = Lead.objects.create(project=lead.project, recorded_at=MONDAY)
    OwnershipPeriod.objects.create(lead=second, agent=other, period=period(0, 9), decision=decision)


def test_an_event_cannot_be_recorded_before_it_happened(lead: Lead) -> None:
    agent = lead.owner
    assert agent is not None
    with pytest.raises(IntegrityError, match="happened_before_recorded"), transaction.atomic():
        ContactEvent.objects.create(
            project=lead.project,
            lead=lead,
            kind="visit",
            agent=agent,
            at=MONDAY,
            recorded_at=MONDAY - timedelta(seconds=1),
            by=agent,
        )


def test_every_posting_sums_to_nothing(lead: Lead) -> None:
    postings: dict[Any, int] = {}
    for entry in Entry.objects.all():
        postings[entry.posting] = postings.get(entry.posting, 0) + entry.amount_cents
    assert set(postings.values()) == {0}
    assert PolicyVersion.objects.get().effective_from.date() == date(2026, 1, 1)
