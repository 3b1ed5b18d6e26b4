"""What people type before somebody comes: a registration, a proxy's entry."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .. import access, identity
from ..models import Lead, Project, Staff


class RegistrationForm(forms.Form):
    """A referred person, before he comes (sales/5): name and traits, by whom introduced."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": _("寫下被介紹的人叫什麼，例如 葉先生 的全名。")},
    )
    traits = forms.CharField(
        label=_("特徵"),
        max_length=200,
        help_text=_("到場時憑什麼認得出來：身形、同行、車、口音。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("寫下特徵，例如 高個子、開白色休旅車、帶兩個孩子。")},
    )
    phone = forms.CharField(
        label=_("電話（選填）"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "num"}),
    )
    introduced_by = forms.IntegerField(
        label=_("誰介紹（你的客戶，選填）"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid": _("請從你的客戶裡選。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, project: Project, agent: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project, self.agent = project, agent

    def clean_phone(self) -> str:
        """The number as typed, if it can be one."""
        typed: str = self.cleaned_data["phone"].strip()
        if typed:
            try:
                identity.normalise_phone(typed, self.project.region)
            except identity.ImpossiblePhone as refused:
                raise ValidationError(refused.message) from refused
        return typed

    def clean_introduced_by(self) -> int | None:
        """A client of one's own."""
        chosen: int | None = self.cleaned_data["introduced_by"]
        if chosen is None:
            return None
        if not access.leads_of(self.agent, self.project).filter(pk=chosen).exists():
            raise ValidationError(_("請從你的客戶裡選。"))
        return chosen

    def offer_clients(self, clients: Iterable[tuple[int, str]]) -> None:
        """Let one choose among these clients of one's own: key and words."""
        widget = self.fields["introduced_by"].widget
        widget.choices = [("", _("沒有填")), *clients]


class ProxyForm(forms.Form):
    """Who views for whom: this client for a buyer who cannot be reached, or another of the agent's
    clients for this one (sales/6, leasing/2.3)."""

    direction = forms.ChoiceField(
        label=_("誰替誰看"),
        choices=[("views", _("他替別人看")), ("viewed", _("別人替他看"))],
        initial="views",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("選他替別人看，或別人替他看。")},
    )
    viewer = forms.IntegerField(
        label=_("來看的是哪位（你的客戶）"),
        required=False,
        widget=forms.Select,
        error_messages={"invalid": _("請從你的客戶裡選。")},
    )
    circumstances = forms.CharField(
        label=_("代看情況"),
        max_length=200,
        help_text=_("代誰看、為什麼聯繫不到本人、什麼時候本人會來。"),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        error_messages={
            "required": _("寫明情況備案才有效，例如 替父親看，父親住院不便接電話，出院後自己來。")
        },
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, lead: Lead, agent: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lead, self.agent = lead, agent

    def offer_clients(self, clients: Iterable[tuple[int, str]]) -> None:
        """Let one choose who views among these clients of one's own: key and words."""
        others = [client for client in clients if client[0] != self.lead.pk]
        widget = self.fields["viewer"].widget
        widget.choices = [("", _("選來看的人；還沒登記就先記一筆接待")), *others]

    def clean(self) -> dict[str, Any]:
        """`files`: whose entry it is, the one who comes to view; `buyer`: for whom, if known."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["files"], cleaned["buyer"] = self.lead.pk, None
        if cleaned.get("direction") != "viewed":
            return cleaned
        viewer = cleaned.get("viewer")
        own = access.leads_of(self.agent, self.lead.project).exclude(pk=self.lead.pk)
        if viewer is None or not own.filter(pk=viewer).exists():
            self.add_error(
                "viewer", _("選來看的人；備案記在他名下。他還沒登記就先記一筆他的接待。")
            )
        cleaned["files"], cleaned["buyer"] = viewer, self.lead.pk
        return cleaned
