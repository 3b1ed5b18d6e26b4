"""A workbook is reckoned again from itself alone, and says so where somebody changed it."""

import re
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from commissions.recompute import differences
from commissions.services import adjust

from .conftest import browser_of, close, collide, own, plan, sell, step

pytestmark = pytest.mark.django_db
WAN = 1_000_000
TERMS = {
    "milestones": [
        {"at": "contract", "percent": 40},
        {"at": "payment", "percent": 60, "paid": "pro_rata"},
    ],
    "holdback": "7",
    "helper": "3.5",
    "tiers": {"by": "count", "of": "agent", "mode": "excess", "steps": [["2", "1.35"]]},
}


@pytest.fixture
def workbook(office, tmp_path):
    """Deals of every fate: held, paid, refunded after the payout, called off, forfeited."""
    plan(office.project, **TERMS)
    ago = office.now - timedelta(days=40)
    lead = own(office, office.jia, days=50)
    for number in range(4):
        deal = sell(
            office, lead, office.jia, f"1-{number}", ago, price_cents=77_777_777 + number,
            helper=office.yi,
        )  # fmt: skip
        step(office, deal, "contract", at=ago)
        step(office, deal, "payment", at=ago, amount_cents=33_333_333)
        last = deal
    close(office, f"{ago.astimezone(office.project.zone):%Y-%m}", now=office.now)
    step(office, deal, "refund", amount_cents=11_111_111)
    fought = collide(office, phone="138 0013 8101")
    sell(office, fought, office.jia, "2-1")
    other = sell(office, own(office, office.bing, phone="138 0013 8102"), office.bing, "2-2")
    common = {"by": office.manager, "now": office.now, "reason": "裁定"}
    common |= {"agent": office.bing, "deal_id": other.pk}
    adjust(kind="forfeiture", percent=33, to=office.yi, key=uuid4(), **common)
    adjust(kind="correction", cents=-7, key=uuid4(), **common)
    gone = sell(office, own(office, office.yi, phone="138 0013 8103"), office.yi, "2-3")
    step(office, gone, "cancel", note="退")
    assert last.pk != gone.pk
    given = {"form": "xlsx", "query": "project=", "key": uuid4()}
    answer = browser_of(office.manager).post(reverse("export_start"), given)
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def test_every_line_agrees_without_a_database(workbook):
    assert list(differences(workbook)) == []
    assert load_workbook(workbook).worksheets[0].max_row > 10
    code = (
        "import sys; from commissions.recompute import main; main(); print('django' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(workbook)], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == ["every line agrees, to the cent", "False"]


@pytest.mark.parametrize(
    ("sheet", "column", "value"),
    [(0, 8, 1.23), ("terms", 4, 5), ("terms", 3, '"price_cents": 1'), ("terms", 8, -1)],
)
def test_a_changed_cell_is_found(workbook, sheet, column, value):
    book = load_workbook(workbook)
    changed = book.worksheets[sheet] if sheet == 0 else book[sheet]
    cell = changed.cell(changed.max_row, column)
    if isinstance(value, str):
        value = re.sub(r'"price_cents"\s*:\s*[0-9]+', value, cell.value)
        assert value != cell.value
    cell.value = value
    book.save(workbook)
    told = subprocess.run(
        [sys.executable, "-m", "commissions.recompute", str(workbook)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "line" in told.stdout


def test_asked_without_a_file():
    told = subprocess.run(
        [sys.executable, "-m", "commissions.recompute"], capture_output=True, text=True, check=False
    )
    assert (told.returncode, "REPORT.xlsx" in told.stderr) == (2, True)
