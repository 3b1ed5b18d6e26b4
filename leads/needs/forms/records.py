"""What people type about needs: what a client wants, and each step of what is done about it."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ...models import Project, Staff
from .. import course
from ..models import Confirmation, NeedItem, Side, Source

SCALE = [(number, str(number)) for number in range(1, 6)]
LEVELS = {
    "importance": _("重要程度"),
    "expected": _("期望"),
    "floor": _("底線（最低可接受）"),
    "perceived": _("現況（客戶的感受）"),
    "after": _("改善後（客戶的感受）"),
}
FLOOR_TOO_HIGH = _("底線不會高於期望：底線是最低可接受，期望是想要的。")


class LevelField(forms.TypedChoiceField):
    """A level from 1 to 5, as a row of five."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(
            label=label,
            choices=SCALE,
            coerce=int,
            empty_value=None,
            widget=forms.RadioSelect,
            error_messages={
                "required": _("選 1 到 5：1 最低，5 最高。"),
                "invalid_choice": _("選 1 到 5：1 最低，5 最高。"),
            },
            **kwargs,
        )


def day_field(label: Any, *, required: Any = "", **kwargs: Any) -> forms.DateField:
    """A day; `required`: what to say where it is missing."""
    return forms.DateField(
        label=label,
        required=bool(required),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"}),
        error_messages={
            "required": required,
            "invalid": _("日期看不懂，例如 2026-05-12。"),
        },
        **kwargs,
    )


def grouped(items: Iterable[NeedItem]) -> list[tuple[Any, list[tuple[int, str]]]]:
    """Items as the choices of a select, side by side."""
    return [
        (Side(side).label, [(item.pk, str(item)) for item in some])
        for side, some in groupby(items, key=lambda item: item.side)
    ]


