"""An agent's own commission: on screen, on paper, and what he says against it."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from disputes.models import CaseKind
from disputes.services import AlreadyOpen, Busy, NoReason, NothingThere, contest
from leads import access
from leads.access import PAYERS, for_roles, reader
from leads.models import Role, Staff

from ..forms import ObjectionForm
from ..models import Line, Period
from ..queries import months
from ..queries import report as reports
from ..queries import statement as statements

LINES_A_PAGE = 50
MONTHS_BACK = 13
"""How many months the statement offers, this one included."""
OBJECTION_CLAUSE = "leasing/2.2"
"""By which a line is objected to that cites no clause: credit goes to the owner at subscription."""


@for_roles(Role.AGENT)
@require_GET
def statement(request: HttpRequest) -> HttpResponse:
    """The reader's own commission, month by month, each amount opened to its reasons."""
    now, agent = timezone.now(), reader(request)
    project = access.current_project(request)
    this_month = months.month_of(now, project.zone)
    month = _month(request, this_month)
    lines = statements.month(agent, month, project.zone)
    totals = reports.totals(lines)
    paginator = Paginator(statements.shown(lines, agent, now=now), LINES_A_PAGE)
    paginator.count = totals.lines
    page = paginator.get_page(request.GET.get("page"))
    opened = request.GET.get("open", "")
    chosen = next((one for one in page.object_list if str(one.pk) == opened), None)
    context = {
        "month": month,
        "choices": [months.later(this_month, -back) for back in range(MONTHS_BACK)],
        "before": months.later(month, -1),
        "after": months.later(month, 1) if month < this_month else "",
        "totals": totals,
        "moves": statements.moves(agent, project, month),
        "by_month": statements.by_month(agent, project, MONTHS_BACK),
        "period": Period.objects.filter(project=project, month=month).first(),
        "page_obj": page,
        "opened": None if chosen is None else statements.reasons(chosen, agent),
        "currency": project.currency,
        "now": now,
    }
    return render(request, "commissions/statement.html", context)


@for_roles(Role.AGENT, *PAYERS)
@require_GET
def statement_print(request: HttpRequest) -> HttpResponse:
    """A month's statement on paper: one's own, or for those who pay, any agent's.

    Of a closed month it bears the digest over all entries of the period.
    """
    now, by = timezone.now(), reader(request)
    project = access.current_project(request)
    month = _month(request, months.month_of(now, project.zone))
    agent = by if by.role == Role.AGENT else _agent_or_404(request)
    lines = statements.month(agent, month, project.zone).filter(project=project)
    period = Period.objects.filter(project=project, month=month).first()
    context = {
        "month": month,
        "agent": agent,
        "project": project,
        "period": period,
        "totals": reports.totals(lines),
        "lines": statements.shown(lines, agent, now=now),
        "moves": statements.moves(agent, project, month),
        "signatures": period.signatures.select_related("staff").order_by("at") if period else [],
        "currency": project.currency,
        "now": now,
    }
    return render(request, "commissions/statement_print.html", context)


@for_roles(Role.AGENT)
@require_http_methods(["GET", "POST"])
def statement_object(request: HttpRequest, pk: int) -> HttpResponse:
    """Object to one of one's own lines: it becomes a case, and what is not paid waits for it."""
    now, agent = timezone.now(), reader(request)
    projects = access.current_projects(request)
    mine = Line.objects.filter(agent=agent, project__in=projects)
    line = get_object_or_404(reports.with_reasons(mine), pk=pk)
    timezone.activate(line.project.zone)
    month = months.month_of(line.subscribed_at, line.project.zone)
    form = ObjectionForm(
        request.POST if request.method == "POST" else None,
        initial={"key": uuid4(), "about": request.GET.get("about", "")},
    )
    context: dict[str, Any] = {"line": line, "form": form, "month": month, "now": now}
    if request.method == "GET":
        return render(request, "commissions/statement_object.html", context)
    if form.is_valid():
        given = form.cleaned_data
        about = dict(form.fields["about"].choices)[given["about"]]  # type: ignore[attr-defined]
        try:
            case = contest(
                lead_id=line.deal.lead_id,
                kind=CaseKind.OBJECTION,
                clause=line.clauses[0] if line.clauses else OBJECTION_CLAUSE,
                facts=[line.deal.event_id],
                text=f"{line.deal} {line.deal.unit}｜{about}：{given['text']}",
                by=agent,
                now=now,
                key=given["key"],
            )
        except (AlreadyOpen, NoReason, NothingThere, Busy) as refused:
            form.add_error(None, refused.message)
        else:
            said = gettext("%(case)s 已立案；還沒付的佣金等裁定。") % {"case": case}
            messages.success(request, said)
            return redirect("my_case", case.pk)
    return render(request, "commissions/statement_object.html", context, status=422)


def _month(request: HttpRequest, this_month: str) -> str:
    """The month that the address names; this one where it names none."""
    month = request.GET.get("month", this_month)
    try:
        months.first_day(month)
    except ValueError:
        return this_month
    return month


def _agent_or_404(request: HttpRequest) -> Staff:
    """The agent whom the address names, who is or was paid in the project."""
    wanted = request.GET.get("agent", "")
    if not wanted.isdecimal():
        raise Http404
    project = access.current_project(request)
    paid = Staff.objects.filter(commission_lines__project=project).distinct()
    return get_object_or_404(paid, pk=int(wanted))
