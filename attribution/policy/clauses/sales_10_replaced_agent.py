"""sales/10: after a complaint the supervisor may let another agent continue.

Reading: the new agent's claim runs to the signing without a last day; the supervisor sets the
shares; people whom this client brings later choose their agent freely.
"""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Flag, Grant, Strength
from ..facts import Complaint, Fact, Reception
from ..scene import Scene


@dataclass(frozen=True)
class ReplacedAgent(Clause):
    """A complaint leads to another agent, and to free choice for later guests."""

    id = "sales/10"
    statement = Statement(
        hant="客戶投訴後主管可換人談到簽約並分配業績；此客戶日後帶來的新客戶可自選業務員。",
        hans="客户投诉后主管可换人谈到签约并分配业绩；此客户日后带来的新客户可自选业务员。",
        en="After a complaint the supervisor may appoint another agent until signing and set the "
        "shares; people this client brings later choose their agent.",
    )
    rank = 35
    hears = (Complaint, Reception)

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if isinstance(fact, Complaint):
            if fact.finding != "replace" or fact.to is None:
                return None
            return Grant(fact.to, "replacement", Strength.RULED, fact.shares)
        if not isinstance(fact, Reception) or fact.brought_by is None or fact.asked_for is None:
            return None
        free = scene.nobody_holds and scene.lead.new and scene.aggrieved(fact.brought_by)
        return (
            Grant(fact.asked_for, "free_choice")
            if free and scene.works_here(fact.asked_for)
            else None
        )

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Complaint):
            return Flag("case", "complaint", "supervisor" if heard.finding == "open" else None)
        return None
