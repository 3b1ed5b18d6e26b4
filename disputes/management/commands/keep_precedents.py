"""Draws the precedents of an office whose cases were decided before there were any."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from disputes import services
from disputes.queries import precedents


class Command(BaseCommand):
    """`keep_precedents`: every decided case that is none yet, or was drawn in another way."""

    help = "Keep decided cases by their facts, so that later ones can be held against them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--project` keeps to one."""
        parser.add_argument("--project", type=int, help="the key of one project")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One by one; it may be stopped and begun again."""
        cases = precedents.waiting()
        if options["project"] is not None:
            cases = cases.filter(project=options["project"])
        kept = 0
        for case_id in list(cases.values_list("pk", flat=True)):
            found = services.keep_precedent(case_id=case_id, by=None, now=timezone.now())
            kept += found is not None
        self.stdout.write(f"{kept} precedents kept")
