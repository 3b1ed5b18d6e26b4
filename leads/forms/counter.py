"""What people type at the counter: a question, a reception, a follow-up."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from datetime import time as Clock
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .. import access, identity
from ..models import Kind, Project, Role, Staff
from ..needs.models import NeedItem, Wanted
from ..services import HappenedInTheFuture

OLDEST = timedelta(days=31)
"""How long ago a reception may be and still be written down at the counter."""

CHANNELS = {
    Kind.CALL: "call",
    Kind.VISIT: "visit",
    Kind.BROCHURE: "visit",
    Kind.ONLINE: "online",
    Kind.REPORT: "report",
}
"""By which ways clients come, in the order of the form, and the channel in which each counts."""

USUAL = ("call", "visit")

DUTIES = ("gave_contact", "passed_on", "noted")
"""The duties of an obligatory reception (leasing/1.7)."""

NOT_SALES = (Role.RECEPTIONIST, Role.MANAGEMENT_OFFICE)

REGISTER = ("name", "phone", "need", "source")
"""What a policy may ask of a register entry."""

OUTCOMES = {
    "reached": _("接通本人"),
    "family": _("接通親屬"),
    "no_answer": _("未接"),
    "off": _("關機"),
}
"""What can come of a follow-up; the first two reach the client."""

REACHING = ("reached", "family")

TICK = forms.CheckboxInput(attrs={"class": "form-check-input"})

CLOCK = forms.TimeInput(
    format="%H:%M",
    attrs={"type": "time", "class": "form-control num", "aria-label": _("做到的時間")},
)


class EnquiryForm(forms.Form):
    """Whose client is it: the question asked under the phone field, and by the field in the bar."""

    kind = forms.ChoiceField(
        label=_("方式"),
        choices=[(kind.value, kind.label) for kind in CHANNELS],
        initial=Kind.VISIT,
        widget=forms.RadioSelect,
    )
    phone = forms.CharField(
        label=_("電話"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "inputmode": "tel",
                "autocomplete": "off",
                "class": "phone num",
                "autofocus": True,
            }
        ),
    )
    no_phone = forms.BooleanField(label=_("未留電話"), required=False)
    day = forms.DateField(
        label=_("接待日期"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"}),
        error_messages={"invalid": _("日期看不懂，例如 2026-05-12。")},
    )
    time = forms.TimeField(
        label=_("接待開始"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "num"}),
        error_messages={"invalid": _("時間看不懂，例如 10:21。")},
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    """The moment at which the form opened, to the second: it holds unless another time is typed."""
    asked_for = forms.ModelChoiceField(
        label=_("指名找誰"),
        queryset=Staff.objects.none(),
        required=False,
        empty_label=_("沒有指名"),
        error_messages={"invalid_choice": _("這個專案沒有這位顧問，請從清單裡選。")},
    )
    brought_by = forms.IntegerField(
        label=_("誰帶來（你的客戶）"),
        required=False,
        widget=forms.Select,
        error_messages={"invalid": _("請從你的客戶裡選。")},
    )
    assist = forms.BooleanField(label=_("是，改記義務接待"), required=False)

    def __init__(
        self,
        *args: Any,
        project: Project,
        agent: Staff,
        now: datetime,
        channels: Collection[str] = USUAL,
        **kwargs: Any,
    ) -> None:
        """`channels`: those in which a reception counts here at all; others are not offered."""
        super().__init__(*args, **kwargs)
        self.project, self.agent, self.now = project, agent, now
        self.fields["asked_for"].queryset = access.agents_of(project)  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, kind.label) for kind, way in CHANNELS.items() if way in channels
        ]

    def clean_phone(self) -> str:
        """The number as typed, if it can be one."""
        typed: str = self.cleaned_data["phone"].strip()
        if typed:
            try:
                identity.normalise_phone(typed, self.project.region)
            except identity.ImpossiblePhone as refused:
                raise ValidationError(refused.message) from refused
        return typed

    def clean_brought_by(self) -> int | None:
        """A client of one's own."""
        chosen: int | None = self.cleaned_data["brought_by"]
        if chosen is None:
            return None
        if not access.leads_of(self.agent, self.project).filter(pk=chosen).exists():
            raise ValidationError(_("請從你的客戶裡選。"))
        return chosen

    def clean(self) -> dict[str, Any]:
        """`at`: when the reception began; neither in the future nor long ago."""
        cleaned = super().clean() or self.cleaned_data
        if {"day", "time"} & set(self.errors):
            return cleaned
        cleaned["at"] = self._began(cleaned.get("day"), cleaned.get("time"))
        if cleaned["at"] > self.now:
            self.add_error("time", HappenedInTheFuture.message)
        elif self.now - cleaned["at"] > OLDEST:
            self.add_error("day", _("超過 31 天的接待不能在這裡補記，請把經過告訴主管，由他處理。"))
        return cleaned

    def _began(self, day: date | None, clock: Clock | None) -> datetime:
        opened = self.opened_at
        day = opened.date() if day is None else day
        if clock is None or (day, clock.hour, clock.minute) == (
            opened.date(),
            opened.hour,
            opened.minute,
        ):
            clock = opened.time()
        return datetime.combine(day, clock.replace(tzinfo=None), tzinfo=self.project.zone)

    @property
    def opened_at(self) -> datetime:
        """When the form opened, in the office's time; now where that cannot be read."""
        try:
            opened = datetime.fromisoformat(self.data.get("opened", ""))
        except ValueError:
            opened = self.now
        if opened.tzinfo is None or opened > self.now:
            opened = self.now
        return opened.astimezone(self.project.zone)


