"""Who may do what with a need: one table by role; whose needs they are is `leads.access`'s matter.

A client's need of management or service is identified by whoever hears it, and its measure carried
out by the management office; what is about buying stays with the agent. Deciders may step in.
"""

from ..access import DECIDERS, OFFICE_SIDES
from ..models import Role, Staff
from . import course
from .models import Need

TALKS = frozenset({"analyse", "verify", "reopen"})
"""What an agent does with a need that others carry out: he is the one who asks his client."""
EVERYTHING = frozenset(course.ACTS)

MAY_CHANGE = (Role.AGENT, Role.MANAGEMENT_OFFICE, *DECIDERS)
"""Those who write needs down and carry them on."""
KEEPERS = (Role.MANAGER, Role.GENERAL_MANAGER)
"""Those who keep the list of items."""


def acts_for(need: Need, staff: Staff) -> list[str]:
    """What someone who sees a need may do with it now, the usual next act first."""
    allowed = _allowed(need, staff)
    acts = course.acts_of(need.state, finished=need.done is not None)
    found = [act for act in acts if act in allowed]
    found.sort(key=lambda act: FIRST.get((need.state, act), 1))
    return found


FIRST = {
    ("analysed", "plan"): 0,
    ("planned", "start"): 0,
    ("under_way", "finish"): -1,
    ("under_way", "verify"): 0,
    ("verified", "close"): 0,
}
"""Of several acts, the one that leads on."""


def _allowed(need: Need, staff: Staff) -> frozenset[str]:
    on_office_side = need.item.side in OFFICE_SIDES
    if staff.role in DECIDERS:
        return EVERYTHING
    if staff.role == Role.MANAGEMENT_OFFICE and on_office_side:
        return EVERYTHING
    if staff.role == Role.AGENT:
        return TALKS if on_office_side else EVERYTHING
    return frozenset()
