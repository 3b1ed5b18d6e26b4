"""An agent's own commission."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from leads import access
from leads.access import for_roles, reader
from leads.models import Role

from ..models import Period
from ..queries import months
from ..queries import report as reports
from ..queries import statement as statements

LINES_A_PAGE = 50
MONTHS_BACK = 13
"""How many months the statement offers, this one included."""


@for_roles(Role.AGENT)
@require_GET
def statement(request: HttpRequest) -> HttpResponse:
    """The reader's own commission, month by month, each amount opened to its reasons."""
    now, agent = timezone.now(), reader(request)
    project = access.current_project(request)
    this_month = months.month_of(now, project.zone)
    month = request.GET.get("month", this_month)
    try:
        months.first_day(month)
    except ValueError:
        month = this_month
    lines = statements.month(agent, month, project.zone)
    page = Paginator(statements.shown(lines, agent, now=now), LINES_A_PAGE).get_page(
        request.GET.get("page")
    )
    opened = request.GET.get("open", "")
    chosen = next((one for one in page.object_list if str(one.pk) == opened), None)
    context = {
        "month": month,
        "choices": [months.later(this_month, -back) for back in range(MONTHS_BACK)],
        "before": months.later(month, -1),
        "after": months.later(month, 1) if month < this_month else "",
        "totals": reports.totals(lines),
        "moves": statements.moves(agent, project, month),
        "period": Period.objects.filter(project=project, month=month).first(),
        "page_obj": page,
        "opened": None if chosen is None else statements.reasons(chosen, agent),
        "currency": project.currency,
        "now": now,
    }
    return render(request, "commissions/statement.html", context)
