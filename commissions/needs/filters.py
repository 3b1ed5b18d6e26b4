"""What the analysis can be narrowed by; a view of it is an address."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet

from leads.models import Project
from leads.needs.analysis.scope import Scope, month_after
from leads.needs.models import Need, Side

from ..filters import MonthFilter
from ..queries import months

NARROWING = ("project", "since", "until", "side")
MONTHS = 12
"""So many months are shown where the address names none, this one included."""
LONGEST = 36


class AnalysisFilter(FilterSet):
    """Project, first and last month, side of the needs."""

    project = ChoiceFilter(label=_("專案"), empty_label=_("全部"))
    since = MonthFilter(label=_("月份從"))
    until = MonthFilter(label=_("月份到"))
    side = ChoiceFilter(label=_("方面"), choices=Side.choices, empty_label=_("全部"))

    class Meta:
        model = Need
        fields = NARROWING

    def __init__(
        self,
        data: QueryDict,
        *,
        projects: Sequence[Project],
        sides: Sequence[str],
        now: datetime,
    ) -> None:
        """`sides`: those of which the reader may know."""
        super().__init__(data, queryset=Need.objects.none())
        self.sides = tuple(sides)
        self.filters["side"].extra["choices"] = [(one, Side(one).label) for one in sides]
        self.projects = projects
        self.now = now
        self.filters["project"].extra["choices"] = [(p.pk, p.name) for p in projects]

    def _given(self, name: str) -> str:
        if not self.form.is_valid() and name in self.form.errors:
            return ""
        return str(self.form.cleaned_data.get(name) or "")

    @property
    def chosen(self) -> list[Project]:
        """The projects that the view is about."""
        wanted = self._given("project")
        return [p for p in self.projects if not wanted or str(p.pk) == wanted]

    @property
    def today(self) -> date:
        """The office's day."""
        return self.now.astimezone(self.zone).date()

    @property
    def bounds(self) -> tuple[date, date]:
        """The first days of the first month and of the one after the last; at most three years.

        Months given the wrong way round are turned.
        """
        until = self._given("until")
        last = months.first_day(until) if until else self.today.replace(day=1)
        since = self._given("since")
        first = months.first_day(since) if since else month_after(last, 1 - MONTHS)
        first, last = min(first, last), max(first, last)
        return max(first, month_after(last, 1 - LONGEST)), month_after(last, 1)

    @property
    def zone(self) -> ZoneInfo:
        """By whose clock months and days are: the first chosen project's."""
        return (self.chosen or self.projects)[0].zone

    @property
    def scope(self) -> Scope:
        """Of what the analysis is."""
        since, until = self.bounds
        return Scope(
            projects=tuple(project.pk for project in self.chosen),
            since=since,
            until=until,
            today=self.today,
            zone=self.zone,
            sides=self.chosen_sides,
            currency=self.currency,
        )

    @property
    def period(self) -> str:
        """The months in words."""
        since, until = self.bounds
        last = month_after(until, -1)
        if since == last:
            return f"{since:%Y-%m}"
        return f"{since:%Y-%m} – {last:%Y-%m}"

    @property
    def currency(self) -> str:
        """The currency of the amounts; empty where several are mixed."""
        found = {project.currency for project in self.chosen}
        return found.pop() if len(found) == 1 else ""

    @property
    def chosen_sides(self) -> tuple[str, ...]:
        """The sides that the view is about."""
        side = self._given("side")
        return (side,) if side else self.sides

    @property
    def side_words(self) -> str:
        """These sides in words."""
        return gettext("、").join(str(Side(side).label) for side in self.chosen_sides)

    @property
    def project_words(self) -> str:
        """The projects in words."""
        return gettext("、").join(project.name for project in self.chosen)


def with_defaults(query: QueryDict, project: Project, now: datetime) -> QueryDict:
    """Where the address narrows by nothing: the last twelve months of the project in the bar.

    Not from before it opened.
    """
    if any(name in query for name in NARROWING):
        return query
    fresh = query.copy()
    last = now.astimezone(project.zone).date().replace(day=1)
    first = max(month_after(last, 1 - MONTHS), min(project.opened_on.replace(day=1), last))
    fresh["project"] = str(project.pk)
    fresh["since"] = f"{first:%Y-%m}"
    fresh["until"] = f"{last:%Y-%m}"
    return fresh
