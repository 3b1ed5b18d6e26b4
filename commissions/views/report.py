"""The manager's report; a view of it is an address."""

from typing import Any, cast
from uuid import uuid4

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from leads import access
from leads.access import DECIDERS, PAYERS, for_roles, reader

from ..models import Line
from ..queries import groups, views_of
from ..queries import report as reports
from . import exports

LINES_A_PAGE = 50
LINES_PRINTED = 2000
"""So many lines are shown on one page for printing (`?whole=1`); of more, a workbook is made."""
GROUPS_SHOWN = 60
"""How many groups the table lists; what follows is one row."""


@for_roles(*PAYERS)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Who is due how much, in which state, and why; a view is an address."""
    now = timezone.now()
    projects = access.current_projects(request)
    request.GET = views_of.with_defaults(request.GET, access.current_project(request), now)  # type: ignore[assignment]
    view = views_of.report_view(request.GET, projects)
    summary = view.summary()
    whole = "whole" in request.GET
    paginator = Paginator(view.keys, LINES_PRINTED if whole else LINES_A_PAGE)
    paginator.count = summary.totals.lines
    page = paginator.get_page(request.GET.get("page"))
    cut = cast("QuerySet[Line]", page.object_list)
    page.object_list = list(reports.page_of(cut, view.sort))
    context = {
        "filter": view.filter,
        "view": view,
        "page_obj": page,
        "totals": summary.totals,
        "groups": [
            (one, _address(request.GET, **{view.by: one.key}) if one.key else "")
            for one in summary.groups[:GROUPS_SHOWN]
        ],
        "others": len(summary.groups) - GROUPS_SHOWN,
        "by": [
            {
                "label": label,
                "url": _address(request.GET, by=name, rank=""),
                "current": name == view.by,
            }
            for name, label in groups.BY.items()
        ],
        "disputed_url": _address(request.GET, disputed="True"),
        "chart": _chart(summary.groups),
        "currency": view.filter.currency,
        "query": request.GET.urlencode(),
        "key": uuid4(),
        "jobs": exports.jobs(request, now),
        "now": now,
        "whole": whole,
        "whole_url": (
            _address(request.GET, whole="1")
            if LINES_A_PAGE < summary.totals.lines <= LINES_PRINTED
            else ""
        ),
        "directly": summary.totals.lines <= exports.DIRECTLY,
        "may_open_cases": reader(request).role in DECIDERS,
    }
    return render(request, "commissions/report.html", context)


def _address(query: QueryDict, **changes: str) -> str:
    """The view with something changed, from its first page."""
    fresh = query.copy()
    for name in ("page", "whole"):
        fresh.pop(name, None)
    for name, value in changes.items():
        fresh[name] = value
    return f"?{fresh.urlencode()}"


def _chart(found: list[groups.Group]) -> dict[str, Any]:
    shown = groups.bars(found, gettext("其他"))
    series = (
        (gettext("待放"), "lapsed", "pending_cents"),
        (gettext("已放"), "paid", "released_cents"),
        (gettext("扣留"), "held", "held_cents"),
        (gettext("沖回"), "reversed", "reversed_cents"),
    )
    return {
        "unit": "money",
        "names": [one.name for one in shown],
        "series": [
            {"name": name, "tone": tone, "values": [getattr(one.sums, field) for one in shown]}
            for name, tone, field in series
        ],
    }
