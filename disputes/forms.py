"""The forms of disputes: one by which a case is ended, whatever the outcome."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.models import Staff

from .models import Case, CaseKind
from .queries.dossier import Side

RULINGS = {"proposal": _("依提案"), "give": _("歸一方"), "share": _("分成")}
FINDINGS = {
    "unfounded": _("不實"),
    "malicious": _("惡意"),
    "agent_fault": _("顧問過失"),
    "replace": _("更換顧問"),
}
ASSIGNMENTS = {"assign": _("安排歸屬")}


def outcomes_of(kind: str) -> Mapping[str, Any]:
    """How a case of that kind can be ended, with the word for it."""
    if kind == CaseKind.DEPARTURE:
        return ASSIGNMENTS
    return FINDINGS if kind == CaseKind.COMPLAINT else RULINGS


class RulingForm(forms.Form):
    """How a case ends: the outcome, for whom, in which shares, and why."""

    outcome = forms.ChoiceField(widget=forms.HiddenInput)
    owner = forms.TypedChoiceField(label=_("歸屬人"), coerce=int, empty_value=None, required=False)
    reason = forms.CharField(
        label=_("理由"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("寫下理由，例如：以首次接待登記為準，後接待者不知情。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    version = forms.IntegerField(widget=forms.HiddenInput)
    view = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        case: Case,
        sides: Sequence[Side],
        agents: Iterable[Staff],
        proposed: Side | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        outcomes = outcomes_of(case.kind)
        self.sides = [side for side in sides if side.works_here]
        self.proposed = proposed
        outcome = self.data.get("outcome") or self.initial.get("outcome")
        self.chosen: str = str(outcome) if outcome in outcomes else next(iter(outcomes))
        self.fields["outcome"].choices = list(outcomes.items())  # type: ignore[attr-defined]
        if case.kind == CaseKind.COMPLAINT:
            self.fields["outcome"].widget = forms.RadioSelect(choices=list(outcomes.items()))
            self.fields["outcome"].label = _("查明")
        self._offer_agents(agents)
        if self.chosen not in ("share", "replace"):
            return
        for side in self.sides:
            name = f"{side.letter} {side.name}"
            self.fields[f"share_{side.agent}"] = forms.IntegerField(
                label=name,
                min_value=0,
                max_value=100,
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "num"}),
            )

    def _offer_agents(self, agents: Iterable[Staff]) -> None:
        known = {side.agent for side in self.sides}
        sides = [(side.agent, f"{side.letter} {side.name}") for side in self.sides]
        others = [(staff.pk, staff.name) for staff in agents if staff.pk not in known]
        field = self.fields["owner"]
        choices: list[Any] = [("", gettext("請選擇"))]
        if self.chosen == "share":
            choices += sides
        else:
            choices += [(gettext("當事人"), sides)] if sides else []
            choices += [(gettext("其他顧問"), others)] if others else []
        field.choices = choices  # type: ignore[attr-defined]
        if self.chosen in ("assign", "replace"):
            field.label = _("新的歸屬人")

    @property
    def needs_owner(self) -> bool:
        """Somebody must be chosen for this outcome."""
        return self.chosen in ("give", "share", "assign", "replace")

    @property
    def share_fields(self) -> list[forms.BoundField]:
        """The fields of the shares, one a side."""
        return [self[name] for name in self.fields if name.startswith("share_")]

    @property
    def shares(self) -> dict[int, int]:
        """Percent per agent, as cleaned."""
        return {
            int(name.removeprefix("share_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("share_") and value
        }

    def clean_owner(self) -> int | None:
        """An owner where the outcome wants one; else there is nobody to choose."""
        owner: int | None = self.cleaned_data.get("owner")
        if self.needs_owner and owner is None:
            raise ValidationError(_("選一位置業顧問。"))
        return owner if self.needs_owner else None

    def clean(self) -> dict[str, Any]:
        """The shares are whole percents that sum to 100."""
        cleaned = super().clean() or self.cleaned_data
        if self.chosen == "proposal" and self.proposed is None:
            raise ValidationError(_("這件案件沒有提案可依，請選一位置業顧問。"))
        shares = self.shares
        wanted = self.chosen == "share" or (self.chosen == "replace" and bool(shares))
        if wanted and not any(name.startswith("share_") for name in self.errors):
            total = sum(shares.values())
            if total != 100 and self.share_fields:
                message = gettext("分成合計要是 100%%，現在是 %(total)d%%。例如 60 與 40。")
                self.add_error(self.share_fields[0].name, message % {"total": total})
        return cleaned
