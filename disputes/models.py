"""Cases: what a person must decide, who is a party to it, what was said, and how it ended."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models import Decision
from leads.models import ContactEvent, Lead, Project, Role, Staff

from . import procedure

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class CaseKind(models.TextChoices):
    """What a case is about."""

    COLLISION = "collision", _("撞單")
    POACHING = "poaching", _("搶單疑似")
    NAME_SWAP = "name_swap", _("換名疑似")
    SPECULATION = "speculation", _("炒房號疑似")
    STEERING = "steering", _("指定介紹")
    COMPLAINT = "complaint", _("客戶投訴")
    DEPARTURE = "departure", _("離職待分")
    PROXY = "proxy", _("代看未備案")
    IDENTITY = "identity", _("身分存疑")
    OBJECTION = "objection", _("佣金異議")
    SUCCESSION = "succession", _("到期接續")
    OTHER = "other", _("其他")


CONDUCT = (CaseKind.SPECULATION, CaseKind.IDENTITY, CaseKind.OTHER)
"""Kinds that move no ownership and no money by themselves (rule 17)."""
GRAVE = (CaseKind.POACHING, CaseKind.NAME_SWAP)
"""Kinds whose finding against somebody needs a second signature."""


NON_SALES = (Role.RECEPTIONIST, Role.MANAGEMENT_OFFICE, Role.AUDITOR)
"""Who may be a party, where he steered a client (sales/9), and never holds one."""


class Case(models.Model):
    """One open question about a party; at most one of a kind is open at a time."""

    class State(models.TextChoices):
        OPEN = "open", _("待裁定")
        RULED = "ruled", _("已裁定")
        SETTLED = "settled", _("已和解")
        CONFIRMED = "confirmed", _("已確認")
        DISMISSED = "dismissed", _("不成立")
        DROPPED = "dropped", _("未立案")
        MOOT = "moot", _("已無爭議")
        OVERTAKEN = "overtaken", _("另有裁定")

    class Stage(models.TextChoices):
        SUSPECTED = procedure.SUSPECTED, _("疑點待看")
        POLICY = procedure.POLICY, _("按制度")
        ANSWERS = procedure.ANSWERS, _("等待陳述")
        NEGOTIATION = procedure.NEGOTIATION, _("協商中")
        SUPERVISOR = procedure.SUPERVISOR, _("待主管裁定")
        FACTS = procedure.FACTS, _("補事實中")
        SIGNATURE = procedure.SIGNATURE, _("待第二人簽署")
        GENERAL_MANAGER = procedure.GENERAL_MANAGER, _("待總經理裁定")

    class Origin(models.TextChoices):
        RULES = "rules", _("制度")
        DETECTOR = "detector", _("偵測")
        AGENT = "agent", _("顧問異議")
        SUPERVISOR = "supervisor", _("主管立案")
        APPEAL = "appeal", _("上訴")

    project = models.ForeignKey(Project, models.PROTECT, related_name="cases")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=20, choices=CaseKind)
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.RULES)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    stage = models.CharField(max_length=16, choices=Stage, default=Stage.SUPERVISOR)
    """Where the open case stands in the procedure; a closed one keeps its last stage."""
    instance = models.CharField(max_length=16, default=procedure.SUPERVISOR)
    """Who decides: the supervisor, or the general manager once it went up."""
    decided_by = models.CharField(max_length=12)
    """Who decides, as the policy says: policy, negotiation or supervisor."""
    holds = models.BooleanField(default=True)
    """It keeps commission back and the client under review while it is open."""
    opened_by = models.ForeignKey(ContactEvent, models.PROTECT, null=True, related_name="+")
    """The fact that opened it by the rules; None where a person or a detector did."""
    opener = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    """Who opened it; None for the rules and the detectors."""
    about = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    """Against whom it is directed, where it is."""
    clause = models.CharField(max_length=14, blank=True)
    """The clause on which its opener rests it."""
    facts = models.JSONField(default=list, blank=True)
    """The keys of the facts that it rests on."""
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    """The latest decision that shows the matter: the engine's proposal."""
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="appeals")
    """The decided case that this one takes up again."""
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    """By when it must leave its stage; for answers, by when it must be decided."""
    next_at = models.DateTimeField(null=True)
    """When the calendar next has something to do with it."""
    reminded = models.CharField(max_length=8, blank=True, default="")
    """What those who are awaited were last told about this deadline: soon, or over."""
    later_until = models.DateTimeField(null=True)
    """Put aside until then: it stands at the end of the queue."""
    held_cents = models.BigIntegerField(default=0)
    """The commission that the client's deals hold back, for the order of the queue."""
    closed_by = models.ForeignKey(ContactEvent, models.PROTECT, null=True, related_name="+")
    """The fact that closed it; None where nothing about the client changed."""
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    """Grows with each change, so that a form opened before is told that it is stale."""

    parties: "RelatedManager[Party]"
    steps: "RelatedManager[Step]"

    class Meta:
        verbose_name = _("案件")
        verbose_name_plural = _("案件")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lead", "kind"], condition=Q(state="open"), name="one_open_case_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="case_closed_when_not_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["project", "due_at"], condition=Q(state="open"), name="case_queue"
            ),
            models.Index(fields=["next_at"], condition=Q(state="open"), name="case_clock"),
        ]

    def __str__(self) -> str:
        return f"C-{self.pk:04d}"

    @property
    def is_open(self) -> bool:
        """It has not ended."""
        return self.state == self.State.OPEN


