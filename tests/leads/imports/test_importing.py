"""From a file to the journal: verdicts, late entries, opening registers, repeating, conflicts."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from attribution.models import OwnershipPeriod
from attribution.rederivation import chunks, differences
from disputes.models import Case
from leads.imports import services, tasks
from leads.imports.files import stored
from leads.imports.models import Headings, Import
from leads.models import (
    ContactEvent,
    Disclosure,
    Kind,
    Lead,
    Likeness,
    Notification,
    Person,
    Phone,
    Project,
    Role,
    Staff,
)
from leads.services import record_departure
from tests.factories import ProjectFactory, StaffFactory, visit

from .registers import (
    CALLS,
    FOLLOW_UPS,
    VISITS,
    as_csv,
    as_xlsx,
    carry_out,
    codes,
    dry_run,
    rows_of,
    sign,
    take,
    verdicts,
)

pytestmark = pytest.mark.django_db
PHONE = "138 0013 8000"


@pytest.fixture
def project() -> Project:
    return ProjectFactory(name="濱江花園")


@pytest.fixture
def chen(project: Project) -> Staff:
    return StaffFactory(project=project, name="陳志強")


@pytest.fixture
def zhou(project: Project) -> Staff:
    return StaffFactory(project=project, name="周敏")


@pytest.fixture
def boss(project: Project) -> Staff:
    return StaffFactory(project=project, name="何啟明", role=Role.MANAGER)


@pytest.fixture
def supervisor(project: Project) -> Staff:
    return StaffFactory(project=project, name="許文馨", role=Role.SUPERVISOR)


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def day(days: float) -> str:
    return f"{timezone.localtime(ago(days)):%Y-%m-%d}"


def came(days: float, agent: str = "陳志強", phone: str = PHONE, **more: str) -> list[str]:
    given = {"time": "10:00", "name": "沈國樑", "note": "", **more}
    return [day(days), given["time"], given["name"], phone, "路過", agent, given["note"]]


def visits(*rows: list[str]) -> tuple[str, bytes]:
    return ("來訪登記表.csv", as_csv([VISITS, *rows]))


def everything_rederives() -> bool:
    return not any(differences(lot) for lot in chunks())


class TestLateEntries:
    """Rule 9: what is written down on a later day counts from when it was written down."""

    def test_a_row_counts_from_its_import_and_says_where_it_came_from(self, project, chen, boss):
        batch = dry_run(project, boss, visits(came(40)))
        (row,) = rows_of(batch)
        assert row.verdict == "new"
        assert row.foreseen["state"] == "owner"
        assert not ContactEvent.objects.exists(), "a dry run writes nothing"
        began = timezone.now()
        batch = carry_out(batch, boss)
        event = ContactEvent.objects.get()
        assert event.kind == Kind.VISIT
        assert event.by == boss
        assert event.recorded_at >= began
        assert f"{timezone.localtime(event.at):%Y-%m-%d %H:%M}" == f"{day(40)} 10:00"
        assert event.details["imported"] == {
            "import": str(batch.key),
            "file": "來訪登記表.csv",
            "row": 2,
            "agent": "陳志強",
            "basis": "late",
        }
        lead = Lead.objects.get()
        assert lead.owner == chen
        assert lead.valid_until.isoformat() == row.foreseen["until"]
        assert OwnershipPeriod.objects.get().period.lower == event.recorded_at
        assert everything_rederives()

    def test_a_second_import_writes_nothing(self, project, chen, zhou, boss):
        file = visits(came(9), came(5, "周敏", time="下午2:00"), came(5, phone="未留", name="蔡"))
        carry_out(dry_run(project, boss, file), boss)
        assert ContactEvent.objects.count() == 3
        again = dry_run(project, boss, file)
        assert verdicts(again) == ["same"] * 3
        with pytest.raises(services.NothingToImport):
            sign(again, boss)
        assert ContactEvent.objects.count() == 3

    def test_the_same_row_in_another_dress_is_the_same(self, project, chen, boss):
        carry_out(dry_run(project, boss, visits(came(5, time="14:05"))), boss)
        moment = timezone.localtime(ago(5))
        dressed = [f"{moment.month}月{moment.day}日", "下午2點05分", "沈國樑", "+86 138-0013-8000"]
        rows = [VISITS, [*dressed, "路過", "陈志强", ""]]
        batch = dry_run(project, boss, ("三月.xlsx", as_xlsx(rows)), year=moment.year)
        assert verdicts(batch) == ["same"]

    def test_twice_in_one_file_is_once(self, project, chen, boss):
        batch = dry_run(project, boss, visits(came(5), came(5)))
        assert verdicts(batch) == ["new", "same"]
        assert rows_of(batch)[1].reasons == [["twice_in_file", {"first": 2}]]
        carry_out(batch, boss)
        assert ContactEvent.objects.count() == 1

    def test_the_database_refuses_a_row_twice(self, project, chen, boss):
        batch = carry_out(dry_run(project, boss, visits(came(5))), boss)
        event = batch.rows.get().event
        with pytest.raises(IntegrityError), transaction.atomic():
            ContactEvent.objects.create(
                project=project, lead=event.lead, kind=Kind.VISIT, at=event.at, by=boss,
                recorded_at=event.recorded_at, key=event.key,
            )  # fmt: skip


class TestLiveFacts:
    """Imported history never silently beats what was written down as it happened."""

    def test_what_would_change_a_living_claim_is_a_conflict_and_waits(
        self, project, chen, zhou, boss
    ):
        visit(zhou, ago(3), phone=PHONE, project=project)
        batch = dry_run(project, boss, visits(came(8), came(8, phone="139 0000 1111")))
        assert verdicts(batch) == ["conflict", "new"]
        assert codes(rows_of(batch)[0]) == ["changes_live"]
        assert rows_of(batch)[0].foreseen["collides"]
        carry_out(batch, boss)
        lead = Lead.objects.get(people__phones__number="+8613800138000")
        assert (lead.owner, lead.events.count(), lead.contested) == (zhou, 1, False)

    def test_whoever_wants_it_all_the_same_gets_a_late_entry_and_a_collision(
        self, project, chen, zhou, boss
    ):
        visit(zhou, ago(3), phone=PHONE, project=project)
        carry_out(dry_run(project, boss, visits(came(8))), boss, conflicts=True)
        lead = Lead.objects.get()
        assert (lead.owner, lead.events.count()) == (zhou, 2)
        assert Case.objects.get(lead=lead).kind == "collision"
        assert everything_rederives()

    def test_what_changes_nothing_is_no_conflict(self, project, chen, zhou, boss):
        visit(zhou, ago(3), phone=PHONE, project=project)
        row = [day(10), "沈國樑", PHONE, "電話", "未接", "", "周敏"]
        batch = dry_run(project, boss, ("追訪記錄.csv", as_csv([FOLLOW_UPS, row])))
        assert verdicts(batch) == ["new"]
        carry_out(batch, boss)
        assert ContactEvent.objects.filter(kind=Kind.FOLLOW_UP).get().details["reached"] is False

    def test_what_was_recorded_after_the_dry_run_turns_a_row_into_a_conflict(
        self, project, chen, zhou, boss
    ):
        carry_out(dry_run(project, boss, visits(came(9))), boss)
        batch = dry_run(project, boss, visits(came(8, time="11:00")))
        assert verdicts(batch) == ["new"]
        visit(zhou, timezone.now(), phone=PHONE, project=project)
        carry_out(batch, boss)
        (row,) = rows_of(batch)
        assert (row.verdict, codes(row), row.event) == ("conflict", ["moved_since"], None)


class TestOpening:
    """A register's own dates are believed by a signed act, and only beside no live facts."""

    def test_the_registers_own_dates_count(self, project, chen, zhou, boss):
        file = visits(came(40), came(5, "周敏"))
        batch = dry_run(project, boss, file, basis="opening")
        first, second = rows_of(batch)
        assert (first.foreseen["state"], second.foreseen["state"]) == ("lapsed", "owner")
        assert not second.foreseen["collides"], "the first claim had lapsed by then"
        carry_out(batch, boss, reason="上線前的登記簿，已與紙本核對")
        lead = Lead.objects.get()
        assert lead.owner == zhou
        one, two = lead.events.order_by("pk")
        assert (one.recorded_at, two.recorded_at) == (one.at, two.at)
        assert one.details["imported"]["basis"] == "opening"
        assert one.details["imported"]["signed_by"] == boss.pk
        assert one.details["imported"]["reason"] == "上線前的登記簿，已與紙本核對"
        assert one.by == boss
        periods = OwnershipPeriod.objects.order_by("pk").values_list("agent__name", flat=True)
        assert list(periods) == ["陳志強", "周敏"]
        assert everything_rederives()

    def test_registers_of_one_import_are_taken_in_the_order_of_time(
        self, project, chen, zhou, boss
    ):
        files = [
            ("來電.csv", as_csv([CALLS, [day(12), "9:00", PHONE, "沈國樑", "", "周敏"]])),
            visits(came(20)),
            (
                "追訪.csv",
                as_csv([FOLLOW_UPS, [day(15), "沈國樑", PHONE, "電話", "接通", "", "陳志強"]]),
            ),
        ]
        batch = dry_run(project, boss, *files, basis="opening")
        assert verdicts(batch) == ["new"] * 3
        call, first, follow_up = rows_of(batch)
        assert call.foreseen["collides"], "the visit of the other file came before the call"
        assert first.foreseen["until"] > follow_up.at.date().isoformat()
        carry_out(batch, boss, reason="開帳")
        lead = Lead.objects.get()
        kinds = list(lead.events.order_by("pk").values_list("kind", flat=True))
        assert kinds == ["visit", "follow_up", "call"]
        assert lead.owner == chen
        assert everything_rederives()

    def test_only_a_manager_signs_and_says_why(self, project, chen, boss, supervisor):
        with pytest.raises(services.NotSigned):
            take(project, supervisor, visits(came(5)), basis="opening")
        batch = dry_run(project, boss, visits(came(5)), basis="opening")
        for by, reason in ((supervisor, "上線"), (boss, "  ")):
            with pytest.raises(services.NotSigned):
                sign(batch, by, reason=reason)
        with pytest.raises(IntegrityError), transaction.atomic():
            Import.objects.filter(pk=batch.pk).update(state="running")

    def test_a_client_with_live_facts_is_a_conflict(self, project, chen, zhou, boss):
        visit(zhou, ago(3), phone=PHONE, project=project)
        batch = dry_run(project, boss, visits(came(20)), basis="opening")
        assert codes(rows_of(batch)[0]) == ["live_facts"]
        carry_out(batch, boss, reason="開帳", conflicts=True)
        lead = Lead.objects.get()
        late = lead.events.get(agent=chen)
        assert late.details["imported"]["basis"] == "late"
        assert late.recorded_at >= batch.asked_at
        assert lead.owner == zhou

    def test_days_after_the_office_began_are_not_believed(self, project, chen, zhou, boss):
        visit(zhou, ago(6), phone="139 0000 2222", project=project)
        batch = dry_run(project, boss, visits(came(2), came(9, time="9:00")), basis="opening")
        assert verdicts(batch) == ["conflict", "new"]
        assert codes(rows_of(batch)[0]) == ["after_opening"]

    def test_a_later_import_does_not_slip_in_before(self, project, chen, zhou, boss):
        carry_out(dry_run(project, boss, visits(came(9)), basis="opening"), boss, reason="開帳")
        batch = dry_run(project, boss, visits(came(12, "周敏")), basis="opening")
        assert codes(rows_of(batch)[0]) == ["later_opening"]

    def test_the_day_of_entry_counts_where_the_register_says_it(self, project, chen, boss):
        rows = [[*VISITS, "登記日期"], [*came(20), day(18)], [*came(19, time="9:00"), day(21)]]
        batch = dry_run(project, boss, ("表.csv", as_csv(rows)), basis="opening")
        assert verdicts(batch) == ["new", "error"]
        assert codes(rows_of(batch)[1]) == ["entered_before"]
        carry_out(batch, boss, reason="開帳")
        event = ContactEvent.objects.get()
        assert timezone.localtime(event.recorded_at).date().isoformat() == day(18)
        assert OwnershipPeriod.objects.get().period.lower == event.recorded_at


