"""A second reading of what the analysis counts: the raw rows, one by one, in plain Python.

Each reader gives, by the names that stand first in a row, (people, cells); nothing is hidden here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from commissions.models import Deal
from leads.models import ContactEvent, Lead, Need, NeedStep, Offer, ProfileEntry, PurchasePlan
from leads.needs.models import Answer, Motive, OfferAnswer, Side

ZONE = ZoneInfo("Asia/Shanghai")
INBOUND = ("call", "visit", "brochure", "online", "report")
Row = tuple[int, list[Any]]
Table = dict[Any, Row]


def month(at: datetime | date) -> date:
    day = at.astimezone(ZONE).date() if isinstance(at, datetime) else at
    return day.replace(day=1)


def rounded(value: Any, places: str = "0.01") -> Decimal:
    return Decimal(value).quantize(Decimal(places), ROUND_HALF_UP)


def average(numbers: Iterable[int]) -> Decimal | None:
    found = list(numbers)
    return rounded(Decimal(sum(found)) / len(found)) if found else None


def percent(part: int, whole: int) -> Decimal:
    return rounded(Decimal(100) * part / whole, "0.1")


def nth(numbers: list[int], part: Decimal) -> int | None:
    """The smallest number that so many of them do not exceed."""
    found = sorted(numbers)
    return next((n for at, n in enumerate(found, 1) if Decimal(at) / len(found) >= part), None)


def root(lead: Lead) -> int:
    return lead.party_id or lead.pk


def person(need: Need) -> int:
    return -need.pk if need.lead is None else root(need.lead)


class Office:
    """All rows of one project, read once."""

    def __init__(self, project: Any, since: date, until: date, today: date) -> None:
        self.since, self.until, self.today = since, until, today
        self.leads = {lead.pk: lead for lead in Lead.objects.filter(project=project)}
        self.needs = list(Need.objects.filter(project=project).select_related("item", "lead"))
        self.steps = list(NeedStep.objects.select_related("need__item", "need__lead"))
        self.deals = [d for d in Deal.objects.filter(project=project) if d.cancelled_at is None]
        self.events = list(ContactEvent.objects.filter(project=project).order_by("at", "pk"))

    def within(self, at: datetime | date) -> bool:
        return self.since <= month(at) < self.until

    def gaps(self) -> Table:
        found = defaultdict(list)
        for need in self.needs:
            if self.within(need.at) and None not in (need.expected, need.floor, need.perceived):
                found[str(need.item)].append(need)
        table = {}
        for name, needs in found.items():
            felt = [n.perceived if n.after is None else n.after for n in needs]
            people = len({person(n) for n in needs})
            gap = average([n.expected - now for n, now in zip(needs, felt, strict=True)])
            below = sum(now < n.floor for n, now in zip(needs, felt, strict=True))
            table[name] = (
                people,
                [
                    str(Side(needs[0].item.side).label), len(needs), people, average(felt),
                    average(n.floor for n in needs), average(n.expected for n in needs), gap, below,
                ],
            )  # fmt: skip
        return table

    def pareto(self) -> Table:
        found = defaultdict(list)
        for need in self.needs:
            if self.within(need.at) and None not in (need.expected, need.floor, need.perceived):
                gap = need.expected - (need.perceived if need.after is None else need.after)
                if gap > 0:
                    found[str(need.item)].append((need, gap))
        return {
            name: (
                len({person(need) for need, _gap in many}),
                [len(many), len({person(n) for n, _gap in many}), sum(g for _n, g in many)],
            )
            for name, many in found.items()
        }

    def months(self) -> Table:
        """By (row, month): the people and their needs; the last month is None, all of them."""
        found = defaultdict(list)
        for need in self.needs:
            if self.within(need.at):
                side = str(Side(need.item.side).label)
                for name in (str(need.item), f"{side}合計", "合計"):
                    for when in (month(need.at), None):
                        found[name, when].append(need)
        return {
            key: (len({person(need) for need in many}), [len(many)]) for key, many in found.items()
        }

    def ratings(self) -> Table:
        found = defaultdict(list)
        for need in self.needs:
            known = None not in (need.expected, need.perceived)
            if self.within(need.at) and need.item.side == "service" and known:
                found[f"{month(need.at):%Y-%m}"].append(need)
        table = {}
        for name, needs in found.items():
            people = len({person(need) for need in needs})
            after = [need.after for need in needs if need.after is not None]
            table[name] = (
                people,
                [
                    len(needs), people, average(n.perceived for n in needs),
                    average(n.expected for n in needs), len(after), average(after),
                ],
            )  # fmt: skip
        return table

    def complaints(self) -> Table:
        found = defaultdict(list)
        for need in self.needs:
            if self.within(need.at) and need.source == "complaint":
                found[str(need.item)].append(need)
                found["合計"].append(need)
        table = {}
        for name, needs in found.items():
            days = [(n.done - n.at.astimezone(ZONE).date()).days for n in needs if n.done]
            waiting = [n for n in needs if n.done is None and n.state != "closed"]
            people = len({person(need) for need in needs})
            ends = [nth(days, Decimal("0.5")), nth(days, Decimal("0.9"))]
            table[name] = (people, [len(needs), people, len(days), len(waiting), *ends])
        return table

    def measures(self) -> Table:
        """By (measure, item); those of too few stand together for their item."""
        verified = defaultdict(list)
        for step in self.steps:
            if step.state == "verified" and self.within(step.at):
                verified[step.measure, str(step.need.item)].append(step)
        found = defaultdict(list)
        for (measure, item), steps in verified.items():
            many = len({person(step.need) for step in steps}) >= 5
            found[measure if many else "其他措施", item] += steps
        table = {}
        for key, steps in found.items():
            people = len({person(step.need) for step in steps})
            content = sum(step.confirmation in ("satisfied", "better") for step in steps)
            table[key] = (
                people,
                [
                    len(steps), people, average(s.perceived for s in steps),
                    average(s.after for s in steps), average(s.after - s.perceived for s in steps),
                    percent(content, len(steps)),
                ],
            )  # fmt: skip
        return table

    def funnel(self) -> list[int]:
        """How many reached each stage."""
        reached = [0] * 5
        for party in {root(lead) for lead in self.leads.values()}:
            events = [e for e in self.events if e.lead_id and root(self.leads[e.lead_id]) == party]
            came = [event.at for event in events if event.kind in INBOUND]
            if not came or not self.within(came[0]):
                continue
            first = came[0].astimezone(ZONE).date()
            deals = [deal for deal in self.deals if root(self.leads[deal.lead_id]) == party]
            again = any(e.kind == "visit" and e.at.astimezone(ZONE).date() > first for e in events)
            called = any(e.kind == "follow_up" and e.details["reached"] for e in events)
            stage = 1 if called else 0
            stage = 2 if again else stage
            stage = 3 if deals else stage
            stage = 4 if any(deal.contracted_at for deal in deals) else stage
            for at in range(stage + 1):
                reached[at] += 1
        return reached

    def motives(self) -> Table:
        """By (motive, source), and by (motive, None): how many clients."""
        last: dict[int, ProfileEntry] = {}
        for entry in ProfileEntry.objects.order_by("recorded_at", "pk"):
            if entry.lead_id in self.leads and self.within(entry.recorded_at):
                last[root(self.leads[entry.lead_id])] = entry
        said = {}
        for party, entry in last.items():
            if entry.motives:
                told = (e for e in self.events if e.lead_id == entry.lead_id)
                said[party] = next((e.details["source"] for e in told if "source" in e.details), "")
        sources = [source for source in said.values() if source]
        six = sorted(set(sources), key=lambda source: (-sources.count(source), source))[:6]
        found: dict[Any, int] = defaultdict(int)
        for party, source in said.items():
            column = source if source in six and sources.count(source) >= 5 else "其他與不明"
            for motive in last[party].motives:
                found[str(Motive(motive).label), column] += 1
                found[str(Motive(motive).label), "合計"] += 1
        return {key: (count, [count]) for key, count in found.items()}

    def plans(self) -> Table:
        """By (type, month), either of them None for all: cents, whole and weighted."""
        last: dict[int, PurchasePlan] = {}
        for plan in PurchasePlan.objects.order_by("number"):
            last[plan.lead_id] = plan
        found = defaultdict(list)
        for plan in last.values():
            bought = any(
                deal.lead_id == plan.lead_id and deal.subscribed_at >= plan.recorded_at
                for deal in self.deals
            )
            if plan.lead_id in self.leads and not plan.dropped and not bought:
                when = max(plan.month, self.today.replace(day=1))
                for kind in (plan.unit_type or "未說", None):
                    for at in (when, None):
                        found[kind, at].append(plan)
        return {
            key: (
                len(plans),
                [
                    len(plans),
                    sum(plan.amount for plan in plans),
                    int(rounded(Decimal(sum(p.amount * p.probability for p in plans)) / 100, "1")),
                ],
            )
            for key, plans in found.items()
        }

    def visits(self) -> Table:
        first: dict[int, datetime] = {}
        for deal in sorted(self.deals, key=lambda deal: deal.subscribed_at):
            first.setdefault(root(self.leads[deal.lead_id]), deal.subscribed_at)
        found = defaultdict(list)
        for party, at in first.items():
            if not self.within(at):
                continue
            events = [
                e for e in self.events
                if e.lead_id and root(self.leads[e.lead_id]) == party and e.at <= at
            ]  # fmt: skip
            came = next(e.at for e in events if e.kind in INBOUND)
            days = (at.astimezone(ZONE).date() - came.astimezone(ZONE).date()).days
            visits = sum(event.kind == "visit" for event in events)
            found["6 次以上" if visits >= 6 else f"{visits} 次"].append(days)
            found["合計"].append(days)
        whole = len(found["合計"])
        return {
            name: (
                len(days),
                [
                    len(days), percent(len(days), whole), nth(days, Decimal("0.5")),
                    nth(days, Decimal("0.9")),
                ],
            )
            for name, days in found.items()
        }  # fmt: skip

    def offers(self) -> Table:
        found = defaultdict(list)
        for offer in Offer.objects.select_related("lead"):
            if offer.lead_id in self.leads and self.within(offer.day):
                found[str(Offer.Kind(offer.kind).label)].append(offer)
                found["合計"].append(offer)
        last = {a.offer_id: a.answer for a in OfferAnswer.objects.order_by("pk")}
        table = {}
        for name, offers in found.items():
            answers = [last.get(offer.pk) for offer in offers]
            people = {root(offer.lead) for offer in offers}
            sold = {
                root(offer.lead) for offer in offers
                if any(
                    root(self.leads[deal.lead_id]) == root(offer.lead)
                    and deal.subscribed_at.astimezone(ZONE).date() >= offer.day
                    for deal in self.deals
                )
            }  # fmt: skip
            order = (
                *(Answer.ACCEPTED, Answer.CONSIDERING, Answer.COUNTERED, Answer.DECLINED, None),
            )
            table[name] = (
                len(people),
                [
                    len(offers), len(people), *(answers.count(answer) for answer in order),
                    len(sold), percent(len(sold), len(people)),
                ],
            )  # fmt: skip
        return table


READERS: dict[str, Callable[[Office], Any]] = {
    name: getattr(Office, name)
    for name in (
        *("gaps", "pareto", "months", "ratings", "complaints", "measures", "funnel", "motives"),
        *("plans", "visits", "offers"),
    )
}
