"""The policy: every clause, and what is in force."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from leads import access
from leads.access import for_roles
from leads.models import Role

from .. import wording
from ..models import PolicyVersion
from ..policy.editions import ALL_CLAUSES
from ..queries import holdings


@for_roles(*Role)
@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    """Every clause of both documents: what it says, whether it is in force here, how."""
    now, project = timezone.now(), access.current_project(request)
    working = holdings.edition_now(project, now)
    in_force = {clause.id: clause for clause in working.clauses}
    versions = list(
        PolicyVersion.objects.filter(project=project)
        .select_related("author")
        .order_by("-effective_from", "-recorded_at")[:20]
    )
    clauses = [
        wording.clause_on_page(clause, in_force.get(clause.id), working.policy)
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
            "versions": [(version, version.effective_from <= now) for version in versions],
            "current": next((v for v in versions if v.effective_from <= now), None),
            "parts": [
                ("sales", [one for one in clauses if one.id.startswith("sales")]),
                ("leasing", [one for one in clauses if one.id.startswith("leasing")]),
            ],
            "in_force": len(in_force),
            "readings": wording.READINGS,
            "now": now,
        },
    )
