"""The pages of imports: the files, their columns, the verdict of each row, and the signature."""

import tempfile
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from leads import access
from leads.access import DECIDERS, for_roles, reader

from . import downloads, intake, queries, services, tasks
from .files import Refused
from .filters import RowFilter
from .forms import BasisForm, NamesForm, RegisterForm, SignForm, Together, UploadForm
from .models import Import, Register
from .sheets import Unreadable

IMPORTS_A_PAGE = 25
ROWS_A_PAGE = 50
State = Import.State


def _own(request: HttpRequest, key: UUID) -> Import:
    """An import in one of the reader's projects; else there is no such page."""
    found = queries.imports_of(access.current_projects(request)).filter(key=key).first()
    if found is None:
        raise Http404
    return found


@for_roles(*DECIDERS)
@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """The registers that were taken in, the latest first."""
    found = queries.imports_of([access.current_project(request)])
    page = Paginator(found, IMPORTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "leads/imports.html", {"page_obj": page, "now": timezone.now()})


@for_roles(*DECIDERS)
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Bring files. Each is looked at before anything opens it; a refused one stops no other."""
    if request.method == "GET":
        return render(
            request, "leads/import_new.html", {"form": UploadForm(initial={"key": uuid4()})}
        )
    form = UploadForm(request.POST, request.FILES)
    project, now, by = access.current_project(request), timezone.now(), reader(request)
    registers: list[Register] = []
    refused: list[str] = []
    for upload in form.chosen if form.is_valid() else ():
        try:
            registers += intake.take(upload, project, now.astimezone(project.zone).year)
        except Refused as error:
            name = intake.called(upload.name or "")
            refused.append(gettext("%(name)s：%(why)s") % {"name": name, "why": error.message})
    if not registers:
        for said in refused:
            form.add_error("uploads", said)
        return render(request, "leads/import_new.html", {"form": form}, status=422)
    for said in refused:
        messages.error(request, said)
    batch = services.start_import(
        project=project, registers=registers, key=form.cleaned_data["key"], by=by, now=now
    )
    if registers[0].batch_id is None:
        intake.drop(registers)
    return redirect("import_columns", key=batch.key)


@for_roles(*DECIDERS)
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, key: UUID) -> HttpResponse:
    """What each column is, and from when the rows count; then the dry run."""
    batch, by = _own(request, key), reader(request)
    if batch.state not in (State.DRAFT, State.CHECKED):
        return redirect("import_rows", key=key)
    sent = request.POST if request.method == "POST" else None
    forms = [RegisterForm(sent, register=one) for one in batch.registers.all()]
    basis = BasisForm(sent, reader=by, initial={"basis": batch.basis})
    context = {"batch": batch, "forms": forms, "basis": basis, "together": Together(forms)}
    if sent is None:
        return render(request, "leads/import_columns.html", context)
    if not all([form.is_valid() for form in forms] + [basis.is_valid()]):
        return render(request, "leads/import_columns.html", context, status=422)
    taken = [form for form in forms if form.rereads or form.takes]
    if not taken:
        basis.add_error(None, gettext("至少要匯入一張表：在「這張表是」選出它是哪一種。"))
        return render(request, "leads/import_columns.html", context, status=422)
    return _read_or_check(request, batch, forms, basis.cleaned_data["basis"])


def _read_or_check(
    request: HttpRequest, batch: Import, forms: list[RegisterForm], basis: str
) -> HttpResponse:
    """Read the files in another way where that was chosen; else begin the dry run."""
    now, by = timezone.now(), reader(request)
    reread = [form for form in forms if form.rereads]
    for form in forms:
        year = form.register.year
        form.apply()
        if form not in reread:
            continue
        kept = form.register.year if form.register.year != year else None
        try:
            intake.look(form.register, batch.project, form.register.year, form.register.heading_row)
        except (Unreadable, FileNotFoundError):
            messages.error(request, gettext("這樣讀不出資料，請換一種讀法。"))
            return redirect("import_columns", key=batch.key)
        form.register.year = kept or form.register.year
    started = services.set_columns(
        key=batch.key,
        registers=[form.register for form in forms],
        basis=basis,
        check=not reread,
        by=by,
        now=now,
    )
    if not started:
        messages.error(request, services.StaleImport.message)
        return redirect("import_rows", key=batch.key)
    if reread:
        messages.success(request, gettext("照新的讀法讀過了，請再看一次欄位。"))
        return redirect("import_columns", key=batch.key)
    _enqueue(request, batch.key)
    return redirect("import_rows", key=batch.key)


def _enqueue(request: HttpRequest, key: UUID) -> None:
    if not tasks.enqueue(key):
        messages.warning(request, gettext("背景服務暫時連不上；已排隊，恢復後自動開始。"))


@for_roles(*DECIDERS)
@require_GET
@never_cache
def import_rows(request: HttpRequest, key: UUID) -> HttpResponse:
    """The verdict of each row, what would follow, and what is to be signed."""
    batch, now = _own(request, key), timezone.now()
    if batch.state == State.DRAFT:
        return redirect("import_columns", key=key)
    return render(request, "leads/import_rows.html", _page(request, batch, now, None))


def _page(
    request: HttpRequest, batch: Import, now: datetime, sign: SignForm | None
) -> dict[str, Any]:
    by = reader(request)
    working = batch.state in services.WORKING
    narrowed = RowFilter(
        request.GET, queryset=batch.rows.select_related("register", "agent"), batch=batch
    )
    rows = narrowed.qs.order_by("register__position", "number")
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    checked = batch.state == State.CHECKED
    names = queries.unknown_names(batch) if checked and batch.counts.get("error") else []
    agents = list(access.agents_of(batch.project)) if names else []
    return {
        "batch": batch,
        "job": _job(batch, now),
        "working": working,
        "checked": checked,
        "filter": narrowed,
        "page_obj": page,
        "rows": [] if working else queries.shown(page.object_list, by, batch.project),
        "summary": queries.summary(batch) if checked else None,
        "names": NamesForm(names=names, agents=agents) if names else None,
        "sign": sign or SignForm(batch=batch, initial={"version": batch.version}),
        "importable": batch.counts.get("new", 0) + batch.counts.get("conflict", 0),
        "may_sign": batch.basis != Import.Basis.OPENING or by.role in services.SIGNERS,
        "opening": batch.basis == Import.Basis.OPENING,
        "kept_days": tasks.KEPT.days,
        "narrowed": any(narrowed.data.get(name) for name in narrowed.filters),
        "now": now,
    }


@for_roles(*DECIDERS)
@require_GET
@never_cache
def import_progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far it is: a fragment that asks again by itself; at the end the page loads anew."""
    batch = _own(request, key)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("import_rows", key=key)
    if batch.state not in services.WORKING:
        return HttpResponseClientRefresh()
    return render(request, "leads/_import_job.html", {"job": _job(batch, timezone.now())})


