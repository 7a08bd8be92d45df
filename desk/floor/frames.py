"""The frames of the floor: numbers, codes and instants. Words, zones and names are the page's.

`{"stream": "floor", "topic", "now", "agents": [[id, state, reason, next, since, used, cap, {brand: [talks,
wrap-ups, rings, holds that last too long]}, rests until], ...]}` or `{..., "queues": [[id, waiting, oldest,
offered, answered, in target, abandoned, ready], ...]}`; instants in milliseconds, null for none. The frames
around them are those of `routing.watching`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from desk.floor.topics import AGENTS, QUEUES
from desk.values import milliseconds
from routing.floor import AgentNow, QueueNow, agents_now, queues_now
from tenants.clients import served_clients
from workforce.ledger import day_bounds

STREAM = "floor"
Body = dict[str, Any]


def bodies(topics: Iterable[str], now: datetime) -> dict[str, Body]:
    """Return what each of the topics says now: what `routing.watching` sends of it."""
    wanted = sorted(topics)
    agents = agents_now(now) if any(topic.startswith(AGENTS) for topic in wanted) else []
    queues = queues_today(now) if any(topic.startswith(QUEUES) for topic in wanted) else []
    return {topic: body_of(topic, agents, queues) for topic in wanted}


def body_of(topic: str, agents: Iterable[AgentNow], queues: Iterable[QueueNow]) -> Body:
    """Cut one topic out of the whole. Pure."""
    part, _dot, whose = topic.partition(".")
    kind, number = whose[:1], int(whose[1:]) if whose[1:].isdecimal() else 0
    if part == QUEUES:
        found = [queue_row(one) for one in queues if whose == "all" or one.brand_id == number]
        return {"queues": found}
    brand = number if kind == "b" else None
    rows = [agent_row(one, brand) for one in agents if _is_of(one, whose, kind, number)]
    return {"agents": rows}


def queues_today(now: datetime) -> list[QueueNow]:
    """Read the queues with their figures of each brand's own day."""
    return queues_now(now, days=days_of(now))


def days_of(now: datetime) -> Mapping[int, datetime]:
    """When the day of each brand began, in its zone."""
    zones = {card.id: ZoneInfo(card.timezone) for card in served_clients()}
    return {brand_id: day_bounds(now.astimezone(zone).date(), zone)[0] for brand_id, zone in zones.items()}


def agent_row(one: AgentNow, brand: int | None) -> list[Any]:
    """`brand`: whose readers it is for; the work of others is not theirs to see."""
    work = {str(key): list(n) for key, n in sorted(one.work.items()) if brand in (None, key)}
    since, rests = milliseconds(one.since), milliseconds(one.rests_until) if one.rests_until else None
    return [one.agent_id, one.state, one.reason, one.following, since, one.used, one.cap, work, rests]


def queue_row(one: QueueNow) -> list[Any]:
    oldest = milliseconds(one.oldest_at) if one.oldest_at else None
    counts = [one.offered, one.answered, one.in_target, one.abandoned]
    return [one.queue_id, one.waiting, oldest, *map(int, counts), one.ready]


def _is_of(one: AgentNow, whose: str, kind: str, number: int) -> bool:
    if whose == "all":
        return True
    return number in one.brands if kind == "b" else one.team_id == number
