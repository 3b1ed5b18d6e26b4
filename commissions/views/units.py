"""The list of units: what is free, and taking the list over from Excel."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from leads import access
from leads.access import DECIDERS, for_roles, reader
from leads.models import Role

from .. import services, units_file
from ..forms import UnitsFileForm
from ..models import Unit
from ..queries import units as units_queries

UNITS_A_PAGE = 50
SALT = "commissions.units"
SHOWN = 200
"""How many verdicts are listed; all of them are counted."""


@for_roles(Role.AGENT, *access.OVERSEERS)
@require_GET
def unit_list(request: HttpRequest) -> HttpResponse:
    """The units of the project; an agent reads since when one is taken, not by whom."""
    project, by = access.current_project(request), reader(request)
    state = request.GET.get("state", "")
    words = request.GET.get("q", "").strip()[:40]
    found = units_queries.in_state(units_queries.units_of(project), state)
    if words:
        found = found.filter(number__icontains=words)
    context = {
        "page_obj": Paginator(found, UNITS_A_PAGE).get_page(request.GET.get("page")),
        "state": state if state in units_queries.STATES else "",
        "q": words,
        "project": project,
        "reader": by,
        "oversees": by.role in access.OVERSEERS,
        "may_import": by.role in DECIDERS,
        "now": timezone.now(),
    }
    return render(request, "commissions/unit_list.html", context)


@for_roles(*DECIDERS)
@require_http_methods(["GET", "POST"])
def unit_import(request: HttpRequest) -> HttpResponse:
    """Read an Excel file, show the verdict on each row, and enter the good ones when told to."""
    project, by, now = access.current_project(request), reader(request), timezone.now()
    if request.method == "POST" and request.POST.get("rows"):
        try:
            rows = signing.loads(request.POST["rows"], salt=SALT, max_age=3600)
        except signing.BadSignature:
            messages.error(request, gettext("這份名單過期了，請再選一次檔案。"))
            return redirect("unit_import")
        if rows["project"] != project.pk:
            messages.error(request, gettext("你換了專案，請再選一次檔案。"))
            return redirect("unit_import")
        count = services.import_units(project=project, rows=rows["units"], by=by, now=now)
        messages.success(request, gettext("已匯入 %(count)s 筆房源。") % {"count": count})
        return redirect("unit_list")
    if request.method == "GET":
        context: dict[str, Any] = {"form": UnitsFileForm(), "now": now}
        return render(request, "commissions/unit_import.html", context)
    form = UnitsFileForm(request.POST, request.FILES)
    context = {"form": form, "now": now}
    if form.is_valid():
        known = {unit.number: unit for unit in Unit.objects.filter(project=project)}
        try:
            rows = units_file.read(form.cleaned_data["file"], known)
        except units_file.NotAUnitsFile as refused:
            form.add_error("file", refused.message)
        else:
            context |= _verdicts(rows, project.pk)
    status = 422 if form.errors else 200
    return render(request, "commissions/unit_import.html", context, status=status)


def _verdicts(rows: list[units_file.UnitRow], project: int) -> dict[str, Any]:
    good = [_plain(row.values) for row in rows if row.is_good]
    counts: dict[str, int] = {}
    for row in rows:
        name = row.verdict if row.verdict in ("new", "changed", "same") else "refused"
        counts[name] = counts.get(name, 0) + 1
    refused = [row for row in rows if not row.is_good and row.verdict != "same"]
    return {
        "counts": counts,
        "rows": (refused + [row for row in rows if row.is_good])[:SHOWN],
        "total": len(rows),
        "good": len(good),
        "signed": signing.dumps({"project": project, "units": good}, salt=SALT, compress=True),
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """The values as JSON keeps them: square metres as text."""
    return {**values, "area": None if values["area"] is None else str(values["area"])}
