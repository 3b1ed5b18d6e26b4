"""sales/9: non-sales staff may not steer a client to a particular agent.

Reading: the steered agent gains nothing; the agent whose turn it was receives the claim. Where
that is unknown, nobody holds the client until a person decides. What the client said counts for
nothing there, and a living owner stays.
"""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Bar, Flag, Grant
from ..facts import Fact, Reception
from ..scene import Sale, Scene


@dataclass(frozen=True)
class Steering(Clause):
    """A reception directed by non-sales staff."""

    id = "sales/9"
    statement = Statement(
        hant="非銷售人員不得把客戶指定給某位銷售員；被指定的人不因此取得歸屬，由輪到的人取得。",
        hans="非销售人员不得把客户指定给某位销售员；被指定的人不因此取得归属，由轮到的人取得。",
        en="Non-sales staff may not steer a client to one agent; he gains nothing by it, the agent "
        "whose turn it was does.",
    )
    rank = 25
    hears = (Reception,)

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        if not isinstance(fact, Reception):
            return None
        if scene.waits_by(self.id):
            return Bar("awaits_decision")
        if fact.steered_by is None:
            return None
        if not scene.nobody_holds:
            return Bar("steered_past_owner")
        if fact.turn_of is None or not scene.works_here(fact.turn_of):
            return Bar("steered_turn_unknown", waits=True)
        return None

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if not isinstance(fact, Reception) or fact.steered_by is None or fact.turn_of is None:
            return None
        return Grant(fact.turn_of, "whose_turn")

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Reception) and heard.steered_by is not None:
            return Flag("case", "steering", "supervisor")
        return None
