"""A policy out of a file: what is right is set, what is wrong is named by line and field."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from attribution.models import PolicyVersion
from leads.models import Project, Role
from tests.factories import ProjectFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Project:
    return ProjectFactory(name="雲棲苑")


def run(path: Path, project: str = "雲棲苑", **options: Any) -> int:
    try:
        call_command("set_policy", str(path), project=project, **options)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def test_yaml_and_json_say_the_same(
    office: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manager = StaffFactory(project=office, role=Role.MANAGER)
    first, second = tmp_path / "policy.yaml", tmp_path / "policy.json"
    first.write_text(
        "preset: leasing\n"
        "settings:\n"
        "  visit_validity: 30 days\n"
        "  holiday_roll: next\n"
        "  holidays: [2026-10-01, 2026-10-02]\n"
        "  collision_split: {family: [60, 40]}\n"
    )
    second.write_text(
        '{\n\t"preset": "leasing",\n\t"settings": {"visit_validity": "30 days", "holiday_roll":'
        ' "next",\n\t"holidays": ["2026-10-01", "2026-10-02"], "collision_split": {"family": [60,'
        " 40]}},\n\t"
        f'"effective_from": "{(timezone.now() + timedelta(days=3)).isoformat()}"\n}}'
    )
    assert run(first, by=manager.username) == 0
    assert run(second) == 0
    one, two = PolicyVersion.objects.order_by("pk")[1:]
    assert (one.preset, one.settings) == (two.preset, two.settings)
    assert one.settings["holidays"] == ["2026-10-01", "2026-10-02"]
    assert (one.author, two.author) == (manager, None)
    assert two.effective_from > one.effective_from
    assert "雲棲苑 works under" in capsys.readouterr().out


def test_a_check_writes_nothing(office: Project, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("preset: sales\n")
    before = PolicyVersion.objects.count()
    assert run(path, check=True) == 0
    assert PolicyVersion.objects.count() == before


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", ":1: the file is empty"),
        ("- sales\n", ":1: a mapping of preset"),
        ("settings: {}\n", ":1: preset: is missing"),
        ("preset: 3\n", ":1: preset: a text, not 3"),
        ("preset: office\n", ":1: preset: unknown preset"),
        ("preset: house\nedition: 2\n", ":2: edition: unknown key"),
        ("preset: house\npreset: sales\n", ":2: preset: stands twice, first in line 1"),
        ("preset: house\nsettings: [1]\n", ":2: settings: a mapping of parameters"),
        ("preset: house\nsettings:\n  call_weeks: 2\n", ":3: call_weeks: unknown parameter"),
        ("preset: house\nsettings:\n  visit_validity: soon\n", ":3: visit_validity: a span"),
        ("preset: house\nsettings:\n  first_day_counted: 1\n", ":3: first_day_counted: true or"),
        ("preset: house\nsettings:\n  helper_share: 120\n", ":3: helper_share: a whole percent"),
        ("preset: house\nsettings:\n\n  holidays: [2026-02-30]\n", ":4: no such value: day"),
        ("preset: house\nsettings:\n  holidays: ['2026-02-30']\n", ":3: holidays: a list of dates"),
        (
            "preset: house\nsettings:\n  party: [family]\n  collision_split: {friend: equal}\n",
            ":4: collision_split: friend is not one party here",
        ),
        (
            "preset: house\nsettings:\n  collision_split:\n    family: equal\n    family: equal\n",
            ":5: family: stands twice, first in line 4",
        ),
        (
            "preset: house\nsettings:\n  call_days: 3\n  call_validity: 3 days\n",
            ":4: call_validity: says the same",
        ),
        ("preset: sales\nsettings:\n  claim_back: 3 days\n", ":3: claim_back: no claim ever"),
        ("preset: house\neffective_from: soon\n", ":2: effective_from: no such moment: 'soon'"),
        ("preset: house\neffective_from: 7\n", ":2: effective_from: a moment like"),
        ("preset: house\neffective_from: 2020-01-01\n", ":2: effective_from: lies in the past"),
        ("preset: [house\n", ":2: not YAML"),
        ("preset: !!python/name:os.system\n", ":1: no such value"),
        ("preset: house\nsettings: {1: 2}\n", ":2: settings: a key is a text"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    text: str, where: str, office: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    before = PolicyVersion.objects.count()
    for check in (False, True):
        assert run(path, check=check) == 2
        said = capsys.readouterr().err
        assert f"{path}{where}" in said
        assert said.count("\n") == 1
    assert PolicyVersion.objects.count() == before


def test_unknown_files_projects_and_people(
    office: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "policy.yaml"
    assert run(path) == 2
    assert f"{path}:0: cannot be read: No such file" in capsys.readouterr().err
    path.write_bytes(b"preset: \xff\xfe")
    assert run(path) == 2
    assert "not UTF-8" in capsys.readouterr().err
    path.write_text("preset: sales\n")
    assert run(path, project="Atlantis") == 2
    assert "no project 'Atlantis'" in capsys.readouterr().err
    assert run(path, by="nobody") == 2
    assert "nobody is called 'nobody' here" in capsys.readouterr().err
    assert PolicyVersion.objects.count() == 1
