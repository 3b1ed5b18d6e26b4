"""Units kept off the market, or passed on before the contract (sales/8).

Three ways: connected people hold one unit in turn; a client passes unit after unit on to others;
a deal goes on, before the contract, in the name of somebody who is no relative.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from .rows import Clue, Finding, Renaming, Rows, Stay
from .ties import Net

NAME = "units"

AGAIN = timedelta(days=3)
"""Held again within so long, it was hardly on the market."""
LONG = timedelta(days=12)
"""Two people together for nearly two weeks: each used up what an office lets one have."""
IN_TURN = 3
"""Twice is a hesitation, or a couple; three times is a habit."""
SAME_DAY = timedelta(days=1)
PASSED_ON = 3
"""So many units given up and taken by others through the same agent within a day each."""
SPAN = timedelta(days=60)
SCORES = {"in_turn": 85, "together": 70, "passed_on": 75, "renamed": 70}


def find(rows: Rows) -> Iterator[Finding]:
    """Findings of the three ways, each by the client who held first."""
    net = Net(rows.ties)
    by_unit: dict[str, list[Stay]] = defaultdict(list)
    for stay in sorted(rows.stays, key=lambda one: one.at):
        by_unit[stay.unit].append(stay)
    for stays in by_unit.values():
        yield from _in_turn(stays, net)
    yield from _passed_on(by_unit)
    for one in rows.renamings:
        if not one.family and (one.contracted is None or one.at < one.contracted):
            yield _renamed(one)


def _in_turn(stays: list[Stay], net: Net) -> Iterator[Finding]:
    """One unit, held by connected people one after the other."""
    chain: list[Stay] = []
    for stay in [*stays, None]:
        if stay is not None and (not chain or _goes_on(chain[-1], stay, net)):
            chain.append(stay)
            continue
        if way := _way(chain):
            yield _chain(chain, way, net)
        chain = [] if stay is None else [stay]


def _goes_on(before: Stay, after: Stay, net: Net) -> bool:
    if before.until is None or before.moved or after.at - before.until > AGAIN:
        return False
    return before.party == after.party or net.path(before.party, after.party) is not None


def _way(chain: list[Stay]) -> str:
    """How the unit was kept; empty where it was not: somebody signed for it in the end."""
    if len(chain) < 2 or chain[-1].contracted is not None:
        return ""
    if len(chain) >= IN_TURN:
        return "in_turn"
    first, last = chain[0], chain[-1]
    several = first.party != last.party and last.deal is None and last.until is not None
    return "together" if several and last.until - first.at > LONG else ""  # type: ignore[operator]


def _chain(chain: list[Stay], way: str, net: Net) -> Finding:
    clues: list[Clue] = []
    deals = [stay.deal for stay in chain if stay.deal is not None]
    for before, stay in zip([None, *chain], chain, strict=False):
        if before is not None and before.party != stay.party:
            path = net.path(before.party, stay.party)
            assert path is not None
            clues += [
                Clue("tie", party=one, other_party=two, fact=tie.fact, values={"kind": tie.kind})
                for one, two, tie in path.legs
            ]
        clues.append(_stayed(stay))
    return Finding(
        NAME,
        (chain[0].unit, chain[0].key),
        SCORES[way],
        chain[0].agent,
        chain[0].party,
        facts=tuple(dict.fromkeys([*deals, *(c.fact for c in clues if c.fact is not None)])),
        path=tuple(clues),
        concerns=tuple(dict.fromkeys(stay.agent for stay in chain)),
        parties=tuple(dict.fromkeys(stay.party for stay in chain)),
    )


def _passed_on(by_unit: dict[str, list[Stay]]) -> Iterator[Finding]:
    """A client gives unit after unit up, and each time somebody else has it the same day."""
    passed: dict[tuple[int, int], list[tuple[Stay, Stay]]] = defaultdict(list)
    for stays in by_unit.values():
        for before, after in pairwise(stays):
            if (
                before.until is not None
                and not before.moved
                and before.agent == after.agent
                and before.party != after.party
                and after.at - before.until <= SAME_DAY
            ):
                passed[before.party, before.agent].append((before, after))
    for (party, agent), pairs in passed.items():
        pairs.sort(key=lambda pair: pair[0].at)
        for number in range(len(pairs) - PASSED_ON + 1):
            last = pairs[number + PASSED_ON - 1]
            if last[1].at - pairs[number][0].at <= SPAN:
                clues = [_stayed(stay) for pair in pairs[number:] for stay in pair]
                deals = [after.deal for _, after in pairs[number:] if after.deal is not None]
                yield Finding(
                    NAME,
                    ("passed_on", party, pairs[number][0].key),
                    SCORES["passed_on"],
                    agent,
                    party,
                    facts=tuple(deals),
                    path=tuple(clues),
                    parties=tuple(
                        dict.fromkeys([party, *(after.party for _, after in pairs[number:])])
                    ),
                )
                break


def _renamed(one: Renaming) -> Finding:
    clues = (
        Clue("renamed", one.at, one.agent, party=one.party, fact=one.deal,
             values={"unit": one.unit}),
    )  # fmt: skip
    return Finding(
        NAME,
        ("renamed", one.deal, one.at.isoformat()),
        SCORES["renamed"],
        one.agent,
        one.party,
        facts=(one.deal,),
        path=clues,
        parties=(one.party,),
    )


def _stayed(stay: Stay) -> Clue:
    until = None if stay.until is None else stay.until.isoformat()
    return Clue("stay", stay.at, stay.agent, party=stay.party, fact=stay.deal,
                values={"unit": stay.unit, **({"until": until} if until else {})})  # fmt: skip
