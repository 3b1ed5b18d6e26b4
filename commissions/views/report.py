"""The manager's report; a view of it is an address."""

from typing import Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from leads import access
from leads.access import DECIDERS, PAYERS, for_roles, reader

from ..queries import report as reports
from ..queries import views_of
from . import exports

LINES_A_PAGE = 50


@for_roles(*PAYERS)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Who is due how much, in which state, and why; a view is an address."""
    now = timezone.now()
    projects = access.current_projects(request)
    request.GET = views_of.with_defaults(request.GET, access.current_project(request), now)  # type: ignore[assignment]
    view = views_of.report_view(request.GET, projects)
    totals = reports.totals(view.filter.qs)
    paginator = Paginator(view.lines, LINES_A_PAGE)
    paginator.count = totals.lines
    page = paginator.get_page(request.GET.get("page"))
    sums = reports.per_agent(view.filter.qs)
    context = {
        "filter": view.filter,
        "page_obj": page,
        "totals": totals,
        "sums": sums,
        "chart": _chart(sums),
        "currency": view.filter.currency,
        "query": request.GET.urlencode(),
        "key": uuid4(),
        "jobs": exports.jobs(request, now),
        "now": now,
        "directly": totals.lines <= exports.DIRECTLY,
        "may_open_cases": reader(request).role in DECIDERS,
    }
    return render(request, "commissions/report.html", context)


def _chart(sums: list[reports.AgentSum]) -> dict[str, Any]:
    shown = reports.bars(sums, gettext("其他"))
    return {
        "unit": "money",
        "names": [one.name for one in shown],
        "series": [
            {"name": gettext("已放"), "tone": "paid", "values": [s.released_cents for s in shown]},
            {"name": gettext("扣留"), "tone": "held", "values": [s.held_cents for s in shown]},
            {
                "name": gettext("沖回"),
                "tone": "reversed",
                "values": [s.reversed_cents for s in shown],
            },
        ],
    }
