"""Every stored decision follows from the facts; one that does not is found."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from attribution import rederivation
from attribution.models import Decision
from attribution.scenarios import read
from config.rehearsal import Rehearsal
from leads.models import Project

pytestmark = pytest.mark.django_db

STORIES = Path(__file__).parent.parent / "scenarios"


def all_differences() -> list[str]:
    return [
        str(difference)
        for chunk in rederivation.chunks()
        for difference in rederivation.differences(chunk)
    ]


def test_whatever_was_decided_is_decided_again() -> None:
    for name in ("house", "crossing", "sales"):
        for story in read(STORIES / f"{name}.yaml"):
            Rehearsal(story).run()
    assert Decision.objects.count() > 500
    assert all_differences() == []


def test_a_decision_that_does_not_follow_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    story = next(s for s in read(STORIES / "house.yaml") if len(s.agents) > 1)
    Rehearsal(story).run()
    decision = Decision.objects.filter(owner__isnull=False).first()
    assert decision is not None
    with connection.cursor() as cursor:  # as someone with the keys to the database might
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE attribution_decision DISABLE TRIGGER only_grows")
        cursor.execute(
            "UPDATE attribution_decision SET valid_until = '2030-01-01', owner_id = NULL "
            "WHERE id = %s",
            [decision.pk],
        )
        cursor.execute("ALTER TABLE attribution_decision ENABLE TRIGGER only_grows")
    assert sorted(line.split(": ")[1] for line in all_differences()) == ["owner", "valid_until"]
    with pytest.raises(SystemExit) as stopped:
        call_command("rederive", project=Project.objects.get().name)
    assert stopped.value.code == 1
    assert "2 differences" in capsys.readouterr().out


def test_an_unknown_project_is_named() -> None:
    with pytest.raises(CommandError, match="no project 'Atlantis'"):
        call_command("rederive", project="Atlantis")
