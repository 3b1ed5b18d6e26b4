"""leasing/2.4: everything else is negotiated, then decided by the manager, then at the top.

Reading: a proxy's collision that was not filed goes here. A ruling closes the matter, sets owner
and shares, and starts a fresh visit period.
"""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Decider, Flag, Grant, Strength
from ..facts import Fact, Ruling
from ..scene import Collision, Scene


@dataclass(frozen=True)
class Ladder(Clause):
    """Negotiation, manager, general manager."""

    id = "leasing/2.4"
    statement = Statement(
        hant="前面各條沒說到的撞單：兩人先談，談不攏由經理照制度定，還不行由總經理看事實定。",
        hans="前面各条没说到的撞单：两人先谈，谈不拢由经理照制度定，还不行由总经理看事实定。",
        en="Any other collision is negotiated by the agents, then decided by the manager under the "
        "policy, then by the general manager on the facts.",
    )
    rank = 60
    hears = (Collision, Ruling)
    proxy_unfiled_by: Decider = "negotiation"

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Collision) and heard.kind == "unfiled" and not heard.knowing:
            return Flag("case", "collision", self.proxy_unfiled_by)
        return None

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if isinstance(fact, Ruling):
            return Grant(fact.owner, "ruling", Strength.RULED, fact.shares)
        return None
