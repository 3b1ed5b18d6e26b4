"""The pages of leads: the clients, a number revealed, the bell; the counter has its own room."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import access, queries, services
from ..access import DECIDERS, OVERSEERS, for_roles, reader
from ..filters import LeadFilter
from ..models import Contact, Lead, Phone, Role, Standing
from ..queries.people import open_likenesses

CLIENTS_A_PAGE = 25
NOTES_A_PAGE = 30
SORTS = {"until": "valid_until", "recorded": "recorded_at"}


@for_roles(Role.AGENT, *OVERSEERS)
@require_GET
def lead_list(request: HttpRequest) -> HttpResponse:
    """Clients: an agent's own, or all of the project for those who oversee it."""
    now, project, staff = timezone.now(), access.current_project(request), reader(request)
    narrowed = LeadFilter(
        request.GET,
        queryset=access.leads_of(staff, project),
        project=project,
        reader=staff,
        now=now,
    )
    ordered = _ordered(narrowed, request.GET.get("sort", ""))
    page = Paginator(ordered, CLIENTS_A_PAGE).get_page(request.GET.get("page"))
    leads = list(page.object_list)
    names = queries.called(leads)
    rows = [
        {
            "lead": lead,
            "called": names[lead.pk],
            "owned": lead.held_by is not None,
            "mine": lead.held_by == staff.pk,
            "until": queries.last_day_of(lead.held_until, project),
        }
        for lead in leads
    ]
    return render(
        request,
        "leads/lead_list.html",
        {
            "filter": narrowed,
            "page_obj": page,
            "rows": rows,
            "leads": leads,
            "oversees": staff.role in OVERSEERS,
            "decides": staff.role in DECIDERS,
            "alike": open_likenesses(project).count() if staff.role in DECIDERS else 0,
            "narrowed": any(narrowed.data.get(name) for name in narrowed.filters),
            "project": project,
            "now": now,
        },
    )


def _ordered(narrowed: LeadFilter, sort: str) -> Any:
    leads = queries.with_last_day(narrowed.qs.select_related("owner"), narrowed.now)
    column = SORTS.get(sort.removeprefix("-"))
    if column is None:
        return leads.order_by("-recorded_at", "-pk")
    return leads.order_by(f"-{column}" if sort.startswith("-") else column, "-pk")


@for_roles(Role.AGENT, *OVERSEERS)
@require_POST
@never_cache
def lead_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a whole number, WeChat name or address once; the log keeps who saw it and when.

    The client's first number, or what is asked for (`phone`, `contact`), of any of his party whom
    one may see.
    """
    lead, now, by = access.lead_or_404(request, pk), timezone.now(), reader(request)
    context = {"lead": lead, "called": queries.called([lead])[lead.pk]}
    contact = request.POST.get("contact", "")
    if contact.isdecimal():
        found = _seen_in_party(request, lead, Contact.objects.exclude(kind=Contact.Kind.NOTED))
        row = found.filter(pk=contact).first()
        if row is None:
            raise Http404
        text = services.reveal_contact(contact=row, by=by, now=now)
        return _revealed(request, context | {"text": text, "kind": row.kind})
    asked = request.POST.get("phone", "")
    phones = Phone.every.filter(person__lead=lead).exclude(state=Standing.WRONG)
    if asked.isdecimal():
        phones = _seen_in_party(request, lead, Phone.every.all()).filter(pk=asked)
    phone = phones.select_related("person__lead").order_by("pk").first()
    if phone is None:
        raise Http404
    number = services.reveal_phone(phone=phone, by=by, now=now)
    return _revealed(request, context | {"number": number})


def _seen_in_party(request: HttpRequest, lead: Lead, rows: Any) -> Any:
    """Those of a client's party whom one may see."""
    party = Q(person__lead=lead.pk) | Q(person__lead__party=lead.root_id)
    seen = access.leads_of(reader(request), lead.project)
    return rows.filter(party, person__lead__in=seen).select_related("person__lead")


def _revealed(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "leads/_number.html", context)
    return render(request, "leads/lead_reveal.html", context)


@for_roles(*Role)
@require_http_methods(["GET", "POST"])
def notes(request: HttpRequest) -> HttpResponse:
    """The bell: what happened that concerns the reader, and what to do next.

    A POST marks notes as read: the one pressed, which then opens, or all of this page.
    """
    found = queries.notes_of(reader(request))
    if request.method == "POST":
        return _read(request, found)
    page = Paginator(found, NOTES_A_PAGE).get_page(request.GET.get("page"))
    project = access.current_project_or_none(request)
    if project is not None:
        queries.name_clients(page.object_list, reader(request), project)
    return render(request, "leads/notes.html", {"page_obj": page, "now": timezone.now()})


def _read(request: HttpRequest, found: Any) -> HttpResponse:
    now, by = timezone.now(), reader(request)
    pressed = request.POST.get("note", "")
    if pressed.isdecimal():
        note = found.filter(pk=pressed).first()
        if note is None:
            raise Http404
        services.mark_read(notes=[note.pk], by=by, now=now)
        inside = url_has_allowed_host_and_scheme(note.url, allowed_hosts=None)
        return redirect(note.url if inside else "notes")
    unread = list(found.filter(read_at=None).values_list("pk", flat=True))
    services.mark_read(notes=unread, by=by, now=now)
    if unread:
        messages.success(request, _("全部標為已讀。"))
    return redirect("notes")
