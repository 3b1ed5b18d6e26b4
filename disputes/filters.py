"""What lists of cases and suspicions can be narrowed by; a view of one is an address."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet

from .detectors.models import DetectorName
from .models import Case, CaseKind, Suspicion, SuspicionEnd

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
