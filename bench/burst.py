"""Ten thousand wait before a thousand agents, all at once: the leader's way, its statement, SQL alone.

In one transaction on the stack's database that is undone, so neither the running router nor the demo world
sees any of it; rounds go back to a savepoint. No side pays for commits. *Batch*: the same guarded statement,
fed with pairs that were found before. *SKIP LOCKED*: agents pull, each call locks the first item in line
that the agent may take and passes over what others hold; it does less (no decision, no event, no limits),
and it is given the head of the line, where it is fastest.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.harness import Row, bootstrap, row

WAITING, AGENTS, QUEUES, UNITS = 10_000, 1_000, 100, 34
ROUNDS, PULLS = 3, 150
LEAST_OF_BATCH, LEAST_OF_SQL = 0.5, 3.0
MOST_MB = 300

PULL = """
WITH seat AS (
  SELECT agent_id FROM routing_agentcapacity
  WHERE agent_id = %(agent)s::bigint AND used + 34 <= cap FOR UPDATE
),
item AS (
  SELECT i.id, i.brand_id, i.queue_id, i.channel, i.units, i.offer_seconds
  FROM seat
  JOIN routing_poolmember m ON m.agent_id = seat.agent_id
  JOIN routing_poolqueue q ON q.pool_id = m.pool_id
  JOIN routing_workitem i ON i.queue_id = q.queue_id AND i.state = 'queued'
  JOIN workforce_certification c ON c.agent_id = seat.agent_id AND c.brand_id = i.brand_id
  ORDER BY i.order_key, i.id
  LIMIT 1 FOR UPDATE OF i SKIP LOCKED
),
made AS (
  INSERT INTO routing_offer (ref, work_item_id, brand_id, queue_id, channel, agent_id, units, state, made_at,
    expires_at, reason, explanation)
  SELECT gen_random_uuid(), id, brand_id, queue_id, channel, %(agent)s::bigint, units, 'pending',
    %(now)s::timestamptz, %(now)s::timestamptz + interval '30 s', '', '{}' FROM item RETURNING work_item_id
),
marked AS (UPDATE routing_workitem SET state = 'offered' WHERE id IN (SELECT work_item_id FROM made)),
charged AS (
  UPDATE routing_agentcapacity SET used = used + 34
  WHERE agent_id = %(agent)s::bigint AND EXISTS (SELECT FROM made)
)
SELECT count(*) FROM made
"""


def rows() -> list[Row]:
    """Take the burst beside its statement and beside SQL, and weigh the leader's memory."""
    return [*burst_rows(), memory_row()]


def burst_rows() -> list[Row]:
    taken: list[tuple[float, float, float]] = []
    with crowd() as (agents, now):
        pairs: list[Any] = []
        for turn in range(ROUNDS):
            ours = _undone(lambda: _assign(now, pairs))
            batch = _undone(lambda: _write(pairs, now))
            pulled = _undone(lambda: _pull(agents, now))
            if turn or ROUNDS == 1:  # the first plans statements
                taken.append((ours, batch, pulled))
    of_batch, of_sql = bootstrap([a / b for a, b, _c in taken]), bootstrap([a / c for a, _b, c in taken])
    rate = sum(ours for ours, _batch, _sql in taken) / len(taken)
    given = sum(len(few) for few in pairs)
    words = f"{rate:.0f} offers/s, {given} of {WAITING} waiting before {AGENTS} agents"
    return [
        row("routing", "burst_vs_batch", of_batch[0], "ratio", ratio=of_batch[0],
            target=f">= {LEAST_OF_BATCH:g}", holds=of_batch[0] >= LEAST_OF_BATCH,
            detail=f"{words}; interval {of_batch[1]:.2f} to {of_batch[2]:.2f}"),
        row("routing", "burst_vs_skip_locked", of_sql[0], "ratio", ratio=of_sql[0],
            target=f">= {LEAST_OF_SQL:g}", holds=of_sql[0] >= LEAST_OF_SQL,
            detail=f"agents pull one by one: {sum(c for *_ab, c in taken) / len(taken):.0f}/s; interval "
            f"{of_sql[1]:.1f} to {of_sql[2]:.1f}"),
    ]  # fmt: skip


def memory_row() -> Row:
    """Start a process that holds what a leader would of 50,000 waiting and 5,000 agents, and weigh it."""
    script = Path(__file__).with_name("weigh.py")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=300
    )
    megabytes, pairs = done.stdout.split()
    return row(
        "routing", "router_mb", float(megabytes), "MB", target=f"<= {MOST_MB} MB",
        holds=float(megabytes) <= MOST_MB,
        detail=f"resident, 50,000 waiting and 5,000 agents on its board after {pairs} pairs",
    )  # fmt: skip


