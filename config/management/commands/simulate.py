"""`manage.py simulate --minutes N --rate R`: live customers of the demo brands, over HTTP and websocket."""

import asyncio
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.simulation.crowd import Crowd, Sandbox, Tally
from config.simulation.wire import Stack
from config.worlds.signins import signins
from config.worlds.talk import TALKS
from interactions.practice.queries import scripts
from interactions.trial import trial_key
from tenants.cards import card_by_slug
from tenants.choices import BrandKind
from tenants.scope import system, tenant_scope


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Send customers to the brands' web chats; with --agents, answer them from the demo desks too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--minutes", type=float, default=5.0)
        parser.add_argument("--rate", type=float, default=4.0, help="new customers a minute, over all brands")
        parser.add_argument("--agents", type=int, default=0, help="how many demo agents answer by themselves")
        parser.add_argument("--port", type=int, default=settings.PORT, help="where the pages listen")
        parser.add_argument(
            "--brands", "--brand", nargs="*", default=["northwind", "lumen"], metavar="SLUG",
            help="of the demo, or sandboxes",
        )  # fmt: skip
        parser.add_argument("--record", type=Path, help="write what was sent and shown as JSON")
        parser.add_argument("--seed", type=int, default=0, help="the same seed, the same customers")

    def handle(self, *args: Any, **options: Any) -> None:
        stack = Stack(base=settings.BASE_HOST, port=options["port"], live_port=options["port"] + 1)
        people = [row for row in signins() if "agent of" in row["what"]][: options["agents"]]
        sandboxes = {slug: _sandbox(slug) for slug in options["brands"] if slug not in TALKS}
        crowd = Crowd(
            stack, options["brands"], rate=options["rate"], seed=options["seed"], say=self.say,
            sandboxes=sandboxes,
        )  # fmt: skip
        tally = asyncio.run(crowd.run(minutes=options["minutes"], agents=people))
        self.say(self.summary(tally))
        if options["record"]:
            options["record"].write_text(json.dumps(tally.record(), indent=1))

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def summary(self, tally: Tally) -> str:
        """One line with what happened."""
        return (
            f"{tally.customers} customers, {tally.sent} messages sent, {tally.acked} acknowledged, "
            f"{tally.answered} conversations answered, {tally.ended} ended"
        )


def _sandbox(slug: str) -> Sandbox:
    """Return where the sandbox is written to, and what. Raises CommandError: nothing else is practised in."""
    card = card_by_slug(slug)
    if card is None or card.kind != BrandKind.SANDBOX or not (key := trial_key(card)):
        raise CommandError(f"{slug} is neither a brand of the demo nor a sandbox.")
    with tenant_scope(card, system("simulate", brand=card)):
        return Sandbox(key, scripts(card))
