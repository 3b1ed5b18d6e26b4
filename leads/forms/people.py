"""What people type about the people of a client."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .. import identity
from ..models import Project

PARTICULARS = {
    "phone": _("電話"),
    "name": _("別名"),
    "wechat": _("微信"),
    "email": _("電子郵件"),
}

PERSON, PARTICULAR, WRONG = "person", "particular", "wrong"


class PersonForm(forms.Form):
    """Somebody else of a party: a relative, a partner, whoever comes along."""

    name = forms.CharField(label=_("姓名"), required=False, max_length=60)
    phone = forms.CharField(
        label=_("電話"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "num"}),
    )
    traits = forms.CharField(label=_("特徵"), required=False, max_length=200)
    note = forms.CharField(label=_("怎麼知道的"), required=False, max_length=500)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def clean_phone(self) -> str:
        """The number as typed, if it can be one."""
        return phone_or_refused(self.cleaned_data["phone"], self.project)

    def clean(self) -> dict[str, Any]:
        """At least one thing by which to know him."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in ("name", "phone", "traits")):
            self.add_error("name", _("至少寫下姓名、特徵或電話其中一項，例如 周太太。"))
        return cleaned


class ParticularForm(forms.Form):
    """Another number, name or address of somebody."""

    person = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("種類"), choices=list(PARTICULARS.items()), initial="phone")
    typed = forms.CharField(
        label=_("內容"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("寫下電話、別名、微信或電子郵件，例如 139 1620 7754。")},
    )
    note = forms.CharField(label=_("怎麼知道的"), required=False, max_length=500)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def clean(self) -> dict[str, Any]:
        """What is written can be of its kind."""
        cleaned = super().clean() or self.cleaned_data
        kind, typed = cleaned.get("kind"), cleaned.get("typed", "")
        if not typed or not kind:
            return cleaned
        try:
            if kind == "phone":
                phone_or_refused(typed, self.project)
            elif kind == "name":
                if len(typed) > 60:
                    raise ValidationError(_("名字最長 60 個字。"))
            else:
                identity.normalise_contact(kind, typed)
        except ValidationError as refused:
            self.add_error("typed", refused)
        except identity.ImpossibleContact as refused:
            self.add_error("typed", refused.message)
        return cleaned


class WrongForm(forms.Form):
    """A number, an address or a name turned out to be wrong."""

    person = forms.IntegerField(widget=forms.HiddenInput)
    phone = forms.IntegerField(required=False, widget=forms.HiddenInput)
    contact = forms.IntegerField(required=False, widget=forms.HiddenInput)
    alias = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("怎麼知道是錯的"),
        max_length=500,
        error_messages={"required": _("寫下怎麼知道是錯的，例如：打過去是空號。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


def phone_or_refused(typed: str, project: Project) -> str:
    """A number as typed, blanks around it gone; empty stays empty. Raises ValidationError."""
    typed = typed.strip()
    if typed:
        try:
            identity.normalise_phone(typed, project)
        except identity.ImpossiblePhone as refused:
            raise ValidationError(refused.message) from refused
    return typed
