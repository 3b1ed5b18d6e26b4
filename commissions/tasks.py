"""Reports and evidence packs written in the background, and the sweeps that make sure of them."""

import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import IO
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from disputes import packs
from disputes.queries.queue import cases_in
from leads.access import OVERSEERS, PAYERS, projects_of
from leads.alone import alone
from leads.models import Project

from . import exports, services
from .models import Export
from .queries import views_of

log = logging.getLogger(__name__)

KEPT = timedelta(hours=24)
OVERDUE = timedelta(minutes=1)
LANGUAGE = "lang"
"""What the address of an exported view says besides its filter: the language asked in."""


def folder() -> Path:
    """Where the files lie; nobody but the view reads there."""
    found = Path(settings.MEDIA_ROOT) / "exports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def enqueue(key: UUID) -> bool:
    """Hand a report to the workers. False where Redis is gone: the sweep will find its row."""
    try:
        write_export.delay(str(key))
    except (OperationalError, RedisError, OSError):
        log.warning("export %s waits: Redis does not answer", key)
        return False
    return True


@shared_task
def write_export(key: str) -> None:
    """Write one report, unless another worker is at it; it may be begun again from the start."""
    with alone(UUID(key)) as granted:
        if granted:
            _write(UUID(key))


def _write(key: UUID) -> None:
    export = Export.objects.select_related("staff").filter(key=key).first()
    if export is None or export.state not in services.UNFINISHED:
        return
    query = QueryDict(export.query)
    with translation.override(query.get(LANGUAGE) or settings.LANGUAGE_CODE):
        try:
            _write_file(export, query)
        except exports.Cancelled:
            log.info("export %s cancelled", key)
        except Exception:
            services.fail_export(key=key, by=export.staff, now=timezone.now())
            raise


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be written: how many rows, under which name, and how."""

    rows: int
    name: str
    write: Callable[[IO[bytes], exports.Progress], int]


def _report(export: Export, query: QueryDict, projects: list[Project]) -> _Job | None:
    if export.staff.role not in PAYERS:
        return None
    view = views_of.report_view(query, projects)
    about = exports.About.of(view, export.staff.name, timezone.now())

    def write(file: IO[bytes], on: exports.Progress) -> int:
        return exports.write(export.form, file, view.lines, about, on).rows

    return _Job(view.filter.qs.count(), f"{gettext('業績明細')}.{export.form}", write)


def _pack(export: Export, query: QueryDict, projects: list[Project]) -> _Job | None:
    number, staff = query.get("case", ""), export.staff
    wanted = cases_in(projects).filter(pk=int(number) if number.isdecimal() else 0)
    case = wanted.first() if staff.role in OVERSEERS else None
    if case is None:
        return None

    def write(file: IO[bytes], on: exports.Progress) -> int:
        pack = packs.write(file, case, partial(_go_on, on))
        services.note_pack(
            case_id=case.pk, lead_id=case.lead_id, sha256=pack.sha256, size=pack.size, by=staff,
            now=timezone.now(),
        )  # fmt: skip
        return pack.members

    return _Job(0, packs.name_of(case), write)


def _go_on(on: exports.Progress, done: int) -> None:
    if not on(done):
        raise exports.Cancelled


def _write_file(export: Export, query: QueryDict) -> None:
    staff, now = export.staff, timezone.now()
    projects = list(projects_of(staff))
    make = _pack if export.form == "zip" else _report
    job = make(export, query, projects) if staff.is_active and projects else None
    if job is None:
        services.fail_export(key=export.key, by=staff, now=now)
        return
    if not services.begin_export(key=export.key, rows=job.rows, by=staff, now=now):
        return
    handle, unfinished = tempfile.mkstemp(dir=folder(), suffix=".part")
    try:
        with os.fdopen(handle, "w+b") as file:
            rows = job.write(
                file,
                lambda done: services.advance_export(
                    key=export.key, done=done, by=staff, now=timezone.now()
                ),
            )
        name = f"{export.key}.{export.form}"
        os.replace(unfinished, folder() / name)
    finally:
        Path(unfinished).unlink(missing_ok=True)
    wanted = services.finish_export(
        key=export.key,
        file=name,
        rows=rows,
        name=job.name,
        url=reverse("export_file", args=[export.key]),
        by=staff,
        now=timezone.now(),
    )
    if not wanted:
        (folder() / name).unlink(missing_ok=True)


@shared_task
def sweep_exports() -> int:
    """Enqueue again what waits for more than a minute: Redis was lost, or a worker died."""
    before = timezone.now() - OVERDUE
    waiting = Export.objects.filter(state__in=services.UNFINISHED, asked_at__lt=before)
    return sum(enqueue(key) for key in waiting.values_list("key", flat=True))


@shared_task
def expire_exports() -> int:
    """Delete the files that are older than a day."""
    now = timezone.now()
    old = Export.objects.filter(finished_at__lt=now - KEPT).exclude(file="")
    found = list(old.select_related("staff"))
    for export in found:
        (folder() / export.file).unlink(missing_ok=True)
        services.forget_export(key=export.key, by=export.staff, now=now)
    for part in folder().glob("*.part"):
        if part.stat().st_mtime < (now - KEPT).timestamp():
            part.unlink(missing_ok=True)
    return len(found)