class TestPeople:
    """The same number is the same person; a name is only a suggestion."""

    def test_numbers(self, project, chen, boss):
        two = f"{PHONE} / 159 1979 7265"
        batch = dry_run(project, boss, visits(came(5, phone=two), came(4, phone="15919797265")))
        carry_out(batch, boss)
        assert Lead.objects.count() == 1
        assert Phone.objects.count() == 2

    def test_a_number_is_taken_from_nobody(self, project, chen, boss):
        visit(chen, ago(9), phone=PHONE, project=project)
        visit(chen, ago(9), phone="15919797265", project=project)
        batch = dry_run(project, boss, visits(came(5, phone=f"{PHONE} / 15919797265")))
        assert "two_clients" in codes(rows_of(batch)[0])
        carry_out(batch, boss, conflicts=True)
        assert Lead.objects.count() == 2
        assert Lead.objects.filter(party__isnull=False).count() == 0
        assert Likeness.objects.get().state == "open", "the supervisor is asked"

    def test_a_namesake_is_a_suggestion(self, project, chen, boss):
        visit(chen, ago(9), phone="15919797265", name="沈國樑", project=project)
        batch = dry_run(project, boss, visits(came(5), came(5, phone="未留")))
        assert verdicts(batch) == ["new", "new"]
        assert all(codes(row) == ["alike"] for row in rows_of(batch))
        assert rows_of(batch)[0].reasons[0][1]["why"] == ["name"]
        carry_out(batch, boss)
        assert Lead.objects.count() == 3

    @pytest.mark.parametrize(
        ("typed", "stored_name"),
        [
            ("王", "王"),
            ("歐" * 60, "歐" * 60),
            ("林先生👨‍👩‍👧🏠", "林先生👨‍👩‍👧🏠"),
            ("\u202eعلي\u200f", "علي"),
            ("<b>周</b><script>alert(1)</script>", "<b>周</b><script>alert(1)</script>"),
        ],
    )
    def test_names(self, project, chen, boss, typed, stored_name):
        carry_out(dry_run(project, boss, visits(came(5, name=typed))), boss)
        assert Person.objects.get().name == stored_name

    def test_a_name_that_is_too_long_is_an_error_of_its_row(self, project, chen, boss):
        batch = dry_run(project, boss, visits(came(5, name="長" * 61), came(5)))
        assert verdicts(batch) == ["error", "new"]

    def test_a_number_in_a_note_is_only_remarked(self, project, chen, boss):
        batch = dry_run(project, boss, visits(came(5, note="太太 13900001111 晚上打")))
        assert codes(rows_of(batch)[0]) == ["phone_in_note"]
        carry_out(batch, boss)
        assert Phone.objects.count() == 1


