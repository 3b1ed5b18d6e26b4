"""The evidence pack: read and checked by a third person, and nobody in it who is not involved."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from attribution import verifier
from commissions import tasks
from commissions.models import Export
from commissions.services import record_deal
from commissions.views import packs as view
from disputes import evidence, packs, services
from disputes.models import Case
from disputes.packs import check
from disputes.packs.covering import Cover
from disputes.sanctions import Sanction
from leads.models import Disclosure, Notification, Person, Phone, Role, Staff
from leads.services import (
    file_proxy,
    link_people,
    record_assist,
    record_departure,
    register_referral,
)
from tests.factories import ProjectFactory, StaffFactory, visit

from .conftest import browser_of, collide, tell, the_case

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
OUTSIDERS = ("鄧家豪", "羅婉儀", "馬超群", "蘇曉晴")


def scene(office):
    """A poached client, in an office full of other people whom everybody mentions."""
    office.auditor = StaffFactory(project=office.project, name="程稽核", role=Role.AUDITOR)
    for name in OUTSIDERS[1:]:
        StaffFactory(project=office.project, name=name)
    luo, ma = (Staff.objects.get(name=name) for name in OUTSIDERS[1:3])
    now, days = office.now, lambda n: office.now - timedelta(days=n)
    other = visit(
        luo, days(30), phone="139 7731 4100", name="金若蘭", traits="戴金若蘭的胸針"
    ).lead_id
    brother = visit(ma, days(25), phone="137 1111 2222", name="葉大哥").lead_id
    registered = register_referral(
        project=office.project, agent=luo, name="戴明遠", traits="戴明遠的朋友",
        phone="13544443333", by=luo, now=days(24), key=uuid4(),
    )  # fmt: skip
    lead = visit(
        office.jia, days(20), phone="138 0013 8000", name="葉知秋", brought_by=other,
        note="金若蘭介紹來的，電話 139-7731-4100",
    ).lead_id  # fmt: skip
    record_assist(
        project=office.project, lead_id=lead, agent=office.bing, owner=office.jia, at=days(16),
        by=office.bing, now=days(16), key=uuid4(),
    )  # fmt: skip
    file_proxy(
        lead_id=lead, agent=office.jia, circumstances="葉知秋出差，金若蘭代看", by=office.jia,
        now=days(14), key=uuid4(),
    )  # fmt: skip
    link_people(
        lead_id=lead, other_id=brother, relation="friend", same_need=False, by=office.supervisor,
        now=days(13), key=uuid4(),
    )  # fmt: skip
    tell(lead, office.yi, days(12))
    record_departure(staff=ma, at=days(11), by=office.supervisor, now=days(11))
    record_deal(
        lead_id=lead, agent=office.yi, unit="12-3-1202", price_cents=428_000_000, at=days(3),
        by=office.yi, now=days(3), key=uuid4(),
    )  # fmt: skip
    case = the_case(lead)
    upload = SimpleUploadedFile("金若蘭 13977314100 聊天.png", PNG, "image/png")
    services.answer(
        case_id=case.pk, by=office.jia, now=days(3) + timedelta(hours=1), key=uuid4(),
        text="05-02 我接待葉知秋（13800138000），金若蘭 (139 7731 4100) 可作證，"
        "羅婉儀和鄧家豪也在，rolan@example.com，一三九七七三一四一〇〇。2026-05-02 14:30 再來。",
        files=evidence.put_away([upload]),
    )  # fmt: skip
    return SimpleNamespace(case=case, lead=lead, now=now, registered=registered, other=other)


@pytest.fixture
def told(office):
    """The scene, ruled by two signatures, the reason naming people who are not involved."""
    found = scene(office)
    case = found.case
    case.refresh_from_db()
    services.draft(
        case_id=case.pk, version=case.version, owner=office.jia,
        reason="簡詩涵認購前已知情，馬超群可證。", by=office.supervisor, now=found.now, key=uuid4(),
        sanction=Sanction(office.yi.pk, "sales/1", penalty="other", measure="向羅婉儀道歉"),
        against={"reason": "蘇曉晴的案子不同", "most": "later", "count": 3, "of": 3, "cases": [1]},
    )  # fmt: skip
    case.refresh_from_db()
    services.countersign(
        case_id=case.pk, version=case.version, by=office.manager, now=found.now, key=uuid4()
    )
    case.refresh_from_db()
    return found


def pack_of(case, language="zh-hant"):
    file = io.BytesIO()
    with translation.override(language):
        written = packs.write(file, Case.objects.get(pk=case.pk), lambda _members: None)
    return file.getvalue(), written


def unpacked(content, folder):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


def run(folder, *command):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.django_db
class TestAThirdPerson:
    def test_checks_everything_with_what_lies_in_the_pack(self, told, tmp_path):
        folder = unpacked(pack_of(told.case)[0], tmp_path)
        sums = run(folder, "sha256sum", "-c", "SHA256SUMS")
        assert sums.returncode == 0, sums.stdout
        there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        assert len(sums.stdout.splitlines()) == len(there) - 1
        proofs = sorted(folder.glob("proofs/*.json"))
        assert len(proofs) >= 2
        for proof in proofs:
            name = proof.relative_to(folder).as_posix()
            alone = run(folder, sys.executable, "-I", "verifier.py", name)
            assert alone.returncode == 0, alone.stdout + alone.stderr
            assert verifier.main([str(proof)]) == 0
        whole = run(folder, sys.executable, "-I", "check.py")
        assert (whole.returncode, whole.stdout) == (0, "everything holds\n"), whole.stderr

    def test_sees_every_change(self, told, tmp_path):
        content, _written = pack_of(told.case)
        for number, (name, change) in enumerate(
            (
                ("case.json", lambda b: b.replace("簡詩涵".encode(), "王思齊".encode())),
                (f"evidence/01-{hashlib.sha256(PNG).hexdigest()[:12]}.png", lambda b: b[:-1]),
                ("manifest.json", lambda b: b.replace(b'"size"', b'"Size"', 1)),
            )
        ):
            folder = unpacked(content, tmp_path / str(number))
            (folder / name).write_bytes(change((folder / name).read_bytes()))
            assert run(folder, "sha256sum", "-c", "SHA256SUMS").returncode == 1, name
        folder = unpacked(content, tmp_path / "proof")
        proof = next(folder.glob("proofs/*.json"))
        proof.write_text(proof.read_text().replace('"decided_by": "', '"decided_by": "x'))
        assert run(folder, sys.executable, "verifier.py", f"proofs/{proof.name}").returncode
        said = run(folder, sys.executable, "check.py").stdout
        assert f"proofs/{proof.name}: not what was packed" in said

    def test_sees_a_change_whose_sums_were_mended_by_the_chain(self, told, tmp_path):
        folder = unpacked(pack_of(told.case)[0], tmp_path)
        path, manifest = folder / "case.json", json.loads((folder / "manifest.json").read_text())
        path.write_bytes(path.read_bytes() + b"\n")
        for member in manifest["members"]:
            if member["name"] == "case.json":
                member["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        (folder / "manifest.json").write_text(json.dumps(manifest))
        (folder / "more.txt").write_text("…")
        found = check.problems(folder)
        assert "case.json: the chain is broken here" in found
        assert "the chain does not end where the manifest says" in found
        assert "more.txt: not in the manifest" in found
        shutil.rmtree(folder / "proofs")
        assert any("missing" in line for line in check.problems(folder))

    def test_reads_it_in_his_language_without_a_script_or_the_network(self, told):
        pages = []
        for language in ("zh-hant", "en"):
            content, _written = pack_of(told.case, language)
            pages.append(zipfile.ZipFile(io.BytesIO(content)).read("index.html").decode())
            for forbidden in ("<script", "style=", "<style", "http:", "https:", "onclick", "url("):
                assert forbidden not in pages[-1]
        assert "當事人" in pages[0]
        assert '<html lang="zh-Hant">' in pages[0]
        assert '<html lang="en">' in pages[1]
        readme = zipfile.ZipFile(io.BytesIO(content)).read("README.txt").decode()
        for words in ("怎麼查核", "怎么核查", "How to read and check"):
            assert words in readme


@pytest.mark.django_db
class TestNobodyElse:
    def test_of_a_populated_office_nobody_who_is_not_involved(self, office, told):
        elsewhere = ProjectFactory()
        visit(StaffFactory(project=elsewhere), office.now, phone="136 5555 6666", name="方遠山")
        content, _written = pack_of(told.case)
        text = readable(content)
        members = [told.lead]
        involved = {"王思齊", "簡詩涵", "許文馨", "何啟明"}
        for staff in Staff.objects.exclude(name__in=involved):
            assert staff.name not in text, staff.name
        for person in Person.objects.exclude(lead__in=members):
            assert person.name not in text
            assert not person.traits or person.traits not in text
        for phone in Phone.every.all():
            digits = phone.number.removeprefix("+86")
            bare = "".join(filter(str.isdigit, text))
            assert digits not in bare
            for way in (digits, f"{digits[:3]} {digits[3:7]} {digits[7:]}", digits[-8:]):
                assert way not in text
            if phone.person.lead_id not in members:
                assert f"****{digits[-4:]}" not in text
        assert "rolan@example.com" not in text
        assert "一三九七七三一" not in text

    def test_who_is_involved_is_named_and_the_client_known_by_four_digits(self, told):
        text = readable(pack_of(told.case)[0])
        for word in ("王思齊", "簡詩涵", "許文馨", "何啟明", "葉知秋", "****8000", "12-3-1202"):
            assert word in text
        assert "第三人 1" in text
        assert "向［他人］道歉" in text
        assert "［他人］" in text
        assert "2026-05-02 14:30" in text

    def test_dates_stay_and_a_name_within_a_longer_one_is_read_as_a_whole(self):
        cover = Cover(["王思齊"], ["思齊", "王思", "Ann"], ["+8613800138000"])
        assert cover("王思齊和思齊，王思在。ANN 2026-05-02 09:00") == (
            "王思齊和［他人］，［他人］在。［他人］ 2026-05-02 09:00"
        )
        assert cover("138-0013-8000、+86 138 0013 8000") == "****8000、****8000"
        assert "2345" not in cover("(02) 2345 6789")
        assert cover("總價 4,280,000，12 樓 3 號") == "總價 4,280,000，12 樓 3 號"


def readable(content):
    """Everything of a pack that somebody can read, names of files included; pictures left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(
            f"{name}\n{archive.read(name).decode()}"
            for name in archive.namelist()
            if not name.endswith(".png")
            and name not in ("SHA256SUMS", "manifest.json", "verifier.py", "check.py")
        )


