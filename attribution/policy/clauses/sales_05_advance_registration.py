"""sales/5: a referred person entered beforehand belongs to the agent who entered him.

Reading: name and traits, strictly before the first reception, while nobody else holds him. Until
the person comes there is no last day; with the arrival, by call or visit, the period starts.
"""

from dataclasses import dataclass

from ..clause import Clause, Statement
from ..decision import Bar, Grant
from ..facts import Assist, Fact, Reception, Registration
from ..scene import Sale, Scene


@dataclass(frozen=True)
class AdvanceRegistration(Clause):
    """Registered in advance; whoever receives the person does so for the registrant."""

    id = "sales/5"
    statement = Statement(
        hant="被介紹的人在來之前登記了姓名與特徵，就歸登記人，不論由誰接待、是否提名。",
        hans="被介绍的人在来之前登记了姓名与特征，就归登记人，不论由谁接待、是否提名。",
        en="A referred person entered with name and traits before coming belongs to the agent who "
        "entered him, whoever receives him.",
    )
    rank = 20
    hears = (Registration, Reception, Assist)

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        if isinstance(fact, Registration):
            if not fact.traits.strip():
                return Bar("no_traits")
            if not scene.nobody_holds or scene.waits:
                return Bar("held_already")
            if not scene.lead.new:
                return Bar("received_before")
            return None
        owner = scene.owner
        if owner is None or not owner.awaits_arrival:
            return None
        # Receiving for a registrant is no notice by itself; being asked for him, or to help, is.
        if isinstance(fact, Reception):
            asked = None if fact.steered_by is not None else fact.asked_for
        else:
            asked = getattr(fact, "owner", None)
        return Bar("for_registrant", serves=owner, tells=asked == owner.agent)

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        return Grant(fact.agent, "registered") if isinstance(fact, Registration) else None
