"""The test database: made once and kept while its migrations stay, two brands in it, swept between tests.

Its warm pool is as full for every test: to make a schema is the dearest thing that PostgreSQL is asked for,
and a test that claims a spare and is undone gives it back.

Sweeping is DELETE with triggers off, over the superuser's connection: six milliseconds where TRUNCATE of two
brands takes three hundred.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from config.launch.environment import LOGIN, ROUTER
from tenants import actions, cards, roles

PROJECT = Path(__file__).resolve().parent.parent
NAME = "test_trunkline"
SHAPERS = ("grants", "rights", "roles", "schemas", "blueprint", "fingerprint", "actions")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BRANDS: tuple[dict[str, Any], ...] = (
    {
        "slug": "acme",
        "name": "Acme Outdoor",
        "timezone": "Europe/Stockholm",
        "hue": 148,
        "locales": ("en", "sv"),
    },
    {
        "slug": "globex",
        "name": "Globex Energy",
        "timezone": "Australia/Adelaide",
        "hue": 62,
        "locales": ("en",),
    },
)
KEPT = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "tenants_blueprint",
    "tenants_spareschema",
)
RESTORED = ("tenants_brand", "tenants_domain", "tenants_schemastate", "workforce_availabilityreason")
TABLES = """
SELECT schemaname, tablename FROM pg_tables
 WHERE (schemaname = 'public' OR schemaname IN (SELECT schema_name FROM tenants_brand))
   AND NOT tablename = ANY(%s) ORDER BY 1, 2
"""
SPARES = 4
EXTRA = "SELECT schema_name, role_name FROM tenants_spareschema ORDER BY number OFFSET %s"


@dataclass
class TestDatabase:
    """What the suite holds: the superuser's connection, the sweeping statement, the rows to restore."""

    __test__ = False

    boss: "psycopg.Connection[Any]"
    sweep_sql: str = ""
    rows: dict[str, str] | None = None
    spent: bool = True

    def remember(self) -> None:
        """Take today's rows of RESTORED as the ones every test begins with."""
        found = self.boss.execute(TABLES, [[*KEPT, *RESTORED]]).fetchall()
        self.sweep_sql = ";".join(f'DELETE FROM "{schema}"."{table}"' for schema, table in found)
        self.rows = {table: self._dump(table) for table in RESTORED}

    def sweep(self) -> None:
        """Put every row back to where the suite began; brands and spares that a test made are dropped."""
        for schema, role in [*self._strangers(), *self._extra()]:
            self._drop(schema, role)
        self.spent = self._spares() < SPARES
        with self.boss.transaction():
            self.boss.execute("SET LOCAL session_replication_role = replica")
            self.boss.execute("SET LOCAL lock_timeout = '10s'")
            self.boss.execute(self.sweep_sql)
            for table, rows in (self.rows or {}).items():
                self._restore(table, rows)

    def restock(self) -> None:
        """Fill the warm pool up, as brands claim spares in production; whoever calls is in no transaction."""
        if self.spent:
            connections.close_all()
            actions.refill_pool(SPARES)
            self.spent = False

    def _dump(self, table: str) -> str:
        query = sql.SQL("SELECT coalesce(json_agg(row_to_json(t) ORDER BY t), '[]')::text FROM {} t")
        row = self.boss.execute(query.format(sql.Identifier(table))).fetchone()
        return str(row[0]) if row else "[]"

    def _restore(self, table: str, rows: str) -> None:
        if self._dump(table) == rows:
            return
        name = sql.Identifier(table)
        self.boss.execute(sql.SQL("DELETE FROM {}").format(name))
        self.boss.execute(
            sql.SQL("INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, %s)").format(name),
            [rows],
        )

    def _strangers(self) -> list[tuple[str, str]]:
        known = {row["schema_name"] for row in json.loads((self.rows or {}).get("tenants_brand", "[]"))}
        found = self.boss.execute("SELECT schema_name, role_name FROM tenants_brand").fetchall()
        return [(schema, role) for schema, role in found if schema not in known]

    def _extra(self) -> list[tuple[str, str]]:
        return list(self.boss.execute(EXTRA, [SPARES]).fetchall())

    def _spares(self) -> int:
        row = self.boss.execute("SELECT count(*) FROM tenants_spareschema").fetchone()
        return int(row[0]) if row else 0

    def _drop(self, schema: str, role: str) -> None:
        self.boss.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
        self.boss.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
        self.boss.execute("DELETE FROM tenants_spareschema WHERE schema_name = %s", [schema])


@contextmanager
def test_database() -> Iterator[TestDatabase]:
    """Point Django at the test database; make it unless the last run left one of today's shape, and clean.

    The stamp is off while a run lasts: what a killed run leaves behind is in nobody's way.
    """
    stamp = shape()
    with psycopg.connect(os.environ["BOOTSTRAP_DATABASE_URL"], autocommit=True) as root:
        kept = _is_kept(root, stamp)
        if not kept:
            _create(root)
        _stamp(root, None)
        _point_django_at(NAME)
        with psycopg.connect(boss_url(), autocommit=True) as boss:
            database = TestDatabase(boss)
            if not kept:
                _fill(boss)
            database.remember()
            database.sweep()
            database.restock()
            cache.clear()
            cards.changed()
            yield database
            connections.close_all()
            connections["default"].close_pool()  # type: ignore[attr-defined]
            database.sweep()
            _stamp(root, stamp)


test_database.__test__ = False  # type: ignore[attr-defined]


def boss_url() -> str:
    """The superuser's address of the test database."""
    return os.environ["BOOTSTRAP_DATABASE_URL"].replace("/postgres?", f"/{NAME}?", 1)


def shape() -> str:
    """Name what the database is made from: every migration and what shapes roles and rights."""
    files = [*PROJECT.glob("*/migrations/*.py"), *(PROJECT / "tenants" / f"{name}.py" for name in SHAPERS)]
    summed = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(files):
        summed.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return summed.hexdigest()


def _is_kept(root: "psycopg.Connection[Any]", stamp: str) -> bool:
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    return root.execute(query, [NAME]).fetchone() == (stamp,)


def _stamp(root: "psycopg.Connection[Any]", stamp: str | None) -> None:
    root.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(NAME), sql.Literal(stamp)))


def _create(root: "psycopg.Connection[Any]") -> None:
    row = root.execute("SELECT oid::bigint FROM pg_database WHERE datname = %s", [NAME]).fetchone()
    if row:
        root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(NAME)))
        roles.drop_all(root, oid=row[0])
    root.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


def _point_django_at(name: str) -> None:
    wrapper = connections["default"]
    wrapper.close()
    wrapper.close_pool()  # type: ignore[attr-defined]
    wrapper.settings_dict["NAME"] = name


def _fill(boss: "psycopg.Connection[Any]") -> None:
    roles.bootstrap(boss, database=NAME, login=LOGIN, router_login=ROUTER)
    call_command("migrate_public", verbosity=0)
    for brand in BRANDS:
        actions.create_brand(**brand, legal_name=f"{brand['name']} AB", actor="test", now=NOW)
