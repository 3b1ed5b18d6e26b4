"""Staff, projects and people for tests; events and decisions come through the doors alone."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import factory

from attribution.services import set_policy
from commissions.models import Plan
from leads.models import Assignment, ContactEvent, Kind, Project, Role, Staff
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
