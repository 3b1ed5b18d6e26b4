"""leasing/1.12: help at the owner's request earns no share."""

from dataclasses import dataclass

from ..clause import Clause, Statement
from ..decision import Bar, Flag
from ..facts import Assist, Fact
from ..scene import Collision, Sale, Scene


@dataclass(frozen=True)
class DelegatedHelp(Clause):
    """Shown round or closed by a colleague at the owner's request."""

    id = "leasing/1.12"
    statement = Statement(
        hant="招商員相互委託幫帶，業績佣金不計分配；另有書面協議的自行解決。",
        hans="招商员相互委托帮带，业绩佣金不计分配；另有书面协议的自行解决。",
        en="Agents who help each other on request share nothing, unless they agreed so in writing.",
    )
    rank = 28
    hears = (Assist, Sale)

    def bars(self, fact: Fact, scene: Scene) -> Bar | None:
        if not isinstance(fact, Assist) or fact.delegated is False:
            return None
        claim = scene.claim_of(fact.owner)
        return Bar("for_owner", serves=claim, tells=claim is not None)

    def flags(self, heard: Fact | Collision | Sale, scene: Scene) -> Flag | None:
        on_behalf = isinstance(heard, Sale) and heard.on_behalf
        return Flag("note", "closed_for_owner") if on_behalf else None