class TestAgents:
    """Names in files are the office's agents, or somebody says once who is meant."""

    def test_exactly_or_in_the_other_script(self, project, chen, zhou, boss):
        rows = [
            came(5, "陈志强"),
            came(5, " 周 敏", phone="未留"),
            came(4, "周敏/陳志強"),
            came(3, ""),
        ]
        batch = dry_run(project, boss, visits(*rows))
        assert verdicts(batch) == ["new", "new", "error", "error"]
        assert [row.agent for row in rows_of(batch)] == [chen, zhou, None, None]
        assert codes(rows_of(batch)[3]) == ["no_agent"]

    def test_a_name_is_explained_once_for_the_whole_import(self, project, chen, boss):
        batch = dry_run(project, boss, visits(came(5, "小王"), came(4, "小王", phone="未留")))
        assert [codes(row) for row in rows_of(batch)] == [["agent_unknown"]] * 2
        services.explain_agents(key=batch.key, names={"小王": chen.pk}, by=boss, now=timezone.now())
        tasks.work_at_import(str(batch.key))
        batch.refresh_from_db()
        assert verdicts(batch) == ["new", "new"]
        carry_out(batch, boss)
        event = ContactEvent.objects.first()
        assert (event.agent, event.details["imported"]["agent"]) == (chen, "小王")

    def test_two_of_a_name_and_one_who_left(self, project, chen, zhou, boss):
        StaffFactory(project=project, name="陈志强", role=Role.AGENT)
        StaffFactory(project=project, name="陳志強", role=Role.AGENT)
        record_departure(staff=zhou, at=ago(1), by=boss, now=ago(1))
        batch = dry_run(project, boss, visits(came(5), came(5, "周敏"), came(5, "陈志强")))
        assert [codes(row) for row in rows_of(batch)] == [
            ["agent_ambiguous"],
            ["agent_departed"],
            [],
        ]