@pytest.mark.django_db
class TestTheSameState:
    def test_gives_the_same_bytes_whoever_takes_it_out_and_whenever(self, office, told):
        first, written = pack_of(told.case)
        assert first == pack_of(told.case)[0]
        assert written.sha256 == hashlib.sha256(first).hexdigest()
        assert written.size == len(first)
        # What happens to others, or to the client after the case, is not the case's state.
        later = office.now + timedelta(minutes=1)
        record_departure(staff=office.bing, at=later, by=office.supervisor, now=later)
        visit(office.jia, later, phone="138 0013 8000")
        assert first == pack_of(told.case)[0]

    def test_an_open_case_is_told_as_of_the_latest_thing_in_it(self, office):
        case = the_case(collide(office))
        first, _written = pack_of(case)
        assert first == pack_of(case)[0]
        services.answer(case_id=case.pk, text="我不知道", by=office.yi, now=office.now, key=uuid4())
        assert first != pack_of(case)[0]

    def test_a_case_that_moves_while_it_is_packed_gives_none(self, office):
        case = Case.objects.get(pk=the_case(collide(office)).pk)

        def moved(_members):
            Case.objects.filter(pk=case.pk).update(version=case.version + 1)

        with pytest.raises(packs.CaseMoved):
            packs.write(io.BytesIO(), case, moved)

    def test_files_that_are_gone_or_changed_are_called_so(self, told):
        found = told.case.evidence.get()
        path = evidence.folder() / found.file
        path.write_bytes(b"something else")
        text = readable(pack_of(told.case)[0])
        assert "內容和收件時不同" in text
        path.unlink()
        assert "檔案已不在" in readable(pack_of(told.case)[0])


