"""The forms of commissions: deals and their steps, units, plans, and the wish for an export."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.identity import ImpossiblePhone, normalise_phone
from leads.models import Project, Staff

from . import schedule
from .models import Adjustment

UNITS = {"萬": 10_000, "万": 10_000, "億": 100_000_000, "亿": 100_000_000}
PRICE = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s*([萬万億亿]?)")
SIGNS = re.compile(r"^(?:NT\$|HK\$|US\$|MOP\$|S\$|RM|[¥$€£])\s*|元$")
GREATEST_CENTS = 10**15


class PriceField(forms.CharField):
    """A price as people write it: 4,280,000 or 428萬. Cleans to integer cents."""

    def clean(self, value: Any) -> int | None:
        """The price in cents."""
        typed = unicodedata.normalize("NFKC", str(super().clean(value))).strip()
        if not typed:
            return None
        found = PRICE.fullmatch(SIGNS.sub("", typed).strip())
        if found is None:
            raise ValidationError(_("寫成金額，例如 4,280,000 或 428萬。"))
        try:
            cents = Decimal(found[1].replace(",", "")) * UNITS.get(found[2], 1) * 100
        except InvalidOperation as error:  # pragma: no cover - the pattern lets only numbers in
            raise ValidationError(_("寫成金額，例如 4,280,000 或 428萬。")) from error
        if cents != cents.to_integral_value():
            raise ValidationError(_("金額最多到分，例如 4,280,000.50。"))
        if not 0 < cents <= GREATEST_CENTS:
            raise ValidationError(_("總價要大於零，例如 4,280,000 或 428萬。"))
        return int(cents)


class UnitField(forms.CharField):
    """A unit's number; spaces and full-width signs make no other unit of it."""

    def clean(self, value: Any) -> str:
        """The number in one way of writing."""
        typed = unicodedata.normalize("NFKC", str(value or ""))
        return str(super().clean(" ".join(typed.split())))


