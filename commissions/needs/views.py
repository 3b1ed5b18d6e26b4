"""The analysis of needs and purchases: a page of charts, each chart by itself, and its file."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from leads import access
from leads.access import ANALYSTS, for_roles, reader
from leads.needs.analysis.veil import LEAST

from . import exports, services
from .charts import CHARTS, Chart, charts_of, sides_of
from .filters import AnalysisFilter, with_defaults
from .shown import bars, shown


@for_roles(*ANALYSTS)
@require_GET
def need_analysis(request: HttpRequest) -> HttpResponse:
    """All charts: the first one whole, the others as the page asks for them one by one."""
    now = timezone.now()
    view = _view(request, now)
    first, *others = charts_of(reader(request).role)
    context = _about(first, view, request, now) | {
        "filter": view,
        "others": [(chart, _address(chart, request)) for chart in others],
    }
    return render(request, "commissions/need_analysis.html", context)


@for_roles(*ANALYSTS)
@require_GET
def need_chart(request: HttpRequest, name: str) -> HttpResponse:
    """One chart with its figures: a fragment of the page of all charts, or a page of its own."""
    chart, now = _chart(request, name), timezone.now()
    view = _view(request, now)
    context = _about(chart, view, request, now) | {"filter": view}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "commissions/_need_chart.html", context)
    return render(request, "commissions/need_chart.html", context | {"alone": True})


@for_roles(*ANALYSTS)
@require_POST
def need_chart_file(request: HttpRequest, name: str) -> HttpResponse:
    """The figures of a chart as a file; the log keeps who took which, and of what."""
    chart, now, by = _chart(request, name), timezone.now(), reader(request)
    view = _view(request, now)
    form = request.POST.get("form", "")
    if form not in exports.FORMS:
        return redirect(_address(chart, request))
    figures = chart.read(view.scope)
    file = exports.write(form, chart, figures, view, by.name, now)
    services.note_chart_file(
        chart=chart.name,
        form=form,
        query=request.GET.urlencode(),
        projects=view.scope.projects,
        rows=file.rows,
        sha256=file.sha256,
        by=by,
        now=now,
    )
    response = HttpResponse(file.content, content_type=file.kind)
    name = f"needs-{chart.name}-{timezone.localtime(now):%Y%m%d-%H%M}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _view(request: HttpRequest, now: datetime) -> AnalysisFilter:
    projects, current = access.current_projects(request), access.current_project(request)
    request.GET = with_defaults(request.GET, current, now)  # type: ignore[assignment]
    sides = sides_of(reader(request).role)
    return AnalysisFilter(request.GET, projects=projects, sides=sides, now=now)


def _chart(request: HttpRequest, name: str) -> Chart:
    """A chart that the reader's role may read; else there is no such page."""
    chart = CHARTS.get(name)
    if chart is None or not chart.open_to(reader(request).role):
        raise Http404
    return chart


def _address(chart: Chart, request: HttpRequest) -> str:
    return f"{reverse('need_chart', args=[chart.name])}?{request.GET.urlencode()}"


def _about(
    chart: Chart, view: AnalysisFilter, request: HttpRequest, now: datetime
) -> dict[str, Any]:
    figures = chart.read(view.scope)
    return {
        "chart": chart,
        "figures": figures,
        "table": shown(figures),
        "funnel": bars(figures) if chart.kind == "funnel" else [],
        "counted": str(chart.counted) % {"count": f"{figures.count:,}"},
        "period": gettext("今起十二個月") if chart.ahead else view.period,
        "currency": view.currency,
        "address": _address(chart, request),
        "query": request.GET.urlencode(),
        "least": LEAST,
        "now": now,
    }
