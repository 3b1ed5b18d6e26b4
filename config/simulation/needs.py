"""What the clients of a simulated office want and mean to buy, told once its days are over.

Each is written down at the moment and by the person of a reception that took place, through the
same doors; with its own dice, so that the story of the counter stays as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import uuid4

from leads.models import RECEPTIONS, ContactEvent, Need, NeedItem, Offer, Project, Role, Staff
from leads.needs import services

from . import wishes
from .days import Office
from .staffing import ZONE
from .world import Client, Interest, Room

MILLION = 1_000_000_00
PATIENCE = timedelta(days=32)
PLANS = {Interest.HOT: 0.9, Interest.WARM: 0.6, Interest.COLD: 0.15}
PROBABILITY = {Interest.HOT: (50, 85), Interest.WARM: (20, 55), Interest.COLD: (5, 15)}


@dataclass
class Wishes:
    """Tells what was wanted in one office."""

    office: Office
    random: Random

    def __post_init__(self) -> None:
        self.items = list(NeedItem.objects.filter(project=None).order_by("position"))
        self.until = self.office.until
        self._numbers: dict[tuple[str, int], int] = {}

    def tell(self) -> None:
        """Project by project, client by client, as he came."""
        for room in self.office.rooms:
            project = room.desk.project
            self.keeper = project.staff.get(role=Role.MANAGEMENT_OFFICE)
            came: dict[int, list[ContactEvent]] = {}
            events = ContactEvent.objects.filter(project=project, kind__in=RECEPTIONS)
            for event in events.select_related("agent", "lead").order_by("at", "pk"):
                came.setdefault(event.lead_id or 0, []).append(event)
            for client in room.clients:
                self._of_client(room, client, came.get(client.key, []))
            self._heard_by_the_office(project)

    def _of_client(self, room: Room, client: Client, events: list[ContactEvent]) -> None:
        for number, event in enumerate(events):
            if event.agent is None or event.recorded_at >= self.until:
                continue
            if self.random.random() < 0.34:
                self._need(event)
            if self.random.random() < (0.72 if number == 0 else 0.15):
                self._profile(room, client, event)
            if event.kind == "visit" and self.random.random() < 0.6:
                self._viewing(client, event)
            if self.random.random() < PLANS[client.interest] * (0.45 if number == 0 else 0.8):
                self._plan(room, client, event, last=event is events[-1])
            if event.kind == "visit" and self.random.random() < 0.3:
                self._offer(room, client, event)

    # ── Needs ──

    def _heard_by_the_office(self, project: Project) -> None:
        """Every few days the management office hears what no client of the counter said."""
        day = self.office.since
        while day < self.until.date():
            day += timedelta(days=self.random.randint(2, 5))
            at = datetime.combine(day, time(self.random.randint(9, 17), 20), tzinfo=ZONE)
            if at < self.until:
                item = self._item(sides=("management", "service"))
                source = self.random.choice(("survey", "repair", "complaint", "observed"))
                if item.code == "complaints":
                    source = "complaint"
                place = self.random.choice(wishes.PLACES)
                self._told(project, item, at, self.keeper, source, place=place)

    def _need(self, event: ContactEvent) -> None:
        assert event.agent is not None
        item = self._item()
        source = "complaint" if item.code == "complaints" else "reception"
        self._told(
            event.project, item, event.at, event.agent, source,
            lead_id=event.lead_id, now=event.recorded_at,
        )  # fmt: skip

    def _item(self, sides: Iterable[str] = ("management", "service", "business")) -> NeedItem:
        offered = [item for item in self.items if item.side in sides]
        return self.random.choices(offered, [wishes.WEIGHTS[item.code] for item in offered])[0]

    def _told(
        self, project: Project, item: NeedItem, at: datetime, by: Staff, source: str, **more: Any
    ) -> None:
        more.setdefault("now", at)
        levels = self._levels(item.code)
        if self.random.random() < 0.5:
            more |= levels
        words = self.random.choice(wishes.WORDS[item.code])
        need = services.identify(
            project=project,
            item=item,
            words=words,
            source=source,
            at=at,
            by=by,
            key=uuid4(),
            **more,
        )
        self._goes_on(need, item, levels, by)

    def _levels(self, code: str) -> dict[str, Any]:
        expected, floor, perceived = wishes.LEVELS[code]
        wanted = self._around(expected)
        return {
            "importance": self._around(expected - 0.3),
            "expected": wanted,
            "floor": min(wanted, self._around(floor)),
            "perceived": self._around(perceived),
        }

    def _around(self, mean: float) -> int:
        return max(1, min(5, round(self.random.gauss(mean, 0.7))))

    def _goes_on(self, need: Need, item: NeedItem, levels: dict[str, Any], by: Staff) -> None:
        """Each step some days after the one before, as far as the story goes; some stay behind."""
        random, moment = self.random, need.at
        keeper = by if item.side == "business" else self.keeper
        measure, helps = random.choice(wishes.MEASURES[item.code])

        def later(soonest: int, latest: int, chance: float) -> bool:
            nonlocal moment
            moment += timedelta(days=random.randint(soonest, latest), minutes=random.randint(1, 90))
            # What stays behind is seen to within weeks: an old matter is rarely an open one.
            chance = chance if moment > self.until - PATIENCE else 0.99
            return moment < self.until and random.random() < chance

        if need.state == "identified":
            if not later(1, 4, 0.86):
                return
            self._act(need, "analyse", keeper, moment, **levels)
        if need.perceived is not None and need.perceived >= levels["expected"]:
            if later(1, 5, 0.9):
                self._act(need, "close", keeper, moment, note="已合期望，維持")
            return
        if not later(1, 8, 0.85):
            return
        due = moment.date() + timedelta(days=random.randint(5, 24))
        plan: dict[str, Any] = {"measure": measure, "responsible": keeper.pk, "due": due}
        if item.side == "management":
            plan["carried_by"] = random.choice(wishes.CREWS)
        self._act(need, "plan", keeper, moment, **plan)
        if not later(0, 5, 0.93):
            return
        self._act(need, "start", keeper, moment)
        if not later(2, 24, 0.93):
            return
        done = moment.date()
        self._act(need, "finish", keeper, moment, done=done)
        if not later(1, 6, 0.85):
            return
        after = max(1, min(5, round(random.gauss((need.perceived or 3) + helps, 0.6))))
        content = "satisfied" if after >= (need.expected or 5) else "better"
        if after <= (need.perceived or 1):
            content = "not_yet"
        self._act(need, "verify", keeper, moment, done=done, after=after, confirmation=content)
        if content != "not_yet" and later(0, 4, 0.85):
            self._act(need, "close", keeper, moment)

    @staticmethod
    def _act(need: Need, act: str, by: Staff, now: datetime, note: str = "", **given: Any) -> None:
        stands = services.advance(
            need_id=need.pk,
            act=act,
            seen=need.number,
            by=by,
            now=now,
            key=uuid4(),
            note=note,
            given=given,
        )
        need.__dict__.update(stands.__dict__)

    # ── Buying ──

    def _told_of(self, client: Client, event: ContactEvent) -> dict[str, Any]:
        """What every door about this client at this moment is given."""
        return {
            "lead_id": client.key,
            "by": event.agent,
            "now": event.recorded_at,
            "key": uuid4(),
        }

    def _profile(self, room: Room, client: Client, event: ContactEvent) -> None:
        random, kind = self.random, room.desk.project.kind
        motives = {random.choice(wishes.MOTIVES[kind])}
        lean = wishes.LEANS.get(client.source, "")
        if lean in wishes.MOTIVES[kind] and random.random() < 0.5:
            motives = {lean}
        if random.random() < 0.3:
            motives.add(random.choice(wishes.MOTIVES[kind]))
        unit_type, area = random.choice(wishes.TYPES[kind])
        low = self._price(kind, area) // MILLION * MILLION or MILLION
        selling = kind == Project.Kind.SALES
        services.write_profile(
            seen=self._numbers.get(("profile", client.key), 0),
            motives=sorted(motives),
            motive_words=client.need if random.random() < 0.4 else "",
            purpose=random.choice(
                ("live", "live", "invest", "let") if selling else ("shop", "office")
            ),
            budget_low=low,
            budget_high=low + MILLION * random.choice((0, 1, 1, 2)),
            area_low=area - 10,
            area_high=area + random.choice((0, 10, 30)),
            unit_type=unit_type,
            payment=random.choice(
                ("whole", "mortgage", "mortgage", "fund") if selling else ("rent",)
            ),
            decider=random.choice(
                ("self", "couple", "couple", "parents") if selling else ("company", "self")
            ),
            **self._told_of(client, event),
        )
        self._numbers["profile", client.key] = self._numbers.get(("profile", client.key), 0) + 1

    def _price(self, kind: str, area: int) -> int:
        """In cents: a unit that is sold, or three years of rent."""
        rate = 32_000 if kind == Project.Kind.SALES else 120 * 36
        return int(area * rate * self.random.uniform(0.9, 1.15)) * 100

    def _viewing(self, client: Client, event: ContactEvent) -> None:
        floor, place = self.random.randint(2, 18), self.random.randint(1, 4)
        asked = self.random.random() < 0.45
        services.note_viewing(
            day=event.at.astimezone(ZONE).date(),
            unit=f"{self.random.randint(1, 6)} 棟 {floor}{place:02d}",
            question=self.random.choice(wishes.QUESTIONS) if asked else "",
            **self._told_of(client, event),
        )

    def _plan(self, room: Room, client: Client, event: ContactEvent, *, last: bool) -> None:
        random, kind = self.random, room.desk.project.kind
        unit_type, area = random.choice(wishes.TYPES[kind])
        day = event.at.astimezone(ZONE).date()
        soonest = 0 if client.interest == Interest.HOT else 2
        month = _month_after(day, random.randint(soonest, soonest + 5))
        lowest, highest = PROBABILITY[client.interest]
        dropped = last and not client.signed and random.random() < 0.12
        told = self._told_of(client, event)
        services.write_plan(
            seen=self._numbers.get(("plan", client.key), 0),
            month=month,
            amount=self._price(kind, area) // 1_000_000 * 1_000_000,
            probability=0 if dropped else random.randint(lowest // 5, highest // 5) * 5,
            unit_type=unit_type,
            note="改買別處" if dropped else "",
            dropped=dropped,
            **told,
        )
        self._numbers["plan", client.key] = self._numbers.get(("plan", client.key), 0) + 1
        if not dropped and random.random() < 0.5:
            due = day + timedelta(days=random.randint(3, 21))
            step = services.add_plan_step(
                text=random.choice(wishes.STEPS), due=due, **told | {"key": uuid4()}
            )
            ended = datetime.combine(due, time(16), tzinfo=ZONE)
            if ended < self.until and random.random() < 0.85:
                services.end_plan_step(
                    step=step, done=random.random() < 0.8, by=step.by, now=ended, key=uuid4()
                )

    def _offer(self, room: Room, client: Client, event: ContactEvent) -> None:
        random, day = self.random, event.at.astimezone(ZONE).date()
        selling = room.desk.project.kind == Project.Kind.SALES
        kinds = ("discount", "discount", "instalments") if selling else ("rent_free", "discount")
        kind = random.choice(kinds)
        offer = services.make_offer(
            kind=kind,
            permyriad=random.choice((100, 150, 200, 300)) if kind == "discount" else None,
            months=random.choice((2, 3, 6, 12)) if kind != "discount" else None,
            terms=random.choice(wishes.TERMS),
            day=day,
            **self._told_of(client, event),
        )
        self._answers(client, offer)

    def _answers(self, client: Client, offer: Offer) -> None:
        accepts = 0.75 if client.signed else 0.12
        lot = self.random.random()
        answer = "accepted" if lot < accepts else self.random.choice(
            ("considering", "countered", "declined", "declined")
        )  # fmt: skip
        day = offer.day + timedelta(days=self.random.randint(0, 9))
        now = datetime.combine(day, time(17), tzinfo=ZONE)
        if now < self.until and now > offer.recorded_at and self.random.random() < 0.85:
            services.answer_offer(
                offer=offer,
                answer=answer,
                words=self.random.choice(wishes.ANSWERS),
                day=day,
                by=offer.by,
                now=now,
                key=uuid4(),
            )


def _month_after(day: date, months: int) -> date:
    """The first day of the month so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
