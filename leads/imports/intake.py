"""Takes an uploaded file in: looks at it, stores it, and guesses how its sheets are read."""

import os
from collections.abc import Sequence
from pathlib import PurePath
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from leads.models import Project

from . import columns, queries, sheets
from .files import BROKEN, Refused, form_of, stored
from .models import Register
from .reading import visible

SHEETS_AT_MOST = 12
NO_ROWS = _("檔案裡沒有資料列。")
NAME_LIMIT = 120


def take(upload: UploadedFile, project: Project, year: int) -> list[Register]:
    """The registers in a file, not saved yet; the file lies under a name of ours.

    `year`: of dates that do not say theirs, where the file does not say it either. Raises Refused.
    """
    form = form_of(upload.file, upload.size or 0)  # type: ignore[arg-type]
    file = f"{uuid4()}.{form}"
    place = stored(file)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        for chunk in upload.chunks():
            target.write(chunk)
    try:
        found = sheets.sources_in(place, form)[:SHEETS_AT_MOST]
        if not found:
            raise Refused(NO_ROWS)
        name = called(upload.name or "")
        return [_register(source, file, name, project, year) for source in found]
    except sheets.Unreadable as error:
        place.unlink(missing_ok=True)
        raise Refused(BROKEN) from error
    except Refused:
        place.unlink(missing_ok=True)
        raise


def called(name: str) -> str:
    """What an uploader called his file, without folders and signs that do not show."""
    return visible(PurePath(name.replace("\\", "/")).name)[-NAME_LIMIT:] or "?"


def _register(source: sheets.Source, file: str, name: str, project: Project, year: int) -> Register:
    register = Register(
        name=name,
        file=file,
        form=source.form,
        sheet=source.sheet[:100],
        encoding=source.encoding,
        delimiter=source.delimiter,
        year=year,
    )
    look(register, project, year)
    return register


def look(register: Register, project: Project, year: int, heading_row: int | None = None) -> None:
    """Read the top of a register and guess its columns, or recall them. Raises Unreadable."""
    rows = queries.first_rows(queries.source_of(register))
    guess = columns.guess(rows, called=str(register), year=year, heading_row=heading_row)
    register.kind, register.columns = guess.kind, guess.columns
    register.heading_row, register.headings = guess.heading_row, guess.headings
    register.year, register.sample = guess.year, guess.sample
    recalled = queries.recalled(project, guess.headings)
    if recalled is not None and len(recalled.columns) == len(guess.headings):
        register.kind, register.columns = recalled.kind, recalled.columns


def drop(registers: Sequence[Register]) -> None:
    """Remove the files of registers that are not taken in after all."""
    for register in registers:
        stored(register.file).unlink(missing_ok=True)
