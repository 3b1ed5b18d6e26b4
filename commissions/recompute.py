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
    *("line", "agent", "role", "plan", "price_cents", "rent_cents", "unit_type", "paid_in_cents"),
    *("credit", "others", "tally", "done", "adjusted"),
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
        terms = dict(zip(TERMS_COLUMNS, row, strict=True))
        figures = [int(terms[name]) for name in TERMS_COLUMNS[-5:]]
        digest.update(fingerprint(int(terms["line"]), figures).encode())
        pending, held, released, _paid, taken = figures
        found = reckon(plans[int(terms["plan"])], terms)
        again = (found.pending, found.held, found.released + found.paid)
        if again != (pending, held, released):
            yield f"line {terms['line']}: {(pending, held, released)} in the workbook, {again} here"
        amounts = (pending + held + released, taken)
        said = (_cents(cells[DETAILS_AMOUNT]), _cents(cells[DETAILS_REVERSED]))
        if said != amounts:
            yield f"line {terms['line']}: the details say {said}, their terms {amounts}"
    about = {row[0]: row[1] for row in _about(book).iter_rows(max_col=2, values_only=True)}
    if about.get(DIGEST) != digest.hexdigest():
        yield f"digest {about.get(DIGEST)} in the workbook, {digest.hexdigest()} over {count} lines"


def reckon(plan: schedule.Plan, terms: Mapping[str, Any]) -> schedule.Balance:
    """Where one line's cents lie, by its terms."""
    done = json.loads(terms["done"])
    credit = {int(agent): share for agent, share in json.loads(terms["credit"]).items()}
    helper, introducer = json.loads(terms["others"])
    nothing = schedule.Tally(Fraction(0), Fraction(0))
    tally = dict.fromkeys(credit, nothing) | {
        int(who): schedule.Tally(Fraction(before), Fraction(total))
        for who, (before, total) in json.loads(terms["tally"]).items()
    }
    sale = schedule.Sale(
        key=0,
        price_cents=int(terms["price_cents"]),
        credit=credit,
        rent_cents=int(terms["rent_cents"]),
        unit_type=terms["unit_type"] or "",
        helper=helper,
        introducer=introducer,
    )
    adjusted = [schedule.Adjusted(**one) for one in json.loads(terms["adjusted"])]
    due = {}
    if "cancelled" not in done:
        due = schedule.due(schedule.reckon(plan, sale, tally).parts, adjusted)
    progress = schedule.Progress(
        contract="contract" in done,
        handover="handover" in done,
        paid_cents=int(terms["paid_in_cents"]),
        price_cents=sale.price_cents,
    )
    return schedule.lies(
        due.get((int(terms["agent"]), terms["role"]), 0),
        int(terms["paid_cents"]),
        schedule.unlocked(plan.milestones, plan.holdback, progress),
        contested="contested" in done,
    )


def _about(book: Any) -> Any:
    """The sheet that says what the workbook is: neither details, terms nor plans."""
    known = (book.sheetnames[0], TERMS_SHEET, PLANS_SHEET)
    return next(sheet for sheet in book.worksheets if sheet.title not in known)


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
