"""Confirming together what the policy settled: what is offered, refused and changed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from commissions.models import Entry
from disputes import services
from disputes.models import Case, Step
from leads.models import ContactEvent, Lead, Notification

from .conftest import browser_of, collide, let_the_supervisor_decide, the_case

pytestmark = pytest.mark.django_db
PAGE = "cases_settled"


@pytest.fixture
def settled(office):
    """Three collisions that the policy settled; what their parties could say is over or said."""
    let_the_supervisor_decide(office.project, by="policy", day=3)
    office.cases = [
        the_case(collide(office, days=30, phone=f"138 0013 800{n}", name=f"客人{n}"))
        for n in range(3)
    ]
    return office


def shown(browser):
    return [
        [case.pk for case in group.cases]
        for group, _form in browser.get(reverse(PAGE)).context["rows"]
    ]


def filled(browser, number=0, **given):
    """What the form of a group would send."""
    _group, form = browser.get(reverse(PAGE)).context["rows"][number]
    return {name: form[name].value() for name in form.fields} | given


def test_cases_of_one_clause_are_confirmed_together(settled):
    browser = browser_of(settled.supervisor)
    assert shown(browser) == [[case.pk for case in settled.cases]]
    page = browser.get(reverse("queue")).content.decode()
    assert "一次確認（待確認 3 件）" in page
    before = list(Lead.objects.order_by("pk").values("owner", "valid_until"))
    facts, entries = ContactEvent.objects.count(), Entry.objects.count()
    typed = filled(browser)
    assert browser.post(reverse(PAGE), typed)["Location"] == reverse("queue")
    assert set(Case.objects.values_list("state", flat=True)) == {Case.State.CONFIRMED}
    assert list(Lead.objects.order_by("pk").values("owner", "valid_until")) == before
    assert (ContactEvent.objects.count(), Entry.objects.count()) == (facts, entries)
    told = Notification.objects.filter(staff=settled.yi, text__contains="歸屬不變")
    assert told.count() == 3
    again = browser.post(reverse(PAGE), typed, follow=True)
    assert "這一批已經確認過了" in again.content.decode()
    assert Step.objects.filter(kind="confirm").count() == 3


def test_only_what_is_ticked(settled):
    browser = browser_of(settled.supervisor)
    one = settled.cases[1]
    answer = browser.post(reverse(PAGE), filled(browser, cases=[f"{one.pk}:{one.version}"]))
    assert answer["Location"] == reverse(PAGE)
    assert [case.pk for case in Case.objects.filter(state=Case.State.CONFIRMED)] == [one.pk]
    answer = browser.post(reverse(PAGE), filled(browser, cases=[], reason="看過了"))
    assert answer.status_code == 422
    assert "勾選要確認的案件" in answer.content.decode()
    assert 'value="看過了"' in answer.content.decode()


def test_an_objection_and_a_say_to_come_keep_a_case_out(settled):
    objected = settled.cases[0]
    services.answer(
        case_id=objected.pk, text="我先", objects=True, by=settled.yi, now=settled.now,
        key=objected.decision.event.key,
    )  # fmt: skip
    young = the_case(collide(settled, days=3, phone="138 0013 8009"))
    assert young.stage == Case.Stage.POLICY
    assert young.parties.filter(due_at__gt=settled.now).exists()
    browser = browser_of(settled.supervisor)
    assert shown(browser) == [[case.pk for case in settled.cases[1:]]]
    assert "另有 1 件還不能一起確認" in browser.get(reverse(PAGE)).content.decode()
    # Neither by writing its number into the form.
    forged = [f"{young.pk}:{young.version}"]
    answer = browser.post(reverse(PAGE), filled(browser, cases=forged))
    assert answer.status_code == 422
    assert "一件都沒有確認" in answer.content.decode()


def test_a_case_that_changed_meanwhile_confirms_none(settled):
    browser = browser_of(settled.supervisor)
    typed = filled(browser)
    Case.objects.filter(pk=settled.cases[2].pk).update(version=settled.cases[2].version + 1)
    answer = browser.post(reverse(PAGE), typed)
    assert answer.status_code == 422
    assert "剛剛變了" in answer.content.decode()
    assert not Case.objects.filter(state=Case.State.CONFIRMED).exists()


def test_different_clauses_stand_apart(settled):
    other = settled.cases[0]
    Case.objects.filter(pk=other.pk).update(kind="identity")
    groups = shown(browser_of(settled.supervisor))
    assert sorted(map(len, groups)) == [1, 2]
    typed = filled(browser_of(settled.supervisor), number=1)
    _group, form = browser_of(settled.supervisor).get(reverse(PAGE)).context["rows"][0]
    answer = browser_of(settled.supervisor).post(
        reverse(PAGE), typed | {"cases": form["cases"].value()}
    )
    assert answer.status_code == 422, "one clause at a time"


def test_the_page_asks_as_often_for_many_as_for_few(settled, django_assert_max_num_queries):
    browser = browser_of(settled.supervisor)
    for n in range(10, 16):
        collide(settled, days=30 + timedelta(hours=n).seconds / 86400, phone=f"138 0013 80{n}")
    browser.get(reverse(PAGE))
    with django_assert_max_num_queries(9):
        assert sum(map(len, shown(browser))) == 9
