"""Precedents: how like two cases are, which are nearest, and a draft that departs from most."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from attribution.models import Answer
from disputes import services
from disputes.models import Case, Precedent, Step
from disputes.precedents import LIKE, WEIGHTS, Features, gap_of, habit, likeness
from disputes.queries import precedents
from disputes.queries.dossier import Dossier
from disputes.tasks import keep_precedents
from leads.models import ContactEvent, Kind, Role
from tests.factories import ProjectFactory, StaffFactory, visit

from .conftest import browser_of, collide, tell, the_case

ONE = Features(
    clauses=("leasing/2.1",),
    gap="days",
    knew="none",
    validity="living",
    deal="none",
    favours="first",
    late="none",
    relation="same",
    channels="visit-visit",
)
FEATURES = st.builds(
    Features,
    clauses=st.lists(st.sampled_from(["leasing/2.1", "sales/2", "sales/1"]), unique=True).map(
        lambda ids: tuple(sorted(ids))
    ),
    gap=st.sampled_from(["none", "same_day", "days", "week", "fortnight", "month", "longer"]),
    knew=st.sampled_from(["none", "told", "enquiry"]),
    validity=st.sampled_from(["living", "lapsed", "unlimited"]),
    deal=st.sampled_from(["none", "first", "later"]),
    favours=st.sampled_from(["first", "later", "nobody"]),
    late=st.sampled_from(["none", "first", "later"]),
    relation=st.sampled_from(["same", "family"]),
    channels=st.sampled_from(["visit-visit", "call-visit"]),
)


class TestLikeness:
    def test_the_weights_are_out_of_a_hundred(self):
        assert sum(WEIGHTS.values()) == 100
        assert set(WEIGHTS) == set(ONE.as_data())

    @given(FEATURES, FEATURES)
    def test_the_same_both_ways_and_whole_only_with_itself(self, one, two):
        assert likeness(one, two) == likeness(two, one)
        assert 0 <= likeness(one, two).score <= 100
        assert (likeness(one, two).score == 100) == (one == two)

    @given(FEATURES)
    def test_what_is_stored_comes_back(self, one):
        assert Features.from_data(one.as_data()) == one

    @pytest.mark.parametrize(
        ("days", "word"),
        [(None, "none"), (0, "same_day"), (1, "days"), (3, "days"), (4, "week"), (31, "month"),
         (32, "longer")],
    )  # fmt: skip
    def test_days_between_receptions_as_a_word(self, days, word):
        assert gap_of(days) == word

    def test_neighbouring_gaps_and_a_part_of_the_clauses_count_in_part(self):
        two = Features.from_data({**ONE.as_data(), "gap": "week"})
        assert likeness(ONE, two).score == 100 - WEIGHTS["gap"] // 2
        both = Features.from_data({**ONE.as_data(), "clauses": ["leasing/2.1", "sales/1"]})
        assert likeness(ONE, both).score == 100 - WEIGHTS["clauses"] // 2
        assert likeness(ONE, both).differing == ("clauses",)

    def test_whoever_knew_is_another_case(self):
        knew = Features.from_data({**ONE.as_data(), "knew": "told", "deal": "later"})
        assert likeness(ONE, knew).score < LIKE

    def test_a_habit_is_more_than_half_of_three_or_more(self):
        assert habit(["first"] * 5 + ["later"]).outcome == "first"
        assert habit(["first"] * 5 + ["later"]).count == 5
        assert habit(["first", "first"]).outcome == ""
        assert habit(["first", "first", "later", "later"]).outcome == ""
        assert habit([]).of == 0
        assert habit(["first"] * 3).departs("later")
        assert not habit(["first"] * 3).departs("first")
        assert not habit(["first"] * 3).departs("")


def decide(office, lead, owner, **given):
    case = the_case(lead)
    services.decide(
        case_id=case.pk, version=case.version, owner=owner, reason="先接待", by=office.supervisor,
        now=office.now, key=uuid4(), **given,
    )  # fmt: skip
    return case


def decided(office, count, owner=None):
    """So many collisions given to one agent, kept as precedents."""
    cases = [
        decide(office, collide(office, phone=f"138 0013 9{n:03}"), owner or office.jia)
        for n in range(count)
    ]
    keep_precedents()
    return cases


def sheet(office, case, **given):
    url = reverse("case_rule", args=[case.pk])
    fields = {"outcome": "give", "reason": "後者先聯絡", "key": uuid4(), "version": case.version}
    return browser_of(office.supervisor).post(url, fields | given)


@pytest.mark.django_db
class TestKeeping:
    def test_what_is_decided_is_kept_once_by_its_facts(self, office):
        case = decide(office, collide(office), office.jia)
        assert keep_precedents() == 1
        assert keep_precedents() == 0
        kept = Precedent.objects.get()
        assert (kept.case, kept.outcome, kept.days) == (case, "first", 2)
        features = Features.from_data(kept.features)
        assert features.knew == "none"
        assert features.validity == "living"
        assert features.gap == "days"
        assert features.channels == "visit-visit"
        assert features.favours == "first"
        assert "王思齊" not in str(kept.features)

    def test_to_the_later_one_shared_and_to_a_third(self, office):
        later = decide(office, collide(office), office.yi)
        shares = {office.jia.pk: 60, office.yi.pk: 40}
        shared = decide(office, collide(office, phone="138 0013 8001"), office.jia, shares=shares)
        third = decide(office, collide(office, phone="138 0013 8002"), office.bing)
        keep_precedents()
        found = dict(Precedent.objects.values_list("case", "outcome"))
        assert found == {later.pk: "later", shared.pk: "shared", third.pk: "other"}

    def test_open_settled_and_moot_cases_are_none(self, office):
        collide(office)
        case = the_case(collide(office, phone="138 0013 8001"))
        Case.objects.filter(pk=case.pk).update(state="moot", closed_at=office.now)
        assert keep_precedents() == 0
        assert services.keep_precedent(case_id=case.pk, by=None, now=office.now) is None

    def test_how_the_later_one_knew(self, office):
        """Told by a colleague, or by his own enquiry, before he acted."""
        lead = visit(office.jia, office.now - timedelta(days=6), phone="138 0013 8000").lead_id
        notice = tell(lead, office.yi, office.now - timedelta(days=5))
        services.open_by_hand(
            lead_id=lead, kind="other", clause="leasing/2.4", text="…", facts=[], about=office.yi,
            by=office.supervisor, now=office.now, key=uuid4(),
        )  # fmt: skip
        visit(office.yi, office.now, phone="138 0013 8000")

        def knew():
            case = precedents_ready(lead)
            return precedents.features_of(Dossier(case, now=office.now))[0].knew

        assert knew() == "told"
        Answer.objects.create(
            project=office.project, agent=office.yi, day=office.now.date(), at=notice.at,
            by="phone", digest="x", lead_id=lead, state="protected", notice=notice.key, key=uuid4(),
        )  # fmt: skip
        assert knew() == "enquiry"

    def test_an_office_with_a_past_catches_up_by_the_command(self, office):
        decide(office, collide(office), office.jia)
        other = ProjectFactory()
        said = StringIO()
        call_command("keep_precedents", project=other.pk, stdout=said)
        assert Precedent.objects.count() == 0
        call_command("keep_precedents", stdout=said)
        assert "1 precedents kept" in said.getvalue()

    def test_drawn_anew_where_the_way_of_drawing_changed(self, office):
        decided(office, 1)
        Precedent.objects.update(making=0, features={})
        assert keep_precedents() == 1
        assert Precedent.objects.get().features["gap"] == "days"


def precedents_ready(lead):
    return Case.objects.select_related("project", "lead", "decision", "opened_by").get(
        lead=lead, state="open"
    )


@pytest.mark.django_db
class TestThePanel:
    def panel(self, office, case, by=None, **headers):
        browser = browser_of(by or office.supervisor)
        return browser.get(reverse("case_precedents", args=[case.pk]), headers=headers)

    def test_the_counts_and_what_each_shares_in_words(self, office):
        cases = decided(office, 3)
        page = self.panel(office, the_case(collide(office))).content.decode()
        assert "3 件類似案件裡，<b>3 件歸先接待者</b>" in page
        assert str(cases[0]) in page
        assert "隔 2 天第二次接待" in page
        assert "後接待者不知情" in page
        assert "相同 100%" in page

    def test_a_fragment_on_the_case_page_without_anybodys_name(self, office):
        decided(office, 1)
        case = the_case(collide(office))
        fragment = self.panel(office, case, **{"HX-Request": "true"}).content.decode()
        assert "<html" not in fragment
        for name in ("王思齊", "簡詩涵", "許文馨", "葉先生"):
            assert name not in fragment
        address = reverse("case_precedents", args=[case.pk])
        page = browser_of(office.supervisor).get(reverse("case", args=[case.pk])).content.decode()
        assert f'hx-get="{address}"' in page

    def test_another_projects_cases_only_for_who_works_there(self, office):
        other = ProjectFactory(name="海棠灣", preset__settings={"collision_by": "supervisor"})
        one, two = StaffFactory(project=other), StaffFactory(project=other)
        boss = StaffFactory(project=other, role=Role.SUPERVISOR)
        lead = visit(one, office.now - timedelta(days=5), phone="138 0013 7000").lead_id
        visit(two, office.now - timedelta(days=3), phone="138 0013 7000")
        elsewhere = the_case(lead)
        services.decide(
            case_id=elsewhere.pk, version=elsewhere.version, owner=one, reason="…", by=boss,
            now=office.now, key=uuid4(),
        )  # fmt: skip
        keep_precedents()
        case = the_case(collide(office))
        assert "海棠灣" not in self.panel(office, case).content.decode()
        assert "還沒有同類的已裁定案件" in self.panel(office, case).content.decode()
        other.assignments.create(staff=office.supervisor)
        assert "海棠灣" in self.panel(office, case).content.decode()

    def test_what_an_appeal_overruled_does_not_count_and_an_open_appeal_is_marked(self, office):
        first, second, third, fourth = decided(office, 4)
        upheld = Case.objects.filter(pk=first.pk).get()
        for old, state in ((first, "ruled"), (second, "open"), (third, "dismissed")):
            Case.objects.create(
                project=office.project, lead=old.lead, kind="collision", origin="appeal",
                state=state, decided_by="supervisor", decision=upheld.decision, supersedes=old,
                opened_at=office.now, due_at=office.now,
                closed_at=None if state == "open" else office.now,
            )  # fmt: skip
        page = self.panel(office, the_case(collide(office))).content.decode()
        numbers = {case: f"/cases/{case.pk}/" in page for case in (first, second, third, fourth)}
        assert numbers == {first: False, second: True, third: True, fourth: True}
        assert "上訴中，不計入" in page
        assert "3 件類似案件裡" not in page

    def test_a_closed_case_is_held_against_those_before_it_alone(self, office):
        early = decided(office, 1)[0]
        office.now += timedelta(seconds=5)
        late = decide(office, collide(office, phone="138 0013 8555"), office.jia)
        keep_precedents()
        assert f"/cases/{late.pk}/" not in self.panel(office, early).content.decode()
        assert f"/cases/{early.pk}/" in self.panel(office, late).content.decode()

    def test_few_queries_however_many_there_are(self, office, django_assert_max_num_queries):
        case = the_case(collide(office))
        browser, address = browser_of(office.supervisor), reverse("case_precedents", args=[case.pk])
        browser.get(address)
        decided(office, 2)
        with django_assert_max_num_queries(12) as few:
            browser.get(address)
        rows = [
            Precedent(
                case=decide(office, collide(office, phone=f"138 0013 6{n:03}"), office.yi),
                project=office.project, kind="collision", outcome="later", decided_at=office.now,
                features=ONE.as_data() | {"channels": f"visit-{n}"}, days=n, making=1,
            )
            for n in range(8)
        ]  # fmt: skip
        Precedent.objects.bulk_create(rows)
        with django_assert_max_num_queries(12) as many:
            browser.get(address)
        assert len(few) == len(many)


@pytest.mark.django_db
class TestADraftThatDeparts:
    def test_asks_for_a_reason_once_and_keeps_it_with_the_ruling(self, office):
        cases = decided(office, 3)
        case = the_case(collide(office))
        answer = sheet(office, case, owner=office.yi.pk)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "3 件類似案件裡有 3 件歸先接待者" in page
        assert "後者先聯絡" in page
        assert f'<option value="{office.yi.pk}" selected' in page
        assert not ContactEvent.objects.filter(kind=Kind.RULING, lead=case.lead).exists()
        answer = sheet(office, case, owner=office.yi.pk, departing="先接待者三個月沒有聯絡")
        assert answer.status_code == 302
        kept = Step.objects.get(case=case, kind=Step.Kind.RULED).details["against"]
        assert kept["reason"] == "先接待者三個月沒有聯絡"
        assert (kept["most"], kept["count"], kept["of"]) == ("first", 3, 3)
        assert set(kept["cases"]) == {one.pk for one in cases}
        page = browser_of(office.supervisor).get(reverse("case_precedents", args=[case.pk]))
        assert "先接待者三個月沒有聯絡" in page.content.decode()

    def test_what_most_did_asks_nothing(self, office):
        decided(office, 3)
        case = the_case(collide(office))
        assert sheet(office, case, owner=office.jia.pk).status_code == 302
        assert "against" not in Step.objects.get(case=case, kind=Step.Kind.RULED).details

    def test_two_cases_are_no_habit(self, office):
        decided(office, 2)
        case = the_case(collide(office))
        assert sheet(office, case, owner=office.yi.pk).status_code == 302

    def test_the_sheet_warns_before_anything_is_sent_and_keeps_what_was_typed(self, office):
        decided(office, 3)
        url = reverse("case_rule", args=[the_case(collide(office)).pk])
        asked = {"outcome": "give", "owner": office.yi.pk, "departing": "因為"}
        headers = {"HX-Request": "true"}
        page = browser_of(office.supervisor).get(url, asked, headers=headers).content.decode()
        effect = page[page.index('id="effect"') : page.index("</section>")]
        assert "和多數先例不同" in effect
        assert "因為" in effect
        page = browser_of(office.supervisor).get(url, {**asked, "owner": office.jia.pk})
        assert "和多數先例不同" not in page.content.decode()

    def test_a_draft_for_a_second_signature_keeps_it_too(self, office):
        given = {"reason": "不同", "most": "first", "count": 3, "of": 3, "cases": []}
        lead = collide(office)
        case = the_case(lead)
        services.draft(
            case_id=case.pk, version=case.version, owner=office.yi, reason="…", against=given,
            by=office.supervisor, now=office.now, key=uuid4(),
        )  # fmt: skip
        case.refresh_from_db()
        services.countersign(
            case_id=case.pk, version=case.version, by=office.manager, now=office.now, key=uuid4()
        )
        kept = Step.objects.filter(case=case, details__against__reason="不同")
        assert {step.kind for step in kept} == {Step.Kind.DRAFTED, Step.Kind.COUNTERSIGNED}
        assert keep_precedents() == 1
        assert Precedent.objects.get().outcome == "later"
