"""The worksheet of a case: what the proof answers, clause by clause, and what it leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from leads.models import ContactEvent, Kind

from ...models import CaseKind
from .sides import Side

if TYPE_CHECKING:
    from . import Dossier


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the worksheet: what is asked, what the proof answers, by which clause."""

    name: str
    clause: str
    certain: bool = True
    side: Side | None = None
    other: Side | None = None
    day: date | datetime | None = None
    until: date | None = None
    yes: bool | None = None
    days: int | None = None


def questions_of(dossier: "Dossier") -> list[Question]:
    """What the proof answers, clause by clause, and what it leaves to a person."""
    ask = {
        CaseKind.DEPARTURE: _on_departure,
        CaseKind.COMPLAINT: _on_complaint,
        CaseKind.STEERING: _on_steering,
    }.get(CaseKind(dossier.case.kind), _on_collision)
    brought = _on_brought(dossier)
    if dossier.case.opened_by is None:
        return [*brought, *_on_collision(dossier)]
    return [*brought, *ask(dossier)]


def _on_brought(dossier: "Dossier") -> list[Question]:
    """What somebody who brought the case rests it on: his clause, his facts; proved or not."""
    case = dossier.case
    if not case.clause:
        return []
    here = {event.pk for event in dossier.events}
    return [
        Question(
            "brought",
            case.clause,
            certain=bool(case.facts) and here.issuperset(case.facts),
            side=dossier.side_of(case.about_id),
            days=len(case.facts),
        )
    ]


def _on_collision(dossier: "Dossier") -> list[Question]:
    found: list[Question] = []
    opened = dossier.case.opened_at
    seen = dossier.as_known_at(opened)
    first = seen.owner_claim
    if dossier.case.kind == CaseKind.COLLISION and first is not None:
        found.append(
            Question(
                "at_discovery",
                _of(first.clauses, dossier.flagged_by),
                side=dossier.side_of(first.agent),
                day=opened,
                until=first.last_day,
            )
        )
    for deal in dossier.deals[-1:]:
        found += _on_deal(dossier, deal)
    later = [c for c in dossier.claims if first is not None and c.agent != first.agent]
    if dossier.case.kind == CaseKind.COLLISION and not dossier.deals and later:
        found.append(
            Question(
                "unknowing",
                dossier.flagged_by[0] if dossier.flagged_by else "",
                side=dossier.side_of(later[-1].agent),
                yes=False,
            )
        )
    if dossier.proposal.other is not None:
        found.append(
            Question(
                "readings",
                dossier.proposal.clauses[0] if dossier.proposal.clauses else "",
                certain=False,
                side=dossier.proposal.owner,
                other=dossier.proposal.other,
            )
        )
    complaints = any(event.kind == Kind.COMPLAINT for event in dossier.events)
    found.append(Question("complaints", "sales/10", certain=complaints, yes=complaints))
    return found


def _on_deal(dossier: "Dossier", deal: ContactEvent) -> list[Question]:
    before = dossier.as_known_at(deal.recorded_at - timedelta(microseconds=1))
    zone = dossier.moment.tzinfo
    held = dossier.ask(
        [fact for fact in dossier.known if fact.id != deal.pk and fact.recorded < deal.recorded_at],
        deal.at.astimezone(zone),
    )
    claim = held.owner_claim
    closer = dossier.side_of(deal.agent_id)
    found = [
        Question(
            "owner_at_deal",
            _of(() if claim is None else claim.clauses, before.cites),
            side=None if claim is None else dossier.side_of(claim.agent),
            day=deal.at,
            until=None if claim is None else claim.last_day,
        )
    ]
    if claim is None or claim.agent == deal.agent_id:
        return found
    told = next((e for e in dossier.entries if e.tells and e.event.agent_id == deal.agent_id), None)
    knew = told is not None and told.event.at < deal.at
    found.append(
        Question(
            "closer_knew",
            "sales/1",
            side=closer,
            other=dossier.side_of(claim.agent),
            yes=knew,
            days=(deal.at - told.event.at).days if told is not None and knew else None,
        )
    )
    found.append(
        Question(
            "on_behalf",
            "leasing/1.12",
            side=closer,
            other=dossier.side_of(claim.agent),
            yes=bool(deal.details.get("assisting")),
        )
    )
    return found


def _on_departure(dossier: "Dossier") -> list[Question]:
    opened = dossier.case.opened_by
    assert opened is not None, "a fact opened it"
    held = [c for c in dossier.decision.chain if c.ended_by == "leasing/1.11"]
    left = held[-1] if held else None
    living = [c for c in dossier.decision.chain if c.state == "waiting"]
    return [
        Question(
            "departed",
            "leasing/1.11",
            side=dossier.side_of(opened.agent_id),
            day=opened.at,
            until=None if left is None else left.last_day,
        ),
        Question(
            "others_waiting",
            "leasing/1.11",
            side=dossier.side_of(living[0].agent) if living else None,
            until=living[0].last_day if living else None,
            yes=bool(living),
        ),
        Question("to_assign", "leasing/1.11", certain=False),
    ]


def _on_complaint(dossier: "Dossier") -> list[Question]:
    opened = dossier.case.opened_by
    assert opened is not None, "a fact opened it"
    claim = dossier.decision.owner_claim
    return [
        Question("complained", "leasing/1.14", side=dossier.side_of(opened.whom_id), day=opened.at),
        Question(
            "provisional",
            _of(() if claim is None else claim.clauses, ()),
            side=None if claim is None else dossier.side_of(claim.agent),
            until=None if claim is None else claim.last_day,
        ),
        Question("to_find", "leasing/1.14", certain=False),
    ]


def _on_steering(dossier: "Dossier") -> list[Question]:
    opened = dossier.case.opened_by
    assert opened is not None, "a fact opened it"
    return [
        Question("steered", "sales/9", side=dossier.side_of(opened.agent_id), day=opened.at),
        Question(
            "whose_turn",
            "sales/9",
            certain=opened.turn_of_id is not None,
            side=dossier.side_of(opened.turn_of_id),
        ),
    ]


def _of(first: Sequence[str], second: Sequence[str]) -> str:
    """The first clause of those cited."""
    return next(iter([*first, *second]), "")