def _assign(now: datetime, kept: list[Any]) -> float:
    """Read everything, match and write as the leader does; returns offers a second."""
    from routing.board import Board
    from routing.loading import load_seats, load_shares, load_waiting, open_house
    from routing.writes import write

    kept.clear()
    house, _rules = open_house(run, now)
    board = Board(load_waiting(run), load_seats(now), load_shares(now), now=now, house=house)

    def wrote(pairs: Sequence[Any], at: datetime) -> Any:
        kept.append(list(pairs))
        return write(pairs, now=at, run=run)

    began = time.perf_counter()
    made = board.assign(wrote, now=now)
    return len(made) / (time.perf_counter() - began)


def _write(batches: list[Any], now: datetime) -> float:
    from routing.writes import write

    began = time.perf_counter()
    made = sum(len(write(pairs, now=now, run=run)) for pairs in batches)
    return made / (time.perf_counter() - began)


def _pull(agents: list[int], now: datetime) -> float:
    began = time.perf_counter()
    made = sum(run(PULL, {"agent": agent, "now": now})[0][0] for agent in agents[:PULLS])
    return float(made / (time.perf_counter() - began))


def run(statement: str, values: Any) -> list[tuple[Any, ...]]:
    """Execute it planned for what is there: nobody may measure tables that a transaction has just filled."""
    from django.db import connection

    from tenants.scope import labour_scope

    with labour_scope(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _undone(work: Any) -> float:
    from django.db import transaction

    sid = transaction.savepoint()
    try:
        return float(work())
    finally:
        transaction.savepoint_rollback(sid)


@contextmanager
def crowd() -> Iterator[tuple[list[int], datetime]]:
    """A transaction with a crowd in it, undone at the end; yields the agents' ids and the instant."""
    from django.db import connection, transaction

    from core import clock
    from tenants.scope import labour_scope

    now = clock.now()
    with labour_scope(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
        agents = _people(now)
        _work(agents, now)
        yield agents, now
        transaction.set_rollback(True)


def _people(now: datetime) -> list[int]:
    """Agents who are available, seated in and certified for two clients each."""
    from accounts.choices import Role
    from accounts.models import Membership, User
    from routing.models import AgentCapacity
    from tenants.cards import all_cards
    from workforce.models import Agent, AgentState, Certification

    brands = [card.id for card in all_cards()]
    users = User.objects.bulk_create(
        User(email=f"crowd-{n}@bench.example", name=f"Crowd {n}", password="!") for n in range(AGENTS)
    )
    ids = [user.pk for user in users]
    Agent.objects.bulk_create(
        Agent(user_id=pk, employee_no=f"C{pk}", hired_on=date(2025, 1, 1)) for pk in ids
    )
    AgentState.objects.bulk_create(
        AgentState(
            agent_id=pk, availability="available", connected=True, since=now - timedelta(seconds=pk % 600)
        )
        for pk in ids
    )
    AgentCapacity.objects.bulk_create(AgentCapacity(agent_id=pk, cap=68) for pk in ids)
    pairs = [(pk, brand) for pk in ids for brand in brands]
    Membership.objects.bulk_create(
        Membership(user_id=pk, brand_id=brand, role=Role.AGENT) for pk, brand in pairs
    )
    Certification.objects.bulk_create(
        Certification(agent_id=pk, brand_id=brand, version="1", valid_from=now - timedelta(days=1))
        for pk, brand in pairs
    )
    return ids


def _work(agents: list[int], now: datetime) -> None:
    """Queues, each with a pool of some of the agents, and what waits in them."""
    from routing.models import Pool, PoolMember, PoolQueue, QueuePlan, WorkItem
    from tenants.cards import all_cards

    brands = [card.id for card in all_cards()]
    plans = [(10**15 + n, brands[n % len(brands)]) for n in range(QUEUES)]
    QueuePlan.objects.bulk_create(
        QueuePlan(
            queue_id=queue, brand_id=brand, label=f"Crowd {queue}", channel="webchat", target_seconds=60
        )
        for queue, brand in plans
    )
    pools = Pool.objects.bulk_create(Pool(name=f"Crowd {queue}", kind="overflow") for queue, _brand in plans)
    PoolQueue.objects.bulk_create(
        PoolQueue(pool=pool, plan_id=queue) for pool, (queue, _b) in zip(pools, plans, strict=True)
    )
    PoolMember.objects.bulk_create(
        PoolMember(
            pool=pools[(place * 7 + step) % QUEUES], agent_id=agent, valid_from=now - timedelta(days=1)
        )
        for place, agent in enumerate(agents)
        for step in range(6)
    )
    WorkItem.objects.bulk_create(
        (_item(number, *plans[number % QUEUES], now) for number in range(WAITING)), batch_size=2000
    )


def _item(number: int, queue: int, brand: int, now: datetime) -> Any:
    from routing.models import WorkItem

    came = now - timedelta(seconds=number % 900)
    return WorkItem(
        ref=uuid4(), brand_id=brand, queue_id=queue, interaction_ref=uuid4(), channel="webchat",
        order_key=came + timedelta(seconds=60), due_at=came + timedelta(seconds=60), target_seconds=60,
        offer_seconds=30, units=UNITS, enqueued_at=came, waits=True, is_test=True,
    )  # fmt: skip
