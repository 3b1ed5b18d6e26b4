"""An agent's own next steps, and the calendar that his telephone reads. They decide nothing.

Keys to other models are by name: `attribution.models` gathers these.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class NextStep(models.Model):
    """Something that an agent means to do, about a client or not. Nobody else sees it."""

    project = models.ForeignKey("leads.Project", models.CASCADE, related_name="+")
    agent = models.ForeignKey("leads.Staff", models.CASCADE, related_name="next_steps")
    lead = models.ForeignKey("leads.Lead", models.CASCADE, null=True, blank=True, related_name="+")
    text = models.CharField(_("要做什麼"), max_length=120)
    due_on = models.DateField(_("哪一天"), null=True, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("待辦")
        verbose_name_plural = _("待辦")
        indexes: ClassVar = [
            models.Index(
                fields=["agent", "project", "due_on"],
                condition=Q(done_at__isnull=True),
                name="step_open",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="step_says_what")
        ]

    def __str__(self) -> str:
        return self.text


class CalendarFeed(models.Model):
    """How an agent's calendar is read from outside: by an address that he can renew.

    The address holds his key and this serial, signed; nothing here lets anybody in. A renewal makes
    every earlier address a stranger's.
    """

    class Shows(models.TextChoices):
        NUMBER = "number", _("編號 L-00042")
        INITIALS = "initials", _("縮寫 S.G.L.")

    staff = models.OneToOneField("leads.Staff", models.CASCADE, related_name="calendar_feed")
    serial = models.PositiveIntegerField(default=1)
    shows = models.CharField(
        _("行事曆上怎麼稱呼客戶"), max_length=10, choices=Shows, default=Shows.NUMBER
    )
    renewed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("行事曆訂閱")
        verbose_name_plural = _("行事曆訂閱")

    def __str__(self) -> str:
        return f"{self.staff} #{self.serial}"
