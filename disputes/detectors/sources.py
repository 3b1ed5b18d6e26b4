"""What later apps lend to the detectors: units that were held, and what a buyer's papers say.

Disputes imports nothing of commissions; commissions lends its reads here when it is ready.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from leads.models import Project

from .rows import Renaming, Stay


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a reservation's or a deal's papers; empty where nobody wrote it down."""

    party: int
    fact: int | None
    """The event of the deal, where there is one."""
    identity: str = ""
    """The last figures of the identity number."""
    address: str = ""
    payer: str = ""
    payer_phone: str = ""
    """E.164."""


@dataclass(frozen=True, slots=True)
class Paperwork:
    """What an app knows about units and papers of a project."""

    papers: tuple[Paper, ...] = ()
    stays: tuple[Stay, ...] = ()
    renamings: tuple[Renaming, ...] = ()
    cancelled: frozenset[int] = frozenset()
    """The events of deals that were called off."""


Read = Callable[[Project, datetime], Paperwork]
"""Given a project and a moment: what was recorded since then, and what still stood."""
Changed = Callable[[Project, datetime], set[int]]
"""Given a project and a moment: the leads of whom something was recorded since."""

_lent: dict[str, tuple[Read, Changed]] = {}


def lend(name: str, read: Read, changed: Changed) -> None:
    """Let the detectors see what an app knows; called once when the app is ready."""
    _lent[name] = (read, changed)


def read(project: Project, since: datetime) -> Paperwork:
    """Everything that was lent about a project since a moment."""
    found = [read(project, since) for read, _ in _lent.values()]
    return Paperwork(
        papers=tuple(paper for one in found for paper in one.papers),
        stays=tuple(stay for one in found for stay in one.stays),
        renamings=tuple(renaming for one in found for renaming in one.renamings),
        cancelled=frozenset().union(*(one.cancelled for one in found)),
    )


def changed(project: Project, since: datetime) -> set[int]:
    """The leads of whom an app recorded something since a moment."""
    return set().union(*(changed(project, since) for _, changed in _lent.values()))
