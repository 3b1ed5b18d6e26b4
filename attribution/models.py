"""Decisions on who owns, the policies that made them, and the periods of ownership they project."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from leads.models import ContactEvent, Lead, Project, Staff

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Int8Range(Func):
    """int8range(a, b, bounds): a plain key in an exclusion constraint, without extensions."""

    function = "INT8RANGE"
    output_field = BigIntegerRangeField()


class PolicyVersion(models.Model):
    """A project's policy from a moment on: a preset and changed parameters. Never changed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="policy_versions")
    preset = models.CharField(
        _("制度"),
        max_length=10,
        choices=[("house", _("綜合制度")), ("sales", _("銷售制度")), ("leasing", _("招商制度"))],
        default="house",
    )
    settings = models.JSONField(_("參數"), default=dict, blank=True)
    effective_from = models.DateTimeField(_("生效時間"))
    recorded_at = models.DateTimeField()
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True)
    key = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    """Chosen when the form opens: the same submission is never recorded twice."""

    class Meta:
        verbose_name = _("制度版本")
        verbose_name_plural = _("制度版本")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "effective_from", "recorded_at"], name="one_version_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_preset_display()} {self.effective_from:%Y-%m-%d}"


class Decision(models.Model):
    """What the engine decided when an event was recorded, with its proof. Never changed.

    The latest decision of a lead supersedes those before; none is ever withdrawn or rewritten.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="decisions")
    event = models.ForeignKey(ContactEvent, models.PROTECT, related_name="decisions")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    owner = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    valid_until = models.DateField(null=True)
    decided_by = models.CharField(max_length=12)
    cases = ArrayField(models.CharField(max_length=20), default=list)
    alerts = ArrayField(models.CharField(max_length=20), default=list)
    cites = ArrayField(models.CharField(max_length=14), default=list)
    credit = models.JSONField(null=True)
    """Percent per agent's key, once there is a deal."""
    proof = models.JSONField(default=dict)
    """Claims, steps, open matters, deals and succession, as the engine gave them."""

    class Meta:
        verbose_name = _("認定")
        verbose_name_plural = _("認定")
        indexes: ClassVar = [models.Index(fields=["lead", "-id"], name="decision_latest")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "lead"], name="one_decision_per_event")
        ]

    def __str__(self) -> str:
        return f"{self.lead} → {self.owner or '–'}"


class OwnershipPeriod(models.Model):
    """Who owned a lead, and will own it if nothing more is recorded; the past is never rewritten.

    The database refuses two owners of one lead at one moment.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="ownership")
    agent = models.ForeignKey(Staff, models.PROTECT, related_name="ownership")
    period = DateTimeRangeField()
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("歸屬期間")
        verbose_name_plural = _("歸屬期間")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="one_owner_at_a_time",
                expressions=[
                    (
                        Int8Range(F("lead"), F("lead"), Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.lead} {self.agent}"


class Answer(models.Model):
    """What the private enquiry told whom, and when: a dated fact, for every answer that is shown.

    What was asked is kept as a digest: whom the office does not know leaves no number behind. The
    same answer to the same question is one row a day, of the moment when it was shown first.
    """

    class State(models.TextChoices):
        FREE = "free", _("可登記")
        YOURS = "yours", _("自己的客戶")
        PROTECTED = "protected", _("受保護")
        KNOWN = "known", _("受保護，已知")
        REVIEW = "review", _("審理中")
        REFUSED = "refused", _("超過上限，未答")

    class By(models.TextChoices):
        PHONE = "phone", _("電話")
        NAME = "name", _("姓名")

    project = models.ForeignKey(Project, models.PROTECT, related_name="answers")
    agent = models.ForeignKey(Staff, models.PROTECT, related_name="answers")
    day = models.DateField()
    """The office's day; the limit counts by it."""
    at = models.DateTimeField()
    by = models.CharField(max_length=5, choices=By)
    digest = models.CharField(max_length=40)
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, related_name="+")
    """Whom it was about; empty where the office knows nobody of that number or name."""
    state = models.CharField(max_length=9, choices=State)
    until = models.DateField(null=True)
    near = models.BooleanField(default=False)
    """A neighbouring number was asked about earlier that day."""
    notice = models.UUIDField(null=True)
    """The key of the notice in the journal that follows from this answer."""
    key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = _("查詢紀錄")
        verbose_name_plural = _("查詢紀錄")
        indexes: ClassVar = [
            models.Index(fields=["agent", "project", "day"], name="answer_of_day"),
            models.Index(fields=["project", "-day"], name="answer_latest"),
            models.Index(
                fields=["at"], condition=models.Q(notice__isnull=False), name="answer_owes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.at:%Y-%m-%d %H:%M}"


class Rederivation(models.Model):
    """A project's stored decisions computed again from the facts, in parts; what differed stays.

    One at a time per project: the database refuses a second.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("進行中")
        DONE = "done", _("完成")
        FAILED = "failed", _("沒有完成")

    project = models.ForeignKey(Project, models.PROTECT, related_name="rederivations")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True)
    """Who asked for it; empty: the clock, every night."""
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    leads_total = models.PositiveIntegerField()
    leads_done = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    """How many differences there are; `found` of the parts keeps the first of each."""
    key = models.UUIDField(unique=True)

    parts: "RelatedManager[RederivationPart]"

    class Meta:
        verbose_name = _("重新推導")
        verbose_name_plural = _("重新推導")
        indexes: ClassVar = [
            models.Index(fields=["project", "-started_at"], name="rederivation_latest")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(state="running"), name="one_rederivation_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(leads_done__lte=F("leads_total")), name="rederivation_within_total"
            ),
            models.CheckConstraint(
                condition=Q(state="running", finished_at=None)
                | (~Q(state="running") & Q(finished_at__isnull=False)),
                name="rederivation_finished_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def percent(self) -> int:
        """How far it is."""
        return self.leads_done * 100 // self.leads_total if self.leads_total else 100


class RederivationPart(models.Model):
    """Some hundred leads of a rederivation: one task's work, counted once however often run."""

    run = models.ForeignKey(Rederivation, models.CASCADE, related_name="parts")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    """The keys of its leads lie between these, both included."""
    leads = models.PositiveIntegerField()
    enqueued_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=1)
    done_at = models.DateTimeField(null=True)
    differing = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=list)
    """The first differences: lead, event, field, stored, derived."""

    class Meta:
        verbose_name = _("重新推導的一段")
        verbose_name_plural = _("重新推導的各段")
        indexes: ClassVar = [
            models.Index(
                fields=["enqueued_at"], condition=Q(done_at=None), name="rederivation_waiting"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "first"], name="one_part_per_stretch")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.first}–{self.last}"


# The agenda's tables have a room of their own; Django looks for all of an app's models here.
from .agenda.models import CalendarFeed as CalendarFeed  # noqa: E402
from .agenda.models import NextStep as NextStep  # noqa: E402
