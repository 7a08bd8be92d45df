"""`manage.py import_staff FILE.csv [--dry-run]`: what the console's import does, by the same code."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.errors import RoomError
from workforce.staff.importing import import_lines, plan_lines
from workforce.staff.parsing import read_lines
from workforce.staff.planning import Plan, counts_of

ACTOR = "system:import_staff"
WRONG, REFUSED = 2, 3


class Command(BaseCommand):
    help = "Import people of the pool from a CSV file, all of them or none (docs/staff.md has the columns)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, - for standard input")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            lines = read_lines(_bytes(options["file"]))
            plans = plan_lines(lines, now=now)
            self.report(plans, quiet=not options["dry_run"])
            if options["dry_run"]:
                return
            counts = import_lines(lines, object=Path(options["file"]).name, actor=ACTOR, now=now)
        except RoomError as error:
            raise CommandError(str(error.message), returncode=REFUSED) from error
        self.stdout.write(_sum(counts))

    def report(self, plans: Sequence[Plan], *, quiet: bool) -> None:
        """Say what is wrong, line by line; unless `quiet`, also what would be done."""
        for one in plans:
            for trouble in one.troubles:
                self.stdout.write(f"line {one.number}: {trouble.field or '-'}: {trouble.words}")
            if not quiet and one.change and one.outcome != "unchanged":
                fields = ", ".join(one.change.fields) if one.change.before else ""
                self.stdout.write(f"line {one.number}: {one.outcome} {one.email} {fields}".rstrip())
        if not quiet:
            self.stdout.write(_sum(counts_of(plans)))


def _sum(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"The file cannot be read: {error}", returncode=WRONG) from error
