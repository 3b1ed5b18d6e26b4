"""Agents at the counter: away and back, and where one stands."""

from functools import partial
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ... import access
from ...access import for_roles, reader
from ...models import Role
from .. import services
from ..forms import PresenceForm
from .answers import DESK, REFUSALS, back_where_pressed, turn


@for_roles(Role.AGENT, *DESK)
@require_http_methods(["GET", "POST"])
@never_cache
def presence(request: HttpRequest) -> HttpResponse:
    """An agent goes away for a while, or is back; an agent says so of himself only."""
    now, project, by = timezone.now(), access.current_project(request), reader(request)
    agents = [by] if by.role == Role.AGENT else list(access.agents_of(project))
    form_for = partial(PresenceForm, agents=agents, project=project, now=now)
    if request.method == "GET":
        chosen = by.pk if by.role == Role.AGENT else request.GET.get("agent")
        form = form_for(initial={"key": uuid4(), "act": "away", "agent": chosen})
        return _presence_page(request, form, 200)
    form = form_for(request.POST)
    if not form.is_valid():
        return _presence_page(request, form, 422)
    said = form.cleaned_data
    told = {"project": project, "agent": said["agent"], "by": by, "now": now, "key": said["key"]}
    try:
        if said["act"] == "away":
            services.go_away(**told, reason=said["reason"], until=said["back_at"])
            messages.success(request, _("%(name)s 暫離。") % {"name": said["agent"]})
        else:
            services.come_back(**told)
            messages.success(request, _("%(name)s 回來了。") % {"name": said["agent"]})
    except REFUSALS as refused:
        form.add_error(None, refused.message)
        return _presence_page(request, form, 409)
    return back_where_pressed(request, project, timezone.now())


def _presence_page(request: HttpRequest, form: PresenceForm, status: int) -> HttpResponse:
    in_sheet = request.headers.get("HX-Target") == "sheet"
    template = "leads/_presence.html" if in_sheet else "leads/presence.html"
    context = {"form": form, "in_sheet": in_sheet, "alone": reader(request).role == Role.AGENT}
    return render(request, template, context, status=status)


@for_roles(Role.AGENT)
@require_GET
@never_cache
def my_turn(request: HttpRequest) -> HttpResponse:
    """Where the agent stands: called, with a group, in the line, away; a card of Today as well."""
    return turn(request, access.current_project(request), timezone.now())
