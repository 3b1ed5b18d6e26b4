"""The engine's own promises: contradictions are errors, versions count by their day."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from attribution.policy.clause import Clause, Statement
from attribution.policy.decision import Bar, Grant, Reading
from attribution.policy.editions import Edition
from attribution.policy.engine import Fold, PolicyConflict, decide
from attribution.policy.facts import Deal, Fact, FollowUp, Notice, PolicyChange, Reception
from attribution.policy.parameters import policy
from attribution.policy.scene import Sale, Scene

ZONE = ZoneInfo("Asia/Shanghai")
WORDS = Statement("甲", "甲", "one")


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def visit(number: int, when: str, agent: str, **more: object) -> Reception:
    moment = on(when)
    return Reception(
        id=number, at=moment, recorded=moment, lead="wang", agent=agent, channel="visit", **more
    )  # type: ignore[arg-type]


@dataclass(frozen=True)
class Gives(Clause):
    """Gives every client to one agent, whoever receives."""

    statement = WORDS
    hears = (Reception, Sale)
    id: str = "one"  # type: ignore[misc]
    to: str = "jia"
    rank: int = 10  # type: ignore[misc]

    def grants(self, fact: Fact, scene: Scene) -> Grant:
        return Grant(self.to, "first_reception")

    def settles(self, sale: Sale, scene: Scene) -> Reading:
        return Reading("deal", self.to)


@dataclass(frozen=True)
class Serves(Clause):
    """Every reception is for the claim that stands at one place."""

    statement = WORDS
    hears = (Reception,)
    id: str = "two"  # type: ignore[misc]
    place: int = 0

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        claims = scene.lead.claims
        return Bar("for_owner", serves=claims[self.place]) if len(claims) > 1 else None


def under(*clauses: Clause) -> Fold:
    """A fold under clauses of our own."""
    house = policy("house")
    fold = Fold(house)
    fold._edition = Edition(house, clauses)
    return fold


def test_two_clauses_that_give_the_client_to_two_agents_are_an_error_that_names_both() -> None:
    fold = under(Gives(id="sales/x", to="jia"), Gives(id="leasing/y", to="yi"))
    with pytest.raises(PolicyConflict) as caught:
        fold.apply(visit(7, "03-02 10:00", "jia"))
    assert str(caught.value) == "fact 7: sales/x and leasing/y disagree (grants)"
    assert caught.value.clauses == ("sales/x", "leasing/y")


def test_clauses_that_agree_are_both_cited() -> None:
    fold = under(Gives(id="sales/x", to="yi"), Gives(id="leasing/y", to="yi"))
    fold.apply(visit(7, "03-02 10:00", "jia"))
    decision = fold.decision("wang", on("03-03 10:00"))
    assert (decision.owner, decision.cites) == ("yi", ("sales/x", "leasing/y"))


def test_a_weightier_clause_is_not_contradicted_by_a_lighter_one() -> None:
    fold = under(Gives(id="leasing/y", to="yi", rank=11), Gives(id="sales/x", to="jia", rank=10))
    fold.apply(visit(7, "03-02 10:00", "bing"))
    decision = fold.decision("wang", on("03-03 10:00"))
    assert (decision.owner, decision.cites) == ("jia", ("sales/x",))


def test_two_clauses_that_settle_a_deal_differently_are_an_error() -> None:
    fold = under(Gives(id="sales/x", to="jia"), Gives(id="leasing/y", to="yi"))
    moment = on("03-02 10:00")
    with pytest.raises(PolicyConflict, match=r"fact 3: sales/x and leasing/y disagree \(settles\)"):
        fold.apply(Deal(id=3, at=moment, recorded=moment, lead="wang", agent="jia"))


def test_two_clauses_that_serve_different_claims_are_an_error() -> None:
    giving = under(Gives(id="sales/x", to="jia"))
    giving.apply(visit(1, "03-02 10:00", "jia"))
    giving.apply(visit(2, "03-02 11:00", "yi"))
    lead = giving._leads["wang"]
    lead.claims.append(lead.claims[0].__class__(
        agent="yi", lead="wang", begin=on("03-02 12:00"), acted=on("03-02 12:00"),
        strength=lead.claims[0].strength, fact=2, clauses=(), order=9, shares={},
    ))  # fmt: skip
    giving._edition = Edition(
        policy("house"), (Serves(id="one/x", place=0), Serves(id="two/y", place=1))
    )
    with pytest.raises(PolicyConflict, match=r"fact 5: one/x and two/y disagree \(bars\)"):
        giving.apply(visit(5, "03-03 10:00", "bing"))


def version(number: str, at: str, recorded: str, **settings: object) -> PolicyChange:
    return PolicyChange(id=number, at=on(at), recorded=on(recorded), settings=settings)


def test_versions_count_from_their_day_in_whichever_order_they_were_announced() -> None:
    later_first = [
        version("a", "05-01 00:00", "03-01 09:00", visit_months=3),
        version("b", "04-01 00:00", "03-02 09:00", visit_months=2),
    ]
    house = policy("house")
    ends = {}
    for day in ("03-10", "04-10", "05-10"):
        facts = [*later_first, visit(1, f"{day} 10:00", "jia")]
        ends[day] = decide(facts, house, "wang", asof=on(f"{day} 12:00")).valid_until
    assert {day: str(end) for day, end in ends.items()} == {
        "03-10": "2026-04-10",
        "04-10": "2026-06-10",
        "05-10": "2026-08-10",
    }


def test_a_version_may_change_the_preset() -> None:
    change = PolicyChange(
        id="v", at=on("03-01 09:00"), recorded=on("03-01 09:00"), preset="sales", settings={}
    )
    decision = decide(
        [change, visit(1, "03-02 10:00", "jia")], policy("house"), "wang", asof=on("03-03 10:00")
    )
    assert (decision.owner, decision.valid_until, decision.policy.preset) == ("jia", None, "sales")


def test_since_when_an_agent_knows() -> None:
    fold = Fold(policy("house"))
    assert fold.told("wang", "yi") is None
    fold.apply(visit(1, "03-02 10:00", "jia"))
    assert fold.told("wang", "yi") is None
    for number, when in ((2, "03-05 10:00"), (3, "03-04 10:00"), (4, "03-06 10:00")):
        fold.apply(
            Notice(id=number, at=on(when), recorded=on("03-07 10:00"), lead="wang", agent="yi")
        )
    assert fold.told("wang", "yi") == on("03-04 10:00")
    assert fold.told("wang", "jia") is None


def test_a_follow_up_that_wins_nothing_back_leaves_the_client_free() -> None:
    moment = on("05-01 10:00")
    facts: list[Fact] = [
        visit(1, "03-02 10:00", "jia"),
        FollowUp(id=2, at=moment, recorded=moment, lead="wang", agent="jia"),
    ]
    assert decide(facts, policy("house"), "wang", asof=on("05-02 10:00")).owner is None
    back = policy("house", {"claim_back": "30 days"})
    assert decide(facts, back, "wang", asof=on("05-02 10:00")).owner == "jia"
