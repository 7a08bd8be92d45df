"""Brings every brand's schema up to today's migrations.

1. One scan says which schemas lack what.
2. For each kind of lag one schema, the canary, is migrated by Django while its SQL is captured.
3. The SQL is replayed in the others as one text, each in a transaction of its own with a short lock time-out.
4. Each result is compared with the canary's fingerprint, and noted in SchemaState.
What failed is behind at the next scan, so running it again resumes. Two runs at a time take turns in each
schema, and what the other one did is not done again.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import count
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
from tenants.fingerprint import fingerprint, fingerprints
from tenants.models import Brand, SchemaState
from tenants.roles import owner_scope
from tenants.router import labels

Applied = frozenset[tuple[str, str]]
Progress = Callable[[str, str, int, int], None]
"""Told before each schema: the brand's short name, what is done, the how manieth it is, of how many."""
TRIES = 5
AT_ONCE = 50
FLEET_LOCK = 7_261_003
BEGIN = """
SELECT pg_advisory_xact_lock(%s, %s);
SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', '0', true),
       set_config('plan_cache_mode', 'force_generic_plan', true);
SELECT EXISTS (
  SELECT FROM django_migrations WHERE (app, name) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
)
"""
DIFFERS = "The schema differs from the one that was migrated first."
DRIFTED = "The schema is not as its migrations left it: somebody changed it by hand."


@dataclass(frozen=True)
class Patience:
    """How long to wait for a table (PostgreSQL's words, `2s`), and how often to begin again."""

    lock_timeout: str
    tries: int


@dataclass(frozen=True)
class Recipe:
    """What the canary's migration came to, for the others of its kind.

    `ddl` as captured, "" when there was none to run; the `sequences` whose ids it started and the tables it
    took rights from (`revoked`), so that nobody looks for them again; the fingerprint that it led to.
    """

    ddl: str
    sequences: list[str]
    revoked: list[str]
    fingerprint: str

    def text(self, brand: Brand) -> str:
        """Return all of it as one text of SQL for that brand's schema."""
        ids = schemas.ids_from(self.sequences, first_id=brand.number * schemas.IDS_PER_SCHEMA)
        return f"{self.ddl}\n{ids}{rights.revoked(self.revoked, role=brand.role_name)}"


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
    progress: Progress = lambda slug, what, place, of: None,
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


def check_fleet(*, progress: Progress = lambda slug, what, place, of: None) -> dict[str, str]:
    """Compare the fingerprint of each current schema with the one that its migration left.

    A schema that differs is noted as failed; one that was noted so and is well again, as current. Returns
    {slug: what is wrong}.
    """
    found = {}
    brands = _brands(schema_state__digest=blueprint.digest())
    for start in range(0, len(brands), AT_ONCE):
        some = brands[start : start + AT_ONCE]
        for place, brand in enumerate(some, start + 1):
            progress(brand.slug, "compare", place, len(brands))
        for brand in _suspects(some):
            if words := _check_one(brand):
                found[brand.slug] = words
    return found


def _suspects(brands: list[Brand]) -> list[Brand]:
    """Return those whose schema or note is not as it should be; two statements. Nobody waits for them."""
    taken = fingerprints({brand.schema_name: brand.role_name for brand in brands})
    with Bound(LABOUR):
        well = SchemaState.objects.filter(brand__in=brands, state=FleetState.CURRENT)
        left = dict(well.values_list("brand_id", "fingerprint"))
    return [brand for brand in brands if taken.get(brand.schema_name, "") != left.get(brand.pk)]


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
    progress: Progress = lambda slug, what, place, of: None,
) -> Outcome:
    outcome, lags = Outcome(), _lags(brands)
    behind = sum(len(group) for group in lags.values())
    outcome.current = len(brands) - behind
    place = count(1)

    def tell(slug: str, what: str) -> None:
        progress(slug, what, next(place), behind)

    for (have, _digest), group in lags.items():
        _migrate_group(group, have, outcome, Patience(lock_timeout, tries or TRIES), tell)
    return outcome


def _lags(brands: list[Brand]) -> dict[tuple[Applied, str], list[Brand]]:
    """Group the brands that are behind by what they have."""
    target = _target()
    applied = scan([brand.schema_name for brand in brands])
    with Bound(LABOUR):
        digests = dict(SchemaState.objects.filter(state=FleetState.CURRENT).values_list("brand_id", "digest"))
    groups: dict[tuple[Applied, str], list[Brand]] = {}
    for brand in brands:
        have, digest = applied.get(brand.schema_name, frozenset()), digests.get(brand.pk, "")
        if not target <= have or digest != blueprint.digest():
            groups.setdefault((have & target, digest), []).append(brand)
    return groups


def _target() -> Applied:
    """Return the brand migrations on disk."""
    return frozenset(_nodes(blueprint.digest()))


