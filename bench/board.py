"""The operator's list at 300 clients: health, waits and service level of each, from public tallies.

The clients are rows of the labour plane that are taken back: no schema is entered, nobody else sees them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actor import Actor, Seat
from accounts.choices import Role
from bench.harness import Row, quantile, row, timed
from core import clock
from core.ids import new_ref
from desk.floor.clients import clients_now
from routing.models import QueuePlan, QueueTally, WorkItem
from tenants import cards
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.scope import labour_scope

CLIENTS, QUEUES, WAITING, QUARTERS = 300, 3, 2, 40
TIMES, LIMIT_MS = 40, 500
QUARTER = timedelta(minutes=15)
FIRST = 80_000
"""Numbers and ids that no client has."""


def board_row() -> Row:
    """Take the time from the call until the values of the page are there."""
    now = clock.now()
    actor = Actor(0, "bench@example.com", "Bench", memberships=(Seat(None, Role.OPERATOR),))
    with town(now):
        seen = len(clients_now(actor, now=now))
        taken = timed(lambda: clients_now(actor, now=now), TIMES)
    worst = 1000 * quantile(taken, 0.95)
    return row(
        "reporting", "board_300_p95", worst, "ms", target=f"<= {LIMIT_MS} ms", holds=worst <= LIMIT_MS,
        detail=f"health, waits and service level of {seen} clients with {QUEUES} queues each, {QUARTERS} "
        f"quarters of an hour of today and {WAITING} who wait in each; {TIMES} times",
    )  # fmt: skip


@contextmanager
def town(now: datetime) -> Iterator[None]:
    """Clients, their queues, tallies of today and who waits; all of it is undone."""
    try:
        with labour_scope(), transaction.atomic():
            brands = Brand.objects.bulk_create(map(_brand, range(CLIENTS)))
            plans = [_plan(brand, n) for brand in brands for n in range(QUEUES)]
            QueuePlan.objects.bulk_create(plans)
            QueueTally.objects.bulk_create(_tally(plan, now, n) for plan in plans for n in range(QUARTERS))
            WorkItem.objects.bulk_create(_item(plan, now) for plan in plans for _ in range(WAITING))
            cards.changed()
            yield
            transaction.set_rollback(True)
    finally:
        cards.changed()


def _brand(n: int) -> Brand:
    name = f"bench_{n}"
    return Brand(
        slug=f"bench-{n}", name=f"Bench {n}", number=FIRST + n, schema_name=name, role_name=name,
        state=BrandState.LIVE, timezone="Europe/Berlin",
    )  # fmt: skip


def _plan(brand: Brand, n: int) -> QueuePlan:
    return QueuePlan(
        brand_id=brand.pk, queue_id=brand.number * 10**11 + n, label=f"Queue {n}", channel="webchat",
        target_seconds=20,
    )  # fmt: skip


def _tally(plan: QueuePlan, now: datetime, n: int) -> QueueTally:
    return QueueTally(
        brand_id=plan.brand_id, queue_id=plan.queue_id, channel=plan.channel, offered=9,
        interval_start=now - QUARTER * n, answered=8, in_target=7, abandoned=1, short_abandoned=0,
        flow_out=0, handled=8, wait_seconds=80, handle_seconds=2400,
    )  # fmt: skip


def _item(plan: QueuePlan, now: datetime) -> WorkItem:
    return WorkItem(
        ref=new_ref(now), brand_id=plan.brand_id, queue_id=plan.queue_id, interaction_ref=new_ref(now),
        channel=plan.channel, order_key=now, due_at=now, target_seconds=20, offer_seconds=30, units=34,
        enqueued_at=now,
    )  # fmt: skip
