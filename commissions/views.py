"""The pages of commissions: report and its exports, an agent's statement, the deals of a client."""

import tempfile
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads import access
from leads.access import DECIDERS, PAYERS, for_roles, reader
from leads.models import Lead, Role, Staff

from . import exports, services, tasks
from .forms import DealForm, ExportForm
from .models import Export, Line
from .queries import deals, months, views_of
from .queries import report as reports
from .queries import statement as statements

LINES_A_PAGE = 50
MONTHS_BACK = 13
"""How many months the statement offers, this one included."""
DIRECTLY = 5000
"""Up to so many rows are answered at once; more are written in the background."""
CLOSERS = (Role.AGENT, *DECIDERS)
"""Those who record deals."""


# --- The report -----------------------------------------------------------------------------------


@for_roles(*PAYERS)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Who is due how much, in which state, and why; a view is an address."""
    now = timezone.now()
    projects = access.current_projects(request)
    request.GET = views_of.with_defaults(request.GET, access.current_project(request), now)  # type: ignore[assignment]
    view = views_of.report_view(request.GET, projects)
    totals = reports.totals(view.filter.qs)
    paginator = Paginator(view.lines, LINES_A_PAGE)
    paginator.count = totals.lines
    page = paginator.get_page(request.GET.get("page"))
    sums = reports.per_agent(view.filter.qs)
    context = {
        "filter": view.filter,
        "page_obj": page,
        "totals": totals,
        "sums": sums,
        "chart": _chart(sums),
        "currency": view.filter.currency,
        "query": request.GET.urlencode(),
        "key": uuid4(),
        "jobs": _jobs(request, now),
        "now": now,
        "directly": totals.lines <= DIRECTLY,
        "may_open_cases": reader(request).role in DECIDERS,
    }
    return render(request, "commissions/report.html", context)


def _chart(sums: list[reports.AgentSum]) -> dict[str, Any]:
    shown = reports.bars(sums, gettext("其他"))
    return {
        "unit": "money",
        "names": [one.name for one in shown],
        "series": [
            {"name": gettext("已放"), "tone": "paid", "values": [s.released_cents for s in shown]},
            {"name": gettext("扣留"), "tone": "held", "values": [s.held_cents for s in shown]},
            {
                "name": gettext("沖回"),
                "tone": "reversed",
                "values": [s.reversed_cents for s in shown],
            },
        ],
    }


# --- Exports --------------------------------------------------------------------------------------


@for_roles(*PAYERS)
@require_POST
def export_start(request: HttpRequest) -> HttpResponseBase:
    """Take out exactly what the view shows: at once, or in the background when it is long."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("這份匯出的條件讀不懂，請從報表重新按一次匯出。"))
        return redirect("report")
    now, by = timezone.now(), reader(request)
    given = form.cleaned_data
    query = QueryDict(given["query"], mutable=True)
    view = views_of.report_view(query, access.current_projects(request))
    rows = view.filter.qs.count()
    if rows <= DIRECTLY:
        answer = _directly(given["form"], view, by, now)
        services.note_export(by=by, form=given["form"], query=given["query"], rows=rows, now=now)
        return answer
    query[tasks.LANGUAGE] = get_language() or ""
    wanted = services.start_export(
        by=by, form=given["form"], query=query.urlencode(), rows=rows, key=given["key"], now=now
    )
    if tasks.enqueue(wanted.key):
        messages.success(request, gettext("匯出已開始，完成後鈴鐺會通知。"))
    else:
        messages.warning(request, gettext("背景服務暫時連不上；這份匯出已排隊，恢復後自動開始。"))
    return redirect(f"{reverse('report')}?{given['query']}")


def _directly(form: str, view: views_of.View, by: Staff, now: datetime) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    about = exports.About(view.filter.in_words(), now, by.name)
    exports.write(form, file, view.lines, about, lambda _rows: True)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_file_name(form, now))


def _file_name(form: str, moment: datetime) -> str:
    return f"{gettext('業績明細')}-{timezone.localtime(moment):%Y%m%d-%H%M}.{form}"


