"""The quick log: a reception written down, and what it did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from leads import access, services
from leads import queries as lead_queries
from leads.access import for_roles, reader
from leads.board import queries as board
from leads.forms.counter import CHANNELS, DUTIES, QuickLogForm
from leads.models import ContactEvent, Kind, Project, Role, Staff
from leads.needs import queries as needs

from .. import wording
from ..queries.arrivals import expected
from ..queries.enquiry import ASSISTED, Enquiry
from . import answers
from .answers import REFUSALS, with_reasons

CHANNEL_ICONS = {kind.value: wording.ICONS[kind] for kind in CHANNELS}


@for_roles(Role.AGENT)
@require_http_methods(["GET", "POST"])
@never_cache
def quick_log(request: HttpRequest) -> HttpResponse:
    """Write down a call or a visit: a page of its own, and a sheet over any page."""
    now, project, agent = timezone.now(), access.current_project(request), reader(request)
    counts: dict[str, Any] = {
        "channels": answers.channels(project, now),
        "asks": answers.asks(project, now),
    }
    if request.method == "GET" or "begin" in request.POST:
        # From the enquiry: what was asked comes along in the body, never in an address.
        said = {name: request.POST[name][:60] for name in ("phone", "name") if name in request.POST}
        # From the board: a group that came to the counter brings its key, its time and its words.
        group = board.opening_of(project, agent, request.GET.get("group", ""))
        begun = {} if group is None else group.initial()
        form = QuickLogForm.fresh(project=project, agent=agent, now=now, **counts, **begun | said)
        return _log_page(request, form)
    form = QuickLogForm(request.POST, project=project, agent=agent, now=now, **counts)
    if "wants" in request.POST:
        form.offer_items(needs.items_of(project, agent))
    if not form.is_valid():
        return _log_page(request, form, status=422)
    answers.settle_before(agent, now)
    try:
        event = _record(form, project, agent, now)
    except REFUSALS as refused:
        form.add_error(None, refused.message)
        return _log_page(request, form, status=422)
    if isinstance(event, _Gone):
        typed = request.POST.copy()
        typed.pop(event.field, None)
        form.data = typed
        form.add_error(None, event.message)
        return _log_page(request, form, status=409)
    target = _say_what_holds(request, event, agent, now, by_assist=form.cleaned_data["assist"])
    if "next" in request.POST:
        if request.htmx:  # type: ignore[attr-defined]
            again = QuickLogForm.fresh(project=project, agent=agent, now=now, **counts)
            return _kept(_log_page(request, again, saved=True), form)
        target = reverse("quick_log")
    if request.htmx:  # type: ignore[attr-defined]
        return _kept(HttpResponseClientRedirect(target), form)
    return redirect(target)


def _kept(answer: HttpResponse, form: QuickLogForm) -> HttpResponse:
    """Say which form is safe here: the device that sent it may forget it now."""
    answer["X-Guishu-Saved"] = str(form.cleaned_data["key"])
    return answer


def _log_page(
    request: HttpRequest, form: QuickLogForm, *, status: int = 200, saved: bool = False
) -> HttpResponse:
    clients = lead_queries.own_clients(form.agent, form.project)
    form.offer_clients((one.lead, one.name) for one in clients)
    if not form.items:
        form.offer_items(needs.items_of(form.project, form.agent))
    in_part = bool(request.htmx)  # type: ignore[attr-defined]
    in_sheet = in_part and request.htmx.target == "sheet"  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "form": form,
        "in_sheet": in_sheet,
        "saved": saved,
        "now": form.now,
        "channel_icons": CHANNEL_ICONS,
        "assisted": ASSISTED,
    }
    if form.is_bound:
        context |= answers.by_phone(form)
    template = "attribution/_quick_log.html" if in_part else "attribution/quick_log.html"
    return answers.told(request, template, context, status=status)


@dataclass(frozen=True, slots=True)
class _Gone:
    """What the form says is no longer so: that field is taken out, and the agent is told."""

    field: str
    message: Any


NOBODYS = _Gone(
    "assist", _("現在沒有別的顧問持有這位客戶，不必改記義務接待。下面是最新的答覆，請再按儲存。")
)
NOT_AWAITED = _Gone(
    "arrival", _("那筆提前登記已經撤回，或客戶已經到訪過。下面是最新的答覆，請再按儲存。")
)


def _record(
    form: QuickLogForm, project: Project, agent: Staff, now: datetime
) -> ContactEvent | _Gone:
    """Save what the form says, unless it rests on something that is no longer so."""
    given = form.cleaned_data
    if not given["assist"] and not given["arrival"]:
        return services.record_contact(
            project=project,
            agent=agent,
            by=agent,
            now=now,
            **form.fact() | board.steering_of(project, agent, given["key"]),
        )
    known = ContactEvent.objects.filter(key=given["key"]).first()
    if known is not None:
        return known
    if given["arrival"]:
        came = answers.arrived(form, expected(project, agent, given["name"], now=now))
        if came is None:
            return NOT_AWAITED
        return services.record_contact(
            project=project,
            agent=agent,
            by=agent,
            now=now,
            lead_id=came.lead.pk,
            **form.fact() | board.steering_of(project, agent, given["key"]),
        )
    lead = lead_queries.lead_by_phone(project, given["phone"]) if given["phone"] else None
    asked = Enquiry(project, agent, lead, now=now)
    if lead is None or not asked.anothers:
        return NOBODYS
    owner = access.agents_of(project).filter(pk=int(asked.before.owner or 0)).first()
    if owner is None:
        return NOBODYS
    duties = form.duties_done()
    return services.record_assist(
        project=project,
        agent=agent,
        owner=owner,
        at=given["at"],
        by=agent,
        now=now,
        key=given["key"],
        lead_id=lead.pk,
        name=given["name"],
        channel=CHANNELS[Kind(given["kind"])],
        handover=set(duties) == set(DUTIES),
        duties=duties,
        delegated=True if given["delegated"] else None,
        need=given["need"],
        companions=given["companions"],
        note=given["note"],
        wanted=form.wanted,
    )


def _say_what_holds(
    request: HttpRequest, event: ContactEvent, agent: Staff, now: datetime, *, by_assist: bool
) -> str:
    """A toast that says what the saved reception did; gives back where to go."""
    lead = event.lead
    assert lead is not None
    if lead.owner_id == agent.pk and not lead.contested:
        name = event.details.get("name") or gettext("這位客戶")
        if lead.valid_until is None:
            text = gettext("已記下：%(name)s歸你，不失效。")
        else:
            text = gettext("已記下：%(name)s歸你，有效至 %(until)s。")
        said = text % {"name": name, "until": wording.last_day(lead.valid_until)}
        messages.success(request, with_reasons(said, lead))
        return reverse("lead", args=[lead.pk])
    asked = Enquiry(lead.project, agent, lead, now=event.recorded_at)
    if asked.is_notice and not by_assist:
        shown = max(now, event.recorded_at)
        services.record_notice(
            lead_id=lead.pk,
            agent=agent,
            at=shown,
            by=agent,
            now=shown,
            key=answers.notice_key(lead, agent, shown, lead.project),
        )
    if by_assist:
        effects: Iterable[Any] = ASSISTED[:1]
    else:
        reachable = bool(event.details.get("phone_left"))
        effects = asked.outcome(event).effects(
            reachable=reachable, named=event.asked_for_id not in (None, agent.pk)
        )[:1]
    words = render_to_string(
        "attribution/_saved.html",
        {
            "effects": effects,
            "kind": event.kind,
            "state": asked.state(event.at),
            "until": asked.before.valid_until,
            "mine": asked.before.owner == agent.pk,
            "owned": asked.anothers,
            "now": now,
        },
    ).strip()
    if asked.before.owner == agent.pk:
        messages.success(request, with_reasons(SafeString(words), lead))
        return reverse("lead", args=[lead.pk])
    messages.warning(request, SafeString(words))
    return reverse("today")
