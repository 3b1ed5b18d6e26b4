"""Lets a simulated office live some months through the doors, in projects of its own."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.simulation.run import simulate
from config.simulation.staffing import ZONE


def end_of(text: str) -> datetime:
    """The evening of a day written as 2026-11-23, or the moment written out."""
    try:
        if len(text) == len("2026-11-23"):
            return datetime.combine(date.fromisoformat(text), time(19), tzinfo=ZONE)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day like 2026-11-23") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


class Command(BaseCommand):
    """manage.py simulate --days 180 --agents 12 --clients-per-day 6 --seed 7"""

    help = (
        "Invents projects with staff, clients, cases and deals, day by day, through the same doors "
        "as the forms. Nobody invented can log in: seed_demo makes an office with log-ins."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=180, help="how long it lives")
        parser.add_argument("--agents", type=int, default=12, help="over all projects")
        parser.add_argument(
            "--clients-per-day",
            type=float,
            default=6,
            help="received a day, newcomers and old ones",
        )
        parser.add_argument("--seed", type=int, default=7, help="the same seed, the same office")
        parser.add_argument("--projects", type=int, default=2)
        parser.add_argument(
            "--until", type=end_of, help="its last day, as 2026-11-23 (default: this moment)"
        )

    def handle(
        self,
        *,
        days: int,
        agents: int,
        clients_per_day: float,
        seed: int,
        projects: int,
        until: datetime | None,
        verbosity: int,
        **_: Any,
    ) -> None:
        if days < 1 or clients_per_day < 0:
            raise CommandError("--days must be at least 1, --clients-per-day at least 0")
        began = timezone.now()

        def tell(day: date) -> None:
            if verbosity > 1 or (verbosity and day.day == 1):
                self.stdout.write(f"  {day:%Y-%m-%d} …")

        try:
            outcome = simulate(
                days=days,
                agents=agents,
                clients_per_day=clients_per_day,
                seed=seed,
                projects=projects,
                until=until or began,
                tell=tell,
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        seconds = (timezone.now() - began).total_seconds()
        self.stdout.write(
            f"{outcome.leads} clients, {outcome.events} facts, {outcome.deals} deals, "
            f"{outcome.open_cases} open cases in {seconds:.0f} s"
        )
