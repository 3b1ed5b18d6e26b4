"""leasing/1.10: a lapsed claim is given up; who comes back belongs to whom he asks for.

Reading: asking for the earlier, lapsed agent gives that agent a new period; otherwise the agent
who receives takes the client.
"""

from dataclasses import dataclass

from ..clause import Clause, Statement
from ..decision import Flag, Grant
from ..facts import Fact, Reception
from ..scene import Collision, Sale, Scene


@dataclass(frozen=True)
class LapsedClient(Clause):
    """A client returns after the last day."""

    id = "leasing/1.10"
    statement = Statement(
        hant="逾期視為放棄；客戶再來時找原招商員的仍歸他，未找的歸當值接待人。",
        hans="逾期视为放弃；客户再来时找原招商员的仍归他，未找的归当值接待人。",
        en="A lapsed claim is given up: a returning client who asks for the earlier agent is his "
        "again, any other belongs to the agent who receives him.",
    )
    rank = 30
    hears = (Reception,)

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if not isinstance(fact, Reception) or fact.asked_for is None or not scene.nobody_holds:
            return None
        returns = scene.works_here(fact.asked_for) and scene.gave_up(fact.asked_for)
        return Grant(fact.asked_for, "asked_for_lapsed") if returns else None

    def flags(self, heard: Fact | Collision | Sale, scene: Scene) -> Flag | None:
        if isinstance(heard, Reception) and scene.nobody_holds and scene.anyone_gave_up:
            return Flag("note", "lapsed_before")
        return None
