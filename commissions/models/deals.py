"""Plans, units, who has them reserved, and the deals with what was done about each."""

import uuid
from fractions import Fraction
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models import Decision
from leads.models import ContactEvent, Lead, Project, Staff

from .. import schedule


class Plan(models.Model):
    """How much commission a project pays, from a day on. The latest that has begun counts.

    Never changed: another day has another plan, and a deal keeps the plan of its own day.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="plans")
    effective_from = models.DateField(_("生效日"))
    rate_permyriad = models.PositiveIntegerField(_("佣金率（萬分之）"), default=0)
    """Hundredths of a percent of the price: 80 is 0.8 %. Counts where `terms` name no base."""
    terms = models.JSONField(_("條件"), default=dict, blank=True)
    """The data of `schedule.Plan.of`; `base` may be left out."""
    name = models.CharField(_("名稱"), max_length=60, blank=True)
    author = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("佣金方案")
        verbose_name_plural = _("佣金方案")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "effective_from"], name="one_plan_a_day")
        ]

    def __str__(self) -> str:
        return self.name or f"{self.effective_from:%Y-%m-%d}"

    def schedule(self) -> schedule.Plan:
        """The plan as the arithmetic reads it. Raises PlanError."""
        return schedule.Plan.of(self.data())

    def data(self) -> dict[str, object]:
        """The plan's data, its base included."""
        whole, rest = divmod(self.rate_permyriad, 100)
        return {"base": {"percent": f"{whole}.{rest:02d}"}, **self.terms}