class NeedForm(forms.Form):
    """What a client wants: about what, in his words, how we know; levels where he gave them."""

    item = forms.TypedChoiceField(
        label=_("項目"),
        coerce=int,
        error_messages={
            "required": _("選一個項目，例如 電梯運行。"),
            "invalid_choice": _("這個項目不在本專案的清單裡。請重新選一個。"),
        },
    )
    words = forms.CharField(
        label=_("客戶的話"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
        error_messages={"required": _("照客戶說的寫，例如：早上等電梯要十分鐘。")},
    )
    place = forms.CharField(label=_("地點"), required=False, max_length=60)
    source = forms.ChoiceField(label=_("來源"), choices=Source, initial=Source.RECEPTION)
    said_on = day_field(_("哪一天說的"))
    importance = LevelField(LEVELS["importance"], required=False)
    expected = LevelField(LEVELS["expected"], required=False)
    floor = LevelField(LEVELS["floor"], required=False)
    perceived = LevelField(LEVELS["perceived"], required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(
        self, *args: Any, project: Project, items: list[NeedItem], today: date, **kwargs: Any
    ) -> None:
        """`items`: those that may be chosen; `today`: on the office's calendar."""
        super().__init__(*args, **kwargs)
        self.project, self.today = project, today
        self.items = {item.pk: item for item in items}
        self.fields["item"].choices = [("", _("選一個項目")), *grouped(items)]  # type: ignore[attr-defined]
        self.fields["said_on"].initial = today

    @property
    def levels(self) -> list[forms.BoundField]:
        """The four levels."""
        return [self[name] for name in course.LEVELS]

    @property
    def rated(self) -> bool:
        """Has any level been chosen, or refused?"""
        return any(bound.value() not in (None, "") or bound.errors for bound in self.levels)

    def clean_said_on(self) -> date:
        """A day that has come."""
        day: date = self.cleaned_data["said_on"] or self.today
        if day > self.today:
            raise forms.ValidationError(_("這一天還沒到。"))
        return day

    def clean(self) -> dict[str, Any]:
        """The floor is not above what is expected."""
        cleaned = super().clean() or self.cleaned_data
        refuse_a_floor_above(self, cleaned)
        return cleaned

    @property
    def chosen(self) -> NeedItem:
        """The item; only of a valid form."""
        return self.items[self.cleaned_data["item"]]

    @property
    def given(self) -> dict[str, Any]:
        """What the door is given of the form, besides the item and the moment."""
        names = ("words", "place", "source", "key", *course.LEVELS)
        return {name: self.cleaned_data[name] for name in names}


def refuse_a_floor_above(form: forms.Form, given: dict[str, Any]) -> None:
    """An error where the lowest acceptable level is above the expected one."""
    floor, expected = given.get("floor"), given.get("expected")
    if floor and expected and floor > expected:
        form.add_error("floor", FLOOR_TOO_HIGH)


ACT_WORDS = {
    "analyse": _("分析"),
    "plan": _("安排措施"),
    "start": _("開始執行"),
    "finish": _("記完成"),
    "verify": _("向客戶驗證"),
    "close": _("結案"),
    "reopen": _("重新打開"),
}
"""What each act is called on its button."""


class ActForm(forms.Form):
    """One act of the course of a need: only the fields that it takes."""

    act = forms.ChoiceField(choices=list(ACT_WORDS.items()), widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(
        self,
        *args: Any,
        act: str,
        people: QuerySet[Staff],
        today: date,
        note_asked: bool = False,
        **kwargs: Any,
    ) -> None:
        """`note_asked`: the act must be explained."""
        kwargs.setdefault("auto_id", f"{act}-%s")
        super().__init__(*args, **kwargs)
        self.doing, self.today = course.ACTS[act], today
        for name in self.doing.takes:
            self.fields[name] = self._field(name, people)
        self.fields["note"] = forms.CharField(
            label=_("原因") if note_asked else _("說明（選填）"),
            required=note_asked,
            max_length=300,
            error_messages={"required": _("寫下原因，例如：客戶已退訂，不再追。")},
        )

    def _field(self, name: str, people: QuerySet[Staff]) -> forms.Field:
        if name in LEVELS:
            return LevelField(LEVELS[name])
        if name == "responsible":
            return forms.ModelChoiceField(
                label=_("負責人"),
                queryset=people,
                empty_label=_("選一位"),
                error_messages={
                    "required": _("選一位負責人。"),
                    "invalid_choice": _("這個專案沒有這位同事，請從清單裡選。"),
                },
            )
        if name == "due":
            return day_field(_("期限"), required=_("寫下期限，例如 2026-05-20。"))
        if name == "done":
            return day_field(_("完成日"), required=_("寫下完成日，例如 2026-05-12。"))
        if name == "confirmation":
            return forms.ChoiceField(
                label=_("客戶怎麼說"),
                choices=Confirmation,
                widget=forms.RadioSelect,
                error_messages={"required": _("選一項：滿意、有改善或還不行。")},
            )
        words = {
            "measure": forms.CharField(
                label=_("措施"),
                max_length=200,
                widget=forms.TextInput(attrs={"list": "measures", "autocomplete": "off"}),
                error_messages={"required": _("寫下要做什麼，例如：報修 2 小時內回覆時程。")},
            ),
            "carried_by": forms.CharField(
                label=_("執行單位（選填）"), required=False, max_length=40
            ),
            "confirmed_words": forms.CharField(
                label=_("客戶的話（選填）"), required=False, max_length=200
            ),
        }
        return words[name]

    @property
    def shown(self) -> list[tuple[forms.BoundField, bool]]:
        """The fields in order; whether each is a row of choices."""
        names = (*self.doing.takes, "note")
        return [(self[n], isinstance(self.fields[n].widget, forms.RadioSelect)) for n in names]

    def clean_done(self) -> date:
        """A day that has come."""
        day: date = self.cleaned_data["done"]
        if day > self.today:
            raise forms.ValidationError(_("這一天還沒到。"))
        return day

    def clean(self) -> dict[str, Any]:
        """The floor is not above what is expected."""
        cleaned = super().clean() or self.cleaned_data
        refuse_a_floor_above(self, cleaned)
        return cleaned

    @property
    def given(self) -> dict[str, Any]:
        """What the act takes, as the door has it."""
        found = {name: self.cleaned_data[name] for name in self.doing.takes}
        if "responsible" in found:
            found["responsible"] = found["responsible"].pk
        return found


class ItemForm(forms.Form):
    """Another item of a project's own."""

    side = forms.ChoiceField(label=_("方面"), choices=Side)
    name = forms.CharField(
        label=_("項目"),
        max_length=20,
        error_messages={"required": _("寫下項目，例如 停車秩序。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class ItemChangeForm(forms.Form):
    """An item is retired, or offered again."""

    item = forms.IntegerField(widget=forms.HiddenInput)
    do = forms.ChoiceField(choices=[("retire", ""), ("restore", "")], widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
