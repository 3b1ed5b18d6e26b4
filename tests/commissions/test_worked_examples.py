"""Plays the examples of worked_examples.yaml through the doors, to the cent."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from django.db.models import Sum

from commissions.models import Deal, Entry, Line
from commissions.queries import months
from commissions.services import adjust, record_deal

from .conftest import close, collide, decide, in_balance, own, plan, step

pytestmark = pytest.mark.django_db
EXAMPLES = yaml.safe_load(Path(__file__).with_name("worked_examples.yaml").read_text("utf-8"))


def cents(written):
    """An amount as the examples write it, in cents."""
    whole, _dot, rest = str(written).replace(",", "").partition(".")
    sign = -1 if whole.startswith("-") else 1
    return int(whole) * 100 + sign * int(rest.ljust(2, "0") or 0)


class Play:
    """One example in an office of its own; time goes on a minute with each step."""

    def __init__(self, office, example):
        self.office = office
        # In the middle of a month, so that no step strays into the next.
        month = months.later(months.month_of(office.now, office.project.zone), -4)
        first, _end = months.bounds(month, office.project.zone)
        office.now = first + timedelta(days=14)
        self.people = {"A": office.jia, "B": office.yi, "C": office.bing}
        plan(office.project, **example.get("plan", {"base": {"percent": "1"}}))
        fought = example.get("client") == "fought"
        self.lead = collide(office) if fought else own(office, office.jia)
        self.deals = []

    def later(self):
        self.office.now += timedelta(minutes=1)
        return self.office.now

    def do(self, name, given):
        if name in ("contract", "handover", "cancel"):
            step(self.office, self.deals[0], name, at=self.later(), note="退")
        elif name in ("payment", "refund"):
            amount = cents(given)
            step(self.office, self.deals[0], name, at=self.later(), amount_cents=amount)
        else:
            getattr(self, name)(given)

    def sell(self, given):
        now = self.later()
        price = cents(given["price"]) if "price" in given else 0
        event = record_deal(
            lead_id=self.lead, agent=self.people[given["agent"]], unit=f"u{len(self.deals)}",
            price_cents=price, rent_cents=cents(given.get("rent", 0)),
            term_months=given.get("term", 0), helper=self.people.get(given.get("helper")),
            at=now, by=self.office.supervisor, now=now, key=uuid4(),
        )  # fmt: skip
        self.deals.append(event.deal)

    def move(self, price):
        given = {"unit": uuid4().hex[:8], "price_cents": cents(price)}
        step(self.office, self.deals[0], "unit", at=self.later(), **given)

    def rule(self, shares):
        owner = self.people[max(shares, key=shares.get)]
        parts = {self.people[who].pk: share for who, share in shares.items()}
        decide(self.office, self.lead, owner, shares=parts, now=self.later())

    def forfeit(self, given):
        adjust(
            deal_id=self.deals[0].pk, kind="forfeiture", agent=self.people[given["agent"]],
            to=self.people[given["to"]], percent=given["percent"], reason="裁定",
            by=self.office.manager, now=self.later(), key=uuid4(),
        )  # fmt: skip

    def close(self, _given):
        close(self.office)
        month = months.month_of(self.office.now, self.office.project.zone)
        first, _end = months.bounds(months.later(month, 1), self.office.project.zone)
        self.office.now = first + timedelta(days=14)

    def expect(self, wanted):
        for place, written in wanted.items():
            number, _colon, who = place.rpartition(":")
            name, _slash, role = who.partition("/")
            line = Line.objects.get(
                deal=self.deals[int(number or 1) - 1],
                agent=self.people[name],
                role=role or "agent",
            )
            free = line.released_cents - line.paid_cents
            found = (line.pending_cents, line.held_cents, free, line.paid_cents)
            assert (*found, line.reversed_cents) == tuple(map(cents, written.split())), place


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["example"] for one in EXAMPLES])
def test_worked_example(office, example):
    play = Play(office, example)
    for one in example["steps"]:
        ((name, given),) = one.items()
        play.do(name, given)
        assert in_balance(office.project)
    # What the company was charged is what everybody has, and nothing beside.
    company = Entry.objects.filter(account="company").aggregate(s=Sum("amount_cents"))["s"]
    assert -(company or 0) == sum(Deal.objects.values_list("commission_cents", flat=True))


def test_every_example_says_how_it_was_worked_out():
    numbers = [int(one["example"].split(",")[0]) for one in EXAMPLES]
    assert numbers == list(range(41, 41 + len(EXAMPLES)))
    assert all(one["hand"].strip() for one in EXAMPLES)
