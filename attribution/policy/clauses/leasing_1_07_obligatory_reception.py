"""leasing/1.7: a colleague receives an absent owner's client out of duty.

Reading: no claim and no share for the colleague; the owner's period is refreshed as by his own
reception. Asking for the living owner makes a reception one for him. Three duties belong to it.
"""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Bar, Flag
from ..facts import Assist, Fact, Reception
from ..scene import Sale, Scene


@dataclass(frozen=True)
class ObligatoryReception(Clause):
    """Received for the absent owner."""

    id = "leasing/1.7"
    statement = Statement(
        hant="原招商員不在，由輪值人員義務接待：不分業績；須留原招商員聯絡方式、轉交客戶聯絡方式、"
        "在登記表註明。",
        hans="原招商员不在，由轮值人员义务接待：不分业绩；须留原招商员联络方式、转交客户联络方式、"
        "在登记表注明。",
        en="With the owner away, the agent on duty receives his client without any share, gives "
        "the client the owner's contact, the owner the client's, and notes it in the register.",
    )
    rank = 28
    hears = (Reception, Assist)

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        if isinstance(fact, Assist):
            claim = scene.claim_of(fact.owner)
            return Bar("for_owner", serves=claim, tells=claim is not None)
        if not isinstance(fact, Reception) or scene.mine or scene.owner is None:
            return None
        if fact.asked_for == scene.owner.agent:
            return Bar("asked_for_owner", serves=scene.owner, tells=True)
        return None

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Assist) and not heard.handover:
            return Flag("alert", "duty_breach")
        return None
