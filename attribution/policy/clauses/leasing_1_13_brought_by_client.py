"""leasing/1.13: a newcomer brought in person by a client may ask for that client's agent.

Reading: both are there, the newcomer has never been received, and the existing client's agent is
asked for by name; otherwise the agent who receives takes the newcomer.
"""

from dataclasses import dataclass

from ..clause import Clause, Statement
from ..decision import Grant
from ..facts import Fact, Reception
from ..scene import Scene


@dataclass(frozen=True)
class BroughtByClient(Clause):
    """Brought by a client, asks for his agent."""

    id = "leasing/1.13"
    statement = Statement(
        hant="客戶親自陪來的新人，開口要找這位客戶的顧問就歸那位顧問，沒說就歸接待的人。",
        hans="客户亲自陪来的新人，开口要找这位客户的顾问就归那位顾问，没说就归接待的人。",
        en="A newcomer brought in person by a client belongs to that client's agent if he is asked "
        "for by name, otherwise to the agent who receives.",
    )
    rank = 40
    hears = (Reception,)

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if not isinstance(fact, Reception) or fact.brought_by is None or fact.asked_for is None:
            return None
        if not scene.nobody_holds or not scene.lead.new or not scene.works_here(fact.asked_for):
            return None
        brought = scene.is_agent_of(fact.asked_for, fact.brought_by)
        return Grant(fact.asked_for, "brought_by_client") if brought else None
