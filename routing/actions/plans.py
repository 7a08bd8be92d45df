"""Who serves what: the numbers of queues, pools and their members."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any

from django.db import transaction

from interactions.values import QueueNumbers
from routing.actions.consulting import leave_place
from routing.actions.line import leave_line
from routing.actions.work import close_item
from routing.choices import Outcome, PoolKind
from routing.models import Pool, PoolMember, PoolQueue, QueuePlan, QueueTally, WorkItem
from routing.notices import wake
from routing.writes import ensure_capacity
from tenants.scope import labour_scope

EVERYBODY = "Everybody"
COLUMNS = (
    "brand_id", "version", "label", "channel", "target_seconds", "target_share", "offer_seconds",
    "wrap_up_seconds", "units", "strikes",
)  # fmt: skip
HOURS = ("openings", "closed_since", "closures")


def save_plans(numbers: Sequence[QueueNumbers]) -> None:
    """Take over queues' numbers; a queue that no pool serves yet is put into the shared one."""
    with labour_scope(), transaction.atomic(savepoint=False):
        QueuePlan.objects.bulk_create(
            [_plan(each) for each in numbers],
            update_conflicts=True, unique_fields=["queue_id"], update_fields=[*COLUMNS, *HOURS],
        )  # fmt: skip
        queue_ids = [each.queue_id for each in numbers]
        served = PoolQueue.objects.filter(plan_id__in=queue_ids).values_list("plan_id", flat=True)
        if fresh := sorted(set(queue_ids) - set(served)):
            pool = shared_pool()
            PoolQueue.objects.bulk_create([PoolQueue(pool=pool, plan_id=queue_id) for queue_id in fresh])
        wake(plans=True)


def _plan(numbers: QueueNumbers) -> QueuePlan:
    values = {name: getattr(numbers, name) for name in COLUMNS}
    return QueuePlan(queue_id=numbers.queue_id, **values, **_hours(numbers))


def _hours(numbers: QueueNumbers) -> dict[str, Any]:
    """Return instants as whole seconds since 1970: hours begin and end with a minute, closures may not."""
    openings = numbers.openings
    return {
        "openings": None if openings is None else [(_second(start), _second(end)) for start, end in openings],
        "closed_since": _second(numbers.closed_since),
        "closures": [
            (_second(start), _second(end), int(serves), int(helps))
            for start, end, serves, helps in numbers.closures
        ],
    }


def _second(instant: datetime | None) -> int | None:
    return None if instant is None else ceil(instant.timestamp())


def forget_brand(brand_id: int, *, now: datetime) -> None:
    """End what is offered or worked of a brand that is taken down, and remove its items, plans and pools."""
    with labour_scope(), transaction.atomic(savepoint=False):
        for item in WorkItem.objects.live().filter(brand_id=brand_id).order_by("pk"):
            leave_line(brand_id, item.interaction_ref, outcome=Outcome.CLOSED, now=now)
            close_item(brand_id, item.interaction_ref, now=now)
        for place in WorkItem.consults.live().filter(brand_id=brand_id).order_by("pk"):
            leave_place(brand_id, place.interaction_ref, place.ref, now=now)
        WorkItem.every.filter(brand_id=brand_id).delete()
        QueueTally.objects.filter(brand_id=brand_id).delete()
        QueuePlan.objects.filter(brand_id=brand_id).delete()
        Pool.objects.filter(brand_id=brand_id).delete()
        wake(plans=True)


def welcome(agent_ids: Sequence[int], *, now: datetime) -> None:
    """Put those who never were in any pool into the shared one; the leader looks at each of them again.

    Who was taken out of a pool stays out.
    """
    with labour_scope(), transaction.atomic(savepoint=False):
        known = (
            PoolMember.objects.filter(agent_id__in=agent_ids).values_list("agent_id", flat=True).distinct()
        )
        fresh = sorted(set(agent_ids) - set(known))
        if fresh:
            ensure_capacity(fresh)
            pool = shared_pool()
            PoolMember.objects.bulk_create(
                [PoolMember(pool=pool, agent_id=agent_id, valid_from=now) for agent_id in fresh],
                batch_size=1000,
            )
        wake(agents=agent_ids)


def shared_pool() -> Pool:
    """Return the pool that serves every queue nobody assigned otherwise."""
    shared = Pool.objects.filter(kind=PoolKind.SHARED, brand_id=None)
    if (pool := shared.first()) is None:
        Pool.objects.bulk_create([Pool(kind=PoolKind.SHARED, name=EVERYBODY)], ignore_conflicts=True)
        pool = shared.get()
    return pool
