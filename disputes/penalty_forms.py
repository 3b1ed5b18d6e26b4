"""What a ruling asks to be done to a party, as part of its form; and the form that confirms it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import Penalty
from .sanctions import Sanction, clause_of

FIELDS = (
    "against",
    "penalty",
    "measure",
    "forfeit",
    "forfeit_deal",
    "forfeit_to",
    "penalty_clause",
)


class SanctionForm(forms.Form):
    """Mixed into the ruling's form: against whom, what is proposed, what is forfeited to whom."""

    note = forms.CharField(
        label=_("給當事人的話（選填）"),
        help_text=_("當事人在自己的案件頁看得到；不要寫別人的姓名。"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        required=False,
    )
    against = forms.TypedChoiceField(
        label=_("處分誰"), coerce=int, empty_value=None, required=False
    )
    penalty = forms.ChoiceField(
        label=_("提請處分"),
        required=False,
        choices=[
            ("", _("不提處分")),
            (Penalty.Kind.DISMISSAL.value, Penalty.Kind.DISMISSAL.label),
            (Penalty.Kind.OTHER.value, Penalty.Kind.OTHER.label),
        ],
    )
    measure = forms.CharField(label=_("處分內容"), max_length=300, required=False)
    forfeit = forms.IntegerField(
        label=_("沒收佣金（%）"),
        help_text=_("空著就是放行。沒收要兩個人簽署。"),
        min_value=1,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "num"}),
    )
    forfeit_deal = forms.TypedChoiceField(
        label=_("哪一筆成交"), coerce=int, empty_value=None, required=False
    )
    forfeit_to = forms.TypedChoiceField(
        label=_("沒收給誰"), coerce=int, empty_value=None, required=False
    )
    penalty_clause = forms.ChoiceField(label=_("依哪一條"), required=False)

    def offer_sanctions(
        self,
        kind: str,
        parties: Sequence[tuple[int, str]],
        deals: Sequence[tuple[int, str]],
        clauses: Sequence[tuple[str, str]],
        usual: Sanction | None,
        *,
        forfeits: bool,
    ) -> None:
        """Fill the choices; what the case leaves no room for is taken away."""
        if not parties:
            for name in (*FIELDS, "note"):
                del self.fields[name]
            return
        self._choices("against", [("", gettext("不處分任何人")), *parties])
        self._choices("penalty_clause", clauses)
        self.initial.setdefault("penalty_clause", clause_of(kind))
        if usual is not None:
            self.initial.setdefault("against", usual.against)
            self.initial.setdefault("penalty", usual.penalty)
        if not deals or not forfeits:
            for name in ("forfeit", "forfeit_deal", "forfeit_to"):
                del self.fields[name]
            return
        self._choices("forfeit_to", [("", gettext("公司")), *parties])
        self._choices("forfeit_deal", deals)
        self.initial.setdefault("forfeit_deal", deals[-1][0])

    def _choices(self, name: str, choices: Sequence[tuple[Any, str]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def sanction_fields(self) -> list[forms.BoundField]:
        """The fields about a penalty, in their order."""
        return [self[name] for name in FIELDS if name in self.fields]

    @property
    def sanctions_somebody(self) -> bool:
        """Something about a penalty is filled in: the fields stand open."""
        names = ("against", "penalty", "forfeit")
        return any(self[name].value() for name in names if name in self.fields)

    def sanction_in(self, values: Mapping[str, Any]) -> Sanction | None:
        """What these values ask for; None where they ask for nothing."""
        against, percent = values.get("against"), values.get("forfeit") or 0
        penalty = values.get("penalty") or ""
        if not against or not (percent or penalty):
            return None
        return Sanction(
            against=int(against),
            clause=values.get("penalty_clause") or "",
            penalty=penalty,
            measure=(values.get("measure") or "").strip(),
            percent=int(percent),
            deal=int(values["forfeit_deal"]) if percent and values.get("forfeit_deal") else None,
            to=int(values["forfeit_to"]) if percent and values.get("forfeit_to") else None,
        )

    @property
    def sanction(self) -> Sanction | None:
        """What is asked to be done, as cleaned."""
        return self.sanction_in(self.cleaned_data)

    @property
    def sanction_typed(self) -> Sanction | None:
        """What is asked to be done as the form stands, for the preview; None while incomplete."""
        values = {name: self[name].value() for name in FIELDS if name in self.fields}
        numbers = ("against", "forfeit", "forfeit_deal", "forfeit_to")
        for name in numbers:
            given = str(values.get(name) or "")
            values[name] = int(given) if given.isdecimal() else None
        if not 1 <= (values["forfeit"] or 1) <= 100:
            values["forfeit"] = None
        return self.sanction_in(values)

    def clean(self) -> dict[str, Any]:
        """Whoever is penalised is named, and what is done to him."""
        cleaned = super().clean() or self.cleaned_data
        if "against" not in self.fields:
            return cleaned
        asked = cleaned.get("penalty") or cleaned.get("forfeit")
        if asked and not cleaned.get("against"):
            self.add_error("against", gettext("選出要處分的當事人。"))
        if cleaned.get("penalty") == Penalty.Kind.OTHER and not cleaned.get("measure"):
            self.add_error("measure", gettext("寫下處分內容，例如：停止輪值 7 天。"))
        same = cleaned.get("forfeit_to") and cleaned["forfeit_to"] == cleaned.get("against")
        if cleaned.get("forfeit") and same:
            self.add_error("forfeit_to", gettext("沒收的佣金不能再給他本人，選公司或另一位。"))
        return cleaned


class PenaltyForm(forms.Form):
    """Confirm a proposed penalty, or drop it, and why."""

    do = forms.ChoiceField(
        widget=forms.HiddenInput, choices=[("confirm", _("核定")), ("drop", _("不採"))]
    )
    text = forms.CharField(
        label=_("理由"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean(self) -> dict[str, Any]:
        """Whoever drops it says why."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("do") == "drop" and not (cleaned.get("text") or "").strip():
            self.add_error("text", gettext("寫下為什麼不採，例如：初犯，已口頭告誡。"))
        return cleaned
