"""Routing: from the enqueue of a conversation until its offer stands in the agent's socket.

The subject is the real thing: `open_conversation` in this process, the router's and the live server's own
processes, an agent's socket. The clock starts when the verb enqueues, which is the last it does before its
commit. The floor, in the same run: a socket's round trip with an INSERT and a NOTIFY that is heard.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import websockets

from bench import burst, day, floor, lab, matching, sustained, takeover
from bench.cost import Cost, counted
from bench.harness import Block, Paired, Row, a_a_row, flat, interleave, quantile, ratio_row, row
from bench.line import Line, Stock, is_offered
from bench.rig import Rig
from config.simulation.agent import AgentBot

BLOCK = 10
TURNS = 60
SERVERS = ("router", "live", "postgres")
P50_LIMIT, P95_LIMIT = 5.0, 6.0
AGENT, SLUG = "elin@harbour.example", "northwind"
PAUSE = 0.05


def rows(rig: Rig) -> list[Row]:
    """Take all figures of the group; Django is set up on the stack (bench.rig.connect_django)."""
    many = Stock(SLUG, threads=sustained.THREADS)
    with enqueuer(SLUG) as desk_line:
        offered = asyncio.run(offer_rows(rig, desk_line, many))
    spread = asyncio.run(floor.floor_row(rig))
    return [*offered, spread, *burst.rows(), *matching.rows(), *lab.rows(), *day.rows()]


async def offer_rows(rig: Rig, desk_line: Line, many: Stock) -> list[Row]:
    """Take offers and round trips in turns; then the leader is killed; then `many` are enqueued a second."""
    async with (
        waiting_agent(rig) as agent,
        websockets.connect(rig.floor("/notify"), proxy=None) as socket,
    ):
        await offers(desk_line, agent)
        await round_trips(socket)
        desk_line.commits.clear()
        cost, offer = Cost(rig, SERVERS), partial(offers, desk_line, agent)
        taken = await interleave(
            {"offer": cost.of(offer), "floor": partial(round_trips, socket)}, turns=TURNS
        )
        words = f"CPU-ms an offer, its withdrawal too: {cost.each(TURNS * BLOCK)}; {await said(rig, offer)}"
        taken_over = await takeover.takeover_row(rig, desk_line, agent)
    pair = Paired(taken["offer"], taken["floor"])
    commits = flat([desk_line.commits])
    return [
        ratio_row("routing", "offer_p50", pair, share=0.5, limit=P50_LIMIT, detail=words),
        ratio_row("routing", "offer_p95", pair, share=0.95, limit=P95_LIMIT),
        row("routing", "enqueue_p50", quantile(commits, 0.5) * 1000, "ms", detail="of it: until committed"),
        a_a_row("routing", taken["floor"]),
        taken_over,
        await sustained.sustained_row(rig, many, floor=quantile(flat(taken["floor"]), 0.95)),
    ]


async def said(rig: Rig, offer: Block) -> str:
    """Say how many statements a conversation is, from opening to end; those of an idle stack left out."""
    busy, seconds = await counted(rig, offer)
    still, _seconds = await counted(rig, lambda: asyncio.sleep(seconds, []))
    return f"{(busy.data - still.data) / BLOCK:.0f} statements from the opening to the end"


@contextmanager
def enqueuer(slug: str) -> Iterator[Line]:
    """Note the instant of each enqueue while inside."""
    from routing import actions

    line, enqueue = Line(slug), actions.enqueue
    actions.enqueue = partial(line.note, enqueue)
    try:
        yield line
    finally:
        actions.enqueue = enqueue
        line.close()


@asynccontextmanager
async def waiting_agent(rig: Rig) -> AsyncIterator[AgentBot]:
    """An agent who is available, sees what is offered and answers nothing."""
    agent = rig.desk(AGENT)
    agent.accepts = False
    await agent.sign_in()
    await agent.go_available()
    await asyncio.sleep(1)
    try:
        yield agent
    finally:
        await agent.browser.post("/availability/", {"to": "offline"})
        await agent.leave()


async def offers(line: Line, agent: AgentBot) -> list[float]:
    """Return the seconds from enqueue to the offer on the socket, one conversation at a time."""
    samples = []
    for _ in range(BLOCK):
        before = set(agent.offered_at)
        ref, began = await line.put()
        if not await agent.until(partial(is_offered, agent, before), seconds=10):
            raise RuntimeError("the agent was not offered the conversation")
        (offer,) = agent.offered_at.keys() - before
        samples.append(agent.offered_at[offer] - began)
        await line.take(ref)
        await asyncio.sleep(PAUSE)
    return samples


async def round_trips(socket: "websockets.ClientConnection") -> list[float]:
    samples = []
    for _ in range(BLOCK):
        before = time.perf_counter()
        await socket.send("x" * 160)
        await socket.recv()
        samples.append(time.perf_counter() - before)
        await asyncio.sleep(PAUSE)
    return samples
