"""Every scenario holds: by the rule core alone, and played through models, doors and database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from attribution.policy.engine import decide
from attribution.policy.facts import PolicyChange
from attribution.scenarios import Scenario, ScenarioError, facts_of, read, run, scenario_files
from config.rehearsal import Rehearsal

OWN = Path(__file__).parent.parent / "scenarios"
SHARED = Path(__file__).parents[3] / "shared" / "policy" / "scenarios"
FOLDERS = [folder for folder in (OWN, SHARED) if folder.is_dir()]
STORIES = [story for path in scenario_files(FOLDERS) for story in read(path)]


def test_there_are_at_least_three_stories_for_every_clause() -> None:
    from attribution.policy.editions import ALL_CLAUSES

    counts = {
        clause.id: sum(clause.id in story.clauses for story in STORIES) for clause in ALL_CLAUSES
    }
    assert {clause: n for clause, n in counts.items() if n < 3} == {}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_by_the_rule_core_alone(story: Scenario) -> None:
    assert [str(shortfall) for shortfall in run(story)] == []


def test_a_version_that_changes_nothing_changes_nothing() -> None:
    """Every story again, under its own policy announced once more before everything else."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for story in STORIES:
        again = PolicyChange(id="again", at=long_ago, recorded=long_ago, settings={})
        facts = facts_of(story)
        for each in story.expectations:
            plain, under = (
                decide(known, story.policy, each.client, asof=each.at)
                for known in (facts, [again, *facts])
            )
            assert under == plain, story.id


@pytest.mark.django_db
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_through_the_app(story: Scenario) -> None:
    assert [str(shortfall) for shortfall in Rehearsal(story).run()] == []


GOOD = """\
- id: one
  policy: leasing
  timeline:
    - {at: "2026-03-02 10:00", do: visit, agent: chen, client: wang}
  expect:
    - {client: wang, owner: chen}
"""


@pytest.mark.parametrize(
    ("change", "line", "field"),
    [
        (("policy: leasing", "policy: renting"), 1, "policy"),
        (("policy: leasing", "policy: leasing\n  colour: red"), 1, "colour"),
        (("policy: leasing", "policy: leasing\n  settings: {call_days: many}"), 1, "call_days"),
        (("policy: leasing", "policy: leasing\n  settings: {call_days: -3}"), 1, "call_days"),
        (("policy: leasing", "policy: leasing\n  settings: {cal_days: 3}"), 1, "cal_days"),
        (("policy: leasing", "policy: leasing\n  timezone: Mars/Olympus"), 1, "timezone"),
        (("2026-03-02", "2026-02-30"), 4, "at"),
        (("do: visit", "do: dance"), 4, "do"),
        (("agent: chen, ", ""), 4, "agent"),
        (("client: wang}\n  expect", "client: wang, hat: red}\n  expect"), 4, "hat"),
        (("client: wang}\n  expect", "client: wang, enquiry: maybe}\n  expect"), 4, "enquiry"),
        (("agent: chen, client: wang}\n", "agent: 7, client: wang}\n"), 4, "agent"),
        (
            ("do: visit", 'recorded: "2026-03-01 10:00", do: visit'),
            4,
            "recorded",
        ),
        (("owner: chen}", "owner: nobody_known}"), 6, "owner"),
        (("client: wang, owner", "client: who, owner"), 6, "client"),
        (("owner: chen}", "owner: chen, valid_until: soon}"), 6, "valid_until"),
        (("owner: chen}", "owner: chen, cases: [quarrel]}"), 6, "cases"),
        (("owner: chen}", "owner: chen, decided_by: fate}"), 6, "decided_by"),
        (("owner: chen}", "owner: chen, credit: {chen: 90}}"), 6, "credit"),
        (("owner: chen}", "owner: chen, owner: chen}"), 6, "owner"),
        (("  expect:\n    - {client: wang, owner: chen}\n", ""), 1, "expect"),
    ],
)
def test_a_malformed_file_names_line_and_field(
    tmp_path: Path, change: tuple[str, str], line: int, field: str
) -> None:
    assert change[0] in GOOD
    path = tmp_path / "story.yaml"
    path.write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read(path)
    assert caught.value.line == line
    assert field in caught.value.reason
    assert str(caught.value).startswith(f"{path}:{line}: ")


@pytest.mark.parametrize(
    "text", ["{not: a list}", "- just a text", "- {id: [}", "- [1, 2]", "- {id: one}"]
)
def test_what_is_no_list_of_stories_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError):
        read(path)


def test_one_id_for_two_stories_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(GOOD + GOOD, encoding="utf-8")
    with pytest.raises(ScenarioError, match="'one' stands twice"):
        read(path)


def test_a_wrong_expectation_is_reported_with_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(
        GOOD.replace("owner: chen}", "owner: null, valid_until: 2026-04-03, cites: [sales/3]}"),
        encoding="utf-8",
    )
    (story,) = read(path)
    assert [str(s) for s in run(story)] == [
        "one: wang at 2026-03-02 10:00:00: owner: expected None, found 'chen'",
        (
            "one: wang at 2026-03-02 10:00:00: valid_until: expected datetime.date(2026, 4, 3), "
            "found datetime.date(2026, 4, 2)"
        ),
        (
            "one: wang at 2026-03-02 10:00:00: cites: expected ['sales/3'], found "
            "('leasing/1.1', 'leasing/1.3', 'leasing/1.4', 'leasing/1.2')"
        ),
    ]


@pytest.mark.django_db
def test_the_command_counts_and_tells_by_its_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import call_command

    good, bad, broken = (tmp_path / name for name in ("good.yaml", "bad.yaml", "broken.yaml"))
    good.write_text(GOOD, encoding="utf-8")
    bad.write_text(GOOD.replace("owner: chen}", "owner: null}"), encoding="utf-8")
    broken.write_text(GOOD.replace("visit", "dance"), encoding="utf-8")

    call_command("scenarios", good)
    assert capsys.readouterr().out == "1 passed, 0 failed\n"
    with pytest.raises(SystemExit) as failed:
        call_command("scenarios", good, bad)
    assert failed.value.code == 1
    assert capsys.readouterr().out.endswith("1 passed, 1 failed\n")
    with pytest.raises(SystemExit) as refused:
        call_command("scenarios", good, broken)
    assert refused.value.code == 2
    seen = capsys.readouterr()
    assert seen.out == ""
    assert f"{broken}:4: do: unknown step 'dance'" in seen.err
