"""The form by which a view is kept or changed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .addresses import LONGEST

HIDDEN = forms.HiddenInput


class SavedViewForm(forms.Form):
    """A name, whether the project sees it, and the address as the list showed it."""

    page = forms.CharField(widget=HIDDEN, max_length=40, required=False)
    query = forms.CharField(widget=HIDDEN, max_length=LONGEST, required=False)
    key = forms.UUIDField(widget=HIDDEN, required=False)
    name = forms.CharField(
        label=_("名稱"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("寫一個名稱，例如「三天內到期」。"),
            "max_length": _("名稱最長三十個字。"),
        },
    )
    shared = forms.BooleanField(
        label=_("給專案裡的同事用"),
        required=False,
        help_text=_("他們只看得到自己本來就能看的。名稱大家都看得到，不要寫客戶姓名。"),
    )
    renew = forms.BooleanField(label=_("換成清單目前的條件"), required=False)

    def __init__(self, *args: Any, may_share: bool, may_renew: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]
        if not may_renew:
            del self.fields["renew"]
