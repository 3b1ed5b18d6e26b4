"""What is typed at the counter: a group that came, what happens to it, a week's rosters."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .. import access
from ..models import Project, Staff
from .models import AWAY_REASONS, SKIP_REASONS, Absence, Arrival, BoardFact
from .queries import Week

PEOPLE = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4+")]
KEY = forms.HiddenInput


class ArrivalForm(forms.Form):
    """Somebody came: what he says of himself, and whom he asks for, in his own words."""

    before = forms.ChoiceField(
        label=_("第一次來嗎？"),
        choices=Arrival.Before.choices,
        initial=Arrival.Before.FIRST,
        widget=forms.RadioSelect,
        error_messages={"required": _("問一聲是不是第一次來；不清楚就選「不確定」。")},
    )
    people = forms.TypedChoiceField(
        label=_("幾位？"), choices=PEOPLE, initial="1", coerce=int, widget=forms.RadioSelect
    )
    named = forms.ChoiceField(
        label=_("客戶自己說了要找誰嗎？"),
        choices=[("no", _("沒說")), ("yes", _("說了，照記"))],
        initial="no",
        widget=forms.RadioSelect,
    )
    asked_for = forms.ModelChoiceField(
        label=_("要找的顧問"),
        queryset=Staff.objects.none(),
        required=False,
        empty_label=_("聽不出是哪一位"),
        error_messages={"invalid_choice": _("這個專案沒有這位顧問，請從清單裡選。")},
    )
    words = forms.CharField(
        label=_("客戶的原話"),
        required=False,
        max_length=100,
        help_text=_("例如「找上次那位林小姐」。不要寫客戶的姓名或電話。"),
    )
    key = forms.UUIDField(widget=KEY)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked_for"].queryset = access.agents_of(project)  # type: ignore[attr-defined]

    def clean_words(self) -> str:
        """No numbers that could be a client's phone."""
        words: str = self.cleaned_data["words"].strip()
        if sum(letter.isdigit() for letter in words) >= 7:
            raise ValidationError(_("這裡只寫要找誰，不要寫電話號碼。"))
        return words

    def clean(self) -> dict[str, Any]:
        """Who named somebody named a person, or said something."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("named") != "yes":
            cleaned["asked_for"], cleaned["words"] = None, ""
        elif not cleaned.get("asked_for") and not cleaned.get("words") and not self.errors:
            self.add_error("asked_for", _("選他要找的顧問；聽不出是誰，就照寫他的話。"))
        return cleaned


def _labels(reasons: Iterable[BoardFact.Reason], keeping: Any, losing: Any) -> list[Any]:
    """Reasons in two groups: those that keep the turn and those that lose it."""
    kept = [(r.value, r.label) for r in reasons if BoardFact(reason=r).keeps]
    lost = [(r.value, r.label) for r in reasons if not BoardFact(reason=r).keeps]
    return [(keeping, kept), (losing, lost)]


class SkipForm(forms.Form):
    """Why the agent who is called does not take the group."""

    reason = forms.ChoiceField(
        label=_("為什麼跳過"),
        choices=[
            ("", _("選一個理由")),
            *_labels(SKIP_REASONS, _("保留這一輪，之後補"), _("這一輪作廢")),
        ],
        error_messages={"required": _("選一個理由；它決定這一輪能不能補。")},
    )
    note = forms.CharField(label=_("備註"), required=False, max_length=200)
    key = forms.UUIDField(widget=KEY)


class DirectForm(forms.Form):
    """To whom a group is sent although it is not his turn, and why."""

    agent = forms.ModelChoiceField(
        label=_("交給"),
        queryset=Staff.objects.none(),
        empty_label=_("選一位顧問"),
        error_messages={"required": _("選一位顧問。"), "invalid_choice": _("請從清單裡選。")},
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        error_messages={"required": _("寫下理由，例如「總經理陪同的客戶，主管指示」。")},
    )
    key = forms.UUIDField(widget=KEY)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = access.agents_of(project)  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    """With which group together, and what that group said (leasing/1.9)."""

    beside = forms.TypedChoiceField(
        label=_("和哪一組併接"),
        coerce=int,
        error_messages={
            "required": _("選正在接待的那一組。"),
            "invalid_choice": _("那一組已經結束，請重新選。"),
        },
    )
    consents = forms.TypedChoiceField(
        label=_("先到的那一組同意嗎？"),
        choices=[("yes", _("同意")), ("no", _("不同意"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("先問那一組，再選同意或不同意。")},
    )
    key = forms.UUIDField(widget=KEY)

    def __init__(self, *args: Any, serving: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["beside"]
        field.choices = [("", _("選一組")), *serving]  # type: ignore[attr-defined]


class KeyForm(forms.Form):
    """A press of a button, once."""

    key = forms.UUIDField(widget=KEY)


class PresenceForm(forms.Form):
    """An agent goes away for a while, or is back."""

    agent = forms.ModelChoiceField(
        label=_("顧問"),
        queryset=Staff.objects.none(),
        empty_label=_("選一位顧問"),
        error_messages={"required": _("選一位顧問。"), "invalid_choice": _("請從清單裡選。")},
    )
    act = forms.ChoiceField(choices=[("away", _("暫離")), ("back", _("回來"))])
    reason = forms.ChoiceField(
        label=_("為什麼"),
        required=False,
        choices=[
            ("", _("選一個理由")),
            *_labels(AWAY_REASONS, _("公務：回來補輪"), _("私人：不補輪")),
        ],
    )
    until = forms.TimeField(
        label=_("幾點回來"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "num"}),
        error_messages={"invalid": _("時間看不懂，例如 11:00。")},
    )
    key = forms.UUIDField(widget=KEY)

    def __init__(
        self, *args: Any, agents: Iterable[Staff], project: Project, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.project, self.now = project, now
        field = self.fields["agent"]
        keys = [agent.pk for agent in agents]
        field.queryset = access.agents_of(project).filter(pk__in=keys)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Whoever goes says why; `back_at`: when he means to be back, today."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("act") == "away" and not cleaned.get("reason") and not self.errors:
            self.add_error("reason", _("選一個理由；它決定回來能不能補輪。"))
        clock = cleaned.get("until")
        local = self.now.astimezone(self.project.zone)
        cleaned["back_at"] = None
        if clock is not None:
            back = datetime.combine(local.date(), clock, tzinfo=self.project.zone)
            cleaned["back_at"] = back if back > local else None
        return cleaned


class GiveTurnForm(DirectForm):
    """A supervisor lets an agent make a turn up, and says why."""


class WeekForm(forms.Form):
    """A week's rosters: for each agent and day his place, why he is absent, or nothing."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=KEY)

    def __init__(self, *args: Any, week: Week, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.week, self.today = week, today
        places = [(str(n), str(n)) for n in range(1, len(week.agents) + 1)]
        choices = [("", _("休")), (_("順位"), places), (_("不在"), Absence.choices)]
        for day in week.days:
            for agent in week.agents:
                self.fields[self.name_of(day, agent)] = forms.ChoiceField(
                    label=f"{agent.name} {day:%m-%d}",
                    choices=choices,
                    required=False,
                    widget=forms.Select(attrs={"class": "form-select"}),
                    disabled=day < today,
                    initial=week.cells.get((day, agent.pk), ""),
                    error_messages={"invalid_choice": _("請從清單裡選。")},
                )

    @staticmethod
    def name_of(day: date, agent: Staff) -> str:
        """The name of one cell's field."""
        return f"d{day:%Y%m%d}_{agent.pk}"

    def clean(self) -> dict[str, Any]:
        """Nobody shares a place with somebody else."""
        cleaned = super().clean() or self.cleaned_data
        for day in self.week.days:
            taken: dict[str, Staff] = {}
            for agent in self.week.agents:
                name = self.name_of(day, agent)
                place = cleaned.get(name, "")
                if not place.isdecimal():
                    continue
                if place in taken:
                    said = _("%(day)s 的第 %(place)s 位已經是 %(name)s，請換一個順位。")
                    given = {"day": f"{day:%m-%d}", "place": place, "name": taken[place].name}
                    self.add_error(name, ValidationError(said, params=given))
                taken.setdefault(place, agent)
        return cleaned

    def days(self) -> dict[date, dict[int, str]]:
        """For the door: each day that may still be changed, with its cells."""
        return {
            day: {
                agent.pk: self.cleaned_data[self.name_of(day, agent)] for agent in self.week.agents
            }
            for day in self.week.days
            if day >= self.today
        }

    def rows(self) -> list[tuple[Staff, list[forms.BoundField]]]:
        """The table: an agent a row, a day a column."""
        return [
            (agent, [self[self.name_of(day, agent)] for day in self.week.days])
            for agent in self.week.agents
        ]


class CopyForm(forms.Form):
    """Take last week's rosters over; with `turn` everybody's place moves on by one."""

    turn = forms.BooleanField(label=_("順位往後輪一位"), required=False, initial=True)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=KEY)


