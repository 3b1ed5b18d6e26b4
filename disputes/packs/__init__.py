"""The evidence pack of a case: one ZIP that a third person can read and check without us.

The same state of a case gives the same bytes: nothing says when or by whom it was taken out; that
stands in the log of disclosures, with the hash of the pack.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import IO, Any

from django.db.models import Sum
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from attribution import verifier

from ..evidence import folder
from ..models import Case, Evidence
from .archive import Archive, as_json
from .content import Brief, about, proofs_of

HERE = Path(__file__).resolve().parent
PIECE = 64 * 1024
FIXED = (
    ("style.css", HERE / "style.css"),
    ("README.txt", HERE / "README.txt"),
    ("check.py", HERE / "check.py"),
    ("verifier.py", Path(verifier.__file__)),
)
"""What every pack holds: how to read it, and with what to check it."""

Progress = Callable[[int], None]
"""Told how many members are written; raises where nobody wants the pack any more."""


class CaseMoved(Exception):
    """The case changed while its pack was being written; there is none of this state."""

    message = _("案件在產生證據包的時候變了，請再取一次。")


@dataclass(frozen=True, slots=True)
class Pack:
    """What was written."""

    sha256: str
    size: int
    members: int


def weight(case: Case) -> int:
    """How many bytes of evidence files a pack would hold. One query."""
    return case.evidence.aggregate(size=Sum("size"))["size"] or 0


def name_of(case: Case) -> str:
    """What the file is called."""
    return f"{case}.zip"


def write(file: IO[bytes], case: Case, on: Progress) -> Pack:
    """Write the pack of a case, as the reader of the present language has it, into a new file.

    Give the case with project, lead, decision, opened_by, closed_by and who did those. `file` can
    be read back. Raises CaseMoved, and whatever `on` raises.
    """
    with timezone.override(case.project.zone):
        brief = Brief(case)
        with Archive(file, str(case), {"language": get_language()}) as archive:
            for _member in _members(archive, brief):
                on(len(archive.members))
    if not Case.objects.filter(pk=case.pk, version=case.version).exists():
        raise CaseMoved
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    return Pack(digest, file.seek(0, SEEK_END), len(archive.members))


def _members(archive: Archive, brief: Brief) -> Iterator[str]:
    files = []
    for number, found in enumerate(brief.files, 1):
        files.append(_file(archive, brief, number, found))
        yield found.name
    decisions = []
    for number, (said, proof) in enumerate(proofs_of(brief), 1):
        name = f"proofs/{number:02}-{brief.case}-{said['decision']}.json"
        digest = archive.add(name, proof.encode())
        decisions.append({**said, "file": name, "sha256": digest})
        yield name
    data: dict[str, Any] = {**about(brief), "evidence": files, "decisions": decisions}
    page = render_to_string("disputes/_pack.html", {"pack": data})
    for name, content in (("case.json", as_json(data)), ("index.html", page.encode())):
        archive.add(name, content)
        yield name
    for name, path in FIXED:
        archive.add(name, path.read_bytes())
        yield name


def _file(archive: Archive, brief: Brief, number: int, found: Evidence) -> dict[str, Any]:
    """One evidence file, as it was put before the case; what it is worth says its hash."""
    path = folder() / found.file
    said = {
        "name": brief.cover(found.name),
        "by": brief.called(found.by),
        "at": found.at.astimezone(brief.case.project.zone).isoformat(),
        "size": found.size,
        "recorded_sha256": found.sha256,
    }
    if not path.is_file():
        return {**said, "file": "", "state": "missing"}
    name = f"evidence/{number:02}-{found.sha256[:12]}{path.suffix}"
    digest = archive.add(name, _pieces(path))
    return {**said, "file": name, "state": "whole" if digest == found.sha256 else "changed"}


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
