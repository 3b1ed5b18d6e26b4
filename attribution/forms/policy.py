"""A new version of a project's policy: every parameter of the core, each by its kind."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from leads.models import Project

from .. import wording
from ..policy.calendar import LONGEST, Span
from ..policy.parameters import PRESETS, Policy, PolicyError, difference, policy, settings_of

NAMES = tuple(each.name for each in fields(Policy) if each.name != "preset")
SPLIT = "collision_split"
RELATIONS = ("same", "spouse", "family", "friend", "colleague")
PERCENT = {"helper_share": 99, "closer_commission": 100}
UNITS = [("", _("（無）")), ("hours", _("小時")), ("days", _("天")), ("months", _("個月"))]
HOW_TO_SPLIT = _("「均分」，或照順位寫百分比，例如 60/40；空白：不分")
WHOLE = _("寫 1 到 1200 的整數，並選單位；沒有期限就兩格都留空。")


class SpanWidget(forms.MultiWidget):
    """A number and its unit, side by side."""

    template_name = "attribution/_span.html"

    def __init__(self) -> None:
        number = forms.NumberInput(attrs={"min": 1, "max": LONGEST, "inputmode": "numeric"})
        super().__init__([number, forms.Select(choices=UNITS)])

    def decompress(self, value: Any) -> list[Any]:
        """The two parts of «15 days»; none of nothing."""
        if not value:
            return [None, ""]
        span = value if isinstance(value, Span) else Span.read(value)
        return [span.amount, span.unit]


class SpanField(forms.MultiValueField):
    """A length of time; cleans to the core's text («15 days»), or None."""

    def __init__(self, **kwargs: Any) -> None:
        number = forms.IntegerField(
            required=False, min_value=1, max_value=LONGEST, error_messages={"invalid": WHOLE}
        )
        parts = (number, forms.ChoiceField(required=False, choices=UNITS))
        super().__init__(
            parts, widget=SpanWidget(), required=False, require_all_fields=False, **kwargs
        )

    def compress(self, data_list: list[Any]) -> str | None:
        """The text of both parts."""
        amount, unit = data_list or (None, "")
        if amount is None and not unit:
            return None
        if amount is None or not unit:
            raise ValidationError(WHOLE)
        return str(Span.read(f"{amount} {unit}"))


class DaysField(forms.CharField):
    """Days, one a line; cleans to a sorted list of ISO dates."""

    widget = forms.Textarea(attrs={"rows": 3, "placeholder": "2026-10-01"})

    def prepare_value(self, value: Any) -> Any:
        """The days as lines."""
        return value if isinstance(value, str | None) else "\n".join(value)

    def clean(self, value: Any) -> Any:
        """The days. Says which line is none."""
        found = set()
        for line in re.split(r"[\s,，、]+", super().clean(value)):
            try:
                found |= {date.fromisoformat(line).isoformat()} if line else set()
            except ValueError:
                raise ValidationError(
                    _("「%(line)s」不是日期；一行一天，例如 2026-10-01。"), params={"line": line}
                ) from None
        return sorted(found)


class SharesField(forms.CharField):
    """How a collision is shared: «均分» or 60/40; cleans to what the core takes, or None."""

    EQUAL = ("均分", "平分", "equal")

    def prepare_value(self, value: Any) -> Any:
        """The shares as people write them."""
        if value == "equal":
            return self.EQUAL[0]
        return "/".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """«equal», a list of percents, or None."""
        typed = super().clean(value).strip()
        if not typed or typed in self.EQUAL:
            return "equal" if typed else None
        parts = re.split(r"[/／:：,，、\s]+", typed.replace("%", ""))
        if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
            raise ValidationError(_("寫「均分」，或照順位寫百分比，例如 60/40。"))
        return [int(part) for part in parts]


