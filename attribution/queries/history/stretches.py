"""Who owned from when to when, as parts of one bar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ...policy.calendar import midnight_after
from ...policy.facts import Key
from .people import Who

if TYPE_CHECKING:
    from .client import History


@dataclass(frozen=True, slots=True)
class Stretch:
    """Who owned from when to when, as a part of the bar of ownership."""

    who: Who | None
    look: str
    since: date
    until: date | None
    x: str
    width: str


def stretches(history: "History") -> list[Stretch]:
    """Who owned when, from the first right to the end of what is ahead. No query."""
    chain = history.decision.chain
    if not chain:
        return []
    first = min(claim.begin for claim in chain)
    changes = {first, *(claim.begin for claim in chain)}
    changes |= {claim.ended for claim in chain if claim.ended is not None}
    changes |= {
        midnight_after(claim.last_day, history.zone)
        for claim in chain
        if claim.last_day is not None and claim.last_day < history.now.date()
    }
    past = sorted(moment for moment in changes if first <= moment <= history.now)
    spans: list[tuple[Key | None, datetime, datetime | None]] = []
    for moment in past:
        owner = history.fold.decision(history.lead.pk, moment).owner
        if spans and spans[-1][0] == owner:
            continue
        if spans:
            spans[-1] = (spans[-1][0], spans[-1][1], moment)
        spans.append((owner, moment, None))
    for number, span in enumerate(history.decision.ahead):
        end = None if span.until is None else midnight_after(span.until, history.zone)
        if number == 0 and spans:
            spans[-1] = (spans[-1][0], spans[-1][1], end)
        else:
            spans.append((span.agent, span.since, end))
    last = max((s[2] or history.now + timedelta(days=30) for s in spans), default=history.now)
    last = max(last, history.now + timedelta(days=1))
    whole = (last - first).total_seconds() or 1.0
    looks = {history.decision.owner: "own"}
    found = []
    for owner, since, until in spans:
        begin = (since - first).total_seconds() / whole
        end_at = ((until or last) - first).total_seconds() / whole
        look = "none" if owner is None else looks.setdefault(owner, "xz"[(len(looks) - 1) % 2])
        found.append(
            Stretch(
                history.who(owner),
                look,
                since.date(),
                None if until is None else (until - timedelta(microseconds=1)).date(),
                f"{begin * 100:.2f}%",
                f"{max(end_at - begin, 0.004) * 100:.2f}%",
            )
        )
    history.now_at = f"{(history.now - first).total_seconds() / whole * 100:.2f}%"
    return found
