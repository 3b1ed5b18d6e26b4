"""Deriving the stored decisions again: the last runs, what they found, and a button to begin."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from leads import access
from leads.access import PAYERS, for_roles, reader

from .. import services, tasks
from ..models import Rederivation
from ..queries import rederivations as runs

RUNS_A_PAGE = 20
DIFFERENCES_A_PAGE = 50


@for_roles(*PAYERS)
@require_GET
def rederivations(request: HttpRequest) -> HttpResponse:
    """The last runs of the project."""
    project = access.current_project(request)
    page = Paginator(runs.runs_of([project]), RUNS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "page_obj": page,
        "running": next((run for run in page if run.state == Rederivation.State.RUNNING), None),
        "key": uuid4(),
        "now": timezone.now(),
    }
    return render(request, "attribution/rederivations.html", context)


@for_roles(*PAYERS)
@require_POST
def rederivation_start(request: HttpRequest) -> HttpResponse:
    """Begin one for the project."""
    now, project = timezone.now(), access.current_project(request)
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    try:
        run = services.start_rederivation(project=project, by=reader(request), now=now, key=key)
    except services.AlreadyRunning as refused:
        messages.warning(request, refused.message)
        return redirect("rederivations")
    if not tasks.enqueue(runs.parts_of(run)):
        messages.warning(request, _("背景服務暫時連不上；稍後會自動開始，不會遺失。"))
    return redirect("rederivation", pk=run.pk)


@for_roles(*PAYERS)
@require_GET
def rederivation(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: a fragment that asks again by itself while it runs, or a page with what it found."""
    run = get_object_or_404(runs.runs_of(access.current_projects(request)), pk=pk)
    context: dict[str, Any] = {"run": run, "project": run.project}
    if request.headers.get("HX-Target") == f"run-{run.pk}":
        if run.state == Rederivation.State.RUNNING:
            return render(request, "attribution/_rederivation.html", context)
        # It has come to its end: the page around it shows what it found.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    if run.differing:
        found = Paginator(runs.found_by(run), DIFFERENCES_A_PAGE)
        context["page_obj"] = found.get_page(request.GET.get("page"))
    return render(request, "attribution/rederivation.html", context)