class PolicyForm(forms.Form):
    """A preset with every parameter as it shall be, and from when on.

    The core alone judges what may stand together; `chosen` is what it made of the form.
    """

    NOW, LATER = "now", "later"

    preset = forms.ChoiceField(choices=[(name, name) for name in PRESETS], widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    when = forms.ChoiceField(
        label=_("什麼時候開始"),
        choices=[(NOW, _("存下就生效")), (LATER, _("從以後某一刻起"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    effective_from = forms.DateTimeField(
        label=_("生效時間"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("寫成年月日與時間，例如 2026-12-01 00:00。")},
    )

    def __init__(
        self, *args: Any, project: Project, now: datetime, shown: Policy, **kwargs: Any
    ) -> None:
        """`shown`: the policy with which the form opens."""
        settings = settings_of(shown)
        split = settings.get(SPLIT) or {}
        initial = settings | {f"{SPLIT}_{each}": split.get(each) for each in RELATIONS}
        kwargs["initial"] = {"preset": shown.preset, **initial, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.project, self.now = project, now
        self.chosen: Policy | None = None
        for name in NAMES:
            self.fields |= _fields_for(name)

    def groups(self) -> list[dict[str, Any]]:
        """The fields in the groups of the desk, with clauses and readings of each parameter."""
        return [
            {
                "key": key,
                "words": words,
                "parameters": [
                    {
                        "name": name,
                        "fields": [self[each] for each in _fields_for(name)],
                        "clauses": wording.stated(wording.clauses_of(name)),
                        "readings": wording.readings_of(name),
                    }
                    for name in names
                ],
            }
            for key, words, names in wording.grouped()
        ]

    def clean_effective_from(self) -> datetime | None:
        """The moment on the project's own clock, not a past one; None: at once."""
        typed: datetime | None = self.cleaned_data["effective_from"]
        if self.cleaned_data.get("when") != self.LATER:
            return None
        if typed is None:
            raise ValidationError(_("寫下從哪一刻起，例如 2026-12-01 00:00。"))
        begin = typed.replace(tzinfo=self.project.zone)
        if begin < self.now:
            raise ValidationError(_("新版制度不能從過去開始生效。"))
        if begin.year >= 2200:
            raise ValidationError(_("太遠了，請看年份對不對。"))
        return begin

    def clean(self) -> dict[str, Any] | None:
        """Let the core judge; its reason stands at the field."""
        given = super().clean() or {}
        if self.errors:
            return given
        settings = {name: given[name] for name in NAMES if name != SPLIT}
        settings[SPLIT] = {
            each: given[f"{SPLIT}_{each}"] for each in RELATIONS if given[f"{SPLIT}_{each}"]
        }
        preset = settings_of(PRESETS[given["preset"]])
        try:
            wanted = {name: value for name, value in settings.items() if value != preset[name]}
            self.chosen = policy(given["preset"], wanted)
        except PolicyError as error:
            self.add_error(self._place(error, given), wording.refusal(error))
        return given

    def _place(self, error: PolicyError, given: Mapping[str, Any]) -> str | None:
        if error.field == SPLIT:
            named = (each for each in RELATIONS if each == error.given.get("value"))
            filled = (each for each in RELATIONS if given[f"{SPLIT}_{each}"])
            return f"{SPLIT}_{next(named, next(filled, RELATIONS[0]))}"
        return error.field if error.field in self.fields else None

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of what was chosen, as a version stores them."""
        assert self.chosen is not None, "asked of a valid form"
        return difference(self.chosen)


def _fields_for(name: str) -> dict[str, forms.Field]:
    """The fields of one parameter, by the type that the core gives it."""
    label = wording.PARAMETERS.get(name, name)
    about: dict[str, Any] = {"label": label, "help_text": wording.HINTS.get(name, "")}
    if name == SPLIT:
        return {
            f"{SPLIT}_{each}": SharesField(
                label=_("撞單分成：%(relation)s") % {"relation": wording.CHOICES[each]},
                help_text=HOW_TO_SPLIT if each == RELATIONS[-1] else "",
                required=False,
                max_length=40,
            )
            for each in RELATIONS
        }
    kind = get_type_hints(Policy)[name]
    if isinstance(kind, UnionType):
        kind = next(each for each in get_args(kind) if each is not type(None))
    if kind is Span:
        return {name: SpanField(**about)}
    if kind is bool:
        return {name: forms.BooleanField(required=False, **about)}
    if name in PERCENT:
        return {name: forms.IntegerField(min_value=0, max_value=PERCENT[name], **about)}
    if kind is int:
        return {name: forms.IntegerField(required=False, min_value=1, max_value=LONGEST, **about)}
    if get_origin(kind) is Literal:
        return {name: forms.ChoiceField(choices=_choices(name, get_args(kind)), **about)}
    if kind == frozenset[date]:
        return {name: DaysField(required=False, **about)}
    words = get_args(get_args(kind)[0]) or ("spouse", "family", "friend", "colleague")
    several = forms.MultipleChoiceField(
        choices=_choices(name, words),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        **about,
    )
    return {name: several}


def _choices(name: str, values: tuple[str, ...]) -> list[tuple[str, Any]]:
    return [(value, wording.choice(name, value)) for value in values]
