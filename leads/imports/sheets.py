"""Streams the rows of a register as text, one at a time, however long it is."""

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

from .encodings import DELIMITERS, delimiter_of, encoding_of

COLUMNS_READ = 60
CELL = 2000
"""So many characters of a cell are read; a register has no longer ones."""
FIELD_LIMIT = 64 * 1024
LOOK = 64 * 1024
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
MERGES_AT_MOST = 20_000


class Unreadable(Exception):
    """The file broke off in the middle."""


@dataclass(slots=True)
class SheetRow:
    """One row: its number in the sheet, its cells as text, and what is wrong with which."""

    number: int
    cells: list[str]
    faults: dict[int, str] = field(default_factory=dict)
    """By column: `formula` (without a value), `excel_error`, `encoding`; -1 is the whole row."""

    @property
    def blank(self) -> bool:
        """Nothing is written in it."""
        return not self.faults and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Source:
    """A sheet of a stored file, and how its text is read."""

    path: Path
    form: str
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""

    def rows(self) -> Iterator[SheetRow]:
        """Every row, in order. Raises Unreadable where the file breaks off."""
        return _workbook_rows(self) if self.form == "xlsx" else _text_rows(self)


def sources_in(path: Path, form: str) -> list[Source]:
    """The sheets that hold anything; a text file is one. Raises Unreadable."""
    if form == "csv":
        encoding = encoding_of(path)
        return [Source(path, form, "", encoding, _sniff(path, encoding))]
    with _reading(), closing(_open(path, values=True)) as book:
        names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        return [source for name in names if _holds_anything(source := Source(path, form, name))]


def _holds_anything(source: Source) -> bool:
    return any(not row.blank for row in islice(source.rows(), 50))


# --- Text ------------------------------------------------------------------------------------


def _sniff(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = file.read(LOOK).splitlines()[:60]
    return delimiter_of(lines)


def _text_rows(source: Source) -> Iterator[SheetRow]:
    csv.field_size_limit(FIELD_LIMIT)
    delimiter = source.delimiter if source.delimiter in DELIMITERS else ","
    with source.path.open(encoding=source.encoding, errors="replace", newline="") as file:
        rows = csv.reader((line.replace("\0", "") for line in file), delimiter=delimiter)
        number = 0
        while True:
            number += 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error:
                yield SheetRow(number, [], {-1: "broken_quotes"})
                continue
            cells = [_short(cell) for cell in cells[:COLUMNS_READ]]
            faults = {at: "encoding" for at, cell in enumerate(cells) if "\ufffd" in cell}
            yield SheetRow(number, cells, faults)


def _short(text: str) -> str:
    return text[:CELL].strip().removeprefix("\ufeff")


# --- Workbooks -------------------------------------------------------------------------------


class _reading:
    """Whatever a broken workbook makes the reader stumble over is one error of ours."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, Unreadable):
            raise Unreadable(str(error)) from error


def _open(path: Path, *, values: bool) -> Any:
    return openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)


def _workbook_rows(source: Source) -> Iterator[SheetRow]:
    with _reading(), ExitStack() as open_books:
        book = open_books.enter_context(closing(_open(source.path, values=True)))
        sheet = book[source.sheet]
        sheet.reset_dimensions()
        merges, formulas = _look_through(source.path, sheet._worksheet_path)
        written: Iterable[Any] = repeat(())
        if formulas:
            # Only a second reading says which cells are formulas: none of them may lack a value.
            other = open_books.enter_context(closing(_open(source.path, values=False)))
            other[source.sheet].reset_dimensions()
            written = other[source.sheet].iter_rows()
        yield from _filled_down(_rows_of(zip(sheet.iter_rows(), written, strict=False)), merges)


def _look_through(path: Path, part: str) -> tuple[list[tuple[int, int, int]], bool]:
    """Cells merged over several rows, as (column, first row, last row), and: any formulas?

    They stand behind the rows in the file, and the reader that streams rows does not give them.
    """
    merges: list[tuple[int, int, int]] = []
    formulas = False
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        rest = b""
        while chunk := file.read(1 << 20):
            text = rest + chunk
            formulas = formulas or FORMULA.search(text) is not None
            cut = 0
            for found in MERGED.finditer(text):
                cut = found.end()
                column, first, _, last = range_boundaries(found.group(1).decode())
                if last > first and len(merges) < MERGES_AT_MOST:
                    merges.append((column - 1, first, last))
            rest = text[max(cut, len(text) - 200) :]
    return merges, formulas


def _rows_of(rows: Iterable[tuple[Any, Any]]) -> Iterator[SheetRow]:
    for number, (cells, written) in enumerate(rows, 1):
        taken = cells[:COLUMNS_READ]
        row = SheetRow(number, [as_text(cell.value) for cell in taken])
        for at, cell in enumerate(taken):
            if cell.data_type == "e":
                row.faults[at] = "excel_error"
        for at, cell in enumerate(written[: len(taken)]):
            # A formula whose result is an empty text was calculated; one without a type was not.
            if cell.data_type == "f" and taken[at].value is None and taken[at].data_type != "str":
                row.cells[at] = as_text(cell.value)
                row.faults[at] = "formula"
        yield row


def _filled_down(
    rows: Iterable[SheetRow], merges: list[tuple[int, int, int]]
) -> Iterator[SheetRow]:
    """Rows under a merged cell say what the merged cell says."""
    starting: dict[int, list[tuple[int, int]]] = {}
    for column, first, last in merges:
        starting.setdefault(first, []).append((column, last))
    open_: dict[int, tuple[int, str]] = {}
    for row in rows:
        blank = row.blank
        for column, (last, text) in list(open_.items()):
            if row.number > last:
                del open_[column]
            elif not blank and (column >= len(row.cells) or not row.cells[column]):
                row.cells += [""] * (column + 1 - len(row.cells))
                row.cells[column] = text
        for column, last in starting.pop(row.number, ()):
            text = row.cells[column] if column < len(row.cells) else ""
            open_[column] = (last, text)
        yield row


def as_text(value: Any) -> str:
    """A cell as somebody would have typed it: dates as 2026-03-02, numbers without a tail."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, datetime):
        form = "%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S"
        return value.strftime(form)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(value, float):
        value = int(value) if value.is_integer() else value
    return _short(str(value))