@lru_cache(maxsize=1)
def _nodes(digest: str) -> list[tuple[str, str]]:
    return [key for key in MigrationLoader(None).graph.nodes if key[0] in labels("TENANT_APPS")]


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
    group: list[Brand], have: Applied, outcome: Outcome, patience: Patience, tell: Callable[[str, str], None]
) -> None:
    """Migrate brands that have had the same; `have` are those migrations."""
    recipe: Recipe | None = None
    for brand in group:
        tell(brand.slug, "replay" if recipe else "migrate")
        try:
            made = _migrate_one(brand, have, recipe, patience)
        except (DatabaseError, schemas.SchemaDiffers, blueprint.NotReplayable) as error:
            outcome.failed[brand.slug] = str(error).strip().splitlines()[0]
            _note_failure(brand, outcome.failed[brand.slug])
            continue
        recipe = recipe or made
        outcome.migrated.append(brand.slug)


def _migrate_one(brand: Brand, have: Applied, recipe: Recipe | None, patience: Patience) -> Recipe | None:
    """Migrate one schema and note it, all or nothing; returns the recipe for the others.

    None: they are migrated by Django too, as there is Python in it.
    """
    for turn in range(patience.tries):
        try:
            with transaction.atomic():
                if recipe and _begin(brand, have, patience.lock_timeout):
                    return _replay(brand, recipe)
                return _by_django(brand, have, recipe, patience.lock_timeout)
        except OperationalError:  # somebody held a lock for longer than lock_timeout
            if turn + 1 == patience.tries:
                raise
            time.sleep(0.2 * 2**turn)
    raise AssertionError("unreachable")


def _begin(brand: Brand, have: Applied, lock_timeout: str) -> bool:
    """Take the turn, wait briefly from here on; tell whether the schema lacks what the scan found.

    It has more when a run beside this one was faster. One message to the server.
    """
    missing = sorted(_target() - have)
    apps, names = [app for app, _ in missing], [name for _, name in missing]
    with owner_scope(brand.schema_name), connection.cursor() as cursor:
        cursor.execute(BEGIN, [FLEET_LOCK, brand.number, lock_timeout, apps, names])
        while cursor.nextset():
            pass
        return not cursor.fetchone()[0]


def _replay(brand: Brand, recipe: Recipe) -> Recipe:
    if text := recipe.text(brand).strip():
        with owner_scope(brand.schema_name), connection.cursor() as cursor:
            cursor.execute(text)
    if fingerprint(brand.schema_name, brand.role_name) != recipe.fingerprint:
        raise schemas.SchemaDiffers(DIFFERS)
    _note_success(brand, recipe.fingerprint)
    return recipe


def _by_django(brand: Brand, have: Applied, recipe: Recipe | None, lock_timeout: str) -> Recipe | None:
    """Let Django migrate the schema; the result is compared with the recipe's, if there is one already."""
    schema = brand.schema_name
    _take_turn(brand)
    with owner_scope(schema), _patient(lock_timeout):
        plan = blueprint.pending(MigrationExecutor(connection))
        with blueprint.captured(schema) as statements:
            blueprint.migrate()
    sequences = schemas.start_ids(schema, first_id=brand.number * schemas.IDS_PER_SCHEMA)
    revoked = rights.apply_brand(schema, brand.role_name)
    result = fingerprint(schema, brand.role_name)
    expected = recipe.fingerprint if recipe else _recorded(brand)
    if expected and result != expected:
        raise schemas.SchemaDiffers(DIFFERS if recipe else DRIFTED)
    _note_success(brand, result)
    lacked = {(migration.app_label, migration.name) for migration, _ in plan}
    if lacked != _target() - have or not blueprint.is_replayable(plan):  # the former: a run beside this one
        return None
    return Recipe(blueprint.as_batch(statements), sequences, revoked, result)


def _take_turn(brand: Brand) -> None:
    """Wait until nobody else changes or compares this schema; until the transaction ends."""
    with Bound(LABOUR), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [FLEET_LOCK, brand.number])


def _recorded(brand: Brand) -> str:
    """Return the fingerprint that today's migrations left in the schema before; "" when they were not run.

    So a schema that somebody changed by hand is not taken for well by migrating it again.
    """
    with Bound(LABOUR):
        known = SchemaState.objects.filter(brand=brand, digest=blueprint.digest()).first()
    return known.fingerprint if known else ""


def _note_success(brand: Brand, result: str) -> None:
    _note(brand, digest=blueprint.digest(), fingerprint=result, state=FleetState.CURRENT, error="",
          migrated_at=Now())  # fmt: skip


def _note_failure(brand: Brand, error: str) -> None:
    _note(brand, state=FleetState.FAILED, error=error[:2000])


def _note(brand: Brand, **values: Any) -> None:
    with Bound(LABOUR):
        if not SchemaState.objects.filter(brand=brand).update(**values):
            SchemaState.objects.create(brand=brand, **values)


@contextmanager
def _patient(lock_timeout: str) -> Iterator[None]:
    """Wait briefly for locks, but as long as it takes for the work itself; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', '0', true)",
            [lock_timeout],
        )
    yield
