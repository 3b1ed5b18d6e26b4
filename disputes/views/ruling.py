"""The review queue with its cases, and the sheet by which a case is ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4, uuid5

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from attribution.wording import statement
from leads import access
from leads.access import DECIDERS, for_roles, reader
from leads.models import Lead, Staff

from .. import services
from ..filters import CaseFilter
from ..forms import RulingForm, outcomes_of
from ..models import Case, CaseKind, Party, Step
from ..penalty_forms import FIELDS
from ..queries import queue as lists
from ..queries.dossier import Dossier, Outcome
from ..queries.standing import Docket
from ..sanctions import PENAL
from .departing import departing, precedents_beside

REFUSALS = (
    services.NoReason,
    services.SharesDoNotSum,
    services.PartyToTheCase,
    services.NotAnAgentHere,
    services.NoSuchPenalty,
    services.NotNow,
    services.InTheWay,
    services.GraveCaseFirst,
    services.Busy,
)


@for_roles(*DECIDERS)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What is to be decided in the project; the first case stands open beside the list."""
    now = timezone.now()
    context = _list(request, now)
    first = next(iter(context["queue"].page.object_list), None)
    return render(request, "disputes/queue.html", _opened(request, context, first))


@for_roles(*DECIDERS)
@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case beside the list."""
    now = timezone.now()
    context = _list(request, now)
    rows = context["queue"].page.object_list
    found = next((row for row in rows if row.pk == pk), None) or _of_readers_projects(request, pk)
    context = _opened(request, context, found)
    return render(request, "disputes/case.html", context)


@for_roles(*DECIDERS)
@require_http_methods(["GET", "POST"])
def case_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet by which a case is ended: outcome, reason, and what would follow."""
    now = timezone.now()
    found = case_or_404(request, pk)
    covered = covers_names(request, found)
    dossier = Dossier(found, now=now, covered=covered)
    given = request.POST if request.method == "POST" else None
    form = _form(request, dossier, given)
    if given is None:
        return _sheet(request, dossier, form)
    if not form.is_valid():
        return _sheet(request, dossier, form, status=422)
    try:
        if covered:
            return _keep_unseen(request, found, form, now)
        against = departing(request, form, dossier)
        if form.errors:
            return _sheet(request, dossier, form, status=422)
        step = _settle(form, dossier, against, by=reader(request), now=now)
    except services.StaleCase as refused:
        return _stale(request, pk, given, refused, now)
    except REFUSALS as refused:
        form.add_error(None, refused.message)
        return _sheet(request, dossier, form, status=422)
    _toast(request, found, step)
    following = lists.next_open(
        _filter(request, QueryDict(form.cleaned_data["view"]), now).qs, after=found, now=now
    )
    target = reverse("queue") if following is None else reverse("case", args=[following])
    if form.cleaned_data["view"]:
        target = f"{target}?{form.cleaned_data['view']}"
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(target)
    return redirect(target)


# --- The list and the case ---------------------------------------------------------------------


def _keep_unseen(request: HttpRequest, case: Case, form: RulingForm, now: datetime) -> HttpResponse:
    """Names are covered: the draft is kept first, and then the same sheet shows who they are."""
    given = form.cleaned_data
    services.draft_unseen(
        case_id=case.pk,
        version=given["version"],
        outcome=form.chosen,
        reason=given["reason"],
        by=reader(request),
        now=now,
        key=uuid5(given["key"], "unseen"),
    )
    request.session[SEEN_KEY] = [*request.session.get(SEEN_KEY, [])[-LAST_SEEN:], case.pk]
    dossier = Dossier(case, now=now)
    return _sheet(request, dossier, _form(request, dossier, request.POST), kept=True)


def _filter(request: HttpRequest, query: QueryDict, now: datetime) -> CaseFilter:
    cases = lists.cases_in([access.current_project(request)])
    return CaseFilter(query, queryset=cases, now=now)


def _list(request: HttpRequest, now: datetime) -> dict[str, Any]:
    narrowed = _filter(request, request.GET, now)
    found = lists.queue(narrowed.qs, page=request.GET.get("page"), now=now)
    return {
        "filter": narrowed,
        "queue": found,
        "page_obj": found.page,
        "now": now,
        "view": request.GET.urlencode(),
        "project": access.current_project(request),
    }


def case_or_404(request: HttpRequest, pk: int) -> Case:
    """A case of any of the reader's projects; its page shows that office's clock."""
    case = _of_readers_projects(request, pk)
    timezone.activate(case.project.zone)
    return case


