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
        hant="手上有一組客人時再接一組，要先問過前一組；他們不願意，就由別人接，或請經理安排。",
        hans="手上有一组客人时再接一组，要先问过前一组；他们不愿意，就由别人接，或请经理安排。",
        en="A second group may join only with the first one's consent; otherwise another agent "
        "receives them or the manager decides.",
    )
    decided_by = "board"
