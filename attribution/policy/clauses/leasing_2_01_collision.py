"""leasing/2.1: neither agent knew; discovered inside the first one's period, it is his.

Reading: the deal's credit is judged on the day of discovery. Where the day of the deal would give
another agent, and nothing began anew, this reading is proposed and a person decides.
"""

from dataclasses import dataclass

from ..clause import Clause, Statement
from ..decision import Decider, Flag, Reading
from ..facts import Fact
from ..scene import Collision, Sale, Scene


@dataclass(frozen=True)
class CollisionDiscovered(Clause):
    """Both unaware: the first agent if still inside his period, else the closing agent."""

    id = "leasing/2.1"
    statement = Statement(
        hant="互不知情而撞單：發現那天第一接待人還有效，算他的；已經失效，算成交的人。",
        hans="互不知情而撞单：发现那天第一接待人还有效，算他的；已经失效，算成交的人。",
        en="Neither knew: discovered inside the first agent's period, the credit is his; "
        "discovered after it, the closing agent's.",
    )
    rank = 60
    hears = (Collision, Sale)
    collision_by: Decider = "policy"

    def flags(self, heard: Fact | Collision | Sale, scene: Scene) -> Flag | None:
        if isinstance(heard, Collision) and heard.kind == "plain" and not heard.knowing:
            return Flag("case", "collision", self.collision_by)
        return None

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        return scene.reading_on("discovery", sale)
