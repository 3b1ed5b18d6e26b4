"""Recomputes every stored decision from the facts and reports each difference."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attribution import rederivation
from leads.models import Project


class Command(BaseCommand):
    """manage.py rederive [--project NAME]"""

    help = "Recomputes every decision from the facts; exit status 1 if any differs from the store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", help="only this project, by name or key")

    def handle(self, *, project: str | None, **_: Any) -> None:
        found = None if project is None else _project(project)
        leads = differing = 0
        for chunk in rederivation.chunks(found):
            for difference in rederivation.differences(chunk):
                differing += 1
                self.stdout.write(str(difference))
            leads += len(chunk)
            self.stderr.write(f"{leads} leads …")
        self.stdout.write(f"{leads} leads, {differing} differences")
        if differing:
            raise SystemExit(1)


def _project(named: str) -> Project:
    by_key = {"pk": named} if named.isdecimal() else {"name": named}
    project = Project.objects.filter(**by_key).first()
    if project is None:
        raise CommandError(f"no project {named!r}")
    return project
