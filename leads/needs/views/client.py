"""What a client wants and means to buy: the tab of his page, and what is written down there."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ... import access
from ...access import DECIDERS, OVERSEERS, for_roles, reader
from ...models import Lead, Role
from .. import queries, services
from ..forms.buying import (
    AnswerForm,
    NextStepForm,
    OfferForm,
    PlanForm,
    ProfileForm,
    Sheet,
    ViewingForm,
)
from ..forms.records import NeedForm
from ..models import Answer
from ..models.buying import UNIT_TYPES
from .work import moment_of

STEP, VIEWING, OFFER = "step", "viewing", "offer"
FORMS: dict[str, type[Sheet]] = {STEP: NextStepForm, VIEWING: ViewingForm, OFFER: OfferForm}


@for_roles(Role.AGENT, *OVERSEERS)
@require_GET
@never_cache
def lead_needs(request: HttpRequest, pk: int) -> HttpResponse:
    """What a client wants, and what he means to buy: profile, plan, viewings and offers."""
    return _needs_page(request, access.lead_or_404(request, pk))


def _needs_page(
    request: HttpRequest,
    lead: Lead,
    *,
    act: str = "",
    form: Sheet | None = None,
    status: int = 200,
) -> HttpResponse:
    now, staff = timezone.now(), reader(request)
    today = now.astimezone(lead.project.zone).date()
    fresh = {
        name: kind(initial={"day": today}, auto_id=f"{name}-%s") for name, kind in FORMS.items()
    }
    return render(
        request,
        "leads/lead_needs.html",
        {
            "lead": lead,
            "needs": queries.needs_of_client(lead, staff),
            "buying": queries.buying_of(lead),
            "may_change": staff.role in (Role.AGENT, *DECIDERS),
            "act": act,
            "form": form,
            "forms": fresh if form is None else fresh | {act: form},
            "today": today,
            "now": now,
        },
        status=status,
    )


@for_roles(Role.AGENT, *DECIDERS)
@require_http_methods(["GET", "POST"])
@never_cache
def need_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what a client wants."""
    lead, now, by = access.lead_or_404(request, pk), timezone.now(), reader(request)
    form = NeedForm(
        request.POST or None,
        project=lead.project,
        items=queries.items_of(lead.project, by),
        today=now.astimezone(lead.project.zone).date(),
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                services.identify(
                    project=lead.project,
                    item=form.chosen,
                    lead_id=lead.pk,
                    at=moment_of(form, now),
                    by=by,
                    now=now,
                    **form.given,
                )
            except (services.NotOffered, services.HappenedInTheFuture, services.Busy) as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("已記下這項需求。"))
                return redirect("lead_needs", pk=lead.pk)
        status = 422
    context = {"lead": lead, "form": form, "now": now}
    return render(request, "leads/need_new.html", context, status=status)


@for_roles(Role.AGENT, *DECIDERS)
@require_POST
@never_cache
def lead_buying(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a next step, a viewing or an offer."""
    lead, now, by = access.lead_or_404(request, pk), timezone.now(), reader(request)
    act = request.POST.get("act", "")
    if act not in FORMS:
        act = VIEWING
    form = FORMS[act](request.POST, auto_id=f"{act}-%s")
    if not form.is_valid():
        return _needs_page(request, lead, act=act, form=form, status=422)
    given = form.cleaned_data
    told: dict[str, Any] = {"lead_id": lead.pk, "by": by, "now": now, "key": given["key"]}
    try:
        if act == STEP:
            services.add_plan_step(text=given["text"], due=given["due"], **told)
            said = _("已記下下一步；到期前會出現在「今天」。")
        elif act == VIEWING:
            services.note_viewing(
                unit=given["unit"], question=given["question"], day=given["day"], **told
            )
            said = _("已記下看房。")
        else:
            assert isinstance(form, OfferForm)
            services.make_offer(**form.given, **told)
            said = _("已記下優惠；客戶答覆後記在旁邊。")
    except services.Busy as refused:
        form.add_error(None, refused.message)
        return _needs_page(request, lead, act=act, form=form, status=422)
    messages.success(request, said)
    return redirect("lead_needs", pk=lead.pk)


@for_roles(Role.AGENT, *DECIDERS)
@require_http_methods(["GET", "POST"])
@never_cache
def lead_profile(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a client's profile anew; what was known before stays on record."""
    lead, now = access.lead_or_404(request, pk), timezone.now()
    known = queries.buying_of(lead).profile
    if request.method == "GET":
        start = {"seen": 0} if known is None else known | {"seen": known["number"]}
        return _sheet(request, "leads/lead_profile.html", lead, ProfileForm(initial=start), now)
    form = ProfileForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.write_profile(lead_id=lead.pk, by=reader(request), now=now, **given)
        except services.StaleSheet as refused:
            form = _seen_anew(form, request, known)
            form.add_error(None, refused.message)
        except services.Busy as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("已更新購買輪廓；先前的還在紀錄裡。"))
            return redirect("lead_needs", pk=lead.pk)
    return _sheet(request, "leads/lead_profile.html", lead, form, now, status=422)


