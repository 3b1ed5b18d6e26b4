"""leasing/1.5: one client with several numbers belongs to the first registered reception."""

from dataclasses import dataclass

from ..clause import Clause, Statement
from ..decision import Flag
from ..facts import Fact, Link
from ..scene import Collision, Sale, Scene


@dataclass(frozen=True)
class SameCaller(Clause):
    """Several numbers or names of one person are one client."""

    id = "leasing/1.5"
    statement = Statement(
        hant="同一客戶用不同電話找過不同的人，歸第一位有登記的接待人（在有效期內）。",
        hans="同一客户用不同电话找过不同的人，归第一位有登记的接待人（在有效期内）。",
        en="One client under several numbers belongs to the first registered agent, inside the "
        "period.",
    )
    rank = 50
    hears = (Link,)

    def flags(self, heard: Fact | Collision | Sale, scene: Scene) -> Flag | None:
        if isinstance(heard, Link) and heard.relation == "same":
            return Flag("note", "one_person")
        return None
