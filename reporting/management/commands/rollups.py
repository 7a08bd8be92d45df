"""Rebuilds the roll-ups of a client's days from its log, with progress."""

from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from core.heap import settle
from reporting.actions import rebuild
from reporting.days import day_of
from tenants.cards import card_by_slug
from tenants.scope import system, tenant_scope

ONE = timedelta(days=1)


class Command(BaseCommand):
    help = "Make facts and roll-ups of these days anew; may be stopped and begun again at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["rebuild"])
        parser.add_argument("--brand", required=True, help="the client's short name")
        parser.add_argument(
            "--from", dest="first", required=True, type=date.fromisoformat, help="its first day"
        )
        parser.add_argument("--to", dest="last", required=True, type=date.fromisoformat, help="its last day")

    def handle(self, *args: Any, brand: str, first: date, last: date, **options: Any) -> None:
        card = card_by_slug(brand)
        if card is None:
            raise CommandError(f"there is no client {brand}")
        if last < first:
            raise CommandError("the last day is before the first")
        settle()
        zone, grant = ZoneInfo(card.timezone), system(f"rebuild of roll-ups, {first} to {last}")
        total, days = 0, (last - first).days + 1
        for n in range(days):
            day = first + n * ONE
            with tenant_scope(card, grant):
                count = sum(found for _start, found in self._rebuilt(day, zone))
            total += count
            self.stdout.write(f"{n + 1}/{days}  {day}  {count} interactions")
        self.stdout.write(f"{total} interactions rolled up anew.")

    def _rebuilt(self, day: date, zone: ZoneInfo) -> list[tuple[datetime, int]]:
        cut = day_of(day, zone)
        return list(rebuild(cut.start, cut.end))
