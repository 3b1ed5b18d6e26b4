"""The ledger: entries that are only ever added, in periods that two people close."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models import Decision
from leads.models import Project, Staff

from .. import schedule
from .deals import Deal, DealStep


class Share(models.TextChoices):
    """As what somebody is paid."""

    AGENT = "agent", _("歸屬")
    HELPER = "helper", _("協助")
    INTRODUCER = "introducer", _("介紹")
    POOL = "pool", _("團隊")
    OVERRIDE = "override", _("主管津貼")


class Period(models.Model):
    """A month of a project's ledger. Once closed, the database refuses every change to it."""

    class State(models.TextChoices):
        OPEN = "open", _("未關帳")
        CLOSED = "closed", _("已關帳")

    project = models.ForeignKey(Project, models.PROTECT, related_name="periods")
    month = models.CharField(_("月份"), max_length=7)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    signed_digest = models.CharField(max_length=64, blank=True)
    """The digest that both signed: over the entries before they were paid out."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 over all entries of the period, and over the digest of the one before."""
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("帳期")
        verbose_name_plural = _("帳期")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "month"], name="one_period_a_month"),
            models.CheckConstraint(
                condition=Q(state="open", digest="", closed_at__isnull=True)
                | (Q(state="closed", closed_at__isnull=False) & ~Q(digest="")),
                name="closed_period_has_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return self.month


class Signature(models.Model):
    """Somebody looked through a period and signed what he saw. Never changed."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="signatures")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    checked = models.JSONField(default=dict)
    """What the checklist said to the one who signed."""

    class Meta:
        verbose_name = _("關帳簽署")
        verbose_name_plural = _("關帳簽署")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "staff", "digest"], name="signed_once_by_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.staff}"


class Adjustment(models.Model):
    """A person takes commission away, or corrects it. Never changed: another one undoes it."""

    class Kind(models.TextChoices):
        FORFEITURE = "forfeiture", _("沒收")
        CORRECTION = "correction", _("更正")

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="adjustments")
    kind = models.CharField(max_length=12, choices=Kind)
    agent = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    to = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    """Who gets what is forfeited; None: the company."""
    percent = models.PositiveSmallIntegerField(null=True)
    """Of a forfeiture: how much of what the agent has by this deal."""
    cents = models.BigIntegerField(null=True)
    """Of a correction."""
    reason = models.TextField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("佣金調整")
        verbose_name_plural = _("佣金調整")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="forfeiture", percent__gte=1, percent__lte=100, cents__isnull=True)
                | (
                    Q(kind="correction", percent__isnull=True, to__isnull=True)
                    & Q(cents__isnull=False)
                    & ~Q(cents=0)
                ),
                name="adjustment_says_how_much",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="adjustment_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.deal} {self.get_kind_display()}"

    def plain(self) -> schedule.Adjusted:
        """As the arithmetic reads it."""
        return schedule.Adjusted(self.agent_id, self.to_id, self.percent, self.cents)


class Entry(models.Model):
    """One line of the ledger. Never changed; a wrong one is reversed.

    Each posting is a group of lines that sums to nothing: what somebody is credited, the company
    is charged. Every line names the decision on which it rests: one that judged its deal, or the
    database refuses it. It lands in an open period.
    """

    class Kind(models.TextChoices):
        ACCRUAL = "accrual", _("應計")
        REVERSAL = "reversal", _("沖回")
        HOLD = "hold", _("扣留")
        RELEASE = "release", _("放行")
        LOCK = "lock", _("退回待放")
        FORFEITURE = "forfeiture", _("沒收")
        CLAWBACK = "clawback", _("追回")
        CORRECTION = "correction", _("更正")
        PAYOUT = "payout", _("付佣")

    class Account(models.TextChoices):
        COMPANY = "company", _("公司")
        PENDING = "pending", _("待放")
        HELD = "held", _("扣留")
        RELEASED = "released", _("已放")
        PAID = "paid", _("已付")

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="entries")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, related_name="entries")
    posting = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=10, choices=Kind)
    account = models.CharField(max_length=10, choices=Account)
    agent = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="entries")
    role = models.CharField(max_length=10, choices=Share, default=Share.AGENT)
    amount_cents = models.BigIntegerField()
    share = models.PositiveSmallIntegerField(null=True)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    step = models.ForeignKey(DealStep, models.PROTECT, null=True, related_name="entries")
    """What was done about the deal, where that moved the money."""
    adjustment = models.ForeignKey(Adjustment, models.PROTECT, null=True, related_name="entries")
    posted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("佣金分錄")
        verbose_name_plural = _("佣金分錄")
        indexes: ClassVar = [
            models.Index(fields=["project", "posted_at"], name="entry_by_month"),
            models.Index(fields=["agent", "period"], name="entry_by_agent"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(account="company") & Q(agent__isnull=True))
                | (~Q(account="company") & Q(agent__isnull=False)),
                name="entry_names_its_agent",
            ),
            models.CheckConstraint(condition=~Q(amount_cents=0), name="entry_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_cents / 100:.2f}"


class Line(models.Model):
    """What somebody is due from a deal now: the sums of the ledger, for lists. A projection.

    `commissions.ledger` alone writes it, in the transaction of the entries that it sums.
    """

    class State(models.TextChoices):
        HELD = "held", _("扣留")
        PENDING = "pending", _("待放")
        RELEASED = "released", _("已放")
        PAID = "paid", _("已付")
        REVERSED = "reversed", _("沖回")

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="lines")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    agent = models.ForeignKey(Staff, models.PROTECT, related_name="commission_lines")
    role = models.CharField(max_length=10, choices=Share, default=Share.AGENT)
    state = models.CharField(max_length=10, choices=State)
    share = models.PositiveSmallIntegerField(default=0)
    pending_cents = models.BigIntegerField(default=0)
    """Waits for a milestone."""
    held_cents = models.BigIntegerField(default=0)
    """Waits for a person to decide."""
    released_cents = models.BigIntegerField(default=0)
    """Everything released so far, paid or not."""
    paid_cents = models.BigIntegerField(default=0)
    reversed_cents = models.BigIntegerField(default=0)
    """What was accrued once and taken back since; not positive."""
    subscribed_at = models.DateTimeField()
    month = models.CharField(max_length=7, db_default="")
    """The office's month of the subscription."""
    source = models.CharField(max_length=60, blank=True, db_default="")
    """How the client came, as the register has it."""
    contested = models.BooleanField(default=False, db_default=False)
    """A person must decide about the deal first."""
    basis = models.CharField(max_length=12, default="deal", db_default="deal")
    """By which day the deal was judged."""
    clauses = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    """By which clauses."""
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("佣金明細")
        verbose_name_plural = _("佣金明細")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deal", "agent", "role"], name="one_line_per_deal_and_agent"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "subscribed_at"], name="line_by_month"),
            models.Index(fields=["agent", "subscribed_at"], name="line_by_agent"),
            # The report's first page in its own order, whatever the projects.
            models.Index(fields=["-subscribed_at", "-deal", "-share", "id"], name="line_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.deal} {self.agent}"