class Party(models.Model):
    """Somebody whom a case concerns: he is told, and may answer, before anything binds him."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    notified_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """Until when he may answer."""
    answered_at = models.DateTimeField(null=True)
    heard_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    """Who heard him in person and wrote it down; None where he answered himself."""
    objects_to = models.BooleanField(default=False)
    """He does not accept what the policy says."""

    class Meta:
        verbose_name = _("當事人")
        verbose_name_plural = _("當事人")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "staff"], name="one_party_of_a_case"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(notified_at__isnull=False),
                name="party_answers_after_notice",
            ),
            models.CheckConstraint(
                condition=Q(notified_at__isnull=True, due_at__isnull=True)
                | Q(notified_at__isnull=False, due_at__isnull=False),
                name="party_has_time_to_answer",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["staff", "case"], name="party_of_staff")]

    def __str__(self) -> str:
        return f"{self.case} {self.staff}"


class Step(models.Model):
    """One thing that happened in a case's procedure. The file only grows: the database refuses."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("立案")
        NOTIFIED = "notified", _("通知當事人")
        TAKEN_UP = "take_up", _("受理")
        OBJECTED = "object", _("提出異議")
        ANSWERED = "answer", _("陳述")
        HEARD = "hear", _("當面聽取")
        ANSWERS_IN = "answers_in", _("陳述期滿")
        PROPOSED = "propose", _("提出和解")
        SIGNED = "sign", _("簽署和解")
        SETTLED = "settle", _("和解成立")
        FAILED = "fail", _("協商不成")
        RETURNED = "return_for_facts", _("退回補事實")
        FACTS_IN = "facts_in", _("補充事實")
        ESCALATED = "escalate", _("上呈總經理")
        REMINDED = "remind", _("提醒期限")
        CONFIRMED = "confirm", _("確認制度認定")
        UNSEEN = "draft_unseen", _("遮名擬稿")
        DRAFTED = "draft", _("擬稿")
        COUNTERSIGNED = "countersign", _("第二人簽署")
        REJECTED = "reject", _("不予簽署")
        RULED = "rule", _("裁定")
        DISMISSED = "dismiss", _("認定不成立")
        DROPPED = "drop", _("不立案")
        PENALTY_PROPOSED = "propose_penalty", _("提出處分")
        PENALTY_CONFIRMED = "confirm_penalty", _("核定處分")
        PENALTY_DROPPED = "drop_penalty", _("不採處分")
        LATER = "later", _("稍後再看")
        MOOT = "moot", _("已無爭議")
        OVERTAKEN = "overtake", _("另有裁定")

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    """Who did it; None: the rules or the calendar."""
    party = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    """Whom it concerns: who was told, heard, asked."""
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    """Chosen when the form opens: the same submission is never recorded twice."""

    class Meta:
        verbose_name = _("案件紀錄")
        verbose_name_plural = _("案件紀錄")
        indexes: ClassVar = [models.Index(fields=["case", "id"], name="step_of_case")]

    def __str__(self) -> str:
        return f"{self.case} {self.get_kind_display()}"


