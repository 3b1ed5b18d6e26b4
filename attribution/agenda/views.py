"""The pages of the agenda: an agent's steps, his calendar and its address."""

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads import access
from leads import queries as lead_queries
from leads.access import for_roles, reader
from leads.models import Role

from . import queries, services
from .calendar_file import as_file
from .forms import CalendarForm, StepForm
from .models import NextStep

STEPS_A_PAGE = 30


@for_roles(Role.AGENT)
@require_http_methods(["GET", "POST"])
def steps(request: HttpRequest) -> HttpResponse:
    """What an agent means to do, and a line to write down more."""
    now, project, agent = timezone.now(), access.current_project(request), reader(request)
    clients = [(one.lead, one.name) for one in lead_queries.own_clients(agent, project)]
    if request.method == "GET":
        start = {"key": uuid4(), "lead": request.GET.get("lead")}
        form = StepForm(agent=agent, project=project, clients=clients, initial=start)
        return _steps_page(request, form, now)
    form = StepForm(request.POST, agent=agent, project=project, clients=clients)
    if not form.is_valid():
        return _steps_page(request, form, now, status=422)
    given = form.cleaned_data
    services.add_step(
        project=project,
        agent=agent,
        text=given["text"],
        lead_id=given["lead"],
        due_on=given["due_on"],
        by=agent,
        now=now,
        key=given["key"],
    )
    messages.success(request, _("已記下待辦。"))
    return redirect(_back(request))


def _steps_page(
    request: HttpRequest, form: StepForm, now: datetime, *, status: int = 200
) -> HttpResponse:
    agent, project = form.agent, form.project
    page = Paginator(queries.steps_of(agent, project, now), STEPS_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "page_obj": page,
        "steps": queries.shown(page.object_list),
        "now": now,
    }
    return render(request, "attribution/steps.html", context, status=status)


@for_roles(Role.AGENT)
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """A step is done, or is not after all."""
    now, agent = timezone.now(), reader(request)
    found = get_object_or_404(
        NextStep, pk=pk, agent=agent, project__in=access.current_projects(request)
    )
    if "reopen" in request.POST:
        services.reopen_step(step=found, by=agent, now=now)
        messages.success(request, _("放回待辦了。"))
    else:
        services.finish_step(step=found, by=agent, now=now)
        messages.success(request, _("「%(text)s」完成了。") % {"text": found.text})
    if request.headers.get("HX-Target", "").startswith("step-"):
        context = {"step": found, "done": "reopen" not in request.POST, "in_answer": True}
        return render(request, "attribution/_step_done.html", context)
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return back
    return reverse("steps")


# ── The calendar ───────────────────────────────────────────────────────────────────────────────


@for_roles(Role.AGENT)
@require_http_methods(["GET", "POST"])
@never_cache
def calendar(request: HttpRequest) -> HttpResponse:
    """The address of one's calendar: copy it, renew it, choose how clients are named in it."""
    now, agent = timezone.now(), reader(request)
    feed = services.open_calendar(staff=agent, by=agent, now=now)
    form = CalendarForm(initial={"shows": feed.shows})
    status = 200
    if "renew" in request.POST:
        services.renew_calendar(staff=agent, by=agent, now=now)
        messages.success(request, _("已換新網址；舊的從現在起打不開。"))
        return redirect("calendar")
    if request.method == "POST":
        form = CalendarForm(request.POST)
        if form.is_valid():
            shows = form.cleaned_data["shows"]
            services.choose_in_calendar(staff=agent, shows=shows, by=agent, now=now)
            messages.success(request, _("已存下。"))
            return redirect("calendar")
        status = 422
    path = reverse("calendar_feed", kwargs={"token": queries.token_of(feed)})
    context: dict[str, Any] = {
        "form": form,
        "feed": feed,
        "address": request.build_absolute_uri(path),
        "webcal": f"webcal://{request.get_host()}{path}",
        "now": now,
    }
    return render(request, "attribution/calendar.html", context, status=status)


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar itself, for whoever holds its address; unchanged, it is not sent again.

    No log-in: a telephone's calendar has none. An address that was renewed, made up, or of somebody
    who left is no page at all.
    """
    feed = queries.feed_of_token(token)
    if feed is None:
        raise Http404
    content = as_file(queries.entries(feed, timezone.now()), feed.staff.name)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="guishu.ics"'
    response["Cache-Control"] = "private, no-cache"
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
