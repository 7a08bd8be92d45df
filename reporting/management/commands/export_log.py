"""Writes a client's log as lines of JSON, for whoever counts it again with a program of their own."""

from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from events.export import lines_of
from reporting.export import agreed_lines
from tenants.cards import card_by_slug
from tenants.scope import system

SOURCES = (lines_of, agreed_lines)
"""What stands in the file, one behind the other: the events, and what the client has of the rest."""


class Command(BaseCommand):
    help = "Write what occurred on these days of the client's zone, one JSON object a line, to the output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        day: dict[str, Any] = {"required": True, "type": date.fromisoformat}
        parser.add_argument("--brand", required=True, help="the client's short name")
        parser.add_argument("--from", dest="first", help="its first day", **day)
        parser.add_argument("--to", dest="last", help="its last day", **day)

    def handle(self, *args: Any, brand: str, first: date, last: date, **options: Any) -> None:
        card = card_by_slug(brand)
        if card is None:
            raise CommandError(f"there is no client {brand}")
        if last < first:
            raise CommandError("the last day is before the first")
        grant = system(f"log exported, {first} to {last}", brand=card)
        zone = ZoneInfo(card.timezone)
        start, end = (datetime.combine(on, time(), zone) for on in (first, last + timedelta(days=1)))
        for source in SOURCES:
            for lines in source(card, grant, start, end):
                for line in lines:
                    self.stdout.write(line)
