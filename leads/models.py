"""Who came, who received them, and when it was written down: the journal and its people."""

import uuid
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


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


class Lead(models.Model):
    """A buying party's interest in one project.

    `party` is the lead that stands for all leads linked into one party; empty while it stands
    alone. Owner, last valid day and contest are a projection for lists, written by
    `attribution.decisions` alone; whatever matters asks the engine.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="leads")
    party = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="members", editable=False
    )
    owner = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="owned_leads", editable=False
    )
    valid_until = models.DateField(null=True, blank=True, editable=False)
    contested = models.BooleanField(default=False, editable=False)
    recorded_at = models.DateTimeField(editable=False)
    """When the last event was recorded: later ones are never recorded before it."""

    people: "RelatedManager[Person]"
    events: "RelatedManager[ContactEvent]"

    class Meta:
        verbose_name = _("客戶")
        verbose_name_plural = _("客戶")
        indexes: ClassVar = [
            models.Index(fields=["owner", "project", "valid_until"], name="lead_owned"),
            models.Index(fields=["project", "-recorded_at"], name="lead_latest"),
            models.Index(fields=["project"], condition=Q(contested=True), name="lead_contested"),
            models.Index(
                fields=["valid_until"], condition=Q(owner__isnull=False), name="lead_lapsing"
            ),
        ]

    def __str__(self) -> str:
        return f"L-{self.pk:05d}" if self.pk else "L"

    @property
    def root_id(self) -> int:
        """The lead that stands for the whole party."""
        return self.party_id or self.pk

    @property
    def person(self) -> "Person | None":
        """The person by whom the lead is called: the first one written down."""
        people = sorted(self.people.all(), key=lambda person: person.pk)
        return people[0] if people else None


class Person(models.Model):
    """Someone of a buying party."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="people")
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    traits = models.CharField(_("特徵"), max_length=200, blank=True)

    phones: "RelatedManager[Phone]"

    class Meta:
        verbose_name = _("客人")
        verbose_name_plural = _("客人")

    def __str__(self) -> str:
        return self.name or self.traits

    @property
    def phone(self) -> "Phone | None":
        """The phone number written down first."""
        phones = sorted(self.phones.all(), key=lambda phone: phone.pk)
        return phones[0] if phones else None


class Phone(models.Model):
    """A phone number, normalised; `typed` keeps what was typed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="phones")
    number = models.CharField(_("電話"), max_length=20)
    typed = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("電話")
        verbose_name_plural = _("電話")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="one_phone_per_project"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^\+[1-9][0-9]{5,14}$"), name="phone_is_e164"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Kind(models.TextChoices):
    """What happened. The words are the policy's own (see the glossary in the README)."""

    CALL = "call", _("來電")
    VISIT = "visit", _("來訪")
    BROCHURE = "brochure", _("只取資料")
    ONLINE = "online", _("網路諮詢")
    REPORT = "report", _("渠道報備")
    FOLLOW_UP = "follow_up", _("追訪")
    ASSIST = "assist", _("義務接待")
    REGISTRATION = "register", _("介紹登記")
    PROXY = "register_proxy", _("代看備案")
    NOTICE = "notice", _("告知")
    LINK = "link", _("關係連結")
    TAKEN_BACK = "taken_back", _("撤回")
    DEPARTURE = "depart", _("離職")
    ASSIGNMENT = "assign", _("安排歸屬")
    COMPLAINT = "complaint", _("客戶投訴")
    RULING = "rule", _("裁定")
    DEAL = "deal", _("認購")


INBOUND = (Kind.CALL, Kind.VISIT, Kind.BROCHURE, Kind.ONLINE, Kind.REPORT)
"""The ways by which a client comes. Whether one gives a claim is the policy's matter."""

RECEPTIONS = (*INBOUND, Kind.ASSIST)
"""The events that are receptions of a client."""


class ContactEvent(models.Model):
    """One fact of the journal. It is never changed and never deleted: the database refuses.

    `at` is when it happened, `recorded_at` when it was written down, `by` who wrote it. `agent` is
    the agent whom it is about. `details` holds what only some kinds have: attribution.timelines
    alone reads them for the rules.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="events")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    agent = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="events")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    whom = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    """The other agent: for whom (assist, follow-up), or about whom (complaint)."""
    asked_for = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    known_to = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    steered_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    turn_of = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    other = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="+")
    """The other client: who brought this one, or with whom he is linked."""
    refers = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    """The event that this one takes back."""
    details = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    """Chosen when the form opens: the same submission is never recorded twice."""

    class Meta:
        verbose_name = _("事實")
        verbose_name_plural = _("事實")
        indexes: ClassVar = [
            models.Index(fields=["lead", "recorded_at", "id"], name="event_of_lead"),
            models.Index(
                fields=["other"], condition=Q(other__isnull=False), name="event_other_lead"
            ),
            models.Index(
                fields=["project", "agent"], condition=Q(kind="depart"), name="event_departures"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("at")), name="event_happened_before_recorded"
            ),
            models.CheckConstraint(
                condition=Q(lead__isnull=False) | Q(kind="depart"), name="event_has_a_lead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class Notification(models.Model):
    """A note in someone's bell: what to do next, and where. Sent by e-mail by the sweep."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="notifications")
    text = models.CharField(max_length=200)
    """A msgid, filled in with `values` in the reader's language."""
    values = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        indexes: ClassVar = [
            models.Index(fields=["staff"], condition=Q(read_at__isnull=True), name="note_unread"),
            models.Index(
                fields=["created_at"], condition=Q(mailed_at__isnull=True), name="note_to_mail"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Disclosure(models.Model):
    """Personal data was shown or taken out: who, what, when. Only ever added to."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("顯示電話")
        EXPORT = "export", _("匯出")

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="disclosures")
    kind = models.CharField(max_length=10, choices=Kind)
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="+")
    what = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("揭示紀錄")
        verbose_name_plural = _("揭示紀錄")
        indexes: ClassVar = [models.Index(fields=["lead", "at"], name="disclosure_of_lead")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
