"""The maintained list of what needs are about, on three sides; each project may add and retire.

Keys to the models of leads are by name: `leads.models` gathers these.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """From which of three sides a need is identified; each is a clause."""

    MANAGEMENT = "management", _("管理")
    SERVICE = "service", _("服務")
    BUSINESS = "business", _("經營")


CLAUSES = {Side.MANAGEMENT: "needs/1", Side.SERVICE: "needs/2", Side.BUSINESS: "needs/3"}
"""The clause of each side."""


class NeedItem(models.Model):
    """What a need is about. The standard ones belong to every project and have a `code`.

    It is never changed: another name is another item, so that what was counted stays counted.
    """

    project = models.ForeignKey(
        "leads.Project", models.PROTECT, null=True, blank=True, related_name="need_items"
    )
    """Empty: a standard item, of every project."""
    side = models.CharField(_("方面"), max_length=10, choices=Side)
    code = models.CharField(max_length=12, blank=True)
    name = models.CharField(_("項目"), max_length=20)
    """Of a standard item: a msgid."""
    position = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey("leads.Staff", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("需求項目")
        verbose_name_plural = _("需求項目")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(project=None), name="one_standard_need_item"
            ),
            models.UniqueConstraint(
                fields=["project", "side", "name"],
                condition=Q(project__isnull=False),
                name="one_need_item_of_a_name",
            ),
            models.CheckConstraint(
                condition=Q(project=None) & ~Q(code="")
                | Q(project__isnull=False, code="", by__isnull=False, recorded_at__isnull=False),
                name="need_item_standard_or_own",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="need_item_has_a_name"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="need_item_has_a_side"),
        ]

    def __str__(self) -> str:
        return gettext(self.name) if self.code else self.name

    @property
    def clause(self) -> str:
        """The clause under which it falls."""
        return CLAUSES[Side(self.side)]


class ItemChange(models.Model):
    """A project no longer offers an item, or offers it again; the latest change counts."""

    class Kind(models.TextChoices):
        RETIRED = "retired", _("停用")
        RESTORED = "restored", _("恢復使用")

    item = models.ForeignKey(NeedItem, models.PROTECT, related_name="changes")
    project = models.ForeignKey("leads.Project", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("需求項目變更")
        verbose_name_plural = _("需求項目變更")
        indexes: ClassVar = [
            models.Index(fields=["project", "item", "-id"], name="need_item_latest_change")
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.get_kind_display()}"
