"""`manage.py onboard FILE.yaml`: a whole client from one file, or every error in it."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.errors import RoomError
from tenants.onboarding.checklist import checklist
from tenants.onboarding.files import Made, Plan, onboard_plan, read_file
from tenants.onboarding.shapes import Invalid
from tenants.scope import system

ACTOR = "system:onboard"
WRONG, REFUSED = 2, 3


class Command(BaseCommand):
    help = "Set a client up from a YAML file; it is served to its test alone until it goes live."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="check the file and make nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = read_file(_text(options["file"]), folder=_folder(options["file"]))
            if options["dry_run"]:
                self.stdout.write(f"The file is good: {', '.join(plan.steps)}. Nothing was made.")
                return
            self.make(plan)
        except Invalid as error:
            lines = (f"  {path}: {' '.join(words)}" for path, words in sorted(error.errors.items()))
            raise CommandError("\n".join(["Nothing was made.", *lines]), returncode=WRONG) from error
        except RoomError as error:
            raise CommandError(f"Nothing was made. {error.message}", returncode=REFUSED) from error

    def make(self, plan: Plan) -> None:
        grant = system(f"onboard {plan.key}"[:200])
        made = onboard_plan(plan, grant=grant, actor=ACTOR, now=clock.now())
        brand = made.draft.brand
        if brand is None:
            raise CommandError("Nothing was made.", returncode=REFUSED)
        self.stdout.write(_said(made))
        self.stdout.write(f"  host       {brand.slug}.{settings.BASE_HOST}")
        self.stdout.write(f"  state      {brand.state}")
        for line in checklist(brand, grant, now=clock.now()):
            self.stdout.write(f"  {line.state:<10} {line.title}: {line.words}")


def _said(made: Made) -> str:
    name = made.draft.brand.name if made.draft.brand else ""
    return f"{name} was set up." if made.fresh else f"{name} stands already. Nothing was made."


def _folder(name: str) -> Path:
    return Path() if name == "-" else Path(name).parent


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The file cannot be read: {error}", returncode=WRONG) from error
