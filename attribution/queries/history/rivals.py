"""Everybody else who had, has or wanted a right, and what each lacked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from leads.models import RECEPTIONS, Kind

from ... import wording
from ...policy.decision import ClaimView
from ...policy.facts import Key
from .people import Who

if TYPE_CHECKING:
    from .client import History


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody else who had, has or wanted a right: when, what became of it, what he lacked."""

    who: Who
    state: str
    """lapsed, waiting, ended, uncounted, or barred."""
    since: datetime
    granted: str
    last_day: date | None = None
    ended: datetime | None = None
    words: str = ""
    place: int = 0
    clauses: list[tuple[str, str]] = field(default_factory=list)


def rivals(history: "History") -> list[Rival]:
    """Everybody else with or without a right, and what each lacked."""
    owner = history.claim
    standing = [c for c in history.decision.chain if c.state in ("owner", "waiting")]
    found = [
        _rival(history, claim, standing)
        for claim in sorted(history.decision.chain, key=lambda claim: claim.begin)
        if claim is not owner and (owner is None or claim.agent != owner.agent)
    ]
    with_claims = {claim.agent for claim in history.decision.chain}
    seen: set[Key] = set()
    for event in history.events:
        agent = event.agent_id
        if event.kind not in RECEPTIONS or agent is None or agent in with_claims | seen:
            continue
        barred = next((s for s in history.steps.get(event.pk, ()) if s.verb == "bars"), None)
        who = history.who(agent)
        if barred is not None and who is not None:
            seen.add(agent)
            found.append(
                Rival(
                    who,
                    "barred",
                    event.at.astimezone(history.zone),
                    str(Kind(event.kind).label),
                    words=str(wording.BARRED.get(barred.what, barred.what)),
                    clauses=wording.stated([barred.clause]),
                )
            )
    return found


def _rival(history: "History", claim: ClaimView, standing: list[ClaimView]) -> Rival:
    clauses: Iterable[str] = claim.clauses
    words = ""
    if claim.state == "lapsed":
        clauses = ["leasing/1.2"]
    elif claim.state == "ended":
        words = str(wording.ENDED_BY.get(claim.ended_by or "", ""))
        clauses = [claim.ended_by] if claim.ended_by else []
    elif claim.state == "waiting":
        clauses = ["leasing/2.2"]
    elif claim.state == "uncounted":
        words = gettext("代看沒有及時備案，不計入")
        clauses = ["sales/6"]
    return Rival(
        who=history.who(claim.agent) or Who("？"),
        state=claim.state,
        since=claim.begin,
        granted=history.granted(claim),
        last_day=claim.last_day,
        ended=claim.ended,
        words=words,
        place=standing.index(claim) + 1 if claim in standing else 0,
        clauses=wording.stated(clauses),
    )
