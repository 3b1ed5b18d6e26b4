"""Reads a list of units from an Excel file: rows with a verdict each, nothing saved."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import IO, Any
from zipfile import BadZipFile

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from .models import Unit

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("房號", "房号", "單元", "单元", "unit"),
    "unit_type": ("戶型", "户型", "類型", "类型", "type"),
    "area": ("面積", "面积", "area"),
    "price_cents": ("總價", "总价", "定價", "定价", "price"),
    "rent_cents": ("月租", "租金", "rent"),
}
MOST_ROWS = 20_000


class NotAUnitsFile(ValueError):
    """The file is no Excel file, or has no column of numbers."""

    message = _("讀不出房源：要是 Excel（.xlsx），第一列有「房號」欄。")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of the file: what it says of a unit, and the verdict on it."""

    line: int
    verdict: str
    """new, same, changed, twice, or what cannot be read: the column."""
    values: dict[str, Any]

    @property
    def is_good(self) -> bool:
        """It will be entered, or changes something."""
        return self.verdict in ("new", "changed")


def read(file: IO[bytes], known: Mapping[str, Unit]) -> list[UnitRow]:
    """Every row that is not empty, in order; `known`: the units there are, by number.

    Raises NotAUnitsFile.
    """
    try:
        sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        places = _places(next(rows, ()))
    except (InvalidFileException, BadZipFile, KeyError, OSError, IndexError) as error:
        raise NotAUnitsFile from error
    if "number" not in places:
        raise NotAUnitsFile
    return list(_verdicts(rows, places, known))


def _places(head: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(head):
        words = str(cell or "").strip().lower()
        for name, known in COLUMNS.items():
            if words in known and name not in found:
                found[name] = place
    return found


def _verdicts(
    rows: Iterator[tuple[Any, ...]], places: Mapping[str, int], known: Mapping[str, Unit]
) -> Iterator[UnitRow]:
    seen: set[str] = set()
    for line, row in enumerate(rows, 2):
        if line > MOST_ROWS:
            return
        cells = {name: row[at] if at < len(row) else None for name, at in places.items()}
        if not any(cell not in (None, "") for cell in cells.values()):
            continue
        values: dict[str, Any] = {
            "number": _text(cells.get("number")),
            "unit_type": _text(cells.get("unit_type"))[:40],
        }
        wrong = "" if 0 < len(values["number"]) <= 40 else "number"
        for name in ("area", "price_cents", "rent_cents"):
            try:
                values[name] = _number(cells.get(name), cents=name != "area")
            except (InvalidOperation, ValueError):
                values[name], wrong = None, wrong or name
        verdict = wrong or _verdict(values, known.get(values["number"]), seen)
        seen.add(values["number"])
        yield UnitRow(line, verdict, values)


def _verdict(values: Mapping[str, Any], unit: Unit | None, seen: set[str]) -> str:
    if values["number"] in seen:
        return "twice"
    if unit is None:
        return "new"
    same = all(getattr(unit, name) == value for name, value in values.items())
    return "same" if same else "changed"


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(unicodedata.normalize("NFKC", str(cell if cell is not None else "")).split())


def _number(cell: Any, *, cents: bool) -> Any:
    """Cents, or square metres with two places; None for an empty cell. Raises where it is none."""
    text = re.sub(r"[,¥$元㎡]|m2", "", _text(cell))
    if not text:
        return None
    value = Decimal(text) * (100 if cents else 1)
    if not 0 <= value < 10**15 or not value.is_finite():
        raise ValueError(text)
    return int(value.to_integral_value()) if cents else value.quantize(Decimal("0.01"))
