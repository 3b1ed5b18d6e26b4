"""What happens to a group: received, skipped, joined, directed, gone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ... import access
from ...access import DECIDERS, for_roles, reader
from ...models import Role, Staff
from .. import queries, services
from ..forms import DirectForm, JoinForm, KeyForm, SkipForm
from ..models import Arrival, BoardFact
from ..queries import CounterDay
from .answers import DESK, REFUSALS, back_where_pressed


@dataclass(frozen=True, slots=True)
class _Acting:
    """Somebody does something about a group."""

    request: HttpRequest
    arrival: Arrival
    by: Staff
    now: datetime
    counter: CounterDay

    def done(self) -> dict[str, Any]:
        """What every door of a group is told."""
        return {"arrival": self.arrival, "by": self.by, "now": self.now}

    def forms(self, act: str = "") -> dict[str, Any]:
        """The forms of the sheet; the one that was sent holds what was typed."""
        serving = [
            (group.arrival.pk, _("第 %(n)s 組 · %(name)s") % {"n": group.arrival.number,
                                                           "name": group.agent or ""})
            for group in self.counter.serving
        ]  # fmt: skip
        made: dict[str, Callable[..., Any]] = {
            "skip": SkipForm,
            "direct": partial(DirectForm, project=self.counter.project),
            "join": partial(JoinForm, serving=serving),
            "leave": KeyForm,
            "begin": KeyForm,
            "finish": KeyForm,
        }
        return {
            name: form(self.request.POST, auto_id=f"id_{name}_%s")
            if name == act
            else form(initial={"key": uuid4()}, auto_id=f"id_{name}_%s")
            for name, form in made.items()
        }


@for_roles(Role.AGENT, *DESK)
@require_http_methods(["GET", "POST"])
@never_cache
def arrival(request: HttpRequest, pk: int) -> HttpResponse:
    """A group at the counter: everything that can happen to it, each with its consequence.

    An agent may only begin and end receptions of his own.
    """
    now, by = timezone.now(), reader(request)
    found = Arrival.objects.filter(pk=pk, project__in=access.current_projects(request))
    group = found.select_related("project", "asked_for").first()
    if group is None:
        raise Http404
    acting = _Acting(request, group, by, now, queries.counter_day(group.project, now))
    if request.method == "GET":
        return _arrival_page(acting, acting.forms())
    act = request.POST.get("act", "")
    made = acting.forms(act)
    form = made.get(act)
    if form is None or (by.role == Role.AGENT and not _his_own(acting, act)):
        refusal = _("選一件事：到位、結束、跳過、併接、指定或離開。")
        if by.role == Role.AGENT:
            refusal = services.NotHisTurn.message
        return _arrival_page(acting, acting.forms(), refusal=refusal, status=422)
    if not form.is_valid():
        return _arrival_page(acting, made, opened=act, status=422)
    try:
        said = _ACTS[act](acting, form.cleaned_data)
    except REFUSALS as refused:
        return _refused(acting, made, act, refused.message)
    messages.success(request, said)
    return _after(acting)


def _his_own(acting: _Acting, act: str) -> bool:
    call = acting.counter.board.call_of(acting.arrival.pk)
    serving = acting.counter.board.reception_of(acting.arrival.pk)
    mine = acting.by.pk
    if act == "begin":
        return call is None or call.agent == mine
    return act == "finish" and (serving is None or serving.agent == mine)


def _begin(acting: _Acting, given: dict[str, Any]) -> str:
    call = acting.counter.calls_by_group().get(acting.arrival.pk)
    called = None if call is None else call.agent
    agent = acting.by if acting.by.role == Role.AGENT else called
    if agent is None:
        raise services.NotWaiting
    fact = services.begin(**acting.done(), agent=agent, key=given["key"])
    return gettext("第 %(number)s 組由 %(name)s 接待。") % {
        "number": acting.arrival.number,
        "name": fact.agent,
    }


def _finish(acting: _Acting, given: dict[str, Any]) -> str:
    services.finish(**acting.done(), key=given["key"])
    return gettext("第 %(number)s 組已結束。") % {"number": acting.arrival.number}


def _skip(acting: _Acting, given: dict[str, Any]) -> str:
    call = acting.counter.calls_by_group().get(acting.arrival.pk)
    if call is None or call.agent is None:
        raise services.NotWaiting
    fact = services.skip(
        **acting.done(),
        agent=call.agent,
        reason=given["reason"],
        note=given["note"],
        key=given["key"],
    )
    if fact.keeps:
        return gettext("已跳過 %(name)s，這一輪之後補。") % {"name": call.agent}
    return gettext("已跳過 %(name)s，這一輪作廢。") % {"name": call.agent}


def _direct(acting: _Acting, given: dict[str, Any]) -> str:
    fact = services.direct(
        **acting.done(), agent=given["agent"], reason=given["reason"], key=given["key"]
    )
    values = {"number": acting.arrival.number, "name": fact.agent}
    if fact.steered:
        return gettext("第 %(number)s 組交給 %(name)s，記為指定介紹，由主管審理。") % values
    return gettext("第 %(number)s 組交給 %(name)s，理由已記下。") % values


def _join(acting: _Acting, given: dict[str, Any]) -> str:
    beside = Arrival.objects.filter(pk=given["beside"], project=acting.arrival.project).first()
    if beside is None:
        raise services.NotServing
    fact = services.join(
        **acting.done(), beside=beside, consents=given["consents"], key=given["key"]
    )
    values = {
        "number": acting.arrival.number,
        "first": beside.number,
        "name": acting.counter.staff_of(fact.agent_id) or "",
    }
    if fact.kind == BoardFact.Kind.BEGUN:
        return gettext("第 %(first)s 組同意，%(name)s 併接第 %(number)s 組。") % values
    return gettext("第 %(first)s 組不同意，已記下；第 %(number)s 組由下一位接待。") % values


def _leave(acting: _Acting, given: dict[str, Any]) -> str:
    services.leave(**acting.done(), key=given["key"])
    return gettext("第 %(number)s 組已離開。") % {"number": acting.arrival.number}


_ACTS: dict[str, Callable[[_Acting, dict[str, Any]], str]] = {
    "begin": _begin,
    "finish": _finish,
    "skip": _skip,
    "direct": _direct,
    "join": _join,
    "leave": _leave,
}


def _refused(acting: _Acting, made: dict[str, Any], act: str, message: Any) -> HttpResponse:
    """A press on a page that was out of date shows the newest one; a form keeps what was typed."""
    if acting.request.headers.get("HX-Target") in ("turns", "my-turn"):
        messages.warning(acting.request, message)
        return _after(acting)
    fresh = replace(acting, counter=queries.counter_day(acting.arrival.project, acting.now))
    return _arrival_page(fresh, made, opened=act, refusal=message, status=409)


def _after(acting: _Acting) -> HttpResponse:
    return back_where_pressed(acting.request, acting.arrival.project, timezone.now())


def _arrival_page(
    acting: _Acting,
    made: dict[str, Any],
    *,
    opened: str = "",
    refusal: Any = "",
    status: int = 200,
) -> HttpResponse:
    counter, group = acting.counter, acting.arrival
    call = counter.calls_by_group().get(group.pk)
    served = next((one for one in counter.groups if one.arrival.pk == group.pk), None)
    at_desk = acting.by.role in DESK
    context = {
        "group": group,
        "call": call,
        "served": served,
        "forms": made,
        "opened": opened,
        "refusal": refusal,
        "at_desk": at_desk,
        "decides": acting.by.role in DECIDERS,
        "may_begin": call is not None
        and call.agent is not None
        and (at_desk or call.agent.pk == acting.by.pk),
        "may_finish": served is not None
        and served.state == "serving"
        and (at_desk or served.agent == acting.by),
        "may_join": bool(counter.serving),
        "now": acting.now,
    }
    in_sheet = acting.request.headers.get("HX-Target") == "sheet"
    template = "leads/_arrival.html" if in_sheet else "leads/arrival.html"
    return render(acting.request, template, context | {"in_sheet": in_sheet}, status=status)
