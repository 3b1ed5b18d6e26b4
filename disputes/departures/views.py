"""The pages of departures: who works here, and the wizard by which somebody leaves."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from leads import access
from leads.access import DECIDERS, for_roles, reader

from . import queries, services
from .forms import HandoverForm

AGENTS_A_PAGE = 30
REFUSALS = (
    services.NoReason,
    services.NotAnAgentHere,
    services.AlreadyDeparted,
    services.HereStill,
    services.Busy,
)


@for_roles(*DECIDERS)
@require_GET
def departures(request: HttpRequest) -> HttpResponse:
    """The agents of the project: choose who leaves; below them those who left."""
    now, project = timezone.now(), access.current_project(request)
    found = queries.agents_with_clients(project, now)
    page = Paginator(found, AGENTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "agents": page.object_list, "project": project, "now": now}
    return render(request, "disputes/departures.html", context)


@for_roles(*DECIDERS)
@require_http_methods(["GET", "POST"])
@never_cache
def departure(request: HttpRequest, pk: int) -> HttpResponse:
    """One agent leaves: his clients with a proposal, changed line by line, signed once.

    After he left the same page places his clients anew. `?case=`: the case by whose ruling he goes.
    """
    now = timezone.now()
    given = request.POST if request.method == "POST" else None
    handover = _handover_or_404(request, pk, now)
    asked = handover.asked
    start: dict[str, Any] = {"case": asked.pk if asked else None}
    if asked is not None:
        start["reason"] = gettext("依案件 %(case)s 的認定離職，客戶依熱度平均分配。") % {
            "case": asked
        }
    if given is None:
        return _page(request, HandoverForm(None, handover=handover, **start), now)
    if given.get("act") in ("propose", "count"):
        form = _looked_at(given, handover)
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "disputes/_shares.html", {"form": form})
        return _page(request, form, now)
    form = HandoverForm(given, handover=handover)
    if not form.is_valid():
        return _page(request, form, now, status=422)
    try:
        placed = _carry_out(request, form, now)
    except services.StaleHandover as refused:
        handover = _handover_or_404(request, pk, now)
        form = HandoverForm(_with(given, seen=handover.seen), handover=handover)
        return _page(request, form, now, stale=str(refused.message), status=409)
    except REFUSALS as refused:
        form.add_error(None, refused.message)
        return _page(request, form, now, status=422)
    _say(request, handover, placed)
    return redirect("departure", pk)


def _handover_or_404(request: HttpRequest, pk: int, now: datetime) -> queries.Handover:
    """The agent, if the reader answers for one of his projects."""
    leaver = queries.leaver_with(pk)
    places = set() if leaver is None else set(leaver.places)  # type: ignore[attr-defined]
    here = [project for project in access.current_projects(request) if project.pk in places]
    if leaver is None or not here:
        raise Http404
    timezone.activate(here[0].zone)
    left_at: datetime | None = leaver.left_at  # type: ignore[attr-defined]
    asked = request.POST.get("case") or request.GET.get("case") or ""
    case = int(asked) if asked.isdecimal() and len(asked) < 10 else None
    return queries.handover_of(leaver, here, now, left_at=left_at, case=case)


def _looked_at(given: QueryDict, handover: queries.Handover) -> HandoverForm:
    """The form as it was typed so far: asked for, not sent, so that nothing is a mistake yet."""
    proposes = given.get("act") == "propose"
    among = [int(agent) for agent in given.getlist("among") if agent.isdecimal()]
    form = HandoverForm(
        None,
        handover=handover,
        typed=given,
        reason=given.get("reason", ""),
        case=handover.asked.pk if handover.asked else None,
        key=given.get("key") or uuid4(),
        among=among,
        seen=handover.seen if proposes else given.get("seen", ""),
    )
    if proposes:
        form.propose_among(among)
    return form


def _with(given: QueryDict, **changed: str) -> QueryDict:
    """What was typed, but for these: the next press is made in knowledge of what is shown now."""
    data = given.copy()
    for name, value in changed.items():
        data[name] = value
    return data


def _page(
    request: HttpRequest,
    form: HandoverForm,
    now: datetime,
    *,
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    handover = form.handover
    leaver: Any = handover.leaver
    lines = form.lines
    context = {
        "form": form,
        "handover": handover,
        "leaver": leaver,
        "lines": lines,
        "by_case": [client for client in handover.clients if not client.may_be_placed],
        "elsewhere": len(set(leaver.places)) - len(handover.projects),
        "several": len(handover.projects) > 1,
        "deals": sum(client.deals for client in handover.clients),
        "registered": sum(client.state == "registered" for client in handover.clients),
        "proxies": sum(bool(client.proxies) for client in handover.clients),
        "steps": sum(client.steps for client in handover.clients) + leaver.loose_steps,
        "stale": stale,
        "now": now,
    }
    return render(request, "disputes/departure.html", context, status=status)


def _carry_out(request: HttpRequest, form: HandoverForm, now: datetime) -> services.Placed:
    given, handover = form.cleaned_data, form.handover
    common: dict[str, Any] = {
        "leaver": handover.leaver,
        "choices": given["choices"],
        "projects": handover.projects,
        "seen": given["seen"],
        "reason": given["reason"],
        "by": reader(request),
        "now": now,
        "key": given["key"],
    }
    if handover.has_left:
        return services.place_again(**common)
    case = handover.asked.pk if handover.asked else None
    return services.hand_over(case_id=case, **common)


def _say(request: HttpRequest, handover: queries.Handover, placed: services.Placed) -> None:
    count = sum(placed.taken.values())
    if handover.has_left and not count:
        messages.success(request, gettext("沒有更動。"))
        return
    said = ngettext(
        "%(count)d 位客戶已安排給 %(agents)d 位同事，都收到通知。",
        "%(count)d 位客戶已安排給 %(agents)d 位同事，都收到通知。",
        count,
    ) % {"count": count, "agents": len(placed.taken)}
    if not handover.has_left:
        name = {"name": handover.leaver.name}
        said = gettext("%(name)s 已離職，帳號停用。") % name + (said if count else "")
    if placed.waiting:
        said += ngettext(
            "%(count)d 位在待審等你安排。", "%(count)d 位在待審等你安排。", placed.waiting
        ) % {"count": placed.waiting}
    messages.success(request, said)
