"""Taking a report out: at once, or in the background with its progress and its file."""

import tempfile
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from leads import access
from leads.access import OVERSEERS, PAYERS, for_roles, reader
from leads.models import Staff

from .. import exports as files
from .. import services, tasks
from ..forms import ExportForm
from ..models import Export
from ..queries import views_of

DIRECTLY = 5000
"""Up to so many rows are answered at once; more are written in the background."""


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
    about = files.About.of(view, by.name, now)
    files.write(form, file, view.lines, about, lambda _rows: True)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_file_name(form, now))


def _file_name(form: str, moment: datetime) -> str:
    return f"{gettext('業績明細')}-{timezone.localtime(moment):%Y%m%d-%H%M}.{form}"


@for_roles(*OVERSEERS)
@require_GET
def export(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far an export is: a fragment that asks again by itself, or a page."""
    job = _job(_own_export(request, key), timezone.now())
    template = "commissions/_job.html" if request.htmx else "commissions/export.html"  # type: ignore[attr-defined]
    return render(request, template, {"job": job})


@for_roles(*OVERSEERS)
@require_POST
def export_cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop one's own export."""
    now = timezone.now()
    wanted = _own_export(request, key)
    services.cancel_export(key=key, by=reader(request), now=now)
    if request.htmx:  # type: ignore[attr-defined]
        job = _job(_own_export(request, key), now)
        return render(request, "commissions/_job.html", {"job": job})
    case = case_of(wanted)
    return redirect("report") if case is None else redirect("case_file", case)


@for_roles(*OVERSEERS)
@require_GET
def export_file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The finished file, for whoever asked for it, within its day."""
    wanted = _own_export(request, key)
    path = tasks.folder() / wanted.file
    if wanted.state != Export.State.DONE or not wanted.file or not path.is_file():
        job = _job(wanted, timezone.now())
        return render(request, "commissions/export.html", {"job": job}, status=404)
    name = _name(wanted)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _name(wanted: Export) -> str:
    """What the file is called: a report by its day, a pack by its case and nothing else."""
    case = case_of(wanted)
    return _file_name(wanted.form, wanted.asked_at) if case is None else f"C-{case:04d}.zip"


def case_of(wanted: Export) -> int | None:
    """The case whose evidence pack it is; None for a report."""
    number = QueryDict(wanted.query).get("case", "")
    return int(number) if wanted.form == "zip" and number.isdecimal() else None


def _own_export(request: HttpRequest, key: UUID) -> Export:
    found = Export.objects.filter(key=key, staff=reader(request)).first()
    if found is None:
        raise Http404
    return found


def jobs(request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    """The reader's latest exports of the last day, for the cards above the report."""
    mine = Export.objects.filter(staff=reader(request)).exclude(form="zip")
    latest = mine.filter(asked_at__gt=now - tasks.KEPT)
    return [_job(one, now) for one in latest.order_by("-asked_at")[:2]]


def _job(wanted: Export, now: datetime) -> dict[str, Any]:
    state, case = wanted.state, case_of(wanted)
    expired = state == Export.State.DONE and not wanted.file
    waits = (now - wanted.asked_at).total_seconds()
    left = None
    if state == Export.State.RUNNING and wanted.done:
        left = int(waits / wanted.done * (wanted.total - wanted.done)) + 1
    return {
        "name": f"{gettext('業績明細')}.{wanted.form}" if case is None else _name(wanted),
        "case": case,
        "state": "failed" if expired else state,
        "error": gettext("檔案只留 24 小時，請再匯出一次") if expired else "",
        "done": wanted.done,
        "total": wanted.total if state != Export.State.WAITING and case is None else 0,
        "percent": wanted.done * 100 // wanted.total if wanted.total else 0,
        "seconds_left": left,
        "poll_url": reverse("export", args=[wanted.key]),
        "cancel_url": reverse("export_cancel", args=[wanted.key]),
        "result_url": reverse("export_file", args=[wanted.key]),
        "stuck": state == Export.State.WAITING and waits > tasks.OVERDUE.total_seconds() / 4,
    }
