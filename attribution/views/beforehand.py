"""What is entered beforehand: registrations of referred people, entries of proxies."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from leads import access, services
from leads import queries as lead_queries
from leads.access import DECIDERS, for_roles, reader
from leads.forms.beforehand import ProxyForm, RegistrationForm
from leads.models import ContactEvent, Kind, Lead, Project, Role, Staff

from .. import wording
from ..models import Decision
from ..queries import beforehand, holdings
from ..queries.enquiry import Enquiry
from . import answers
from .answers import REFUSALS, with_reasons

ENTRIES_A_PAGE = 30


@for_roles(Role.AGENT)
@require_GET
def registrations(request: HttpRequest) -> HttpResponse:
    """The agent's own registrations with their age; nobody else's."""
    now, project = timezone.now(), access.current_project(request)
    found = beforehand.registrations_of(reader(request), project)
    page = Paginator(found, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    entries = beforehand.entries(page.object_list, now.astimezone(project.zone))
    return render(
        request,
        "attribution/registrations.html",
        {
            "page_obj": page,
            "rows": [(entry, wording.BARRED.get(entry.why, ""), uuid4()) for entry in entries],
            "in_force": "sales/5" in _in_force(project, now),
            "now": now,
        },
    )


@for_roles(Role.AGENT)
@require_http_methods(["GET", "POST"])
@never_cache
def registration_new(request: HttpRequest) -> HttpResponse:
    """Register a referred person before he comes: a page, and a sheet over any page."""
    now, project, agent = timezone.now(), access.current_project(request), reader(request)
    if request.method == "GET":
        introduced = request.GET.get("introduced_by", "")
        form = RegistrationForm(
            project=project,
            agent=agent,
            initial={"key": uuid4(), "introduced_by": introduced if introduced.isdecimal() else ""},
        )
        return _registration_page(request, form)
    form = RegistrationForm(request.POST, project=project, agent=agent)
    if not form.is_valid():
        return _registration_page(request, form, status=422)
    try:
        event = services.register_referral(
            project=project, agent=agent, by=agent, now=now, **form.cleaned_data
        )
    except REFUSALS as refused:
        form.add_error(None, refused.message)
        return _registration_page(request, form, status=422)
    _say_what_it_gives(request, event, agent, project, now)
    return _away(request, reverse("registrations"))


def _registration_page(
    request: HttpRequest, form: RegistrationForm, *, status: int = 200
) -> HttpResponse:
    clients = lead_queries.own_clients(form.agent, form.project)
    form.offer_clients((one.lead, one.name) for one in clients)
    return _sheet(request, "attribution/registration_new.html", {"form": form}, status)


def _say_what_it_gives(
    request: HttpRequest, event: ContactEvent, agent: Staff, project: Project, now: datetime
) -> None:
    """A toast; an entry that is void because another holds the person is a notice of that."""
    decision = Decision.objects.filter(event=event, lead=event.lead_id).first()
    why = beforehand.void_because(event, None if decision is None else decision.proof)
    values = {"name": event.details["name"]}
    if why:
        because = {**values, "why": wording.BARRED.get(why, "")}
        messages.warning(request, gettext("已記下，但%(why)s。") % because)
        lead = event.lead
        assert lead is not None
        if Enquiry(project, agent, lead, now=event.recorded_at).is_notice:
            shown = max(now, event.recorded_at)
            services.record_notice(
                lead_id=lead.pk,
                agent=agent,
                at=shown,
                by=agent,
                now=shown,
                key=answers.notice_key(lead, agent, shown, project),
            )
    elif event.lead is not None and event.lead.owner_id == agent.pk:
        messages.success(request, gettext("已登記 %(name)s：到訪時不論誰接待都歸你。") % values)
    else:
        messages.success(
            request, gettext("已登記 %(name)s，只留紀錄：這個制度不採提前登記。") % values
        )


@for_roles(Role.AGENT)
@require_POST
def registration_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own entry back; the fact that it was made stays."""
    now, agent = timezone.now(), reader(request)
    entry = _of_reader(request, Kind.REGISTRATION).filter(pk=pk, agent=agent).first()
    if entry is None:
        raise Http404
    try:
        services.withdraw_registration(event_id=pk, by=agent, now=now, key=_key(request))
    except (services.NotAnEntry, services.CameAlready, services.Busy) as refused:
        messages.warning(request, refused.message)
    else:
        said = gettext("已撤回 %(name)s 的登記。") % {"name": entry.details.get("name", "")}
        messages.success(request, said)
    return redirect("registrations")


