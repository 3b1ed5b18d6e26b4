"""What changes by itself beside an open case: who else looks at it, and that it has changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from leads.access import DECIDERS, for_roles, reader

from .. import presence
from ..queries import queue as lists
from .ruling import case_or_404


@for_roles(*DECIDERS)
@require_GET
@never_cache
def case_present(request: HttpRequest, pk: int) -> HttpResponse:
    """The colleagues who have the case open; the page that asks counts as open itself.

    A page fetched beforehand runs no script and never asks. `?v=`: the version that it shows.
    """
    case, by = case_or_404(request, pk), reader(request)
    presence.watch(case.pk, by)
    shown = request.GET.get("v", "")
    context = {
        "case": case,
        "others": presence.watching(case.pk, lists.deciders_besides(case.project, by)),
        "changed": shown.isdecimal() and int(shown) != case.version,
        "shown": shown,
        "view": request.GET.get("view", ""),
        "now": timezone.now(),
    }
    return render(request, "disputes/_present.html", context)
