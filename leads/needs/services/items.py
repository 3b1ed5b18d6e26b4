"""The doors of the list of items: a project adds its own and retires what it does not use."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from ...journal import door
from ...models import Project, Staff
from ..models import ItemChange, NeedItem, Side


class ItemTaken(ValueError):
    """The project has an item of that name on that side."""

    message: Any = _("這一方面已有同名的項目。停用的也算：要再用就把它恢復。")


@door
def add_item(
    *, project: Project, side: str, name: str, by: Staff, now: datetime, key: UUID
) -> NeedItem:
    """A project's own item, offered from now on; the same `key` is one item. Raises ItemTaken."""
    known = NeedItem.objects.filter(key=key).first()
    if known is not None:
        return known
    standard = NeedItem.objects.filter(project=None, side=side)
    if name in {text for item in standard for text in (item.name, str(item))}:
        raise ItemTaken
    last = NeedItem.objects.filter(project=project).aggregate(last=Max("position"))["last"]
    try:
        with transaction.atomic():
            return NeedItem.objects.create(
                project=project,
                side=Side(side),
                name=name,
                position=(last or 100) + 1,
                by=by,
                recorded_at=now,
                key=key,
            )
    except IntegrityError as error:
        known = NeedItem.objects.filter(key=key).first()
        if known is None:
            raise ItemTaken from error
        return known


@door
def retire_item(
    *, item: NeedItem, project: Project, by: Staff, now: datetime, key: UUID, note: str = ""
) -> None:
    """The project no longer offers an item; what was recorded under it stays."""
    _change(item, project, ItemChange.Kind.RETIRED, by, now, key, note)


@door
def restore_item(
    *, item: NeedItem, project: Project, by: Staff, now: datetime, key: UUID, note: str = ""
) -> None:
    """The project offers an item again."""
    _change(item, project, ItemChange.Kind.RESTORED, by, now, key, note)


def _change(
    item: NeedItem,
    project: Project,
    kind: ItemChange.Kind,
    by: Staff,
    now: datetime,
    key: UUID,
    note: str,
) -> None:
    last = ItemChange.objects.filter(item=item, project=project).order_by("-pk").first()
    stands = ItemChange.Kind.RESTORED if last is None else last.kind
    if stands != kind:
        ItemChange.objects.get_or_create(
            key=key,
            defaults={
                "item": item,
                "project": project,
                "kind": kind,
                "note": note,
                "by": by,
                "recorded_at": now,
            },
        )
