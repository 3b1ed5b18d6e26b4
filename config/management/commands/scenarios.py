"""Judges scenario files: by the rule core alone, or through the real models, doors and database."""

import os
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from attribution.scenarios import (
    Scenario,
    ScenarioError,
    Shortfall,
    read,
    run,
    scenario_files,
)


class Command(BaseCommand):
    """manage.py scenarios PATH… [--through-app]"""

    help = "Runs scenario files; exit status 1 if any fails, 2 if a file is malformed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path)
        parser.add_argument(
            "--through-app",
            action="store_true",
            help="play them through models, doors and a scratch database",
        )

    def handle(self, *, paths: list[Path], through_app: bool, **_: Any) -> None:
        try:
            scenarios = [scenario for path in scenario_files(paths) for scenario in read(path)]
        except ScenarioError as error:
            self.stderr.write(str(error))
            raise SystemExit(2) from error
        with scratch_office() if through_app else nothing() as judge:
            failed = sum(self._falls_short(scenario, judge) for scenario in scenarios)
        self.stdout.write(f"{len(scenarios) - failed} passed, {failed} failed")
        if failed:
            raise SystemExit(1)

    def _falls_short(
        self, scenario: Scenario, judge: Callable[[Scenario], list[Shortfall]]
    ) -> bool:
        try:
            found: list[Any] = list(judge(scenario))
        except Exception as error:
            found = [f"{scenario.id}: {type(error).__name__}: {error}"]
        for shortfall in found:
            self.stdout.write(str(shortfall))
        return bool(found)


@contextmanager
def nothing() -> Iterator[Callable[[Scenario], list[Shortfall]]]:
    """The rule core needs no office."""
    yield run


@contextmanager
def scratch_office() -> Iterator[Callable[[Scenario], list[Shortfall]]]:
    """A database made for this run and dropped after it."""
    from config.rehearsal import Rehearsal

    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"guishu_scratch_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield lambda scenario: Rehearsal(scenario).run()
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
