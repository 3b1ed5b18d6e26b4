"""The filter of the work list of needs: a view is an address."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from ..models import Staff
from .course import CARRIED_OUT
from .forms.records import grouped
from .models import Need, NeedItem, Side, State
from .queries.records import SOON

DUE = [
    ("overdue", _("逾期")),
    ("soon", _("七天內到期")),
    ("verify", _("已完成，待驗證")),
    ("fresh", _("待分析")),
]


class NeedFilter(django_filters.FilterSet):
    """Needs by what they wait for, state, side, item, and whose they are to carry out.

    Without a state, those that are not closed.
    """

    due = django_filters.ChoiceFilter(
        label=_("待辦"), method="by_due", choices=DUE, empty_label=_("全部")
    )
    state = django_filters.ChoiceFilter(
        label=_("狀態"), choices=State.choices, empty_label=_("未結案")
    )
    side = django_filters.ChoiceFilter(
        field_name="item__side", label=_("方面"), choices=Side.choices, empty_label=_("全部")
    )
    item = django_filters.ChoiceFilter(label=_("項目"), field_name="item", empty_label=_("全部"))
    mine = django_filters.ChoiceFilter(
        label=_("負責人"), method="by_responsible", choices=[("1", _("我"))], empty_label=_("全部")
    )

    class Meta:
        model = Need
        fields: list[str] = []

    def __init__(
        self, *args: Any, items: list[NeedItem], reader: Staff, today: date, **kwargs: Any
    ) -> None:
        """`items`: those that may be chosen; `today`: on the office's calendar."""
        super().__init__(*args, **kwargs)
        self.reader, self.today = reader, today
        self.filters["item"].extra["choices"] = grouped(items)

    def filter_queryset(self, queryset: QuerySet[Need]) -> QuerySet[Need]:
        """The needs asked for; the open ones where no state is."""
        found: QuerySet[Need] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            found = found.exclude(state=State.CLOSED)
        return found

    def by_due(self, needs: QuerySet[Need], _name: str, due: str) -> QuerySet[Need]:
        """What waits for somebody, as of today."""
        at_work = Q(state__in=CARRIED_OUT, done=None)
        waits = {
            "overdue": at_work & Q(due__lt=self.today),
            "soon": at_work & Q(due__gte=self.today, due__lte=self.today + SOON),
            "verify": Q(state=State.UNDER_WAY, done__isnull=False),
            "fresh": Q(state=State.IDENTIFIED),
        }
        return needs.filter(waits[due])

    def by_responsible(self, needs: QuerySet[Need], _name: str, mine: str) -> QuerySet[Need]:
        """What the reader has to carry out."""
        return needs.filter(responsible=self.reader) if mine else needs

    def in_order(self, needs: QuerySet[Need]) -> QuerySet[Need]:
        """The nearest deadline first, then what waits for no deadline, the latest first."""
        at_work = Q(state__in=CARRIED_OUT, done=None)
        nearest = Case(When(at_work, then=F("due")))
        return needs.order_by(nearest.asc(nulls_last=True), "-at", "-pk")
