"""`manage.py routing_check [NAME ...] [--hours N]`: how often each promise of the router is broken.

Exit code 1 when one is. It only reads; beside a router at work it is as good as without.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from routing.invariants import PROMISES, Finding, check
from tenants.scope import system

MOST_HOURS = 24 * 35


class Command(BaseCommand):
    help = "Ask the tables whether routing keeps what it promises; exit code 1 names what is broken."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [promised.name for promised in PROMISES]
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(names)} (default: all)")
        parser.add_argument("--hours", type=float, default=24, help="how much of the past counts (24)")
        parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        if unknown := set(options["names"]) - {promised.name for promised in PROMISES}:
            raise CommandError(f"No such promise: {', '.join(sorted(unknown))}.", returncode=2)
        if not 0 < options["hours"] <= MOST_HOURS:
            raise CommandError(f"--hours is more than 0 and at most {MOST_HOURS}.", returncode=2)
        findings = check(
            grant=system("routing check"), now=clock.now(), hours=options["hours"], names=options["names"]
        )
        self.stdout.write(_json(findings) if options["json"] else _table(findings))
        if broken := [found.name for found in findings if found.count]:
            raise CommandError(f"Broken: {', '.join(broken)}.")


def _table(findings: list[Finding]) -> str:
    lines = [f"{'promise':<16}{'broken':>7}{'s':>8}  what it says"]
    for found in findings:
        lines.append(f"{found.name:<16}{found.count:>7}{found.seconds:>8.2f}  {found.title}")
        lines += [f"{'':<33}{example}" for example in found.examples]
    return "\n".join(lines)


def _json(findings: list[Finding]) -> str:
    rows = [
        {"name": found.name, "broken": found.count, "examples": found.examples, "seconds": found.seconds}
        for found in findings
    ]
    return json.dumps(rows, indent=1)
