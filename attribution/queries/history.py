"""One client as a reader may see him: what happened and what it did, why he belongs to whom.

Everything is what the engine says of the recorded facts at this moment. Whoever only owns the
client sees other agents as letters with dates; whoever oversees the project sees names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from leads.access import OVERSEERS
from leads.models import RECEPTIONS, ContactEvent, Disclosure, Kind, Lead, Role, Staff
from leads.queries import Called, called

from .. import timelines, wording
from ..models import PolicyVersion
from ..policy.calendar import midnight_after
from ..policy.decision import ClaimView, DealView, Decision, Span, Step
from ..policy.engine import Fold, known
from ..policy.facts import Fact, Key
from ..policy.whatif import Change, smallest_change
from . import members_of
from .holdings import Prospect, edition_now, prospect_of

LETTERS = "甲乙丙丁戊己庚辛壬癸"
TELLING = (Kind.RULING, Kind.ASSIGNMENT, Kind.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Who:
    """A person as the reader may know him: by name, or covered by a letter."""

    name: str
    letter: str = ""

    @property
    def short(self) -> str:
        """The word by which sentences speak of him."""
        return gettext(self.letter) if self.letter else self.name

    def __str__(self) -> str:
        return self.short


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


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody else who had, has or wanted a right: when, what became of it, what he lacked."""

    who: Who
    state: str
    """lapsed, waiting, ended, uncounted, or barred."""
    since: datetime
    granted: str
    last_day: date | None = None
    ended: datetime | None = None
    words: str = ""
    place: int = 0
    clauses: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Who owned from when to when, as a part of the bar of ownership."""

    who: Who | None
    look: str
    since: date
    until: date | None
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Other:
    """A change of facts that would give another owner."""

    words: list[str]
    owner: Who | None
    until: date | None


class History:
    """A client, whole: three queries for him, his facts and his people; more only if asked."""

    def __init__(self, lead: Lead, reader: Staff, *, now: datetime) -> None:
        self.lead, self.reader = lead, reader
        self.project = lead.project
        self.zone = lead.project.zone
        self.members = members_of(lead)
        self.timeline = timelines.of_party(self.members, lead.project)
        latest = max((member.recorded_at for member in self.members), default=now)
        self.now = max(now, latest).astimezone(self.zone)
        self.known: list[Fact] = known(self.timeline.facts, self.now)
        self.now_at = ""
        """Where this moment lies on the bar of ownership; known once that is laid out."""
        self.fold = Fold(self.timeline.policy)
        for fact in self.known:
            self.fold.apply(fact)

    @cached_property
    def decision(self) -> Decision:
        """Who owns now, and everything that led there."""
        return self.fold.decision(self.lead.pk, self.now)

    @cached_property
    def called(self) -> Called:
        """The client's name and number."""
        return called([self.lead])[self.lead.pk]

    @cached_property
    def version(self) -> PolicyVersion:
        """The policy under which the last fact was judged."""
        return PolicyVersion.objects.get(pk=self.timeline.version_id)

    # ── People ──

    @cached_property
    def events(self) -> list[ContactEvent]:
        """Every fact of the party, in the order in which they happened. One query."""
        cited = {step.fact for step in self.decision.steps if isinstance(step.fact, int)}
        party = [member.pk for member in self.members]
        return list(
            ContactEvent.objects.filter(
                Q(lead__in=party) | Q(other__in=party, kind=Kind.LINK) | Q(pk__in=cited)
            )
            .select_related("agent", "by", "whom", "asked_for")
            .order_by("at", "recorded_at", "pk")
        )

    @cached_property
    def _staff(self) -> dict[int, Staff]:
        found: dict[int, Staff] = {self.reader.pk: self.reader}
        for event in self.events:
            for staff in (event.agent, event.by, event.whom, event.asked_for):
                if staff is not None:
                    found.setdefault(staff.pk, staff)
        missing = {c.agent for c in self.decision.chain if c.agent not in found}
        if missing:
            found |= Staff.objects.in_bulk(missing)
        return found

    @cached_property
    def covers(self) -> bool:
        """Other agents are shown as letters."""
        return self.reader.role not in OVERSEERS

    @cached_property
    def _letters(self) -> dict[int, str]:
        claims = sorted(self.decision.chain, key=lambda claim: claim.begin)
        agents: list[Any] = [claim.agent for claim in claims]
        for event in self.events:
            agents += [event.agent_id, event.whom_id, event.asked_for_id]
        others = dict.fromkeys(
            pk
            for pk in agents
            if pk is not None and pk != self.reader.pk and self._staff[pk].role == Role.AGENT
        )
        return dict(zip(others, LETTERS, strict=False))

    def who(self, agent: Key | None) -> Who | None:
        """A person as this reader may know him."""
        if not isinstance(agent, int):
            return None
        staff = self._staff.get(agent)
        if staff is None:
            return None
        if self.covers and staff.pk != self.reader.pk and staff.role == Role.AGENT:
            return Who("", self._letters.get(agent, "？"))
        return Who(staff.name)

    def _name(self, agent: Key | None) -> str:
        found = self.who(agent)
        return gettext("無人") if found is None else found.short

    @property
    def owner(self) -> Who | None:
        """Who owns the client now."""
        return self.who(self.decision.owner)

    @property
    def mine(self) -> bool:
        """The reader owns the client now."""
        return self.decision.owner == self.reader.pk

    # ── What holds ──

    @cached_property
    def claim(self) -> ClaimView | None:
        """The owner's claim."""
        return self.decision.owner_claim

    @cached_property
    def prospect(self) -> Prospect:
        """What one more follow-up by the owner would give."""
        if self.claim is None:
            return Prospect(None, "no_living_claim")
        return prospect_of(self.claim, edition_now(self.project, self.now), self.now)

    @property
    def extends_to(self) -> date | None:
        """The last day that a follow-up would give; None where there is nobody to call."""
        return self.prospect.extends_to if self.called.reachable else None

    @property
    def reason(self) -> str:
        """How the owner came to own, in three words."""
        return "" if self.claim is None else self.granted(self.claim)

    @property
    def reason_clauses(self) -> list[tuple[str, str]]:
        """The clauses of the owner's claim."""
        return [] if self.claim is None else wording.stated(self.claim.clauses)

    def granted(self, claim: ClaimView) -> str:
        """How a claim came to be, as a noun."""
        why = self._granted_why(claim)
        return str(wording.GRANTED.get(why, why))

    def _granted_why(self, claim: ClaimView) -> str:
        for step in self._steps.get(claim.fact, ()):
            if step.verb == "grants" and step.agent == claim.agent:
                return step.what
        return "deal" if claim.strength == "signed" else "first_reception"

    @cached_property
    def came_by(self) -> str:
        """The kind of fact by which the owner's claim began, as a word."""
        if self.claim is None:
            return ""
        kind = next((e.kind for e in self.events if e.pk == self.claim.fact), "")
        return str(Kind(kind).label) if kind else ""

    # ── What happened, and what it did ──

    @cached_property
    def _steps(self) -> dict[Key, list[Step]]:
        found: dict[Key, list[Step]] = {}
        for step in self.decision.steps:
            if step.fact is not None:
                found.setdefault(step.fact, []).append(step)
        return found

    @cached_property
    def _before(self) -> dict[tuple[Key, Key | None], date | None]:
        """Each claim's last day before a fact moved it."""
        days: dict[Key | None, date | None] = {}
        found: dict[tuple[Key, Key | None], date | None] = {}
        for step in self.decision.steps:
            if step.verb == "extends" and step.fact is not None:
                found[step.fact, step.agent] = days.get(step.agent)
                days[step.agent] = step.last_day
        return found

    def did(self, event: ContactEvent) -> Did:
        """What a fact did, as the clauses said it."""
        steps = self._steps.get(event.pk, [])
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
            return self._granted(granted, moved, clauses, flags)
        if settled is not None:
            return self._settled(settled, clauses, flags)
        if barred is not None:
            return self._barred(barred, moved, clauses, flags)
        if moved is not None:
            return self._moved(event, moved, clauses, flags)
        short = self._quiet(event)
        if flags:
            words = flags[0].words
            return Did(so=words, short=words, clauses=clauses, weight="", flags=flags[1:])
        return Did(short=short, clauses=clauses)

    def _weight(self, agent: Key | None, fact: Key | None) -> str:
        claim = self.claim
        if claim is None or agent != claim.agent:
            return ""
        if fact == claim.fact:
            return "on"
        began = [s for s in self._steps.get(fact or "", ()) if s.verb == "extends"]
        return "on" if began and self._happened(fact) >= claim.begin else ""

    def _happened(self, fact: Key | None) -> datetime:
        event = next((e for e in self.events if e.pk == fact), None)
        return self.now if event is None else event.at.astimezone(self.zone)

    def _granted(
        self, step: Step, moved: Step | None, clauses: list[tuple[str, str]], flags: list[Flagged]
    ) -> Did:
        until = moved.last_day if moved is not None else None
        if any(c.fact == step.fact and c.strength == "signed" for c in self.decision.chain):
            until = None
        given = {"who": self._name(step.agent), "until": wording.last_day(until)}
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
            weight=self._weight(step.agent, step.fact),
            flags=flags,
        )

    def _settled(self, step: Step, clauses: list[tuple[str, str]], flags: list[Flagged]) -> Did:
        given = {"who": self._name(step.agent), "basis": wording.BASES.get(step.what, step.what)}
        return Did(
            because=gettext("依%(basis)s判定") % given,
            so=gettext("業績歸%(who)s，客戶此後由他服務") % given,
            short=gettext("業績歸%(who)s") % given,
            clauses=clauses,
            weight=self._weight(step.agent, step.fact),
            flags=flags,
        )

    def _barred(
        self, step: Step, moved: Step | None, clauses: list[tuple[str, str]], flags: list[Flagged]
    ) -> Did:
        because = str(wording.BARRED.get(step.what, step.what))
        if moved is not None:
            given = {
                "who": self._name(moved.agent),
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
                weight=self._weight(moved.agent, moved.fact),
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
        self, event: ContactEvent, step: Step, clauses: list[tuple[str, str]], flags: list[Flagged]
    ) -> Did:
        old = self._before.get((event.pk, step.agent))
        given = {
            "who": self._name(step.agent),
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
            weight=self._weight(step.agent, step.fact),
            flags=flags,
        )

    @staticmethod
    def _quiet(event: ContactEvent) -> str:
        """What is said of a fact about which no clause spoke."""
        words = {
            Kind.NOTICE: gettext("此後算知情"),
            Kind.PROXY: gettext("已備案"),
            Kind.TAKEN_BACK: gettext("如同從未連結"),
        }
        return words.get(Kind(event.kind), gettext("只留紀錄"))

    @cached_property
    def entries(self) -> list[Entry]:
        """Facts and lapses in the order in which they happened."""
        found = [self._entry(event) for event in self.events]
        found += self._lapses()
        return sorted(found, key=lambda entry: self._sort_key(entry.at))

    def _sort_key(self, at: datetime | date) -> datetime:
        return at if isinstance(at, datetime) else midnight_after(at, self.zone)

    def _entry(self, event: ContactEvent) -> Entry:
        # What others wrote may name them; a ruling's reason names its parties.
        own = event.by_id if event.kind in TELLING else event.agent_id
        open_word = not self.covers or self.reader.pk in (own, event.by_id)
        return Entry(
            at=event.at.astimezone(self.zone),
            icon=_icon(event),
            kind=_group(event.kind),
            words=self._words(event),
            who=self.who(event.by_id if event.kind in TELLING else event.agent_id),
            did=self.did(event),
            recorded=event.recorded_at.astimezone(self.zone),
            by=self.who(event.by_id),
            said=_said(event) if open_word else "",
            asked_for=self.who(event.asked_for_id) if open_word else None,
            whom=self.who(event.whom_id),
        )

    def _words(self, event: ContactEvent) -> str:
        if event.kind == Kind.FOLLOW_UP:
            outcome = {
                "reached": gettext("追訪，接通本人"),
                "family": gettext("追訪，接通親屬"),
                "no_answer": gettext("追訪，未接"),
                "off": gettext("追訪，關機"),
            }
            return outcome.get(event.details.get("outcome", ""), gettext("追訪"))
        if event.kind == Kind.ASSIST and event.whom_id:
            return gettext("為%(who)s義務接待") % {"who": self._name(event.whom_id)}
        if event.kind == Kind.RULING:
            return gettext("裁定歸%(who)s") % {"who": self._name(event.agent_id)}
        if event.kind == Kind.ASSIGNMENT:
            return gettext("主管安排給%(who)s") % {"who": self._name(event.agent_id)}
        if event.kind == Kind.COMPLAINT and event.whom_id:
            return gettext("客戶投訴%(who)s") % {"who": self._name(event.whom_id)}
        if event.kind == Kind.DEPARTURE:
            return gettext("%(who)s離職") % {"who": self._name(event.agent_id)}
        return str(wording.HAPPENED[Kind(event.kind)])

    def _lapses(self) -> list[Entry]:
        found = []
        for claim in self.decision.chain:
            if claim.state != "lapsed" or claim.last_day is None:
                continue
            after = self.fold.decision(self.lead.pk, midnight_after(claim.last_day, self.zone))
            owner = after.owner
            so = gettext("無人歸屬") if owner is None else gettext("由%(who)s接續")
            clause = "leasing/1.10" if owner is None else "leasing/2.2"
            if claim.agent == owner:
                so = gettext("仍歸%(who)s")
            so = so % {"who": self._name(owner)}
            found.append(
                Entry(
                    at=claim.last_day,
                    icon="icon:clock-off",
                    kind="system",
                    words=gettext("%(who)s的有效期限屆滿") % {"who": self._name(claim.agent)},
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

    def disclosures(self) -> list[Entry]:
        """Who revealed the number and when. One query."""
        shown = Disclosure.objects.filter(lead__in=self.members, kind=Disclosure.Kind.PHONE)
        return [
            Entry(
                at=one.at.astimezone(self.zone),
                icon="icon:eye",
                kind="system",
                words=gettext("顯示了完整電話"),
                who=self._shown_to(one.staff),
                did=Did(),
                said=gettext("系統紀錄"),
            )
            for one in shown.select_related("staff").order_by("-at")[:50]
            if not self.covers or one.staff_id == self.reader.pk
        ]

    def _shown_to(self, staff: Staff) -> Who:
        return self.who(staff.pk) or Who(staff.name)

    # ── Why ──

    @cached_property
    def nodes(self) -> list[Entry]:
        """The steps that led to the answer: facts about which a clause spoke, and lapses."""
        return [
            entry
            for entry in self.entries
            if entry.kind != "quiet" and (entry.did.clauses or entry.did.weight != "no")
        ]

    @cached_property
    def rivals(self) -> list[Rival]:
        """Everybody else with or without a right, and what each lacked."""
        owner = self.claim
        standing = [c for c in self.decision.chain if c.state in ("owner", "waiting")]
        found = [
            self._rival(claim, standing)
            for claim in sorted(self.decision.chain, key=lambda claim: claim.begin)
            if claim is not owner and (owner is None or claim.agent != owner.agent)
        ]
        with_claims = {claim.agent for claim in self.decision.chain}
        seen: set[Key] = set()
        for event in self.events:
            agent = event.agent_id
            if event.kind not in RECEPTIONS or agent is None or agent in with_claims | seen:
                continue
            barred = next((s for s in self._steps.get(event.pk, ()) if s.verb == "bars"), None)
            who = self.who(agent)
            if barred is not None and who is not None:
                seen.add(agent)
                found.append(
                    Rival(
                        who,
                        "barred",
                        event.at.astimezone(self.zone),
                        str(Kind(event.kind).label),
                        words=str(wording.BARRED.get(barred.what, barred.what)),
                        clauses=wording.stated([barred.clause]),
                    )
                )
        return found

    def _rival(self, claim: ClaimView, standing: list[ClaimView]) -> Rival:
        clauses: Iterable[str] = claim.clauses
        words = ""
        if claim.state == "lapsed":
            clauses = ["leasing/1.2"]
        elif claim.state == "ended":
            words = str(wording.ENDED_BY.get(claim.ended_by or "", ""))
            clauses = [claim.ended_by] if claim.ended_by else []
        elif claim.state == "waiting":
            clauses = ["leasing/2.2"]
        elif claim.state == "uncounted":
            words = gettext("代看沒有及時備案，不計入")
            clauses = ["sales/6"]
        return Rival(
            who=self.who(claim.agent) or Who("？"),
            state=claim.state,
            since=claim.begin,
            granted=self.granted(claim),
            last_day=claim.last_day,
            ended=claim.ended,
            words=words,
            place=standing.index(claim) + 1 if claim in standing else 0,
            clauses=wording.stated(clauses),
        )

    @property
    def next_span(self) -> Span | None:
        """Who owns after the owner, if nothing more is recorded."""
        ahead = self.decision.ahead
        return next((span for span in ahead[1:] if span.agent != ahead[0].agent), None)

    @property
    def next_owner(self) -> Who | None:
        """That agent."""
        return None if self.next_span is None else self.who(self.next_span.agent)

    @cached_property
    def other_way(self) -> Other | None:
        """The one fact that, had it been otherwise, would give another owner."""
        if self.claim is None or len({claim.agent for claim in self.decision.chain}) < 2:
            return None
        found = smallest_change(
            self.known, self.timeline.policy, self.decision, known_at=self.now, most=1
        )
        return None if found is None else self._other(found)

    def _other(self, change: Change) -> Other | None:
        words = []
        for edit in change.edits:
            event = next((e for e in self.events if e.pk == edit.fact), None)
            given = {
                "who": self._name(edit.agent),
                "day": f"{edit.by:%m-%d}" if edit.by is not None else "",
                "then": f"{event.at.astimezone(self.zone):%m-%d}" if event is not None else "",
                "what": "" if event is None else self._words(event),
            }
            sentences = {
                "follow_up": gettext("若 %(who)s 在 %(day)s 之前有一次接通並登記的追訪"),
                "reached": gettext("若 %(then)s 的追訪接通了"),
                "in_time": gettext("若 %(then)s 的追訪當時就登記"),
                "asked_for": gettext("若 %(then)s 客戶指名要找 %(who)s"),
                "registered": gettext("若 %(who)s 的提前登記寫了特徵"),
                "not_recorded": gettext("若沒有 %(then)s 的這筆：%(what)s"),
            }
            words.append(sentences[edit.what] % given)
        decision = change.decision
        return Other(words, self.who(decision.owner), decision.valid_until)

    @property
    def readings(self) -> list[tuple[DealView, Who | None, Who | None, str]]:
        """The deals whose two readings differ: the deal, the chosen agent, the other, the basis."""
        return [
            (
                deal,
                self.who(deal.reading.agent),
                self.who(deal.reading.other),
                str(wording.BASES.get(deal.reading.basis, "")),
            )
            for deal in self.decision.deals
            if deal.reading is not None and deal.reading.other is not None
        ]

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Who owned when, from the first right to the end of what is ahead. No query."""
        chain = self.decision.chain
        if not chain:
            return []
        first = min(claim.begin for claim in chain)
        changes = {first, *(claim.begin for claim in chain)}
        changes |= {claim.ended for claim in chain if claim.ended is not None}
        changes |= {
            midnight_after(claim.last_day, self.zone)
            for claim in chain
            if claim.last_day is not None and claim.last_day < self.now.date()
        }
        past = sorted(moment for moment in changes if first <= moment <= self.now)
        spans: list[tuple[Key | None, datetime, datetime | None]] = []
        for moment in past:
            owner = self.fold.decision(self.lead.pk, moment).owner
            if spans and spans[-1][0] == owner:
                continue
            if spans:
                spans[-1] = (spans[-1][0], spans[-1][1], moment)
            spans.append((owner, moment, None))
        for number, span in enumerate(self.decision.ahead):
            end = None if span.until is None else midnight_after(span.until, self.zone)
            if number == 0 and spans:
                spans[-1] = (spans[-1][0], spans[-1][1], end)
            else:
                spans.append((span.agent, span.since, end))
        last = max((s[2] or self.now + timedelta(days=30) for s in spans), default=self.now)
        last = max(last, self.now + timedelta(days=1))
        whole = (last - first).total_seconds() or 1.0
        looks = {self.decision.owner: "own"}
        found = []
        for owner, since, until in spans:
            begin = (since - first).total_seconds() / whole
            end_at = ((until or last) - first).total_seconds() / whole
            look = "none" if owner is None else looks.setdefault(owner, "xz"[(len(looks) - 1) % 2])
            found.append(
                Stretch(
                    self.who(owner),
                    look,
                    since.date(),
                    None if until is None else (until - timedelta(microseconds=1)).date(),
                    f"{begin * 100:.2f}%",
                    f"{max(end_at - begin, 0.004) * 100:.2f}%",
                )
            )
        self.now_at = f"{(self.now - first).total_seconds() / whole * 100:.2f}%"
        return found

    def owner_on(self, moment: datetime, *, as_known: bool) -> tuple[Who | None, date | None]:
        """Who owned at another moment; `as_known`: by the facts recorded until then."""
        moment = moment.astimezone(self.zone)
        fold = self.fold
        if as_known:
            fold = Fold(self.timeline.policy)
            for fact in known(self.timeline.facts, moment):
                fold.apply(fact)
        decision = fold.decision(self.lead.pk, moment)
        return self.who(decision.owner), decision.valid_until


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
    return gettext("，").join(str(part) for part in parts if part)
