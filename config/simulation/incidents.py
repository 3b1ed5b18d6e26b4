"""The rarer stories of the simulated office, each told once or a few times.

A story looks for a client that suits it and marks him as booked, so that the daily round does not
spoil it; where nobody suits, it is told on the next day.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from attribution.policy.calendar import add_months
from disputes.services import record_complaint
from leads.models import ContactEvent, Kind, Lead, Staff
from leads.services import (
    file_proxy,
    link_people,
    record_departure,
    record_notice,
    register_referral,
    take_back_link,
)

from . import people, reasons
from .days import Office
from .world import Client, Colleague, Interest, Room, moment_on

Story = Callable[[Room, datetime], bool]


class Incidents:
    """Plans and tells the stories of one office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.random = office.random
        self.clock = office.clock
        self.last = office.until.date()

    # ── Planning ──

    def plan(self) -> None:
        """Spread the stories over the days, and prepare how the last week looks."""
        size = self.office.days / 180 * self.office.clients_per_day / 6
        for story, count in self._repertoire():
            wanted = count * size
            times = int(wanted) + (self.random.random() < wanted % 1)
            if self.office.days >= 30:
                times = max(1, times)
            for _ in range(times):
                self._tell_on(self._some_day(), self._some_room(), story)
        for finding in reasons.FINDING:
            story = partial(self.complaint, finding=finding)
            self._tell_on(self._some_day(), self._some_room(), story)
        for room in self.office.rooms:
            self._plan_the_end(room)

    def _repertoire(self) -> list[tuple[Story, float]]:
        return [
            (self.referral, 40),
            (self.second_phone, 16),
            (self.family, 12),
            (self.brought_by_client, 8),
            (self.steering, 5),
            (self.known_elsewhere, 6),
            (self.knowing_contact, 5),
            (partial(self.proxy, filed=True), 5),
            (partial(self.proxy, filed=False), 2),
            (partial(self.second_phone, price_testing=True), 3),
            (self.poaching, 3),
            (self.name_swap, 1.5),
            (self.taken_back, 1.5),
        ]

    def _some_day(self) -> date:
        """A day that leaves the story time to be told and decided."""
        first = min(20, self.office.days // 4)
        last = max(first, self.office.days - 16)
        return self.office.since + timedelta(days=self.random.randint(first, last))

    def _some_room(self) -> Room:
        rooms = self.office.rooms
        return self.random.choices(rooms, [len(room.colleagues) for room in rooms])[0]

    def _tell_on(self, day: date, room: Room, story: Story) -> None:
        when = moment_on(day, self.random, until=time(16, 30))
        self.clock.at(when, partial(self._tell, room, story))

    def _tell(self, room: Room, story: Story, at: datetime) -> None:
        if not story(room, at):
            self._tell_on(at.date() + timedelta(days=1), room, story)

    def _plan_the_end(self, room: Room) -> None:
        """What is open when the story ends: cases in time and overdue, periods about to end."""
        if self.office.days < 20:
            return
        second = self.office.rooms.index(room) > 0
        unknowing = partial(self.unknowing, leave_open=True)
        ending: list[tuple[int, Story]] = [
            (5, unknowing),
            (2, partial(self.steering, leave_open=True)),
            (1, partial(self.family, leave_open=True)),
        ]
        if not second:
            ending += [
                (3, partial(self.poaching, leave_open=True)),
                (2, partial(self.complaint, finding="", leave_open=True)),
                (2, self.departure),
            ]
        for days, story in ending:
            self._tell_on(self.last - timedelta(days=days), room, story)
        for colleague in room.colleagues.values():
            for ahead in (0, 0, self.random.choice((2, 3)), self.random.choice((4, 5, 6))):
                self._plan_lapse(room, colleague, self.last + timedelta(days=ahead))

    def _plan_lapse(self, room: Room, colleague: Colleague, last_day: date) -> None:
        """Somebody will come to this agent on the day from which his period ends on `last_day`."""
        kind, day = Kind.CALL, last_day - timedelta(days=15)
        if self.random.random() < 0.6:
            before = [last_day - timedelta(days=n) for n in range(28, 32)]
            fitting = [day for day in before if add_months(day, 1) == last_day]
            if fitting:
                kind, day = Kind.VISIT, fitting[0]
        if day < self.office.since:
            return

        def come(at: datetime) -> None:
            if colleague.staff.departed_at is not None:
                return
            client = self.office.newcomer(room)
            client.booked = True
            client.phone_left = self.random.random() < 0.85
            self.office.receive(client, colleague, at, kind)

        self.clock.at(moment_on(day, self.random), come)

    # ── Whom a story is about ──

    def _someone(
        self, room: Room, at: datetime, *, days_left: int = 8, interest: Interest | None = None
    ) -> tuple[Client, Colleague] | None:
        """A client with a living owner who works here, of whom no other story is told."""
        soon = at.date() + timedelta(days=days_left)
        found = []
        for client in room.active:
            owner = room.owner_of(client, at.date())
            if owner is None or owner.staff.departed_at is not None:
                continue
            if client.booked or client.signed or client.standing.contested:
                continue
            if not client.phone_left or (interest and client.interest is not interest):
                continue
            until = client.standing.valid_until
            if until is None or until < soon:
                continue
            found.append((client, owner))
        return self.random.choice(found) if found else None

    def _another(self, room: Room, at: datetime, *besides: int) -> Colleague | None:
        return room.whose_turn(at, *besides)

    def _later(
        self, at: datetime, soonest: int, latest: int, act: Callable[[datetime], Any]
    ) -> None:
        day = at.date() + timedelta(days=self.random.randint(soonest, latest))
        self.clock.at(moment_on(day, self.random, until=time(17)), act)

    def _free(self, client: Client) -> None:
        client.booked = False

    # ── Links and collisions ──

    def unknowing(self, room: Room, at: datetime, *, leave_open: bool = False) -> bool:
        """A client comes back, names nobody, and another agent receives him."""
        found = self._someone(room, at)
        other = found and self._another(room, at, found[1].staff.pk)
        if not found or not other:
            return False
        client, _ = found
        client.booked, client.left_open = leave_open, leave_open
        self.office.receive(client, other, at, Kind.VISIT)
        return True

    def second_phone(self, room: Room, at: datetime, *, price_testing: bool = False) -> bool:
        """A client calls from his other phone; days later it turns out that he is one person."""
        return self._second_name(
            room,
            at,
            relation="same",
            evidence=reasons.PRICE_TESTING
            if price_testing
            else self.random.choice(reasons.LINK_SAME),
            price_testing=price_testing,
        )

    def family(self, room: Room, at: datetime, *, leave_open: bool = False) -> bool:
        """The wife comes on her own; days later it turns out that they buy together."""
        return self._second_name(
            room,
            at,
            relation="family",
            evidence=self.random.choice(reasons.LINK_FAMILY),
            leave_open=leave_open,
        )

    def taken_back(self, room: Room, at: datetime) -> bool:
        """Two clients of one name are linked by mistake."""
        return self._second_name(
            room, at, relation="same", evidence="同名，疑為一人", mistaken=True
        )

    def _second_name(
        self,
        room: Room,
        at: datetime,
        *,
        relation: str,
        evidence: str,
        price_testing: bool = False,
        leave_open: bool = False,
        mistaken: bool = False,
    ) -> bool:
        found = self._someone(room, at, days_left=12)
        other = found and self._another(room, at, found[1].staff.pk)
        if not found or not other:
            return False
        client, _ = found
        twin = self.office.newcomer(room)
        if relation == "same":
            twin.name = client.name
        client.booked = twin.booked = True
        client.left_open = twin.left_open = leave_open
        self.office.receive(twin, other, at, Kind.CALL if relation == "same" else Kind.VISIT)

        def link(when: datetime) -> None:
            event = self._link(client, twin, relation, evidence, when, price_testing=price_testing)
            if mistaken:
                self._later(when, 1, 2, partial(self._take_back, event, client, twin))
            elif not leave_open:
                self._free(client)

        if leave_open:
            self.clock.at(at + timedelta(minutes=self.random.randint(60, 100)), link)
        else:
            self._later(at, 2, 6, link)
        return True

    def _link(
        self,
        client: Client,
        other: Client,
        relation: str,
        evidence: str,
        at: datetime,
        *,
        price_testing: bool = False,
    ) -> ContactEvent:
        event = link_people(
            lead_id=client.key,
            other_id=other.key,
            relation=relation,
            price_testing=price_testing,
            evidence=evidence,
            by=client.room.desk.supervisor,
            now=at,
            key=uuid4(),
        )
        other.standing = client.standing
        self.office.learn(client, event)
        other.next_touch = None
        return event

    def _take_back(self, link: ContactEvent, one: Client, two: Client, at: datetime) -> None:
        take_back_link(
            event_id=link.pk,
            by=one.room.desk.supervisor,
            now=at,
            key=uuid4(),
            reason=reasons.TAKEN_BACK,
        )
        two.standing = type(one.standing)()
        for client in (one, two):
            client.standing.learn(Lead.objects.get(pk=client.key))

    def proxy(self, room: Room, at: datetime, *, filed: bool) -> bool:
        """Somebody views for a buyer who cannot be reached; later the buyer comes himself."""
        receiver = self._another(room, at)
        if receiver is None:
            return False
        viewer = self.office.newcomer(room)
        viewer.booked = True
        self.office.receive(viewer, receiver, at, note="代看，買方未到")
        if filed:
            file_proxy(
                lead_id=viewer.key,
                agent=receiver.staff,
                circumstances=self.random.choice(reasons.PROXY),
                acknowledged=True,
                by=receiver.staff,
                now=at + timedelta(minutes=self.random.randint(10, 60)),
                key=uuid4(),
            )

        def buyer_comes(when: datetime) -> None:
            agent = self._another(room, when, receiver.staff.pk)
            if agent is None:
                return
            buyer = self.office.newcomer(room)
            buyer.booked = True
            self.office.receive(buyer, agent, when)
            evidence = "買方到場，說助理先來看過"
            self._later(when, 1, 3, lambda then: self._link(viewer, buyer, "proxy", evidence, then))

        self._later(at, 4, 12, buyer_comes)
        return True

    # ── Knowing ──

    def knowing_contact(self, room: Room, at: datetime) -> bool:
        """An agent enquires, is told, and receives the client all the same."""
        found = self._someone(room, at, days_left=9)
        other = found and self._another(room, at, found[1].staff.pk)
        if not found or not other:
            return False
        client, _ = found
        client.booked = True
        self._notice(client, other, at)

        def comes(when: datetime) -> None:
            if not client.signed and other.staff.departed_at is None:
                self.office.receive(client, other, when)
            self._free(client)

        self._later(at, 1, 6, comes)
        return True

    def poaching(self, room: Room, at: datetime, *, leave_open: bool = False) -> bool:
        """An agent who was told closes the deal himself."""
        found = self._someone(room, at, days_left=4, interest=Interest.HOT)
        found = found or self._someone(room, at, days_left=4)
        other = found and self._another(room, at, found[1].staff.pk)
        if not found or not other:
            return False
        client, _ = found
        client.booked, client.left_open = True, leave_open
        self._notice(client, other, at)

        def closes(when: datetime) -> None:
            if other.staff.departed_at is None and not client.signed:
                self.office.receive(client, other, when)
                self.clock.at(when + timedelta(minutes=70), partial(self.office.buy, client, other))

        if leave_open:
            self.clock.at(at + timedelta(minutes=25), closes)
        else:
            self._later(at, 1, 3, closes)
        return True

    def name_swap(self, room: Room, at: datetime) -> bool:
        """An agent who was told lets the client's wife buy, as if she were his own client."""
        found = self._someone(room, at, days_left=12)
        other = found and self._another(room, at, found[1].staff.pk)
        if not found or not other:
            return False
        client, _ = found
        client.booked = True
        self._notice(client, other, at)
        spouse = self.office.newcomer(room)
        spouse.booked = True

        def buys(when: datetime) -> None:
            if other.staff.departed_at is not None:
                return
            self.office.receive(spouse, other, when)
            self.clock.at(when + timedelta(minutes=90), partial(self.office.buy, spouse, other))
            evidence = "房款由丈夫帳戶支付，二人夫妻"
            self._later(
                when, 2, 4, lambda then: self._link(client, spouse, "family", evidence, then)
            )

        self._later(at, 1, 3, buys)
        return True

    def _notice(self, client: Client, agent: Colleague, at: datetime) -> None:
        event = record_notice(
            lead_id=client.key,
            agent=agent.staff,
            at=at,
            by=agent.staff,
            now=at,
            key=uuid4(),
        )
        self.office.learn(client, event)

    # ── Arrivals of another kind ──

    def steering(self, room: Room, at: datetime, *, leave_open: bool = False) -> bool:
        """The receptionist sends a newcomer to an agent of her choice."""
        turn = next((one for one in room.rota if one.free_at(at)), None)
        chosen = turn and self._another(room, at, turn.staff.pk)
        if turn is None or chosen is None:
            return False
        client = self.office.newcomer(room)
        client.booked, client.left_open = leave_open, leave_open
        known = self.random.random() < 0.6
        self.office.receive(
            client,
            chosen,
            at,
            steered_by=room.desk.receptionist,
            turn_of=turn.staff if known else None,
        )
        return True

    def referral(self, room: Room, at: datetime) -> bool:
        """A client names a friend; the agent enters him beforehand; most of them come."""
        found = self._someone(room, at, days_left=0)
        if not found:
            return False
        introducer, agent = found
        client = self.office.newcomer(room)
        client.source = "朋友介紹"
        event = register_referral(
            project=room.desk.project,
            agent=agent.staff,
            name=client.name,
            traits=self.random.choice(people.TRAITS),
            phone=client.number,
            introduced_by=introducer.lead_id,
            by=agent.staff,
            now=at,
            key=uuid4(),
        )
        self.office.learn(client, event)
        client.met = agent.staff.pk

        def arrives(when: datetime) -> None:
            receiver = agent if agent.free_at(when) else self._another(room, when)
            if receiver is not None:
                self.office.receive(client, receiver, when, note="朋友介紹來的")

        if self.random.random() < 0.72:
            self._later(at, 2, 24, arrives)
        return True

    def brought_by_client(self, room: Room, at: datetime) -> bool:
        """A client brings a friend along, who asks for the same agent."""
        found = self._someone(room, at, days_left=0)
        if not found:
            return False
        client, owner = found
        receiver = owner if owner.free_at(at) else self._another(room, at)
        if receiver is None:
            return False
        friend = self.office.newcomer(room)
        friend.source = "老客戶帶"
        self.office.receive(friend, receiver, at, asked_for=owner.staff, brought_by=client.lead_id)
        return True

    def known_elsewhere(self, room: Room, at: datetime) -> bool:
        """A newcomer asks for an agent who knows him from before."""
        receiver = self._another(room, at)
        friend = receiver and self._another(room, at, receiver.staff.pk)
        if receiver is None or friend is None:
            return False
        self.office.receive(
            self.office.newcomer(room),
            receiver,
            at,
            asked_for=friend.staff,
            known_to=friend.staff,
            note="前一個案場的老客戶，指名找他",
        )
        return True

    # ── Complaints and the departure ──

    def complaint(
        self, room: Room, at: datetime, *, finding: str, leave_open: bool = False
    ) -> bool:
        """A client complains; a supervisor finds out within days."""
        found = self._someone(room, at)
        if not found:
            return False
        client, owner = found
        client.booked, client.left_open = True, leave_open
        self._complain(client, owner.staff, at, note=self.random.choice(reasons.COMPLAINT))
        if not leave_open:
            self._later(at, 1, 3, partial(self._find, client, owner, finding))
        return True

    def _find(self, client: Client, owner: Colleague, finding: str, at: datetime) -> None:
        given: dict[str, Any] = {"finding": finding, "note": reasons.FINDING[finding]}
        if finding == "replace":
            other = self._another(client.room, at, owner.staff.pk)
            if other is None:
                self._later(at, 1, 1, partial(self._find, client, owner, finding))
                return
            given |= {"to": other.staff, "shares": {other.staff.pk: 70, owner.staff.pk: 30}}
        self._complain(client, owner.staff, at, **given)
        self._free(client)

    def _complain(self, client: Client, about: Staff, at: datetime, **given: Any) -> None:
        event = record_complaint(
            lead_id=client.key,
            about=about,
            by=client.room.desk.supervisor,
            now=at,
            key=uuid4(),
            **given,
        )
        self.office.learn(client, event)

    def departure(self, room: Room, at: datetime) -> bool:
        """An agent leaves; most of his clients are placed within days, some are still waiting."""
        if len(room.colleagues) < 3:
            return True
        leaver = list(room.colleagues.values())[-1]
        day = at.date()
        orphans = [client for client in room.active if room.owner_of(client, day) is leaver]
        staff = Staff.objects.get(pk=leaver.staff.pk)
        record_departure(staff=staff, at=at, by=room.desk.manager, now=at)
        leaver.staff.refresh_from_db()
        room.rota.remove(leaver)
        room.desk.project.refresh_from_db()
        for client in orphans:
            client.standing.learn(Lead.objects.get(pk=client.key))
            client.next_touch = None
        unsigned = [client for client in orphans if not client.signed]
        for client in unsigned[:2]:
            client.left_open = client.booked = True
        return True
