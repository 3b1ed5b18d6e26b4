"""leasing/2.2: a client who tried several agents for a price; and the chain of claims.

Reading: judged on the day of the deal, by the chain: the first living claim, and so on down the
line; if none lives, the closing agent.
"""

from dataclasses import dataclass

from ..clause import Clause, Statement
from ..decision import Reading
from ..scene import Sale, Scene


@dataclass(frozen=True)
class PriceTesting(Clause):
    """Several agents tried on purpose."""

    id = "leasing/2.2"
    statement = Statement(
        hant="客戶為試價故意找多人：成交時第一接待人仍有效則歸他，依序類推；都逾期則歸成交人。",
        hans="客户为试价故意找多人：成交时第一接待人仍有效则归他，依序类推；都逾期则归成交人。",
        en="A client who tried several agents on purpose belongs to the first whose claim is alive "
        "on the day of the deal; if none is, to the closing agent.",
    )
    rank = 50
    hears = (Sale,)

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        if scene.lead.price_testing:
            return Reading("deal", scene.reading_of_the_deal(sale))
        return None
