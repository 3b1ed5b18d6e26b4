"""The worksheet of a case: what the proof answers, clause by clause, and what it leaves open."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from leads.models import ContactEvent, Kind

from ...models import CaseKind
from . import conduct
from .questions import Question

if TYPE_CHECKING:
    from . import Dossier


def questions_of(dossier: "Dossier") -> list[Question]:
    """What the proof answers, clause by clause, and what it leaves to a person."""
    ask = {
        CaseKind.DEPARTURE: _on_departure,
        CaseKind.COMPLAINT: conduct.on_complaint,
        CaseKind.STEERING: conduct.on_steering,
        CaseKind.NAME_SWAP: _on_name_swap,
        CaseKind.SPECULATION: conduct.on_speculation,
        CaseKind.OTHER: conduct.on_other,
    }.get(CaseKind(dossier.case.kind), _on_collision)
    return [*_on_brought(dossier), *ask(dossier)]


def _on_name_swap(dossier: "Dossier") -> list[Question]:
    deal = dossier.deals[-1] if dossier.deals else None
    known = [] if deal is None else _on_deal(dossier, deal, "sales/7")
    return [*conduct.on_name_swap(dossier, deal), *known, *_on_readings(dossier)]


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
    found += _on_readings(dossier)
    complaints = any(event.kind == Kind.COMPLAINT for event in dossier.events)
    found.append(Question("complaints", "sales/10", certain=complaints, yes=complaints))
    return found


def _on_readings(dossier: "Dossier") -> list[Question]:
    proposal = dossier.proposal
    if proposal.other is None:
        return []
    clause = proposal.clauses[0] if proposal.clauses else ""
    return [Question("readings", clause, certain=False, side=proposal.owner, other=proposal.other)]


def _on_deal(dossier: "Dossier", deal: ContactEvent, knowing: str = "sales/1") -> list[Question]:
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
            knowing,
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


def _of(first: Sequence[str], second: Sequence[str]) -> str:
    """The first clause of those cited."""
    return next(iter([*first, *second]), "")
