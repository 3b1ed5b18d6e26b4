"""The pages that speak of ownership: the quick log and its enquiry, today, a client, the policy."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from leads import access, services
from leads import queries as lead_queries
from leads.access import OVERSEERS, for_roles, reader
from leads.forms import EnquiryForm, FollowUpForm, QuickLogForm
from leads.identity import ImpossiblePhone
from leads.models import ContactEvent, Lead, Project, Role, Staff

from . import wording
from .models import Decision, PolicyVersion
from .policy.calendar import midnight_after
from .policy.editions import ALL_CLAUSES
from .queries import holdings
from .queries.enquiry import ASSISTED, Enquiry
from .queries.history import History

HOLDINGS_A_PAGE = 20
ENTRIES_A_PAGE = 40
REFUSALS = (ImpossiblePhone, services.HappenedInTheFuture, services.Busy)
CHANNEL_ICONS = {kind: wording.ICONS[kind] for kind in ("call", "visit", "brochure")}
GROUPS = ("all", "reception", "follow_up", "other", "system")

# ── The quick log ──────────────────────────────────────────────────────────────────────────────


@for_roles(Role.AGENT)
@require_http_methods(["GET", "POST"])
@never_cache
def quick_log(request: HttpRequest) -> HttpResponse:
    """Write down a call or a visit: a page of its own, and a sheet over any page."""
    now, project, agent = timezone.now(), access.current_project(request), reader(request)
    if request.method == "GET":
        form = QuickLogForm.fresh(
            project=project, agent=agent, now=now, phone=request.GET.get("phone", "")[:60]
        )
        return _log_page(request, form)
    form = QuickLogForm(request.POST, project=project, agent=agent, now=now)
    if not form.is_valid():
        return _log_page(request, form, status=422)
    try:
        event = _record(form, project, agent, now)
    except REFUSALS as refused:
        form.add_error(None, refused.message)
        return _log_page(request, form, status=422)
    if event is None:
        typed = request.POST.copy()
        typed.pop("assist", None)
        form.data = typed
        form.add_error(
            None,
            _("現在沒有別的顧問持有這位客戶，不必改記義務接待。下面是最新的答覆，請再按儲存。"),
        )
        return _log_page(request, form, status=409)
    target = _say_what_holds(request, event, agent, now, by_assist=form.cleaned_data["assist"])
    if "next" in request.POST:
        if request.htmx:  # type: ignore[attr-defined]
            again = QuickLogForm.fresh(project=project, agent=agent, now=now)
            return _log_page(request, again, saved=True)
        target = reverse("quick_log")
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(target)
    return redirect(target)


@for_roles(Role.AGENT)
@require_http_methods(["GET", "POST"])
@never_cache
def enquiry(request: HttpRequest) -> HttpResponse:
    """Whose client is it: the live answer under the phone field (POST), and a page of its own.

    Showing that another agent holds the client is a notice and is written down, also by a GET from
    our own pages (the field in the bar is such a form); a link from elsewhere only fills the field.
    """
    now, project, agent = timezone.now(), access.current_project(request), reader(request)
    if request.method == "POST" and request.htmx:  # type: ignore[attr-defined]
        live = QuickLogForm(request.POST, project=project, agent=agent, now=now)
        return render(request, "attribution/_answer.html", {"now": now, **_answer(live)})
    asked = request.POST.get("q", request.GET.get("q", "")).strip()[:60]
    form = EnquiryForm({"kind": "visit", "phone": asked}, project=project, agent=agent, now=now)
    ours = request.method == "POST" or request.headers.get("Sec-Fetch-Site", "same-origin") in (
        "same-origin",
        "none",
    )
    context: dict[str, Any] = {"asked": asked, "now": now, "form": form}
    if asked and form.is_valid() and ours:
        context |= _answer(form) | {"asking": True}
    status = 422 if asked and not form.is_valid() else 200
    return render(request, "attribution/enquiry.html", context, status=status)


def _log_page(
    request: HttpRequest, form: QuickLogForm, *, status: int = 200, saved: bool = False
) -> HttpResponse:
    clients = lead_queries.own_clients(form.agent, form.project)
    form.offer_clients((one.lead, one.name) for one in clients)
    in_sheet = bool(request.htmx)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "form": form,
        "in_sheet": in_sheet,
        "saved": saved,
        "now": form.now,
        "channel_icons": CHANNEL_ICONS,
    }
    if form.is_bound:
        context |= _answer(form)
    template = "attribution/_quick_log.html" if in_sheet else "attribution/quick_log.html"
    return render(request, template, context, status=status)


def _answer(form: EnquiryForm) -> dict[str, Any]:
    """The answer for what a form says so far; a notice is recorded before it is shown."""
    now, agent = form.now, form.agent
    form.is_valid()
    given = form.cleaned_data
    phone, began = given.get("phone", ""), given.get("at") or now
    if not phone and not given.get("no_phone"):
        return {"answer": None, "typing": bool(form.data.get("phone"))}
    lead = lead_queries.lead_by_phone(form.project, phone) if phone else None
    asked = Enquiry(form.project, agent, lead, now=now, brought_by=given.get("brought_by"))
    if lead is not None and asked.is_notice:
        try:
            asked.learn(_notice(lead, agent, now))
        except services.Busy as refused:
            return {"answer": None, "refused": refused.message}
    named = given.get("asked_for")
    kind = given.get("kind") or "visit"
    claim = asked.own_claim
    state = asked.state(began)
    return {
        "answer": {
            "state": state,
            "until": asked.before.valid_until,
            "awaited": asked.before.owner_claim is not None
            and asked.before.owner_claim.awaits_arrival,
            "told": asked.told,
            "asked_at": asked.now,
            "began": began,
            "claim": claim,
            "provisional": asked.before.owner == agent.pk,
            "called": lead_queries.called([lead])[lead.pk]
            if lead is not None and asked.before.owner == agent.pk
            else None,
            "effects": asked.preview(kind, began, phone_left=bool(phone)).effects(
                reachable=bool(phone), named=named is not None and named != agent
            ),
            "named": named,
            "may_assist": asked.anothers,
            "assisted": ASSISTED,
        },
        "assisting": bool(given.get("assist")),
        "form": form,
        "lead": lead,
        "kind": kind,
    }


def _notice(lead: Lead, agent: Staff, now: datetime) -> ContactEvent:
    """Write down that the agent was shown it; once a day is enough."""
    day = now.astimezone(lead.project.zone).date()
    key = uuid5(NAMESPACE_URL, f"guishu:notice:{lead.pk}:{agent.pk}:{day}")
    return services.record_notice(lead_id=lead.pk, agent=agent, at=now, by=agent, now=now, key=key)


def _record(
    form: QuickLogForm, project: Project, agent: Staff, now: datetime
) -> ContactEvent | None:
    """Save what the form says; None where there is no other owner to receive for."""
    given = form.cleaned_data
    if not given["assist"]:
        return services.record_contact(
            project=project, agent=agent, by=agent, now=now, **form.fact()
        )
    known = ContactEvent.objects.filter(key=given["key"]).first()
    if known is not None:
        return known
    lead = lead_queries.lead_by_phone(project, given["phone"]) if given["phone"] else None
    asked = Enquiry(project, agent, lead, now=now)
    if lead is None or not asked.anothers:
        return None
    owner = access.agents_of(project).filter(pk=int(asked.before.owner or 0)).first()
    if owner is None:
        return None
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
        channel="call" if given["kind"] == "call" else "visit",
        handover=form.handed_over,
        note=given["note"],
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
        messages.success(request, _with_reasons(said, lead))
        return reverse("lead", args=[lead.pk])
    asked = Enquiry(lead.project, agent, lead, now=event.recorded_at)
    if asked.is_notice and not by_assist:
        _notice(lead, agent, max(now, event.recorded_at))
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
        messages.success(request, _with_reasons(SafeString(words), lead))
        return reverse("lead", args=[lead.pk])
    messages.warning(request, SafeString(words))
    return reverse("today")


def _with_reasons(said: str, lead: Lead) -> SafeString:
    return format_html(
        '{} <a href="{}">{}</a>', said, reverse("lead_why", args=[lead.pk]), _("看依據")
    )


# ── Today ──────────────────────────────────────────────────────────────────────────────────────


@for_roles(Role.AGENT)
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """An agent's day: his clients by days left, with one-tap follow-ups, and what else waits."""
    now, project, agent = timezone.now(), access.current_project(request), reader(request)
    counts = holdings.counts(agent, project, now)
    paginator = _Counted(holdings.held_by(agent, project, now), HOLDINGS_A_PAGE, counts.everything)
    page = paginator.get_page(request.GET.get("page"))
    rows = holdings.holdings(page.object_list, project, now)  # type: ignore[arg-type]
    return render(
        request,
        "attribution/today.html",
        {
            "counts": counts,
            "page_obj": page,
            "rows": [(row, uuid4()) for row in rows],
            "now": now,
            "day": now.astimezone(project.zone),
            "project": project,
        },
    )


