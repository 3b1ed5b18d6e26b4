"""The deals of a client: subscribed, and what is done about each."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads import access
from leads.access import DECIDERS, PAYERS, for_roles, reader
from leads.models import Lead, Project, Role, Staff

from .. import services
from ..forms import AdjustForm, DealForm, ReservationForm, StepForm
from ..models import Deal, DealStep, Line, Reservation
from ..queries import deals

CLOSERS = (Role.AGENT, *DECIDERS)
"""Those who record deals."""


@for_roles(Role.AGENT, *access.OVERSEERS)
@require_GET
def lead_deals(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab of a client's deals, and whose commission follows."""
    lead = access.lead_or_404(request, pk)
    return render(request, "commissions/lead_deals.html", _deals(request, lead))


@for_roles(*CLOSERS)
@require_http_methods(["GET", "POST"])
def deal_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a subscription: an agent on his own client, those who decide on any."""
    lead = access.lead_or_404(request, pk)
    now, by = timezone.now(), reader(request)
    agents = list(access.agents_of(lead.project))
    form = DealForm(
        request.POST if request.method == "POST" else None,
        initial={"at": _local(now, lead.project), "key": uuid4()},
        project=lead.project,
        agents=agents,
        by=by if by.role == Role.AGENT else None,
    )
    called = lead.person
    context = {"lead": lead, "called": str(called or lead), "form": form, "now": now}
    if request.method == "GET":
        return render(request, "commissions/deal_new.html", context)
    if form.is_valid() and _record(form, lead, agents, by, now):
        return _recorded(request, form, lead, by, now)
    return render(request, "commissions/deal_new.html", context, status=422)


def _record(form: DealForm, lead: Lead, agents: list[Staff], by: Staff, now: datetime) -> bool:
    """Call the door; what it refuses stands in the form."""
    given = form.cleaned_data
    people = {one.pk: one for one in agents}
    try:
        services.record_deal(
            lead_id=lead.pk,
            agent=people[given["agent"]] if "agent" in given else by,
            unit=given["unit"],
            price_cents=given["price"] or 0,
            rent_cents=given["rent"] or 0,
            term_months=given["term"] or 0,
            helper=people.get(given["helper"]),
            introducer=people.get(given["introducer"]),
            buyer=given["buyer"],
            at=given["at"],
            assisting=given.get("assisting", False),
            note=given["note"],
            papers=form.papers,
            by=by,
            now=now,
            key=given["key"],
        )
    except services.UnitTaken as refused:
        form.add_error("unit", taken(refused, by))
    except (services.NoPlan, services.HappenedInTheFuture) as refused:
        form.add_error("at", refused.message)
    except services.Busy as refused:
        form.add_error(None, refused.message)
    return not form.errors


def _recorded(
    request: HttpRequest, form: DealForm, lead: Lead, by: Staff, now: datetime
) -> HttpResponse:
    """Say what followed, and go where the reader may still look."""
    unit = form.cleaned_data["unit"]
    lines = Line.objects.filter(deal__project=lead.project, deal__unit=unit)
    held = any(line.held_cents for line in lines)
    if held:
        said = gettext("已登記認購 %(unit)s；佣金扣留，等案件裁定。") % {"unit": unit}
    else:
        said = gettext("已登記認購 %(unit)s；佣金已計。") % {"unit": unit}
    visible = access.leads_of(by, lead.project).filter(pk=lead.pk).exists()
    if not visible:
        messages.success(request, said)
        return redirect("statement")
    link = format_html('<a href="{}">{}</a>', reverse("lead_why", args=[lead.pk]), _("看依據"))
    messages.success(request, format_html("{} {}", said, link))
    return redirect("lead_deals", pk=lead.pk)


@for_roles(*CLOSERS)
@require_http_methods(["GET", "POST"])
def reserve(request: HttpRequest, pk: int) -> HttpResponse:
    """Reserve a unit for a client; where it is taken, say since when."""
    lead = access.lead_or_404(request, pk)
    now, by = timezone.now(), reader(request)
    form = ReservationForm(
        request.POST if request.method == "POST" else None,
        initial={"at": _local(now, lead.project), "key": uuid4()},
        project=lead.project,
    )
    context = {"lead": lead, "form": form, "now": now}
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "commissions/reserve.html", context, status=status)
    given = form.cleaned_data
    agent = by if by.role == Role.AGENT else (lead.owner or by)
    try:
        services.reserve_unit(
            lead_id=lead.pk,
            agent=agent,
            unit=given["unit"],
            deposit_cents=given["deposit"] or 0,
            at=given["at"],
            papers=form.papers,
            by=by,
            now=now,
            key=given["key"],
        )
    except services.UnitTaken as refused:
        form.add_error("unit", taken(refused, by))
    except services.HappenedInTheFuture as refused:
        form.add_error("at", refused.message)
    except services.Busy as refused:
        form.add_error(None, refused.message)
    if form.errors:
        return render(request, "commissions/reserve.html", context, status=422)
    messages.success(request, gettext("已認籌 %(unit)s。") % {"unit": given["unit"]})
    return redirect("lead_deals", pk=lead.pk)


def taken(refused: services.UnitTaken, by: Staff) -> str:
    """Who is first: to an agent only since when, and that it is his own client."""
    first = refused.first
    if first is None:
        return str(refused.message)
    zone = first.unit.project.zone
    since = f"{first.at.astimezone(zone):%Y-%m-%d %H:%M}"
    if by.role == Role.AGENT:
        return gettext("這個房號已有認購或認籌，%(since)s 起。") % {"since": since}
    said = {"since": since, "agent": first.agent.name, "lead": str(first.lead)}
    return gettext("這個房號已有認購或認籌：%(since)s 起，%(agent)s 的客戶 %(lead)s。") % said


@for_roles(*CLOSERS)
@require_POST
def reservation_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a reservation: whoever made it, or those who decide."""
    by = reader(request)
    found = Reservation.objects.filter(pk=pk, unit__project__in=access.current_projects(request))
    if by.role == Role.AGENT:
        found = found.filter(agent=by)
    reservation = get_object_or_404(found)
    services.release_unit(reservation_id=reservation.pk, by=by, now=timezone.now())
    messages.success(request, gettext("已放棄認籌。"))
    return redirect("unit_list")


