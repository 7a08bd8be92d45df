"""`manage.py doctor`: says what is wrong and how to mend it; exit code 1 when something is."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.doctor import fleet, machine, servers, trail  # noqa: F401 - they register their questions
from config.doctor.registry import answers

SIGNS = {"ok": "ok     ", "skipped": "-      ", "WRONG": "WRONG  "}


class Command(BaseCommand):
    help = "Say what is wrong with this installation and how to mend it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for answer in answers():
            self.stdout.write(f"{SIGNS[answer.state]}{answer.name:<14} {answer.text}")
            if answer.state == "WRONG":
                wrong += 1
                self.stdout.write(f"       {'':<14} mend: {answer.mend}")
        if wrong:
            self.stdout.write(f"\n{wrong} wrong.")
            sys.exit(1)
