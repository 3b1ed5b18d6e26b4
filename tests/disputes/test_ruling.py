"""Ending a case: the sheet, the door, what was typed, who is told, and who may not."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from disputes import services
from disputes.models import Case
from disputes.services import record_complaint, rule
from leads.models import ContactEvent, Kind, Lead, Notification, Role
from leads.services import record_departure
from tests.factories import StaffFactory, visit

from .conftest import browser_of, collide, tell, the_case


def form(case, **given):
    return {"outcome": "give", "reason": "先接待", "key": uuid4(), "version": case.version, **given}


def post(staff, case, **given):
    url = reverse("case_rule", args=[case.pk])
    return browser_of(staff).post(url, form(case, **given))


@pytest.mark.django_db
class TestTheSheet:
    def test_confirming_follows_the_proposal_and_goes_on_to_the_next(self, office):
        lead = collide(office)
        other = collide(office, phone="138 0013 8009")
        case = the_case(lead)
        answer = post(office.supervisor, case, outcome="proposal", reason="依制度提案")
        assert answer.status_code == 302
        assert answer.url == reverse("case", args=[the_case(other).pk])
        case.refresh_from_db()
        assert case.state == Case.State.RULED
        assert Lead.objects.get(pk=lead).owner == office.jia
        assert case.closed_by.note == "依制度提案"

    def test_the_toast_says_who_until_when_and_why(self, office):
        case = the_case(collide(office))
        browser = browser_of(office.supervisor)
        url = reverse("case_rule", args=[case.pk])
        answer = browser.post(url, form(case, owner=office.yi.pk), follow=True)
        text = answer.content.decode()
        assert f"{case} 已裁定：歸 簡詩涵，有效至" in text
        assert "看依據" in text

    def test_to_another_agent_of_the_project(self, office):
        lead = collide(office)
        assert post(office.supervisor, the_case(lead), owner=office.bing.pk).status_code == 302
        assert Lead.objects.get(pk=lead).owner == office.bing

    def test_to_somebody_elsewhere_is_refused(self, office):
        stranger = StaffFactory()
        case = the_case(collide(office))
        answer = post(office.supervisor, case, owner=stranger.pk)
        assert answer.status_code == 422
        with pytest.raises(services.NotAnAgentHere):
            rule(
                case_id=case.pk,
                version=case.version,
                owner=stranger,
                reason="…",
                by=office.supervisor,
                now=office.now,
                key=uuid4(),
            )

    def test_shares_sum_to_a_hundred(self, office):
        lead = collide(office)
        case = the_case(lead)
        parts = {f"share_{office.jia.pk}": 60, f"share_{office.yi.pk}": 30}
        answer = post(office.supervisor, case, outcome="share", owner=office.jia.pk, **parts)
        assert answer.status_code == 422
        assert "現在是 90%" in answer.content.decode()
        assert 'value="30"' in answer.content.decode()
        parts[f"share_{office.yi.pk}"] = 40
        answer = post(office.supervisor, case, outcome="share", owner=office.jia.pk, **parts)
        assert answer.status_code == 302
        ruling = ContactEvent.objects.get(kind=Kind.RULING)
        assert ruling.details["shares"] == {str(office.jia.pk): 60, str(office.yi.pk): 40}

    def test_without_a_reason_everything_typed_is_kept(self, office):
        case = the_case(collide(office))
        answer = post(office.supervisor, case, owner=office.yi.pk, reason=" ")
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "寫下理由" in text
        assert f'<option value="{office.yi.pk}" selected' in text
        assert not ContactEvent.objects.filter(kind=Kind.RULING).exists()

    def test_the_sheet_shows_the_effect_and_a_sentence_for_the_proposal(self, office):
        case = the_case(collide(office))
        url = reverse("case_rule", args=[case.pk])
        browser = browser_of(office.supervisor)
        page = browser.get(url, {"outcome": "proposal"}).content.decode()
        assert "依制度提案，歸甲 王思齊。" in page
        assert "成為歸屬人，有效至" in page
        fragment = browser.get(
            url, {"outcome": "give", "owner": office.yi.pk}, headers={"HX-Request": "true"}
        ).content.decode()
        assert "<html" not in fragment
        assert "簡詩涵" in fragment

    def test_a_departed_agent_is_not_offered(self, office):
        lead = collide(office)
        record_departure(staff=office.yi, at=office.now, by=office.supervisor, now=office.now)
        page = browser_of(office.supervisor).get(reverse("case", args=[the_case(lead).pk]))
        assert {o.key for o in page.context["dossier"].outcomes} == {"Y", "1"}

    def test_a_stale_form_keeps_what_was_typed_and_says_what_changed(self, office):
        lead = collide(office)
        case = the_case(lead)
        visit(office.bing, office.now, phone="138 0013 8000")
        answer = post(office.supervisor, case, owner=office.yi.pk, reason="我寫的理由")
        assert answer.status_code == 409
        text = answer.content.decode()
        assert "我寫的理由" in text
        assert "登記了來訪" in text
        fresh = the_case(lead)
        assert f'name="version" value="{fresh.version}"' in text
        rule(
            case_id=case.pk,
            version=fresh.version,
            owner=office.jia,
            reason="另一位主管的理由",
            by=office.manager,
            now=timezone.now(),
            key=uuid4(),
        )
        answer = post(office.supervisor, fresh, owner=office.yi.pk, reason="我寫的理由")
        assert answer.status_code == 409
        assert "何啟明" in answer.content.decode()
        assert "我寫的理由" in answer.content.decode()

    def test_the_same_form_sent_twice_rules_once(self, office):
        case = the_case(collide(office))
        given = form(case, owner=office.yi.pk)
        url = reverse("case_rule", args=[case.pk])
        browser = browser_of(office.supervisor)
        assert browser.post(url, given).status_code == 302
        assert browser.post(url, given).status_code == 302
        assert ContactEvent.objects.filter(kind=Kind.RULING).count() == 1

    def test_a_party_may_not_decide(self, office):
        selling = StaffFactory(project=office.project, role=Role.SUPERVISOR, name="兼接待的主管")
        first = visit(office.jia, office.now - timedelta(days=4), phone="138 0013 8000")
        visit(selling, office.now - timedelta(days=2), phone="138 0013 8000")
        case = the_case(first.lead_id)
        page = browser_of(selling).get(reverse("case", args=[case.pk])).content.decode()
        assert "你是這件案件的當事人" in page
        assert 'role="toolbar"' not in page
        answer = post(selling, case, owner=office.jia.pk)
        assert answer.status_code == 422
        assert "你是這件案件的當事人" in answer.content.decode()
        assert the_case(first.lead_id) == case

    def test_htmx_is_sent_on_to_the_next_case(self, office):
        case = the_case(collide(office))
        answer = browser_of(office.supervisor).post(
            reverse("case_rule", args=[case.pk]),
            form(case, outcome="proposal"),
            headers={"HX-Request": "true"},
        )
        assert answer.headers["HX-Redirect"] == reverse("queue")


@pytest.mark.django_db
class TestOtherEnds:
    def test_a_departure_is_assigned(self, office):
        first = visit(office.jia, office.now - timedelta(days=4), phone="138 0013 8000")
        record_departure(staff=office.jia, at=office.now, by=office.supervisor, now=office.now)
        case = the_case(first.lead_id)
        answer = post(office.supervisor, case, outcome="assign", owner=office.bing.pk)
        assert answer.status_code == 302
        assert Lead.objects.get(pk=first.lead_id).owner == office.bing
        case.refresh_from_db()
        assert case.state == Case.State.RULED

    @pytest.mark.parametrize(
        ("finding", "owner"), [("unfounded", True), ("malicious", True), ("agent_fault", False)]
    )
    def test_a_complaint_is_found_upon(self, office, finding, owner):
        first = visit(office.jia, office.now - timedelta(days=4), phone="138 0013 8000")
        lead = first.lead_id
        record_complaint(
            lead_id=lead, about=office.jia, by=office.supervisor, now=office.now, key=uuid4()
        )
        case = the_case(lead)
        said = {f"heard_{office.jia.pk}": "我沒有失約"}
        assert post(office.supervisor, case, outcome=finding).status_code == 422
        assert post(office.supervisor, case, outcome=finding, **said).status_code == 302
        case.refresh_from_db()
        assert case.state == Case.State.RULED
        assert Lead.objects.get(pk=lead).owner == (office.jia if owner else None)

    def test_a_complaint_may_end_with_another_agent_and_shares(self, office):
        first = visit(office.jia, office.now - timedelta(days=4), phone="138 0013 8000")
        lead = first.lead_id
        record_complaint(
            lead_id=lead, about=office.jia, by=office.supervisor, now=office.now, key=uuid4()
        )
        said = {f"heard_{office.jia.pk}": "願意換人"}
        answer = post(
            office.supervisor, the_case(lead), outcome="replace", owner=office.bing.pk, **said
        )
        assert answer.status_code == 302
        found = Lead.objects.get(pk=lead)
        assert (found.owner, found.valid_until) == (office.bing, None)


@pytest.mark.django_db
def test_the_agents_are_told_each_of_himself(office):
    lead = collide(office)
    post(office.supervisor, the_case(lead), owner=office.yi.pk)
    notes = {note.staff_id: note for note in Notification.objects.filter(text__contains="已有結果")}
    assert set(notes) == {office.jia.pk, office.yi.pk}
    assert notes[office.jia.pk].url == reverse("my_cases")
    assert notes[office.yi.pk].url == f"/leads/{lead}/"
    for note in notes.values():
        said = note.text % note.values
        assert office.jia.name not in said
        assert office.yi.name not in said


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_saving_at_once(office):
    lead = collide(office)
    case = the_case(lead)
    ready = threading.Barrier(2)
    answers = {}

    def save(staff, owner):
        try:
            browser = browser_of(staff)
            ready.wait()
            url = reverse("case_rule", args=[case.pk])
            answers[staff.pk] = browser.post(url, form(case, owner=owner.pk)).status_code
        finally:
            connection.close()

    threads = [
        threading.Thread(target=save, args=pair)
        for pair in ((office.supervisor, office.jia), (office.manager, office.yi))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers.values()) == [302, 409]
    assert ContactEvent.objects.filter(kind=Kind.RULING).count() == 1
    ruling = ContactEvent.objects.get(kind=Kind.RULING)
    assert Lead.objects.get(pk=lead).owner_id == ruling.agent_id
    assert answers[ruling.by_id] == 302


@pytest.mark.django_db
def test_that_somebody_looked_the_client_up_makes_no_sheet_stale(office):
    case = the_case(collide(office))
    tell(case.lead_id, office.bing, office.now)
    again = the_case(case.lead_id)
    assert again.version == case.version
    assert again.decision_id != case.decision_id
    # What changes the matter does: the first agent's return.
    visit(office.jia, office.now, phone="138 0013 8000")
    assert the_case(case.lead_id).version == case.version + 1
