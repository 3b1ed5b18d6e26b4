"""A client: what happened, why he belongs to whom, and the follow-up."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from leads import access, services
from leads import queries as lead_queries
from leads.access import OVERSEERS, for_roles, reader
from leads.forms.counter import FollowUpForm
from leads.models import ContactEvent, Lead, Role

from .. import services as attribution_services
from .. import wording
from ..forms import ProofForm, TimeTravelForm
from ..models import Decision
from ..policy.calendar import midnight_after
from ..queries import holdings, ledger
from ..queries.history import History
from .answers import REFUSALS, with_reasons

ENTRIES_A_PAGE = 40
DECISIONS_A_PAGE = 25
GROUPS = ("all", "reception", "follow_up", "other", "system")


@for_roles(Role.AGENT, *OVERSEERS)
@require_GET
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """A client: what happened and what it did."""
    now, history = _history(request, pk)
    group = request.GET.get("kind", "all")
    entries = history.entries + history.disclosures()
    entries.sort(key=lambda entry: _as_moment(entry.at, history))
    if request.GET.get("order") != "old":
        entries.reverse()
    counts = [(name, len([e for e in entries if name in ("all", e.kind)])) for name in GROUPS]
    shown = [entry for entry in entries if group in ("all", entry.kind)]
    page = Paginator(shown, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    context = {"history": history, "lead": history.lead, "now": now, "page_obj": page}
    return render(
        request,
        "attribution/lead.html",
        context
        | {
            "group": group,
            "counts": [(name, count) for name, count in counts if count or name == "all"],
            "oldest_first": request.GET.get("order") == "old",
        },
    )


@for_roles(Role.AGENT, *OVERSEERS)
@require_GET
def lead_why(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a client belongs to whom: verdict, steps, what others lacked, what would change it."""
    now, history = _history(request, pk)
    days = TimeTravelForm(request.GET, lead=history.lead, now=history.now)
    return _why(request, history, days, now)


@for_roles(*OVERSEERS)
@require_GET
def lead_ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """Every decision stored about a client: why, who, until when, by which version; its proof."""
    now, history = _history(request, pk)
    found = Paginator(ledger.decisions_of(history.lead), DECISIONS_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    context = {"history": history, "lead": history.lead, "now": now, "page_obj": page}
    return render(request, "attribution/lead_ledger.html", context)


@for_roles(*OVERSEERS)
@require_POST
def lead_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof of a decision, for whoever wants to check it: of this moment, a day, or the past.

    A proof with covered names could not be checked, so there is none for an agent.
    """
    now, history = _history(request, pk)
    form = ProofForm(request.POST, lead=history.lead, now=history.now)
    if not form.is_valid():
        return _why(request, history, form, now, status=422)
    asof, known_at = form.asof, form.known_at
    if form.cleaned_data["decision"]:
        wanted = get_object_or_404(
            ledger.decisions_of(history.lead), pk=form.cleaned_data["decision"]
        )
        asof = known_at = wanted.decided_at
    text = attribution_services.take_out_proof(
        lead=history.lead, asof=asof, known_at=known_at, by=reader(request), now=now
    )
    name = f"proof-{history.lead}-{asof.astimezone(history.zone):%Y%m%dT%H%M}.json"
    return HttpResponse(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _why(
    request: HttpRequest, history: History, days: TimeTravelForm, now: datetime, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "history": history,
        "lead": history.lead,
        "now": now,
        "days": days,
        "owned": history.owned_on(days.asof, days.known_at) if days.asked else None,
        "oversees": not history.covers,
    }
    return render(request, "attribution/lead_why.html", context, status=status)


@for_roles(Role.AGENT)
@require_POST
def lead_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what came of calling one's own client; a tap saves."""
    now, agent = timezone.now(), reader(request)
    found = access.lead_or_404(request, pk)
    form = FollowUpForm(request.POST)
    called = lead_queries.called([found])[found.pk]
    refusal: Any = None
    if not form.is_valid():
        refusal = next(iter(form.errors.values()))[0]
    elif not called.reachable:
        refusal = gettext("沒有電話，無法追訪；客戶再來訪或來電，期限會重新起算。")
    else:
        try:
            event = services.record_follow_up(
                lead_id=found.pk,
                agent=agent,
                at=now,
                outcome=form.cleaned_data["outcome"],
                note=form.cleaned_data["note"],
                by=agent,
                now=now,
                key=form.cleaned_data["key"],
            )
        except REFUSALS as refused:
            refusal = refused.message
    if refusal is None:
        _say_what_it_gave(request, event, found, called.name)
    if request.headers.get("HX-Target", "").startswith("claim-"):
        if refusal is not None:
            messages.warning(request, refusal)
        row = holdings.holding_of(found, agent, now)
        context = {"row": row, "key": uuid4(), "now": now, "in_answer": True, "opened": refusal}
        return render(request, "attribution/_claim.html", context)
    if refusal is not None:
        history = History(found, agent, now=now)
        page = Paginator(history.entries[::-1], ENTRIES_A_PAGE).get_page(1)
        return render(
            request,
            "attribution/lead.html",
            {
                "history": history,
                "lead": found,
                "now": now,
                "page_obj": page,
                "group": "all",
                "counts": [("all", len(history.entries))],
                "refusal": refusal,
                "typed": form,
            },
            status=422,
        )
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("lead", args=[pk])
    return redirect(back)


def _history(request: HttpRequest, pk: int) -> tuple[datetime, History]:
    now = timezone.now()
    return now, History(access.lead_or_404(request, pk), reader(request), now=now)


def _as_moment(at: datetime | date, history: History) -> datetime:
    return at if isinstance(at, datetime) else midnight_after(at, history.zone)


def _say_what_it_gave(request: HttpRequest, event: ContactEvent, found: Lead, name: str) -> None:
    """The toast after a follow-up: the new last day, or why it stays."""
    decision = Decision.objects.filter(event=event, lead=found).first()
    steps = [] if decision is None else decision.proof["steps"]
    own = [step for step in steps if step["fact"] == event.pk]
    moved = next((step for step in own if step["verb"] == "extends"), None)
    barred = next((step for step in own if step["verb"] == "bars"), None)
    if moved is not None and moved["last_day"]:
        until = date.fromisoformat(moved["last_day"])
        said = gettext("已記下追訪，%(name)s 延至 %(until)s。") % {
            "name": name,
            "until": wording.last_day(until, short=True),
        }
    else:
        why = "" if barred is None else str(wording.BARRED.get(barred["what"], ""))
        said = gettext("已記下追訪，%(name)s 的期限不變：%(why)s。") % {
            "name": name,
            "why": why or gettext("只留紀錄"),
        }
    messages.success(request, with_reasons(said, found))
