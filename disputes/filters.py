"""What lists of cases and suspicions can be narrowed by; a view of one is an address."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet

from .detectors.models import DetectorName
from .models import Case, CaseKind, Suspicion, SuspicionEnd
from .queries.queue import overdue

DECIDERS = [
    ("policy", _("按制度")),
    ("negotiation", _("先協商")),
    ("supervisor", _("主管裁定")),
]
DUE = [("over", _("已逾期")), ("day", _("一天內到期"))]
MONEY = [("held", _("有扣留")), ("none", _("沒有扣留"))]
A_DAY = timedelta(days=1)


class CaseFilter(FilterSet):
    """Kind, stage, deadline, money, state and who decides; without a state, the open cases."""

    kind = ChoiceFilter(label=_("類型"), choices=CaseKind.choices, empty_label=_("全部"))
    stage = ChoiceFilter(label=_("階段"), choices=Case.Stage.choices, empty_label=_("全部"))
    due = ChoiceFilter(label=_("期限"), choices=DUE, method="by_deadline", empty_label=_("全部"))
    money = ChoiceFilter(label=_("佣金"), choices=MONEY, method="by_money", empty_label=_("全部"))
    state = ChoiceFilter(
        label=_("狀態"),
        choices=[c for c in Case.State.choices if c[0] != Case.State.OPEN],
        empty_label=Case.State.OPEN.label,
    )
    decided_by = ChoiceFilter(label=_("由誰決定"), choices=DECIDERS, empty_label=_("全部"))

    class Meta:
        model = Case
        fields = ("kind", "stage", "state", "decided_by")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def by_deadline(self, cases: QuerySet[Case], _name: str, when: str) -> QuerySet[Case]:
        """Those that wait for somebody too long, or will by this time tomorrow."""
        if when == "over":
            return cases.filter(overdue(self.now))
        return cases.filter(overdue(self.now + A_DAY) & Q(due_at__gte=self.now))

    def by_money(self, cases: QuerySet[Case], _name: str, money: str) -> QuerySet[Case]:
        """Those that keep commission back, or keep none."""
        return cases.filter(held_cents__gt=0) if money == "held" else cases.filter(held_cents=0)

    def filter_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """The cases asked for; the open ones where no state is."""
        cases: QuerySet[Case] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            cases = cases.filter(state=Case.State.OPEN)
        return cases


class SuspicionFilter(FilterSet):
    """What was looked for, and what became of it; without a state, the open ones."""

    detector = ChoiceFilter(label=_("疑點"), choices=DetectorName.choices, empty_label=_("全部"))
    state = ChoiceFilter(
        field_name="end__what",
        label=_("狀態"),
        choices=SuspicionEnd.What.choices,
        empty_label=_("待看"),
    )

    class Meta:
        model = Suspicion
        fields = ("detector", "state")

    def filter_queryset(self, queryset: QuerySet[Suspicion]) -> QuerySet[Suspicion]:
        """The suspicions asked for; the open ones where no state is."""
        found: QuerySet[Suspicion] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            found = found.filter(end=None)
        return found
