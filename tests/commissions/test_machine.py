"""A random office of deals on the real database: whatever happens, no cent is lost or changed."""

import contextlib
import json
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from commissions import ledger, recompute, services
from commissions.exports.rows import Sums, rows
from commissions.models import Deal, Entry, Line, Period
from commissions.queries import months, report
from leads.models import Role
from tests.factories import ProjectFactory, StaffFactory, visit

from .conftest import decide as give
from .conftest import in_balance, plan

WAN = 1_000_000
DAYS = st.integers(0, 9)
TERMS = {
    "milestones": [
        {"at": "subscription", "percent": 10},
        {"at": "contract", "percent": 40},
        {"at": "payment", "percent": 50, "paid": "pro_rata"},
    ],
    "holdback": "7",
    "helper": "3",
    "tiers": {"by": "count", "of": "agent", "mode": "whole", "steps": [["2", "1.3"]]},
}


class Office(RuleBasedStateMachine):
    """Sell, do something about a deal, rule, take away, close a month; time goes on."""

    @initialize(preset=st.sampled_from(["sales", "house"]))
    def open(self, preset):
        project = ProjectFactory(preset=preset)
        self.office = SimpleNamespace(
            project=project,
            now=timezone.now() - timedelta(days=200),
            agents=[StaffFactory(project=project) for _ in range(3)],
            supervisor=StaffFactory(project=project, role=Role.SUPERVISOR),
            manager=StaffFactory(project=project, role=Role.MANAGER),
            general=StaffFactory(project=project, role=Role.GENERAL_MANAGER),
        )
        plan(project, **TERMS)
        self.leads, self.deals, self.closed = [], [], {}
        # Without deals nothing happens: three clients, one of them fought over, have bought.
        for number in range(3):
            self.receive(days=1, agent=number, again=False)
        self.receive(days=1, agent=0, again=True)
        for number in range(3):
            self.sell(days=1, lead=number, agent=number, cents=333_333_333, helped=number == 1)

    def later(self, days):
        self.office.now += timedelta(days=days, minutes=1)
        return self.office.now

    @rule(days=DAYS, agent=st.integers(0, 2), again=st.booleans())
    def receive(self, days, agent, again):
        """A client comes for the first time, or to a colleague as well."""
        now = self.later(days)
        number = len(self.leads) - 1 if again and self.leads else len(self.leads)
        event = visit(self.office.agents[agent], now, phone=f"138 0013 {number + 7000}")
        if event.lead_id not in self.leads:
            self.leads.append(event.lead_id)

    @rule(
        days=DAYS,
        lead=st.integers(0, 99),
        agent=st.integers(0, 2),
        cents=st.integers(10_001, 900 * WAN),
        helped=st.booleans(),
    )
    def sell(self, days, lead, agent, cents, helped):
        now = self.later(days)
        event = services.record_deal(
            lead_id=self.leads[lead % len(self.leads)],
            agent=self.office.agents[agent],
            unit=str(len(self.deals)),
            price_cents=cents,
            at=now,
            by=self.office.supervisor,
            now=now,
            key=uuid4(),
            helper=self.office.agents[0] if helped else None,
        )
        self.deals.append(event.deal.pk)

    @rule(
        days=DAYS,
        deal=st.integers(0, 99),
        kind=st.sampled_from(
            ["contract", "payment", "payment", "refund", "handover", "unit", "cancel"]
        ),
        part=st.integers(1, 100),
    )
    def go_on(self, days, deal, kind, part):
        now, deal = self.later(days), Deal.objects.get(pk=self.deals[deal % len(self.deals)])
        given = {"unit": f"u{uuid4().hex[:8]}", "price_cents": deal.price_cents + part}
        with contextlib.suppress(services.NotInThisOrder, services.DealClosed):
            services.record_step(
                deal_id=deal.pk,
                kind=kind,
                at=now,
                by=self.office.supervisor,
                now=now,
                key=uuid4(),
                amount_cents=max(deal.price_cents * part // 100, 1),
                **(given if kind == "unit" else {}),
            )

    @rule(days=DAYS, lead=st.integers(0, 99), owner=st.integers(0, 2), share=st.integers(0, 100))
    def decide(self, days, lead, owner, share):
        """A ruling, wholly or by shares."""
        now = self.later(days)
        one, two = self.office.agents[owner], self.office.agents[(owner + 1) % 3]
        shares = {one.pk: share, two.pk: 100 - share} if 0 < share < 100 else None
        give(self.office, self.leads[lead % len(self.leads)], one, shares=shares, now=now)

    @rule(days=DAYS, deal=st.integers(0, 99), helped=st.booleans(), family=st.booleans())
    def rename(self, days, deal, helped, family):
        """A deal goes on in another name: somebody new, or a client who is known."""
        now, deal = self.later(days), Deal.objects.get(pk=self.deals[deal % len(self.deals)])
        phone = f"+861380013{7000 + len(self.leads) // 2}" if helped else ""
        with contextlib.suppress(services.DealClosed):
            services.record_step(
                deal_id=deal.pk, kind="name", at=now, buyer="陳某", phone=phone, family=family,
                note="換名", by=self.office.supervisor, now=now, key=uuid4(),
            )  # fmt: skip

    @rule(deal=st.integers(0, 99), cents=st.integers(-9_999, 9_999).filter(bool))
    def correct(self, deal, cents):
        """A person corrects what somebody has."""
        deal = Deal.objects.get(pk=self.deals[deal % len(self.deals)])
        line = Line.objects.filter(deal=deal, role="agent").select_related("agent").first()
        if line is None:
            return
        with contextlib.suppress(services.NothingToAdjust):
            services.adjust(
                deal_id=deal.pk, kind="correction", agent=line.agent, cents=cents, reason="尾差",
                by=self.office.manager, now=self.later(0), key=uuid4(),
            )  # fmt: skip

    @rule(deal=st.integers(0, 99), percent=st.integers(1, 100), kept=st.booleans())
    def forfeit(self, deal, percent, kept):
        deal = Deal.objects.get(pk=self.deals[deal % len(self.deals)])
        line = Line.objects.filter(deal=deal).select_related("agent").first()
        with contextlib.suppress(services.NothingToAdjust):
            services.adjust(
                deal_id=deal.pk,
                kind="forfeiture",
                agent=line.agent if line else self.office.agents[0],
                to=self.office.agents[0] if kept else None,
                percent=percent,
                reason="沒收",
                by=self.office.manager,
                now=self.later(0),
                key=uuid4(),
            )

    @rule(days=st.integers(10, 45))
    def close(self, days):
        """Close the first month that is open and over."""
        now = self.later(days)
        period = Period.objects.filter(project=self.office.project, state="open").order_by("month")
        first = period.first()
        if first is None or months.bounds(first.month, self.office.project.zone)[1] > now:
            return
        for staff in (self.office.manager, self.office.general):
            signed = {"project": self.office.project, "month": first.month, "checked": {}}
            services.sign_period(by=staff, now=now, **signed)
        first.refresh_from_db()
        self.closed[first.pk] = first.digest

    @invariant()
    def every_deal_sums_to_its_commission(self):
        if not hasattr(self, "office"):
            return
        assert in_balance(self.office.project)

    @invariant()
    def what_waits_or_is_held_is_nobodys_debt(self):
        if not hasattr(self, "office"):
            return
        below = Q(pending_cents__lt=0) | Q(held_cents__lt=0)
        assert not Line.objects.filter(below, project=self.office.project).exists()

    @invariant()
    def closed_months_stay(self):
        for key, digest in getattr(self, "closed", {}).items():
            period = Period.objects.select_related("project").get(pk=key)
            assert (period.digest, ledger.digest(period)) == (digest, digest)

    @invariant()
    def only_a_closing_pays(self):
        if not hasattr(self, "office"):
            return
        paid = Entry.objects.filter(project=self.office.project, kind="payout")
        for row in paid.select_related("period"):
            assert row.period.state == "closed"

    @invariant()
    def every_line_can_be_reckoned_from_what_a_workbook_says(self):
        """By the script that knows neither the ledger nor the database."""
        if not hasattr(self, "office"):
            return
        plans = {one.pk: one.schedule() for one in self.office.project.plans.all()}
        lines = report.with_reasons(Line.objects.filter(project=self.office.project))
        for row in rows(lines, Sums(), lambda _done: True):
            found = recompute.reckon(plans[row.plan], json.loads(row.terms), row.paid)
            again = (found.pending, found.held, found.released + found.paid)
            assert again == (row.pending, row.held, row.released)


class TestOffice(TestCase, Office.TestCase):
    """The random offices stand side by side in one transaction, undone at the end."""

    settings = settings(
        max_examples=12,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


TestOffice.pytestmark = [pytest.mark.django_db]
