"""leasing/1.5: one client with several numbers belongs to the first registered reception."""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Flag
from ..facts import Link
from ..scene import Scene


@dataclass(frozen=True)
class SameCaller(Clause):
    """Several numbers or names of one person are one client."""

    id = "leasing/1.5"
    statement = Statement(
        hant="一個人用幾個號碼、由幾位接聽，算最先接聽並有登記、仍在期限內的那位。",
        hans="一个人用几个号码、由几位接听，算最先接听并有登记、仍在期限内的那位。",
        en="One client under several numbers belongs to the first registered agent, inside the "
        "period.",
    )
    rank = 50
    hears = (Link,)

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Link) and heard.relation == "same":
            return Flag("note", "one_person")
        return None
