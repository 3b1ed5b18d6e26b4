"""Taking registers in, in a real browser: files, columns, verdicts, signature, result."""

from types import SimpleNamespace

import pytest
from celery.contrib.testing.worker import start_worker
from django.urls import reverse

from config.celery import app
from leads.imports.models import Import
from leads.models import ContactEvent, Role
from tests.browser.shots import log_in, shoot
from tests.factories import ProjectFactory, StaffFactory
from tests.leads.imports.registers import AGENTS, like_an_office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db, servers):
    app.control.purge()
    project = ProjectFactory(name="濱江花園")
    return SimpleNamespace(
        project=project,
        agents=[StaffFactory(project=project, name=name) for name in AGENTS],
        manager=StaffFactory(project=project, name="何啟明", role=Role.MANAGER),
        supervisor=StaffFactory(project=project, name="許文馨", role=Role.SUPERVISOR),
    )


def uploads():
    kinds = {"csv": "text/csv", "xlsx": "application/octet-stream"}
    return [
        {"name": name, "mimeType": kinds[name.rpartition(".")[2]], "buffer": content}
        for name, content in like_an_office()
    ]


def test_three_registers_from_the_file_to_the_journal(page, office):
    log_in(page, office.manager)
    page.goto(reverse("lead_list"))
    page.get_by_role("link", name="匯入登記簿").click()
    shoot(page, "imports-empty")
    page.get_by_role("link", name="上傳第一份").click()
    shoot(page, "import-new")
    page.get_by_role("button", name="上傳，看欄位").click()
    page.get_by_text("還不能儲存").wait_for()
    page.get_by_label("登記表檔案").set_input_files(uploads())
    page.get_by_role("button", name="上傳，看欄位").click()
    page.get_by_role("heading", name="對欄位").wait_for()
    shoot(page, "import-columns")
    first = page.locator("section").filter(has_text="calls-2026-03.csv").first
    assert first.get_by_label("文字編碼").input_value() == "gb18030"
    first.get_by_label("接聽人").select_option("")
    page.get_by_role("button", name="試跑", exact=True).click()
    page.get_by_text("還缺：接待人").first.wait_for()
    shoot(page, "import-columns-422")
    first.get_by_label("接聽人").select_option("agent")
    page.get_by_label("開帳").check()
    page.get_by_role("button", name="試跑", exact=True).click()
    page.get_by_text("試跑中").wait_for()
    shoot(page, "import-checking")
    with start_worker(app, perform_ping_check=False, pool="solo"):
        page.get_by_text("現在還沒有寫下任何一列").wait_for(timeout=20_000)
        shoot(page, "import-verdicts")
        page.get_by_label("小王").select_option(label="周敏")
        page.get_by_role("button", name="照這樣再試跑").click()
        page.get_by_text("現在還沒有寫下任何一列").wait_for(timeout=20_000)
        assert page.get_by_label("小王").count() == 0
        assert not ContactEvent.objects.exists()
        with page.expect_download() as download:
            page.get_by_role("button", name="未匯入的列").click()
        assert download.value.suggested_filename.endswith(".xlsx")
        page.get_by_role("button", name="簽署並匯入").click()
        page.get_by_text("寫下理由").first.wait_for()
        page.get_by_label("簽署").fill("上線前的登記簿，已與紙本核對")
        page.get_by_role("button", name="簽署並匯入").click()
        page.get_by_text("已寫下 7 筆").wait_for(timeout=20_000)
    shoot(page, "import-done")
    assert ContactEvent.objects.count() == 7
    page.get_by_text("判定", exact=False).first.click()
    page.goto(f"{page.url.partition('?')[0]}?verdict=error")
    page.get_by_text("是公式").wait_for()
    shoot(page, "import-errors")
    page.goto(reverse("imports"))
    shoot(page, "imports")
    page.emulate_media(color_scheme="dark")
    page.goto(reverse("import_rows", args=[Import.objects.get().key]))
    shoot(page, "import-done-dark")
