"""What becomes of a suspicion: dismissed with a reason or taken up; and who may see it at all."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from commissions.services import record_deal
from disputes import services
from disputes.detectors.rows import Clue, Finding
from disputes.models import Case, Party, Step, Suspicion, SuspicionEnd
from leads.models import Lead, Notification
from tests.disputes.conftest import browser_of, collide
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def story(office):
    """Jia's client, and another one of Yi's who signed."""
    client = visit(office.jia, office.now - 9 * DAY, phone="138 0013 8000", name="葉先生")
    front = visit(office.yi, office.now - 2 * DAY, phone="139 0000 1111", name="周雅婷")
    at = office.now - DAY
    deal = record_deal(
        lead_id=front.lead_id, agent=office.yi, unit="3 棟 1202", price_cents=428_000_000, at=at,
        by=office.yi, now=at, key=uuid4(),
    )  # fmt: skip
    office.client, office.front, office.deal = client, front, deal
    return office


def tied(office, number=1, **given):
    """A finding as the detector gives it."""
    front, client = office.front.lead_id, office.client.lead_id
    path = (
        Clue("sold", office.now - DAY, office.yi.pk, party=front, fact=office.deal.pk),
        Clue("tie", party=front, other_party=client, values={"kind": "payer_phone"}),
        Clue("held", office.now - 9 * DAY, office.jia.pk, party=client),
        Clue("bought_nothing", party=client),
    )
    made = {
        "detector": "tied_buyer", "key": (number,), "score": 80, "agent": office.yi.pk,
        "party": front, "facts": (office.deal.pk,), "path": path, "affected": (office.jia.pk,),
        "parties": (front, client),
    }  # fmt: skip
    return Finding(**(made | given))


def raised(office, *findings):
    found = findings or (tied(office),)
    services.raise_suspicions(project=office.project, findings=found, by=None, now=office.now)
    return Suspicion.objects.latest("pk")


def given(office, by=None, **more):
    return {"by": by or office.supervisor, "now": office.now, "key": uuid4(), **more}


class TestRaising:
    def test_the_same_matter_is_raised_once_however_it_ended(self, story):
        one = raised(story)
        finding = tied(story, score=90)
        again = {"project": story.project, "findings": [finding], "by": None, "now": story.now}
        assert services.raise_suspicions(**again) == 0
        services.dismiss_suspicion(suspicion_id=one.pk, reason="姊妹", **given(story))
        assert services.raise_suspicions(**again) == 0
        assert Suspicion.objects.get().score == 80

    def test_the_same_matter_of_another_project_is_another(self, story):
        raised(story)
        elsewhere = ProjectFactory()
        other = tied(story, party=None, parties=())
        now = story.now
        services.raise_suspicions(project=elsewhere, findings=[other], by=None, now=now)
        assert Suspicion.objects.count() == 2

    def test_nothing_is_held_and_nobody_hears_but_the_supervisor(self, story):
        before = Notification.objects.count()
        raised(story)
        assert Notification.objects.count() == before + 1
        assert Notification.objects.latest("pk").staff == story.supervisor
        assert not Case.objects.exists()
        assert not Lead.objects.filter(contested=True).exists()

    def test_the_database_refuses_to_change_it(self, story):
        one = raised(story)
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
            Suspicion.objects.filter(pk=one.pk).update(score=1)


class TestDismissing:
    def test_with_a_reason_and_to_nobodys_knowledge(self, story):
        one, before = raised(story), Notification.objects.count()
        services.dismiss_suspicion(suspicion_id=one.pk, reason="兩姊妹各買各的", **given(story))
        end = SuspicionEnd.objects.get()
        assert (end.what, end.reason, end.by) == ("dismissed", "兩姊妹各買各的", story.supervisor)
        assert Notification.objects.count() == before

    def test_without_a_reason(self, story):
        with pytest.raises(services.NoReason):
            services.dismiss_suspicion(suspicion_id=raised(story).pk, reason="  ", **given(story))

    def test_twice_by_one_form_and_by_two_people(self, story):
        one, form = raised(story), given(story)
        first = services.dismiss_suspicion(suspicion_id=one.pk, reason="姊妹", **form)
        assert services.dismiss_suspicion(suspicion_id=one.pk, reason="姊妹", **form) == first
        with pytest.raises(services.AlreadyEnded):
            services.dismiss_suspicion(
                suspicion_id=one.pk, reason="姊妹", **given(story, by=story.manager)
            )

    def test_nobody_decides_about_his_own_conduct(self, story):
        one = raised(story, tied(story, concerns=(story.supervisor.pk,)))
        with pytest.raises(services.Concerned):
            services.dismiss_suspicion(suspicion_id=one.pk, reason="姊妹", **given(story))


class TestTakingUp:
    def take_up(self, office, one, **more):
        form = given(office) | {"lead_id": office.front.lead_id, "reason": "查付款人"} | more
        return services.take_up_suspicion(suspicion_id=one.pk, **form)

    def test_a_case_with_its_facts_and_both_agents_told(self, story):
        one = raised(story)
        case = self.take_up(story, one)
        assert (case.kind, case.origin, case.clause) == ("name_swap", "detector", "sales/7")
        assert case.facts == [story.deal.pk]
        case.refresh_from_db()
        assert case.stage == "answers"
        assert case.holds
        told = Party.objects.filter(case=case, notified_at__isnull=False)
        assert set(told.values_list("staff", flat=True)) == {story.jia.pk, story.yi.pk}
        assert [step.kind for step in case.steps.order_by("pk")][:2] == ["opened", "take_up"]
        assert SuspicionEnd.objects.get().case == case

    def test_twice_by_one_form_is_one_case(self, story):
        one, key = raised(story), uuid4()
        assert self.take_up(story, one, key=key) == self.take_up(story, one, key=key)
        assert Case.objects.count() == 1

    def test_a_second_one_joins_the_case_that_is_open(self, story):
        first = self.take_up(story, raised(story))
        second = raised(story, tied(story, 2, facts=(story.front.pk,), affected=(story.bing.pk,)))
        case = self.take_up(story, second, reason="還有一層關係")
        assert case == first
        case.refresh_from_db()
        assert set(case.facts) == {story.deal.pk, story.front.pk}
        assert case.parties.filter(staff=story.bing, notified_at__isnull=False).exists()
        assert case.steps.filter(kind=Step.Kind.TAKEN_UP).count() == 2

    def test_it_joins_a_collision_of_the_rules(self, office):
        lead = collide(office)
        case = Case.objects.get(lead=lead)
        late = Finding(
            "late_entry", (1,), 75, office.yi.pk, lead, facts=(), path=(), parties=(lead,),
            affected=(office.jia.pk,),
        )  # fmt: skip
        one = raised(office, late)
        taken = services.take_up_suspicion(
            suspicion_id=one.pk, lead_id=lead, reason="登記時間要查", **given(office)
        )
        assert taken == case

    def test_not_on_a_client_of_whom_it_says_nothing(self, story):
        other = visit(story.jia, story.now, phone="139 0000 2222").lead_id
        with pytest.raises(services.NothingThere):
            self.take_up(story, raised(story), lead_id=other)
        assert not SuspicionEnd.objects.exists()

    def test_a_decider_who_has_a_stake_in_the_client(self, story):
        one = raised(story, tied(story, affected=(story.supervisor.pk,)))
        with pytest.raises(services.PartyToTheCase):
            self.take_up(story, one)
        assert not Case.objects.exists(), "all of it was undone"
        assert self.take_up(story, one, by=story.manager)


class TestThePages:
    def test_the_list_says_what_was_seen(self, story):
        one = raised(story)
        page = browser_of(story.supervisor).get(reverse("suspicions")).content.decode()
        for word in (str(one), "買方與他人客戶有關", "周雅婷", "葉先生", "付款人的電話是另一方的"):
            assert word in page
        assert "13800138000" not in page

    def test_the_page_shows_the_path_and_masked_numbers(self, story):
        one = raised(story)
        page = browser_of(story.supervisor).get(reverse("suspicion", args=[one.pk]))
        text = page.content.decode()
        assert "葉先生 自己什麼也沒買" in text
        assert "138****8000" in text
        assert "8001 3800" not in text
        assert "這是疑點，不是指控" in text
        assert "真正的親屬" in text

    def test_narrowed_by_detector_and_state(self, story):
        one = raised(story)
        browser, url = browser_of(story.supervisor), reverse("suspicions")
        shown = {
            query: [row.suspicion for row in browser.get(f"{url}?{query}").context["rows"]]
            for query in ("", "detector=tied_buyer", "detector=units", "state=dismissed")
        }
        assert shown == {
            "": [one], "detector=tied_buyer": [one], "detector=units": [], "state=dismissed": [],
        }  # fmt: skip
        services.dismiss_suspicion(suspicion_id=one.pk, reason="姊妹", **given(story))
        assert not browser.get(url).context["rows"]
        assert browser.get(f"{url}?state=dismissed").context["rows"]

    def test_dismissed_by_the_form(self, story):
        one, browser = raised(story), browser_of(story.supervisor)
        url, key = reverse("suspicion", args=[one.pk]), uuid4()
        kept = browser.post(url, {"do": "dismiss", "reason": "", "key": key, "lead": ""})
        assert kept.status_code == 422
        assert "寫下理由" in kept.content.decode()
        form = {"do": "dismiss", "reason": "兩姊妹", "key": key, "lead": ""}
        for _ in range(2):
            assert browser.post(url, form).status_code == 302
        assert SuspicionEnd.objects.count() == 1
        assert "兩姊妹" in browser.get(url).content.decode()

    def test_taken_up_by_the_form(self, story):
        one, browser = raised(story), browser_of(story.supervisor)
        url = reverse("suspicion", args=[one.pk])
        form = {"do": "take_up", "reason": "查付款人", "key": uuid4(), "lead": story.front.lead_id}
        answer = browser.post(url, form)
        case = Case.objects.get()
        assert answer.headers["Location"] == reverse("case", args=[case.pk])
        assert str(case) in browser.get(url).content.decode()

    def test_a_form_that_came_too_late_keeps_what_was_typed(self, story):
        one, browser = raised(story), browser_of(story.supervisor)
        services.dismiss_suspicion(
            suspicion_id=one.pk, reason="姊妹", **given(story, by=story.manager)
        )
        form = {"do": "take_up", "reason": "查付款人", "key": uuid4(), "lead": story.front.lead_id}
        answer = browser.post(reverse("suspicion", args=[one.pk]), form)
        assert answer.status_code == 422
        assert "已經有人處理了" in answer.content.decode()
        assert "查付款人" in answer.content.decode()

    def test_whom_it_concerns_does_not_see_it(self, story):
        one = raised(story, tied(story, concerns=(story.manager.pk,)))
        url = reverse("suspicion", args=[one.pk])
        assert browser_of(story.manager).get(url).status_code == 404
        assert str(one) not in browser_of(story.manager).get(reverse("suspicions")).content.decode()
        assert browser_of(story.supervisor).get(url).status_code == 200

    def test_agents_and_other_projects(self, story):
        url = reverse("suspicion", args=[raised(story).pk])
        assert browser_of(story.yi).get(url).status_code == 403
        elsewhere = StaffFactory(project=ProjectFactory(), role="supervisor")
        assert browser_of(elsewhere).get(url).status_code == 404

    def test_the_number_of_queries_does_not_grow(self, story, django_assert_max_num_queries):
        one, browser = raised(story), browser_of(story.supervisor)
        addresses = (reverse("suspicions"), reverse("suspicion", args=[one.pk]))
        for url in addresses:
            browser.get(url)
            with django_assert_max_num_queries(12):
                browser.get(url)
        raised(story, *(tied(story, number) for number in range(2, 40)))
        for url in addresses:
            with django_assert_max_num_queries(12):
                browser.get(url)