class Evidence(models.Model):
    """A file that somebody put before the case. It is never changed and never deleted."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    step = models.ForeignKey(Step, models.PROTECT, related_name="evidence")
    """With which statement it came."""
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=100)
    """Where it lies under the folder of evidence, which no web server serves."""

    class Meta:
        verbose_name = _("證據")
        verbose_name_plural = _("證據")

    def __str__(self) -> str:
        return self.name


class Penalty(models.Model):
    """What a ruling asks to be done to somebody, by which clause (rule 18).

    Commission is forfeited by the ruling itself, which two people sign. Everything else is a
    proposal that another person confirms or drops; a dismissal that was confirmed is carried out
    where departures are.
    """

    class Kind(models.TextChoices):
        DISMISSAL = "dismissal", _("提請解聘")
        FORFEITURE = "forfeiture", _("沒收佣金")
        OTHER = "other", _("其他處分")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待核定")
        CONFIRMED = "confirmed", _("已核定")
        DROPPED = "dropped", _("不採")

    case = models.ForeignKey(Case, models.PROTECT, related_name="penalties")
    step = models.ForeignKey(Step, models.PROTECT, related_name="penalties")
    """The ruling with which it came."""
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="penalties")
    kind = models.CharField(max_length=12, choices=Kind)
    clause = models.CharField(max_length=14)
    measure = models.CharField(max_length=300, blank=True)
    """What is to be done, where the kind does not say it."""
    percent = models.PositiveSmallIntegerField(null=True)
    """Of a forfeiture: how much of what he has by the deal."""
    deal = models.ForeignKey(ContactEvent, models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    """Who gets what is forfeited; None: the company."""
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    """Why it was confirmed or dropped."""
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    """The ledger posts a forfeiture under this key: once."""

    class Meta:
        verbose_name = _("處分")
        verbose_name_plural = _("處分")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="forfeiture", percent__gte=1, percent__lte=100, deal__isnull=False)
                | (~Q(kind="forfeiture") & Q(percent=None, deal=None, to=None)),
                name="penalty_says_how_much",
            ),
            models.CheckConstraint(
                condition=~Q(kind="other") | ~Q(measure=""), name="penalty_says_what"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | (~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="penalty_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=models.F("proposed_by"))
                & ~Q(staff=models.F("proposed_by"))
                & ~Q(staff=models.F("decided_by")),
                name="penalty_signed_by_two_others",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case"], condition=Q(state="proposed"), name="penalty_to_decide")
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_kind_display()}"

    @property
    def carried_out(self) -> bool:
        """A dismissal is carried out once its agent has left."""
        return self.kind != self.Kind.DISMISSAL or self.staff.departed_at is not None


class Precedent(models.Model):
    """A decided case by its facts, so that later ones can be held against it.

    Drawn from the file and the journal, and drawn anew where the way of drawing changes (`making`).
    """

    class Outcome(models.TextChoices):
        FIRST = "first", _("歸先接待者")
        LATER = "later", _("歸後接待者")
        OTHER = "other", _("歸第三人")
        SHARED = "shared", _("分成")
        DISMISSED = "dismissed", _("認定不成立")
        RECORDED = "recorded", _("記錄結論")
        UNFOUNDED = "unfounded", _("投訴不實")
        MALICIOUS = "malicious", _("惡意投訴")
        FAULT = "agent_fault", _("顧問過失")
        REPLACED = "replace", _("更換顧問")
        NOBODY = "nobody", _("無人歸屬")

    case = models.OneToOneField(Case, models.PROTECT, related_name="precedent")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=CaseKind)
    outcome = models.CharField(max_length=12, choices=Outcome)
    features = models.JSONField()
    """As `precedents.Features` gives them."""
    days = models.PositiveIntegerField(null=True)
    """Between the first reception and the later one; None where there was one only."""
    decided_at = models.DateTimeField()
    making = models.PositiveSmallIntegerField()
    """By which way of drawing it was made."""

    class Meta:
        verbose_name = _("先例")
        verbose_name_plural = _("先例")
        indexes: ClassVar = [
            models.Index(fields=["project", "kind", "-decided_at"], name="precedent_of_kind")
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_outcome_display()}"


# The tables of the detectors have a room of their own; Django looks for all of an app's here.
from .detectors.models import Suspicion as Suspicion  # noqa: E402
from .detectors.models import SuspicionEnd as SuspicionEnd  # noqa: E402
from .detectors.models import Watch as Watch  # noqa: E402
