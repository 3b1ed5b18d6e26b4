"""The forms of commissions: a deal, and the wish for an export."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.models import Project, Staff

from .models import Export

UNITS = {"萬": 10_000, "万": 10_000, "億": 100_000_000, "亿": 100_000_000}
PRICE = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s*([萬万億亿]?)")
SIGNS = re.compile(r"^(?:NT\$|HK\$|US\$|MOP\$|S\$|RM|[¥$€£])\s*|元$")
GREATEST_CENTS = 10**15


class PriceField(forms.CharField):
    """A price as people write it: 4,280,000 or 428萬. Cleans to integer cents."""

    def clean(self, value: Any) -> int | None:
        """The price in cents."""
        typed = unicodedata.normalize("NFKC", str(super().clean(value))).strip()
        if not typed:
            return None
        found = PRICE.fullmatch(SIGNS.sub("", typed).strip())
        if found is None:
            raise ValidationError(_("寫成金額，例如 4,280,000 或 428萬。"))
        try:
            cents = Decimal(found[1].replace(",", "")) * UNITS.get(found[2], 1) * 100
        except InvalidOperation as error:  # pragma: no cover - the pattern lets only numbers in
            raise ValidationError(_("寫成金額，例如 4,280,000 或 428萬。")) from error
        if cents != cents.to_integral_value():
            raise ValidationError(_("金額最多到分，例如 4,280,000.50。"))
        if not 0 < cents <= GREATEST_CENTS:
            raise ValidationError(_("總價要大於零，例如 4,280,000 或 428萬。"))
        return int(cents)


class UnitField(forms.CharField):
    """A unit's number; spaces and full-width signs make no other unit of it."""

    def clean(self, value: Any) -> str:
        """The number in one way of writing."""
        typed = unicodedata.normalize("NFKC", str(value or ""))
        return str(super().clean(" ".join(typed.split())))


class DealForm(forms.Form):
    """A subscription with money paid."""

    unit = UnitField(
        label=_("房號"),
        max_length=40,
        error_messages={"required": _("寫下房號，例如 3 棟 1202。")},
    )
    price = PriceField(
        label=_("總價"),
        max_length=40,
        help_text=_("可寫 4,280,000 或 428萬"),
        error_messages={"required": _("寫下總價，例如 4,280,000 或 428萬。")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    at = forms.DateTimeField(
        label=_("認購時間"),
        help_text=_("客戶付認購金的時間"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("寫下認購時間，例如 2026-05-09 16:30。"),
            "invalid": _("寫成年月日與時間，例如 2026-05-09 16:30。"),
        },
    )
    agent = forms.TypedChoiceField(label=_("成交人"), coerce=int, required=False)
    assisting = forms.BooleanField(
        label=_("代歸屬人成交"),
        required=False,
        help_text=_("成交人是替歸屬人簽的，業績仍歸歸屬人"),
    )
    note = forms.CharField(
        label=_("備註"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(
        self, *args: Any, project: Project, agents: Iterable[Staff] | None, **kwargs: Any
    ) -> None:
        """`agents`: among whom the closing agent is chosen; None where it is the reader himself."""
        super().__init__(*args, **kwargs)
        self.project = project
        if agents is None:
            del self.fields["agent"], self.fields["assisting"]
            return
        choices = [("", gettext("請選擇")), *((a.pk, a.name) for a in agents)]
        self.fields["agent"].choices = choices  # type: ignore[attr-defined]
        self.fields["agent"].required = True
        self.fields["agent"].error_messages["required"] = gettext("選出成交的顧問。")

    def clean_at(self) -> datetime:
        """The moment on the project's own clock, after its opening."""
        typed: datetime = self.cleaned_data["at"]
        at = typed.replace(tzinfo=self.project.zone)
        if at.date() < self.project.opened_on - timedelta(days=365):
            raise ValidationError(_("早於開盤太多，請看年份對不對。"))
        return at


class ExportForm(forms.Form):
    """As what the view is taken out."""

    form = forms.ChoiceField(choices=Export._meta.get_field("form").choices or [])
    query = forms.CharField(required=False, max_length=2000)
    key = forms.UUIDField()
