"""A reception entered just after another's, and said to have been before it (rule 9).

What is entered on the day it happened counts from when it happened: so somebody may be tempted to
have been there first. Many honest agents write in the evening; the counter often saw the group.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from .rows import RECEPTIONS, Clue, Entry, Finding, Rows, Told

NAME = "late_entry"

LATE = timedelta(minutes=15)
"""Written within a quarter of an hour is written at once."""
SOON, SAME_DAY = timedelta(hours=2), timedelta(hours=24)
"""How long after the other's entry."""
AT_ONCE, THAT_DAY, ASKED, UNLIKE_HIM, UNSEEN = 35, 20, 40, 30, 15
"""What speaks for it: how soon after; asked about the client in between; his other entries are
made at once; the counter, which mostly sees his groups, saw none."""
HABIT = 0.1
"""One entry in ten as late as this one is a habit."""
MOSTLY_SEEN = 0.5
KNOWN = 5
"""Fewer other entries say nothing about his habits."""
ENOUGH = 60


def find(rows: Rows) -> Iterator[Finding]:
    """A finding for each reception that was written down after another's and claims to precede."""
    by_agent: dict[int, list[Entry]] = defaultdict(list)
    for entry in rows.entries:
        if entry.kind in RECEPTIONS:
            by_agent[entry.agent].append(entry)
    for party, entries in rows.entries_of.items():
        receptions = [one for one in entries if one.kind in RECEPTIONS]
        for late in receptions:
            other = _just_before(late, receptions)
            if other is not None:
                yield from _judge(rows, party, late, other, by_agent)


def _just_before(late: Entry, receptions: Sequence[Entry]) -> Entry | None:
    """The other agent's reception, written down first, that this one claims to precede."""
    if late.witnessed or late.recorded - late.at < LATE:
        return None
    found = [
        one
        for one in receptions
        if one.agent != late.agent
        and late.at < one.at
        and timedelta(0) < late.recorded - one.recorded <= SAME_DAY
    ]
    return max(found, key=lambda one: one.recorded, default=None)


def _judge(
    rows: Rows, party: int, late: Entry, other: Entry, by_agent: Mapping[int, Sequence[Entry]]
) -> Iterator[Finding]:
    after, lag = late.recorded - other.recorded, late.recorded - late.at
    asked = _asked(rows, party, late, other)
    rest = [one for one in by_agent[late.agent] if one.fact != late.fact]
    unlike = unseen = False
    if len(rest) >= KNOWN:
        unlike = sum(one.recorded - one.at >= lag / 2 for one in rest) <= HABIT * len(rest)
        unseen = sum(one.witnessed for one in rest) >= MOSTLY_SEEN * len(rest)
    score = (
        (AT_ONCE if after <= SOON else THAT_DAY)
        + (ASKED if asked else 0)
        + (UNLIKE_HIM if unlike else 0)
        + (UNSEEN if unseen else 0)
    )
    if score < ENOUGH:
        return
    minutes = round(lag.total_seconds() / 60)
    clues = [
        Clue("entered", other.recorded, other.agent, party=party, fact=other.fact,
             values={"happened": other.at.isoformat()}),
    ]  # fmt: skip
    if asked is not None:
        clues.append(Clue("asked", asked.at, late.agent, party=party, fact=asked.fact))
    clues.append(
        Clue("entered", late.recorded, late.agent, party=party, fact=late.fact,
             values={"happened": late.at.isoformat(), "late": minutes})
    )  # fmt: skip
    clues += [Clue("unlike", agent=late.agent, values={"late": minutes})] if unlike else []
    clues += [Clue("unseen", agent=late.agent)] if unseen else []
    yield Finding(
        NAME,
        (late.fact,),
        min(99, score),
        late.agent,
        party,
        facts=tuple(clue.fact for clue in clues if clue.fact is not None),
        path=tuple(clues),
        affected=(other.agent,),
        parties=(party,),
    )


def _asked(rows: Rows, party: int, late: Entry, other: Entry) -> Told | None:
    """His enquiry about the client between the other's entry and his own."""
    return next(
        (
            told
            for told in rows.told_of.get(party, ())
            if told.agent == late.agent and other.recorded <= told.at <= late.recorded
        ),
        None,
    )
