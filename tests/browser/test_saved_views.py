"""A view of a list kept in a real browser: from the filter to the menu, on desk and phone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leads.models import Role, SavedView
from tests.browser.shots import log_in, shoot
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_view_is_kept_chosen_and_renamed(page, transactional_db):
    project = ProjectFactory(name="雲棲苑")
    boss = StaffFactory(project=project, name="許文馨", role=Role.SUPERVISOR)
    colleague = StaffFactory(project=project, name="何啟明", role=Role.MANAGER)
    agent = StaffFactory(project=project, name="王思齊")
    visit(agent, timezone.now() - timedelta(days=1), phone="138 1234 2207", name="葉先生")
    SavedView.objects.create(
        page="lead_list", name="沒人的客戶", query="state=lapsed", owner=colleague,
        shared_with=project, saved_at=timezone.now(),
    )  # fmt: skip
    log_in(page, boss)
    page.goto("/leads/?state=valid")
    menu = page.locator(".views > summary")
    menu.click()
    page.get_by_role("link", name="存下這個檢視").click()
    page.locator("dialog#sheet[open] [name=name]").fill("還在期限內")
    page.locator("dialog#sheet[open] [name=shared]").check()
    shoot(page, "saved-view-sheet")
    page.keyboard.press("Enter")
    page.locator(".views > summary b", has_text="還在期限內").wait_for()
    menu.click()
    shoot(page, "saved-views")
    page.emulate_media(color_scheme="dark")
    shoot(page, "saved-views-dark")
    page.emulate_media(color_scheme="light")
    page.get_by_role("link", name="改檢視 還在期限內").click()
    page.locator("dialog#sheet[open] [name=name]").fill("有效的")
    page.keyboard.press("Enter")
    page.locator(".views > summary b", has_text="有效的").wait_for()
    menu.click()
    page.get_by_role("link", name="沒人的客戶").click()
    page.wait_for_url("**/leads/?state=lapsed")
    assert page.locator(".views > summary b").inner_text() == "沒人的客戶"
