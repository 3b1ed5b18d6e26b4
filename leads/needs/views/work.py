"""Needs as work: what is due and overdue, one need with its steps, the list of items."""

from datetime import datetime, time
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ... import access
from ... import queries as lead_queries
from ...access import DECIDERS, NEED_READERS, OVERSEERS, for_roles, reader
from ...models import Role, Staff
from .. import course, permits, queries, services
from ..filters import NeedFilter
from ..forms.records import ACT_WORDS, ActForm, ItemChangeForm, ItemForm, NeedForm
from ..models import Need, NeedItem

NEEDS_A_PAGE = 25


@for_roles(*NEED_READERS)
@require_GET
def need_list(request: HttpRequest) -> HttpResponse:
    """The work list: what clients want, what is due and overdue, what each measure changed."""
    now, project, staff = timezone.now(), access.current_project(request), reader(request)
    today = now.astimezone(project.zone).date()
    concerned = access.needs_of(staff, project)
    items = queries.items_of(project, staff)
    narrowed = NeedFilter(request.GET, queryset=concerned, items=items, reader=staff, today=today)
    counts = queries.counts_of(concerned, today)
    ordered = narrowed.qs.select_related("item", "responsible", "lead")
    page = Paginator(narrowed.in_order(ordered), NEEDS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "leads/need_list.html",
        {
            "filter": narrowed,
            "page_obj": page,
            "counts": counts,
            "narrowed": any(narrowed.data.get(name) for name in narrowed.filters),
            "names_clients": staff.role in (Role.AGENT, *OVERSEERS),
            "may_add": staff.role in (Role.MANAGEMENT_OFFICE, *DECIDERS),
            "sees_analysis": staff.role in access.ANALYSTS,
            "may_keep": staff.role in permits.KEEPERS,
            "project": project,
            "today": today,
            "now": now,
        },
    )


@for_roles(Role.MANAGEMENT_OFFICE, *DECIDERS)
@require_http_methods(["GET", "POST"])
@never_cache
def need_add(request: HttpRequest) -> HttpResponse:
    """Write down what the management office heard from somebody whom the counter does not know."""
    now, project, by = timezone.now(), access.current_project(request), reader(request)
    form = NeedForm(
        request.POST or None,
        project=project,
        items=queries.items_of(project, by),
        today=now.astimezone(project.zone).date(),
        initial={"source": "repair"},
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                need = services.identify(
                    project=project,
                    item=form.chosen,
                    at=moment_of(form, now),
                    by=by,
                    now=now,
                    **form.given,
                )
            except (services.NotOffered, services.HappenedInTheFuture) as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("已記下 %(need)s。") % {"need": need})
                return redirect("need", pk=need.pk)
        status = 422
    return render(request, "leads/need_add.html", {"form": form, "now": now}, status=status)


def moment_of(form: NeedForm, now: datetime) -> datetime:
    """When it was said: now, or at noon of an earlier day; only of a valid form."""
    day = form.cleaned_data["said_on"]
    if day == form.today:
        return now
    return datetime.combine(day, time(12), tzinfo=form.project.zone)


@for_roles(*NEED_READERS)
@require_http_methods(["GET", "POST"])
@never_cache
def need(request: HttpRequest, pk: int) -> HttpResponse:
    """One need: the client's words, where it stands, every step; and what to do next."""
    found, now, by = access.need_or_404(request, pk), timezone.now(), reader(request)
    if request.method == "GET":
        return _need_page(request, found, now)
    act = request.POST.get("act", "")
    if by.role not in permits.MAY_CHANGE or act not in course.ACTS:
        messages.warning(request, services.NotNow.message)
        return _need_page(request, found, now, status=422)
    form = _act_form(found, act, by, now, request.POST)
    if act not in permits.acts_for(found, by):
        return _refused(request, found, form, services.StaleNeed.message, now)
    if not form.is_valid():
        return _need_page(request, found, now, form=form, status=422)
    given = form.cleaned_data
    try:
        after = services.advance(
            need_id=found.pk,
            act=act,
            seen=given["seen"],
            by=by,
            now=now,
            key=given["key"],
            note=given["note"],
            given=form.given,
        )
    except (services.NotNow, services.Lacking) as refused:
        return _refused(request, found, form, refused.message, now)
    said = _("%(need)s：%(state)s。") % {"need": after, "state": after.get_state_display()}
    messages.success(request, said)
    return redirect("need", pk=found.pk)


