"""Puts `tenants.grants` into the database, after migrations. Safe to repeat."""

from collections.abc import Iterable

from django.db import connection

from tenants.grants import BRAND_LESS, BRAND_PUBLIC, LOGIN_LESS, ROUTER_PUBLIC, ROUTER_ROOMS, Rights
from tenants.roles import names, owner_scope

OWN_ROWS = "brand_id = NULLIF(current_setting('app.brand_id', true), '')::bigint"
TOO_MUCH = """
SELECT name FROM unnest(%s::text[], %s::text[]) AS less(name, verbs)
 WHERE has_table_privilege(%s, to_regclass(format('%%I.%%I', %s::text, name)), verbs)
"""


def apply_public() -> None:
    """Grant and revoke on the tables of `public`."""
    own = names()
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        login = cursor.fetchone()[0]
        tables = _tables()
        for table in tables & BRAND_PUBLIC.keys():
            _grant(table, BRAND_PUBLIC[table], to=own.brand)
            _own_rows(table, BRAND_PUBLIC[table], brand=own.brand, others=(login, own.router))
        for table in tables & LOGIN_LESS.keys():
            _revoke(table, LOGIN_LESS[table], role=login)
        for table, rights in router_rights(tables).items():
            _grant(table, rights, to=own.router)


def router_rights(tables: Iterable[str]) -> dict[str, Rights]:
    """Return what the router may do, table by table."""
    rooms = {t: Rights(frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})) for t in tables if _is_routers(t)}
    return {**rooms, **{t: rights for t, rights in ROUTER_PUBLIC.items() if t in tables}}


def apply_brand(schema: str, role: str) -> list[str]:
    """Revoke from a brand's role what BRAND_LESS takes away; returns the tables that it was taken from."""
    less = {table: ", ".join(sorted(verbs)) for table, verbs in BRAND_LESS.items()}
    with owner_scope(schema), connection.cursor() as cursor:
        cursor.execute(TOO_MUCH, [list(less), list(less.values()), role, schema])
        tables = [row[0] for row in cursor.fetchall()]
        if tables:
            cursor.execute(revoked(tables, role=role))
    return tables


def revoked(tables: Iterable[str], *, role: str) -> str:
    """Return the SQL that takes from the role what BRAND_LESS takes away, in the bound schema."""
    return "".join(
        f'REVOKE {", ".join(sorted(BRAND_LESS[table]))} ON "{table}" FROM "{role}";\n' for table in tables
    )


def _is_routers(table: str) -> bool:
    return table.split("_", 1)[0] in ROUTER_ROOMS


def _tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row[0] for row in cursor.fetchall()}


def _grant(table: str, rights: Rights, *, to: str) -> None:
    columns = f" ({', '.join(rights.columns)})" if rights.columns else ""
    verbs = ", ".join(f"{verb}{columns}" for verb in sorted(rights.verbs))
    _run(f'REVOKE ALL ON "{table}" FROM "{to}"', f'GRANT {verbs} ON "{table}" TO "{to}"')


def _revoke(table: str, verbs: Iterable[str], *, role: str) -> None:
    _run(f'REVOKE {", ".join(sorted(verbs))} ON "{table}" FROM "{role}"')


def _own_rows(table: str, rights: Rights, *, brand: str, others: tuple[str, ...]) -> None:
    """Let brands see their own rows only; everybody else who has rights sees all. The owner is not bound."""
    if not rights.own_rows or _is_guarded(table):
        return
    all_others = ", ".join(f'"{role}"' for role in others)
    _run(
        f'CREATE POLICY own_rows ON "{table}" TO "{brand}" USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})',
        f'CREATE POLICY all_rows ON "{table}" TO {all_others} USING (true) WITH CHECK (true)',
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
    )


def _is_guarded(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
        return bool(cursor.fetchone()[0])


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
