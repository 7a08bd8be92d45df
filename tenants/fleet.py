"""Brings every brand's schema up to today's migrations.

1. One scan says which schemas lack what.
2. For each kind of lag one schema, the canary, is migrated by Django while its SQL is captured.
3. The SQL is replayed in the others (`tenants.replay`), if they were as the canary was: each in a transaction
   of its own with a short lock time-out.
4. What it touched is compared with the canary's, and each schema noted in SchemaState.
What failed is behind at the next scan, so running it again resumes. Two runs at a time take turns in each
schema, and what the other one did is not done again.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from itertools import count
from typing import Any, TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from core.errors import NotFound
from tenants import blueprint, replay, rights, schemas
from tenants.audit import audit
from tenants.binding import LABOUR, Bound
from tenants.choices import BrandState, FleetState
from tenants.fingerprint import by_relation, fingerprint, fingerprints
from tenants.models import Brand, SchemaState
from tenants.replay import DIFFERS, FLEET_LOCK, Recipe
from tenants.roles import owner_scope
from tenants.router import labels

Done = TypeVar("Done")
Applied = frozenset[tuple[str, str]]
Progress = Callable[[str, str, int, int], None]
"""Told before each schema: the brand's short name, what is done, the how manieth it is, of how many."""
TRIES = 5
AT_ONCE = 10  # schemas in one statement; it holds a lock on each of their tables
BRIEF = "2s"
DRIFTED = "The schema is not as its migrations left it: somebody changed it by hand."


@dataclass(frozen=True)
class Way:
    """How to go about it: how long to wait for a table (PostgreSQL's words, `2s`), how often to begin again,
    how many schemas at a time, and whom to tell.
    """

    lock_timeout: str
    tries: int
    parallel: int
    tell: Callable[[str, str], None]

    def insist(self, work: Callable[[], Done]) -> Done:
        """Do the work in a transaction, and again when somebody held a lock for longer than lock_timeout."""
        for turn in range(self.tries):
            try:
                with transaction.atomic():
                    return work()
            except OperationalError:
                if turn + 1 == self.tries:
                    raise
                time.sleep(0.2 * 2**turn)
        raise AssertionError("unreachable")


@dataclass
class Outcome:
    """What a run did, as slugs; `failed`: with the server's or our words."""

    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    current: int = 0


def migrate_fleet(
    *,
    only: Collection[str] = (),
    lock_timeout: str = BRIEF,
    parallel: int = 1,
    progress: Progress = lambda slug, what, place, of: None,
) -> Outcome:
    """Migrate the schemas that are behind; one that fails is undone, noted and left for the next run.

    `only`: the brands of these short names, none for all. `parallel`: how many replays at a time, each over a
    connection of its own. Raises NotFound for a name that is no brand's.
    """
    brands = _brands(slug__in=only) if only else _brands()
    if only and len(brands) != len(set(only)):
        raise NotFound
    return _bring_up(brands, lock_timeout=lock_timeout, parallel=parallel, progress=progress)


def migrate_brand(brand_id: int, *, actor: str, now: datetime) -> str:
    """Migrate the schema of one brand and write down who asked; returns what went wrong, "" for nothing.

    Waits for a table no longer than two seconds, as somebody waits for the answer.

    Raises NotFound for a brand that is gone.
    """
    brands = _brands(pk=brand_id)
    if not brands:
        raise NotFound
    outcome = _bring_up(brands, lock_timeout=BRIEF, tries=1)
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
            with suppress(OperationalError):  # somebody keeps it locked: the next night looks again
                if words := _check_one(brand):
                    found[brand.slug] = words
    return found


def _suspects(brands: list[Brand]) -> list[Brand]:
    """Return those whose schema or note is not as it should be, and those that are locked: two statements."""
    taken = _found(brands, BRIEF)
    with Bound(LABOUR):
        well = SchemaState.objects.filter(brand__in=brands, state=FleetState.CURRENT)
        left = dict(well.values_list("brand_id", "fingerprint"))
    return [brand for brand in brands if taken.get(brand.schema_name, "") != left.get(brand.pk)]


def _check_one(brand: Brand) -> str:
    with transaction.atomic():
        _take_turn(brand)
        _wait_briefly(BRIEF)
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
    parallel: int = 1,
    progress: Progress = lambda slug, what, place, of: None,
) -> Outcome:
    outcome, lags = Outcome(), _lags(brands)
    behind = sum(len(group) for group in lags.values())
    outcome.current = len(brands) - behind
    place = count(1)

    def tell(slug: str, what: str) -> None:
        progress(slug, what, next(place), behind)

    way = Way(lock_timeout, tries or TRIES, parallel, tell)
    for (have, _digest), group in lags.items():
        _migrate_group(group, have, outcome, way)
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


def _migrate_group(group: list[Brand], have: Applied, outcome: Outcome, way: Way) -> None:
    """Migrate brands that have had the same; `have` are those migrations."""
    recipe: Recipe | None = None
    waiting = deque(group)
    while waiting and recipe is None:
        brand = waiting.popleft()
        way.tell(brand.slug, "migrate")
        recipe = _noted(brand, outcome, partial(_by_django, brand, have, way))
    if recipe:
        rest = list(waiting)
        chunks = [rest[start : start + AT_ONCE] for start in range(0, len(rest), AT_ONCE)]
        repeat = partial(_repeat, recipe=recipe, have=have, outcome=outcome, way=way)
        _each(chunks, repeat, parallel=way.parallel)


