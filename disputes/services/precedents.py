"""The door of precedents: what is decided is kept by its facts, for later cases."""

from datetime import datetime

from leads.journal import door
from leads.models import Staff

from ..models import Case, Precedent
from ..queries import precedents


@door
def keep_precedent(*, case_id: int, by: Staff | None, now: datetime) -> Precedent | None:
    """Keep a decided case by its facts, or draw it anew; the same case is kept once.

    None where it is open or ended otherwise than by a decision. Raises Case.DoesNotExist. `by` is
    None: the sweep.
    """
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("project", "lead", "decision", "opened_by__agent", "closed_by")
        .get(pk=case_id)
    )
    if case.state not in precedents.DECIDED:
        return None
    drawn = precedents.drawn(case)
    kept, _new = Precedent.objects.update_or_create(case=case, defaults=drawn)
    return kept
