"""The facts of the counter: who is on duty, who came, what happened to each group. All only grow.

Keys to the models of leads are by name: `leads.models` gathers these.
"""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

MOST_PEOPLE = 9


class Absence(models.TextChoices):
    """Why somebody who would be on duty is not."""

    LEAVE = "leave", _("請假")
    SICK = "sick", _("病假")
    ERRAND = "errand", _("外出公務")
    TRAINING = "training", _("受訓")


class Roster(models.Model):
    """Who is on duty on a day, in which order. A later one takes its place; none is changed."""

    project = models.ForeignKey("leads.Project", models.PROTECT, related_name="rosters")
    day = models.DateField()
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    duties: "RelatedManager[Duty]"

    class Meta:
        verbose_name = _("排班")
        verbose_name_plural = _("排班")
        indexes: ClassVar = [models.Index(fields=["project", "day", "-id"], name="roster_of_day")]

    def __str__(self) -> str:
        return f"{self.project} {self.day}"


class Duty(models.Model):
    """One agent's place on a roster, or why he is absent."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="duties")
    staff = models.ForeignKey("leads.Staff", models.PROTECT, related_name="duties")
    place = models.PositiveSmallIntegerField(null=True)
    """From 1; empty for somebody who is absent."""
    absence = models.CharField(max_length=10, choices=Absence, blank=True)

    class Meta:
        verbose_name = _("輪值")
        verbose_name_plural = _("輪值")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roster", "staff"], name="one_duty_a_day"),
            models.UniqueConstraint(fields=["roster", "place"], name="one_agent_in_a_place"),
            models.CheckConstraint(
                # A comparison with nothing is neither true nor false, and a check lets it pass.
                condition=Q(place__isnull=False, place__gte=1, absence="")
                | Q(place=None) & ~Q(absence=""),
                name="duty_has_a_place_or_an_absence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.place or self.get_absence_display()}"


class Arrival(models.Model):
    """A group came, as the greeter wrote it down: in the client's own words, nothing about him."""

    class Before(models.TextChoices):
        FIRST = "first", _("第一次")
        RETURNING = "returning", _("來過")
        UNSURE = "unsure", _("不確定")

    project = models.ForeignKey("leads.Project", models.PROTECT, related_name="arrivals")
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    """The group's number of the day, from 1: so it is called on the board."""
    at = models.DateTimeField()
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="greeted")
    people = models.PositiveSmallIntegerField()
    before = models.CharField(max_length=10, choices=Before)
    asked_for = models.ForeignKey(
        "leads.Staff", models.PROTECT, null=True, blank=True, related_name="+"
    )
    words = models.CharField(max_length=100, blank=True)
    """Whom the client asked for, as he said it."""
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    reception_key = models.UUIDField(default=uuid.uuid4, unique=True)
    """The key of the event by which the agent writes this reception down: there is but one."""

    class Meta:
        verbose_name = _("到訪")
        verbose_name_plural = _("到訪")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "day", "number"], name="one_group_a_number"),
            models.CheckConstraint(
                condition=Q(people__gte=1, people__lte=MOST_PEOPLE, number__gte=1),
                name="arrival_of_some_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} #{self.number}"


class BoardFact(models.Model):
    """What happened at the counter after somebody came. Whose turn it is, is never stored.

    `turn_of` is whom the order had named at that moment: the evidence by which somebody later sees
    whether the order was kept.
    """

    class Kind(models.TextChoices):
        BEGUN = "begun", _("開始接待")
        SKIPPED = "skipped", _("跳過")
        DIRECTED = "directed", _("不依輪序")
        OBJECTED = "objected", _("不同意併接")
        FINISHED = "finished", _("接待結束")
        GONE = "gone", _("未接待就離開")
        AWAY = "away", _("暫離")
        BACK = "back", _("回來")
        MADE_UP = "made_up", _("補輪")

    class Reason(models.TextChoices):
        ABSENT = "absent", _("沒有到前台")
        DECLINED = "declined", _("自己放棄這一輪")
        OFFICE = "office", _("正辦公司交代的事")
        OWN_CLIENT = "own_client", _("正接待自己的客戶")
        UNWELL = "unwell", _("身體不適")
        SHOWING = "showing", _("帶看")
        MEETING = "meeting", _("開會")
        MEAL = "meal", _("用餐")
        PRIVATE = "private", _("私事")

    project = models.ForeignKey("leads.Project", models.PROTECT, related_name="board_facts")
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    arrival = models.ForeignKey(
        Arrival, models.PROTECT, null=True, blank=True, related_name="facts"
    )
    agent = models.ForeignKey(
        "leads.Staff", models.PROTECT, null=True, blank=True, related_name="board_facts"
    )
    at = models.DateTimeField()
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    turn_of = models.ForeignKey(
        "leads.Staff", models.PROTECT, null=True, blank=True, related_name="+"
    )
    beside = models.ForeignKey(Arrival, models.PROTECT, null=True, blank=True, related_name="+")
    """The group that was being served, and agreed to the joint reception or objected to it."""
    steered = models.BooleanField(default=False)
    """Whoever directed is no salesman and places nobody: a case of sales/9."""
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    note = models.CharField(max_length=200, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    """When somebody who is away means to be back."""
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("輪序紀錄")
        verbose_name_plural = _("輪序紀錄")
        indexes: ClassVar = [
            models.Index(fields=["project", "day", "id"], name="board_fact_of_day"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["away", "back", "made_up"], arrival=None)
                | ~Q(kind__in=["away", "back", "made_up"]) & Q(arrival__isnull=False),
                name="board_fact_of_a_group",
            ),
            models.CheckConstraint(
                condition=Q(agent__isnull=False) | Q(kind__in=["finished", "gone"]),
                name="board_fact_of_an_agent",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["skipped", "away"]) | ~Q(reason=""),
                name="skip_and_absence_say_why",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["directed", "made_up"]) | ~Q(note=""),
                name="exception_from_the_order_says_why",
            ),
            models.CheckConstraint(
                condition=Q(steered=False) | Q(kind="directed"), name="steering_is_directing"
            ),
            models.CheckConstraint(
                condition=Q(beside=None) | ~Q(beside=F("arrival")), name="not_beside_itself"
            ),
            models.UniqueConstraint(
                fields=["arrival"], condition=Q(kind="begun"), name="received_once"
            ),
            models.UniqueConstraint(
                fields=["arrival"], condition=Q(kind="finished"), name="finished_once"
            ),
            models.UniqueConstraint(fields=["arrival"], condition=Q(kind="gone"), name="gone_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def keeps(self) -> bool:
        """An agent who was skipped, or is away, for this reason keeps his turn."""
        return self.reason in KEEPING


KEEPING = frozenset(
    {
        BoardFact.Reason.OFFICE,
        BoardFact.Reason.OWN_CLIENT,
        BoardFact.Reason.UNWELL,
        BoardFact.Reason.SHOWING,
        BoardFact.Reason.MEETING,
    }
)
"""Reasons of work or health: the turns that pass meanwhile are made up."""
SKIP_REASONS = (
    BoardFact.Reason.ABSENT,
    BoardFact.Reason.DECLINED,
    BoardFact.Reason.OFFICE,
    BoardFact.Reason.OWN_CLIENT,
    BoardFact.Reason.UNWELL,
)
AWAY_REASONS = (
    BoardFact.Reason.SHOWING,
    BoardFact.Reason.MEETING,
    BoardFact.Reason.OFFICE,
    BoardFact.Reason.MEAL,
    BoardFact.Reason.PRIVATE,
)
