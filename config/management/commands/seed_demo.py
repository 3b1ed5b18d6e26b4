"""Fills an empty database with a demonstration office of six months, and prints its log-ins."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demonstration import stored_password
from config.simulation.run import simulate
from leads.models import Project

SEED = 7


class Command(BaseCommand):
    """manage.py seed_demo --demonstration"""

    help = (
        "Sets up a demonstration office with known passwords, where there is no project yet. "
        "Never for a deployment: it must be told that this is a demonstration."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demonstration",
            action="store_true",
            help="yes, everybody may know these passwords (or set GUISHU_DEMO=1)",
        )
        parser.add_argument("--days", type=int, default=180)
        parser.add_argument("--agents", type=int, default=12)
        parser.add_argument("--clients-per-day", type=float, default=6)

    def handle(
        self,
        *,
        demonstration: bool,
        days: int,
        agents: int,
        clients_per_day: float,
        verbosity: int,
        **_: Any,
    ) -> None:
        if not demonstration and os.environ.get("GUISHU_DEMO") != "1":
            raise CommandError(
                "The demonstration office has passwords that everybody knows. Where nobody works "
                "for real, say so: manage.py seed_demo --demonstration (or GUISHU_DEMO=1)."
            )
        if Project.objects.exists():
            if verbosity:
                self.stdout.write("There are projects already; nothing was changed.")
            return
        outcome = simulate(
            days=days,
            agents=agents,
            clients_per_day=clients_per_day,
            seed=SEED,
            until=timezone.now(),
            password=stored_password(),
        )
        if verbosity:
            self.stdout.write(
                f"{outcome.leads} clients, {outcome.events} facts, {outcome.deals} deals, "
                f"{outcome.open_cases} open cases"
            )
            call_command("demo_logins", stdout=self.stdout)