def _of_readers_projects(request: HttpRequest, pk: int) -> Case:
    case = lists.cases_in(access.current_projects(request)).filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def _opened(request: HttpRequest, context: dict[str, Any], case: Case | None) -> dict[str, Any]:
    """The case beside the list, and its neighbours there."""
    if case is None:
        return context | {"case": None}
    dossier = Dossier(case, now=context["now"], covered=covers_names(request, case))
    docket = Docket(case, reader(request), now=context["now"], parties=dossier.parties)
    before, after = context["queue"].neighbours(case)
    return context | {
        "case": case,
        "dossier": dossier,
        "before": before,
        "after": after,
        "docket": docket,
        "is_party": docket.in_conflict,
        "may_rule": docket.may("rule"),
        "covers": covers_names(request),
    }


COVER_KEY = "covers_names"


SEEN_KEY = "drafted_unseen"
LAST_SEEN = 50


def covers_names(request: HttpRequest, case: Case | None = None) -> bool:
    """Does the reader want parties covered, and has he not drafted that open case yet?"""
    if case is not None and (not case.is_open or case.pk in request.session.get(SEEN_KEY, ())):
        return False
    return bool(request.session.get(COVER_KEY))


# --- The sheet -----------------------------------------------------------------------------------


def _form(request: HttpRequest, dossier: Dossier, given: QueryDict | None) -> RulingForm:
    case = dossier.case
    proposed = dossier.proposal.owner
    initial: dict[str, Any] = {}
    if given is None:
        asked = request.GET
        outcome = asked.get("outcome", "")
        offered = outcomes_of(case)
        if outcome not in offered:
            outcome = next(iter(offered))
        initial = {
            "outcome": outcome,
            "version": case.version,
            "view": asked.get("view", ""),
            "key": uuid4(),
            "owner": asked.get("owner"),
            "reason": asked.get("reason") or _reason(outcome, dossier),
            "departing": asked.get("departing", ""),
        }
        initial |= _shares_asked(asked, outcome, dossier)
        initial |= {name: asked[name] for name in (*FIELDS, "note") if name in asked}
    form = RulingForm(
        given,
        initial=initial,
        case=case,
        sides=dossier.sides,
        agents=access.agents_of(case.project),
        proposed=proposed if proposed is not None and proposed.works_here else None,
        unheard=[
            (party, dossier.called(party.staff))
            for party in Docket(
                case, reader(request), now=dossier.now, parties=dossier.parties
            ).unheard
        ],
    )
    barred = form.chosen in ("confirm", "dismiss", "assign", "unfounded", "malicious")
    form.offer_sanctions(
        case.kind,
        [] if barred else [(p.staff_id, _called(dossier, p)) for p in dossier.parties],
        [(deal.pk, deal.details.get("unit", "")) for deal in dossier.deals],
        [(id, f"{id} {statement(id)}") for id in PENAL],
        dossier.usual_sanction if form.chosen == "upheld" else None,
        forfeits=case.kind != CaseKind.COMPLAINT or case.opened_by_id is None,
    )
    return form


def _called(dossier: Dossier, party: Party) -> str:
    side = dossier.side_of(party.staff_id)
    name = dossier.called(party.staff)
    return name if side is None or not side.name else f"{side.letter} {side.name}".strip()


def _shares_asked(asked: QueryDict, outcome: str, dossier: Dossier) -> dict[str, Any]:
    """The shares as typed so far; at first 60 and 40 for the first two sides."""
    typed = {name: value for name, value in asked.items() if name.startswith("share_")}
    if typed or outcome != "share":
        return typed
    here = [side for side in dossier.sides if side.works_here]
    first = dossier.proposal.owner if dossier.proposal.owner in here else None
    order = ([first] if first else []) + [side for side in here if side != first]
    parts = {f"share_{side.agent}": part for side, part in zip(order, (60, 40), strict=False)}
    owner = {"owner": order[0].agent} if order and not asked.get("owner") else {}
    return parts | owner


def _reason(outcome: str, dossier: Dossier) -> str:
    """The sentence that confirms a proposal; whoever rules otherwise writes his own."""
    owner = dossier.proposal.owner
    if outcome == "confirm":
        return gettext("照制度的認定，各方沒有異議。")
    if outcome != "proposal" or owner is None:
        return ""
    return gettext("依制度提案，歸%(letter)s %(name)s。") % {
        "letter": owner.letter,
        "name": owner.name,
    }


def _effect(form: RulingForm, dossier: Dossier) -> Outcome | None:
    """What would follow from the form as it stands; None while it says too little."""
    chosen, proposal = form.chosen, dossier.proposal
    sanction = form.sanction_typed
    if chosen in ("confirm", "dismiss") or (chosen == "recorded" and sanction is None):
        return None
    if chosen == "recorded":
        return dossier.outcome(chosen, sanction=sanction)
    if chosen in ("proposal", "upheld"):
        owner = form.proposed
        if owner is None:
            return None
        shares = proposal.shares
        return dossier.outcome(chosen, owner=owner.agent, shares=shares, sanction=sanction)
    typed = {name: str(form[name].value() or "") for name in form.fields}
    offered = {str(pk) for pk in _flat(form.fields["owner"].choices)}  # type: ignore[attr-defined]
    if form.needs_owner and typed["owner"] not in offered:
        return None
    shares = {
        int(name.removeprefix("share_")): int(value)
        for name, value in typed.items()
        if name.startswith("share_") and value.isdecimal()
    }
    if shares and sum(shares.values()) != 100:
        return None
    if chosen == "share" and not shares:
        return None
    owner_pk = int(typed["owner"]) if form.needs_owner else None
    return dossier.outcome(chosen, owner=owner_pk, shares=shares, sanction=sanction)


