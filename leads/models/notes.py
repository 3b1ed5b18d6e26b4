"""What people are told, and what was shown of whom."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    pass

from .office import Staff
from .parties import Lead


class Notification(models.Model):
    """A note in someone's bell: what to do next, and where. Sent by e-mail by the sweep."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="notifications")
    text = models.CharField(max_length=200)
    """A msgid, filled in with `values` in the reader's language."""
    values = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    once = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    """What is noted once only has a key; the database refuses a second note of it."""
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        indexes: ClassVar = [
            models.Index(fields=["staff"], condition=Q(read_at__isnull=True), name="note_unread"),
            models.Index(
                fields=["created_at"], condition=Q(mailed_at__isnull=True), name="note_to_mail"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Disclosure(models.Model):
    """Personal data was shown or taken out: who, what, when. Only ever added to."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("顯示電話")
        CONTACT = "contact", _("顯示微信或電子郵件")
        EXPORT = "export", _("匯出")
        UPLOAD = "upload", _("上傳登記表")

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="disclosures")
    kind = models.CharField(max_length=10, choices=Kind)
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="+")
    what = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("揭示紀錄")
        verbose_name_plural = _("揭示紀錄")
        indexes: ClassVar = [models.Index(fields=["lead", "at"], name="disclosure_of_lead")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