@for_roles(*PAYERS)
@require_GET
def export(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far an export is: a fragment that asks again by itself, or a page."""
    job = _job(_own_export(request, key), timezone.now())
    template = "commissions/_job.html" if request.htmx else "commissions/export.html"  # type: ignore[attr-defined]
    return render(request, template, {"job": job})


@for_roles(*PAYERS)
@require_POST
def export_cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop one's own export."""
    now = timezone.now()
    _own_export(request, key)
    services.cancel_export(key=key, by=reader(request), now=now)
    if request.htmx:  # type: ignore[attr-defined]
        job = _job(_own_export(request, key), now)
        return render(request, "commissions/_job.html", {"job": job})
    return redirect("report")


@for_roles(*PAYERS)
@require_GET
def export_file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The finished file, for whoever asked for it, within its day."""
    wanted = _own_export(request, key)
    path = tasks.folder() / wanted.file
    if wanted.state != Export.State.DONE or not wanted.file or not path.is_file():
        job = _job(wanted, timezone.now())
        return render(request, "commissions/export.html", {"job": job}, status=404)
    name = _file_name(wanted.form, wanted.asked_at)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _own_export(request: HttpRequest, key: UUID) -> Export:
    found = Export.objects.filter(key=key, staff=reader(request)).first()
    if found is None:
        raise Http404
    return found


def _jobs(request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    """The reader's latest exports of the last day, for the cards above the report."""
    latest = Export.objects.filter(staff=reader(request), asked_at__gt=now - tasks.KEPT)
    return [_job(one, now) for one in latest.order_by("-asked_at")[:2]]


def _job(wanted: Export, now: datetime) -> dict[str, Any]:
    state = wanted.state
    expired = state == Export.State.DONE and not wanted.file
    waits = (now - wanted.asked_at).total_seconds()
    left = None
    if state == Export.State.RUNNING and wanted.done:
        left = int(waits / wanted.done * (wanted.total - wanted.done)) + 1
    return {
        "name": f"{gettext('業績明細')}.{wanted.form}",
        "state": "failed" if expired else state,
        "error": gettext("檔案只留 24 小時，請再匯出一次") if expired else "",
        "done": wanted.done,
        "total": wanted.total if state != Export.State.WAITING else 0,
        "percent": wanted.done * 100 // wanted.total if wanted.total else 0,
        "seconds_left": left,
        "poll_url": reverse("export", args=[wanted.key]),
        "cancel_url": reverse("export_cancel", args=[wanted.key]),
        "result_url": reverse("export_file", args=[wanted.key]),
        "stuck": state == Export.State.WAITING and waits > tasks.OVERDUE.total_seconds() / 4,
    }


# --- An agent's own -------------------------------------------------------------------------------


@for_roles(Role.AGENT)
@require_GET
def statement(request: HttpRequest) -> HttpResponse:
    """The reader's own commission, month by month, each amount opened to its reasons."""
    now, agent = timezone.now(), reader(request)
    project = access.current_project(request)
    this_month = months.month_of(now, project.zone)
    month = request.GET.get("month", this_month)
    try:
        months.first_day(month)
    except ValueError:
        month = this_month
    lines = statements.month(agent, month, project.zone, now=now)
    page = Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    opened = request.GET.get("open", "")
    chosen = next((one for one in page.object_list if str(one.pk) == opened), None)
    context = {
        "month": month,
        "choices": [months.later(this_month, -back) for back in range(MONTHS_BACK)],
        "before": months.later(month, -1),
        "after": months.later(month, 1) if month < this_month else "",
        "totals": reports.totals(lines),
        "page_obj": page,
        "opened": None if chosen is None else statements.reasons(chosen, agent),
        "currency": project.currency,
        "now": now,
    }
    return render(request, "commissions/statement.html", context)


# --- The deals of a client ------------------------------------------------------------------------


@for_roles(Role.AGENT, *access.OVERSEERS)
@require_GET
def lead_deals(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab of a client's deals, and whose commission follows."""
    lead = access.lead_or_404(request, pk)
    return render(request, "commissions/lead_deals.html", _deals(request, lead))


@for_roles(*CLOSERS)
@require_http_methods(["GET", "POST"])
def deal_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a subscription: an agent on his own client, those who decide on any."""
    lead = access.lead_or_404(request, pk)
    now, by = timezone.now(), reader(request)
    agents = None if by.role == Role.AGENT else list(access.agents_of(lead.project))
    form = DealForm(
        request.POST if request.method == "POST" else None,
        initial={"at": now.astimezone(lead.project.zone).replace(tzinfo=None), "key": uuid4()},
        project=lead.project,
        agents=agents,
    )
    called = lead.person
    context = {"lead": lead, "called": str(called or lead), "form": form, "now": now}
    if request.method == "GET":
        return render(request, "commissions/deal_new.html", context)
    if form.is_valid() and _record(form, lead, agents, by, now):
        return _recorded(request, form, lead, by, now)
    return render(request, "commissions/deal_new.html", context, status=422)


def _record(
    form: DealForm, lead: Lead, agents: list[Staff] | None, by: Staff, now: datetime
) -> bool:
    """Call the door; what it refuses stands in the form."""
    given = form.cleaned_data
    closer = by
    if agents is not None:
        closer = next(one for one in agents if one.pk == given["agent"])
    try:
        services.record_deal(
            lead_id=lead.pk,
            agent=closer,
            unit=given["unit"],
            price_cents=given["price"],
            at=given["at"],
            assisting=given.get("assisting", False),
            note=given["note"],
            by=by,
            now=now,
            key=given["key"],
        )
    except services.UnitTaken as refused:
        form.add_error("unit", refused.message)
    except (services.NoPlan, services.HappenedInTheFuture) as refused:
        form.add_error("at", refused.message)
    except services.Busy as refused:
        form.add_error(None, refused.message)
    return not form.errors


def _recorded(
    request: HttpRequest, form: DealForm, lead: Lead, by: Staff, now: datetime
) -> HttpResponse:
    """Say what followed, and go where the reader may still look."""
    unit = form.cleaned_data["unit"]
    lines = Line.objects.filter(deal__project=lead.project, deal__unit=unit)
    held = any(line.held_cents for line in lines)
    if held:
        said = gettext("已登記認購 %(unit)s；佣金扣留，等案件裁定。") % {"unit": unit}
    else:
        said = gettext("已登記認購 %(unit)s；佣金已計。") % {"unit": unit}
    visible = access.leads_of(by, lead.project).filter(pk=lead.pk).exists()
    if not visible:
        messages.success(request, said)
        return redirect("statement")
    link = format_html('<a href="{}">{}</a>', reverse("lead_why", args=[lead.pk]), _("看依據"))
    messages.success(request, format_html("{} {}", said, link))
    return redirect("lead_deals", pk=lead.pk)


def _deals(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    by = reader(request)
    found = list(deals.deals_of(lead, by)[:LINES_A_PAGE])
    return {
        "lead": lead,
        "deals": found,
        "may_record": by.role in CLOSERS,
        "sees_money": by.role in PAYERS or by.role == Role.AGENT,
        "is_agent": by.role == Role.AGENT,
        "decides": by.role in DECIDERS,
        "reader": by,
        "now": timezone.now(),
    }
