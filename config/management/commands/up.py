"""`manage.py up`: run everything on this machine."""

import os
import sys
from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from config.launch.layout import PROJECT


class Command(BaseCommand):
    help = "Run everything on this machine: PostgreSQL, Valkey, web, live, router, worker, beat."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="pages; live sockets get the next one (default 8000)")
        parser.add_argument("--var", help="where data, logs and sockets are kept (default var/)")
        parser.add_argument("--bind", help="the address to listen on (default 127.0.0.1)")
        parser.add_argument(
            "--seed",
            action=BooleanOptionalAction,
            help="plant the demo world (default: only into the embedded database)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Become the supervisor, which carries no Django (see config.launch)."""
        if options["var"]:
            options["var"] = Path(options["var"]).absolute()
        words = [f"--{name}={options[name]}" for name in ("port", "var", "bind") if options[name]]
        words += {None: [], True: ["--seed"], False: ["--no-seed"]}[options["seed"]]
        sys.stdout.flush()
        os.chdir(PROJECT)
        os.execv(sys.executable, [sys.executable, "-m", "config.launch", *words])  # noqa: S606
