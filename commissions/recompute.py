"""Reckons every line of an exported workbook again, to the cent, from the workbook alone.

`python -m commissions.recompute REPORT.xlsx` needs openpyxl and nothing else: no database, no
settings. It prints what differs and ends with 0 where nothing does.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from . import schedule

TERMS_SHEET = "terms"
PLANS_SHEET = "plans"
DIGEST = "SHA-256"
TERMS_COLUMNS = (
    *("line", "plan", "terms"),
    *("pending_cents", "held_cents", "released_cents", "paid_cents", "reversed_cents"),
)
DETAILS_AMOUNT, DETAILS_REVERSED = 7, 8
"""Where the sheet of details has its amounts."""


def fingerprint(line: int, figures: Sequence[int]) -> str:
    """What the workbook's digest takes in of a line."""
    return "|".join(map(str, (line, *figures))) + "\n"


def differences(path: Path) -> Iterator[str]:
    """What a workbook says that cannot be reckoned again, in a line each."""
    book = load_workbook(path, read_only=True, data_only=True)
    plans = {
        int(key): schedule.Plan.of(json.loads(data))
        for key, data in book[PLANS_SHEET].iter_rows(values_only=True)
        if key is not None
    }
    details, digest, count = book.worksheets[0], hashlib.sha256(), 0
    rows = book[TERMS_SHEET].iter_rows(min_row=2, values_only=True)
    shown = details.iter_rows(min_row=2, values_only=True)
    for row, cells in zip(rows, shown, strict=True):
        if row[0] is None:
            continue
        count += 1
        line, plan, terms = int(row[0]), int(row[1]), json.loads(row[2])
        figures = [int(cents) for cents in row[3:]]
        digest.update(fingerprint(line, figures).encode())
        pending, held, released, paid, taken = figures
        found = reckon(plans[plan], terms, paid)
        again = (found.pending, found.held, found.released + found.paid)
        if again != (pending, held, released):
            yield f"line {line}: {(pending, held, released)} in the workbook, {again} here"
        amounts = (pending + held + released, taken)
        said = (_cents(cells[DETAILS_AMOUNT]), _cents(cells[DETAILS_REVERSED]))
        if said != amounts:
            yield f"line {line}: the details say {said}, their terms {amounts}"
    stated = _said_digest(book)
    if stated != digest.hexdigest():
        yield f"digest {stated} in the workbook, {digest.hexdigest()} over {count} lines"


def reckon(plan: schedule.Plan, terms: Mapping[str, Any], paid: int) -> schedule.Balance:
    """Where one line's cents lie, by its terms and what of it was paid out."""
    credit = {int(agent): share for agent, share in terms["credit"].items()}
    nothing = schedule.Tally(Fraction(0), Fraction(0))
    tally = dict.fromkeys(credit, nothing) | {
        int(who): schedule.Tally(Fraction(before), Fraction(total))
        for who, (before, total) in terms["tally"].items()
    }
    sale = schedule.Sale(
        key=0,
        price_cents=terms["price_cents"],
        credit=credit,
        rent_cents=terms["rent_cents"],
        unit_type=terms["unit_type"],
        helper=terms["helper_id"],
        introducer=terms["introducer_id"],
    )
    due = {}
    if terms["cancelled_at"] is None:
        adjusted = [schedule.Adjusted(**one) for one in terms["adjusted"]]
        due = schedule.due(schedule.reckon(plan, sale, tally).parts, adjusted)
    progress = schedule.Progress(
        contract=terms["contracted_at"] is not None,
        handover=terms["handed_over_at"] is not None,
        paid_cents=terms["paid_cents"],
        price_cents=sale.price_cents,
    )
    return schedule.lies(
        due.get((terms["agent_id"], terms["role"]), 0),
        paid,
        schedule.unlocked(plan.milestones, plan.holdback, progress),
        contested=terms["contested"],
    )


def _said_digest(book: Any) -> str | None:
    """The digest that the workbook says of itself, wherever it says it."""
    for sheet in book.worksheets[1:]:
        if sheet.title in (TERMS_SHEET, PLANS_SHEET):
            continue
        for label, value, *_more in sheet.iter_rows(min_col=1, max_col=2, values_only=True):
            if label == DIGEST:
                return str(value)
    return None


def _cents(amount: Any) -> int:
    return round(Fraction(str(amount)) * 100)


def main() -> int:
    if len(sys.argv) != 2:
        print("python -m commissions.recompute REPORT.xlsx", file=sys.stderr)
        return 2
    found = list(differences(Path(sys.argv[1])))
    print("\n".join(found) or "every line agrees, to the cent")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
