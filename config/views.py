"""Pages of the whole product: where one lands, the project chosen, the health of the server."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from leads import access
from leads.access import for_roles, reader
from leads.models import Role

from .shell import home_of


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The server answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everybody lands where his work is."""
    return redirect(home_of(reader(request)))


@login_required
@require_POST
def switch_project(request: HttpRequest) -> HttpResponse:
    """Choose the project that the pages show; only one's own can be chosen."""
    chosen = request.POST.get("project", "")
    if chosen.isdecimal() and access.projects_of(reader(request)).filter(pk=chosen).exists():
        request.session[access.PROJECT_KEY] = int(chosen)
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "home"
    return redirect(target)


@for_roles(Role.GENERAL_MANAGER)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The general manager's page: the projects, what is open, what is paid."""
    from . import queries

    now = timezone.now()
    rows = queries.overview(reader(request), now)
    return render(request, "config/overview.html", {"rows": rows, "now": now})
