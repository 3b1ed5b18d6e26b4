"""Who belongs together: a link signed after its effect was seen, proposed, taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import access, identity, queries, services, stamps
from ..access import DECIDERS, for_roles, reader
from ..forms.links import RELATIONS, LinkForm, TakeBackForm
from ..identity import matcher
from ..models import ContactEvent, Kind, Lead, Likeness, Role, Staff
from ..queries import people as circles


@for_roles(Role.AGENT, *DECIDERS)
@require_http_methods(["GET", "POST"])
@never_cache
def link_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that two clients belong together: find the other, see what follows, then sign.

    An agent signs where nobody else is concerned. Otherwise, and whomever he means, the answer is
    the same: the supervisor has it.
    """
    lead, now, staff = access.lead_or_404(request, pk), timezone.now(), reader(request)
    if request.method == "GET":
        return _link_page(request, lead, _link_form(request, lead), now)
    form = LinkForm(request.POST, project=lead.project)
    is_valid = form.is_valid()
    others = _others(form, lead, staff)
    form.offer(_words_of(others))
    looks = "look" in request.POST
    if not is_valid:
        # To look is no mistake while the evidence is still to be written.
        missing = set(form.errors) - ({"evidence"} if looks else set())
        if missing or not looks:
            return _link_page(request, lead, form, now, others, status=422)
    other = _chosen(form, others)
    if other is None:
        if staff.role not in DECIDERS and not others:
            return (
                _link_page(request, lead, form, now, proposing=True)
                if looks
                else _propose(request, lead, None, form, now)
            )
        form.add_error(
            "other" if others else "phone",
            _("找到 %(count)d 位，選一位。") % {"count": len(others)}
            if others
            else _("這個專案沒有這個電話或姓名的客戶；先記一筆接待，或換個寫法再找。"),
        )
        return _link_page(request, lead, form, now, others, status=422)
    if staff.role not in DECIDERS and circles.concerns_others(lead, other, staff, now):
        if looks:
            return _link_page(request, lead, form, now, others, proposing=True)
        return _propose(request, lead, other, form, now)
    stamp = stamps.of_link(lead, other, now=now, **form.terms)
    given = form.cleaned_data
    if looks or given["stamp"] != stamp:
        stale = bool(given.get("stamp")) and not looks
        status = 409 if stale else 200
        return _link_page(request, lead, form, now, others, other=other, stale=stale, status=status)
    try:
        event = services.link_people(
            lead_id=lead.pk,
            other_id=other.pk,
            evidence=given["evidence"],
            by=staff,
            now=now,
            key=given["key"],
            stamp=stamp,
            proposal=given["proposal"],
            **form.terms,
        )
    except services.StaleLink:
        return _link_page(request, lead, form, now, others, other=other, stale=True, status=409)
    except (services.Busy, services.LinkedToItself, services.LinkedAcrossProjects) as refused:
        form.add_error(None, refused.message)
        return _link_page(request, lead, form, now, others, other=other, status=422)
    messages.success(
        request,
        gettext("已連結：%(relation)s。隨時可以撤回，撤回後如同從未連結。")
        % {"relation": RELATIONS[event.details["relation"]]},
    )
    return redirect("lead_people", pk=lead.pk)


def _link_form(request: HttpRequest, lead: Lead) -> LinkForm:
    """A form that opens: for a client at hand, or for what an agent proposed."""
    initial: dict[str, Any] = {"key": uuid4(), "relation": "same", "same_need": "yes"}
    asked = request.GET.get("with", "")
    if asked.isdecimal():
        initial["other"] = int(asked)
    proposal = _proposal(request, lead)
    if proposal is not None:
        initial |= {
            "proposal": proposal.pk,
            "phone": proposal.phone,
            "name": proposal.name,
            "relation": proposal.relation,
            "same_need": "yes" if proposal.same_need else "no",
            "price_testing": proposal.price_testing,
            "evidence": proposal.evidence,
        }
    return LinkForm(project=lead.project, initial=initial)


def _proposal(request: HttpRequest, lead: Lead) -> Likeness | None:
    asked = request.GET.get("proposal", "")
    if not asked.isdecimal() or reader(request).role not in DECIDERS:
        return None
    mine = Q(one__lead=lead) | Q(two__lead=lead)
    return Likeness.objects.filter(
        mine, pk=asked, proposed_by__isnull=False, state=Likeness.State.OPEN
    ).first()


