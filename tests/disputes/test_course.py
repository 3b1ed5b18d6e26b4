"""A case on its way, through the doors: notice, answers, agreement, going up, signing, appeal."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from disputes import services
from disputes.models import Case, Evidence, Step
from disputes.tasks import follow_deadlines
from leads.models import ContactEvent, Kind, Lead, Notification
from leads.services import record_departure
from tests.disputes.test_queue import sell
from tests.factories import visit

from .conftest import browser_of, collide, let_the_supervisor_decide, tell, the_case

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def given(by, now, **more):
    return {"by": by, "now": now, "key": uuid4(), **more}


def ruling(office, case, owner, by=None, **more):
    """What a ruling says, by the case as it is now."""
    case.refresh_from_db()
    return {
        "case_id": case.pk,
        "version": case.version,
        "owner": owner,
        "reason": "先接待",
        **given(by or office.supervisor, office.now),
        **more,
    }


@pytest.fixture
def fresh(office):
    """A collision discovered this very moment: nobody has answered, no window has closed."""
    visit(office.jia, office.now - 3 * DAY, phone="138 0013 8000", name="葉先生")
    lead = visit(office.yi, office.now, phone="138 0013 8000").lead_id
    return SimpleNamespace(**vars(office), lead=lead, case=the_case(lead))


class TestNoticeAndAnswer:
    def test_opening_gives_every_party_notice_and_time(self, fresh):
        parties = {party.staff_id: party for party in fresh.case.parties.all()}
        assert set(parties) == {fresh.jia.pk, fresh.yi.pk}
        for party in parties.values():
            assert party.notified_at == fresh.case.opened_at
            assert party.due_at > fresh.now + DAY / 2
            note = Notification.objects.get(staff=party.staff_id, url__startswith="/my-cases/")
            assert fresh.jia.name not in note.text % note.values
            assert note.url == reverse("my_case", args=[fresh.case.pk])

    def test_nothing_binds_before(self, fresh):
        with pytest.raises(services.NotNow):
            services.decide(**ruling(fresh, fresh.case, fresh.jia))
        assert not ContactEvent.objects.filter(kind=Kind.RULING).exists()

    def test_a_supervisor_at_the_counter_hears_both_and_decides_at_once(self, fresh):
        heard = {fresh.jia.pk: "我先接待", fresh.yi.pk: "我不知道"}
        services.decide(**ruling(fresh, fresh.case, fresh.jia, heard=heard))
        fresh.case.refresh_from_db()
        assert fresh.case.state == Case.State.RULED
        kinds = list(fresh.case.steps.order_by("pk").values_list("kind", flat=True))
        assert kinds[-4:] == ["hear", "hear", "answers_in", "rule"]
        assert {p.heard_by for p in fresh.case.parties.all()} == {fresh.supervisor}

    def test_when_both_have_answered_it_waits_for_the_supervisor(self, fresh):
        for agent in (fresh.jia, fresh.yi):
            services.answer(case_id=fresh.case.pk, text="…", **given(agent, fresh.now))
        fresh.case.refresh_from_db()
        assert fresh.case.stage == "supervisor"
        services.decide(**ruling(fresh, fresh.case, fresh.yi))
        assert Lead.objects.get(pk=fresh.lead).owner == fresh.yi

    def test_a_stranger_cannot_answer_and_the_same_form_answers_once(self, fresh):
        with pytest.raises(services.InTheWay):
            services.answer(case_id=fresh.case.pk, text="…", **given(fresh.bing, fresh.now))
        form = given(fresh.jia, fresh.now)
        assert services.answer(case_id=fresh.case.pk, text="…", **form)
        assert services.answer(case_id=fresh.case.pk, text="…", **form) is None
        assert fresh.case.steps.filter(kind="answer").count() == 1

    def test_the_page_of_a_party_takes_his_answer_with_a_file(self, fresh):
        url = reverse("my_case", args=[fresh.case.pk])
        agent = browser_of(fresh.yi)
        page = agent.get(url).content.decode()
        assert "送出陳述" in page
        assert fresh.jia.name not in page
        upload = SimpleUploadedFile("聊天.png", PNG)
        form = {"do": "answer", "text": "客戶說第一次來", "key": uuid4(), "proofs": upload}
        assert agent.post(url, form).status_code == 302
        found = Evidence.objects.get()
        assert (found.media_type, found.size, found.by) == ("image/png", len(PNG), fresh.yi)
        file = reverse("case_file", args=[fresh.case.pk])
        taken = browser_of(fresh.supervisor).get(f"{file}?file={found.pk}")
        assert b"".join(taken.streaming_content) == PNG
        assert browser_of(fresh.jia).get(f"{file}?file={found.pk}").status_code == 404
        assert browser_of(fresh.bing).get(file).status_code == 404
        assert "客戶說第一次來" in browser_of(fresh.supervisor).get(file).content.decode()
        assert "客戶說第一次來" not in browser_of(fresh.jia).get(url).content.decode()

    @pytest.mark.parametrize(
        ("content", "why"),
        [(b"MZ\x90\0" + b"\0" * 60, "不是可收的檔案"), (PNG + b"\0" * (10 << 20), "超過 10 MB")],
        ids=["programme", "too large"],
    )
    def test_other_files_are_refused_and_the_words_stay(self, fresh, content, why):
        url = reverse("my_case", args=[fresh.case.pk])
        upload = SimpleUploadedFile("聊天.png", content)
        form = {"do": "answer", "text": "我寫的話", "key": uuid4(), "proofs": upload}
        answer = browser_of(fresh.yi).post(url, form)
        assert answer.status_code == 422
        assert why in answer.content.decode()
        assert "我寫的話" in answer.content.decode()
        assert not Evidence.objects.exists()


class TestTheClock:
    def test_silence_passes_the_case_on_and_running_twice_changes_nothing(self, office):
        lead = collide(office)
        case = the_case(lead)
        assert case.stage == "answers"
        moved = services.follow_clock(case_id=case.pk, by=None, now=office.now)
        assert moved[0] == "answers_in"
        before = list(Step.objects.values())
        assert services.follow_clock(case_id=case.pk, by=None, now=office.now) == []
        assert list(Step.objects.values()) == before

    def test_reminders_come_once_and_overdue_cases_go_up(self, office):
        case = the_case(collide(office))
        seen = []
        for hours in range(0, 24 * 12, 6):
            now = office.now + timedelta(hours=hours)
            seen += services.follow_clock(case_id=case.pk, by=None, now=now)
        assert seen == ["answers_in", "remind", "remind", "escalate", "remind", "remind"]
        case.refresh_from_db()
        assert (case.stage, case.instance) == ("general_manager", "general_manager")
        with pytest.raises(services.InTheWay):
            services.decide(**ruling(office, case, office.jia))
        services.decide(**ruling(office, case, office.jia, by=office.general))

    def test_the_task_finds_what_is_due(self, office):
        collide(office)
        assert follow_deadlines() == 1
        assert follow_deadlines() == 0


class TestWhatThePolicySettles:
    @pytest.fixture
    def informed(self, office):
        let_the_supervisor_decide(office.project, by="policy", day=3)
        return office

    def test_it_holds_nothing_and_blocks_nobody(self, informed):
        lead = collide(informed)
        case = the_case(lead)
        assert (case.stage, case.holds) == ("policy", False)
        assert not Lead.objects.get(pk=lead).contested
        deal = sell(informed, lead, informed.jia).deal
        assert deal.lines.get().held_cents == 0

    def test_it_is_confirmed_in_bulk_and_does_not_come_back(self, informed):
        leads = [collide(informed, phone=f"138 0013 800{n}") for n in range(3)]
        cases = {case.pk: case.version for case in map(the_case, leads)}
        confirmed = services.confirm(
            case_ids=cases, reason="照制度", **given(informed.supervisor, informed.now)
        )
        assert confirmed == 3
        assert not ContactEvent.objects.filter(kind=Kind.RULING).exists()
        visit(informed.jia, informed.now, phone="138 0013 8000")
        assert not Case.objects.filter(lead=leads[0], state="open").exists()

    def test_an_objection_takes_it_before_the_supervisor(self, informed):
        lead = collide(informed)
        case = the_case(lead)
        sell(informed, lead, informed.jia)
        services.answer(
            case_id=case.pk, text="我先", objects=True, **given(informed.yi, informed.now)
        )
        case.refresh_from_db()
        assert case.holds
        assert case.held_cents == 3_424_000
        visit(informed.jia, informed.now, phone="138 0013 8000")
        case.refresh_from_db()
        assert (case.decided_by, case.held_cents) == ("supervisor", 3_424_000)
        assert Lead.objects.get(pk=lead).contested
        with pytest.raises((services.InTheWay, services.NotNow)):
            services.confirm(
                case_ids={case.pk: case.version},
                reason="照制度",
                **given(informed.supervisor, informed.now),
            )
        heard = {informed.jia.pk: "我先接待"}
        services.decide(**ruling(informed, case, informed.jia, heard=heard))
        case.refresh_from_db()
        assert (case.state, case.held_cents) == (Case.State.RULED, 0)


class TestAgreement:
    def negotiating(self, office):
        case = the_case(collide(office))
        Case.objects.filter(pk=case.pk).update(decided_by="negotiation")
        services.follow_clock(case_id=case.pk, by=None, now=office.now)
        case.refresh_from_db()
        assert case.stage == "negotiation"
        return case

    def test_the_last_signature_binds(self, office):
        case = self.negotiating(office)
        shares = {office.jia.pk: 60, office.yi.pk: 40}
        laid = services.propose_settlement(
            case_id=case.pk,
            owner=office.jia,
            shares=shares,
            text="六四",
            **given(office.jia, office.now),
        )
        with pytest.raises(services.StaleCase):
            services.sign_settlement(case_id=case.pk, proposal=0, **given(office.yi, office.now))
        services.sign_settlement(case_id=case.pk, proposal=laid.pk, **given(office.yi, office.now))
        case.refresh_from_db()
        assert case.state == Case.State.SETTLED
        assert case.closed_by.details["shares"] == {str(k): v for k, v in shares.items()}

    def test_without_agreement_the_supervisor_decides(self, office):
        case = self.negotiating(office)
        with pytest.raises(services.NotNow):
            services.decide(**ruling(office, case, office.jia))
        services.fail_negotiation(case_id=case.pk, text="", **given(office.yi, office.now))
        services.decide(**ruling(office, case, office.jia))


class TestPoaching:
    @pytest.fixture
    def poached(self, office):
        lead = collide(office, days=20)
        tell(lead, office.bing, office.now - 10 * DAY)
        sell(office, lead, office.bing, at=office.now - 6 * DAY)
        return Case.objects.get(kind="poaching")

    def test_the_finding_needs_a_second_signature_by_another_person(self, office, poached):
        with pytest.raises(services.InTheWay):
            services.decide(**ruling(office, poached, office.jia, finding="upheld"))
        services.draft(**ruling(office, poached, office.jia))
        poached.refresh_from_db()
        assert (poached.state, poached.stage) == ("open", "signature")
        signing = {"case_id": poached.pk, "version": poached.version}
        with pytest.raises(services.InTheWay):
            services.countersign(**signing, **given(office.supervisor, office.now))
        services.countersign(**signing, **given(office.manager, office.now))
        poached.refresh_from_db()
        assert poached.state == Case.State.RULED
        assert Lead.objects.get(pk=poached.lead_id).owner == office.jia

    def test_through_the_pages(self, office, poached):
        sheet = reverse("case_rule", args=[poached.pk])
        page = browser_of(office.supervisor).get(sheet, {"outcome": "upheld"})
        assert "另一位簽署之後才生效" in page.content.decode()
        form = page.context["form"].initial | {"reason": "成交前已被告知"}
        form = {name: value for name, value in form.items() if value is not None}
        assert browser_of(office.supervisor).post(sheet, form).status_code == 302
        poached.refresh_from_db()
        step = reverse("case_step", args=[poached.pk])
        page = browser_of(office.manager).get(step, {"do": "countersign"})
        assert "成交前已被告知" in page.content.decode()
        signed = {"do": "countersign", "text": "", "key": uuid4(), "version": poached.version}
        assert browser_of(office.supervisor).post(step, signed).status_code == 422
        assert browser_of(office.manager).post(step, signed).status_code == 302
        poached.refresh_from_db()
        assert poached.state == Case.State.RULED


class TestOpenedByPeople:
    def contest(self, office, lead, by=None, kind="other", **more):
        return services.contest(
            lead_id=lead,
            kind=kind,
            clause="leasing/2.4",
            text="名單不對",
            **given(by or office.jia, office.now),
            **more,
        )

    def test_an_agent_contests_on_a_page_of_his_client(self, office):
        lead = visit(office.jia, office.now - DAY, phone="138 0013 8000").lead_id
        agent, url = browser_of(office.jia), reverse("contest", args=[lead])
        page = agent.get(url)
        fact = page.context["form"].fields["facts"].choices[0][0]
        form = {"kind": "steering", "facts": [fact], "text": "前台指定", "key": uuid4()}
        answer = agent.post(url, form)
        case = Case.objects.get()
        assert answer.url == reverse("my_case", args=[case.pk])
        assert (case.clause, case.facts, case.opener) == ("sales/9", [fact], office.jia)
        assert agent.post(url, form).url == answer.url
        assert Case.objects.count() == 1
        again = agent.post(url, form | {"key": uuid4()})
        assert again.status_code == 422
        assert "已經有一件同類的案件" in again.content.decode()
        assert browser_of(office.yi).get(url).status_code == 404
        assert browser_of(office.supervisor).get(reverse("case", args=[case.pk])).status_code == 200

    def test_a_contest_of_money_holds_it_until_it_is_dismissed(self, office):
        lead = visit(office.jia, office.now - 3 * DAY, phone="138 0013 8000").lead_id
        deal = sell(office, lead, office.jia).deal
        case = self.contest(office, lead, kind="objection")
        assert deal.lines.get().held_cents == 3_424_000
        case.refresh_from_db()
        assert case.held_cents == 3_424_000
        services.dismiss(
            case_id=case.pk,
            version=case.version,
            reason="計算無誤",
            **given(office.supervisor, office.now),
        )
        assert deal.lines.get().held_cents == 0
        assert not Lead.objects.get(pk=lead).contested

    def test_a_new_fact_does_not_close_what_people_brought(self, office):
        lead = visit(office.jia, office.now - DAY, phone="138 0013 8000").lead_id
        case = self.contest(office, lead)
        visit(office.jia, office.now, phone="138 0013 8000")
        case.refresh_from_db()
        assert case.is_open
        services.decide(**ruling(office, case, None, finding="recorded"))
        case.refresh_from_db()
        assert case.state == Case.State.RULED

    def test_a_suspicion_accuses_nobody_until_it_is_taken_up(self, office):
        lead = visit(office.jia, office.now - DAY, phone="138 0013 8000").lead_id
        form = {
            "lead_id": lead, "kind": "speculation", "text": "同一房號三次保留", "details": {},
            "facts": [], "by": None, "now": office.now, "key": uuid4(),
        }  # fmt: skip
        case = services.suspect(**form)
        assert services.suspect(**form) == case
        assert str(case) not in browser_of(office.jia).get(reverse("my_cases")).content.decode()
        assert browser_of(office.supervisor).get(reverse("case", args=[case.pk])).status_code == 200
        services.take_up(
            case_id=case.pk, version=case.version, **given(office.supervisor, office.now)
        )
        assert str(case) in browser_of(office.jia).get(reverse("my_cases")).content.decode()

    def test_facts_are_asked_for_and_given(self, office):
        case = the_case(collide(office))
        services.return_for_facts(
            case_id=case.pk,
            version=case.version,
            question="第一次登記的照片？",
            **given(office.supervisor, office.now),
        )
        page = browser_of(office.jia).get(reverse("my_case", args=[case.pk])).content.decode()
        assert "第一次登記的照片？" in page
        services.give_facts(case_id=case.pk, text="沒有照片", **given(office.jia, office.now))
        case.refresh_from_db()
        assert case.stage == "supervisor"


class TestAppeal:
    def test_it_supersedes_and_overwrites_nothing(self, office):
        lead = collide(office)
        case = the_case(lead)
        services.decide(**ruling(office, case, office.jia))
        before = Case.objects.filter(pk=case.pk).values().get()
        appeal = services.appeal(
            case_id=case.pk, ground="new_facts", text="有照片", **given(office.yi, office.now)
        )
        assert appeal.supersedes_id == case.pk
        assert appeal.instance == "general_manager"
        assert Case.objects.filter(pk=case.pk).values().get() == before
        heard = {office.jia.pk: "維持"}
        with pytest.raises(services.InTheWay):
            services.decide(**ruling(office, appeal, office.yi, heard=heard))
        services.decide(**ruling(office, appeal, office.yi, by=office.general, heard=heard))
        assert Lead.objects.get(pk=lead).owner == office.yi
        with pytest.raises(services.TooLate):
            services.appeal(
                case_id=appeal.pk, ground="clause", text="…", **given(office.jia, office.now)
            )

    def test_it_comes_too_late_after_five_office_days(self, office):
        case = the_case(collide(office))
        services.decide(**ruling(office, case, office.jia))
        late = office.now + 7 * DAY
        with pytest.raises(services.TooLate):
            services.appeal(case_id=case.pk, ground="clause", text="…", **given(office.yi, late))


def test_a_departure_concerns_only_a_client_who_waits(office):
    mine = visit(office.jia, office.now - DAY, phone="138 0013 8000").lead_id
    second = collide(office, phone="138 0013 8009")
    record_departure(staff=office.yi, at=office.now, by=office.manager, now=office.now)
    assert not Case.objects.filter(kind="departure").exists()
    record_departure(staff=office.jia, at=office.now, by=office.manager, now=office.now)
    waiting = Case.objects.filter(kind="departure").values_list("lead_id", flat=True)
    assert set(waiting) == {mine, second}


def test_names_are_covered_and_shown_again(office):
    case = the_case(collide(office))
    browser, url = browser_of(office.supervisor), reverse("case", args=[case.pk])
    browser.post(reverse("case_names"), {"case": case.pk})
    covered = browser.get(url).content.decode()
    assert office.jia.name not in covered
    assert office.yi.name not in covered
    assert "姓名遮蔽" in covered
    browser.post(reverse("case_names"), {"case": case.pk})
    assert office.jia.name in browser.get(url).content.decode()


def test_the_procedure_is_there_to_be_read(office):
    page = browser_of(office.jia).get(reverse("case_procedure")).content.decode()
    assert "每位當事人都被通知，並已陳述或逾期" in page
    assert "general_manager" in page


def test_with_names_covered_the_draft_comes_first(office):
    case = the_case(collide(office))
    browser, url = browser_of(office.supervisor), reverse("case_rule", args=[case.pk])
    browser.post(reverse("case_names"), {"case": case.pk})
    sheet = browser.get(url, {"outcome": "give", "owner": office.yi.pk})
    assert "存擬稿，顯示姓名" in sheet.content.decode()
    form = {"outcome": "give", "owner": office.yi.pk, "reason": "先約看", "version": case.version}
    form["key"] = uuid4()
    kept = browser.post(url, form)
    assert kept.status_code == 200
    assert "擬稿已存進案卷" in kept.content.decode()
    assert office.yi.name in kept.content.decode()
    case.refresh_from_db()
    assert case.is_open
    assert case.steps.get(kind=Step.Kind.UNSEEN).text == "先約看"
    assert not ContactEvent.objects.filter(kind=Kind.RULING).exists()
    assert browser.post(url, form).status_code == 302
    case.refresh_from_db()
    assert case.state == Case.State.RULED


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("name_swap", "兩個名字怎麼知道是一家？"),
        ("speculation", "誰從中得利？"),
        ("steering", "指定給誰，什麼時候？"),
        ("other", "各方先談過？"),
        ("identity", "提出的人主張適用這一條"),
    ],
)
def test_what_people_bring_has_a_worksheet_that_owns_up_to_what_is_unknown(office, kind, asked):
    lead = visit(office.jia, office.now - DAY, phone="138 0013 8000").lead_id
    case = services.open_by_hand(
        lead_id=lead,
        kind=kind,
        clause="leasing/2.4",
        text="待查",
        about=office.jia,
        **given(office.supervisor, office.now),
    )
    page = browser_of(office.manager).get(reverse("case", args=[case.pk]))
    assert asked in page.content.decode()
    assert not all(question.certain for question in page.context["dossier"].questions)
