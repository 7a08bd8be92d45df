"""Brings every brand's schema up to today's migrations.

1. One scan says which schemas lack what.
2. For each kind of lag one schema, the canary, is migrated by Django while its SQL is captured.
3. The SQL is replayed in the others, each in a transaction of its own with a short lock time-out.
4. Each result is compared with the canary's fingerprint, and noted in SchemaState.
What failed is behind at the next scan, so running it again resumes. Two runs at a time take turns in each
schema, and what the other one did is not done again.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from core.errors import NotFound
from tenants import blueprint, rights, schemas
from tenants.audit import audit
from tenants.binding import LABOUR, Bound
from tenants.choices import BrandState, FleetState
from tenants.fingerprint import fingerprint
from tenants.models import Brand, SchemaState
from tenants.roles import owner_scope
from tenants.router import labels

Applied = frozenset[tuple[str, str]]
TRIES = 5
FLEET_LOCK = 7_261_003
DIFFERS = "The schema differs from the one that was migrated first."
DRIFTED = "The schema is not as its migrations left it: somebody changed it by hand."


@dataclass(frozen=True)
class Patience:
    """How long to wait for a table (PostgreSQL's words, `2s`), and how often to begin again."""

    lock_timeout: str
    tries: int


@dataclass
class Outcome:
    """What a run did, as slugs; `failed`: with the server's or our words."""

    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    current: int = 0


def migrate_fleet(
    *,
    only: Collection[str] = (),
    lock_timeout: str = "2s",
    progress: Callable[[str, str], None] = lambda slug, what: None,
) -> Outcome:
    """Migrate the schemas that are behind; one that fails is undone, noted and left for the next run.

    `only`: the brands of these short names, none for all. Raises NotFound for a name that is no brand's.
    """
    brands = _brands(slug__in=only) if only else _brands()
    if only and len(brands) != len(set(only)):
        raise NotFound
    return _bring_up(brands, lock_timeout=lock_timeout, progress=progress)


def migrate_brand(brand_id: int, *, actor: str, now: datetime) -> str:
    """Migrate the schema of one brand and write down who asked; returns what went wrong, "" for nothing.

    Waits for a table no longer than two seconds, as somebody waits for the answer.

    Raises NotFound for a brand that is gone.
    """
    brands = _brands(pk=brand_id)
    if not brands:
        raise NotFound
    outcome = _bring_up(brands, lock_timeout="2s", tries=1)
    error = outcome.failed.get(brands[0].slug, "")
    audit(
        "fleet.failed" if error else "fleet.migrated",
        actor=actor,
        brand_id=brand_id,
        object=f"brand:{brand_id}",
        reason=error[:200],
        now=now,
    )
    return error


def check_fleet(*, progress: Callable[[str, str], None] = lambda slug, what: None) -> dict[str, str]:
    """Compare the fingerprint of each current schema with the one that its migration left.

    A schema that differs is noted as failed; one that was noted so and is well again, as current. Returns
    {slug: what is wrong}.
    """
    found = {}
    for brand in _brands(schema_state__digest=blueprint.digest()):
        progress(brand.slug, "compare")
        if words := _check_one(brand):
            found[brand.slug] = words
    return found


def _check_one(brand: Brand) -> str:
    with transaction.atomic():
        _take_turn(brand)
        with Bound(LABOUR):
            known = SchemaState.objects.get(brand=brand)
        if known.digest != blueprint.digest():
            return ""  # it was migrated meanwhile
        differs = fingerprint(brand.schema_name, brand.role_name) != known.fingerprint
        error = DRIFTED if differs else ""
        state = FleetState.FAILED if differs else FleetState.CURRENT
        if (known.state, known.error) != (state, error):
            with Bound(LABOUR):
                SchemaState.objects.filter(brand=brand).update(state=state, error=error)
            audit("fleet.drifted" if differs else "fleet.mended", actor="system", brand_id=brand.pk)
    return error


def _brands(**where: Any) -> list[Brand]:
    with Bound(LABOUR):
        return list(Brand.objects.exclude(state=BrandState.GONE).filter(**where).order_by("pk"))


def _bring_up(
    brands: list[Brand],
    *,
    lock_timeout: str,
    tries: int | None = None,
    progress: Callable[[str, str], None] = lambda slug, what: None,
) -> Outcome:
    outcome, lags = Outcome(), _lags(brands)
    outcome.current = len(brands) - sum(len(group) for group in lags.values())
    for (have, _digest), group in lags.items():
        _migrate_group(group, have, outcome, Patience(lock_timeout, tries or TRIES), progress)
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
    group: list[Brand],
    have: Applied,
    outcome: Outcome,
    patience: Patience,
    progress: Callable[[str, str], None],
) -> None:
    """Migrate brands that have had the same; `have` are those migrations."""
    ddl: str | None = None
    expected = ""
    for brand in group:
        progress(brand.slug, "replay" if ddl else "migrate")
        try:
            result, captured = _migrate_one(brand, have, ddl, expected, patience)
        except (DatabaseError, schemas.SchemaDiffers, blueprint.NotReplayable) as error:
            outcome.failed[brand.slug] = str(error).strip().splitlines()[0]
            _note_failure(brand, outcome.failed[brand.slug])
            continue
        ddl, expected = (captured, result) if ddl is None and captured else (ddl, expected)
        outcome.migrated.append(brand.slug)


def _migrate_one(
    brand: Brand, have: Applied, ddl: str | None, expected: str, patience: Patience
) -> tuple[str, str]:
    """Migrate one schema and note it, all or nothing; returns its fingerprint and the SQL for the others."""
    for turn in range(patience.tries):
        try:
            with transaction.atomic():
                _take_turn(brand)
                fits = ddl if ddl and _still(brand, have) else None
                captured = _change(brand, fits, patience.lock_timeout)
                known = "" if expected else _recorded(brand)
                result = _settle(brand, expected or known, DRIFTED if known else DIFFERS)
        except OperationalError:  # somebody held a lock for longer than lock_timeout
            if turn + 1 == patience.tries:
                raise
            time.sleep(0.2 * 2**turn)
        else:
            return result, captured
    raise AssertionError("unreachable")


def _take_turn(brand: Brand) -> None:
    """Wait until nobody else changes or compares this schema; until the transaction ends."""
    with Bound(LABOUR), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [FLEET_LOCK, brand.number])


def _still(brand: Brand, have: Applied) -> bool:
    """Tell whether the schema has had what the scan found: a run beside this one may have been faster."""
    applied = scan([brand.schema_name]).get(brand.schema_name, frozenset())
    return {key for key in applied if key[0] in labels("TENANT_APPS")} <= have


def _recorded(brand: Brand) -> str:
    """Return the fingerprint that today's migrations left in the schema before; "" when they were not run.

    So a schema that somebody changed by hand is not taken for well by migrating it again.
    """
    with Bound(LABOUR):
        known = SchemaState.objects.filter(brand=brand, digest=blueprint.digest()).first()
    return known.fingerprint if known else ""


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


def _settle(brand: Brand, expected: str, words: str) -> str:
    """Start new sequences, revoke, compare, and note that the schema is current."""
    schemas.start_ids(brand.schema_name, first_id=brand.number * schemas.IDS_PER_SCHEMA)
    rights.apply_brand(brand.schema_name, brand.role_name)
    result = fingerprint(brand.schema_name, brand.role_name)
    if expected and result != expected:
        raise schemas.SchemaDiffers(words)
    values = {
        "digest": blueprint.digest(),
        "fingerprint": result,
        "state": FleetState.CURRENT,
        "error": "",
        "migrated_at": Now(),
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
