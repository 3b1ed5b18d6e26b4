"""leasing/1.10: a lapsed claim is given up; who comes back belongs to whom he asks for.

Reading: asking for the earlier, lapsed agent gives that agent a new period; otherwise the agent
who receives takes the client. An office may grant the lapsed agent a time in which a follow-up of
his wins back a client whom nobody holds, or give a client whose first agent lapsed to the one whose
turn it is.
"""

from dataclasses import dataclass
from datetime import datetime

from ..calendar import Span
from ..clause import Clause, Heard, Statement
from ..decision import Claim, Flag, Grant, Strength
from ..facts import Fact, FollowUp, Reception
from ..scene import Scene


@dataclass(frozen=True)
class LapsedClient(Clause):
    """A client returns after the last day."""

    id = "leasing/1.10"
    statement = Statement(
        hant="逾期視為放棄；客戶再來時找原招商員的仍歸他，未找的歸當值接待人。",
        hans="逾期视为放弃；客户再来时找原招商员的仍归他，未找的归当值接待人。",
        en="A lapsed claim is given up: a returning client who asks for the earlier agent is his "
        "again, any other belongs to the agent who receives him.",
    )
    rank = 26
    hears = (Reception, FollowUp)
    claim_back: Span | None = None
    on_duty: bool = False

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if isinstance(fact, FollowUp):
            return self._won_back(fact, scene)
        if not isinstance(fact, Reception) or not scene.nobody_holds:
            return None
        turn = fact.turn_of
        on_duty = self.on_duty and scene.anyone_passed_over
        if on_duty and turn is not None and scene.works_here(turn):
            return Grant(turn, "on_duty_after_lapse")
        if fact.asked_for is None:
            return None
        returns = scene.works_here(fact.asked_for) and scene.gave_up(fact.asked_for)
        return Grant(fact.asked_for, "asked_for_lapsed") if returns else None

    def _won_back(self, fact: FollowUp, scene: Scene) -> Grant | None:
        if self.claim_back is None or not fact.reached or scene.waits:
            return None
        lapsed = scene.lapsed_claim_of(fact.whose)
        if lapsed is None or not scene.works_here(fact.whose) or not scene.nobody_holds:
            return None
        lead = scene.lead
        if lead.first_alive(fact.recorded) is not None or lead.waits_at(fact.recorded) is not None:
            return None
        if not all(_inside(self.claim_back, lapsed, when) for when in (fact.at, fact.recorded)):
            return None
        return Grant(fact.whose, "claimed_back", Strength.FULL)

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Reception) and scene.nobody_holds and scene.anyone_gave_up:
            return Flag("note", "lapsed_before")
        return None


def _inside(window: Span, lapsed: Claim, moment: datetime) -> bool:
    """Is that moment inside the window after the lapse?"""
    if window.unit == "hours":
        return window.covers(lapsed.end.exact(moment.tzinfo), moment)
    return moment.date() <= window.after(lapsed.last_day)
