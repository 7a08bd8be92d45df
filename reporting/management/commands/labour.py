"""Adds agents' time of some days up anew, for the house and every client, with progress."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from reporting.labour.copies import copy_next
from routing.actions import time_again
from tenants.cards import BrandCard
from tenants.clients import all_clients
from tenants.scope import Grant, system
from workforce.ledger import day_bounds

ONE = timedelta(days=1)


class Command(BaseCommand):
    help = "Add agents' time of these days up anew; may be stopped and begun again at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["rebuild"])
        parser.add_argument(
            "--from", dest="first", required=True, type=date.fromisoformat, help="the first day"
        )
        parser.add_argument("--to", dest="last", required=True, type=date.fromisoformat, help="the last day")
        parser.add_argument("--zone", default="UTC", help="whose days: Europe/Stockholm")

    def handle(self, *args: Any, first: date, last: date, zone: str, **options: Any) -> None:
        if last < first:
            raise CommandError("the last day is before the first")
        days = (last - first).days + 1
        for n in range(days):
            day = first + n * ONE
            for _done in time_again(*day_bounds(day, ZoneInfo(zone))):
                pass
            self.stdout.write(f"{n + 1}/{days}  {day}")
        grant = system(f"rebuild of agents' time, {first} to {last}")
        failed = [card.slug for card in all_clients() if not self._copied(card, grant)]
        if failed:
            raise CommandError(f"not brought to {', '.join(failed)}")

    def _copied(self, card: BrandCard, grant: Grant) -> bool:
        """Bring a brand its own; what goes wrong in one keeps no other one back."""
        count = 0
        try:
            while copied := copy_next(card, grant):
                count += copied
        except Exception as error:
            self.stderr.write(f"{card.slug}: {error}")
            return False
        self.stdout.write(f"{card.slug}: {count} quarters of an hour")
        return True
