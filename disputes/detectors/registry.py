"""Which detectors there are, what each suspects, and by which clause a case would be opened."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from . import follow_ups, late_entry, notice, steering, tied_buyer, units
from .rows import Finding, Rows


@dataclass(frozen=True, slots=True)
class Detector:
    """A pure function of the rows, and the kind of case that its suspicion would become."""

    name: str
    find: Callable[[Rows], Iterable[Finding]]
    kind: str
    clause: str
    has_rules: bool = False
    """The rules make a case of the same, where they see it: that is not raised again."""


DETECTORS: Mapping[str, Detector] = {
    one.name: one
    for one in (
        Detector(notice.NAME, notice.find, "poaching", "sales/1", has_rules=True),
        Detector(tied_buyer.NAME, tied_buyer.find, "name_swap", "sales/7", has_rules=True),
        Detector(units.NAME, units.find, "speculation", "sales/8"),
        Detector(steering.NAME, steering.find, "steering", "sales/9"),
        Detector(follow_ups.NAME, follow_ups.find, "other", "leasing/1.2"),
        Detector(late_entry.NAME, late_entry.find, "collision", "sales/2"),
    )
}


def find_all(rows: Rows) -> Iterator[Finding]:
    """What all detectors see in the rows."""
    for detector in DETECTORS.values():
        yield from detector.find(rows)