class Unit(models.Model):
    """A flat, shop or parking space that is sold or let."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="units")
    number = models.CharField(_("房號"), max_length=40)
    unit_type = models.CharField(_("戶型"), max_length=40, blank=True)
    area = models.DecimalField(_("面積"), max_digits=9, decimal_places=2, null=True)
    """Square metres."""
    price_cents = models.BigIntegerField(_("定價"), null=True)
    rent_cents = models.BigIntegerField(_("月租"), null=True)

    class Meta:
        verbose_name = _("房源")
        verbose_name_plural = _("房源")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="one_unit_of_a_number")
        ]

    def __str__(self) -> str:
        return self.number


class Reservation(models.Model):
    """A client has a unit: reserved (認籌), and from the subscription on by a deal.

    The database lets a unit have one live reservation.
    """

    class Ended(models.TextChoices):
        RELEASED = "released", _("放棄")
        MOVED = "moved", _("換房")
        CANCELLED = "cancelled", _("退房")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reservations")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="reservations")
    agent = models.ForeignKey(Staff, models.PROTECT, related_name="reservations")
    deposit_cents = models.BigIntegerField(_("認籌金"), default=0)
    at = models.DateTimeField(_("認籌時間"))
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    ended = models.CharField(max_length=10, choices=Ended, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("認籌")
        verbose_name_plural = _("認籌")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(ended_at__isnull=True), name="one_live_reservation"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended="")
                | (Q(ended_at__isnull=False) & ~Q(ended="")),
                name="reservation_ends_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.lead}"


class Deal(models.Model):
    """A subscription with money paid (認購), and how far it is: the sum of its steps.

    What follows `closed_by` is a projection, written by the doors and by `commissions.ledger`.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="deals")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="deals")
    event = models.OneToOneField(ContactEvent, models.PROTECT, related_name="deal")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="deals")
    subscribed_at = models.DateTimeField(_("認購時間"))
    closed_by = models.ForeignKey(Staff, models.PROTECT, related_name="closed_deals")
    helper = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    introducer = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    reservation = models.OneToOneField(Reservation, models.PROTECT, related_name="deal")
    unit = models.CharField(_("房號"), max_length=40)
    unit_type = models.CharField(_("戶型"), max_length=40, blank=True)
    buyer = models.CharField(_("買方"), max_length=60, blank=True)
    source = models.CharField(_("來源"), max_length=60, blank=True, db_default="")
    """How the client came, as the register had it at the subscription."""
    price_cents = models.BigIntegerField(_("總價"))
    """Of a lease: the rent of the whole term."""
    rent_cents = models.BigIntegerField(_("月租"), default=0)
    term_months = models.PositiveSmallIntegerField(_("租期（月）"), default=0)
    paid_cents = models.BigIntegerField(_("已回款"), default=0)
    contracted_at = models.DateTimeField(_("簽約時間"), null=True)
    handed_over_at = models.DateTimeField(_("交房時間"), null=True)
    cancelled_at = models.DateTimeField(_("退房時間"), null=True)

    commission_cents = models.BigIntegerField(_("佣金"))
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    """The decision or ruling by which the commission is divided now."""
    credit = models.JSONField(default=dict)
    """Percent per agent's key."""
    contested = models.BooleanField(default=False)
    """A person must decide something about this deal first."""
    tally = models.JSONField(default=dict)
    """Where the deal stands in its month, per agent's key: [before, total], as exact text."""

    done: list["DealStep"]
    """Its steps in order, where a query read them with it."""

    class Meta:
        verbose_name = _("成交")
        verbose_name_plural = _("成交")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "unit"],
                condition=Q(cancelled_at__isnull=True),
                name="one_deal_per_unit",
            ),
            models.CheckConstraint(condition=Q(price_cents__gt=0), name="deal_has_a_price"),
            models.CheckConstraint(
                condition=Q(paid_cents__gte=0), name="no_more_refunded_than_paid"
            ),
            models.CheckConstraint(
                condition=Q(rent_cents=0, term_months=0) | Q(rent_cents__gt=0, term_months__gt=0),
                name="lease_has_rent_and_term",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-subscribed_at"], name="deal_latest"),
        ]

    def __str__(self) -> str:
        return f"D-{self.pk:04d}"

    @property
    def is_lease(self) -> bool:
        """A unit is let, not sold."""
        return self.rent_cents > 0

    @property
    def is_paid(self) -> bool:
        """The whole price is paid."""
        return self.paid_cents >= self.price_cents

    def progress(self) -> schedule.Progress:
        """How far the deal is, as the milestones ask."""
        return schedule.Progress(
            contract=self.contracted_at is not None,
            handover=self.handed_over_at is not None,
            paid_cents=self.paid_cents,
            price_cents=self.price_cents,
        )

    def sale(self, credit: dict[int, int] | None = None) -> schedule.Sale:
        """The deal as its commission sees it, divided as it is now or by another credit."""
        own = {int(agent): share for agent, share in self.credit.items()}
        return schedule.Sale(
            key=self.pk,
            price_cents=self.price_cents,
            credit=own if credit is None else credit,
            rent_cents=self.rent_cents,
            unit_type=self.unit_type,
            helper=self.helper_id,
            introducer=self.introducer_id,
        )

    def reckoned(self, credit: dict[int, int] | None = None) -> schedule.Reckoning:
        """The commission by the plan, divided as it is now or by another credit.

        Without what was forfeited or corrected; nothing once the deal is called off.
        """
        if self.cancelled_at is not None:
            return schedule.Reckoning(0, ())
        sale = self.sale(credit)
        nothing = schedule.Tally(Fraction(0), Fraction(0))
        tally = dict.fromkeys(sale.credit, nothing)
        for who, (before, total) in self.tally.items():
            tally[int(who)] = schedule.Tally(Fraction(before), Fraction(total))
        return schedule.reckon(self.plan.schedule(), sale, tally)


class DealStep(models.Model):
    """Something was done about a deal. Never changed: what was wrong is undone by another step."""

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("簽約")
        PAYMENT = "payment", _("回款")
        REFUND = "refund", _("退款")
        HANDOVER = "handover", _("交房")
        UNIT = "unit", _("換房")
        NAME = "name", _("換名")
        CANCELLATION = "cancel", _("退房")

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField(null=True)
    """Of payments and refunds."""
    details = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("成交進度")
        verbose_name_plural = _("成交進度")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=("payment", "refund"), amount_cents__gt=0)
                | (~Q(kind__in=("payment", "refund")) & Q(amount_cents__isnull=True)),
                name="step_of_money_has_an_amount",
            ),
            models.UniqueConstraint(
                fields=["deal", "kind"],
                condition=Q(kind__in=("contract", "handover", "cancel")),
                name="done_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal} {self.get_kind_display()}"
