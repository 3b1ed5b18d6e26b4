"""What the engine keeps of a lead: joined, closed, judged again, and told, in its own terms."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from attribution.policy.calendar import End
from attribution.policy.clause import ProxyViewing
from attribution.policy.clauses.leasing_1_05_same_caller import SameCaller
from attribution.policy.clauses.leasing_1_12_delegated_help import DelegatedHelp
from attribution.policy.decision import Bar, Claim, Failure, Flag, Matter, Reading, Step, Strength
from attribution.policy.engine import Fold, decide
from attribution.policy.facts import (
    Assist,
    Complaint,
    Deal,
    Departure,
    Fact,
    FollowUp,
    Link,
    Notice,
    PolicyChange,
    ProxyEntry,
    Reception,
    Registration,
    Ruling,
)
from attribution.policy.parameters import Policy, policy
from attribution.policy.scene import (
    Collision,
    Help,
    Lead,
    ProxyLink,
    Received,
    Sale,
    Scene,
    Wait,
    _until,
)

ZONE = ZoneInfo("Asia/Shanghai")
LEASING = policy("leasing")


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def visit(number: int, when: str, agent: str, lead: str = "wang", **more: object) -> Reception:
    moment = on(when)
    return Reception(
        id=number, at=moment, recorded=moment, lead=lead, agent=agent, channel="visit", **more
    )  # type: ignore[arg-type]


def deal(number: int, when: str, agent: str, recorded: str = "", **more: object) -> Deal:
    return Deal(
        id=number, at=on(when), recorded=on(recorded or when), lead="wang", agent=agent, **more
    )  # type: ignore[arg-type]


def link(number: int, when: str, other: str, **more: object) -> Link:
    fields: dict[str, object] = {"relation": "same"} | more
    return Link(id=number, at=on(when), recorded=on(when), lead="wang", other=other, **fields)  # type: ignore[arg-type]


def ruling(number: int, when: str, owner: str) -> Ruling:
    return Ruling(id=number, at=on(when), recorded=on(when), lead="wang", owner=owner)


def notice(number: int, when: str, agent: str) -> Notice:
    return Notice(id=number, at=on(when), recorded=on(when), lead="wang", agent=agent)


def folded(facts: list[Fact], working: Policy = LEASING) -> Fold:
    fold = Fold(working)
    for fact in facts:
        fold.apply(fact)
    return fold


# ── Joined ──


def claim(order: int, when: str, agent: str) -> Claim:
    return Claim(
        agent=agent, lead="wang", begin=on(when), acted=on(when), recorded=on(when),
        strength=Strength.FULL, fact=order, clauses=(), order=order, shares={},
    )  # fmt: skip


def full(name: str, number: int) -> Lead:
    """A lead with something of each kind; the second of them is the earlier in everything."""
    lead = Lead(name)
    when = f"03-{10 - number:02} 10:00"
    own = claim(10 - number, when, f"agent {number}")
    lead.claims, lead.alive = [own], [own]
    lead.pruned_by = date(2026, 3, 10 - number)
    lead.told = {"both": on(when), f"agent {number}": on(when)}
    lead.received = {name: Received(on(when), visit(number, when, "jia"))}
    lead.new = False
    lead.filed = [(name, "jia", on(when))]
    lead.refused = [Failure("jia", number, "sales/3", "not_about_project", None, None)]
    lead.may_wait = True
    lead.helped = [Help("jia", "yi", on(when))]
    lead.closed_at = on(when)
    lead.proxies = [ProxyLink(frozenset({name}), frozenset(), frozenset({number}))]
    lead.price_testing = lead.aggrieved = True
    lead.waiting = Wait("leasing/2.2", on(when))
    lead.waited = [(Wait("leasing/1.11", on("01-01 10:00")), on(when))]
    lead.sales = [Sale(deal(number, when, "jia"), {name})]
    lead.collisions = [
        Collision(own, None, "plain", on(when), on(when), knowing=False, fact=number,
                  later_agent="jia"),
    ]  # fmt: skip
    lead.matters = [Matter("complaint", "supervisor", number)]
    lead.cases, lead.alerts = {f"case {number}": None}, {f"alert {number}": None}
    lead.steps = [Step(number, "sales/3", "grants", "jia", "first_reception")]
    return lead


FIELDS = [name for name in Lead.__slots__ if name != "names"]


def contents(lead: Lead) -> dict[str, object]:
    return {name: getattr(lead, name) for name in FIELDS}


@pytest.mark.parametrize("bare_first", [True, False])
def test_a_lead_without_anything_adds_nothing_to_another(bare_first: bool) -> None:
    known, bare = full("wang", 1), Lead("li")
    bare.new = False
    fold = Fold(LEASING)
    joined = fold.merge(*((bare, known) if bare_first else (known, bare)))
    assert contents(joined) == contents(known)
    assert joined.names == {"wang", "li"}
    assert fold._leads == {"wang": joined, "li": joined}


def test_whoever_was_received_under_either_name_is_new_no_more() -> None:
    def joined(one: bool, two: bool) -> bool:
        leads = Lead("wang"), Lead("li")
        leads[0].new, leads[1].new = one, two
        return Fold(LEASING).merge(*leads).new

    found = {(a, b): joined(a, b) for a in (True, False) for b in (True, False)}
    assert [pair for pair, new in found.items() if new] == [(True, True)]


def test_what_was_known_under_two_names_is_put_in_order() -> None:
    one, two = full("wang", 1), full("li", 2)
    joined = Fold(LEASING).merge(one, two)
    first, second = two, one
    assert joined.claims == [*first.claims, *second.claims]
    assert joined.sales == [*first.sales, *second.sales]
    assert joined.collisions == [*first.collisions, *second.collisions]
    assert joined.told["both"] == on("03-08 10:00")
    assert Fold(LEASING).merge(full("li", 2), full("wang", 1)).told["both"] == on("03-08 10:00")
    assert joined.closed_at == one.closed_at
    assert joined.pruned_by == one.pruned_by
    assert joined.waiting == one.waiting
    assert (list(joined.cases), list(joined.alerts)) == (
        ["case 1", "case 2"], ["alert 1", "alert 2"],
    )  # fmt: skip
    for each in ("alive", "filed", "refused", "helped", "proxies", "waited", "matters", "steps"):
        assert getattr(joined, each) == getattr(one, each) + getattr(two, each), each
    assert joined.received == one.received | two.received


def test_a_link_told_twice_joins_once() -> None:
    facts: list[Fact] = [
        visit(1, "03-02 10:00", "jia"), visit(2, "03-03 10:00", "yi", "li"),
        link(3, "03-04 10:00", "li"),
    ]  # fmt: skip
    once = decide(facts, LEASING, "wang", asof=on("03-06 10:00"))
    twice = decide([*facts, link(4, "03-05 10:00", "li")], LEASING, "wang", asof=on("03-06 10:00"))
    assert (twice.chain, twice.matters, twice.owner) == (once.chain, once.matters, "jia")


# ── Judged, closed, judged again ──


def test_a_deal_judged_again_to_the_same_end_says_nothing_twice() -> None:
    facts: list[Fact] = [visit(1, "03-02 10:00", "jia"), deal(2, "03-10 10:00", "yi")]
    first = decide(facts, LEASING, "wang", asof=on("03-20 10:00"))
    again: list[Fact] = [*facts, link(3, "03-11 10:00", "li"), link(4, "03-12 10:00", "zhao")]
    later = decide(again, LEASING, "wang", asof=on("03-20 10:00"))
    assert [step for step in later.steps if step.fact == 2] == list(first.steps[-len(
        [step for step in later.steps if step.fact == 2]
    ):])  # fmt: skip
    assert [step for step in later.steps if step.verb in ("settles", "shares")] == [
        step for step in first.steps if step.verb in ("settles", "shares")
    ]
    assert later.deals == first.deals


def test_after_a_ruling_prices_were_not_tested() -> None:
    tested: list[Fact] = [
        visit(1, "03-02 10:00", "jia"), visit(2, "03-03 10:00", "yi", "li"),
        link(3, "03-04 10:00", "li", price_testing=True),
    ]  # fmt: skip
    closed = decide(
        [*tested, deal(4, "03-10 10:00", "jia")], LEASING, "wang", asof=on("03-10 10:00")
    )
    assert closed.deals[0].clauses == ("leasing/2.2",)
    ruled: list[Fact] = [*tested, ruling(4, "03-05 10:00", "jia"), deal(5, "03-10 10:00", "jia")]
    afterwards = decide(ruled, LEASING, "wang", asof=on("03-10 10:00"))
    assert afterwards.deals[0].clauses == ("leasing/1.1",)


def test_a_ruling_credits_the_deals_before_it_and_wholly() -> None:
    facts: list[Fact] = [
        visit(1, "03-02 10:00", "jia"), deal(2, "03-10 10:00", "jia"),
        ruling(3, "03-12 10:00", "yi"), notice(4, "03-13 10:00", "jia"),
        notice(5, "03-13 11:00", "yi"), deal(6, "03-20 10:00", "yi"),
    ]  # fmt: skip
    found = decide(facts, LEASING, "wang", asof=on("03-20 10:00")).deals
    assert [dict(each.credit) for each in found] == [{"yi": 100}, {"yi": 100}]
    assert [dict(each.commission) for each in found] == [{"yi": 100}, {"yi": 100}]
    assert [each.reading for each in found] == [Reading("ruling", "yi"), Reading("deal", "yi")]


def test_a_deal_of_a_signed_client_is_judged_by_its_day() -> None:
    facts: list[Fact] = [
        visit(1, "03-02 10:00", "jia"), deal(2, "03-10 10:00", "jia"),
        link(3, "03-11 10:00", "li"), deal(4, "09-10 10:00", "jia"),
    ]  # fmt: skip
    found = decide(facts, LEASING, "wang", asof=on("09-10 10:00")).deals
    assert [each.reading for each in found] == [Reading("deal", "jia")] * 2


def test_a_collision_after_a_deal_that_was_entered_late_is_not_the_deals() -> None:
    facts: list[Fact] = [
        visit(1, "03-02 10:00", "jia"), visit(2, "03-12 10:00", "yi"),
        deal(3, "03-10 10:00", "jia", recorded="03-15 10:00"),
    ]  # fmt: skip
    found = decide(facts, LEASING, "wang", asof=on("03-15 10:00")).deals[0]
    assert (found.reading, found.clauses) == (Reading("deal", "jia"), ("leasing/1.1",))


def test_everybody_who_was_out_of_touch_is_named() -> None:
    working = policy("leasing", {"visit_validity": "3 months", "deal_lookback": "30 days"})
    facts: list[Fact] = [
        visit(1, "03-02 10:00", "jia"), visit(2, "03-03 10:00", "yi"),
        deal(3, "05-10 10:00", "bing"), link(4, "05-11 10:00", "li"),
    ]  # fmt: skip
    steps = decide(facts, working, "wang", asof=on("05-12 10:00")).steps
    assert [step for step in steps if step.what == "no_recent_contact"] == [
        Step(3, "leasing/1.1", "bars", "jia", "no_recent_contact"),
        Step(3, "leasing/1.1", "bars", "yi", "no_recent_contact"),
    ]


@pytest.mark.parametrize(
    ("told", "poaching"),
    [("03-09 10:00", True), ("03-10 09:59", True), ("03-10 10:00", False), ("03-11 10:00", False)],
)
def test_a_notice_entered_late_shows_that_the_closer_knew(told: str, poaching: bool) -> None:
    facts: list[Fact] = [
        visit(1, "03-02 10:00", "jia"), deal(2, "03-10 10:00", "yi"),
        Notice(id=3, at=on(told), recorded=on("03-12 10:00"), lead="wang", agent="yi"),
    ]  # fmt: skip
    found = decide(facts, policy("house"), "wang", asof=on("03-12 10:00"))
    assert ("poaching" in found.cases) is poaching
    # Another's notice says nothing about the closer.
    others = [*facts[:2], notice(3, "03-09 10:00", "bing")]
    assert "poaching" not in decide(others, policy("house"), "wang", asof=on("03-12 10:00")).cases


# ── Told, refused, complained about ──


@pytest.mark.parametrize("delegated", [True, None, False])
@pytest.mark.parametrize("held", [True, False])
def test_whoever_helps_an_owner_knows_by_it(delegated: bool | None, held: bool) -> None:
    moment = on("03-05 10:00")
    helped = Assist(
        id=2, at=moment, recorded=moment, lead="wang", agent="yi", owner="jia", delegated=delegated
    )
    fold = folded([visit(1, "03-02 10:00", "jia")] if held else [])
    fold.enter("wang", moment, None)
    own = fold._scene.owner
    said = DelegatedHelp().bars(helped, fold._scene)
    assert said == (None if delegated is False else Bar("for_owner", serves=own, tells=held))
    fold.apply(helped)
    assert fold.told("wang", "yi") == (moment if held else None)
    steps = fold.decision("wang", moment).steps
    assert [step.clause for step in steps if step.fact == 2 and step.verb == "bars"] == [
        "leasing/1.7", *([] if delegated is False else ["leasing/1.12"]),
    ]  # fmt: skip


def test_since_when_a_refused_agent_knew_is_said_only_where_that_is_why() -> None:
    facts: list[Fact] = [
        visit(1, "03-02 10:00", "jia"), notice(2, "03-03 10:00", "yi"),
        visit(3, "03-04 10:00", "yi", asked_for="jia"), visit(4, "03-05 10:00", "yi"),
    ]  # fmt: skip
    found = decide(facts, policy("house"), "wang", asof=on("03-06 10:00")).failures
    assert [(each.fact, each.why, each.actual) for each in found] == [
        (3, "asked_for_owner", None), (4, "knew", on("03-03 10:00")),
    ]  # fmt: skip


def test_two_open_complaints_are_two_matters() -> None:
    def complaint(number: int, finding: str) -> Complaint:
        moment = on(f"03-{number + 2:02} 10:00")
        return Complaint(
            id=number, at=moment, recorded=moment, lead="wang", about="jia",
            finding=finding,  # type: ignore[arg-type]
        )  # fmt: skip

    facts: list[Fact] = [visit(1, "03-02 10:00", "jia"), complaint(2, "open"), complaint(3, "open")]
    found = decide(facts, LEASING, "wang", asof=on("03-20 10:00"))
    assert {(each.name, each.fact) for each in found.matters} == {
        ("complaint", 2), ("complaint", 3),
    }  # fmt: skip
    settled = decide([*facts, complaint(4, "unfounded")], LEASING, "wang", asof=on("03-20 10:00"))
    assert settled.matters == ()


def test_a_note_only_says_that_the_clause_was_at_work() -> None:
    scene = Scene({}, set())
    assert SameCaller().flags(link(1, "03-02 10:00", "li"), scene) == Flag("note", "one_person")
    for assisting, owner in ((True, claim(1, "03-02 10:00", "jia")), (True, None), (False, None)):
        sale = Sale(deal(2, "03-10 10:00", "yi", assisting=assisting), {"wang"})
        sale.owner = owner
        noted = Flag("note", "closed_for_owner") if assisting and owner else None
        assert DelegatedHelp().flags(sale, scene) == noted


@pytest.mark.parametrize(
    ("circumstances", "acknowledged", "asked", "why"),
    [
        (" ", True, True, "no_circumstances"),
        ("at sea", False, True, "not_acknowledged"),
        ("at sea", True, True, None),
        ("at sea", False, False, None),
    ],
)
def test_what_a_proxy_entry_needs(
    circumstances: str, acknowledged: bool, asked: bool, why: str | None
) -> None:
    class Viewing(ProxyViewing):
        """As an office asks it."""

    moment = on("03-02 10:00")
    entry = ProxyEntry(
        id=1, at=moment, recorded=moment, lead="wang", agent="jia",
        circumstances=circumstances, acknowledged=acknowledged,
    )  # fmt: skip
    found = Viewing(proxy_acknowledged=asked).bars(entry, Scene({}, set()))
    assert found == (None if why is None else Bar(why))


# ── Versions ──


def change(number: str, at: str, recorded: str, **settings: object) -> PolicyChange:
    return PolicyChange(id=number, at=on(at), recorded=on(recorded), settings=settings)


def test_of_two_versions_of_one_day_the_one_announced_later_counts() -> None:
    facts: list[Fact] = [
        change("a", "03-01 00:00", "02-01 09:00", visit_months=2),
        change("b", "03-01 00:00", "02-02 09:00", visit_months=3),
        visit(1, "03-10 10:00", "jia"),
    ]
    found = decide(facts, policy("house"), "wang", asof=on("03-11 10:00"))
    assert str(found.valid_until) == "2026-06-10"


def test_a_version_may_change_the_preset_and_its_settings() -> None:
    moment = on("03-01 09:00")
    changed = PolicyChange(
        id="v", at=moment, recorded=moment, preset="leasing", settings={"visit_months": 3}
    )
    facts: list[Fact] = [changed, visit(1, "03-10 10:00", "jia")]
    found = decide(facts, policy("sales"), "wang", asof=on("03-11 10:00"))
    assert (found.policy.preset, str(found.valid_until)) == ("leasing", "2026-06-10")


def test_whoever_left_under_a_version_left() -> None:
    moment = on("03-05 10:00")
    facts: list[Fact] = [
        change("a", "03-01 00:00", "02-01 09:00", visit_months=2),
        visit(1, "03-02 10:00", "jia"),
        Departure(id=2, at=moment, recorded=moment, agent="jia"),
        FollowUp(id=3, at=moment, recorded=moment, lead="wang", agent="jia"),
    ]
    found = decide(facts, LEASING, "wang", asof=on("03-11 10:00"))
    assert (found.owner, found.waiting) == (None, "leasing/1.11")


# ── What a clause is told ──


def test_nothing_is_known_of_what_has_just_begun() -> None:
    begun = claim(1, "03-02 10:00", "jia")
    assert (begun.full_since, begun.succession) == (begun.begin, "next_in_chain")
    assert (begun.ended_by, begun.closed, begun.by_fault) == (None, False, False)
    assert (begun.awaits_arrival, begun.counts) == (False, True)
    lead = Lead("wang")
    assert (lead.price_testing, lead.aggrieved, lead.may_wait, lead.new) == (
        False, False, False, True,
    )  # fmt: skip
    sale = Sale(deal(1, "03-10 10:00", "jia"), {"wang"})
    assert (sale.reading, sale.closed, sale.kind, sale.hold) == (None, False, None, None)


def until(order: int, last: date, ended: str = "") -> Claim:
    lasting = claim(order, "03-01 10:00", "jia")
    lasting.end = End(last)
    lasting.ended = on(ended) if ended else None
    return lasting


def test_what_was_over_is_set_aside_and_asked_again_for_earlier_days() -> None:
    today = date(2026, 3, 10)
    kept = [
        until(1, today), until(2, date(2026, 4, 1)), until(3, date(2026, 4, 1), "03-10 10:00"),
    ]  # fmt: skip
    over = [
        until(4, date(2026, 3, 9)), until(5, date(2026, 4, 1), "03-09 10:00"),
        until(6, date(2026, 3, 9), "03-11 10:00"),
    ]  # fmt: skip
    lead = Lead("wang")
    lead.claims, lead.alive = [*kept, *over], [*kept, *over]
    lead.prune(today)
    assert lead.alive == kept
    assert lead.near(on("03-09 23:59")) == lead.claims
    assert lead.near(on("03-10 00:00")) == kept
    assert lead.near(on("03-11 00:00")) == kept


def test_until_which_day_a_claim_lived() -> None:
    last = date(2026, 4, 1)
    assert _until(until(1, last)) == last
    assert _until(until(1, last, "03-09 10:00")) == date(2026, 3, 9)
    assert _until(until(1, last, "04-09 10:00")) == last


def test_which_claims_a_deal_concerns() -> None:
    sold = Sale(deal(1, "03-10 10:00", "jia", recorded="03-12 10:00"), {"wang"})

    def begun(when: str, recorded: str, lead: str) -> Claim:
        made = claim(1, when, "jia")
        made.recorded, made.lead = on(recorded), lead
        return made

    assert sold.concerns(begun("03-10 10:00", "03-12 10:00", "wang"))
    assert not sold.concerns(begun("03-10 10:00", "03-12 10:01", "wang"))
    assert sold.concerns(begun("03-10 10:00", "03-12 10:01", "li"))
    assert not sold.concerns(begun("03-10 10:01", "03-12 10:00", "wang"))
    sold.hold = begun("03-10 10:00", "03-12 10:00", "wang")
    assert not sold.concerns(sold.hold)


def test_a_lead_waited_from_the_lapse_until_the_ruling() -> None:
    lead, wait = Lead("wang"), Wait("leasing/2.2", on("03-05 10:00"))
    lead.waited = [(wait, on("03-09 10:00"))]
    found = [lead.waits_at(on(f"03-{day} {hour}")) for day, hour in (
        ("05", "09:59"), ("05", "10:00"), ("09", "09:59"), ("09", "10:00"),
    )]  # fmt: skip
    assert found == [None, wait, wait, None]


def test_the_collisions_that_are_found() -> None:
    fold = folded([
        visit(1, "03-02 10:00", "jia"), visit(2, "03-03 10:00", "yi"),
        deal(3, "03-10 10:00", "bing", recorded="03-11 10:00"),
    ])  # fmt: skip
    lead = fold._leads["wang"]
    first, second, hold = lead.claims
    beside = Collision(
        first, None, "plain", on("03-11 10:00"), on("03-10 10:00"),
        knowing=False, fact=3, later_agent="bing",
    )  # fmt: skip
    assert lead.collisions == [
        Collision(
            first, second, "plain", on("03-03 10:00"), on("03-03 10:00"),
            knowing=False, fact=2, later_agent="yi", relation="same",
        ),
        beside,
    ]  # fmt: skip
    (sold,) = lead.sales
    assert (sold.kind, sold.hold, hold.acted) == ((True, False, False), hold, on("03-10 10:00"))
    assert [each.of_deal(sold) for each in lead.collisions] == [False, True]
    other = Sale(deal(4, "03-10 10:01", "bing"), {"wang"})
    assert not beside.of_deal(other)


def test_the_claim_after_a_deal_keeps_the_shares_of_a_ruling() -> None:
    moment, shares = on("03-05 10:00"), {"jia": 60, "yi": 40}
    ruled = Ruling(id=2, at=moment, recorded=moment, lead="wang", owner="jia", shares=shares)
    fold = folded([visit(1, "03-02 10:00", "jia"), ruled, deal(3, "03-10 10:00", "jia")])
    assert fold._leads["wang"].claims[-1].shares == shares


def test_whom_a_person_chose_follows_by_himself() -> None:
    working = policy("leasing", {"after_lapse": "supervisor"})
    fold = folded([visit(1, "03-02 10:00", "jia"), ruling(2, "03-05 10:00", "yi")], working)
    lead = fold._leads["wang"]
    assert [each.succession for each in lead.claims] == ["supervisor", "next_in_chain"]
    assert lead.may_wait is True


def test_the_scene_is_set_for_the_moment_that_counts_and_the_deed_before_it() -> None:
    left = on("03-05 10:00")
    fold = folded([
        visit(1, "03-02 10:00", "jia"), visit(2, "03-03 10:00", "yi"),
        Departure(id=3, at=left, recorded=left, agent="jia"),
    ])  # fmt: skip
    scene = fold._scene
    fold.enter("wang", on("03-04 10:00"), "yi", on("03-03 12:00"))
    assert (scene.at, scene.acted) == (on("03-04 10:00"), on("03-03 12:00"))
    assert scene.owner is fold._leads["wang"].claims[0]
    assert scene.mine is fold._leads["wang"].claims[1]
    fold.enter("wang", on("03-06 10:00"), None)
    assert (scene.at, scene.acted) == (on("03-06 10:00"), on("03-06 10:00"))
    assert (scene.waiting, scene.owner, scene.mine) == (Wait("leasing/1.11", left), None, None)


def test_an_entry_made_in_advance_is_honoured_by_the_policy_of_its_day() -> None:
    moment = on("03-01 10:00")
    entry = Registration(id=1, at=moment, recorded=moment, lead="wang", agent="jia", traits="tall")
    announced = PolicyChange(
        id="v", at=on("03-03 09:00"), recorded=on("03-03 09:00"), preset="leasing", settings={}
    )
    facts: list[Fact] = [entry, announced, visit(2, "03-05 10:00", "yi")]
    found = decide(facts, policy("house"), "wang", asof=on("03-06 10:00"))
    assert (found.owner, len(found.chain)) == ("jia", 1)


def test_the_agent_of_another_client_is_the_owner_the_last_or_the_first() -> None:
    def agents(*claims: Claim, at: str = "03-20 10:00") -> list[str]:
        lead = Lead("li")
        lead.claims = lead.alive = list(claims)
        scene = Scene({"li": lead}, set())
        scene.at = on(at)
        return [agent for agent in ("jia", "yi", "bing", "ding") if scene.is_agent_of(agent, "li")]

    def held(order: int, agent: str, begin: str, last: date) -> Claim:
        made = claim(order, begin, agent)
        made.end = End(last)
        return made

    first = held(1, "jia", "03-01 10:00", date(2026, 3, 5))
    second = held(2, "yi", "03-02 10:00", date(2026, 3, 31))
    third = held(3, "bing", "03-03 10:00", date(2026, 4, 30))
    assert agents(first, second, third) == ["jia", "yi"], "yi owns, jia was the first"
    assert agents(first, second, third, at="06-01 10:00") == ["jia", "bing"], "the last to hold him"
    assert agents() == []
    third.ended = third.begin
    assert agents(first, second, third, at="06-01 10:00") == ["jia", "yi"], "never alive"
    second.by_fault = True
    assert agents(first, second, third, at="06-01 10:00") == ["jia"]
    first.counts = False
    assert agents(first, second, third, at="06-01 10:00") == []


@pytest.mark.parametrize(
    ("favoured", "moment", "third", "anew"),
    [
        ("jia", "03-03 10:00", "04-10 10:00", True),
        ("jia", "03-02 10:00", "03-20 10:00", False),
        ("jia", "03-03 10:00", "03-20 10:00", False),
        ("ding", "04-10 10:00", "04-10 10:00", False),
        ("ding", "04-09 10:00", "04-10 10:00", True),
    ],
)
def test_a_new_beginning_comes_after_the_last_day_of_the_one_who_is_favoured(
    favoured: str, moment: str, third: str, anew: bool
) -> None:
    claims = [
        claim(1, "03-01 10:00", "yi"), claim(2, "03-02 10:00", "jia"), claim(3, third, "bing"),
    ]  # fmt: skip
    for each, last in zip(claims, ((6, 1), (4, 2), (7, 1)), strict=True):
        each.end = End(date(2026, *last))
    scene = Scene({}, set())
    scene.lead = Lead("wang")
    scene.lead.claims = claims
    sold = Sale(deal(9, "05-01 10:00", "bing"), {"wang"})
    assert scene._began_anew(favoured, sold, on(moment)) is anew


@pytest.mark.parametrize(
    ("agent", "whose", "day", "told"),
    [("yi", "jia", "03-05 10:00", True), ("yi", "jia", "05-05 10:00", False),
     ("jia", None, "03-05 10:00", False), ("yi", None, "03-05 10:00", False)],
)  # fmt: skip
def test_whoever_follows_up_for_a_colleague_knows_whose_client_it_is(
    agent: str, whose: str | None, day: str, told: bool
) -> None:
    made = FollowUp(
        id=2, at=on(day), recorded=on("05-06 10:00"), lead="wang", agent=agent, on_behalf_of=whose
    )
    assert folded([visit(1, "03-02 10:00", "jia"), made]).told("wang", agent) == (
        on(day) if told else None
    )


def test_the_first_reception_stays_the_first() -> None:
    fold = folded([visit(1, "03-02 10:00", "jia"), visit(2, "03-02 10:00", "yi")])
    fold.apply(visit(3, "03-03 10:00", "jia"))
    lead = fold._leads["wang"]
    assert lead.received["wang"].fact.id == 1
    assert lead.new is False
