"""How needs are shown, and what they lend to an agent's day: `{% load needs_words %}`."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import template
from django.template.context import Context
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import access
from ..models import Need
from ..needs import queries
from ..needs.models import Answer

register = template.Library()

STATEMENTS = {
    "needs/1": _("管理：識別客戶對環境、綠化、維修、水電與電梯的期望底線，先穩定達到"),
    "needs/2": _("服務：識別客戶的感受與想看到的改進，在最短的時間內改善"),
    "needs/3": _("經營：記錄購買行為與動機，看出取向，訂出購買計劃與時間表"),
}
"""What each clause asks for, in our own words."""

TINTS = {
    "identified": ("lapsed", "icon:ear"),
    "analysed": ("protected", "icon:list-check"),
    "planned": ("own", "icon:calendar-event"),
    "under_way": ("own", "icon:progress"),
    "verified": ("free", "icon:circle-check"),
    "closed": ("lapsed", "icon:check"),
}
ANSWERS = {
    "accepted": ("free", "icon:circle-check"),
    "considering": ("lapsing", "icon:hourglass"),
    "countered": ("contested", "icon:scale"),
    "declined": ("lapsed", "icon:circle-x"),
}


@register.filter
def needs_statement(id: str) -> str:
    """`{% clause_plain id id|needs_statement %}`: what a clause of the third part asks for."""
    return str(STATEMENTS.get(id, ""))


@register.inclusion_tag("leads/_need_state.html")
def need_state(need: Need, today: Any) -> dict[str, Any]:
    """`{% need_state need today %}`: where it stands; late where its measure is overdue."""
    at_work = need.state in ("planned", "under_way") and need.done is None
    days = (today - need.due).days if at_work and need.due is not None else 0
    tint, icon = TINTS[need.state]
    return {
        "tint": tint,
        "icon": icon,
        "word": need.get_state_display(),
        "late": days if days > 0 else 0,
        "finished": need.state == "under_way" and need.done is not None,
    }


@register.inclusion_tag("leads/_answer_state.html")
def answer_state(answer: str) -> dict[str, Any]:
    """`{% answer_state offer.answer %}`: what the client said of an offer."""
    tint, icon = ANSWERS.get(answer, ("lapsing", "icon:hourglass"))
    return {"tint": tint, "icon": icon, "word": Answer(answer).label if answer else _("等答覆")}


@register.inclusion_tag("leads/_levels.html")
def levels(standing: Any) -> dict[str, Any]:
    """`{% levels need %}`: expectation as a ring, floor as a bar, what is felt as a dot, on a
    scale of five; the same in words for everybody.
    """
    if standing.expected is None or standing.perceived is None:
        return {}
    last = standing.perceived if standing.after is None else standing.after
    words = gettext("期望 %(expected)d，底線 %(floor)s，現況 %(perceived)d") % {
        "expected": standing.expected,
        "floor": standing.floor or "–",
        "perceived": standing.perceived,
    }
    if standing.after is not None:
        words = gettext("%(levels)s，改善後 %(after)d") % {
            "levels": words,
            "after": standing.after,
        }
    return {
        "words": words,
        "below": standing.floor is not None and last < standing.floor,
        "expected": _place(standing.expected),
        "floor": _place(standing.floor),
        "perceived": _place(standing.perceived),
        "after": _place(standing.after),
        "standing": standing,
    }


def _place(level: int | None) -> str:
    """Where a level stands on the line."""
    return "" if level is None else f"{8 + (level - 1) * 21}%"


@register.inclusion_tag("leads/_plan_steps.html", takes_context=True)
def my_plan_steps(context: Context) -> dict[str, Any]:
    """`{% my_plan_steps %}`: the next steps of purchase plans, in the reader's day."""
    request, now = context["request"], context["now"]
    assert isinstance(now, datetime)
    project = access.current_project(request)
    today = now.astimezone(project.zone).date()
    return {
        "steps": [
            (step, uuid4()) for step in queries.next_steps(access.reader(request), project, today)
        ],
        "today": today,
        "now": now,
        "csrf_token": context.get("csrf_token"),
    }