def take_out(staff, case, **given):
    fields = {"key": uuid4(), "version": case.version, **given}
    return browser_of(staff).post(reverse("case_pack", args=[case.pk]), fields)


@pytest.mark.django_db
class TestTakingItOut:
    def test_the_log_says_who_when_and_which_bytes(self, office, told):
        answer = take_out(office.supervisor, told.case)
        content = b"".join(answer.streaming_content)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{told.case}.zip"'
        logged = Disclosure.objects.get(kind=Disclosure.Kind.EXPORT)
        assert (logged.staff, logged.lead_id) == (office.supervisor, told.lead)
        assert logged.what["sha256"] == hashlib.sha256(content).hexdigest()
        assert logged.what["case"] == told.case.pk

    def test_who_may(self, office, told):
        roles = {role: StaffFactory(project=office.project, role=role) for role in Role}
        given = {role for role, staff in roles.items() if take_out(staff, told.case).streaming}
        allowed = {Role.SUPERVISOR, Role.MANAGER, Role.GENERAL_MANAGER, Role.AUDITOR}
        assert given == allowed
        stranger = StaffFactory(project=ProjectFactory(), role=Role.GENERAL_MANAGER)
        assert take_out(stranger, told.case).status_code == 404
        assert Disclosure.objects.count() == len(allowed)

    def test_the_button_stands_on_the_file_for_who_may(self, office, told):
        address = reverse("case_pack", args=[told.case.pk])
        for staff, there in ((office.auditor, True), (office.jia, False)):
            page = browser_of(staff).get(reverse("case_file", args=[told.case.pk]))
            assert (address in page.content.decode()) is there

    def test_a_case_that_changed_meanwhile_is_looked_at_again(self, office):
        case = the_case(collide(office))
        answer = take_out(office.supervisor, case, version=case.version - 1)
        assert answer.status_code == 302
        page = browser_of(office.supervisor).get(answer.url)
        assert page.status_code == 200
        assert not Disclosure.objects.exists()

    def test_much_evidence_is_packed_in_the_background(self, office, told, monkeypatch):
        monkeypatch.setattr(view, "DIRECTLY", 10)
        answer = take_out(office.auditor, told.case, key="9a1c8b1e-0000-4000-8000-000000000001")
        assert answer.url == reverse("export", args=["9a1c8b1e-0000-4000-8000-000000000001"])
        browser = browser_of(office.auditor)
        assert "C-" in browser.get(answer.url).content.decode()
        job = Export.objects.get()
        tasks.write_export(str(job.pk))
        job.refresh_from_db()
        assert job.state == Export.State.DONE
        got = browser.get(reverse("export_file", args=[job.pk]))
        content = b"".join(got.streaming_content)
        assert content == pack_of(told.case)[0]
        assert got.headers["Content-Disposition"] == f'attachment; filename="{told.case}.zip"'
        hashes = [d.what.get("sha256") for d in Disclosure.objects.order_by("pk")]
        assert hashes == [None, hashlib.sha256(content).hexdigest()]
        assert "C-" in Notification.objects.filter(staff=office.auditor).latest("pk").values["name"]
        assert browser_of(office.manager).get(answer.url).status_code == 404
        Export.objects.update(finished_at=office.now - timedelta(hours=25))
        assert tasks.expire_exports() == 1
        assert browser.get(reverse("export_file", args=[job.pk])).status_code == 404

    def test_who_lost_the_right_meanwhile_gets_none(self, office, told, monkeypatch):
        monkeypatch.setattr(view, "DIRECTLY", 10)
        take_out(office.supervisor, told.case)
        Staff.objects.filter(pk=office.supervisor.pk).update(role=Role.AGENT)
        job = Export.objects.get()
        tasks.write_export(str(job.pk))
        job.refresh_from_db()
        assert job.state == Export.State.FAILED

    def test_cancelled_it_leaves_nothing(self, office, told, monkeypatch):
        monkeypatch.setattr(view, "DIRECTLY", 10)
        take_out(office.supervisor, told.case)
        job = Export.objects.get()
        browser_of(office.supervisor).post(reverse("export_cancel", args=[job.pk]))
        tasks.write_export(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.file) == (Export.State.CANCELLED, "")
        assert not list(tasks.folder().glob(f"{job.pk}*"))
