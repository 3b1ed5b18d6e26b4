"""The fairness table, on a page and as a file."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from ... import access
from ...access import OVERSEERS, for_roles, reader
from ...models import Project
from .. import exports, queries, services
from ..forms import PeriodForm


@for_roles(*OVERSEERS)
@require_GET
def fairness(request: HttpRequest) -> HttpResponse:
    """Receptions by agent against turns, and by greeter against chance, to see steering."""
    now, project = timezone.now(), access.current_project(request)
    form, table = _fairness(request, project, now)
    context = {"form": form, "table": table, "project": project, "now": now}
    status = 200 if form.is_valid() else 422
    return render(request, "leads/fairness.html", context, status=status)


@for_roles(*OVERSEERS)
@require_POST
def fairness_file(request: HttpRequest) -> HttpResponse:
    """The same table as a file, CSV or XLSX; the log keeps that it was taken."""
    now, project = timezone.now(), access.current_project(request)
    form, table = _fairness(request, project, now)
    wanted = request.POST.get("form", "")
    if wanted not in exports.FORMS or not form.is_valid():
        return redirect("fairness")
    period = f"{table.since.isoformat()} – {table.until.isoformat()}"
    services.log_export(project=project, what=f"{wanted} {period}", by=reader(request), now=now)
    about = exports.About(project.name, period, reader(request).name, now)
    content, kind = exports.FORMS[wanted](table, about)
    response = HttpResponse(content, content_type=kind)
    name = f"fairness-{table.since:%Y%m%d}-{table.until:%Y%m%d}.{wanted}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _fairness(
    request: HttpRequest, project: Project, now: datetime
) -> tuple[PeriodForm, queries.FairnessTable]:
    today = now.astimezone(project.zone).date()
    form = PeriodForm(request.GET)
    since, until = form.period(today)
    if not request.GET:
        form = PeriodForm({"since": since.isoformat(), "until": until.isoformat()})
    return form, queries.fairness_table(project, since, until)
