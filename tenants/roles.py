"""The roles of one database.

`owner` owns every object and does all DDL; `brand` is the group of all brands' roles, `router` that of the
router's login; one role for each brand's schema; the login, which has none of their rights by itself
(NOINHERIT) and steps into them. Roles belong to the cluster and outlive a dropped database or schema, so
their names carry the database's oid.

Since PostgreSQL 16 whoever creates a role with CREATEROLE has ADMIN OPTION on it and may grant it to
itself; on 15 CREATEROLE alone does. `GRANT x TO login` says the same on both: a NOINHERIT login takes part
only by SET ROLE.
"""

from dataclasses import dataclass

import psycopg
from django.db import connection
from psycopg import sql

from tenants.binding import LABOUR, Bound, Scope

FOUND = "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)"
MEMBER = "SELECT pg_has_role(session_user, %s, 'MEMBER')"


class RolesMissing(RuntimeError):
    """The database was never bootstrapped."""


@dataclass(frozen=True)
class Names:
    """The names of a database's own roles."""

    oid: int

    @property
    def owner(self) -> str:
        return f"t{self.oid}_owner"

    @property
    def brand(self) -> str:
        return f"t{self.oid}_brand"

    @property
    def router(self) -> str:
        return f"t{self.oid}_router"

    def of(self, schema_name: str) -> str:
        return f"t{self.oid}_{schema_name}"

    @property
    def pattern(self) -> str:
        """What all roles of this database look like, for LIKE."""
        return rf"t{self.oid}\_%"


_names: dict[tuple[str, ...], Names] = {}


def names() -> Names:
    """Return the names for the database we are connected to."""
    known = connection.settings_dict
    key = (str(known["HOST"]), str(known["PORT"]), str(known["NAME"]))
    if key not in _names:
        with Bound(LABOUR), connection.cursor() as cursor:
            cursor.execute("SELECT oid::bigint FROM pg_database WHERE datname = current_database()")
            _names[key] = Names(cursor.fetchone()[0])
    return _names[key]


def owner_scope(schema: str = "public") -> Bound:
    """Bind the owner, for DDL: migrations, the warm pool, dropping a brand. Never for a brand's work."""
    return Bound(Scope(schema, names().owner, None))


def bootstrap(connection: psycopg.Connection, *, database: str, login: str, router_login: str) -> None:
    """Make the roles of this database, and it and its schema `public` theirs. Safe to repeat.

    `connection` is a superuser's, in the database itself, in autocommit. The two logins exist.
    """
    row = connection.execute("SELECT oid::bigint FROM pg_database WHERE datname = %s", [database]).fetchone()
    if row is None:
        raise RolesMissing(f"there is no database {database}")
    own = Names(row[0])
    for role in (own.owner, own.brand, own.router):
        if connection.execute(FOUND, [[role]]).fetchone() == (0,):
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    parts = {
        "db": sql.Identifier(database),
        "owner": sql.Identifier(own.owner),
        "brand": sql.Identifier(own.brand),
        "login": sql.Identifier(login),
        "router": sql.Identifier(own.router),
        "router_login": sql.Identifier(router_login),
    }
    for statement in BOOTSTRAP:
        connection.execute(sql.SQL(statement).format(**parts))


BOOTSTRAP = (
    "ALTER ROLE {login} NOINHERIT CREATEROLE",
    "ALTER ROLE {router_login} INHERIT",
    "GRANT {router} TO {router_login}",
    "GRANT {owner} TO {login}",
    "GRANT {brand} TO {login} WITH ADMIN OPTION",
    "ALTER DATABASE {db} OWNER TO {owner}",
    "REVOKE ALL ON DATABASE {db} FROM PUBLIC",
    "GRANT CONNECT, TEMPORARY ON DATABASE {db} TO {login}, {router_login}",
    "ALTER DATABASE {db} SET log_min_error_statement = 'panic'",  # a failed statement holds what it writes
    "ALTER DATABASE {db} SET log_error_verbosity = 'terse'",  # and DETAIL quotes the row
    "ALTER SCHEMA public OWNER TO {owner}",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {login}, {router}, {brand}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {login}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {login}",
)


def ensure_roles() -> None:
    """Raise RolesMissing, with what to do, unless this login can be the owner of this database."""
    own = names()
    with Bound(LABOUR), connection.cursor() as cursor:
        cursor.execute(FOUND, [[own.owner, own.brand]])
        found = cursor.fetchone()[0] == 2
        if found:
            cursor.execute(MEMBER, [own.owner])
            found = cursor.fetchone()[0]
    if not found:
        raise RolesMissing(
            "This database has no roles of ours, or this login is no member of them. "
            "As its superuser run: manage.py make_roles --superuser-url postgresql://..."
        )


def make_brand_role(schema_name: str) -> str:
    """Create the role of one schema, make it one of the brands, and let the login step into it."""
    own = names()
    role = own.of(schema_name)
    with Bound(LABOUR), connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{role}" NOLOGIN')
        cursor.execute(f'GRANT "{own.brand}" TO "{role}"')
        cursor.execute(f'GRANT "{role}" TO SESSION_USER')
    return role


def drop_brand_role(role: str) -> None:
    """Drop the role of a schema that is already gone."""
    with Bound(LABOUR), connection.cursor() as cursor:
        cursor.execute(f'DROP ROLE IF EXISTS "{role}"')


def drop_all(connection: psycopg.Connection, *, oid: int) -> int:
    """Drop every role of a database that is dropped already, as superuser; returns how many."""
    found = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [Names(oid).pattern])
    roles = [row[0] for row in found.fetchall()]
    for role in roles:
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
    return len(roles)


def orphans(connection: psycopg.Connection) -> list[str]:
    """Return the roles of databases that are gone, for clearing up."""
    rows = connection.execute(
        r"SELECT rolname FROM pg_roles WHERE rolname ~ '^t\d+_(owner|brand|router|s_[a-z2-7]+)$'"
        r" AND substring(rolname FROM '^t(\d+)_')::bigint NOT IN (SELECT oid::bigint FROM pg_database)"
    )
    return [row[0] for row in rows.fetchall()]
