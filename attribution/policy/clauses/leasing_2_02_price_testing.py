"""leasing/2.2: a client who tried several agents for a price; and the chain of claims.

Reading: judged on the day of the deal, by the chain: the first living claim, and so on down the
line; if none lives, the closing agent. Where the office wants a person to say who comes after the
first, the lead waits from the lapse on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..clause import Clause, Heard, Statement
from ..decision import Bar, Flag, Reading
from ..facts import Fact, Reception
from ..scene import Sale, Scene, Succession


@dataclass(frozen=True)
class PriceTesting(Clause):
    """Several agents tried on purpose."""

    id = "leasing/2.2"
    statement = Statement(
        hant="客戶為比價找了好幾位：看成交那天，依先後第一位仍有效的人得業績；沒有人有效，算成交的人。",
        hans="客户为比价找了好几位：看成交那天，依先后第一位仍有效的人得业绩；没有人有效，算成交的人。",
        en="A client who tried several agents on purpose belongs to the first whose claim is alive "
        "on the day of the deal; if none is, to the closing agent.",
    )
    rank = 50
    rank_of: ClassVar[Mapping[str, int]] = {"bars": 5}
    hears = (Sale, Reception, Succession)

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        waits = isinstance(fact, Reception) and scene.waits_by(self.id)
        return Bar("awaits_decision") if waits else None

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        if scene.lead.price_testing:
            return Reading("deal", scene.reading_of_the_deal(sale))
        return None

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        return Flag("case", "succession", "supervisor") if isinstance(heard, Succession) else None
