"""The filter of an import's rows: a view is an address."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from .models import Import, Row

EFFECTS = [
    ("living", _("現在會有人歸屬")),
    ("lapsed", _("期限早已過")),
    ("none", _("只留紀錄")),
    ("collides", _("撞單")),
]


class RowFilter(django_filters.FilterSet):
    """Rows by verdict, by register, and by what the rules would make of them."""

    verdict = django_filters.ChoiceFilter(
        label=_("判定"), choices=Row.Verdict.choices, empty_label=_("全部")
    )
    effect = django_filters.ChoiceFilter(
        label=_("匯入後"), choices=EFFECTS, method="by_effect", empty_label=_("全部")
    )
    register = django_filters.ChoiceFilter(label=_("登記表"), empty_label=_("全部"))

    class Meta:
        model = Row
        fields: list[str] = []

    def __init__(self, *args: Any, batch: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        registers = [(one.pk, str(one)) for one in batch.registers.all()]
        self.filters["register"].extra["choices"] = registers
        if len(registers) < 2:
            del self.filters["register"]

    def by_effect(self, rows: QuerySet[Row], _name: str, effect: str) -> QuerySet[Row]:
        """As it was foreseen on the day of the dry run."""
        claims = Q(foreseen__effect="claim")
        return rows.filter(
            {
                "living": claims & Q(foreseen__state__in=["owner", "waiting"]),
                "lapsed": claims & Q(foreseen__state__in=["lapsed", "ended"]),
                "none": Q(foreseen__effect="none"),
                "collides": Q(foreseen__collides=True),
            }[effect]
        )
