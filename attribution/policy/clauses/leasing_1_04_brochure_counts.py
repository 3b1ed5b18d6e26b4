"""leasing/1.4: coming in only for a brochure or a card is a reception."""

from dataclasses import dataclass

from ..clause import Clause, Statement
from ..decision import Grant
from ..facts import Fact, Reception
from ..scene import Scene


@dataclass(frozen=True)
class BrochureCounts(Clause):
    """A visit for a brochure or a card counts like any other."""

    id = "leasing/1.4"
    statement = Statement(
        hant="進門只取資料或名片，也算接待一次。",
        hans="进门只取资料或名片，也算接待一次。",
        en="Coming in only for a brochure or a card is one reception.",
    )
    hears = (Reception,)

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if (
            isinstance(fact, Reception)
            and fact.channel == "visit"
            and fact.brochure_only is not False
        ):
            return Grant(fact.agent, "brochure_counts")
        return None
