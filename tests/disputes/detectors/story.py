"""Short ways to write rows down: a day of the story, an agent, a client."""

from datetime import UTC, datetime, timedelta
from itertools import count

from disputes.detectors.rows import Entry, Rows, Sale, Stay, Tenure, Tie, Told

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
AN, BO, CAI = 1, 2, 3
YE, ZHOU, WU = 10, 20, 30
keys = count(1000)


def on(day: float) -> datetime:
    """A moment of the story: so many days after its beginning."""
    return START + timedelta(days=day)


def came(party, agent, day, *, after=2, **given):
    """A visit, written down so many minutes later."""
    at = on(day)
    return Entry(next(keys), party, "visit", agent, at, at + timedelta(minutes=after), **given)


def called(party, agent, at, text="", *, ends, reached=True):
    """A follow-up as it was made."""
    return Entry(
        next(keys), party, "follow_up", agent, at, at, text=text, reached=reached, ends=ends
    )


def holds(party, agent, since, until=None, given=None):
    return Tenure(
        party, agent, on(since), None if until is None else on(until),
        None if given is None else on(given),
    )  # fmt: skip


def told(party, agent, day, how="enquiry"):
    return Told(party, agent, on(day), how, next(keys))


def sold(party, agent, day, **given):
    return Sale(next(keys), party, agent, on(day), **given)


def stays(unit, party, since, until=None, agent=AN, **given):
    ended = None if until is None else on(until)
    return Stay(next(keys), unit, party, agent, on(since), ended, **given)


def tie(kind, one, two):
    return Tie(kind, one, two, next(keys))


def rows(*all_of_them, asof=200):
    """Rows of whatever kinds."""
    kinds = {
        Entry: "entries", Told: "told", Tenure: "tenures", Tie: "ties", Sale: "sales",
        Stay: "stays",
    }  # fmt: skip
    found = {name: [] for name in kinds.values()}
    for one in all_of_them:
        for row in one if isinstance(one, list) else [one]:
            found[kinds[type(row)]].append(row)
    return Rows(asof=on(asof), **{name: tuple(of) for name, of in found.items()})
