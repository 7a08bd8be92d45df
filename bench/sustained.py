"""A hundred conversations a second into one client's line, each offered to somebody and taken out again.

Open loop: each is put in at its instant of the schedule and measured from there until its offer stands in the
agent's socket, so that stalls count. Agents see what rings and answer nothing; as soon as it has been seen,
the customer leaves, which frees the agent for the next. Which offer was whose is read from the tables.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from bench.cost import Cost
from bench.harness import Row, quantile, row
from bench.line import Line
from bench.rig import Rig
from config.simulation.agent import AgentBot
from config.worlds.cast import AGENTS

RATE = 100
SECONDS = int(os.environ.get("BENCH_SUSTAINED_S", "300"))
LIMIT = 12
THREADS = 4
PATIENCE = 30
LOOK_SECONDS = 0.05
SERVERS = ("router", "live", "postgres")
RINGING = """
SELECT o.ref::text, i.interaction_ref FROM routing_offer o JOIN routing_workitem i ON i.id = o.work_item_id
WHERE o.state = 'pending' AND o.brand_id = %s
"""


@dataclass
class Flow:
    """`due` by conversation: the instant it was meant to come; `waited`: how long until it was seen."""

    line: Line
    agents: Sequence[AgentBot]
    due: dict[UUID, float] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)
    all_in: bool = False
    leaving: set["asyncio.Task[None]"] = field(default_factory=set)

    async def put(self, due: float) -> None:
        ref, _began = await self.line.put()
        self.due[ref] = due

    def seen(self, offer: str) -> float | None:
        return next((bot.offered_at[offer] for bot in self.agents if offer in bot.offered_at), None)

    def look(self, ringing: Sequence[tuple[str, UUID]]) -> None:
        """Note what has been seen, and let those customers leave."""
        for offer, ref in ringing:
            at = self.seen(offer)
            if at is not None and ref in self.due:
                self.waited.append(at - self.due.pop(ref))
                task = asyncio.create_task(self.line.take(ref))
                self.leaving.add(task)
                task.add_done_callback(self.leaving.discard)


async def sustained_row(rig: Rig, line: Line, *, floor: float) -> Row:
    """Keep RATE a second up for SECONDS; `floor` is the p95 of the group's floor in this run, in seconds."""
    cost = Cost(rig, SERVERS)
    async with crowd(rig, line.slug) as agents:
        flow = Flow(line, agents)
        await cost.of(lambda: kept_up(rig, flow))()
        late = len(flow.due)
        for ref in list(flow.due):
            await line.take(ref)
    line.close()
    p95 = quantile(flow.waited, 0.95)
    return row(
        "routing", "sustained_100s_p95", p95 * 1000, "ms", floor=floor * 1000, ratio=p95 / floor,
        target=f"ratio <= {LIMIT}", holds=p95 / floor <= LIMIT and not late,
        detail=f"{len(flow.waited)} at {RATE}/s for {SECONDS} s before {len(agents)} agents, p50 "
        f"{quantile(flow.waited, 0.5) * 1000:.1f}, p99 {quantile(flow.waited, 0.99) * 1000:.1f} ms, from the "
        f"intended instant; {late} not offered; CPU-ms an offer, its withdrawal too: "
        f"{cost.each(len(flow.waited) or 1)}",
    )  # fmt: skip


async def kept_up(rig: Rig, flow: Flow) -> Sequence[float]:
    """Put them in by the schedule, and go on looking until all were seen or PATIENCE is over."""
    looking = asyncio.create_task(look(rig, flow))
    start = time.perf_counter() + 0.1
    puts: set[asyncio.Task[None]] = set()
    for n in range(RATE * SECONDS):
        due = start + n / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(flow.put(due))
        puts.add(task)
        task.add_done_callback(puts.discard)
    await asyncio.gather(*puts)
    flow.all_in = True
    with suppress(TimeoutError):
        await asyncio.wait_for(looking, PATIENCE)
    await asyncio.gather(*flow.leaving)
    return flow.waited


async def look(rig: Rig, flow: Flow) -> None:
    brand = flow.line.card.id if flow.line.card else 0
    async with await psycopg.AsyncConnection.connect(rig.boss_url, autocommit=True) as boss:
        while flow.due or not flow.all_in:
            found = await boss.execute(RINGING, [brand])
            flow.look(await found.fetchall())
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def crowd(rig: Rig, slug: str) -> AsyncIterator[list[AgentBot]]:
    """Every agent of the client, available; they see what rings and answer nothing."""
    bots = [rig.desk(plan.email) for plan in AGENTS if slug in plan.brands and slug not in plan.lapsed]
    for bot in bots:
        bot.accepts = False
        await bot.sign_in()
        await bot.go_available()
    await asyncio.sleep(1)
    try:
        yield bots
    finally:
        for bot in bots:
            await bot.browser.post("/availability/", {"to": "offline"})
            await bot.leave()
