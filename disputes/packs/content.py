"""What an evidence pack says: one case as plain data, everybody who is not involved covered."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext

from attribution import proofs
from attribution.models import Decision
from attribution.policy.engine import decide, known
from attribution.policy.facts import Departure, Fact, Key, ProxyEntry, Registration
from attribution.wording import statement
from leads.models import ContactEvent, Kind, Person, Phone, Staff

from ..models import Case, Evidence
from ..queries.dossier import Dossier, Side
from ..queries.precedents import ENDING
from .covering import Cover, cover_for, masked

FORMAT = "guishu-case/1"
AGENTS = ("agent", "asked_for", "known_to", "steered_by", "turn_of", "owner", "on_behalf_of", "to",
          "about")  # fmt: skip
"""The fields of a fact that name an agent."""


class Brief(Dossier):
    """A case as a third person may read it: who is involved has a name, everybody else has none.

    Nothing that was recorded after the case was closed is in it.
    """

    def __init__(self, case: Case) -> None:
        super().__init__(case, now=case.closed_at or case.opened_at)
        self.steps = list(case.steps.select_related("by", "party").order_by("pk"))
        if case.closed_at is None:
            # As of the latest thing that happened in it: when it is told changes nothing.
            ours = {member.pk for member in self.members}
            facts = [f.recorded for f in self.timeline.facts if getattr(f, "lead", None) in ours]
            latest = max([case.opened_at, *facts, *(step.at for step in self.steps)])
            self.now = self.moment = latest.astimezone(case.project.zone)
            self.known = known(self.timeline.facts, self.moment)

    @cached_property
    def events(self) -> list[ContactEvent]:
        """The facts of the party until the case was closed."""
        closed = self.case.closed_at
        found = super().events
        return [e for e in found if closed is None or e.recorded_at <= closed]

    @cached_property
    def involved(self) -> dict[int, Staff]:
        """The parties and the other sides, and those who did something in the procedure."""
        case = self.case
        closed, opened = case.closed_by, case.opened_by
        found = {side.agent: self.people[side.agent] for side in self.sides}
        found |= {party.staff_id: party.staff for party in self.parties}
        some = [party.heard_by for party in self.parties]
        some += [step.by for step in self.steps] + [step.party for step in self.steps]
        some += [case.opener, case.about]
        some += [opened.whom] if opened is not None and opened.kind == Kind.COMPLAINT else []
        some += [closed.by, closed.agent] if closed is not None else []
        return found | {staff.pk: staff for staff in some if staff is not None}

    @cached_property
    def outsiders(self) -> list[int]:
        """Whom the facts name besides, in the order of their keys: third persons by number."""
        return sorted(self.people.keys() - self.involved.keys())

    def called(self, staff: Staff | None) -> str:
        """By name where he is involved, else by a number."""
        if staff is None or staff.pk in self.involved:
            return "" if staff is None else staff.name
        if staff.pk not in self.outsiders:
            return gettext("他人")
        return gettext("第三人 %(number)d") % {"number": self.outsiders.index(staff.pk) + 1}

    @cached_property
    def client(self) -> list[Person]:
        """The people of the party. Two queries."""
        found = Person.objects.filter(lead__in=self.members).prefetch_related("phones")
        return list(found.order_by("pk"))

    @cached_property
    def numbers(self) -> list[str]:
        """Every number of the party, also those that do not stand."""
        found = Phone.every.filter(person__in=[person.pk for person in self.client])
        return list(found.order_by("pk").values_list("number", flat=True))

    @cached_property
    def cover(self) -> Cover:
        """What covers the others in whatever people typed."""
        typed = [self.case.opened_by.note if self.case.opened_by is not None else ""]
        for step in self.steps:
            typed += [step.text, str(step.details.get("against", {}).get("reason", ""))]
        for event in self.events:
            typed += [event.note, *(str(value) for value in event.details.values())]
        typed += [file.name for file in self.files]
        kept = [staff.name for staff in self.involved.values()]
        kept += [name for one in self.client for name in (one.name, *one.aliases)]
        leads = [member.pk for member in self.members]
        return cover_for("\n".join(typed), kept=kept, leads=leads, numbers=self.numbers)

    def without_others(self, lead: Key, typed: str) -> str:
        """What was typed about a client: others covered, and of another client nothing."""
        ours = any(member.pk == lead for member in self.members)
        return self.cover(typed) if ours else gettext("［遮蔽］")

    @cached_property
    def files(self) -> list[Evidence]:
        """The files put before the case."""
        return list(self.case.evidence.select_related("by").order_by("pk"))


# ── The case ──


def about(brief: Brief) -> dict[str, Any]:
    """Everything that the pack says of the case, as plain data in the reader's language."""
    case = brief.case
    cited = list(brief.flagged_by)
    worksheet = list(_worksheet(brief))
    cited += [line["clause"] for line in worksheet if line["clause"]]
    cited += [*brief.proposal.clauses, *brief.decision.cites]
    return {
        "format": FORMAT,
        "case": str(case),
        "kind": case.get_kind_display(),
        "state": case.get_state_display(),
        "origin": case.get_origin_display(),
        "project": case.project.name,
        "time_zone": case.project.time_zone,
        "opened": _at(brief, case.opened_at),
        "closed": _at(brief, case.closed_at),
        "as_of": _at(brief, brief.now),
        "client": {
            "lead": str(case.lead),
            "people": [
                {
                    "name": person.name or gettext("未具名"),
                    "phones": [masked(phone.number) for phone in person.phones.all()],
                }
                for person in brief.client
            ],
        },
        "parties": list(_parties(brief)),
        "timeline": list(_timeline(brief)),
        "left_out": brief.facts_left_out,
        "proposal": _plain_text("disputes/_proposal.html", brief),
        "worksheet": worksheet,
        "procedure": list(_procedure(brief)),
        "ruling": _ruling(brief),
        "clauses": [
            {"id": id, "statement": statement(id)} for id in dict.fromkeys(cited) if statement(id)
        ],
    }


