"""leasing/1.2: claims last fifteen days after a call, a month after a visit; a follow-up extends.

Reading: the first day is not counted; the last runs to midnight. A reception by the agent, or for
him, starts a fresh period where that ends later. A recorded follow-up moves the old last day on by
a month, once per current period, deed and record both before the lapse.
"""

from dataclasses import dataclass
from datetime import date

from ..calendar import NEVER, add_days, add_months
from ..clause import Clause, Statement
from ..decision import Bar, Claim
from ..facts import Assignment, Assist, Complaint, Fact, FollowUp, Reception, Ruling
from ..scene import Scene


@dataclass(frozen=True)
class Validity(Clause):
    """How long a claim lives, and what moves its last day."""

    id = "leasing/1.2"
    statement = Statement(
        hant="來電有效半個月，來訪有效一個月；期限內追訪並登記，最後有效日順延一個月。",
        hans="来电有效半个月，来访有效一个月；期限内追访并登记，最后有效日顺延一个月。",
        en="A call is valid for half a month, a visit for a month; a recorded follow-up inside the "
        "period moves its last day on by a month.",
    )
    hears = (Reception, Assist, FollowUp, Ruling, Assignment, Complaint)
    call_days: int | None = 15
    visit_months: int | None = 1
    extension_months: int | None = 1

    def bars(self, fact: Fact, scene: Scene) -> Bar | None:
        if not isinstance(fact, FollowUp):
            return None
        claim = scene.mine
        if not fact.reached:
            return Bar("not_reached")
        if claim is None:
            return Bar("no_living_claim")
        if not claim.alive(fact.recorded):
            return Bar("recorded_after_lapse")
        if self.extension_months is None or claim.last_day == NEVER:
            return Bar("nothing_to_extend")
        if claim.extended_from is not None and fact.at.date() <= claim.extended_from:
            return Bar("extended_this_period")
        return None

    def extends(self, fact: Fact, claim: Claim, scene: Scene) -> date | None:
        if isinstance(fact, FollowUp):
            return add_months(claim.last_day, self.extension_months or 0)
        if isinstance(fact, (Reception, Assist)) and fact.channel == "call":
            return NEVER if self.call_days is None else add_days(scene.day, self.call_days)
        if isinstance(fact, Complaint):
            return NEVER
        return NEVER if self.visit_months is None else add_months(scene.day, self.visit_months)
