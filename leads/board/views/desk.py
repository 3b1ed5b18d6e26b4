"""The greeter's desk and the screen on the wall."""

from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ... import access
from ...access import for_roles, reader
from ...models import Project, Role
from .. import queries, services
from ..forms import ArrivalForm
from ..queries import CounterDay
from .answers import DESK, REFUSALS, UNCHANGED, desk, shown


@for_roles(*DESK)
@require_http_methods(["GET", "POST"])
@never_cache
def reception(request: HttpRequest) -> HttpResponse:
    """The greeter's desk: somebody came (POST), whose turn it is, who is with whom.

    It keeps itself fresh: with `v`, the version that the page shows, only what changed is sent.
    """
    now, project = timezone.now(), access.current_project(request)
    if request.method == "POST":
        form = ArrivalForm(request.POST, project=project)
        if form.is_valid():
            return _logged(request, form, project, now)
        return _desk_page(request, form, queries.counter_day(project, now), status=422)
    counter = queries.counter_day(project, now)
    if request.GET.get("v") == counter.version:
        return HttpResponse(status=UNCHANGED)
    if request.htmx:  # type: ignore[attr-defined]
        return desk(request, counter)
    return _desk_page(request, ArrivalForm(project=project, initial={"key": uuid4()}), counter)


def _logged(
    request: HttpRequest, form: ArrivalForm, project: Project, now: datetime
) -> HttpResponse:
    given = form.cleaned_data
    try:
        arrival = services.log_arrival(
            project=project,
            people=given["people"],
            before=given["before"],
            asked_for=given["asked_for"],
            words=given["words"],
            by=reader(request),
            now=now,
            key=given["key"],
        )
    except REFUSALS as refused:
        form.add_error(None, refused.message)
        return _desk_page(request, form, queries.counter_day(project, now), status=422)
    call = queries.counter_day(project, max(now, arrival.at)).calls_by_group().get(arrival.pk)
    if call is not None and call.agent is not None:
        said = gettext("第 %(number)s 組已登記，輪到 %(name)s。")
        messages.success(request, said % {"number": arrival.number, "name": call.agent.name})
    else:
        said = gettext("第 %(number)s 組已登記；現在沒有空的顧問，一有空就輪到。")
        messages.success(request, said % {"number": arrival.number})
    return redirect("reception")


def _desk_page(
    request: HttpRequest, form: ArrivalForm, counter: CounterDay, *, status: int = 200
) -> HttpResponse:
    context = shown(request, counter) | {"form": form}
    return render(request, "leads/reception.html", context, status=status)


@for_roles(Role.AGENT, *DESK)
@require_GET
@never_cache
def reception_board(request: HttpRequest) -> HttpResponse:
    """The screen on the wall: whose turn it is, to be read from across the room; no client data."""
    now, project = timezone.now(), access.current_project(request)
    counter = queries.counter_day(project, now)
    if request.GET.get("v") == counter.version:
        return HttpResponse(status=UNCHANGED)
    part = bool(request.htmx)  # type: ignore[attr-defined]
    context = {
        "counter": counter,
        "first": counter.calls[0] if counter.calls else None,
        "others": counter.calls[1:],
        "next_up": counter.next_up,
        "serving": counter.serving,
        "aside": counter.on_the_side,
        "now": now,
        "project": project,
    }
    template = "leads/_board.html" if part else "leads/reception_board.html"
    return render(request, template, context)
