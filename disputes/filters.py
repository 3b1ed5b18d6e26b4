"""What the queue can be narrowed by; a view of it is an address."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet

from .models import Case, CaseKind

DECIDERS = [
    ("policy", _("按制度")),
    ("negotiation", _("先協商")),
    ("supervisor", _("主管裁定")),
]


class CaseFilter(FilterSet):
    """Kind, state and who decides; without a state, the open cases."""

    kind = ChoiceFilter(label=_("類型"), choices=CaseKind.choices, empty_label=_("全部"))
    state = ChoiceFilter(
        label=_("狀態"),
        choices=[c for c in Case.State.choices if c[0] != Case.State.OPEN],
        empty_label=Case.State.OPEN.label,
    )
    decided_by = ChoiceFilter(label=_("由誰決定"), choices=DECIDERS, empty_label=_("全部"))

    class Meta:
        model = Case
        fields = ("kind", "state", "decided_by")

    def filter_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """The cases asked for; the open ones where no state is."""
        cases: QuerySet[Case] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            cases = cases.filter(state=Case.State.OPEN)
        return cases
