"""An office with deals, made through the doors."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from commissions.services import record_deal
from disputes.models import Case
from disputes.services import rule, rule_on_lead
from leads.models import Role
from tests.factories import ProjectFactory, StaffFactory, visit


@pytest.fixture
def office(db):
    """A project with three agents, a supervisor, a manager and a general manager."""
    # A collision that the policy settles by itself holds no money.
    project = ProjectFactory(name="雲棲苑", preset__settings={"collision_by": "supervisor"})
    return SimpleNamespace(
        project=project,
        now=timezone.now(),
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
