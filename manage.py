#!/usr/bin/env python
"""Runs Django's commands on the office of this machine, or on the one that DATABASE_URL names."""

import os
import sys
from contextlib import nullcontext


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if "DATABASE_URL" in os.environ:
        office = nullcontext()
    else:
        # Only here, because a deployment has no servers in Python wheels.
        from config.office import borrowed

        office = borrowed()
    with office:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