@for_roles(Role.AGENT, *DECIDERS)
@require_http_methods(["GET", "POST"])
@never_cache
def lead_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a client's purchase plan anew; what was planned before stays on record."""
    lead, now = access.lead_or_404(request, pk), timezone.now()
    buying = queries.buying_of(lead)
    known = buying.plan
    if request.method == "GET":
        start: dict[str, Any] = {"seen": 0}
        if known is not None:
            start = known | {"seen": known["number"], "month": buying.month}
        return _sheet(request, "leads/lead_plan.html", lead, PlanForm(initial=start), now)
    form = PlanForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.write_plan(lead_id=lead.pk, by=reader(request), now=now, **given)
        except services.StaleSheet as refused:
            form = _seen_anew(form, request, known)
            form.add_error(None, refused.message)
        except services.Busy as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("已更新購買計劃；先前的還在紀錄裡。"))
            return redirect("lead_needs", pk=lead.pk)
    return _sheet(request, "leads/lead_plan.html", lead, form, now, status=422)


def _seen_anew(form: Any, request: HttpRequest, known: dict[str, Any] | None) -> Any:
    """The same form with what was typed; a second press saves over what it now shows."""
    typed = request.POST.copy()
    typed["seen"] = str(0 if known is None else known["number"])
    again = type(form)(typed)
    again.is_valid()
    return again


def _sheet(
    request: HttpRequest,
    template: str,
    lead: Lead,
    form: Sheet,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    context = {"lead": lead, "form": form, "now": now, "unit_types": UNIT_TYPES}
    return render(request, template, context, status=status)


@for_roles(Role.AGENT, *DECIDERS)
@require_POST
@never_cache
def plan_step_end(request: HttpRequest, pk: int) -> HttpResponse:
    """A next step was done, or is not wanted any more."""
    step, now = access.plan_step_or_404(request, pk), timezone.now()
    form = Sheet(request.POST)
    if form.is_valid():
        done = "drop" not in request.POST
        services.end_plan_step(
            step=step, done=done, by=reader(request), now=now, key=form.cleaned_data["key"]
        )
        said = _("「%(text)s」完成了。") if done else _("「%(text)s」不做了。")
        messages.success(request, said % {"text": step.text})
    else:
        messages.warning(request, _("沒有存下，請再按一次。"))
    if request.POST.get("back") == "today":
        return redirect("today")
    return redirect("lead_needs", pk=step.lead_id)


@for_roles(Role.AGENT, *DECIDERS)
@require_http_methods(["GET", "POST"])
@never_cache
def offer_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what the client answered to an offer."""
    offer, now, by = access.offer_or_404(request, pk), timezone.now(), reader(request)
    lead = offer.lead
    today = now.astimezone(lead.project.zone).date()
    form = AnswerForm(request.POST or None, initial={"day": today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        services.answer_offer(offer=offer, by=by, now=now, **given)
        said = _("已記下答覆：%(answer)s。") % {"answer": Answer(given["answer"]).label}
        messages.success(request, said)
        return redirect("lead_needs", pk=lead.pk)
    context = {"lead": lead, "offer": offer, "form": form, "now": now}
    status = 422 if request.method == "POST" else 200
    return render(request, "leads/offer_answer.html", context, status=status)
