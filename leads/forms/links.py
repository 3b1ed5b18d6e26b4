"""What people type about who belongs together."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Project
from .people import phone_or_refused

RELATIONS = {
    "same": _("同一人"),
    "spouse": _("配偶"),
    "family": _("家人"),
    "friend": _("朋友"),
    "colleague": _("同事"),
    "proxy": _("代看"),
}
"""How two clients may belong together, by the policy's own words."""


class LinkForm(forms.Form):
    """That two clients belong together: who, how, and by what evidence."""

    phone = forms.CharField(
        label=_("對方的電話"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "num"}),
    )
    name = forms.CharField(
        label=_("或對方的姓名"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    other = forms.IntegerField(
        label=_("是哪一位"), required=False, widget=forms.RadioSelect,
        error_messages={"invalid": _("請從找到的客戶裡選。")},
    )  # fmt: skip
    relation = forms.ChoiceField(
        label=_("關係"), choices=list(RELATIONS.items()), widget=forms.RadioSelect, initial="same"
    )
    same_need = forms.ChoiceField(
        label=_("為了"),
        choices=[("yes", _("同一個需求")), ("no", _("各自的需求"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    price_testing = forms.BooleanField(
        label=_("分頭來比價（試價）"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    evidence = forms.CharField(
        label=_("依據"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("寫下依據，例如：兩人一起來簽字，地址相同。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    stamp = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    """The state in which the effect was shown; empty until it has been."""
    proposal = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def offer(self, clients: Iterable[tuple[int, Any]]) -> None:
        """Let one choose among these clients: key and words."""
        self.fields["other"].widget.choices = list(clients)

    def clean_phone(self) -> str:
        """The number as typed, if it can be one."""
        return phone_or_refused(self.cleaned_data["phone"], self.project)

    def clean(self) -> dict[str, Any]:
        """Somebody is meant."""
        cleaned = super().clean() or self.cleaned_data
        said = any(cleaned.get(name) for name in ("phone", "name", "other"))
        if not said and not {"phone", "name", "other"} & set(self.errors):
            self.add_error("phone", _("寫下對方的電話或姓名，例如 139 1620 7754。"))
        return cleaned

    @property
    def terms(self) -> dict[str, Any]:
        """What of the form the effect rests on; of a form that says too little, its beginning."""
        relation = self["relation"].value()
        return {
            "relation": relation if relation in RELATIONS else "same",
            "same_need": self["same_need"].value() != "no",
            "price_testing": bool(self["price_testing"].value()),
        }


class TakeBackForm(forms.Form):
    """Why a link is taken back."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("寫下理由，例如：認錯人，只是同名。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    stamp = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)


class DismissForm(forms.Form):
    """That two people are not one."""

    reason = forms.CharField(label=_("理由"), required=False, max_length=500)
