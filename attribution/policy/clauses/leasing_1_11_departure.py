"""leasing/1.11: the clients of an agent who leaves are placed by the manager.

Reading: his claims end; a lead that he owned belongs to nobody, whoever receives, until the manager
assigns it. The assignment ends all other claims and starts a fresh visit period.
"""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Bar, Flag, Grant, Strength
from ..facts import Assignment, Departure, Fact, Reception
from ..scene import Sale, Scene


@dataclass(frozen=True)
class DepartedAgent(Clause):
    """The owner leaves; the manager assigns."""

    id = "leasing/1.11"
    statement = Statement(
        hant="招商員離職，其客戶由經理統一安排；安排之前無人歸屬，安排後重新起算。",
        hans="招商员离职，其客户由经理统一安排；安排之前无人归属，安排后重新起算。",
        en="When an agent leaves, the manager places his clients; until then nobody owns them, and "
        "the new owner starts a fresh period.",
    )
    rank = 5
    hears = (Departure, Assignment, Reception)

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        waits = isinstance(fact, Reception) and scene.waits_by(self.id)
        return Bar("awaits_assignment") if waits else None

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if isinstance(fact, Assignment):
            return Grant(fact.to, "assignment", Strength.RULED)
        return None

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Departure) and scene.owner and scene.owner.agent == heard.agent:
            return Flag("case", "departure", "supervisor")
        return None