class PapersForm(forms.Form):
    """What the buyer's papers say, and who pays: all of it may be left out."""

    identity_ending = forms.CharField(
        label=_("證件號碼末四碼"),
        required=False,
        max_length=4,
        help_text=_("只記末四碼，不要寫完整號碼"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("只寫最後四碼，例如 203X。")},
    )
    address = forms.CharField(label=_("證件地址"), required=False, max_length=200)
    payer = forms.CharField(
        label=_("付款人"), required=False, max_length=60, help_text=_("和買方同一人就留空")
    )
    payer_phone = forms.CharField(label=_("付款人電話"), required=False, max_length=60)
    PAPERS = ("identity_ending", "address", "payer", "payer_phone")

    project: Project

    def clean_identity_ending(self) -> str:
        """Four figures, or three and an X."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["identity_ending"]).upper().strip()
        if typed and not re.fullmatch(r"[0-9A-Z]{4}", typed):
            raise ValidationError(_("寫最後四碼，例如 203X。"))
        return typed

    def clean_payer_phone(self) -> str:
        """The number in E.164; empty for none."""
        typed = self.cleaned_data["payer_phone"]
        if not typed:
            return ""
        try:
            return normalise_phone(typed, self.project.region)
        except ImpossiblePhone as error:
            raise ValidationError(error.message) from error

    @property
    def papers(self) -> dict[str, str]:
        """What was written, once the form is valid."""
        return {name: self.cleaned_data[name] for name in self.PAPERS}

    @property
    def paper_fields(self) -> list[forms.BoundField]:
        """The fields, for the folded part of the page."""
        return [self[name] for name in self.PAPERS]

    @property
    def shows_papers(self) -> bool:
        """Something is written there already, or refused."""
        return any(self[name].value() or self[name].errors for name in self.PAPERS)


class DealForm(PapersForm):
    """A subscription with money paid: a sale by its price, a lease by rent and term."""

    deal_kind = forms.ChoiceField(
        label=_("買還是租"),
        choices=[("sale", _("買賣")), ("lease", _("租賃"))],
        initial="sale",
        required=False,
        widget=forms.RadioSelect,
    )
    unit = UnitField(
        label=_("房號"),
        max_length=40,
        error_messages={"required": _("寫下房號，例如 3 棟 1202。")},
    )
    price = PriceField(
        label=_("總價"),
        max_length=40,
        required=False,
        help_text=_("可寫 4,280,000 或 428萬；租賃不用填"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    rent = PriceField(
        label=_("月租"),
        max_length=40,
        required=False,
        help_text=_("租賃才填，例如 8,000"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    term = forms.IntegerField(
        label=_("租期（月）"),
        min_value=1,
        max_value=600,
        required=False,
        help_text=_("租賃才填，例如 24"),
        error_messages={
            "invalid": _("租期寫月數，例如 24。"),
            "min_value": _("租期寫月數，例如 24。"),
            "max_value": _("租期寫月數，最長 600 個月。"),
        },
    )
    at = forms.DateTimeField(
        label=_("認購時間"),
        help_text=_("客戶付認購金的時間"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("寫下認購時間，例如 2026-05-09 16:30。"),
            "invalid": _("寫成年月日與時間，例如 2026-05-09 16:30。"),
        },
    )
    agent = forms.TypedChoiceField(label=_("成交人"), coerce=int, required=False)
    assisting = forms.BooleanField(
        label=_("代歸屬人成交"),
        required=False,
        help_text=_("成交人是替歸屬人簽的，業績仍歸歸屬人"),
    )
    buyer = forms.CharField(
        label=_("買方或承租人"),
        required=False,
        max_length=60,
        help_text=_("與客戶同名就留空；簽約名字不同時填"),
    )
    helper = forms.TypedChoiceField(label=_("協助人"), coerce=int, required=False, empty_value=None)
    introducer = forms.TypedChoiceField(
        label=_("介紹人"), coerce=int, required=False, empty_value=None
    )
    note = forms.CharField(
        label=_("備註"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(
        self,
        *args: Any,
        project: Project,
        agents: Iterable[Staff],
        by: Staff | None = None,
        **kwargs: Any,
    ) -> None:
        """`agents`: who works in the project; `by`: the reader, where he is the closing agent."""
        super().__init__(*args, **kwargs)
        self.project = project
        people = [(one.pk, one.name) for one in agents]
        others = [(key, name) for key, name in people if by is None or key != by.pk]
        for name in ("helper", "introducer"):
            self.fields[name].choices = [("", gettext("沒有")), *others]  # type: ignore[attr-defined]
        if by is not None:
            del self.fields["agent"], self.fields["assisting"]
            return
        self.fields["agent"].choices = [("", gettext("請選擇")), *people]  # type: ignore[attr-defined]
        self.fields["agent"].required = True
        self.fields["agent"].error_messages["required"] = gettext("選出成交的顧問。")

    def clean_at(self) -> datetime:
        """The moment on the project's own clock, after its opening."""
        typed: datetime = self.cleaned_data["at"]
        at = typed.replace(tzinfo=self.project.zone)
        if at.date() < self.project.opened_on - timedelta(days=365):
            raise ValidationError(_("早於開盤太多，請看年份對不對。"))
        return at

    def clean(self) -> dict[str, Any]:
        """A sale says its price, a lease rent and term; nobody helps himself."""
        given: dict[str, Any] = super().clean() or {}
        lease = given.get("deal_kind") == "lease"
        wanted = ("rent", "term") if lease else ("price",)
        said = {
            "price": _("寫下總價，例如 4,280,000 或 428萬。"),
            "rent": _("寫下月租，例如 8,000。"),
            "term": _("寫下租期幾個月，例如 24。"),
        }
        for name, words in said.items():
            if name not in wanted:
                given[name] = None
            elif not given.get(name) and name not in self.errors:
                self.add_error(name, words)
        helper, introducer = given.get("helper"), given.get("introducer")
        if helper is not None and helper == given.get("agent"):
            self.add_error("helper", _("協助人不能就是成交人。"))
        if helper is not None and helper == introducer:
            self.add_error("introducer", _("協助與介紹選不同的人。"))
        return given


