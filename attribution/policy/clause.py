"""What a clause is: an id, a statement, its own numbers, and up to five verbs.

`bars` (no claim, and why) · `grants` (a claim for someone) · `extends` (a claim's last day) ·
`settles` (to whom a deal's credit goes) · `flags` (a person must look). The engine writes down
which clause spoke, so none can forget to cite itself. Clauses never import each other; what two
documents say alike is a base class here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from .decision import Bar, Claim, Decider, Flag, Grant, Reading
from .facts import Assist, Fact, ProxyEntry, Reception
from .scene import Collision, Sale, Scene


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

    def bars(self, fact: Fact, scene: Scene) -> Bar | None:
        """Does the fact give its agent no claim, and why?"""

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        """Who receives a claim by this fact?"""

    def extends(self, fact: Fact, claim: Claim, scene: Scene) -> date | None:
        """To which last day does the fact move this claim?"""

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        """To whom does the deal's credit go?"""

    def flags(self, heard: Fact | Collision | Sale, scene: Scene) -> Flag | None:
        """Must a person look?"""


@dataclass(frozen=True)
class FirstReception(Clause):
    """Who receives an unheld client first, holds him (sales/3, leasing/1.1).

    Reading: only what is about the project and in the register is a reception; one entered on a
    later day counts from its entry.
    """

    hears = (Reception, Assist, Sale)
    rank_of: ClassVar[Mapping[str, int]] = {"bars": 0}

    def bars(self, fact: Fact, scene: Scene) -> Bar | None:
        if not isinstance(fact, Reception):
            return None
        if not fact.enquiry:
            return Bar("not_about_project", void=True)
        if not fact.registered:
            return Bar("not_in_register", void=True)
        return None

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if not isinstance(fact, Reception):
            return None
        return Grant(fact.agent, "first_reception" if scene.nobody_holds else "later_reception")

    def settles(self, sale: Sale, scene: Scene) -> Reading | None:
        return Reading("deal", scene.reading_of_the_deal(sale))

    def flags(self, heard: Fact | Collision | Sale, scene: Scene) -> Flag | None:
        if isinstance(heard, (Reception, Assist)) and heard.entered_late:
            return Flag("alert", "late_entry")
        return None


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

    def bars(self, fact: Fact, scene: Scene) -> Bar | None:
        if isinstance(fact, ProxyEntry):
            if not fact.circumstances.strip():
                return Bar("no_circumstances")
            if self.proxy_acknowledged and not fact.acknowledged:
                return Bar("not_acknowledged")
        return None

    def flags(self, heard: Fact | Collision | Sale, scene: Scene) -> Flag | None:
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
