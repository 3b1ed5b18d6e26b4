"""Cases: what a person must decide, who is a party to it, and how it ended."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models import Decision
from leads.models import ContactEvent, Lead, Project


class CaseKind(models.TextChoices):
    """What a case is about."""

    COLLISION = "collision", _("撞單")
    POACHING = "poaching", _("搶單疑似")
    NAME_SWAP = "name_swap", _("換名疑似")
    STEERING = "steering", _("指定介紹")
    COMPLAINT = "complaint", _("客戶投訴")
    DEPARTURE = "departure", _("離職待分")
    SUCCESSION = "succession", _("到期接續")


class Case(models.Model):
    """One open question about a party; at most one of a kind is open at a time."""

    class State(models.TextChoices):
        OPEN = "open", _("待裁定")
        RULED = "ruled", _("已裁定")
        MOOT = "moot", _("已無爭議")

    project = models.ForeignKey(Project, models.PROTECT, related_name="cases")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=20, choices=CaseKind)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.CharField(max_length=12)
    """Who decides, as the policy says: policy, negotiation or supervisor."""
    opened_by = models.ForeignKey(ContactEvent, models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    """The latest decision that shows the matter: the engine's proposal."""
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_by = models.ForeignKey(ContactEvent, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    """Grows with each change, so that a form opened before is told that it is stale."""

    class Meta:
        verbose_name = _("案件")
        verbose_name_plural = _("案件")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lead", "kind"], condition=Q(state="open"), name="one_open_case_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="case_closed_when_not_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["project", "due_at"], condition=Q(state="open"), name="case_queue"
            ),
        ]

    def __str__(self) -> str:
        return f"C-{self.pk:04d}"
