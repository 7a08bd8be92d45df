"""`manage.py migrate_public`: the tables of `public`, as their owner, then the rights on them."""

from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.management.commands.migrate import Command as Migrate
from django.db import DatabaseError, InterfaceError, connection

from tenants import rights
from tenants.binding import LABOUR, Bound
from tenants.roles import ensure_roles, owner_scope

LOCK = 7_261_002


class Command(BaseCommand):
    help = "Migrate the shared rooms' tables in `public` and set the rights of tenants.grants on them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("app_label", nargs="?", help="only this app, as Django's migrate")
        parser.add_argument("migration_name", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_roles()
        wanted = [word for word in (options["app_label"], options["migration_name"]) if word]
        with Bound(LABOUR), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s), set_config('statement_timeout', '0', false)", [LOCK])
        try:
            with owner_scope():
                call_command(
                    Migrate(),
                    *wanted,
                    interactive=False,
                    verbosity=options["verbosity"] - 1,
                    stdout=self.stdout,
                )
            rights.apply_public()
        finally:
            _let_go()


def _let_go() -> None:
    """Give back lock and setting: a connection that is closed goes to the pool with both."""
    with suppress(DatabaseError, InterfaceError), Bound(LABOUR), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        cursor.execute("RESET statement_timeout")
    connection.close()
