"""The journal: one fact after another, never changed and never deleted."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    pass

from .office import Project, Staff
from .parties import Lead


class Kind(models.TextChoices):
    """What happened. The words are the policy's own (see the glossary in the README)."""

    CALL = "call", _("來電")
    VISIT = "visit", _("來訪")
    BROCHURE = "brochure", _("只取資料")
    ONLINE = "online", _("網路諮詢")
    REPORT = "report", _("渠道報備")
    FOLLOW_UP = "follow_up", _("追訪")
    ASSIST = "assist", _("義務接待")
    REGISTRATION = "register", _("介紹登記")
    PROXY = "register_proxy", _("代看備案")
    NOTICE = "notice", _("告知")
    LINK = "link", _("關係連結")
    TAKEN_BACK = "taken_back", _("撤回")
    DEPARTURE = "depart", _("離職")
    ASSIGNMENT = "assign", _("安排歸屬")
    COMPLAINT = "complaint", _("客戶投訴")
    RULING = "rule", _("裁定")
    DEAL = "deal", _("認購")


INBOUND = (Kind.CALL, Kind.VISIT, Kind.BROCHURE, Kind.ONLINE, Kind.REPORT)
"""The ways by which a client comes. Whether one gives a claim is the policy's matter."""

RECEPTIONS = (*INBOUND, Kind.ASSIST)
"""The events that are receptions of a client."""


class ContactEvent(models.Model):
    """One fact of the journal. It is never changed and never deleted: the database refuses.

    `at` is when it happened, `recorded_at` when it was written down, `by` who wrote it. `agent` is
    the agent whom it is about. `details` holds what only some kinds have: attribution.timelines
    alone reads them for the rules.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="events")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    agent = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="events")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    whom = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    """The other agent: for whom (assist, follow-up), or about whom (complaint)."""
    asked_for = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    known_to = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    steered_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    turn_of = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    other = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="+")
    """The other client: who brought this one, or with whom he is linked."""
    refers = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    """The event that this one takes back."""
    details = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    """Chosen when the form opens: the same submission is never recorded twice."""

    class Meta:
        verbose_name = _("事實")
        verbose_name_plural = _("事實")
        indexes: ClassVar = [
            models.Index(fields=["lead", "recorded_at", "id"], name="event_of_lead"),
            models.Index(
                fields=["other"], condition=Q(other__isnull=False), name="event_other_lead"
            ),
            models.Index(
                fields=["project", "agent"], condition=Q(kind="depart"), name="event_departures"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("at")), name="event_happened_before_recorded"
            ),
            models.CheckConstraint(
                condition=Q(lead__isnull=False) | Q(kind="depart"), name="event_has_a_lead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
