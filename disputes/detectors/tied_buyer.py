"""A buyer who is tied to another agent's client: perhaps one purchase under two names (sales/7).

Relatives and neighbours buy for themselves, too. What makes a difference: that the buyer appeared
only just before, that the client himself bought nothing, that the closer knew of him.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from .rows import Clue, Finding, Rows, Sale, Tenure
from .ties import Net, Path

NAME = "tied_buyer"

LOOKBACK = timedelta(days=30)
"""A right that ended within a month before the deal: the purchase began while it lived."""
FRESH = timedelta(days=10)
"""Whoever buys a home within ten days of his first appearance had seen it before."""
NOT_FRESH = 0.6
"""How much is left where the buyer had been coming for longer."""
HAS_HIS_OWN = 0.4
"""How much is left where the tied client bought something himself: his need was met."""
UNKNOWING = 0.4
"""What is left of the doubt where the closer had been told of the client, or had received him."""
ENOUGH = 50


def find(rows: Rows) -> Iterator[Finding]:
    """A finding for each deal and the other agent's client to whom its buyer is tied best."""
    net = Net(rows.ties)
    for sale in rows.sales:
        if sale.assisting:
            continue
        judged = [
            (score, path, held)
            for path in net.paths(sale.party)
            if _came_first(rows, path.parties[-1], sale)
            and (held := _held(rows, path.parties[-1], sale))
            and (score := _score(rows, sale, path)) >= ENOUGH
        ]
        if judged:
            yield _finding(rows, sale, *max(judged, key=lambda one: (one[0], -len(one[1].steps))))


def _held(rows: Rows, party: int, sale: Sale) -> Tenure | None:
    """The right of another agent to the tied client, living at the deal or just ended."""
    found = [
        one
        for one in rows.tenures_of.get(party, ())
        if one.since <= sale.at and (one.until is None or sale.at - one.until < LOOKBACK)
    ]
    last = max(found, key=lambda one: one.since, default=None)
    return None if last is None or last.agent == sale.agent else last


def _score(rows: Rows, sale: Sale, path: Path) -> int:
    tied, found = path.parties[-1], path.strength
    if _has_his_own(rows, tied, sale):
        found *= HAS_HIS_OWN
    first = _first_seen(rows, sale.party)
    if first is not None and sale.at - first > FRESH:
        found *= NOT_FRESH
    if _knew(rows, tied, sale) is not None:
        found = 1 - (1 - found) * UNKNOWING
    return round(100 * found)


def _has_his_own(rows: Rows, party: int, sale: Sale) -> bool:
    sales = rows.sales_of.get(party, ())
    return any(other.at <= sale.at and not other.cancelled for other in sales)


def _came_first(rows: Rows, tied: int, sale: Sale) -> bool:
    """The tied client was there before the buyer, or the closer knew of him: else it is rather he
    who follows the buyer."""
    one, two = _first_seen(rows, tied), _first_seen(rows, sale.party)
    earlier = one is not None and (two is None or one < two)
    return earlier or _knew(rows, tied, sale) is not None


def _first_seen(rows: Rows, party: int) -> datetime | None:
    return min((entry.at for entry in rows.entries_of.get(party, ())), default=None)


def _knew(rows: Rows, party: int, sale: Sale) -> Clue | None:
    """That the closer had been told of the client, or had received him, before the deal."""
    for told in rows.told_of.get(party, ()):
        if told.agent == sale.agent and told.at < sale.at:
            return Clue("knew", told.at, sale.agent, party=party, fact=told.fact)
    for entry in rows.entries_of.get(party, ()):
        if entry.agent == sale.agent and entry.at < sale.at:
            return Clue("received", entry.at, sale.agent, party=party, fact=entry.fact)
    return None


def _finding(rows: Rows, sale: Sale, score: int, path: Path, held: Tenure) -> Finding:
    tied = path.parties[-1]
    clues = [Clue("sold", sale.at, sale.agent, party=sale.party, fact=sale.fact)]
    first = _first_seen(rows, sale.party)
    if first is not None and sale.at - first <= FRESH:
        clues.append(
            Clue("fresh", first, party=sale.party, values={"days": (sale.at - first).days})
        )
    clues += [
        Clue("tie", party=one, other_party=two, fact=tie.fact, values={"kind": tie.kind})
        for one, two, tie in path.legs
    ]
    clues.append(Clue("held", held.since, held.agent, party=tied))
    knew = _knew(rows, tied, sale)
    clues += [] if knew is None else [knew]
    if not _has_his_own(rows, tied, sale):
        clues.append(Clue("bought_nothing", party=tied))
    return Finding(
        NAME,
        (sale.fact, tied),
        score,
        sale.agent,
        sale.party,
        facts=tuple(dict.fromkeys(clue.fact for clue in clues if clue.fact is not None)),
        path=tuple(clues),
        affected=(held.agent,),
        parties=path.parties,
    )
