"""sales/4: knowing someone from elsewhere is nothing unless the newcomer names the agent.

Reading: either half suffices with evidence: named at the first reception, or introduced by an
advance entry (sales/5). Only for a client whom nobody has received yet.
"""

from dataclasses import dataclass

from ..clause import Clause, Statement
from ..decision import Grant
from ..facts import Fact, Reception
from ..scene import Scene


@dataclass(frozen=True)
class KnownElsewhere(Clause):
    """A newcomer names the agent who knows him from elsewhere."""

    id = "sales/4"
    statement = Statement(
        hant="他項目的客戶或熟人，新到時指名找該業務員的歸他；未介紹也未提名的與他無關。",
        hans="其他项目的客户或熟人，新到时指名找该业务员的归他；未介绍也未提名的与他无关。",
        en="A newcomer known to an agent from elsewhere is his if he names him; neither named nor "
        "introduced, he has nothing to do with him.",
    )
    rank = 45
    hears = (Reception,)

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if not isinstance(fact, Reception) or fact.known_to is None or not scene.nobody_holds:
            return None
        named = fact.asked_for == fact.known_to and scene.works_here(fact.known_to)
        return Grant(fact.known_to, "named_and_known") if named and scene.lead.new else None
