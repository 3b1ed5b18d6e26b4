"""leasing/1.8: a signed client stays with his agent; others assist."""

from dataclasses import dataclass

from ..clause import Clause, Statement
from ..decision import Bar, Flag, Strength
from ..facts import Assist, Fact, Reception
from ..scene import Collision, Sale, Scene


@dataclass(frozen=True)
class SignedClient(Clause):
    """After a deal the lead stays with the credited agent."""

    id = "leasing/1.8"
    statement = Statement(
        hant="已簽約的老客戶到訪而原招商員不在，由輪值人員義務接待，客戶仍歸原招商員。",
        hans="已签约的老客户到访而原招商员不在，由轮值人员义务接待，客户仍归原招商员。",
        en="A signed client who returns is helped by the agent on duty and stays with his own "
        "agent.",
    )
    rank = 28
    hears = (Reception, Assist, Sale)

    def bars(self, fact: Fact, scene: Scene) -> Bar | None:
        owner = scene.owner
        if owner is None or owner.strength is not Strength.SIGNED:
            return None
        if isinstance(fact, Assist) and fact.owner == owner.agent:
            return Bar("for_owner", serves=owner, tells=True)
        if isinstance(fact, Reception) and not scene.mine and fact.asked_for == owner.agent:
            return Bar("asked_for_owner", serves=owner, tells=True)
        return None

    def flags(self, heard: Fact | Collision | Sale, scene: Scene) -> Flag | None:
        if isinstance(heard, Sale) and heard.owner and heard.owner.strength is Strength.SIGNED:
            return Flag("note", "signed_before")
        return None
