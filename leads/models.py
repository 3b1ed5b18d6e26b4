"""Who came, who received them, and when it was written down: the journal and its people."""

import uuid
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from .fields import NameKeysField

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
    aliases = ArrayField(
        models.CharField(max_length=60), default=list, db_default=[], blank=True, editable=False
    )
    """Other names that stand: in another language, a nickname."""
    traits = models.CharField(_("特徵"), max_length=200, blank=True)
    keys = NameKeysField(default=list, db_default=[], editable=False)
    """By what his names are matched and found, in any script."""
    compared = models.BooleanField(default=False, db_default=False, editable=False)
    """The matcher has looked at him since he last changed."""

    phones: "RelatedManager[Phone]"

    class Meta:
        verbose_name = _("客人")
        verbose_name_plural = _("客人")
        indexes: ClassVar = [
            GinIndex(fields=["keys"], name="person_keys", fastupdate=False),
            models.Index(fields=["id"], condition=Q(compared=False), name="person_to_compare"),
        ]

    def __str__(self) -> str:
        return self.name or self.traits

    @property
    def phone(self) -> "Phone | None":
        """The phone number written down first."""
        phones = sorted(self.phones.all(), key=lambda phone: phone.pk)
        return phones[0] if phones else None


class Standing(models.TextChoices):
    """What a number is worth for telling who calls."""

    STANDS = "stands", _("有效")
    SHARED = "shared", _("另一位客戶也用")
    WRONG = "wrong", _("有誤")


class StandingPhones(models.Manager["Phone"]):
    """The numbers by which people are known: none that is wrong, none that is another's."""

    def get_queryset(self) -> QuerySet["Phone"]:
        """One row at most for a number in a project."""
        return super().get_queryset().filter(state=Standing.STANDS)


def tail_of(name: str) -> Right:
    """The last eight digits of a number, without its extension: what people remember of it."""
    base = Func(
        F(name),
        Value(";"),
        Value(1),
        function="SPLIT_PART",
        output_field=models.CharField(),
    )
    return Right(base, TAIL)


TAIL = 8


class Phone(models.Model):
    """A phone number, normalised; `typed` keeps what was typed.

    `number` is E.164, followed by `;ext=` and digits where there is an extension. One person alone
    is known by a number: where a second one gives it too, the second row is `shared` until somebody
    decides; a number found to be wrong stays as `wrong`.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="phones")
    number = models.CharField(_("電話"), max_length=32)
    typed = models.CharField(max_length=60)
    state = models.CharField(
        max_length=6,
        choices=Standing,
        default=Standing.STANDS,
        db_default=Standing.STANDS,
        editable=False,
    )

    objects = StandingPhones()
    every: ClassVar[models.Manager["Phone"]] = models.Manager()

    class Meta:
        verbose_name = _("電話")
        verbose_name_plural = _("電話")
        indexes: ClassVar = [models.Index("project", tail_of("number"), name="phone_tail")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "number"],
                condition=Q(state="stands"),
                name="one_phone_per_project_stands",
            ),
            models.UniqueConstraint(fields=["person", "number"], name="one_phone_per_person"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^\+[1-9][0-9]{5,14}(;ext=[0-9]{1,9})?$"),
                name="phone_is_read",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Contact(models.Model):
    """Another way to know somebody; `noted` is a number that stands in a note about him."""

    class Kind(models.TextChoices):
        WECHAT = "wechat", _("微信")
        EMAIL = "email", _("電子郵件")
        NOTED = "noted", _("備註裡的電話")

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=6, choices=Kind)
    value = models.CharField(max_length=254)
    """As it is compared."""
    typed = models.CharField(max_length=254)
    wrong = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("聯絡方式")
        verbose_name_plural = _("聯絡方式")
        indexes: ClassVar = [
            models.Index(fields=["project", "kind", "value"], name="contact_value")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind", "value"], name="one_contact_per_person"
            )
        ]

    def __str__(self) -> str:
        return self.typed


class PersonFact(models.Model):
    """What was written down about a person besides the journal: by whom, when. Only added to.

    Names, numbers and addresses that people go by are drawn from these facts. A wrong one is marked
    by another fact that refers to it.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("加入客人")
        NAME = "name", _("別名")
        PHONE = "phone", _("電話")
        WECHAT = "wechat", _("微信")
        EMAIL = "email", _("電子郵件")
        WRONG = "wrong", _("標為有誤")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=6, choices=Kind)
    typed = models.CharField(max_length=254)
    """As it was typed; with `wrong`, what is wrong."""
    phone = models.ForeignKey(Phone, models.PROTECT, null=True, blank=True, related_name="facts")
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="facts"
    )
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = _("客人資料")
        verbose_name_plural = _("客人資料")
        indexes: ClassVar = [
            models.Index(fields=["person", "recorded_at"], name="person_fact_of_person")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.typed}"