def _at(brief: Brief, moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(brief.case.project.zone).isoformat()


def _side(brief: Brief, side: Side | None) -> str:
    if side is None:
        return ""
    name = brief.called(brief.people.get(side.agent))
    return f"{side.letter} {name}".strip()


def _parties(brief: Brief) -> Iterator[dict[str, Any]]:
    for party in brief.parties:
        side = next((side for side in brief.sides if side.agent == party.staff_id), None)
        yield {
            "key": str(party.staff_id),
            "letter": "" if side is None else side.letter,
            "name": party.staff.name,
            "role": party.staff.get_role_display(),
            "notified": _at(brief, party.notified_at),
            "until": _at(brief, party.due_at),
            "answered": _at(brief, party.answered_at),
            "heard_by": brief.called(party.heard_by),
            "objects": party.objects_to,
        }
    heard = {party.staff_id for party in brief.parties}
    for side in brief.sides:
        if side.agent not in heard:
            staff = brief.people[side.agent]
            yield {
                "key": str(staff.pk),
                "letter": side.letter,
                "name": staff.name,
                "role": staff.get_role_display(),
                **dict.fromkeys(("notified", "until", "answered")),
                "heard_by": "",
                "objects": False,
            }


def _timeline(brief: Brief) -> Iterator[dict[str, Any]]:
    for entry in brief.entries:
        words = _plain_text("disputes/_fact_words.html", brief, entry=entry)
        # A complaint's words are the client's own; everything else says the product itself.
        typed = entry.event.kind == Kind.COMPLAINT
        yield {
            "number": entry.number,
            "fact": str(entry.event.pk),
            "happened": _at(brief, entry.event.at),
            "recorded": _at(brief, entry.event.recorded_at),
            "side": _side(brief, entry.side) or brief.called(entry.event.agent),
            "words": brief.cover(words) if typed else words,
        }


def _worksheet(brief: Brief) -> Iterator[dict[str, Any]]:
    for question in brief.questions:
        asked = [_named(brief, side) for side in (question.side, question.other)]
        shown = replace(question, side=asked[0], other=asked[1])
        read = _Lines(_rendered("disputes/_worksheet.html", {"dossier": {"questions": [shown]}}))
        yield {
            "question": read.of("span"),
            "answer": read.of("b"),
            "clause": question.clause,
            "certain": question.certain,
        }


def _named(brief: Brief, side: Side | None) -> Side | None:
    return side and replace(side, name=brief.called(brief.people.get(side.agent)))


def _procedure(brief: Brief) -> Iterator[dict[str, Any]]:
    for step in brief.steps:
        against = step.details.get("against", {})
        yield {
            "step": step.get_kind_display(),
            "by": brief.called(step.by),
            "whom": brief.called(step.party),
            "at": _at(brief, step.at),
            "text": brief.cover(step.text),
            "departing": brief.cover(str(against.get("reason", ""))),
        }


def _ruling(brief: Brief) -> dict[str, Any] | None:
    """How it ended; None while it is open."""
    case, event = brief.case, brief.case.closed_by
    if case.is_open:
        return None
    last = next((step for step in reversed(brief.steps) if step.kind in ENDING), None)
    given: Mapping[str, Any] = {} if last is None else last.details
    shares = given.get("shares") or (event.details.get("shares") if event is not None else None)
    known = brief.people | brief.involved
    owner = event.agent if event is not None else None
    draft = next((step for step in brief.steps if step.pk == given.get("draft")), None)
    signers = [step.by for step in (draft, last) if step is not None and step.by is not None]
    if not signers and event is not None:
        signers = [event.by]
    text = "" if last is None else (draft or last).text
    return {
        "state": case.get_state_display(),
        "owner": brief.called(owner),
        "shares": [
            {"name": brief.called(known.get(int(agent))), "percent": part}
            for agent, part in (shares or {}).items()
        ],
        "finding": str(given.get("finding", "")),
        "reason": brief.cover(text or (event.note if event is not None else "")),
        "note": brief.cover(str(given.get("note", ""))),
        "penalties": [
            {
                "whom": brief.called(known.get(penalty.staff_id)),
                "kind": penalty.get_kind_display(),
                "clause": penalty.clause,
                "measure": brief.cover(penalty.measure),
                "percent": penalty.percent,
                "state": penalty.get_state_display(),
            }
            for penalty in case.penalties.order_by("pk")
        ],
        "signed_by": [brief.called(staff) for staff in signers],
        "at": _at(brief, case.closed_at),
    }


# ── The proofs ──


def proofs_of(brief: Brief) -> Iterator[tuple[dict[str, Any], str]]:
    """Each decision concerned: what the ledger says of it, and its proof as text. Two queries.

    The proofs hold keys and no names; what people typed is covered, and who left without having
    had anything to do with the client is not in them.
    """
    case = brief.case
    events = {*case.facts, case.opened_by_id, case.closed_by_id}
    found = Decision.objects.filter(lead=case.lead_id).filter(
        event__in=[key for key in events if isinstance(key, int)]
    )
    stored = {one.pk: one for one in (*found.order_by("pk"), case.decision)}
    facts = tuple(_lean(brief))
    timeline, zone = brief.timeline, case.project.zone
    for _pk, one in sorted(stored.items()):
        at = one.decided_at.astimezone(zone)
        decision = decide(facts, timeline.policy, one.lead_id, asof=at, known_at=at)
        proof = proofs.document(decision, facts, timeline.policy, known_at=at)
        said = {
            "decision": str(one.pk),
            "at": at.isoformat(),
            "owner": None if one.owner_id is None else str(one.owner_id),
            "owner_name": brief.called(_staff(brief, one.owner_id)),
            "valid_until": None if one.valid_until is None else one.valid_until.isoformat(),
        }
        yield said, proofs.as_text(proof)


def _staff(brief: Brief, key: int | None) -> Staff | None:
    return None if key is None else (brief.people | brief.involved).get(key)


def _lean(brief: Brief) -> Iterator[Fact]:
    """The facts without what people typed about others, and without departures of others."""
    named: set[Any] = set()
    for fact in brief.timeline.facts:
        if not isinstance(fact, Departure):
            named |= {getattr(fact, name, None) for name in AGENTS} | {*getattr(fact, "shares", ())}
    for fact in brief.timeline.facts:
        if isinstance(fact, Departure) and fact.agent not in named:
            continue
        if isinstance(fact, Registration) and fact.traits.strip():
            fact = replace(fact, traits=brief.without_others(fact.lead, fact.traits))
        elif isinstance(fact, ProxyEntry) and fact.circumstances.strip():
            fact = replace(fact, circumstances=brief.without_others(fact.lead, fact.circumstances))
        yield fact


# ── The page's own words, as text ──


def _plain_text(template: str, brief: Brief, **more: Any) -> str:
    return _Lines(_rendered(template, {"dossier": brief, "case": brief.case, **more})).text


def _rendered(template: str, context: dict[str, Any]) -> str:
    # On paper a day is nothing without its year, so that no `now` goes in.
    return render_to_string(template, {"now": None, "docket": None, **context})


class _Lines(HTMLParser):
    """The words of a fragment: all of them, or those of one element's kind."""

    def __init__(self, fragment: str) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(fragment)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass
        self.pieces.append((tag, " "))

    def handle_data(self, data: str) -> None:
        self.pieces.append((next((tag for tag in self.open if tag in ("span", "b")), ""), data))

    @property
    def text(self) -> str:
        """Everything that is read."""
        return " ".join("".join(piece for _tag, piece in self.pieces).split())

    def of(self, tag: str) -> str:
        """What stands in elements of that kind."""
        return " ".join("".join(piece for name, piece in self.pieces if name == tag).split())
