"""Looks for people who may be the same, and lists them for the supervisors."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from leads import services
from leads.models import ContactEvent, Project
from leads.queries.people import to_compare, with_words

AT_ONCE = 200


class Command(BaseCommand):
    """`match_people`: those who changed since; `--all`: everybody, and the numbers in old notes."""

    help = "Look for people who may be the same, for the supervisors to confirm."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--project` keeps to one; `--all` begins anew."""
        parser.add_argument("--project", type=int, help="the key of one project")
        parser.add_argument("--all", action="store_true", help="everybody, not only who changed")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Project by project, in batches that are saved one by one."""
        projects = Project.objects.order_by("pk")
        if options["project"] is not None:
            projects = projects.filter(pk=options["project"])
        for project in projects:
            if options["all"]:
                self._read_notes(project)
            people = to_compare(project, everybody=options["all"])
            new = done = last = 0
            while batch := list(people.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
                new += services.compare_people(people=batch, by=None, now=timezone.now())
                done, last = done + len(batch), batch[-1]
            self.stdout.write(f"{project}: {done} people compared, {new} new suggestions")

    @staticmethod
    def _read_notes(project: Project) -> None:
        last = 0
        events = with_words(ContactEvent.objects.filter(project=project))
        while batch := list(events.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
            services.read_notes(events=batch, by=None, now=timezone.now())
            last = batch[-1]
