"""A hundred enqueues a second into one client's line, each offered to somebody and taken out again.

The conversations are open before the clock starts, in no line. Open loop: each enqueue is a commit of its own
at its instant of the schedule, and measured from there until its offer stands in the agent's socket, so that
stalls count. Agents see what rings and answer nothing; as soon as it has been seen, it leaves the line, which
frees the agent for the next, and the conversation may be enqueued again. Which offer was whose is read from
the tables.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import psycopg

from bench.cost import Cost
from bench.harness import Row, quantile, row
from bench.line import Stock
from bench.rig import Rig
from config.simulation.agent import AgentBot
from config.worlds.cast import AGENTS

RATE = 100
SECONDS = int(os.environ.get("BENCH_SUSTAINED_S", "300"))
LIMIT = 12
THREADS = 4
STOCK = 500
PATIENCE = 30
LOOK_SECONDS = 0.005
SERVERS = ("router", "live", "postgres")
RINGING = """
SELECT ref::text, work_item_id FROM routing_offer WHERE state = 'pending' AND brand_id = %s
"""


@dataclass
class Flow:
    """`due` by work item: the instant it was meant to come; `waited`: how long until it was seen.

    `refused`: those for which no conversation was left, as all stood in the line.
    """

    line: Stock
    agents: Sequence[AgentBot]
    due: dict[int, float] = field(default_factory=dict)
    refused: int = 0
    left: set[int] = field(default_factory=set)
    waited: list[float] = field(default_factory=list)
    all_in: bool = False
    leaving: set["asyncio.Task[None]"] = field(default_factory=set)

    async def put(self, due: float) -> None:
        item_id = await self.line.enqueue()
        if item_id:
            self.due[item_id] = due
        else:
            self.refused += 1

    def seen(self, offer: str) -> float | None:
        return next((bot.offered_at[offer] for bot in self.agents if offer in bot.offered_at), None)

    def offered(self) -> int:
        """How many offers the agents have seen."""
        return sum(len(bot.offered_at) for bot in self.agents)

    def look(self, ringing: Sequence[tuple[str, int]]) -> bool:
        """Note what has been seen, and let those leave; true when an enqueue has still to come back."""
        early = False
        for offer, item_id in ringing:
            at = self.seen(offer)
            if at is None or item_id in self.left:
                continue
            if item_id not in self.due:
                early = True
            else:
                self.left.add(item_id)
                self.waited.append(at - self.due.pop(item_id))
                task = asyncio.create_task(self.line.leave(item_id))
                self.leaving.add(task)
                task.add_done_callback(self.leaving.discard)
        return early


async def sustained_row(rig: Rig, line: Stock, *, floor: float) -> Row:
    """Keep RATE a second up for SECONDS; `floor` is the p95 of the group's floor in this run, in seconds."""
    cost = Cost(rig, SERVERS)
    await line.fill(STOCK)
    async with crowd(rig, line.slug) as agents:
        flow = Flow(line, agents)
        await cost.of(lambda: kept_up(rig, flow))()
        late = len(flow.due) + flow.refused
    await line.clear()
    line.close()
    p95 = quantile(flow.waited, 0.95)
    return row(
        "routing", "sustained_100s_p95", p95 * 1000, "ms", floor=floor * 1000, ratio=p95 / floor,
        target=f"ratio <= {LIMIT}", holds=p95 / floor <= LIMIT and not late,
        detail=f"{len(flow.waited)} enqueues at {RATE}/s for {SECONDS} s before {len(agents)} agents, p50 "
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
    """Ask which offers are whose whenever an agent has seen another."""
    brand, known = flow.line.card.id if flow.line.card else 0, -1
    async with await psycopg.AsyncConnection.connect(rig.boss_url, autocommit=True) as boss:
        while flow.due or not flow.all_in:
            if (now := flow.offered()) != known:
                found = await boss.execute(RINGING, [brand])
                known = -1 if flow.look(await found.fetchall()) else now
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
