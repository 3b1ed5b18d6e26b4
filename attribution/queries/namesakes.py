"""The private enquiry by name: a name is a weak hint, and one answer stands for all who bear it."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property

from leads.models import Lead, Project, Staff

from .. import timelines
from ..policy.calendar import NEVER
from ..policy.decision import Decision
from ..policy.engine import Fold, known
from .enquiry import HYPOTHESIS, State


class Namesakes:
    """What holds at a moment between an agent and whoever bears a name.

    `leads` are the whole parties of those who bear it. The answer is the one that matters most for
    the agent: his own client, then somebody protected, then a case; how many there are, it does
    not say. Only where one single party bears the name does the answer speak of somebody in
    particular (`lead`), and is therefore a notice.
    """

    def __init__(
        self, project: Project, agent: Staff, leads: Sequence[Lead], *, now: datetime
    ) -> None:
        self.agent, self.now = agent, now.astimezone(project.zone)
        timeline = timelines.of_party(leads or [Lead(pk=HYPOTHESIS)], project)
        self.moment = max([now, *(one.recorded_at for one in leads)]).astimezone(project.zone)
        self._fold = Fold(timeline.policy)
        for fact in known(timeline.facts, self.moment):
            self._fold.apply(fact)
        self._leads = {one.root_id: one for one in reversed(leads)}

    @cached_property
    def _decided(self) -> dict[int, Decision]:
        roots = list(self._leads) or [HYPOTHESIS]
        return {root: self._fold.decision(root, self.moment) for root in roots}

    @cached_property
    def _answering(self) -> tuple[State, int, Decision]:
        """The weightiest state, with the party and the decision behind it."""
        ranked = [(self._state(root, one), root, one) for root, one in self._decided.items()]
        return max(ranked, key=lambda found: (WEIGHT[found[0]], found[2].valid_until or NEVER))

    def _state(self, root: int, decision: Decision) -> State:
        if decision.matters or decision.waiting:
            return "review"
        if decision.owner is None:
            return "free"
        if decision.owner == self.agent.pk:
            return "yours"
        told = self._fold.told(root, self.agent.pk)
        return "protected" if told is None or not self._single else "known"

    @property
    def _single(self) -> bool:
        return len(self._leads) == 1

    @property
    def state(self) -> State:
        """The answer."""
        return self._answering[0]

    @property
    def until(self) -> date | None:
        """The last valid day; the latest one where several bear the name."""
        return self._answering[2].valid_until

    @property
    def told(self) -> datetime | None:
        """Since when this agent knows that another holds the one client of that name."""
        return self._fold.told(self._answering[1], self.agent.pk) if self._single else None

    @property
    def lead(self) -> Lead | None:
        """The one client of that name, where there is only one; his own among several."""
        if self._single or self.state == "yours":
            return self._leads.get(self._answering[1])
        return None

    @property
    def is_notice(self) -> bool:
        """The agent is shown that another agent holds this very client."""
        owner = self._answering[2].owner
        return self._single and owner is not None and owner != self.agent.pk


WEIGHT = {"free": 0, "review": 1, "known": 2, "protected": 2, "yours": 3}
