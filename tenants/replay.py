"""What the migration of one schema came to, put into others that were as that one was."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from tenants import rights, schemas
from tenants.blueprint import digest
from tenants.choices import FleetState
from tenants.fingerprint import fingerprints
from tenants.models import Brand
from tenants.roles import owner_scope

FLEET_LOCK = 7_261_003
DIFFERS = "The schema differs from the one that was migrated first."
BEGIN = """
SELECT pg_advisory_xact_lock(%s, %s);
SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', '0', true),
       set_config('synchronous_commit', 'off', true),
       set_config('plan_cache_mode', 'force_generic_plan', true);
SELECT EXISTS (
  SELECT FROM django_migrations WHERE (app, name) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
)
"""
NOTE = """
UPDATE tenants_schemastate SET digest = %s, fingerprint = %s, state = %s, error = '', migrated_at = now()
 WHERE brand_id = %s
"""


@dataclass(frozen=True)
class Recipe:
    """`before` and `after` are fingerprints of the schema it was taken from.

    `ddl` is as captured, "" when there was none to run; `sequences` are those whose ids were started, and
    `revoked` the tables that rights were taken from, so that nobody looks for them again. `touched` are the
    tables and sequences that came out other than they were, with `touched_after`, their fingerprint.
    """

    before: str
    after: str
    ddl: str
    sequences: Sequence[str]
    revoked: Sequence[str]
    touched: Sequence[str]
    touched_after: str

    def text(self, brand: Brand) -> str:
        """Return all there is to do in that brand's schema as one text of SQL."""
        ids = schemas.ids_from(self.sequences, first_id=brand.number * schemas.IDS_PER_SCHEMA)
        return f"{self.ddl}\n{ids}{rights.revoked(self.revoked, role=brand.role_name)}".strip()


def begin(brand: Brand, missing: Collection[tuple[str, str]], *, lock_timeout: str) -> bool:
    """Take the brand's turn, then wait briefly for tables, until the transaction ends; one message.

    False when the schema has had one of the missing migrations: a run beside this one was faster. The
    commit does not wait for the disk: after a crash of the server it is whole or gone, and the next scan
    tells which.
    """
    apps, names = [app for app, _ in missing], [name for _, name in missing]
    values = [FLEET_LOCK, brand.number, lock_timeout, apps, names]
    with owner_scope(brand.schema_name), connection.cursor() as cursor:
        cursor.execute(BEGIN, values)  # type: ignore[arg-type]
        while cursor.nextset():
            pass
        return not cursor.fetchone()[0]


def put_into(brand: Brand, recipe: Recipe) -> None:
    """Run the recipe in a schema that is as the first one was, compare what it touched, and note it.

    Raises SchemaDiffers when that came out differently; the caller's transaction undoes it.
    """
    if text := recipe.text(brand):
        with owner_scope(brand.schema_name), connection.cursor() as cursor:
            cursor.execute(text)
    found = fingerprints({brand.schema_name: brand.role_name}, relations=recipe.touched)
    if found.get(brand.schema_name) != recipe.touched_after:
        raise schemas.SchemaDiffers(DIFFERS)
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(NOTE, [digest(), recipe.after, FleetState.CURRENT, brand.pk])
