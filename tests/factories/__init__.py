"""Staff, projects and people for tests; events and decisions come through the doors alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import factory

from attribution.services import set_policy
from commissions.models import Plan
from leads.models import (
    Assignment,
    ContactEvent,
    Kind,
    Lead,
    Need,
    NeedItem,
    Project,
    Role,
    Staff,
)
from leads.needs.services import advance, identify
from leads.services import record_contact

OPENED = date(2026, 1, 1)
PASSWORD = "correct horse battery"


class StaffFactory(factory.django.DjangoModelFactory):
    """A member of staff; `project=…` places him there."""

    class Meta:
        model = Staff
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff{n}")
    name = factory.Sequence(lambda n: f"員工{n}")
    role = Role.AGENT
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def project(self, create: bool, extracted: Project | None, **_: Any) -> None:
        if extracted is not None:
            Assignment.objects.create(project=extracted, staff=self)


class ProjectFactory(factory.django.DjangoModelFactory):
    """A project that works: from its opening a policy (`preset=…`, `preset__settings=…`) and a
    commission plan."""

    class Meta:
        model = Project
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"專案{n}")
    opened_on = OPENED

    @factory.post_generation
    def preset(self, create: bool, extracted: str | None, **given: Any) -> None:
        opened = datetime(2026, 1, 1, tzinfo=UTC)
        set_policy(
            project=self,
            preset=extracted or "house",
            settings=given.get("settings", {}),
            effective_from=opened,
            by=None,
            now=opened,
        )
        Plan.objects.create(project=self, effective_from=OPENED, rate_permyriad=80)


def visit(agent: Staff, at: datetime, **given: Any) -> ContactEvent:
    """A visit written down by its agent as it happens, in his first project, through the door."""
    if "project" not in given:
        given["project"] = agent.projects.get()
    given.setdefault("kind", Kind.VISIT)
    given.setdefault("now", at)
    return record_contact(agent=agent, by=agent, at=at, key=uuid4(), **given)


LEVELS = {"importance": 4, "expected": 5, "floor": 3, "perceived": 2}


def wants(by: Staff, lead: Lead | None, at: datetime, item: str = "lifts", **given: Any) -> Need:
    """A need of a client, written down as he says it, through the door. `item`: a standard one.

    Without a lead: heard by the management office (`project` is his who writes).
    """
    given.setdefault("project", lead.project if lead is not None else by.projects.get())
    given.setdefault("words", "早上等電梯要十分鐘")
    given.setdefault("source", "reception")
    given.setdefault("now", at)
    return identify(
        item=NeedItem.objects.get(code=item, project=None),
        lead_id=lead.pk if lead is not None else None,
        at=at,
        by=by,
        key=uuid4(),
        **given,
    )


def goes_on(need: Need, act: str, by: Staff, now: datetime, note: str = "", **given: Any) -> Need:
    """An act of the course of a need, as it stands now, through the door."""
    seen = Need.objects.get(pk=need.pk).number
    return advance(
        need_id=need.pk, act=act, seen=seen, by=by, now=now, key=uuid4(), note=note, given=given
    )


def improved(
    need: Need, by: Staff, at: datetime, after: int = 4, confirmation: str = "better"
) -> Need:
    """A need analysed, its measure planned, carried out and verified: a day for each step."""
    days = [at + timedelta(days=number) for number in range(1, 5)]
    goes_on(need, "analyse", by, days[0], **LEVELS)
    due = (at + timedelta(days=20)).date()
    goes_on(need, "plan", by, days[1], measure="更換鋼索", responsible=by.pk, due=due)
    goes_on(need, "start", by, days[2])
    done = days[3].date()
    return goes_on(need, "verify", by, days[3], done=done, after=after, confirmation=confirmation)
