"""`manage.py router [--pool N]`: lead, or stand by for whoever leads.

With ROUTER_DATABASE_URL it logs in with the router's own role, a member of no brand's role.
"""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from routing.router import Router

NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


class Command(BaseCommand):
    requires_system_checks = []  # they load every page; `prepare` and `check` make them
    help = "Offer waiting work to free agents; one process leads, the others stand by."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pool", type=int, help="only agents of this pool (default: of all)")

    def handle(self, *args: Any, **options: Any) -> None:
        if url := os.environ.get("ROUTER_DATABASE_URL"):
            log_in_as(url)
        Router(pool_id=options["pool"]).run()


def log_in_as(url: str) -> None:
    """Let Django's connection use this address; none has been opened yet."""
    parts = conninfo_to_dict(url)
    for name, key in NAMES.items():
        connection.settings_dict[key] = str(parts.get(name) or "")
