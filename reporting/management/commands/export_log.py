"""Writes a client's log as lines of JSON, for whoever counts it again with a program of their own."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from core import clock
from events.export import lines_of
from interactions.export import hours_lines
from reporting.export import agreed_lines
from reporting.labour.export import minutes_lines
from tenants.cards import BrandCard, card_by_slug
from tenants.scope import Grant, system


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
        for lines in _pages(card, grant, start, end):
            for line in lines:
                self.stdout.write(line)


def _pages(card: BrandCard, grant: Grant, start: datetime, end: datetime) -> Iterator[list[str]]:
    """Give the events, and behind them what else the client has that whoever counts must know."""
    yield from lines_of(card, grant, start, end)
    yield hours_lines(card, grant, start, end, now=clock.now())
    yield from minutes_lines(card, grant, start, end)
    yield from agreed_lines(card, grant, start, end)