class SwapForm(forms.Form):
    """Two agents change places on one day; one of them may have been off."""

    day = forms.TypedChoiceField(
        label=_("哪一天"),
        coerce=date.fromisoformat,
        error_messages={"required": _("選一天。"), "invalid_choice": _("這一天不能再改。")},
    )
    one = forms.ModelChoiceField(
        label=_("甲"), queryset=Staff.objects.none(), empty_label=_("選一位顧問"),
        error_messages={"required": _("選一位顧問。"), "invalid_choice": _("請從清單裡選。")},
    )  # fmt: skip
    two = forms.ModelChoiceField(
        label=_("乙"), queryset=Staff.objects.none(), empty_label=_("選一位顧問"),
        error_messages={"required": _("選一位顧問。"), "invalid_choice": _("請從清單裡選。")},
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=KEY)

    def __init__(
        self, *args: Any, project: Project, week: Week, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        days = [day for day in week.days if day >= today]
        self.fields["day"].choices = [("", _("選一天"))] + [  # type: ignore[attr-defined]
            (day.isoformat(), f"{day:%m-%d}") for day in days
        ]
        for name in ("one", "two"):
            self.fields[name].queryset = access.agents_of(project)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two different ones."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("one") and cleaned.get("one") == cleaned.get("two"):
            self.add_error("two", _("選另一位。"))
        return cleaned


LONGEST = timedelta(days=366)


class PeriodForm(forms.Form):
    """Of which days the fairness table speaks."""

    since = forms.DateField(
        label=_("自"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"}),
        error_messages={"invalid": _("日期看不懂，例如 2026-05-12。")},
    )
    until = forms.DateField(
        label=_("至"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"}),
        error_messages={"invalid": _("日期看不懂，例如 2026-05-12。")},
    )

    def clean(self) -> dict[str, Any]:
        """The days in their order, a year at most."""
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("結束日要在開始日之後。"))
        elif since and until and until - since > LONGEST:
            self.add_error("until", _("一次最多看一年。"))
        return cleaned

    def period(self, today: date) -> tuple[date, date]:
        """First and last day: what was typed, else the thirty days up to today."""
        given = self.cleaned_data if self.is_valid() else {}
        until = given.get("until") or today
        return given.get("since") or until - timedelta(days=29), until
