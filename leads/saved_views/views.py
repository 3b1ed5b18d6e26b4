"""The pages of saved views: keep one, change or delete one's own."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from .. import access
from ..access import DECIDERS, for_roles, reader
from ..models import Role
from . import queries, services
from .addresses import canonical, is_open_to
from .forms import SavedViewForm
from .models import SavedView


@for_roles(*Role)
@require_http_methods(["GET", "POST"])
@never_cache
def saved_view_new(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is shown under a name."""
    by = reader(request)
    project = access.current_project(request)
    may_share = by.role in DECIDERS
    if request.method == "GET":
        asked = {name: request.GET.get(name, "") for name in ("page", "query", "name")}
        form = SavedViewForm(initial={**asked, "key": uuid4()}, may_share=may_share)
        return _sheet(request, form, page=asked["page"])
    form = SavedViewForm(request.POST, may_share=may_share)
    page = request.POST.get("page", "")
    if not form.is_valid():
        return _sheet(request, form, page=page, status=422)
    said = form.cleaned_data
    try:
        view = services.save_view(
            page=page,
            query=said["query"],
            name=said["name"],
            shared_with=project if said.get("shared") else None,
            by=by,
            now=timezone.now(),
            key=said["key"] or uuid4(),
        )
    except services.NotKept as refused:
        _blame(form, refused)
        return _sheet(request, form, page=page, status=422)
    messages.success(request, _("檢視「%(name)s」存好了。") % {"name": view})
    return _go(request, view.get_absolute_url())


@for_roles(*Role)
@require_http_methods(["GET", "POST"])
@never_cache
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, share, move or delete one of one's own; somebody else's is no page."""
    by, now = reader(request), timezone.now()
    view = queries.own_views(by).filter(pk=pk).first()
    if view is None:
        raise Http404
    shown = canonical(request.POST.get("query", request.GET.get("query", "")))
    options = {
        "may_share": by.role in DECIDERS,
        "may_renew": bool(shown) and shown != view.query,
    }
    if request.method == "GET":
        initial = {"name": view.name, "shared": view.shared_with_id is not None, "query": shown}
        return _sheet(request, SavedViewForm(initial=initial, **options), view=view)
    pressed = request.POST.get("do", "")
    if pressed == "delete":
        services.delete_view(view=view, by=by, now=now)
        messages.success(request, _deleted(view))
        return _go(request, _back(view, shown))
    if pressed == "first":
        services.put_first(view=view, by=by, now=now)
        return _go(request, _back(view, shown))
    form = SavedViewForm(request.POST, **options)
    if not form.is_valid():
        return _sheet(request, form, view=view, status=422)
    said = form.cleaned_data
    stays = view.shared_with or access.current_project(request)
    try:
        services.change_view(
            view=view,
            name=said["name"],
            shared_with=stays if said.get("shared") else None,
            query=shown if said.get("renew") else None,
            by=by,
            now=now,
        )
    except services.NotKept as refused:
        _blame(form, refused)
        return _sheet(request, form, view=view, status=422)
    except SavedView.DoesNotExist as gone:
        raise Http404 from gone
    messages.success(request, _("檢視「%(name)s」改好了。") % {"name": said["name"]})
    return _go(request, _back(view, shown))


def _sheet(
    request: HttpRequest,
    form: SavedViewForm,
    *,
    page: str = "",
    view: SavedView | None = None,
    status: int = 200,
) -> HttpResponse:
    by = reader(request)
    page = view.page if view else page
    home = reverse(page) if is_open_to(by, page) else reverse("home")
    context: dict[str, Any] = {"form": form, "view": view, "home": home}
    in_sheet = request.headers.get("HX-Target") == "sheet"
    context["in_sheet"] = in_sheet
    if in_sheet:
        return render(request, "leads/_saved_view.html", context, status=status)
    name = "leads/saved_view_new.html" if view is None else "leads/saved_view.html"
    return render(request, name, context, status=status)


def _blame(form: SavedViewForm, refused: services.NotKept) -> None:
    """The word stands at the field that can be mended."""
    of_name = isinstance(refused, services.NameTaken)
    of_sharing = isinstance(refused, services.NotForSharing | services.MayNotShare)
    field = "name" if of_name else "shared" if of_sharing and "shared" in form.fields else None
    form.add_error(field, refused.message)


def _back(view: SavedView, shown: str) -> str:
    """The list as it was left."""
    return f"{reverse(view.page)}?{shown}" if shown else reverse(view.page)


def _deleted(view: SavedView) -> str:
    """What is gone, and how it comes back."""
    again = urlencode({"page": view.page, "query": view.query, "name": view.name})
    return format_html(
        '{} <a href="{}?{}">{}</a>',
        gettext("檢視「%(name)s」刪掉了。") % {"name": view},
        reverse("saved_view_new"),
        again,
        gettext("再存回來"),
    )


def _go(request: HttpRequest, target: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(target)
    return redirect(target)
