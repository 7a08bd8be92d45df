"""`manage.py make_roles`: once for a database of your own, with its superuser's address."""

from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from tenants import roles


class Command(BaseCommand):
    help = "Make this database's roles. DATABASE_URL names the login; both logins must exist."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--superuser-url", required=True, help="postgresql://postgres@host/DATABASE")
        parser.add_argument("--router-login", help="default: the login's name with _router")

    def handle(self, *args: Any, **options: Any) -> None:
        known = connection.settings_dict
        login = str(known["USER"])
        try:
            with psycopg.connect(options["superuser_url"], autocommit=True) as superuser:
                roles.bootstrap(
                    superuser,
                    database=str(known["NAME"]),
                    login=login,
                    router_login=options["router_login"] or f"{login}_router",
                )
        except psycopg.Error as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Roles are made. Next: manage.py migrate_public")
