"""Opens a simulated office: projects with policy and plan, and the people who work there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from pypinyin import lazy_pinyin

from attribution.services import set_policy
from commissions.models import Plan
from leads.models import Assignment, Project, Role, Staff

from . import people

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Development:
    """A project to be opened: what it is, how it works, who decides and receives there."""

    name: str
    kind: str
    preset: str
    settings: dict[str, Any]
    """With which parameters it begins; the second version, half-way, is the preset as it is."""
    rate_permyriad: int
    supervisor: str
    receptionist: str
    weight: int
    """Its share of the clients and of the agents."""


DEVELOPMENTS = (
    Development(
        name="雲棲苑",
        kind=Project.Kind.SALES,
        preset="house",
        settings={"call_days": 10},
        rate_permyriad=80,
        supervisor="梁國棟",
        receptionist="許雅雯",
        weight=7,
    ),
    Development(
        name="雲棲廣場",
        kind=Project.Kind.LEASING,
        preset="leasing",
        settings={},
        rate_permyriad=400,
        supervisor="賴淑芬",
        receptionist="羅子涵",
        weight=5,
    ),
)
OVER_ALL = {
    "曹明遠": Role.MANAGER,
    "江宏毅": Role.GENERAL_MANAGER,
    "溫佩珊": Role.MANAGEMENT_OFFICE,
    "嚴立群": Role.AUDITOR,
}


@dataclass
class Desk:
    """A project with its people."""

    project: Project
    development: Development
    supervisor: Staff
    receptionist: Staff
    manager: Staff
    agents: list[Staff] = field(default_factory=list)


def log_in_name(name: str, taken: set[str]) -> str:
    """The name in pinyin, with a number where it is taken already."""
    plain = "".join(lazy_pinyin(name))
    found, number = plain, 2
    while found in taken:
        found, number = f"{plain}{number}", number + 1
    taken.add(found)
    return found


def open_office(
    *,
    agents: int,
    projects: int,
    since: date,
    random: Random,
    password: str = "",
) -> list[Desk]:
    """Create the projects and their staff, working from the day before `since`.

    `password`: as stored; without one nobody can log in.
    """
    if not 1 <= projects <= agents:
        raise ValueError("every project needs at least one agent")
    taken = set(Staff.objects.values_list("username", flat=True))
    password = password or "!"
    colleagues = people.distinct_names(random)
    over_all = {role: _hire(name, role, taken, password, since) for name, role in OVER_ALL.items()}
    developments = [_development(number) for number in range(projects)]
    desks = []
    opened = datetime.combine(since - timedelta(days=1), time(8), tzinfo=ZONE)
    for development, count in zip(developments, _shares(developments, agents), strict=True):
        manager = over_all[Role.MANAGER]
        project = Project.objects.create(
            name=development.name, kind=development.kind, opened_on=opened.date()
        )
        set_policy(
            project=project,
            preset=development.preset,
            settings=development.settings,
            effective_from=opened,
            by=manager,
            now=opened,
        )
        Plan.objects.create(
            project=project,
            effective_from=opened.date(),
            rate_permyriad=development.rate_permyriad,
        )
        desk = Desk(
            project=project,
            development=development,
            supervisor=_hire(development.supervisor, Role.SUPERVISOR, taken, password, since),
            receptionist=_hire(development.receptionist, Role.RECEPTIONIST, taken, password, since),
            manager=manager,
            agents=[
                _hire(next(colleagues), Role.AGENT, taken, password, since) for _ in range(count)
            ],
        )
        _place(project, [*over_all.values(), desk.supervisor, desk.receptionist, *desk.agents])
        desks.append(desk)
    return desks


def _hire(name: str, role: str, taken: set[str], password: str, since: date) -> Staff:
    return Staff.objects.create(
        username=log_in_name(name, taken),
        name=name,
        role=role,
        password=password,
        date_joined=datetime.combine(since - timedelta(days=1), time(8), tzinfo=ZONE),
    )


def _place(project: Project, staff: Sequence[Staff]) -> None:
    Assignment.objects.bulk_create(Assignment(project=project, staff=one) for one in staff)


def _development(number: int) -> Development:
    """The first two as they are; further ones are the next phases of them."""
    phase, which = divmod(number, len(DEVELOPMENTS))
    development = DEVELOPMENTS[which]
    if phase == 0:
        return development
    fields = {**development.__dict__, "name": f"{development.name}{phase + 1}期"}
    return Development(**fields)


def _shares(developments: Sequence[Development], agents: int) -> list[int]:
    """How many agents each project gets, by weight, at least one each."""
    weights = sum(development.weight for development in developments)
    counts = [max(1, agents * one.weight // weights) for one in developments]
    counts[0] += agents - sum(counts)
    return counts
