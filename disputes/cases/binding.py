"""Steps under the lock: what every end of a case has in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from leads import journal
from leads.journal import Held
from leads.models import Kind, Staff

from ..models import CONDUCT, NON_SALES, Case, Penalty, Step
from ..refusals import NoReason as NoReason
from ..refusals import NotAnAgentHere as NotAnAgentHere
from ..sanctions import Sanction
from . import course, penalties
from .course import NotNow, StaleCase
from .hearings import write_hearing
from .telling import tell_outcome, tell_parties

Heard = Mapping[int, str]
"""What each party said when whoever decides heard him in person, by the party's key."""
NOBODY: Heard = {}
Against = Mapping[str, Any]
"""From which precedents a ruling departs, and the reason given for it, as the file keeps it."""
NOTHING: Against = {}


class SharesDoNotSum(ValueError):
    """Shares are whole percents that sum to 100."""

    message = _("分成必須是整數，合計 100%。")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a case is to end, as a form says it and as the file keeps it."""

    owner: Staff | None = None
    shares: Mapping[int, int] = field(default_factory=dict)
    finding: str = ""
    sanction: Sanction | None = None
    note: str = ""
    """What the parties read of it."""
    against: Against = field(default_factory=dict)

    @property
    def gaining(self) -> frozenset[int]:
        """To whom it gives the client, a share, or what somebody else forfeits."""
        found = {agent for agent, part in self.shares.items() if part}
        if self.owner is not None:
            found.add(self.owner.pk)
        if self.sanction is not None and self.sanction.to is not None:
            found.add(self.sanction.to)
        return frozenset(found)

    def checked(self, case: Case, held: Held) -> dict[str, Any]:
        """As the file keeps it. Raises NotAnAgentHere, SharesDoNotSum, NoSuchPenalty."""
        if self.owner is not None:
            refuse_outsiders(held, self.owner)
        penalties.check(case, held, self.sanction)
        found: dict[str, Any] = {"owner": self.owner.pk if self.owner else None}
        found |= shared(self.shares)
        if self.finding:
            found["finding"] = self.finding
        if self.sanction is not None:
            found["sanction"] = self.sanction.plain()
        if self.note.strip():
            found["note"] = self.note.strip()
        if self.against:
            found["against"] = dict(self.against)
        return found


def read(details: Mapping[str, Any]) -> Verdict:
    """The verdict of a line of the file."""
    given = details.get("sanction")
    return Verdict(
        Staff.objects.get(pk=details["owner"]) if details.get("owner") else None,
        {int(agent): part for agent, part in details.get("shares", {}).items()},
        details.get("finding", ""),
        None if given is None else Sanction(**given),
        details.get("note", ""),
        details.get("against", {}),
    )


def begin(
    case_id: int, version: int | None, reason: str | None, key: UUID
) -> tuple[Case, Held] | None:
    """The case under the lock; None where the form was saved before. Raises NoReason, StaleCase."""
    if reason is not None and not reason.strip():
        raise NoReason
    try:
        return course.hold(case_id, version)
    except StaleCase:
        if course.repeated(key):
            return None
        raise


def hear(case: Case, heard: Heard, by: Staff, now: datetime) -> None:
    """Write down what parties said in person before him who decides now."""
    for party, words in heard.items():
        if words.strip():
            write_hearing(case, party, words, by, now)
    course.advance(case, now)


def bind(
    case: Case,
    held: Held,
    step: Step,
    verdict: Verdict,
    by: Staff,
    now: datetime,
    key: UUID,
    reason: str,
) -> None:
    """The ruling becomes a fact about the client; where it moves no client, the case just ends.

    Penalties stand before the fact is announced: the ledger, which hears of it last, posts what is
    forfeited in the same transaction.
    """
    imposed = penalties.impose(case, step, verdict.sanction, by, now, reason)
    if verdict.owner is None:
        if case.kind not in CONDUCT:
            raise NotNow
        course.end(case, Case.State.RULED, held, now)
        tell_end(case, gettext_noop("案件 %(case)s 已有結果：歸屬不變。"), now, by)
    else:
        more = shared(verdict.shares)
        append(case, held, Kind.RULING, verdict.owner, by, now, key, reason, more)
    tell_penalised(case, imposed, now)


def append(
    case: Case,
    held: Held,
    kind: Kind,
    agent: Staff | None,
    by: Staff,
    now: datetime,
    key: UUID,
    reason: str,
    more: Mapping[str, Any],
    whom: Staff | None = None,
) -> None:
    """Write the fact by which a case ends, and tell its agents how it ended for them."""
    event = journal.append(
        held,
        kind=kind,
        agent=agent,
        whom=whom,
        at=now,
        by=by,
        now=now,
        key=key,
        details={"case": case.pk, "end": Case.State.RULED, **more},
        note=reason,
    )
    tell_outcome(case, held, event)


def tell_end(case: Case, text: str, now: datetime, by: Staff) -> None:
    """A note to the parties about an end that changed nothing about the client."""
    waiting = case.parties.exclude(staff=by).exclude(notified_at=None)
    tell_parties(case, waiting.values_list("staff_id", flat=True), text, {}, now)


def tell_penalised(case: Case, imposed: Sequence[Penalty], now: datetime) -> None:
    """Whom a ruling takes something from, or proposes to, reads it at once."""
    if imposed:
        text = gettext_noop("案件 %(case)s 的裁定對你有處分，打開看內容與條文。")
        tell_parties(case, [imposed[0].staff_id], text, {}, now)


def refuse_outsiders(held: Held, agent: Staff) -> None:
    """A client goes only to somebody who works in his project now. Raises NotAnAgentHere."""
    here = held.project.staff.filter(pk=agent.pk, departed_at=None, is_active=True)
    if agent.role in NON_SALES or not here.exists():
        raise NotAnAgentHere


def shared(shares: Mapping[int, int] | None) -> dict[str, dict[str, int]]:
    """Shares as an event keeps them; nothing where nothing is shared. Raises SharesDoNotSum."""
    if not shares:
        return {}
    if sum(shares.values()) != 100 or any(share < 0 for share in shares.values()):
        raise SharesDoNotSum
    return {"shares": {str(agent): share for agent, share in shares.items() if share}}
