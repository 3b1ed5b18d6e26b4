"""What an agent types into his agenda: a step, and how his calendar names clients."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from leads import access
from leads.models import Project, Staff

from .models import CalendarFeed


class StepForm(forms.Form):
    """What to do next, with whom, on which day."""

    text = forms.CharField(
        label=_("要做什麼"),
        max_length=120,
        error_messages={"required": _("寫下要做什麼，例如「週六帶看 3 棟 1202」。")},
    )
    due_on = forms.DateField(
        label=_("哪一天"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"}),
        error_messages={"invalid": _("日期看不懂，例如 2026-05-12。")},
    )
    lead = forms.IntegerField(
        label=_("關於哪位客戶"),
        required=False,
        widget=forms.Select,
        error_messages={"invalid": _("請從你的客戶裡選。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        agent: Staff,
        project: Project,
        clients: Iterable[tuple[int, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.agent, self.project = agent, project
        self.fields["lead"].widget.choices = [("", _("不關客戶")), *clients]

    def clean_lead(self) -> int | None:
        """A client of one's own."""
        chosen: int | None = self.cleaned_data["lead"]
        if chosen is None:
            return None
        if not access.leads_of(self.agent, self.project).filter(pk=chosen).exists():
            raise ValidationError(_("請從你的客戶裡選。"))
        return chosen


class CalendarForm(forms.Form):
    """How the calendar names clients."""

    shows = forms.ChoiceField(
        label=_("行事曆上怎麼稱呼客戶"),
        choices=CalendarFeed.Shows.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("選編號或縮寫。"),
            "invalid_choice": _("選編號或縮寫。"),
        },
    )
