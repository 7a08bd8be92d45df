"""`manage.py routing_lab`: strategies side by side on made-up days, or on one that was (`--replay DATE`)."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from routing.lab.day import Day
from routing.lab.making import SHAPES, make_day
from routing.lab.replay import replayed_day
from routing.lab.report import compare, cross_check, loss_lines, losses, table
from routing.lab.strategies import STRATEGIES

FEWEST, MOST = 5, 200


class Command(BaseCommand):
    help = "Play days through the real matcher under several strategies; nothing is written."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shapes", default=",".join(SHAPES), help=f"of {', '.join(SHAPES)} (all)")
        parser.add_argument("--strategies", default=",".join(STRATEGIES), help="(all)")
        parser.add_argument("--seeds", type=int, default=FEWEST, help=f"days of each shape, {FEWEST} or more")
        parser.add_argument("--replay", type=date.fromisoformat, metavar="DATE", help="a day that was")
        parser.add_argument("--zone", default="UTC", help="the zone of that day (UTC)")
        parser.add_argument("--no-erlang", action="store_true", help="leave the cross-check out")

    def handle(self, *args: Any, **options: Any) -> None:
        names = _chosen(options["strategies"], STRATEGIES)
        if not FEWEST <= options["seeds"] <= MOST:
            raise CommandError(f"--seeds is {FEWEST} to {MOST}: fewer days say nothing.")
        if options["replay"]:
            self._print([_replayed(options["replay"], options["zone"])], names)
        else:
            for shape in _chosen(options["shapes"], SHAPES):
                days = [make_day(seed, shape) for seed in range(1, options["seeds"] + 1)]
                self.stdout.write(f"\n{shape}: {(SHAPES[shape].__doc__ or '').rstrip('.')}")
                self._print(days, names)
        if not options["no_erlang"]:
            self._erlang()

    def _print(self, days: list[Day], names: list[str]) -> None:
        results = compare(days, names, said=lambda words: self.stdout.write(f"  {words}"))
        self.stdout.write(table(results))
        if found := list(losses(days, results)):
            self.stdout.write("Loses against the default at most:\n" + loss_lines(found))

    def _erlang(self) -> None:
        self.stdout.write("\nErlang C beside a plain line played:")
        for one in cross_check():
            mean, low, high = one.played
            words = "agrees" if one.agrees else "DISAGREES"
            beside = f"{mean:.4g} ({low:.4g} to {high:.4g})"
            self.stdout.write(f"  {one.name}: formula {one.formula:.4g}, played {beside}: {words}")


def _chosen(said: str, known: Any) -> list[str]:
    names = [name.strip() for name in said.split(",") if name.strip()]
    if unknown := [name for name in names if name not in known]:
        raise CommandError(f"Not known: {', '.join(unknown)}. There are {', '.join(known)}.")
    return names


def _replayed(day: date, zone: str) -> Day:
    try:
        start = datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (KeyError, ValueError):
        raise CommandError(f"There is no zone {zone}.") from None
    found = replayed_day(f"{day} in {zone}", start, end)
    if not found.contacts or not found.people:
        raise CommandError("On that day nobody came, or nobody was there.")
    return found