@for_roles(Role.AGENT)
@require_http_methods(["GET", "POST"])
@never_cache
def proxy_new(request: HttpRequest, pk: int) -> HttpResponse:
    """File that one's own client views for a buyer who cannot be reached, or is viewed for."""
    now, agent = timezone.now(), reader(request)
    lead = access.lead_or_404(request, pk)
    form = ProxyForm(request.POST or None, lead=lead, agent=agent, initial={"key": uuid4()})
    if request.method == "GET" or not form.is_valid():
        return _proxy_page(request, form, lead, now, 200 if request.method == "GET" else 422)
    try:
        given = form.cleaned_data
        services.file_proxy(
            lead_id=given["files"],
            agent=agent,
            circumstances=given["circumstances"],
            buyer=given["buyer"],
            by=agent,
            now=now,
            key=given["key"],
        )
    except REFUSALS as refused:
        form.add_error(None, refused.message)
        return _proxy_page(request, form, lead, now, 422)
    if _needs_acknowledgement(lead.project, now):
        messages.success(request, with_reasons(gettext("已備案，送經理確認；確認後才有效。"), lead))
    else:
        messages.success(request, with_reasons(gettext("已備案，從現在起算。"), lead))
    return _away(request, reverse("lead", args=[lead.pk]))


def _proxy_page(
    request: HttpRequest, form: ProxyForm, lead: Lead, now: datetime, status: int
) -> HttpResponse:
    clients = lead_queries.own_clients(form.agent, lead.project)
    form.offer_clients((one.lead, one.name) for one in clients)
    context = {
        "form": form,
        "lead": lead,
        "called": lead_queries.called([lead])[lead.pk],
        "asks": _needs_acknowledgement(lead.project, now),
        "counts": bool({"sales/6", "leasing/2.3"} & _in_force(lead.project, now)),
    }
    return _sheet(request, "attribution/proxy_new.html", context, status)


@for_roles(*DECIDERS)
@require_GET
def proxies(request: HttpRequest) -> HttpResponse:
    """The proxies' entries that wait for the manager's acknowledgement, the oldest first."""
    now, project = timezone.now(), access.current_project(request)
    found = beforehand.proxies_waiting(project)
    page = Paginator(found, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    events = list(page.object_list)
    names = lead_queries.called([event.lead for event in events if event.lead is not None])
    return render(
        request,
        "attribution/proxies.html",
        {
            "page_obj": page,
            "rows": [(event, names[event.lead_id or 0], uuid4()) for event in events],
            "asks": _needs_acknowledgement(project, now),
            "now": now,
        },
    )


@for_roles(*DECIDERS)
@require_POST
def proxy_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take note of a proxy's circumstances: from now on the entry counts."""
    now, by = timezone.now(), reader(request)
    entry = _of_reader(request, Kind.PROXY).filter(pk=pk).first()
    if entry is None:
        raise Http404
    try:
        services.acknowledge_proxy(event_id=pk, by=by, now=now, key=_key(request))
    except (services.NotAnEntry, services.Busy) as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, gettext("已確認備案，從現在起有效。"))
    return redirect("proxies")


def _of_reader(request: HttpRequest, kind: Kind) -> Any:
    projects = access.current_projects(request)
    return ContactEvent.objects.filter(project__in=projects, kind=kind)


def _key(request: HttpRequest) -> UUID:
    """The form's key; another one where it cannot be read, which only costs the protection."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _in_force(project: Project, now: datetime) -> set[str]:
    return {clause.id for clause in holdings.edition_now(project, now).clauses}


def _needs_acknowledgement(project: Project, now: datetime) -> bool:
    return bool(holdings.edition_now(project, now).policy.proxy_acknowledged)


def _sheet(request: HttpRequest, page: str, context: dict[str, Any], status: int) -> HttpResponse:
    """A page of its own, or its form alone in the sheet."""
    in_sheet = bool(request.htmx)  # type: ignore[attr-defined]
    folder, _slash, name = page.rpartition("/")
    template = f"{folder}/_{name}" if in_sheet else page
    return render(request, template, {**context, "in_sheet": in_sheet}, status=status)


def _away(request: HttpRequest, target: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(target)
    return redirect(target)
