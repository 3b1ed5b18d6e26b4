"""What a fact did, as the clauses said it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from leads.models import ContactEvent, Kind

from ... import wording
from ...policy.decision import Step
from ...policy.facts import Key

if TYPE_CHECKING:
    from .client import History


@dataclass(frozen=True, slots=True)
class Flagged:
    """What a clause remarked about a fact; `matters`: a person must look."""

    words: str
    matters: bool


@dataclass(frozen=True, slots=True)
class Did:
    """What a fact did: why, what follows, in short, by which clauses, how much it weighs today."""

    because: str = ""
    so: str = ""
    short: str = ""
    clauses: list[tuple[str, str]] = field(default_factory=list)
    weight: str = "no"
    """`no` changed nothing, empty changed something then, `on` carries today's answer."""
    flags: list[Flagged] = field(default_factory=list)


def did(history: "History", event: ContactEvent) -> Did:
    """What a fact did, as the clauses said it."""
    steps = history.steps.get(event.pk, [])
    clauses = wording.stated(step.clause for step in steps)
    flags = list(
        dict.fromkeys(
            Flagged(str(wording.FLAGGED[step.what]), step.what not in wording.NOTES)
            for step in steps
            if step.verb == "flags" and step.what in wording.FLAGGED
        )
    )
    barred = next((step for step in steps if step.verb == "bars"), None)
    granted = next((step for step in steps if step.verb == "grants"), None)
    moved = next((step for step in steps if step.verb == "extends"), None)
    settled = next((step for step in steps if step.verb == "settles"), None)
    if granted is not None:
        return _granted(history, granted, moved, clauses, flags)
    if settled is not None:
        return _settled(history, settled, clauses, flags)
    if barred is not None:
        return _barred(history, barred, moved, clauses, flags)
    if moved is not None:
        return _moved(history, event, moved, clauses, flags)
    short = _quiet(event)
    if flags:
        words = flags[0].words
        return Did(so=words, short=words, clauses=clauses, weight="", flags=flags[1:])
    return Did(short=short, clauses=clauses)


def _weight(history: "History", agent: Key | None, fact: Key | None) -> str:
    claim = history.claim
    if claim is None or agent != claim.agent:
        return ""
    if fact == claim.fact:
        return "on"
    began = [s for s in history.steps.get(fact or "", ()) if s.verb == "extends"]
    return "on" if began and history.happened(fact) >= claim.begin else ""


def _granted(
    history: "History",
    step: Step,
    moved: Step | None,
    clauses: list[tuple[str, str]],
    flags: list[Flagged],
) -> Did:
    until = moved.last_day if moved is not None else None
    if any(c.fact == step.fact and c.strength == "signed" for c in history.decision.chain):
        until = None
    given = {"who": history.name(step.agent), "until": wording.last_day(until)}
    brief = given | {"until": wording.last_day(until, short=True)}
    if step.what == "later_reception":
        so = gettext("%(who)s排在後面，有效至 %(until)s")
        short = gettext("%(who)s排後，至 %(until)s")
    elif step.what == "registered":
        so, short = gettext("歸%(who)s，到訪之前沒有最後有效日"), gettext("歸%(who)s，等到訪")
    elif until is None:
        so, short = gettext("%(who)s取得，不失效"), gettext("歸%(who)s，不失效")
    else:
        so, short = gettext("%(who)s取得，有效至 %(until)s"), gettext("歸%(who)s，至 %(until)s")
    return Did(
        because=str(wording.BECAUSE.get(step.what, "")),
        so=so % given,
        short=short % brief,
        clauses=clauses,
        weight=_weight(history, step.agent, step.fact),
        flags=flags,
    )


def _settled(
    history: "History", step: Step, clauses: list[tuple[str, str]], flags: list[Flagged]
) -> Did:
    given = {"who": history.name(step.agent), "basis": wording.BASES.get(step.what, step.what)}
    return Did(
        because=gettext("依%(basis)s判定") % given,
        so=gettext("業績歸%(who)s，客戶此後由他服務") % given,
        short=gettext("業績歸%(who)s") % given,
        clauses=clauses,
        weight=_weight(history, step.agent, step.fact),
        flags=flags,
    )


def _barred(
    history: "History",
    step: Step,
    moved: Step | None,
    clauses: list[tuple[str, str]],
    flags: list[Flagged],
) -> Did:
    because = str(wording.BARRED.get(step.what, step.what))
    if moved is not None:
        given = {
            "who": history.name(moved.agent),
            "until": wording.last_day(moved.last_day),
        }
        return Did(
            because=because,
            so=gettext("%(who)s的期限至 %(until)s") % given,
            short=gettext("%(why)s，至 %(until)s")
            % {
                "why": wording.BRIEFLY.get(step.what, because),
                "until": wording.last_day(moved.last_day, short=True),
            },
            clauses=clauses,
            weight=_weight(history, moved.agent, moved.fact),
            flags=flags,
        )
    return Did(
        because=because,
        so=gettext("不變"),
        short=str(wording.BRIEFLY.get(step.what, because)),
        clauses=clauses,
        flags=flags,
    )


def _moved(
    history: "History",
    event: ContactEvent,
    step: Step,
    clauses: list[tuple[str, str]],
    flags: list[Flagged],
) -> Did:
    old = history.before.get((event.pk, step.agent))
    given = {
        "who": history.name(step.agent),
        "old": wording.last_day(old, short=True),
        "until": wording.last_day(step.last_day),
    }
    brief = f"{given['old']} → {wording.last_day(step.last_day, short=True)}"
    if old == step.last_day:
        return Did(
            because=gettext("新的期限不會更晚"),
            so=gettext("最後有效日不變"),
            short=gettext("末日不變"),
            clauses=clauses,
            flags=flags,
        )
    if event.kind == Kind.FOLLOW_UP:
        because = gettext("在 %(old)s 之前做成並登記") % given
        so = gettext("自舊末日順延至 %(until)s") % given
    else:
        because = gettext("由%(who)s或為他接待，重新起算") % given
        so = gettext("%(who)s有效至 %(until)s") % given
    return Did(
        because=because,
        so=so,
        short=brief,
        clauses=clauses,
        weight=_weight(history, step.agent, step.fact),
        flags=flags,
    )


def _quiet(event: ContactEvent) -> str:
    """What is said of a fact about which no clause spoke."""
    words = {
        Kind.NOTICE: gettext("此後算知情"),
        Kind.PROXY: gettext("已備案"),
        Kind.TAKEN_BACK: gettext("如同從未連結"),
    }
    return words.get(Kind(event.kind), gettext("只留紀錄"))
