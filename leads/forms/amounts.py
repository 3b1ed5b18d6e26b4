"""An amount as people write it."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

AMOUNT = re.compile(r"[¥￥$]?\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*(萬|万|億|亿)?\s*元?")
UNITS = {"萬": 10_000, "万": 10_000, "億": 100_000_000, "亿": 100_000_000, None: 1}
GREATEST_CENTS = 10**14


class AmountField(forms.CharField):
    """Money, as 4,280,000 or 428萬. Cleans to integer cents, or None where nothing is written."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num"})
        super().__init__(**{"max_length": 30, "widget": widget, **kwargs})

    def clean(self, value: Any) -> Any:
        """The amount in cents."""
        typed = unicodedata.normalize("NFKC", str(super().clean(value) or "")).strip()
        if not typed:
            return None
        found = AMOUNT.fullmatch(typed)
        if found is None:
            raise ValidationError(_("寫成金額，例如 4,280,000 或 428萬。"))
        cents = Decimal(found[1].replace(",", "")) * UNITS[found[2]] * 100
        if cents != cents.to_integral_value() or cents > GREATEST_CENTS:
            raise ValidationError(_("寫成金額，例如 4,280,000 或 428萬。"))
        return int(cents)

    def prepare_value(self, value: Any) -> Any:
        """Cents as they are read: 4,280,000; what was typed as it was."""
        if not isinstance(value, int):
            return value
        whole, rest = divmod(value, 100)
        return f"{whole:,}" + (f".{rest:02d}" if rest else "")
