"""Taking the evidence pack of a case out: at once, or in the background where it holds much."""

import tempfile
from datetime import datetime

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from disputes import packs
from disputes.models import Case
from disputes.queries.queue import cases_in
from leads import access
from leads.access import OVERSEERS, for_roles, reader
from leads.models import Staff

from .. import services, tasks
from ..forms import PackForm

DIRECTLY = 8 * 1024 * 1024
"""Up to so many bytes of evidence are answered at once; more are packed in the background."""


@for_roles(*OVERSEERS)
@require_POST
def case_pack(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The evidence pack of a case as the reader saw it; the log says who took out which bytes."""
    now, by = timezone.now(), reader(request)
    case = cases_in(access.current_projects(request)).filter(pk=pk).first()
    if case is None:
        raise Http404
    form = PackForm(request.POST)
    if not form.is_valid() or form.cleaned_data["version"] != case.version:
        messages.error(request, gettext("案件在你打開之後變了。看過新的案卷，再取一次證據包。"))
        return redirect("case_file", case.pk)
    if packs.weight(case) <= DIRECTLY:
        try:
            return _directly(case, by, now)
        except packs.CaseMoved as moved:
            messages.error(request, str(moved.message))
            return redirect("case_file", case.pk)
    query = urlencode({"case": str(case.pk), tasks.LANGUAGE: get_language() or ""})
    key = form.cleaned_data["key"]
    wanted = services.start_export(by=by, form="zip", query=query, rows=0, key=key, now=now)
    if tasks.enqueue(wanted.key):
        messages.success(request, gettext("證據包正在產生，完成後鈴鐺會通知。"))
    else:
        messages.warning(request, gettext("背景服務暫時連不上；證據包已排隊，恢復後自動開始。"))
    return redirect("export", wanted.key)


def _directly(case: Case, by: Staff, now: datetime) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    pack = packs.write(file, case, lambda _members: None)
    services.note_pack(
        case_id=case.pk, lead_id=case.lead_id, sha256=pack.sha256, size=pack.size, by=by, now=now
    )
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=packs.name_of(case), content_type="application/zip"
    )
