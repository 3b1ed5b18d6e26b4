"""Suspicions, and how each ended. Both only grow: the database refuses to change them.

Keys to other models are by name: `disputes.models` gathers these.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DetectorName(models.TextChoices):
    """What is looked for; the names are those of `registry.DETECTORS`."""

    NOTICE = "notice", _("被告知後成交")
    TIED_BUYER = "tied_buyer", _("買方與他人客戶有關")
    UNITS = "units", _("房源輪流保留或轉手")
    STEERING = "steering", _("前台集中派給一人")
    FOLLOW_UPS = "follow_ups", _("期末成批追訪")
    LATE_ENTRY = "late_entry", _("別人登記後的補登")


class Suspicion(models.Model):
    """Something that a person should look at: which facts, by which path. Never an accusation.

    Nobody but those who decide may read it, and of them nobody whom it concerns.
    """

    project = models.ForeignKey("leads.Project", models.PROTECT, related_name="suspicions")
    detector = models.CharField(max_length=12, choices=DetectorName)
    lead = models.ForeignKey(
        "leads.Lead", models.PROTECT, null=True, blank=True, related_name="suspicions"
    )
    """On whom a case would be opened; empty where nobody wrote the clients down yet."""
    agent = models.ForeignKey(
        "leads.Staff", models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Whose conduct it concerns."""
    concerns = ArrayField(models.BigIntegerField(), default=list)
    """Everybody whose conduct it concerns, by key: they neither see it nor decide about it."""
    affected = ArrayField(models.BigIntegerField(), default=list)
    """The agents whose rights it touches, by key."""
    clients = ArrayField(models.BigIntegerField(), default=list)
    """Every client who appears in it, by the key of his lead."""
    score = models.PositiveSmallIntegerField()
    """From 0 to 100: how much speaks for it. Not a probability."""
    facts = ArrayField(models.BigIntegerField(), default=list)
    """The keys of the facts on which it rests."""
    path = models.JSONField(default=list)
    """The steps that led to it: `rows.Clue` as data."""
    found_at = models.DateTimeField()
    mark = models.UUIDField(unique=True)
    """Made of what it is about: the same thing is raised once."""

    class Meta:
        verbose_name = _("疑點")
        verbose_name_plural = _("疑點")
        indexes: ClassVar = [
            models.Index(fields=["project", "-score", "-id"], name="suspicion_of_project"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(score__lte=100), name="suspicion_score_in_range"),
        ]

    def __str__(self) -> str:
        return f"S-{self.pk:04d}"

    @property
    def state(self) -> str:
        """Open, dismissed, or taken up; reads its end."""
        end = getattr(self, "end", None)
        return "open" if end is None else str(end.what)


class SuspicionEnd(models.Model):
    """A person looked at a suspicion: dismissed with a reason, or taken up as a case."""

    class What(models.TextChoices):
        DISMISSED = "dismissed", _("不成疑")
        TAKEN_UP = "taken_up", _("已立案")

    suspicion = models.OneToOneField(Suspicion, models.PROTECT, related_name="end")
    what = models.CharField(max_length=10, choices=What)
    by = models.ForeignKey("leads.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()
    case = models.ForeignKey(
        "disputes.Case", models.PROTECT, null=True, blank=True, related_name="suspicions"
    )
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    """Chosen when the form opens: the same submission is never recorded twice."""

    class Meta:
        verbose_name = _("疑點的結果")
        verbose_name_plural = _("疑點的結果")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(what="dismissed", case=None) | Q(what="taken_up", case__isnull=False),
                name="suspicion_taken_up_is_a_case",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="suspicion_ends_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.suspicion} {self.get_what_display()}"


class Watch(models.Model):
    """Until which moment of recording a project's facts have been looked at."""

    project = models.OneToOneField("leads.Project", models.CASCADE, related_name="watch")
    looked_until = models.DateTimeField()

    class Meta:
        verbose_name = _("偵測進度")
        verbose_name_plural = _("偵測進度")

    def __str__(self) -> str:
        return f"{self.project} {self.looked_until:%Y-%m-%d %H:%M}"
