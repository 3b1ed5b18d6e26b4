"""leasing/2.1: neither agent knew; discovered inside the first one's period, it is his.

Reading: the deal's credit is judged on the day of discovery. Where the day of the deal would give
another agent, and nothing began anew, this reading is proposed and a person decides. An office may
let the claimants share by their clients' relation.
"""

from dataclasses import dataclass

from ..clause import CollisionSettled, Statement


@dataclass(frozen=True)
class CollisionDiscovered(CollisionSettled):
    """Both unaware: the first agent if still inside his period, else the closing agent."""

    id = "leasing/2.1"
    statement = Statement(
        hant="互不知情而撞單：發現那天第一接待人還有效，算他的；已經失效，算成交的人。",
        hans="互不知情而撞单：发现那天第一接待人还有效，算他的；已经失效，算成交的人。",
        en="Neither knew: discovered inside the first agent's period, the credit is his; "
        "discovered after it, the closing agent's.",
    )
