"""Schemas: built for the warm pool, dropped with their roles."""

import base64
import secrets
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tenants import blueprint, rights
from tenants.binding import LABOUR, Bound
from tenants.fingerprint import fingerprint, starts_right
from tenants.models import Blueprint, SpareSchema
from tenants.roles import drop_brand_role, make_brand_role, names, owner_scope

IDS_PER_SCHEMA = 10**11  # 90,000 schemas stay below 2^53
NUMBER = "SELECT nextval(pg_get_serial_sequence('tenants_spareschema', 'number'))"
UNUSED = """
SELECT sequencename FROM pg_sequences WHERE schemaname = %s AND last_value IS NULL AND start_value <> %s
"""


class SchemaDiffers(RuntimeError):
    """A schema came out unlike the one its DDL was captured from."""


def build_spare() -> SpareSchema:
    """Make one schema with its role and all tables, ready to be claimed; all or nothing."""
    with transaction.atomic():
        with Bound(LABOUR), connection.cursor() as cursor:
            cursor.execute(NUMBER)
            number = cursor.fetchone()[0]
        schema = new_schema_name()
        role = _make_empty(schema)
        print_of_it = _fill(schema, role, first_id=number * IDS_PER_SCHEMA)
        with Bound(LABOUR):
            return SpareSchema.objects.create(
                number=number,
                schema_name=schema,
                role_name=role,
                digest=blueprint.digest(),
                fingerprint=print_of_it,
            )


def new_schema_name() -> str:
    """Return `s_` and 80 random bits in base32: opaque, for life."""
    return "s_" + base64.b32encode(secrets.token_bytes(10)).decode().lower()


def start_ids(schema: str, *, first_id: int) -> list[str]:
    """Let every sequence that was never used begin in the schema's own range; returns their names."""
    with owner_scope(schema), connection.cursor() as cursor:
        cursor.execute(UNUSED, [schema, first_id])
        unused = [row[0] for row in cursor.fetchall()]
        if unused:
            cursor.execute(ids_from(unused, first_id=first_id))
    return unused


def ids_from(sequences: Iterable[str], *, first_id: int) -> str:
    """Return the SQL that lets these sequences of the bound schema begin there."""
    return "".join(f'ALTER SEQUENCE "{name}" START WITH {first_id} RESTART;\n' for name in sequences)


def drop_spare(spare: SpareSchema) -> None:
    """Take a spare out of the pool and drop it."""
    with transaction.atomic(), Bound(LABOUR):
        SpareSchema.objects.filter(pk=spare.pk).delete()
        drop_schema(spare.schema_name, spare.role_name)


def drop_schema(schema: str, role: str) -> None:
    """Drop the schema with all it holds, and its role.

    Checks that wait for the commit are made now: a table that some wait for cannot be dropped.
    """
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
    drop_brand_role(role)


def _make_empty(schema: str) -> str:
    role = make_brand_role(schema)
    owner = names().owner
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{schema}"')
        cursor.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO "{role}"')
        defaults = f'ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA "{schema}"'
        cursor.execute(f'{defaults} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{role}"')
        cursor.execute(f'{defaults} GRANT USAGE, SELECT ON SEQUENCES TO "{role}"')
    return role


def _fill(schema: str, role: str, *, first_id: int) -> str:
    """Make the tables: by replay, or by Django the first time and when there is Python in it."""
    with Bound(LABOUR):
        known = Blueprint.objects.filter(digest=blueprint.digest()).first()
    ddl = known.ddl if known else ""
    with owner_scope(schema):
        if ddl:
            with connection.cursor() as cursor:
                cursor.execute(ddl)
        else:
            ddl = _migrate(schema, first_id=first_id)
    start_ids(schema, first_id=first_id)
    rights.apply_brand(schema, role)
    result = fingerprint(schema, role)
    if known is None:
        _keep(ddl, result)
    if not starts_right(schema, first_id=first_id) or (known and known.fingerprint != result):
        raise SchemaDiffers(f"{schema} differs from its blueprint")
    return result


def _migrate(schema: str, *, first_id: int) -> str:
    """Migrate the empty schema with Django; returns the DDL to replay, empty when it must not be."""
    executor = MigrationExecutor(connection)
    replayable = blueprint.is_replayable(blueprint.pending(executor))
    with blueprint.captured(schema) as statements:
        blueprint.migrate(
            executor, after_each=lambda: None if replayable else start_ids(schema, first_id=first_id)
        )
    return blueprint.as_batch(statements) if replayable else ""


def _keep(ddl: str, result: str) -> None:
    with Bound(LABOUR):
        Blueprint.objects.get_or_create(
            digest=blueprint.digest(), defaults={"ddl": ddl, "fingerprint": result}
        )
