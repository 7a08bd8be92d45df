"""What the contracts of the queues say and how their periods stand: the prices that `penalty` orders by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from routing.choices import ItemState, Order
from routing.models import Pool, QueuePlan
from routing.penalty import Sofar, Terms, bounds_of, price_of_a_miss
from routing.writes import Run
from tenants.cards import card_by_id
from tenants.scope import labour_scope

SOFAR = f"""
WITH asked AS (
  SELECT * FROM unnest(%(queues)s::bigint[], %(since)s::timestamptz[]) AS asked (queue_id, since)
)
SELECT queue_id, count(*), count(*) FILTER (WHERE in_target) FROM (
  SELECT i.queue_id, i.answered_at <= i.due_at AS in_target
  FROM asked a JOIN routing_workitem i ON i.queue_id = a.queue_id AND i.answered_at >= a.since
  WHERE NOT i.is_test AND i.requeued_at IS NULL AND i.answered_at <= %(now)s::timestamptz
  UNION ALL
  SELECT i.queue_id, false
  FROM asked a JOIN routing_workitem i ON i.queue_id = a.queue_id
  WHERE NOT i.is_test AND i.requeued_at IS NULL AND i.due_at <= %(now)s::timestamptz
    AND i.state IN ('{ItemState.QUEUED}', '{ItemState.OFFERED}')
  UNION ALL
  SELECT i.queue_id, false
  FROM asked a JOIN routing_workitem i ON i.queue_id = a.queue_id AND i.ended_at >= a.since
  WHERE NOT i.is_test AND i.agent_id IS NULL AND i.answered_at IS NULL AND i.requeued_at IS NULL
    AND i.due_at <= i.ended_at
) decided GROUP BY queue_id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Contract:
    """A queue's terms, how its period stands now, and what one more late contact costs."""

    terms: Terms
    sofar: Sofar
    price: float


def costly_pools() -> frozenset[int]:
    """Return the pools whose order goes by contract."""
    with labour_scope():
        pools = Pool.objects.filter(order=Order.PENALTY, retired_at__isnull=True)
        return frozenset(pools.values_list("pk", flat=True))


def load_prices(run: Run, costly: Iterable[int | None], now: datetime) -> dict[int, float]:
    """Return what a late contact costs in each queue that these pools serve."""
    with labour_scope():
        served = QueuePlan.objects.filter(pools__pool_id__in=list(costly)).distinct()
        plans = list(served)
    return {queue_id: contract.price for queue_id, contract in load_contracts(run, plans, now).items()}


def load_contracts(run: Run, plans: Iterable[QueuePlan], now: datetime) -> Mapping[int, Contract]:
    """Read how the periods of these queues stand."""
    known = {plan.queue_id: terms_of(plan) for plan in plans}
    if not known:
        return {}
    zones = {plan.queue_id: _zone(plan.brand_id) for plan in plans}
    bounds = {queue: bounds_of(terms.window, now, zones[queue]) for queue, terms in known.items()}
    values = {"queues": list(known), "since": [bounds[queue][0] for queue in known], "now": now}
    counted = {queue: (decided, hit) for queue, decided, hit in run(SOFAR, values)}
    return {queue: _contract(known[queue], counted.get(queue, (0, 0)), bounds[queue], now) for queue in known}


def terms_of(plan: QueuePlan) -> Terms:
    steps = tuple((float(under), float(amount)) for under, amount in plan.credits)
    return Terms(plan.target_share, plan.period, steps)


def _contract(
    terms: Terms, counted: tuple[int, int], bounds: tuple[datetime, datetime], now: datetime
) -> Contract:
    passed = (now - bounds[0]).total_seconds() / (bounds[1] - bounds[0]).total_seconds()
    sofar = Sofar(*counted, passed)
    return Contract(terms, sofar, price_of_a_miss(terms, sofar))


def _zone(brand_id: int) -> ZoneInfo:
    card = card_by_id(brand_id)
    return ZoneInfo(card.timezone if card else "UTC")
