"""The ledger as people read it: lines with their reasons, and what they amount to."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case as Choose
from django.db.models import (
    Count,
    Exists,
    F,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import JSONObject

from attribution.models import OwnershipPeriod
from disputes.models import Case, CaseKind
from leads.models import Project, Staff

from ..models import Line

DUE = F("pending_cents") + F("held_cents") + F("released_cents")
SORTS: Mapping[str, tuple[Any, ...]] = {
    "day": ("subscribed_at", "deal_id", "share", "-pk"),
    "-day": ("-subscribed_at", "-deal_id", "-share", "pk"),
    "amount": (DUE.asc(), "subscribed_at", "pk"),
    "-amount": (DUE.desc(), "subscribed_at", "pk"),
    "agent": ("agent__name", "agent_id", "subscribed_at", "pk"),
    "-agent": ("-agent__name", "-agent_id", "subscribed_at", "pk"),
}
_SUMS = {
    "lines": Count("pk"),
    "parts": Sum("share", filter=Q(role="agent")),
    "due_cents": Sum(DUE),
    "released_cents": Sum("released_cents"),
    "paid_cents": Sum("paid_cents"),
    "pending_cents": Sum("pending_cents"),
    "held_cents": Sum("held_cents"),
    "held_lines": Count("pk", filter=Q(held_cents__gt=0)),
    "disputed_cents": Sum(DUE, filter=Q(contested=True)),
    "disputed_lines": Count("pk", filter=Q(contested=True)),
    "reversed_cents": Sum("reversed_cents"),
    "reversed_lines": Count("pk", filter=Q(reversed_cents__lt=0)),
}
SUMS = {f"sum_{name}": sums for name, sums in _SUMS.items()}
"""What the database sums up of lines; a name that no field has, for each of `Totals`."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a list of lines amounts to, in cents; the database sums."""

    lines: int = 0
    parts: int = 0
    """The agents' shares, in hundredths of a deal."""
    due_cents: int = 0
    """What is due now: waiting, held and released."""
    released_cents: int = 0
    """Everything released, paid or not."""
    paid_cents: int = 0
    pending_cents: int = 0
    held_cents: int = 0
    held_lines: int = 0
    disputed_cents: int = 0
    """Due by deals about which a person must decide first, paid parts included."""
    disputed_lines: int = 0
    reversed_cents: int = 0
    """What was accrued once and taken back since; not positive, and no part of what is due."""
    reversed_lines: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        both = zip(astuple(self), astuple(other), strict=True)
        return Totals(*(one + two for one, two in both))


@dataclass(frozen=True, slots=True)
class Why:
    """On what a line rests: by which day it was judged, by which clauses, what keeps it back."""

    basis: str
    clauses: tuple[str, ...]
    case: int | None = None
    case_kind: str = ""
    due_at: datetime | None = None

    @property
    def case_number(self) -> str:
        """The number of the case that keeps the money back."""
        return case_number(self.case) if self.case else ""

    @property
    def case_word(self) -> str:
        """What that case is about."""
        return case_word(self.case_kind) if self.case else ""


def case_number(pk: int) -> str:
    """A case as people call it."""
    return f"C-{pk:04d}"


def case_word(kind: str) -> str:
    """What a case of that kind is about."""
    return str(CaseKind(kind).label)


def lines_in(projects: Iterable[Project]) -> QuerySet[Line]:
    """Every line of these projects, bare: what sums and filters need."""
    return Line.objects.filter(project__in=[project.pk for project in projects])


def owned(lines: QuerySet[Line], agent: Staff, *, now: datetime) -> QuerySet[Line]:
    """An agent's lines; `owned_now` says whether he may open the client's page."""
    periods = OwnershipPeriod.objects.filter(
        lead=OuterRef("deal__lead"), agent=agent, period__contains=now
    )
    return lines.annotate(owned_now=Exists(periods))


def with_reasons(lines: QuerySet[Line]) -> QuerySet[Line]:
    """The same lines with deal, agent, project, how the deal was judged, and the open case."""
    party = Q(lead=OuterRef("deal__lead")) | Q(lead__party=OuterRef("deal__lead__party"))
    cases = (
        Case.objects.filter(party, state=Case.State.OPEN)
        .exclude(decided_by="policy")
        .order_by("due_at", "pk")
    )
    case = cases.values(data=JSONObject(pk="pk", kind="kind", due="due_at"))
    return lines.select_related("deal", "agent", "project").annotate(
        due_cents=DUE,
        # Asked only where money is held: of many lines, few are.
        kept_by=Choose(
            When(state=Line.State.HELD, then=Subquery(case[:1])), output_field=JSONField()
        ),
    )


def why(line: Line) -> Why:
    """On what a line rests; give a line that came `with_reasons`."""
    basis, clauses = line.basis, tuple(line.clauses)
    case: dict[str, Any] | None = getattr(line, "kept_by", None)
    if case is None or line.state != Line.State.HELD:
        return Why(basis, clauses)
    return Why(basis, clauses, case["pk"], case["kind"], datetime.fromisoformat(case["due"]))


def totals(lines: QuerySet[Line]) -> Totals:
    """What these lines amount to. One query."""
    return totals_of(lines.order_by().aggregate(**SUMS))


def totals_of(row: Mapping[str, Any]) -> Totals:
    """A row of SUMS as totals."""
    return Totals(**{name: int(row[f"sum_{name}"] or 0) for name in _SUMS})


def in_order(lines: QuerySet[Line], sort: str) -> QuerySet[Line]:
    """The lines in the order that the address names; else by day."""
    return lines.order_by(*SORTS.get(sort, SORTS["-day"]))


def page_of(lines: QuerySet[Line], sort: str) -> QuerySet[Line]:
    """A page of lines that is ordered and cut, with its reasons: only these are joined."""
    keys = lines.values("pk")
    return in_order(with_reasons(Line.objects.filter(pk__in=keys)), sort)