class TestTheWay:
    """What is kept, logged, remembered, stopped and taken up again."""

    def test_uploads_are_logged_and_lie_where_nobody_else_reads(self, project, chen, boss):
        batch = take(project, boss, visits(came(5)))
        entry = Disclosure.objects.get(kind="upload")
        assert entry.what["files"] == ["來訪登記表.csv"]
        file = stored(batch.registers.get().file)
        assert file.stat().st_mode & 0o077 == 0
        assert not file.is_relative_to(settings.STATIC_ROOT)

    def test_columns_are_remembered_for_the_project_and_its_headings(self, project, chen, boss):
        columns = ["date", "time", "name", "phone", "", "agent", ""]
        take(project, boss, visits(came(5)), columns=columns)
        assert Headings.objects.count() == 1
        again = take(project, boss, visits(came(4)))
        assert again.registers.get().columns == columns
        elsewhere = ProjectFactory()
        there = StaffFactory(project=elsewhere, role=Role.MANAGER)
        assert take(elsewhere, there, visits(came(4))).registers.get().columns != columns

    def test_a_stale_page_signs_nothing(self, project, chen, boss):
        batch = dry_run(project, boss, visits(came(5)))
        with pytest.raises(services.StaleImport):
            services.sign_import(
                key=batch.key, version=batch.version - 1, with_conflicts=False, reason="",
                by=boss, now=timezone.now(),
            )  # fmt: skip

    def test_half_way_and_on(self, project, chen, boss, monkeypatch):
        """A worker dies between two lots: what it wrote stays, the next one writes the rest."""
        monkeypatch.setattr(tasks, "AT_ONCE", 2)
        rows = [came(5, phone=f"1380013{n:04d}", name=f"客{n}") for n in range(7)]
        batch = dry_run(project, boss, visits(*rows))
        sign(batch, boss)
        written = services.import_rows
        calls = []

        class Killed(BaseException):
            pass

        def dies(**given: Any) -> int:
            calls.append(1)
            if len(calls) == 3:
                raise Killed
            return written(**given)

        monkeypatch.setattr(services, "import_rows", dies)
        with pytest.raises(Killed):
            tasks.work_at_import(str(batch.key))
        assert ContactEvent.objects.count() == 4
        monkeypatch.setattr(services, "import_rows", written)
        Import.objects.update(beat_at=ago(1))
        assert tasks.queries.unfinished(services.WORKING, ago(0.5)) == [batch.key]
        tasks.work_at_import(str(batch.key))
        tasks.work_at_import(str(batch.key))
        batch.refresh_from_db()
        assert (batch.state, batch.done, batch.total) == ("done", 7, 7)
        assert ContactEvent.objects.count() == 7
        assert Lead.objects.count() == 7
        note = Notification.objects.get()
        assert note.text % note.values == "登記表匯入完成，寫下 7 筆。"

    def test_a_row_that_cannot_be_written_stops_no_other(self, project, chen, boss, monkeypatch):
        rows = [came(5, phone=f"1380013{n:04d}", name=f"客{n}") for n in range(5)]
        batch = dry_run(project, boss, visits(*rows))
        poisoned = services.fact

        def fails(row: Any, *given: Any, **more: Any) -> Any:
            return 1 / 0 if row.number == 4 else poisoned(row, *given, **more)

        monkeypatch.setattr(services, "fact", fails)
        carry_out(batch, boss)
        assert [row.event is not None for row in rows_of(batch)] == [True, True, False, True, True]
        assert codes(rows_of(batch)[2]) == ["failed"]

    def test_cancelled(self, project, chen, boss):
        batch = dry_run(project, boss, visits(came(5)))
        sign(batch, boss)
        services.cancel_import(key=batch.key, by=boss, now=timezone.now())
        tasks.work_at_import(str(batch.key))
        batch.refresh_from_db()
        assert batch.state == "cancelled"
        assert not ContactEvent.objects.exists()

    def test_whoever_lost_his_role_imports_nothing(self, project, chen, boss):
        batch = take(project, boss, visits(came(5)))
        boss.role = Role.AGENT
        boss.save()
        tasks.work_at_import(str(batch.key))
        batch.refresh_from_db()
        assert batch.state == "failed"

    def test_a_file_that_is_gone_says_so(self, project, chen, boss):
        batch = take(project, boss, visits(came(5)))
        stored(batch.registers.get().file).unlink()
        tasks.work_at_import(str(batch.key))
        batch.refresh_from_db()
        assert (batch.state, batch.error) == ("failed", tasks.GONE)

    def test_files_and_rows_go_after_two_weeks_and_the_journal_stays(self, project, chen, boss):
        batch = carry_out(dry_run(project, boss, visits(came(5))), boss)
        file = stored(batch.registers.get().file)
        assert tasks.expire_imports() == 0
        Import.objects.update(finished_at=ago(15))
        assert tasks.expire_imports() == 1
        assert not file.exists()
        batch.refresh_from_db()
        assert (batch.rows.count(), batch.counts["written"]) == (0, 1)
        assert ContactEvent.objects.count() == 1
        assert verdicts(dry_run(project, boss, visits(came(5)))) == ["same"]
        assert tasks.expire_imports() == 0

    def test_nothing_lives_twice_by_a_repeated_form(self, project, chen, boss):
        key = uuid4()
        for _ in range(2):
            services.start_import(
                project=project, registers=[], key=key, by=boss, now=timezone.now()
            )
        assert Import.objects.count() == 1
        assert Disclosure.objects.count() == 1
