"""The forms of disputes: one by which a case is ended, whatever the outcome."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.models import Staff

from . import evidence
from .detectors.queries.lists import Client
from .models import CONDUCT, GRAVE, Case, CaseKind, Party
from .penalty_forms import SanctionForm
from .queries.dossier import Side
from .queries.settled import Alike

RULINGS = {"proposal": _("依提案"), "give": _("歸一方"), "share": _("分成")}
FINDINGS = {
    "unfounded": _("不實"),
    "malicious": _("惡意"),
    "agent_fault": _("顧問過失"),
    "replace": _("更換顧問"),
}
ASSIGNMENTS = {"assign": _("安排歸屬")}


UPHELD = {CaseKind.POACHING: _("搶單成立"), CaseKind.NAME_SWAP: _("換名成立")}
RECORDED = {"recorded": _("記錄結論")}
DISMISSED = {"dismiss": _("不成立")}
CONFIRMED = {"confirm": _("照制度確認")}


def outcomes_of(case: Case) -> Mapping[str, Any]:
    """How that case can be ended, with the word for it."""
    if case.kind == CaseKind.DEPARTURE:
        return ASSIGNMENTS
    found: dict[str, Any] = dict(FINDINGS) if _is_complaint(case) else dict(RULINGS)
    if case.kind in CONDUCT:
        found = dict(RECORDED)
    if case.kind in GRAVE:
        found = {"upheld": UPHELD[CaseKind(case.kind)], **found}
    if case.origin != Case.Origin.RULES:
        found |= DISMISSED
    if case.stage == Case.Stage.POLICY:
        found = CONFIRMED | found
    return found


def _is_complaint(case: Case) -> bool:
    return case.kind == CaseKind.COMPLAINT and case.opened_by_id is not None


class ManyFiles(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class EvidenceField(forms.FileField):
    """Up to five files, each checked for its type, its size and viruses."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("證據（選填）"))
        kwargs.setdefault("help_text", _("PDF、照片、錄音，每個最多 10 MB，最多 5 個。"))
        super().__init__(required=False, widget=ManyFiles(), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The uploads, each looked at."""
        uploads = [each for each in (data or []) if each]
        if len(uploads) > evidence.MOST:
            raise ValidationError(_("最多 5 個檔案。"))
        for upload in uploads:
            evidence.check(upload)
        return uploads


class StatementForm(forms.Form):
    """What a party says, with files: an answer, an objection, a missing fact."""

    text = forms.CharField(
        label=_("你的陳述"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={"required": _("寫下你知道的事，例如：05-02 下午我先接待，客戶留了電話。")},
    )
    proofs = EvidenceField()
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class SettlementForm(forms.Form):
    """What the parties agree upon: to whom the client goes, and in which shares."""

    text = forms.CharField(
        label=_("和解內容"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        error_messages={"required": _("寫下談好的內容，例如：客戶歸甲，業績甲六乙四。")},
    )
    owner = forms.TypedChoiceField(label=_("歸屬人"), coerce=int)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, sides: Sequence[Side], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sides = [side for side in sides if side.works_here]
        choices = [(side.agent, side.letter) for side in self.sides]
        self.fields["owner"].choices = choices  # type: ignore[attr-defined]
        for side in self.sides:
            self.fields[f"share_{side.agent}"] = forms.IntegerField(
                label=side.letter,
                min_value=0,
                max_value=100,
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "num"}),
            )

    @property
    def share_fields(self) -> list[forms.BoundField]:
        """The fields of the shares, one a side."""
        return [self[name] for name in self.fields if name.startswith("share_")]

    @property
    def shares(self) -> dict[int, int]:
        """Percent per agent, as cleaned."""
        return _shares_in(self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """The shares are whole percents that sum to 100, or left out."""
        cleaned = super().clean() or self.cleaned_data
        total = sum(_shares_in(cleaned).values())
        if total not in (0, 100):
            message = gettext("分成合計要是 100%%，現在是 %(total)d%%。例如 60 與 40。")
            self.add_error(self.share_fields[0].name, message % {"total": total})
        return cleaned


class AppealForm(StatementForm):
    """On which ground a decided case is taken to the general manager."""

    ground = forms.ChoiceField(
        label=_("上訴理由"),
        choices=[
            ("new_facts", _("有當時不知道的事實")),
            ("unheard", _("沒有給我陳述的機會")),
            ("clause", _("條文適用錯了")),
        ],
    )
    field_order = ("ground", "text", "proofs")


CONTESTS = (
    CaseKind.COLLISION, CaseKind.POACHING, CaseKind.NAME_SWAP, CaseKind.SPECULATION,
    CaseKind.STEERING, CaseKind.PROXY, CaseKind.IDENTITY, CaseKind.OBJECTION, CaseKind.OTHER,
)  # fmt: skip
CLAUSE_OF = {
    CaseKind.COLLISION: "leasing/2.1",
    CaseKind.POACHING: "sales/1",
    CaseKind.NAME_SWAP: "sales/7",
    CaseKind.SPECULATION: "sales/8",
    CaseKind.STEERING: "sales/9",
    CaseKind.COMPLAINT: "leasing/1.14",
    CaseKind.PROXY: "sales/6",
    CaseKind.IDENTITY: "leasing/1.5",
    CaseKind.OBJECTION: "leasing/2.2",
    CaseKind.OTHER: "leasing/2.4",
}
"""The clause that a kind rests on, where its opener names no other."""


class ContestForm(StatementForm):
    """What somebody contests: the kind, the facts, against whom, in his own words."""

    kind = forms.ChoiceField(label=_("爭議的是"))
    clause = forms.ChoiceField(label=_("依哪一條"), required=False)
    facts = forms.TypedMultipleChoiceField(
        label=_("哪些事實"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    about = forms.TypedChoiceField(
        label=_("針對誰（選填）"), coerce=int, empty_value=None, required=False
    )
    field_order = ("kind", "clause", "facts", "about", "text", "proofs")

    def __init__(
        self,
        *args: Any,
        facts: Sequence[tuple[int, str]],
        agents: Iterable[Staff],
        clauses: Iterable[tuple[str, str]],
        decides: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        kinds = [*CONTESTS, CaseKind.COMPLAINT] if decides else [*CONTESTS]
        self.fields["kind"].choices = [(k.value, k.label) for k in kinds]  # type: ignore[attr-defined]
        choices = [("", gettext("照類型")), *clauses]
        self.fields["clause"].choices = choices  # type: ignore[attr-defined]
        self.fields["facts"].choices = list(facts)  # type: ignore[attr-defined]
        if not facts:
            del self.fields["facts"]
        if decides:
            people: list[Any] = [("", gettext("不針對誰"))]
            people += [(staff.pk, staff.name) for staff in agents]
            self.fields["about"].choices = people  # type: ignore[attr-defined]
            del self.fields["proofs"]
        else:
            del self.fields["about"]

    def clean(self) -> dict[str, Any]:
        """A kind without a clause rests on its own."""
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if kind and not cleaned.get("clause"):
            cleaned["clause"] = CLAUSE_OF[CaseKind(kind)]
        if kind == CaseKind.COMPLAINT and not cleaned.get("about"):
            self.add_error("about", gettext("投訴要寫針對哪一位顧問。"))
        return cleaned


class WordForm(forms.Form):
    """A sentence for the file: a question, a reason for going up, for not signing."""

    text = forms.CharField(
        label=_("說明"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("寫一句說明，例如：請補客戶第一次來訪的登記照片。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ConfirmForm(forms.Form):
    """Several cases that the policy settled by the same clauses, confirmed together."""

    group = forms.CharField(widget=forms.HiddenInput)
    cases = forms.MultipleChoiceField(
        label=_("案件"),
        error_messages={
            "required": _("勾選要確認的案件。"),
            "invalid_choice": _("其中一件剛剛變了，一件都沒有確認。請看過最新的清單再確認。"),
        },
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=2000,
        error_messages={"required": _("寫下理由，例如：照制度的認定，各方沒有異議。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, groups: Iterable[Alike], **kwargs: Any) -> None:
        """`groups`: what may be confirmed now; a case is named by its key and version."""
        super().__init__(*args, **kwargs)
        sent = str(self.data.get("group") or self.initial.get("group"))
        own = next((group.cases for group in groups if group.name == sent), ())
        choices = [(f"{case.pk}:{case.version}", str(case)) for case in own]
        self.fields["cases"].choices = choices  # type: ignore[attr-defined]

    @classmethod
    def of(cls, group: Alike) -> "ConfirmForm":
        """The form of a group as it is first shown: every case ticked."""
        ticked = [f"{case.pk}:{case.version}" for case in group.cases]
        reason = gettext("照制度的認定，各方沒有異議。")
        return cls(
            initial={"group": group.name, "cases": ticked, "reason": reason, "key": uuid4()},
            groups=[group],
        )

    def clean_cases(self) -> dict[int, int]:
        """The versions by the keys of the cases."""
        pairs = (pair.split(":") for pair in self.cleaned_data["cases"])
        return {int(pk): int(version) for pk, version in pairs}


def _shares_in(values: Mapping[str, Any]) -> dict[int, int]:
    return {
        int(name.removeprefix("share_")): value
        for name, value in values.items()
        if name.startswith("share_") and value
    }


class RulingForm(SanctionForm):
    """How a case ends: the outcome, for whom, in which shares, what is done to whom, and why."""

    outcome = forms.ChoiceField(widget=forms.HiddenInput)
    owner = forms.TypedChoiceField(label=_("歸屬人"), coerce=int, empty_value=None, required=False)
    reason = forms.CharField(
        label=_("理由"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("寫下理由，例如：以首次接待登記為準，後接待者不知情。")},
    )
    departing = forms.CharField(
        label=_("為什麼和多數先例不同"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("理由和裁定一起留在案卷。"),
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
        unheard: Sequence[tuple[Party, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        outcomes = outcomes_of(case)
        self.sides = [side for side in sides if side.works_here]
        self.proposed = proposed
        outcome = self.data.get("outcome") or self.initial.get("outcome")
        self.chosen: str = str(outcome) if outcome in outcomes else next(iter(outcomes))
        self.fields["outcome"].choices = list(outcomes.items())  # type: ignore[attr-defined]
        for party, called in unheard:
            self.fields[f"heard_{party.staff_id}"] = forms.CharField(
                label=gettext("%(who)s 當面說") % {"who": called},
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        if _is_complaint(case):
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
    def needs_second(self) -> bool:
        """Another person must sign before it binds."""
        given = self.sanction if self.is_bound and self.is_valid() else self.sanction_typed
        return self.chosen == "upheld" or bool(given and given.forfeits)

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
        return _shares_in(self.cleaned_data)

    @property
    def typed(self) -> tuple[int | None, dict[int, int]]:
        """To whom and in which shares, as the fields stand: typed, chosen, or filled in."""
        values = {name: str(self[name].value() or "") for name in self.fields}
        owner, parts = values["owner"], {n: int(v) for n, v in values.items() if v.isdecimal()}
        return int(owner) if owner.isdecimal() else None, _shares_in(parts)

    @property
    def heard_fields(self) -> list[forms.BoundField]:
        """What parties said in person, one field for each who has not had his say."""
        return [self[name] for name in self.fields if name.startswith("heard_")]

    @property
    def heard(self) -> dict[int, str]:
        """What each party said, as cleaned."""
        return {
            int(name.removeprefix("heard_")): words
            for name, words in self.cleaned_data.items()
            if name.startswith("heard_") and words
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
        if self.chosen in ("proposal", "upheld") and self.proposed is None:
            raise ValidationError(_("這件案件沒有提案可依，請選一位置業顧問。"))
        shares = self.shares
        wanted = self.chosen == "share" or (self.chosen == "replace" and bool(shares))
        if wanted and not any(name.startswith("share_") for name in self.errors):
            total = sum(shares.values())
            if total != 100 and self.share_fields:
                message = gettext("分成合計要是 100%%，現在是 %(total)d%%。例如 60 與 40。")
                self.add_error(self.share_fields[0].name, message % {"total": total})
        return cleaned


class SuspicionForm(forms.Form):
    """What becomes of a suspicion: dismissed, or taken up on one of its clients; always why."""

    do = forms.ChoiceField(choices=[("dismiss", _("不成疑")), ("take_up", _("立案"))])
    lead = forms.TypedChoiceField(label=_("在哪位客戶立案"), coerce=int, required=False)
    reason = forms.CharField(
        label=_("理由"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不成疑：寫下查證的結果。立案：寫下要查什麼，留在案卷裡。"),
        error_messages={"required": _("寫下理由。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, clients: Sequence[Client], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.lead, one.name) for one in clients]
        self.fields["lead"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A case is opened on a client."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("do") == "take_up" and not given.get("lead") and "lead" not in self.errors:
            self.add_error("lead", _("選一位客戶；還沒有人登記的疑點不能立案。"))
        return given
