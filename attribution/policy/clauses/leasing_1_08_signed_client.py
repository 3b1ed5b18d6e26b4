"""leasing/1.8: a signed client stays with his agent; others assist."""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Bar, Flag, Strength
from ..facts import Assist, Fact, Reception
from ..scene import Sale, Scene


@dataclass(frozen=True)
class SignedClient(Clause):
    """After a deal the lead stays with the credited agent."""

    id = "leasing/1.8"
    statement = Statement(
        hant="簽了約的客戶回來，負責的人不在就由當值同事代為接待，人還是他的。",
        hans="签了约的客户回来，负责的人不在就由当值同事代为接待，人还是他的。",
        en="A signed client who returns is helped by the agent on duty and stays with his own "
        "agent.",
    )
    rank = 28
    hears = (Reception, Assist, Sale)

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        owner = scene.owner
        if owner is None or owner.strength is not Strength.SIGNED:
            return None
        if isinstance(fact, Assist) and fact.owner == owner.agent:
            return Bar("for_owner", serves=owner, tells=True)
        if isinstance(fact, Reception) and not scene.mine and fact.asked_for == owner.agent:
            return Bar("asked_for_owner", serves=owner, tells=True)
        return None

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Sale) and heard.owner and heard.owner.strength is Strength.SIGNED:
            return Flag("note", "signed_before")
        return None
