"""`manage.py worker [--concurrency N]`: run tasks in threads, as `celery worker` does.

Celery's own command line loads a shell's worth of packages (a prompt, its history, its colours) for good.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.celery import app
from core.heap import settle


class Command(BaseCommand):
    requires_system_checks = []  # they load every page; `prepare` and `check` make them
    help = "Run the tasks that wait in Valkey; with BEAT_INSIDE=1 send the regular ones too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="threads (default: 2)")

    def handle(self, *args: Any, **options: Any) -> None:
        settle()
        worker = app.Worker(
            pool="threads",
            concurrency=options["concurrency"],
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
            loglevel="WARNING",
        )
        worker.start()
        sys.exit(worker.exitcode)
