"""leasing/1.12: help at the owner's request earns no share.

Reading: an office may grant one to who received for the owner and closes for him on the same day.
"""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Bar, Flag, Sharing
from ..facts import Assist, Fact
from ..scene import Sale, Scene


@dataclass(frozen=True)
class DelegatedHelp(Clause):
    """Shown round or closed by a colleague at the owner's request."""

    id = "leasing/1.12"
    statement = Statement(
        hant="受同事之託帶看，不分業績也不分佣金；兩人另有書面約定的，照約定自理。",
        hans="受同事之托带看，不分业绩也不分佣金；两人另有书面约定的，照约定自理。",
        en="Agents who help each other on request share nothing, unless they agreed so in writing.",
    )
    rank = 28
    hears = (Assist, Sale)
    helper_share: int = 0

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        if not isinstance(fact, Assist) or fact.delegated is False:
            return None
        claim = scene.claim_of(fact.owner)
        return Bar("for_owner", serves=claim, tells=claim is not None)

    def shares(self, sale: Sale, scene: Scene) -> Sharing | None:
        helper, share = sale.fact.agent, self.helper_share
        alone = len(sale.credit) == 1 and helper not in sale.credit
        if not share or not alone or not sale.on_behalf or not scene.helped(sale):
            return None
        (owner,) = sale.credit
        return Sharing("helper_share", credit={owner: 100 - share, helper: share})

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        on_behalf = isinstance(heard, Sale) and heard.on_behalf
        return Flag("note", "closed_for_owner") if on_behalf else None
