"""Offices with known truth: what honest people do, what cheats do, and which facts that leaves.

Written from how offices work and how they are cheated; nothing here reads a threshold. The first
version stood before the detectors; more honest habits and subtler cheats were added, and mistakes
mended, after the first measurement, and some numbers of the detectors were settled on offices 1 to
40. So look at other seeds, too. How often people cheat here is invented: precision in a real office
depends on it. Every habit that makes honest people look odd is in it: relatives who buy for
themselves, calls on the last day of a period, notes made of one phrase, entries written in the
evening, popular agents, busy greeters, couples who change the name on a reservation. Cheats are
sloppy in different degrees; some leave nearly nothing.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from disputes.detectors.rows import (
    Entry,
    Greeting,
    Renaming,
    Rows,
    Sale,
    Stay,
    Tenure,
    Tie,
    Told,
)

START = datetime(2026, 1, 5, 1, tzinfo=UTC)  # 9 o'clock at the office
DAYS = 120
PERIOD = timedelta(days=30)
HOLD = timedelta(days=7)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

WORDS = (
    ("客戶", "張總", "他太太", "本人", "家人", "他們夫妻"),
    ("說週末再來看房", "想等年終獎", "覺得單價偏高", "要比較隔壁盤", "問學區的事", "想看高樓層",
     "在等銀行評估", "說首付還差一些", "想看東邊戶", "出差下週回來", "嫌車位少", "問能不能改名"),
    ("約好再電", "已傳戶型圖", "答應月底回覆", "請我留意三房", "要我算月供", "再約時間"),
)  # fmt: skip
STOCK = ("再考慮", "已電聯", "考慮中，下週再聯繫", "有意向，繼續跟進")
COPIED = (
    "已電話聯繫客戶，客戶表示仍在考慮，約下週再次聯繫",
    "與客戶電話溝通，意向良好，持續跟進中",
    "致電客戶瞭解近況，客戶說再等等，保持聯繫",
)


@dataclass
class Client:
    """A buying party as the simulation knows it."""

    key: int
    agent: int
    begun: datetime
    until: datetime
    bought: bool = False


@dataclass
class Simulated:
    """An office's rows, and which parties, deals, agents are really cheating, by detector."""

    rows: Rows
    truth: dict[str, set[tuple[object, ...]]]
    """By detector the keys of what really happened: see `Office.blame`."""


