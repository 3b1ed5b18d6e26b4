"""The suspicions of the detectors: a list, and each with its path, to be dismissed or taken up."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from leads import access
from leads.access import DECIDERS, for_roles, reader

from .. import services
from ..detectors.queries import lists
from ..filters import SuspicionFilter
from ..forms import SuspicionForm
from ..models import Suspicion

LINES_IN_A_LIST = 3
REFUSALS = (
    services.AlreadyEnded,
    services.Concerned,
    services.NothingThere,
    services.NoReason,
    services.PartyToTheCase,
    services.InTheWay,
    services.Busy,
)


@for_roles(*DECIDERS)
@require_GET
@never_cache
def suspicions(request: HttpRequest) -> HttpResponse:
    """What the detectors saw in the project, what speaks most for it first."""
    project = access.current_project(request)
    seen = lists.suspicions_for(reader(request), [project])
    narrowed = SuspicionFilter(request.GET, queryset=seen)
    page = Paginator(narrowed.qs, lists.SUSPICIONS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": narrowed,
        "page_obj": page,
        "rows": lists.shown(page.object_list, first=LINES_IN_A_LIST),
        "project": project,
        "now": timezone.now(),
    }
    return render(request, "disputes/suspicions.html", context)


@for_roles(*DECIDERS)
@require_http_methods(["GET", "POST"])
@never_cache
def suspicion(request: HttpRequest, pk: int) -> HttpResponse:
    """One suspicion: the facts, the path, what else may explain it, and what to make of it."""
    now = timezone.now()
    seen = lists.suspicions_for(reader(request), access.current_projects(request))
    found = seen.filter(pk=pk).first()
    if found is None:
        raise Http404
    timezone.activate(found.project.zone)
    told = lists.shown([found])[0]
    posted = request.POST if request.method == "POST" else None
    form = SuspicionForm(posted, clients=told.clients, initial=_initial(found))
    context = {"shown": told, "suspicion": found, "form": form, "now": now}
    if posted is None:
        return render(request, "disputes/suspicion.html", context)
    if form.is_valid():
        try:
            return _end(request, found, form.cleaned_data, now)
        except REFUSALS as refused:
            form.add_error(None, refused.message)
    return render(request, "disputes/suspicion.html", context, status=422)


def _initial(found: Suspicion) -> dict[str, Any]:
    return {"lead": found.lead_id, "key": uuid4()}


def _end(
    request: HttpRequest, found: Suspicion, given: dict[str, Any], now: datetime
) -> HttpResponse:
    """Call the door of the button that was pressed."""
    common: dict[str, Any] = {
        "suspicion_id": found.pk,
        "reason": given["reason"],
        "by": reader(request),
        "now": now,
        "key": given["key"],
    }
    if given["do"] == "dismiss":
        services.dismiss_suspicion(**common)
        messages.success(request, gettext("%(one)s：不成疑。沒有人被通知。") % {"one": found})
        return redirect("suspicions")
    case = services.take_up_suspicion(lead_id=given["lead"], **common)
    said = gettext("%(one)s 已立案為 %(case)s，當事人已通知。") % {"one": found, "case": case}
    messages.success(request, said)
    return redirect("case", case.pk)
