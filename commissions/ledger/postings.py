"""Postings: groups of entries that sum to nothing, from how it stands to how it shall stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db.models import Sum

from ..models import Adjustment, Deal, DealStep, Entry, Period
from ..schedule import Balance

Account, Kind = Entry.Account, Entry.Kind


class Movement(NamedTuple):
    """Cents that one account gains or loses."""

    kind: str
    account: str
    cents: int


def movements(old: Balance, new: Balance, moves: str, *, contested: bool) -> Iterator[Movement]:
    """What leads from one balance to the other: first how much, then where it lies.

    `moves`: the kind of entry by which the sum changes; empty: accrual and reversal.
    """
    now = old
    change = new.sum - old.sum
    if change > 0:
        place = Account.HELD if contested else Account.PENDING
        yield Movement(moves or Kind.ACCRUAL, place, change)
        now = replace(now, **{place: getattr(now, place) + change})
    else:
        left = -change
        for place in (Account.PENDING, Account.HELD, Account.RELEASED):
            taken = min(left, max(getattr(now, place), 0))
            if taken:
                yield Movement(moves or Kind.REVERSAL, place, -taken)
                now = replace(now, **{place: getattr(now, place) - taken})
                left -= taken
        if left:
            # It was paid already: he owes it.
            yield Movement(Kind.CLAWBACK, Account.RELEASED, -left)
            now = replace(now, released=now.released - left)
    yield from _transfers(now, new)


def _transfers(old: Balance, new: Balance) -> Iterator[Movement]:
    places = (Account.PENDING, Account.HELD, Account.RELEASED)
    change = {place: getattr(new, place) - getattr(old, place) for place in places}
    for source in places:
        for target in places:
            cents = min(-change[source], change[target])
            if cents <= 0:
                continue
            if target == Account.HELD:
                kind = Kind.HOLD
            elif source == Account.HELD or target == Account.RELEASED:
                kind = Kind.RELEASE
            else:
                kind = Kind.LOCK
            yield Movement(kind, source, -cents)
            yield Movement(kind, target, cents)
            change[source] += cents
            change[target] -= cents


@dataclass(slots=True)
class Posting:
    """Entries of one deal that belong together; `write` adds what the company is charged."""

    deal: Deal
    period: Period
    at: datetime
    step: DealStep | None = None
    adjustment: Adjustment | None = None
    number: UUID = field(default_factory=uuid4)
    entries: list[Entry] = field(default_factory=list)

    def add(self, who: tuple[int, str], moved: Iterator[Movement]) -> None:
        """Somebody's movements."""
        agent, role = who
        share = self.deal.credit.get(str(agent)) if role == "agent" else None
        for one in moved:
            self.entries.append(self._entry(one, agent=agent, role=role, share=share))

    def write(self) -> bool:
        """Write it down. False where nothing moved."""
        if not self.entries:
            return False
        total = sum(entry.amount_cents for entry in self.entries)
        if total:
            first = next(entry for entry in self.entries if (entry.amount_cents > 0) == (total > 0))
            self.entries.append(self._entry(Movement(first.kind, Account.COMPANY, -total)))
        Entry.objects.bulk_create(self.entries)
        return True

    def _entry(
        self,
        moved: Movement,
        agent: int | None = None,
        role: str = "agent",
        share: int | None = None,
    ) -> Entry:
        return Entry(
            deal=self.deal,
            project_id=self.deal.project_id,
            period=self.period,
            posting=self.number,
            kind=moved.kind,
            account=moved.account,
            agent_id=agent,
            role=role,
            amount_cents=moved.cents,
            share=share,
            decision=self.deal.decision,
            step=self.step,
            adjustment=self.adjustment,
            posted_at=self.at,
        )


def balances(deal: Deal) -> dict[tuple[int, str], Balance]:
    """How everybody stands by a deal. One query."""
    found: dict[tuple[int, str], Balance] = {}
    sums = (
        Entry.objects.filter(deal=deal, agent__isnull=False)
        .values_list("agent_id", "role", "account")
        .annotate(cents=Sum("amount_cents"))
    )
    for agent, role, account, cents in sums:
        before = found.get((agent, role), Balance())
        found[agent, role] = replace(before, **{account: int(cents)})
    return found
