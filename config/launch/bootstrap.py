"""What only a superuser can make: the login roles and the database. Runs inside `manage.py prepare`.

Roles and grants inside the database are `tenants.roles`' matter.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

LOGIN_TIMEOUTS = {"idle_in_transaction_session_timeout": "10s", "statement_timeout": "30s"}
EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)"


@dataclass(frozen=True)
class Login:
    """Who signs in to which database, taken from an address such as DATABASE_URL."""

    name: str
    password: str
    database: str


def login_of(url: str) -> Login:
    parts = urlsplit(url)
    return Login(
        unquote(parts.username or ""), unquote(parts.password or ""), unquote(parts.path.lstrip("/"))
    )


def bootstrap(url: str, *, login: Login, router: Login | None) -> None:
    """Make (or correct) the login role, the router's login and the database, over the superuser's address."""
    with psycopg.connect(url, autocommit=True) as connection:
        _login(connection, login, "NOINHERIT CREATEROLE")
        if router:
            _login(connection, router, "NOINHERIT")
        _database(connection, login, router)


def database_url(url: str, database: str) -> str:
    """Return the superuser's address of another database of the same server."""
    parts = urlsplit(url)
    return parts._replace(path=f"/{database}").geturl()


def _login(connection: psycopg.Connection, login: Login, rights: str) -> None:
    name = sql.Identifier(login.name)
    row = connection.execute(EXISTS, [login.name]).fetchone()
    verb = sql.SQL("ALTER" if row and row[0] else "CREATE")
    password = sql.Literal(login.password)
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(verb, name, sql.SQL(rights), password)
    )
    for setting, value in LOGIN_TIMEOUTS.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value))
        )


def _database(connection: psycopg.Connection, login: Login, router: Login | None) -> None:
    name = sql.Identifier(login.database)
    found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [login.database]).fetchone()
    if found is None:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for one in filter(None, (login, router)):
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, sql.Identifier(one.name))
        )
