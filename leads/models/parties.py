"""Who comes: leads, people, their numbers, and who may be the same."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from ..fields import NameKeysField

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from .journal import ContactEvent

from .office import Project, Staff


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
