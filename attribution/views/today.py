"""An agent's day."""

from typing import Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from leads import access
from leads.access import for_roles, reader
from leads.models import Role

from ..agenda import queries as agenda
from ..agenda.forms import StepForm
from ..queries import holdings

HOLDINGS_A_PAGE = 20
STEPS_SHOWN = 5


@for_roles(Role.AGENT)
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """An agent's day: his clients by days left, with one-tap follow-ups, and what else waits."""
    now, project, agent = timezone.now(), access.current_project(request), reader(request)
    counts = holdings.counts(agent, project, now)
    paginator = _Counted(holdings.held_by(agent, project, now), HOLDINGS_A_PAGE, counts.everything)
    page = paginator.get_page(request.GET.get("page"))
    steps = list(agenda.steps_of(agent, project, now)[: STEPS_SHOWN + 1])
    rows, names = holdings.holdings(
        page.object_list,  # type: ignore[arg-type]
        project,
        now,
        besides=agenda.clients_of(steps[:STEPS_SHOWN]),
    )
    clients = [(row.lead.pk, row.called.name) for row in rows]
    return render(
        request,
        "attribution/today.html",
        {
            "counts": counts,
            "page_obj": page,
            "rows": [(row, uuid4()) for row in rows],
            "steps": agenda.shown(steps[:STEPS_SHOWN], names),
            "more_steps": len(steps) > STEPS_SHOWN,
            "step_form": StepForm(
                agent=agent, project=project, clients=clients, initial={"key": uuid4()}
            ),
            "now": now,
            "day": now.astimezone(project.zone),
            "project": project,
        },
    )


class _Counted(Paginator):
    """Pages of a list whose length is known already."""

    def __init__(self, found: Any, per_page: int, count: int) -> None:
        super().__init__(found, per_page)
        self.count = count
