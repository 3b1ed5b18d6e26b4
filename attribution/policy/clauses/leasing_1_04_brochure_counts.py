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
        hant="來人只拿一份資料或一張名片就走，仍記一次接待。",
        hans="来人只拿一份资料或一张名片就走，仍记一次接待。",
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
