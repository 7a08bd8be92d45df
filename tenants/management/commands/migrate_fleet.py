"""`manage.py migrate_fleet`: every brand's schema to today's migrations."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import NotFound
from tenants.fleet import check_fleet, migrate_fleet


class Command(BaseCommand):
    help = "Bring the schemas of all brands up to date; run it again to resume."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lock-timeout", default="2s", help="how long to wait for a table, e.g. 2s")

        parser.add_argument("--parallel", type=int, default=2, help="how many at a time (default: 2)")
        parser.add_argument("--brand", action="append", default=[], metavar="SLUG", help="this one alone")
        parser.add_argument("--check", action="store_true", help="compare schemas with their fingerprints")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self.check_all(verbosity=options["verbosity"])
            return
        try:
            outcome = migrate_fleet(
                only=options["brand"],
                lock_timeout=options["lock_timeout"],
                parallel=options["parallel"],
                progress=self.show,
            )
        except NotFound:
            raise CommandError("There is no such client.") from None
        if options["verbosity"] > 0:
            self.stdout.write(f"{len(outcome.migrated)} migrated, {outcome.current} were current")
        if outcome.failed:
            lines = [f"{slug}: {error}" for slug, error in outcome.failed.items()]
            raise CommandError("\n".join(["Some brands are behind. Run it again to resume.", *lines]))

    def check_all(self, *, verbosity: int) -> None:
        found = check_fleet(progress=self.show)
        if found:
            raise CommandError("\n".join(f"{slug}: {words}" for slug, words in found.items()))
        if verbosity > 0:
            self.stdout.write("Every schema that is up to date is as its migrations left it.")

    def show(self, slug: str, what: str, place: int, of: int) -> None:
        self.stdout.write(f"  {place} of {of}: {what} {slug}")
