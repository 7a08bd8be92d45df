"""Making offers: one guarded statement for a batch, whoever matched it and however stale their memory was.

An offer comes about when the item is still queued at the version that was matched, its customer is there,
the agent is available, connected or about to be back from a reload, seated, certified and in a pool of the
queue or of one that may help it out, its units fit, no limit of the agent's is reached and nothing they are
on bars it. Whom a colleague hands it to, or asks, need be in no pool of the queue, nor the customer be there.
An agent once a batch: what is meant for them beside the first is dropped. Then offer, item, capacity,
decision and event change together. Rows that another transaction holds are passed over, not waited for: a
writer never blocks and takes part in no deadlock. What was dropped is matched again (the other's commit wakes
the leader). Two leaders cost a dropped pair, never a second offer.

What is read of a pair goes along from step to step, and each step is joined by the agent: whatever the
planner takes a step for, mostly a single row, no two of them are multiplied with each other.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.choices import MembershipState, Role
from core.ids import new_ref
from routing.choices import ItemState, OfferState, Why
from routing.lines import Route, Seat, Waiting
from routing.live import announce_offer
from routing.match import Pair
from routing.models import AgentCapacity, Offer, WorkItem
from routing.notices import wake
from routing.overflow import HELPER_RANK
from routing.querysets import ABSENT_SECONDS
from routing.values import Made
from tenants.scope import labour_scope
from workforce.actions.presence import RELOAD_SECONDS
from workforce.choices import Availability

Run = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

TAKES = """least(100, greatest(1, ceil({of}.units * coalesce((
    SELECT l.weight FROM routing_agentlimit l
    WHERE l.agent_id = {agent} AND l.weight IS NOT NULL
      AND (l.brand_id = {of}.brand_id OR l.channel = {of}.channel)
    ORDER BY l.brand_id LIMIT 1), 100) / 100.0)))::int"""
"""The units that one of `of` takes of the agent, by their weights: a brand's before its channel's."""

WRITE = f"""
WITH wanted AS (
  SELECT DISTINCT ON (w.agent_id) * FROM unnest(
    %(items)s::bigint[], %(versions)s::int[], %(agents)s::bigint[], %(pools)s::bigint[], %(refs)s::uuid[],
    %(events)s::uuid[], %(whys)s::text[], %(counts)s::int[], %(waiting)s::text[], %(details)s::text[]
  ) WITH ORDINALITY
    AS w (item_id, version, agent_id, pool_id, ref, event_ref, why, candidates, waiting, detail, place)
  ORDER BY w.agent_id, w.place
),
item AS (
  SELECT w.*, i.id, i.brand_id, i.queue_id, i.interaction_ref, i.channel, i.units, i.offer_seconds, i.is_test,
    i.beside
  FROM routing_workitem i JOIN wanted w ON w.item_id = i.id
  WHERE i.state = '{ItemState.QUEUED}' AND i.version = w.version
    AND (i.waits OR i.absent_since IS NULL OR w.why IN ('{Why.HANDED}', '{Why.CONSULT}')
         OR i.absent_since > %(now)s::timestamptz - interval '{ABSENT_SECONDS} s')
  ORDER BY i.id
  FOR UPDATE OF i SKIP LOCKED
),
seat AS (
  SELECT c.agent_id, c.used, c.cap, c.held
  FROM routing_agentcapacity c
  WHERE c.agent_id IN (SELECT agent_id FROM item)
  ORDER BY c.agent_id
  FOR UPDATE OF c SKIP LOCKED
),
ready AS (
  SELECT s.agent_id
  FROM workforce_agentstate s
  WHERE s.agent_id IN (SELECT agent_id FROM seat)
    AND s.availability = '{Availability.AVAILABLE}' AND s.next_availability = '' AND s.connected
    AND (s.lost_at IS NULL OR s.lost_at > %(now)s::timestamptz - interval '{RELOAD_SECONDS} s')
  ORDER BY s.agent_id
  FOR SHARE OF s SKIP LOCKED
),
fit AS (
  SELECT i.ref, i.event_ref, i.why, i.candidates, i.waiting, i.detail, i.agent_id, pool.pool_id, i.id,
    i.brand_id, i.queue_id, i.interaction_ref, i.channel, takes.units, i.offer_seconds, i.is_test, i.beside
  FROM item i
  JOIN seat ON seat.agent_id = i.agent_id
  JOIN ready ON ready.agent_id = i.agent_id
  CROSS JOIN LATERAL (SELECT {TAKES.format(agent="i.agent_id", of="i")} AS units) takes
  LEFT JOIN LATERAL (
    SELECT m.pool_id
    FROM routing_poolmember m JOIN (
      SELECT q.pool_id, q.rank FROM routing_poolqueue q WHERE q.queue_id = i.queue_id
      UNION ALL
      SELECT o.pool_id, {HELPER_RANK} FROM routing_overflow o
      WHERE o.queue_id = i.queue_id AND o.pool_id IS NOT NULL AND o.removed_at IS NULL
      UNION ALL
      SELECT q.pool_id, {HELPER_RANK}
      FROM routing_overflow o JOIN routing_poolqueue q ON q.queue_id = o.helper_queue_id
      WHERE o.queue_id = i.queue_id AND o.removed_at IS NULL
    ) q ON q.pool_id = m.pool_id
    WHERE m.agent_id = i.agent_id AND m.valid_from <= %(now)s::timestamptz
      AND (m.valid_until IS NULL OR m.valid_until > %(now)s::timestamptz)
    ORDER BY m.pool_id IS NOT DISTINCT FROM i.pool_id DESC, q.rank, m.pool_id
    LIMIT 1) pool ON true
  WHERE (pool.pool_id IS NOT NULL OR i.why IN ('{Why.HANDED}', '{Why.CONSULT}'))
    AND seat.used + takes.units <= seat.cap
    AND NOT EXISTS (
      SELECT FROM routing_agentlimit l
      WHERE l.agent_id = i.agent_id AND (l.channel = i.channel OR l.brand_id = i.brand_id)
        AND coalesce((seat.held->>coalesce('b' || l.brand_id, l.channel))::int, 0) >= l.at_once)
    AND NOT EXISTS (
      SELECT FROM routing_channelbar b
      WHERE b.asked = i.channel AND coalesce((seat.held->>b.doing)::int, 0) > 0)
    AND EXISTS (
      SELECT FROM accounts_membership m
      WHERE m.user_id = i.agent_id AND m.brand_id = i.brand_id AND m.role = '{Role.AGENT}'
        AND m.state = '{MembershipState.ACTIVE}'
        AND (m.valid_until IS NULL OR m.valid_until > %(now)s::timestamptz))
    AND EXISTS (
      SELECT FROM workforce_certification c
      WHERE c.agent_id = i.agent_id AND c.brand_id = i.brand_id AND c.valid_from <= %(now)s::timestamptz
        AND (c.valid_until IS NULL OR c.valid_until > %(now)s::timestamptz))
),
made AS (
  INSERT INTO routing_offer (ref, work_item_id, brand_id, queue_id, channel, agent_id, pool_id, units, state,
    made_at, expires_at, reason, explanation)
  SELECT ref, id, brand_id, queue_id, channel, agent_id, pool_id, units, '{OfferState.PENDING}',
    %(now)s::timestamptz, %(now)s::timestamptz + make_interval(secs => offer_seconds), '',
    jsonb_build_object('why', why, 'candidates', candidates)
  FROM fit
  ON CONFLICT (work_item_id) WHERE state IN ('{OfferState.PENDING}', '{OfferState.ACCEPTED}') DO NOTHING
  RETURNING ref, work_item_id, agent_id, units, expires_at
),
marked AS (
  UPDATE routing_workitem i SET state = '{ItemState.OFFERED}', version = version + 1
  FROM made WHERE i.id = made.work_item_id
),
charged AS (
  UPDATE routing_agentcapacity c SET used = c.used + f.units, held = c.held || jsonb_build_object(
    f.channel, coalesce((c.held->>f.channel)::int, 0) + 1,
    'b' || f.brand_id, coalesce((c.held->>('b' || f.brand_id))::int, 0) + 1)
  FROM made JOIN fit f ON f.ref = made.ref WHERE c.agent_id = made.agent_id
),
decided AS (
  INSERT INTO routing_decision (at, work_item_id, brand_id, agent_id, pool_id, why, candidates, waiting,
    detail)
  SELECT %(now)s::timestamptz, f.id, f.brand_id, f.agent_id, f.pool_id, f.why, f.candidates,
    f.waiting::jsonb, f.detail::jsonb
  FROM fit f JOIN made ON made.ref = f.ref
),
told AS (
  INSERT INTO tenants_labourevent (ref, brand_id, v, occurred_at, kind, interaction_ref, actor_kind, is_test,
    data)
  SELECT f.event_ref, f.brand_id, 1, %(now)s::timestamptz, 'offer.made', f.interaction_ref, 'system',
    f.is_test, jsonb_build_object('offer', f.ref, 'agent_id', f.agent_id, 'queue_id', f.queue_id,
      'channel', f.channel, 'seconds', f.offer_seconds)
    || CASE WHEN f.beside THEN jsonb_build_object('consult', true) ELSE jsonb_build_object() END
  FROM fit f JOIN made ON made.ref = f.ref
)
SELECT made.ref, made.work_item_id, made.agent_id, f.brand_id, f.queue_id, f.interaction_ref, made.units,
  made.expires_at
