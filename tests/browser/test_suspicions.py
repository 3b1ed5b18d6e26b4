"""The suspicions in a real browser: the list, one with its path, dismissed by the keyboard."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from disputes.detectors.rows import Clue, Finding
from disputes.models import Suspicion
from disputes.services import raise_suspicions
from tests.browser.shots import log_in, shoot
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


def test_a_suspicion_is_read_and_dismissed(page):
    now, office = timezone.now(), ProjectFactory(name="雲棲苑")
    jia = StaffFactory(project=office, name="王思齊")
    yi = StaffFactory(project=office, name="簡詩涵")
    boss = StaffFactory(project=office, name="許文馨", role="supervisor")
    ye = visit(jia, now - 9 * DAY, phone="138 0013 8000", name="葉先生")
    zhou = visit(yi, now - 2 * DAY, phone="139 0000 1111", name="周雅婷")
    path = (
        Clue("sold", now - DAY, yi.pk, party=zhou.lead_id),
        Clue("fresh", now - 2 * DAY, party=zhou.lead_id, values={"days": 1}),
        Clue("tie", party=zhou.lead_id, other_party=ye.lead_id, values={"kind": "payer_phone"}),
        Clue("held", now - 9 * DAY, jia.pk, party=ye.lead_id),
        Clue("bought_nothing", party=ye.lead_id),
    )
    findings = [
        Finding(
            "tied_buyer", (number,), 80 - number, yi.pk, zhou.lead_id, facts=(zhou.pk,), path=path,
            parties=(zhou.lead_id, ye.lead_id),
        )
        for number in range(3)
    ]  # fmt: skip
    raise_suspicions(project=office, findings=findings, by=None, now=now)
    log_in(page, boss)
    page.goto(reverse("suspicions"))
    shoot(page, "suspicions")
    page.get_by_role("link", name="買方與他人客戶有關").first.click()
    page.get_by_role("heading", name="怎麼看出來的").wait_for()
    shoot(page, "suspicion")
    page.get_by_label("理由").fill("兩姊妹各買各的，已看戶口簿")
    page.get_by_role("button", name="不成疑").click()
    page.get_by_text("沒有人被通知").first.wait_for()
    assert Suspicion.objects.filter(end__what="dismissed").count() == 1
    page.goto(reverse("suspicions"))
    assert page.locator("a.qi").count() == 2
