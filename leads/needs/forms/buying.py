"""What people type about what a client means to buy."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ...forms.amounts import AmountField
from ..models import Answer, Decider, Motive, Offer, Payment, Purpose
from .records import day_field

NOT_SAID = ("", _("還不知道"))
MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-[0-9]{1,2})?")


class Sheet(forms.Form):
    """A form with the key of its submission."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


def _unsaid(choices: Any) -> list[tuple[str, Any]]:
    return [NOT_SAID, *choices.choices]


class ProfileForm(Sheet):
    """Why a client came, for what, with how much: all of it may be left out."""

    motives = forms.MultipleChoiceField(
        label=_("動機"), choices=Motive, required=False, widget=forms.CheckboxSelectMultiple
    )
    motive_words = forms.CharField(label=_("動機，客戶的話"), required=False, max_length=200)
    purpose = forms.ChoiceField(label=_("用途"), choices=_unsaid(Purpose), required=False)
    budget_low = AmountField(label=_("預算，從"), required=False)
    budget_high = AmountField(label=_("預算，到"), required=False)
    area_low = forms.IntegerField(
        label=_("面積（平方米），從"), required=False, min_value=1, max_value=100_000
    )
    area_high = forms.IntegerField(
        label=_("面積（平方米），到"), required=False, min_value=1, max_value=100_000
    )
    unit_type = forms.CharField(
        label=_("戶型"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"list": "unit-types", "autocomplete": "off"}),
    )
    payment = forms.ChoiceField(label=_("付款方式"), choices=_unsaid(Payment), required=False)
    decider = forms.ChoiceField(label=_("誰決定"), choices=_unsaid(Decider), required=False)
    decider_words = forms.CharField(label=_("誰決定，說明"), required=False, max_length=100)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean(self) -> dict[str, Any]:
        """A range begins before it ends."""
        given = super().clean() or self.cleaned_data
        for low, high in (("budget_low", "budget_high"), ("area_low", "area_high")):
            if given.get(low) and given.get(high) and given[low] > given[high]:
                self.add_error(high, _("「到」要不小於「從」。"))
        return given


class MonthField(forms.CharField):
    """A month, as 2026-09. Cleans to its first day."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "month", "class": "num"})
        super().__init__(max_length=10, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """The first day of the month."""
        found = MONTH.fullmatch(str(super().clean(value)).strip())
        if found is None or not 1 <= int(found[2]) <= 12 or int(found[1]) < 2000:
            raise ValidationError(_("寫成年月，例如 2026-09。"))
        return date(int(found[1]), int(found[2]), 1)

    def prepare_value(self, value: Any) -> Any:
        """A day as its month."""
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class PlanForm(Sheet):
    """When a client means to buy what, for how much, how probably."""

    month = MonthField(
        label=_("預計月份"), error_messages={"required": _("寫成年月，例如 2026-09。")}
    )
    amount = AmountField(
        label=_("金額"), error_messages={"required": _("寫成金額，例如 4,280,000 或 428萬。")}
    )
    probability = forms.IntegerField(
        label=_("把握（%）"),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"step": 5, "class": "num"}),
        error_messages={
            "required": _("寫 0 到 100，例如 60。"),
            "invalid": _("寫 0 到 100，例如 60。"),
        },
    )
    unit_type = forms.CharField(
        label=_("戶型"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"list": "unit-types", "autocomplete": "off"}),
    )
    note = forms.CharField(label=_("說明（選填）"), required=False, max_length=200)
    dropped = forms.BooleanField(label=_("不買了"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class NextStepForm(Sheet):
    """What is to be done next, on which day."""

    text = forms.CharField(
        label=_("下一步"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("寫下要做什麼，例如：送按揭試算。")},
    )
    due = day_field(_("哪一天"), required=_("寫下日期，例如 2026-05-12。"))


class ViewingForm(Sheet):
    """A unit that he saw, or what he asked about a price."""

    unit = forms.CharField(label=_("看過的房源"), required=False, max_length=40)
    question = forms.CharField(label=_("問到的價格"), required=False, max_length=200)
    day = day_field(_("看房日期"), required=_("寫下日期，例如 2026-05-12。"))

    def clean(self) -> dict[str, Any]:
        """One of the two at least."""
        given = super().clean() or self.cleaned_data
        if not self.errors and not given.get("unit") and not given.get("question"):
            self.add_error("unit", _("寫下看了哪一套，例如 3 棟 1202；或寫他問到的價格。"))
        return given


class OfferForm(Sheet):
    """What he was offered so that he buys."""

    kind = forms.ChoiceField(label=_("優惠"), choices=Offer.Kind)
    percent = forms.DecimalField(
        label=_("折讓（%）"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.5", "class": "num"}),
    )
    months = forms.IntegerField(
        label=_("月數"),
        required=False,
        min_value=1,
        max_value=360,
        widget=forms.NumberInput(attrs={"class": "num"}),
    )
    terms = forms.CharField(label=_("條件"), required=False, max_length=200)
    unit = forms.CharField(label=_("房源"), required=False, max_length=40)
    day = day_field(_("提出日期"), required=_("寫下日期，例如 2026-05-12。"))

    def clean(self) -> dict[str, Any]:
        """Each kind says how much."""
        given = super().clean() or self.cleaned_data
        kind = given.get("kind")
        if (
            kind == Offer.Kind.DISCOUNT
            and not given.get("percent")
            and "percent" not in self.errors
        ):
            self.add_error("percent", _("寫下折讓多少，例如 2.5。"))
        if kind in (Offer.Kind.INSTALMENTS, Offer.Kind.RENT_FREE) and not given.get("months"):
            self.add_error("months", _("寫下幾個月，例如 3。"))
        if kind == Offer.Kind.OTHER and not given.get("terms"):
            self.add_error("terms", _("寫下優惠的內容，例如：送車位。"))
        return given

    @property
    def given(self) -> dict[str, Any]:
        """What the door is given: what its kind has, a discount in hundredths of a percent."""
        found = self.cleaned_data
        discount = found["kind"] == Offer.Kind.DISCOUNT
        counted = found["kind"] in (Offer.Kind.INSTALMENTS, Offer.Kind.RENT_FREE)
        return {
            "kind": found["kind"],
            "permyriad": round(found["percent"] * 100) if discount else None,
            "months": found["months"] if counted else None,
            "terms": found["terms"],
            "unit": found["unit"],
            "day": found["day"],
        }


class AnswerForm(Sheet):
    """What the client answered to an offer."""

    answer = forms.ChoiceField(
        label=_("答覆"),
        choices=Answer,
        widget=forms.RadioSelect,
        error_messages={"required": _("選一個答覆：接受、考慮中、還要更多或不接受。")},
    )
    words = forms.CharField(label=_("客戶怎麼說（選填）"), required=False, max_length=200)
    day = day_field(_("哪一天"), required=_("寫下日期，例如 2026-05-12。"))
