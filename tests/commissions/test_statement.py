"""The statement on paper, and what an agent says against one of its lines."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from commissions.models import Line
from commissions.queries import months
from disputes.models import Case
from leads.models import Notification

from .conftest import browser_of, close, own, sell, stands, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(office):
    return sell(office, own(office, office.jia), office.jia)


def line_of(deal):
    return Line.objects.get(deal=deal)


class TestObjecting:
    GIVEN = {"about": "amount", "text": "費率應該是 1%"}

    def object_to(self, staff, line, **given):
        url = reverse("statement_object", args=[line.pk])
        return browser_of(staff).post(url, {**self.GIVEN, "key": uuid4(), **given})

    def test_it_becomes_a_case_and_what_is_not_paid_waits(self, office, deal):
        line = line_of(deal)
        assert stands(deal, office.jia)[:3] == (0, 0, 3_424_000)
        answer = self.object_to(office.jia, line)
        case = Case.objects.get()
        assert answer.url == reverse("my_case", args=[case.pk])
        assert (case.kind, case.origin, case.facts) == ("objection", "agent", [deal.event_id])
        assert case.clause in line.clauses
        said = case.steps.get(kind="opened").text
        assert said == f"{deal} {deal.unit}｜金額或費率：費率應該是 1%"
        assert stands(deal, office.jia)[:3] == (0, 3_424_000, 0)
        assert Notification.objects.filter(staff=office.supervisor).exists()
        opened = f"{reverse('statement')}?month={line.month}&open={line.pk}"
        assert str(case) in browser_of(office.jia).get(opened).content.decode()

    def test_the_same_form_twice_is_one_case(self, office, deal):
        key = uuid4()
        for _ in range(2):
            assert self.object_to(office.jia, line_of(deal), key=key).status_code == 302
        assert Case.objects.count() == 1

    def test_a_second_objection_belongs_into_the_first(self, office, deal):
        self.object_to(office.jia, line_of(deal))
        answer = self.object_to(office.jia, line_of(deal), text="還有一件")
        assert answer.status_code == 422
        assert "還有一件" in answer.content.decode()
        assert "同類的案件在審" in answer.content.decode()

    def test_without_a_reason_nothing_happens(self, office, deal):
        answer = self.object_to(office.jia, line_of(deal), text=" ")
        assert answer.status_code == 422
        assert "寫下理由" in answer.content.decode()
        assert not Case.objects.exists()

    def test_anothers_line_does_not_exist(self, office, deal):
        assert self.object_to(office.yi, line_of(deal)).status_code == 404
        url = reverse("statement_object", args=[10**9])
        assert browser_of(office.jia).get(url).status_code == 404
        assert not Case.objects.exists()

    def test_the_page(self, office, deal, django_assert_max_num_queries):
        browser, url = browser_of(office.jia), reverse("statement_object", args=[line_of(deal).pk])
        with django_assert_max_num_queries(12):
            text = browser.get(url).content.decode()
        assert "扣留到裁定" in text


class TestOnPaper:
    @pytest.fixture
    def closed(self, office):
        """A month that is closed, with a deal of it."""
        ago = office.now - timedelta(days=40)
        deal = sell(office, own(office, office.jia, days=42), office.jia, at=ago)
        step(office, deal, "contract", at=ago)
        return close(office, months.month_of(ago, office.project.zone), now=office.now)

    def test_it_bears_the_hash_of_the_closed_period_and_who_signed(
        self, office, closed, django_assert_max_num_queries
    ):
        url = f"{reverse('statement_print')}?month={closed.month}"
        browser = browser_of(office.jia)
        with django_assert_max_num_queries(12):
            text = browser.get(url).content.decode()
        for word in (
            closed.digest,
            "何啟明",
            "高遠",
            "¥34,240.00",
            "付佣",
            "簽約",
            office.jia.name,
        ):
            assert word in text

    def test_an_open_month_says_that_it_is_not_the_last_word(self, office, deal):
        text = browser_of(office.jia).get(reverse("statement_print")).content.decode()
        assert "不是最後的月結單" in text

    def test_whoever_pays_prints_anybodys_and_an_agent_only_his_own(self, office, closed):
        url = f"{reverse('statement_print')}?month={closed.month}&agent={office.jia.pk}"
        for staff in (office.manager, office.general, office.auditor):
            assert closed.digest in browser_of(staff).get(url).content.decode()
        assert browser_of(office.yi).get(url).context["agent"] == office.yi
        assert "¥34,240.00" not in browser_of(office.yi).get(url).content.decode()
        for wrong in ("", f"?agent={office.supervisor.pk}", "?agent=x"):
            answer = browser_of(office.manager).get(f"{reverse('statement_print')}{wrong}")
            assert answer.status_code == 404
        assert browser_of(office.supervisor).get(url).status_code == 403
