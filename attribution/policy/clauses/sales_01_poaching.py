"""sales/1: closing a client whom one knows to be another agent's is poaching.

Reading: knowing means a notice strictly before the act. It holds in the whole company. A knowing
reception, nothing being taken yet, gives no claim and tells the supervisor.
"""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Bar, Flag, Reading
from ..facts import Fact, Reception
from ..scene import Collision, Sale, Scene


@dataclass(frozen=True)
class Poaching(Clause):
    """Knowing that another agent holds the client, an agent takes him or his deal."""

    id = "sales/1"
    statement = Statement(
        hant="知道客戶由他人持有，仍把成交據為己有，是搶單：業績與佣金歸原業務員，並提請處分。",
        hans="知道客户由他人持有，仍把成交据为己有，是抢单：业绩与佣金归原业务员，并提请处分。",
        en="Taking a deal while knowing that another agent holds the client is poaching: "
        "the credit goes to that agent and a penalty is proposed.",
    )
    rank = 29
    hears = (Reception, Collision, Sale)

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        if not isinstance(fact, Reception) or scene.mine or scene.nobody_holds:
            return None
        return Bar("knew", alert="knowing_contact") if scene.knows(fact.agent) else None

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Sale):
            poached = heard.by_outsider and heard.closer_knew and not heard.by_link
            return Flag("case", "poaching", "supervisor") if poached else None
        if isinstance(heard, Collision):
            return Flag("alert", "knowing_contact") if heard.knowing and heard.later else None
        return None

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        if sale.by_outsider and sale.closer_knew and not sale.by_link:
            return Reading("deal", scene.reading_of_the_deal(sale))
        return None