def _act_form(found: Need, act: str, by: Staff, now: datetime, data: Any = None) -> ActForm:
    """The form of an act, begun with what is known."""
    today = now.astimezone(found.project.zone).date()
    takes = course.ACTS[act].takes
    start: dict[str, Any] = {name: getattr(found, name) for name in takes}
    start |= {"act": act, "seen": found.number}
    if act in ("finish", "verify") and not found.done:
        start["done"] = today
    content = found.state == course.VERIFIED and found.confirmation in course.CONTENT
    return ActForm(
        data,
        act=act,
        people=queries.people_for(found, by),
        today=today,
        note_asked=act == "reopen" or (act == "close" and not content),
        initial=start,
    )


def _refused(
    request: HttpRequest, found: Need, form: ActForm, message: Any, now: datetime
) -> HttpResponse:
    """The need as it stands now, with what was typed and why it was not saved."""
    fresh = access.need_or_404(request, found.pk)
    typed = cast(QueryDict, form.data).copy()
    typed["seen"] = str(fresh.number)
    again = _act_form(fresh, form.doing.name, reader(request), now, typed)
    again.is_valid()
    again.add_error(None, message)
    return _need_page(request, fresh, now, form=again, status=422)


def _need_page(
    request: HttpRequest,
    found: Need,
    now: datetime,
    *,
    form: ActForm | None = None,
    status: int = 200,
) -> HttpResponse:
    staff = reader(request)
    acts = permits.acts_for(found, staff)
    typed = None if form is None else form.doing.name
    if typed is not None:
        # What was refused stands first, even where it can no longer be done.
        acts = [typed, *(act for act in acts if act != typed)]
    forms = [
        (act, ACT_WORDS[act], form if form is not None and act == typed else
         _act_form(found, act, staff, now))
        for act in acts
    ]  # fmt: skip
    names_client = found.lead is not None and staff.role in (Role.AGENT, *OVERSEERS)
    assert found.lead is not None or not names_client
    return render(
        request,
        "leads/need.html",
        {
            "need": found,
            "steps": [
                (step, queries.written_by(step.by, staff)) for step in queries.steps_of(found)
            ],
            "said_to": queries.written_by(found.by, staff),
            "client": lead_queries.called([found.lead])[found.lead.pk]
            if names_client and found.lead
            else None,
            "forms": forms,
            "typed": form,
            "measures": queries.measures_of(found) if "plan" in acts else [],
            "today": now.astimezone(found.project.zone).date(),
            "now": now,
        },
        status=status,
    )


@for_roles(*permits.KEEPERS)
@require_http_methods(["GET", "POST"])
@never_cache
def need_items(request: HttpRequest) -> HttpResponse:
    """The list of items: the standard ones and the project's own; add, retire, offer again."""
    now, project, by = timezone.now(), access.current_project(request), reader(request)
    form = ItemForm()
    status = 200
    if request.method == "POST" and "item" in request.POST:
        change = ItemChangeForm(request.POST)
        item = None
        if change.is_valid():
            kept = queries.items_kept(project)
            item = kept.filter(pk=change.cleaned_data["item"]).first()
        if item is None:
            raise Http404
        _change_item(request, item, change, now)
        return redirect("need_items")
    if request.method == "POST":
        form, status = ItemForm(request.POST), 422
        if form.is_valid():
            try:
                item = services.add_item(project=project, by=by, now=now, **form.cleaned_data)
            except services.ItemTaken as refused:
                form.add_error("name", refused.message)
            else:
                messages.success(request, _("已加入「%(item)s」。") % {"item": item})
                return redirect("need_items")
    context = {"items": queries.items_kept(project), "form": form, "now": now}
    return render(request, "leads/need_items.html", context, status=status)


def _change_item(
    request: HttpRequest, item: NeedItem, change: ItemChangeForm, now: datetime
) -> None:
    told: dict[str, Any] = {
        "item": item,
        "project": access.current_project(request),
        "by": reader(request),
        "now": now,
        "key": change.cleaned_data["key"],
    }
    if change.cleaned_data["do"] == "retire":
        services.retire_item(**told)
        messages.success(request, _("「%(item)s」停用了；記過的都還在。") % {"item": item})
    else:
        services.restore_item(**told)
        messages.success(request, _("「%(item)s」恢復使用。") % {"item": item})