FROM made JOIN fit f ON f.ref = made.ref
"""  # noqa: S608


def write(pairs: Sequence[Pair], *, now: datetime, run: Run) -> list[Made]:
    """Make the offers that are still right, in one statement; `run` executes it and fetches all.

    Those that came about, in the order of `pairs`: the statement joins by references and gives no order.
    """
    if not pairs:
        return []
    places = {pair.item.id: place for place, pair in enumerate(pairs)}
    made = [Made(*row) for row in run(WRITE, _arrays(pairs, now))]
    return sorted(made, key=lambda offer: places[offer.item_id])


def run_here(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute on this thread's own connection, in the labour scope, part of the caller's transaction."""
    with labour_scope(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def offer_to(item_id: int, agent_id: int, *, why: Why = Why.DIRECT, now: datetime) -> Offer | None:
    """Put the item before this agent if every guard allows; None when it does not."""
    with labour_scope(), transaction.atomic():
        item = WorkItem.every.filter(pk=item_id).first()
        if item is None:
            return None
        ensure_capacity([agent_id])
        made = write([_direct(item, agent_id, why, now)], now=now, run=run_here)
        if not made:
            return None
        wake(items=[item_id], units=[agent_id])
        announce_offer(agent_id, ref=made[0].ref, brand_id=item.brand_id)
        return Offer.objects.get(ref=made[0].ref)


def ensure_capacity(agent_ids: Sequence[int]) -> None:
    """Give a capacity row to those who have none yet."""
    rows = [AgentCapacity(agent_id=agent_id) for agent_id in agent_ids]
    AgentCapacity.objects.bulk_create(rows, ignore_conflicts=True)


def _direct(item: WorkItem, agent_id: int, why: Why, now: datetime) -> Pair:
    waiting = Waiting(
        item.pk,
        item.version,
        item.brand_id,
        item.queue_id,
        item.order_key,
        item.enqueued_at,
        item.units,
        item.channel,
    )
    seat = Seat(agent_id, used=0, cap=100, idle_since=now, queues={item.queue_id: Route(None)})
    return Pair(waiting, seat, pool_id=None, why=why, waiting=frozenset({item.brand_id}))


def _arrays(pairs: Sequence[Pair], now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "items": [pair.item.id for pair in pairs],
        "versions": [pair.item.version for pair in pairs],
        "agents": [pair.seat.agent_id for pair in pairs],
        "pools": [pair.pool_id for pair in pairs],
        "refs": [new_ref(now) for _ in pairs],
        "events": [new_ref(now) for _ in pairs],
        "whys": [str(pair.why) for pair in pairs],
        "counts": [pair.candidates for pair in pairs],
        "waiting": [json.dumps(sorted(pair.waiting)) for pair in pairs],
        "details": [_detail(pair) for pair in pairs],
    }


def _detail(pair: Pair) -> str:
    others = [[seat.agent_id, seat.used, seat.idle_since.isoformat()] for seat in pair.others]
    seat, need = pair.seat, pair.item.need
    return json.dumps(
        {
            "fair": pair.fair,
            "used": seat.used,
            "idle_since": seat.idle_since.isoformat(),
            "others": others,
            **({"need": need.text, "stage": pair.stage} if need else {}),
            **({"overflow": sorted(pair.gates)} if pair.gates else {}),
            **({"arm": pair.arm} if pair.arm else {}),
            **({"scores": pair.scores} if pair.scores else {}),
            **({"cost": round(pair.cost, 6)} if pair.cost is not None else {}),
            **({"by": pair.by} if pair.by else {}),
        }
    )
