"""What a client means to buy, in one query; and the next steps of an agent's day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from ... import access
from ...models import Kind, Lead, Person, Project, Staff
from ..models import (
    Decider,
    Motive,
    Offer,
    OfferAnswer,
    Payment,
    PlanStep,
    ProfileEntry,
    PurchasePlan,
    Purpose,
    Viewing,
)

SHOWN = 20
"""So many viewings, offers and steps of a client are shown, the latest first."""
VISITS = (Kind.VISIT, Kind.BROCHURE, Kind.ASSIST)
AHEAD = timedelta(days=7)
STEPS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class MadeOffer:
    """An offer and the last answer to it; `answer` is empty while there is none."""

    pk: int
    kind: str
    permyriad: int | None
    months: int | None
    terms: str
    unit: str
    day: date
    answer: str
    words: str
    answered_on: date | None

    @property
    def kind_words(self) -> Any:
        """What was offered, as a word."""
        return Offer.Kind(self.kind).label

    @property
    def percent(self) -> float | None:
        """The discount in percent."""
        return None if self.permyriad is None else self.permyriad / 100


@dataclass(frozen=True, slots=True)
class Buying:
    """What is known of a client's purchase. Money in cents."""

    profile: dict[str, Any] | None
    plan: dict[str, Any] | None
    visits: list[datetime]
    """When he came, the first visit first; an obligatory reception is one too."""
    viewings: list[dict[str, Any]]
    offers: list[MadeOffer]
    steps: list[dict[str, Any]]
    """What is to be done next, the nearest day first."""

    @property
    def interval(self) -> int | None:
        """The days between two visits, on average; None before the second."""
        if len(self.visits) < 2:
            return None
        return round((self.visits[-1] - self.visits[0]).days / (len(self.visits) - 1))

    @property
    def last_visit(self) -> datetime | None:
        """When he came last."""
        return self.visits[-1] if self.visits else None

    @property
    def motives(self) -> list[Any]:
        """Why he wants to buy, as words."""
        return [Motive(one).label for one in (self.profile or {}).get("motives", ())]

    @property
    def purpose(self) -> Any:
        """For what, as a word."""
        return _label(Purpose, self.profile, "purpose")

    @property
    def payment(self) -> Any:
        """How it is to be paid, as a word."""
        return _label(Payment, self.profile, "payment")

    @property
    def decider(self) -> Any:
        """Who decides, as a word."""
        return _label(Decider, self.profile, "decider")

    @property
    def month(self) -> date | None:
        """The month for which he plans."""
        return None if self.plan is None else date.fromisoformat(self.plan["month"])


def buying_of(lead: Lead) -> Buying:
    """Profile, plan, visits, viewings, offers and next steps of a client. One query."""
    mine: dict[str, Any] = {"lead": OuterRef("pk")}
    answers = OfferAnswer.objects.filter(offer=OuterRef("pk")).order_by("-pk")
    last_answer = answers.values(json=JSONObject(answer="answer", words="words", day="day"))
    offers = Offer.objects.filter(**mine).annotate(last=Subquery(last_answer[:1]))
    steps = PlanStep.objects.filter(**mine, end=None).order_by("due", "pk")
    visits = lead.events.model.objects.filter(**mine, kind__in=VISITS)
    found: dict[str, Any] = Lead.objects.filter(pk=lead.pk).values(  # type: ignore[assignment]
        the_profile=_last(ProfileEntry.objects.filter(**mine), _PROFILE),
        the_plan=_last(PurchasePlan.objects.filter(**mine), _PLAN),
        the_visits=ArraySubquery(visits.order_by("at").values("at")),
        the_viewings=_rows(
            Viewing.objects.filter(**mine).order_by("-day", "-pk"), ("unit", "day", "question")
        ),
        the_offers=_rows(
            offers.order_by("-day", "-pk"),
            ("pk", "kind", "permyriad", "months", "terms", "unit", "day", "last"),
        ),
        the_steps=_rows(steps, ("pk", "text", "due")),
    )[0]
    # A name of an annotation must be no field's.
    sheet: dict[str, Any] = {name.removeprefix("the_"): found[name] for name in found}
    for row in (*sheet["viewings"], *sheet["steps"]):
        for name in {"day", "due"} & set(row):
            row[name] = date.fromisoformat(row[name])
    return Buying(**sheet | {"offers": [_offer(row) for row in sheet["offers"]]})


_PROFILE = (
    *("number", "motives", "motive_words", "purpose", "budget_low", "budget_high", "area_low"),
    *("area_high", "unit_type", "payment", "decider", "decider_words", "recorded_at"),
)
_PLAN = (
    *("number", "month", "unit_type", "amount", "probability", "note", "dropped", "recorded_at"),
)


def _last(rows: QuerySet[Any], names: tuple[str, ...]) -> Subquery:
    return Subquery(rows.order_by("-number").values(json=_json(names))[:1])


def _rows(rows: QuerySet[Any], names: tuple[str, ...]) -> ArraySubquery:
    return ArraySubquery(rows.values(json=_json(names))[:SHOWN])


def _json(names: tuple[str, ...]) -> JSONObject:
    return JSONObject(**{name: F(name) for name in names})


def _offer(row: dict[str, Any]) -> MadeOffer:
    last = row.pop("last") or {}
    answered = last.get("day")
    return MadeOffer(
        **row | {"day": date.fromisoformat(row["day"])},
        answer=last.get("answer", ""),
        words=last.get("words", ""),
        answered_on=date.fromisoformat(answered) if answered else None,
    )


def _label(choices: Any, row: dict[str, Any] | None, name: str) -> Any:
    value = (row or {}).get(name, "")
    return choices(value).label if value else ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """A next step of a plan in an agent's day."""

    pk: int
    text: str
    due: date
    lead: Lead
    name: str


def next_steps(agent: Staff, project: Project, today: date) -> list[NextStep]:
    """What an agent planned with the clients whom he holds: overdue and of the coming week.

    One query; the nearest day first, at most so many.
    """
    names = Person.objects.filter(lead=OuterRef("lead")).order_by("pk")
    held = access.leads_of(agent, project).order_by().values("pk")
    found = (
        PlanStep.objects.filter(lead__in=held, end=None, due__lte=today + AHEAD)
        .select_related("lead")
        .annotate(named=Subquery(names.values("name")[:1]))
        .order_by("due", "pk")[:STEPS_SHOWN]
    )
    return [
        NextStep(step.pk, step.text, step.due, step.lead, step.named or str(step.lead))
        for step in found
    ]