class QuickLogForm(EnquiryForm):
    """A reception in one short form: who came by which way, everything else folded away."""

    name = forms.CharField(label=_("姓名"), required=False, max_length=60)
    companions = forms.CharField(label=_("同行"), required=False, max_length=100)
    source = forms.CharField(label=_("來源"), required=False, max_length=60)
    need = forms.CharField(label=_("需求"), required=False, max_length=200)
    note = forms.CharField(
        label=_("備註"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    proxy = forms.CharField(
        label=_("代看"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"placeholder": _("代誰看、為什麼聯繫不到本人"), "autocomplete": "off"}
        ),
    )
    steered_by = forms.ModelChoiceField(
        label=_("非銷售人員指定"),
        queryset=Staff.objects.none(),
        required=False,
        empty_label=_("沒有人指定"),
        error_messages={"invalid_choice": _("這個專案沒有這位同事，請從清單裡選。")},
    )
    turn_of = forms.ModelChoiceField(
        label=_("本來輪到誰"),
        queryset=Staff.objects.none(),
        required=False,
        empty_label=_("不知道"),
        error_messages={"invalid_choice": _("這個專案沒有這位顧問，請從清單裡選。")},
    )
    arrival = forms.CharField(required=False, max_length=40)
    """Which of the persons registered beforehand this is, as the answer offered it."""
    delegated = forms.BooleanField(label=_("原顧問事先託我接待"), required=False, widget=TICK)
    gave_contact = forms.BooleanField(
        label=_("客戶拿到了原顧問的聯絡方式"), required=False, widget=TICK
    )
    passed_on = forms.BooleanField(
        label=_("客戶的姓名與聯絡方式轉交給原顧問了"), required=False, widget=TICK
    )
    noted = forms.BooleanField(label=_("登記表註明了這是義務接待"), required=False, widget=TICK)
    gave_contact_at = forms.TimeField(required=False, widget=CLOCK)
    passed_on_at = forms.TimeField(required=False, widget=CLOCK)
    noted_at = forms.TimeField(required=False, widget=CLOCK)
    wants = forms.TypedMultipleChoiceField(
        label=_("說到什麼"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("這個項目不在本專案的清單裡。請重新選一個。")},
    )
    """What the client spoke of: each becomes a need of his (needs/1 to needs/3)."""
    wants_words = forms.CharField(
        label=_("照客戶的話寫（選填）"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    ASKED = ("name", "asked_for", "brought_by", "proxy", "source", "need", "steered_by", "turn_of",
             "day")  # fmt: skip
    """The folded fields that change the answer."""
    FOLDED = ("name", "asked_for", "brought_by", "proxy", "companions", "source", "need", "note",
              "day", "steered_by", "turn_of")  # fmt: skip
    """In the order of speaking; what is rare comes last."""

    def __init__(
        self, *args: Any, project: Project, asks: Collection[str] = (), **kwargs: Any
    ) -> None:
        """`asks`: the fields without which the policy takes an entry for no reception. They stand
        open and are marked; whoever cannot fill them in saves all the same, and is told."""
        super().__init__(*args, project=project, **kwargs)
        self.asks = frozenset(asks)
        self.items: dict[int, NeedItem] = {}
        # Until items are offered, what is ticked stands: the answer under the phone rests on none.
        ticked = self.data.getlist("wants") if hasattr(self.data, "getlist") else ()
        self.fields["wants"].choices = [  # type: ignore[attr-defined]
            (pk, pk) for pk in ticked if pk.isdecimal()
        ]
        self.fields["turn_of"].queryset = access.agents_of(project)  # type: ignore[attr-defined]
        self.fields["steered_by"].queryset = project.staff.filter(  # type: ignore[attr-defined]
            role__in=NOT_SALES, departed_at=None, is_active=True
        ).order_by("name", "pk")

    @classmethod
    def fresh(
        cls,
        *,
        project: Project,
        agent: Staff,
        now: datetime,
        channels: Collection[str] = USUAL,
        asks: Collection[str] = (),
        **initial: Any,
    ) -> "QuickLogForm":
        """A form that opens now: its time is frozen, its key is its own."""
        opened = now.astimezone(project.zone).replace(microsecond=0)
        return cls(
            project=project,
            agent=agent,
            now=now,
            channels=channels,
            asks=asks,
            initial={
                "opened": opened.isoformat(),
                "day": opened.date(),
                "time": opened.time(),
                "key": uuid4(),
                **initial,
            },
        )

    def clean(self) -> dict[str, Any]:
        """A phone number, or the word that none was left."""
        cleaned = super().clean()
        if cleaned.get("wants_words") and not cleaned.get("wants") and "wants" not in self.errors:
            self.add_error("wants", _("選一項他說到的，例如 電梯運行；只想留一句話就寫在備註。"))
        if "phone" not in self.errors and not cleaned.get("phone") and not cleaned.get("no_phone"):
            self.add_error("phone", _("寫下電話，例如 138 0013 8000；客戶沒留就勾「未留電話」。"))
        return cleaned

    def offer_items(self, items: Iterable[NeedItem]) -> None:
        """Let one choose what the client spoke of."""
        self.items = {item.pk: item for item in items}
        offered = [(item.pk, str(item)) for item in self.items.values()]
        self.fields["wants"].choices = offered  # type: ignore[attr-defined]

    @property
    def wanting(self) -> bool:
        """Is anything said there, or refused?"""
        named = (self["wants"], self["wants_words"])
        return any(bound.value() or bound.errors for bound in named)

    @property
    def wanted(self) -> list[Wanted]:
        """What the client spoke of, in his words; where nobody wrote any, the item's name."""
        given = self.cleaned_data
        said = given["wants_words"] or given["need"]
        chosen = [self.items[pk] for pk in given["wants"]]
        return [Wanted(item, said or str(item)) for item in chosen]

    @property
    def duties(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each duty of an obligatory reception: its tick, and when it was done."""
        return [(self[duty], self[f"{duty}_at"]) for duty in DUTIES]

    def duties_done(self) -> dict[str, datetime]:
        """When each duty that is ticked was done: as typed, now where nothing is (leasing/1.7)."""
        now = self.now.astimezone(self.project.zone)
        done = {}
        for duty in DUTIES:
            if not self.cleaned_data.get(duty):
                continue
            clock: Clock | None = self.cleaned_data.get(f"{duty}_at")
            at = now if clock is None else datetime.combine(now, clock, tzinfo=self.project.zone)
            done[duty] = min(at, now)
        return done

    @property
    def complete(self) -> list[str]:
        """Which of the fields that a policy may ask for are filled in."""
        return [name for name in REGISTER if self.cleaned_data.get(name)]

    @property
    def folded(self) -> list[tuple[forms.BoundField, bool]]:
        """The folded fields; each stands open if it is filled in or asked for by the policy."""
        found = []
        for name in self.FOLDED:
            bound = self[name]
            usual = self.opened_at.date() if name == "day" else ""
            changed = str(bound.value() or usual) != str(usual)
            found.append((bound, bool(bound.errors) or changed or name in self.asks))
        return found

    def offer_clients(self, clients: Iterable[tuple[int, str]]) -> None:
        """Let one choose among these clients of one's own: key and words."""
        widget = self.fields["brought_by"].widget
        widget.choices = [("", _("沒有人帶")), *clients]

    def fact(self) -> dict[str, Any]:
        """What the door of a contact is given, besides who and when."""
        given = self.cleaned_data
        return {
            "kind": Kind(given["kind"]),
            "at": given["at"],
            "key": given["key"],
            "phone": given["phone"],
            "name": given["name"],
            "asked_for": given["asked_for"],
            "brought_by": given["brought_by"],
            "companions": given["companions"],
            "source": given["source"],
            "need": given["need"],
            "note": given["note"],
            "proxy": given["proxy"],
            "steered_by": given["steered_by"],
            "turn_of": given["turn_of"] if given["steered_by"] else None,
            "fields": self.complete,
            "wanted": self.wanted,
        }


class FollowUpForm(forms.Form):
    """What came of a call to a client."""

    outcome = forms.ChoiceField(
        choices=list(OUTCOMES.items()),
        error_messages={
            "required": _("選一個結果：接通本人、接通親屬、未接或關機。"),
            "invalid_choice": _("選一個結果：接通本人、接通親屬、未接或關機。"),
        },
    )
    note = forms.CharField(label=_("備註"), required=False, max_length=1000)
    key = forms.UUIDField(widget=forms.HiddenInput)
