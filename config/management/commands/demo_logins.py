"""Prints the log-ins of the demonstration office; nothing where there is none."""

from typing import Any
from unicodedata import east_asian_width

from django.core.management.base import BaseCommand

from config.demonstration import PASSWORD, log_ins


def wide(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


class Command(BaseCommand):
    """manage.py demo_logins"""

    help = "Prints the log-ins of the demonstration office, one per role."
    requires_system_checks: list[str] = []

    def handle(self, **_: Any) -> None:
        found = log_ins()
        if not found:
            return
        rows = [(one.username, one.name, one.role, one.projects, one.look_at) for one in found]
        widths = [max(wide(row[place]) for row in rows) for place in range(4)]
        self.stdout.write(f"\n  Demonstration log-ins, every password: {PASSWORD}\n\n")
        for row in rows:
            cells = (
                cell + " " * (width - wide(cell)) for cell, width in zip(row, widths, strict=False)
            )
            self.stdout.write(f"  {'  '.join(cells)}  {row[4]}")
        self.stdout.write("")
