"""Lets a project work under the policy of a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from attribution import policy_files, services
from attribution.policy_files import PolicyFileError
from leads.models import Project, Staff


class Command(BaseCommand):
    """manage.py set_policy FILE --project NAME [--by USERNAME] [--check]"""

    help = (
        "Reads a policy (YAML or JSON: preset, settings, effective_from) and sets it for a "
        "project; exit status 2, and nothing written, where the file is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, help="the project, by name or key")
        parser.add_argument("--by", help="who sets it, by user name")
        parser.add_argument("--check", action="store_true", help="only say whether it could be set")

    def handle(self, *, file: Path, project: str, by: str | None, check: bool, **_: Any) -> None:
        try:
            self.stdout.write(self._set(file, project, by, check=check))
        except PolicyFileError as error:
            self._refuse(str(error), error)
        except (Project.DoesNotExist, Staff.DoesNotExist) as error:
            self._refuse(str(error), error)

    def _set(self, file: Path, named: str, by: str | None, *, check: bool) -> str:
        project = _project(named)
        author = None if by is None else _staff(by)
        now = timezone.now()
        found = policy_files.read(file, project.zone)
        if found.effective_from is not None and found.effective_from < now:
            raise _past(file, found)
        if check:
            return f"{file}: this policy can be set for {project.name}"
        try:
            version = services.set_policy(
                project=project,
                preset=found.policy.preset,
                settings=found.settings,
                effective_from=found.effective_from,
                by=author,
                now=now,
            )
        except services.InForceAlready as error:
            raise _past(file, found) from error
        begins = version.effective_from.astimezone(project.zone)
        return f"{project.name} works under {file} from {begins:%Y-%m-%d %H:%M} on"

    def _refuse(self, reason: str, error: Exception) -> None:
        self.stderr.write(reason)
        raise SystemExit(2) from error


def _past(file: Path, found: policy_files.PolicyFile) -> PolicyFileError:
    reason = "lies in the past; a new version begins now or later"
    return PolicyFileError(file, found.line_of_effective_from, "effective_from", reason)


def _project(named: str) -> Project:
    by_key = {"pk": named} if named.isdecimal() else {"name": named}
    project = Project.objects.filter(**by_key).first()
    if project is None:
        raise Project.DoesNotExist(f"no project {named!r}")
    return project


def _staff(named: str) -> Staff:
    staff = Staff.objects.filter(username=named).first()
    if staff is None:
        raise Staff.DoesNotExist(f"nobody is called {named!r} here")
    return staff
