"""leasing/1.2: claims last fifteen days after a call, a month after a visit; a follow-up extends.

Reading: the first day is not counted; the last runs to midnight. A reception by the agent, or for
him, starts a fresh period where that ends later. A recorded follow-up moves the old last day on by
a month, once per current period, deed and record both before the lapse. An office may count, extend
and limit otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..calendar import ENDLESS, NEVER, UNSET, Counting, End, Span
from ..clause import Clause, Statement
from ..decision import Bar, Claim
from ..facts import Assignment, Assist, Channel, Complaint, Fact, FollowUp, Reception, Ruling
from ..parameters import ExtensionMode
from ..scene import Sale, Scene


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
    validity: Mapping[Channel, Span | None] = field(default_factory=dict)
    extension: Span | None = None
    mode: ExtensionMode = "once"
    cap: int | None = None
    total: Span | None = None
    counting: Counting = field(default_factory=Counting)

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        if not isinstance(fact, FollowUp):
            return None
        claim = scene.mine
        if not fact.reached:
            return Bar("not_reached")
        if claim is None:
            return Bar("no_living_claim")
        if not scene.lead.living(claim, fact.recorded):
            return Bar("recorded_after_lapse")
        if self.extension is None or claim.last_day == NEVER:
            return Bar("nothing_to_extend")
        used = claim.extended_from
        if self.mode == "once" and used is not None and not used.passed(fact.at):
            return Bar("extended_this_period")
        if self.cap is not None and claim.extensions_since >= self.cap:
            return Bar("extension_cap_reached")
        if self.total is not None and not self._moved(fact, claim, self.extension).later_than(
            claim.end
        ):
            return Bar("extension_total_reached")
        return None

    def extends(self, fact: Fact, claim: Claim, scene: Scene) -> End | None:
        if isinstance(fact, Complaint):
            return ENDLESS
        if isinstance(fact, FollowUp) and claim.last_day != UNSET and self.extension is not None:
            return self._moved(fact, claim, self.extension)
        channel = fact.channel if isinstance(fact, Reception | Assist) else "visit"
        return self.counting.fresh(scene.at, self.validity.get(channel))

    def _moved(self, fact: FollowUp, claim: Claim, by: Span) -> End:
        """To which end a follow-up moves the claim's, as far as the total allows."""
        if self.mode == "from_follow_up":
            end = self.counting.fresh(fact.at, by)
            if claim.end.later_than(end):
                end = claim.end
        else:
            end = self.counting.onward(claim.end, by, fact.at.tzinfo)
        if self.total is not None:
            limit = self.counting.fresh(claim.started, self.total, rolled=False)
            if end.later_than(limit):
                return limit
        return end
