"""Follow-ups that nobody made: many at the end of periods, quicker than one can call, copied.

Honest agents, too, call their whole list when the reminders come, and write the same phrase twice.
So neither the end of the period nor the words alone are enough.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from statistics import mean, median

from .rows import FOLLOW_UP, Clue, Entry, Finding, Rows

NAME = "follow_ups"

NEAR = timedelta(days=2)
"""The end of a period: its last two days."""
TOGETHER = timedelta(minutes=30)
"""Follow-ups no further apart belong to one sitting."""
FEWEST = 4
"""Fewer are no burst."""
A_CALL = timedelta(minutes=3)
"""To dial, to wait, to speak a sentence: who reaches clients in less, one after the other, hardly
spoke to them."""
ALIKE = 0.8
"""So much of two texts agrees, on average over all pairs, where one was copied from the other."""
SENTENCE = 8
"""Shorter texts are phrases that everybody uses."""
ALL_REACHED = 5
"""So many calls without one that nobody answered: of three calls, one or two usually fail."""
PACE, COPIED, NOBODY_OUT = 45, 35, 20
ENOUGH = 65

COPIES = 6
"""One sentence so often, and nearly always at the end of a period, while other work is written
about in other words."""
MONTH = timedelta(days=30)
ONLY_AT_THE_END = 0.8
COPIES_SCORE = 65


def find(rows: Rows) -> Iterator[Finding]:
    """A finding for each sitting, and for each sentence that serves to keep clients."""
    by_agent: dict[int, list[Entry]] = defaultdict(list)
    for entry in sorted(rows.entries, key=lambda one: (one.at, one.fact)):
        by_agent[entry.agent].append(entry)
    for agent, entries in by_agent.items():
        told: set[int] = set()
        for burst in _bursts(entries):
            for finding in _judge(agent, burst):
                told.update(finding.facts)
                yield finding
        yield from _copies(agent, entries, told)


def is_near(entry: Entry) -> bool:
    """A follow-up that reached somebody in the last days of the period."""
    return (
        entry.kind == FOLLOW_UP
        and entry.ends is not None
        and timedelta(0) <= entry.ends - entry.at <= NEAR
    )


def _bursts(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Sittings: follow-ups at the end of periods, one soon after the other."""
    burst: list[Entry] = []
    for entry in entries:
        if not is_near(entry):
            continue
        if burst and entry.at - burst[-1].at > TOGETHER:
            yield burst
            burst = []
        burst.append(entry)
    if burst:
        yield burst


def _judge(agent: int, burst: list[Entry]) -> Iterator[Finding]:
    reached = [entry for entry in burst if entry.reached]
    if len(reached) < FEWEST or len({entry.party for entry in reached}) < FEWEST:
        return
    pace = median((two.at - one.at).total_seconds() for one, two in pairwise(burst))
    alike = likeness([entry.text for entry in reached])
    quick = pace < A_CALL.total_seconds()
    copied = alike >= ALIKE
    everybody = len(reached) == len(burst) >= ALL_REACHED
    score = quick * PACE + copied * COPIED + everybody * NOBODY_OUT
    if score < ENOUGH:
        return
    minutes = round((burst[-1].at - burst[0].at).total_seconds() / 60)
    said = {"count": len(reached), "minutes": minutes}
    clues = [Clue("sitting", burst[0].at, agent, values=said)]
    if quick:
        clues.append(Clue("quick", agent=agent, values={"seconds": round(pace)}))
    if copied:
        clues.append(Clue("alike", agent=agent, values={"percent": round(100 * alike)}))
    if everybody:
        clues.append(Clue("all_reached", agent=agent, values={"count": len(reached)}))
    yield _finding(agent, ("sitting", agent, burst[0].at.date().isoformat()), score, clues, reached)


def _copies(agent: int, entries: Sequence[Entry], told: set[int]) -> Iterator[Finding]:
    """One sentence, again and again, where periods end, and hardly anywhere else."""
    by_text: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        text = plain(entry.text)
        if len(text) >= SENTENCE:
            by_text[text].append(entry)
    for uses in by_text.values():
        near = [entry for entry in uses if is_near(entry) and entry.reached]
        fresh = [entry for entry in near if entry.fact not in told]
        for first in range(len(fresh) - COPIES + 1):
            within = [one for one in fresh[first:] if one.at - fresh[first].at <= MONTH]
            clients = {one.party for one in within}
            if (
                len(within) >= COPIES
                and len(clients) >= FEWEST
                and len(near) >= ONLY_AT_THE_END * len(uses)
            ):
                clues = [
                    Clue("copies", within[0].at, agent, values={"count": len(within)}),
                ]
                key = ("copies", agent, within[0].fact)
                yield _finding(agent, key, COPIES_SCORE, clues, within)
                break


def _finding(
    agent: int, key: tuple[object, ...], score: int, clues: list[Clue], of: Sequence[Entry]
) -> Finding:
    path = [
        *clues,
        *(Clue("follow_up", one.at, agent, party=one.party, fact=one.fact,
               values={"text": one.text}) for one in of),
    ]  # fmt: skip
    return Finding(
        NAME,
        key,
        score,
        agent,
        of[-1].party,
        facts=tuple(one.fact for one in of),
        path=tuple(path),
        parties=tuple(dict.fromkeys(one.party for one in of)),
    )


def plain(text: str) -> str:
    """A text as it is compared: no punctuation, no figures, one width, one case."""
    return re.sub(r"[\W\d_]+", "", unicodedata.normalize("NFKC", text)).casefold()


MOST_COMPARED = 12
"""So many texts of a sitting are compared, each with each."""


def likeness(texts: Sequence[str]) -> float:
    """How alike texts are on average, from 0 to 1; phrases too short to be copied say nothing."""
    found = [plain(text) for text in texts]
    told = [text for text in found if len(text) >= SENTENCE][:MOST_COMPARED]
    if len(told) < max(2, len(found[:MOST_COMPARED]) / 2):
        return 0.0
    return mean(
        SequenceMatcher(None, one, two, autojunk=False).ratio()
        for one, two in combinations(told, 2)
    )