@for_roles(*DECIDERS)
@require_http_methods(["GET", "POST"])
def deal_step(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Write down what was done about a deal: contract, payment, refund, handover, a change."""
    deal = _deal_or_404(request, pk)
    if kind not in DealStep.Kind.values:
        raise Http404
    now, by = timezone.now(), reader(request)
    form = StepForm(
        request.POST if request.method == "POST" else None,
        initial={"at": _local(now, deal.project), "key": uuid4()},
        project=deal.project,
        kind=kind,
    )
    context = {"deal": deal, "form": form, "now": now, "kind": DealStep.Kind(kind)}
    if request.method == "GET":
        return render(request, "commissions/deal_step.html", context)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.record_step(
                deal_id=deal.pk,
                kind=kind,
                at=given["at"],
                amount_cents=given.get("amount"),
                unit=given.get("unit", ""),
                price_cents=given.get("price"),
                buyer=given.get("buyer", ""),
                phone=given.get("phone", ""),
                family=given.get("family", False),
                note=given.get("note", ""),
                by=by,
                now=now,
                key=given["key"],
            )
        except services.UnitTaken as refused:
            form.add_error("unit", taken(refused, by))
        except services.HappenedInTheFuture as refused:
            form.add_error("at", refused.message)
        except (services.NotInThisOrder, services.DealClosed, services.Busy) as refused:
            form.add_error(None, refused.message)
        if not form.errors:
            said = gettext("已登記%(kind)s；佣金已跟著調整。") % {"kind": DealStep.Kind(kind).label}
            messages.success(request, said)
            return redirect("lead_deals", pk=deal.lead_id)
    return render(request, "commissions/deal_step.html", context, status=422)


@for_roles(Role.MANAGER, Role.GENERAL_MANAGER)
@require_http_methods(["GET", "POST"])
def deal_adjust(request: HttpRequest, pk: int) -> HttpResponse:
    """Forfeit or correct commission of a deal, with a reason."""
    deal = _deal_or_404(request, pk)
    paid = list(Staff.objects.filter(commission_lines__deal=deal).distinct().order_by("name"))
    agents = list(access.agents_of(deal.project))
    form = AdjustForm(
        request.POST if request.method == "POST" else None,
        initial={"key": uuid4()},
        paid=paid,
        agents=agents,
    )
    context = {"deal": deal, "form": form, "now": timezone.now()}
    if request.method == "GET":
        return render(request, "commissions/deal_adjust.html", context)
    if form.is_valid():
        given = form.cleaned_data
        everybody = {one.pk: one for one in [*paid, *agents]}
        try:
            services.adjust(
                deal_id=deal.pk,
                kind=given["kind"],
                agent=everybody[given["agent"]],
                to=everybody.get(given["to"]),
                percent=given["percent"],
                cents=given["cents"],
                reason=given["reason"],
                by=reader(request),
                now=timezone.now(),
                key=given["key"],
            )
        except services.NothingToAdjust as refused:
            form.add_error(None, refused.message)
        if not form.errors:
            messages.success(request, gettext("已調整；分錄留下你的理由。"))
            return redirect("lead_deals", pk=deal.lead_id)
    return render(request, "commissions/deal_adjust.html", context, status=422)


def _deal_or_404(request: HttpRequest, pk: int) -> Deal:
    deals_here = Deal.objects.filter(project__in=access.current_projects(request))
    return get_object_or_404(deals_here.select_related("project"), pk=pk)


def _local(now: datetime, project: Project) -> datetime:
    """A moment as a form shows it: on the project's clock."""
    return now.astimezone(project.zone).replace(tzinfo=None)


def _deals(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    by = reader(request)
    found, reserved = deals.units_taken(lead, by)
    return {
        "lead": lead,
        "deals": found,
        "may_record": by.role in CLOSERS,
        "sees_money": by.role in PAYERS or by.role == Role.AGENT,
        "reservations": reserved,
        "is_agent": by.role == Role.AGENT,
        "decides": by.role in DECIDERS,
        "may_adjust": by.role in (Role.MANAGER, Role.GENERAL_MANAGER),
        "reader": by,
        "now": timezone.now(),
    }
