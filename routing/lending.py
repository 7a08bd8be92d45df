"""Who could be lent to a pool, and who is: what the operators' screens show of loans."""

from dataclasses import dataclass
from datetime import datetime

from routing.models import AgentCapacity, Pool, PoolMember, PoolQueue
from tenants.cards import card_by_id
from tenants.scope import labour_scope
from workforce.models import Agent
from workforce.queries import ready_agents

SHOWN = 30


@dataclass(frozen=True)
class Candidate:
    """Somebody of the pool that lends who is available now. `clients`: of the pool, whom they may serve."""

    agent_id: int
    name: str
    number: str
    idle_since: datetime
    is_busy: bool
    clients: tuple[str, ...]


@dataclass(frozen=True)
class Loan:
    """Somebody who is lent. `other`: the pool at the other end, seen from the page it stands on."""

    member_id: int
    agent_id: int
    name: str
    other: str
    until: datetime


def candidates(pool_id: int, from_pool_id: int, now: datetime) -> list[Candidate]:
    """Return who can be lent to the pool, in the order in which they are proposed.

    Certified for the most of the pool's clients first, then those without work, longest idle first. Who may
    serve none of them, is there already or is lent themselves is no candidate.
    """
    with labour_scope():
        wanted = _clients(pool_id)
        there = PoolMember.objects.valid(now).filter(pool_id=pool_id).values("agent_id")
        own = PoolMember.objects.valid(now).filter(pool_id=from_pool_id, lent_from__isnull=True)
        ids = set(own.exclude(agent_id__in=there).values_list("agent_id", flat=True))
        ready = [one for one in ready_agents(now) if one.agent_id in ids and wanted & one.brand_ids]
        loads = AgentCapacity.objects.in_bulk([one.agent_id for one in ready])
        people = Agent.objects.select_related("user").in_bulk([one.agent_id for one in ready])
    found = []
    for one in ready:
        load, person = loads.get(one.agent_id) or AgentCapacity(), people[one.agent_id]
        idle = max(one.since, load.freed_at or one.since)
        names = sorted(card.name for pk in wanted & one.brand_ids if (card := card_by_id(pk)))
        found.append(
            Candidate(one.agent_id, person.user.name, person.employee_no, idle, load.used > 0, tuple(names))
        )
    return sorted(found, key=lambda one: (-len(one.clients), one.is_busy, one.idle_since, one.agent_id))[
        :SHOWN
    ]


def lent_to(pool_id: int, now: datetime) -> list[Loan]:
    """Return who is lent to the pool now; `other` is the pool they come from."""
    return _loans(now, pool_id=pool_id)


def lent_by(pool_id: int, now: datetime) -> list[Loan]:
    """Return whom the pool lends now; `other` is the pool they work for."""
    return _loans(now, lent_from_id=pool_id)


def lenders(pool_id: int) -> list[tuple[int, str]]:
    """Return the other pools in use, to choose from."""
    with labour_scope():
        rows = Pool.objects.filter(retired_at__isnull=True).exclude(pk=pool_id)
        return list(rows.order_by("name").values_list("pk", "name"))


def _clients(pool_id: int) -> set[int]:
    served = PoolQueue.objects.filter(pool_id=pool_id).values_list("plan__brand_id", flat=True)
    own = Pool.objects.filter(pk=pool_id, brand_id__isnull=False).values_list("brand_id", flat=True)
    return {pk for pk in (*served, *own) if pk}


def _loans(now: datetime, **which: int) -> list[Loan]:
    with labour_scope():
        rows = PoolMember.objects.valid(now).filter(**which, lent_from__isnull=False, valid_until__gt=now)
        rows = rows.select_related("agent__user", "pool", "lent_from").order_by("valid_until", "pk")
        return [
            Loan(
                row.pk,
                row.agent_id,
                row.agent.user.name,
                row.lent_from.name if "pool_id" in which and row.lent_from else row.pool.name,
                row.valid_until or now,
            )
            for row in rows
        ]
