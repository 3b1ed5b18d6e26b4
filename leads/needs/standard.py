"""The items that every project begins with, on each side; their names are put into any language.

They are rows, so that needs can point at them, kept by `keep_standard_items` after each migration.
"""

from typing import Any

from django.apps import apps as installed
from django.utils.translation import gettext_noop as _

from .models import Side

STANDARD = (
    (Side.MANAGEMENT, "environment", _("環境衛生")),
    (Side.MANAGEMENT, "greening", _("綠化")),
    (Side.MANAGEMENT, "repairs", _("維修保養")),
    (Side.MANAGEMENT, "water_power", _("供水供電")),
    (Side.MANAGEMENT, "lifts", _("電梯運行")),
    (Side.SERVICE, "manner", _("接待態度")),
    (Side.SERVICE, "surroundings", _("接待環境")),
    (Side.SERVICE, "complaints", _("投訴處理")),
    (Side.SERVICE, "follow_up", _("後續跟進")),
    (Side.BUSINESS, "motive", _("購買動機")),
    (Side.BUSINESS, "pattern", _("購買習慣")),
    (Side.BUSINESS, "orientation", _("需求取向")),
    (Side.BUSINESS, "plan", _("購買計劃")),
)
"""Side, code, name: in the order in which they are shown."""


def keep_standard_items(using: str, apps: Any = installed, **_: Any) -> None:
    """Write those that are not there yet; a second time changes nothing.

    Hears of every migration, also of one that takes the table away; and of every emptying of all
    tables, which names no models of its own.
    """
    try:
        item_of = apps.get_model("leads", "NeedItem")
    except LookupError:
        return
    known = set(item_of.objects.using(using).filter(project=None).values_list("code", flat=True))
    item_of.objects.using(using).bulk_create(
        [
            item_of(side=side, code=code, name=name, position=position)
            for position, (side, code, name) in enumerate(STANDARD, 1)
            if code not in known
        ],
        ignore_conflicts=True,
    )
