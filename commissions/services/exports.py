"""The doors of reports: taken out at once, or written in the background."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from leads.journal import door
from leads.models import Disclosure, Notification, Staff

from ..models import Export

READY = {
    False: gettext_noop("匯出完成：%(name)s，共 %(rows)s 列。24 小時內可下載。"),
    True: gettext_noop("匯出完成：%(name)s。24 小時內可下載。"),
}
UNFINISHED = (Export.State.WAITING, Export.State.RUNNING)


@door
def note_export(*, by: Staff, form: str, query: str, rows: int, now: datetime) -> None:
    """Write down that someone took a report out: which one, how many rows, when."""
    _disclose(by, form, query, rows, now)


@door
def start_export(
    *, by: Staff, form: str, query: str, rows: int, key: UUID, now: datetime
) -> Export:
    """Ask for a report to be written in the background; the same `key` asks once."""
    export, new = Export.objects.get_or_create(
        key=key,
        defaults={"staff": by, "form": form, "query": query, "total": rows, "asked_at": now},
    )
    if new:
        _disclose(by, form, query, rows, now)
    return export


@door
def note_pack(
    *, case_id: int, lead_id: int, sha256: str, size: int, by: Staff, now: datetime
) -> None:
    """Write down that an evidence pack was taken out: of which case, and which bytes they were."""
    what = {"report": "case_pack", "form": "zip", "case": case_id, "sha256": sha256, "size": size}
    Disclosure.objects.create(
        staff=by, kind=Disclosure.Kind.EXPORT, lead_id=lead_id, what=what, at=now
    )


@door
def cancel_export(*, key: UUID, by: Staff, now: datetime) -> None:
    """Stop one's own report; what is finished already stays."""
    Export.objects.filter(key=key, staff=by, state__in=UNFINISHED).update(
        state=Export.State.CANCELLED, finished_at=now
    )


@door
def begin_export(*, key: UUID, rows: int, by: Staff, now: datetime) -> bool:
    """A worker begins to write, or begins again. False where nobody wants the file any more."""
    found = Export.objects.filter(key=key, staff=by, state__in=UNFINISHED)
    return bool(found.update(state=Export.State.RUNNING, done=0, total=rows))


@door
def advance_export(*, key: UUID, done: int, by: Staff, now: datetime) -> bool:
    """So many rows are written. False where nobody wants the file any more."""
    export = Export.objects.select_for_update().get(key=key, staff=by)
    export.done, export.total = done, max(done, export.total)
    export.save(update_fields=["done", "total"])
    return export.state == Export.State.RUNNING


@door
def finish_export(
    *, key: UUID, file: str, rows: int, name: str, url: str, by: Staff, now: datetime
) -> bool:
    """The file lies ready: its link is in the bell. False where nobody wants it any more."""
    export = Export.objects.select_for_update().get(key=key, staff=by)
    if export.state != Export.State.RUNNING:
        return False
    export.state, export.file, export.finished_at = Export.State.DONE, file, now
    export.done = export.total = rows
    export.save()
    Notification.objects.create(
        staff=by,
        text=READY[export.form == "zip"],
        values={"name": name, "rows": rows},
        url=url,
        created_at=now,
    )
    return True


@door
def fail_export(*, key: UUID, by: Staff, now: datetime) -> None:
    """Writing broke off for good; the page says so and offers another try."""
    Export.objects.filter(key=key, staff=by, state__in=UNFINISHED).update(
        state=Export.State.FAILED, finished_at=now
    )


@door
def forget_export(*, key: UUID, by: Staff, now: datetime) -> None:
    """The file was deleted after its day."""
    Export.objects.filter(key=key, staff=by).update(file="")


def _disclose(by: Staff, form: str, query: str, rows: int, now: datetime) -> None:
    report = "case_pack" if form == "zip" else "commission"
    what: dict[str, Any] = {"report": report, "form": form, "query": query, "rows": rows}
    Disclosure.objects.create(staff=by, kind=Disclosure.Kind.EXPORT, what=what, at=now)
