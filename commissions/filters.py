"""What the commission report can be narrowed by; a view of it is an address."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet
from django_filters.filters import Filter

from attribution.wording import CLAUSES
from leads.models import Project, Staff

from .models import Line
from .queries import months

NARROWING = (
    *("month", "project", "agent", "state", "source", "clause", "disputed", "since", "until"),
)
"""What an address may narrow a report by."""


class MonthField(forms.CharField):
    """A month as an address says it: 2026-05."""

    widget = forms.DateInput(attrs={"type": "month"})

    def clean(self, value: Any) -> str:
        """The month as text; empty for none."""
        month: str = super().clean(value)
        if not month:
            return ""
        try:
            months.first_day(month)
        except ValueError as error:
            raise ValidationError(_("寫成年與月，例如 2026-05。")) from error
        return month


class MonthFilter(Filter):
    """Lines whose deal was subscribed in a month, each of its own office."""

    field_class = MonthField


class LineFilter(FilterSet):
    """Month, project, agent, state; source, clause, disputed or not, and any stretch of days."""

    month = MonthFilter(label=_("月份"))
    project = ChoiceFilter(label=_("專案"), empty_label=_("全部"))
    agent = ChoiceFilter(label=_("顧問"), empty_label=_("全部"))
    state = ChoiceFilter(label=_("狀態"), choices=Line.State.choices, empty_label=_("全部"))
    source = CharFilter(label=_("來源"), max_length=60)
    clause = ChoiceFilter(
        label=_("條款"), method="citing", empty_label=_("全部"), choices=[(c, c) for c in CLAUSES]
    )
    disputed = ChoiceFilter(
        label=_("爭議"),
        field_name="contested",
        empty_label=_("全部"),
        choices=[("True", _("爭議中")), ("False", _("無爭議"))],
    )
    since = DateFilter(
        label=_("認購日從"), method="from_day", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = DateFilter(
        label=_("認購日到"), method="to_day", widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = Line
        fields = NARROWING

    def __init__(
        self,
        data: QueryDict,
        *,
        queryset: QuerySet[Line],
        projects: Sequence[Project],
        agents: Iterable[Staff],
    ) -> None:
        super().__init__(data, queryset=queryset)
        self.projects = projects
        self.filters["project"].extra["choices"] = [(p.pk, p.name) for p in projects]
        self.filters["agent"].extra["choices"] = [(a.pk, a.name) for a in agents]

    def citing(self, lines: QuerySet[Line], name: str, clause: str) -> QuerySet[Line]:
        """Resting on that clause."""
        return lines.filter(clauses__contains=[clause])

    def from_day(self, lines: QuerySet[Line], name: str, day: date) -> QuerySet[Line]:
        """Subscribed on that day or later."""
        return lines.filter(subscribed_at__gte=months.midnight(day, self.zone))

    def to_day(self, lines: QuerySet[Line], name: str, day: date) -> QuerySet[Line]:
        """Subscribed on that day or earlier."""
        return lines.filter(subscribed_at__lt=months.midnight_after(day, self.zone))

    @property
    def chosen(self) -> list[Project]:
        """The projects that the view is about."""
        wanted = self.form.cleaned_data.get("project") if self.form.is_valid() else ""
        return [p for p in self.projects if not wanted or str(p.pk) == wanted]

    @property
    def zone(self) -> ZoneInfo:
        """By whose clock days and moments of the view are: the first chosen project's."""
        return (self.chosen or self.projects)[0].zone

    @property
    def currency(self) -> str:
        """The currency of the amounts; empty where several are mixed."""
        found = {project.currency for project in self.chosen}
        return found.pop() if len(found) == 1 else ""

    def in_words(self) -> list[tuple[str, str]]:
        """What the view is narrowed by, in words: label and value."""
        if not self.form.is_valid():
            return []
        said = []
        for name, value in self.form.cleaned_data.items():
            if not value:
                continue
            field = self.form.fields[name]
            words = dict(getattr(field, "choices", ())).get(value, value)
            if isinstance(value, str) and value.isdecimal():
                words = dict(getattr(field, "choices", ())).get(int(value), words)
            if isinstance(value, date):
                words = date_format(value, "Y-m-d")
            said.append((str(field.label), str(words)))
        return said
