"""What the office decided in cases like one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from leads import access
from leads.access import DECIDERS, for_roles

from ..models import Step
from ..queries import precedents
from ..queries.dossier import Dossier
from .ruling import case_or_404, covers_names


@for_roles(*DECIDERS)
@require_GET
def case_precedents(request: HttpRequest, pk: int) -> HttpResponse:
    """The nearest decided cases of the reader's projects: a panel of the case page, or a page."""
    now = timezone.now()
    found = case_or_404(request, pk)
    dossier = Dossier(found, now=now, covered=covers_names(request, found))
    ends = found.steps.filter(kind__in=(*precedents.ENDING, Step.Kind.DRAFTED)).order_by("-pk")
    end = ends.first()
    context = {
        "case": found,
        "precedents": precedents.precedents_of(dossier, access.current_projects(request)),
        "against": {} if end is None else end.details.get("against", {}),
        "now": now,
    }
    fragment = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "disputes/_case_precedents.html" if fragment else "disputes/case_precedents.html"
    return render(request, template, context)
