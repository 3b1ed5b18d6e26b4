"""The dry run and the import in the background; both go on after a worker died."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_noop
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from leads.access import DECIDERS, projects_of
from leads.alone import alone
from leads.models import Staff

from . import queries, services
from .files import folder, stored
from .models import Import, Register
from .sheets import Unreadable

log = logging.getLogger(__name__)

MOST_ROWS = 120_000
AT_ONCE = 25
"""So many rows share a transaction; the parties of all of them are locked that long."""
PATIENCE = 5
SILENT = timedelta(minutes=1)
KEPT = timedelta(days=14)
"""How long files and rows are kept after the import ended, or was forgotten about."""
TOO_LONG = gettext_noop("超過十二萬列。請按月份分成幾次匯入。")
BROKE_OFF = gettext_noop("檔案讀到一半就斷了。請在 Excel 打開並另存新檔，再上傳。")
GONE = gettext_noop("上傳的檔案不在了，請重新上傳。")
NOT_ALLOWED = gettext_noop("匯入的人已不在這個專案，或職務變了。")


def enqueue(key: UUID) -> bool:
    """Hand an import to the workers. False where Redis is gone: the sweep will find its row."""
    try:
        work_at_import.delay(str(key))
    except (OperationalError, RedisError, OSError):
        log.warning("import %s waits: Redis does not answer", key)
        return False
    return True


@shared_task
def work_at_import(key: str) -> None:
    """Do what an import waits for, unless another worker is at it."""
    with alone(UUID(key)) as granted:
        if not granted:
            return
        batch = Import.objects.select_related("project", "staff", "signed_by").filter(key=key)
        found = batch.first()
        if found is None:
            return
        if found.state == Import.State.CHECKING:
            _check(found)
        elif found.state == Import.State.RUNNING:
            _write(found)


def _told(batch: Import, by: Staff) -> dict[str, Any]:
    return {"key": batch.key, "by": by, "now": timezone.now()}


def _may(by: Staff, batch: Import) -> bool:
    return by.is_active and by.role in DECIDERS and batch.project in projects_of(by)


def _check(batch: Import) -> None:
    by = batch.staff
    if not _may(by, batch):
        services.fail_import(error=NOT_ALLOWED, **_told(batch, by))
        return
    try:
        _judge(batch, by)
    except Unreadable:
        log.warning("import %s cannot be read to its end", batch.key, exc_info=True)
        services.fail_import(error=BROKE_OFF, **_told(batch, by))
    except FileNotFoundError:
        services.fail_import(error=GONE, **_told(batch, by))


def _judge(batch: Import, by: Staff) -> None:
    registers = [one for one in batch.registers.all() if one.kind != Register.Kind.NONE]
    if not services.begin_rows(total=0, **_told(batch, by)):
        return
    opened = queries.opened_at(batch, timezone.now())
    aliases: dict[str, str] = {}
    rows = 0
    for register in registers:
        for lot in queries.body_of(register):
            rows += len(lot)
            if rows > MOST_ROWS:
                services.fail_import(error=TOO_LONG, **_told(batch, by))
                return
            stored_ = services.store_rows(
                register=register, rows=lot, opened=opened, aliases=aliases, **_told(batch, by)
            )
            if not stored_:
                return
    now = timezone.now()
    for drafts in queries.to_foresee(batch):
        if not services.foresee_rows(key=batch.key, rows=drafts, by=by, now=now):
            return
    services.finish_check(**_told(batch, by))


def _write(batch: Import) -> None:
    by = batch.signed_by
    if by is None or not _may(by, batch):
        services.fail_import(error=NOT_ALLOWED, **_told(batch, batch.staff))
        return
    busy, limit, singly = 0, AT_ONCE, 0
    while True:
        try:
            done = services.import_rows(limit=limit, **_told(batch, by))
        except services.Busy:
            busy += 1
            if busy > PATIENCE:
                log.warning("import %s waits: its clients are busy", batch.key)
                return
            continue
        except Exception:
            if limit > 1:
                # One of them cannot be written: the others shall not wait for it.
                limit, singly = 1, AT_ONCE
                continue
            log.exception("import %s: a row cannot be written", batch.key)
            services.refuse_row(**_told(batch, by))
            done = 1
        if not done:
            break
        busy, singly = 0, singly - done
        limit = 1 if singly > 0 else AT_ONCE
    services.finish_import(**_told(batch, by))


@shared_task
def sweep_imports() -> int:
    """Enqueue again what nobody has worked at for a minute: Redis was lost, or a worker died."""
    waiting = queries.unfinished(services.WORKING, timezone.now() - SILENT)
    return sum(enqueue(key) for key in waiting)


@shared_task
def expire_imports() -> int:
    """Remove files and rows after two weeks; of how many imports. The journal keeps its events."""
    now = timezone.now()
    old = queries.to_forget(now - KEPT)
    for batch in old:
        names = {register.file for register in batch.registers.all() if register.file}
        services.forget_import(key=batch.key, by=None, now=now)
        for name in names:
            stored(name).unlink(missing_ok=True)
    for path in folder().iterdir():
        # An upload that broke off left a file that nobody knows of.
        if path.stat().st_mtime < (now - 2 * KEPT).timestamp():
            path.unlink(missing_ok=True)
    return len(old)
