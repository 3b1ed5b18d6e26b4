"""The office: who works in it, as what, and in which projects."""

import uuid
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    pass


class Role(models.TextChoices):
    """What a person does in the office; it decides where he lands and what he may see."""

    AGENT = "agent", _("置業顧問")
    RECEPTIONIST = "receptionist", _("前台")
    SUPERVISOR = "supervisor", _("銷售主管")
    MANAGER = "manager", _("經理")
    GENERAL_MANAGER = "general_manager", _("總經理")
    MANAGEMENT_OFFICE = "management_office", _("管理處")
    AUDITOR = "auditor", _("稽核")


class Staff(AbstractUser):
    """A member of the office; the user of the system."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=60)
    role = models.CharField(_("職務"), max_length=20, choices=Role, default=Role.AGENT)
    departed_at = models.DateTimeField(_("離職時間"), null=True, blank=True, editable=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "email"]

    class Meta:
        verbose_name = _("人員")
        verbose_name_plural = _("人員")

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


def valid_time_zone(name: str) -> None:
    """Refuse a time zone that the machine does not know."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(_("不認識的時區：%(name)s"), params={"name": name}) from error


class Project(models.Model):
    """A development that is sold or let; its staff work under one policy."""

    class Kind(models.TextChoices):
        SALES = "sales", _("銷售")
        LEASING = "leasing", _("招商")

    name = models.CharField(_("專案"), max_length=60)
    kind = models.CharField(_("類別"), max_length=10, choices=Kind, default=Kind.SALES)
    time_zone = models.CharField(
        _("時區"), max_length=40, default="Asia/Shanghai", validators=[valid_time_zone]
    )
    region = models.CharField(_("電話區域"), max_length=2, default="CN")
    currency = models.CharField(_("幣別"), max_length=4, default="¥")
    opened_on = models.DateField(_("開盤日"))
    enquiries_a_day = models.PositiveSmallIntegerField(
        _("每人每日查詢上限"), default=60, validators=[MinValueValidator(1)]
    )
    """About so many different numbers and names may one agent ask in a day."""
    staff: "models.ManyToManyField[Staff, Assignment]" = models.ManyToManyField(
        Staff, through="Assignment", related_name="projects", verbose_name=_("人員")
    )
    stamp = models.UUIDField(default=uuid.uuid4, editable=False)
    """Another one with each policy version and departure: processes then read the rules anew."""

    class Meta:
        verbose_name = _("專案")
        verbose_name_plural = _("專案")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone; its days are the policy's days."""
        return ZoneInfo(self.time_zone)


class Assignment(models.Model):
    """A member of staff works in a project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="assignments")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="assignments")

    class Meta:
        verbose_name = _("派駐")
        verbose_name_plural = _("派駐")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "staff"], name="one_assignment")
        ]

    def __str__(self) -> str:
        return f"{self.staff} @ {self.project}"
