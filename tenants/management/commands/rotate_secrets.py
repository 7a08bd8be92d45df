"""`manage.py rotate_secrets`: seals every secret anew with the first key of FIELD_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants import vault
from tenants.scope import system


class Command(BaseCommand):
    help = "Seal every secret anew with the first of FIELD_KEYS. Stopped, it is simply run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say where secrets are kept")

    def handle(self, *args: Any, **options: Any) -> None:
        def show(shelf: str, done: int, all: int) -> None:
            self.stdout.write(f"  {shelf}: {done} of {all}")

        total, broken = 0, []
        for shelf in vault.shelves(lambda: system("rotate_secrets")):
            if options["dry_run"]:
                self.stdout.write(f"  {shelf}")
                continue
            try:
                total += vault.rotate(shelf, progress=show)
            except vault.SecretError as error:
                broken.append(f"{shelf.where}: {error}")
        if broken:
            raise CommandError("\n".join([f"{total} sealed anew; these do not open:", *broken]))
        if not options["dry_run"]:
            self.stdout.write(f"{total} sealed anew, all others were already")