def _each(chunks: list[list[Brand]], work: Callable[[list[Brand]], None], *, parallel: int) -> None:
    """Do the work on each, in threads that give their connections back if several are to work at a time."""
    if parallel == 1:
        for chunk in chunks:
            work(chunk)
        return

    def apart(chunk: list[Brand]) -> None:
        try:
            work(chunk)
        finally:
            connection.close()

    with ThreadPoolExecutor(parallel) as pool:
        list(pool.map(apart, chunks))


def _repeat(brands: list[Brand], *, recipe: Recipe, have: Applied, outcome: Outcome, way: Way) -> None:
    """Replay the recipe in schemas that are as the first one was; one that is not is left to Django."""
    found = _found(brands, way.lock_timeout)
    for brand in brands:
        way.tell(brand.slug, "replay")
        alike = found.get(brand.schema_name) == recipe.before
        _noted(brand, outcome, partial(_replay if alike else _by_django, brand, have, way, recipe))


def _found(brands: Sequence[Brand], lock_timeout: str) -> dict[str, str]:
    """Return the fingerprints by schema, in one statement, without those that somebody keeps locked."""
    try:
        with transaction.atomic():
            _wait_briefly(lock_timeout)
            return fingerprints({brand.schema_name: brand.role_name for brand in brands})
    except OperationalError:
        if len(brands) == 1:
            return {}
    alone = [_found([brand], lock_timeout) for brand in brands]
    return {schema: found for one in alone for schema, found in one.items()}


def _noted(brand: Brand, outcome: Outcome, work: Callable[[], Recipe | None]) -> Recipe | None:
    """Do the work on one schema; what became of it stands in the outcome, and a failure in its row."""
    try:
        recipe = work()
    except (DatabaseError, schemas.SchemaDiffers, blueprint.NotReplayable) as error:
        outcome.failed[brand.slug] = str(error).strip().splitlines()[0]
        _note(brand, state=FleetState.FAILED, error=outcome.failed[brand.slug][:2000])
        return None
    outcome.migrated.append(brand.slug)
    return recipe


def _replay(brand: Brand, have: Applied, way: Way, recipe: Recipe) -> Recipe | None:
    """Replay the recipe in one schema and note it, all or nothing."""

    def work() -> Recipe | None:
        missing = sorted(_target() - have)
        if not replay.begin(brand, missing, lock_timeout=way.lock_timeout):
            return _migrated(brand, have, way, recipe)
        replay.put_into(brand, recipe)
        return recipe

    return way.insist(work)


def _by_django(brand: Brand, have: Applied, way: Way, recipe: Recipe | None = None) -> Recipe | None:
    """Let Django migrate one schema and note it, all or nothing; returns the recipe for the others.

    The result is compared with the recipe's, if there is one. None: the others are left to Django too.
    """
    return way.insist(partial(_migrated, brand, have, way, recipe))


def _migrated(brand: Brand, have: Applied, way: Way, recipe: Recipe | None) -> Recipe | None:
    schema, role = brand.schema_name, brand.role_name
    _take_turn(brand)
    _wait_briefly(way.lock_timeout)
    before, parts_before = fingerprint(schema, role), by_relation(schema, role)
    with owner_scope(schema):
        executor = MigrationExecutor(connection)
        plan = blueprint.pending(executor)
        with blueprint.captured(schema) as statements:
            blueprint.migrate(executor)
    sequences = schemas.start_ids(schema, first_id=brand.number * schemas.IDS_PER_SCHEMA)
    revoked = rights.apply_brand(schema, role)
    after, parts = fingerprint(schema, role), by_relation(schema, role)
    expected = recipe.after if recipe else _recorded(brand)
    if expected and after != expected:
        raise schemas.SchemaDiffers(DIFFERS if recipe else DRIFTED)
    _note(brand, digest=blueprint.digest(), fingerprint=after, state=FleetState.CURRENT, error="",
          migrated_at=Now())  # fmt: skip
    lacked = {(migration.app_label, migration.name) for migration, _ in plan}
    if lacked != _target() - have or not blueprint.is_replayable(plan):  # the former: a run beside this one
        return None
    touched = sorted(name for name in parts_before | parts if parts_before.get(name) != parts.get(name))
    touched_after = fingerprints({schema: role}, relations=touched)[schema]
    ddl = blueprint.as_batch(statements) if statements else ""
    return Recipe(before, after, ddl, sequences, revoked, touched, touched_after)


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


def _note(brand: Brand, **values: Any) -> None:
    with Bound(LABOUR):
        if not SchemaState.objects.filter(brand=brand).update(**values):
            SchemaState.objects.create(brand=brand, **values)


def _wait_briefly(lock_timeout: str) -> None:
    """Wait briefly for locks, but as long as it takes for the work itself; until the transaction ends."""
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', '0', true)",
            [lock_timeout],
        )
