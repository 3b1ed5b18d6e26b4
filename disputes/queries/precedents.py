"""The precedents of a case: its features, the nearest decided cases, and what most came to."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case as Choose
from django.db.models import Count, Exists, IntegerField, Max, OuterRef, QuerySet, Value, When

from attribution.models import Answer
from leads.models import RECEPTIONS, ContactEvent, Kind, Project

from ..models import Case, Precedent, Step
from ..precedents import (
    LIKE,
    NEAREST,
    Features,
    Habit,
    Likeness,
    Yardstick,
    gap_of,
    habit,
    likeness,
)
from .dossier import Dossier

MAKING = 1
"""Grows when features are drawn differently: the stored ones are then drawn anew."""
DECIDED = (Case.State.RULED, Case.State.CONFIRMED, Case.State.DISMISSED)
"""The ends that say how the office decides. A settlement binds its own parties only."""
ENDING = (Step.Kind.RULED, Step.Kind.COUNTERSIGNED, Step.Kind.CONFIRMED, Step.Kind.DISMISSED)
OVERRULED = (Case.State.RULED, Case.State.CONFIRMED, Case.State.SETTLED)
"""How an appeal ends that puts something in the place of what was decided before."""
FINDINGS = (
    *(Precedent.Outcome.DISMISSED, Precedent.Outcome.RECORDED, Precedent.Outcome.UNFOUNDED),
    *(Precedent.Outcome.MALICIOUS, Precedent.Outcome.FAULT, Precedent.Outcome.REPLACED),
)
COMES = (*RECEPTIONS, Kind.REGISTRATION)
TELLING = {Kind.NOTICE: "told", Kind.ASSIST: "assisted", Kind.FOLLOW_UP: "assisted"}


@dataclass(frozen=True, slots=True)
class Found:
    """A decided case beside the one that is looked at."""

    precedent: Precedent
    likeness: Likeness
    features: Features
    appealed: bool
    """It is being taken up again: what was decided may not stand."""

    @property
    def counts(self) -> bool:
        """Like enough, and undisputed: it is held against a draft."""
        return self.likeness.score >= LIKE and not self.appealed


@dataclass(frozen=True, slots=True)
class Precedents:
    """What the office decided in cases like one."""

    features: Features
    days: int | None
    found: Sequence[Found]
    habit: Habit
    counts: Sequence[tuple[str, int]]
    """How often which outcome among those that count, the most frequent first."""
    drafted: str = ""
    """The outcome that is drafted or was decided; empty where there is none yet."""

    @property
    def departs(self) -> bool:
        """What is drafted is another outcome than most of the like cases had."""
        return self.habit.departs(self.drafted)

    def as_details(self, reason: str) -> dict[str, Any]:
        """What is kept with a ruling that departs, with the reason given for it."""
        return {
            "reason": reason,
            "drafted": self.drafted,
            "most": self.habit.outcome,
            "count": self.habit.count,
            "of": self.habit.of,
            "cases": [found.precedent.case_id for found in self.found if found.counts],
        }


# ── What a case is, by its facts ──


def features_of(dossier: Dossier) -> tuple[Features, int | None]:
    """The features of a case, and the days between its receptions. One query at most.

    Of a closed case, by what was known just before it was closed.
    """
    events = [e for e in dossier.events if e.recorded_at <= dossier.moment]
    order = [side.agent for side in dossier.sides]
    first, later = [*order[:2], None, None][:2]
    begun = _begun(dossier, events, first), _begun(dossier, events, later)
    days = None
    if begun[0] is not None and begun[1] is not None:
        zone = dossier.case.project.zone
        dates = [event.at.astimezone(zone).date() for event in begun if event is not None]
        days = abs((dates[1] - dates[0]).days)
    deals = [event for event in events if event.kind == Kind.DEAL]
    seller = deals[-1] if deals else None
    found = Features(
        clauses=tuple(sorted(dossier.flagged_by)),
        gap=gap_of(days),
        knew=_knew(events, later, begun[1], seller),
        validity=_validity(dossier, first),
        deal="none" if seller is None else _place(seller.agent_id, order),
        favours=_favoured(dossier, order),
        late=_late(begun, dossier.case.project.zone),
        relation=_relation(events),
        channels="-".join("none" if event is None else event.kind for event in begun),
    )
    return found, days


def _begun(
    dossier: Dossier, events: Sequence[ContactEvent], agent: int | None
) -> ContactEvent | None:
    """With what an agent came into the matter: the fact of his right, else his first reception."""
    facts = {claim.fact for claim in dossier.claims if claim.agent == agent}
    mine = [event for event in events if agent is not None and event.agent_id == agent]
    found = [event for event in mine if event.pk in facts]
    return next(iter(found or [event for event in mine if event.kind in COMES]), None)


def _knew(
    events: Sequence[ContactEvent],
    later: int | None,
    begun: ContactEvent | None,
    deal: ContactEvent | None,
) -> str:
    """How the later agent knew of the other before he acted: before his deal, else his claim."""
    act = deal if deal is not None and deal.agent_id == later else begun
    if act is None or later is None:
        return "none"
    before = [event for event in events if event.agent_id == later and event.at < act.at]
    for event in before:
        if event.kind == Kind.FOLLOW_UP and event.whom_id is None:
            continue
        if event.kind in TELLING:
            return "enquiry" if _by_enquiry(event) else TELLING[Kind(event.kind)]
        if event.asked_for_id not in (None, later):
            return "asked"
    return "none"


def _by_enquiry(event: ContactEvent) -> bool:
    return event.kind == Kind.NOTICE and Answer.objects.filter(notice=event.key).exists()


def _validity(dossier: Dossier, first: int | None) -> str:
    """The state of the first right when the matter came up."""
    then = dossier.as_known_at(dossier.case.opened_at)
    claim = next((c for c in then.chain if c.agent == first), None)
    if claim is None:
        return "none"
    if claim.state not in ("owner", "waiting", "uncounted"):
        return "lapsed" if claim.state == "lapsed" else "ended"
    if claim.last_day is None:
        return "unlimited"
    return "extended" if claim.extensions else "living"


def _favoured(dossier: Dossier, order: Sequence[int]) -> str:
    """Whom the policy favoured: by the day of the deal, else the owner of the moment."""
    owner = dossier.proposal.owner
    return "nobody" if owner is None else _place(owner.agent, order)


def _place(agent: Any, order: Sequence[int]) -> str:
    if agent is None or agent not in order:
        return "other"
    return "first" if agent == order[0] else "later"


def _late(begun: tuple[ContactEvent | None, ContactEvent | None], zone: ZoneInfo) -> str:
    """Whose reception was entered on a later day than it happened (rule 9)."""
    for word, event in zip(("first", "later"), begun, strict=True):
        if event is not None:
            happened, recorded = (m.astimezone(zone).date() for m in (event.at, event.recorded_at))
            if recorded > happened:
                return word
    return "none"


def _relation(events: Sequence[ContactEvent]) -> str:
    links = [event for event in events if event.kind == Kind.LINK]
    return str(links[-1].details.get("relation", "same")) if links else "same"


# ── What it came to ──


def outcome_of(
    dossier: Dossier,
    finding: str,
    owner: int | None = None,
    shares: Mapping[Any, int] | None = None,
) -> str:
    """The outcome as precedents count it, `first` being who received first.

    `finding`: a finding about a complaint, `dismissed`, `recorded`, or anything else for a ruling
    that gives the client to `owner`.
    """
    if finding in FINDINGS:
        return finding
    if len([part for part in (shares or {}).values() if part]) > 1:
        return Precedent.Outcome.SHARED
    if owner is None:
        return Precedent.Outcome.NOBODY
    return _place(owner, [side.agent for side in dossier.sides])


def outcome_decided(dossier: Dossier, steps: Iterable[Step]) -> str:
    """What a closed case came to, by the last line of its file, else by the fact that closed it."""
    last = next((step for step in reversed(list(steps)) if step.kind in ENDING), None)
    event = dossier.case.closed_by
    if last is None and event is not None:
        given: Mapping[str, Any] = {"owner": event.agent_id, **event.details}
    elif last is None or last.kind == Step.Kind.CONFIRMED:
        given = {"owner": dossier.decision.owner}
    elif last.kind == Step.Kind.DISMISSED:
        given = {"finding": Precedent.Outcome.DISMISSED}
    else:
        given = last.details
    return outcome_of(dossier, given.get("finding", ""), given.get("owner"), given.get("shares"))


def drawn(case: Case) -> dict[str, Any]:
    """A decided case as a precedent's row keeps it.

    Seven queries. Give the case with project, lead, decision, opened_by, closed_by.
    """
    assert case.closed_at is not None, "only what is decided is a precedent"
    dossier = Dossier(case, now=case.closed_at)
    features, days = features_of(dossier)
    return {
        "project_id": case.project_id,
        "kind": case.kind,
        "outcome": outcome_decided(dossier, case.steps.filter(kind__in=ENDING).order_by("pk")),
        "features": features.as_data(),
        "days": days,
        "decided_at": case.closed_at,
        "making": MAKING,
    }


def waiting() -> QuerySet[Case]:
    """Decided cases that are no precedents yet, or were drawn in another way; the latest first."""
    current = Precedent.objects.filter(case=OuterRef("pk"), making=MAKING)
    return Case.objects.filter(~Exists(current), state__in=DECIDED).order_by("-closed_at", "-pk")


# ── The nearest ──


def precedents_of(dossier: Dossier, projects: Iterable[Project], drafted: str = "") -> Precedents:
    """The decided cases most like one, of these projects. Two queries besides the dossier's.

    Left out: what an appeal has put something else in the place of, the case itself and the one
    that it takes up again, and of a closed case whatever was decided after it.
    """
    features, days = features_of(dossier)
    found = nearest(dossier.case, features, [project.pk for project in projects])
    counted = [each for each in found if each.counts]
    tally: dict[str, int] = {}
    for each in counted:
        tally[each.precedent.outcome] = tally.get(each.precedent.outcome, 0) + 1
    words = dict(Precedent.Outcome.choices)
    return Precedents(
        features,
        days,
        found,
        habit(each.precedent.outcome for each in counted),
        [
            (str(words[Precedent.Outcome(name)]), count)
            for name, count in sorted(tally.items(), key=lambda item: (-item[1], item[0]))
        ],
        drafted,
    )


def nearest(case: Case, features: Features, projects: Sequence[int]) -> list[Found]:
    """The decided cases nearest to these features, the likest first. Two queries.

    Many cases are the same by their features: each different set of them is weighed once, and only
    the rows of the nearest sets are read.
    """
    standing = _standing(case, projects)
    yardstick = Yardstick(features)
    sets = (
        standing.values_list("features")
        .annotate(count=Count("pk"), latest=Max("decided_at"))
        .order_by()
    )
    weighed = [(yardstick.score(data), latest, count, data) for data, count, latest in sets]
    taken: list[dict[str, Any]] = []
    enough = 0
    for *_place, count, data in heapq.nlargest(NEAREST, weighed, key=itemgetter(0, 1)):
        if enough >= NEAREST:
            break
        taken.append(data)
        enough += count
    if not taken:
        return []
    order = Choose(
        *(When(features=data, then=Value(place)) for place, data in enumerate(taken)),
        output_field=IntegerField(),
    )
    rows = (
        standing.filter(features__in=taken)
        .annotate(place=order, appealed=Exists(_appeals(state=Case.State.OPEN)))
        .select_related("case", "project")
        .order_by("place", "-decided_at", "-pk")[:NEAREST]
    )
    return [_found(features, row) for row in rows]


def _found(features: Features, row: Precedent) -> Found:
    theirs = Features.from_data(row.features)
    appealed = bool(getattr(row, "appealed", False))
    return Found(row, likeness(features, theirs), theirs, appealed)


def _standing(case: Case, projects: Sequence[int]) -> QuerySet[Precedent]:
    found = (
        Precedent.objects.filter(project__in=projects, kind=case.kind, making=MAKING)
        .exclude(case__in=[case.pk, case.supersedes_id or 0])
        .exclude(Exists(_appeals(state__in=OVERRULED)))
    )
    return found if case.closed_at is None else found.filter(decided_at__lt=case.closed_at)


def _appeals(**given: Any) -> QuerySet[Case]:
    return Case.objects.filter(supersedes=OuterRef("case"), **given)