class _Counted(Paginator):
    """Pages of a list whose length is known already."""

    def __init__(self, found: Any, per_page: int, count: int) -> None:
        super().__init__(found, per_page)
        self.count = count


# ── A client ───────────────────────────────────────────────────────────────────────────────────


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
    context: dict[str, Any] = {"history": history, "lead": history.lead, "now": now}
    on = _day(request.GET.get("on", ""))
    if on is not None:
        moment = midnight_after(on, history.zone)
        as_known = "known" in request.GET
        owner, until = history.owner_on(
            min(moment, history.now) if as_known else moment, as_known=as_known
        )
        context |= {"on": on, "on_owner": owner, "on_until": until, "as_known": as_known}
    return render(request, "attribution/lead_why.html", context)


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


def _day(typed: str) -> date | None:
    try:
        return datetime.combine(date.fromisoformat(typed), time.min).date()
    except ValueError:
        return None


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
    messages.success(request, _with_reasons(said, found))


# ── The policy ─────────────────────────────────────────────────────────────────────────────────


@for_roles(*Role)
@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    """Every clause of both documents: what it says, whether it is in force here, how."""
    now, project = timezone.now(), access.current_project(request)
    working = holdings.edition_now(project, now)
    in_force = {clause.id: clause for clause in working.clauses}
    versions = list(
        PolicyVersion.objects.filter(project=project)
        .select_related("author")
        .order_by("-effective_from", "-recorded_at")[:20]
    )
    clauses = [
        wording.clause_on_page(clause, in_force.get(clause.id), working.policy)
        for clause in ALL_CLAUSES
    ]
    return render(
        request,
        "attribution/policy.html",
        {
            "project": project,
            "policy": working.policy,
            "preset": wording.PRESETS[working.policy.preset],
            "parameters": wording.parameters(working.policy),
            "changed": wording.changed_from_preset(working.policy),
            "versions": [(version, version.effective_from <= now) for version in versions],
            "current": next((v for v in versions if v.effective_from <= now), None),
            "parts": [
                ("sales", [one for one in clauses if one.id.startswith("sales")]),
                ("leasing", [one for one in clauses if one.id.startswith("leasing")]),
            ],
            "in_force": len(in_force),
            "readings": wording.READINGS,
            "now": now,
        },
    )
