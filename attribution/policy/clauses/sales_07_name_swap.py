"""sales/7: a deal moved to another name, knowing of the collision, forfeits the commission.

Reading: a link shows that the buyer is a client of someone else. If the closer had a notice before
the deal, the deal is judged as of its own day; otherwise it is a collision (rule 14).
"""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Flag, Reading
from ..scene import Sale, Scene


@dataclass(frozen=True)
class NameSwap(Clause):
    """A deal under another name, by an agent who knew."""

    id = "sales/7"
    statement = Statement(
        hant="得知撞單後私下讓客戶換名或另法成交，沒收佣金並提請處分；成交按原客戶認定。",
        hans="得知撞单后私下让客户换名或另法成交，没收佣金并提请处分；成交按原客户认定。",
        en="Moving a deal to another name after learning of the collision forfeits the commission; "
        "the deal is judged as the original client's.",
    )
    rank = 29
    hears = (Sale,)

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Sale) and heard.by_link and heard.by_outsider and heard.closer_knew:
            return Flag("case", "name_swap", "supervisor")
        return None

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        if sale.by_link and sale.by_outsider and sale.closer_knew:
            return Reading("deal", scene.reading_of_the_deal(sale))
        return None