def _others(form: LinkForm, lead: Lead, staff: Staff) -> list[Lead]:
    """The clients who may be meant, as far as the one who asks may see them; likeliest first."""
    seen = access.leads_of(staff, lead.project)
    phone, name = str(form["phone"].value() or ""), str(form["name"].value() or "")
    try:
        phones = [identity.normalise_phone(phone, lead.project)] if phone.strip() else []
    except identity.ImpossiblePhone:
        phones = []
    among = None if staff.role in DECIDERS else seen
    found: list[Lead] = []
    if phones or name.strip():
        found = [
            one.lead
            for one in matcher.suggestions(
                lead.project, name=name[:60], phones=phones, besides=lead, among=among
            )
        ]
    chosen = str(form["other"].value() or "")
    if chosen.isdecimal() and int(chosen) not in {one.pk for one in (lead, *found)}:
        found += list(seen.filter(pk=int(chosen)))
    unique = {one.pk: one for one in found}
    for one in unique.values():
        one.project = lead.project
    return list(unique.values())


def _words_of(others: Sequence[Lead]) -> list[tuple[int, str]]:
    names = queries.called(others)
    return [(lead.pk, f"{names[lead.pk].name} · {lead}") for lead in others]


def _chosen(form: LinkForm, others: Sequence[Lead]) -> Lead | None:
    """The client chosen; the one found where there is no other."""
    chosen = str(form["other"].value() or "")
    if not chosen and len(others) == 1:
        return others[0]
    return next((one for one in others if str(one.pk) == chosen), None)


def _propose(
    request: HttpRequest, lead: Lead, other: Lead | None, form: LinkForm, now: datetime
) -> HttpResponse:
    given = form.cleaned_data
    try:
        services.propose_link(
            lead_id=lead.pk,
            other_id=None if other is None else other.pk,
            phone=given["phone"],
            name=given["name"],
            evidence=given["evidence"],
            by=reader(request),
            now=now,
            key=given["key"],
            **form.terms,
        )
    except services.Busy as refused:
        form.add_error(None, refused.message)
        return _link_page(request, lead, form, now, status=422)
    messages.success(request, _("已送主管確認，結果會通知你；確認之前歸屬不變。"))
    return redirect("lead_people", pk=lead.pk)


def _link_page(
    request: HttpRequest,
    lead: Lead,
    form: LinkForm,
    now: datetime,
    others: Sequence[Lead] | None = None,
    *,
    other: Lead | None = None,
    proposing: bool = False,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    staff = reader(request)
    if others is None:
        others = _others(form, lead, staff)
        form.offer(_words_of(others))
        chosen = _chosen(form, others)
        signs = staff.role in DECIDERS
        if chosen is not None and not form.is_bound:
            if signs or not circles.concerns_others(lead, chosen, staff, now):
                other = chosen
            else:
                proposing = True
    return render(
        request,
        "leads/_link_new.html" if request.htmx else "leads/link_new.html",  # type: ignore[attr-defined]
        {
            "lead": lead,
            "form": form,
            "others": others,
            "other": other,
            "chosen": "" if other is None else str(other.pk),
            "terms": form.terms,
            "stamp": "" if other is None else stamps.of_link(lead, other, now=now, **form.terms),
            "proposing": proposing,
            "stale": stale,
            "decides": staff.role in DECIDERS,
            "names": queries.called([lead, *([other] if other else [])]),
            "now": now,
        },
        status=status,
    )


@for_roles(Role.AGENT, *DECIDERS)
@require_http_methods(["GET", "POST"])
@never_cache
def link_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a link back, its effect shown before: everything is as if it had never been."""
    now, staff = timezone.now(), reader(request)
    event = (
        ContactEvent.objects.filter(pk=pk, kind=Kind.LINK)
        .select_related("lead__project", "other__project", "by")
        .first()
    )
    if event is None or event.lead is None or event.other is None:
        raise Http404
    lead, other = access.lead_or_404(request, event.lead_id or 0), event.other
    if staff.role not in DECIDERS:
        own = access.leads_of(staff, lead.project).filter(pk=other.pk).exists()
        if not own or circles.concerns_others(lead, other, staff, now):
            raise Http404
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    standing = not ContactEvent.objects.filter(refers=event, kind=Kind.TAKEN_BACK).exists()
    stamp = stamps.of_link(lead, other, now=now, link=event.pk)
    status, stale = 200, False
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        given = form.cleaned_data
        try:
            services.take_back_link(
                event_id=event.pk,
                by=staff,
                now=now,
                key=given["key"],
                reason=given["reason"],
                stamp=given["stamp"],
            )
        except services.StaleLink:
            status, stale = 409, True
        except (services.NotALink, services.Busy) as refused:
            form.add_error(None, refused.message)
            status = 422
        else:
            messages.success(request, _("已撤回連結，如同從未連結。"))
            return redirect("lead_people", pk=lead.pk)
    return render(
        request,
        "leads/link_take_back.html",
        {
            "lead": lead,
            "other": other,
            "event": event,
            "relation": RELATIONS.get(event.details.get("relation", ""), ""),
            "form": form,
            "stamp": stamp,
            "standing": standing,
            "stale": stale,
            "names": queries.called([lead, other]),
            "now": now,
        },
        status=status,
    )
