"""leasing/1.9: an agent serving one group may take another, if the first agrees.

Reading: the consent is on record; if they object, another agent receives or the manager places the
newcomer. It changes nothing in how a reception is judged (rule 19).
"""

from dataclasses import dataclass

from ..clause import Clause, Statement


@dataclass(frozen=True)
class JointReception(Clause):
    """A duty of the counter, carried out on the reception board."""

    id = "leasing/1.9"
    statement = Statement(
        hant="接待中又有新客戶時，須先徵得原客戶同意才可一起接待；不同意則由他人接待或經理安排。",
        hans="接待中又有新客户时，须先征得原客户同意才可一起接待；不同意则由他人接待或经理安排。",
        en="A second group may join only with the first one's consent; otherwise another agent "
        "receives them or the manager decides.",
    )
    decided_by = "board"
