"""What the log of enquiries can be narrowed by; a view of it is an address."""

from datetime import date, datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from leads.models import Project, Staff

from .models import Answer


class AnswerFilter(django_filters.FilterSet):
    """By day (today where none is said), agent, and what was answered."""

    day = django_filters.DateFilter(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    agent = django_filters.ModelChoiceFilter(
        label=_("顧問"), queryset=Staff.objects.none(), empty_label=_("全部")
    )
    state = django_filters.ChoiceFilter(
        label=_("答覆"), choices=Answer.State.choices, empty_label=_("全部")
    )
    odd = django_filters.ChoiceFilter(
        label=_("異常"),
        method="by_oddity",
        choices=[("missed", _("查無此人")), ("near", _("連號"))],
        empty_label=_("全部"),
    )

    class Meta:
        model = Answer
        fields: list[str] = []

    def __init__(self, *args: Any, project: Project, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = now.astimezone(project.zone).date()
        self.filters["agent"].queryset = Staff.objects.filter(
            pk__in=Answer.objects.filter(project=project).values("agent")
        ).order_by("name")

    @property
    def day_shown(self) -> date:
        """The day whose tallies are shown."""
        chosen: date | None = self.form.cleaned_data.get("day") if self.form.is_valid() else None
        return chosen or self.today

    def by_oddity(self, answers: QuerySet[Answer], _name: str, odd: str) -> QuerySet[Answer]:
        """Numbers that nobody knows, or that stand next to one another."""
        return answers.filter(lead=None) if odd == "missed" else answers.filter(near=True)
