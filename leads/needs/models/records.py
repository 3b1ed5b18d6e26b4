"""A need and its steps. The steps only grow; the need shows where the last of them left it."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .items import NeedItem

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Source(models.TextChoices):
    """By what the office learned of a need."""

    RECEPTION = "reception", _("接待")
    FOLLOW_UP = "follow_up", _("追訪")
    SURVEY = "survey", _("問卷")
    REPAIR = "repair", _("報修")
    COMPLAINT = "complaint", _("投訴")
    OBSERVED = "observed", _("現場觀察")


class State(models.TextChoices):
    """How far a need has come; `leads.needs.course` says from where to where."""

    IDENTIFIED = "identified", _("已識別")
    ANALYSED = "analysed", _("已分析")
    PLANNED = "planned", _("已計劃")
    UNDER_WAY = "under_way", _("進行中")
    VERIFIED = "verified", _("已驗證")
    CLOSED = "closed", _("已結案")


class Confirmation(models.TextChoices):
    """What the client says of the improvement."""

    SATISFIED = "satisfied", _("滿意")
    BETTER = "better", _("有改善")
    NOT_YET = "not_yet", _("還不行")


LEAST, MOST = 1, 5
"""The levels: 1 is the least, 5 the most."""
LEVELS = ("importance", "expected", "floor", "perceived")
SHOWN = (
    *("state", *LEVELS, "after", "measure", "carried_by", "responsible", "due"),
    *("done", "confirmation", "confirmed_words"),
)
"""What a step leaves behind and a need shows, column by column."""


def _level(words: Any) -> Any:
    return models.PositiveSmallIntegerField(
        words,
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST), MaxValueValidator(MOST)],
    )


class Progress(models.Model):
    """Where a need stands: the columns that every step repeats whole."""

    state = models.CharField(_("狀態"), max_length=10, choices=State, default=State.IDENTIFIED)
    importance = _level(_("重要程度"))
    expected = _level(_("期望"))
    floor = _level(_("底線"))
    """The lowest level that the client accepts."""
    perceived = _level(_("現況"))
    """As the client feels it, before anything was done."""
    after = _level(_("改善後"))
    """As the client feels it once the measure was carried out."""
    measure = models.CharField(_("措施"), max_length=200, blank=True)
    carried_by = models.CharField(_("執行單位"), max_length=40, blank=True)
    """Who does the work, where that is nobody of the office: a crew, a contractor."""
    responsible = models.ForeignKey(
        "leads.Staff",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("負責人"),
    )
    due = models.DateField(_("期限"), null=True, blank=True)
    done = models.DateField(_("完成日"), null=True, blank=True)
    confirmation = models.CharField(_("客戶確認"), max_length=10, choices=Confirmation, blank=True)
    confirmed_words = models.CharField(_("客戶怎麼說"), max_length=200, blank=True)

    class Meta:
        abstract = True


def _checks(of: str) -> list[models.CheckConstraint]:
    """What each state must have, said to the database of both tables."""
    levels = Q(**{f"{name}__isnull": False for name in LEVELS})
    planned = levels & ~Q(measure="") & Q(responsible__isnull=False, due__isnull=False)
    verified = (
        planned
        & Q(done__isnull=False, after__isnull=False)
        & Q(confirmation__in=Confirmation.values)
    )
    within = Q(floor=None) | Q(expected=None) | Q(floor__lte=F("expected"))
    for name in (*LEVELS, "after"):
        within &= Q(**{name: None}) | Q(**{f"{name}__gte": LEAST, f"{name}__lte": MOST})
    return [
        models.CheckConstraint(
            condition=Q(state__in=[State.IDENTIFIED, State.CLOSED])
            | Q(state=State.ANALYSED) & levels
            | Q(state__in=[State.PLANNED, State.UNDER_WAY]) & planned
            | Q(state=State.VERIFIED) & verified,
            name=f"{of}_has_what_its_state_asks",
        ),
        models.CheckConstraint(condition=within, name=f"{of}_levels_from_one_to_five"),
    ]


class Need(Progress):
    """Something that a client wants, in his words. What was said is never changed.

    `lead` is empty where the management office heard it from somebody who is no client of the
    counter. The columns of `Progress` are those of the last step: the database refuses others.
    """

    project = models.ForeignKey("leads.Project", models.PROTECT, related_name="needs")
    lead = models.ForeignKey(
        "leads.Lead", models.PROTECT, null=True, blank=True, related_name="needs"
    )
    item = models.ForeignKey(NeedItem, models.PROTECT, related_name="needs")
    words = models.CharField(_("客戶的話"), max_length=500)
    place = models.CharField(_("地點"), max_length=60, blank=True)
    """Where it is about: a building, a floor."""
    source = models.CharField(_("來源"), max_length=10, choices=Source)
    event = models.ForeignKey(
        "leads.ContactEvent", models.PROTECT, null=True, blank=True, related_name="needs"
    )
    """The contact with which it was written down, in one go."""
    at = models.DateTimeField()
    """When the client said it."""
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    number = models.PositiveSmallIntegerField(default=1, editable=False)
    """Of the last step, from 1: a form that saw another one is stale."""
    changed_at = models.DateTimeField(editable=False)
    """When the last step was recorded."""

    steps: "RelatedManager[NeedStep]"

    class Meta:
        verbose_name = _("需求")
        verbose_name_plural = _("需求")
        indexes: ClassVar = [
            models.Index(fields=["lead", "-id"], name="need_of_lead"),
            models.Index(fields=["project", "item", "at"], name="need_of_item"),
            models.Index(fields=["project", "at"], name="need_of_month"),
            models.Index(
                fields=["project", "due"],
                condition=Q(state__in=["planned", "under_way"]),
                name="need_due",
            ),
            models.Index(
                fields=["project", "-changed_at"],
                condition=~Q(state="closed"),
                name="need_open",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(words=""), name="need_says_something"),
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("at")), name="need_said_before_recorded"
            ),
            *_checks("need"),
        ]

    def __str__(self) -> str:
        return f"N-{self.pk:05d}" if self.pk else "N"

    @property
    def gap(self) -> int | None:
        """By how much what is felt falls short of what is expected; None: not analysed."""
        if self.expected is None or self.perceived is None:
            return None
        return self.expected - self.perceived

    @property
    def below_floor(self) -> bool:
        """Is what is felt less than the client accepts?"""
        return self.floor is not None and self.perceived is not None and self.perceived < self.floor


@dataclass(frozen=True, slots=True)
class Wanted:
    """A need as it is written down with a contact: what about, and the client's words."""

    item: NeedItem
    words: str
    importance: int | None = None


class NeedStep(Progress):
    """One step of a need, by whom and when, with everything as it stood then. Only added to."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    note = models.CharField(_("說明"), max_length=300, blank=True)
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("需求的步驟")
        verbose_name_plural = _("需求的步驟")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["need", "number"], name="need_steps_in_order"),
            *_checks("need_step"),
        ]

    def __str__(self) -> str:
        return f"{self.need} #{self.number} {self.get_state_display()}"
