"""sales/2: several agents with one client, none knowing of the other, is for the supervisor.

Reading: the proposal is the chain's, judged on the day of discovery; the office may let the policy
settle it. A ruling closes the matter and starts a fresh period.
"""

from dataclasses import dataclass

from ..clause import CollisionSettled, Heard, Statement
from ..decision import Decider, Flag, Grant, Strength
from ..facts import Fact, Ruling
from ..scene import Collision, Sale, Scene


@dataclass(frozen=True)
class CollisionForSupervisor(CollisionSettled):
    """Two agents unknowingly stand in one lead."""

    id = "sales/2"
    statement = Statement(
        hant="多名業務員互不知情而聯繫同一客戶，是撞單，由主管視情節處理；裁定後重新起算。",
        hans="多名业务员互不知情而联系同一客户，是撞单，由主管视情节处理；裁定后重新起算。",
        en="Several agents with one client, unknown to each other, are a collision; the supervisor "
        "settles it, and his ruling starts a fresh period.",
    )
    hears = (Collision, Sale, Ruling)
    collision_by: Decider = "supervisor"

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Collision) and heard.kind == "apart" and not heard.knowing:
            return Flag("case", "collision", "supervisor")
        return super().flags(heard, scene)

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if isinstance(fact, Ruling):
            return Grant(fact.owner, "ruling", Strength.RULED, fact.shares)
        return None
