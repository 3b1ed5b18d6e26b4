"""The policy: every clause and what is in force, its versions, and the desk for a new one."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from leads import access
from leads.access import PAYERS, for_roles, reader
from leads.models import Project, Role

from .. import services, wording
from ..forms import PolicyForm
from ..policy.editions import ALL_CLAUSES
from ..policy.parameters import PRESETS, Policy
from ..queries import holdings, policies

VERSIONS_A_PAGE = 10
AUTHORS = (Role.MANAGER, Role.GENERAL_MANAGER)
"""Those who set the policy."""


@for_roles(*Role)
@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    """Every clause of both documents: what it says, whether it is in force here, how."""
    now, project, staff = timezone.now(), access.current_project(request), reader(request)
    working = holdings.edition_now(project, now)
    in_force = {clause.id: clause for clause in working.clauses}
    versions = policies.versions_of(project, now)
    clauses = [
        wording.clause_on_page(clause, in_force.get(clause.id), working.policy, staff.role)
        for clause in ALL_CLAUSES
    ]
    return render(
        request,
        "attribution/policy.html",
        {
            "project": project,
            "policy": working.policy,
            "preset": wording.PRESETS[working.policy.preset],
            "parameters": wording.parameters(working.policy),
            "changed": wording.changed_from_preset(working.policy),
            "page_obj": Paginator(versions, VERSIONS_A_PAGE).get_page(request.GET.get("page")),
            "current": next((one for one in versions if one.state == "now"), None),
            "parts": [
                ("sales", [one for one in clauses if one.id.startswith("sales")]),
                ("leasing", [one for one in clauses if one.id.startswith("leasing")]),
            ],
            "in_force": len(in_force),
            "readings": [
                (reading, [wording.said(name, working.policy) for name in reading.parameters])
                for reading in wording.READINGS
            ],
            "may_author": staff.role in AUTHORS,
            "may_check": staff.role in PAYERS,
            "now": now,
        },
    )


@for_roles(*AUTHORS)
@require_http_methods(["GET", "POST"])
def policy_new(request: HttpRequest) -> HttpResponse:
    """The policy desk: prepare a version, see what it changes, save it."""
    now, project, by = timezone.now(), access.current_project(request), reader(request)
    before = policies.in_force(project, now)
    if request.method == "GET":
        shown = PRESETS.get(request.GET.get("preset", ""), before)
        seen = policies.latest_recorded(project)
        form = PolicyForm(
            project=project, now=now, shown=shown, initial={"seen": seen, "key": uuid4()}
        )
        return _desk(request, project, form, shown, before, now)
    shown = PRESETS.get(request.POST.get("preset", ""), before)
    form = PolicyForm(request.POST, project=project, now=now, shown=shown)
    if not form.is_valid() or form.chosen is None:
        return _desk(request, project, form, shown, before, now, status=422)
    if request.POST.get("act") != "save" or not _differs(form, project, now):
        return _desk(request, project, form, shown, before, now)
    try:
        version = services.set_policy(
            project=project,
            preset=form.chosen.preset,
            settings=form.settings,
            effective_from=form.cleaned_data["effective_from"],
            by=by,
            now=now,
            key=form.cleaned_data["key"],
            seen=form.cleaned_data["seen"],
        )
    except services.InForceAlready as refused:
        form.add_error("effective_from", refused.message)
        return _desk(request, project, form, shown, before, now, status=422)
    except services.ChangedMeanwhile as refused:
        typed = request.POST.copy()
        typed["seen"] = str(policies.latest_recorded(project))
        form.data = typed
        form.add_error(None, refused.message)
        return _desk(request, project, form, shown, before, now, status=409)
    said = gettext("已存新版制度，%(moment)s 起生效。已取得的不變。") % {
        "moment": f"{version.effective_from.astimezone(project.zone):%Y-%m-%d %H:%M}"
    }
    messages.success(request, said)
    return redirect("policy")


def _differs(form: PolicyForm, project: Project, now: datetime) -> bool:
    """Would the version change anything, or was it just saved? The desk says so where not."""
    if policies.is_recorded(project, form.cleaned_data["key"]):
        return True
    begins = form.cleaned_data.get("effective_from") or now
    return form.chosen != policies.in_force(project, begins)


def _desk(
    request: HttpRequest,
    project: Project,
    form: PolicyForm,
    shown: Policy,
    before: Policy,
    now: datetime,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "shown": shown,
        "presets": list(wording.PRESETS.items()),
        "now": now,
    }
    if form.is_bound and form.chosen is not None:
        begins = form.cleaned_data.get("effective_from") or now
        replaced = policies.in_force(project, begins)
        context |= {
            "begins": begins,
            "changes": policies.changes_between(replaced, form.chosen),
            "kept": policies.kept_by(project, begins),
            "planned": policies.planned_after(project, begins),
        }
    return render(request, "attribution/policy_new.html", context, status=status)
