"""Reports written in the background."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leads.models import Staff


class Export(models.Model):
    """A report being written in the background: what was asked, how far it is, where it lies."""

    class State(models.TextChoices):
        WAITING = "waiting", _("排隊中")
        RUNNING = "running", _("產生中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失敗")
        CANCELLED = "cancelled", _("已取消")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="exports")
    form = models.CharField(
        max_length=4, choices=[("csv", "CSV"), ("xlsx", "XLSX"), ("zip", "ZIP")]
    )
    query = models.TextField(blank=True)
    """The filter, as the address of the view that it exports; of a pack, its case."""
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("匯出")
        verbose_name_plural = _("匯出")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="export_within_total")
        ]
        indexes: ClassVar = [models.Index(fields=["staff", "-asked_at"], name="export_latest")]

    def __str__(self) -> str:
        return f"{self.form} {self.get_state_display()}"
