"""Precedents beside a case, and its evidence pack taken out and checked, in a real browser."""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from disputes import tasks
from disputes.models import Case
from leads.models import Disclosure
from tests.browser.shots import log_in, shoot
from tests.browser.test_cases import DAY, collide, office, open_sheet, save, the_case  # noqa: F401
from tests.factories import StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OUTSIDER, OUTSIDERS_CLIENT, OUTSIDERS_PHONE = "羅婉儀", "金若蘭", "13977314100"


def test_a_case_with_its_precedents_and_its_pack(page, office, tmp_path):  # noqa: F811
    lead = collide(office)
    case = the_case(lead)
    stranger = StaffFactory(project=office.project, name=OUTSIDER)
    visit(stranger, office.now, phone=OUTSIDERS_PHONE, name=OUTSIDERS_CLIENT)
    log_in(page, office.supervisor)
    page.goto(reverse("case", args=[case.pk]))
    panel = page.locator("#precedents")
    panel.wait_for()
    assert "還沒有同類的已裁定案件" in panel.inner_text()
    sheet = open_sheet(page, "2")
    sheet.locator("[name=reason]").fill("客戶確認先約的是乙")
    save(page, sheet, "已裁定：歸 簡詩涵")

    assert tasks.keep_precedents() == 1

    # The next case of the kind has the first one beside it, with its clauses as chips.
    first = visit(office.jia, office.now - 6 * DAY, phone="138 1234 9901", name="沈先生")
    visit(office.yi, office.now - 4 * DAY, phone="138 1234 9901")
    page.goto(reverse("case", args=[the_case(first.lead_id).pk]))
    row = panel.locator("li").first
    row.wait_for()
    assert str(case) in row.inner_text()
    assert "歸後接待者" in row.inner_text()
    chip = row.locator("a.cl").first
    assert "#sales-2" in chip.get_attribute("href") or "leasing" in chip.get_attribute("href")
    assert "sales/" not in row.inner_text()
    assert "leasing/" not in row.inner_text()
    assert not any(name in row.inner_text() for name in ("王思齊", "簡詩涵", "葉先生"))
    panel.scroll_into_view_if_needed()
    shoot(page, "case-precedents")
    row.get_by_role("link", name=str(case)).click()
    page.locator("#h-case", has_text=str(case)).wait_for()

    # The pack of the decided case: what the browser saved is what the log says it handed out.
    page.goto(reverse("case_file", args=[case.pk]))
    with page.expect_download() as download:
        page.get_by_role("button", name="取出證據包").click()
    assert download.value.suggested_filename == f"{case}.zip"
    saved = Path(download.value.path())
    logged = Disclosure.objects.filter(kind=Disclosure.Kind.EXPORT).latest("pk")
    assert logged.staff == office.supervisor
    assert logged.what["sha256"] == hashlib.sha256(saved.read_bytes()).hexdigest()
    with zipfile.ZipFile(saved) as archive:
        archive.extractall(tmp_path)
    holds_what_it_says(tmp_path, Case.objects.get(pk=case.pk))


def holds_what_it_says(folder, case):
    """Every hash compared, every proof checked by the verifier, nobody in it who is uninvolved."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["case"] == str(case)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names == {member["name"] for member in manifest["members"]} | {
        "manifest.json",
        "SHA256SUMS",
    }
    for member in manifest["members"]:
        content = (folder / member["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == member["sha256"], member["name"]
    proofs = sorted(folder.glob("proofs/*.json"))
    assert proofs
    for proof in proofs:
        done = subprocess.run(
            [sys.executable, "-m", "attribution.verifier", str(proof)],
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "ignore")
            for word in (OUTSIDER, OUTSIDERS_CLIENT, OUTSIDERS_PHONE, "138 1234 2207"):
                assert word not in text, path.name
            assert "13812342207" not in text, "the client is known by four digits"


def test_on_a_phone_the_rest_of_the_bar_waits_behind_the_dots(page, office):  # noqa: F811
    case = the_case(collide(office))
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, office.supervisor)
    page.goto(reverse("case", args=[case.pk]))
    bar = page.get_by_role("toolbar")
    bar.wait_for()
    assert bar.bounding_box()["height"] < 70, "one row: the matter stays in sight"
    assert not bar.get_by_role("link", name="上呈總經理").is_visible()
    bar.locator("summary").click()
    shoot(page, "case-bar-open")
    page.set_viewport_size({"width": 390, "height": 844})
    bar.get_by_role("link", name="上呈總經理").click()
    page.locator("dialog#sheet[open] textarea").first.wait_for()
