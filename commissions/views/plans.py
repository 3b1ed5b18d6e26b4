"""Commission plans: dated versions of how much a project pays."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from leads import access
from leads.access import PAYERS, for_roles, reader
from leads.models import Role

from .. import services
from ..forms import PlanForm
from ..models import Plan


@for_roles(*PAYERS)
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans of the project, the latest first, with the one in force marked."""
    project, now = access.current_project(request), timezone.now()
    plans = list(
        Plan.objects.filter(project=project).select_related("author").order_by("-effective_from")
    )
    today = now.astimezone(project.zone).date()
    in_force = next((plan.pk for plan in plans if plan.effective_from <= today), None)
    context = {
        "plans": [(plan, plan.schedule()) for plan in plans],
        "in_force": in_force,
        "today": today,
        "currency": project.currency,
        "may_set": reader(request).role != Role.AUDITOR,
        "now": now,
    }
    return render(request, "commissions/plan_list.html", context)


@for_roles(Role.MANAGER, Role.GENERAL_MANAGER)
@require_http_methods(["GET", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    """Let the project pay by another plan from a day on."""
    project, now = access.current_project(request), timezone.now()
    staff = project.staff.filter(is_active=True).order_by("name", "pk")
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        initial={"key": uuid4()},
        staff=list(staff),
    )
    context = {"form": form, "now": now}
    if request.method == "GET":
        return render(request, "commissions/plan_new.html", context)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.set_plan(
                project=project,
                effective_from=given["effective_from"],
                terms=given["terms"],
                name=given["name"],
                by=reader(request),
                now=now,
            )
        except services.PlanInForce as refused:
            form.add_error("effective_from", refused.message)
        except services.NotAnAgent as refused:
            form.add_error("members", refused.message)
        if not form.errors:
            messages.success(request, gettext("新方案已定；到那一天起的認購照它計佣。"))
            return redirect("plan_list")
    return render(request, "commissions/plan_new.html", context, status=422)
