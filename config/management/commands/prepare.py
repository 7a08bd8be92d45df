"""`manage.py prepare`: what the database and the static files need before the first page, in one process."""

import os
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db.utils import OperationalError

from config import env
from config.launch.bootstrap import bootstrap, database_url, login_of
from config.launch.progress import timed
from tenants import roles
from tenants.roles import RolesMissing

FIRST_SPARES = 2  # what the seeded world claims; the fleet's keeper fills the pool up behind the first page


class Command(BaseCommand):
    help = "Make roles and tables, fill the warm pool, plant the demo world's people, collect static files."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", action="store_true", help="roles, migrations, pool and seed")
        parser.add_argument("--static", action="store_true", help="static files")
        parser.add_argument("--seed", metavar="WORLD", help="the demo world to plant once")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"]:
            try:
                prepare_database(options["seed"])
            except (RolesMissing, OperationalError) as error:
                raise CommandError(f"The database cannot be used: {error}") from error
        if options["static"]:
            with timed("      collecting static files"):
                call_command("collectstatic", interactive=False, verbosity=0)


def prepare_database(world: str | None) -> None:
    with timed("      roles"):
        make_roles()
    steps = [("public tables", ["migrate_public"]), ("brands' tables", ["migrate_fleet"])]
    if world:
        steps.append(("spare schemas", ["refill_pool", "--size", str(FIRST_SPARES)]))
        steps.append((f"the world {world!r}: people and brands", ["seed", "--world", world, "--first"]))
    for text, command in steps:
        with timed(f"      {text}"):
            call_command(*command, verbosity=0)


def make_roles() -> None:
    """Make logins, database and roles as the superuser of BOOTSTRAP_DATABASE_URL, which `up` gives us.

    A server of your own needs it once; without the variable this step does nothing.
    """
    url = os.environ.get("BOOTSTRAP_DATABASE_URL")
    if url is None:
        return
    login = login_of(env.text("DATABASE_URL"))
    router = login_of(env.text("ROUTER_DATABASE_URL")) if os.environ.get("ROUTER_DATABASE_URL") else None
    bootstrap(url, login=login, router=router)
    with psycopg.connect(database_url(url, login.database), autocommit=True) as connection:
        roles.bootstrap(
            connection,
            database=login.database,
            login=login.name,
            router_login=router.name if router else login.name,
        )