def _job(batch: Import, now: datetime) -> dict[str, Any]:
    begun = batch.begun_at or now
    left = None
    if batch.state == State.RUNNING and batch.done:
        took = (now - begun).total_seconds()
        left = int(took / batch.done * (batch.total - batch.done)) + 1
    silent = (now - (batch.beat_at or begun)).total_seconds()
    return {
        "checking": batch.state == State.CHECKING,
        "done": batch.done,
        "total": batch.total if batch.state == State.RUNNING else 0,
        "percent": batch.done * 100 // batch.total if batch.total else 0,
        "seconds_left": left,
        "poll_url": reverse("import_progress", args=[batch.key]),
        "cancel_url": reverse("import_cancel", args=[batch.key]),
        "stuck": silent > tasks.SILENT.total_seconds() / 4,
    }


@for_roles(*DECIDERS)
@require_POST
def import_agents(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say once whom the unknown names mean; the rows are judged again."""
    batch = _own(request, key)
    form = NamesForm(
        request.POST,
        names=queries.unknown_names(batch),
        agents=list(access.agents_of(batch.project)),
    )
    if not form.is_valid() or not form.chosen:
        messages.error(request, gettext("還沒有選：在名字旁邊選出是哪一位顧問。"))
        return redirect("import_rows", key=key)
    now, by = timezone.now(), reader(request)
    if services.explain_agents(key=key, names=form.chosen, by=by, now=now):
        _enqueue(request, key)
    else:
        messages.error(request, services.StaleImport.message)
    return redirect("import_rows", key=key)


@for_roles(*DECIDERS)
@require_POST
def import_sign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let the rows be written down, as the page showed them."""
    batch, now, by = _own(request, key), timezone.now(), reader(request)
    form = SignForm(request.POST, batch=batch)
    if form.is_valid():
        try:
            services.sign_import(
                key=key,
                version=form.cleaned_data["version"],
                with_conflicts=form.cleaned_data.get("with_conflicts", False),
                reason=form.cleaned_data.get("reason", ""),
                by=by,
                now=now,
            )
        except services.StaleImport as refused:
            messages.error(request, str(refused.message))
            return redirect("import_rows", key=key)
        except (services.NotSigned, services.NothingToImport) as refused:
            form.add_error(None, refused.message)
        else:
            _enqueue(request, key)
            return redirect("import_rows", key=key)
    if batch.state != State.CHECKED:
        messages.error(request, str(services.StaleImport.message))
        return redirect("import_rows", key=key)
    return render(request, "leads/import_rows.html", _page(request, batch, now, form), status=422)


@for_roles(*DECIDERS)
@require_POST
def import_cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop; what is written stays."""
    _own(request, key)
    if services.cancel_import(key=key, by=reader(request), now=timezone.now()):
        messages.success(request, gettext("已停下；寫下的留著，其餘不匯入。"))
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return redirect("import_rows", key=key)


@for_roles(*DECIDERS)
@require_POST
def import_file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The rows that were not taken in, with their reasons, to mend and send again."""
    batch, now, by = _own(request, key), timezone.now(), reader(request)
    form = "csv" if request.POST.get("form") == "csv" else "xlsx"
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    rows = downloads.write(form, file, batch)
    file.seek(0)
    services.note_download(batch=batch, rows=rows, by=by, now=now)
    name = f"{gettext('未匯入的列')}-{timezone.localtime(batch.asked_at):%Y%m%d-%H%M}.{form}"
    return FileResponse(file, as_attachment=True, filename=name)
