"""What a clause is: an id, a statement, its own numbers, and up to six verbs.

`bars` (no claim, and why) · `grants` (a claim for someone) · `extends` (a claim's last day) ·
`settles` (to whom a deal's credit goes) · `shares` (who else has a part in it) · `flags` (a person
must look). The engine writes down which clause spoke, so none can forget to cite itself. Clauses
never import each other; what two documents say alike is a base class here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from .calendar import End, Span
from .decision import Bar, Claim, Decider, Flag, Grant, Reading, Sharing
from .facts import Assist, Channel, Fact, Field, Key, ProxyEntry, Reception
from .parameters import Split
from .scene import Collision, Sale, Scene, Succession, sharers_of

Heard = Fact | Collision | Sale | Succession
"""What may call for a person."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A clause in our own words, in the three languages of the product."""

    hant: str
    hans: str
    en: str


@dataclass(frozen=True)
class Clause:
    """One clause of the policy. `rank` orders the answers to one question: the smallest wins."""

    id: ClassVar[str]
    statement: ClassVar[Statement]
    rank: ClassVar[int] = 90
    rank_of: ClassVar[Mapping[str, int]] = {}
    """Another rank for single verbs."""
    hears: ClassVar[tuple[type, ...]] = ()
    """The kinds of facts that it speaks about; the engine asks it about no others."""
    decided_by: ClassVar[str] = "rule"
    """«rule», or the place in the product where a person decides or carries out the duty."""

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        """Does the fact give its agent no claim, or a deal its holder no part, and why?"""

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        """Who receives a claim by this fact?"""

    def extends(self, fact: Fact, claim: Claim, scene: Scene) -> End | None:
        """To which end does the fact move this claim?"""

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        """To whom does the deal's credit go?"""

    def shares(self, sale: Sale, scene: Scene) -> Sharing | None:
        """Who else has a part in a deal that is settled?"""

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        """Must a person look?"""


@dataclass(frozen=True)
class FirstReception(Clause):
    """Who receives an unheld client first, holds him (sales/3, leasing/1.1).

    Reading: only what is about the project and in the register is a reception; one entered on a
    later day counts from its entry.
    """

    hears = (Reception, Assist, Sale)
    rank_of: ClassVar[Mapping[str, int]] = {"bars": 0}
    closed: frozenset[Channel] = frozenset({"online", "report"})
    """The channels by which nothing is a reception."""
    required: frozenset[Field] = frozenset()
    """What a register entry must hold."""
    deal_lookback: Span | None = None
    closer_commission: int = 0

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        if isinstance(fact, Sale):
            return self._out_of_touch(fact, scene)
        if not isinstance(fact, Reception):
            return None
        if not fact.enquiry:
            return Bar("not_about_project", void=True)
        if not fact.registered:
            return Bar("not_in_register", void=True)
        if fact.channel in self.closed:
            return Bar("channel_gives_nothing", void=True)
        if fact.fields is not None and not self.required <= fact.fields:
            return Bar("entry_incomplete", void=True)
        return None

    def _out_of_touch(self, sale: Sale, scene: Scene) -> Bar | None:
        """Had the holder no contact with the client inside the window before the deal?"""
        claim, deal, window = scene.owner, sale.fact, self.deal_lookback
        if window is None or claim is None or claim.by_person:
            return None
        if all(since > deal.at for since, _ in claim.contacts):
            return None  # registered in advance, and awaited on the day of the deal
        in_touch = any(
            recorded <= deal.recorded and since <= deal.at and window.covers(since, deal.at)
            for since, recorded in claim.contacts
        )
        return None if in_touch else Bar("no_recent_contact")

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if not isinstance(fact, Reception):
            return None
        return Grant(fact.agent, "first_reception" if scene.nobody_holds else "later_reception")

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        return Reading("deal", scene.reading_of_the_deal(sale))

    def shares(self, sale: Sale, scene: Scene) -> Sharing | None:
        """Part of the commission, not of the credit, for who closes another's client unknowing."""
        closer, share = sale.fact.agent, self.closer_commission
        ruled = sale.reading is not None and sale.reading.basis == "ruling"
        if not share or ruled or sale.closer_knew or closer in sale.credit:
            return None
        return Sharing("closer_commission", commission=with_part(sale.credit, closer, share))

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if not isinstance(heard, (Reception, Assist)) or heard.channel in self.closed:
            return None
        return Flag("alert", "late_entry") if heard.entered_late else None


@dataclass(frozen=True)
class ProxyViewing(Clause):
    """A proxy's reception counts for the buyer if it was filed in time (sales/6, leasing/2.3).

    Reading: the entry needs the circumstances (and, where the office asks, the manager's
    acknowledgement) and must come before the buyer himself was first received. A collision with a
    filed proxy's claim is settled by the policy everywhere; over one that was not, by a person.
    """

    rank = 55
    hears = (ProxyEntry, Collision, Sale)
    proxy_acknowledged: bool = False
    proxy_unfiled_by: Decider = "supervisor"

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        if isinstance(fact, ProxyEntry):
            if not fact.circumstances.strip():
                return Bar("no_circumstances")
            if self.proxy_acknowledged and not fact.acknowledged:
                return Bar("not_acknowledged")
        return None

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if not isinstance(heard, Collision) or heard.knowing:
            return None
        if heard.kind == "proxy":
            return Flag("case", "collision", "policy")
        return Flag("case", "collision", self.proxy_unfiled_by) if heard.kind == "unfiled" else None

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        collision = scene.first_collision(sale)
        if collision is None or collision.kind != "proxy":
            return None
        return scene.reading_on("occurrence", sale)


@dataclass(frozen=True)
class CollisionSettled(Clause):
    """A collision's deal: judged on the day of discovery, shared where the office splits it.

    What sales/2 and leasing/2.1 say alike.
    """

    rank = 60
    rank_of: ClassVar[Mapping[str, int]] = {"shares": 20}
    hears: ClassVar[tuple[type, ...]] = (Collision, Sale)
    collision_by: Decider = "policy"
    collision_split: tuple[tuple[str, Split], ...] = ()

    def flags(self, heard: Heard, scene: Scene) -> Flag | None:
        if isinstance(heard, Collision) and heard.kind == "plain" and not heard.knowing:
            return Flag("case", "collision", self.collision_by)
        return None

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        if sharers_of(scene.lead, sale, self.collision_split):
            return Reading("deal", scene.reading_of_the_deal(sale))
        return scene.reading_on("discovery", sale)

    def shares(self, sale: Sale, scene: Scene) -> Sharing | None:
        shared = sharers_of(scene.lead, sale, self.collision_split)
        return Sharing("collision_split", credit=shared) if shared else None


def with_part(credit: Mapping[Key, int], closer: Key, part: int) -> dict[Key, int]:
    """The credit as commission, after `part` percent for the closer; whole percents that sum.

    What rounding leaves goes to the largest remainders, of equals to the first.
    """
    rest = 100 - part
    exact = {agent: share * rest for agent, share in credit.items()}
    whole = {agent: hundredths // 100 for agent, hundredths in exact.items()}
    left = rest - sum(whole.values())
    for agent in sorted(exact, key=lambda agent: -(exact[agent] % 100))[:left]:
        whole[agent] += 1
    return {agent: share for agent, share in {**whole, closer: part}.items() if share}
