"""Reading the tables into what the matcher looks at."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from routing.choices import ItemState, OfferState
from routing.lines import Route, Seat, Waiting
from routing.models import AgentCapacity, Decision, PoolMember, PoolQueue
from routing.querysets import ABSENT_SECONDS
from routing.shares import WINDOW, Key, Shares
from routing.writes import Run, ensure_capacity
from tenants.scope import labour_scope
from workforce.queries import ready_agents
from workforce.values import ReadyAgent

_Found = tuple[int, Route]  # the brand of a queue, and the way to it

COLUMNS = f"""
SELECT i.id, i.version, i.brand_id, i.queue_id, i.order_key, i.enqueued_at, i.units, i.requirement::text,
  i.last_agent_id, p.prefer_seconds, i.excluded::text, i.interaction_ref, i.state, i.waits, i.absent_since,
  o.expires_at, coalesce(i.requeued_at, i.enqueued_at)
FROM routing_workitem i
LEFT JOIN routing_queueplan p ON p.queue_id = i.queue_id
LEFT JOIN routing_offer o ON o.work_item_id = i.id AND o.state = '{OfferState.PENDING}'
"""  # noqa: S608
ONE_BY_ONE = COLUMNS + "WHERE i.id = ANY(%(ids)s::bigint[])"
ALL_WAITING = COLUMNS + f"WHERE i.state IN ('{ItemState.QUEUED}', '{ItemState.OFFERED}')"


@dataclass(frozen=True, slots=True)
class Entry:
    """A work item as the leader knows it. `absent_at`: from when on its customer counts as gone."""

    item: Waiting
    state: str = ItemState.QUEUED
    absent_at: datetime | None = None
    rings_until: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether it is in the line, offered or not."""
        return self.state in {ItemState.QUEUED, ItemState.OFFERED}

    def is_open(self, now: datetime) -> bool:
        """Whether it may be offered now."""
        return self.state == ItemState.QUEUED and (self.absent_at is None or now < self.absent_at)


def load_items(run: Run, ids: Iterable[int]) -> list[Entry]:
    """Read these items, whatever their state; those that are gone are missing."""
    return [_entry(row) for row in run(ONE_BY_ONE, {"ids": list(ids)})]


def load_waiting(run: Run) -> list[Entry]:
    """Read every item that is queued or offered."""
    return [_entry(row) for row in run(ALL_WAITING, {})]


def load_seats(now: datetime, *, agent_id: int | None = None, pool_id: int | None = None) -> dict[int, Seat]:
    """Read who may be asked now, or whether this one may."""
    with labour_scope():
        ready = ready_agents(now, agent_id=agent_id)
        ids = [agent.agent_id for agent in ready]
        loads = _loads(ids)
        routes = _routes(ids, now, pool_id)
    return {
        agent.agent_id: seat
        for agent in ready
        if (seat := _seat(agent, loads[agent.agent_id], routes.get(agent.agent_id, {}))).queues
    }


def load_shares(now: datetime) -> Shares:
    """Read the agreed minimum shares, and the balance of the last 15 minutes from the decisions."""
    shares = Shares()
    with labour_scope():
        agreed = PoolQueue.objects.filter(min_share__isnull=False)
        for pool_id, brand_id, share in agreed.values_list("pool_id", "plan__brand_id", "min_share"):
            key: Key = (pool_id, brand_id)
            shares.minimum[key] = max(share or 0, shares.minimum.get(key, 0))
        recent = Decision.objects.filter(at__gt=now - WINDOW, at__lte=now).order_by("at", "pk")
        for at, pool, brand, waiting in recent.values_list("at", "pool_id", "brand_id", "waiting"):
            shares.note(at, pool_id=pool, served=brand, waiting=waiting)
    return shares


def _entry(row: tuple[Any, ...]) -> Entry:
    requirement, refused = _json(row[7]), _json(row[10])
    last_agent_id, prefer_seconds, prefer_from = row[8], row[9], row[16]
    item = Waiting(
        id=row[0],
        version=row[1],
        brand_id=row[2],
        queue_id=row[3],
        order_key=row[4],
        enqueued_at=row[5],
        units=row[6],
        skills=requirement.get("skills", {}),
        last_agent_id=last_agent_id,
        prefer_until=prefer_from + timedelta(seconds=prefer_seconds or 0) if last_agent_id else None,
        refused={int(agent): datetime.fromisoformat(at) for agent, at in refused.items()},
        interaction_ref=UUID(str(row[11])),
    )
    waits, absent_since = row[13], row[14]
    absent_at = absent_since + timedelta(seconds=ABSENT_SECONDS) if absent_since and not waits else None
    return Entry(item, state=row[12], absent_at=absent_at, rings_until=row[15])


def _json(text: str) -> dict[str, Any]:
    return {} if text == "{}" else json.loads(text)


def _loads(agent_ids: list[int]) -> dict[int, AgentCapacity]:
    rows = AgentCapacity.objects.in_bulk(agent_ids)
    if missing := [agent_id for agent_id in agent_ids if agent_id not in rows]:
        ensure_capacity(missing)
        rows |= AgentCapacity.objects.in_bulk(missing)
    return rows


def _routes(agent_ids: list[int], now: datetime, pool_id: int | None) -> dict[int, dict[int, _Found]]:
    members = PoolMember.objects.valid(now).filter(agent_id__in=agent_ids)
    if pool_id is not None:
        members = members.filter(pool_id=pool_id)
    columns = ("agent_id", "pool__queues__plan_id", "pool__queues__plan__brand_id", "pool_id")
    numbers = ("pool__queues__rank", "pool__queues__delay_seconds")
    found: dict[int, dict[int, _Found]] = defaultdict(dict)
    rows = members.filter(pool__queues__isnull=False).values_list(*columns, *numbers)
    for agent_id, queue_id, brand_id, pool, rank, delay in rows:
        route = Route(pool, rank, delay)
        known = found[agent_id].get(queue_id)
        if known is None or (delay, rank) < (known[1].delay_seconds, known[1].rank):
            found[agent_id][queue_id] = (brand_id, route)
    return found


def _seat(agent: ReadyAgent, load: AgentCapacity, routes: Mapping[int, _Found]) -> Seat:
    return Seat(
        agent_id=agent.agent_id,
        used=load.used,
        cap=load.cap,
        idle_since=max(agent.since, load.freed_at or agent.since),
        queues={queue: route for queue, (brand, route) in routes.items() if brand in agent.brand_ids},
        skills=agent.skills,
    )
