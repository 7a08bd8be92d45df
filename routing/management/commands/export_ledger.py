"""Writes the house's time ledger as lines of JSON, for whoever shares agents' hours out again."""

from argparse import ArgumentParser
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError

from routing.export import ledger_lines
from tenants.scope import system
from workforce.ledger import day_bounds


class Command(BaseCommand):
    help = "Write what agents were and did on these days, of all clients: for the house alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        day: dict[str, Any] = {"required": True, "type": date.fromisoformat}
        parser.add_argument("--from", dest="first", help="the first day", **day)
        parser.add_argument("--to", dest="last", help="the last day", **day)
        parser.add_argument("--zone", default="UTC", help="whose days: Europe/Stockholm")

    def handle(self, *args: Any, first: date, last: date, zone: str, **options: Any) -> None:
        if last < first:
            raise CommandError("the last day is before the first")
        try:
            where = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CommandError(f"there is no zone {zone}") from error
        start, end = day_bounds(first, where)[0], day_bounds(last, where)[1]
        system(f"time ledger exported, {first} to {last}")
        for lines in ledger_lines(start, end):
            for line in lines:
                self.stdout.write(line)
