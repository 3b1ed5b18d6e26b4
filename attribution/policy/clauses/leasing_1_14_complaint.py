"""leasing/1.14: what follows from a complaint about the agent.

Reading: open, a person decides and the owner is provisional; malicious or unfounded, nothing
changes; the agent's own fault ends all claims, and the client is new to whoever receives next.
"""

from dataclasses import dataclass

from ..clause import Clause, Heard, Statement
from ..decision import Bar, Flag
from ..facts import Complaint, Fact
from ..scene import Sale, Scene


@dataclass(frozen=True)
class ComplaintFound(Clause):
    """A complaint, and what was found."""

    id = "leasing/1.14"
    statement = Statement(
        hant="客戶投訴接待人：惡意或不實則不變動，由他人義務協助；屬接待人過失則視為新客戶。",
        hans="客户投诉接待人：恶意或不实则不变动，由他人义务协助；属接待人过失则视为新客户。",
        en="A malicious or unfounded complaint changes nothing; the agent's own fault makes the "
        "client new to whoever receives him next.",
    )
    rank = 35
    hears = (Complaint,)

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        if isinstance(fact, Complaint) and fact.finding == "agent_fault":
            return Bar("agent_fault")
        return None

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Complaint):
            return Flag("case", "complaint", "supervisor" if heard.finding == "open" else None)
        return None
