"""Brings every brand's schema up to today's migrations.

1. One scan says which schemas lack what.
2. For each kind of lag one schema, the canary, is migrated by Django while its SQL is captured.
3. The SQL is replayed in the others, each in a transaction of its own with a short lock time-out.
4. Each result is compared with the canary's fingerprint, and noted in SchemaState.
What failed is behind at the next scan, so running it again resumes.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tenants import blueprint, rights, schemas
from tenants.binding import LABOUR, Bound
from tenants.choices import BrandState, FleetState
from tenants.fingerprint import fingerprint
from tenants.models import Brand, SchemaState
from tenants.roles import owner_scope
from tenants.router import labels

Applied = frozenset[tuple[str, str]]
TRIES = 5


@dataclass
class Outcome:
    """What a run did, as slugs."""

    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    current: int = 0


def migrate_fleet(
    *, lock_timeout: str = "2s", progress: Callable[[str, str], None] = lambda slug, what: None
) -> Outcome:
    """Migrate the schemas that are behind; one that fails is undone, noted and left for the next run."""
    outcome = Outcome()
    with Bound(LABOUR):
        brands = list(Brand.objects.exclude(state=BrandState.GONE).order_by("pk"))
    lags = _lags(brands)
    outcome.current = len(brands) - sum(len(group) for group in lags.values())
    for group in lags.values():
        _migrate_group(group, outcome, lock_timeout, progress)
    return outcome


def _lags(brands: list[Brand]) -> dict[tuple[Applied, str], list[Brand]]:
    """Group the brands that are behind by what they have."""
    loader = MigrationLoader(None)
    target = frozenset(key for key in loader.graph.nodes if key[0] in labels("TENANT_APPS"))
    applied = scan([brand.schema_name for brand in brands])
    with Bound(LABOUR):
        digests = dict(SchemaState.objects.filter(state=FleetState.CURRENT).values_list("brand_id", "digest"))
    groups: dict[tuple[Applied, str], list[Brand]] = {}
    for brand in brands:
        have, digest = applied.get(brand.schema_name, frozenset()), digests.get(brand.pk, "")
        if not target <= have or digest != blueprint.digest():
            groups.setdefault((have & target, digest), []).append(brand)
    return groups


def scan(names: list[str]) -> dict[str, Applied]:
    """Return which migrations each schema has had, in one statement."""
    if not names:
        return {}
    parts = (f"SELECT '{name}', app, name FROM \"{name}\".django_migrations" for name in names)  # noqa: S608
    found: dict[str, set[tuple[str, str]]] = {}
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        for schema, app, name in cursor.fetchall():
            found.setdefault(schema, set()).add((app, name))
    return {schema: frozenset(rows) for schema, rows in found.items()}


def _migrate_group(
    group: list[Brand], outcome: Outcome, lock_timeout: str, progress: Callable[[str, str], None]
) -> None:
    ddl: str | None = None
    expected = ""
    for brand in group:
        progress(brand.slug, "replay" if ddl else "migrate")
        try:
            result, captured = _migrate_one(brand, ddl, expected, lock_timeout)
        except (DatabaseError, schemas.SchemaDiffers, blueprint.NotReplayable) as error:
            outcome.failed[brand.slug] = str(error).strip().splitlines()[0]
            _note_failure(brand, outcome.failed[brand.slug])
            continue
        ddl, expected = (captured, result) if ddl is None and captured else (ddl, expected)
        outcome.migrated.append(brand.slug)


def _migrate_one(brand: Brand, ddl: str | None, expected: str, lock_timeout: str) -> tuple[str, str]:
    """Migrate one schema and note it, all or nothing; returns its fingerprint and the SQL for the others."""
    for turn in range(TRIES):
        try:
            with transaction.atomic():
                captured = _change(brand, ddl, lock_timeout)
                result = _settle(brand, expected)
        except OperationalError:  # somebody held a lock for longer than lock_timeout
            if turn + 1 == TRIES:
                raise
            time.sleep(0.2 * 2**turn)
        else:
            return result, captured
    raise AssertionError("unreachable")


def _change(brand: Brand, ddl: str | None, lock_timeout: str) -> str:
    schema = brand.schema_name
    with owner_scope(schema), _patient(lock_timeout):
        if ddl:
            with connection.cursor() as cursor:
                cursor.execute(ddl)
            return ddl
        replayable = blueprint.is_replayable(blueprint.pending(MigrationExecutor(connection)))
        with blueprint.captured(schema) as statements:
            blueprint.migrate()
        return blueprint.as_batch(statements) if replayable and statements else ""


def _settle(brand: Brand, expected: str) -> str:
    """Start new sequences, revoke, compare, and note that the schema is current."""
    schemas.start_ids(brand.schema_name, first_id=brand.number * schemas.IDS_PER_SCHEMA)
    rights.apply_brand(brand.schema_name, brand.role_name)
    result = fingerprint(brand.schema_name, brand.role_name)
    if expected and result != expected:
        raise schemas.SchemaDiffers(f"{brand.schema_name} differs from the canary's schema")
    values = {
        "digest": blueprint.digest(),
        "fingerprint": result,
        "state": FleetState.CURRENT,
        "error": "",
    }
    with Bound(LABOUR):
        SchemaState.objects.update_or_create(brand=brand, defaults=values)
    return result


def _note_failure(brand: Brand, error: str) -> None:
    with Bound(LABOUR):
        SchemaState.objects.update_or_create(
            brand=brand, defaults={"state": FleetState.FAILED, "error": error[:2000]}
        )


@contextmanager
def _patient(lock_timeout: str) -> Iterator[None]:
    """Wait briefly for locks, but as long as it takes for the work itself; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', '0', true)",
            [lock_timeout],
        )
    yield