@dataclass
class Office:
    """Grows an office day by day."""

    seed: int
    agents: int = 8
    clients: int = 220
    cheats: int = 4
    """So many of each kind."""
    dice: random.Random = field(init=False)
    people: list[Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.keys = count(1)
        self.staff = list(range(1, self.agents + 1))
        self.greeters = [101, 102, 103]
        # How each agent writes things down: at once, or in the evening; in his own words, or not.
        self.evening = set(self.dice.sample(self.staff, self.agents // 4))
        self.template = {self.dice.choice(self.staff): self.dice.choice(COPIED)}
        self.popular = self.dice.choice(self.staff)
        self.entries: list[Entry] = []
        self.told: list[Told] = []
        self.tenures: list[Tenure] = []
        self.ties: list[Tie] = []
        self.sales: list[Sale] = []
        self.stays: list[Stay] = []
        self.renamings: list[Renaming] = []
        self.greetings: list[Greeting] = []
        self.truth: dict[str, set[tuple[object, ...]]] = {}

    # ── Small things that everybody does ──

    def key(self) -> int:
        return next(self.keys)

    def moment(self, first: int = 0, last: int = DAYS - 35) -> datetime:
        """Some moment of an office day."""
        day = START + self.dice.randint(first, last) * DAY
        return day + self.dice.randint(0, 9 * 60) * MINUTE

    def somebody(self, at: datetime) -> Client:
        """One who has come before that moment and has bought nothing yet."""
        here = [one for one in self.people if one.begun < at and not one.bought]
        return self.dice.choice(here)

    def another(self, *than: int) -> int:
        return self.dice.choice([agent for agent in self.staff if agent not in than])

    def written(self, agent: int, at: datetime) -> datetime:
        """When an honest agent writes down what happened then."""
        if agent in self.evening or self.dice.random() < 0.06:
            evening = at.replace(hour=10, minute=0) + self.dice.randint(0, 60) * MINUTE
            return max(evening, at + 5 * MINUTE)
        return at + self.dice.randint(0, 12) * MINUTE

    def words(self, agent: int) -> str:
        if agent in self.template:
            return self.template[agent]
        if self.dice.random() < 0.3:
            return self.dice.choice(STOCK)
        return "，".join(self.dice.choice(part) for part in WORDS)

    def receive(self, party: int, agent: int, at: datetime, **given: object) -> Entry:
        recorded = given.pop("recorded", None) or self.written(agent, at)
        entry = Entry(
            self.key(), party, "visit", agent, at, recorded, text=self.words(agent),
            witnessed=bool(given.pop("witnessed", self.dice.random() < 0.8)),
        )  # fmt: skip
        self.entries.append(entry)
        return entry

    def newcomer(self, agent: int | None = None, at: datetime | None = None) -> Client:
        """Somebody comes for the first time and has an owner from then on."""
        agent, at = agent or self.dice.choice(self.staff), at or self.moment()
        client = Client(self.key(), agent, at, at + PERIOD)
        self.receive(client.key, agent, at)
        self.people.append(client)
        return client

    def sell(self, client: int, agent: int, at: datetime, *, assisting: bool = False) -> Sale:
        sale = Sale(self.key(), client, agent, at, assisting=assisting)
        self.sales.append(sale)
        return sale

    def follow(
        self, one: Client, at: datetime, recorded: datetime, text: str, *, reached: bool
    ) -> Entry:
        entry = Entry(
            self.key(), one.key, "follow_up", one.agent, at, recorded, text=text, reached=reached,
            ends=one.until,
        )  # fmt: skip
        self.entries.append(entry)
        return entry

    def blame(self, detector: str, *key: object) -> None:
        """What a good detector should find, by its own key's first part."""
        self.truth.setdefault(detector, set()).add(key)

    # ── What honest people do ──

    def honest_follow_ups(self) -> None:
        """Reminders come three days before the end: agents call through their list in one go."""
        for agent in self.staff:
            mine = [one for one in self.people if one.agent == agent]
            for one in mine:
                if self.dice.random() < 0.5:
                    at = one.begun + self.dice.randint(3, 22) * DAY
                    at = at.replace(hour=self.dice.randint(1, 9))
                    reached = self.dice.random() < 0.7
                    written = self.written(agent, at)
                    self.follow(one, at, written, self.words(agent), reached=reached)
            by_day: dict[object, list[Client]] = {}
            for one in mine:
                call_on = one.until - self.dice.randint(0, 2) * DAY
                by_day.setdefault(call_on.date(), []).append(one)
            for called in by_day.values():
                at = called[0].until.replace(hour=1) + self.dice.randint(0, 120) * MINUTE
                at = at.replace(day=called[0].until.day)
                evening = at.replace(hour=10) + self.dice.randint(0, 30) * MINUTE
                batch = agent in self.evening
                for one in called:
                    if self.dice.random() < 0.25:
                        continue
                    at += self.dice.randint(4, 18) * MINUTE
                    at = min(at, one.until - MINUTE)
                    reached = self.dice.random() < 0.68
                    recorded = max(evening, at) if batch else at + self.dice.randint(0, 4) * MINUTE
                    entry = self.follow(one, at, recorded, self.words(agent), reached=reached)
                    if reached and entry.recorded < one.until:
                        one.until += PERIOD
            if self.dice.random() < 0.25:
                self.messages(agent, mine)
            # A sales push: everybody on the list in one day, real calls, not only those that end.
            pushed = self.dice.sample(mine, min(len(mine), 7))
            at = self.moment(40, 80).replace(hour=2)
            for one in pushed:
                at += self.dice.randint(3, 9) * MINUTE
                reached = self.dice.random() < 0.6
                self.follow(one, at, at + MINUTE, self.words(agent), reached=reached)

    def messages(self, agent: int, mine: list[Client]) -> None:
        """He writes to everybody whose period ends soon instead of calling: it takes a minute."""
        day = self.moment(35, DAYS - 20).replace(hour=2)
        for one in mine:
            if timedelta(0) < one.until - day < 3 * DAY:
                day += self.dice.randint(1, 3) * MINUTE
                reached = self.dice.random() < 0.6
                self.follow(one, day, day + MINUTE, self.dice.choice(STOCK), reached=reached)

    def honest_enquiries(self) -> None:
        for one in self.dice.sample(self.people, len(self.people) // 4):
            asker, at = self.another(one.agent), one.begun + self.dice.randint(1, 25) * DAY
            self.told.append(Told(one.key, asker, at, "enquiry", self.key()))
            fate = self.dice.random()
            if fate < 0.06 and not one.bought:
                # He closes for the owner, who is away.
                self.receive(one.key, asker, at + 2 * DAY)
                self.sell(one.key, asker, at + 3 * DAY, assisting=True)
                one.bought = True
            elif fate < 0.16 and not one.bought:
                # The period lapsed; weeks later the client comes back by himself.
                back = one.until + self.dice.randint(6, 30) * DAY
                self.receive(one.key, asker, back)
                self.tenures.append(Tenure(one.key, asker, back, back + PERIOD))
                self.sell(one.key, asker, back + self.dice.randint(0, 9) * DAY)
                one.bought = True
            elif fate < 0.2 and not one.bought:
                # A manager gives the client to him.
                given = at + 3 * DAY
                one.until = given
                self.tenures.append(Tenure(one.key, asker, given, given=given))
                self.sell(one.key, asker, given + self.dice.randint(1, 20) * DAY)
                one.bought = True

    def honest_sales(self) -> None:
        for one in self.dice.sample(self.people, len(self.people) // 5):
            if one.bought:
                continue
            one.bought = True
            at = one.begun + self.dice.randint(1, 25) * DAY
            at = min(at, one.until - HOUR)
            unit = f"H{self.key()}"
            stay = Stay(self.key(), unit, one.key, one.agent, at - 2 * DAY)
            sale = self.sell(one.key, one.agent, at)
            self.stays.append(replace(stay, deal=sale.fact, contracted=at + 5 * DAY))

    def honest_relatives(self) -> None:
        """Real relatives, neighbours, colleagues: they share things, and each wants his own."""
        for _ in range(8):
            one = self.newcomer()
            two = self.newcomer(self.another(one.agent), self.moment(10, DAYS - 40))
            kinds = ["family", "address", "payer_name", "contact", "colleague", "friend"]
            for kind in self.dice.sample(kinds, self.dice.choice((1, 1, 2))):
                self.ties.append(Tie(kind, one.key, two.key, self.key()))
            if self.dice.random() < 0.5:
                one.bought = True
                self.sell(one.key, one.agent, one.begun + self.dice.randint(2, 25) * DAY)
            if self.dice.random() < 0.5:
                two.bought = True
                self.sell(two.key, two.agent, two.begun + self.dice.randint(4, 28) * DAY)
        # Two whose identity numbers happen to end alike; a switchboard; a mother's telephone.
        for kind in ("identity", "identity", "phone", "payer_phone"):
            one, two = self.dice.sample(self.people, 2)
            self.ties.append(Tie(kind, one.key, two.key, self.key()))

    def honest_units(self) -> None:
        for _ in range(25):
            one = self.dice.choice(self.people)
            unit, at = f"R{self.key()}", one.begun + self.dice.randint(0, 20) * DAY
            until = at + self.dice.randint(1, 7) * DAY
            self.stays.append(Stay(self.key(), unit, one.key, one.agent, at, until))
            if self.dice.random() < 0.7:
                again = until + self.dice.choice((HOUR, 5 * HOUR, 3 * DAY, 12 * DAY))
                two = self.somebody(again)
                two.bought = True
                sale = self.sell(two.key, two.agent, again + DAY)
                self.stays.append(
                    Stay(self.key(), unit, two.key, two.agent, again, deal=sale.fact,
                         contracted=again + 6 * DAY)
                )  # fmt: skip
        for _ in range(4):
            # A couple: the wife signs instead of the husband, within days.
            one = self.newcomer()
            two = self.newcomer(one.agent, one.begun + DAY)
            self.ties.append(Tie("family", one.key, two.key, self.key()))
            unit, at = f"R{self.key()}", one.begun + 2 * DAY
            until = at + self.dice.randint(1, 5) * DAY
            sale = self.sell(two.key, one.agent, until + 3 * HOUR)
            self.stays += [
                Stay(self.key(), unit, one.key, one.agent, at, until),
                Stay(self.key(), unit, two.key, one.agent, until + 2 * HOUR, deal=sale.fact,
                     contracted=until + 5 * DAY),
            ]  # fmt: skip
        for _ in range(3):
            # The same client hesitates: gives a unit up, and takes it again once.
            one = self.dice.choice(self.people)
            unit, at = f"R{self.key()}", one.begun + DAY
            until = at + 3 * DAY
            self.stays += [
                Stay(self.key(), unit, one.key, one.agent, at, until),
                Stay(self.key(), unit, one.key, one.agent, until + 2 * DAY, until + 6 * DAY),
            ]
        for _ in range(2):
            # Another couple, who in the end sign nothing at all.
            one = self.newcomer()
            two = self.newcomer(one.agent, one.begun + DAY)
            self.ties.append(Tie("family", one.key, two.key, self.key()))
            unit, at = f"R{self.key()}", one.begun + 2 * DAY
            until = at + self.dice.randint(1, 7) * DAY
            again = until + self.dice.randint(1, 30) * HOUR
            over = again + self.dice.randint(1, 7) * DAY
            self.stays += [
                Stay(self.key(), unit, one.key, one.agent, at, until),
                Stay(self.key(), unit, two.key, one.agent, again, over),
            ]
        if self.dice.random() < 0.4:
            # A businessman buys in the name of his company.
            one = self.dice.choice(self.people)
            sale = self.sell(one.key, one.agent, one.begun + 5 * DAY)
            self.renamings.append(
                Renaming(
                    sale.fact, one.key, one.agent, f"R{self.key()}", sale.at + 3 * DAY, family=False
                )
            )
        for _ in range(3):
            # A name is added or changed within the family, before the contract.
            one = self.dice.choice(self.people)
            at = one.begun + 5 * DAY
            sale = self.sell(one.key, one.agent, at)
            self.renamings.append(
                Renaming(sale.fact, one.key, one.agent, f"R{self.key()}", at + 2 * DAY, family=True)
            )
        for _ in range(2):
            # One who cannot decide: several units, one after the other; strangers take them later.
            one = self.dice.choice(self.people)
            at = one.begun + DAY
            for _unit in range(3):
                unit, until = f"R{self.key()}", at + 2 * DAY
                again = until + self.dice.randint(1, 20) * DAY
                two = self.somebody(again)
                self.stays += [
                    Stay(self.key(), unit, one.key, one.agent, at, until),
                    Stay(self.key(), unit, two.key, two.agent, again),
                ]
                at = until

    def honest_collisions(self) -> None:
        """A client comes in the morning and again in the afternoon, to two agents."""
        for _ in range(8):
            one, two = self.dice.sample(self.staff, 2)
            at = self.moment().replace(hour=self.dice.randint(1, 3))
            client = self.newcomer(two, at + self.dice.randint(60, 300) * MINUTE)
            if self.dice.random() < 0.75:
                one = self.dice.choice(sorted(self.evening - {two}) or [one])
            recorded = max(self.written(one, at), at + 20 * MINUTE)
            self.receive(client.key, one, at, recorded=recorded)

    def greet(self) -> None:
        """Every day groups come; who receives follows the turns, with the disorder of a day."""
        feeding = self.feeding()
        for day in range(DAYS):
            on_duty = tuple(sorted(self.dice.sample(self.staff, self.agents - 2)))
            turns = list(on_duty)
            self.dice.shuffle(turns)
            date = (START + day * DAY).date()
            for number in range(self.dice.randint(4, 10)):
                greeter = self.dice.choices(self.greeters, (5, 3, 2))[0]
                agent, named = turns[number % len(turns)], False
                chance = self.dice.random()
                if chance < 0.15:
                    agent = self.dice.choice(on_duty)
                elif chance < 0.22 and self.popular in on_duty:
                    agent, named = self.popular, True
                elif chance < 0.26:
                    agent, named = self.dice.choice(on_duty), True
                friend, share, says_named = feeding.get(greeter, (0, 0.0, False))
                if friend in on_duty and self.dice.random() < share:
                    agent, named = friend, says_named
                self.greetings.append(
                    Greeting(self.key(), date, greeter, agent, on_duty, named, fact=self.key())
                )

    def feeding(self) -> dict[int, tuple[int, float, bool]]:
        """Who of the greeters sends groups to a friend: to whom, how often, by which pretext."""
        if self.cheats == 0 or self.seed % 3 == 2:
            return {}
        greeter, friend = self.dice.choice(self.greeters), self.dice.choice(self.staff)
        share = self.dice.choice((0.08, 0.15, 0.25, 0.35, 0.5))
        self.blame("steering", greeter, friend)
        return {greeter: (friend, share, self.dice.random() < 0.4)}

    # ── What cheats do ──

    def cheat_after_notice(self) -> None:
        for _ in range(self.cheats):
            client = self.newcomer()
            thief = self.another(client.agent)
            client.bought = True
            at = client.begun + self.dice.randint(2, 20) * DAY
            how = self.dice.choice(("enquiry", "enquiry", "notice"))
            self.told.append(Told(client.key, thief, at, how, self.key()))
            if self.dice.random() < 0.65:
                self.receive(client.key, thief, at + self.dice.randint(1, 48) * HOUR)
                sold = min(at + self.dice.randint(2, 9) * DAY, client.until - HOUR)
            else:
                # Works on the client in secret, and signs as soon as the period is over.
                if self.dice.random() < 0.6:
                    self.receive(client.key, thief, at + 2 * DAY, witnessed=False)
                sold = client.until + self.dice.randint(0, 4) * DAY + HOUR
                self.tenures.append(Tenure(client.key, thief, sold - 30 * MINUTE, None))
            sale = self.sell(client.key, thief, sold)
            self.blame("notice", sale.fact)

    def cheat_by_another_name(self) -> None:
        """The client of one signs through a relative or under another number, with another."""
        for _ in range(self.cheats):
            client = self.newcomer()
            thief = self.another(client.agent)
            sold = client.begun + self.dice.randint(3, 27) * DAY
            front = self.newcomer(thief, sold - self.dice.randint(0, 8) * DAY - HOUR)
            front.bought = True
            ways = (
                ("payer_phone",), ("payer_name",), ("identity", "address"), ("phone",),
                ("family", "address"), ("contact",), ("address", "payer_name"), ("identity",),
                ("proxy",), ("family",), ("address",), ("payer_name", "payer_phone"),
            )  # fmt: skip
            kinds = self.dice.choice(ways)
            if self.dice.random() < 0.15:
                middle = self.newcomer(self.another(client.agent))
                self.ties.append(Tie("family", client.key, middle.key, self.key()))
                self.ties.append(Tie(kinds[0], middle.key, front.key, self.key()))
            else:
                for kind in kinds:
                    self.ties.append(Tie(kind, client.key, front.key, self.key()))
            if self.dice.random() < 0.35:
                at = sold - self.dice.randint(1, 5) * DAY
                self.told.append(Told(client.key, thief, at, "enquiry", fact=self.key()))
            sale = self.sell(front.key, thief, sold)
            self.blame("tied_buyer", sale.fact)

    def cheat_with_units(self) -> None:
        for number in range(self.cheats):
            agent = self.dice.choice(self.staff)
            one = self.newcomer(agent, self.moment(0, DAYS - 60))
            unit, at = f"S{self.key()}", one.begun + HOUR
            if number % 3 == 0:
                # A unit is kept off the market by friends in turn.
                ring = [one, *(self.newcomer(agent, one.begun + DAY) for _ in range(2))]
                kinds = ("phone", "family", "address", "payer_phone", "contact", "friend")
                for two in ring[1:]:
                    self.ties.append(Tie(self.dice.choice(kinds), one.key, two.key, self.key()))
                for turn in range(self.dice.randint(2, 4)):
                    until = at + HOLD - self.dice.randint(0, 12) * HOUR
                    holder = ring[turn % len(ring)]
                    self.stays.append(Stay(self.key(), unit, holder.key, agent, at, until))
                    at = until + self.dice.randint(1, 40) * HOUR
            elif number % 3 == 1:
                # Sold on before the contract, at a mark-up, to a stranger.
                sale = self.sell(one.key, agent, at)
                self.stays.append(Stay(self.key(), unit, one.key, agent, at, deal=sale.fact))
                self.renamings.append(
                    Renaming(sale.fact, one.key, agent, unit, at + 9 * DAY, family=False)
                )
            else:
                # He reserves what is in demand and gives each unit to whoever pays him.
                for _ in range(self.dice.randint(3, 5)):
                    unit, until = f"S{self.key()}", at + self.dice.randint(1, 5) * DAY
                    buyer = self.newcomer(agent, until - HOUR)
                    self.stays.append(Stay(self.key(), unit, one.key, agent, at, until))
                    again = until + self.dice.randint(5, 90) * MINUTE
                    sale = self.sell(buyer.key, agent, again + HOUR)
                    self.stays.append(
                        Stay(self.key(), unit, buyer.key, agent, again, deal=sale.fact)
                    )
                    at = until + DAY
            self.blame("units", one.key)

    def cheat_with_follow_ups(self) -> None:
        """In the evening before periods end somebody «calls» all of them."""
        for _ in range(max(1, self.cheats // 2)):
            agent = self.dice.choice([a for a in self.staff if a not in self.template])
            ends = self.moment(35, DAYS - 20).replace(hour=9)
            kept = []
            for _client in range(self.dice.randint(5, 12)):
                begun = ends - PERIOD + self.dice.randint(0, 36) * HOUR
                client = Client(self.key(), agent, begun, begun + PERIOD)
                self.receive(client.key, agent, begun)
                kept.append(client)
            text, style = self.dice.choice(COPIED), self.dice.random()
            # Most have no patience; some leave the time that a call would have taken.
            slow = self.dice.random() < 0.2
            # Late in the evening, before the first of them lapses.
            at = ends.replace(hour=8) - self.dice.randint(10, 90) * MINUTE
            for client in kept:
                at += self.dice.randint(20, 150) * timedelta(seconds=4 if slow else 1)
                said = text
                if style > 0.6:
                    said = text.replace("客戶", self.dice.choice(("客戶", "他", "王姐"))) + (
                        self.dice.choice(("", "。", "，看好三房", "，價格"))
                    )
                if style > 0.85:
                    said = "，".join(self.dice.choice(part) for part in WORDS)
                self.follow(client, at, at + 5 * timedelta(seconds=1), said, reached=True)
                client.until += PERIOD
            self.people += kept
            self.blame("follow_ups", agent, at.date())

    def cheat_with_late_entries(self) -> None:
        """A colleague writes a client down; somebody had «received him before», today."""
        for _ in range(self.cheats):
            client = self.newcomer()
            first = next(entry for entry in self.entries if entry.party == client.key)
            habit = self.dice.random()
            thief = self.another(client.agent)
            if habit < 0.8:
                prompt = [a for a in self.staff if a not in self.evening | {client.agent}]
                thief = self.dice.choice(prompt)
            recorded = first.recorded + self.dice.randint(4, 90) * MINUTE
            if self.dice.random() < 0.6:
                asked = first.recorded + (recorded - first.recorded) / 2
                self.told.append(Told(client.key, thief, asked, "enquiry", fact=self.key()))
            at = first.at - self.dice.randint(10, 100) * MINUTE
            entry = self.receive(
                client.key, thief, at, recorded=recorded, witnessed=self.dice.random() < 0.05
            )
            self.blame("late_entry", entry.fact)

    def grow(self) -> Simulated:
        """The whole office."""
        for _ in range(self.clients):
            self.newcomer()
        self.honest_relatives()
        if self.cheats:
            self.cheat_with_follow_ups()
        self.honest_follow_ups()
        self.honest_collisions()
        self.honest_enquiries()
        self.honest_sales()
        self.honest_units()
        if self.cheats:
            self.cheat_after_notice()
            self.cheat_by_another_name()
            self.cheat_with_units()
            self.cheat_with_late_entries()
        self.greet()
        handed_on = {(one.party, one.agent) for one in self.tenures}
        for one in self.people:
            if (one.key, one.agent) not in handed_on:
                self.tenures.append(Tenure(one.key, one.agent, one.begun, one.until))
        rows = Rows(
            asof=START + DAYS * DAY,
            entries=tuple(self.entries),
            told=tuple(self.told),
            tenures=tuple(self.tenures),
            ties=tuple(self.ties),
            sales=tuple(self.sales),
            stays=tuple(self.stays),
            renamings=tuple(self.renamings),
            greetings=tuple(self.greetings),
        )
        return Simulated(rows, self.truth)
