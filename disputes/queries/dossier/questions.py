"""One line of a worksheet, as the page reads it."""

from dataclasses import dataclass
from datetime import date, datetime

from .sides import Side


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the worksheet: what is asked, what the record answers, by which clause."""

    name: str
    clause: str
    certain: bool = True
    side: Side | None = None
    other: Side | None = None
    day: date | datetime | None = None
    until: date | None = None
    yes: bool | None = None
    days: int | None = None
    words: str = ""
    """What is asked, where the name alone does not say it."""
    answer: str = ""
