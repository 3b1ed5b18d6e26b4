"""Deals, plans and the ledger: amounts in integer cents, entries that are only ever added."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attribution.models import Decision
from leads.models import ContactEvent, Lead, Project, Staff


class Plan(models.Model):
    """How much commission a project pays, from a day on. The latest that has begun counts."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="plans")
    effective_from = models.DateField(_("生效日"))
    rate_permyriad = models.PositiveIntegerField(_("佣金率（萬分之）"))
    """Hundredths of a percent of the price: 80 is 0.8 %."""

    class Meta:
        verbose_name = _("佣金方案")
        verbose_name_plural = _("佣金方案")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "effective_from"], name="one_plan_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.rate_permyriad / 100:.2f} %"


class Deal(models.Model):
    """A subscription with money paid (認購): which unit, for how much, closed by whom."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="deals")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="deals")
    event = models.OneToOneField(ContactEvent, models.PROTECT, related_name="deal")
    unit = models.CharField(_("房號"), max_length=40)
    price_cents = models.BigIntegerField(_("總價"))
    subscribed_at = models.DateTimeField(_("認購時間"))
    closed_by = models.ForeignKey(Staff, models.PROTECT, related_name="closed_deals")
    commission_cents = models.BigIntegerField(_("佣金"))

    class Meta:
        verbose_name = _("成交")
        verbose_name_plural = _("成交")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "unit"], name="one_deal_per_unit"),
            models.CheckConstraint(condition=Q(price_cents__gt=0), name="deal_has_a_price"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-subscribed_at"], name="deal_latest"),
        ]

    def __str__(self) -> str:
        return f"D-{self.pk:04d}"


class Entry(models.Model):
    """One line of the ledger. Never changed; a wrong one is reversed.

    Each posting is a group of lines that sums to nothing: what an agent is credited, the company
    is charged. Every line names the decision on which it rests.
    """

    class Kind(models.TextChoices):
        ACCRUAL = "accrual", _("應計")
        REVERSAL = "reversal", _("沖回")
        HOLD = "hold", _("扣留")
        RELEASE = "release", _("放行")

    class Account(models.TextChoices):
        COMPANY = "company", _("公司")
        HELD = "held", _("扣留")
        RELEASED = "released", _("已放")

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="entries")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    posting = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=10, choices=Kind)
    account = models.CharField(max_length=10, choices=Account)
    agent = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="entries")
    amount_cents = models.BigIntegerField()
    share = models.PositiveSmallIntegerField(null=True)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("佣金分錄")
        verbose_name_plural = _("佣金分錄")
        indexes: ClassVar = [
            models.Index(fields=["project", "posted_at"], name="entry_by_month"),
            models.Index(fields=["agent", "posted_at"], name="entry_by_agent"),
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
    """What an agent is due from a deal now: the sums of the ledger, for lists. A projection.

    `commissions.ledger` alone writes it, in the transaction of the entries that it sums.
    """

    class State(models.TextChoices):
        HELD = "held", _("扣留")
        RELEASED = "released", _("已放")
        REVERSED = "reversed", _("沖回")

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="lines")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    agent = models.ForeignKey(Staff, models.PROTECT, related_name="commission_lines")
    state = models.CharField(max_length=10, choices=State)
    share = models.PositiveSmallIntegerField(default=0)
    held_cents = models.BigIntegerField(default=0)
    released_cents = models.BigIntegerField(default=0)
    reversed_cents = models.BigIntegerField(default=0)
    """What was accrued once and taken back since; not positive."""
    subscribed_at = models.DateTimeField()
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("佣金明細")
        verbose_name_plural = _("佣金明細")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deal", "agent"], name="one_line_per_deal_and_agent")
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "subscribed_at"], name="line_by_month"),
            models.Index(fields=["agent", "subscribed_at"], name="line_by_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.deal} {self.agent}"


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
    form = models.CharField(max_length=4, choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    query = models.TextField(blank=True)
    """The filter, as the address of the view that it exports."""
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
