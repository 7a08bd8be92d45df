"""`manage.py seed --world bpo|empty [--first | --history]`: plants a named world, once."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.worlds.history import NobodyToPlay, plant_history, plant_tests
from config.worlds.people import plant_people
from config.worlds.signins import write_signins
from core import clock
from tenants.scope import Grant, system


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Plant a demo world: brands and people first, then seven days of history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--world", choices=["bpo", "empty"], default="bpo")
        part = parser.add_mutually_exclusive_group()
        part.add_argument("--first", action="store_true", help="only what sign-in needs")
        part.add_argument("--history", action="store_true", help="only the history")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["world"] == "empty":
            return
        grant = system("seed of the demo world")
        now = clock.now()
        if not options["history"]:
            plant_people(grant, now=now)
            plant_tests(grant, now=now)
            write_signins()
        if not options["first"]:
            self.plant_history(grant, now=now)

    def plant_history(self, grant: Grant, *, now: datetime) -> None:
        try:
            plant_history(grant, now=now, progress=self.tell)
        except NobodyToPlay as error:
            raise CommandError(error) from error

    def tell(self, done: int, whole: int) -> None:
        """Say how far the planting is; `up` shows it."""
        if done < whole:
            self.stdout.write(f"Planting history: day {done + 1} of {whole}")
        else:
            self.stdout.write("The history is planted.")
        self.stdout.flush()
