"""leasing/1.6: family, friends and colleagues acting for one need are one client.

Reading: friends who each buy for themselves stay apart. Where the office unites fewer relations,
the supervisor looks at the others, with the first claim as the proposal.
"""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Flag
from ..facts import Link
from ..scene import Collision, Scene


@dataclass(frozen=True)
class OneParty(Clause):
    """People who act for one need are one party."""

    id = "leasing/1.6"
    statement = Statement(
        hant="一家人、朋友或同事為了同一件事分頭來問，當成一位客戶，看誰最先登記。",
        hans="一家人、朋友或同事为了同一件事分头来问，当成一位客户，看谁最先登记。",
        en="Family, friends and colleagues acting for one need count as one client, from the first "
        "registered reception.",
    )
    rank = 50
    hears = (Link, Collision)
    party: tuple[str, ...] = ("family", "friend", "colleague")

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Collision):
            apart = heard.kind == "apart" and not heard.knowing
            return Flag("case", "collision", "supervisor") if apart else None
        if isinstance(heard, Link) and heard.relation in self.party:
            return Flag("note", "one_party" if heard.same_need else "needs_apart")
        return None