class MomentField(forms.DateTimeField):
    """A moment on the project's own clock."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
            widget=widget,
            error_messages={
                "required": _("寫下時間，例如 2026-05-09 16:30。"),
                "invalid": _("寫成年月日與時間，例如 2026-05-09 16:30。"),
            },
            **kwargs,
        )


class OnProjectsClock(forms.Form):
    """A form whose moment `at` is on its project's clock, with the key of its submission."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def clean_at(self) -> datetime:
        """The moment, aware."""
        typed: datetime = self.cleaned_data["at"]
        return typed.replace(tzinfo=self.project.zone)


class ReservationForm(OnProjectsClock, PapersForm):
    """A unit reserved for a client (認籌)."""

    unit = UnitField(
        label=_("房號"),
        max_length=40,
        error_messages={"required": _("寫下房號，例如 3 棟 1202。")},
    )
    deposit = PriceField(label=_("認籌金"), max_length=40, required=False)
    at = MomentField(label=_("認籌時間"))


class StepForm(OnProjectsClock):
    """Something done about a deal: the fields that its kind asks for."""

    at = MomentField(label=_("時間"))
    amount = PriceField(
        label=_("金額"),
        max_length=40,
        help_text=_("可寫 1,284,000 或 128.4萬"),
        error_messages={"required": _("寫下金額，例如 1,284,000。")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    unit = UnitField(
        label=_("換到哪個房號"),
        max_length=40,
        error_messages={"required": _("寫下房號，例如 3 棟 1202。")},
    )
    price = PriceField(label=_("新總價"), max_length=40, required=False, help_text=_("不變就留空"))
    buyer = forms.CharField(
        label=_("新買方姓名"), max_length=60, error_messages={"required": _("寫下新買方的姓名。")}
    )
    phone = forms.CharField(
        label=_("新買方電話"),
        required=False,
        max_length=60,
        help_text=_("若是別人登記過的客戶，會依銷售 7 重新認定"),
    )
    family = forms.BooleanField(label=_("與原買方是親屬"), required=False)
    note = forms.CharField(
        label=_("理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("寫下理由，例如「貸款沒過」。")},
    )
    FIELDS = {
        "contract": {"at"},
        "payment": {"at", "amount"},
        "refund": {"at", "amount", "note"},
        "handover": {"at"},
        "unit": {"at", "unit", "price", "note"},
        "name": {"at", "buyer", "phone", "family", "note"},
        "cancel": {"at", "note"},
    }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in [*self.fields]:
            if name != "key" and name not in self.FIELDS[kind]:
                del self.fields[name]

    def clean_phone(self) -> str:
        """The number in E.164; empty for none."""
        typed = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            return normalise_phone(typed, self.project.region)
        except ImpossiblePhone as error:
            raise ValidationError(error.message) from error


class AdjustForm(forms.Form):
    """Commission forfeited or corrected by a person, with his reason."""

    kind = forms.ChoiceField(label=_("做什麼"), choices=Adjustment.Kind.choices)
    agent = forms.TypedChoiceField(label=_("誰的佣金"), coerce=int)
    percent = forms.IntegerField(
        label=_("沒收百分比"), min_value=1, max_value=100, required=False, initial=100
    )
    to = forms.TypedChoiceField(label=_("沒收的給誰"), coerce=int, required=False, empty_value=None)
    cents = forms.DecimalField(
        label=_("更正金額"),
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text=_("減少寫負數"),
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("寫下理由與所依的裁定。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(
        self, *args: Any, paid: Iterable[Staff], agents: Iterable[Staff], **kwargs: Any
    ) -> None:
        """`paid`: who has a part in the deal; `agents`: to whom it may go."""
        super().__init__(*args, **kwargs)
        self.fields["agent"].choices = [(one.pk, one.name) for one in paid]  # type: ignore[attr-defined]
        company = [("", gettext("公司"))]
        self.fields["to"].choices = [*company, *((a.pk, a.name) for a in agents)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A forfeiture says how many percent, a correction how much."""
        given: dict[str, Any] = super().clean() or {}
        name = "percent" if given.get("kind") == Adjustment.Kind.FORFEITURE else "cents"
        if not given.get(name) and name not in self.errors:
            self.add_error(name, _("寫下多少。"))
        if given.get("cents"):
            given["cents"] = int(given["cents"] * 100)
        return given


class UnitsFileForm(forms.Form):
    """An Excel file with the list of units."""

    file = forms.FileField(
        label=_("房源表（Excel）"),
        help_text=_("第一列是欄名：房號、戶型、面積、總價、月租；房號必填"),
        error_messages={"required": _("選一個 Excel 檔（.xlsx）。")},
    )


class PlanForm(forms.Form):
    """A commission plan from a day on."""

    name = forms.CharField(label=_("名稱"), max_length=60, required=False)
    effective_from = forms.DateField(
        label=_("生效日"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("選生效日。"), "invalid": _("寫成 2026-07-01。")},
    )
    basis = forms.ChoiceField(
        label=_("怎麼計"),
        choices=[
            ("percent", _("總價的百分之")),
            ("permille", _("總價的千分之")),
            ("rent_months", _("幾個月租金")),
            ("amount", _("每套固定金額（元）")),
        ],
    )
    rate = forms.CharField(
        label=_("費率或金額"), max_length=20, error_messages={"required": _("寫下數字，例如 0.8。")}
    )
    by_type = forms.CharField(
        label=_("各戶型固定金額"),
        required=False,
        help_text=_("一列一種：戶型 金額，例如「車位 1000」"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    tiers_by = forms.ChoiceField(
        label=_("跳點"),
        required=False,
        choices=[("", _("沒有")), ("count", _("當月套數")), ("volume", _("當月總額（元）"))],
    )
    tiers_of = forms.ChoiceField(
        label=_("誰的業績"),
        required=False,
        choices=[("agent", _("各人自己的")), ("project", _("全專案合計"))],
    )
    tiers_mode = forms.ChoiceField(
        label=_("怎麼跳"),
        required=False,
        choices=[("whole", _("到點後整月都用新費率")), ("excess", _("只有超過的部分"))],
    )
    tiers_steps = forms.CharField(
        label=_("各級"),
        required=False,
        help_text=_("一列一級：從多少 費率，例如「3 1.0」"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    at_subscription = forms.IntegerField(
        label=_("認購放 %"), min_value=0, max_value=100, initial=100
    )
    at_contract = forms.IntegerField(label=_("簽約放 %"), min_value=0, max_value=100, initial=0)
    at_payment = forms.IntegerField(label=_("回款放 %"), min_value=0, max_value=100, initial=0)
    paid = forms.CharField(
        label=_("回款到總價的 %"),
        initial="100",
        help_text=_("寫「比例」就隨回款比例放"),
        max_length=6,
    )
    holdback = forms.CharField(label=_("留到交房 %"), initial="0", max_length=8)
    helper = forms.CharField(label=_("協助人 %"), initial="0", max_length=8)
    introducer = forms.CharField(label=_("介紹人 %"), initial="0", max_length=8)
    pool = forms.CharField(label=_("團隊池 %"), initial="0", max_length=8)
    members = forms.TypedMultipleChoiceField(
        label=_("團隊池分給"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    override = forms.CharField(label=_("主管津貼 %"), initial="0", max_length=8)
    override_to = forms.TypedChoiceField(
        label=_("津貼給"), coerce=int, required=False, empty_value=None
    )
    override_on_top = forms.BooleanField(label=_("公司另付，不從佣金裡出"), required=False)

    def __init__(self, *args: Any, staff: Iterable[Staff], **kwargs: Any) -> None:
        """`staff`: who works in the project."""
        super().__init__(*args, **kwargs)
        people = [(one.pk, one.name) for one in staff]
        self.fields["members"].choices = people  # type: ignore[attr-defined]
        self.fields["override_to"].choices = [("", gettext("請選擇")), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What was typed, with `terms` as `schedule.Plan.of` reads them."""
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        try:
            given["terms"] = self._terms(given)
            schedule.Plan.of(given["terms"])
        except schedule.PlanError as refused:
            self.add_error(*self._said(refused))
        return given

    def _terms(self, given: dict[str, Any]) -> dict[str, Any]:
        money = given["basis"] == "amount"
        milestones: list[dict[str, Any]] = [
            {"at": at, "percent": given[f"at_{at}"]}
            for at in ("subscription", "contract", "payment")
            if given[f"at_{at}"]
        ]
        for one in milestones:
            if one["at"] == "payment":
                one["paid"] = (
                    "pro_rata" if given["paid"].strip() == gettext("比例") else given["paid"]
                )
        terms: dict[str, Any] = {
            "base": {given["basis"]: _cents(given["rate"], "base") if money else given["rate"]},
            "milestones": milestones,
            **{name: given[name] for name in ("holdback", "helper", "introducer")},
            "by_type": {
                name: {"amount": _cents(amount, "by_type")}
                for name, amount in _pairs(given["by_type"], "by_type")
            },
        }
        if given["tiers_by"]:
            volume = given["tiers_by"] == "volume"
            terms["tiers"] = {
                "by": given["tiers_by"],
                "of": given["tiers_of"] or "agent",
                "mode": given["tiers_mode"] or "whole",
                "steps": [
                    [
                        _cents(start, "tiers") if volume else start,
                        _cents(rate, "tiers") if money else rate,
                    ]
                    for start, rate in _pairs(given["tiers_steps"], "tiers")
                ],
            }
        if given["pool"].strip() not in ("", "0"):
            members = {str(one): 1 for one in given["members"]}
            terms["pool"] = {"percent": given["pool"], "members": members}
        if given["override"].strip() not in ("", "0"):
            terms["override"] = {
                "percent": given["override"],
                "to": given["override_to"],
                "on_top": given["override_on_top"],
            }
        return terms

    def _said(self, refused: schedule.PlanError) -> tuple[str | None, str]:
        """Where what makes no sense was typed, and what to write there."""
        place = {"base": "rate", "tiers": "tiers_steps", "milestones": "at_subscription"}
        said = {
            "not 100": _("認購、簽約、回款放的百分比合計要是 100。"),
            "nobody": _("選出給誰。"),
            "nothing left": _("各項加起來要小於 100%，歸屬顧問才有得分。"),
            "not rising": _("每一級要比前一級高。"),
            "no steps": _("一列寫一級，例如「3 1.0」。"),
            "start": _("套數寫整數，從 1 起。"),
            "over 100": _("百分比不能超過 100。"),
        }
        name = place.get(refused.field, refused.field)
        told = str(said.get(refused.why, _("寫成數字，例如 0.8。")))
        return name if name in self.fields else None, told


def _cents(typed: str, name: str) -> str:
    """An amount in whole units as cents. Raises PlanError."""
    return str(schedule.number(typed.replace(",", ""), name) * 100)


def _pairs(text: str, name: str) -> list[tuple[str, str]]:
    """Two words in each line. Raises PlanError."""
    found = []
    for line in unicodedata.normalize("NFKC", text).splitlines():
        words = line.split()
        if words and len(words) != 2:
            raise schedule.PlanError(name, "no steps")
        if words:
            found.append((words[0], words[1]))
    return found


class ObjectionForm(forms.Form):
    """What somebody who is paid says against a line of his statement."""

    about = forms.ChoiceField(
        label=_("哪裡不對"),
        choices=[
            ("share", _("分成")),
            ("amount", _("金額或費率")),
            ("held", _("扣留")),
            ("reversed", _("沖回或追回")),
            ("paid", _("已付的數目")),
        ],
    )
    text = forms.CharField(
        label=_("應該怎麼算，為什麼"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("寫下理由，例如「05-03 就簽約了，應該放行一半」。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class ExportForm(forms.Form):
    """As what the view is taken out."""

    form = forms.ChoiceField(choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    query = forms.CharField(required=False, max_length=2000)
    key = forms.UUIDField()


class PackForm(forms.Form):
    """The evidence pack of a case, as it stood when the page was opened."""

    key = forms.UUIDField()
    version = forms.IntegerField()
