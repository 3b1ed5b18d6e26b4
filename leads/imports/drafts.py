"""A row as the fact that it would be: dry run and import read it from here, and so agree."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads.models import ContactEvent, Kind, Lead, Project

from .models import Import, Register, Row

KINDS = {
    Register.Kind.CALLS: Kind.CALL,
    Register.Kind.VISITS: Kind.VISIT,
    Register.Kind.FOLLOW_UPS: Kind.FOLLOW_UP,
}
IMPORTED = "imported"
"""In an event's details: it came from a register, from which file and row, and on what basis."""


@dataclass(slots=True)
class Draft:
    """A fact that is not recorded, and what the rules would make of it."""

    event: ContactEvent
    foreseen: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Party:
    """What one person's rows would add to what is known of him."""

    project: Project
    lead: Lead | None
    drafts: Sequence[Draft]


def fact(row: Row, batch: Import, *, opening: bool) -> dict[str, Any]:
    """What the journal is given for a row, besides who recorded it and when."""
    draft = row.draft
    details: dict[str, Any] = {
        IMPORTED: {
            "import": str(batch.key),
            "file": str(row.register),
            "row": row.number,
            "agent": draft["agent"],
            "basis": Import.Basis.OPENING if opening else Import.Basis.LATE,
        }
    }
    if opening:
        details[IMPORTED] |= {"signed_by": batch.signed_by_id, "reason": batch.reason}
    if row.kind == Kind.FOLLOW_UP:
        details["outcome"] = draft["outcome"]
        details["reached"] = draft["outcome"] in ("reached", "family")
    else:
        details["phone_left"] = bool(draft["phones"])
    for name in ("name", "source", "need", "companions", "method"):
        if draft.get(name):
            details[name] = draft[name]
    return {
        "kind": Kind(row.kind),
        "agent": row.agent,
        "at": row.at,
        "details": details,
        "note": draft.get("note", ""),
        "key": row.fingerprint,
    }


def drafted(row: Row, batch: Import, lead: int, recorded_at: datetime) -> Draft:
    """The row as an event that nobody saved; its key is the row's, negative."""
    opening = recorded_at == row.entered
    given = fact(row, batch, opening=opening)
    return Draft(
        ContactEvent(
            pk=-row.pk, project=batch.project, lead_id=lead, recorded_at=recorded_at, **given
        )
    )
