"""The daily round of the simulated office: receptions, follow-ups, returns, deals, rulings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import uuid4

from attribution.services import set_policy
from commissions.services import record_deal
from disputes.models import Case, CaseKind
from disputes.procedure import ANSWERS, NEGOTIATION
from disputes.services import assign_by_case, decide, fail_negotiation, hear
from leads.models import Arrival, ContactEvent, Kind, Lead, Notification, Phone, Staff
from leads.services import (
    mark_read,
    record_assist,
    record_contact,
    record_follow_up,
    reveal_phone,
)

from . import counter, people, reasons
from .staffing import ZONE, Desk
from .world import (
    BROCHURE_MINUTES,
    CALL_MINUTES,
    OPENS,
    VISIT_MINUTES,
    Client,
    Clock,
    Colleague,
    Interest,
    Room,
    days_from,
    moment_on,
    open_room,
)

NEWCOMERS = 0.44
"""Of all clients received; the others come back."""
BUSY = (1.55, 0.78)
"""Clients on a day of the weekend and on any other, of the mean."""
RETURNS = {  # how probable it is that a client comes back, and after how many days
    Interest.HOT: (0.82, (2, 14)),
    Interest.WARM: (0.42, (4, 34)),
    Interest.COLD: (0.10, (25, 80)),
}
BUYS = {Interest.HOT: 0.42, Interest.WARM: 0.08, Interest.COLD: 0.0}
OUTCOMES = ("reached", "family", "no_answer", "off")


@dataclass
class Office:
    """An office on its way through the days, from `since` to `until`."""

    desks: list[Desk]
    since: date
    until: datetime
    clients_per_day: float
    random: Random
    rooms: list[Room] = field(init=False)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.until = self.until.astimezone(ZONE)
        opened = datetime.combine(self.since, OPENS, tzinfo=ZONE)
        self.rooms = [open_room(desk, self.random, opened) for desk in self.desks]
        self.names = people.names(self.random)
        self.numbers = people.phone_numbers(self.random)

    @property
    def days(self) -> int:
        """How many days the office lives, the last one included."""
        return (self.until.date() - self.since).days + 1

    def live(self, tell: Callable[[date], object] = lambda day: None) -> None:
        """Let all days pass; `tell` hears of each new one."""
        self._change_policy()
        for day in days_from(self.since, self.days):
            for room in self.rooms:
                morning = datetime.combine(day, time(8, 30), tzinfo=ZONE)
                self.clock.at(morning, partial(self._open, room))
            tell(day)
            tomorrow = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE)
            self.clock.run(min(tomorrow, self.until))
        for room in self.rooms:
            counter.plan_ahead(room, self.until)

    # ── The day ──

    def _open(self, room: Room, morning: datetime) -> None:
        day = morning.date()
        if counter.keeps_board(morning, self.until):
            counter.plan_day(room, day, morning)
        room.active = [client for client in room.active if self._still_active(client, day)]
        self._expect_newcomers(room, day)
        self._plan_follow_ups(room, day)
        self._plan_decisions(room, morning)
        self._read_notes(room, morning)

    @staticmethod
    def _still_active(client: Client, day: date) -> bool:
        until = client.standing.valid_until
        return until is None or until >= day

    def _expect_newcomers(self, room: Room, day: date) -> None:
        weights = sum(desk.development.weight for desk in self.desks)
        mean = self.clients_per_day * NEWCOMERS * room.desk.development.weight / weights
        mean *= BUSY[0] if day.weekday() >= 5 else BUSY[1]
        count = int(mean) + (self.random.random() < mean % 1)
        if self.random.random() < 0.5 and count:
            count += self.random.choice((-1, 1))
        for _ in range(count):
            self.clock.at(moment_on(day, self.random), partial(self._newcomer, room))

    def newcomer(self, room: Room) -> Client:
        """Somebody who has never been here."""
        interest = self.random.choices(list(Interest), (18, 42, 40))[0]
        kind = room.desk.project.kind
        return Client(
            room=room,
            name=next(self.names),
            number=next(self.numbers),
            interest=interest,
            source=self.random.choice(people.SOURCES),
            need=self.random.choice(people.NEEDS[kind]) if self.random.random() < 0.75 else "",
        )

    def _newcomer(self, room: Room, at: datetime) -> None:
        client = self.newcomer(room)
        kind = self.random.choices((Kind.VISIT, Kind.CALL, Kind.BROCHURE), (53, 34, 13))[0]
        left = {Kind.VISIT: 0.84, Kind.CALL: 0.93, Kind.BROCHURE: 0.35}[kind]
        client.phone_left = self.random.random() < left
        agent = room.whose_turn(at)
        if agent is None:
            return
        given: dict[str, Any] = {}
        if self.random.random() < 0.012:
            given["enquiry"] = False
            given["note"] = "只是問路"
        if self.random.random() < 0.02:
            evening = datetime.combine(at.date() + timedelta(days=1), OPENS, tzinfo=ZONE)
            agent.busy_until = at + timedelta(minutes=40)
            late = evening + timedelta(minutes=self.random.randint(5, 90))
            self.clock.at(late, partial(self._late, client, agent, kind, at))
            return
        self.receive(client, agent, at, kind, **given)

    def _late(
        self, client: Client, agent: Colleague, kind: Kind, at: datetime, now: datetime
    ) -> None:
        """What was forgotten yesterday is written down today."""
        self.receive(client, agent, at, kind, now=now, note="昨天忙，補登")

    # ── Receptions ──

    def receive(
        self,
        client: Client,
        agent: Colleague,
        at: datetime,
        kind: Kind = Kind.VISIT,
        *,
        now: datetime | None = None,
        **given: Any,
    ) -> ContactEvent:
        """An agent receives a client and writes it down some minutes after it began."""
        room, random = client.room, self.random
        agent.busy_until = at + timedelta(minutes=random.randint(*_minutes(kind)))
        first = client.lead_id is None
        if first:
            given.setdefault("source", client.source)
            given.setdefault("need", client.need)
            given.setdefault("note", self._note(client, kind))
        if not first or (client.phone_left and random.random() < 0.96):
            given.setdefault("name", client.name)
        if first and not client.phone_left:
            given.setdefault("traits", random.choice(people.TRAITS))
        if kind == Kind.VISIT:
            given.setdefault("companions", random.choice(people.COMPANIONS))
        asked_for = given.get("asked_for")
        if client.standing.owner_on(at.date()) == agent.staff.pk:
            asked_for = agent.staff
        arrival = None
        if kind == Kind.VISIT and now is None:
            steered = "steered_by" in given
            arrival = self._at_the_counter(client, agent, at, asked_for, steered=steered)
        event = record_contact(
            project=room.desk.project,
            kind=kind,
            agent=agent.staff,
            at=at,
            by=agent.staff,
            now=now or self._soon(at),
            key=counter.key_of(arrival),
            lead_id=client.lead_id if not client.phone_left else None,
            phone=people.as_typed(client.number, random) if client.phone_left else "",
            **given,
        )
        self.learn(client, event)
        client.met = agent.staff.pk
        self._after_reception(client, at)
        return event

    def assist(
        self, client: Client, agent: Colleague, owner: Colleague, at: datetime, kind: Kind
    ) -> None:
        """A colleague receives for the absent owner."""
        agent.busy_until = at + timedelta(minutes=self.random.randint(*_minutes(kind)))
        arrival = None
        if kind == Kind.VISIT:
            arrival = self._at_the_counter(client, agent, at, owner.staff, steered=False)
        event = record_assist(
            project=client.room.desk.project,
            lead_id=client.lead_id,
            agent=agent.staff,
            owner=owner.staff,
            at=at,
            by=agent.staff,
            now=self._soon(at),
            key=counter.key_of(arrival),
            channel="call" if kind == Kind.CALL else "visit",
            handover=self.random.random() < 0.92,
            delegated=True if self.random.random() < 0.25 else None,
            note=self.random.choice(reasons.ASSIST),
        )
        self.learn(client, event)
        self._after_reception(client, at)

    def _at_the_counter(
        self,
        client: Client,
        agent: Colleague,
        at: datetime,
        asked_for: Staff | None,
        *,
        steered: bool,
    ) -> Arrival | None:
        """The greeter writes the group down, and its end is planned; not in the first months."""
        if not counter.keeps_board(at, self.until):
            return None
        room = client.room
        arrival = counter.greet(room, client, agent, at, asked_for=asked_for, steered=steered)
        greeter = room.desk.receptionist
        self.clock.at(agent.busy_until, lambda now: counter.end(arrival, greeter, now))
        return arrival

    def learn(self, client: Client, event: ContactEvent) -> None:
        """Take in what the office now knows of a client."""
        room = client.room
        lead = event.lead
        assert lead is not None
        if client.lead_id is None:
            client.lead_id = lead.pk
            room.by_lead[lead.pk] = client
            room.clients.append(client)
        client.standing.learn(lead)
        if client not in room.active:
            room.active.append(client)

    def _after_reception(self, client: Client, at: datetime) -> None:
        client.tries = 0
        touch = at.date() + timedelta(days=self.random.randint(2, 6))
        client.next_touch = None if client.booked or not client.phone_left else touch
        if client.booked or client.signed or client.returns >= 4:
            return
        chance, (soonest, latest) = RETURNS[client.interest]
        if self.random.random() < chance * (0.9**client.returns):
            day = at.date() + timedelta(days=self.random.randint(soonest, latest))
            when = moment_on(day, self.random, until=time(17))
            self.clock.at(when, partial(self._comes_back, client))

    def _comes_back(self, client: Client, at: datetime) -> None:
        if client.booked or client.signed:
            return
        client.returns += 1
        room, random = client.room, self.random
        kind = Kind.VISIT if random.random() < 0.8 else Kind.CALL
        owner = room.owner_of(client, at.date())
        agent: Colleague | None
        if owner is None:
            self._comes_back_to_nobody(client, kind, at)
        elif owner.free_at(at):
            self.receive(client, owner, at, kind, note=self._note(client, kind))
            self._may_buy(client, owner, kind, at)
        else:
            agent = room.whose_turn(at, owner.staff.pk)
            if agent is None:
                return
            # Nearly everybody asks for his agent; the rest is how two agents come to one client.
            if random.random() < 0.9:
                self.assist(client, agent, owner, at, kind)
                self._may_buy(client, agent, kind, at, assisting=True)
            else:
                self.receive(client, agent, at, kind, note=self._note(client, kind))

    def _comes_back_to_nobody(self, client: Client, kind: Kind, at: datetime) -> None:
        """After a lapse: some ask for the agent they knew, the others for nobody."""
        room = client.room
        known = room.colleagues.get(client.met or 0)
        given: dict[str, Any] = {}
        agent = None
        if known is not None and known.staff.departed_at is None and self.random.random() < 0.45:
            given["asked_for"] = known.staff
            agent = known if known.free_at(at) else None
        agent = agent or room.whose_turn(at)
        if agent is None:
            return
        self.receive(client, agent, at, kind, note=self._note(client, kind), **given)
        owner = room.owner_of(client, at.date())
        if owner is agent:
            self._may_buy(client, agent, kind, at)

    # ── Deals ──

    def _may_buy(
        self,
        client: Client,
        agent: Colleague,
        kind: Kind,
        at: datetime,
        *,
        assisting: bool = False,
    ) -> None:
        if kind != Kind.VISIT or self.random.random() > BUYS[client.interest]:
            return
        when = at + timedelta(minutes=self.random.randint(55, 110))
        self.clock.at(when, partial(self.buy, client, agent, assisting=assisting))

    def buy(
        self, client: Client, agent: Colleague, at: datetime, *, assisting: bool = False
    ) -> None:
        """A client subscribes to a unit with an agent."""
        unit, price = next(client.room.units)
        sold = record_deal(
            lead_id=client.key,
            agent=agent.staff,
            unit=unit,
            price_cents=price,
            at=at,
            by=agent.staff,
            now=self._soon(at, 12),
            key=uuid4(),
            assisting=assisting,
        )
        client.standing.learn(sold.deal.lead)
        client.signed = True
        client.next_touch = None

    # ── Follow-ups ──

    def _plan_follow_ups(self, room: Room, day: date) -> None:
        for client in room.active:
            if client.next_touch is None or client.next_touch > day or client.signed:
                continue
            owner = room.owner_of(client, day)
            if owner is None or not owner.works_on(day):
                continue
            if self.random.random() > owner.diligence:
                client.next_touch = day + timedelta(days=self.random.randint(1, 6))
                continue
            client.next_touch = None
            self.clock.at(
                moment_on(day, self.random), partial(self._follow_up, client, owner.staff.pk)
            )

    def _follow_up(self, client: Client, agent: int, at: datetime) -> None:
        room, random = client.room, self.random
        owner = room.owner_of(client, at.date())
        if owner is None or owner.staff.pk != agent or client.signed:
            return
        if random.random() < 0.03:
            self._look_up_phone(client, owner, at)
        outcome = random.choices(OUTCOMES, (60, 9, 23, 8))[0]
        lost = outcome == "reached" and random.random() < LOSES[client.interest]
        event = record_follow_up(
            lead_id=client.key,
            agent=owner.staff,
            at=at,
            outcome=outcome,
            by=owner.staff,
            now=self._soon(at, 15),
            key=uuid4(),
            note=self._said(outcome, lost=lost),
        )
        self.learn(client, event)
        client.next_touch = None if lost else self._next_touch(client, outcome, at.date())

    def _next_touch(self, client: Client, outcome: str, day: date) -> date | None:
        if outcome not in ("reached", "family"):
            client.tries += 1
            return None if client.tries > 2 else day + timedelta(days=self.random.randint(1, 3))
        client.tries = 0
        wanted = day + timedelta(days=self.random.randint(9, 20))
        last = client.standing.valid_until
        if last is None:
            return wanted
        before = last - timedelta(days=self.random.randint(0, 5))
        return max(day + timedelta(days=2), min(wanted, before))

    @staticmethod
    def _look_up_phone(client: Client, agent: Colleague, at: datetime) -> None:
        phone = (
            Phone.objects.filter(person__lead_id=client.key)
            .select_related("person__lead")
            .order_by("pk")
            .first()
        )
        if phone is not None:
            reveal_phone(phone=phone, by=agent.staff, now=at)

    # ── Cases ──

    def _plan_decisions(self, room: Room, morning: datetime) -> None:
        """The supervisor looks at what is open, and decides most of it within three days."""
        cases = Case.objects.filter(project=room.desk.project, state=Case.State.OPEN)
        for case in cases.order_by("pk"):
            client = room.by_lead.get(case.lead_id)
            if case.pk in room.decisions or client is None or client.left_open:
                continue
            if case.kind == CaseKind.COMPLAINT:
                continue
            # Those of the last days are decided in time too, unless they are meant to stay open.
            days = self.random.randint(0, 2)
            days = min(days, max(0, (self.until.date() - morning.date()).days - 1))
            when = moment_on(morning.date() + timedelta(days=days), self.random)
            room.decisions[case.pk] = when
            self.clock.at(when, partial(self._decide, room, case.pk))

    def _decide(self, room: Room, case_id: int, at: datetime) -> None:
        case = Case.objects.select_related("decision").get(pk=case_id)
        client = room.by_lead[case.lead_id]
        if case.state != Case.State.OPEN or client.left_open:
            return
        by = room.desk.supervisor if self.random.random() < 0.85 else room.desk.manager
        if case.kind == CaseKind.DEPARTURE:
            assign_by_case(
                case_id=case.pk,
                version=case.version,
                heard=self._heard(case),
                to=self._least_burdened(room, at.date()).staff,
                reason=self.random.choice(reasons.ASSIGNMENT),
                by=by,
                now=at,
                key=uuid4(),
            )
        else:
            self._let_negotiate(case, by, at)
            owner, shares, reason = self._ruling(room, case, at.date())
            decide(
                case_id=case.pk,
                version=case.version,
                owner=owner,
                heard=self._heard(case),
                shares=shares,
                reason=reason,
                by=by,
                now=at,
                key=uuid4(),
            )
        client.standing.learn(Lead.objects.get(pk=case.lead_id))
        if not client.signed and client.phone_left:
            client.next_touch = at.date() + timedelta(days=self.random.randint(1, 5))

    def _let_negotiate(self, case: Case, by: Staff, at: datetime) -> None:
        """Where the parties negotiate first (leasing/2.4), they do so in vain."""
        if case.decided_by != NEGOTIATION or case.stage not in (ANSWERS, NEGOTIATION):
            return
        for party, words in self._heard(case).items():
            hear(case_id=case.pk, party=party, text=words, by=by, now=at, key=uuid4())
        fail_negotiation(
            case_id=case.pk,
            text=self.random.choice(reasons.NO_AGREEMENT),
            by=by,
            now=at,
            key=uuid4(),
        )
        case.refresh_from_db()

    def _heard(self, case: Case) -> dict[int, str]:
        """What the parties say who have not answered: the supervisor asks them in person."""
        silent = case.parties.filter(answered_at=None).values_list("staff_id", flat=True)
        return {pk: self.random.choice(reasons.HEARD) for pk in silent.order_by("pk")}

    def _ruling(
        self, room: Room, case: Case, day: date
    ) -> tuple[Staff, dict[int, int] | None, str]:
        """Mostly as the policy proposes; now and then shared, or given to the other agent."""
        here = {pk: one.staff for pk, one in room.colleagues.items() if not one.staff.departed_at}
        claims = [c for c in case.decision.proof["chain"] if c["state"] in ("owner", "waiting")]
        sides = [pk for pk in dict.fromkeys(claim["agent"] for claim in claims) if pk in here]
        credited = [int(pk) for pk in case.decision.credit or {}]
        proposed = next((pk for pk in (*credited, case.decision.owner_id) if pk in here), None)
        if proposed is None:
            proposed = sides[0] if sides else self._least_burdened(room, day).staff.pk
        others = [pk for pk in sides if pk != proposed]
        lot = self.random.random()
        if others and lot < 0.14:
            part = self.random.choice((50, 60, 70))
            shares = {proposed: part, others[0]: 100 - part}
            return here[proposed], shares, self.random.choice(reasons.SHARED)
        if others and lot < 0.24 and case.kind == CaseKind.COLLISION:
            return here[others[0]], None, self.random.choice(reasons.OTHERWISE)
        return (
            here[proposed],
            None,
            self.random.choice(reasons.RULING.get(case.kind, reasons.RULING["collision"])),
        )

    def _least_burdened(self, room: Room, day: date) -> Colleague:
        owned = [client.standing.owner_on(day) for client in room.active]
        here = [one for one in room.colleagues.values() if one.staff.departed_at is None]
        return min(here, key=lambda one: owned.count(one.staff.pk))

    def _read_notes(self, room: Room, morning: datetime) -> None:
        """Everybody reads in the morning what was in his bell the evening before."""
        unread = Notification.objects.filter(
            staff__projects=room.desk.project,
            staff__is_active=True,
            read_at=None,
            created_at__lt=morning - timedelta(hours=12),
        ).select_related("staff")
        by_reader: dict[Staff, list[int]] = {}
        for note in unread.order_by("pk"):
            by_reader.setdefault(note.staff, []).append(note.pk)
        for reader, notes in by_reader.items():
            mark_read(notes=notes, by=reader, now=morning)

    # ── The policy ──

    def _change_policy(self) -> None:
        """Half-way the rules of a project that began with its own numbers become the usual ones."""
        day = self.since + timedelta(days=self.days * 45 // 100)
        for room in self.rooms:
            if room.desk.development.settings:
                when = datetime.combine(day, time(8, 40), tzinfo=ZONE)
                self.clock.at(when, partial(self._new_version, room))

    def _new_version(self, room: Room, at: datetime) -> None:
        project = room.desk.project
        set_policy(
            project=project,
            preset=room.desk.development.preset,
            settings={},
            effective_from=at,
            by=room.desk.manager,
            now=at,
        )
        project.refresh_from_db()

    # ── Small talk ──

    def _soon(self, at: datetime, latest: int = 7) -> datetime:
        """When it was written down: minutes later, within the story."""
        seconds = self.random.randint(60, latest * 60)
        return min(at + timedelta(seconds=seconds), max(at, self.until))

    def _note(self, client: Client, kind: Kind) -> str:
        if kind == Kind.BROCHURE:
            return ""
        if kind == Kind.CALL:
            return self.random.choice(people.CALL_NOTES)
        return self.random.choice(people.VISIT_NOTES[client.room.desk.project.kind])

    def _said(self, outcome: str, *, lost: bool) -> str:
        if lost:
            return self.random.choice(people.LOST_NOTES)
        notes = {"reached": people.REACHED_NOTES, "family": people.FAMILY_NOTES}.get(outcome, ("",))
        return self.random.choice(notes)


LOSES = {Interest.HOT: 0.15, Interest.WARM: 0.45, Interest.COLD: 0.75}
"""How probable it is that a client, when reached, says that he will not buy here."""


def _minutes(kind: Kind) -> tuple[int, int]:
    return {Kind.CALL: CALL_MINUTES, Kind.BROCHURE: BROCHURE_MINUTES}.get(kind, VISIT_MINUTES)
