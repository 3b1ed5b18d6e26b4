"""An import and its rows. They say what a file held; what came of it is in the journal."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Import(models.Model):
    """One act of taking registers in: the files, how they count, who signed, how far it is."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待對欄位")
        CHECKING = "checking", _("試跑中")
        CHECKED = "checked", _("已試跑，待匯入")
        RUNNING = "running", _("匯入中")
        DONE = "done", _("完成")
        FAILED = "failed", _("沒有完成")
        CANCELLED = "cancelled", _("已取消")

    class Basis(models.TextChoices):
        LATE = "late", _("補登：從匯入時起算")
        OPENING = "opening", _("開帳：照登記簿的日期算")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    project = models.ForeignKey("leads.Project", models.PROTECT, related_name="imports")
    staff = models.ForeignKey("leads.Staff", models.PROTECT, related_name="imports")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    basis = models.CharField(max_length=10, choices=Basis, default=Basis.LATE)
    names = models.JSONField(default=dict, blank=True)
    """Names as the files have them, where no agent is called so → key of the agent."""
    with_conflicts = models.BooleanField(default=False)
    """Rows that conflict with live facts are written down too, as late entries."""
    signed_by = models.ForeignKey(
        "leads.Staff", models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    """Rows by verdict, and how many were written; kept when the rows are gone."""
    asked_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    """When the present stage began."""
    beat_at = models.DateTimeField(null=True, blank=True)
    """The last sign of life of whoever works at it."""
    finished_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    """Files and rows were removed; what was written stays in the journal."""
    error = models.CharField(max_length=200, blank=True)
    """A msgid: why nothing more came of it."""
    version = models.PositiveIntegerField(default=1)
    """Another one with each dry run: a form about an older one is stale."""

    registers: "RelatedManager[Register]"
    rows: "RelatedManager[Row]"

    class Meta:
        app_label = "leads"
        verbose_name = _("匯入")
        verbose_name_plural = _("匯入")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(basis="opening", state__in=["running", "done"])
                | (Q(signed_by__isnull=False) & Q(reason__gt="")),
                name="opening_import_is_signed",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="import_within_total"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-asked_at"], name="import_latest")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M} {self.get_state_display()}"


class Register(models.Model):
    """One sheet of one file, and how it is read."""

    class Kind(models.TextChoices):
        CALLS = "calls", _("來電登記表")
        VISITS = "visits", _("來訪登記表")
        FOLLOW_UPS = "follow_ups", _("追訪記錄")
        NONE = "none", _("不匯入這張表")

    batch = models.ForeignKey(Import, models.CASCADE, related_name="registers")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    """The file as whoever uploaded it called it."""
    file = models.CharField(max_length=80)
    """Where it lies, in the folder of imports."""
    form = models.CharField(max_length=4, choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    sheet = models.CharField(max_length=100, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NONE)
    heading_row = models.PositiveIntegerField(default=1)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    """What each column is, in the order of the columns; empty: not taken in."""
    year = models.PositiveSmallIntegerField()
    """The year of dates that do not say theirs."""
    sample = models.JSONField(default=list)

    class Meta:
        app_label = "leads"
        verbose_name = _("登記表")
        verbose_name_plural = _("登記表")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "position"], name="one_register_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.sheet}" if self.sheet else self.name


class Row(models.Model):
    """One row of a register, its verdict, and the event that it became."""

    class Verdict(models.TextChoices):
        NEW = "new", _("新")
        SAME = "same", _("已有")
        CONFLICT = "conflict", _("衝突")
        ERROR = "error", _("有誤")
        SKIPPED = "skipped", _("略過")

    batch = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    register = models.ForeignKey(Register, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    draft = models.JSONField(default=dict)
    """What was read: texts and numbers by name (see `reading.Draft`)."""
    kind = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(null=True)
    entered = models.DateTimeField(null=True)
    """When the register says that it was entered; else when it happened."""
    agent = models.ForeignKey("leads.Staff", models.PROTECT, null=True, related_name="+")
    party = models.CharField(max_length=40, blank=True)
    """The phone number, which is the person; rows without one are a party each."""
    fingerprint = models.UUIDField(null=True)
    """Of what the row says: it becomes the key of its event, which is unique."""
    verdict = models.CharField(max_length=10, choices=Verdict)
    reasons = models.JSONField(default=list)
    """Why, and what else is to be known: pairs of code and values (see `words`)."""
    lead = models.ForeignKey("leads.Lead", models.PROTECT, null=True, related_name="+")
    """The client in the office, if the number is known."""
    foreseen = models.JSONField(default=dict)
    """What the rules would make of it on the day of the dry run."""
    event = models.ForeignKey("leads.ContactEvent", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "leads"
        verbose_name = _("登記表的列")
        verbose_name_plural = _("登記表的列")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["register", "number"], name="one_row_per_number")
        ]
        indexes: ClassVar = [
            models.Index(fields=["batch", "verdict", "id"], name="import_row_verdict"),
            models.Index(fields=["batch", "party", "at"], name="import_row_party"),
            models.Index(fields=["batch", "fingerprint"], name="import_row_fingerprint"),
            models.Index(
                fields=["batch", "entered", "id"],
                condition=Q(event__isnull=True),
                name="import_row_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"


class Headings(models.Model):
    """How a project last read a register with these headings."""

    project = models.ForeignKey("leads.Project", models.CASCADE, related_name="+")
    headings = models.CharField(max_length=64)
    """A digest of the headings, in their order."""
    kind = models.CharField(max_length=10, choices=Register.Kind)
    columns = models.JSONField(default=list)
    used_at = models.DateTimeField()

    class Meta:
        app_label = "leads"
        verbose_name = _("欄位對照")
        verbose_name_plural = _("欄位對照")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "headings"], name="one_reading_of_headings")
        ]

    def __str__(self) -> str:
        return self.headings[:12]
