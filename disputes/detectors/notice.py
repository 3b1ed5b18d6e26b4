"""A deal after a notice: somebody was told whose the client is, and closed with him (sales/1).

Where the owner's right still lived, the rules make a case of it; here also stands who was told,
waited for the last day, and signed at once.
"""

from collections.abc import Iterator
from datetime import timedelta

from .rows import RECEPTIONS, Clue, Entry, Finding, Rows, Sale, Tenure, Told

NAME = "notice"

AT_ONCE = timedelta(days=7)
"""A week after the last day: nobody subscribes within one who was not worked on before it."""
WHILE_HELD, AFTER_LAPSE, CONTACT = 90, 60, 25
"""What speaks for it: closed while held; closed at once after; was in touch after the notice."""
ENOUGH = 60


def find(rows: Rows) -> Iterator[Finding]:
    """A finding for each deal whose closer had been told before that another one holds him."""
    for sale in rows.sales:
        if sale.assisting:
            continue
        found = _told(rows, sale)
        if found is not None:
            yield from _judge(rows, sale, *found)


def _told(rows: Rows, sale: Sale) -> tuple[Told, Tenure] | None:
    """The last time the closer was told of somebody else, and that one's right."""
    for told in reversed(rows.told_of.get(sale.party, ())):
        if told.agent == sale.agent and told.at < sale.at:
            held = rows.tenure(sale.party, told.at)
            if held is not None and held.agent != sale.agent:
                return told, held
    return None


def _judge(rows: Rows, sale: Sale, told: Told, held: Tenure) -> Iterator[Finding]:
    now = rows.tenure(sale.party, sale.at)
    if now is not None and now.agent == sale.agent and now.given and now.given <= sale.at:
        return
    over = held.until is not None and held.until <= sale.at
    if over and held.until is not None and sale.at - held.until > AT_ONCE:
        return
    touched = _touched(rows, sale, told, held)
    score = (AFTER_LAPSE if over else WHILE_HELD) + (CONTACT if over and touched else 0)
    path = [
        Clue("told", told.at, sale.agent, held.agent, sale.party, fact=told.fact,
             values={"how": told.how}),
    ]  # fmt: skip
    if touched is not None:
        path.append(Clue("received", touched.at, sale.agent, party=sale.party, fact=touched.fact))
    if over:
        path.append(Clue("lapsed", held.until, held.agent, party=sale.party))
    path.append(Clue("sold", sale.at, sale.agent, party=sale.party, fact=sale.fact))
    yield Finding(
        NAME,
        (sale.fact,),
        score,
        sale.agent,
        sale.party,
        facts=tuple(clue.fact for clue in path if clue.fact is not None),
        path=tuple(path),
        affected=(held.agent,),
        parties=(sale.party,),
    )


def _touched(rows: Rows, sale: Sale, told: Told, held: Tenure) -> Entry | None:
    """His reception of the client after the notice, while the other one held him."""
    for entry in rows.entries_of.get(sale.party, ()):
        if (
            entry.agent == sale.agent
            and entry.kind in RECEPTIONS
            and told.at <= entry.at < sale.at
            and (held.until is None or entry.at < held.until)
        ):
            return entry
    return None
