"""sales/6: someone views for a buyer who cannot be reached; the agent must file it.

Reading: filed with the circumstances before the buyer himself was first received.
"""

from dataclasses import dataclass

from ..clause import ProxyViewing, Statement


@dataclass(frozen=True)
class ProxyFiled(ProxyViewing):
    """A proxy's claim counts for the buyer if it was filed in time."""

    id = "sales/6"
    statement = Statement(
        hant="代看而委託人聯繫不上的，登記備案並寫明情況，買方歸該業務員；沒有備案而撞單，由主管解決。",
        hans="代看而委托人联系不上的，登记备案并写明情况，买方归该业务员；没有备案而撞单，由主管解决。",
        en="A proxy's reception counts for the buyer if it was filed with its circumstances; a "
        "collision over one that was not is for the supervisor.",
    )
