"""The forms of attribution: the day that one asks about."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from leads.models import Lead

from ..queries import instant

EARLIEST, LATEST = 1901, 2199
"""Between these years every period of the policy ends on a day that there is."""
NO_DAY = _("寫成年月日，例如 2026-05-12。")


class DayField(forms.DateField):
    """A day of the office."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": NO_DAY},
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        """The day, within the years that the policy can count."""
        day = super().clean(value)
        if day is not None and not EARLIEST <= day.year <= LATEST:
            raise ValidationError(NO_DAY)
        return day


class TimeTravelForm(forms.Form):
    """Who owned on one day, as known on another; empty: now, as known now."""

    on = DayField(label=_("看哪一天"), help_text=_("當天 24:00 為準"))
    known = DayField(label=_("只用到這天為止登記的事實"), help_text=_("空白：用至今登記的"))

    def __init__(self, *args: Any, lead: Lead, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lead, self.now = lead, now

    def clean_known(self) -> Any:
        """What will be recorded is not known yet."""
        known = self.cleaned_data["known"]
        if known is not None and known > self.now.astimezone(self.lead.project.zone).date():
            raise ValidationError(_("還沒到那一天，不能知道會登記什麼。"))
        return known

    @property
    def asked(self) -> bool:
        """A day was asked about, in a way that can be answered."""
        return self.is_valid() and any(self.cleaned_data[name] for name in ("on", "known"))

    @property
    def asof(self) -> datetime:
        """The moment asked about."""
        on = self.cleaned_data["on"]
        return self.now if on is None else instant(self.lead, on)

    @property
    def known_at(self) -> datetime:
        """Until when what was recorded counts."""
        known = self.cleaned_data["known"]
        return self.now if known is None else min(self.now, instant(self.lead, known))


class ProofForm(TimeTravelForm):
    """Of which decision a proof is wanted: of one in the ledger, of a day, or of this moment."""

    decision = forms.IntegerField(required=False, min_value=1)
