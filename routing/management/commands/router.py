"""`manage.py router [--pool N] [--metrics PORT]`: lead, or stand by. `--explain REF`: say why, and end.

With ROUTER_DATABASE_URL it logs in with the router's own role, a member of no brand's role.
"""

import os
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from core import clock
from core.heap import settle
from routing.router import Router
from routing.telling import tell

NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


class Command(BaseCommand):
    requires_system_checks = []  # they load every page; `prepare` and `check` make them
    help = "Offer waiting work to free agents; one process leads, the others stand by."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pool", type=int, help="only agents of this pool (default: of all)")
        parser.add_argument(
            "--metrics",
            type=int,
            metavar="PORT",
            default=int(os.environ.get("ROUTER_METRICS_PORT") or 0),
            help="serve Prometheus metrics on this port of 127.0.0.1 (ROUTER_METRICS_PORT; default: none)",
        )
        parser.add_argument(
            "--explain", type=UUID, metavar="REF", help="say of a conversation who was asked and why, and end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["explain"]:
            self._explain(options["explain"])
            return
        if url := os.environ.get("ROUTER_DATABASE_URL"):
            log_in_as(url)
        router = Router(pool_id=options["pool"])
        if options["metrics"]:
            from routing.metrics import serve  # a web server is loaded where it is asked for

            serve(options["metrics"], lambda: router.leading)
        settle()
        router.run()

    def _explain(self, ref: UUID) -> None:
        told = list(tell(ref, clock.now()))
        if not told:
            raise CommandError("No conversation of this ref has come to the line.")
        self.stdout.write("\n".join(told))


def log_in_as(url: str) -> None:
    """Let Django's connection use this address; none has been opened yet."""
    parts = conninfo_to_dict(url)
    for name, key in NAMES.items():
        connection.settings_dict[key] = str(parts.get(name) or "")
