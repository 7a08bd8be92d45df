"""Tenancy: what a change of scope costs, how fast a brand is claimed, how fast a spare is made.

Import it after `django.setup()`, on a migrated database (`DATABASE_URL`); the brands it makes are dropped
again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, transaction

from bench.harness import Paired, Row, alternate, quantile, row, timed
from core import clock
from tenants import actions, schemas
from tenants.cards import BrandCard, card_of
from tenants.checks import brand_models
from tenants.models import SpareSchema
from tenants.roles import owner_scope
from tenants.scope import system, tenant_scope

BLOCKS = 30
SWITCHES = 100
CLAIMS = 40
SPARES = 6
CLAIM_TARGET_MS = 50
SWITCH_TARGET = 2.5


def rows() -> list[Row]:
    """Take all figures of the group."""
    found = [spare_row()]
    with brands() as (made, seconds):
        found.append(claim_row(seconds))
        found += switch_rows(made[0], made[1])
    return found


@contextmanager
def brands() -> Iterator[tuple[list[BrandCard], list[float]]]:
    """Claim CLAIMS brands from a full pool, one after the other; yields them and how long each took."""
    actions.refill_pool(CLAIMS)
    made: list[BrandCard] = []

    def claim() -> None:
        slug = f"bench-{len(made)}"
        made.append(card_of(actions.create_brand(slug=slug, name=slug, actor="bench", now=clock.now())))

    try:
        yield made, timed(claim, CLAIMS)
    finally:
        for card in made:
            actions.drop_brand(card.id, actor="bench", now=clock.now())


def claim_row(seconds: list[float]) -> Row:
    """The 95th percentile of create_brand with its commit; the floor is one bare INSERT with its commit."""
    with raw() as plain:
        statement = (
            "INSERT INTO tenants_auditrow (actor, verb, object, diff, reason) VALUES ('bench','x','','{}','')"
        )
        floor = quantile(timed(lambda: plain.execute(statement), CLAIMS), 0.95)
    value = quantile(seconds, 0.95)
    return row(
        "tenancy", "claim_p95", value * 1000, "ms", floor=floor * 1000, ratio=value / floor,
        target=f"<= {CLAIM_TARGET_MS} ms", holds=value * 1000 <= CLAIM_TARGET_MS,
        detail=f"{CLAIMS} claims, p50 {quantile(seconds, 0.5) * 1000:.1f} ms",
    )  # fmt: skip


def switch_rows(a: BrandCard, b: BrandCard) -> list[Row]:
    """A statement in a scope just entered, beside the same two statements over a bare connection."""
    grant = system("bench")
    turn = iter(range(10**9))

    def one_scope() -> None:
        with tenant_scope((a, b)[next(turn) % 2], grant), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()

    with raw() as plain:

        def one_floor() -> None:
            card = (a, b)[next(turn) % 2]
            plain.execute(
                "SELECT set_config('role', %s, false), set_config('search_path', %s, false),"
                " set_config('app.brand_id', %s, false)",
                [card.role_name, f'"{card.schema_name}", public', str(card.id)],
            )
            plain.execute("SELECT 1").fetchone()

        taken = blocks(one_scope, one_floor)
        same = blocks(one_floor, one_floor)
    return [switch_row("scope_switch", taken), switch_row("scope_switch_aa", same, aa=True)]


def blocks(subject: Callable[[], None], floor: Callable[[], None]) -> Paired:
    return alternate(lambda: timed(subject, SWITCHES), lambda: timed(floor, SWITCHES), blocks=BLOCKS)


def switch_row(name: str, taken: Paired, *, aa: bool = False) -> Row:
    value, floor = taken.quantile(0.5)
    ratio, low, high = taken.ratio()
    holds = low <= 1.1 and high >= 0.9 if aa else ratio <= SWITCH_TARGET
    target = "interval within 0.9 to 1.1" if aa else f"<= {SWITCH_TARGET} x floor"
    return row(
        "tenancy", name, value * 1e6, "us", floor=floor * 1e6, ratio=ratio, target=target, holds=holds,
        detail=f"interval {low:.2f} to {high:.2f}",
    )  # fmt: skip


def spare_row() -> Row:
    """Making one spare by replay, beside as many bare tables in one transaction."""
    before = SpareSchema.objects.count()
    taken = alternate(lambda: timed(schemas.build_spare, 1), bare_tables, blocks=SPARES)
    value, floor = taken.quantile(0.5)
    ratio, low, high = taken.ratio()
    return row(
        "tenancy", "spare_ms", value * 1000, "ms", floor=floor * 1000, ratio=ratio, target="",
        detail=f"interval {low:.2f} to {high:.2f}; pool had {before}",
    )  # fmt: skip


def bare_tables() -> list[float]:
    """Return how long one schema takes with as many tables as a brand has, of a key each, in one transaction."""
    count = len(brand_models()) + 1
    tables = ";".join(f"CREATE TABLE bench_floor_g.t{n} (id bigserial PRIMARY KEY)" for n in range(count))

    def create() -> None:
        with transaction.atomic(), owner_scope(), connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA bench_floor_g; {tables}")

    taken = timed(create, 1)
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA bench_floor_g CASCADE")
    return taken


@contextmanager
def raw() -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    """A bare connection of the same login."""
    known = connection.settings_dict
    with psycopg.connect(
        host=known["HOST"], port=known["PORT"] or None, user=known["USER"], password=known["PASSWORD"],
        dbname=known["NAME"], autocommit=True,
    ) as plain:  # fmt: skip
        yield plain
