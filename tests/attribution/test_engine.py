"""The engine's own promises: contradictions are errors, versions count by their day."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from attribution.policy.clause import Clause, Statement
from attribution.policy.clauses.leasing_1_03_enquiry_counts import EnquiryCounts
from attribution.policy.clauses.leasing_1_10_lapsed_client import LapsedClient
from attribution.policy.clauses.leasing_1_14_complaint import ComplaintFound
from attribution.policy.clauses.leasing_2_04_ladder import Ladder
from attribution.policy.clauses.sales_02_collision import CollisionForSupervisor
from attribution.policy.clauses.sales_03_first_reception import FirstOnSite
from attribution.policy.clauses.sales_09_steering import Steering
from attribution.policy.clauses.sales_10_replaced_agent import ReplacedAgent
from attribution.policy.decision import Bar, Claim, Grant, Reading
from attribution.policy.editions import Edition
from attribution.policy.engine import Fold, PolicyConflict, decide
from attribution.policy.facts import (
    Complaint,
    Deal,
    Departure,
    Fact,
    Finding,
    FollowUp,
    Notice,
    PolicyChange,
    Reception,
    Ruling,
)
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
        recorded=on("03-02 12:00"),
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


@pytest.mark.parametrize(
    ("clause", "verb"),
    [
        (ComplaintFound(), "bars"),
        (ComplaintFound(), "flags"),
        (Ladder(), "flags"),
        (Ladder(), "grants"),
        (CollisionForSupervisor(), "flags"),
        (CollisionForSupervisor(), "grants"),
        (FirstOnSite(), "bars"),
        (FirstOnSite(), "grants"),
        (FirstOnSite(), "flags"),
        (Steering(), "bars"),
        (Steering(), "grants"),
        (Steering(), "flags"),
        (ReplacedAgent(), "grants"),
        (LapsedClient(), "grants"),
        (LapsedClient(), "flags"),
        (EnquiryCounts(), "bars"),
        (EnquiryCounts(), "grants"),
    ],
)
def test_a_clause_says_nothing_about_what_it_does_not_speak_of(clause: Clause, verb: str) -> None:
    """A clause with several verbs is asked each of them about every kind that it hears."""
    gone = Departure(id=1, at=on("03-02 10:00"), recorded=on("03-02 10:00"), agent="jia")
    assert getattr(clause, verb)(gone, Scene({}, set())) is None


@pytest.mark.parametrize("finding", ["open", "malicious", "agent_fault", "replace"])
def test_only_a_replacement_that_names_somebody_gives_the_client_to_him(finding: Finding) -> None:
    moment = on("03-02 10:00")
    made = Complaint(
        id=1, at=moment, recorded=moment, lead="wang", about="jia", finding=finding,
        to=None if finding == "replace" else "yi",
    )  # fmt: skip
    assert ReplacedAgent().grants(made, Scene({}, set())) is None


def test_a_number_left_is_not_what_makes_the_reception() -> None:
    cited = {
        left: decide(
            [visit(1, "03-02 10:00", "jia", phone_left=left)],
            policy("leasing"), "wang", asof=on("03-03 10:00"),
        ).cites
        for left in (True, False)
    }  # fmt: skip
    assert cited == {
        True: ("leasing/1.1", "leasing/1.4", "leasing/1.2"),
        False: ("leasing/1.1", "leasing/1.3", "leasing/1.4", "leasing/1.2"),
    }


def test_asking_the_way_is_refused_by_the_clause_that_speaks_of_it() -> None:
    lost = visit(1, "03-02 10:00", "jia", enquiry=False)
    for preset, clause in (("leasing", "leasing/1.3"), ("sales", "sales/3")):
        decision = decide([lost], policy(preset), "wang", asof=on("03-03 10:00"))
        assert [(each.clause, each.why) for each in decision.failures] == [
            (clause, "not_about_project")
        ]


@dataclass(frozen=True)
class Mute(Clause):
    """Hears everything, and says nothing."""

    statement = WORDS
    hears = (Reception, FollowUp, Ruling, Sale)
    id: str = "mute"  # type: ignore[misc]

    def grants(self, fact: Fact, scene: Scene) -> None:
        return None

    def extends(self, fact: Fact, claim: Claim, scene: Scene) -> None:
        return None


def test_where_no_clause_grants_nobody_owns() -> None:
    fold = under(Mute())
    fold.apply(visit(1, "03-02 10:00", "jia"))
    moment = on("03-02 11:00")
    ruling = Ruling(id=2, at=moment, recorded=moment, lead="wang", owner="yi", shares={})
    fold.apply(ruling)
    decision = fold.decision("wang", on("03-03 10:00"))
    assert (decision.owner, decision.chain) == (None, ())


def test_where_no_clause_settles_the_deal_goes_by_its_own_reading() -> None:
    moment = on("03-02 10:00")
    for clauses in ((Mute(),), ()):
        fold = under(*clauses)
        fold.apply(Deal(id=3, at=moment, recorded=moment, lead="wang", agent="jia"))
        decision = fold.decision("wang", moment)
        assert (dict(decision.deals[0].credit), decision.deals[0].clauses) == ({"jia": 100}, ())
        assert decision.deals[0].reading == Reading("deal", "jia")


def test_where_no_clause_extends_the_last_day_stays() -> None:
    fold = under(Gives(), Mute())
    for number, when in ((1, "03-02 10:00"), (2, "03-05 10:00")):
        fold.apply(visit(number, when, "jia"))
    moment = on("03-09 10:00")
    fold.apply(FollowUp(id=3, at=moment, recorded=moment, lead="wang", agent="jia"))
    assert fold.decision("wang", moment).owner == "jia"


def test_the_claim_by_which_the_owner_owns() -> None:
    facts = [visit(1, "03-02 10:00", "jia"), visit(2, "03-03 10:00", "yi")]
    owned = decide(facts, policy("house"), "wang", asof=on("03-04 10:00")).owner_claim
    assert owned is not None
    assert (owned.agent, owned.fact) == ("jia", 1)
    assert decide(facts, policy("house"), "wang", asof=on("03-01 10:00")).owner_claim is None


def test_a_follow_up_that_wins_nothing_back_leaves_the_client_free() -> None:
    moment = on("05-01 10:00")
    facts: list[Fact] = [
        visit(1, "03-02 10:00", "jia"),
        FollowUp(id=2, at=moment, recorded=moment, lead="wang", agent="jia"),
    ]
    assert decide(facts, policy("house"), "wang", asof=on("05-02 10:00")).owner is None
    back = policy("house", {"claim_back": "30 days"})
    assert decide(facts, back, "wang", asof=on("05-02 10:00")).owner == "jia"
