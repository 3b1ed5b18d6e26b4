"""How long the review queue takes with thousands of open cases: its pages, a case, its sheet.

The cases are copies of one collision that came through the doors: its party, facts, decisions and
procedure, with keys, deadlines and money of their own.
"""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from attribution.models import Decision, OwnershipPeriod
from disputes.models import Case, Party, Step
from leads.models import ContactEvent, Lead, Person, Phone, Project, Role, Staff
from tests.factories import ProjectFactory, StaffFactory, visit

AT_ONCE = 1_000
COPIED = (Person, ContactEvent, Decision, OwnershipPeriod, Case, Party, Step)


def office(cases: int) -> tuple[Project, Staff]:
    """A project with so many open cases of many clients, and its supervisor."""
    project = ProjectFactory(preset__settings={"collision_by": "supervisor"})
    supervisor = StaffFactory(project=project, role=Role.SUPERVISOR)
    StaffFactory(project=project, role=Role.MANAGER)
    jia, yi = StaffFactory(project=project), StaffFactory(project=project)
    now = timezone.now()
    first = visit(jia, now - timedelta(days=6), phone="199 0000 0000", name="沈國樑")
    visit(yi, now - timedelta(days=4), phone="199 0000 0000")
    template = Case.objects.get(lead=first.lead)
    numbers = random.Random(5)
    for start in range(1, cases, AT_ONCE):
        _copy(template, range(start, min(start + AT_ONCE, cases)), numbers)
    with connection.cursor() as cursor:
        for model in (Lead, Phone, *COPIED):
            cursor.execute(f'VACUUM ANALYZE "{model._meta.db_table}"')
    assert Case.objects.filter(project=project, state=Case.State.OPEN).count() == cases
    return project, supervisor


def _copy(template: Case, wanted: Sequence[int], numbers: random.Random) -> None:
    lead = template.lead
    leads = _again(lead, wanted, lambda n: {})
    people = _again(lead.people.get(), wanted, lambda n: {"lead": leads[n], "name": f"客人{n}"})
    phone = Phone.every.get(person__lead=lead)
    numbered: Callable[[int], dict[str, Any]] = lambda n: {  # noqa: E731
        "person": people[n],
        "number": f"+86190{n:08d}",
        "typed": f"190{n:08d}",
    }
    _again(phone, wanted, numbered)
    events: dict[int, dict[int, ContactEvent]] = {}
    for event in lead.events.order_by("pk"):
        events[event.pk] = _again(event, wanted, lambda n: {"lead": leads[n], "key": uuid4()})
    decisions: dict[int, dict[int, Decision]] = {}
    for decision in lead.decisions.order_by("pk"):
        proof = json.dumps(decision.proof)

        def own(n: int, proof: str = proof, event: int = decision.event_id) -> dict[str, Any]:
            text = proof.replace(f'"lead": {lead.pk}', f'"lead": {leads[n].pk}')
            for old, copies in events.items():
                text = text.replace(f'"fact": {old}', f'"fact": {copies[n].pk}')
            return {"lead": leads[n], "event": events[event][n], "proof": json.loads(text)}

        decisions[decision.pk] = _again(decision, wanted, own)
    for period in OwnershipPeriod.objects.filter(lead=lead):
        made = decisions[period.decision_id]
        _again(period, wanted, lambda n, made=made: {"lead": leads[n], "decision": made[n]})
    cases = _again(
        template,
        wanted,
        lambda n: {
            "lead": leads[n],
            "opened_by": events[template.opened_by_id or 0][n],
            "decision": decisions[template.decision_id][n],
            "due_at": template.due_at + timedelta(hours=numbers.randint(-60, 60)),
            "opened_at": template.opened_at + timedelta(seconds=n),
            "held_cents": numbers.choice((0, 0, n * 100)),
        },
    )
    for party in template.parties.all():
        _again(party, wanted, lambda n: {"case": cases[n]})
    for step in template.steps.all():
        _again(step, wanted, lambda n: {"case": cases[n], "key": uuid4()})


def _again(row: Any, wanted: Iterable[int], own: Callable[[int], dict[str, Any]]) -> dict[int, Any]:
    """Copies of a row, one a number, with what is their own."""
    model: type[Model] = type(row)
    fields = {
        field.name: getattr(row, field.name)
        for field in model._meta.concrete_fields
        if not field.primary_key and not getattr(field, "generated", False)
    }
    made = [model(**fields | own(n)) for n in wanted]
    manager = Phone.every if model is Phone else model._default_manager
    manager.bulk_create(made)
    return dict(zip(wanted, made, strict=True))


def addresses(project: Project) -> dict[str, Callable[[], str]]:
    """What is asked, by what it is called."""
    keys = list(Case.objects.filter(project=project).order_by("?").values_list("pk", flat=True))
    turn = count()

    def some() -> int:
        return keys[next(turn) % len(keys)]

    return {
        "queue": lambda: "/cases/",
        "queue, overdue": lambda: "/cases/?due=over&kind=collision",
        "queue, a later page": lambda: f"/cases/?page={some() % 400 + 1}",
        "case": lambda: f"/cases/{some()}/",
        "sheet": lambda: f"/cases/{some()}/rule/?outcome=give",
        "presence": lambda: f"/cases/{some()}/present/?v=1",
    }
