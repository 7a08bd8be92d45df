"""Tenancy: what a change of scope costs, how fast a brand is claimed, how fast a spare is made.

Import it after `django.setup()`, on a migrated database (`DATABASE_URL`); the brands it makes are dropped
again.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from secrets import token_hex

import psycopg
from django.db import connection, transaction

from bench import machine, statements
from bench.harness import Paired, Row, a_a_row, alternate, ratio_row, row, sizes, timed
from bench.rig import Rig
from core import clock
from tenants import actions, schemas
from tenants.cards import BrandCard, card_of
from tenants.checks import brand_models
from tenants.models import SpareSchema
from tenants.roles import owner_scope
from tenants.scope import Grant, system, tenant_scope

SWITCH_BLOCKS, SWITCHES = 120, 100
CLAIM_BLOCKS, CLAIMS = 50, 4
SPARE_BLOCKS = 12
SETTLE_SECONDS = 5
CLAIM_LIMIT_MS = 50
SWITCH_LIMIT = 2.5
SWITCH = (
    "SELECT set_config('role', %s, false), set_config('search_path', %s, false),"
    " set_config('app.brand_id', %s, false)"
)
INSERT = "INSERT INTO tenants_auditrow (actor, verb, object, diff, reason) VALUES ('bench', '', '', '{}', '')"


def rows(rig: Rig) -> list[Row]:
    """Take all figures of the group."""
    found = [ratio_row("tenancy", "spare_made", spares(), detail="replay beside bare tables of one key each")]
    with raw() as plain, brands() as made:
        spent = Spent(rig)
        taken = claims(made, plain, spent)
        found.append(claim_row(taken, f"{spent.each(CLAIM_BLOCKS * CLAIMS)}; {said(rig, made)}"))
        switches = scopes(made[0], made[1], plain)
    return [
        ratio_row("tenancy", "scope_switch", switches, limit=SWITCH_LIMIT, detail=DETAIL),
        *found,
        a_a_row("tenancy", switches.floor),
    ]


DETAIL = "tenant_scope, cursor and `SELECT 1` of another brand each time, beside both statements bare"


def scopes(a: BrandCard, b: BrandCard, plain: "psycopg.Connection[tuple[object, ...]]") -> Paired:
    """A statement in a scope just entered, and the same two statements over a bare connection."""
    grant: Grant = system("bench")
    turn = iter(range(10**9))

    def scope() -> None:
        with tenant_scope((a, b)[next(turn) % 2], grant), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()

    def floor() -> None:
        card = (a, b)[next(turn) % 2]
        plain.execute(SWITCH, [card.role_name, f'"{card.schema_name}", public', str(card.id)])
        plain.execute("SELECT 1").fetchone()

    connection.ensure_connection()
    with beside([connection.connection.info.backend_pid, plain.info.backend_pid]):
        taken = alternate(
            lambda: timed(scope, SWITCHES), lambda: timed(floor, SWITCHES), blocks=SWITCH_BLOCKS
        )
    plain.execute("RESET ROLE")
    return taken


@contextmanager
def beside(servers: Sequence[int]) -> Iterator[None]:
    """Keep this process on one CPU and both servers' processes on another, where that may be set.

    Who shares a CPU with its client answers in a third of the time; chance would give that to one side.
    """
    cpus = sorted(os.sched_getaffinity(0))
    with suppress(OSError):
        os.sched_setaffinity(0, cpus[:1])
        for pid in servers:
            os.sched_setaffinity(pid, cpus[-1:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, cpus)


@contextmanager
def brands() -> Iterator[list[BrandCard]]:
    """Yield a list for the brands that are claimed; they are dropped after, the pool is full before."""
    actions.refill_pool(CLAIM_BLOCKS * CLAIMS + 1)
    time.sleep(SETTLE_SECONDS)  # a pool is full long before its brands come
    made: list[BrandCard] = []
    try:
        yield made
    finally:
        for card in made:
            actions.drop_brand(card.id, actor="bench", now=clock.now())


class Spent:
    """CPU seconds of this process and of PostgreSQL."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.here, self.postgres = rig, 0.0, 0.0

    def during(self, work: Callable[[], list[float]]) -> list[float]:
        here, postgres = time.process_time(), machine.cpu_seconds(self.rig.servers("postgres"))
        samples = work()
        self.here += time.process_time() - here
        self.postgres += machine.cpu_seconds(self.rig.servers("postgres")) - postgres
        return samples

    def each(self, times: int) -> str:
        here, postgres = (1000 * seconds / times for seconds in (self.here, self.postgres))
        return f"CPU-ms a claim: here {here:.2f}, postgres {postgres:.2f}"


def claims(made: list[BrandCard], plain: "psycopg.Connection[tuple[object, ...]]", spent: Spent) -> Paired:
    """create_brand with its commit, and one bare INSERT with its commit."""
    return alternate(
        lambda: spent.during(lambda: timed(lambda: claim(made), CLAIMS)),
        lambda: timed(lambda: plain.execute(INSERT), CLAIMS),
        blocks=CLAIM_BLOCKS,
    )


def claim(made: list[BrandCard]) -> None:
    slug = f"bench-{token_hex(6)}"
    made.append(card_of(actions.create_brand(slug=slug, name=slug, actor="bench", now=clock.now())))


def said(rig: Rig, made: list[BrandCard]) -> str:
    """Say how many statements a claim is; the idle stack's, in that moment, are among them."""
    with statements.logged(rig.boss_url, rig.statement_log) as tally:
        claim(made)
    return f"{tally.data} statements"


def claim_row(taken: Paired, cost: str) -> Row:
    value, floor = taken.quantile(0.95)
    ratio, low, high = taken.tails(0.95)
    middle = taken.quantile(0.5)[0] * 1000
    words = f"95 % interval of the ratio {low:.2f} to {high:.2f}; {sizes(taken)}"
    return row(
        "tenancy",
        "claim_p95",
        value * 1000,
        "ms",
        floor=floor * 1000,
        ratio=ratio,
        target=f"<= {CLAIM_LIMIT_MS} ms",
        holds=value * 1000 <= CLAIM_LIMIT_MS,
        detail=f"p50 {middle:.1f} ms; {words}; {cost}",
    )


def spares() -> Paired:
    """One spare by replay, and as many bare tables in one transaction; what is made joins the pool."""
    SpareSchema.objects.count()  # the connection is open
    return alternate(lambda: timed(schemas.build_spare, 1), bare_tables, blocks=SPARE_BLOCKS)


def bare_tables() -> list[float]:
    """Return how long one schema takes with as many tables as a brand has, of a key each."""
    schema = f"bench_{token_hex(4)}"
    count = len(brand_models()) + 1
    tables = ";".join(f"CREATE TABLE {schema}.t{n} (id bigserial PRIMARY KEY)" for n in range(count))

    def create() -> None:
        with transaction.atomic(), owner_scope(), connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {schema}; {tables}")

    taken = timed(create, 1)
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
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
