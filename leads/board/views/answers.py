"""What several pages of the counter answer alike: the desk, an agent's turn, and back to both."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from ...access import DECIDERS, reader
from ...models import Project, Role
from .. import queries, services
from ..queries import CounterDay

DESK = (Role.RECEPTIONIST, *DECIDERS)
"""Who stands at the desk: the greeter, and whoever stands in for him."""
REFUSALS = (services.Refused, services.Busy)
UNCHANGED = 204
"""Nothing new since the version that the page shows: htmx leaves everything as it is."""


def desk(request: HttpRequest, counter: CounterDay) -> HttpResponse:
    """What changes at the desk by itself, and what a press has changed."""
    return render(request, "leads/_desk.html", shown(request, counter) | {"in_answer": True})


def shown(request: HttpRequest, counter: CounterDay) -> dict[str, Any]:
    """What the desk shows of a counter, with a key for each button."""
    return {
        "counter": counter,
        "calls": [(call, uuid4()) for call in counter.calls],
        "groups": [(group, uuid4()) for group in counter.groups],
        "next_up": counter.next_up,
        "away": [(one, uuid4()) for one in counter.line if one.state == "away"],
        "now": counter.now,
        "day": counter.now.astimezone(counter.project.zone),
        "project": counter.project,
        "decides": reader(request).role in DECIDERS,
    }


def turn(request: HttpRequest, project: Project, now: datetime) -> HttpResponse:
    """Where the reader stands: the page, or its card where htmx asks for it."""
    agent, counter = reader(request), queries.counter_day(project, now)
    part = bool(request.htmx)  # type: ignore[attr-defined]
    if part and request.method == "GET" and request.GET.get("v") == counter.version:
        return HttpResponse(status=UNCHANGED)
    mine = [group for group in counter.groups if group.agent == agent]
    standing = next((one for one in counter.line if one.staff.pk == agent.pk), None)
    context = {
        "counter": counter,
        "calls": [(c, uuid4()) for c in counter.calls if c.agent and c.agent.pk == agent.pk],
        "serving": [(group, uuid4()) for group in mine if group.state == "serving"],
        "unwritten": [g for g in mine if g.state == "finished" and g.recorded is None],
        "standing": standing,
        "agent": agent,
        "key": uuid4(),
        "now": now,
        "part": part,
        "in_answer": request.method == "POST",
    }
    return render(request, "leads/_my_turn.html" if part else "leads/my_turn.html", context)


def back_where_pressed(request: HttpRequest, project: Project, now: datetime) -> HttpResponse:
    """Where whoever pressed was, as it is now."""
    target = request.headers.get("HX-Target")
    if target == "turns":
        return desk(request, queries.counter_day(project, now))
    if target == "my-turn":
        return turn(request, project, now)
    home = "my_turn" if reader(request).role == Role.AGENT else "reception"
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(reverse(home))
    return redirect(home)
