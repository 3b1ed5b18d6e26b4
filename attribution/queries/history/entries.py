"""The lines of a history: facts with what they did, lapses that the calendar gives, reveals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from leads.models import RECEPTIONS, ContactEvent, Disclosure, Kind, Staff

from ... import wording
from ...policy.calendar import midnight_after
from .deeds import Did, did
from .people import Who

if TYPE_CHECKING:
    from .client import History


TELLING = (Kind.RULING, Kind.ASSIGNMENT, Kind.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the history: a fact, a lapse that the calendar gives, a number revealed."""

    at: datetime | date
    icon: str
    kind: str
    words: str
    who: Who | None
    did: Did
    recorded: datetime | None = None
    by: Who | None = None
    said: str = ""
    """What was written beside it, where the reader may read it."""
    asked_for: Who | None = None
    whom: Who | None = None

    @property
    def is_day(self) -> bool:
        """It stands at the end of a day: a lapse has no hour of its own."""
        return not isinstance(self.at, datetime)

    @property
    def entered_late(self) -> bool:
        """Written down noticeably later than it happened."""
        if self.recorded is None or not isinstance(self.at, datetime):
            return False
        return self.recorded - self.at >= timedelta(minutes=1)


def entries(history: "History") -> list[Entry]:
    """Facts and lapses in the order in which they happened."""
    found = [_entry(history, event) for event in history.events]
    found += _lapses(history)
    return sorted(found, key=lambda entry: _sort_key(history, entry.at))


def _sort_key(history: "History", at: datetime | date) -> datetime:
    return at if isinstance(at, datetime) else midnight_after(at, history.zone)


def _entry(history: "History", event: ContactEvent) -> Entry:
    # What others wrote may name them; a ruling's reason names its parties.
    own = event.by_id if event.kind in TELLING else event.agent_id
    open_word = not history.covers or history.reader.pk in (own, event.by_id)
    return Entry(
        at=event.at.astimezone(history.zone),
        icon=_icon(event),
        kind=_group(event.kind),
        words=words_of(history, event),
        who=history.who(event.by_id if event.kind in TELLING else event.agent_id),
        did=did(history, event),
        recorded=event.recorded_at.astimezone(history.zone),
        by=history.who(event.by_id),
        said=_said(event) if open_word else "",
        asked_for=history.who(event.asked_for_id) if open_word else None,
        whom=history.who(event.whom_id),
    )


def words_of(history: "History", event: ContactEvent) -> str:
    if event.kind == Kind.FOLLOW_UP:
        outcome = {
            "reached": gettext("追訪，接通本人"),
            "family": gettext("追訪，接通親屬"),
            "no_answer": gettext("追訪，未接"),
            "off": gettext("追訪，關機"),
        }
        return outcome.get(event.details.get("outcome", ""), gettext("追訪"))
    if event.kind == Kind.ASSIST and event.whom_id:
        return gettext("為%(who)s義務接待") % {"who": history.name(event.whom_id)}
    if event.kind == Kind.RULING:
        return gettext("裁定歸%(who)s") % {"who": history.name(event.agent_id)}
    if event.kind == Kind.ASSIGNMENT:
        return gettext("主管安排給%(who)s") % {"who": history.name(event.agent_id)}
    if event.kind == Kind.COMPLAINT and event.whom_id:
        return gettext("客戶投訴%(who)s") % {"who": history.name(event.whom_id)}
    if event.kind == Kind.DEPARTURE:
        return gettext("%(who)s離職") % {"who": history.name(event.agent_id)}
    return str(wording.HAPPENED[Kind(event.kind)])


def _lapses(history: "History") -> list[Entry]:
    found = []
    for claim in history.decision.chain:
        if claim.state != "lapsed" or claim.last_day is None:
            continue
        after = history.fold.decision(history.lead.pk, midnight_after(claim.last_day, history.zone))
        owner = after.owner
        so = gettext("無人歸屬") if owner is None else gettext("由%(who)s接續")
        clause = "leasing/1.10" if owner is None else "leasing/2.2"
        if claim.agent == owner:
            so = gettext("仍歸%(who)s")
        so = so % {"who": history.name(owner)}
        found.append(
            Entry(
                at=claim.last_day,
                icon="icon:clock-off",
                kind="system",
                words=gettext("%(who)s的有效期限屆滿") % {"who": history.name(claim.agent)},
                who=None,
                did=Did(
                    because=gettext("到期即放棄，不需任何人操作"),
                    so=so,
                    short=so,
                    clauses=wording.stated([clause]),
                ),
                said=gettext("曆法推得，非人為操作"),
            )
        )
    return found


def disclosures(history: "History") -> list[Entry]:
    """Who revealed the number and when. One query."""
    shown = Disclosure.objects.filter(lead__in=history.members, kind=Disclosure.Kind.PHONE)
    return [
        Entry(
            at=one.at.astimezone(history.zone),
            icon="icon:eye",
            kind="system",
            words=gettext("顯示了完整電話"),
            who=_shown_to(history, one.staff),
            did=Did(),
            said=gettext("系統紀錄"),
        )
        for one in shown.select_related("staff").order_by("-at")[:50]
        if not history.covers or one.staff_id == history.reader.pk
    ]


def _shown_to(history: "History", staff: Staff) -> Who:
    return history.who(staff.pk) or Who(staff.name)


def nodes(history: "History") -> list[Entry]:
    """The steps that led to the answer: facts about which a clause spoke, and lapses."""
    return [
        entry
        for entry in history.entries
        if entry.kind != "quiet" and (entry.did.clauses or entry.did.weight != "no")
    ]


def _icon(event: ContactEvent) -> str:
    if event.kind == Kind.FOLLOW_UP and not event.details.get("reached", True):
        return "icon:phone-off"
    return wording.ICONS[Kind(event.kind)]


def _group(kind: str) -> str:
    if kind in RECEPTIONS:
        return "reception"
    return "follow_up" if kind == Kind.FOLLOW_UP else "other"


def _said(event: ContactEvent) -> str:
    """Companions, need, source and note, as they were written down."""
    details: Mapping[str, Any] = event.details
    parts = [details.get("companions"), details.get("need"), details.get("source"), event.note]
    if event.kind == Kind.DEAL:
        parts = [details.get("unit"), event.note]
    parts.append(_origin(details.get("imported")))
    return gettext("，").join(str(part) for part in parts if part)


def _origin(imported: Mapping[str, Any] | None) -> str:
    """From which file and row a fact was taken in, and whether its own dates were signed for."""
    if not imported:
        return ""
    if imported["basis"] == "opening":
        said = gettext("開帳匯入自 %(file)s 第 %(row)s 列，照登記簿的日期")
    else:
        said = gettext("匯入自 %(file)s 第 %(row)s 列")
    return said % {"file": imported["file"], "row": imported["row"]}
