"""What a link, or taking one back, would do: the engine is asked with and without it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from leads.models import ContactEvent, Lead, Staff

from .. import timelines, wording
from ..policy.decision import Decision
from ..policy.engine import Fold, known
from ..policy.facts import Fact, Key, Link, TakenBack
from . import members_of

HYPOTHESIS = "hypothesis"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two clients: who owns him now, and who would."""

    lead: Lead
    before: Decision
    after: Decision

    @property
    def changes(self) -> bool:
        """The owner or the last valid day would be another."""
        return (self.before.owner, self.before.valid_until) != (
            self.after.owner,
            self.after.valid_until,
        )


class LinkPreview:
    """Both clients before and after. Two queries, one more for each that is linked already.

    Give the leads with their project; `terms` as the link's details (relation, same_need,
    price_testing), or `taken_back`, the link that would go.
    """

    def __init__(
        self,
        one: Lead,
        two: Lead,
        *,
        now: datetime,
        terms: Mapping[str, Any] | None = None,
        taken_back: ContactEvent | None = None,
    ) -> None:
        zone = one.project.zone
        members = {lead.pk: lead for lead in (*members_of(one), *members_of(two))}
        timeline = timelines.of_party(members.values(), one.project)
        recorded = [lead.recorded_at for lead in members.values()]
        self.moment = max([now, *recorded]).astimezone(zone)
        self.policy = timeline.policy
        fact: Fact
        if taken_back is not None:
            fact = TakenBack(id=HYPOTHESIS, at=self.moment, recorded=self.moment, of=taken_back.pk)
        else:
            given = terms or {}
            fact = Link(
                id=HYPOTHESIS,
                at=self.moment,
                recorded=self.moment,
                lead=one.pk,
                other=two.pk,
                relation=given.get("relation", "same"),
                same_need=given.get("same_need", True),
                price_testing=given.get("price_testing", False),
            )
        before, after = self._fold(timeline.facts), self._fold([*timeline.facts, fact])
        self.sides = [
            Side(
                lead,
                before.decision(lead.pk, self.moment),
                after.decision(lead.pk, self.moment),
            )
            for lead in (one, two)
        ]

    def _fold(self, facts: Iterable[Fact]) -> Fold:
        fold = Fold(self.policy)
        for fact in known(facts, self.moment):
            fold.apply(fact)
        return fold

    @property
    def changes(self) -> bool:
        """Anything at all would be otherwise."""
        return any(side.changes for side in self.sides) or bool(self.opened or self.closed)

    @cached_property
    def opened(self) -> list[str]:
        """The matters that would come before a person, in words."""
        return self._matters(more=True)

    @cached_property
    def closed(self) -> list[str]:
        """The matters that would be moot, in words."""
        return self._matters(more=False)

    def _matters(self, *, more: bool) -> list[str]:
        before = {matter.name for side in self.sides for matter in side.before.matters}
        after = {matter.name for side in self.sides for matter in side.after.matters}
        names = after - before if more else before - after
        return [str(wording.FLAGGED.get(name, name)) for name in sorted(names)]

    @cached_property
    def clauses(self) -> list[tuple[str, str]]:
        """The clauses that spoke of the link, and those by which the owners would hold."""
        ids = [
            step.clause
            for side in self.sides
            for step in side.after.steps
            if step.fact == HYPOTHESIS
        ]
        for side in self.sides:
            claim = side.after.owner_claim
            if side.changes and claim is not None:
                ids += list(claim.clauses)
        return wording.stated(ids)

    @cached_property
    def people(self) -> dict[int, Staff]:
        """The agents whom the decisions name. One query."""
        named: set[Any] = set()
        for side in self.sides:
            for decision in (side.before, side.after):
                named.add(decision.owner)
                named |= {agent for deal in decision.deals for agent in deal.credit}
        return Staff.objects.in_bulk([pk for pk in named if isinstance(pk, int)])

    def name_of(self, agent: Key | None) -> str:
        """An agent's name; empty for nobody."""
        return self.people[agent].name if isinstance(agent, int) and agent in self.people else ""
