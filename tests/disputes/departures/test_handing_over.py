"""An agent leaves by the wizard: what becomes of his clients, his account, his money, his turn."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attribution.agenda.models import NextStep
from attribution.agenda.services import add_step
from commissions.models import Line
from commissions.services import record_deal
from disputes.departures import queries, services
from disputes.models import Case, CaseKind
from leads.board.queries import counter_day
from leads.models import ContactEvent, Kind, Lead, Notification, Staff
from leads.services import file_proxy, link_people, register_referral
from tests.disputes.conftest import browser_of, collide
from tests.factories import PASSWORD, ProjectFactory, StaffFactory, visit

KEY = UUID("0b5a7f0e-6f5e-4a7e-9b6b-6f7f3f0f2a11")


def client_of(office, agent, number, days=3, **given) -> int:
    lead = visit(
        agent, timezone.now() - timedelta(days=days), phone=f"139 1620 {number:04}",
        name=f"客戶{number}", project=office.project, **given,
    ).lead_id  # fmt: skip
    assert lead is not None
    return lead


def page_of(office) -> str:
    return reverse("departure", args=[office.jia.pk])


def filled(office, **changed) -> dict[str, str]:
    """The form as the page offers it, everything as proposed."""
    form = browser_of(office.manager).get(page_of(office)).context["form"]
    lines = {line.name: line.chosen for line in form.lines}
    start = {"reason": "五月底離職，客戶依熱度分配。", "seen": form.initial["seen"],
             "key": str(form.initial["key"])}  # fmt: skip
    return {**start, **lines, **{name: str(value) for name, value in changed.items()}}


def owners(*leads: int) -> list[str | None]:
    found = {lead.pk: lead.owner for lead in Lead.objects.filter(pk__in=leads)}
    return [owner.name if (owner := found[lead]) else None for lead in leads]


# ── What the wizard shows ──


def test_the_wizard_lists_his_clients_by_state(office) -> None:
    protected = client_of(office, office.jia, 1)
    proxy = client_of(office, office.jia, 2, days=10)
    now = timezone.now()
    file_proxy(
        lead_id=proxy, agent=office.jia, circumstances="替父親看", by=office.jia, now=now,
        key=uuid4(),
    )  # fmt: skip
    add_step(
        project=office.project, agent=office.jia, text="週六帶看", lead_id=protected,
        by=office.jia, now=now, key=uuid4(),
    )  # fmt: skip
    registered = register_referral(
        project=office.project, agent=office.jia, name="葉文彬", traits="高個子", by=office.jia,
        now=now, key=uuid4(),
    ).lead_id  # fmt: skip
    sold = client_of(office, office.jia, 3, days=40)
    sell(office, sold)
    contested = collide(office)
    client_of(office, office.yi, 9)
    leaver = queries.leaver_with(office.jia.pk)
    found = queries.handover_of(leaver, [office.project], now, left_at=None)
    rows = {one.lead.pk: one for one in found.clients}
    assert set(rows) == {protected, proxy, registered, sold, contested}
    states = [rows[lead].state for lead in (protected, proxy, registered, sold)]
    assert states == ["protected", "protected", "registered", "signed"]
    assert rows[protected].last_day is not None
    assert (rows[protected].steps, rows[proxy].proxies, rows[sold].deals) == (1, 1, 1)
    assert [case.kind for case in rows[contested].cases] == [CaseKind.COLLISION]
    assert not rows[contested].may_be_placed
    page = browser_of(office.manager).get(page_of(office)).content.decode()
    for words in ("介紹登記，未到訪", "已成交", "代看", "待辦 1", "由案件裁定歸誰"):
        assert words in page, words


def sell(office, lead: int) -> None:
    at = timezone.now() - timedelta(hours=2)
    record_deal(
        lead_id=lead, agent=office.jia, unit="3 棟 1202", price_cents=428_000_000, at=at,
        by=office.jia, now=at, key=uuid4(),
    )  # fmt: skip


def test_two_names_of_one_party_are_one_line(office) -> None:
    one, two = client_of(office, office.jia, 1), client_of(office, office.jia, 2)
    link_people(
        lead_id=one, other_id=two, relation="spouse", by=office.jia, now=timezone.now(),
        key=uuid4(),
    )  # fmt: skip
    answer = browser_of(office.manager).post(page_of(office), filled(office))
    assert answer.status_code == 302
    assert len(set(owners(one, two))) == 1
    assert owners(one) != [None]
    assert ContactEvent.objects.filter(kind=Kind.ASSIGNMENT).count() == 1


def test_the_number_of_queries_does_not_grow(office, django_assert_max_num_queries) -> None:
    manager = browser_of(office.manager)
    client_of(office, office.jia, 1)
    manager.get(page_of(office))
    with django_assert_max_num_queries(12) as few:
        manager.get(page_of(office))
    for number in range(2, 9):
        client_of(office, office.jia, number)
    with django_assert_max_num_queries(len(few)):
        manager.get(page_of(office))
    with django_assert_max_num_queries(12):
        assert "王思齊" in manager.get(reverse("departures")).content.decode()


# ── Leaving ──


def test_all_go_in_one_step_for_one_reason(office) -> None:
    leads = [client_of(office, office.jia, number, days=number * 5) for number in range(1, 6)]
    step = add_step(
        project=office.project, agent=office.jia, text="週六帶看", lead_id=leads[0],
        by=office.jia, now=timezone.now(), key=uuid4(),
    )  # fmt: skip
    manager = browser_of(office.manager)
    answer = manager.post(page_of(office), filled(office, **{f"to_{leads[4]}": office.yi.pk}))
    assert answer.status_code == 302
    events = ContactEvent.objects.filter(kind=Kind.ASSIGNMENT)
    assert set(events.values_list("note", "by")) == {
        ("五月底離職，客戶依熱度分配。", office.manager.pk)
    }
    # Five to two: three and two, or what the manager made of it.
    assert owners(*leads)[4] == "簡詩涵"
    assert None not in owners(*leads)
    assert not Case.objects.filter(kind=CaseKind.DEPARTURE).exists()
    told = Notification.objects.exclude(text__contains="接待")
    counts = {note.staff.name: note.values["count"] for note in told}
    assert sum(int(count) for count in counts.values()) == 5
    assert set(counts) == {"簡詩涵", "鄧家豪"}
    assert NextStep.objects.get(pk=step.pk).agent.name == owners(leads[0])[0]
    # Each starts a fresh visit period with its new owner.
    assert Lead.objects.get(pk=leads[4]).valid_until is not None


def test_his_account_is_closed_and_his_turn_is_over(office) -> None:
    client_of(office, office.jia, 1)
    his = browser_of(office.jia)
    assert his.get(reverse("today")).status_code == 200
    on_duty = {one.staff.name for one in counter_day(office.project, timezone.now()).line}
    assert "王思齊" in on_duty
    browser_of(office.manager).post(page_of(office), filled(office))
    assert his.get(reverse("today")).status_code == 302
    assert not Client().login(username=office.jia.username, password=PASSWORD)
    on_duty = {one.staff.name for one in counter_day(office.project, timezone.now()).line}
    assert on_duty == {"簡詩涵", "鄧家豪"}


def test_what_he_sold_stays_his_and_the_client_goes_on(office) -> None:
    lead = client_of(office, office.jia, 1)
    sell(office, lead)
    before = list(Line.objects.order_by("pk").values_list("agent", "pending_cents", "held_cents"))
    browser_of(office.manager).post(page_of(office), filled(office))
    assert owners(lead) != [None]
    after = list(Line.objects.order_by("pk").values_list("agent", "pending_cents", "held_cents"))
    assert after == before
    assert {staff for staff, *_ in after} == {office.jia.pk}


def test_whoever_is_left_for_later_waits_in_the_queue(office) -> None:
    one, two = client_of(office, office.jia, 1), client_of(office, office.jia, 2)
    answer = browser_of(office.manager).post(
        page_of(office), filled(office, **{f"to_{one}": ""}), follow=True
    )
    assert "1 位在待審等你安排" in answer.content.decode()
    assert owners(one)[0] is None
    assert owners(two)[0] is not None
    case = Case.objects.get(kind=CaseKind.DEPARTURE)
    assert (case.lead_id, case.state) == (one, Case.State.OPEN)


def test_a_contested_client_stays_with_his_case(office) -> None:
    lead = collide(office)
    data = filled(office, **{f"to_{lead}": office.bing.pk})
    assert browser_of(office.manager).post(page_of(office), data).status_code == 302
    assert not ContactEvent.objects.filter(kind=Kind.ASSIGNMENT).exists()
    assert Case.objects.get(kind=CaseKind.COLLISION).is_open


def test_in_another_project_his_clients_wait_for_its_manager(office) -> None:
    far = ProjectFactory(name="濱江")
    far.assignments.create(staff=office.jia)
    there = visit(office.jia, timezone.now(), phone="139 1620 7001", project=far).lead_id
    here = client_of(office, office.jia, 1)
    browser_of(office.manager).post(page_of(office), filled(office))
    assert owners(here)[0] is not None
    assert owners(there) == [None]
    assert Case.objects.get(kind=CaseKind.DEPARTURE).project == far


def test_a_ruling_only_proposes_that_he_goes(office) -> None:
    lead = collide(office)
    case = Case.objects.get(lead=lead)
    manager = browser_of(office.manager)
    page = manager.get(f"{page_of(office)}?case={case.pk}").content.decode()
    assert f"案件 {case} 的裁定只是提案" in page
    assert f"依案件 {case} 的認定離職" in page
    assert not ContactEvent.objects.filter(kind=Kind.DEPARTURE).exists()
    manager.post(page_of(office), filled(office, case=case.pk))
    assert ContactEvent.objects.get(kind=Kind.DEPARTURE).details == {"by_case": case.pk}
    elsewhere = Case.objects.get(pk=case.pk)
    assert elsewhere.is_open


# ── Again ──


def test_a_supervisor_may_place_them_again_and_nothing_is_rewritten(office) -> None:
    lead = client_of(office, office.jia, 1)
    browser_of(office.manager).post(page_of(office), filled(office, **{f"to_{lead}": office.yi.pk}))
    first = ContactEvent.objects.get(kind=Kind.ASSIGNMENT)
    again = filled(office, **{f"to_{lead}": office.bing.pk}, reason="簡詩涵休產假，改派。")
    supervisor = browser_of(office.supervisor)
    assert supervisor.post(page_of(office), again).status_code == 302
    assert owners(lead) == ["鄧家豪"]
    both = list(ContactEvent.objects.filter(kind=Kind.ASSIGNMENT).order_by("pk"))
    assert [event.agent.name for event in both] == ["簡詩涵", "鄧家豪"]
    assert both[0].pk == first.pk
    assert Notification.objects.filter(staff=office.yi, text__contains="改派").exists()
    # Pressed twice: the second finds it done.
    supervisor.post(page_of(office), again)
    assert ContactEvent.objects.filter(kind=Kind.ASSIGNMENT).count() == 2


def test_who_waited_is_placed_later_and_his_case_ends(office) -> None:
    lead = client_of(office, office.jia, 1)
    browser_of(office.manager).post(page_of(office), filled(office, **{f"to_{lead}": ""}))
    browser_of(office.manager).post(page_of(office), filled(office, **{f"to_{lead}": office.yi.pk}))
    assert owners(lead) == ["簡詩涵"]
    assert Case.objects.get(kind=CaseKind.DEPARTURE).state == Case.State.OVERTAKEN


def test_who_was_sold_to_meanwhile_is_not_taken_away(office) -> None:
    lead = client_of(office, office.jia, 1)
    browser_of(office.manager).post(page_of(office), filled(office, **{f"to_{lead}": office.yi.pk}))
    now = timezone.now()
    record_deal(
        lead_id=lead, agent=office.yi, unit="3 棟 1203", price_cents=1, at=now, by=office.yi,
        now=now, key=uuid4(),
    )  # fmt: skip
    page = browser_of(office.manager).get(page_of(office))
    assert not page.context["lines"]
    assert "接手的同事已經成交" in page.content.decode()


# ── Bad input ──


def test_without_a_reason_nothing_happens_and_everything_is_kept(office) -> None:
    lead = client_of(office, office.jia, 1)
    data = filled(office, **{f"to_{lead}": office.bing.pk}, reason=" ")
    answer = browser_of(office.manager).post(page_of(office), data)
    assert answer.status_code == 422
    assert f'<option value="{office.bing.pk}" selected>' in answer.content.decode()
    assert not ContactEvent.objects.filter(kind=Kind.DEPARTURE).exists()


def test_a_form_that_is_out_of_date_is_told_so(office) -> None:
    lead = client_of(office, office.jia, 1)
    data = filled(office, **{f"to_{lead}": office.bing.pk})
    fresh = client_of(office, office.jia, 2)
    answer = browser_of(office.manager).post(page_of(office), data)
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "他的客戶變了" in said
    assert f'name="to_{fresh}"' in said
    assert f'<option value="{office.bing.pk}" selected>' in said
    assert Staff.objects.get(pk=office.jia.pk).is_active
    again = {**data, "seen": answer.context["form"].data["seen"]}
    assert browser_of(office.manager).post(page_of(office), again).status_code == 302


def test_nobody_is_given_to_a_stranger_or_to_the_leaver(office) -> None:
    lead = client_of(office, office.jia, 1)
    stranger = StaffFactory(project=ProjectFactory())
    for wrong in (stranger.pk, office.jia.pk, office.manager.pk, "x", 10**12):
        data = filled(office, **{f"to_{lead}": wrong})
        answer = browser_of(office.manager).post(page_of(office), data)
        assert answer.status_code == 422, wrong
        assert "不在這個專案任職" in answer.content.decode()
    assert owners(lead) == ["王思齊"]


def test_pressed_twice_he_leaves_once(office) -> None:
    client_of(office, office.jia, 1)
    data = filled(office)
    manager = browser_of(office.manager)
    for _ in range(2):
        assert manager.post(page_of(office), data).status_code == 302
    assert ContactEvent.objects.filter(kind=Kind.DEPARTURE).count() == 1
    assert ContactEvent.objects.filter(kind=Kind.ASSIGNMENT).count() == 1
    with pytest.raises(services.AlreadyDeparted):
        services.hand_over(
            leaver=office.jia, choices={}, projects=[office.project], seen="", reason="再一次",
            by=office.manager, now=timezone.now(), key=KEY,
        )  # fmt: skip


def test_a_fresh_proposal_among_some(office) -> None:
    leads = [client_of(office, office.jia, number) for number in range(1, 5)]
    data = filled(office, among=office.bing.pk, act="propose")
    answer = browser_of(office.manager).post(page_of(office), data)
    assert answer.status_code == 200
    chosen = {line.chosen for line in answer.context["lines"]}
    assert chosen == {str(office.bing.pk)}
    assert owners(*leads) == ["王思齊"] * 4
    shares = {s.colleague.staff.name: s.total for s in answer.context["form"].shares}
    assert shares == {"簡詩涵": 0, "鄧家豪": 4}
