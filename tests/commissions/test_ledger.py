"""Money follows the decision: accrued, held, released, reversed, and never lost by a cent."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from commissions import schedule
from commissions.models import Entry, Line
from tests.factories import visit

from .conftest import collide, decide, sell

pytestmark = pytest.mark.django_db


def standing(lead_id):
    """What stands to each agent's credit: held, released."""
    lines = Line.objects.filter(deal__lead=lead_id)
    return {line.agent.name: (line.held_cents, line.released_cents) for line in lines}


def every_posting_balances():
    sums = Entry.objects.values("posting").annotate(cents=Sum("amount_cents"))
    return bool(sums) and all(row["cents"] == 0 for row in sums)


def lines_are_the_sums_of_entries():
    for line in Line.objects.all():
        entries = Entry.objects.filter(deal=line.deal, agent=line.agent)
        for account, cents in (("held", line.held_cents), ("released", line.released_cents)):
            total = entries.filter(account=account).aggregate(s=Sum("amount_cents"))["s"] or 0
            assert total == cents
    return True


def test_an_uncontested_deal_is_released_at_once(office):
    lead = visit(office.jia, office.now - timedelta(days=3), phone="138 0013 8000").lead_id
    sell(office, lead, office.jia)
    assert standing(lead) == {"王思齊": (0, 3_424_000)}
    assert every_posting_balances()


def test_held_while_a_case_is_open_then_released_by_the_ruling(office):
    lead = collide(office)
    sell(office, lead, office.jia)
    assert standing(lead) == {"王思齊": (3_424_000, 0)}
    decide(office, lead, office.jia)
    assert standing(lead) == {"王思齊": (0, 3_424_000)}
    kinds = list(
        Entry.objects.filter(agent=office.jia).order_by("pk").values_list("kind", flat=True)
    )
    assert sorted(kinds) == ["accrual", "release", "release"]
    assert every_posting_balances()
    assert lines_are_the_sums_of_entries()


def test_a_ruling_for_the_other_side_reverses(office):
    lead = collide(office)
    sell(office, lead, office.jia)
    decide(office, lead, office.yi)
    assert standing(lead) == {"王思齊": (0, 0), "簡詩涵": (0, 3_424_000)}
    line = Line.objects.get(agent=office.jia)
    assert (line.state, line.reversed_cents, line.share) == ("reversed", -3_424_000, 0)
    assert every_posting_balances()
    assert lines_are_the_sums_of_entries()


def test_there_and_back_again_nets_to_nothing(office):
    lead = collide(office)
    sell(office, lead, office.jia)
    decide(office, lead, office.jia)
    decide(office, lead, office.yi)
    decide(office, lead, office.jia)
    assert standing(lead) == {"王思齊": (0, 3_424_000), "簡詩涵": (0, 0)}
    company = Entry.objects.filter(account="company").aggregate(s=Sum("amount_cents"))["s"]
    assert company == -3_424_000
    assert every_posting_balances()
    assert lines_are_the_sums_of_entries()


def test_the_odd_cent_of_a_shared_credit(office):
    lead = collide(office)
    sell(office, lead, office.jia, price_cents=12_345_600)
    decide(office, lead, office.jia, shares={office.jia.pk: 33, office.yi.pk: 67})
    found = standing(lead)
    assert found == {"王思齊": (0, 32_592), "簡詩涵": (0, 66_173)}
    assert sum(released for _held, released in found.values()) == 98_765
    assert every_posting_balances()


@given(
    amount=st.integers(0, 10**12),
    shares=st.lists(st.integers(0, 100), min_size=1, max_size=5),
)
def test_shares_always_sum_to_the_amount(amount, shares):
    left = 100
    parts = {}
    for key, share in enumerate(shares):
        parts[key] = min(share, left)
        left -= parts[key]
    parts[len(parts)] = left
    split = schedule.split(amount, parts)
    assert sum(split.values()) == amount
    assert all(abs(split[key] - amount * parts[key] / 100) <= 1 for key in parts)


def test_a_closer_beside_the_owner_has_his_deal_held(office):
    lead = visit(office.jia, office.now - timedelta(days=3), phone="138 0013 8000").lead_id
    sell(office, lead, office.yi)
    assert standing(lead) == {"王思齊": (3_424_000, 0)}
    assert sell(office, lead, office.yi, unit="1 棟 0101", assisting=True)
