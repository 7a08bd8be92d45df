"""`manage.py refill_pool --size N`: spare schemas for the next brands."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tenants.actions import refill_pool


class Command(BaseCommand):
    help = "Fill the warm pool of schemas up to the size given."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        def show(done: int, size: int) -> None:
            if options["verbosity"] > 1:
                self.stdout.write(f"  {done} of {size} spare schemas ready")

        made = refill_pool(options["size"], progress=show)
        if options["verbosity"] > 0:
            self.stdout.write(f"{made} spare schemas made")