class Likeness(models.Model):
    """Two people may be one, or belong together: found by the matcher, or proposed by an agent.

    A person confirms it by a link or dismisses it; what was dismissed comes back only for a reason
    that was not known then, as a row of its own.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待確認")
        LINKED = "linked", _("已連結")
        DISMISSED = "dismissed", _("不是")

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    one = models.ForeignKey(Person, models.PROTECT, related_name="+")
    two = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    """Empty in a proposal: whom the agent means is for the supervisor to find."""
    reasons = ArrayField(models.CharField(max_length=12), default=list)
    weight = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    phone = models.CharField(max_length=60, blank=True)
    """As the agent typed it."""
    name = models.CharField(max_length=60, blank=True)
    relation = models.CharField(max_length=10, blank=True)
    same_need = models.BooleanField(default=True)
    price_testing = models.BooleanField(default=False)
    evidence = models.CharField(max_length=500, blank=True)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    link = models.ForeignKey(
        "ContactEvent", models.PROTECT, null=True, blank=True, related_name="+"
    )
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("可能同一人")
        verbose_name_plural = _("可能同一人")
        indexes: ClassVar = [
            models.Index(
                fields=["project", "-weight", "id"],
                condition=Q(state="open"),
                name="likeness_open",
            ),
            models.Index(fields=["two"], name="likeness_of_two"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["one", "two"],
                condition=Q(state="open", proposed_by=None),
                name="one_open_likeness",
            ),
            models.CheckConstraint(
                condition=Q(two=None) | Q(one__lt=F("two")), name="likeness_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="likeness_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one} ~ {self.two or self.name or self.phone}"


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
    once = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    """What is noted once only has a key; the database refuses a second note of it."""
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
        CONTACT = "contact", _("顯示微信或電子郵件")
        EXPORT = "export", _("匯出")
        UPLOAD = "upload", _("上傳登記表")

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


# The tables of the counter have a room of their own; Django looks for all of an app's models here.
from .board.models import Arrival as Arrival  # noqa: E402
from .board.models import BoardFact as BoardFact  # noqa: E402
from .board.models import Duty as Duty  # noqa: E402
from .board.models import Roster as Roster  # noqa: E402

# The models of a package of this app are found through here.
from .imports.models import Headings as Headings  # noqa: E402
from .imports.models import Import as Import  # noqa: E402
from .imports.models import Register as Register  # noqa: E402
from .imports.models import Row as Row  # noqa: E402
from .needs.models import ItemChange as ItemChange  # noqa: E402
from .needs.models import Need as Need  # noqa: E402
from .needs.models import NeedItem as NeedItem  # noqa: E402
from .needs.models import NeedStep as NeedStep  # noqa: E402
from .needs.models import Offer as Offer  # noqa: E402
from .needs.models import OfferAnswer as OfferAnswer  # noqa: E402
from .needs.models import PlanStep as PlanStep  # noqa: E402
from .needs.models import PlanStepEnd as PlanStepEnd  # noqa: E402
from .needs.models import ProfileEntry as ProfileEntry  # noqa: E402
from .needs.models import PurchasePlan as PurchasePlan  # noqa: E402
from .needs.models import Viewing as Viewing  # noqa: E402
from .saved_views.models import SavedView as SavedView  # noqa: E402
