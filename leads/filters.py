"""The filter of the list of clients: a view is an address."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from . import access
from .identity.names import search_keys
from .models import (
    RECEPTIONS,
    TAIL,
    ContactEvent,
    Kind,
    Lead,
    Person,
    Phone,
    Project,
    Staff,
    Standing,
    tail_of,
)

SOON = timedelta(days=3)
LIVING = [("valid", _("有效")), ("lapsing", _("三天內到期")), ("contested", _("審理中"))]
LAPSED = ("lapsed", _("已失效或無人歸屬"))
CHANNELS = [(kind.value, kind.label) for kind in (Kind.CALL, Kind.VISIT, Kind.BROCHURE)]
SINCE = [("7", _("七天內")), ("30", _("三十天內")), ("90", _("九十天內"))]
DIGITS_AT_LEAST = 4


class LeadFilter(django_filters.FilterSet):
    """Clients by state, way of coming, last contact, owner, and by name or number."""

    q = django_filters.CharFilter(
        label=_("姓名或電話"),
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = django_filters.ChoiceFilter(
        label=_("狀態"), method="by_state", choices=LIVING, empty_label=_("全部")
    )
    channel = django_filters.ChoiceFilter(
        label=_("方式"), method="by_channel", choices=CHANNELS, empty_label=_("全部")
    )
    since = django_filters.ChoiceFilter(
        label=_("最近紀錄"), method="by_contact", choices=SINCE, empty_label=_("全部")
    )
    owner = django_filters.ModelChoiceFilter(
        label=_("歸屬人"), queryset=Staff.objects.none(), empty_label=_("全部")
    )

    class Meta:
        model = Lead
        fields: list[str] = []

    def __init__(
        self, *args: Any, project: Project, reader: Staff, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.project, self.reader, self.now = project, reader, now
        if reader.role in access.OVERSEERS:
            self.filters["owner"].queryset = access.agents_of(project)
            self.filters["state"].extra["choices"] = [*LIVING, LAPSED]
        else:
            # Nobody else's clients are in the list, and none that have lapsed.
            del self.filters["owner"]

    def search(self, leads: QuerySet[Lead], _name: str, typed: str) -> QuerySet[Lead]:
        """By a part of a name in any script, pinyin or initials, by words of the traits, or by at
        least four digits of a number.
        """
        people = Person.objects.filter(lead__project=self.project)
        words = search_keys(typed)
        for every, some in words:
            people = (
                people.filter(keys__contains=every) if every else people.filter(keys__overlap=some)
            )
        # As one list of keys from two indexes: an OR of both would look at every client.
        found = people.values("lead") if words else people.none().values("lead")
        digits = "".join(c for c in unicodedata.normalize("NFKC", typed) if c.isdigit())
        if len(digits) >= DIGITS_AT_LEAST:
            found = found.union(self._phones_with(digits).values("person__lead"))
        return leads.filter(pk__in=found)

    def _phones_with(self, digits: str) -> QuerySet[Phone]:
        phones = Phone.every.filter(project=self.project, number__contains=digits)
        phones = phones.exclude(state=Standing.WRONG)
        if len(digits) >= TAIL:
            phones = phones.alias(tail=tail_of("number")).filter(tail=digits[-TAIL:])
        return phones

    def by_state(self, leads: QuerySet[Lead], _name: str, state: str) -> QuerySet[Lead]:
        """As the office's calendar has it today."""
        today = self.now.astimezone(self.project.zone).date()
        if state == "contested":
            return leads.filter(contested=True)
        living = Q(owner__isnull=False) & (Q(valid_until=None) | Q(valid_until__gte=today))
        if state == "lapsed":
            return leads.exclude(living)
        if self.reader.role not in access.OVERSEERS:
            return leads if state == "valid" else self._lapsing_of_reader(leads)
        if state == "lapsing":
            living &= Q(valid_until__lte=today + SOON)
        return leads.filter(living)

    def _lapsing_of_reader(self, leads: QuerySet[Lead]) -> QuerySet[Lead]:
        """By the periods of ownership: they know who follows whom at midnight."""
        end = self.now.astimezone(self.project.zone).replace(hour=0, minute=0, second=0)
        period = Lead._meta.get_field("ownership").related_model
        ends = period.objects.filter(  # type: ignore[union-attr]
            lead=OuterRef("pk"),
            agent=self.reader,
            period__contains=self.now,
            period__endswith__lt=end + SOON + timedelta(days=1, seconds=1),
        )
        return leads.filter(Exists(ends))

    def by_channel(self, leads: QuerySet[Lead], _name: str, kind: str) -> QuerySet[Lead]:
        """Who came that way last."""
        latest = (
            ContactEvent.objects.filter(lead=OuterRef("pk"), kind__in=RECEPTIONS)
            .order_by("-recorded_at", "-pk")
            .values("kind")[:1]
        )
        return leads.annotate(came_by=latest).filter(came_by=kind)

    def by_contact(self, leads: QuerySet[Lead], _name: str, days: str) -> QuerySet[Lead]:
        """With anything recorded in the last so many days."""
        return leads.filter(recorded_at__gte=self.now - timedelta(days=int(days)))
