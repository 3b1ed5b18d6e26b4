"""What a client means to buy (needs/3): his profile, his plan, what he saw, what he was offered.

All of them only grow: a profile or a plan is written anew and the last one counts.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Motive(models.TextChoices):
    """Why the interest arose."""

    MARRIAGE = "marriage", _("結婚")
    FIRST_HOME = "first_home", _("首次置業")
    UPGRADE = "upgrade", _("換房改善")
    SCHOOL = "school", _("子女就學")
    PARENTS = "parents", _("接父母同住")
    COMMUTE = "commute", _("通勤")
    ASSETS = "assets", _("資產配置")
    EXPANSION = "expansion", _("擴店")
    RELOCATION = "relocation", _("搬遷")
    OTHER = "other", _("其他")


class Purpose(models.TextChoices):
    """What the unit is for."""

    LIVE = "live", _("自住")
    INVEST = "invest", _("投資")
    LET = "let", _("出租")
    SHOP = "shop", _("開店")
    OFFICE = "office", _("辦公")
    OTHER = "other", _("其他")


class Payment(models.TextChoices):
    """How it is to be paid."""

    WHOLE = "whole", _("一次付清")
    MORTGAGE = "mortgage", _("銀行按揭")
    FUND = "fund", _("公積金")
    INSTALMENTS = "instalments", _("分期付款")
    RENT = "rent", _("按期付租")
    OPEN = "open", _("還沒想好")


class Decider(models.TextChoices):
    """Who decides."""

    SELF = "self", _("本人")
    COUPLE = "couple", _("夫妻共同")
    SPOUSE = "spouse", _("配偶")
    PARENTS = "parents", _("父母")
    CHILDREN = "children", _("子女")
    COMPANY = "company", _("公司")
    OTHER = "other", _("其他")


UNIT_TYPES = (_("一房"), _("二房"), _("三房"), _("四房"), _("店面"), _("辦公"))
"""Offered when the type is typed; an office may call its types otherwise."""


class Entry(models.Model):
    """A sheet about a client, written whole and never changed: the last number counts."""

    number = models.PositiveSmallIntegerField()
    """From 1 for each client."""
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        abstract = True


class ProfileEntry(Entry):
    """Why a client came and what he looks for, as known at a moment. Money in cents, area in m²."""

    lead = models.ForeignKey("leads.Lead", models.PROTECT, related_name="profiles")
    motives = ArrayField(
        models.CharField(max_length=12, choices=Motive),
        verbose_name=_("動機"),
        default=list,
        blank=True,
    )
    motive_words = models.CharField(_("動機（客戶的話）"), max_length=200, blank=True)
    purpose = models.CharField(_("用途"), max_length=10, choices=Purpose, blank=True)
    budget_low = models.BigIntegerField(_("預算（從）"), null=True, blank=True)
    budget_high = models.BigIntegerField(_("預算（到）"), null=True, blank=True)
    area_low = models.PositiveIntegerField(_("面積（從）"), null=True, blank=True)
    area_high = models.PositiveIntegerField(_("面積（到）"), null=True, blank=True)
    unit_type = models.CharField(_("戶型"), max_length=20, blank=True)
    payment = models.CharField(_("付款方式"), max_length=12, choices=Payment, blank=True)
    decider = models.CharField(_("誰決定"), max_length=10, choices=Decider, blank=True)
    decider_words = models.CharField(_("誰決定（說明）"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("購買輪廓")
        verbose_name_plural = _("購買輪廓")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lead", "number"], name="profiles_in_order"),
            models.CheckConstraint(
                condition=Q(budget_low=None)
                | Q(budget_high=None)
                | Q(budget_low__gte=0, budget_high__gte=F("budget_low")),
                name="profile_budget_in_order",
            ),
            models.CheckConstraint(
                condition=Q(area_low=None) | Q(area_high=None) | Q(area_high__gte=F("area_low")),
                name="profile_area_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead} #{self.number}"


class PurchasePlan(Entry):
    """When a client means to buy what, for how much, how probably; `dropped`: not any more."""

    lead = models.ForeignKey("leads.Lead", models.PROTECT, related_name="plans")
    month = models.DateField(_("預計月份"))
    """The first day of the month."""
    unit_type = models.CharField(_("戶型"), max_length=20, blank=True)
    amount = models.BigIntegerField(_("金額"))
    """In cents."""
    probability = models.PositiveSmallIntegerField(_("把握"), validators=[MaxValueValidator(100)])
    """In percent."""
    note = models.CharField(_("說明"), max_length=200, blank=True)
    dropped = models.BooleanField(_("不買了"), default=False)

    class Meta:
        verbose_name = _("購買計劃")
        verbose_name_plural = _("購買計劃")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lead", "number"], name="plans_in_order"),
            models.CheckConstraint(condition=Q(month__day=1), name="plan_of_a_month"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, probability__gte=0, probability__lte=100),
                name="plan_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead} {self.month:%Y-%m}"


class PlanStep(models.Model):
    """What is to be done next towards a purchase, on which day, by whom."""

    lead = models.ForeignKey("leads.Lead", models.PROTECT, related_name="plan_steps")
    text = models.CharField(_("下一步"), max_length=120)
    due = models.DateField(_("哪一天"))
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("計劃的下一步")
        verbose_name_plural = _("計劃的下一步")
        indexes: ClassVar = [models.Index(fields=["lead", "due"], name="plan_step_of_lead")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="plan_step_says_what")
        ]

    def __str__(self) -> str:
        return self.text


class PlanStepEnd(models.Model):
    """A next step was done, or is not wanted any more."""

    step = models.OneToOneField(PlanStep, models.PROTECT, related_name="end")
    done = models.BooleanField()
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("下一步的結果")
        verbose_name_plural = _("下一步的結果")

    def __str__(self) -> str:
        return f"{self.step} {self.recorded_at:%Y-%m-%d}"


class Viewing(models.Model):
    """A unit that a client saw, or what he asked about a price."""

    lead = models.ForeignKey("leads.Lead", models.PROTECT, related_name="viewings")
    unit = models.CharField(_("看過的房源"), max_length=40, blank=True)
    day = models.DateField(_("哪一天"))
    question = models.CharField(_("問到的價格"), max_length=200, blank=True)
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("看房")
        verbose_name_plural = _("看房")
        indexes: ClassVar = [models.Index(fields=["lead", "-day"], name="viewing_of_lead")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(unit="") | ~Q(question=""), name="viewing_says_something"
            )
        ]

    def __str__(self) -> str:
        return self.unit or self.question


class Offer(models.Model):
    """What a client was offered so that he buys: a discount, instalments, months without rent."""

    class Kind(models.TextChoices):
        DISCOUNT = "discount", _("折扣")
        INSTALMENTS = "instalments", _("分期")
        RENT_FREE = "rent_free", _("免租期")
        OTHER = "other", _("其他優惠")

    lead = models.ForeignKey("leads.Lead", models.PROTECT, related_name="offers")
    kind = models.CharField(_("優惠"), max_length=12, choices=Kind)
    permyriad = models.PositiveIntegerField(_("折讓"), null=True, blank=True)
    """Off the price, in hundredths of a percent: 250 is 2.5 %."""
    months = models.PositiveSmallIntegerField(_("月數"), null=True, blank=True)
    """Over how many months is paid, or how many are free of rent."""
    terms = models.CharField(_("條件"), max_length=200, blank=True)
    unit = models.CharField(_("房源"), max_length=40, blank=True)
    day = models.DateField(_("哪一天"))
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("優惠")
        verbose_name_plural = _("優惠")
        indexes: ClassVar = [models.Index(fields=["lead", "-id"], name="offer_of_lead")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    kind="discount", permyriad__isnull=False, permyriad__gte=1, permyriad__lte=10000
                )
                | Q(kind__in=["instalments", "rent_free"], months__gte=1, months__isnull=False)
                | Q(kind="other") & ~Q(terms=""),
                name="offer_says_what",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.day:%Y-%m-%d}"


class Answer(models.TextChoices):
    """What a client answers to an offer."""

    ACCEPTED = "accepted", _("接受")
    CONSIDERING = "considering", _("考慮中")
    COUNTERED = "countered", _("還要更多")
    DECLINED = "declined", _("不接受")


class OfferAnswer(models.Model):
    """A client's answer to an offer; he may answer again, and the last answer counts."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="answers")
    answer = models.CharField(_("答覆"), max_length=12, choices=Answer)
    words = models.CharField(_("客戶怎麼說"), max_length=200, blank=True)
    day = models.DateField(_("哪一天"))
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("對優惠的答覆")
        verbose_name_plural = _("對優惠的答覆")
        indexes: ClassVar = [models.Index(fields=["offer", "-id"], name="answer_of_offer")]

    def __str__(self) -> str:
        return self.get_answer_display()