def _flat(choices: Any) -> list[int]:
    found: list[int] = []
    for value, label in choices:
        found += [pk for pk, _name in label] if isinstance(label, list) else [value]
    return [pk for pk in found if pk != ""]


def _sheet(
    request: HttpRequest,
    dossier: Dossier,
    form: RulingForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    case = dossier.case
    effect = None if case.state != Case.State.OPEN else _effect(form, dossier)
    context = {
        "precedents": precedents_beside(request, form, dossier),
        "case": case,
        "dossier": dossier,
        "form": form,
        "effect": effect,
        "word": outcomes_of(case)[form.chosen],
        "two": form.needs_second,
        "covered": dossier.covered,
        "now": dossier.now,
        **more,
    }
    template = "disputes/_case_rule.html" if request.htmx else "disputes/case_rule.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _settle(
    form: RulingForm, dossier: Dossier, against: dict[str, Any], *, by: Staff, now: datetime
) -> Step | None:
    """Call the door that belongs to the outcome."""
    given, case = form.cleaned_data, dossier.case
    if form.chosen == "confirm":
        services.confirm(
            case_ids={case.pk: given["version"]},
            reason=given["reason"],
            by=by,
            now=now,
            key=given["key"],
        )
        return None
    common: dict[str, Any] = {
        "case_id": case.pk,
        "version": given["version"],
        "reason": given["reason"],
        "by": by,
        "now": now,
        "key": given["key"],
        "heard": form.heard,
    }
    if form.chosen == "dismiss":
        return services.dismiss(against=against, **common)
    owner_pk = given["owner"]
    if case.kind == CaseKind.DEPARTURE:
        return services.assign_by_case(to=Staff.objects.get(pk=owner_pk), **common)
    common |= {"sanction": form.sanction, "note": given.get("note", ""), "against": against}
    # What two people must sign is drawn up first.
    ending = services.draft if form.needs_second else services.decide
    if form.chosen == "recorded":
        return ending(owner=None, finding="recorded", **common)
    if case.kind == CaseKind.COMPLAINT and case.opened_by is not None:
        about = case.opened_by.whom
        assert about is not None, "a complaint is about an agent"
        return services.find_on_complaint(
            about=about,
            finding=form.chosen,
            to=None if owner_pk is None else Staff.objects.get(pk=owner_pk),
            shares=form.shares,
            **common,
        )
    shares: Mapping[int, int] = form.shares
    if form.chosen in ("proposal", "upheld"):
        assert form.proposed is not None, "the form refuses this"
        owner_pk, shares = form.proposed.agent, dossier.proposal.shares
    owner = Staff.objects.get(pk=owner_pk)
    finding = "upheld" if form.chosen == "upheld" else ""
    return ending(owner=owner, shares=shares, finding=finding, **common)


def _stale(
    request: HttpRequest,
    pk: int,
    given: QueryDict,
    refused: services.StaleCase,
    now: datetime,
) -> HttpResponse:
    """The case changed meanwhile: say what, keep what was typed, offer it for the case as it is."""
    case = case_or_404(request, pk)
    fresh = given.copy()
    opened_version = given.get("version")
    fresh["version"] = str(case.version)
    dossier = Dossier(case, now=now)
    form = _form(request, dossier, fresh)
    return _sheet(
        request, dossier, form, status=409, stale=refused.message, opened_version=opened_version
    )


def _toast(request: HttpRequest, case: Case, step: Step | None) -> None:
    """Say who owns the client now, until when, and where the reasons are."""
    lead = Lead.objects.select_related("owner").get(pk=case.lead_id)
    link = format_html('<a href="{}">{}</a>', reverse("lead_why", args=[lead.pk]), _("看依據"))
    if step is not None and step.kind == Step.Kind.DRAFTED:
        text = gettext("%(case)s 已擬稿，等第二個人簽署。")
    elif lead.owner is None:
        text = gettext("%(case)s 已結案：目前無人歸屬。")
    elif lead.valid_until is None:
        text = gettext("%(case)s 已裁定：歸 %(owner)s，不失效。")
    else:
        text = gettext("%(case)s 已裁定：歸 %(owner)s，有效至 %(until)s 24:00。")
    said = text % {"case": case, "owner": lead.owner, "until": lead.valid_until}
    messages.success(request, format_html("{} {}", said, link))
