"""What only a superuser can make: the login roles and the database. Runs inside `manage.py prepare`.

Roles and grants inside the database are `tenants.roles`' matter.
"""

import psycopg
from psycopg import sql

from config.launch.environment import DATABASE, LOGIN, ROUTER

LOGIN_TIMEOUTS = {"idle_in_transaction_session_timeout": "10s", "statement_timeout": "30s"}
EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)"


def bootstrap(url: str, *, login_password: str, router_password: str) -> None:
    """Make (or correct) the login role, the router's login and the database, over the superuser's address."""
    with psycopg.connect(url, autocommit=True) as connection:
        _login(connection, LOGIN, "NOINHERIT CREATEROLE", login_password)
        _login(connection, ROUTER, "NOINHERIT", router_password)
        _database(connection)


def database_url(url: str) -> str:
    """Return the superuser's address of our database, given that of `postgres`."""
    return url.replace("/postgres?", f"/{DATABASE}?", 1)


def _login(connection: psycopg.Connection, name: str, rights: str, password: str) -> None:
    row = connection.execute(EXISTS, [name]).fetchone()
    verb = "ALTER" if row and row[0] else "CREATE"
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(
            sql.SQL(verb), sql.Identifier(name), sql.SQL(rights), sql.Literal(password)
        )
    )
    for setting, value in LOGIN_TIMEOUTS.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                sql.Identifier(name), sql.Identifier(setting), sql.Literal(value)
            )
        )


def _database(connection: psycopg.Connection) -> None:
    name = sql.Identifier(DATABASE)
    found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
    if found is None:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}, {}").format(
            name, sql.Identifier(LOGIN), sql.Identifier(ROUTER)
        )
    )
