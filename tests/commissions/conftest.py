"""An office with deals, made through the doors."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from commissions.models import Deal, Entry, Line, Plan
from commissions.queries import months
from commissions.services import record_deal, record_step, sign_period
from disputes.models import Case
from disputes.services import rule, rule_on_lead
from leads.models import Role
from tests.factories import ProjectFactory, StaffFactory, visit


@pytest.fixture
def office(db):
    """A project where a supervisor decides collisions, with its people."""
    project = ProjectFactory(name="雲棲苑", preset="sales")
    now, back = timezone.now(), timedelta(hours=6)
    here = (months.month_of(moment, project.zone) for moment in (now, now - back))
    return SimpleNamespace(
        project=project,
        # What a story tells of the last hours is of one month, whenever it is told.
        now=now if len(set(here)) == 1 else now - back,
        jia=StaffFactory(project=project, name="王思齊"),
        yi=StaffFactory(project=project, name="簡詩涵"),
        bing=StaffFactory(project=project, name="鄧家豪"),
        supervisor=StaffFactory(project=project, name="許文馨", role=Role.SUPERVISOR),
        manager=StaffFactory(project=project, name="何啟明", role=Role.MANAGER),
        general=StaffFactory(project=project, name="高遠", role=Role.GENERAL_MANAGER),
        auditor=StaffFactory(project=project, name="稽核員", role=Role.AUDITOR),
    )


def browser_of(staff):
    """A client logged in as someone."""
    client = Client()
    client.force_login(staff)
    return client


def collide(office, days=5, phone="138 0013 8000", name="葉先生"):
    """Two agents receive one client, the second unknowingly; gives the lead's key."""
    first = visit(office.jia, office.now - timedelta(days=days), phone=phone, name=name)
    visit(office.yi, office.now - timedelta(days=days - 2), phone=phone)
    return first.lead_id


def the_case(lead_id) -> Case:
    return Case.objects.get(lead=lead_id, state=Case.State.OPEN)


def sell(office, lead_id, agent, unit="3 棟 1202", at=None, price_cents=428_000_000, **given):
    """A deal closed by an agent, written down by the supervisor as it happens."""
    at = at or office.now - timedelta(hours=1)
    return record_deal(
        lead_id=lead_id,
        agent=agent,
        unit=unit,
        price_cents=price_cents,
        at=at,
        by=office.supervisor,
        now=at,
        key=uuid4(),
        **given,
    ).deal


def decide(office, lead_id, owner, shares=None, now=None):
    """The supervisor rules the lead's open case, or the lead where none is open."""
    case = Case.objects.filter(lead=lead_id, state=Case.State.OPEN).first()
    common = {
        "owner": owner,
        "shares": shares,
        "reason": "先接待",
        "by": office.supervisor,
        "now": now or timezone.now(),
        "key": uuid4(),
    }
    if case is None:
        return rule_on_lead(lead_id=lead_id, **common)
    return rule(case_id=case.pk, version=case.version, **common)


def plan(project, day=None, **terms):
    """A plan of a project from a day on; the project's first one began with its opening."""
    return Plan.objects.create(
        project=project,
        effective_from=day or project.opened_on + timedelta(days=1),
        terms={"base": {"percent": "1"}, **terms},
    )


def step(office, deal, kind, at=None, **given):
    """Something is done about a deal, written down by the supervisor as it happens."""
    at = at or office.now
    common = {"at": at, "by": office.supervisor, "now": at, "key": uuid4()}
    return record_step(deal_id=deal.pk, kind=kind, **(common | given))


def own(office, agent, phone="138 0013 8000", days=3):
    """A client of an agent; gives the lead's key."""
    return visit(agent, office.now - timedelta(days=days), phone=phone).lead_id


def close(office, month=None, now=None):
    """Two people sign the month of the office's now, after its end."""
    month = month or months.month_of(office.now, office.project.zone)
    _first, end = months.bounds(month, office.project.zone)
    signed = {"project": office.project, "month": month, "checked": {}, "now": now or end}
    sign_period(by=office.manager, **signed)
    return sign_period(by=office.general, **signed)


def stands(deal, agent):
    """(pending, held, free and unpaid, paid, taken back) of an agent's own part."""
    line = Line.objects.get(deal=deal, agent=agent, role="agent")
    free = line.released_cents - line.paid_cents
    return (line.pending_cents, line.held_cents, free, line.paid_cents, line.reversed_cents)


def in_balance(project=None):
    """Debit equals credit in each posting; a deal's entries sum to its commission; lines agree."""
    here = {} if project is None else {"project": project}
    sums = (
        Entry.objects.filter(**here).values("posting", "deal").annotate(cents=Sum("amount_cents"))
    )
    assert all(row["cents"] == 0 for row in sums)
    for deal in Deal.objects.filter(**here):
        entries = Entry.objects.filter(deal=deal)
        due = entries.exclude(agent=None).aggregate(s=Sum("amount_cents"))["s"] or 0
        assert due == deal.commission_cents, deal
        lines = Line.objects.filter(deal=deal)
        shown = sum(x.pending_cents + x.held_cents + x.released_cents for x in lines)
        assert shown == deal.commission_cents
        assert not entries.exclude(decision__proof__deals__contains=[{"fact": deal.event_id}])
    return True
