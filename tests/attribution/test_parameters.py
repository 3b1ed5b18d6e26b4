"""Parameters that contradict one another are refused, and the error names the field and why."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from attribution.policy.parameters import (
    REASONS,
    WEEK,
    Policy,
    PolicyError,
    changed,
    difference,
    policy,
    settings_of,
)
from tests.factories.stories import policies

Case = tuple[str, dict[str, Any], str]

TYPES: dict[str, Case] = {
    "unknown name": ("leasing", {"cal_days": 3}, "cal_days"),
    "the preset is no setting": ("leasing", {"preset": "sales"}, "preset"),
    "number for a span": ("leasing", {"call_validity": 15}, "call_validity"),
    "truth for a span": ("leasing", {"visit_validity": True}, "visit_validity"),
    "span without a unit": ("leasing", {"call_validity": "15"}, "call_validity"),
    "span without a number": ("leasing", {"call_validity": "days"}, "call_validity"),
    "span in weeks": ("leasing", {"call_validity": "2 weeks"}, "call_validity"),
    "span of nothing": ("leasing", {"extension": "0 days"}, "extension"),
    "negative span": ("leasing", {"extension": "-1 days"}, "extension"),
    "half a span": ("leasing", {"extension": "1.5 months"}, "extension"),
    "span too long": ("leasing", {"extension": "1201 days"}, "extension"),
    "span and more": ("leasing", {"extension": "1 month 2 days"}, "extension"),
    "text for a number of days": ("leasing", {"call_days": "15"}, "call_days"),
    "no days": ("leasing", {"call_days": 0}, "call_days"),
    "too many months": ("leasing", {"visit_months": 1201}, "visit_months"),
    "truth for a number": ("leasing", {"extension_months": True}, "extension_months"),
    "unknown claim": ("leasing", {"online_claim": "half"}, "online_claim"),
    "null for a claim": ("leasing", {"report_claim": None}, "report_claim"),
    "a call always gives something": ("leasing", {"call_claim": "none"}, "call_claim"),
    "number for a truth": ("leasing", {"first_day_counted": 1}, "first_day_counted"),
    "text for a truth": ("leasing", {"last_day_counted": "yes"}, "last_day_counted"),
    "unknown roll": ("leasing", {"holiday_roll": "previous"}, "holiday_roll"),
    "text for holidays": (
        "leasing", {"holiday_roll": "next", "holidays": "2026-10-01"}, "holidays",
    ),
    "no such day": ("leasing", {"holiday_roll": "next", "holidays": ["2026-02-30"]}, "holidays"),
    "number for a day": ("leasing", {"holiday_roll": "next", "holidays": [20261001]}, "holidays"),
    "no such weekday": (
        "leasing", {"holiday_roll": "next", "weekly_rest": ["someday"]}, "weekly_rest",
    ),
    "text for weekdays": (
        "leasing", {"holiday_roll": "next", "weekly_rest": "sunday"}, "weekly_rest",
    ),
    "unknown mode": ("leasing", {"extension_mode": "twice"}, "extension_mode"),
    "no extensions at all": ("leasing", {"extension_cap": 0}, "extension_cap"),
    "text for a cap": ("leasing", {"extension_cap": "2"}, "extension_cap"),
    "truth for a cap": ("leasing", {"extension_cap": True}, "extension_cap"),
    "number for a total": ("leasing", {"extension_total": 90}, "extension_total"),
    "number for rolling": ("leasing", {"rolling_validity": 30}, "rolling_validity"),
    "number for the look-back": ("leasing", {"deal_lookback": 30}, "deal_lookback"),
    "negative share": ("leasing", {"helper_share": -1}, "helper_share"),
    "whole share": ("leasing", {"helper_share": 100}, "helper_share"),
    "broken share": ("leasing", {"helper_share": 33.3}, "helper_share"),
    "truth for a share": ("leasing", {"helper_share": True}, "helper_share"),
    "more than all": ("leasing", {"closer_commission": 101}, "closer_commission"),
    "negative commission": ("leasing", {"closer_commission": -1}, "closer_commission"),
    "null for a percent": ("leasing", {"closer_commission": None}, "closer_commission"),
    "list for splits": ("leasing", {"collision_split": ["spouse"]}, "collision_split"),
    "unknown relation": ("leasing", {"collision_split": {"rival": "equal"}}, "collision_split"),
    "a proxy is no relation of a split": (
        "leasing", {"collision_split": {"proxy": "equal"}}, "collision_split",
    ),
    "unknown word for a split": (
        "leasing", {"collision_split": {"same": "fair"}}, "collision_split",
    ),
    "unknown party": ("leasing", {"party": ["family", "rival"]}, "party"),
    "text for a party": ("leasing", {"party": "family"}, "party"),
    "unknown register field": ("leasing", {"required_fields": ["name", "shoe"]}, "required_fields"),
    "text for register fields": ("leasing", {"required_fields": "phone"}, "required_fields"),
    "unknown successor": ("leasing", {"after_lapse": "lottery"}, "after_lapse"),
    "number for claiming back": ("leasing", {"claim_back": 7}, "claim_back"),
}  # fmt: skip

CONTRADICTIONS: dict[str, Case] = {
    "a call's validity by both names": (
        "leasing", {"call_days": 10, "call_validity": "10 days"}, "call_days|call_validity",
    ),
    "a visit's validity by both names": (
        "leasing", {"visit_months": None, "visit_validity": None}, "visit_months|visit_validity",
    ),
    "the extension by both names": (
        "leasing", {"extension_months": 1, "extension": "2 months"}, "extension_months|extension",
    ),
    "validity of an online enquiry that gives nothing": (
        "leasing", {"online_validity": "7 days"}, "online_validity",
    ),
    "validity of a report that is said to give nothing": (
        "leasing", {"report_claim": "none", "report_validity": "7 days"}, "report_validity",
    ),
    "rolling and a call's validity": (
        "leasing", {"rolling_validity": "30 days", "call_validity": "10 days"},
        "rolling_validity|call_validity",
    ),
    "rolling and a visit's validity by the other name": (
        "leasing", {"rolling_validity": "30 days", "visit_months": 2},
        "rolling_validity|visit_months|visit_validity",
    ),
    "rolling and an online validity": (
        "leasing",
        {"rolling_validity": "30 days", "online_claim": "full", "online_validity": "7 days"},
        "rolling_validity|online_validity",
    ),
    "rolling and an extension": (
        "leasing", {"rolling_validity": "30 days", "extension": "1 month"},
        "rolling_validity|extension",
    ),
    "rolling and a mode": (
        "leasing", {"rolling_validity": "30 days", "extension_mode": "every"},
        "rolling_validity|extension_mode",
    ),
    "every follow-up extends by nothing": (
        "leasing", {"extension_mode": "every", "extension": None}, "extension_mode|extension",
    ),
    "from the follow-up, in a preset without an extension": (
        "sales", {"extension_mode": "from_follow_up"}, "extension_mode|extension",
    ),
    "no mode for a given extension": (
        "leasing", {"extension_mode": "none", "extension": "1 month"}, "extension_mode|extension",
    ),
    "a cap where nothing extends": ("sales", {"extension_cap": 2}, "extension_cap"),
    "a cap with mode none": (
        "leasing", {"extension_mode": "none", "extension_cap": 2}, "extension_cap",
    ),
    "a total where nothing extends": (
        "leasing", {"extension": None, "extension_total": "3 months"}, "extension_total",
    ),
    "a call that would end before it begins": (
        "leasing",
        {"call_validity": "1 day", "first_day_counted": True, "last_day_counted": False},
        "call_validity|first_day_counted|last_day_counted",
    ),
    "an online enquiry that would end before it begins": (
        "leasing",
        {
            "online_claim": "full", "online_validity": "1 day",
            "first_day_counted": True, "last_day_counted": False,
        },
        "online_validity|first_day_counted|last_day_counted",
    ),
    "a roll without days of rest": ("leasing", {"holiday_roll": "next"}, "holiday_roll"),
    "holidays without the roll": ("leasing", {"holidays": ["2026-10-01"]}, "holidays|holiday_roll"),
    "days of rest without the roll": (
        "leasing", {"weekly_rest": ["sunday"]}, "weekly_rest|holiday_roll",
    ),
    "a week of rest": (
        "leasing",
        {
            "holiday_roll": "next",
            "weekly_rest": [
                "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
            ],
        },
        "weekly_rest",
    ),
    "claiming back what never lapses": ("sales", {"claim_back": "7 days"}, "claim_back"),
    "succession to what never lapses": ("sales", {"after_lapse": "supervisor"}, "after_lapse"),
    "a split that leaves something": (
        "leasing", {"collision_split": {"spouse": [50, 40]}}, "collision_split",
    ),
    "a split of more than all": (
        "leasing", {"collision_split": {"spouse": [60, 60]}}, "collision_split",
    ),
    "a split with nothing for one": (
        "leasing", {"collision_split": {"spouse": [100, 0]}}, "collision_split",
    ),
    "a split with less than nothing": (
        "leasing", {"collision_split": {"spouse": [110, -10]}}, "collision_split",
    ),
    "a split for one": ("leasing", {"collision_split": {"same": [100]}}, "collision_split"),
    "a split for people who are not one party": (
        "sales", {"collision_split": {"spouse": "equal"}}, "collision_split",
    ),
    "a split for friends where only couples are one party": (
        "leasing", {"party": ["spouse"], "collision_split": {"friend": "equal"}}, "collision_split",
    ),
}  # fmt: skip

ACCEPTED: dict[str, tuple[str, dict[str, Any]]] = {
    "shortest counted period": (
        "leasing",
        {"call_validity": "2 days", "first_day_counted": True, "last_day_counted": False},
    ),
    "one day, first counted": ("leasing", {"call_validity": "1 day", "first_day_counted": True}),
    "an hour, whatever days count": (
        "leasing",
        {"call_validity": "1 hour", "first_day_counted": True, "last_day_counted": False},
    ),
    "longest spans": ("leasing", {"call_validity": "1200 hours", "extension": "1200 months"}),
    "rolling over the preset's own": ("leasing", {"rolling_validity": "30 days"}),
    "rolling where nothing lapsed, with the lapse's parameters": (
        "sales", {"rolling_validity": "30 days", "claim_back": "7 days", "after_lapse": "on_duty"},
    ),
    "rolling with a cap and a total": (
        "sales",
        {"rolling_validity": "30 days", "extension_cap": 3, "extension_total": "12 months"},
    ),
    "mode none over the preset's own extension": ("leasing", {"extension_mode": "none"}),
    "once without an extension": ("sales", {"extension_mode": "once"}),
    "online that never lapses": ("leasing", {"online_claim": "contact"}),
    "a split for the same person in every preset": (
        "sales", {"collision_split": {"same": "equal"}},
    ),
    "couples are family": ("leasing", {"collision_split": {"spouse": [34, 33, 33]}}),
    "six days of rest": (
        "leasing",
        {
            "holiday_roll": "next",
            "weekly_rest": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
        },
    ),
    "claiming back only what calls give": (
        "sales", {"call_validity": "10 days", "claim_back": "7 days"},
    ),
    "largest percents": ("leasing", {"helper_share": 99, "closer_commission": 100}),
    "smallest percents": ("leasing", {"helper_share": 0, "closer_commission": 0}),
    "look-back with required fields": (
        "leasing", {"deal_lookback": "30 days", "required_fields": ["phone"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("preset", "settings", "field"),
    [*TYPES.values(), *CONTRADICTIONS.values()],
    ids=[*TYPES, *CONTRADICTIONS],
)
def test_what_cannot_be_is_refused(preset: str, settings: dict[str, Any], field: str) -> None:
    """`field`: the name in the error, or where two contradict each other, one of them."""
    with pytest.raises(PolicyError) as caught:
        policy(preset, settings)
    assert caught.value.field in field.split("|")
    assert caught.value.reason


@pytest.mark.parametrize(("preset", "settings"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_can_be_is_accepted(preset: str, settings: dict[str, Any]) -> None:
    assert policy(preset, settings).preset == preset


def test_both_ways_to_write_a_parameter_give_one_policy() -> None:
    assert policy("leasing", {"call_days": 1, "visit_months": 3, "extension_months": None}) == (
        policy(
            "leasing", {"call_validity": "1 day", "visit_validity": "3 months", "extension": None}
        )
    )


def test_a_span_is_kept_in_its_canonical_text() -> None:
    made = policy("leasing", {"call_validity": "1 days", "extension": "2 month"})
    assert (str(made.call_validity), str(made.extension)) == ("1 day", "2 months")


WORDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown_preset": (
        "lease", {}, "policy: unknown preset 'lease', one of sales, leasing, house",
    ),
    "twice": (
        "house",
        {"call_days": 3, "call_validity": "3 days"},
        "call_validity: says the same as call_days; give one of them",
    ),
    "number": (
        "house", {"call_days": "3"}, "call_days: a whole number from 1 to 1200 or null, not '3'",
    ),
    "cap": (
        "house",
        {"extension_cap": 1201},
        "extension_cap: a whole number from 1 to 1200 or null, not 1201",
    ),
    "span": (
        "house",
        {"claim_back": "soon"},
        "claim_back: a span such as «15 days», «1 month», «72 hours», or null, not 'soon'",
    ),
    "choice": (
        "house",
        {"collision_by": "nobody"},
        "collision_by: one of policy, supervisor, not 'nobody'",
    ),
    "switch": ("house", {"known_agent": 1}, "known_agent: true or false, not 1"),
    "list": (
        "house",
        {"party": ["rival"]},
        "party: a list of colleague, family, friend, spouse, not ['rival']",
    ),
    "percent": (
        "house", {"helper_share": 100}, "helper_share: a whole percent from 0 to 99, not 100",
    ),
    "dates": (
        "house",
        {"holidays": ["tomorrow"]},
        "holidays: a list of dates such as «2026-10-01», not ['tomorrow']",
    ),
    "split": (
        "house",
        {"collision_split": "equal"},
        "collision_split: relations with «equal» or a list of percents, not 'equal'",
    ),
    "relation": (
        "house",
        {"collision_split": {"rival": "equal"}},
        "collision_split: one of colleague, family, friend, same, spouse, not 'rival'",
    ),
    "shares": (
        "house",
        {"collision_split": {"same": [100]}},
        "collision_split: «equal» or a list of two percents or more, each from 1 to 99, not [100]",
    ),
    "share of nothing": (
        "house",
        {"collision_split": {"same": [0, 100]}},
        ("collision_split: «equal» or a list of two percents or more, each from 1 to 99, not "
        "[0, 100]"),
    ),
    "sum": (
        "house",
        {"collision_split": {"same": [60, 30]}},
        "collision_split: the percents [60, 30] sum to 90, not to 100",
    ),
    "never_lapses": (
        "sales",
        {"after_lapse": "supervisor"},
        "after_lapse: no claim ever lapses here, so it has no effect",
    ),
    "nothing to win back": (
        "sales",
        {"claim_back": "3 days"},
        "claim_back: no claim ever lapses here, so it has no effect",
    ),
    "not_united": (
        "sales",
        {"collision_split": {"friend": "equal"}},
        "collision_split: friend is not one party here, so a person decides such a collision",
    ),
    "no_claim": (
        "house",
        {"online_validity": "3 days"},
        "online_validity: online_claim is none: what gives no claim has no validity",
    ),
    "rolled": (
        "house",
        {"rolling_validity": "9 days", "extension": "9 days"},
        "extension: rolling_validity takes its place; give one of them",
    ),
    "extension_given": (
        "house",
        {"extension_mode": "none", "extension": "9 days"},
        "extension_mode: none, but extension is given",
    ),
    "no_extension": ("sales", {"extension_mode": "every"}, "extension_mode: needs extension"),
    "nothing_extends": (
        "sales",
        {"extension_cap": 2},
        "extension_cap: nothing extends here, so there is nothing to limit",
    ),
    "ends_before": (
        "house",
        {"call_validity": "1 day", "first_day_counted": True, "last_day_counted": False},
        ("call_validity: one day, neither its first nor its last counted: it would end before it "
        "begins"),
    ),
    "a rolling day that ends before": (
        "house",
        {"rolling_validity": "1 day", "first_day_counted": True, "last_day_counted": False},
        ("rolling_validity: one day, neither its first nor its last counted: it would end before "
        "it begins"),
    ),
    "no_rest_days": (
        "house", {"holiday_roll": "next"}, "holiday_roll: needs holidays or weekly_rest",
    ),
    "no_roll": (
        "house",
        {"weekly_rest": ["sunday"]},
        "weekly_rest: has no effect without holiday_roll: next",
    ),
    "never_works": (
        "house",
        {"holiday_roll": "next", "weekly_rest": list(WEEK)},
        "weekly_rest: the office would never work",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("preset", "settings", "words"), WORDS.values(), ids=WORDS)
def test_a_refusal_is_told_in_one_sentence(
    preset: str, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        policy(preset, settings)
    assert str(caught.value) == words


def test_an_unknown_name_is_told_all_known_ones() -> None:
    with pytest.raises(PolicyError) as caught:
        policy("house", {"cal_days": 3})
    text = str(caught.value)
    assert text.startswith("cal_days: unknown parameter, one of advance_registration, after_lapse,")
    assert {"call_days", "visit_months", "extension_months"} <= set(text.split(", "))


def test_every_reason_has_been_told() -> None:
    told = set()
    for preset, settings, _ in [*WORDS.values(), ("house", {"cal_days": 3}, "")]:
        with pytest.raises(PolicyError) as caught:
            policy(preset, settings)
        told.add(caught.value.code)
    assert told == set(REASONS)


@given(policies())
def test_what_is_written_of_a_policy_reads_back_as_the_same(made: Policy) -> None:
    written = json.loads(json.dumps(difference(made)))
    assert policy(made.preset, written) == made
    preset = settings_of(policy(made.preset))
    assert all(preset[name] != value for name, value in written.items())
    assert {**preset, **written} == json.loads(json.dumps(settings_of(made)))


def test_every_parameter_is_written_in_plain_words() -> None:
    made = policy(
        "house",
        {
            "call_validity": "72 hours",
            "holiday_roll": "next",
            "holidays": [date(2026, 10, 1), "2026-05-01"],
            "weekly_rest": ["sunday"],
            "collision_split": {"spouse": "equal", "same": [60, 40]},
            "required_fields": ["phone", "name"],
        },
    )
    assert difference(made) == {
        "call_validity": "72 hours",
        "holiday_roll": "next",
        "holidays": ["2026-05-01", "2026-10-01"],
        "weekly_rest": ["sunday"],
        "collision_split": {"spouse": "equal", "same": [60, 40]},
        "required_fields": ["name", "phone"],
    }
    assert settings_of(made)["visit_validity"] == "1 month"
    assert settings_of(made)["online_validity"] is None


def test_rolling_gives_way_what_it_replaces() -> None:
    before = policy("house", {"call_days": 3, "extension_mode": "every"})
    after = changed(before, {"rolling_validity": "20 days"})
    assert difference(after) == {"rolling_validity": "20 days"}
    assert {str(after.validity(channel)) for channel in after.channels} == {"20 days"}
    assert (str(after.extends_by), after.extends_how) == ("20 days", "from_follow_up")


def test_what_each_office_receives_and_unites() -> None:
    house, sales = policy("house"), policy("sales")
    assert house.channels == ("call", "visit")
    assert house.closed == frozenset({"online", "report"})
    assert policy("house", {"report_claim": "contact"}).channels == ("call", "visit", "report")
    assert (house.lapses, sales.lapses) == (True, False)
    assert [house.unites(r) for r in ("same", "proxy", "spouse", "friend")] == [True] * 4
    assert [sales.unites(r) for r in ("same", "proxy", "spouse", "friend")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert policy("sales", {"party": ["spouse"]}).unites("spouse")
    assert not policy("sales", {"party": ["spouse"]}).unites("family")
    split = policy("house", {"collision_split": {"spouse": "equal", "same": [60, 40]}})
    assert (split.split_of("spouse"), split.split_of("same")) == ((), (60, 40))
    assert split.split_of("friend") is None
