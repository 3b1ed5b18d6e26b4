"""The door by which a case is put aside: it stands at the end of the queue until tomorrow."""

from datetime import datetime
from uuid import UUID

from leads.journal import door
from leads.models import Staff

from ..cases import course
from ..cases.course import InTheWay
from ..cases.opening import note
from ..models import Step
from ..queries.standing import calendar_of, decides_at


@door
def put_aside(
    *, case_id: int, version: int | None, by: Staff, now: datetime, key: UUID, text: str = ""
) -> Step | None:
    """Look at a case later: at the end of the queue until the office's day is over.

    Its deadlines run on, and a form that somebody else has open stays good. None where this form
    was saved before. Raises StaleCase, InTheWay (not his to decide).
    """
    if course.repeated(key):
        return None
    case, _held = course.hold(case_id, version)
    if not decides_at(by, case.instance):
        raise InTheWay("decider")
    case.later_until = calendar_of(case.project).after(now, 0)
    case.save(update_fields=["later_until"])
    return note(case, Step.Kind.LATER, now, by=by, text=text, key=key)
