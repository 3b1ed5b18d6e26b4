"""Steps under the lock: what parties say, in writing or in person, and what they put before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads.models import Staff

from ..models import Case, Evidence, Step
from . import course


@dataclass(frozen=True, slots=True)
class File:
    """A file that was checked and put away: its name, what it is, how large, where it lies."""

    name: str
    media_type: str
    size: int
    sha256: str
    path: str


Files = Sequence[File]
NO_FILES: Files = ()


def write_hearing(case: Case, party: int, words: str, by: Staff, now: datetime) -> Step:
    """Whoever decides heard a party in person and wrote down what he said. Raises as `perform`."""
    if not case.parties.filter(staff=party).exists():
        raise course.InTheWay("party")
    step = course.perform(case, "hear", by, now, party=party, text=words)
    case.parties.filter(staff=party, answered_at=None).update(answered_at=now, heard_by=by)
    return step


def write_answer(
    case: Case, words: str, by: Staff, now: datetime, *, objects: bool, files: Files, key: Any
) -> Step:
    """A party answers in writing. Raises as `perform`."""
    event = "object" if objects and case.stage == Case.Stage.POLICY else "answer"
    step = course.perform(case, event, by, now, party=by.pk, text=words, key=key)
    mine = case.parties.filter(staff=by)
    mine.filter(answered_at=None).update(answered_at=now)
    if objects:
        mine.update(objects_to=True)
    put_away(case, step, files, by, now)
    return step


def put_away(case: Case, step: Step, files: Files, by: Staff, now: datetime) -> None:
    """Files that came with a line of the file."""
    Evidence.objects.bulk_create(
        Evidence(
            case=case,
            step=step,
            by=by,
            at=now,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            file=file.path,
        )
        for file in files
    )
